//! `rokka stacks clone` and `clone-all`.

use clap::Args;
use futures_util::TryStreamExt;
use rokka::Stack;

use super::{explained, stacks};
use crate::context::Context;
use crate::failure::Failure;
use crate::report::Report;

/// The arguments of `rokka stacks clone`.
#[derive(Args, Debug)]
pub struct CloneArgs {
    /// The stack
    pub name: String,
    /// The name of the copy
    pub new_name: String,
    /// The organization of the copy [default: the same]
    #[arg(long, value_name = "ORGANIZATION")]
    pub to: Option<String>,
    /// Replace a stack that has the name
    #[arg(long)]
    pub overwrite: bool,
}

/// The arguments of `rokka stacks clone-all`.
#[derive(Args, Debug)]
pub struct CloneAllArgs {
    /// The organization that gets the copies
    pub destination: String,
    /// Replace stacks that have the same names
    #[arg(long)]
    pub overwrite: bool,
}

pub(super) async fn one(args: &CloneArgs, context: &Context) -> Result<(), Failure> {
    let stacks = stacks(context)?;
    let destination = args.to.as_deref().unwrap_or(stacks.organization());
    if context.dry_run {
        let (name, new_name) = (&args.name, &args.new_name);
        let note = format_args!("would copy {name} to {new_name} of {destination}");
        context.output.note(note);
        return Ok(());
    }
    let call = stacks
        .copy(&args.name, &args.new_name)
        .to_organization(destination);
    let call = if args.overwrite {
        call.overwrite()
    } else {
        call
    };
    match call.await {
        Ok(copy) => context
            .output
            .service_object(&copy, |copy| format!("created {}", copy.name)),
        Err(error) if error.is_already_exists() => {
            Err(Failure::from(error).with_hint("--overwrite replaces it"))
        }
        Err(error) if error.operation() == Some("getStack") => {
            Err(explained(&stacks, &args.name, error).await)
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn all(args: &CloneAllArgs, context: &Context) -> Result<(), Failure> {
    let from = stacks(context)?;
    let organization = context.organization()?;
    if args.destination == organization {
        return Err(Failure::usage(format!(
            "{organization} is the organization of the stacks itself"
        ))
        .with_hint("name another one, or copy single stacks with `rokka stacks clone`"));
    }
    let to = context.client()?.stacks(&args.destination)?;
    let all: Vec<Stack> = from.list().stream().try_collect().await?;
    if context.dry_run {
        for stack in &all {
            context.output.note(format_args!(
                "would copy {} to {}",
                stack.name, args.destination
            ));
        }
        return Ok(());
    }
    if args.overwrite && !all.is_empty() {
        let (count, destination) = (all.len(), &args.destination);
        let question =
            format!("Copy {count} stacks to {destination}, and replace those of the same names?");
        context.confirm(&question).await?;
    }
    let mut report = Report::new(context, None)?;
    for stack in &all {
        let call = to.create(&stack.name, stack);
        let call = if args.overwrite {
            call.overwrite()
        } else {
            call
        };
        match call.await {
            Ok(copy) => {
                report.done();
                let copied = |copy: &Stack| format!("copied {}", copy.name);
                context.output.service_object(&copy, copied)?;
            }
            Err(error) => {
                let exists = error.is_already_exists();
                let failure = Failure::from(error);
                let failure = if exists {
                    failure.with_hint("--overwrite replaces it")
                } else {
                    failure
                };
                report.failed(&stack.name, failure)?;
            }
        }
    }
    report.finish()
}
