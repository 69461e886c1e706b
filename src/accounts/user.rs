//! Users: a new one, and the one that the client's credentials belong to.

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

/// The user that the client's credentials belong to: its keys, tokens, second factor and memberships; made by
/// [`Client::user`](crate::Client::user).
///
/// A user with one of the roles `read`, `upload` and `sourceimages:read` in any organization counts as public: for such
/// a one all calls but [`create_token`](Self::create_token) are a 403 ([`Error::is_forbidden`]) unless the key is
/// [trusted](CreateApiKey::trusted).
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

    /// Says who the credentials belong to. A public user may learn no more than its id, or get a 403.
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
    pub fn get(&self) -> Call<CurrentUser> {
        Call::new(self.call(), GetUser)
    }

    /// Lists in which organizations the user has which roles.
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
    pub fn memberships(&self) -> Call<UserMembershipList> {
        Call::new(self.call(), ListUserMemberships)
    }

    /// Lists the keys of the user, 5 at most, without the keys themselves.
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
    pub fn api_keys(&self) -> Call<Vec<ApiKey>> {
        Call::new(self.call(), ListApiKeys)
    }

    /// Says which key the client uses, or which one its token was made with; without the key itself.
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
    pub fn current_api_key(&self) -> Call<ApiKey> {
        Call::new(self.call(), GetCurrentApiKey)
    }

    /// Makes another key; this answer is the only one that has it, in [`ApiKey::api_key`](crate::ApiKey::api_key). A user has 5 keys at most; a
    /// sixth one is refused.
    ///
    /// Every call makes a new key, so it is sent again only if it was never sent, or after a 429 or 503. After another
    /// failure look at the [list](Self::api_keys) before you repeat it.
    ///
    /// `POST /user/apikeys`. [Reference](https://rokka.io/documentation/references/users-and-memberships.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// let created = rokka.user().create_api_key().comment("deployment").await?;
    /// if let Some(key) = &created.api_key {
    ///     std::fs::write("rokka.key", key.expose()).expect("a place for the key");
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

    /// Changes a key, named by its id. What is not set stays as it is; what is cleared has its default again. Restrictions
    /// count at once, for tokens made before too. A change by which the key in use would lock itself out is a 400, unless
    /// it is [forced](PatchApiKey::force).
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

    /// Deletes a key, named by its id, and with it every token that was made with it. The key in use cannot be deleted.
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

    /// Lists who has which keys in all organizations where the user is an admin, or may read as one: what is known of them,
    /// not the keys. It ends after 50 organizations, and says so in [`AdminApiKeyOverview::truncated`](crate::AdminApiKeyOverview::truncated).
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
    pub fn admin_api_keys(&self) -> Call<AdminApiKeyOverview> {
        Call::new(self.call(), ListAdminApiKeys)
    }

    /// Gets a token: by the key, or by the client's own token if it is renewable. It can do what its key can do, lives for a
    /// day unless told otherwise, ends with its key and cannot be revoked. A client [that works by tokens](crate::Tokens)
    /// does this by itself.
    ///
    /// 401 with the [slug](Error::slug) `mfa_required` for a key that needs a [code](CreateToken::totp), and
    /// `totp_invalid` for a wrong or used one; 403 if a renewal is refused; 429 with `totp_rate_limited` after too many
    /// wrong codes, which is not tried again.
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

    /// Says whether the user has a second factor (TOTP, the six digits of an authenticator app).
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
    pub fn totp(&self) -> Call<TotpStatus> {
        Call::new(self.call(), GetTotp)
    }

    /// Begins to set a second factor up: gives the secret for an authenticator app, once. It counts after the first code is
    /// [confirmed](Self::confirm_totp); until then another call replaces it. 409 ([`Error::is_conflict`]) if there is an
    /// active one.
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
    pub fn set_up_totp(&self) -> Call<TotpSetup> {
        Call::new(self.call(), SetUpTotp)
    }

    /// Activates the second factor by its first code. 401 with the [slug](Error::slug) `totp_invalid` for a wrong or used
    /// one. A code counts once, so the call is sent again only if the service has certainly not seen it.
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

    /// Switches the second factor off, by a code; no key of the user requires it any more. A code counts once, so the call
    /// is sent again only if the service has certainly not seen it.
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

/// Makes a user; see [`Client::create_user`]. Gives a [`NewUser`].
#[derive(Debug)]
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

    /// Makes an organization too, with the new user as its admin (default: none).
    pub fn organization(mut self, name: impl Into<String>) -> Self {
        self.organization = Some(name.into());
        self
    }

    async fn run(self, session: Session) -> Result<NewUser> {
        if !self.email.contains('@') {
            return Err(Error::invalid(format!(
                "{:?} is no e-mail address",
                self.email
            )));
        }
        let organization = self.organization.as_deref().map(organization_name);
        let body = UserDefinition {
            email: self.email,
            organization: organization.transpose()?,
        };
        // Anybody may, and the key of somebody else has no business here.
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
