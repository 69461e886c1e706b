//! Who is there, with which keys, in which organizations; and who a request comes from.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::call::Call;
use crate::role::Role;

/// Where every request comes from.
const CALLER: Ipv4Addr = Ipv4Addr::LOCALHOST;

pub(crate) struct Accounts {
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) tokens: HashMap<String, Issued>,
    pub(crate) organizations: BTreeMap<String, Record>,
    /// How far the clock was put forward.
    pub(crate) ahead: TimeDelta,
    owner: String,
    made: u64,
}

pub(crate) struct User {
    pub(crate) email: String,
    pub(crate) keys: Vec<Key>,
    pub(crate) factor: Factor,
}

/// The second factor of a user.
#[derive(Clone, PartialEq)]
pub(crate) enum Factor {
    None,
    Pending,
    Active(DateTime<Utc>),
}

pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) created: DateTime<Utc>,
    pub(crate) accessed: Option<DateTime<Utc>>,
    /// What a request set, as it was set.
    pub(crate) properties: Map<String, Value>,
}

/// A token that was given out.
pub(crate) struct Issued {
    pub(crate) user: String,
    pub(crate) key: String,
    pub(crate) expires: i64,
    pub(crate) lifetime: i64,
    pub(crate) renewable: bool,
    pub(crate) mfa: bool,
    pub(crate) ips: Vec<String>,
}

/// An organization, without its images.
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) display_name: String,
    pub(crate) billing_email: String,
    pub(crate) created: DateTime<Utc>,
    pub(crate) master: String,
    pub(crate) options: Map<String, Value>,
    pub(crate) members: BTreeMap<String, Member>,
}

pub(crate) struct Member {
    pub(crate) roles: Vec<Role>,
    pub(crate) comment: Option<String>,
    pub(crate) created: DateTime<Utc>,
}

/// Who a request comes from.
pub(crate) struct Caller {
    pub(crate) user: String,
    pub(crate) key: String,
    /// The token, if it was one.
    pub(crate) token: Option<String>,
}

pub(crate) fn date(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Secs, false)
}

fn refusal(slug: &str, message: &str) -> Answer {
    Answer::json(
        401,
        &json!({"code": 401, "message": message, "error": slug, "invalid_authentication": true}),
    )
}

pub(crate) fn forbidden() -> Answer {
    Answer::error(403, "The role is missing")
}

impl Key {
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.properties.get(name) == Some(&Value::Bool(true))
    }

    fn expires(&self) -> Option<DateTime<Utc>> {
        let text = self.properties.get("expires")?.as_str()?;
        rokka_render::DateTime::from(text).moment()
    }

    pub(crate) fn ips(&self) -> Vec<&str> {
        let list = self.properties.get("allowed_ips").and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// Why the key cannot be used now, whatever it is used for.
    fn check(&self, now: DateTime<Utc>) -> Result<(), Answer> {
        if self.expires().is_some_and(|expires| expires <= now) {
            return Err(refusal("key_expired", "The key has expired"));
        }
        if !reaches(&self.ips()) {
            return Err(refusal("ip_not_allowed", "The address is not allowed"));
        }
        Ok(())
    }

    /// Whether the key could be used with these properties.
    pub(crate) fn survives(&self, now: DateTime<Utc>) -> bool {
        self.check(now).is_ok()
    }

    /// What is shown of a key.
    pub(crate) fn show(&self) -> Map<String, Value> {
        let mut shown = Map::new();
        shown.insert("id".into(), json!(self.id));
        shown.insert("created".into(), json!(date(self.created)));
        shown.insert("accessed".into(), json!(self.accessed.map(date)));
        shown.extend(self.properties.clone());
        shown
    }
}

/// Whether one of these addresses and networks is the caller's; none at all stands for all.
pub(crate) fn reaches(entries: &[&str]) -> bool {
    let fits = |entry: &&str| {
        let (address, bits) = entry.split_once('/').unwrap_or((entry, "32"));
        match (address.parse::<IpAddr>(), bits.parse::<u32>()) {
            (Ok(IpAddr::V4(address)), Ok(bits)) if bits <= 32 => {
                let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
                u32::from(address) & mask == u32::from(CALLER) & mask
            }
            _ => *entry == "request_ip",
        }
    };
    entries.is_empty() || entries.iter().any(fits)
}

impl Accounts {
    pub(crate) fn new(api_key: String, organizations: &[String]) -> Self {
        let mut accounts = Self {
            users: BTreeMap::new(),
            tokens: HashMap::new(),
            organizations: BTreeMap::new(),
            ahead: TimeDelta::zero(),
            owner: String::new(),
            made: 0,
        };
        accounts.owner = accounts.add_user("owner@example.com".to_owned());
        let owner = accounts.owner.clone();
        let key = accounts.add_key(&owner, Map::new());
        if let Some(user) = accounts.users.get_mut(&owner)
            && let Some(held) = user.keys.iter_mut().find(|held| held.id == key)
        {
            held.secret = api_key;
        }
        for name in organizations {
            accounts.ensure_organization(name);
        }
        accounts
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        Utc::now() + self.ahead
    }

    /// An id that nothing else has.
    pub(crate) fn new_id(&mut self) -> String {
        self.made += 1;
        format!("00000000-0000-4000-8000-{:012x}", self.made)
    }

