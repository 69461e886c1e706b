//! `rokka keys`: the API keys of the user.

use clap::{Args, Subcommand};
use rokka::{ApiKey, DateTime};

use super::org::roles;
use crate::context::Context;
use crate::failure::Failure;
use crate::moment::moment;

/// List, create, change and delete the API keys of the user
#[derive(Debug, Subcommand)]
pub enum KeysArgs {
    /// List the keys of the user, without the keys themselves
    #[command(
        visible_alias = "ls",
        after_help = "\
Example:
  rokka keys list"
    )]
    List,
    /// Show the key that this program uses, without the key itself
    #[command(after_help = "\
Example:
  rokka keys current --json")]
    Current,
    /// List the keys of all members of the organizations that the user administers
    #[command(after_help = "\
Example:
  rokka keys admin --json | jq 'select(.active)'")]
    Admin,
    /// Create a key and print it; it is not shown again
    #[command(after_help = "\
Examples:
  rokka keys create --comment 'the web shop' > key.txt
  rokka keys create --allowed-ip 192.0.2.0/24 --expires 90d")]
    Create(CreateArgs),
    /// Change the properties of a key
    #[command(after_help = "\
Examples:
  rokka keys change 0f9d2b6c-4e31-4a8f-b6d7-81c3e5a2f490 --allowed-ip 192.0.2.1 --allowed-ip 192.0.2.2
  rokka keys change 0f9d2b6c-4e31-4a8f-b6d7-81c3e5a2f490 --clear expires --requires-mfa true")]
    Change(ChangeArgs),
    /// Delete a key
    #[command(
        visible_alias = "rm",
        after_help = "\
Example:
  rokka keys delete 0f9d2b6c-4e31-4a8f-b6d7-81c3e5a2f490"
    )]
    Delete(DeleteArgs),
}

/// The arguments of `rokka keys create`.
#[derive(Args, Debug)]
pub struct CreateArgs {
    /// A text for people
    #[arg(long, value_name = "TEXT")]
    pub comment: Option<String>,
    /// Accept the key only with a second factor
    #[arg(long)]
    pub requires_mfa: bool,
    /// Let the key manage users who count as public
    #[arg(long)]
    pub trusted: bool,
    /// Accept the key only from this address or network; can be repeated
    #[arg(long = "allowed-ip", value_name = "ADDRESS")]
    pub allowed_ips: Vec<String>,
    /// Make the key expire: a time such as 2026-12-31T18:00:00Z, or a span such as 90d
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub expires: Option<DateTime>,
}

/// The arguments of `rokka keys change`.
#[derive(Args, Debug)]
pub struct ChangeArgs {
    /// The id of the key
    #[arg(value_name = "ID")]
    pub id: String,
    /// Accept the key only with a second factor, or also without
    #[arg(long, value_name = "true|false")]
    pub requires_mfa: Option<bool>,
    /// Let the key manage users who count as public, or not
    #[arg(long, value_name = "true|false")]
    pub trusted: Option<bool>,
    /// Accept the key only from this address or network; can be repeated; replaces the list
    #[arg(long = "allowed-ip", value_name = "ADDRESS")]
    pub allowed_ips: Vec<String>,
    /// Make the key expire: a time such as 2026-12-31T18:00:00Z, or a span such as 90d
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub expires: Option<DateTime>,
    /// Remove a property; can be repeated
    #[arg(long, value_name = "PROPERTY", value_parser = ["requires-mfa", "trusted", "allowed-ips", "expires"])]
    pub clear: Vec<String>,
    /// Change it although this locks out the key that this program uses
    #[arg(long)]
    pub force: bool,
}

/// The arguments of `rokka keys delete`.
#[derive(Args, Debug)]
pub struct DeleteArgs {
    /// The id of the key
    #[arg(value_name = "ID")]
    pub id: String,
}

/// Runs the command.
///
/// # Errors
/// If the service refuses it.
pub async fn run(args: KeysArgs, context: &Context) -> Result<(), Failure> {
    match args {
        KeysArgs::List => list(context).await,
        KeysArgs::Current => {
            let key = context.client()?.user().current_api_key().await?;
            print(&[key], context)
        }
        KeysArgs::Admin => admin(context).await,
        KeysArgs::Create(args) => create(&args, context).await,
        KeysArgs::Change(args) => change(&args, context).await,
        KeysArgs::Delete(args) => delete(&args, context).await,
    }
}

async fn list(context: &Context) -> Result<(), Failure> {
    print(&context.client()?.user().api_keys().await?, context)
}

const COLUMNS: &[&str] = &[
    "ID",
    "COMMENT",
    "CREATED",
    "ACCESSED",
    "EXPIRES",
    "RESTRICTIONS",
];

/// The columns of a terminal that has no room for all of them.
const NARROW: &[&str] = &["ID", "COMMENT", "ACCESSED", "EXPIRES"];

/// The width of a terminal that has room for all columns.
const WIDE: usize = 120;

