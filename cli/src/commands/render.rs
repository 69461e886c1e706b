//! `rokka render`: a picture of an image.

use clap::Args;

use crate::context::Context;
use crate::failure::Failure;
use crate::rendering_output::{OutputArgs, Rendering};
use crate::rendering_target::{Image, TargetArgs};
use crate::signing::{self, SigningArgs};

pub(super) const EXAMPLES: &str = "\
Examples:
  rokka render 3f9a21 thumb -o thumb.webp
  rokka render alias:logo resize-width-300--grayscale > logo.jpg
  rokka render photo.tiff card --variable w=600 -o card.avif     (a file on this machine, which is not stored)
  rokka render 3f9a21 private --sign -o private.png
  rokka render 3f9a21 resize-width-600 --show            (in the terminal: kitty, iTerm2, foot and others)";

/// The arguments of `rokka render`.
#[derive(Args, Debug)]
pub struct RenderArgs {
    /// The hash of an image, alias:NAME, a file on this machine, or the URL of a remote image
    #[arg(value_name = "IMAGE")]
    pub image: String,
    /// The stack or operations, and what changes them.
    #[command(flatten)]
    pub target: TargetArgs,
    /// Where the picture goes.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Sign the URL, for protected images and stacks
    #[arg(long)]
    pub sign: bool,
    /// The signing key.
    #[command(flatten)]
    pub signing: SigningArgs,
}

/// Runs the command.
///
/// # Errors
/// If the picture cannot be rendered or written.
pub async fn run(mut args: RenderArgs, context: &Context) -> Result<(), Failure> {
    let organization = context.organization()?;
    let image = Image::parse(&args.image)
        .map_err(|rule| Failure::usage(rule).about(format_args!("`{}`", args.image)))?;
    let screen = args.output.screen(context)?;
    let format = args.target.format.take().or_else(|| args.output.format());
    let name = format!("{}.{}", image.stem(), format.as_deref().unwrap_or("jpg"));
    args.target.format = format;
    let rendering = match image {
        Image::File(path) => {
            let client = context.client()?;
            let upload = args.target.upload(&client, organization, &path)?;
            if context.dry_run {
                let note = format_args!("would send {} to be rendered", path.display());
                context.output.note(note);
                return Ok(());
            }
            Rendering::Sent(upload)
        }
        Image::Stored(source) => {
            let client = context.public_client()?;
            let mut url = args.target.url(&client, organization, source)?;
            if args.sign || args.signing.signing_key_file.is_some() {
                url = url.sign(&signing::key(&args.signing, context, organization).await?);
            }
            if context.dry_run {
                context.output.note(format_args!(
                    "would receive {}",
                    url.url().map_err(rokka::Error::from)?
                ));
                return Ok(());
            }
            Rendering::Stored(client.download_rendering(&url))
        }
    };
    let screen = screen.as_ref();
    args.output.receive(rendering, &name, screen, context).await
}
