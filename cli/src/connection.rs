//! Which credentials, hosts and organization a command uses.
//!
//! The first of these that there is names all three, so that a key never goes to the host of another one:
//!
//! 1. `--api-key-file`
//! 2. `--local`
//! 3. `--profile`
//! 4. `ROKKA_API_KEY` or `ROKKA_API_TOKEN`
//! 5. `ROKKA_PROFILE`
//! 6. `rokka.yml` in the current folder, if it has a key
//! 7. the default profile
//! 8. `.rokka.yml` in the home folder
//!
//! `--host`, `--organization` and the other variables then replace single values.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use rokka::{Client, ClientBuilder, Secret, Tokens, ValidFrom};

use crate::arguments::Global;
use crate::config::{Config, Profile, read_file};
use crate::credentials::{self, ProfileTokens};
use crate::failure::Failure;
use crate::local;
use crate::nearest::did_you_mean;
use crate::php_settings;

/// Credentials, hosts and the organization.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    key: Option<Secret>,
    token: Option<Secret>,
    host: Option<String>,
    render_host: Option<String>,
    organization: Option<String>,
    allow_http: bool,
    /// Whether the hosts are those of an emulator.
    local: bool,
    /// The profile that all this is from.
    profile: Option<(String, Profile)>,
    origin: Origin,
}

/// Where the credentials are from.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Origin {
    /// There are none.
    #[default]
    Nowhere,
    /// A file of the arguments.
    KeyFile(PathBuf),
    /// The emulator on this machine.
    Emulator(String),
    /// An environment variable.
    Variable(&'static str),
    /// A profile.
    Profile(String),
    /// The settings of the PHP program.
    PhpSettings(PathBuf),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nowhere => f.write_str("nowhere"),
            Self::KeyFile(path) | Self::PhpSettings(path) => write!(f, "{}", path.display()),
            Self::Emulator(url) => write!(f, "the emulator at {url}"),
            Self::Variable(name) => f.write_str(name),
            Self::Profile(name) => write!(f, "the profile {name}"),
        }
    }
}

impl Connection {
    /// Returns what the arguments, the environment and the profiles name.
    pub(crate) fn find(global: &Global) -> Result<Self, Failure> {
        let mut connection = Self::source(global)?;
        connection.replace_hosts(global)?;
        let organization = global.organization.clone();
        if let Some(name) = organization.or_else(|| variable("ROKKA_ORGANIZATION")) {
            connection.organization = Some(name);
        }
        Ok(connection)
    }

    fn replace_hosts(&mut self, global: &Global) -> Result<(), Failure> {
        if let Some(host) = global.host.clone().or_else(|| variable("ROKKA_API_HOST")) {
            self.host = Some(host);
        }
        if let Some(host) = variable("ROKKA_RENDER_HOST") {
            self.render_host = Some(host);
        }
        // The emulator has hosts of its own, whatever the environment says.
        if let Some(url) = &global.local {
            let hosts = local::hosts(url);
            self.local = true;
            (self.host, self.render_host) = (Some(hosts.api), Some(hosts.render));
        }
        self.allow_http = switch("ROKKA_ALLOW_HTTP")?;
        Ok(())
    }

    /// Returns the hosts that the arguments and the environment name, for credentials that are not stored yet.
    pub(crate) fn hosts_alone(global: &Global) -> Result<Self, Failure> {
        let mut connection = Self::default();
        connection.replace_hosts(global)?;
        Ok(connection)
    }

    fn source(global: &Global) -> Result<Self, Failure> {
        if let Some(path) = &global.api_key_file {
            return Ok(Self {
                key: Some(read_key(path)?),
                origin: Origin::KeyFile(path.clone()),
                ..Self::default()
            });
        }
        if let Some(url) = &global.local {
            return Ok(Self {
                key: Some(Secret::from(local::API_KEY)),
                organization: Some(local::ORGANIZATION.to_owned()),
                origin: Origin::Emulator(url.clone()),
                ..Self::default()
            });
        }
        if let Some(name) = &global.profile {
            return Self::of_profile(name, &Config::read()?);
        }
        if let Some(key) = variable("ROKKA_API_KEY") {
            return Ok(Self {
                key: Some(key.into()),
                origin: Origin::Variable("ROKKA_API_KEY"),
                ..Self::default()
            });
        }
        if let Some(token) = variable("ROKKA_API_TOKEN") {
            return Ok(Self {
                token: Some(token.into()),
                origin: Origin::Variable("ROKKA_API_TOKEN"),
                ..Self::default()
            });
        }
        let config = Config::read()?;
        if let Some(name) = variable("ROKKA_PROFILE") {
            return Self::of_profile(&name, &config);
        }
        let here = php_settings::read(Path::new("rokka.yml"))?;
        let organization_here = here.as_ref().and_then(|found| found.organization.clone());
        if let Some(connection) = here.and_then(Self::of_php_settings) {
            return Ok(connection);
        }
        if let Some(name) = &config.default {
            let mut connection = Self::of_profile(name, &config)?;
            if organization_here.is_some() {
                connection.organization = organization_here;
            }
            return Ok(connection);
        }
        let at_home = match std::env::var_os("HOME") {
            Some(home) => php_settings::read(&Path::new(&home).join(".rokka.yml"))?,
            None => None,
        };
        Ok(at_home.and_then(Self::of_php_settings).unwrap_or(Self {
            organization: organization_here,
            ..Self::default()
        }))
    }

