//! Why a URL cannot be built, parsed, signed or verified.

use std::borrow::Cow;
use std::fmt;

/// A value that a render URL cannot have, or a text that is not a render URL.
///
/// `Display` names the value, the rule, and what to do. `rokka::Error` is made of it by `?`, with the kind
/// `InvalidInput`.
///
/// ```
/// let error = rokka_render::RenderUrl::new("Acme", "3f9a21").and_then(|url| url.stack("thumb").url()).unwrap_err();
/// assert!(error.to_string().contains("`Acme`"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Cow<'static, str>);

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn invalid(text: impl Into<Cow<'static, str>>) -> Self {
        Self(text.into())
    }

    /// The message as it was put together, with the line breaks and control characters of the value.
    pub fn into_message(self) -> Cow<'static, str> {
        self.0
    }
}

impl fmt::Display for Error {
    /// On one line: a value in it may have line breaks, and codes that a terminal obeys.
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
