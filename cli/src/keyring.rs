//! Credentials in the keyring of the system: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.

use crate::failure::Failure;

/// The name of this program in the keyring. The user of an entry is the profile.
#[cfg(feature = "keyring")]
const SERVICE: &str = "rokka";

/// Returns whether the system has a keyring that can be used now.
#[cfg(feature = "keyring")]
pub(crate) fn is_available() -> bool {
    // Another service than the one of this machine's user must not be asked to start.
    if cfg!(target_os = "linux") && std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_none() {
        return false;
    }
    keyring::Entry::store_status().is_ok()
}

/// Reads the entry of a profile; `None` if there is none.
#[cfg(feature = "keyring")]
pub(crate) fn read(profile: &str) -> Result<Option<String>, Failure> {
    let found = keyring::Entry::new(SERVICE, profile).and_then(|entry| entry.get_password());
    match found {
        Ok(text) => Ok(Some(text)),
        Err(keyring::Error::NoEntry) => Ok(None),
        Err(error) => Err(unusable(error)),
    }
}

/// Writes the entry of a profile, or removes it.
#[cfg(feature = "keyring")]
pub(crate) fn write(profile: &str, text: Option<&str>) -> Result<(), Failure> {
    let entry = keyring::Entry::new(SERVICE, profile).map_err(unusable)?;
    let written = match text {
        Some(text) => entry.set_password(text),
        None => entry.delete_credential(),
    };
    match written {
        Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
        Err(error) => Err(unusable(error)),
    }
}

#[cfg(feature = "keyring")]
#[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn unusable(error: keyring::Error) -> Failure {
    Failure::new(format!("the keyring of the system cannot be used: {error}"))
        .with_hint("unlock it, or store the key in a file: `rokka login --store file`")
}

#[cfg(not(feature = "keyring"))]
pub(crate) fn is_available() -> bool {
    false
}

#[cfg(not(feature = "keyring"))]
pub(crate) fn read(_: &str) -> Result<Option<String>, Failure> {
    Err(not_built())
}

#[cfg(not(feature = "keyring"))]
pub(crate) fn write(_: &str, _: Option<&str>) -> Result<(), Failure> {
    Err(not_built())
}

#[cfg(not(feature = "keyring"))]
fn not_built() -> Failure {
    Failure::usage("this program was built without the keyring of the system")
        .with_hint("store the key in a file: `rokka login --store file`")
}
