//! Signatures of render URLs.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use rokka_render::{Signer, SigningKey};

use super::request::Request;
use super::response::{HandlerResult, Response};

/// Whether a render URL has a valid signature that has not expired. Independent of the code that signs in
/// `rokka-render`, so that tests compare two implementations.
pub(crate) fn is_valid(request: &Request, key: &str, now: DateTime<Utc>) -> bool {
    let Some(signature) = request.parameter("sig") else {
        return false;
    };
    let query: Vec<&str> = request
        .query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("sig="))
        .collect();
    let query = if query.is_empty() {
        String::new()
    } else {
        format!("?{}", query.join("&"))
    };
    compute_signature(&format!("{}{query}", request.path), key) == signature
        && !has_expired(request, now)
}

/// Signs the URL in the body.
pub(crate) fn sign_url(request: &Request, key: &str) -> HandlerResult {
    let body = sign_url_body(request)?;
    let url = body
        .get("url")
        .and_then(Value::as_str)
        .ok_or_else(|| Response::bad_request("The body needs a `url`"))?;
    let until = match body.get("until") {
        None | Some(Value::Null) => None,
        Some(until) => Some(
            until
                .as_str()
                .and_then(|until| DateTime::parse_from_rfc3339(until).ok())
                .ok_or_else(|| Response::bad_request("`until` must be an RFC 3339 date"))?
                .with_timezone(&Utc),
        ),
    };
    let round = body.get("round_date_up_to");
    let round = round.or_else(|| body.get("roundDateUpTo"));
    let round = round.and_then(|round| match round {
        Value::String(text) => text.parse().ok(),
        round => round.as_u64(),
    });
    let round = round.and_then(|round| u32::try_from(round).ok());
    let mut signer = Signer::new(&SigningKey::from(key)).round_up_to(round.unwrap_or(300));
    if let Some(until) = until {
        signer = signer.until(until);
    }
    let signed_url = signer
        .sign(url)
        .map_err(|error| Response::bad_request(error.to_string()))?;
    let mut body = json!({"signed_url": signed_url, "original_url": url});
    if let (Some(until), Value::Object(body)) = (until, &mut body) {
        body.insert("until".to_owned(), json!(until.to_rfc3339()));
    }
    Ok(Response::json(200, &body))
}

/// Reads the body, which is JSON or a form. One client sends a query instead.
fn sign_url_body(request: &Request) -> Result<Value, Response> {
    let kind = request.header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        Ok(url::form_urlencoded::parse(&request.body)
            .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
            .collect())
    } else if kind.eq_ignore_ascii_case("multipart/form-data") {
        let parts = request.parts().map_err(Response::bad_request)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(parts
            .iter()
            .map(|part| (part.name.clone(), Value::from(text(&part.body))))
            .collect())
    } else if request.body.is_empty() && !request.parameters.is_empty() {
        let parameters = request.parameters.iter();
        Ok(parameters
            .map(|(name, value)| (name.clone(), Value::from(value.clone())))
            .collect())
    } else {
        request.json()
    }
}

/// Returns the first 16 digits of the SHA-256 of the target and the key.
fn compute_signature(target: &str, key: &str) -> String {
    Sha256::digest(format!("{target}:{key}"))
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0x0f])
        .filter_map(|nibble| char::from_digit(u32::from(nibble), 16))
        .take(16)
        .collect()
}

fn has_expired(request: &Request, now: DateTime<Utc>) -> bool {
    let Some(options) = request.parameter("sigopts") else {
        return false;
    };
    let until = serde_json::from_str::<Value>(options)
        .ok()
        .and_then(|options| DateTime::parse_from_rfc3339(options.get("until")?.as_str()?).ok());
    until.is_none_or(|until| until < now)
}

#[cfg(test)]
mod tests {
    use super::compute_signature;

    #[test]
    fn signatures_equal_those_of_the_official_libraries() {
        let key = "OCOuisGe30QyocYkQN1SPErGGKunyuhZ";
        assert_eq!(
            compute_signature("/dynamic/c1b110.jpg", key),
            "62e7a9ccd3dea053"
        );
        assert_eq!(
            compute_signature("/dynamic/abcdef.jpg", "abcdef"),
            "b7789b71b470e458"
        );
    }
}
