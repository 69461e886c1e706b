//! The second factor of a user. One code is always valid.

use serde_json::{Value, json};

use super::accounts::{Accounts, Caller, SecondFactor, date};
use super::request::Request;
use super::response::{HandlerResult, Response};

/// The code that is always valid.
pub(crate) const CODE: &str = "123456";

/// The secret of every user.
const SECRET: &str = "EMULATORSECRET22";

impl SecondFactor {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pending => "pending",
            Self::Active(_) => "active",
        }
    }
}

/// Returns a 401 unless the body has the valid code.
pub(crate) fn check_code(request: &Request) -> Result<(), Response> {
    let body = request.json().unwrap_or(Value::Null);
    if body.get("totp").and_then(Value::as_str) == Some(CODE) {
        return Ok(());
    }
    Err(Response::json(
        401,
        &json!({
            "code": 401, "message": "The code is invalid", "error": "totp_invalid",
            "invalid_authentication": true,
        }),
    ))
}

fn state_response(factor: &SecondFactor) -> Response {
    let confirmed = match factor {
        SecondFactor::Active(since) => Some(date(*since)),
        SecondFactor::None | SecondFactor::Pending => None,
    };
    Response::json(
        200,
        &json!({"state": factor.name(), "confirmed": confirmed}),
    )
}

pub(crate) fn get(accounts: &Accounts, caller: &Caller) -> HandlerResult {
    Ok(state_response(&accounts.user(&caller.user)?.second_factor))
}

pub(crate) fn set_up(accounts: &mut Accounts, caller: &Caller) -> HandlerResult {
    let user = accounts.user_mut(&caller.user)?;
    if matches!(user.second_factor, SecondFactor::Active(_)) {
        return Err(Response::error(409, "The second factor is already active"));
    }
    user.second_factor = SecondFactor::Pending;
    let uri = format!(
        "otpauth://totp/rokka:{}?secret={SECRET}&issuer=rokka",
        user.email
    );
    Ok(Response::json(
        200,
        &json!({"secret": SECRET, "provisioning_uri": uri, "state": "pending"}),
    ))
}

pub(crate) fn confirm(
    accounts: &mut Accounts,
    caller: &Caller,
    request: &Request,
) -> HandlerResult {
    let now = accounts.now();
    let user = accounts.user_mut(&caller.user)?;
    if user.second_factor != SecondFactor::Pending {
        return Err(Response::bad_request(
            "The second factor is not pending; set it up first",
        ));
    }
    check_code(request)?;
    user.second_factor = SecondFactor::Active(now);
    Ok(state_response(&user.second_factor))
}

pub(crate) fn disable(
    accounts: &mut Accounts,
    caller: &Caller,
    request: &Request,
) -> HandlerResult {
    let user = accounts.user_mut(&caller.user)?;
    if !matches!(user.second_factor, SecondFactor::Active(_)) {
        return Err(Response::bad_request("The second factor is not active"));
    }
    check_code(request)?;
    user.second_factor = SecondFactor::None;
    for key in &mut user.keys {
        key.properties.remove("requires_mfa");
    }
    Ok(Response::empty(204))
}