    fn of_profile(name: &str, config: &Config) -> Result<Self, Failure> {
        let Some(profile) = config.profiles.get(name) else {
            let names = config.profiles.keys().map(String::as_str);
            let hint = did_you_mean(name, names).unwrap_or_else(|| {
                "`rokka profiles list` shows them; `rokka login` adds one".to_owned()
            });
            return Err(Failure::usage(format!("there is no profile {name:?}")).with_hint(hint));
        };
        let stored = credentials::read(name, profile.store)?;
        Ok(Self {
            key: stored.api_key,
            token: stored.token,
            host: profile.host.clone(),
            render_host: profile.render_host.clone(),
            organization: profile.organization.clone(),
            allow_http: false,
            local: false,
            profile: Some((name.to_owned(), profile.clone())),
            origin: Origin::Profile(name.to_owned()),
        })
    }

    fn of_php_settings(settings: php_settings::Settings) -> Option<Self> {
        Some(Self {
            key: Some(settings.api_key?),
            host: settings.api_uri,
            organization: settings.organization,
            origin: Origin::PhpSettings(settings.path),
            ..Self::default()
        })
    }

    /// Returns whether there is a key or a token.
    pub(crate) fn has_credentials(&self) -> bool {
        self.key.is_some() || self.token.is_some()
    }

    /// Returns the name of the organization.
    pub(crate) fn organization(&self) -> Option<&str> {
        self.organization.as_deref()
    }

    /// Returns the base URL of the API, if it is not the public one.
    pub(crate) fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// Returns the base URL of rendered images, if it is not the public one.
    pub(crate) fn render_host(&self) -> Option<&str> {
        self.render_host.as_deref()
    }

    /// Returns where the credentials are from.
    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Returns the settings of a client with these hosts, and without credentials.
    pub(crate) fn anonymous(&self) -> ClientBuilder {
        let mut builder = Client::builder()
            .user_agent(concat!("rokka-cli/", env!("CARGO_PKG_VERSION")))
            .allow_http(self.allow_http);
        if self.local {
            builder = local::resolve(builder);
        }
        if let Some(host) = &self.host {
            builder = builder.api_host(host);
        }
        if let Some(host) = &self.render_host {
            builder = builder.render_host(host);
        }
        builder
    }

    /// Returns the settings of a client.
    pub(crate) fn builder(&self) -> ClientBuilder {
        let builder = self.anonymous();
        match (&self.token, &self.key, &self.profile) {
            // A token of a second factor: the key alone is not sufficient.
            (Some(token), _, Some((name, profile))) => {
                let store = ProfileTokens::new(name, profile.store);
                let tokens = Tokens::new(ValidFrom::caller()).store(store);
                builder.token(token.clone()).tokens(tokens)
            }
            (Some(token), _, None) => builder.token(token.clone()),
            (None, Some(key), _) => builder.api_key(key.clone()),
            (None, None, _) => builder,
        }
    }
}

/// Reads a key from a file, or from standard input.
pub(crate) fn read_key(path: &Path) -> Result<Secret, Failure> {
    let text = if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        text
    } else {
        read_file(path)?.ok_or_else(|| {
            Failure::usage(format!("there is no file {}", path.display()))
                .with_hint("--api-key-file takes the path of a file with the key in it")
        })?
    };
    let key = text.trim();
    if key.is_empty() || key.contains(char::is_whitespace) {
        let what = if key.is_empty() {
            "is empty"
        } else {
            "has more than a key"
        };
        return Err(Failure::usage(format!("{} {what}", path.display())));
    }
    Ok(Secret::from(key))
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn switch(name: &str) -> Result<bool, Failure> {
    match variable(name).as_deref() {
        None | Some("false" | "0") => Ok(false),
        Some("true" | "1") => Ok(true),
        Some(other) => Err(Failure::usage(format!(
            "{name} is {other:?}: set true or false"
        ))),
    }
}
