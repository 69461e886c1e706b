//! Signatures of render URLs, which protected images need.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::call::Call;

/// Whether a render URL was signed with the key and is still valid.
pub(super) fn is_valid(call: &Call, key: &str) -> bool {
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
