//! `rokka images describe`, `label` and `content-credentials`: what the service finds out about images.

use clap::Args;
use rokka::{SourceImage, SourceImages};

use super::bulk::{Pace, dry_run, line, work};
use super::selection::Selection;
use crate::context::Context;
use crate::failure::Failure;
use crate::report::FailedFile;

/// Which images to describe, and how.
#[derive(Args, Debug)]
pub struct DescribeArgs {
    #[command(flatten)]
    selection: Selection,

    /// The languages: en, de, fr, it
    #[arg(
        long,
        value_name = "LANGUAGES",
        value_delimiter = ',',
        default_value = "en"
    )]
    languages: Vec<String>,

    /// Replace texts that exist
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    pace: Pace,
    #[command(flatten)]
    failed: FailedFile,
}

/// Which images to look at.
#[derive(Args, Debug)]
pub struct LabelArgs {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    pace: Pace,
    #[command(flatten)]
    failed: FailedFile,
}

/// Generates alternative texts.
pub async fn describe(args: DescribeArgs, context: &Context) -> Result<(), Failure> {
    let images = context.images()?;
    let (languages, force) = (args.languages, args.force);
    let of = images.clone();
    let describe = move |hash: String| {
        let call = of.autodescription(hash, languages.iter().map(String::as_str));
        if force { call.force() } else { call }
    };
    let selected = args.selection.selected(&images)?;
    if context.dry_run {
        return dry_run(context, "describe", selected).await;
    }
    let count = selected.count().await?;
    let call = selected.each(&images, describe);
    let print = |_: usize, _: &str, image| context.output.service_object(&image, line);
    work(
        call,
        count,
        "describing",
        &args.pace,
        &args.failed,
        context,
        print,
    )
    .await
}

/// Detects labels.
pub async fn label(args: LabelArgs, context: &Context) -> Result<(), Failure> {
    each(args, "label", "labeling", SourceImages::autolabel, context).await
}

/// Reads content credentials.
pub async fn content_credentials(args: LabelArgs, context: &Context) -> Result<(), Failure> {
    let read = SourceImages::content_credentials;
    each(
        args,
        "read the content credentials of",
        "reading",
        read,
        context,
    )
    .await
}

async fn each(
    args: LabelArgs,
    verb: &str,
    progress: &str,
    call: fn(&SourceImages, String) -> rokka::Call<SourceImage>,
    context: &Context,
) -> Result<(), Failure> {
    let images = context.images()?;
    let selected = args.selection.selected(&images)?;
    if context.dry_run {
        return dry_run(context, verb, selected).await;
    }
    let count = selected.count().await?;
    let of = images.clone();
    let call = move |hash: String| call(&of, hash);
    let call = selected.each(&images, call);
    let print = |_: usize, _: &str, image| context.output.service_object(&image, line);
    work(
        call,
        count,
        progress,
        &args.pace,
        &args.failed,
        context,
        print,
    )
    .await
}
