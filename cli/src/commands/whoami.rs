//! `rokka whoami`.

use clap::Args;
use rokka::{ApiKey, CredentialsCheck, CurrentUser, UserMembership};
use serde::Serialize;
use serde_json::Value;

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::{Model, Output};

/// Shows the user of the key.
#[derive(Args, Debug)]
pub struct WhoamiArgs {}

/// What the service says about the key.
struct Identity {
    user: Option<CurrentUser>,
    api_key: Option<ApiKey>,
    memberships: Vec<UserMembership>,
}

/// The same as the service sent it.
#[derive(Serialize)]
struct Sent {
    user: Value,
    api_key: Value,
    memberships: Vec<Value>,
}

impl Identity {
    fn sent(&self, output: &Output) -> Result<Sent, Failure> {
        let memberships = self.memberships.iter();
        let memberships = memberships.map(|membership| output.service_value(membership));
        let mut sent = Sent {
            user: optional(self.user.as_ref(), output)?,
            api_key: optional(self.api_key.as_ref(), output)?,
            memberships: memberships.collect::<Result<_, _>>()?,
        };
        // A key is printed once, by the command that creates it.
        let of_user = sent.user.get_mut("api_keys").and_then(Value::as_array_mut);
        let keys = of_user.into_iter().flatten();
        for key in keys.chain([&mut sent.api_key]) {
            if let Some(key) = key.as_object_mut() {
                key.remove("api_key");
            }
        }
        Ok(sent)
    }
}

fn optional<T: Model>(value: Option<&T>, output: &Output) -> Result<Value, Failure> {
    value.map_or(Ok(Value::Null), |value| output.service_value(value))
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
        return context.output.json_line(&identity.sent(&context.output)?);
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
