//! Users: the one that the client's credentials belong to, and new ones.

use std::sync::Arc;

use crate::accounts::api_keys::{
    CreateApiKey, DeleteApiKey, GetCurrentApiKey, ListAdminApiKeys, ListApiKeys, PatchApiKey,
};
use crate::accounts::mfa::{ConfirmTotp, DisableTotp, GetTotp, SetUpTotp};
use crate::api::types::{CurrentUser, NewUser, UserDefinition, UserMembershipList};
use crate::call::{Call, CallParts, Run, call};
use crate::error::{Error, Result};
use crate::names::organization_name;
use crate::secret::Secret;
use crate::tokens::{CreateToken, ValidFrom};
use crate::transport::Connection;
use crate::transport::Session;
use crate::transport::auth::Credentials;
use crate::{AdminApiKeyOverview, ApiKey, TotpSetup, TotpStatus};

/// The user that the client's credentials belong to: API keys, tokens, second factor, memberships; returned by
/// [`Client::user`](crate::Client::user).
///
/// A user with one of the roles `read`, `upload` and `sourceimages:read` in any organization counts as public. Without a
/// [trusted](CreateApiKey::trusted) key, all calls of a public user except [`create_token`](Self::create_token) fail with
/// 403 ([`Error::is_forbidden`]).
///
/// ```no_run
/// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
/// let user = rokka.user();
/// for key in user.api_keys().await? {
///     println!("{} {:?}", key.id, key.comment);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct User {
    connection: Connection,
}

