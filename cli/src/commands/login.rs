//! `rokka login`.

use std::io::{self, BufRead};

use clap::Args;
use rokka::{Client, CredentialsCheck, Secret, UserMembership, ValidFrom};
use serde::Serialize;

use crate::config::Store;
use crate::connection::{Connection, read_key};
use crate::context::Context;
use crate::credentials::Stored;
use crate::failure::{Exit, Failure};
use crate::nearest::did_you_mean;
use crate::profile_storage::{NewProfile, Place};
use crate::prompt;

/// What to store, and where.
#[derive(Args, Debug)]
#[command(after_help = "\
The key is asked for, or read from the first line of standard input, or from --api-key-file. It is checked, and stored in the keyring of the system if
there is one, else in a file that only its owner can read. The profile has the name of the organization unless --profile names it.

If the key needs a second factor, its code is asked for, or read from the second line of standard input, and a token is stored with the key.

Examples:
  rokka login
  rokka login --organization acme --profile work
  pass show rokka | rokka login --organization acme --store file")]
pub struct LoginArgs {
    /// Where to store the key [default: the keyring of the system if there is one]
    #[arg(long, value_name = "WHERE")]
    store: Option<Store>,
}

#[derive(Serialize)]
struct LoggedIn<'a> {
    profile: &'a str,
    organization: Option<&'a str>,
    store: Store,
}

/// Checks a key and stores it.
pub async fn run(args: LoginArgs, context: &Context) -> Result<(), Failure> {
    let hosts = Connection::hosts_alone(&context.global)?;
    let anonymous = || context.prepared(hosts.anonymous());
    let mut input = Input::new(context)?;
    let key = input.key().await?;
    let client = anonymous().api_key(key.clone()).build()?;
    let (client, token) = match client.check_credentials().await? {
        CredentialsCheck::Valid(_) => (client, None),
        CredentialsCheck::Restricted(error) if error.slug().as_deref() == Some("mfa_required") => {
            let code = input.code().await?;
            let call = client.user().create_token(ValidFrom::caller());
            let token = call.renewable(true).totp(code).await?.token;
            let with_token = anonymous().token(token.clone()).build()?;
            (with_token, Some(token))
        }
        CredentialsCheck::Restricted(error) | CredentialsCheck::Invalid(error) => {
            return Err(Failure::from(error).with_exit(Exit::NotAuthorized));
        }
        _ => return Err(Failure::new("the service responded with an unknown check")),
    };
    let organization = organization(&client, context).await?;
    let profile = context
        .global
        .profile
        .clone()
        .or_else(|| organization.clone())
        .unwrap_or_else(|| "default".to_owned());
    let store = NewProfile {
        name: &profile,
        organization: organization.as_deref(),
        hosts: &hosts,
        credentials: Stored {
            api_key: Some(key),
            token,
        },
        store: args.store,
    }
    .write(context)?;
    let logged_in = LoggedIn {
        profile: &profile,
        organization: organization.as_deref(),
        store,
    };
    context.output.object(&logged_in, |_| {
        let place = Place(store);
        format!("Logged in as profile {profile}. The key is in {place}.")
    })?;
    if organization.is_none() {
        context
            .output
            .note("no organization is set: add --organization NAME to commands, or log in with it");
    }
    Ok(())
}

/// Where the key and the code come from.
enum Input {
    Terminal,
    Lines(std::vec::IntoIter<String>),
    File(Option<Secret>),
}

impl Input {
    fn new(context: &Context) -> Result<Self, Failure> {
        if let Some(path) = &context.global.api_key_file
            && path.as_os_str() != "-"
        {
            return Ok(Self::File(Some(read_key(path)?)));
        }
        if prompt::is_possible() {
            return Ok(Self::Terminal);
        }
        let lines: io::Result<Vec<String>> = io::stdin().lock().lines().take(2).collect();
        Ok(Self::Lines(lines?.into_iter()))
    }

    async fn key(&mut self) -> Result<Secret, Failure> {
        let key = match self {
            Self::Terminal => prompt::secret("API key (it is not shown)").await?,
            Self::Lines(lines) => Secret::from(lines.next().unwrap_or_default().trim()),
            Self::File(key) => key.take().unwrap_or_else(|| Secret::from("")),
        };
        if key.expose().is_empty() {
            return Err(Failure::usage("there is no API key").with_hint(
                "enter it, or pass it on standard input, or name a file with --api-key-file",
            ));
        }
        Ok(key)
    }

    async fn code(&mut self) -> Result<Secret, Failure> {
        let code = match self {
            Self::Lines(lines) => Secret::from(lines.next().unwrap_or_default().trim()),
            _ if prompt::is_possible() => prompt::secret("Code of the second factor").await?,
            _ => Secret::from(""),
        };
        if code.expose().is_empty() {
            return Err(Failure::new("the key needs the code of a second factor")
                .with_exit(Exit::NotAuthorized)
                .with_hint("enter it, or pass it as the second line of standard input"));
        }
        Ok(code)
    }
}

/// Returns the organization that commands use: the one that is named, the only one, or the one that a person chooses.
async fn organization(client: &Client, context: &Context) -> Result<Option<String>, Failure> {
    // A key with a read-only role is not told its memberships.
    let memberships = match client.user().memberships().await {
        Ok(list) => list.items,
        Err(error) if error.is_forbidden() => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let names: Vec<&str> = memberships.iter().map(name).collect();
    if let Some(wanted) = &context.global.organization {
        if !names.is_empty() && !names.contains(&wanted.as_str()) {
            let hint = did_you_mean(wanted, names.iter().copied())
                .unwrap_or_else(|| format!("the key has {}", names.join(", ")));
            return Err(
                Failure::new(format!("the key has no organization {wanted:?}"))
                    .with_exit(Exit::NotAuthorized)
                    .with_hint(hint),
            );
        }
        return Ok(Some(wanted.clone()));
    }
    let chosen = match *names {
        [only] => only.to_owned(),
        _ if !prompt::is_possible() => {
            if !names.is_empty() {
                let list = names.join(", ");
                context
                    .output
                    .note(format_args!("the key has several organizations: {list}"));
            }
            return Ok(None);
        }
        [] => prompt::text("Organization", None).await?,
        _ => prompt::choice("Organization", &names).await?,
    };
    Ok(Some(chosen).filter(|name| !name.is_empty()))
}

fn name(membership: &UserMembership) -> &str {
    &membership.organization
}
