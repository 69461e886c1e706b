//! Creates and refreshes tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::accounts::{Accounts, Caller, IssuedToken};
use super::addresses;
use super::hash::sha1_hex;
use super::mfa;
use super::request::Request;
use super::response::{HandlerResult, Response};

const DAY: i64 = 86_400;

/// A hundred years.
const MAX_LIFETIME: i64 = 100 * 365 * DAY;

pub(crate) fn create(accounts: &mut Accounts, caller: &Caller, request: &Request) -> HandlerResult {
    let no_ip_protection = request.flag("no_ip_protection")?;
    let ips = request.parameter("ips").unwrap_or_default();
    let ips: Vec<String> = ips
        .split(',')
        .filter(|entry| !entry.is_empty())
        .map(|entry| {
            if entry == "request_ip" {
                "127.0.0.1"
            } else {
                entry
            }
            .to_owned()
        })
        .collect();
    if no_ip_protection && !ips.is_empty() {
        return Err(Response::bad_request(
            "`no_ip_protection` and `ips` exclude each other",
        ));
    }
    addresses::check(&ips.iter().map(String::as_str).collect::<Vec<_>>())?;
    let ips = match (no_ip_protection, ips.is_empty()) {
        (true, _) => Vec::new(),
        (false, true) => vec!["127.0.0.1".to_owned()],
        (false, false) => ips,
    };
    let lifetime = match request.parameter("expires_in").map(str::parse::<i64>) {
        None => DAY,
        Some(Ok(seconds)) if (1..=MAX_LIFETIME).contains(&seconds) => seconds,
        Some(_) => {
            return Err(Response::bad_request(format!(
                "`expires_in` must be 1 to {MAX_LIFETIME} seconds"
            )));
        }
    };
    let renewable = match request.parameter("renewable") {
        None => !no_ip_protection,
        Some(_) => request.flag("renewable")?,
    };
    let mut mfa = false;
    if let Some(issued) = caller
        .token
        .as_ref()
        .and_then(|token| accounts.tokens.get(token))
    {
        if !issued.renewable || lifetime > issued.lifetime {
            return Err(Response::error(403, "The token cannot be renewed"));
        }
        mfa = issued.mfa;
    } else if accounts.key(caller)?.flag("requires_mfa") {
        let now = accounts.now();
        mfa::use_code(accounts.user_mut(&caller.user)?, request, now)?;
        mfa = true;
    }
    let now = accounts.now().timestamp();
    // A token ends with its key.
    let end = accounts.key(caller)?.expires();
    let remaining = end.map(|end| end.timestamp().saturating_sub(now));
    let lifetime = remaining.map_or(lifetime, |remaining| lifetime.min(remaining.max(1)));
    let payload = json!({
        "id": caller.user, "exp": now + lifetime, "expt": lifetime, "ips": ips,
        "rn": renewable, "mfa": mfa,
    });
    let id = accounts.new_id();
    let token = format!(
        "{}.{}.{}",
        URL_SAFE_NO_PAD.encode(br#"{"typ":"JWT","alg":"HS256"}"#),
        URL_SAFE_NO_PAD.encode(payload.to_string().as_bytes()),
        sha1_hex(id.as_bytes())
    );
    let issued = IssuedToken {
        user: caller.user.clone(),
        key: caller.key.clone(),
        expires: now + lifetime,
        lifetime,
        renewable,
        mfa,
        ips,
    };
    accounts.drop_expired_tokens();
    accounts.tokens.insert(token.clone(), issued);
    Ok(Response::json(
        200,
        &json!({"token": token, "payload": payload}),
    ))
}
