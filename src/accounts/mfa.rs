//! The second factor of a user: TOTP codes of an authenticator app.

use crate::api::types::{TotpCode, TotpSetup, TotpStatus};
use crate::call::Run;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::transport::Session;

/// Returns the digits of a code, without the spaces that apps display between them.
pub(crate) fn code(code: &Secret) -> Result<Secret> {
    let digits: String = code
        .expose()
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    if !(6..=10).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        // Does not repeat the value, which may be another secret.
        return Err(Error::invalid(
            "invalid TOTP code: it must have 6 to 10 digits",
        ));
    }
    Ok(Secret::from(digits))
}

#[derive(Debug)]
pub(crate) struct GetTotp;

impl Run for GetTotp {
    type Output = TotpStatus;

    async fn run(self, session: Session) -> Result<TotpStatus> {
        let response = session.api().get_user_mfa_totp().await;
        Ok(session.value(response)?.into_inner())
    }
}

#[derive(Debug)]
pub(crate) struct SetUpTotp;

impl Run for SetUpTotp {
    type Output = TotpSetup;

    async fn run(self, session: Session) -> Result<TotpSetup> {
        let response = session.api().create_user_mfa_totp().await;
        Ok(session.value(response)?.into_inner())
    }
}

#[derive(Debug)]
pub(crate) struct ConfirmTotp {
    code: Secret,
}

impl ConfirmTotp {
    pub(crate) fn new(code: Secret) -> Self {
        Self { code }
    }
}

impl Run for ConfirmTotp {
    type Output = TotpStatus;

    async fn run(self, session: Session) -> Result<TotpStatus> {
        let totp = code(&self.code)?;
        let response = session
            .api()
            .confirm_user_mfa_totp(&TotpCode { totp })
            .await;
        match session.value_if_any(response)? {
            Some(status) => Ok(status),
            None => session.read_back(session.api().get_user_mfa_totp().await),
        }
    }
}

#[derive(Debug)]
pub(crate) struct DisableTotp {
    code: Secret,
}

impl DisableTotp {
    pub(crate) fn new(code: Secret) -> Self {
        Self { code }
    }
}

impl Run for DisableTotp {
    type Output = ();

    async fn run(self, session: Session) -> Result<()> {
        let totp = code(&self.code)?;
        let response = session.api().delete_user_mfa_totp(&TotpCode { totp }).await;
        session.value(response).map(drop)
    }
}
