//! `rokka billing`: what an organization costs.

use clap::Args;
use serde_json::json;

use crate::context::Context;
use crate::failure::Failure;

pub(super) const EXAMPLES: &str = "\
Examples:
  rokka billing
  rokka billing --from 2026-01-01 --to 2026-12-31 --json | jq .";

/// The arguments of `rokka billing`.
#[derive(Args, Debug)]
pub struct BillingArgs {
    /// The first day [default: the service decides]
    #[arg(long, value_name = "DAY")]
    pub from: Option<String>,
    /// The last day [default: the service decides]
    #[arg(long, value_name = "DAY")]
    pub to: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// If the service refuses it.
pub async fn run(args: BillingArgs, context: &Context) -> Result<(), Failure> {
    let organization = context.organization()?;
    let mut call = context.client()?.billing(organization);
    if let Some(day) = args.from {
        call = call.from(day);
    }
    if let Some(day) = args.to {
        call = call.to(day);
    }
    let billing = call.await?;
    let output = &context.output;
    if output.json {
        return output.service_line(&billing);
    }
    let mut table = output.table(&["MONTH", "CHF"]);
    let mut months = 0;
    for (month, _) in billing.months(organization) {
        months += 1;
        let price = billing.price_in_chf(organization, month);
        let price = price.map_or_else(|| "?".to_owned(), |price| format!("{price:.2}"));
        table.row([month, &price])?;
    }
    table.finish()?;
    if months == 0 && billing.0 != json!({}).as_object().cloned().unwrap_or_default() {
        output.note("the bill has a format that this program does not know: --json prints it");
    }
    Ok(())
}
