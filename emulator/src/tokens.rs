//! Tokens: given out, and made anew from themselves.

use serde_json::json;

use super::accounts::{Accounts, Caller, Issued};
use super::answer::{Answer, Reply};
use super::call::Call;
use super::identity::sha1_hex;
use super::mfa;

const DAY: i64 = 86_400;

pub(crate) fn create(accounts: &mut Accounts, caller: &Caller, call: &Call) -> Reply {
    let no_protection = call.flag("no_ip_protection")?;
    let ips = call.parameter("ips").unwrap_or_default();
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
    if no_protection && !ips.is_empty() {
        return Err(Answer::bad_request("no_ip_protection excludes ips"));
    }
    if ips.len() > 10 {
        return Err(Answer::bad_request("There are too many ips"));
    }
    let ips = match (no_protection, ips.is_empty()) {
        (true, _) => Vec::new(),
        (false, true) => vec!["127.0.0.1".to_owned()],
        (false, false) => ips,
    };
    let lifetime = match call.parameter("expires_in").map(str::parse::<i64>) {
        None => DAY,
        Some(Ok(seconds)) if seconds > 0 => seconds,
        Some(_) => return Err(Answer::bad_request("expires_in is invalid")),
    };
    let renewable = match call.parameter("renewable") {
        None => !no_protection,
        Some(_) => call.flag("renewable")?,
    };
    let mut mfa = false;
    if let Some(issued) = caller
        .token
        .as_ref()
        .and_then(|token| accounts.tokens.get(token))
    {
        if !issued.renewable || lifetime > issued.lifetime {
            return Err(Answer::error(403, "The token cannot be renewed"));
        }
        mfa = issued.mfa;
    } else if accounts.key(caller)?.flag("requires_mfa") {
        mfa::check_code(call)?;
        mfa = true;
    }
    let now = accounts.now().timestamp();
    let payload = json!({
        "id": caller.user, "exp": now + lifetime, "expt": lifetime, "ips": ips,
        "rn": renewable, "mfa": mfa,
    });
    let id = accounts.new_id();
    let token = format!(
        "{}.{}.{}",
        base64url(br#"{"typ":"JWT","alg":"HS256"}"#),
        base64url(payload.to_string().as_bytes()),
        sha1_hex(id.as_bytes())
    );
    let issued = Issued {
        user: caller.user.clone(),
        key: caller.key.clone(),
        expires: now + lifetime,
        lifetime,
        renewable,
        mfa,
        ips,
    };
    accounts.tokens.insert(token.clone(), issued);
    Ok(Answer::json(
        200,
        &json!({"token": token, "payload": payload}),
    ))
}

fn base64url(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 4 / 3 + 3);
    for three in bytes.chunks(3) {
        let held = (0..3).fold(0u32, |held, index| {
            held << 8 | u32::from(three.get(index).copied().unwrap_or(0))
        });
        for index in 0..=three.len() {
            let six = u8::try_from(held >> (18 - 6 * index) & 63).unwrap_or_default();
            text.push(char::from(match six {
                0..=25 => b'A' + six,
                26..=51 => b'a' + six - 26,
                52..=61 => b'0' + six - 52,
                62 => b'-',
                _ => b'_',
            }));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::reaches;

    #[test]
    fn base64_is_written_as_for_urls() {
        assert_eq!(base64url(b"f"), "Zg");
        assert_eq!(base64url(b"fo"), "Zm8");
        assert_eq!(base64url(b"foo"), "Zm9v");
        assert_eq!(base64url(&[0xfb, 0xff, 0xbf]), "-_-_");
        assert!(reaches(&["127.0.0.0/8"]) && !reaches(&["192.0.2.0/24"]));
    }
}
