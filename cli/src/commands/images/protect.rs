//! `rokka images protect` and `rokka images lock`.

use clap::Args;

use super::bulk::{Pace, drive, dry_run, line};
use super::selection::{Selected, Selection, images as counted};
use crate::context::Context;
use crate::failure::Failure;
use crate::report::{FailedFile, Report};
use crate::transfers::Transfers;

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
    let mut report = Report::new(context, args.failed.failed.as_deref())?;
    let (of, on, delete_previous) = (images.clone(), !args.off, args.delete_previous);
    let set = move |hash: String| {
        let call = of.set_protected(hash, on);
        if delete_previous {
            call.delete_previous()
        } else {
            call
        }
    };
    let call = match selected {
        Selected::Hashes(hashes) => images.bulk().each(hashes, set),
        Selected::Search(search) => images.bulk().each(*search, set),
    };
    let transfers = Transfers::start(&context.output, "protecting", Some(count), None);
    drive(
        args.pace.of(call),
        &transfers,
        &mut report,
        |_, _, revision| context.output.object(&revision.image, line),
    )
    .await?;
    report.finish()
}

/// Locks images.
pub async fn lock(args: LockArgs, context: &Context) -> Result<(), Failure> {
    let images = context.images()?;
    let selected = args.selection.selected(&images)?;
    if context.dry_run {
        return dry_run(context, if args.off { "unlock" } else { "lock" }, selected).await;
    }
    let count = selected.count().await?;
    let mut report = Report::new(context, args.failed.failed.as_deref())?;
    let (of, on) = (images.clone(), !args.off);
    let set = move |hash: String| of.set_locked(hash, on);
    let call = match selected {
        Selected::Hashes(hashes) => images.bulk().each(hashes, set),
        Selected::Search(search) => images.bulk().each(*search, set),
    };
    let transfers = Transfers::start(&context.output, "locking", Some(count), None);
    drive(
        args.pace.of(call),
        &transfers,
        &mut report,
        |_, _, image| context.output.object(&image, line),
    )
    .await?;
    report.finish()
}
