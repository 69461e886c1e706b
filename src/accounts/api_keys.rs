//! API keys: list, create, change, delete.

use http::Method;
use serde_json::{Map, Value, json};

use crate::DateTime;
use crate::api::types::{AdminApiKeyOverview, ApiKey, ApiKeyDefinition, KeyId};
use crate::call::{CallParts, Run, call};
use crate::error::{Error, Result};
use crate::json;
use crate::request::RawRequest;
use crate::tokens::check_addresses;
use crate::transport::Session;

/// The properties of a new key; part of the calls that create one.
#[derive(Debug, Default)]
pub(crate) struct KeyProperties(pub(crate) ApiKeyDefinition);

impl KeyProperties {
    /// Returns the properties, if they are valid.
    pub(crate) fn checked(self) -> Result<ApiKeyDefinition> {
        let addresses = self.0.allowed_ips.iter().map(String::as_str);
        check_addresses(addresses, self.0.allowed_ips.len())?;
        self.0.expires.as_ref().map(DateTime::checked).transpose()?;
        Ok(self.0)
    }
}

fn key_id(id: &str) -> Result<KeyId> {
    id.parse().map_err(|_| {
        // Does not repeat the value, which may be the key itself.
        Error::invalid("invalid API key id: it must be the UUID of the key, not the key itself")
    })
}

#[derive(Debug)]
pub(crate) struct ListApiKeys;

impl Run for ListApiKeys {
    type Output = Vec<ApiKey>;

    async fn run(self, session: Session) -> Result<Vec<ApiKey>> {
        let response = session.api().list_user_api_keys().await;
        Ok(session.value(response)?.into_inner())
    }
}

#[derive(Debug)]
pub(crate) struct GetCurrentApiKey;

impl Run for GetCurrentApiKey {
    type Output = ApiKey;

    async fn run(self, session: Session) -> Result<ApiKey> {
        let response = session.api().get_user_api_key_current().await;
        Ok(session.value(response)?.into_inner())
    }
}

#[derive(Debug)]
pub(crate) struct ListAdminApiKeys;

impl Run for ListAdminApiKeys {
    type Output = AdminApiKeyOverview;

    async fn run(self, session: Session) -> Result<AdminApiKeyOverview> {
        let response = session.api().list_user_admin_api_keys().await;
        Ok(session.value(response)?.into_inner())
    }
}

/// Creates an API key; returns an [`ApiKey`], which has the key itself. Returned by
/// [`User::create_api_key`](crate::User::create_api_key).
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct CreateApiKey {
    call: CallParts,
    properties: KeyProperties,
}

impl CreateApiKey {
    pub(crate) fn new(call: CallParts) -> Self {
        Self {
            call,
            properties: KeyProperties::default(),
        }
    }

    fn set(mut self, change: impl FnOnce(&mut ApiKeyDefinition)) -> Self {
        change(&mut self.properties.0);
        self
    }

    /// Sets a comment for people (default: none).
    pub fn comment(self, text: impl Into<String>) -> Self {
        self.set(|key| key.comment = Some(text.into()))
    }

    /// Restricts the key to requests for tokens, with a code of the second factor (default: no).
    pub fn requires_mfa(self, requires: bool) -> Self {
        self.set(|key| key.requires_mfa = Some(requires))
    }

    /// Declares that the key is never published, so that it may manage keys even if its user has a public role (default:
    /// no).
    pub fn trusted(self, trusted: bool) -> Self {
        self.set(|key| key.trusted = Some(trusted))
    }

    /// Restricts the key and its tokens to addresses and IPv4 networks: at most 10 entries and 10,000 addresses, IPv6 as
    /// single addresses (default: no restriction).
    pub fn allowed_ips(self, addresses: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.set(|key| key.allowed_ips = addresses.into_iter().map(Into::into).collect())
    }

    /// Sets when the key and its tokens expire (default: never).
    pub fn expires(self, moment: impl Into<DateTime>) -> Self {
        self.set(|key| key.expires = Some(moment.into()))
    }

    async fn run(self, session: Session) -> Result<ApiKey> {
        let body = self.properties.checked()?;
        let response = session.api().create_user_api_key(&body).await;
        Ok(session.value(response)?.into_inner())
    }
}

call!(CreateApiKey => ApiKey);

