//! `rokka images protect` and `rokka images lock`.

use clap::Args;
use rokka::{Revision, SourceImages};

use super::bulk::{EachImage, Pace, dry_run, each, line, work};
use super::selection::{Selection, images as counted};
use crate::context::Context;
use crate::failure::Failure;
use crate::report::FailedFile;

/// Which images to protect.
#[derive(Args, Debug)]
pub struct ProtectArgs {
    #[command(flatten)]
    selection: Selection,

    /// Remove the protection
    #[arg(long)]
    off: bool,

    /// Delete the image with the previous hash
    #[arg(long)]
    delete_previous: bool,

    #[command(flatten)]
    pace: Pace,
    #[command(flatten)]
    failed: FailedFile,
}

/// Which images to lock.
#[derive(Args, Debug)]
pub struct LockArgs {
    #[command(flatten)]
    selection: Selection,

    /// Remove the lock
    #[arg(long)]
    off: bool,

    #[command(flatten)]
    pace: Pace,
    #[command(flatten)]
    failed: FailedFile,
}

/// Protects images. Each gets a new hash, which is printed.
pub async fn protect(args: ProtectArgs, context: &Context) -> Result<(), Failure> {
    let images = context.images()?;
    let selected = args.selection.selected(&images)?;
    let verb = if args.off {
        "remove the protection of"
    } else {
        "protect"
    };
    if context.dry_run {
        return dry_run(context, verb, selected).await;
    }
    let count = selected.count().await?;
    if args.delete_previous {
        let question = format!("Delete the previous version of {}?", counted(count));
        context.confirm(&question).await?;
    }
    let (of, on, delete_previous) = (images.clone(), !args.off, args.delete_previous);
    let set = move |hash: String| {
        let call = of.set_protected(hash, on);
        if delete_previous {
            call.delete_previous()
        } else {
            call
        }
    };
    let call = selected.each(&images, set);
    let print = |_: usize, _: &str, revision: Revision| {
        context.output.service_object(&revision.image, line)
    };
    work(
        call,
        count,
        "protecting",
        &args.pace,
        &args.failed,
        context,
        print,
    )
    .await
}

/// Locks images.
pub async fn lock(args: LockArgs, context: &Context) -> Result<(), Failure> {
    let on = !args.off;
    let verb = if on { "lock" } else { "unlock" };
    let images = EachImage {
        selection: args.selection,
        pace: args.pace,
        failed: args.failed,
    };
    let set = move |images: &SourceImages, hash| images.set_locked(hash, on);
    each(images, verb, "locking", set, context).await
}
