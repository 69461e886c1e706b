//! Signatures by the service.

use std::num::NonZeroU64;

use crate::DateTime;
use crate::api::types::{SignUrlRequest, SignedUrl};
use crate::call::{CallParts, call};
use crate::error::{Error, Result};
use crate::names::organization_name;
use crate::transport::Session;

/// Has the service sign a URL; returns a [`SignedUrl`]. Returned by [`Client::sign_url`](crate::Client::sign_url).
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct SignUrl {
    call: CallParts,
    organization: String,
    url: String,
    until: Option<DateTime>,
    round_up_to: u64,
}

impl SignUrl {
    pub(crate) fn new(call: CallParts, organization: String, url: String) -> Self {
        Self {
            call,
            organization,
            url,
            until: None,
            round_up_to: 300,
        }
    }

    /// Sets when the signature expires (default: never). [`SignedUrl::until`] has the time that the service applied.
    pub fn until(mut self, until: impl Into<DateTime>) -> Self {
        self.until = Some(until.into());
        self
    }

    /// Rounds the expiry up to a multiple of this many seconds, at least 1 (default: 300).
    #[doc(alias = "roundDateUpTo")]
    pub fn round_up_to(mut self, seconds: u64) -> Self {
        self.round_up_to = seconds;
        self
    }

    async fn run(self, session: Session) -> Result<SignedUrl> {
        let organization = organization_name(&self.organization)?;
        let known = url::Url::parse(&self.url)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !known {
            return Err(Error::invalid(format!(
                "invalid URL {:?}: it must start with `http://` or `https://` and have a host",
                self.url
            )));
        }
        let Some(round_date_up_to) = NonZeroU64::new(self.round_up_to) else {
            return Err(Error::invalid(
                "invalid rounding to 0 s: it must be at least 1 s, which does not round",
            ));
        };
        self.until.as_ref().map(DateTime::checked).transpose()?;
        let body = SignUrlRequest {
            round_date_up_to,
            until: self.until,
            url: self.url,
        };
        let response = session.api().sign_url(&organization, &body).await;
        Ok(session.value(response)?.into_inner())
    }
}

call!(SignUrl => SignedUrl);
