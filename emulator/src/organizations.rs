//! Organizations and their options.

use serde_json::{Map, Value, json};

use super::accounts::{Accounts, Caller, OrganizationRecord, date};
use super::request::Request;
use super::response::{HandlerResult, Response};
use crate::role::Role;

/// The options that an organization can have.
const OPTIONS: [&str; 5] = [
    "protect_dynamic_stack",
    "remote_basepath",
    "remote_fullurl_allow",
    "remote_fullurl_whitelist",
    "render_org_fallback",
];

pub(crate) fn is_name(name: &str) -> bool {
    let is_allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    !name.is_empty() && name.bytes().all(is_allowed)
}

pub(crate) fn check_new_name(accounts: &Accounts, name: &str) -> Result<(), Response> {
    if !is_name(name) {
        return Err(Response::bad_request(
            "The organization name must be lower-case letters, digits and `-`",
        ));
    }
    if accounts.organizations.contains_key(name) {
        return Err(Response::bad_request("The organization name is taken"));
    }
    Ok(())
}

fn organization_response(name: &str, record: &OrganizationRecord, roles: &[Role]) -> Response {
    let mut body = Map::new();
    body.insert("id".into(), json!(record.id));
    body.insert("name".into(), json!(name));
    body.insert("display_name".into(), json!(record.display_name));
    body.insert("billing_email".into(), json!(record.billing_email));
    body.insert("created".into(), json!(date(record.created)));
    body.insert("master_organization".into(), json!(record.master));
    if !record.options.is_empty() {
        body.insert("options".into(), json!(record.options));
    }
    if roles.contains(&Role::Admin) {
        let key =
            json!({"key": record.signing_key, "created": date(record.created), "accessed": null});
        body.insert("signing_keys".into(), json!([key]));
    }
    Response::json(200, &body)
}

pub(crate) fn create(
    accounts: &mut Accounts,
    caller: &Caller,
    name: &str,
    request: &Request,
) -> HandlerResult {
    check_new_name(accounts, name)?;
    let body = request.json()?;
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let email = text("billing_email").filter(|email| super::users::is_email(email));
    let email =
        email.ok_or_else(|| Response::bad_request("`billing_email` must be an e-mail address"))?;
    let master = text("master_organization").unwrap_or(name);
    if master != name {
        accounts.authorize(caller, master, Role::Admin)?;
    }
    let display_name = text("display_name").unwrap_or(name);
    accounts.add_organization(name, &caller.user, email, display_name, master);
    get(accounts, caller, name)
}

pub(crate) fn get(accounts: &Accounts, caller: &Caller, name: &str) -> HandlerResult {
    accounts.authorize(caller, name, Role::Read)?;
    let roles = accounts.roles(caller, name)?;
    Ok(organization_response(
        name,
        accounts.organization(name)?,
        roles,
    ))
}

pub(crate) fn set_options(
    accounts: &mut Accounts,
    caller: &Caller,
    name: &str,
    options: &Value,
) -> HandlerResult {
    accounts.authorize(caller, name, Role::Admin)?;
    let options = options.as_object();
    let options = options.ok_or_else(|| Response::bad_request("The body must be a JSON object"))?;
    for (option, value) in options {
        let is_valid = match (option.as_str(), value) {
            ("protect_dynamic_stack" | "remote_fullurl_allow", Value::Bool(_))
            | ("render_org_fallback", Value::String(_)) => true,
            (name, Value::Null) => OPTIONS.contains(&name),
            ("remote_basepath", Value::String(url)) => {
                url.starts_with("http://") || url.starts_with("https://")
            }
            ("remote_fullurl_whitelist", Value::Array(list)) => list.iter().all(Value::is_string),
            _ => false,
        };
        if !is_valid {
            return Err(Response::bad_request(format!(
                "The option `{option}` is unknown or has the wrong type"
            )));
        }
    }
    let record = accounts.organization_mut(name)?;
    for (option, value) in options {
        // Null removes an option.
        match value {
            Value::Null => record.options.remove(option),
            value => record.options.insert(option.clone(), value.clone()),
        };
    }
    get(accounts, caller, name)
}

pub(crate) fn list_sub_organizations(
    accounts: &Accounts,
    caller: &Caller,
    name: &str,
    request: &Request,
) -> HandlerResult {
    accounts.authorize(caller, name, Role::AdminRead)?;
    if request.flag("include_disabled")? {
        return Err(super::accounts::forbidden());
    }
    let master = &accounts.organization(name)?.master;
    let organizations = accounts.organizations.iter();
    let items: Vec<Value> = organizations
        .filter(|(other, record)| record.master == name && other.as_str() != name)
        .map(|(other, record)| {
            json!({
                "name": other, "id": record.id, "display_name": record.display_name,
                "billing_email": record.billing_email, "created": date(record.created),
            })
        })
        .collect();
    Ok(Response::json(
        200,
        &json!({
            "organization": name, "master_organization": master,
            "total": items.len(), "items": items,
        }),
    ))
}
