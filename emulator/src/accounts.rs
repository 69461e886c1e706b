//! Users, keys, tokens and organizations, and the authentication of requests.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::addresses;
use super::clock::Clock;
use super::request::Request;
use super::response::Response;
use crate::role::Role;

/// The header that names the role that a user lacks.
pub(crate) const MISSING: &str = "x-rokka-emulator-missing";

/// The accounts of an emulator. The serialized form of this and of its parts is that of the data folder.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Accounts {
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) tokens: HashMap<String, IssuedToken>,
    pub(crate) organizations: BTreeMap<String, OrganizationRecord>,
    #[serde(skip)]
    pub(crate) clock: Clock,
    owner: String,
    last_id: u64,
}

#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct User {
    pub(crate) email: String,
    pub(crate) keys: Vec<Key>,
    pub(crate) second_factor: SecondFactor,
    /// The last half minute whose code was used.
    #[serde(default)]
    pub(crate) last_code: i64,
    /// When the latest wrong codes came.
    #[serde(skip)]
    pub(crate) wrong_codes: Vec<DateTime<Utc>>,
}

/// The second factor of a user.
#[derive(Clone, Deserialize, PartialEq, Serialize)]
pub(crate) enum SecondFactor {
    None,
    Pending,
    Active(DateTime<Utc>),
}

#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) created: DateTime<Utc>,
    pub(crate) accessed: Option<DateTime<Utc>>,
    /// The properties that requests set, as sent.
    pub(crate) properties: Map<String, Value>,
}

/// A token and its claims.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct IssuedToken {
    pub(crate) user: String,
    pub(crate) key: String,
    pub(crate) expires: i64,
    pub(crate) lifetime: i64,
    pub(crate) renewable: bool,
    pub(crate) mfa: bool,
    pub(crate) ips: Vec<String>,
}

/// An organization without its images.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct OrganizationRecord {
    pub(crate) id: String,
    pub(crate) display_name: String,
    pub(crate) billing_email: String,
    pub(crate) created: DateTime<Utc>,
    pub(crate) master: String,
    pub(crate) options: Map<String, Value>,
    /// The key that signs its render URLs.
    pub(crate) signing_key: String,
    pub(crate) members: BTreeMap<String, Member>,
}

#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Member {
    pub(crate) roles: Vec<Role>,
    pub(crate) comment: Option<String>,
    pub(crate) created: DateTime<Utc>,
}

/// The authenticated client of a request.
pub(crate) struct Caller {
    pub(crate) user: String,
    pub(crate) key: String,
    /// The token, when the request has one instead of an API key.
    pub(crate) token: Option<String>,
}

pub(crate) fn date(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Secs, false)
}

pub(crate) fn unauthorized(error: &str, message: &str) -> Response {
    Response::json(
        401,
        &json!({"code": 401, "message": message, "error": error, "invalid_authentication": true}),
    )
}

pub(crate) fn forbidden() -> Response {
    Response::error(403, "The user has no role that allows this")
}

impl Key {
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.properties.get(name) == Some(&Value::Bool(true))
    }

    pub(crate) fn expires(&self) -> Option<DateTime<Utc>> {
        let text = self.properties.get("expires")?.as_str()?;
        rokka_render::DateTime::from(text).to_utc()
    }

    /// Whether this is a key from before December 2021, which has no properties.
    pub(crate) fn is_legacy(&self) -> bool {
        self.secret.len() == 32
    }

    pub(crate) fn ips(&self) -> Vec<&str> {
        let list = self.properties.get("allowed_ips").and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// Returns an error when the key has expired or is not allowed from the client's address.
    fn check(&self, now: DateTime<Utc>) -> Result<(), Response> {
        if self.expires().is_some_and(|expires| expires <= now) {
            return Err(unauthorized("key_expired", "The key has expired"));
        }
        if !addresses::allow_client(&self.ips()) {
            return Err(unauthorized(
                "ip_not_allowed",
                "The key is not allowed from this IP address",
            ));
        }
        Ok(())
    }

    /// Whether requests can use the key at this time.
    pub(crate) fn is_usable(&self, now: DateTime<Utc>) -> bool {
        self.check(now).is_ok()
    }

    /// Returns the key as responses contain it, without its secret.
    pub(crate) fn to_json(&self) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("id".into(), json!(self.id));
        body.insert("created".into(), json!(date(self.created)));
        body.insert("accessed".into(), json!(self.accessed.map(date)));
        body.extend(self.properties.clone());
        body
    }
}

