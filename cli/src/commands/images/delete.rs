//! `rokka images delete`.

use clap::Args;

use super::bulk::{OfHash, Pace, drive, dry_run};
use super::selection::{Selected, Selection, images as counted};
use crate::context::Context;
use crate::failure::Failure;
use crate::report::{FailedFile, Report};
use crate::transfers::Transfers;

/// Which images to delete.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rokka images delete 3f9a21 c41e55
  rokka images delete --search 'created={,\\'2020-01-01T00:00:00Z\\'}' --dry-run
  rokka images delete --all --yes --failed left.txt")]
pub struct DeleteArgs {
    #[command(flatten)]
    selection: Selection,

    /// The hashes are binary hashes: delete all images with these bytes
    #[arg(long, conflicts_with_all = ["filters", "all"])]
    binary_hash: bool,

    #[command(flatten)]
    pace: Pace,
    #[command(flatten)]
    failed: FailedFile,
}

/// Deletes images.
pub async fn run(args: DeleteArgs, context: &Context) -> Result<(), Failure> {
    let images = context.images()?;
    let selected = args.selection.selected(&images)?;
    if context.dry_run {
        return dry_run(context, "delete", selected).await;
    }
    let count = selected.count().await?;
    if count == 0 {
        context.output.note("there is nothing to delete");
        return Ok(());
    }
    let what = if args.binary_hash {
        "all images of "
    } else {
        ""
    };
    let organization = images.organization();
    context
        .confirm(&format!(
            "Delete {what}{} of {organization}?",
            counted(count)
        ))
        .await?;
    let mut report = Report::new(context, args.failed.failed.as_deref())?;
    let call = match selected {
        Selected::Hashes(hashes) if args.binary_hash => {
            let of = images.clone();
            images
                .bulk()
                .each(hashes, move |hash| of.delete_by_binary_hash(hash))
        }
        Selected::Hashes(hashes) => images.bulk().delete(hashes),
        Selected::Search(search) => images.bulk().delete(search.concurrency(8)),
    };
    let transfers = Transfers::start(&context.output, "deleting", Some(count), None);
    drive(
        args.pace.of(call),
        &transfers,
        &mut report,
        |_, hash, ()| context.output.object(&OfHash { hash }, |_| hash.to_owned()),
    )
    .await?;
    drop(transfers);
    context
        .output
        .note(format_args!("deleted {}", counted(report.count() as u64)));
    report.finish()
}
