//! `rokka sync`: makes a folder and an organization equal.

mod hash_cache;
mod listing;
mod local;
mod plan;
mod pull;
mod push;
mod recent;

use std::path::PathBuf;

use clap::Args;
use rokka::source_images::field::Filter;

use crate::commands::images::bulk::Pace;
use crate::commands::images::selection::filter;
use crate::context::Context;
use crate::failure::Failure;
use crate::files::FileFilter;
use crate::report::FailedFile;
use crate::user_metadata::{Field, field};

/// What to make equal, and in which direction.
#[derive(Args, Debug)]
#[command(after_help = "\
Files and images are compared by content: the SHA-1 of a file is the binary hash of its image. So a file that was renamed or moved is not sent again.
Nothing is deleted without --delete. After Ctrl-C, or a failure, the same command continues. The hashes of files are remembered, by size and times, in
the cache folder of the user; --checksum reads all files again.

Examples:
  rokka sync photos --dry-run           what would be uploaded
  rokka sync photos                     upload what the organization does not have
  rokka sync photos --delete            and delete the images that are not in the folder
  rokka sync photos --pull              download what the folder does not have
  rokka sync cats --search 'user:array:labels=cat' -m array:labels=cat
                                        one folder for a part of the organization")]
pub struct SyncArgs {
    /// The folder
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,

    /// Change the organization until it has what the folder has; the default
    #[arg(long, visible_alias = "up")]
    push: bool,

    /// Change the folder until it has what the organization has
    #[arg(long, visible_alias = "down", conflicts_with_all = ["push", "fields", "protected"])]
    pull: bool,

    /// Delete what the other side does not have
    #[arg(long)]
    delete: bool,

    /// Compare with the images that this filter finds, not with all of them; can be repeated
    #[arg(long = "search", short = 's', value_name = "FIELD=EXPRESSION", value_parser = filter)]
    filters: Vec<Filter>,

    /// Store a field of user metadata with each upload; can be repeated
    #[arg(long = "metadata", short = 'm', value_name = "[TYPE:]NAME=VALUE", value_parser = field)]
    fields: Vec<Field>,

    /// Protect the uploads, so that rendering them needs a signed URL
    #[arg(long)]
    protected: bool,

    /// Read all files again, instead of trusting their size and times
    #[arg(long)]
    checksum: bool,

    /// Do not compare downloads with the SHA-1 that the service has
    #[arg(long, requires = "pull")]
    no_verify: bool,

    #[command(flatten)]
    filter: FileFilter,
    #[command(flatten)]
    pace: Pace,
    #[command(flatten)]
    failed: FailedFile,
}

/// Makes a folder and an organization equal.
pub async fn run(args: SyncArgs, context: &Context) -> Result<(), Failure> {
    let images = context.images()?;
    context.on_interrupt("interrupted: the same command continues");
    if args.pull {
        if !args.folder.exists() && !context.dry_run {
            std::fs::create_dir_all(&args.folder)
                .map_err(|error| Failure::from(error).about(args.folder.display()))?;
        }
        pull::run(&args, &images, context).await
    } else {
        push::run(&args, &images, context).await
    }
}
