//! The settings of an emulator.

use std::path::PathBuf;
use std::time::Duration;

use super::organizations::is_name;
use super::start_error::StartError;

#[derive(Clone)]
pub(crate) struct Settings {
    /// At least one.
    pub(crate) organizations: Vec<String>,
    pub(crate) api_key: String,
    /// The signing key of the first organization.
    pub(crate) signing_key: String,
    pub(crate) latency: Duration,
    pub(crate) data_folder: Option<PathBuf>,
    pub(crate) seed_folder: Option<PathBuf>,
    /// Whether remote images may come from other machines.
    pub(crate) fetches_anywhere: bool,
    /// Whether renderings that lack something are written to the standard error.
    pub(crate) logs: bool,
}

impl Settings {
    pub(crate) fn check(&self) -> Result<(), StartError> {
        for name in &self.organizations {
            if !is_name(name) {
                return Err(StartError::new(format!(
                    "the organization name `{name}` must be lower-case letters, digits and `-`"
                )));
            }
        }
        for (what, key) in [
            ("API key", &self.api_key),
            ("signing key", &self.signing_key),
        ] {
            if key.trim().is_empty() || key.trim() != key || key.chars().any(char::is_control) {
                return Err(StartError::new(format!(
                    "the {what} must not be empty, and must have no control characters and no spaces around it"
                )));
            }
        }
        Ok(())
    }

    pub(crate) fn first_organization(&self) -> &str {
        self.organizations.first().map_or("", String::as_str)
    }
}
