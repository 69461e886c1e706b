//! Users and their keys.

use serde_json::{Map, Value, json};

use super::accounts::{Accounts, Caller, OrganizationRecord, date};
use super::addresses;
use super::request::Request;
use super::response::{HandlerResult, Response};
use crate::role::Role;

/// The most keys that a user can have.
const MAX_KEYS: usize = 5;

/// The most organizations whose members and keys are listed at once.
const MAX_ORGANIZATIONS: usize = 50;

/// The properties of a key that a request can set.
const PROPERTIES: [&str; 4] = ["requires_mfa", "trusted", "allowed_ips", "expires"];

/// Creates a user, and returns the name of the organization to create with it.
pub(crate) fn create(
    accounts: &mut Accounts,
    request: &Request,
) -> Result<(Response, Option<String>), Response> {
    let body = request.json()?;
    let email = body
        .get("email")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !is_email(email) {
        return Err(Response::bad_request("`email` must be an e-mail address"));
    }
    let organization = match body.get("organization") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name.clone()),
        Some(_) => return Err(Response::bad_request("`organization` must be a string")),
    };
    if let Some(name) = &organization {
        super::organizations::check_new_name(accounts, name)?;
    }
    let id = accounts.add_user(email.to_owned());
    let key = accounts.add_key(&id, Map::new());
    if let Some(name) = &organization {
        accounts.add_organization(name, &id, email, name, name);
    }
    let secret = secret(accounts, &id, &key)?;
    let body = json!({"id": id, "email": email, "api_key": secret});
    Ok((Response::json(200, &body), organization))
}

/// Whether a text is an e-mail address, as far as a look at it can tell.
pub(crate) fn is_email(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty() && !part.contains(|letter: char| letter == '@' || letter.is_whitespace())
    };
    text.split_once('@')
        .is_some_and(|(local, domain)| is_part(local) && is_part(domain))
}

pub(crate) fn secret(accounts: &Accounts, user: &str, key: &str) -> Result<String, Response> {
    let keys = &accounts.user(user)?.keys;
    let found = keys.iter().find(|known| known.id == key);
    let found = found.ok_or_else(|| Response::not_found("Key"))?;
    Ok(found.secret.clone())
}

pub(crate) fn get(accounts: &Accounts, caller: &Caller) -> HandlerResult {
    if accounts.refuse_public(caller).is_err() {
        return Ok(Response::json(200, &json!({"user_id": caller.user})));
    }
    let user = accounts.user(&caller.user)?;
    let keys: Vec<_> = user
        .keys
        .iter()
        .map(super::accounts::Key::to_json)
        .collect();
    Ok(Response::json(
        200,
        &json!({"user_id": caller.user, "email": user.email, "api_keys": keys}),
    ))
}

pub(crate) fn memberships(accounts: &Accounts, caller: &Caller) -> Response {
    let items: Vec<Value> = accounts
        .organizations
        .iter()
        .filter_map(|(name, record)| {
            let member = record.members.get(&caller.user)?;
            Some(json!({
                "organization": name, "organization_id": record.id,
                "display_name": record.display_name, "roles": member.roles, "active": true,
                "created": date(member.created), "comment": member.comment,
            }))
        })
        .collect();
    Response::json(200, &json!({"total": items.len(), "items": items}))
}

pub(crate) fn keys(accounts: &Accounts, caller: &Caller) -> HandlerResult {
    let keys = &accounts.user(&caller.user)?.keys;
    let keys: Vec<_> = keys.iter().map(super::accounts::Key::to_json).collect();
    Ok(Response::json(200, &keys))
}

pub(crate) fn current_key(accounts: &Accounts, caller: &Caller) -> HandlerResult {
    Ok(Response::json(200, &accounts.key(caller)?.to_json()))
}

/// Reads and validates the properties of a key.
fn properties(body: &Value) -> Result<Map<String, Value>, Response> {
    let body = match body {
        Value::Object(body) => body,
        Value::Null => return Ok(Map::new()),
        _ => return Err(Response::bad_request("The body must be a JSON object")),
    };
    let mut properties = Map::new();
    for (name, value) in body {
        let is_valid = match (name.as_str(), value) {
            ("requires_mfa" | "trusted", Value::Bool(_)) | ("comment", Value::String(_)) => true,
            ("expires", Value::String(text)) => rokka_render::DateTime::from(text.as_str())
                .to_utc()
                .is_some(),
            ("allowed_ips", Value::Array(list)) => {
                let entries: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
                if let Some(entries) = &entries {
                    addresses::check(entries)?;
                }
                entries.is_some()
            }
            (name, Value::Null) => name == "comment" || PROPERTIES.contains(&name),
            _ => false,
        };
        if !is_valid {
            return Err(Response::bad_request(format!(
                "The property `{name}` is unknown or has the wrong type"
            )));
        }
        properties.insert(name.clone(), value.clone());
    }
    Ok(properties)
}

