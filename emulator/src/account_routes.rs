//! Routes requests on users and organizations to their handlers, and checks the roles for all other requests.

use serde_json::Value;

use super::accounts::{Accounts, Caller};
use super::request::Request;
use super::response::{HandlerResult, Response};
use super::{memberships, mfa, organizations, tokens, users};
use crate::role::Role;

/// Handles a request on users or organizations; `None` for any other.
pub(crate) fn handle(
    accounts: &mut Accounts,
    caller: &Caller,
    request: &Request,
) -> Option<HandlerResult> {
    let path: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let method = match request.method.as_str() {
        "HEAD" => "GET",
        method => method,
    };
    let result = match path.as_slice() {
        ["user", rest @ ..] => user(accounts, caller, method, rest, request),
        ["organizations", name, rest @ ..] => {
            organization(accounts, caller, method, name, rest, request)
        }
        _ => return None,
    };
    Some(result)
}

fn user(
    accounts: &mut Accounts,
    caller: &Caller,
    method: &str,
    path: &[&str],
    request: &Request,
) -> HandlerResult {
    match (method, path) {
        ("GET", []) => return users::get(accounts, caller),
        ("GET" | "POST", ["apikeys", "token"]) => return tokens::create(accounts, caller, request),
        _ => accounts.refuse_public(caller)?,
    }
    match (method, path) {
        ("GET", ["memberships"]) => Ok(users::memberships(accounts, caller)),
        ("GET", ["apikeys"]) => users::keys(accounts, caller),
        ("POST", ["apikeys"]) => users::create_key(accounts, caller, request),
        ("GET", ["apikeys", "current"]) => users::current_key(accounts, caller),
        ("PATCH", ["apikeys", id]) => users::patch_key(accounts, caller, id, request),
        ("DELETE", ["apikeys", id]) => users::delete_key(accounts, caller, id),
        ("GET", ["admin", "apikeys"]) => users::admin_keys(accounts, caller),
        ("GET", ["mfa", "totp"]) => mfa::get(accounts, caller),
        ("POST", ["mfa", "totp"]) => mfa::set_up(accounts, caller),
        ("DELETE", ["mfa", "totp"]) => mfa::disable(accounts, caller, request),
        ("POST", ["mfa", "totp", "confirm"]) => mfa::confirm(accounts, caller, request),
        _ => Err(Response::no_route()),
    }
}

fn organization(
    accounts: &mut Accounts,
    caller: &Caller,
    method: &str,
    name: &str,
    path: &[&str],
    request: &Request,
) -> HandlerResult {
    match (method, path) {
        ("GET", []) => organizations::get(accounts, caller, name),
        ("PUT", []) => organizations::create(accounts, caller, name, request),
        ("PUT", ["options"]) => {
            organizations::set_options(accounts, caller, name, &request.json()?)
        }
        ("PUT", ["options", option]) => {
            let options = Value::from_iter([(*option, request.json()?)]);
            organizations::set_options(accounts, caller, name, &options)
        }
        ("GET", ["sub_organizations"]) => {
            organizations::list_sub_organizations(accounts, caller, name, request)
        }
        ("GET", ["memberships"]) => memberships::list(accounts, caller, name),
        ("POST", ["memberships"]) => memberships::create_with_user(accounts, caller, name, request),
        ("GET", ["memberships", user]) => memberships::get(accounts, caller, name, user),
        ("PUT", ["memberships", user]) => memberships::set(accounts, caller, name, user, request),
        ("DELETE", ["memberships", user]) => memberships::delete(accounts, caller, name, user),
        _ => Err(Response::no_route()),
    }
}

/// Returns a 403 when the client has no role for a request on images, stacks or reports.
pub(crate) fn authorize(
    accounts: &Accounts,
    caller: &Caller,
    request: &Request,
) -> Result<(), Response> {
    let path: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let (name, rest) = match path.as_slice() {
        ["sourceimages", name, rest @ ..] => (*name, rest),
        ["stacks", name, ..] => {
            let role = match request.method.as_str() {
                "GET" | "HEAD" => Role::Read,
                _ => Role::Write,
            };
            return accounts.authorize(caller, name, role);
        }
        ["stats", name] => return accounts.authorize(caller, name, Role::Read),
        ["billing", name] => return accounts.authorize(caller, name, Role::BillingRead),
        ["utils", name, "render", ..] => return accounts.authorize(caller, name, Role::Upload),
        ["utils", name, ..] => return accounts.authorize(caller, name, Role::Admin),
        _ => return Ok(()),
    };
    let role = match (request.method.as_str(), rest) {
        ("GET" | "HEAD" | "COPY", _) | ("POST", [.., "copy"]) => Role::SourceimagesRead,
        ("POST", []) => Role::Upload,
        ("PUT", [_, "options", "locked"]) => Role::SourceimagesUnlock,
        ("DELETE", [.., "cache"]) => Role::Write,
        _ => Role::SourceimagesWrite,
    };
    accounts.authorize(caller, name, role)?;
    let is_copy =
        request.method == "COPY" || (request.method == "POST" && matches!(rest, [.., "copy"]));
    match request.header("destination") {
        // A copy answers 400 for a destination that does not exist.
        Some(destination) if is_copy && accounts.organization(destination).is_ok() => {
            accounts.authorize(caller, destination, Role::SourceimagesWrite)
        }
        _ => Ok(()),
    }
}
