//! `rokka images set-name`.

use clap::Args;

use super::bulk::line;
use crate::context::Context;
use crate::failure::Failure;

/// The image and its new name.
#[derive(Args, Debug)]
pub struct SetNameArgs {
    /// The hash of the image
    hash: String,
    /// The new name
    name: String,
}

/// Renames an image.
pub async fn run(args: SetNameArgs, context: &Context) -> Result<(), Failure> {
    let images = context.images()?;
    if context.dry_run {
        context
            .output
            .note(format_args!("would rename {} to {}", args.hash, args.name));
        return Ok(());
    }
    images.set_name(&*args.hash, args.name).await?;
    context
        .output
        .service_object(&images.get(args.hash).await?, line)
}