fn print(keys: &[ApiKey], context: &Context) -> Result<(), Failure> {
    let output = &context.output;
    let is_narrow = output.terminal && output.width() < WIDE;
    let mut table = output.table(if is_narrow { NARROW } else { COLUMNS });
    for key in keys {
        // A key is printed once, by the command that creates it.
        if output.json {
            output.service_line_without(key, &["api_key"])?;
            continue;
        }
        let comment = key.comment.as_deref().unwrap_or_default();
        let text = |moment: &Option<DateTime>| {
            moment.as_ref().map(ToString::to_string).unwrap_or_default()
        };
        let (created, accessed) = (text(&key.created), text(&key.accessed));
        let expires = text(&key.expires);
        if is_narrow {
            table.row([&*key.id, comment, &accessed, &expires])?;
            continue;
        }
        table.row([
            &*key.id,
            comment,
            &created,
            &accessed,
            &expires,
            &restrictions(key),
        ])?;
    }
    table.finish()
}

fn restrictions(key: &ApiKey) -> String {
    let mut all = Vec::new();
    if key.requires_mfa {
        all.push("second factor".to_owned());
    }
    if !key.allowed_ips.is_empty() {
        all.push(format!("from {}", key.allowed_ips.join(", ")));
    }
    all.join("; ")
}

async fn admin(context: &Context) -> Result<(), Failure> {
    let overview = context.client()?.user().admin_api_keys().await?;
    let output = &context.output;
    let mut table = output.table(&[
        "ORGANIZATION",
        "USER",
        "E-MAIL",
        "ROLES",
        "KEYS",
        "LAST ACCESS",
    ]);
    for item in &overview.items {
        if output.json {
            output.service_line_without(item, &["api_key"])?;
            continue;
        }
        let email = item.email.as_deref().unwrap_or_default();
        let access = item
            .last_access
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let (roles, keys) = (roles(&item.roles), item.api_keys.len().to_string());
        table.row([
            &*item.organization,
            &item.user_id,
            email,
            &roles,
            &keys,
            &access,
        ])?;
    }
    table.finish()?;
    if overview.truncated {
        output.warn("the service lists 50 organizations at most; others are missing");
    }
    Ok(())
}

async fn create(args: &CreateArgs, context: &Context) -> Result<(), Failure> {
    if context.dry_run {
        context.output.note("would create an API key");
        return Ok(());
    }
    let mut call = context.client()?.user().create_api_key();
    if let Some(comment) = &args.comment {
        call = call.comment(comment);
    }
    if args.requires_mfa {
        call = call.requires_mfa(true);
    }
    if args.trusted {
        call = call.trusted(true);
    }
    if !args.allowed_ips.is_empty() {
        call = call.allowed_ips(&args.allowed_ips);
    }
    if let Some(moment) = &args.expires {
        call = call.expires(moment.clone());
    }
    let key = call.await?;
    let Some(secret) = &key.api_key else {
        return Err(Failure::new(format!(
            "the service created the key {} without showing it",
            key.id
        ))
        .with_hint("delete it with `rokka keys delete`, and create another one"));
    };
    context
        .output
        .service_object(&key, |_| secret.expose().to_owned())?;
    context.output.note(format_args!(
        "the key has the id {}; it is not shown again",
        key.id
    ));
    Ok(())
}

async fn change(args: &ChangeArgs, context: &Context) -> Result<(), Failure> {
    if context.dry_run {
        context
            .output
            .note(format_args!("would change the API key {}", args.id));
        return Ok(());
    }
    let mut call = context.client()?.user().patch_api_key(&args.id);
    if let Some(requires) = args.requires_mfa {
        call = call.requires_mfa(requires);
    }
    if let Some(trusted) = args.trusted {
        call = call.trusted(trusted);
    }
    if !args.allowed_ips.is_empty() {
        call = call.allowed_ips(&args.allowed_ips);
    }
    if let Some(moment) = &args.expires {
        call = call.expires(moment.clone());
    }
    for property in &args.clear {
        call = match property.as_str() {
            "requires-mfa" => call.clear_requires_mfa(),
            "trusted" => call.clear_trusted(),
            "allowed-ips" => call.clear_allowed_ips(),
            _ => call.clear_expires(),
        };
    }
    if args.force {
        call = call.force();
    }
    print(&[call.await?], context)
}

async fn delete(args: &DeleteArgs, context: &Context) -> Result<(), Failure> {
    let id = &args.id;
    if context.dry_run {
        context
            .output
            .note(format_args!("would delete the API key {id}"));
        return Ok(());
    }
    let user = context.client()?.user();
    context
        .confirm(&format!(
            "Delete the API key {id}? Programs that use it stop working."
        ))
        .await?;
    match user.delete_api_key(id).await {
        Ok(()) if context.output.json => Ok(()),
        Ok(()) => context.output.line(format_args!("deleted {id}")),
        Err(error) => {
            let unknown = error.is_not_found();
            let failure = Failure::from(error);
            Err(if unknown {
                failure.with_hint("`rokka keys list` shows the ids")
            } else {
                failure
            })
        }
    }
}