/// Reads and validates the properties of a new key, where null is as good as none.
pub(crate) fn new_properties(body: &Value) -> Result<Map<String, Value>, Response> {
    let mut properties = properties(body)?;
    properties.retain(|_, value| !value.is_null());
    Ok(properties)
}

pub(crate) fn create_key(
    accounts: &mut Accounts,
    caller: &Caller,
    request: &Request,
) -> HandlerResult {
    let body = if request.body.is_empty() {
        Value::Null
    } else {
        request.json()?
    };
    let properties = new_properties(&body)?;
    if accounts.user(&caller.user)?.keys.len() >= MAX_KEYS {
        return Err(Response::bad_request(
            "A user has at most 5 keys; delete one first",
        ));
    }
    let id = accounts.add_key(&caller.user, properties);
    let secret = secret(accounts, &caller.user, &id)?;
    let keys = &accounts.user(&caller.user)?.keys;
    let mut response = keys
        .last()
        .map(super::accounts::Key::to_json)
        .unwrap_or_default();
    response.insert("api_key".into(), json!(secret));
    Ok(Response::json(200, &response))
}

pub(crate) fn patch_key(
    accounts: &mut Accounts,
    caller: &Caller,
    id: &str,
    request: &Request,
) -> HandlerResult {
    let force = request.flag("force")?;
    let changes = properties(&request.json()?)?;
    if !changes
        .keys()
        .any(|name| PROPERTIES.contains(&name.as_str()))
    {
        return Err(Response::bad_request(
            "The body must set at least one property",
        ));
    }
    let now = accounts.now();
    let user = accounts.user_mut(&caller.user)?;
    let active = matches!(user.second_factor, super::accounts::SecondFactor::Active(_));
    let state = user.second_factor.name();
    let key = user.keys.iter_mut().find(|key| key.id == id);
    let key = key.ok_or_else(|| Response::not_found("Key"))?;
    if key.is_legacy() {
        return Err(Response::bad_request(
            "A key of 32 characters cannot be restricted, trusted or protected by a second factor",
        ));
    }
    let before = key.properties.clone();
    for (name, value) in changes {
        match (name.as_str(), value) {
            ("allowed_ips", Value::Null) => key.properties.insert(name, json!([])),
            (_, Value::Null) => key.properties.remove(&name),
            (_, value) => key.properties.insert(name, value),
        };
    }
    let locked_out = !key.is_usable(now) || key.flag("requires_mfa") && !active;
    if caller.key == id && locked_out && !force {
        key.properties = before;
        return Err(Response::bad_request(
            "The change locks out the key of this request; set `force` to apply it",
        ));
    }
    let mut body = key.to_json();
    body.insert("totp_state".into(), json!(state));
    Ok(Response::json(200, &body))
}

pub(crate) fn delete_key(accounts: &mut Accounts, caller: &Caller, id: &str) -> HandlerResult {
    if caller.key == id {
        return Err(Response::bad_request(
            "The key of this request cannot be deleted",
        ));
    }
    let keys = &mut accounts.user_mut(&caller.user)?.keys;
    let index = keys.iter().position(|key| key.id == id);
    keys.remove(index.ok_or_else(|| Response::not_found("Key"))?);
    accounts.tokens.retain(|_, token| token.key != id);
    Ok(Response::empty(204))
}

pub(crate) fn admin_keys(accounts: &Accounts, caller: &Caller) -> HandlerResult {
    let is_administered = |record: &&OrganizationRecord| {
        let member = record.members.get(&caller.user);
        member.is_some_and(|member| member.roles.iter().any(|role| role.allows(Role::AdminRead)))
    };
    let organizations = accounts.organizations.iter();
    let administered: Vec<_> = organizations
        .filter(|(_, record)| is_administered(record))
        .collect();
    if administered.is_empty() {
        return Err(super::accounts::forbidden());
    }
    let mut items = Vec::new();
    for (name, record) in administered.iter().take(MAX_ORGANIZATIONS) {
        for (id, member) in &record.members {
            let user = accounts.user(id)?;
            let keys: Vec<_> = user
                .keys
                .iter()
                .map(super::accounts::Key::to_json)
                .collect();
            items.push(json!({
                "organization": name, "organization_id": record.id,
                "display_name": record.display_name, "roles": member.roles, "active": true,
                "user_id": id, "email": user.email, "api_keys": keys,
            }));
        }
    }
    let truncated = administered.len() > MAX_ORGANIZATIONS;
    Ok(Response::json(
        200,
        &json!({"total": items.len(), "truncated": truncated, "items": items}),
    ))
}
