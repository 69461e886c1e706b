//! `rokka images`: source images.

use clap::Subcommand;

use crate::context::Context;
use crate::failure::Failure;

pub mod alias;
pub mod bulk;
pub mod copy;
pub mod delete;
pub mod download;
pub mod dynamic_metadata;
pub mod enrich;
pub mod invalidate;
pub mod metadata;
pub mod metadata_file;
pub mod protect;
pub mod restore;
pub mod search;
pub mod selection;
pub mod set_name;
pub mod show;
pub mod upload;

/// What to do with source images.
#[derive(Debug, Subcommand)]
pub enum ImagesArgs {
    /// Upload files, folders, URLs or standard input
    #[command(visible_alias = "create")]
    Upload(Box<upload::UploadArgs>),
    /// List all images, newest first
    List(search::SearchArgs),
    /// Find images by the service's own filters
    Search(search::SearchArgs),
    /// Show all properties of images
    #[command(visible_aliases = ["get", "info"])]
    Show(show::ShowArgs),
    /// Download originals
    Download(download::DownloadArgs),
    /// Delete images, which can be restored for 30 days
    Delete(delete::DeleteArgs),
    /// Restore deleted images
    Restore(restore::RestoreArgs),
    /// Copy images to another organization
    Copy(copy::CopyArgs),
    /// Copy all images to another organization
    #[command(visible_alias = "clone-all")]
    CopyAll(copy::CopyAllArgs),
    /// Rename an image
    #[command(visible_alias = "rename")]
    SetName(set_name::SetNameArgs),
    /// Set or remove the area that cropping keeps visible
    #[command(visible_alias = "set-subjectarea")]
    SubjectArea(dynamic_metadata::AreaArgs),
    /// Set or remove the area that cropping cuts out exactly
    CropArea(dynamic_metadata::AreaArgs),
    /// Set or remove any kind of dynamic metadata
    #[command(subcommand)]
    DynamicMetadata(dynamic_metadata::DynamicMetadataArgs),
    /// Protect images, so that rendering them needs a signed URL
    Protect(protect::ProtectArgs),
    /// Lock images against deletion
    Lock(protect::LockArgs),
    /// Read and change user metadata
    #[command(subcommand, visible_alias = "user-metadata")]
    Metadata(metadata::MetadataArgs),
    /// Name images
    #[command(subcommand, visible_alias = "aliases")]
    Alias(alias::AliasArgs),
    /// Generate alternative texts
    Describe(enrich::DescribeArgs),
    /// Detect the content and store it as labels
    Label(bulk::EachImage),
    /// Read the content credentials of originals again
    ContentCredentials(bulk::EachImage),
    /// Remove the renderings of images from the CDN
    Invalidate(invalidate::InvalidateArgs),
}

/// Runs a command of the group.
pub async fn run(args: ImagesArgs, context: &Context) -> Result<(), Failure> {
    match args {
        ImagesArgs::Upload(args) => upload::run(*args, context).await,
        ImagesArgs::List(args) | ImagesArgs::Search(args) => search::run(args, context).await,
        ImagesArgs::Show(args) => show::run(args, context).await,
        ImagesArgs::Download(args) => download::run(args, context).await,
        ImagesArgs::Delete(args) => delete::run(args, context).await,
        ImagesArgs::Restore(args) => restore::run(args, context).await,
        ImagesArgs::Copy(args) => copy::run(args, context).await,
        ImagesArgs::CopyAll(args) => copy::run_all(args, context).await,
        ImagesArgs::SetName(args) => set_name::run(args, context).await,
        ImagesArgs::SubjectArea(args) => dynamic_metadata::subject_area(args, context).await,
        ImagesArgs::CropArea(args) => dynamic_metadata::crop_area(args, context).await,
        ImagesArgs::DynamicMetadata(args) => dynamic_metadata::run(args, context).await,
        ImagesArgs::Protect(args) => protect::protect(args, context).await,
        ImagesArgs::Lock(args) => protect::lock(args, context).await,
        ImagesArgs::Metadata(args) => metadata::run(args, context).await,
        ImagesArgs::Alias(args) => alias::run(args, context).await,
        ImagesArgs::Describe(args) => enrich::describe(args, context).await,
        ImagesArgs::Label(args) => enrich::label(args, context).await,
        ImagesArgs::ContentCredentials(args) => enrich::content_credentials(args, context).await,
        ImagesArgs::Invalidate(args) => invalidate::run(args, context).await,
    }
}
