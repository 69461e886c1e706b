//! `rokka stacks diff` and `apply`.

use std::path::PathBuf;

use clap::Args;
use futures_util::StreamExt;
use rokka::stacks::{StackAction, StackPlan};
use serde_json::json;

use super::stacks;
use crate::context::Context;
use crate::definition_file;
use crate::failure::{Exit, Failure};
use crate::report::Report;

pub(super) const EXAMPLES: &str = "\
A file has definitions by the names of their stacks, or one definition of the stack that the file is named after:
  [card]
  options = { \"jpg.quality\" = 80 }
  [[card.operations]]
  name = \"resize\"
  options = { width = 400 }

Examples:
  rokka stacks show --all > stacks.toml
  rokka stacks diff stacks.toml
  rokka stacks apply stacks/*.yaml --prune --yes";

/// The arguments of `rokka stacks diff` and `apply`.
#[derive(Args, Debug)]
pub struct PlanArgs {
    /// Files with definitions, in JSON, TOML or YAML; `-` is JSON on standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Delete stacks that no file defines
    #[arg(long)]
    pub prune: bool,
    /// Accept operations and options that this program does not know
    #[arg(long)]
    pub allow_unknown: bool,
}

pub(super) async fn diff(args: &PlanArgs, context: &Context) -> Result<(), Failure> {
    let plan = plan(args, context).await?;
    show(&plan, context)?;
    if plan.is_empty() {
        return Ok(());
    }
    Err(Failure::quiet(Exit::Failure))
}

pub(super) async fn apply(args: &PlanArgs, context: &Context) -> Result<(), Failure> {
    let plan = plan(args, context).await?;
    let output = &context.output;
    if context.dry_run {
        return show(&plan, context);
    }
    if output.json {
        output.note(plan.to_string().trim_end());
    } else {
        show(&plan, context)?;
    }
    let changes = plan
        .stacks()
        .iter()
        .filter(|stack| is_change(stack.action))
        .count();
    if changes == 0 {
        return Ok(());
    }
    let organization = context.organization()?;
    let what = if changes == 1 {
        "this change".to_owned()
    } else {
        format!("these {changes} changes")
    };
    context
        .confirm(&format!("Apply {what} to {organization}?"))
        .await?;
    let mut report = Report::new(context, None)?;
    let mut results = plan.apply();
    while let Some(applied) = results.next().await {
        match applied.result {
            Ok(stored) => {
                report.done();
                match stored {
                    Some(stack) if output.json => output.service_line(&stack)?,
                    _ if output.json => {}
                    _ => output.line(format_args!("{} {}: done", applied.action, applied.name))?,
                }
            }
            Err(error) => report.failed(&applied.name, error)?,
        }
    }
    report.finish()
}

async fn plan(args: &PlanArgs, context: &Context) -> Result<StackPlan, Failure> {
    let definitions = definition_file::read_all(args.files.iter().map(PathBuf::as_path))?;
    let plan = stacks(context)?.plan(&definitions);
    let plan = if args.prune { plan.prune() } else { plan };
    let plan = if args.allow_unknown {
        plan.allow_unknown()
    } else {
        plan
    };
    Ok(plan.await?)
}

fn is_change(action: StackAction) -> bool {
    matches!(
        action,
        StackAction::Create | StackAction::Update | StackAction::Delete
    )
}

fn show(plan: &StackPlan, context: &Context) -> Result<(), Failure> {
    if !context.output.json {
        return context.output.line(plan.to_string().trim_end());
    }
    for stack in plan.stacks() {
        let differences = stack.differences.iter().map(|difference| {
            json!({"place": difference.place, "before": difference.before, "after": difference.after})
        });
        let differences: Vec<_> = differences.collect();
        let action = stack.action.to_string();
        let line = json!({"name": stack.name, "action": action, "differences": differences});
        context.output.json_line(&line)?;
    }
    Ok(())
}
