//! `rokka images alias`: names for images.

use clap::{Args, Subcommand};
use rokka::SourceImageAlias;

use crate::context::Context;
use crate::failure::Failure;

/// What to do with an alias.
#[derive(Debug, Subcommand)]
pub enum AliasArgs {
    /// Name an image
    #[command(visible_alias = "create")]
    Set(SetArgs),
    /// Print the image of an alias
    #[command(visible_alias = "show")]
    Get(NameArgs),
    /// Delete an alias, not its image
    Delete(NameArgs),
    /// Remove the renderings of an alias from the CDN
    Invalidate(NameArgs),
}

/// An alias and its image.
#[derive(Args, Debug)]
pub struct SetArgs {
    /// The alias: letters, digits and underscores
    alias: String,
    /// The hash of the image
    hash: String,
    /// Replace an alias that exists
    #[arg(long)]
    overwrite: bool,
}

/// An alias.
#[derive(Args, Debug)]
pub struct NameArgs {
    /// The alias
    alias: String,
}

/// Runs a command of the group.
pub async fn run(args: AliasArgs, context: &Context) -> Result<(), Failure> {
    let aliases = context.images()?.aliases();
    let line = |alias: &SourceImageAlias| format!("{}\t{}", alias.alias, alias.hash);
    match args {
        AliasArgs::Set(args) if context.dry_run => {
            let SetArgs { alias, hash, .. } = args;
            context
                .output
                .note(format_args!("would name {hash} {alias}"));
            Ok(())
        }
        AliasArgs::Set(args) => {
            let create = aliases.create(args.alias, args.hash);
            let create = if args.overwrite {
                create.overwrite()
            } else {
                create
            };
            match create.await {
                Ok(alias) => context.output.service_object(&alias, line),
                Err(error) if error.is_already_exists() => Err(Failure::from(error)
                    .with_hint("add --overwrite to give the alias to this image")),
                Err(error) => Err(error.into()),
            }
        }
        AliasArgs::Get(args) => {
            let alias = aliases.get(args.alias).await?;
            context.output.service_object(&alias, line)
        }
        AliasArgs::Delete(args) => {
            if context.dry_run {
                context
                    .output
                    .note(format_args!("would delete the alias {}", args.alias));
                return Ok(());
            }
            context
                .confirm(&format!("Delete the alias {}?", args.alias))
                .await?;
            aliases.delete(&*args.alias).await?;
            context
                .output
                .note(format_args!("deleted the alias {}", args.alias));
            Ok(())
        }
        AliasArgs::Invalidate(args) => {
            if context.dry_run {
                context
                    .output
                    .note(format_args!("would invalidate the alias {}", args.alias));
                return Ok(());
            }
            let invalidated = aliases.invalidate_cache(args.alias).await?;
            context
                .output
                .service_object(&invalidated, |found| found.items.join("\n"))
        }
    }
}
