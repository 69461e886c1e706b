//! `rokka images upload`.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use futures_util::StreamExt;
use rokka::source_images::BulkUpload;
use rokka::{CropArea, OptimizeSource, Source, SourceImage, SubjectArea};
use serde::Serialize;

use super::bulk::Pace;
use super::metadata_file::MetadataFile;
use crate::areas::Area;
use crate::context::Context;
use crate::failure::Failure;
use crate::files::{FileFilter, Found, is_pattern};
use crate::item_file;
use crate::report::{FailedFile, Report};
use crate::transfers::Transfers;
use crate::user_metadata::{Field, all, field};

/// What to upload, and what to store with it.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rokka images upload cat.jpg dog.jpg
  rokka images upload -r photos --skip-existing --failed left.txt
  rokka images upload 'photos/**/*.jpg' -m array:labels=cat --metadata-file titles.csv
  rokka images upload https://example.org/cat.jpg
  magick in.tif png:- | rokka images upload - --name cat.png

A metadata file is CSV with the column `file`, or JSON: an object with a property for each file. The columns name, protected, subject_area and crop_area
are properties; all others are user metadata with their type: title, int:sku, array:labels.")]
pub struct UploadArgs {
    /// Files, folders with -r, patterns, URLs that the service fetches; `-` is standard input
    #[arg(value_name = "PATH", required_unless_present = "from")]
    paths: Vec<OsString>,

    /// Upload the files of folders, and of the folders in them
    #[arg(long, short = 'r')]
    recursive: bool,

    /// Read the paths from this file, one a line
    #[arg(long, value_name = "FILE", conflicts_with = "paths")]
    from: Option<PathBuf>,

    #[command(flatten)]
    filter: FileFilter,

    /// Store this name, for one file
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Store a field of user metadata with each file; can be repeated
    #[arg(long = "metadata", short = 'm', value_name = "[TYPE:]NAME=VALUE", value_parser = field)]
    fields: Vec<Field>,

    /// Read the metadata of each file from this CSV or JSON file
    #[arg(long, value_name = "FILE")]
    metadata_file: Option<PathBuf>,

    /// Protect the images, so that rendering them needs a signed URL
    #[arg(long)]
    protected: bool,

    /// The area that cropping keeps visible
    #[arg(long, value_name = "X,Y,WIDTH,HEIGHT")]
    subject_area: Option<Area>,

    /// The area that cropping cuts out exactly
    #[arg(long, value_name = "X,Y,WIDTH,HEIGHT")]
    crop_area: Option<Area>,

    /// Have the service convert the files, and store the result only
    #[arg(long, value_name = "HOW")]
    optimize: Option<Optimize>,

    /// Generate alternative texts in these languages: en, de, fr, it
    #[arg(long, value_name = "LANGUAGES", value_delimiter = ',')]
    describe: Vec<String>,

    /// Send nothing for files that are stored already
    #[arg(long)]
    skip_existing: bool,

    /// Compare each stored image with the bytes that were sent
    #[arg(long)]
    verify: bool,

    #[command(flatten)]
    pace: Pace,
    #[command(flatten)]
    failed: FailedFile,
}

/// How the service converts files.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Optimize {
    /// TIFF and PSD to PNG, without loss.
    Lossless,
    /// To JPEG, or to WebP if the image is not opaque.
    Jpg,
    /// To PNG.
    Png,
}

impl From<Optimize> for OptimizeSource {
    fn from(how: Optimize) -> Self {
        match how {
            Optimize::Lossless => Self::Lossless,
            Optimize::Jpg => Self::Jpg,
            Optimize::Png => Self::Png,
        }
    }
}

/// Something to upload.
#[derive(Debug)]
struct Item {
    /// The path, the URL, or `-`.
    path: OsString,
    size: Option<u64>,
}

/// What is to upload.
#[derive(Debug, Default)]
struct Items {
    items: Vec<Item>,
    skipped: usize,
}

/// Uploads files.
pub async fn run(args: UploadArgs, context: &Context) -> Result<(), Failure> {
    let output = &context.output;
    let found = items(&args, context)?;
    if found.skipped > 0 {
        let skipped = found.skipped;
        output.note(format_args!(
            "left out {skipped} files that are no pictures; --all-files takes them"
        ));
    }
    if args.name.is_some() && found.items.len() != 1 {
        return Err(Failure::usage("--name is for one file")
            .with_hint("--metadata-file FILE has a name for each file"));
    }
    let mut metadata_file = args
        .metadata_file
        .as_deref()
        .map(MetadataFile::read)
        .transpose()?;
    let mut sources = Vec::with_capacity(found.items.len());
    for item in &found.items {
        sources.push(source(item, &args, metadata_file.as_mut())?);
    }
    if let Some(file) = &metadata_file {
        for name in file.unused() {
            output.warn(format_args!(
                "there are metadata for {name}, which is not uploaded"
            ));
        }
    }
    if context.dry_run {
        for item in &found.items {
            let path = item.path.to_string_lossy();
            output.object(&OfFile { file: &path }, |_| path.to_string())?;
        }
        output.note(format_args!("would upload {} files", found.items.len()));
        return Ok(());
    }
    if sources.is_empty() {
        output.note("there is nothing to upload");
        return Ok(());
    }
    send(sources, &found.items, &args, context).await
}

/// A line of a dry run.
#[derive(Serialize)]
struct OfFile<'a> {
    file: &'a str,
}

