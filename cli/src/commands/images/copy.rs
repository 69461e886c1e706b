//! `rokka images copy` and `rokka images copy-all`.

use clap::Args;
use rokka::Copied;
use rokka::source_images::CopyOutcome;
use serde::Serialize;

use super::bulk::{Pace, drive, dry_run, work};
use super::selection::{Selected, Selection, images as counted};
use crate::context::Context;
use crate::failure::Failure;
use crate::report::{FailedFile, Report};
use crate::transfers::Transfers;

/// Which images to copy, and where.
#[derive(Args, Debug)]
pub struct CopyArgs {
    #[command(flatten)]
    selection: Selection,

    /// The organization that gets the copies
    #[arg(long, value_name = "ORGANIZATION")]
    to: String,

    /// Fail for an image that is there already, instead of overwriting it
    #[arg(long, visible_alias = "no-overwrite")]
    keep_existing: bool,

    #[command(flatten)]
    pace: Pace,
    #[command(flatten)]
    failed: FailedFile,
}

/// Where to copy all images.
#[derive(Args, Debug)]
pub struct CopyAllArgs {
    /// The organization that gets the copies
    #[arg(value_name = "ORGANIZATION")]
    to: String,
    #[command(flatten)]
    pace: Pace,
    #[command(flatten)]
    failed: FailedFile,
}

#[derive(Serialize)]
struct Copy<'a> {
    hash: &'a str,
    outcome: &'static str,
}

/// Copies images.
pub async fn run(args: CopyArgs, context: &Context) -> Result<(), Failure> {
    let images = context.images()?;
    let selected = args.selection.selected(&images)?;
    if context.dry_run {
        return dry_run(context, "copy", selected).await;
    }
    if !args.keep_existing {
        return many(selected, &args.to, &args.pace, &args.failed, context).await;
    }
    let count = selected.count().await?;
    let (of, to) = (images.clone(), args.to);
    let copy = move |hash: String| of.copy(hash, to.clone()).keep_existing();
    let call = selected.each(&images, copy);
    let print = |_: usize, hash: &str, outcome| {
        let outcome = match outcome {
            CopyOutcome::Created => "created",
            _ => "overwritten",
        };
        print(context, hash, outcome)
    };
    work(
        call,
        count,
        "copying",
        &args.pace,
        &args.failed,
        context,
        print,
    )
    .await
}

/// Copies all images.
pub async fn run_all(args: CopyAllArgs, context: &Context) -> Result<(), Failure> {
    let selection = Selection {
        all: true,
        ..Selection::default()
    };
    let selected = selection.selected(&context.images()?)?;
    if context.dry_run {
        return dry_run(context, "copy", selected).await;
    }
    let count = selected.count().await?;
    let organization = context.organization()?;
    let question = format!("Copy {} of {organization} to {}?", counted(count), args.to);
    context.confirm(&question).await?;
    many(selected, &args.to, &args.pace, &args.failed, context).await
}

/// Copies a hundred images with each request.
async fn many(
    selected: Selected,
    to: &str,
    pace: &Pace,
    failed: &FailedFile,
    context: &Context,
) -> Result<(), Failure> {
    let count = selected.count().await?;
    let images = context.images()?;
    let mut report = Report::new(context, failed.failed.as_deref())?;
    let call = match selected {
        Selected::Hashes(hashes) => images.bulk().copy(hashes, to),
        Selected::Search(search) => images.bulk().copy(*search, to),
    };
    let transfers = Transfers::start(&context.output, "copying", Some(count), None);
    let mut missing = Vec::new();
    drive(pace.of(call), &transfers, &mut report, |_, hash, copied| {
        let outcome = match copied {
            Copied::Created => "created",
            Copied::Existing => "overwritten",
            Copied::NotFound => {
                missing.push(hash.to_owned());
                return Ok(());
            }
            _ => "copied",
        };
        print(context, hash, outcome)
    })
    .await?;
    for hash in missing {
        report.undone();
        report.failed(&hash, Failure::new("the organization has no such image"))?;
    }
    report.finish()
}

fn print(context: &Context, hash: &str, outcome: &'static str) -> Result<(), Failure> {
    context
        .output
        .object(&Copy { hash, outcome }, |_| format!("{hash}\t{outcome}"))
}
