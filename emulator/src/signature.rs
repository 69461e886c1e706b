//! Signatures of render URLs, which protected images need.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use rokka_render::{Signer, SigningKey};

use super::answer::{Answer, Reply};
use super::call::Call;

/// Whether a render URL was signed with the key and is still valid.
pub(crate) fn is_valid(call: &Call, key: &str) -> bool {
    let Some(given) = call.parameter("sig") else {
        return false;
    };
    let query: Vec<&str> = call
        .query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("sig="))
        .collect();
    let query = if query.is_empty() {
        String::new()
    } else {
        format!("?{}", query.join("&"))
    };
    signature(&format!("{}{query}", call.path), key) == given && !has_expired(call)
}

/// Signs the URL in the body, as the service does on request.
pub(crate) fn sign_url(call: &Call, key: &str) -> Reply {
    let body = call.json()?;
    let url = body
        .get("url")
        .and_then(Value::as_str)
        .ok_or_else(|| Answer::bad_request("The body needs a url"))?;
    let until = match body.get("until") {
        None | Some(Value::Null) => None,
        Some(until) => Some(
            until
                .as_str()
                .and_then(|until| DateTime::parse_from_rfc3339(until).ok())
                .ok_or_else(|| Answer::bad_request("until is no date"))?
                .with_timezone(&Utc),
        ),
    };
    let round = body.get("round_date_up_to").and_then(Value::as_u64);
    let round = round.and_then(|round| u32::try_from(round).ok());
    let mut terms = Signer::new(&SigningKey::from(key)).round_up_to(round.unwrap_or(300));
    if let Some(until) = until {
        terms = terms.until(until);
    }
    let signed = terms
        .sign(url)
        .map_err(|error| Answer::bad_request(error.to_string()))?;
    let mut answer = json!({"signed_url": signed, "original_url": url});
    if let (Some(until), Value::Object(answer)) = (until, &mut answer) {
        answer.insert("until".to_owned(), json!(until.to_rfc3339()));
    }
    Ok(Answer::json(200, &answer))
}

/// The first 16 digits of a SHA-256.
fn signature(target: &str, key: &str) -> String {
    Sha256::digest(format!("{target}:{key}"))
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0x0f])
        .filter_map(|nibble| char::from_digit(u32::from(nibble), 16))
        .take(16)
        .collect()
}

fn has_expired(call: &Call) -> bool {
    let Some(options) = call.parameter("sigopts") else {
        return false;
    };
    let until = serde_json::from_str::<Value>(options)
        .ok()
        .and_then(|options| DateTime::parse_from_rfc3339(options.get("until")?.as_str()?).ok());
    until.is_none_or(|until| until < Utc::now())
}

#[cfg(test)]
mod tests {
    use super::signature;

    #[test]
    fn signatures_are_those_of_the_official_libraries() {
        let key = "OCOuisGe30QyocYkQN1SPErGGKunyuhZ";
        assert_eq!(signature("/dynamic/c1b110.jpg", key), "62e7a9ccd3dea053");
        assert_eq!(
            signature("/dynamic/abcdef.jpg", "abcdef"),
            "b7789b71b470e458"
        );
    }
}
