//! `rokka mfa`: the second factor of the user.

use clap::Subcommand;
use rokka::TotpStatus;

use super::tokens::code;
use crate::context::Context;
use crate::failure::Failure;

/// Set up, confirm and disable the second factor of the user
#[derive(Debug, Subcommand)]
pub enum MfaArgs {
    /// Show whether there is a second factor
    #[command(after_help = "\
Example:
  rokka mfa status")]
    Status,
    /// Create a secret for an authenticator, and print it; `confirm` activates it
    #[command(after_help = "\
Example:
  rokka mfa setup | qrencode -t ansiutf8")]
    Setup,
    /// Activate the second factor with a code of the authenticator; in a script, the code is read from standard input
    #[command(after_help = "\
Examples:
  rokka mfa confirm
  oathtool --totp -b @secret.txt | rokka mfa confirm")]
    Confirm,
    /// Disable the second factor with a code of the authenticator; in a script, the code is read from standard input
    #[command(after_help = "\
Example:
  rokka mfa disable")]
    Disable,
}

/// Runs the command.
///
/// # Errors
/// If the service refuses it.
pub async fn run(args: MfaArgs, context: &Context) -> Result<(), Failure> {
    let user = context.client()?.user();
    match args {
        MfaArgs::Status => print(&user.totp().await?, context),
        MfaArgs::Setup => {
            if context.dry_run {
                context
                    .output
                    .note("would create a secret for an authenticator");
                return Ok(());
            }
            let setup = user.set_up_totp().await?;
            context
                .output
                .service_object(&setup, |setup| setup.provisioning_uri.expose().to_owned())?;
            context.output.note(
                "add it to the authenticator, then run `rokka mfa confirm`; it is not shown again",
            );
            Ok(())
        }
        MfaArgs::Confirm => {
            if context.dry_run {
                context.output.note("would activate the second factor");
                return Ok(());
            }
            let status = user
                .confirm_totp(code("Code of the authenticator").await?)
                .await?;
            print(&status, context)
        }
        MfaArgs::Disable => {
            if context.dry_run {
                context.output.note("would disable the second factor");
                return Ok(());
            }
            context
                .confirm("Disable the second factor of this user?")
                .await?;
            user.disable_totp(code("Code of the authenticator").await?)
                .await?;
            if context.output.json {
                return Ok(());
            }
            context.output.line("disabled")
        }
    }
}

fn print(status: &TotpStatus, context: &Context) -> Result<(), Failure> {
    context
        .output
        .service_object(status, |status| match &status.confirmed {
            Some(moment) => format!("{} since {moment}", status.state),
            None => status.state.to_string(),
        })
}
