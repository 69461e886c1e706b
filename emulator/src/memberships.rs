//! Memberships of an organization.

use serde_json::{Value, json};

use super::accounts::{Accounts, Caller, Member, OrganizationRecord, date};
use super::request::Request;
use super::response::{HandlerResult, Response};
use super::users;
use crate::role::Role;

fn membership_json(
    accounts: &Accounts,
    record: &OrganizationRecord,
    user: &str,
) -> Result<Value, Response> {
    let member = record.members.get(user);
    let member = member.ok_or_else(|| Response::not_found("Membership"))?;
    Ok(json!({
        "user_id": user, "email": accounts.user(user)?.email, "organization_id": record.id,
        "roles": member.roles, "active": true, "last_access": null,
        "created": date(member.created), "comment": member.comment,
    }))
}

/// Reads the roles, in the order of the body, and the comment.
fn read_roles(body: &Value) -> Result<(Vec<Role>, Option<String>), Response> {
    let names = match (body.get("roles"), body.get("role")) {
        (Some(Value::Array(roles)), _) => roles.iter().filter_map(Value::as_str).collect(),
        (None, Some(Value::String(role))) => vec![role.as_str()],
        _ => Vec::new(),
    };
    let roles: Option<Vec<Role>> = names.into_iter().map(Role::from_name).collect();
    let Some(roles) = roles.filter(|roles| !roles.is_empty()) else {
        return Err(Response::bad_request(
            "`roles` must be a list of at least one known role",
        ));
    };
    let comment = body.get("comment").and_then(Value::as_str);
    Ok((roles, comment.map(str::to_owned)))
}

/// Rejects a change that leaves the organization without an admin.
fn check_admin_remains(
    record: &OrganizationRecord,
    user: &str,
    roles: &[Role],
) -> Result<(), Response> {
    let admin =
        |(id, member): (&String, &Member)| id != user && member.roles.contains(&Role::Admin);
    if roles.contains(&Role::Admin) || record.members.iter().any(admin) {
        return Ok(());
    }
    Err(Response::error(
        409,
        "An organization must keep at least one admin",
    ))
}

pub(crate) fn list(accounts: &Accounts, caller: &Caller, name: &str) -> HandlerResult {
    accounts.authorize(caller, name, Role::AdminRead)?;
    let record = accounts.organization(name)?;
    let items = record
        .members
        .keys()
        .map(|user| membership_json(accounts, record, user));
    let items = items.collect::<Result<Vec<_>, _>>()?;
    Ok(Response::json(
        200,
        &json!({"total": items.len(), "items": items}),
    ))
}

pub(crate) fn get(accounts: &Accounts, caller: &Caller, name: &str, user: &str) -> HandlerResult {
    accounts.authorize(caller, name, Role::AdminRead)?;
    let record = accounts.organization(name)?;
    Ok(Response::json(
        200,
        &membership_json(accounts, record, user)?,
    ))
}

pub(crate) fn set(
    accounts: &mut Accounts,
    caller: &Caller,
    name: &str,
    user: &str,
    request: &Request,
) -> HandlerResult {
    accounts.authorize(caller, name, Role::Admin)?;
    accounts.user(user)?;
    let (roles, comment) = read_roles(&request.json()?)?;
    let created = accounts.now();
    let record = accounts.organization_mut(name)?;
    let before = record.members.get(user);
    if let Some(before) = before {
        check_admin_remains(record, user, &roles)?;
        if before.roles == roles && (comment.is_none() || comment == before.comment) {
            return Ok(Response::empty(204));
        }
    }
    let status = if before.is_some() { 200 } else { 201 };
    let member = Member {
        comment: comment.or_else(|| before.and_then(|before| before.comment.clone())),
        created: before.map_or(created, |before| before.created),
        roles,
    };
    record.members.insert(user.to_owned(), member);
    let record = accounts.organization(name)?;
    Ok(Response::json(
        status,
        &membership_json(accounts, record, user)?,
    ))
}

pub(crate) fn create_with_user(
    accounts: &mut Accounts,
    caller: &Caller,
    name: &str,
    request: &Request,
) -> HandlerResult {
    accounts.authorize(caller, name, Role::Admin)?;
    let body = request.json()?;
    let (roles, comment) = read_roles(&body)?;
    let properties = users::new_properties(body.get("api_key").unwrap_or(&Value::Null))?;
    let on = |name: &str| properties.get(name) == Some(&Value::Bool(true));
    if on("requires_mfa") && !on("trusted") && roles.iter().any(|role| role.is_public()) {
        return Err(Response::bad_request(
            "`requires_mfa` needs `trusted` for a user with a public role",
        ));
    }
    let email = accounts.user(&caller.user)?.email.clone();
    let user = accounts.add_user(email);
    let key = accounts.add_key(&user, properties);
    let created = accounts.now();
    let member = Member {
        roles,
        comment,
        created,
    };
    let record = accounts.organization_mut(name)?;
    record.members.insert(user.clone(), member);
    let record = accounts.organization(name)?;
    let mut response = membership_json(accounts, record, &user)?;
    if let Some(response) = response.as_object_mut() {
        let secret = users::secret(accounts, &user, &key)?;
        response.insert("api_key".into(), json!(secret));
    }
    Ok(Response::json(201, &response))
}

pub(crate) fn delete(
    accounts: &mut Accounts,
    caller: &Caller,
    name: &str,
    user: &str,
) -> HandlerResult {
    accounts.authorize(caller, name, Role::Admin)?;
    let record = accounts.organization_mut(name)?;
    if !record.members.contains_key(user) {
        return Err(Response::not_found("Membership"));
    }
    check_admin_remains(record, user, &[])?;
    record.members.remove(user);
    Ok(Response::empty(204))
}
