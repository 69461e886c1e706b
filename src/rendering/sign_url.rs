//! Signing by the service.

use std::num::NonZeroU64;

use crate::DateTime;
use crate::api::types::{OrganizationName, SignUrlRequest, SignedUrl};
use crate::call::{Call, sealed};
use crate::error::{Error, Result};
use crate::transport::Session;

/// Has the service sign a URL; see [`Client::sign_url`](crate::Client::sign_url). Gives a [`SignedUrl`].
#[derive(Debug)]
pub struct SignUrl {
    organization: OrganizationName,
    url: String,
    until: Option<DateTime>,
    round_up_to: u64,
}

impl SignUrl {
    pub(crate) fn new(organization: OrganizationName, url: String) -> Self {
        Self {
            organization,
            url,
            until: None,
            round_up_to: 300,
        }
    }
}

impl Call<SignUrl> {
    /// When the signature ends (default: never). Not every client of the service knows it, so look at
    /// [`SignedUrl::until`].
    pub fn until(mut self, until: impl Into<DateTime>) -> Self {
        self.operation.until = Some(until.into());
        self
    }

    /// Rounds that up to a multiple of so many seconds, at least 1 (default: 300).
    #[doc(alias = "roundDateUpTo")]
    pub fn round_up_to(mut self, seconds: u64) -> Self {
        self.operation.round_up_to = seconds;
        self
    }
}

impl sealed::Run for SignUrl {
    type Output = SignedUrl;

    async fn run(self, session: Session) -> Result<SignedUrl> {
        let known = url::Url::parse(&self.url)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !known {
            return Err(Error::invalid(format!(
                "{:?} is not a http or https URL",
                self.url
            )));
        }
        let Some(round_date_up_to) = NonZeroU64::new(self.round_up_to) else {
            return Err(Error::invalid(
                "a time cannot be rounded to 0 seconds; 1 does not round",
            ));
        };
        self.until.as_ref().map(DateTime::checked).transpose()?;
        let body = SignUrlRequest {
            round_date_up_to,
            until: self.until,
            url: self.url,
        };
        let answer = session.api().sign_url(&self.organization, &body).await;
        Ok(session.value(answer)?.into_inner())
    }
}
