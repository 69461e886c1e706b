//! The second factor of a user: a code of six digits for each half minute (RFC 6238), which works once.

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;

use super::accounts::{Accounts, Caller, SecondFactor, User, date, unauthorized};
use super::request::Request;
use super::response::{HandlerResult, Response};

/// The secret of every user, and the same in Base32, as authenticator apps take it.
const SECRET: &[u8; 10] = b"rokka-totp";
const SECRET_IN_BASE32: &str = "OJXWW23BFV2G65DQ";

/// How long a code lasts, in seconds.
const STEP: i64 = 30;

/// So many wrong codes within [`WRONG_CODE_TIME`] are too many. The number of the service is not documented.
const MAX_WRONG_CODES: usize = 5;
const WRONG_CODE_TIME: TimeDelta = TimeDelta::minutes(5);

impl SecondFactor {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pending => "pending",
            Self::Active(_) => "active",
        }
    }
}

fn step(now: DateTime<Utc>) -> i64 {
    now.timestamp() / STEP
}

/// The half minutes whose codes are valid: clocks differ a little, and a code may be old when it arrives.
fn valid_steps(now: DateTime<Utc>) -> impl Iterator<Item = i64> {
    (step(now) - 2)..=(step(now) + 1)
}

/// Returns the last half minute whose code was used; one in the future, before the clock was set back, does not count.
fn last_step(user: &User, now: DateTime<Utc>) -> i64 {
    let last = user.last_code;
    if last > step(now) + 1 { 0 } else { last }
}

/// Returns the code of a half minute.
fn code(step: i64) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(SECRET) else {
        return String::new();
    };
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = digest.last().map_or(0, |last| usize::from(last & 0x0f));
    let number = digest
        .iter()
        .skip(offset)
        .take(4)
        .fold(0, |number, byte| number << 8 | u32::from(*byte));
    format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
}

/// Returns a code that nobody has used yet; the current one if there is none.
pub(crate) fn unused_code(accounts: &Accounts) -> String {
    let now = accounts.now();
    let users = accounts.users.values();
    let used = users.map(|user| last_step(user, now)).max();
    let used = used.unwrap_or_default();
    // Not the oldest one, which may end at any moment.
    let unused = valid_steps(now).skip(1).find(|step| *step > used);
    code(unused.unwrap_or_else(|| step(now)))
}

/// Returns an error unless the body has a valid code that is later than the last one.
pub(crate) fn use_code(
    user: &mut User,
    request: &Request,
    now: DateTime<Utc>,
) -> Result<(), Response> {
    user.wrong_codes
        .retain(|time| *time <= now && now - *time < WRONG_CODE_TIME);
    if user.wrong_codes.len() >= MAX_WRONG_CODES {
        return Err(Response::json(
            429,
            &json!({"code": 429, "message": "Too many wrong codes; wait a few minutes", "error": "totp_rate_limited"}),
        ));
    }
    let body = request.json().unwrap_or(Value::Null);
    let sent = body.get("totp").and_then(Value::as_str).unwrap_or_default();
    let last = last_step(user, now);
    let mut unused = valid_steps(now).filter(|step| *step > last);
    if let Some(step) = unused.find(|step| code(*step) == sent) {
        user.last_code = step;
        user.wrong_codes.clear();
        return Ok(());
    }
    user.wrong_codes.push(now);
    let reason = if valid_steps(now).any(|step| code(step) == sent) {
        "The code was used already"
    } else {
        "The code is missing or wrong"
    };
    Err(unauthorized("totp_invalid", reason))
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
        "otpauth://totp/rokka:{}?secret={SECRET_IN_BASE32}&issuer=rokka",
        user.email
    );
    Ok(Response::json(
        200,
        &json!({"secret": SECRET_IN_BASE32, "provisioning_uri": uri, "state": "pending"}),
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
    use_code(user, request, now)?;
    user.second_factor = SecondFactor::Active(now);
    Ok(state_response(&user.second_factor))
}

pub(crate) fn disable(
    accounts: &mut Accounts,
    caller: &Caller,
    request: &Request,
) -> HandlerResult {
    let now = accounts.now();
    let user = accounts.user_mut(&caller.user)?;
    if !matches!(user.second_factor, SecondFactor::Active(_)) {
        return Err(Response::bad_request("The second factor is not active"));
    }
    use_code(user, request, now)?;
    user.second_factor = SecondFactor::None;
    for key in &mut user.keys {
        key.properties.remove("requires_mfa");
    }
    Ok(Response::empty(204))
}

#[cfg(test)]
mod tests {
    use super::{SECRET, SECRET_IN_BASE32, code};

    #[test]
    fn codes_are_those_of_authenticator_apps() {
        // Computed with another implementation of RFC 6238.
        assert_eq!(code(1), CODES[0]);
        assert_eq!(code(59_000_000), CODES[1]);
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let bits = SECRET
            .iter()
            .fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        let digit = |at: u32| letters.get(usize::try_from(bits >> (75 - 5 * at) & 31).unwrap_or(0));
        let text: Vec<u8> = (0..16).filter_map(digit).copied().collect();
        assert_eq!(text, SECRET_IN_BASE32.as_bytes());
    }

    const CODES: [&str; 2] = ["796906", "279672"];
}
