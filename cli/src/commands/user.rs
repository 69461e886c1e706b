//! `rokka user`: create a user, show the current one.

use clap::{Args, Subcommand};

use crate::context::Context;
use crate::failure::Failure;

/// Create a user, show the current one
#[derive(Debug, Subcommand)]
pub enum UserArgs {
    /// Create a user, and perhaps an organization, and print the API key, which is not shown again
    #[command(after_help = "\
Examples:
  rokka user create dev@example.com
  rokka user create dev@example.com acme > key.txt && rokka login --api-key-file key.txt --organization acme")]
    Create(CreateArgs),
    /// Show the user that the key belongs to
    #[command(visible_aliases = ["get", "info"], after_help = "\
Example:
  rokka user show --json")]
    Show,
}

/// The arguments of `rokka user create`.
#[derive(Args, Debug)]
pub struct CreateArgs {
    /// The e-mail address
    pub email: String,
    /// An organization to create for the user
    #[arg(value_name = "ORGANIZATION")]
    pub new_organization: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// If the service refuses it.
pub async fn run(args: UserArgs, context: &Context) -> Result<(), Failure> {
    match args {
        UserArgs::Create(args) => create(&args, context).await,
        UserArgs::Show => show(context).await,
    }
}

async fn create(args: &CreateArgs, context: &Context) -> Result<(), Failure> {
    if context.dry_run {
        context
            .output
            .note(format_args!("would create the user {}", args.email));
        return Ok(());
    }
    let mut call = context.public_client()?.create_user(&args.email);
    if let Some(organization) = &args.new_organization {
        call = call.organization(organization);
    }
    let user = call.await?;
    context
        .output
        .service_object(&user, |user| user.api_key.expose().to_owned())?;
    let id = &user.id;
    context.output.note(format_args!(
        "created the user {id}; the key is not shown again: store it with `rokka login`"
    ));
    Ok(())
}

async fn show(context: &Context) -> Result<(), Failure> {
    let user = context.client()?.user().get().await?;
    if context.output.json {
        return context.output.service_line_without(&user, &["api_key"]);
    }
    context.output.line(match &user.email {
        Some(email) => format!("{}\t{email}", user.user_id),
        None => user.user_id,
    })
}
