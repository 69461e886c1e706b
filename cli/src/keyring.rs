//! Credentials in the keyring of the system: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.

use rokka::Secret;

use crate::failure::Failure;

/// Returns whether the system has a keyring that can be used now.
pub(crate) fn is_available() -> bool {
    store::is_available()
}

/// Reads the entry of a profile; `None` if there is none.
pub(crate) fn read(profile: &str) -> Result<Option<Secret>, Failure> {
    store::read(profile).map_err(about_keyring)
}

/// Writes the entry of a profile, or removes it.
pub(crate) fn write(profile: &str, secret: Option<&Secret>) -> Result<(), Failure> {
    store::write(profile, secret).map_err(about_keyring)
}

fn about_keyring(error: String) -> Failure {
    Failure::new(format!("the keyring of the system: {error}"))
        .with_hint("unlock it, or store the key in a file: `rokka login --store file`")
}
