//! Who may do what in an organization.

use serde_json::{Value, json};

use super::accounts::{Accounts, Caller, Member, Record, date};
use super::answer::{Answer, Reply};
use super::call::Call;
use super::users;
use crate::role::Role;

fn show(accounts: &Accounts, record: &Record, user: &str) -> Result<Value, Answer> {
    let member = record.members.get(user);
    let member = member.ok_or_else(|| Answer::not_found("Membership"))?;
    Ok(json!({
        "user_id": user, "email": accounts.user(user)?.email, "organization_id": record.id,
        "roles": member.roles, "active": true, "last_access": null,
        "created": date(member.created), "comment": member.comment,
    }))
}

/// The roles that a body has, in its order; and its comment.
fn wanted(body: &Value) -> Result<(Vec<Role>, Option<String>), Answer> {
    let given = match (body.get("roles"), body.get("role")) {
        (Some(Value::Array(roles)), _) => roles.iter().filter_map(Value::as_str).collect(),
        (None, Some(Value::String(role))) => vec![role.as_str()],
        _ => Vec::new(),
    };
    let roles: Option<Vec<Role>> = given.into_iter().map(Role::from_name).collect();
    let Some(roles) = roles.filter(|roles| !roles.is_empty()) else {
        return Err(Answer::bad_request("The roles are invalid"));
    };
    let comment = body.get("comment").and_then(Value::as_str);
    Ok((roles, comment.map(str::to_owned)))
}

/// Refuses to leave an organization without an admin.
fn keep_an_admin(record: &Record, user: &str, roles: &[Role]) -> Result<(), Answer> {
    let admin =
        |(id, member): (&String, &Member)| id != user && member.roles.contains(&Role::Admin);
    if roles.contains(&Role::Admin) || record.members.iter().any(admin) {
        return Ok(());
    }
    Err(Answer::error(409, "The last admin cannot be removed"))
}

pub(crate) fn list(accounts: &Accounts, caller: &Caller, name: &str) -> Reply {
    accounts.authorize(caller, name, Role::AdminRead)?;
    let record = accounts.organization(name)?;
    let items = record
        .members
        .keys()
        .map(|user| show(accounts, record, user));
    let items = items.collect::<Result<Vec<_>, _>>()?;
    Ok(Answer::json(
        200,
        &json!({"total": items.len(), "items": items}),
    ))
}

pub(crate) fn get(accounts: &Accounts, caller: &Caller, name: &str, user: &str) -> Reply {
    accounts.authorize(caller, name, Role::AdminRead)?;
    let record = accounts.organization(name)?;
    Ok(Answer::json(200, &show(accounts, record, user)?))
}

pub(crate) fn set(
    accounts: &mut Accounts,
    caller: &Caller,
    name: &str,
    user: &str,
    call: &Call,
) -> Reply {
    accounts.authorize(caller, name, Role::Admin)?;
    accounts.user(user)?;
    let (roles, comment) = wanted(&call.json()?)?;
    let created = accounts.now();
    let record = accounts.organization_mut(name)?;
    let before = record.members.get(user);
    if let Some(before) = before {
        keep_an_admin(record, user, &roles)?;
        if before.roles == roles && (comment.is_none() || comment == before.comment) {
            return Ok(Answer::empty(204));
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
    Ok(Answer::json(status, &show(accounts, record, user)?))
}

pub(crate) fn create_with_user(
    accounts: &mut Accounts,
    caller: &Caller,
    name: &str,
    call: &Call,
) -> Reply {
    accounts.authorize(caller, name, Role::Admin)?;
    let body = call.json()?;
    let (roles, comment) = wanted(&body)?;
    let properties = users::properties(body.get("api_key").unwrap_or(&Value::Null))?;
    let on = |name: &str| properties.get(name) == Some(&Value::Bool(true));
    if on("requires_mfa") && !on("trusted") && roles.iter().any(|role| role.is_public()) {
        return Err(Answer::bad_request("Such a key has to be trusted"));
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
    let mut shown = show(accounts, record, &user)?;
    if let Some(shown) = shown.as_object_mut() {
        let secret = users::secret(accounts, &user, &key)?;
        shown.insert("api_key".into(), json!(secret));
    }
    Ok(Answer::json(201, &shown))
}

pub(crate) fn delete(accounts: &mut Accounts, caller: &Caller, name: &str, user: &str) -> Reply {
    accounts.authorize(caller, name, Role::Admin)?;
    let record = accounts.organization_mut(name)?;
    if !record.members.contains_key(user) {
        return Err(Answer::not_found("Membership"));
    }
    keep_an_admin(record, user, &[])?;
    record.members.remove(user);
    Ok(Answer::empty(204))
}
