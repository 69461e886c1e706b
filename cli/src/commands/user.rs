//! `rokka user`: create a user, show the current one.

use clap::{Args, Subcommand};
use rokka::NewUser;

use crate::config::{Config, Store};
use crate::connection::Connection;
use crate::context::Context;
use crate::credentials::Stored;
use crate::failure::Failure;
use crate::profile_storage::{NewProfile, Place};
use crate::prompt;

/// Create a user, show the current one
#[derive(Debug, Subcommand)]
pub enum UserArgs {
    /// Create a user, and perhaps an organization; store the API key as a profile, or print it
    #[command(after_help = "\
The key is shown once. With --profile NAME, it is stored as a new profile, as by `rokka login`, and not printed; on a terminal, this is asked.

Examples:
  rokka user create dev@example.com acme --profile acme
  rokka user create dev@example.com > key.txt")]
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
    /// Where to store the key of a profile [default: the keyring of the system if there is one]
    #[arg(long, value_name = "WHERE")]
    pub store: Option<Store>,
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
    let named = context.global.profile.clone();
    let asked = if named.is_none() {
        ask(args, context).await?
    } else {
        None
    };
    let client = if named.is_some() {
        // The profile is not there yet.
        let hosts = Connection::hosts_alone(&context.global)?;
        context.prepared(hosts.anonymous()).build()?
    } else {
        context.public_client()?
    };
    let profile = named.or(asked);
    if let Some(name) = &profile
        && Config::read()?.profiles.contains_key(name)
    {
        return Err(
            Failure::usage(format!("there is a profile {name:?} already"))
                .with_hint("choose another name; `rokka profiles list` shows those that are taken"),
        );
    }
    let mut call = client.create_user(&args.email);
    if let Some(organization) = &args.new_organization {
        call = call.organization(organization);
    }
    let user = call.await?;
    let Some(profile) = profile else {
        print_key(&user, context)?;
        let id = &user.id;
        context.output.note(format_args!(
            "created the user {id}; the key is not shown again: store it with `rokka login`"
        ));
        return Ok(());
    };
    match store(&profile, &user, args, context) {
        Ok(store) if context.output.json => {
            let output = &context.output;
            output.service_line_without(&user, &["api_key"])?;
            output.note(format_args!("the key is in {}", Place(store)));
            Ok(())
        }
        Ok(store) => context.output.line(format_args!(
            "Created the user {}, profile {profile}. The key is in {}.",
            user.id,
            Place(store)
        )),
        // Nobody else has it.
        Err(failure) => {
            print_key(&user, context)?;
            Err(failure.about("the key cannot be stored, so it is printed"))
        }
    }
}

/// Asks for a profile for the key; `None` if the key is to be printed.
async fn ask(args: &CreateArgs, context: &Context) -> Result<Option<String>, Failure> {
    if context.yes || !context.output.terminal || !prompt::is_possible() {
        return Ok(None);
    }
    if !prompt::confirm("Store the API key as a profile instead of printing it?").await? {
        return Ok(None);
    }
    let default = args.new_organization.as_deref().unwrap_or("default");
    let name = prompt::text("Profile", Some(default)).await?;
    Ok(Some(name).filter(|name| !name.is_empty()))
}

fn store(
    profile: &str,
    user: &NewUser,
    args: &CreateArgs,
    context: &Context,
) -> Result<Store, Failure> {
    let hosts = Connection::hosts_alone(&context.global)?;
    // Those of the profile that is in use, unless a new one was named.
    let hosts = match &context.global.profile {
        Some(_) => &hosts,
        None => context.connection()?,
    };
    NewProfile {
        name: profile,
        organization: args.new_organization.as_deref(),
        hosts,
        credentials: Stored {
            api_key: Some(user.api_key.clone()),
            token: None,
        },
        store: args.store,
    }
    .write(context)
}

fn print_key(user: &NewUser, context: &Context) -> Result<(), Failure> {
    let output = &context.output;
    output.service_object(user, |user| user.api_key.expose().to_owned())
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
