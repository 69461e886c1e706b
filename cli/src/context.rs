//! What every command works with: the client, the organization, the output.

use std::cell::{OnceCell, RefCell};

use rokka::{Client, ClientBuilder, SourceImages};

use crate::arguments::Global;
use crate::connection::Connection;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::prompt;

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
        self.connection.get().ok_or_else(|| Failure::new("no connection"))
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
        let lines = self.output.progress().clone();
        let quiet = self.global.quiet;
        let builder = self.connection()?.builder()?;
        Ok(builder.on_retry(move |event| {
            if !quiet {
                lines.suspend(|| eprintln!("{event}"));
            }
        }))
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

    /// Sets what Ctrl-C reports, such as how to continue.
    pub fn on_interrupt(&self, message: impl Into<String>) {
        *self.on_interrupt.borrow_mut() = Some(message.into());
    }

    /// Returns what Ctrl-C reports.
    pub(crate) fn interruption(&self) -> Option<String> {
        self.on_interrupt.borrow_mut().take()
    }
}
