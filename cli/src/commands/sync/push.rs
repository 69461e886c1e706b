//! From the folder to the organization.

use std::collections::HashSet;

use futures_util::StreamExt;
use rokka::{Source, SourceImages};

use super::SyncArgs;
use super::listing::{self, Listing, Stored};
use super::local::{self, HashedFile, LocalFiles};
use super::plan::{Step, first_names};
use super::recent::Recent;
use crate::commands::images::selection::images as counted;
use crate::context::Context;
use crate::failure::Failure;
use crate::report::Report;
use crate::transfers::Transfers;
use crate::user_metadata::all;

/// Uploads what the organization does not have, and deletes what the folder does not have if that is asked for.
pub(super) async fn run(
    args: &SyncArgs,
    images: &SourceImages,
    context: &Context,
) -> Result<(), Failure> {
    let (local, listing) = tokio::join!(
        local::read(args, context),
        listing::read(args, images, context)
    );
    let (mut local, listing) = (local?, listing?);
    let unreadable = std::mem::take(&mut local.unreadable);
    if local.skipped > 0 {
        let skipped = local.skipped;
        context.output.note(format_args!(
            "left out {skipped} files that are no pictures; --all-files takes them"
        ));
    }
    let client = context.client()?;
    let mut recent = Recent::open(client.api_host(), images.organization());
    // With filters, an image that is not listed may be stored and not match.
    let mut stored: HashSet<String> = HashSet::new();
    if args.filters.is_empty() {
        stored.extend(recent.stored(images, &listing, context).await?);
    }
    // Files with the same bytes are one image.
    let mut planned = HashSet::new();
    let missing: Vec<&HashedFile> = local
        .files
        .iter()
        .filter(|file| {
            !listing.has(&file.hash) && !stored.contains(&file.hash) && planned.insert(&*file.hash)
        })
        .collect();
    let surplus = surplus(args, &local, &listing)?;
    if context.dry_run {
        for file in &missing {
            let step = Step::Upload {
                file: &file.path,
                hash: None,
            };
            step.print(context)?;
        }
        for image in &surplus {
            deletion(image).print(context)?;
        }
    } else if !surplus.is_empty() {
        let question = format!(
            "Delete {} of {} that the folder does not have ({})?",
            counted(surplus.len() as u64),
            images.organization(),
            first_names(&surplus)
        );
        context.confirm(&question).await?;
    }
    let mut report = Report::new(context, args.failed.failed.as_deref())?;
    if !context.dry_run {
        upload(&missing, args, images, &mut recent, &mut report, context).await?;
    }
    for (path, failure) in unreadable {
        report.failed(path, failure)?;
    }
    let uploaded = report.count();
    let mut deleted = 0;
    if !context.dry_run && !surplus.is_empty() {
        if report.failures() > 0 {
            context
                .output
                .warn("nothing is deleted, because not everything is uploaded");
        } else {
            deleted = delete(&surplus, args, images, &mut report, context).await?;
        }
    }
    let (would, uploads, deletions) = if context.dry_run {
        ("would be ", missing.len(), surplus.len())
    } else {
        ("", uploaded, deleted)
    };
    let unchanged = local.files.len() - missing.len();
    context.output.note(format_args!(
        "{uploads} {would}uploaded, {deletions} {would}deleted, {unchanged} unchanged"
    ));
    report.finish()
}

/// Returns the images that the folder does not have, if they are to be deleted.
fn surplus<'a>(
    args: &SyncArgs,
    local: &LocalFiles,
    listing: &'a Listing,
) -> Result<Vec<&'a Stored>, Failure> {
    if !args.delete {
        return Ok(Vec::new());
    }
    if local.is_incomplete {
        return Err(Failure::new(
            "a part of the folder cannot be read, so nothing is deleted and nothing was uploaded",
        )
        .with_hint("make it readable, or leave out --delete"));
    }
    if local.files.is_empty() && !listing.images.is_empty() {
        let folder = args.folder.display();
        return Err(Failure::usage(format!(
            "{folder} has no pictures: --delete would delete all images"
        ))
        .with_hint("if that is meant: `rokka images delete --all`"));
    }
    let here: HashSet<&str> = local.files.iter().map(|file| &*file.hash).collect();
    let images = listing.images.iter();
    Ok(images
        .filter(|image| !here.contains(&*image.binary_hash))
        .collect())
}

fn deletion(image: &Stored) -> Step<'_> {
    Step::DeleteImage {
        hash: &image.hash,
        name: &image.name,
    }
}

async fn upload(
    missing: &[&HashedFile],
    args: &SyncArgs,
    images: &SourceImages,
    recent: &mut Recent,
    report: &mut Report<'_>,
    context: &Context,
) -> Result<(), Failure> {
    if missing.is_empty() {
        return Ok(());
    }
    let bytes = missing.iter().map(|file| file.size).sum();
    let transfers = Transfers::start(
        &context.output,
        "uploading",
        Some(missing.len() as u64),
        Some(bytes),
    );
    let fields = all(args.fields.iter().cloned());
    let source = |file: &&HashedFile| {
        let source = Source::path(&file.path).user_metadata_all(fields.clone());
        if args.protected {
            source.protected(true)
        } else {
            source
        }
    };
    let sources: Vec<Source> = missing.iter().map(source).collect();
    let mut call = images
        .bulk()
        .upload(sources)
        .concurrency(usize::from(args.pace.concurrency));
    if let Some(failures) = args.pace.stop_after {
        call = call.stop_after(failures as usize);
    }
    if let Some(observer) = transfers.observer() {
        call = call.on_start(observer);
    }
    while let Some(item) = call.next().await {
        transfers.item_done();
        let Some(file) = missing.get(item.position) else {
            continue;
        };
        match item.result {
            Ok(image) => {
                report.done();
                recent.insert(&file.hash, &image.hash);
                let step = Step::Upload {
                    file: &file.path,
                    hash: Some(&image.hash),
                };
                step.print(context)?;
            }
            Err(error) => report.failed(&file.path, error)?,
        }
    }
    Ok(())
}

async fn delete(
    surplus: &[&Stored],
    args: &SyncArgs,
    images: &SourceImages,
    report: &mut Report<'_>,
    context: &Context,
) -> Result<usize, Failure> {
    let transfers = Transfers::start(
        &context.output,
        "deleting",
        Some(surplus.len() as u64),
        None,
    );
    let hashes: Vec<String> = surplus.iter().map(|image| image.hash.clone()).collect();
    let mut call = args.pace.of(images.bulk().delete(hashes));
    let mut deleted = 0;
    while let Some(item) = call.next().await {
        transfers.item_done();
        let Some(image) = surplus.get(item.position) else {
            continue;
        };
        match item.result {
            Ok(()) => {
                report.done();
                deleted += 1;
                deletion(image).print(context)?;
            }
            Err(error) => {
                let failure = Failure::from(error);
                let failure = if image.locked {
                    failure.about("it is locked")
                } else {
                    failure
                };
                report.failed(&item.id, failure)?;
            }
        }
    }
    Ok(deleted)
}
