//! `rokka images invalidate`.

use clap::Args;

use super::bulk::{Pace, drive, dry_run};
use super::selection::{Selected, Selection};
use crate::context::Context;
use crate::failure::Failure;
use crate::report::{FailedFile, Report};
use crate::transfers::Transfers;

/// Of which images to remove the renderings. The service takes five such requests an hour.
#[derive(Args, Debug)]
pub struct InvalidateArgs {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    pace: Pace,
    #[command(flatten)]
    failed: FailedFile,
}

/// Removes renderings from the CDN.
pub async fn run(args: InvalidateArgs, context: &Context) -> Result<(), Failure> {
    let images = context.images()?;
    let selected = args.selection.selected(&images)?;
    if context.dry_run {
        return dry_run(context, "invalidate the renderings of", selected).await;
    }
    let count = selected.count().await?;
    let mut report = Report::new(context, args.failed.failed.as_deref())?;
    let of = images.clone();
    let invalidate = move |hash: String| of.invalidate_cache(hash);
    let call = match selected {
        Selected::Hashes(hashes) => images.bulk().each(hashes, invalidate),
        Selected::Search(search) => images.bulk().each(*search, invalidate),
    };
    let transfers = Transfers::start(&context.output, "invalidating", Some(count), None);
    drive(
        args.pace.of(call),
        &transfers,
        &mut report,
        |_, hash, invalidated| {
            let more = invalidated.truncated;
            let lines = |found: &rokka::CacheInvalidation| match &*found.items {
                [] => hash.to_owned(),
                items => items.join("\n"),
            };
            context.output.object(&invalidated, lines)?;
            if more {
                context.output.warn(format_args!(
                    "{hash}: some renderings are left, repeat the command"
                ));
            }
            Ok(())
        },
    )
    .await?;
    report.finish()
}
