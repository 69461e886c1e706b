//! `rokka stacks preview`.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use rokka::StackDefinition;

use super::stacks;
use crate::context::Context;
use crate::definition_file;
use crate::failure::Failure;
use crate::nearest::did_you_mean;
use crate::rendering_output::{OutputArgs, Rendering};
use crate::rendering_target::{Image, TargetArgs};

pub(super) const EXAMPLES: &str = "\
The definition is stored under a name that starts with _preview, which the service never caches, and deleted afterwards.

Examples:
  rokka stacks preview card.toml 3f9a21 -o card.webp
  rokka stacks preview stacks.toml 3f9a21 --stack card --variable w=300 -o card.png";

/// The arguments of `rokka stacks preview`.
#[derive(Args, Debug)]
pub struct PreviewArgs {
    /// A file with definitions, in JSON, TOML or YAML; `-` is JSON on standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The hash of an image, alias:NAME, or a file on this machine
    #[arg(value_name = "IMAGE")]
    pub image: String,
    /// The stack, if the file defines several
    #[arg(long, value_name = "NAME")]
    pub stack: Option<String>,
    /// Set a variable of the stack; can be repeated
    #[arg(long = "variable", value_name = "NAME=VALUE", value_parser = crate::named_value::named_value)]
    pub variables: Vec<(String, String)>,
    /// The format of the picture [default: that of the output file, or jpg]
    #[arg(long, short = 'f', value_name = "FORMAT")]
    pub format: Option<String>,
    /// Where the picture goes.
    #[command(flatten)]
    pub output: OutputArgs,
}

pub(super) async fn run(args: PreviewArgs, context: &Context) -> Result<(), Failure> {
    let definition = definition(&args)?;
    definition.check()?;
    let organization = context.organization()?;
    let image = Image::parse(&args.image)
        .map_err(|rule| Failure::usage(rule).about(format_args!("`{}`", args.image)))?;
    let stacks = stacks(context)?;
    if context.dry_run {
        context.output.note(format_args!(
            "would render {} by a stack of {organization}",
            args.image
        ));
        return Ok(());
    }
    let screen = args.output.screen(context)?;
    let format = args.format.or_else(|| args.output.format());
    let name = format!("{}.{}", image.stem(), format.as_deref().unwrap_or("jpg"));
    let target = TargetArgs {
        stack: preview_name(),
        options: Vec::new(),
        variables: args.variables,
        format,
    };
    let client = context.client()?;
    let rendering = match image {
        Image::File(path) => Rendering::Sent(target.upload(&client, organization, &path)?),
        Image::Stored(source) => {
            let url = target.url(&client, organization, source)?;
            Rendering::Stored(client.download_rendering(&url))
        }
    };
    stacks.create(&target.stack, definition).await?;
    let received = args
        .output
        .receive(rendering, &name, screen.as_ref(), context)
        .await;
    if let Err(error) = stacks.delete(&target.stack).await {
        let stack = &target.stack;
        context.output.warn(format_args!(
            "the stack {stack} is left until the service deletes it: {error}"
        ));
    }
    received
}

fn definition(args: &PreviewArgs) -> Result<StackDefinition, Failure> {
    let Some(name) = &args.stack else {
        let found = definition_file::read_one(&args.file);
        return found.map_err(|failure| failure.with_hint("--stack NAME chooses one"));
    };
    let mut all = definition_file::read_all([args.file.as_path()])?;
    all.remove(name).ok_or_else(|| {
        let failure =
            Failure::usage(format!("there is no stack `{name}`")).about(args.file.display());
        match did_you_mean(name, all.keys().map(String::as_str)) {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    })
}

/// Returns a name that no other preview of this moment has.
fn preview_name() -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    format!("_preview_{:x}_{:x}", now.as_nanos(), std::process::id())
}
