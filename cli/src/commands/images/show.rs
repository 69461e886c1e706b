//! `rokka images show`.

use clap::Args;
use rokka::SourceImage;
use serde_json::Value;

use super::bulk::{Pace, drive};
use super::selection::Selected;
use super::selection::Selection;
use crate::context::Context;
use crate::failure::Failure;
use crate::report::{FailedFile, Report};
use crate::transfers::Transfers;
use crate::user_metadata::plain;

/// Which images to show.
#[derive(Args, Debug)]
pub struct ShowArgs {
    #[command(flatten)]
    selection: Selection,

    /// Show a deleted image, too
    #[arg(long)]
    deleted: bool,

    /// The hashes are binary hashes: the SHA-1 of files
    #[arg(long, conflicts_with_all = ["deleted", "filters", "all"])]
    binary_hash: bool,

    #[command(flatten)]
    pace: Pace,
    #[command(flatten)]
    failed: FailedFile,
}

/// Shows images.
pub async fn run(args: ShowArgs, context: &Context) -> Result<(), Failure> {
    let images = context.images()?;
    let selected = args.selection.selected(&images)?;
    let mut report = Report::new(context, args.failed.failed.as_deref())?;
    if args.binary_hash {
        let Selected::Hashes(hashes) = selected else {
            return Ok(());
        };
        for hash in hashes {
            match images.get_by_binary_hash(&hash).await {
                Ok(found) if found.is_empty() => {
                    report.failed(&hash, Failure::new("no image has these bytes"))?;
                }
                Ok(found) => {
                    report.done();
                    found.iter().try_for_each(|image| print(context, image))?;
                }
                Err(error) => report.failed(&hash, error)?,
            }
        }
        return report.finish();
    }
    // One image: its failure is the failure of the command.
    if let Selected::Hashes(hashes) = &selected
        && let [hash] = &**hashes
    {
        let call = images.get(hash.as_str());
        let call = if args.deleted { call.deleted() } else { call };
        return print(context, &call.await?);
    }
    let (of, deleted) = (images.clone(), args.deleted);
    let get = move |hash: String| {
        let call = of.get(hash);
        if deleted { call.deleted() } else { call }
    };
    let call = match selected {
        Selected::Hashes(hashes) => images.bulk().each(hashes, get),
        Selected::Search(search) => images.bulk().each(*search, get),
    };
    let transfers = Transfers::start(&context.output, "reading", None, None);
    drive(
        args.pace.of(call),
        &transfers,
        &mut report,
        |_, _, image| print(context, &image),
    )
    .await?;
    report.finish()
}

/// Prints an image: a property a line.
pub(crate) fn print(context: &Context, image: &SourceImage) -> Result<(), Failure> {
    if context.output.json {
        return context.output.service_line(image);
    }
    let mut lines = Vec::new();
    if let Value::Object(properties) = serde_json::to_value(image)? {
        for (name, value) in &properties {
            add(&mut lines, name, value);
        }
    }
    let width = lines
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    for (name, value) in lines {
        context.output.line(if context.output.terminal {
            format!("{name:width$}  {}", crate::output::cell(&value))
        } else {
            format!("{name}\t{}", crate::output::cell(&value))
        })?;
    }
    if context.output.terminal {
        context.output.line("")?;
    }
    Ok(())
}

fn add(lines: &mut Vec<(String, String)>, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            for (field, value) in fields {
                add(lines, &format!("{name}.{field}"), value);
            }
        }
        value => lines.push((name.to_owned(), plain(value))),
    }
}
