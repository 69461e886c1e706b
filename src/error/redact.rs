//! Redacts secrets in texts, and marks header values that `Debug` must not show.

use http::header::{
    AUTHORIZATION, CONTENT_LOCATION, COOKIE, LINK, LOCATION, PROXY_AUTHORIZATION, REFRESH,
    SET_COOKIE,
};
use http::{HeaderMap, HeaderName};

/// Stands in place of a secret.
pub(super) const REDACTED: &str = "[redacted]";

/// Replaces a secret in a text.
pub(crate) fn redact(text: String, secret: &str) -> String {
    if secret.is_empty() || !text.contains(secret) {
        return text;
    }
    text.replace(secret, REDACTED)
}

/// Headers whose values are credentials.
const SECRET_HEADERS: [HeaderName; 5] = [
    AUTHORIZATION,
    COOKIE,
    PROXY_AUTHORIZATION,
    SET_COOKIE,
    HeaderName::from_static("api-key"),
];

/// Headers with a URL, whose query may be signed.
const LINKS: [HeaderName; 4] = [CONTENT_LOCATION, LINK, LOCATION, REFRESH];

/// Marks values as sensitive, so that `Debug` does not show them: credentials, signed URLs, and values with one of `secrets`.
pub(crate) fn mark_sensitive(headers: &mut HeaderMap, secrets: &[&str]) {
    for (name, value) in headers.iter_mut() {
        let bytes = value.as_bytes();
        let repeats = |secret: &&str| !secret.is_empty() && contains(bytes, secret.as_bytes());
        if SECRET_HEADERS.contains(name)
            || LINKS.contains(name) && (bytes.contains(&b'?') || bytes.contains(&b'@'))
            || secrets.iter().any(repeats)
        {
            value.set_sensitive(true);
        }
    }
}

pub(super) fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}
