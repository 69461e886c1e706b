//! `rokka images restore`.

use clap::Args;

use super::bulk::{Pace, dry_run, line, work};
use super::selection::{Selected, Selection};
use crate::context::Context;
use crate::failure::Failure;
use crate::report::FailedFile;

/// Which deleted images to restore. A search finds deleted images.
#[derive(Args, Debug)]
pub struct RestoreArgs {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    pace: Pace,
    #[command(flatten)]
    failed: FailedFile,
}

/// Restores images.
pub async fn run(args: RestoreArgs, context: &Context) -> Result<(), Failure> {
    let images = context.images()?;
    let selected = match args.selection.selected(&images)? {
        Selected::Search(search) => Selected::Search(Box::new(search.deleted())),
        hashes @ Selected::Hashes(_) => hashes,
    };
    if context.dry_run {
        return dry_run(context, "restore", selected).await;
    }
    let count = selected.count().await?;
    let call = match selected {
        Selected::Hashes(hashes) => images.bulk().restore(hashes),
        Selected::Search(search) => images.bulk().restore(*search),
    };
    let print = |_: usize, _: &str, image| context.output.service_object(&image, line);
    work(
        call,
        count,
        "restoring",
        &args.pace,
        &args.failed,
        context,
        print,
    )
    .await
}
