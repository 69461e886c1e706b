//! `rokka images describe`, `label` and `content-credentials`: what the service finds out about images.

use clap::Args;
use rokka::SourceImages;

use super::bulk::{EachImage, Pace, each};
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

/// Generates alternative texts.
pub async fn describe(args: DescribeArgs, context: &Context) -> Result<(), Failure> {
    let (languages, force) = (args.languages, args.force);
    let describe = move |images: &SourceImages, hash: String| {
        let call = images.autodescription(hash, languages.iter().map(String::as_str));
        if force { call.force() } else { call }
    };
    let images = EachImage {
        selection: args.selection,
        pace: args.pace,
        failed: args.failed,
    };
    each(images, "describe", "describing", describe, context).await
}

/// Detects labels.
pub async fn label(args: EachImage, context: &Context) -> Result<(), Failure> {
    each(args, "label", "labeling", SourceImages::autolabel, context).await
}

/// Reads content credentials.
pub async fn content_credentials(args: EachImage, context: &Context) -> Result<(), Failure> {
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
