//! Whether the client's credentials are good.

use crate::api::types::ApiRoot;
use crate::call::Run;
use crate::error::{Error, Result};
use crate::transport::{Session, is_page};

/// What is wrong where a key is right, but cannot be used like this.
const RESTRICTIONS: &[&str] = &["ip_not_allowed", "mfa_enrollment_required", "mfa_required"];

/// What became of a [check](crate::Client::check_credentials).
#[derive(Debug)]
#[non_exhaustive]
pub enum CredentialsCheck {
    /// The service takes them.
    Valid(ApiRoot),
    /// The service knows them, but does not take them from this address, or not without a second factor;
    /// [`Error::slug`] says which.
    Restricted(Error),
    /// The service does not take them: they are unknown, expired, malformed, or missing.
    Invalid(Error),
}

impl CredentialsCheck {
    /// Whether the service takes the credentials.
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
                // The root needs a key and no role, so every refusal is about the key. A page was sent by something else.
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
