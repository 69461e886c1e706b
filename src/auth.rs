//! Who the client is to the service.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;
use crate::tokens::TokenManager;
use crate::transport::Session;

/// What is sent to prove who is calling.
pub(crate) enum Credentials {
    None,
    ApiKey(Secret, HeaderValue),
    Bearer(Secret, HeaderValue),
    /// Tokens that are got and renewed as need be.
    Tokens(Box<TokenManager>),
}

/// What goes with one request.
#[derive(Clone)]
pub(crate) enum AuthHeader {
    None,
    ApiKey(HeaderValue),
    Bearer(HeaderValue),
}

impl AuthHeader {
    /// Puts it on a request.
    pub(crate) fn dress(&self, headers: &mut HeaderMap) {
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

    /// Texts that must not show in an error.
    pub(crate) fn texts(&self) -> Vec<Secret> {
        match self {
            Self::None => Vec::new(),
            Self::ApiKey(secret, _) | Self::Bearer(secret, _) => vec![secret.clone()],
            Self::Tokens(manager) => manager.texts(),
        }
    }

    /// What goes with a request, if nothing has to be asked for first.
    pub(crate) fn proof_at_hand(&self) -> Option<AuthHeader> {
        match self {
            Self::None => Some(AuthHeader::None),
            Self::ApiKey(_, value) => Some(AuthHeader::ApiKey(value.clone())),
            Self::Bearer(_, value) => Some(AuthHeader::Bearer(value.clone())),
            Self::Tokens(manager) => manager.proof_at_hand(),
        }
    }

    /// What goes with a request.
    pub(crate) fn proof<'a>(
        &'a self,
        session: &'a Session,
    ) -> Pin<Box<dyn Future<Output = Result<AuthHeader>> + Send + 'a>> {
        Box::pin(async move {
            match (self.proof_at_hand(), self) {
                (Some(proof), _) => Ok(proof),
                (None, Self::Tokens(manager)) => manager.proof(session).await,
                (None, _) => Ok(AuthHeader::None),
            }
        })
    }

    /// The service refused this. Whether there is something else to try with.
    pub(crate) async fn refused(&self, proof: &AuthHeader) -> bool {
        match (self, proof) {
            (Self::Tokens(manager), AuthHeader::Bearer(value)) => manager.refused(value).await,
            _ => false,
        }
    }

    /// Who asks for a token: the key if there is one, else the token as it is. Never one that would have to be
    /// renewed for it.
    pub(crate) fn for_tokens(&self) -> Option<Arc<Self>> {
        match self {
            Self::Tokens(manager) => Some(manager.for_tokens()),
            _ => None,
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