impl User {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection }
    }

    fn call(&self) -> CallParts {
        CallParts::new(self.connection.clone())
    }

    /// Reads the user that the credentials belong to; returns a [`CurrentUser`]. A public user receives its id only, or 403.
    ///
    /// `GET /user`. [Reference](https://rokka.io/documentation/references/users-and-memberships.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// println!("{}", rokka.user().get().await?.user_id);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "getUser")]
    #[doc(alias = "get_user")]
    #[doc(alias = "GET /user")]
    #[doc(alias = "user.get")]
    #[doc(alias = "user.getId")]
    #[doc(alias = "getId")]
    #[doc(alias = "users.getId")]
    #[doc(alias = "getCurrentUser")]
    #[doc(alias = "getCurrentUserId")]
    #[doc(alias = "GetUserID")]
    #[inline]
    pub fn get(&self) -> Call<CurrentUser> {
        Call::new(self.call(), GetUser)
    }

    /// Lists the roles of the user in each organization; returns a [`UserMembershipList`].
    ///
    /// `GET /user/memberships`. [Reference](https://rokka.io/documentation/references/users-and-memberships.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// for membership in rokka.user().memberships().await?.items {
    ///     println!("{} {:?}", membership.organization, membership.roles);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "listUserMemberships")]
    #[doc(alias = "list_user_memberships")]
    #[doc(alias = "GET /user/memberships")]
    #[doc(alias = "user.listMemberships")]
    #[doc(alias = "listMemberships")]
    #[inline]
    pub fn memberships(&self) -> Call<UserMembershipList> {
        Call::new(self.call(), ListUserMemberships)
    }

    /// Lists the API keys of the user, at most 5; returns [`ApiKey`]s without the keys themselves.
    ///
    /// `GET /user/apikeys`. [Reference](https://rokka.io/documentation/references/users-and-memberships.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// let old = rokka.user().api_keys().await?.into_iter().filter(|key| key.accessed.is_none());
    /// println!("{} keys were never used", old.count());
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "listUserApiKeys")]
    #[doc(alias = "list_user_api_keys")]
    #[doc(alias = "GET /user/apikeys")]
    #[doc(alias = "user.listApiKeys")]
    #[doc(alias = "listApiKeys")]
    #[inline]
    pub fn api_keys(&self) -> Call<Vec<ApiKey>> {
        Call::new(self.call(), ListApiKeys)
    }

    /// Reads the API key that the client uses, or that its token was created with; returns an [`ApiKey`] without the key
    /// itself.
    ///
    /// `GET /user/apikeys/current`. [Reference](https://rokka.io/documentation/references/users-and-memberships.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// println!("{:?}", rokka.user().current_api_key().await?.expires);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "getUserApiKeyCurrent")]
    #[doc(alias = "get_user_api_key_current")]
    #[doc(alias = "GET /user/apikeys/current")]
    #[doc(alias = "user.getCurrentApiKey")]
    #[doc(alias = "getCurrentApiKey")]
    #[doc(alias = "getCurrentUserApiKey")]
    #[inline]
    pub fn current_api_key(&self) -> Call<ApiKey> {
        Call::new(self.call(), GetCurrentApiKey)
    }

    /// Creates an API key; returns an [`ApiKey`] with the key in [`ApiKey::api_key`], which no other call returns.
    /// [`CreateApiKey`] lists the options.
    ///
    /// A user has at most 5 keys; the service refuses another one.
    ///
    /// Not idempotent: retried only if the request did not reach the service, or after a 429 or 503. After any other
    /// failure, check the [list](Self::api_keys) before you repeat the call.
    ///
    /// `POST /user/apikeys`. [Reference](https://rokka.io/documentation/references/users-and-memberships.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// let created = rokka.user().create_api_key().comment("deployment").await?;
    /// if let Some(key) = &created.api_key {
    ///     std::fs::write("rokka.key", key.expose()).expect("cannot write the key");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createUserApiKey")]
    #[doc(alias = "create_user_api_key")]
    #[doc(alias = "POST /user/apikeys")]
    #[doc(alias = "user.addApiKey")]
    #[doc(alias = "addApiKey")]
    #[doc(alias = "addUserApiKey")]
    pub fn create_api_key(&self) -> CreateApiKey {
        CreateApiKey::new(self.call())
    }

    /// Changes the API key with this id; returns the changed [`ApiKey`]. [`PatchApiKey`] lists the properties.
    ///
    /// Properties that are not set remain unchanged; cleared ones return to their defaults. Restrictions apply
    /// immediately, to existing tokens too. A change that would lock out the key in use fails with 400, unless it is
    /// [forced](PatchApiKey::force).
    ///
    /// `PATCH /user/apikeys/{keyId}`. [Reference](https://rokka.io/documentation/references/users-and-memberships.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// let key = rokka.user().current_api_key().await?;
    /// rokka.user().patch_api_key(key.id).allowed_ips(["192.0.2.0/24"]).clear_expires().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "patchUserApiKey")]
    #[doc(alias = "patch_user_api_key")]
    #[doc(alias = "PATCH /user/apikeys/{keyId}")]
    #[doc(alias = "user.patchApiKey")]
    #[doc(alias = "patchApiKey")]
    pub fn patch_api_key(&self, id: impl Into<String>) -> PatchApiKey {
        PatchApiKey::new(self.call(), id.into())
    }

    /// Deletes the API key with this id, which invalidates its tokens; returns `()`. The key in use cannot be deleted.
    ///
    /// `DELETE /user/apikeys/{keyId}`. [Reference](https://rokka.io/documentation/references/users-and-memberships.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// rokka.user().delete_api_key("d1e2f3a4-0000-4000-8000-000000000001").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "deleteUserApiKey")]
    #[doc(alias = "delete_user_api_key")]
    #[doc(alias = "DELETE /user/apikeys/{keyId}")]
    #[doc(alias = "user.deleteApiKey")]
    #[doc(alias = "deleteApiKey")]
    pub fn delete_api_key(&self, id: impl Into<String>) -> Call<()> {
        Call::new(self.call(), DeleteApiKey::new(id.into()))
    }

    /// Lists the API keys of all members in the organizations where the user has role `admin` or `admin:read`; returns an
    /// [`AdminApiKeyOverview`], without the keys themselves.
    ///
    /// The list ends after 50 organizations; [`AdminApiKeyOverview::truncated`] is then true.
    ///
    /// `GET /user/admin/apikeys`, role `admin:read`. [Reference](https://rokka.io/documentation/references/users-and-memberships.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// let overview = rokka.user().admin_api_keys().await?;
    /// println!("{} members{}", overview.total, if overview.truncated { ", and more" } else { "" });
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "listUserAdminApiKeys")]
    #[doc(alias = "list_user_admin_api_keys")]
    #[doc(alias = "GET /user/admin/apikeys")]
    #[doc(alias = "user.listAdminApiKeys")]
    #[doc(alias = "listAdminApiKeys")]
    #[inline]
    pub fn admin_api_keys(&self) -> Call<AdminApiKeyOverview> {
        Call::new(self.call(), ListAdminApiKeys)
    }

    /// Requests a token with the key, or with the client's token if that is renewable; returns a [`Token`](crate::Token).
    /// [`CreateToken`] lists the options.
    ///
    /// A token has the permissions of its key, is valid for a day by default, expires with its key and cannot be revoked.
    /// A client with [`Tokens`](crate::Tokens) requests and refreshes tokens by itself.
    ///
    /// Fails with 401 and the [slug](Error::slug) `mfa_required` for a key that needs a [code](CreateToken::totp), or
    /// `totp_invalid` for a wrong or used code; with 403 if the service refuses the refresh; with 429 and
    /// `totp_rate_limited` after too many wrong codes, which is not retried.
    ///
    /// `GET /user/apikeys/token`. [Reference](https://rokka.io/documentation/guides/authentication.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// use rokka::ValidFrom;
    ///
    /// let token = rokka.user().create_token(ValidFrom::caller()).totp("123456").await?;
    /// println!("valid for {} s", token.time_left().as_secs());
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "getUserToken")]
    #[doc(alias = "get_user_token")]
    #[doc(alias = "GET /user/apikeys/token")]
    #[doc(alias = "createUserToken")]
    #[doc(alias = "create_user_token")]
    #[doc(alias = "POST /user/apikeys/token")]
    #[doc(alias = "user.getNewToken")]
    #[doc(alias = "getNewToken")]
    pub fn create_token(&self, valid_from: ValidFrom) -> CreateToken {
        CreateToken::new(self.call(), valid_from)
    }

    /// Reads whether the user has a second factor (TOTP, the six digits of an authenticator app); returns a
    /// [`TotpStatus`].
    ///
    /// `GET /user/mfa/totp`. [Reference](https://rokka.io/documentation/guides/authentication.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// println!("{}", rokka.user().totp().await?.state);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "getUserMfaTotp")]
    #[doc(alias = "get_user_mfa_totp")]
    #[doc(alias = "GET /user/mfa/totp")]
    #[doc(alias = "user.getMfaTotp")]
    #[doc(alias = "getMfaTotp")]
    #[inline]
    pub fn totp(&self) -> Call<TotpStatus> {
        Call::new(self.call(), GetTotp)
    }

    /// Starts the setup of a second factor; returns a [`TotpSetup`] with the secret for an authenticator app, which no other
    /// call returns.
    ///
    /// The second factor is active after [`confirm_totp`](Self::confirm_totp); until then, another call replaces the secret.
    /// Fails if a second factor is active ([`Error::is_already_exists`]).
    ///
    /// `POST /user/mfa/totp`. [Reference](https://rokka.io/documentation/guides/authentication.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// let setup = rokka.user().set_up_totp().await?;
    /// println!("as a QR code: {}", setup.provisioning_uri.expose());
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createUserMfaTotp")]
    #[doc(alias = "create_user_mfa_totp")]
    #[doc(alias = "POST /user/mfa/totp")]
    #[doc(alias = "user.setupMfaTotp")]
    #[doc(alias = "setupMfaTotp")]
    #[inline]
    pub fn set_up_totp(&self) -> Call<TotpSetup> {
        Call::new(self.call(), SetUpTotp)
    }

    /// Activates the second factor with its first code; returns a [`TotpStatus`].
    ///
    /// Fails with 401 and the [slug](Error::slug) `totp_invalid` for a wrong or used code. A code is valid once, so the call
    /// is retried only if the request did not reach the service.
    ///
    /// `POST /user/mfa/totp/confirm`. [Reference](https://rokka.io/documentation/guides/authentication.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// rokka.user().confirm_totp("123456").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "confirmUserMfaTotp")]
    #[doc(alias = "confirm_user_mfa_totp")]
    #[doc(alias = "POST /user/mfa/totp/confirm")]
    #[doc(alias = "user.confirmMfaTotp")]
    #[doc(alias = "confirmMfaTotp")]
    pub fn confirm_totp(&self, code: impl Into<Secret>) -> Call<TotpStatus> {
        Call::new(self.call(), ConfirmTotp::new(code.into()))
    }

    /// Disables the second factor with a code; returns `()`. No key of the user requires it afterwards.
    ///
    /// A code is valid once, so the call is retried only if the request did not reach the service.
    ///
    /// `DELETE /user/mfa/totp`. [Reference](https://rokka.io/documentation/guides/authentication.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// rokka.user().disable_totp("123456").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "deleteUserMfaTotp")]
    #[doc(alias = "delete_user_mfa_totp")]
    #[doc(alias = "DELETE /user/mfa/totp")]
    #[doc(alias = "user.disableMfaTotp")]
    #[doc(alias = "disableMfaTotp")]
    pub fn disable_totp(&self, code: impl Into<Secret>) -> Call<()> {
        Call::new(self.call(), DisableTotp::new(code.into()))
    }
}

