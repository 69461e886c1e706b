//! Organizations, without their images.

use serde_json::{Map, Value, json};

use super::accounts::{Accounts, Caller, Record, date};
use super::answer::{Answer, Reply};
use super::call::Call;
use crate::role::Role;

pub(crate) fn check_new_name(accounts: &Accounts, name: &str) -> Result<(), Answer> {
    let fits = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    if name.is_empty() || !name.bytes().all(fits) {
        return Err(Answer::bad_request(
            "The name of the organization is invalid",
        ));
    }
    if accounts.organizations.contains_key(name) {
        return Err(Answer::bad_request("The name of the organization is taken"));
    }
    Ok(())
}

fn show(name: &str, record: &Record, roles: &[Role], signing_key: &str) -> Answer {
    let mut shown = Map::new();
    shown.insert("id".into(), json!(record.id));
    shown.insert("name".into(), json!(name));
    shown.insert("display_name".into(), json!(record.display_name));
    shown.insert("billing_email".into(), json!(record.billing_email));
    shown.insert("created".into(), json!(date(record.created)));
    shown.insert("master_organization".into(), json!(record.master));
    // As PHP writes an empty map.
    let options = if record.options.is_empty() {
        json!([])
    } else {
        json!(record.options)
    };
    shown.insert("options".into(), options);
    if roles.contains(&Role::Admin) {
        let key = json!({"key": signing_key, "created": date(record.created), "accessed": null});
        shown.insert("signing_keys".into(), json!([key]));
    }
    Answer::json(200, &shown)
}

pub(crate) fn create(
    accounts: &mut Accounts,
    caller: &Caller,
    name: &str,
    call: &Call,
    signing_key: &str,
) -> Reply {
    check_new_name(accounts, name)?;
    let body = call.json()?;
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let email = text("billing_email").filter(|email| email.contains('@'));
    let email = email.ok_or_else(|| Answer::bad_request("The billing_email is invalid"))?;
    let master = text("master_organization").unwrap_or(name);
    if master != name {
        accounts.authorize(caller, master, Role::Admin)?;
    }
    let display_name = text("display_name").unwrap_or(name);
    accounts.add_organization(name, &caller.user, email, display_name, master);
    get(accounts, caller, name, signing_key)
}

pub(crate) fn get(accounts: &Accounts, caller: &Caller, name: &str, signing_key: &str) -> Reply {
    let roles = accounts.roles(caller, name)?;
    Ok(show(name, accounts.organization(name)?, roles, signing_key))
}

pub(crate) fn set_options(
    accounts: &mut Accounts,
    caller: &Caller,
    name: &str,
    options: &Value,
    signing_key: &str,
) -> Reply {
    accounts.authorize(caller, name, Role::Admin)?;
    let options = options.as_object();
    let options = options.ok_or_else(|| Answer::bad_request("The body has to be an object"))?;
    for (option, value) in options {
        let fits = match (option.as_str(), value) {
            ("protect_dynamic_stack" | "remote_fullurl_allow", Value::Bool(_))
            | ("render_org_fallback", Value::String(_))
            | ("remote_fullurl_whitelist", Value::Null) => true,
            ("remote_basepath", Value::String(url)) => {
                url.starts_with("http://") || url.starts_with("https://")
            }
            ("remote_fullurl_whitelist", Value::Array(list)) => list.iter().all(Value::is_string),
            _ => false,
        };
        if !fits {
            return Err(Answer::bad_request(format!(
                "The option {option} is invalid"
            )));
        }
    }
    let record = accounts.organization_mut(name)?;
    record.options.extend(options.clone());
    get(accounts, caller, name, signing_key)
}

pub(crate) fn list_parts(accounts: &Accounts, caller: &Caller, name: &str, call: &Call) -> Reply {
    accounts.authorize(caller, name, Role::Admin)?;
    if call.flag("include_disabled")? {
        return Err(super::accounts::forbidden());
    }
    let master = &accounts.organization(name)?.master;
    let parts = accounts.organizations.iter();
    let items: Vec<Value> = parts
        .filter(|(part, record)| record.master == name && part.as_str() != name)
        .map(|(part, record)| {
            json!({
                "name": part, "id": record.id, "display_name": record.display_name,
                "billing_email": record.billing_email, "created": date(record.created),
            })
        })
        .collect();
    Ok(Answer::json(
        200,
        &json!({
            "organization": name, "master_organization": master,
            "total": items.len(), "items": items,
        }),
    ))
}
