//! Work on many images: how fast, and what becomes of each result.

use clap::Args;
use futures_util::{Stream, StreamExt, TryStreamExt};
use rokka::{ApiCall, BulkCall, BulkItem, SourceImage, SourceImages};
use serde::Serialize;

use super::selection::{Selected, Selection, images};
use crate::context::Context;
use crate::failure::Failure;
use crate::report::{FailedFile, Report};
use crate::transfers::Transfers;

/// How fast to work.
#[derive(Args, Clone, Debug)]
pub struct Pace {
    /// Send this many requests at a time
    #[arg(long, value_name = "NUMBER", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub concurrency: u16,

    /// Stop after this many failures in a row
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub stop_after: Option<u32>,
}

impl Pace {
    pub(crate) fn of<T: Send + 'static>(&self, call: BulkCall<T>) -> BulkCall<T> {
        let call = call.concurrency(usize::from(self.concurrency));
        match self.stop_after {
            Some(failures) => call.stop_after(failures as usize),
            None => call,
        }
    }
}

/// Which images to make a call for, and how fast.
#[derive(Args, Debug)]
pub struct EachImage {
    #[command(flatten)]
    pub(super) selection: Selection,
    #[command(flatten)]
    pub(super) pace: Pace,
    #[command(flatten)]
    pub(super) failed: FailedFile,
}

/// Makes a call for each image, and prints the image that it returns; with `--dry-run`, says what would be done.
pub(crate) async fn each<C: ApiCall<Returns = SourceImage>>(
    args: EachImage,
    verb: &str,
    progress: &str,
    call: impl Fn(&SourceImages, String) -> C + Send + 'static,
    context: &Context,
) -> Result<(), Failure> {
    let images = context.images()?;
    let selected = args.selection.selected(&images)?;
    if context.dry_run {
        return dry_run(context, verb, selected).await;
    }
    let count = selected.count().await?;
    let of = images.clone();
    let call = selected.each(&images, move |hash| call(&of, hash));
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

/// Makes the calls, shows how far they are, and passes each result to `print`; fails in the end if one of them failed.
pub(crate) async fn work<T: Send + 'static>(
    call: BulkCall<T>,
    count: u64,
    progress: &str,
    pace: &Pace,
    failed: &FailedFile,
    context: &Context,
    print: impl FnMut(usize, &str, T) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut report = Report::new(context, failed.failed.as_deref())?;
    let transfers = Transfers::start(&context.output, progress, Some(count), None);
    drive(pace.of(call), &transfers, &mut report, print).await?;
    report.finish()
}

/// Passes each result to `print`, and each failure to the report.
pub(crate) async fn drive<T>(
    results: impl Stream<Item = BulkItem<T>>,
    transfers: &Transfers,
    report: &mut Report<'_>,
    mut print: impl FnMut(usize, &str, T) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut results = std::pin::pin!(results);
    while let Some(item) = results.next().await {
        transfers.item_done();
        match item.result {
            Ok(value) => {
                report.done();
                print(item.position, &item.id, value)?;
            }
            // The search for the images failed.
            Err(error) if item.id.is_empty() => report.failed("the search", error)?,
            Err(error) => report.failed(&item.id, error)?,
        }
    }
    Ok(())
}

/// What a call that returns nothing prints with `--json`.
#[derive(Serialize)]
pub(crate) struct OfHash<'a> {
    pub(crate) hash: &'a str,
}

/// Prints what would be done with each image, and does nothing.
pub(crate) async fn dry_run(
    context: &Context,
    what: &str,
    selected: Selected,
) -> Result<(), Failure> {
    let output = &context.output;
    let count = match selected {
        Selected::Hashes(hashes) => {
            for hash in &hashes {
                output.object(&OfHash { hash }, |_| hash.clone())?;
            }
            hashes.len() as u64
        }
        Selected::Search(search) => {
            let mut found = search.concurrency(8).stream();
            let mut count = 0;
            while let Some(image) = found.try_next().await? {
                output.service_object(&image, line)?;
                count += 1;
            }
            count
        }
    };
    output.note(format_args!("would {what} {}", images(count)));
    Ok(())
}

/// The line of an image in a pipe: its hash and its name.
pub(crate) fn line(image: &SourceImage) -> String {
    format!("{}\t{}", image.hash, crate::output::cell(&image.name))
}
