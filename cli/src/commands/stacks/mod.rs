//! `rokka stacks`: what the stacks of an organization do.

use std::collections::HashSet;
use std::fmt::Write as _;

use clap::{Args, Subcommand};
use futures_util::TryStreamExt;
use rokka::{Error, Stack, StackDefinition, Stacks};

use crate::context::Context;
use crate::definition_file::{Definitions, Format};
use crate::failure::Failure;
use crate::nearest::did_you_mean;
use crate::report::Report;

mod clone;
mod create;
mod plan;
mod preview;

/// List, define, compare and copy stacks
#[derive(Debug, Subcommand)]
pub enum StacksArgs {
    /// List the stacks of the organization
    #[command(
        visible_alias = "ls",
        after_help = "\
Examples:
  rokka stacks list
  rokka stacks list --json | jq .name"
    )]
    List(ListArgs),
    /// Show stacks as a file that `apply` reads
    #[command(
        visible_alias = "info",
        after_help = "\
Examples:
  rokka stacks show card
  rokka stacks show --all --as yaml > stacks.yaml"
    )]
    Show(ShowArgs),
    /// Create a stack from a file, from standard input, or from operations
    #[command(after_help = create::EXAMPLES)]
    Create(create::CreateArgs),
    /// Copy a stack to another name or to another organization
    #[command(
        visible_alias = "copy",
        after_help = "\
Examples:
  rokka stacks clone card card2
  rokka stacks clone card card --to acme-test --overwrite"
    )]
    Clone(clone::CloneArgs),
    /// Copy all stacks to another organization
    #[command(
        visible_alias = "copy-all",
        after_help = "\
Examples:
  rokka stacks clone-all acme-test --dry-run
  rokka stacks clone-all acme-test --overwrite"
    )]
    CloneAll(clone::CloneAllArgs),
    /// Delete stacks
    #[command(
        visible_alias = "rm",
        after_help = "\
Examples:
  rokka stacks delete card
  rokka stacks delete card thumb --yes"
    )]
    Delete(DeleteArgs),
    /// Show how the stacks differ from their definitions in files; the exit status is 1 if they do
    #[command(after_help = plan::EXAMPLES)]
    Diff(plan::PlanArgs),
    /// Make the stacks as their definitions in files are
    #[command(after_help = plan::EXAMPLES)]
    Apply(plan::PlanArgs),
    /// Render an image by a definition in a file, without storing the stack
    #[command(after_help = preview::EXAMPLES)]
    Preview(preview::PreviewArgs),
    /// Invalidate the renderings of a stack, or of all stacks, in the CDN
    #[command(after_help = "\
Examples:
  rokka stacks invalidate card
  rokka stacks invalidate --all")]
    Invalidate(InvalidateArgs),
}

/// The arguments of `rokka stacks list`.
#[derive(Args, Debug)]
pub struct ListArgs {
    /// Print at most this many [default: all]
    #[arg(long, value_name = "NUMBER")]
    pub limit: Option<usize>,
}

/// The arguments of `rokka stacks show`.
#[derive(Args, Debug)]
pub struct ShowArgs {
    /// The names of the stacks
    #[arg(value_name = "NAME", required_unless_present = "all")]
    pub names: Vec<String>,
    /// Show all stacks
    #[arg(long, conflicts_with = "names")]
    pub all: bool,
    /// The format of the file
    #[arg(long = "as", value_name = "FORMAT", default_value = "toml")]
    pub format: Format,
}

/// The arguments of `rokka stacks delete`.
#[derive(Args, Debug)]
pub struct DeleteArgs {
    /// The names of the stacks
    #[arg(value_name = "NAME", required = true)]
    pub names: Vec<String>,
}

/// The arguments of `rokka stacks invalidate`.
#[derive(Args, Debug)]
pub struct InvalidateArgs {
    /// The name of the stack
    #[arg(value_name = "NAME", required_unless_present = "all")]
    pub name: Option<String>,
    /// Invalidate the renderings of all stacks
    #[arg(long, conflicts_with = "name")]
    pub all: bool,
}

/// Runs the command.
///
/// # Errors
/// If the work cannot be done, or only a part of it.
pub async fn run(args: StacksArgs, context: &Context) -> Result<(), Failure> {
    match args {
        StacksArgs::List(args) => list(&args, context).await,
        StacksArgs::Show(args) => show(&args, context).await,
        StacksArgs::Create(args) => create::run(&args, context).await,
        StacksArgs::Clone(args) => clone::one(&args, context).await,
        StacksArgs::CloneAll(args) => clone::all(&args, context).await,
        StacksArgs::Delete(args) => delete(&args, context).await,
        StacksArgs::Diff(args) => plan::diff(&args, context).await,
        StacksArgs::Apply(args) => plan::apply(&args, context).await,
        StacksArgs::Preview(args) => preview::run(args, context).await,
        StacksArgs::Invalidate(args) => invalidate(&args, context).await,
    }
}

