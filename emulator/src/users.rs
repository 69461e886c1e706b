//! Users and their keys.

use serde_json::{Map, Value, json};

use super::accounts::{Accounts, Caller, date};
use super::answer::{Answer, Reply};
use super::call::Call;
use crate::role::Role;

/// As many keys as a user can have.
const MOST_KEYS: usize = 5;

/// What a request can say about a key.
const PROPERTIES: [&str; 4] = ["requires_mfa", "trusted", "allowed_ips", "expires"];

/// Makes a user, and says the name of the organization that is to be made with it.
pub(crate) fn create(
    accounts: &mut Accounts,
    call: &Call,
) -> Result<(Answer, Option<String>), Answer> {
    let body = call.json()?;
    let email = body
        .get("email")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !email.contains('@') {
        return Err(Answer::bad_request("The e-mail address is invalid"));
    }
    let organization = match body.get("organization") {
        None => None,
        Some(Value::String(name)) => Some(name.clone()),
        Some(_) => return Err(Answer::bad_request("The organization is invalid")),
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
    let answer = json!({"id": id, "email": email, "api_key": secret});
    Ok((Answer::json(200, &answer), organization))
}

pub(crate) fn secret(accounts: &Accounts, user: &str, key: &str) -> Result<String, Answer> {
    let keys = &accounts.user(user)?.keys;
    let found = keys.iter().find(|held| held.id == key);
    let found = found.ok_or_else(|| Answer::not_found("Key"))?;
    Ok(found.secret.clone())
}

pub(crate) fn get(accounts: &Accounts, caller: &Caller) -> Reply {
    if accounts.refuse_public(caller).is_err() {
        return Ok(Answer::json(200, &json!({"user_id": caller.user})));
    }
    let user = accounts.user(&caller.user)?;
    let keys: Vec<_> = user.keys.iter().map(super::accounts::Key::show).collect();
    Ok(Answer::json(
        200,
        &json!({"user_id": caller.user, "email": user.email, "api_keys": keys}),
    ))
}

pub(crate) fn memberships(accounts: &Accounts, caller: &Caller) -> Answer {
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
    Answer::json(200, &json!({"total": items.len(), "items": items}))
}

pub(crate) fn keys(accounts: &Accounts, caller: &Caller) -> Reply {
    let keys = &accounts.user(&caller.user)?.keys;
    let keys: Vec<_> = keys.iter().map(super::accounts::Key::show).collect();
    Ok(Answer::json(200, &keys))
}

pub(crate) fn current_key(accounts: &Accounts, caller: &Caller) -> Reply {
    Ok(Answer::json(200, &accounts.key(caller)?.show()))
}

/// The properties of a key that a body has, if they can be taken.
pub(crate) fn properties(body: &Value) -> Result<Map<String, Value>, Answer> {
    let body = match body {
        Value::Object(body) => body,
        Value::Null => return Ok(Map::new()),
        _ => return Err(Answer::bad_request("The body has to be an object")),
    };
    let mut properties = Map::new();
    for (name, value) in body {
        let fits = match (name.as_str(), value) {
            ("requires_mfa" | "trusted", Value::Bool(_)) | ("comment", Value::String(_)) => true,
            ("expires", Value::String(text)) => rokka_render::DateTime::from(text.as_str())
                .moment()
                .is_some(),
            ("allowed_ips", Value::Array(list)) => {
                list.len() <= 10 && list.iter().all(Value::is_string)
            }
            (name, Value::Null) => PROPERTIES.contains(&name),
            _ => false,
        };
        if !fits {
            return Err(Answer::bad_request(format!("{name} is invalid")));
        }
        properties.insert(name.clone(), value.clone());
    }
    Ok(properties)
}

pub(crate) fn create_key(accounts: &mut Accounts, caller: &Caller, call: &Call) -> Reply {
    let body = if call.body.is_empty() {
        Value::Null
    } else {
        call.json()?
    };
    let properties = properties(&body)?;
    if accounts.user(&caller.user)?.keys.len() >= MOST_KEYS {
        return Err(Answer::bad_request("There are 5 keys already"));
    }
    let id = accounts.add_key(&caller.user, properties);
    let secret = secret(accounts, &caller.user, &id)?;
    let keys = &accounts.user(&caller.user)?.keys;
    let mut shown = keys
        .last()
        .map(super::accounts::Key::show)
        .unwrap_or_default();
    shown.insert("api_key".into(), json!(secret));
    Ok(Answer::json(200, &shown))
}

pub(crate) fn patch_key(accounts: &mut Accounts, caller: &Caller, id: &str, call: &Call) -> Reply {
    let force = call.flag("force")?;
    let changes = properties(&call.json()?)?;
    if !changes
        .keys()
        .any(|name| PROPERTIES.contains(&name.as_str()))
    {
        return Err(Answer::bad_request("There is nothing to change"));
    }
    let now = accounts.now();
    let user = accounts.user_mut(&caller.user)?;
    let active = matches!(user.factor, super::accounts::Factor::Active(_));
    let state = user.factor.word();
    let key = user.keys.iter_mut().find(|key| key.id == id);
    let key = key.ok_or_else(|| Answer::not_found("Key"))?;
    let before = key.properties.clone();
    for (name, value) in changes {
        match (name.as_str(), value) {
            ("allowed_ips", Value::Null) => key.properties.insert(name, json!([])),
            (_, Value::Null) => key.properties.remove(&name),
            (_, value) => key.properties.insert(name, value),
        };
    }
    let locked_out = !key.survives(now) || key.flag("requires_mfa") && !active;
    if caller.key == id && locked_out && !force {
        key.properties = before;
        return Err(Answer::bad_request("The key in use would be locked out"));
    }
    let mut shown = key.show();
    shown.insert("totp_state".into(), json!(state));
    Ok(Answer::json(200, &shown))
}

pub(crate) fn delete_key(accounts: &mut Accounts, caller: &Caller, id: &str) -> Reply {
    if caller.key == id {
        return Err(Answer::bad_request("The key in use cannot be deleted"));
    }
    let keys = &mut accounts.user_mut(&caller.user)?.keys;
    let place = keys.iter().position(|key| key.id == id);
    keys.remove(place.ok_or_else(|| Answer::not_found("Key"))?);
    accounts.tokens.retain(|_, token| token.key != id);
    Ok(Answer::empty(204))
}

pub(crate) fn admin_keys(accounts: &Accounts, caller: &Caller) -> Reply {
    let mut items = Vec::new();
    for (name, record) in &accounts.organizations {
        let roles = record.members.get(&caller.user).map(|member| &member.roles);
        if !roles.is_some_and(|roles| roles.iter().any(|role| role.allows(Role::AdminRead))) {
            continue;
        }
        for (id, member) in &record.members {
            let user = accounts.user(id)?;
            let keys: Vec<_> = user.keys.iter().map(super::accounts::Key::show).collect();
            items.push(json!({
                "organization": name, "organization_id": record.id,
                "display_name": record.display_name, "roles": member.roles, "active": true,
                "user_id": id, "email": user.email, "api_keys": keys,
            }));
        }
    }
    if items.is_empty() {
        return Err(super::accounts::forbidden());
    }
    Ok(Answer::json(
        200,
        &json!({"total": items.len(), "truncated": false, "items": items}),
    ))
}
