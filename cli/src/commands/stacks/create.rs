//! `rokka stacks create`.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::Args;
use rokka::StackDefinition;

use super::stacks;
use crate::context::Context;
use crate::definition_file;
use crate::failure::Failure;
use crate::named_value::{named_value, typed};
use crate::rendering_target;

pub(super) const EXAMPLES: &str = "\
Examples:
  rokka stacks create card card.toml
  rokka stacks create thumb --operations resize-width-200--grayscale --option jpg.quality=80
  echo '{\"operations\": [{\"name\": \"grayscale\"}]}' | rokka stacks create grey --overwrite";

/// The arguments of `rokka stacks create`.
#[derive(Args, Debug)]
pub struct CreateArgs {
    /// The name of the stack
    pub name: String,
    /// A file with one definition, in JSON, TOML or YAML; `-` is JSON on standard input
    #[arg(value_name = "FILE", conflicts_with = "operations")]
    pub file: Option<PathBuf>,
    /// The operations, as in a render URL: resize-width-200--grayscale
    #[arg(long, value_name = "OPERATIONS")]
    pub operations: Option<String>,
    /// Set an option of the stack, such as jpg.quality=80; can be repeated
    #[arg(long = "option", value_name = "NAME=VALUE", value_parser = named_value)]
    pub options: Vec<(String, String)>,
    /// Set the default of a variable; can be repeated
    #[arg(long = "variable", value_name = "NAME=VALUE", value_parser = named_value)]
    pub variables: Vec<(String, String)>,
    /// A text for people
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// Replace a stack that has the name
    #[arg(long)]
    pub overwrite: bool,
    /// Accept operations and options that this program does not know, and values that are out of range
    #[arg(long)]
    pub unchecked: bool,
}

pub(super) async fn run(args: &CreateArgs, context: &Context) -> Result<(), Failure> {
    let stacks = stacks(context)?;
    let definition = definition(args)?;
    if !args.unchecked {
        definition.check()?;
    }
    if context.dry_run {
        let (name, organization) = (&args.name, stacks.organization());
        context.output.note(format_args!(
            "would create the stack {name} of {organization}"
        ));
        return Ok(());
    }
    let call = stacks.create(&args.name, definition);
    let call = if args.overwrite {
        call.overwrite()
    } else {
        call
    };
    let call = if args.unchecked {
        call.unchecked()
    } else {
        call
    };
    match call.await {
        Ok(stack) => context
            .output
            .service_object(&stack, |stack| format!("created {}", stack.name)),
        Err(error) => {
            let exists = error.is_already_exists();
            let failure = Failure::from(error);
            Err(if exists {
                failure.with_hint(
                    "--overwrite replaces it; `rokka stacks diff FILE` shows what differs",
                )
            } else {
                failure
            })
        }
    }
}

fn definition(args: &CreateArgs) -> Result<StackDefinition, Failure> {
    let mut definition = match (&args.file, &args.operations) {
        (Some(path), _) => definition_file::read_one(path)?,
        (None, Some(operations)) => of_operations(operations)?,
        (None, None) if std::io::stdin().is_terminal() => {
            return Err(Failure::usage("the stack has no definition").with_hint(
                "name a file, or write --operations resize-width-200, or pipe JSON to the command",
            ));
        }
        (None, None) => definition_file::read_one(Path::new("-"))?,
    };
    for (name, value) in &args.options {
        definition = definition.option(name, typed(value));
    }
    for (name, value) in &args.variables {
        definition = definition.variable(name, typed(value));
    }
    Ok(match &args.description {
        Some(text) => definition.description(text),
        None => definition,
    })
}

/// Returns the definition of operations in the language of render URLs.
fn of_operations(text: &str) -> Result<StackDefinition, Failure> {
    let text = text.trim_start_matches('/');
    let path = if text.starts_with("dynamic/") {
        text.to_owned()
    } else {
        format!("dynamic/{text}")
    };
    let url = rendering_target::parse(&path)?;
    let parts = url.components();
    if !parts.overrides.is_empty() {
        return Err(
            Failure::usage(format!("`{text}` has more than one segment of operations"))
                .with_hint("join them by `--`: resize-width-200--grayscale"),
        );
    }
    let mut definition = rendering_target::definition(parts.operations);
    for (name, value) in parts.options {
        definition = definition.option(name.clone(), value.clone().into_json());
    }
    for (name, value) in parts.variables {
        definition = definition.variable(name.clone(), value.clone().into_json());
    }
    Ok(definition)
}
