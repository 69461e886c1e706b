//! What every command works with: the client, the organization, the output.

use std::cell::{OnceCell, RefCell};
use std::io::{self, Write};
use std::time::Duration;

use rokka::{Client, ClientBuilder, Retry, Role, SourceImages};

use crate::arguments::Global;
use crate::connection::{Connection, Origin};
use crate::failure::{Exit, Failure, NO_CONNECTION};
use crate::nearest::did_you_mean;
use crate::output::{Output, shown};
use crate::prompt;
use crate::roles::role_of;

/// How long the explanation of a failure may take.
const EXPLANATION: Duration = Duration::from_secs(5);

/// What a command works with. Nothing is read or connected before it is asked for.
#[derive(Debug)]
pub struct Context {
    /// The options that every command has.
    pub global: Global,
    /// Prints results and messages.
    pub output: Output,
    /// Whether destructive work is not asked about.
    pub yes: bool,
    /// Whether nothing is done.
    pub dry_run: bool,
    connection: OnceCell<Connection>,
    client: OnceCell<Client>,
    on_interrupt: RefCell<Option<String>>,
}

impl Context {
    /// Returns the context of a command with these options.
    pub fn new(global: Global) -> Self {
        Self {
            output: Output::new(&global),
            yes: global.yes,
            dry_run: global.dry_run,
            global,
            connection: OnceCell::new(),
            client: OnceCell::new(),
            on_interrupt: RefCell::new(None),
        }
    }

    /// Returns the credentials, the hosts and the organization that the arguments, the environment and the profile name.
    pub(crate) fn connection(&self) -> Result<&Connection, Failure> {
        if self.connection.get().is_none() {
            let connection = Connection::find(&self.global)?;
            let _ = self.connection.set(connection);
        }
        self.connection
            .get()
            .ok_or_else(|| Failure::new("no connection"))
    }

    /// Returns the client, with credentials.
    ///
    /// # Errors
    /// Exit status 4 if there is no API key.
    pub fn client(&self) -> Result<Client, Failure> {
        if let Some(client) = self.client.get() {
            return Ok(client.clone());
        }
        let connection = self.connection()?;
        if !connection.has_credentials() {
            return Err(Failure::new("there is no API key")
                .with_exit(Exit::NotAuthorized)
                .with_hint("run `rokka login`, or set ROKKA_API_KEY, or use --api-key-file FILE"));
        }
        // Somebody else may have put the file there.
        if let Origin::PhpSettings(path) = connection.origin() {
            let (path, organization) = (path.display(), connection.organization());
            let organization = organization.unwrap_or("none");
            self.output.note(format_args!(
                "using the key of {path}, organization {organization}"
            ));
        }
        let client = self.builder()?.build()?;
        let _ = self.client.set(client.clone());
        Ok(client)
    }

    /// Returns a client for the calls that need no credentials, with the credentials if there are some.
    pub fn public_client(&self) -> Result<Client, Failure> {
        Ok(self.builder()?.build()?)
    }

    /// Returns the settings of the client.
    pub(crate) fn builder(&self) -> Result<ClientBuilder, Failure> {
        Ok(self.prepared(self.connection()?.builder()))
    }

    /// Sets what the arguments say about every client.
    pub(crate) fn prepared(&self, mut builder: ClientBuilder) -> ClientBuilder {
        let lines = self.output.progress().clone();
        let quiet = self.global.quiet;
        if self.global.no_retry {
            builder = builder.retry(Retry::never());
        } else if self.global.local.is_some() {
            // An emulator that is starting is there within a moment.
            builder = builder.retry(Retry::interactive());
        }
        if let Some(sent) = self.output.sent() {
            builder = builder.on_json(move |received| sent.keep(received));
        }
        builder.on_retry(move |event| {
            if !quiet {
                lines.suspend(|| drop(writeln!(io::stderr(), "{}", shown(&event.to_string()))));
            }
        })
    }

    /// Returns the name of the organization.
    ///
    /// # Errors
    /// Exit status 2 if none is named.
    pub fn organization(&self) -> Result<&str, Failure> {
        self.connection()?.organization().ok_or_else(|| {
            Failure::usage("no organization is named")
                .with_hint("add --organization NAME, or set ROKKA_ORGANIZATION, or store one with `rokka login`")
        })
    }

    /// Returns the source images of the organization.
    pub fn images(&self) -> Result<SourceImages, Failure> {
        Ok(self.client()?.source_images(self.organization()?)?)
    }

    /// Asks before destructive work, such as `Delete 3 images?`. Returns at once with `--yes`.
    ///
    /// # Errors
    /// Exit status 2 if nobody can be asked; a quiet 1 if the answer is no.
    pub async fn confirm(&self, question: &str) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        if !prompt::is_possible() {
            return Err(Failure::usage(format!("{question} Nobody can be asked"))
                .with_hint("add --yes to do it without a question"));
        }
        self.output.flush()?;
        if prompt::confirm(question).await? {
            Ok(())
        } else {
            Err(Failure::new("nothing was done"))
        }
    }

    /// Adds to a failure what can be learned about the organization: that the key does not know it, or which role is missing.
    pub(crate) async fn explain(&self, failure: Failure) -> Failure {
        if let Some(url) = &self.global.local
            && failure.hint.as_deref() == Some(NO_CONNECTION)
        {
            let start = "start one with `rokka emulator`, or name another one with --local=URL";
            return failure.with_hint(format!("no emulator listens at {url}: {start}"));
        }
        let (Some(refused), Some(client)) = (&failure.refused, self.client.get()) else {
            return failure;
        };
        let Ok(organization) = self.organization() else {
            return failure;
        };
        let memberships = client.user().memberships().retry(Retry::never());
        let Ok(memberships) = memberships.deadline(EXPLANATION).await else {
            return failure;
        };
        let found = memberships
            .items
            .iter()
            .find(|membership| membership.organization == organization);
        if let Some(membership) = found {
            let Some(role) = role_of(&refused.operation).filter(|_| refused.forbidden) else {
                return failure;
            };
            // Something else than the role is the reason.
            if membership
                .roles
                .iter()
                .any(|known| known.allows(&Role::from(role)))
            {
                return failure;
            }
            let roles: Vec<String> = membership.roles.iter().map(ToString::to_string).collect();
            let roles = roles.join(", ");
            return failure.with_hint(format!(
                "this needs the role {role}; the key has {roles} in `{organization}`: an admin can change it"
            ));
        }
        let names = || {
            let items = memberships.items.iter();
            items.map(|membership| membership.organization.as_str())
        };
        if names().next().is_none() {
            return failure;
        }
        let list = names().collect::<Vec<_>>().join(", ");
        let hint = format!("the key has no organization `{organization}`, but {list}");
        match did_you_mean(organization, names()) {
            Some(question) => failure.with_hint(format!("{hint}: {question}")),
            None => failure.with_hint(hint),
        }
    }

    /// Lets a token that was refreshed reach its store.
    pub(crate) async fn close(&self) {
        if let Some(client) = self.client.get() {
            client.flush_token_store().await;
        }
    }

    /// Sets what Ctrl-C reports, such as how to continue.
    pub fn on_interrupt(&self, message: impl Into<String>) {
        *self.on_interrupt.borrow_mut() = Some(message.into());
    }

    /// Returns what Ctrl-C reports.
    pub(crate) fn interruption(&self) -> Option<String> {
        self.on_interrupt.borrow_mut().take()
    }
}