/// Changes an API key; returns the changed [`ApiKey`]. Returned by [`User::patch_api_key`](crate::User::patch_api_key).
///
/// Set at least one property. Properties that are not set remain unchanged.
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct PatchApiKey {
    call: CallParts,
    id: String,
    force: bool,
    addresses: Vec<String>,
    expires: Option<DateTime>,
    /// An absent property remains unchanged, and `null` clears it. The generated type cannot distinguish the two.
    body: Map<String, Value>,
}

impl PatchApiKey {
    pub(crate) fn new(call: CallParts, id: String) -> Self {
        Self {
            call,
            id,
            force: false,
            addresses: Vec::new(),
            expires: None,
            body: Map::new(),
        }
    }

    fn set(mut self, name: &str, value: Value) -> Self {
        self.body.insert(name.to_owned(), value);
        self
    }

    /// Restricts the key to requests for tokens, with a code of the second factor. `true` invalidates all existing tokens
    /// of the key.
    pub fn requires_mfa(self, requires: bool) -> Self {
        self.set("requires_mfa", requires.into())
    }

    /// Removes the requirement of a second factor.
    pub fn clear_requires_mfa(self) -> Self {
        self.set("requires_mfa", Value::Null)
    }

    /// Declares that the key is never published.
    pub fn trusted(self, trusted: bool) -> Self {
        self.set("trusted", trusted.into())
    }

    /// Makes the key untrusted.
    pub fn clear_trusted(self) -> Self {
        self.set("trusted", Value::Null)
    }

    /// Restricts the key and its tokens to addresses and IPv4 networks: at most 10 entries and 10,000 addresses, IPv6 as
    /// single addresses. An empty list removes the restriction, as [`clear_allowed_ips`](Self::clear_allowed_ips) does.
    pub fn allowed_ips(mut self, addresses: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let addresses: Vec<String> = addresses.into_iter().map(Into::into).collect();
        self.addresses.clone_from(&addresses);
        self.set("allowed_ips", json!(addresses))
    }

    /// Removes the restriction to addresses.
    pub fn clear_allowed_ips(mut self) -> Self {
        self.addresses.clear();
        self.set("allowed_ips", Value::Null)
    }

    /// Sets when the key and its tokens expire.
    pub fn expires(mut self, moment: impl Into<DateTime>) -> Self {
        let moment = moment.into();
        let text = moment.to_string();
        self.expires = Some(moment);
        self.set("expires", text.into())
    }

    /// Removes the expiry of the key.
    pub fn clear_expires(mut self) -> Self {
        self.expires = None;
        self.set("expires", Value::Null)
    }

    /// Applies the change even if it locks out the key in use (default: no, the service returns 400).
    pub fn force(mut self) -> Self {
        self.force = true;
        self
    }

    async fn run(self, session: Session) -> Result<ApiKey> {
        let id = key_id(&self.id)?;
        if self.body.is_empty() {
            return Err(Error::invalid(
                "no change requested: set at least one property",
            ));
        }
        let addresses = self.addresses.iter().map(String::as_str);
        check_addresses(addresses, self.addresses.len())?;
        self.expires.as_ref().map(DateTime::checked).transpose()?;
        let query = if self.force { "?force=true" } else { "" };
        let path = format!("/user/apikeys/{}{query}", *id);
        let request = RawRequest::named("patchUserApiKey", Method::PATCH, path, &self.body);
        let response = request.run(session.clone()).await?;
        if !json::is_empty(&response.body) {
            return response.json();
        }
        // Created before the next request, so that it names this operation.
        let text = "the key was changed, but the list of keys does not contain it";
        let (status, headers) = (response.status, response.headers);
        let missing = session.refuse(text.to_owned(), status, headers, &response.body);
        // The service has no operation that reads one key.
        let keys = session.read_back(session.api().list_user_api_keys().await)?;
        let mut keys = keys.into_iter();
        let key = keys.find(|key| key.id.eq_ignore_ascii_case(&id));
        key.ok_or(missing)
    }
}

call!(PatchApiKey => ApiKey);

#[derive(Debug)]
pub(crate) struct DeleteApiKey {
    id: String,
}

impl DeleteApiKey {
    pub(crate) fn new(id: String) -> Self {
        Self { id }
    }
}

impl Run for DeleteApiKey {
    type Output = ();

    async fn run(self, session: Session) -> Result<()> {
        let id = key_id(&self.id)?;
        let response = session.api().delete_user_api_key(&id).await;
        session.value(response).map(drop)
    }
}