async fn send(
    sources: Vec<Source>,
    items: &[Item],
    args: &UploadArgs,
    context: &Context,
) -> Result<(), Failure> {
    let images = context.images()?;
    let mut report = Report::new(context, args.failed.failed.as_deref())?;
    let bytes = items.iter().map(|item| item.size).sum::<Option<u64>>();
    // What is found to be stored is not transferred, so bytes would count too little.
    let bytes = bytes.filter(|_| !args.skip_existing);
    let transfers = Transfers::start(
        &context.output,
        "uploading",
        Some(items.len() as u64),
        bytes,
    );
    context
        .on_interrupt("interrupted: the same command with --skip-existing uploads what is missing");
    // Two files can have one name, but not one path.
    let path = |position: usize| {
        items
            .get(position)
            .map_or(OsStr::new("?"), |item| &*item.path)
    };
    let upload = images.bulk().upload(sources);
    let upload = match args.optimize {
        Some(how) => upload.optimize_source(how.into()),
        None => upload,
    };
    if args.skip_existing {
        let mut results = paced(upload.skip_existing(), args, &transfers);
        let mut existing = 0;
        while let Some(item) = results.next().await {
            transfers.item_done();
            let (position, result) = (item.position, item.result);
            match result {
                Ok(uploaded) => {
                    report.done();
                    existing += u64::from(!uploaded.created);
                    let outcome = if uploaded.created {
                        "created"
                    } else {
                        "existing"
                    };
                    print(context, &uploaded.image, path(position), Some(outcome))?;
                }
                Err(error) => report.failed(path(position), error)?,
            }
        }
        drop(transfers);
        let created = report.count() as u64 - existing;
        context.output.note(format_args!(
            "uploaded {created} files, {existing} were stored already"
        ));
        return report.finish();
    }
    let mut results = paced(upload, args, &transfers);
    while let Some(item) = results.next().await {
        transfers.item_done();
        let (position, result) = (item.position, item.result);
        match result {
            Ok(image) => {
                report.done();
                print(context, &image, path(position), None)?;
            }
            Err(error) => report.failed(path(position), error)?,
        }
    }
    drop(transfers);
    context
        .output
        .note(format_args!("uploaded {} files", report.count()));
    report.finish()
}

fn paced<T: Send + 'static>(
    call: BulkUpload<T>,
    args: &UploadArgs,
    transfers: &Transfers,
) -> BulkUpload<T> {
    let mut call = call.concurrency(usize::from(args.pace.concurrency));
    if let Some(failures) = args.pace.stop_after {
        call = call.stop_after(failures as usize);
    }
    if args.verify {
        call = call.verify(true);
    }
    match transfers.observer() {
        Some(observer) => call.on_start(observer),
        None => call,
    }
}

fn print(
    context: &Context,
    image: &SourceImage,
    path: &OsStr,
    outcome: Option<&str>,
) -> Result<(), Failure> {
    context.output.service_object(image, |image| {
        let path = path.to_string_lossy();
        let line = format!("{}\t{}", image.hash, crate::output::cell(&path));
        match outcome {
            Some(outcome) => format!("{line}\t{outcome}"),
            None => line,
        }
    })
}

fn items(args: &UploadArgs, context: &Context) -> Result<Items, Failure> {
    let paths = match &args.from {
        Some(from) => item_file::read(from)?,
        None => args.paths.clone(),
    };
    let mut items = Items::default();
    for path in paths {
        if path == "-" || is_url(&path) {
            items.items.push(Item { path, size: None });
            continue;
        }
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => {
                if !args.recursive {
                    let path = path.display();
                    return Err(Failure::usage(format!("{path} is a folder"))
                        .with_hint("add -r to upload the files in it"));
                }
                let found = args.filter.files_in(Path::new(&path), usize::MAX)?;
                add(&mut items, found, context);
            }
            Ok(metadata) => items.items.push(Item {
                path,
                size: Some(metadata.len()),
            }),
            Err(_) if path.to_str().is_some_and(is_pattern) => {
                let pattern = path.to_string_lossy();
                let found = args.filter.files_matching(&pattern)?;
                if found.files.is_empty() {
                    return Err(Failure::usage(format!("{pattern} matches no file")));
                }
                add(&mut items, found, context);
            }
            // The upload reports it, and the others go on.
            Err(_) => items.items.push(Item { path, size: None }),
        }
    }
    Ok(items)
}

fn add(items: &mut Items, found: Found, context: &Context) {
    for error in found.unreadable {
        context.output.warn(error);
    }
    items.skipped += found.skipped;
    items.items.extend(found.files.into_iter().map(|file| Item {
        size: Some(file.metadata.len()),
        path: file.path.into_os_string(),
    }));
}

fn is_url(path: &OsStr) -> bool {
    path.to_str()
        .is_some_and(|path| path.starts_with("https://") || path.starts_with("http://"))
}

fn source(
    item: &Item,
    args: &UploadArgs,
    metadata_file: Option<&mut MetadataFile>,
) -> Result<Source, Failure> {
    let mut source = if item.path == "-" {
        let name = args.name.clone().ok_or_else(|| {
            Failure::usage("standard input has no name")
                .with_hint("add --name, such as --name cat.png")
        })?;
        Source::reader(name, tokio::io::stdin())
    } else if is_url(&item.path) {
        Source::url(item.path.to_string_lossy())
    } else {
        Source::path(&item.path)
    };
    if let Some(name) = args.name.as_ref().filter(|_| item.path != "-") {
        source = source.name(name);
    }
    source = source.user_metadata_all(all(args.fields.iter().cloned()));
    if args.protected {
        source = source.protected(true);
    }
    if let Some(area) = args.subject_area {
        source = source.subject_area(SubjectArea::from(area));
    }
    if let Some(area) = args.crop_area {
        source = source.dynamic_metadata(CropArea::from(area));
    }
    if !args.describe.is_empty() {
        source = source.auto_description(args.describe.iter().map(String::as_str));
    }
    Ok(match metadata_file {
        Some(file) => file.apply(Path::new(&item.path), source),
        None => source,
    })
}