    pub(crate) fn add_user(&mut self, email: String) -> String {
        let id = self.new_id();
        let user = User {
            email,
            keys: Vec::new(),
            factor: Factor::None,
        };
        self.users.insert(id.clone(), user);
        id
    }

    /// Gives a user another key, and its id.
    pub(crate) fn add_key(&mut self, user: &str, properties: Map<String, Value>) -> String {
        let id = self.new_id();
        let key = Key {
            id: id.clone(),
            secret: format!(
                "emulatorkey{:021x}EmulatorKeyEmulatorKeyEmulatorKe",
                self.made
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

    /// An organization of the owner of the emulator.
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
        let record = Record {
            id: self.new_id(),
            display_name: display_name.to_owned(),
            billing_email: billing_email.to_owned(),
            created,
            master: master.to_owned(),
            options: Map::new(),
            members: BTreeMap::from([(admin.to_owned(), member)]),
        };
        self.organizations.insert(name.to_owned(), record);
    }

    pub(crate) fn user(&self, id: &str) -> Result<&User, Answer> {
        self.users.get(id).ok_or_else(|| Answer::not_found("User"))
    }

    pub(crate) fn user_mut(&mut self, id: &str) -> Result<&mut User, Answer> {
        let found = self.users.get_mut(id);
        found.ok_or_else(|| Answer::not_found("User"))
    }

    pub(crate) fn key(&self, caller: &Caller) -> Result<&Key, Answer> {
        let keys = &self.user(&caller.user)?.keys;
        let found = keys.iter().find(|key| key.id == caller.key);
        found.ok_or_else(|| Answer::invalid_authentication(401))
    }

    pub(crate) fn organization(&self, name: &str) -> Result<&Record, Answer> {
        let found = self.organizations.get(name);
        found.ok_or_else(|| Answer::not_found("Organization"))
    }

    pub(crate) fn organization_mut(&mut self, name: &str) -> Result<&mut Record, Answer> {
        let found = self.organizations.get_mut(name);
        found.ok_or_else(|| Answer::not_found("Organization"))
    }

    /// Refuses who has none of the roles that allow this in an organization.
    pub(crate) fn authorize(
        &self,
        caller: &Caller,
        organization: &str,
        role: Role,
    ) -> Result<(), Answer> {
        let roles = self.roles(caller, organization)?;
        if roles.iter().any(|held| held.allows(role)) {
            Ok(())
        } else {
            Err(forbidden())
        }
    }

    /// The roles of the caller; who has none is no member.
    pub(crate) fn roles(&self, caller: &Caller, organization: &str) -> Result<&[Role], Answer> {
        let member = self.organization(organization)?.members.get(&caller.user);
        Ok(&member.ok_or_else(forbidden)?.roles)
    }

    /// Refuses users with a public role, unless their key is trusted.
    pub(crate) fn refuse_public(&self, caller: &Caller) -> Result<(), Answer> {
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

    /// Finds out who a request comes from.
    pub(crate) fn identify(&mut self, call: &Call) -> Result<Caller, Answer> {
        // With both, the Api-Key counts.
        let given = match (call.header("api-key"), call.header("authorization")) {
            (Some(key), _) => key,
            (None, Some(header)) => header.strip_prefix("Bearer ").unwrap_or_default(),
            (None, None) => return Err(Answer::invalid_authentication(403)),
        };
        // A JWT has two dots, a key none.
        if call.header("api-key").is_none() && given.matches('.').count() == 2 {
            return self.identify_token(given);
        }
        let now = self.now();
        let path: Vec<&str> = call.segments.iter().map(String::as_str).collect();
        for (id, user) in &mut self.users {
            let Some(key) = user.keys.iter_mut().find(|key| key.secret == given) else {
                continue;
            };
            key.check(now)?;
            if key.flag("requires_mfa") {
                let active = matches!(user.factor, Factor::Active(_));
                match path.as_slice() {
                    ["user", "mfa", "totp", ..] if !active => {}
                    _ if !active => {
                        let text = "A second factor has to be set up first";
                        return Err(refusal("mfa_enrollment_required", text));
                    }
                    ["user", "apikeys", "token"] if call.method == "POST" => {}
                    _ => {
                        return Err(refusal("mfa_required", "A code is required"));
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
        Err(Answer::invalid_authentication(403))
    }

    fn identify_token(&mut self, token: &str) -> Result<Caller, Answer> {
        let refused = || Answer::invalid_authentication(401);
        let now = self.now();
        let issued = self.tokens.get(token).ok_or_else(refused)?;
        let ips: Vec<&str> = issued.ips.iter().map(String::as_str).collect();
        if issued.expires <= now.timestamp() {
            return Err(refused());
        }
        if !reaches(&ips) {
            return Err(refusal("ip_not_allowed", "The address is not allowed"));
        }
        let user = self.users.get(&issued.user).ok_or_else(refused)?;
        let key = user.keys.iter().find(|key| key.id == issued.key);
        let key = key.ok_or_else(refused)?;
        key.check(now)?;
        if key.flag("requires_mfa") && !issued.mfa {
            return Err(refused());
        }
        Ok(Caller {
            user: issued.user.clone(),
            key: issued.key.clone(),
            token: Some(token.to_owned()),
        })
    }
}
