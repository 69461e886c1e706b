//! `rokka members`: who may do what in an organization.

use clap::{Args, Subcommand};
use rokka::{DateTime, Membership, MembershipOutcome, Memberships, Role};

use super::org::roles;
use crate::context::Context;
use crate::failure::Failure;
use crate::moment::moment;

/// List, add, change and remove the members of the organization
#[derive(Debug, Subcommand)]
pub enum MembersArgs {
    /// List the members
    #[command(
        visible_alias = "ls",
        after_help = "\
Example:
  rokka members list"
    )]
    List,
    /// Show a member
    #[command(visible_aliases = ["get", "info"], after_help = "\
Examples:
  rokka members show d1e2f3a4-0000-4000-8000-000000000001
  rokka members show dev@example.com")]
    Show(ShowArgs),
    /// Add a member, or change the roles of one
    #[command(visible_aliases = ["add", "create"], after_help = "\
Example:
  rokka members set d1e2f3a4-0000-4000-8000-000000000001 upload sourceimages:read")]
    Set(SetArgs),
    /// Create a user with roles in the organization, and print its API key, which is not shown again
    #[command(after_help = "\
Example:
  rokka members create-user upload --comment 'the web shop' --key-allowed-ip 192.0.2.0/24")]
    CreateUser(CreateUserArgs),
    /// Remove a member
    #[command(visible_aliases = ["rm", "delete"], after_help = "\
Example:
  rokka members remove dev@example.com")]
    Remove(ShowArgs),
}

/// The arguments of `rokka members show` and `remove`.
#[derive(Args, Debug)]
pub struct ShowArgs {
    /// The id or the e-mail address of the member
    #[arg(value_name = "USER")]
    pub user: String,
}

/// The arguments of `rokka members set`.
#[derive(Args, Debug)]
pub struct SetArgs {
    /// The id of the user, or the e-mail address of a member
    #[arg(value_name = "USER")]
    pub user: String,
    /// The roles, which replace those that the member has: read, write, upload, admin, admin:read, billing:read,
    /// sourceimages:read, sourceimages:write, sourceimages:unlock, sourceimages:download:protected
    #[arg(value_name = "ROLE", required = true, value_delimiter = ',')]
    pub roles: Vec<String>,
    /// A text for people
    #[arg(long, value_name = "TEXT")]
    pub comment: Option<String>,
}

/// The arguments of `rokka members create-user`.
#[derive(Args, Debug)]
pub struct CreateUserArgs {
    /// The roles
    #[arg(value_name = "ROLE", required = true, value_delimiter = ',')]
    pub roles: Vec<String>,
    /// A text for people
    #[arg(long, value_name = "TEXT")]
    pub comment: Option<String>,
    /// A text for people, about the key
    #[arg(long, value_name = "TEXT")]
    pub key_comment: Option<String>,
    /// Accept the key only with a second factor
    #[arg(long)]
    pub key_requires_mfa: bool,
    /// Accept the key only from this address or network; can be repeated
    #[arg(long = "key-allowed-ip", value_name = "ADDRESS")]
    pub key_allowed_ips: Vec<String>,
    /// Make the key expire: a time such as 2026-12-31T18:00:00Z, or a span such as 30d
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub key_expires: Option<DateTime>,
}

/// Runs the command.
///
/// # Errors
/// If the service refuses it.
pub async fn run(args: MembersArgs, context: &Context) -> Result<(), Failure> {
    let members = context.client()?.memberships(context.organization()?)?;
    match args {
        MembersArgs::List => list(&members, context).await,
        MembersArgs::Show(args) => {
            let id = id(&members, &args.user).await?;
            let member = members
                .get(id)
                .await
                .map_err(|error| explained(error, &args.user))?;
            print(&member, context)
        }
        MembersArgs::Set(args) => set(&members, &args, context).await,
        MembersArgs::CreateUser(args) => create_user(&members, &args, context).await,
        MembersArgs::Remove(args) => remove(&members, &args, context).await,
    }
}

/// Returns the id of a user, which may be named by the e-mail address of a member.
async fn id(members: &Memberships, user: &str) -> Result<String, Failure> {
    if !user.contains('@') {
        return Ok(user.to_owned());
    }
    let list = members.list().await?;
    let mut found = list
        .items
        .into_iter()
        .filter(|member| member.email.eq_ignore_ascii_case(user));
    let failure = match (found.next(), found.next()) {
        (Some(member), None) => return Ok(member.user_id),
        (Some(_), Some(_)) => Failure::usage(format!("several members have the address {user}")),
        (None, _) => Failure::new(format!("no member has the address {user}")),
    };
    Err(failure.with_hint("`rokka members list` shows their ids"))
}

