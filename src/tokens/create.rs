//! Getting a token.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use super::valid_from::ValidFrom;
use crate::accounts::mfa::code;
use crate::api::ResponseValue;
use crate::api::types::{Token, TotpCode};
use crate::call::{CallParts, call};
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::transport::Session;
use crate::transport::auth::Credentials;

/// Gets a token; see [`User::create_token`](crate::User::create_token). Gives a [`Token`].
#[derive(Debug)]
pub struct CreateToken {
    call: CallParts,
    request: TokenRequest,
    by: Option<Secret>,
}

/// What a token is requested with.
#[derive(Debug)]
pub(super) struct TokenRequest {
    pub(super) valid_from: ValidFrom,
    pub(super) lifetime: Option<Duration>,
    pub(super) renewable: Option<bool>,
    pub(super) totp: Option<Secret>,
}

impl CreateToken {
    pub(crate) fn new(call: CallParts, valid_from: ValidFrom) -> Self {
        Self {
            call,
            request: TokenRequest::new(valid_from),
            by: None,
        }
    }
}

impl TokenRequest {
    pub(super) fn new(valid_from: ValidFrom) -> Self {
        Self {
            valid_from,
            lifetime: None,
            renewable: None,
            totp: None,
        }
    }

    /// Requests the token. The credentials of the session must allow it.
    pub(super) async fn send(self, session: &Session) -> Result<ResponseValue<Token>> {
        let (ips, no_ip_protection) = self.valid_from.query()?;
        let expires_in = seconds(self.lifetime)?;
        let api = session.api();
        let response = match self.totp {
            None => {
                api.get_user_token(expires_in, ips.as_deref(), no_ip_protection, self.renewable)
                    .await
            }
            Some(totp) => {
                let totp = TotpCode { totp: code(&totp)? };
                api.create_user_token(
                    expires_in,
                    ips.as_deref(),
                    no_ip_protection,
                    self.renewable,
                    &totp,
                )
                .await
            }
        };
        session.value(response)
    }
}

impl CreateToken {
    /// How long the token lives, in whole seconds (default 86,400, a day). With a token as credentials it cannot be
    /// longer than what that one was made with (403), nor can it outlive its key.
    #[doc(alias = "expires_in")]
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.request.lifetime = Some(lifetime);
        self
    }

    /// Whether the token can be exchanged for a new one before it ends (the service's default: only if it is bound to
    /// addresses).
    pub fn renewable(mut self, renewable: bool) -> Self {
        self.request.renewable = Some(renewable);
        self
    }

    /// The code of the second factor, which keys that require one need. It goes in the body, and counts once: the call
    /// is not sent again unless the service has certainly not seen it.
    #[doc(alias = "createUserToken")]
    #[doc(alias = "create_user_token")]
    #[doc(alias = "POST /user/apikeys/token")]
    pub fn totp(mut self, code: impl Into<Secret>) -> Self {
        self.request.totp = Some(code.into());
        self
    }

    /// Exchanges this token, which must be renewable and not have ended, for a new one (default: the client's own
    /// credentials ask for it). No code is needed.
    pub fn renewing(mut self, token: impl Into<Secret>) -> Self {
        self.by = Some(token.into());
        self
    }
}

call!(CreateToken => Token);

impl CreateToken {
    async fn run(mut self, session: Session) -> Result<Token> {
        let session = match self.by.take() {
            Some(token) => session.acting_as(Arc::new(Credentials::bearer(&token)?)),
            None => match session.credentials().for_tokens() {
                Some(credentials) => session.acting_as(credentials),
                None => session,
            },
        };
        Ok(self.request.send(&session).await?.into_inner())
    }
}

/// A lifetime in the unit of the query.
pub(super) fn seconds(lifetime: Option<Duration>) -> Result<Option<NonZeroU64>> {
    let Some(lifetime) = lifetime else {
        return Ok(None);
    };
    match NonZeroU64::new(lifetime.as_secs()) {
        Some(seconds) => Ok(Some(seconds)),
        None => Err(Error::invalid(
            "invalid token lifetime: it must be at least 1 s",
        )),
    }
}
