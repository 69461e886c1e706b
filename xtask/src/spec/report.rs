//! Formats changes and checklists as text, Markdown and JSON.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::change::Change;

/// The format of a report.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
pub(super) enum Format {
    #[default]
    Text,
    Markdown,
    Json,
}

/// Prints a report. The reader may close the pipe at any line.
pub(super) fn print(report: &str) -> Result<()> {
    io::stdout()
        .write_all(report.as_bytes())
        .context("cannot write the report")
}

/// Formats all changes between two descriptions.
pub(super) fn changes(format: Format, old: &str, new: &str, changes: &[Change]) -> Result<String> {
    let (breaking, compatible): (Vec<_>, Vec<_>) =
        changes.iter().partition(|change| change.breaks.is_some());
    let mut text = String::new();
    match format {
        Format::Text => {
            let count = changes.len();
            let plural = if count == 1 { "" } else { "s" };
            let broken = breaking.len();
            writeln!(
                text,
                "{count} change{plural} from {old} to {new}, {broken} breaking"
            )?;
            let mut place = None;
            for change in changes {
                if place != Some(&change.place) {
                    writeln!(text, "\n{}", change.place)?;
                    place = Some(&change.place);
                }
                let mark = if change.breaks.is_some() {
                    "breaking"
                } else {
                    ""
                };
                writeln!(text, "  {mark:8}  {}", change.line())?;
                if let Some(why) = change.breaks {
                    writeln!(text, "  {:8}  ({why})", "")?;
                }
            }
        }
        Format::Markdown => {
            writeln!(text, "## Changes from `{old}` to `{new}`")?;
            for (title, changes) in [("Breaking", breaking), ("Not breaking", compatible)] {
                writeln!(text, "\n### {title}\n")?;
                for change in &changes {
                    write!(text, "- `{}`: {}", change.place, change.line())?;
                    if let Some(why) = change.breaks {
                        write!(text, " ({why})")?;
                    }
                    writeln!(text)?;
                }
                if changes.is_empty() {
                    writeln!(text, "None.")?;
                }
            }
        }
        Format::Json => {
            let changes: Vec<Value> = changes.iter().map(Change::json).collect();
            let report = json!({
                "old": old,
                "new": new,
                "breaking": !breaking.is_empty(),
                "changes": changes,
            });
            writeln!(text, "{}", serde_json::to_string_pretty(&report)?)?;
        }
    }
    Ok(text)
}

/// A group of findings.
pub(super) struct Section {
    pub(super) key: &'static str,
    pub(super) title: &'static str,
    /// Whether the items need a decision.
    pub(super) open: bool,
    pub(super) items: Vec<String>,
}

/// Formats the sections that are not empty.
pub(super) fn checklist(format: Format, title: &str, sections: &[Section]) -> Result<String> {
    let mut text = String::new();
    let open: usize = sections
        .iter()
        .filter(|section| section.open)
        .map(|section| section.items.len())
        .sum();
    let full = sections.iter().filter(|section| !section.items.is_empty());
    match format {
        Format::Text | Format::Markdown => {
            let markdown = matches!(format, Format::Markdown);
            let (top, sub) = if markdown { ("# ", "## ") } else { ("", "") };
            writeln!(text, "{top}{title}\n\n{open} to decide")?;
            for section in full {
                writeln!(text, "\n{sub}{}\n", section.title)?;
                for item in &section.items {
                    let mark = if section.open { "[ ] " } else { "" };
                    let dash = if markdown { "- " } else { "  " };
                    writeln!(text, "{dash}{mark}{item}")?;
                }
            }
        }
        Format::Json => {
            let mut report = json!({"title": title, "to_decide": open});
            for section in sections {
                if let Some(report) = report.as_object_mut() {
                    report.insert(section.key.to_owned(), json!(section.items));
                }
            }
            writeln!(text, "{}", serde_json::to_string_pretty(&report)?)?;
        }
    }
    Ok(text)
}
