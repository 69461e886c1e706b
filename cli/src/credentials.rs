//! The credentials of profiles, in the keyring of the system or in a file that only its owner can read.

use std::collections::BTreeMap;
use std::io::{self, Write};

use rokka::{Secret, StoreFuture, TokenStore};
use serde::{Deserialize, Serialize};

use crate::config::{Store, path, read_file, write_file};
use crate::failure::{Exit, Failure};
use crate::keyring;

const FILE: &str = "credentials.toml";

/// The credentials of a profile.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Stored {
    pub(crate) api_key: Option<Secret>,
    /// A token of a key that needs a second factor.
    pub(crate) token: Option<Secret>,
}

/// The same, to be written.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
}

impl Stored {
    fn written(&self) -> Written<'_> {
        Written {
            api_key: self.api_key.as_ref().map(Secret::expose),
            token: self.token.as_ref().map(Secret::expose),
        }
    }

    fn is_empty(&self) -> bool {
        self.api_key.is_none() && self.token.is_none()
    }
}

/// Reads the credentials of a profile.
pub(crate) fn read(profile: &str, store: Store) -> Result<Stored, Failure> {
    match store {
        Store::Keyring => match keyring::read(profile)? {
            Some(text) => serde_json::from_str(&text).map_err(|_| {
                Failure::new(format!(
                    "the entry `{profile}` of the keyring cannot be read"
                ))
                .with_exit(Exit::NotAuthorized)
                .with_hint("store the key again: `rokka login`")
            }),
            None => Ok(Stored::default()),
        },
        Store::File => Ok(read_all()?.remove(profile).unwrap_or_default()),
    }
}

/// Writes the credentials of a profile; empty ones are removed.
pub(crate) fn write(profile: &str, store: Store, stored: &Stored) -> Result<(), Failure> {
    match store {
        Store::Keyring if stored.is_empty() => keyring::write(profile, None),
        Store::Keyring => {
            let text = serde_json::to_string(&stored.written())?;
            keyring::write(profile, Some(&text))
        }
        Store::File => {
            let mut all = read_all()?;
            if stored.is_empty() {
                all.remove(profile);
            } else {
                all.insert(profile.to_owned(), stored.clone());
            }
            write_all(&all)
        }
    }
}

fn read_all() -> Result<BTreeMap<String, Stored>, Failure> {
    let path = path(FILE)?;
    let Some(text) = read_file(&path)? else {
        return Ok(BTreeMap::new());
    };
    check_mode(&path)?;
    toml::from_str(&text).map_err(|error: toml::de::Error| {
        // The text of the error may repeat a key.
        let line = error.span().and_then(|span| text.get(..span.start));
        let line = line.map_or(1, |before| before.matches('\n').count() + 1);
        Failure::usage(format!("{} is invalid in line {line}", path.display()))
            .with_hint("correct the file, or remove it and run `rokka login`")
    })
}

fn write_all(all: &BTreeMap<String, Stored>) -> Result<(), Failure> {
    let written: BTreeMap<_, _> = all
        .iter()
        .map(|(name, stored)| (name, stored.written()))
        .collect();
    let text = toml::to_string(&written).map_err(|error| Failure::new(error.to_string()))?;
    write_file(&path(FILE)?, &text)
}

/// Refuses a file that others can read.
#[cfg(unix)]
fn check_mode(path: &std::path::Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;

    let mode = std::fs::metadata(path)?.permissions().mode();
    let others = mode & 0o077;
    if others == 0 {
        return Ok(());
    }
    let (path, mode) = (path.display(), mode & 0o777);
    Err(Failure::new(format!(
        "{path} has the mode {mode:o}, so others can read the keys in it"
    ))
    .with_hint(format!("chmod 600 {path}")))
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "as on Unix")]
fn check_mode(_: &std::path::Path) -> Result<(), Failure> {
    Ok(())
}

/// The token of a profile, which the client refreshes.
#[derive(Debug)]
pub(crate) struct ProfileTokens {
    profile: String,
    store: Store,
}

impl ProfileTokens {
    pub(crate) fn new(profile: &str, store: Store) -> Self {
        Self {
            profile: profile.to_owned(),
            store,
        }
    }
}

impl TokenStore for ProfileTokens {
    fn load(&self) -> StoreFuture<'_, Option<Secret>> {
        let (profile, store) = (self.profile.clone(), self.store);
        Box::pin(async move {
            let read = move || read(&profile, store);
            let stored = tokio::task::spawn_blocking(read).await.ok()?.ok()?;
            stored.token
        })
    }

    fn save(&self, token: Option<Secret>) -> StoreFuture<'_, ()> {
        let (profile, store) = (self.profile.clone(), self.store);
        Box::pin(async move {
            let save = move || {
                let mut stored = read(&profile, store)?;
                stored.token = token;
                write(&profile, store, &stored)
            };
            match tokio::task::spawn_blocking(save).await {
                Ok(Ok(())) => {}
                Ok(Err(failure)) => drop(writeln!(
                    io::stderr(),
                    "the new token is not stored: {failure}"
                )),
                Err(error) => drop(writeln!(
                    io::stderr(),
                    "the new token is not stored: {error}"
                )),
            }
        })
    }
}
