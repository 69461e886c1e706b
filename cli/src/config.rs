//! The configuration: the profiles and where they are stored.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// The profiles, in `config.toml`. It has no secrets.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// The profile that is used if none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default: Option<String>,
    #[serde(
        default,
        rename = "profile",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub(crate) profiles: BTreeMap<String, Profile>,
}

/// What a profile remembers beside its credentials.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) organization: Option<String>,
    /// The base URL of the API, if it is not the public one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) host: Option<String>,
    /// The base URL of rendered images, if it is not the public one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) render_host: Option<String>,
    pub(crate) store: Store,
}

/// Where the credentials of a profile are.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Store {
    /// The keyring of the system.
    Keyring,
    /// A file that only its owner can read.
    #[default]
    File,
}

impl Config {
    /// Reads the configuration; an empty one if there is no file.
    pub(crate) fn read() -> Result<Self, Failure> {
        let path = path("config.toml")?;
        let Some(text) = read_file(&path)? else {
            return Ok(Self::default());
        };
        toml::from_str(&text).map_err(|error| {
            Failure::usage(format!("{} is invalid: {error}", path.display()))
                .with_hint("correct the file, or remove it and run `rokka login`")
        })
    }

    pub(crate) fn write(&self) -> Result<(), Failure> {
        let text = toml::to_string(self).map_err(|error| Failure::new(error.to_string()))?;
        write_file(&path("config.toml")?, &text)
    }
}

/// Returns the path of a file in the folder of the configuration: `$ROKKA_CONFIG_DIR`, or `rokka` in the folder that the system
/// has for configurations.
pub(crate) fn path(name: &str) -> Result<PathBuf, Failure> {
    if let Some(folder) = std::env::var_os("ROKKA_CONFIG_DIR").filter(|folder| !folder.is_empty()) {
        return Ok(Path::new(&folder).join(name));
    }
    Ok(base()?.config_dir().join("rokka").join(name))
}

/// Returns the folder for what can be made again: `$ROKKA_CACHE_DIR`, or `rokka` in the folder that the system has for caches.
pub(crate) fn cache_folder() -> Result<PathBuf, Failure> {
    if let Some(folder) = std::env::var_os("ROKKA_CACHE_DIR").filter(|folder| !folder.is_empty()) {
        return Ok(PathBuf::from(folder));
    }
    Ok(base()?.cache_dir().join("rokka"))
}

fn base() -> Result<impl BaseStrategy, Failure> {
    etcetera::choose_base_strategy().map_err(|_| {
        Failure::new("there is no home folder")
            .with_hint("set HOME, or ROKKA_CONFIG_DIR and ROKKA_CACHE_DIR")
    })
}

/// Reads a text file; `None` if there is none.
pub(crate) fn read_file(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::from(error).about(path.display())),
    }
}

/// Replaces a file by one that only its owner can read, as a whole or not at all.
pub(crate) fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    let write = || -> io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        create_private_folder(folder)?;
        // Temporary files have the mode 0600.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(|error| Failure::from(error).about(path.display()))
}

fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
