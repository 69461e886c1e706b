//! `rokka tokens`: short-lived credentials.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use rokka::{Secret, TokenPayload, ValidFrom};

use crate::context::Context;
use crate::failure::Failure;
use crate::moment::span;
use crate::{prompt, text_file};

/// Create and inspect tokens, which stand for an API key for some time
#[derive(Debug, Subcommand)]
pub enum TokensArgs {
    /// Create a token and print it
    #[command(after_help = "\
Examples:
  rokka tokens create                                   valid from the address of the caller
  rokka tokens create --from any --lifetime 30m
  rokka tokens create --from 192.0.2.1 --from 192.0.2.0/24 --renewable
  ROKKA_API_TOKEN=$(rokka tokens create --mfa) rokka images list")]
    Create(CreateArgs),
    /// Show what a token contains; sends nothing, and does not check the signature
    #[command(after_help = "\
Examples:
  rokka tokens create | rokka tokens show -
  rokka tokens show token.txt --json")]
    Show(ShowArgs),
}

/// The arguments of `rokka tokens create`.
#[derive(Args, Debug)]
pub struct CreateArgs {
    /// From where the token is valid: caller, any, or addresses and networks; can be repeated
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "caller",
        value_delimiter = ','
    )]
    pub from: Vec<String>,
    /// How long the token is valid, such as 30m or 12h [default: the service decides]
    #[arg(long, value_name = "SPAN", value_parser = span)]
    pub lifetime: Option<Duration>,
    /// Let the token get the next one, without the key
    #[arg(long)]
    pub renewable: bool,
    /// Ask for the code of the second factor, which is not shown; in a script, it is read from standard input
    #[arg(long)]
    pub mfa: bool,
}

/// The arguments of `rokka tokens show`.
#[derive(Args, Debug)]
pub struct ShowArgs {
    /// The file with the token; `-` is standard input
    #[arg(value_name = "FILE", default_value = "-")]
    pub file: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// If the service refuses it, or the token is no token.
pub async fn run(args: TokensArgs, context: &Context) -> Result<(), Failure> {
    match args {
        TokensArgs::Create(args) => create(&args, context).await,
        TokensArgs::Show(args) => show(&args, context),
    }
}

async fn create(args: &CreateArgs, context: &Context) -> Result<(), Failure> {
    let valid_from = match args.from.as_slice() {
        [word] if word == "any" => ValidFrom::AnyAddress,
        [word] if word == "caller" => ValidFrom::caller(),
        words => ValidFrom::addresses(words.iter().map(|word| match word.as_str() {
            "caller" => "request_ip",
            other => other,
        })),
    };
    if context.dry_run {
        context.output.note("would create a token");
        return Ok(());
    }
    let mut call = context.client()?.user().create_token(valid_from);
    if let Some(lifetime) = args.lifetime {
        call = call.lifetime(lifetime);
    }
    if args.renewable {
        call = call.renewable(true);
    }
    if args.mfa {
        call = call.totp(code("Code of the second factor").await?);
    }
    let token = call.await?;
    context
        .output
        .service_object(&token, |token| token.token.expose().to_owned())?;
    let expires = token.payload.expires();
    context.output.note(format_args!("valid until {expires}"));
    Ok(())
}

/// Asks for a one-time code, or reads it from standard input.
pub(super) async fn code(question: &str) -> Result<Secret, Failure> {
    if prompt::is_possible() {
        return prompt::secret(question).await;
    }
    let text = text_file::read("-".as_ref())?;
    let code = text.trim();
    if code.is_empty() {
        return Err(Failure::usage("there is no code on standard input")
            .with_hint("pipe the six digits to the command, or run it in a terminal"));
    }
    Ok(Secret::from(code))
}

fn show(args: &ShowArgs, context: &Context) -> Result<(), Failure> {
    let text = text_file::read(&args.file)?;
    let payload = TokenPayload::decode_unverified(&Secret::from(text.trim()))?;
    context.output.object(&payload, |payload| {
        let mut lines = vec![format!("expires     {}", payload.expires())];
        if payload.is_expired() {
            lines.push("expired     yes".to_owned());
        }
        if let Some(id) = &payload.id {
            lines.push(format!("user        {id}"));
        }
        let renewable = if payload.is_renewable() { "yes" } else { "no" };
        lines.push(format!("renewable   {renewable}"));
        let factor = if payload.mfa { "yes" } else { "no" };
        lines.push(format!("second factor {factor}"));
        let from = if payload.ips.is_empty() {
            "any address".to_owned()
        } else {
            payload.ips.join(", ")
        };
        lines.push(format!("valid from  {from}"));
        lines.join("\n")
    })
}
