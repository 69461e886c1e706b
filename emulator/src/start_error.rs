//! The error of an emulator that cannot start.

use std::fmt;

/// Why an [`Emulator`](super::Emulator) did not start, in a sentence that names the value and what to do.
///
/// ```
/// # fn f() -> Result<(), rokka_emulator::StartError> {
/// let error = rokka_emulator::Emulator::builder().seed_folder("/no/such/folder").try_start().unwrap_err();
/// assert!(error.to_string().contains("/no/such/folder"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartError(String);

impl StartError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}
