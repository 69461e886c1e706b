//! Which operation on accounts a method and a path stand for, and which role one on images needs.

use serde_json::Value;

use super::accounts::{Accounts, Caller};
use super::answer::{Answer, Reply};
use super::call::Call;
use super::{memberships, mfa, organizations, tokens, users};
use crate::role::Role;

/// Answers a call about accounts; `None` if it is about something else.
pub(crate) fn answer(
    accounts: &mut Accounts,
    caller: &Caller,
    call: &Call,
    signing_key: &str,
) -> Option<Reply> {
    let path: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let method = match call.method.as_str() {
        "HEAD" => "GET",
        method => method,
    };
    let reply = match path.as_slice() {
        ["user", rest @ ..] => user(accounts, caller, method, rest, call),
        ["organizations", name, rest @ ..] => {
            organization(accounts, caller, method, name, rest, call, signing_key)
        }
        _ => return None,
    };
    Some(reply)
}

fn user(
    accounts: &mut Accounts,
    caller: &Caller,
    method: &str,
    path: &[&str],
    call: &Call,
) -> Reply {
    match (method, path) {
        ("GET", []) => return users::get(accounts, caller),
        ("GET" | "POST", ["apikeys", "token"]) => return tokens::create(accounts, caller, call),
        _ => accounts.refuse_public(caller)?,
    }
    match (method, path) {
        ("GET", ["memberships"]) => Ok(users::memberships(accounts, caller)),
        ("GET", ["apikeys"]) => users::keys(accounts, caller),
        ("POST", ["apikeys"]) => users::create_key(accounts, caller, call),
        ("GET", ["apikeys", "current"]) => users::current_key(accounts, caller),
        ("PATCH", ["apikeys", id]) => users::patch_key(accounts, caller, id, call),
        ("DELETE", ["apikeys", id]) => users::delete_key(accounts, caller, id),
        ("GET", ["admin", "apikeys"]) => users::admin_keys(accounts, caller),
        ("GET", ["mfa", "totp"]) => mfa::get(accounts, caller),
        ("POST", ["mfa", "totp"]) => mfa::set_up(accounts, caller),
        ("DELETE", ["mfa", "totp"]) => mfa::disable(accounts, caller, call),
        ("POST", ["mfa", "totp", "confirm"]) => mfa::confirm(accounts, caller, call),
        _ => Err(Answer::no_route()),
    }
}

fn organization(
    accounts: &mut Accounts,
    caller: &Caller,
    method: &str,
    name: &str,
    path: &[&str],
    call: &Call,
    signing_key: &str,
) -> Reply {
    match (method, path) {
        ("GET", []) => organizations::get(accounts, caller, name, signing_key),
        ("PUT", []) => organizations::create(accounts, caller, name, call, signing_key),
        ("PUT", ["options"]) => {
            organizations::set_options(accounts, caller, name, &call.json()?, signing_key)
        }
        ("PUT", ["options", option]) => {
            let options = Value::from_iter([(*option, call.json()?)]);
            organizations::set_options(accounts, caller, name, &options, signing_key)
        }
        ("GET", ["sub_organizations"]) => organizations::list_parts(accounts, caller, name, call),
        ("GET", ["memberships"]) => memberships::list(accounts, caller, name),
        ("POST", ["memberships"]) => memberships::create_with_user(accounts, caller, name, call),
        ("GET", ["memberships", user]) => memberships::get(accounts, caller, name, user),
        ("PUT", ["memberships", user]) => memberships::set(accounts, caller, name, user, call),
        ("DELETE", ["memberships", user]) => memberships::delete(accounts, caller, name, user),
        _ => Err(Answer::no_route()),
    }
}

/// Refuses a call on images or stacks to who has no role for it.
pub(crate) fn authorize(accounts: &Accounts, caller: &Caller, call: &Call) -> Result<(), Answer> {
    let path: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let (name, rest) = match path.as_slice() {
        ["sourceimages", name, rest @ ..] => (*name, rest),
        ["stacks", name, ..] => {
            let role = match call.method.as_str() {
                "GET" | "HEAD" => Role::Read,
                _ => Role::Write,
            };
            return accounts.authorize(caller, name, role);
        }
        ["stats", name] => return accounts.authorize(caller, name, Role::Read),
        ["billing", name] => return accounts.authorize(caller, name, Role::BillingRead),
        ["utils", name, ..] => return accounts.authorize(caller, name, Role::Admin),
        _ => return Ok(()),
    };
    let role = match (call.method.as_str(), rest) {
        ("GET" | "HEAD" | "COPY", _) | ("POST", [.., "copy"]) => Role::SourceimagesRead,
        ("POST", []) => Role::Upload,
        ("PUT", [_, "options", "locked"]) if call.body.as_ref() == b"false" => {
            Role::SourceimagesUnlock
        }
        _ => Role::SourceimagesWrite,
    };
    accounts.authorize(caller, name, role)
}
