//! The check of the client's credentials.

use crate::api::types::ApiRoot;
use crate::call::Run;
use crate::error::{Error, Result};
use crate::transport::{Session, is_page};

/// The slugs of errors for a valid key that is restricted.
const RESTRICTIONS: &[&str] = &["ip_not_allowed", "mfa_enrollment_required", "mfa_required"];

/// The result of [`Client::check_credentials`](crate::Client::check_credentials).
#[derive(Debug)]
#[non_exhaustive]
pub enum CredentialsCheck {
    /// The service accepts the credentials.
    Valid(ApiRoot),
    /// The credentials are valid, but not from this address, or not without a second factor; [`Error::slug`] tells which.
    Restricted(Error),
    /// The service rejects the credentials: they are unknown, expired, malformed, or missing.
    Invalid(Error),
}

impl CredentialsCheck {
    /// Returns whether the service accepts the credentials.
    pub fn is_valid(&self) -> bool {
        matches!(self, Self::Valid(_))
    }
}

#[derive(Debug)]
pub(crate) struct CheckCredentials;

impl Run for CheckCredentials {
    type Output = CredentialsCheck;

    async fn run(self, session: Session) -> Result<CredentialsCheck> {
        let response = session.api().get_root().await;
        match session.value(response) {
            Ok(root) => Ok(CredentialsCheck::Valid(root.into_inner())),
            Err(error) => {
                let slug = error.slug();
                let restricted = slug.is_some_and(|slug| RESTRICTIONS.contains(&slug.as_str()));
                // `GET /` needs a key and no role, so a refusal concerns the key. An HTML page comes from a gateway.
                let refused = error.is_unauthorized() || error.is_forbidden();
                let page = error.body().is_some_and(is_page);
                if restricted {
                    Ok(CredentialsCheck::Restricted(error))
                } else if refused && !page {
                    Ok(CredentialsCheck::Invalid(error))
                } else {
                    Err(error)
                }
            }
        }
    }
}
