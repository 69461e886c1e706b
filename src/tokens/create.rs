//! Creates a token.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use http::header::DATE;

use super::valid_from::ValidFrom;
use crate::accounts::mfa::code;
use crate::api::ResponseValue;
use crate::api::types::{Token, TotpCode};
use crate::call::{CallParts, call, run};
use crate::error::{Error, Result};
use crate::http_date;
use crate::secret::Secret;
use crate::transport::Session;
use crate::transport::auth::{BoxFuture, Caller, Credentials, IssuedToken, TokenQuery};

/// Requests a token; returns a [`Token`]. Returned by [`User::create_token`](crate::User::create_token).
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct CreateToken {
    call: CallParts,
    valid_from: ValidFrom,
    lifetime: Option<Duration>,
    renewable: Option<bool>,
    totp: Option<Secret>,
    by: Option<Secret>,
}

impl CreateToken {
    pub(crate) fn new(call: CallParts, valid_from: ValidFrom) -> Self {
        Self {
            call,
            valid_from,
            lifetime: None,
            renewable: None,
            totp: None,
            by: None,
        }
    }
}

impl CreateToken {
    /// Sets the lifetime of the token, in whole seconds (default 86,400, a day). With a token as credentials it cannot be
    /// longer than the lifetime that token was issued with (403), nor can it outlive its key.
    #[doc(alias = "expires_in")]
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    /// Makes the token renewable: exchangeable for a new one before it expires (default of the service: only if it is bound to
    /// addresses).
    pub fn renewable(mut self, renewable: bool) -> Self {
        self.renewable = Some(renewable);
        self
    }

    /// Sets the code of the second factor, for keys that require one. It is sent in the body and is valid once, so the call
    /// is retried only if the request did not reach the service.
    #[doc(alias = "createUserToken")]
    #[doc(alias = "create_user_token")]
    #[doc(alias = "POST /user/apikeys/token")]
    pub fn totp(mut self, code: impl Into<Secret>) -> Self {
        self.totp = Some(code.into());
        self
    }

    /// Exchanges this token, which must be renewable and not expired, for a new one (default: the client's own credentials
    /// request it). No code is needed.
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
        let query = token_query(&self.valid_from, self.lifetime, self.renewable)?;
        let response = match self.totp {
            None => get_token(&session, &query).await?,
            Some(totp) => {
                let totp = TotpCode { totp: code(&totp)? };
                let api = session.api();
                let response = api.create_user_token(
                    query.expires_in,
                    query.ips.as_deref(),
                    query.no_ip_protection,
                    query.renewable,
                    &totp,
                );
                session.value(response.await)?
            }
        };
        Ok(response.into_inner())
    }
}

impl Caller for Session {
    fn time_left(&self) -> Option<Duration> {
        self.time_left()
    }

    fn detached(&self) -> Box<dyn Caller> {
        Box::new(self.without_limits())
    }

    fn request_token(
        &self,
        credentials: Arc<Credentials>,
        query: TokenQuery,
    ) -> BoxFuture<'_, Result<IssuedToken>> {
        let session = self.without_limits().acting_as(credentials);
        Box::pin(async move {
            let response = run(session, |session| {
                Box::pin(async move { get_token(&session, &query).await })
            });
            let response = response.await?;
            let date = response.headers().get(DATE);
            let date = date.and_then(|date| date.to_str().ok());
            let date = date.and_then(http_date::parse);
            let token = response.into_inner();
            Ok(IssuedToken {
                claims: (&token.payload).into(),
                token: token.token,
                date: date.map(|date| date.timestamp()),
            })
        })
    }
}

/// Requests a token. The credentials of the session must allow it.
async fn get_token(session: &Session, query: &TokenQuery) -> Result<ResponseValue<Token>> {
    let api = session.api();
    let response = api.get_user_token(
        query.expires_in,
        query.ips.as_deref(),
        query.no_ip_protection,
        query.renewable,
    );
    session.value(response.await)
}

#[inline]
pub(super) fn token_query(
    valid_from: &ValidFrom,
    lifetime: Option<Duration>,
    renewable: Option<bool>,
) -> Result<TokenQuery> {
    let (ips, no_ip_protection) = valid_from.query()?;
    Ok(TokenQuery {
        expires_in: seconds(lifetime)?,
        ips,
        no_ip_protection,
        renewable,
    })
}

/// A lifetime in the unit of the query.
fn seconds(lifetime: Option<Duration>) -> Result<Option<NonZeroU64>> {
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
