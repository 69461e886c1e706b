//! From the organization to the folder.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use futures_util::StreamExt;
use rokka::{Progress, SourceImages};

use super::SyncArgs;
use super::listing::{self, Listing, Stored};
use super::local::{self, HashedFile, LocalFiles};
use super::plan::Step;
use crate::context::Context;
use crate::failure::Failure;
use crate::report::Report;
use crate::transfers::Transfers;

/// An image that the folder does not have, and where it goes.
#[derive(Debug)]
struct Missing<'a> {
    image: &'a Stored,
    path: PathBuf,
}

/// Downloads what the folder does not have, and deletes what the organization does not have if that is asked for.
pub(super) async fn run(
    args: &SyncArgs,
    images: &SourceImages,
    context: &Context,
) -> Result<(), Failure> {
    let local = async {
        if args.folder.exists() {
            local::read(args, context).await
        } else {
            Ok(LocalFiles::default())
        }
    };
    let (local, listing) = tokio::join!(local, listing::read(args, images, context));
    let (mut local, listing) = (local?, listing?);
    let unreadable = std::mem::take(&mut local.unreadable);
    let here: HashSet<&str> = local.files.iter().map(|file| &*file.hash).collect();
    let mut taken = HashSet::new();
    let missing: Vec<Missing<'_>> = listing
        .distinct()
        .filter(|image| !here.contains(&*image.binary_hash))
        .map(|image| Missing {
            path: free_path(&args.folder, image, &mut taken),
            image,
        })
        .collect();
    let surplus = surplus(args, &local, &listing)?;
    if context.dry_run {
        for Missing { image, path } in &missing {
            let step = Step::Download {
                file: path,
                hash: &image.hash,
            };
            step.print(context)?;
        }
        for file in &surplus {
            Step::DeleteFile { file: &file.path }.print(context)?;
        }
    } else if !surplus.is_empty() {
        let (count, folder) = (surplus.len(), args.folder.display());
        let question = format!(
            "Delete {count} files in {folder} that {} does not have?",
            images.organization()
        );
        context.confirm(&question).await?;
    }
    let mut report = Report::new(context, args.failed.failed.as_deref())?;
    if !context.dry_run {
        download(&missing, args, images, &mut report, context).await?;
    }
    let downloaded = report.count();
    for (path, failure) in unreadable {
        report.failed(path, failure)?;
    }
    let mut deleted = 0;
    if !context.dry_run && !surplus.is_empty() {
        if report.failures() > 0 {
            context
                .output
                .warn("nothing is deleted, because not everything is downloaded");
        } else {
            deleted = delete(&surplus, &mut report, context)?;
        }
    }
    let (would, downloads, deletions) = if context.dry_run {
        ("would be ", missing.len(), surplus.len())
    } else {
        ("", downloaded, deleted)
    };
    let unchanged = listing.distinct().count() - missing.len();
    context.output.note(format_args!(
        "{downloads} {would}downloaded, {deletions} {would}deleted, {unchanged} unchanged"
    ));
    report.finish()
}

/// Returns the files that the organization does not have, if they are to be deleted.
fn surplus<'a>(
    args: &SyncArgs,
    local: &'a LocalFiles,
    listing: &Listing,
) -> Result<Vec<&'a HashedFile>, Failure> {
    if !args.delete {
        return Ok(Vec::new());
    }
    if listing.images.is_empty() && !local.files.is_empty() {
        return Err(Failure::usage(
            "the organization has no such images: --delete would delete all files",
        )
        .with_hint("check --organization and --search, or delete the files yourself"));
    }
    let files = local.files.iter();
    Ok(files.filter(|file| !listing.has(&file.hash)).collect())
}

/// Returns a path that no file has yet: the name of the image, with its hash if the name is taken.
fn free_path(folder: &Path, image: &Stored, taken: &mut HashSet<String>) -> PathBuf {
    // File systems can ignore case.
    let mut is_free = |name: &str| {
        let path = folder.join(name);
        (path.symlink_metadata().is_err() && taken.insert(name.to_lowercase())).then_some(path)
    };
    if let Some(path) = is_free(&image.name) {
        return path;
    }
    let (stem, extension) = match image.name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, format!(".{extension}")),
        _ => (image.name.as_str(), String::new()),
    };
    // With a full hash, the name is that of this image alone.
    let name = format!("{stem}-{}{extension}", image.hash);
    is_free(&name).unwrap_or_else(|| folder.join(name))
}

async fn download(
    missing: &[Missing<'_>],
    args: &SyncArgs,
    images: &SourceImages,
    report: &mut Report<'_>,
    context: &Context,
) -> Result<(), Failure> {
    if missing.is_empty() {
        return Ok(());
    }
    let bytes = missing.iter().map(|missing| missing.image.size).sum();
    let transfers = Transfers::start(
        &context.output,
        "downloading",
        Some(missing.len() as u64),
        Some(bytes),
    );
    let hashes: Vec<String> = missing
        .iter()
        .map(|missing| missing.image.hash.clone())
        .collect();
    // In the order of the hashes.
    let targets: Vec<(PathBuf, String)> = missing
        .iter()
        .map(|missing| (missing.path.clone(), missing.image.binary_hash.clone()))
        .collect();
    let mut targets = targets.into_iter();
    let (of, shown, verify) = (images.clone(), transfers.clone(), !args.no_verify);
    let call = images.bulk().each(hashes, move |hash| {
        let next = targets.next();
        let (path, binary_hash) = next.unwrap_or_default();
        let progress = Progress::new();
        shown.show(&path.to_string_lossy(), progress.clone());
        let call = of.download(hash).progress(&progress);
        let call = if verify {
            call.verify(binary_hash)
        } else {
            call
        };
        call.to_file(path)
    });
    let mut call = args.pace.of(call);
    while let Some(item) = call.next().await {
        transfers.item_done();
        let Some(Missing { image, path }) = missing.get(item.position) else {
            continue;
        };
        match item.result {
            Ok(_) => {
                report.done();
                let step = Step::Download {
                    file: path,
                    hash: &image.hash,
                };
                step.print(context)?;
            }
            Err(error) => {
                let is_other = error.kind() == rokka::ErrorKind::HashMismatch;
                let failure = Failure::from(error);
                report.failed(
                    &image.hash,
                    if is_other {
                        failure.with_hint(
                            "the service may have converted the file when it was stored: --no-verify takes it as it is",
                        )
                    } else {
                        failure
                    },
                )?;
            }
        }
    }
    Ok(())
}

fn delete(
    surplus: &[&HashedFile],
    report: &mut Report<'_>,
    context: &Context,
) -> Result<usize, Failure> {
    let mut deleted = 0;
    for file in surplus {
        if !file.is_unchanged() {
            report.failed(
                &file.path,
                Failure::new("it has changed meanwhile, so it is kept"),
            )?;
            continue;
        }
        match fs::remove_file(&file.path) {
            Ok(()) => {
                report.done();
                deleted += 1;
                Step::DeleteFile { file: &file.path }.print(context)?;
            }
            Err(error) => report.failed(&file.path, error)?,
        }
    }
    Ok(deleted)
}
