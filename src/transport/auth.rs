//! The credentials of a client, and the header that authenticates a request.

use std::future::Future;
use std::num::NonZeroU64;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// A boxed future of this module's trait.
pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The credentials of a client or a call.
pub(crate) enum Credentials {
    None,
    ApiKey(Secret, HeaderValue),
    Bearer(Secret, HeaderValue),
    /// Credentials that are obtained and refreshed while the client uses them.
    Managed(Box<dyn ManagedCredentials>),
}

/// Credentials that are obtained and refreshed while a client uses them.
pub(crate) trait ManagedCredentials: Send + Sync {
    /// The header of the next request, unless something has to be requested or started first.
    fn ready(&self) -> Option<AuthHeader>;

    /// The header of the next request, requested if need be. Dropping the future cancels nothing that other calls
    /// wait for.
    fn obtain<'a>(&'a self, caller: &'a dyn Caller) -> BoxFuture<'a, Result<AuthHeader>>;

    /// Notes that the service refused this bearer header. Returns whether there is something else to send.
    fn refused(&self, header: &HeaderValue) -> bool;

    /// Every secret that a response may repeat.
    fn secrets(&self) -> Vec<Secret>;

    /// The credentials that request tokens, where these are not to be used for it.
    fn for_tokens(&self) -> Option<Arc<Credentials>>;

    /// Waits until everything is stored that is to be stored.
    fn flush(&self) -> BoxFuture<'_, ()>;
}

/// The call that credentials are obtained for.
pub(crate) trait Caller: Send + Sync {
    /// The time left until the deadline of the call; `None` without one.
    fn time_left(&self) -> Option<Duration>;

    /// A caller for requests that several calls wait for: without the limits of this one.
    fn detached(&self) -> Box<dyn Caller>;

    /// Requests a token with these credentials.
    fn request_token(
        &self,
        credentials: Arc<Credentials>,
        query: TokenQuery,
    ) -> BoxFuture<'_, Result<IssuedToken>>;
}

/// The parameters of a request for a token.
pub(crate) struct TokenQuery {
    /// The lifetime in seconds.
    pub(crate) expires_in: Option<NonZeroU64>,
    /// The addresses from which the token is valid, separated by commas.
    pub(crate) ips: Option<String>,
    pub(crate) no_ip_protection: Option<bool>,
    pub(crate) renewable: Option<bool>,
}

/// A token that the service issued.
pub(crate) struct IssuedToken {
    pub(crate) token: Secret,
    pub(crate) claims: TokenClaims,
    /// The `Date` of the response, in seconds since 1970.
    pub(crate) date: Option<i64>,
}

/// The claims of a token that decide when it is refreshed.
#[derive(Clone, Copy)]
pub(crate) struct TokenClaims {
    /// When it expires, in seconds since 1970.
    pub(crate) expires: u64,
    /// The lifetime that it was issued with, in seconds.
    pub(crate) lifetime: Option<u64>,
    pub(crate) renewable: bool,
}

/// The credentials of one request, as a header.
#[derive(Clone)]
pub(crate) enum AuthHeader {
    None,
    ApiKey(HeaderValue),
    Bearer(HeaderValue),
}

impl AuthHeader {
    /// Adds the header to a request.
    pub(crate) fn insert_into(&self, headers: &mut HeaderMap) {
        match self {
            Self::None => {}
            Self::ApiKey(value) => {
                headers.insert(HeaderName::from_static("api-key"), value.clone());
            }
            Self::Bearer(value) => {
                headers.insert(AUTHORIZATION, value.clone());
            }
        }
    }
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

    /// Every secret that must not show in an error.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        match self {
            Self::None => Vec::new(),
            Self::ApiKey(secret, _) | Self::Bearer(secret, _) => vec![secret.clone()],
            Self::Managed(managed) => managed.secrets(),
        }
    }

    /// The header of the next request, unless something has to be requested or started first.
    pub(crate) fn ready(&self) -> Option<AuthHeader> {
        match self {
            Self::None => Some(AuthHeader::None),
            Self::ApiKey(_, value) => Some(AuthHeader::ApiKey(value.clone())),
            Self::Bearer(_, value) => Some(AuthHeader::Bearer(value.clone())),
            Self::Managed(managed) => managed.ready(),
        }
    }

    /// The header of the next request.
    pub(crate) fn auth_header<'a>(
        &'a self,
        caller: &'a dyn Caller,
    ) -> BoxFuture<'a, Result<AuthHeader>> {
        match (self.ready(), self) {
            (None, Self::Managed(managed)) => managed.obtain(caller),
            (header, _) => Box::pin(std::future::ready(Ok(header.unwrap_or(AuthHeader::None)))),
        }
    }

    /// Notes that the service refused this header. Returns whether there is something else to send.
    pub(crate) fn refused(&self, header: &AuthHeader) -> bool {
        match (self, header) {
            (Self::Managed(managed), AuthHeader::Bearer(value)) => managed.refused(value),
            _ => false,
        }
    }

    /// The credentials that request a token, where these are not to be used for it.
    pub(crate) fn for_tokens(&self) -> Option<Arc<Self>> {
        match self {
            Self::Managed(managed) => managed.for_tokens(),
            _ => None,
        }
    }

    /// Waits until everything is stored that is to be stored.
    pub(crate) async fn flush(&self) {
        if let Self::Managed(managed) = self {
            managed.flush().await;
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
