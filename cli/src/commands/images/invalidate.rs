//! `rokka images invalidate`.

use clap::Args;
use rokka::CacheInvalidation;

use super::bulk::{Pace, dry_run, work};
use super::selection::Selection;
use crate::context::Context;
use crate::failure::Failure;
use crate::report::FailedFile;

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
    let of = images.clone();
    let invalidate = move |hash: String| of.invalidate_cache(hash);
    let call = selected.each(&images, invalidate);
    let print = |_: usize, hash: &str, invalidated: CacheInvalidation| {
        let more = invalidated.truncated;
        let lines = |found: &CacheInvalidation| match &*found.items {
            [] => hash.to_owned(),
            items => items.join("\n"),
        };
        context.output.service_object(&invalidated, lines)?;
        if more {
            context.output.warn(format_args!(
                "{hash}: some renderings are left, repeat the command"
            ));
        }
        Ok(())
    };
    work(
        call,
        count,
        "invalidating",
        &args.pace,
        &args.failed,
        context,
        print,
    )
    .await
}