fn explained(error: rokka::Error, user: &str) -> Failure {
    let unknown = error.is_not_found();
    let failure = Failure::from(error);
    if unknown {
        failure.with_hint(format!(
            "`rokka members list` shows the members; is {user} one of them?"
        ))
    } else {
        failure
    }
}

async fn list(members: &Memberships, context: &Context) -> Result<(), Failure> {
    let list = members.list().await?;
    let output = &context.output;
    let mut table = output.table(&["USER", "E-MAIL", "ROLES", "LAST ACCESS", "COMMENT"]);
    for member in &list.items {
        if output.json {
            output.service_line_without(member, &["api_key"])?;
            continue;
        }
        let access = member
            .last_access
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let comment = member.comment.as_deref().unwrap_or_default();
        table.row([
            &*member.user_id,
            &member.email,
            &roles(&member.roles),
            &access,
            comment,
        ])?;
    }
    table.finish()
}

fn print(member: &Membership, context: &Context) -> Result<(), Failure> {
    if context.output.json {
        return context.output.service_line_without(member, &["api_key"]);
    }
    context.output.object(member, |member| {
        let roles = roles(&member.roles);
        let mut text = format!(
            "user   {}\ne-mail {}\nroles  {roles}",
            member.user_id, member.email
        );
        if let Some(comment) = &member.comment {
            text.extend(["\ncomment ", comment]);
        }
        text
    })
}

fn wanted_roles(names: &[String], context: &Context) -> Vec<Role> {
    let roles: Vec<Role> = names.iter().map(|name| Role::from(name.as_str())).collect();
    for role in &roles {
        if let Role::Other(name) = role {
            context
                .output
                .warn(format_args!("this program does not know the role {name}"));
        }
    }
    roles
}

async fn set(members: &Memberships, args: &SetArgs, context: &Context) -> Result<(), Failure> {
    let wanted = wanted_roles(&args.roles, context);
    let id = id(members, &args.user).await?;
    if context.dry_run {
        let (roles, organization) = (roles(&wanted), members.organization());
        context.output.note(format_args!(
            "would give {id} the roles {roles} in {organization}"
        ));
        return Ok(());
    }
    let mut call = members.set(&id, wanted);
    if let Some(comment) = &args.comment {
        call = call.comment(comment);
    }
    let done = call.await?;
    let word = match &done {
        MembershipOutcome::Created(_) => "added",
        MembershipOutcome::Updated(_) => "changed",
        MembershipOutcome::Unchanged => "unchanged",
        _ => "stored",
    };
    // The service may return nothing, also of a membership that is new.
    let member = match done.membership() {
        Some(member) => member.clone(),
        None => members.get(&id).await?,
    };
    if context.output.json {
        return context.output.service_line_without(&member, &["api_key"]);
    }
    context.output.object(&member, |member| {
        format!("{word} {}: {}", member.user_id, roles(&member.roles))
    })
}

async fn create_user(
    members: &Memberships,
    args: &CreateUserArgs,
    context: &Context,
) -> Result<(), Failure> {
    let wanted = wanted_roles(&args.roles, context);
    if context.dry_run {
        let (roles, organization) = (roles(&wanted), members.organization());
        context.output.note(format_args!(
            "would create a user with the roles {roles} in {organization}"
        ));
        return Ok(());
    }
    let mut call = members.create_with_new_user(wanted);
    if let Some(comment) = &args.comment {
        call = call.comment(comment);
    }
    if let Some(comment) = &args.key_comment {
        call = call.key_comment(comment);
    }
    if args.key_requires_mfa {
        call = call.key_requires_mfa(true);
    }
    if !args.key_allowed_ips.is_empty() {
        call = call.key_allowed_ips(&args.key_allowed_ips);
    }
    if let Some(moment) = &args.key_expires {
        call = call.key_expires(moment.clone());
    }
    let member = call.await?;
    context.output.service_object(&member, |member| {
        let key = member.api_key.as_ref().map_or("", |key| key.expose());
        format!("{}\t{key}", member.user_id)
    })?;
    context.output.note("the key is not shown again");
    Ok(())
}

async fn remove(members: &Memberships, args: &ShowArgs, context: &Context) -> Result<(), Failure> {
    let id = id(members, &args.user).await?;
    let organization = members.organization();
    if context.dry_run {
        context.output.note(format_args!(
            "would remove {} from {organization}",
            args.user
        ));
        return Ok(());
    }
    context
        .confirm(&format!("Remove {} from {organization}?", args.user))
        .await?;
    members
        .delete(id)
        .await
        .map_err(|error| explained(error, &args.user))?;
    if !context.output.json {
        context.output.line(format_args!("removed {}", args.user))?;
    }
    Ok(())
}