/// Creates a user; returns a [`NewUser`]. Returned by [`Client::create_user`](crate::Client::create_user).
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct CreateUser {
    call: CallParts,
    email: String,
    organization: Option<String>,
}

impl CreateUser {
    pub(crate) fn new(call: CallParts, email: String) -> Self {
        Self {
            call,
            email,
            organization: None,
        }
    }

    /// Creates an organization too, with the new user as its admin (default: none).
    pub fn organization(mut self, name: impl Into<String>) -> Self {
        self.organization = Some(name.into());
        self
    }

    async fn run(self, session: Session) -> Result<NewUser> {
        if !self.email.contains('@') {
            return Err(Error::invalid(format!(
                "invalid e-mail address {:?}: it must contain `@`",
                self.email
            )));
        }
        let organization = self.organization.as_deref().map(organization_name);
        let body = UserDefinition {
            email: self.email,
            organization: organization.transpose()?,
        };
        // Needs no credentials, and the key of another user must not be sent.
        let session = session.acting_as(Arc::new(Credentials::None));
        let response = session.api().create_user(&body).await;
        Ok(session.value(response)?.into_inner())
    }
}

call!(CreateUser => NewUser);

#[derive(Debug)]
pub(crate) struct GetUser;

impl Run for GetUser {
    type Output = CurrentUser;

    async fn run(self, session: Session) -> Result<CurrentUser> {
        let response = session.api().get_user().await;
        Ok(session.value(response)?.into_inner())
    }
}

#[derive(Debug)]
pub(crate) struct ListUserMemberships;

impl Run for ListUserMemberships {
    type Output = UserMembershipList;

    async fn run(self, session: Session) -> Result<UserMembershipList> {
        let response = session.api().list_user_memberships().await;
        Ok(session.value(response)?.into_inner())
    }
}
