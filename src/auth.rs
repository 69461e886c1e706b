//! Who the client is to the service.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// What is sent to prove who is calling.
pub(crate) enum Credentials {
    None,
    ApiKey(Secret, HeaderValue),
    Bearer(Secret, HeaderValue),
}

impl Credentials {
    /// An API key; blanks around it, as a copied one has, are dropped.
    pub(crate) fn api_key(key: &Secret) -> Result<Self> {
        let key = trimmed(key, "API key")?;
        let value = header(key.expose(), "API key")?;
        Ok(Self::ApiKey(key, value))
    }

    /// A token, or an API key in the place of one.
    pub(crate) fn bearer(token: &Secret) -> Result<Self> {
        let token = trimmed(token, "token")?;
        let value = header(&format!("Bearer {}", token.expose()), "token")?;
        Ok(Self::Bearer(token, value))
    }

    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Texts that must not show in an error.
    pub(crate) fn texts(&self) -> Vec<&str> {
        match self {
            Self::None => Vec::new(),
            Self::ApiKey(secret, _) | Self::Bearer(secret, _) => vec![secret.expose()],
        }
    }

    /// Puts the credentials on a request.
    pub(crate) fn dress(&self, headers: &mut HeaderMap) {
        match self {
            Self::None => {}
            Self::ApiKey(_, value) => {
                headers.insert(HeaderName::from_static("api-key"), value.clone());
            }
            Self::Bearer(_, value) => {
                headers.insert(AUTHORIZATION, value.clone());
            }
        }
    }
}

fn trimmed(secret: &Secret, what: &str) -> Result<Secret> {
    match secret.expose().trim() {
        "" => Err(Error::new(
            ErrorKind::Configuration,
            format!("the {what} is empty"),
        )),
        text => Ok(Secret::from(text)),
    }
}

fn header(text: &str, what: &str) -> Result<HeaderValue> {
    // The value itself must not be in the error.
    let printable = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    match HeaderValue::from_str(text) {
        Ok(mut value) if printable => {
            value.set_sensitive(true);
            Ok(value)
        }
        _ => Err(Error::new(
            ErrorKind::Configuration,
            format!("the {what} has characters other than printable ASCII"),
        )),
    }
}
