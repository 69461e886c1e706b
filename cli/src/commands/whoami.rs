//! `rokka whoami`.

use clap::Args;
use rokka::{ApiKey, CredentialsCheck, CurrentUser, UserMembership};
use serde::Serialize;

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Shows the user of the key.
#[derive(Args, Debug)]
pub struct WhoamiArgs {}

/// What the service says about the key.
#[derive(Debug, Serialize)]
struct Identity {
    user: Option<CurrentUser>,
    api_key: Option<ApiKey>,
    memberships: Vec<UserMembership>,
}

/// Shows the key, its user and its organizations.
pub async fn run(_: WhoamiArgs, context: &Context) -> Result<(), Failure> {
    let client = context.client()?;
    match client.check_credentials().await? {
        CredentialsCheck::Restricted(error) | CredentialsCheck::Invalid(error) => {
            return Err(Failure::from(error).with_exit(Exit::NotAuthorized));
        }
        _ => {}
    }
    // A read-only role is told little about itself.
    let user = client.user();
    let identity = Identity {
        user: unless_forbidden(user.get().await)?,
        api_key: unless_forbidden(user.current_api_key().await)?,
        memberships: unless_forbidden(user.memberships().await)?
            .map_or(Vec::new(), |list| list.items),
    };
    if context.output.json {
        return context.output.json_line(&identity);
    }
    let mut table = context.output.table(&["", ""]);
    let connection = context.connection()?;
    let mut row = |name: &str, value: Option<String>| match value {
        Some(value) if !value.is_empty() => table.row([name, &value]),
        _ => Ok(()),
    };
    row("key from", Some(connection.origin().to_string()))?;
    row("host", Some(client.api_host().to_owned()))?;
    row("organization", connection.organization().map(str::to_owned))?;
    if let Some(user) = &identity.user {
        row("user", Some(user.user_id.clone()))?;
        row("email", user.email.clone())?;
    }
    if let Some(key) = &identity.api_key {
        row("key id", Some(key.id.clone()))?;
        row("key comment", key.comment.clone())?;
        row("key expires", key.expires.as_ref().map(ToString::to_string))?;
        row(
            "key needs second factor",
            key.requires_mfa.then(|| "yes".to_owned()),
        )?;
        row("key allowed from", Some(key.allowed_ips.join(", ")))?;
    }
    for membership in &identity.memberships {
        let roles: Vec<String> = membership.roles.iter().map(ToString::to_string).collect();
        let name = format!("roles in {}", membership.organization);
        row(&name, Some(roles.join(", ")))?;
    }
    table.finish()?;
    if identity.user.is_none() {
        context
            .output
            .note("the key is valid; the service tells no more to a key with a read-only role");
    }
    Ok(())
}

fn unless_forbidden<T>(result: rokka::Result<T>) -> Result<Option<T>, Failure> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_forbidden() => Ok(None),
        Err(error) => Err(error.into()),
    }
}