/// Returns the stacks of the organization.
fn stacks(context: &Context) -> Result<Stacks, Failure> {
    Ok(context.client()?.stacks(context.organization()?)?)
}

async fn list(args: &ListArgs, context: &Context) -> Result<(), Failure> {
    let output = &context.output;
    let mut all = stacks(context)?.list().stream();
    let mut table = output.table(&["NAME", "OPERATIONS", "CREATED", "DESCRIPTION"]);
    let mut left = args.limit.unwrap_or(usize::MAX);
    while left > 0
        && let Some(stack) = all.try_next().await?
    {
        left -= 1;
        if output.json {
            output.service_line(&stack)?;
        } else {
            let created = stack.created.to_string();
            let description = stack.description.as_deref().unwrap_or_default();
            table.row([&stack.name, &chain(&stack), &created, description])?;
        }
    }
    table.finish()
}

/// Returns the names of the operations of a stack.
fn chain(stack: &Stack) -> String {
    let mut names = String::new();
    for operation in &stack.stack_operations {
        let separator = if names.is_empty() { "" } else { ", " };
        let _ = write!(names, "{separator}{}", operation.name);
    }
    names
}

async fn show(args: &ShowArgs, context: &Context) -> Result<(), Failure> {
    let stacks = stacks(context)?;
    let mut found = Vec::new();
    if args.all {
        found = stacks.list().stream().try_collect().await?;
    }
    for name in &args.names {
        let stack = stacks.get(name).await;
        match stack {
            Ok(stack) => found.push(stack),
            Err(error) => return Err(explained(&stacks, name, error).await),
        }
    }
    if context.output.json {
        return found
            .iter()
            .try_for_each(|stack| context.output.service_line(stack));
    }
    let named = |stack: Stack| (stack.name.clone(), StackDefinition::from(stack));
    let definitions: Definitions = found.into_iter().map(named).collect();
    if definitions.is_empty() {
        return Ok(());
    }
    context.output.line(args.format.write(&definitions)?)
}

async fn delete(args: &DeleteArgs, context: &Context) -> Result<(), Failure> {
    let stacks = stacks(context)?;
    let mut seen = HashSet::new();
    let names: Vec<&String> = args
        .names
        .iter()
        .filter(|name| seen.insert(*name))
        .collect();
    if context.dry_run {
        for name in names {
            context.output.note(format_args!("would delete {name}"));
        }
        return Ok(());
    }
    let what = match names.as_slice() {
        [name] => format!("the stack {name}"),
        names => format!("{} stacks", names.len()),
    };
    let organization = stacks.organization();
    context
        .confirm(&format!("Delete {what} of {organization}?"))
        .await?;
    let mut report = Report::new(context, None)?;
    for name in names {
        match stacks.delete(name).await {
            Ok(()) => {
                report.done();
                if !context.output.json {
                    context.output.line(format_args!("deleted {name}"))?;
                }
            }
            Err(error) => {
                let failure = explained(&stacks, name, error).await;
                report.failed(name, failure)?;
            }
        }
    }
    report.finish()
}

async fn invalidate(args: &InvalidateArgs, context: &Context) -> Result<(), Failure> {
    let stacks = stacks(context)?;
    let organization = stacks.organization();
    let what = match &args.name {
        Some(name) => format!("the renderings of the stack {name} of {organization}"),
        None => format!("the renderings of all stacks of {organization}"),
    };
    if context.dry_run {
        context.output.note(format_args!("would invalidate {what}"));
        return Ok(());
    }
    if args.all {
        context.confirm(&format!("Invalidate {what}?")).await?;
    }
    let invalidated = match &args.name {
        Some(name) => match stacks.invalidate_cache(name).await {
            Ok(invalidated) => invalidated,
            Err(error) => return Err(explained(&stacks, name, error).await),
        },
        None => stacks.invalidate_all_caches().await?,
    };
    context
        .output
        .service_object(&invalidated, |_| format!("invalidated {what}"))
}

/// Adds the most similar name to the failure of a call with a stack that does not exist.
async fn explained(stacks: &Stacks, name: &str, error: Error) -> Failure {
    let unknown = error.is_not_found();
    let mut failure = Failure::from(error);
    if !unknown {
        return failure;
    }
    let all: Result<Vec<Stack>, Error> = stacks.list().stream().try_collect().await;
    // Without an answer, the organization is the first suspect.
    let Ok(all) = all else { return failure };
    failure.refused = None;
    let names = all.iter().map(|stack| stack.name.as_str());
    let hint = did_you_mean(name, names)
        .unwrap_or_else(|| "`rokka stacks list` lists the stacks".to_owned());
    failure
        .about(format_args!("the stack {name}"))
        .with_hint(hint)
}
