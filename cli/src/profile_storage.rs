//! Stores credentials as a profile, which becomes the default one.

use std::fmt;

use crate::config::{Config, Profile, Store};
use crate::connection::Connection;
use crate::context::Context;
use crate::credentials::{self, Stored};
use crate::failure::Failure;
use crate::keyring;

/// A profile to store.
pub(crate) struct NewProfile<'a> {
    pub(crate) name: &'a str,
    pub(crate) organization: Option<&'a str>,
    pub(crate) hosts: &'a Connection,
    pub(crate) credentials: Stored,
    /// Where the credentials have to go; otherwise to the keyring of the system if there is one.
    pub(crate) store: Option<Store>,
}

impl NewProfile<'_> {
    /// Stores the profile; returns where its credentials are.
    pub(crate) fn write(&self, context: &Context) -> Result<Store, Failure> {
        let mut config = Config::read()?;
        let mut store = self.store.unwrap_or_else(default_store);
        // The key must not stay where the profile had it before.
        if let Some(before) = config.profiles.get(self.name)
            && before.store != store
        {
            credentials::write(self.name, before.store, &Stored::default())?;
        }
        match credentials::write(self.name, store, &self.credentials) {
            // A keyring that nobody asked for, and that is locked or has no place for it.
            Err(failure) if store == Store::Keyring && self.store.is_none() => {
                context
                    .output
                    .warn(format_args!("{failure}: the key is stored in a file"));
                store = Store::File;
                credentials::write(self.name, store, &self.credentials)?;
            }
            written => written?,
        }
        config.profiles.insert(
            self.name.to_owned(),
            Profile {
                organization: self.organization.map(str::to_owned),
                host: self.hosts.host().map(str::to_owned),
                render_host: self.hosts.render_host().map(str::to_owned),
                store,
            },
        );
        config.default = Some(self.name.to_owned());
        config.write()?;
        Ok(store)
    }
}

fn default_store() -> Store {
    if keyring::is_available() {
        Store::Keyring
    } else {
        Store::File
    }
}

/// Where a key is, for a person.
pub(crate) struct Place(pub(crate) Store);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Store::Keyring => "the keyring of the system",
            Store::File => "a file that only you can read",
        })
    }
}
