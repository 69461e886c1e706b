//! `rokka images subject-area`, `crop-area` and `dynamic-metadata`.

use clap::{Args, Subcommand};
use rokka::source_images::ChangeDynamicMetadata;
use rokka::{CropArea, DynamicValue, Revision, SubjectArea};
use serde_json::{Map, Value};

use crate::areas::Area;
use crate::context::Context;
use crate::failure::Failure;

/// How an image changes.
#[derive(Args, Clone, Copy, Debug)]
pub struct RevisionArgs {
    /// Delete the image with the previous hash
    #[arg(long)]
    delete_previous: bool,

    /// Change the image in place and keep its hash; caches keep the previous picture
    #[arg(long, conflicts_with = "delete_previous")]
    keep_hash: bool,
}

/// An image and its area.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rokka images subject-area 3f9a21 100,50,640,480
  rokka images subject-area 3f9a21 10%,10%,50%,50% --delete-previous
  rokka images subject-area 3f9a21 --remove")]
pub struct AreaArgs {
    /// The hash of the image
    hash: String,

    /// The area in pixels, or each number with a `%`
    #[arg(value_name = "X,Y,WIDTH,HEIGHT", required_unless_present = "remove")]
    area: Option<Area>,

    /// Remove the area
    #[arg(long, conflicts_with = "area")]
    remove: bool,

    #[command(flatten)]
    revision: RevisionArgs,
}

/// What to do with dynamic metadata.
#[derive(Debug, Subcommand)]
pub enum DynamicMetadataArgs {
    /// Set a kind of dynamic metadata
    #[command(visible_alias = "add")]
    Set(SetArgs),
    /// Remove a kind of dynamic metadata
    #[command(visible_alias = "delete")]
    Unset(UnsetArgs),
}

/// What to set.
#[derive(Args, Debug)]
pub struct SetArgs {
    /// The hash of the image
    hash: String,
    /// The kind, such as subject_area, multi_areas, version or detection_face
    kind: String,
    /// The value, such as {"x":1,"y":2,"width":3,"height":4}
    #[arg(value_name = "JSON", value_parser = object, default_value = "{}", hide_default_value = true)]
    value: Object,
    #[command(flatten)]
    revision: RevisionArgs,
}

/// What to remove.
#[derive(Args, Debug)]
pub struct UnsetArgs {
    /// The hash of the image
    hash: String,
    /// The kind, such as subject_area
    kind: String,
    #[command(flatten)]
    revision: RevisionArgs,
}

/// A JSON object.
#[derive(Clone, Debug)]
struct Object(Map<String, Value>);

fn object(text: &str) -> Result<Object, String> {
    let parsed = serde_json::from_str(text).map(Object);
    parsed.map_err(|error| format!("expected a JSON object: {error}"))
}

/// Sets or removes the subject area.
pub async fn subject_area(args: AreaArgs, context: &Context) -> Result<(), Failure> {
    let images = context.images()?;
    let call = match args.area {
        Some(area) => images.set_subject_area(&*args.hash, SubjectArea::from(area)),
        None => images.remove_subject_area(&*args.hash),
    };
    change(call, args.revision, &args.hash, context).await
}

/// Sets or removes the crop area.
pub async fn crop_area(args: AreaArgs, context: &Context) -> Result<(), Failure> {
    let images = context.images()?;
    let call = match args.area {
        Some(area) => images.set_crop_area(&*args.hash, CropArea::from(area)),
        None => images.remove_dynamic_metadata(&*args.hash, "crop_area"),
    };
    change(call, args.revision, &args.hash, context).await
}

/// Runs a command of the group.
pub async fn run(args: DynamicMetadataArgs, context: &Context) -> Result<(), Failure> {
    let images = context.images()?;
    match args {
        DynamicMetadataArgs::Set(args) => {
            let value = DynamicValue::other(args.kind, args.value.0);
            let call = images.add_dynamic_metadata(&*args.hash, value);
            change(call, args.revision, &args.hash, context).await
        }
        DynamicMetadataArgs::Unset(args) => {
            let call = images.remove_dynamic_metadata(&*args.hash, args.kind);
            change(call, args.revision, &args.hash, context).await
        }
    }
}

async fn change(
    call: ChangeDynamicMetadata,
    args: RevisionArgs,
    hash: &str,
    context: &Context,
) -> Result<(), Failure> {
    if context.dry_run {
        context.output.note(format_args!("would change {hash}"));
        return Ok(());
    }
    let call = if args.delete_previous {
        call.delete_previous()
    } else {
        call
    };
    let call = if args.keep_hash {
        call.keep_hash()
    } else {
        call
    };
    let revision: Revision = call.await?;
    if let Some(warning) = &revision.warning {
        context.output.warn(warning);
    }
    if revision.hash_changed() {
        context.output.note(format_args!("the hash was {hash}"));
    }
    context
        .output
        .service_object(&revision.image, super::bulk::line)
}