impl Accounts {
    pub(crate) fn new(api_key: &str, clock: Clock) -> Self {
        let mut accounts = Self {
            users: BTreeMap::new(),
            tokens: HashMap::new(),
            organizations: BTreeMap::new(),
            clock,
            owner: String::new(),
            last_id: 0,
        };
        accounts.owner = accounts.add_user("owner@example.com".to_owned());
        let owner = accounts.owner.clone();
        accounts.add_key(&owner, Map::new());
        accounts.set_owner_key(api_key);
        accounts
    }

    /// Sets the first key of the emulator's owner.
    pub(crate) fn set_owner_key(&mut self, api_key: &str) {
        if let Some(user) = self.users.get_mut(&self.owner)
            && let Some(key) = user.keys.first_mut()
        {
            api_key.clone_into(&mut key.secret);
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Forgets the tokens that have expired.
    pub(crate) fn drop_expired_tokens(&mut self) {
        let now = self.now().timestamp();
        self.tokens.retain(|_, token| token.expires > now);
    }

    /// Returns a new id.
    pub(crate) fn new_id(&mut self) -> String {
        self.last_id += 1;
        format!("00000000-0000-4000-8000-{:012x}", self.last_id)
    }

    pub(crate) fn add_user(&mut self, email: String) -> String {
        let id = self.new_id();
        let user = User {
            email,
            keys: Vec::new(),
            second_factor: SecondFactor::None,
            last_code: 0,
            wrong_codes: Vec::new(),
        };
        self.users.insert(id.clone(), user);
        id
    }

    /// Adds a key to a user and returns its id.
    pub(crate) fn add_key(&mut self, user: &str, properties: Map<String, Value>) -> String {
        let id = self.new_id();
        let key = Key {
            id: id.clone(),
            secret: format!(
                "emulatorkey{:021x}EmulatorKeyEmulatorKeyEmulatorKe",
                self.last_id
            ),
            created: self.now(),
            accessed: None,
            properties,
        };
        if let Some(user) = self.users.get_mut(user) {
            user.keys.push(key);
        }
        id
    }

    /// Adds an organization of the emulator's owner unless it exists.
    pub(crate) fn ensure_organization(&mut self, name: &str) {
        if !self.organizations.contains_key(name) {
            let owner = self.owner.clone();
            self.add_organization(name, &owner, "owner@example.com", name, name);
        }
    }

    pub(crate) fn add_organization(
        &mut self,
        name: &str,
        admin: &str,
        billing_email: &str,
        display_name: &str,
        master: &str,
    ) {
        let created = self.now();
        let member = Member {
            roles: vec![Role::Admin],
            comment: None,
            created,
        };
        let record = OrganizationRecord {
            id: self.new_id(),
            display_name: display_name.to_owned(),
            billing_email: billing_email.to_owned(),
            created,
            master: master.to_owned(),
            options: Map::new(),
            signing_key: signing_key_of(name),
            members: BTreeMap::from([(admin.to_owned(), member)]),
        };
        self.organizations.insert(name.to_owned(), record);
    }

    pub(crate) fn user(&self, id: &str) -> Result<&User, Response> {
        self.users
            .get(id)
            .ok_or_else(|| Response::not_found("User"))
    }

    pub(crate) fn user_mut(&mut self, id: &str) -> Result<&mut User, Response> {
        let found = self.users.get_mut(id);
        found.ok_or_else(|| Response::not_found("User"))
    }

    pub(crate) fn key(&self, caller: &Caller) -> Result<&Key, Response> {
        let keys = &self.user(&caller.user)?.keys;
        let found = keys.iter().find(|key| key.id == caller.key);
        found.ok_or_else(|| Response::invalid_authentication(401))
    }

    pub(crate) fn organization(&self, name: &str) -> Result<&OrganizationRecord, Response> {
        let found = self.organizations.get(name);
        found.ok_or_else(|| Response::not_found("Organization"))
    }

    pub(crate) fn organization_mut(
        &mut self,
        name: &str,
    ) -> Result<&mut OrganizationRecord, Response> {
        let found = self.organizations.get_mut(name);
        found.ok_or_else(|| Response::not_found("Organization"))
    }

    /// Returns a 403 unless one of the client's roles in the organization allows what `role` does.
    pub(crate) fn authorize(
        &self,
        caller: &Caller,
        organization: &str,
        role: Role,
    ) -> Result<(), Response> {
        let roles = self.roles(caller, organization)?;
        if roles.iter().any(|known| known.allows(role)) {
            Ok(())
        } else {
            let role = role.name();
            let missing = format!("the role {role} in the organization {organization}");
            Err(forbidden().header(MISSING, missing))
        }
    }

    /// Returns the client's roles in an organization, or a 403 when it is not a member.
    pub(crate) fn roles(&self, caller: &Caller, organization: &str) -> Result<&[Role], Response> {
        let member = self.organization(organization)?.members.get(&caller.user);
        Ok(&member.ok_or_else(forbidden)?.roles)
    }

    /// Returns a 403 for a user with a public role whose key is not trusted.
    pub(crate) fn refuse_public(&self, caller: &Caller) -> Result<(), Response> {
        if self.is_public(caller) && !self.key(caller)?.flag("trusted") {
            return Err(forbidden());
        }
        Ok(())
    }

    pub(crate) fn is_public(&self, caller: &Caller) -> bool {
        let memberships = self.organizations.values();
        let mut members = memberships.filter_map(|record| record.members.get(&caller.user));
        members.any(|member| member.roles.iter().any(|role| role.is_public()))
    }

    /// Authenticates a request.
    pub(crate) fn authenticate(&mut self, request: &Request) -> Result<Caller, Response> {
        // `Api-Key` takes precedence over `Authorization`.
        let credentials = match (request.header("api-key"), request.header("authorization")) {
            (Some(key), _) => key,
            (None, Some(header)) => match header.split_once(' ') {
                Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
                _ => "",
            },
            (None, None) => return Err(Response::invalid_authentication(403)),
        };
        // A JWT has two dots; a key has none.
        if request.header("api-key").is_none() && credentials.matches('.').count() == 2 {
            return self.authenticate_token(credentials);
        }
        let now = self.now();
        let path: Vec<&str> = request.segments.iter().map(String::as_str).collect();
        for (id, user) in &mut self.users {
            let Some(key) = user.keys.iter_mut().find(|key| key.secret == credentials) else {
                continue;
            };
            key.check(now)?;
            if key.flag("requires_mfa") {
                let active = matches!(user.second_factor, SecondFactor::Active(_));
                match path.as_slice() {
                    ["user", "mfa", "totp", ..] if !active => {}
                    _ if !active => {
                        let text = "The key needs a second factor; set one up first";
                        return Err(unauthorized("mfa_enrollment_required", text));
                    }
                    ["user", "apikeys", "token"] if request.method == "POST" => {}
                    _ => {
                        return Err(unauthorized(
                            "mfa_required",
                            "The key needs a code of the second factor; request a token with it",
                        ));
                    }
                }
            }
            key.accessed = Some(now);
            return Ok(Caller {
                user: id.clone(),
                key: key.id.clone(),
                token: None,
            });
        }
        Err(Response::invalid_authentication(403))
    }

    fn authenticate_token(&mut self, token: &str) -> Result<Caller, Response> {
        let rejected = || Response::invalid_authentication(401);
        let now = self.now();
        let issued = self.tokens.get(token).ok_or_else(rejected)?;
        let ips: Vec<&str> = issued.ips.iter().map(String::as_str).collect();
        if issued.expires <= now.timestamp() {
            return Err(rejected());
        }
        if !addresses::allow_client(&ips) {
            return Err(unauthorized(
                "ip_not_allowed",
                "The key is not allowed from this IP address",
            ));
        }
        let user = self.users.get(&issued.user).ok_or_else(rejected)?;
        let key = user.keys.iter().find(|key| key.id == issued.key);
        let key = key.ok_or_else(rejected)?;
        key.check(now)?;
        if key.flag("requires_mfa") && !issued.mfa {
            return Err(rejected());
        }
        Ok(Caller {
            user: issued.user.clone(),
            key: issued.key.clone(),
            token: Some(token.to_owned()),
        })
    }
}

/// Returns the signing key of an organization, the same one in every emulator.
fn signing_key_of(organization: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789ab";
    Sha256::digest(format!("emulator:{organization}"))
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(byte & 63)))
        .map(|letter| char::from(*letter))
        .collect()
}
