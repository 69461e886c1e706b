//! `rokka stats`: traffic and storage of an organization.

use std::collections::BTreeMap;
use std::time::SystemTime;

use clap::Args;
use rokka::{Stats, StatsPoint};

use crate::context::Context;
use crate::failure::Failure;

pub(super) const EXAMPLES: &str = "\
Examples:
  rokka stats
  rokka stats --from 2026-01-01 --to 2026-01-31
  rokka stats | cut -f 1,2        the day and the bytes of downloads";

/// The bars of a chart, from nothing to the most.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The arguments of `rokka stats`.
#[derive(Args, Debug)]
pub struct StatsArgs {
    /// The first day [default: the service decides]
    #[arg(long, value_name = "DAY")]
    pub from: Option<String>,
    /// The last day [default: today]
    #[arg(long, value_name = "DAY")]
    pub to: Option<String>,
    /// Print a line for each day instead of a chart
    #[arg(long)]
    pub days: bool,
}

/// A series of the statistics: its name, its points, and whether they are bytes, and totals of days rather than states.
struct Series<'a> {
    name: &'static str,
    points: &'a [StatsPoint],
    bytes: bool,
    adds_up: bool,
}

/// Runs the command.
///
/// # Errors
/// If the service refuses it.
pub async fn run(args: StatsArgs, context: &Context) -> Result<(), Failure> {
    let mut call = context.client()?.stats(context.organization()?);
    if let Some(day) = args.from {
        call = call.from(day);
    }
    match args.to {
        Some(day) => call = call.to(day),
        None => call = call.to(SystemTime::now()),
    }
    let stats = call.await?;
    let output = &context.output;
    if output.json {
        return output.service_line(&stats);
    }
    let series = series(&stats);
    if !output.terminal || args.days {
        return days(&series, context);
    }
    let width = output.width();
    for one in &series {
        output.line(line(one, width))?;
    }
    Ok(())
}

fn series(stats: &Stats) -> [Series<'_>; 4] {
    let series = |name, points, bytes, adds_up| Series {
        name,
        points,
        bytes,
        adds_up,
    };
    [
        series("downloads", &*stats.bytes_downloaded, true, true),
        series(
            "of other hosts",
            &*stats.bytes_downloaded_external,
            true,
            true,
        ),
        series("storage", &*stats.space_in_bytes, true, false),
        series("images", &*stats.number_of_files, false, false),
    ]
}

/// The fewest columns of a chart that tells anything.
const NARROWEST: usize = 10;

/// Returns a series as a line: the name, the chart, the total or the last value, and the most. What a narrow terminal has no room
/// for is left out, the most first.
fn line(series: &Series<'_>, width: usize) -> String {
    let values: Vec<f64> = series.points.iter().map(|point| point.value).collect();
    let Some(last) = values.last() else {
        return format!("{:<15} no data", series.name);
    };
    let most = values.iter().copied().fold(0.0, f64::max);
    let (what, value) = if series.adds_up {
        ("total", values.iter().sum())
    } else {
        ("now", *last)
    };
    let shown = |value: f64| {
        if series.bytes {
            bytes(value)
        } else {
            count(value)
        }
    };
    let short = format!("  {what} {}", shown(value));
    let long = format!("{short}, at most {}", shown(most));
    let name = format!("{:<15} ", series.name);
    let room = width.saturating_sub(name.len());
    let numbers = [&*long, &*short].into_iter();
    let shortest = NARROWEST.min(values.len());
    let mut numbers = numbers.filter(|numbers| numbers.len() + shortest <= room);
    let numbers = numbers.next().unwrap_or_default();
    let chart = chart(&values, room - numbers.len());
    format!("{name}{chart}{numbers}")
}

/// Returns a chart of one line. More values than columns are drawn as the highest of their column.
fn chart(values: &[f64], width: usize) -> String {
    let most = values.iter().copied().fold(0.0, f64::max);
    let columns = values.len().min(width.max(1));
    let bar = |column: usize| {
        let (start, end) = (
            column * values.len() / columns,
            (column + 1) * values.len() / columns,
        );
        let part = values.get(start..end).unwrap_or_default();
        let value = part.iter().copied().fold(0.0, f64::max);
        let share = if most > 0.0 { value / most } else { 0.0 };
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share is 0 to 1"
        )]
        let height = (share * 7.0).round() as usize;
        BARS.get(height).copied().unwrap_or('█')
    };
    (0..columns).map(bar).collect()
}

fn bytes(value: f64) -> String {
    let mut value = value;
    let mut units = ["B", "kB", "MB", "GB", "TB", "PB"].iter();
    let mut unit = units.next().unwrap_or(&"B");
    while value >= 1000.0 {
        let Some(next) = units.next() else { break };
        value /= 1000.0;
        unit = next;
    }
    if *unit == "B" || value >= 100.0 {
        format!("{value:.0} {unit}")
    } else {
        format!("{value:.1} {unit}")
    }
}

fn count(value: f64) -> String {
    format!("{value:.0}")
}

/// Prints a line for each day, with the values of all series.
fn days(series: &[Series<'_>; 4], context: &Context) -> Result<(), Failure> {
    let mut days: BTreeMap<String, [String; 4]> = BTreeMap::new();
    for (column, one) in series.iter().enumerate() {
        for point in one.points {
            let day = match point.timestamp.to_utc() {
                Some(moment) => moment.format("%Y-%m-%d").to_string(),
                None => point.timestamp.to_string(),
            };
            if let Some(cell) = days.entry(day).or_default().get_mut(column) {
                *cell = count(point.value);
            }
        }
    }
    let mut table =
        context
            .output
            .table(&["DAY", "DOWNLOADED", "BY OTHER HOSTS", "STORED", "IMAGES"]);
    for (day, [downloaded, external, stored, images]) in &days {
        table.row([day, downloaded, external, stored, images])?;
    }
    table.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_is_as_high_as_its_values() {
        assert_eq!(chart(&[0.0, 1.0, 3.5, 7.0], 10), "▁▂▅█");
        assert_eq!(chart(&[0.0, 0.0], 10), "▁▁");
        assert_eq!(chart(&[], 10), "");
        // More values than columns: the highest of each column.
        assert_eq!(chart(&[7.0, 0.0, 0.0, 0.0, 0.0, 1.0], 3), "█▁▂");
    }

    #[test]
    fn bytes_have_a_unit() {
        for (value, expected) in [
            (0.0, "0 B"),
            (999.0, "999 B"),
            (1000.0, "1.0 kB"),
            (123_456_789.0, "123 MB"),
            (5e18, "5000 PB"),
        ] {
            assert_eq!(bytes(value), expected);
        }
    }
}
