//! The chart of `rokka stats`.

use serde_json::json;

use super::{fit, lines, start_in, width};
use crate::support::World;

/// A world whose statistics have this many days, of which each has more than the one before.
fn with_days(days: u64) -> World {
    let world = World::new();
    let start = rokka::DateTime::from("2026-01-01T00:00:00Z")
        .to_utc()
        .unwrap();
    let points = |factor: u64| {
        let point = |day: u64| {
            let at = start + std::time::Duration::from_secs(day * 86_400);
            json!({"timestamp": at.to_rfc3339(), "value": (day + 1) * factor})
        };
        (0..days).map(point).collect::<Vec<_>>()
    };
    let stats = json!({
        "bytes_downloaded": points(1_000_000),
        "bytes_downloaded_external": points(0),
        "space_in_bytes": points(1_000_000_000),
        "number_of_files": points(10),
    });
    let sent = world.emulator.on("GET", "/stats/acme").always();
    let kind = [("content-type", "application/json")];
    sent.respond_with(200, kind, stats.to_string().as_str());
    world
}

#[test]
fn a_chart_is_drawn_for_each_series() {
    let lines = lines(&mut start_in(&with_days(8), 100, &["stats"]));
    assert_eq!(
        lines,
        [
            "downloads       ▂▃▄▅▅▆▇█  total 36.0 MB, at most 8.0 MB",
            "of other hosts  ▁▁▁▁▁▁▁▁  total 0 B, at most 0 B",
            "storage         ▂▃▄▅▅▆▇█  now 8.0 GB, at most 8.0 GB",
            "images          ▂▃▄▅▅▆▇█  now 80, at most 80",
        ]
    );
}

#[test]
fn a_chart_is_as_wide_as_the_terminal() {
    let world = with_days(365);
    for (columns, numbers) in [
        (200, "now 365 GB, at most 365 GB"),
        (80, "now 365 GB, at most 365 GB"),
        (60, "now 365 GB, at most 365 GB"),
        (44, "now 365 GB"),
        (40, "now 365 GB"),
        (30, ""),
        (20, ""),
    ] {
        let lines = lines(&mut start_in(&world, columns, &["stats"]));
        assert_eq!(lines.len(), 4, "{lines:#?}");
        fit(&lines, columns.into());
        let storage = &lines[2];
        assert!(storage.ends_with(numbers), "{columns}: {storage:?}");
        assert_eq!(
            storage.contains("at most"),
            numbers.contains("at most"),
            "{storage:?}"
        );
        assert!(storage.contains('█'), "{storage:?}");
        // No column is left over.
        assert_eq!(width(storage), usize::from(columns), "{storage:?}");
    }
}

#[test]
fn a_short_chart_leaves_room_for_its_numbers() {
    let lines = lines(&mut start_in(&with_days(1), 50, &["stats"]));
    assert_eq!(lines[2], "storage         █  now 1.0 GB, at most 1.0 GB");
}

#[test]
fn without_data_there_is_no_chart() {
    let lines = lines(&mut start_in(&with_days(0), 40, &["stats"]));
    assert_eq!(lines[0], "downloads       no data");
    fit(&lines, 40);
}

#[test]
fn the_days_are_a_table() {
    let lines = lines(&mut start_in(&with_days(3), 80, &["stats", "--days"]));
    assert_eq!(lines.len(), 4, "{lines:#?}");
    assert!(
        lines[3].starts_with("2026-01-03") && lines[3].ends_with("30"),
        "{lines:#?}"
    );
    fit(&lines, 80);
}
