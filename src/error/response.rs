//! The response that a call failed with, and what the service reports in it.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AGE, DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::Value;

use super::redact::{REDACTED, contains, mark_sensitive, redact};
use crate::{http_date, json};

/// The longest error body that is kept, in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// The members of an error body that an [`Error`](crate::Error) reads.
const ERROR_KEYS: &[&str] = &[
    "attempted_paths",
    "code",
    "error",
    "invalid_authentication",
    "message",
    "status",
];

/// The rate limit that a response reports.
///
/// See [Rate limiting](https://rokka.io/documentation/references/rate-limiting.html).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// Calls allowed in the current period, from `X-RateLimit-Limit`.
    pub limit: Option<u64>,
    /// Calls left in the current period, from `X-RateLimit-Remaining`.
    pub remaining: Option<u64>,
    /// When the next call is allowed, in seconds since 1970, from `X-RateLimit-Retry-After`.
    pub retry_at: Option<u64>,
}

/// A response, as far as an error keeps it.
#[derive(Clone)]
pub(crate) struct FailedResponse {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// At most [`BODY_LIMIT`] of it.
    pub(super) body: Bytes,
    /// The members that an error reads, of a body that is longer.
    members: Option<Box<Value>>,
    /// When it arrived.
    received: chrono::DateTime<chrono::Utc>,
}

impl FailedResponse {
    /// Keeps a response for an error, and redacts `secrets` wherever the service repeats them.
    pub(crate) fn new(
        status: StatusCode,
        mut headers: HeaderMap,
        body: &Bytes,
        secrets: &[&str],
    ) -> Self {
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            for value in headers.values_mut() {
                if contains(value.as_bytes(), secret.as_bytes()) {
                    *value = HeaderValue::from_static(REDACTED);
                }
            }
        }
        mark_sensitive(&mut headers, &[]);
        let hidden = secrets
            .iter()
            .any(|secret| !secret.is_empty() && contains(body, secret.as_bytes()));
        // Cut afterwards, so that no part of a secret is left at the end.
        let mut body = if hidden {
            let text = String::from_utf8_lossy(body).into_owned();
            let redacted = secrets
                .iter()
                .fold(text, |text, secret| redact(text, secret));
            Bytes::from(redacted)
        } else {
            body.clone()
        };
        let members = (body.len() > BODY_LIMIT).then(|| Box::new(error_members(&body)));
        body.truncate(BODY_LIMIT);
        Self {
            status,
            headers,
            body,
            members,
            received: chrono::Utc::now(),
        }
    }

    /// The same response with more secrets redacted.
    pub(super) fn redacted(self, secrets: &[&str]) -> Self {
        let members = self.members.map(|members| {
            let text = members.to_string();
            let text = secrets
                .iter()
                .fold(text, |text, secret| redact(text, secret));
            Box::new(json::decode(text.as_bytes()).unwrap_or(Value::Null))
        });
        Self {
            received: self.received,
            members,
            ..Self::new(self.status, self.headers, &self.body, secrets)
        }
    }

    fn json(&self) -> Value {
        match &self.members {
            Some(members) => Value::clone(members),
            None => json::decode(&self.body).unwrap_or(Value::Null),
        }
    }

    pub(super) fn code(&self) -> i64 {
        let body = self.json();
        let code = body.pointer("/error/code").or_else(|| body.get("code"));
        code.and_then(Value::as_i64)
            .unwrap_or_else(|| i64::from(self.status.as_u16()))
    }

    pub(crate) fn is_invalid_authentication(&self) -> bool {
        let body = self.json();
        body.get("invalid_authentication") == Some(&Value::Bool(true))
            || body.pointer("/error/invalid_authentication") == Some(&Value::Bool(true))
    }

    pub(super) fn slug(&self) -> Option<String> {
        match self.json().get("error")? {
            Value::String(slug) => Some(slug.clone()),
            Value::Object(detail) => detail.get("error")?.as_str().map(str::to_owned),
            _ => None,
        }
    }

    pub(super) fn message(&self) -> Cow<'_, str> {
        let body = self.json();
        let message = [
            body.pointer("/error/message"),
            body.get("message"),
            body.get("error"),
            body.get("status"),
        ]
        .into_iter()
        .flatten()
        .find_map(|value| value.as_str().filter(|text| !text.trim().is_empty()));
        match message {
            Some(text) => Cow::Owned(text.to_owned()),
            None => Cow::Borrowed(self.status.canonical_reason().unwrap_or("unknown status")),
        }
    }

    pub(super) fn rate_limit(&self) -> RateLimit {
        let number = |name: &str| self.text(name).and_then(whole_number);
        RateLimit {
            limit: number("x-ratelimit-limit"),
            remaining: number("x-ratelimit-remaining"),
            retry_at: number("x-ratelimit-retry-after"),
        }
    }

    /// `Retry-After` (seconds or an HTTP date), else `X-RateLimit-Retry-After` (a Unix time). A point in time is read
    /// against the clock of the service.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let until = |moment: i64| {
            let seconds = moment.saturating_sub(self.time_of_service());
            Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
        };
        let standard = self
            .text(RETRY_AFTER.as_str())
            .and_then(|text| match whole_number(text) {
                Some(seconds) => Some(Duration::from_secs(seconds)),
                None => http_date::parse(text).map(|moment| until(moment.timestamp())),
            });
        standard.or_else(|| {
            let moment = self.rate_limit().retry_at?;
            Some(until(i64::try_from(moment).unwrap_or(i64::MAX)))
        })
    }

    /// The time of the service's clock when it sent the response, in seconds since 1970; ours if the response has no date.
    fn time_of_service(&self) -> i64 {
        let date = self.text(DATE.as_str()).and_then(http_date::parse);
        match date {
            // A cache repeats the date of the stored response.
            Some(date) => {
                let age = self.text(AGE.as_str()).and_then(whole_number);
                let age = i64::try_from(age.unwrap_or(0)).unwrap_or(i64::MAX);
                date.timestamp().saturating_add(age)
            }
            None => self.received.timestamp(),
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok().map(str::trim)
    }

    /// Whether the same request may succeed later. A wrong one-time code stays wrong, and the service has already retried a
    /// failed cache invalidation.
    pub(crate) fn is_retryable(&self) -> bool {
        match self.status.as_u16() {
            429 => self.slug().as_deref() != Some("totp_rate_limited"),
            503 => self.json().get("attempted_paths").is_none(),
            408 | 502 | 504 => true,
            _ => false,
        }
    }
}

