//! `rokka images download`.

use std::path::{Path, PathBuf};

use clap::Args;
use futures_util::TryStreamExt;
use rokka::source_images::DownloadFile;
use rokka::{BulkCall, Progress};
use serde::Serialize;

use super::bulk::{Pace, drive, dry_run};
use super::selection::{Selected, Selection, images as counted};
use crate::context::Context;
use crate::failure::Failure;
use crate::report::{FailedFile, Report};
use crate::transfers::Transfers;

/// Which originals to download, and where to.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rokka images download 3f9a21 -o cat.jpg
  rokka images download 3f9a21 -o - | magick - cat.png
  rokka images download --search 'user:array:labels=cat' -d cats
  rokka images download --all -d backup --skip-existing --failed left.txt
  rokka images download --search 'name=cat*' --zip cats.zip")]
pub struct DownloadArgs {
    #[command(flatten)]
    selection: Selection,

    /// Write one original to this file; `-` is standard output
    #[arg(long, short = 'o', value_name = "FILE", conflicts_with_all = ["directory", "filters", "all", "from"])]
    output: Option<PathBuf>,

    /// Write the originals to this folder, as HASH-NAME
    #[arg(long, short = 'd', value_name = "FOLDER", default_value = ".")]
    directory: PathBuf,

    /// Download a search as one archive, which the service packs; 100 images, or as many as --limit says
    #[arg(long, value_name = "FILE", conflicts_with_all = ["hashes", "from", "output", "directory"])]
    zip: Option<PathBuf>,

    /// How many images the archive has
    #[arg(long, value_name = "NUMBER", requires = "zip")]
    limit: Option<u64>,

    /// Replace files that exist
    #[arg(long, conflicts_with = "skip_existing")]
    overwrite: bool,

    /// Keep files that exist, and download the others
    #[arg(long)]
    skip_existing: bool,

    /// Do not compare the bytes with the SHA-1 that the service has
    #[arg(long)]
    no_verify: bool,

    #[command(flatten)]
    pace: Pace,
    #[command(flatten)]
    failed: FailedFile,
}

#[derive(Serialize)]
struct Downloaded<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<&'a str>,
    file: &'a Path,
}

/// Downloads originals.
pub async fn run(args: DownloadArgs, context: &Context) -> Result<(), Failure> {
    let images = context.images()?;
    let selected = args.selection.selected(&images)?;
    if context.dry_run {
        return dry_run(context, "download", selected).await;
    }
    if let Some(zip) = &args.zip {
        return archive(selected, zip, &args, context).await;
    }
    if let Some(file) = &args.output {
        let Selected::Hashes(hashes) = &selected else {
            return Ok(());
        };
        let [hash] = &**hashes else {
            return Err(Failure::usage("--output takes one image")
                .with_hint("--directory FOLDER takes any number"));
        };
        return one(hash, file, &args, context).await;
    }
    let count = selected.count().await?;
    let mut report = Report::new(context, args.failed.failed.as_deref())?;
    let transfers = Transfers::start(&context.output, "downloading", Some(count), None);
    let call = match selected {
        Selected::Hashes(hashes) => images.bulk().download(hashes, &args.directory),
        Selected::Search(search) => images
            .bulk()
            .download(search.concurrency(8), &args.directory),
    };
    let call = existing(args.pace.of(call), &args);
    let call = match transfers.observer() {
        Some(observer) => call.on_start(observer),
        None => call,
    };
    context.on_interrupt(
        "interrupted: add --skip-existing to continue with the files that are missing",
    );
    drive(call, &transfers, &mut report, |_, hash, file| {
        let downloaded = Downloaded {
            hash: Some(hash),
            file: &file,
        };
        context
            .output
            .object(&downloaded, |_| format!("{hash}\t{}", file.display()))
    })
    .await?;
    drop(transfers);
    context.output.note(format_args!(
        "downloaded {}",
        counted(report.count() as u64)
    ));
    report.finish()
}

fn existing(call: BulkCall<PathBuf>, args: &DownloadArgs) -> BulkCall<PathBuf> {
    let call = if args.overwrite {
        call.overwrite()
    } else {
        call
    };
    let call = if args.skip_existing {
        call.skip_existing()
    } else {
        call
    };
    call.verify(!args.no_verify)
}

/// Downloads one original to a file or to standard output.
async fn one(
    hash: &str,
    file: &Path,
    args: &DownloadArgs,
    context: &Context,
) -> Result<(), Failure> {
    let images = context.images()?;
    let mut download = images.download(hash);
    if !args.no_verify {
        // An image that was converted when it was stored has other bytes than the file of its hash.
        download = download.verify(images.get(hash).await?.binary_hash);
    }
    if file == Path::new("-") {
        let mut stream = download.await?;
        while let Some(bytes) = stream.try_next().await? {
            context.output.write(&bytes)?;
        }
        return Ok(());
    }
    write(download, file, args, context).await?;
    let downloaded = Downloaded {
        hash: Some(hash),
        file,
    };
    context
        .output
        .object(&downloaded, |_| format!("{hash}\t{}", file.display()))
}

/// Downloads an archive.
async fn archive(
    selected: Selected,
    file: &Path,
    args: &DownloadArgs,
    context: &Context,
) -> Result<(), Failure> {
    let Selected::Search(search) = selected else {
        return Err(Failure::usage("--zip needs --search or --all"));
    };
    let search = match args.limit {
        Some(limit) => search.limit(limit),
        None => *search,
    };
    let counted_images = search.clone().limit(0).await?.total;
    let limit = args.limit.unwrap_or(100);
    if counted_images > limit {
        context.output.warn(format_args!(
            "the archive has the first {limit} of {counted_images} images; --limit takes up to 2000, and --directory all of them"
        ));
    }
    write(search.download_zip(), file, args, context).await?;
    let downloaded = Downloaded { hash: None, file };
    context
        .output
        .object(&downloaded, |_| file.display().to_string())
}

/// Writes a download to a file, and shows how far it is.
async fn write(
    download: DownloadFile,
    file: &Path,
    args: &DownloadArgs,
    context: &Context,
) -> Result<(), Failure> {
    let transfers = Transfers::start(&context.output, "downloading", Some(1), None);
    let progress = Progress::new();
    transfers.show(&file.to_string_lossy(), progress.clone());
    let mut call = download.progress(&progress).to_file(file);
    if args.overwrite {
        call = call.overwrite();
    }
    if args.skip_existing {
        call = call.skip_existing();
    }
    call.await?;
    Ok(())
}
