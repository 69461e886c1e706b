//! The second factor of a user, with one code that is always right.

use serde_json::{Value, json};

use super::accounts::{Accounts, Caller, Factor, date};
use super::answer::{Answer, Reply};
use super::call::Call;

/// The code that is always right.
pub(crate) const CODE: &str = "123456";

/// The secret of everybody.
const SECRET: &str = "EMULATORSECRET22";

impl Factor {
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pending => "pending",
            Self::Active(_) => "active",
        }
    }
}

/// Refuses a body without the right code.
pub(crate) fn check_code(call: &Call) -> Result<(), Answer> {
    let body = call.json().unwrap_or(Value::Null);
    if body.get("totp").and_then(Value::as_str) == Some(CODE) {
        return Ok(());
    }
    Err(Answer::json(
        401,
        &json!({
            "code": 401, "message": "The code is wrong", "error": "totp_invalid",
            "invalid_authentication": true,
        }),
    ))
}

fn show(factor: &Factor) -> Answer {
    let confirmed = match factor {
        Factor::Active(since) => Some(date(*since)),
        Factor::None | Factor::Pending => None,
    };
    Answer::json(
        200,
        &json!({"state": factor.word(), "confirmed": confirmed}),
    )
}

pub(crate) fn get(accounts: &Accounts, caller: &Caller) -> Reply {
    Ok(show(&accounts.user(&caller.user)?.factor))
}

pub(crate) fn set_up(accounts: &mut Accounts, caller: &Caller) -> Reply {
    let user = accounts.user_mut(&caller.user)?;
    if matches!(user.factor, Factor::Active(_)) {
        return Err(Answer::error(409, "The second factor is active already"));
    }
    user.factor = Factor::Pending;
    let uri = format!(
        "otpauth://totp/rokka:{}?secret={SECRET}&issuer=rokka",
        user.email
    );
    Ok(Answer::json(
        200,
        &json!({"secret": SECRET, "provisioning_uri": uri, "state": "pending"}),
    ))
}

pub(crate) fn confirm(accounts: &mut Accounts, caller: &Caller, call: &Call) -> Reply {
    let now = accounts.now();
    let user = accounts.user_mut(&caller.user)?;
    if user.factor != Factor::Pending {
        return Err(Answer::bad_request("There is nothing to confirm"));
    }
    check_code(call)?;
    user.factor = Factor::Active(now);
    Ok(show(&user.factor))
}

pub(crate) fn disable(accounts: &mut Accounts, caller: &Caller, call: &Call) -> Reply {
    let user = accounts.user_mut(&caller.user)?;
    if !matches!(user.factor, Factor::Active(_)) {
        return Err(Answer::bad_request("There is no active second factor"));
    }
    check_code(call)?;
    user.factor = Factor::None;
    for key in &mut user.keys {
        key.properties.remove("requires_mfa");
    }
    Ok(Answer::empty(204))
}
