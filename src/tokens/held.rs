//! A token that a client holds, with its claims.

use http::HeaderValue;

use crate::api::types::TokenPayload;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;
use crate::transport::auth::{AuthHeader, Credentials, IssuedToken, TokenClaims};

/// Seconds by which two clocks may differ before a token is given up for its age alone.
pub(super) const ALLOWANCE: i64 = 60;

/// A token with its claims.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) token: Secret,
    pub(super) header: HeaderValue,
    /// The refresh that it came by; 0 for one that came from elsewhere.
    pub(super) refresh: u64,
    /// Unix time in seconds; `None` for what is no JSON Web Token, such as a key in the place of one.
    ends: Option<i64>,
    renewable: bool,
    /// In seconds, as far as is known.
    lifetime: Option<i64>,
    /// A part of the time before the end, different for each token, so that clients do not refresh all at once.
    jitter: f64,
}

impl From<&TokenPayload> for TokenClaims {
    fn from(payload: &TokenPayload) -> Self {
        Self {
            expires: payload.exp,
            lifetime: payload.expt,
            renewable: payload.is_renewable(),
        }
    }
}

impl Held {
    #[inline]
    fn new(token: &Secret, claims: Option<TokenClaims>, lifetime: Option<i64>) -> Result<Self> {
        let Credentials::Bearer(token, header) = Credentials::bearer(token)? else {
            return Err(Error::new(ErrorKind::Configuration, "not a token"));
        };
        let signed = |seconds: u64| i64::try_from(seconds).unwrap_or(i64::MAX);
        let issued_with = claims.and_then(|claims| claims.lifetime).map(signed);
        Ok(Self {
            token,
            header,
            refresh: 0,
            ends: claims.map(|claims| signed(claims.expires)),
            renewable: claims.is_some_and(|claims| claims.renewable),
            lifetime: lifetime.into_iter().chain(issued_with).min(),
            jitter: fastrand::f64() / 100.0,
        })
    }

    /// A token from elsewhere: the caller's, or that of a store.
    #[inline]
    pub(super) fn given(token: &Secret) -> Result<Self> {
        let payload = TokenPayload::decode_unverified(token).ok();
        Self::new(token, payload.as_ref().map(TokenClaims::from), None)
    }

    /// A token that the service issued at `now` by its own clock.
    pub(super) fn issued(issued: &IssuedToken, now: i64, refresh: u64) -> Result<Self> {
        let ends = i64::try_from(issued.claims.expires).unwrap_or(i64::MAX);
        let lifetime = ends.saturating_sub(now).max(0);
        let held = Self::new(&issued.token, Some(issued.claims), Some(lifetime))?;
        Ok(Self { refresh, ..held })
    }

    pub(super) fn auth_header(&self) -> AuthHeader {
        AuthHeader::Bearer(self.header.clone())
    }

    /// Seconds to its end, when it is `now` at the service.
    pub(super) fn left(&self, now: i64) -> Option<i64> {
        Some(self.ends?.saturating_sub(now))
    }

    /// Whether it can be exchanged for a new one when it is `now` at the service.
    pub(super) fn is_renewable(&self, now: i64) -> bool {
        self.renewable && self.left(now).is_some_and(|left| left > -ALLOWANCE)
    }

    /// The same token, which the service does not renew.
    pub(super) fn not_renewable(&self) -> Self {
        Self {
            renewable: false,
            ..self.clone()
        }
    }

    /// Seconds before its end from which on it is refreshed.
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    pub(super) fn refresh_before(&self, requested: i64) -> i64 {
        // A short-lived token would else be refreshed for every call.
        let most = self
            .lifetime
            .map_or(requested, |lifetime| requested.min(lifetime / 2));
        most.saturating_sub((most as f64 * self.jitter) as i64)
    }

    /// Whether it lasts longer than another one when it is `now` at the service.
    pub(super) fn outlasts(&self, other: &Self, now: i64) -> bool {
        if self.header == other.header {
            return false;
        }
        match (self.ends, other.ends) {
            (Some(this), Some(other)) => this > other,
            (None, Some(_)) => other.left(now).is_some_and(|left| left <= 0),
            (_, None) => false,
        }
    }
}
