//! The error of building, parsing and signing URLs.

use std::borrow::Cow;
use std::fmt;

/// An invalid value for a render URL, or a text that is not a render URL.
///
/// `Display` names the value, the rule, and what to do. `?` converts the error to a `rokka::Error` of the kind
/// `InvalidInput`.
///
/// ```
/// let error = rokka_render::RenderUrl::new("Acme", "3f9a21").and_then(|url| url.stack("thumb").url()).unwrap_err();
/// assert!(error.to_string().contains("`Acme`"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Cow<'static, str>);

/// A result with [`Error`] as its default error type.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn invalid(text: impl Into<Cow<'static, str>>) -> Self {
        Self(text.into())
    }

    /// Returns the raw message, with the line breaks and control characters of the value.
    pub fn into_message(self) -> Cow<'static, str> {
        self.0
    }
}

impl fmt::Display for Error {
    /// Writes the message on one line, without the line breaks and terminal control codes of a value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let odd = |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
        let mut parts = self.0.split(odd).filter(|part| !part.is_empty());
        f.write_str(parts.next().unwrap_or_default())?;
        parts.try_for_each(|part| write!(f, " {part}"))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Error").field(&self.0).finish()
    }
}

impl std::error::Error for Error {}
