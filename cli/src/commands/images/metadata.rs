//! `rokka images metadata`: user metadata.

use clap::{Args, Subcommand};
use rokka::UserMetadata;

use super::bulk::{OfHash, Pace, dry_run, work};
use super::selection::Selection;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::cell;
use crate::report::FailedFile;
use crate::user_metadata::{Field, all, field, plain};

/// What to do with user metadata.
#[derive(Debug, Subcommand)]
pub enum MetadataArgs {
    /// Print all fields of an image, or one
    Get(GetArgs),
    /// Set fields and keep the others
    #[command(visible_alias = "update")]
    Set(SetArgs),
    /// Remove fields
    #[command(visible_alias = "delete")]
    Unset(UnsetArgs),
}

/// What to print.
#[derive(Args, Debug)]
pub struct GetArgs {
    /// The hash of the image
    hash: String,
    /// The field, such as title
    field: Option<String>,
}

/// What to set.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rokka images metadata set 3f9a21 -m title=Cat -m int:sku=42 -m array:labels=cat,pet
  rokka images metadata set --search 'name=cat*' -m array:labels=cat
  rokka images metadata set 3f9a21 --replace -m title=Cat")]
pub struct SetArgs {
    #[command(flatten)]
    selection: Selection,

    /// A field with its type; can be repeated
    #[arg(long = "metadata", short = 'm', required = true, value_name = "[TYPE:]NAME=VALUE", value_parser = field)]
    fields: Vec<Field>,

    /// Remove all other fields
    #[arg(long)]
    replace: bool,

    #[command(flatten)]
    pace: Pace,
    #[command(flatten)]
    failed: FailedFile,
}

/// What to remove.
#[derive(Args, Debug)]
pub struct UnsetArgs {
    #[command(flatten)]
    selection: Selection,

    /// A field, with its type unless it is a string: title, int:sku; can be repeated
    #[arg(
        long = "metadata",
        short = 'm',
        value_name = "[TYPE:]NAME",
        required_unless_present = "all_fields"
    )]
    fields: Vec<String>,

    /// Remove all fields
    #[arg(long, conflicts_with = "fields")]
    all_fields: bool,

    #[command(flatten)]
    pace: Pace,
    #[command(flatten)]
    failed: FailedFile,
}

/// Runs a command of the group.
pub async fn run(args: MetadataArgs, context: &Context) -> Result<(), Failure> {
    match args {
        MetadataArgs::Get(args) => get(args, context).await,
        MetadataArgs::Set(args) => set(args, context).await,
        MetadataArgs::Unset(args) => unset(args, context).await,
    }
}

async fn get(args: GetArgs, context: &Context) -> Result<(), Failure> {
    let metadata = context.images()?.user_metadata(args.hash);
    if let Some(field) = args.field {
        let value = metadata.get_field(field).await?;
        return context.output.service_object(&value, plain);
    }
    let found = metadata.get().await?;
    if context.output.json {
        return context.output.service_line(&found);
    }
    let mut table = context.output.table(&["field", "value"]);
    for (name, value) in found.iter() {
        table.row([name.as_str(), &cell(&plain(value))])?;
    }
    table.finish()
}

/// How the fields of an image change.
#[derive(Clone, Debug)]
enum Change {
    Merge(UserMetadata),
    Replace(UserMetadata),
    Clear,
}

async fn set(args: SetArgs, context: &Context) -> Result<(), Failure> {
    let fields = all(args.fields);
    let change = if args.replace {
        Change::Replace(fields)
    } else {
        Change::Merge(fields)
    };
    apply(change, &args.selection, &args.pace, &args.failed, context).await
}

async fn unset(args: UnsetArgs, context: &Context) -> Result<(), Failure> {
    let change = if args.all_fields {
        Change::Clear
    } else {
        let none = UserMetadata::new();
        Change::Merge(args.fields.into_iter().fold(none, UserMetadata::removing))
    };
    apply(change, &args.selection, &args.pace, &args.failed, context).await
}

async fn apply(
    change: Change,
    selection: &Selection,
    pace: &Pace,
    failed: &FailedFile,
    context: &Context,
) -> Result<(), Failure> {
    let images = context.images()?;
    let selected = selection.selected(&images)?;
    if context.dry_run {
        return dry_run(context, "change the user metadata of", selected).await;
    }
    let count = selected.count().await?;
    if matches!(change, Change::Clear | Change::Replace(_)) && count > 1 {
        let question = format!("Remove all other user metadata of {count} images?");
        context.confirm(&question).await?;
    }
    let of = images.clone();
    let call = move |hash: String| {
        let metadata = of.user_metadata(hash);
        match change.clone() {
            Change::Merge(fields) => metadata.merge(fields),
            Change::Replace(fields) => metadata.replace(fields),
            Change::Clear => metadata.clear(),
        }
    };
    let call = selected.each(&images, call);
    let print =
        |_: usize, hash: &str, ()| context.output.object(&OfHash { hash }, |_| hash.to_owned());
    work(call, count, "changing", pace, failed, context, print).await
}