/// The members that an error reads, out of a body that is too long to be kept.
fn error_members(body: &[u8]) -> Value {
    let Ok(Value::Object(mut object)) = json::decode(body) else {
        return Value::Null;
    };
    object.retain(|key, value| {
        shorten(value);
        ERROR_KEYS.contains(&key.as_str())
    });
    Value::Object(object)
}

/// Shortens texts to the length that is kept of a body, and empties lists, of which only the presence counts.
fn shorten(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > BODY_LIMIT => {
            let mut ends = (0..=BODY_LIMIT).rev();
            let end = ends.find(|end| text.is_char_boundary(*end));
            text.truncate(end.unwrap_or(0));
        }
        Value::Array(items) => items.clear(),
        Value::Object(object) => {
            object.retain(|key, value| {
                shorten(value);
                ERROR_KEYS.contains(&key.as_str())
            });
        }
        _ => {}
    }
}

/// A whole number; one that is too large saturates.
fn whole_number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_is_too_long_to_be_kept_keeps_its_message_when_it_is_redacted() {
        let padding = "x".repeat(BODY_LIMIT);
        let body =
            format!(r#"{{"padding":"{padding}","error":{{"code":7,"message":"no S3cret"}}}}"#);
        let response =
            FailedResponse::new(StatusCode::BAD_REQUEST, HeaderMap::new(), &body.into(), &[]);
        assert_eq!((response.code(), &*response.message()), (7, "no S3cret"));
        let response = response.redacted(&["S3cret"]);
        assert_eq!(
            (response.code(), &*response.message()),
            (7, "no [redacted]")
        );
    }
}
