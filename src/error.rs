//! The one error type of this crate.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt::{self, Write};
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    AUTHORIZATION, CONTENT_LOCATION, COOKIE, LINK, LOCATION, PROXY_AUTHORIZATION, REFRESH,
    SET_COOKIE,
};
use http::{HeaderMap, HeaderName, StatusCode};
use serde_json::Value;

use crate::{http_date, json};

/// What every fallible call of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// As much of an error body as is kept, in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// The members of an error body that an [`Error`] is told by.
const SAID: &[&str] = &[
    "attempted_paths",
    "code",
    "error",
    "invalid_authentication",
    "message",
    "status",
];

/// What stands where a secret was.
const REDACTED: &str = "[redacted]";

/// What went wrong, with everything that the service said about it.
///
/// `Display` is one line: the operation, the status and the service's own message. `{:#}` adds the causes.
/// Credentials never appear in it, nor in `Debug`.
///
/// ```
/// # fn f(error: rokka::Error) {
/// if error.is_not_found() {
///     println!("no such image");
/// } else if let Some(wait) = error.retry_after() {
///     println!("ask again in {} s", wait.as_secs());
/// } else {
///     eprintln!("{error:#}");
/// }
/// # }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    text: Cow<'static, str>,
    operation: Option<Cow<'static, str>>,
    attempts: u32,
    answer: Option<Answer>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The group an [`Error`] belongs to, for a `match`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value was refused before anything was sent.
    InvalidInput,
    /// The client cannot be built from the given settings.
    Configuration,
    /// No connection could be made: nothing was sent.
    Connect,
    /// A deadline passed, or nothing moved for the idle limit.
    Timeout,
    /// The connection broke while sending or receiving, or a file ended early or changed while it was downloaded. A response
    /// that the service sent before it closed the connection in the middle of an upload is read first; one that arrives in
    /// the moment of a write can be lost.
    Interrupted,
    /// The service answered with a status other than success.
    Status,
    /// The service answered with success, but its answer could not be understood.
    Decode,
    /// A local file or a caller's stream could not be read or written.
    Io,
    /// The bytes that were transferred have another SHA-1 than the expected `binary_hash`.
    HashMismatch,
}

/// The rate limit that an answer reported.
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

/// What the service answered, as far as an error keeps it.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// At most [`BODY_LIMIT`] of it.
    pub(crate) body: Bytes,
    /// What the service said in a body that is longer.
    said: Option<Box<Value>>,
    pub(crate) received: chrono::DateTime<chrono::Utc>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, text: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            text: text.into(),
            operation: None,
            attempts: 0,
            answer: None,
            source: None,
        }))
    }

    /// A value that was refused before anything was sent; `text` names the value and the rule.
    pub(crate) fn invalid(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidInput, text)
    }

    /// Bytes with another hash than the expected one. `what` names the bytes and is the start of a sentence.
    pub(crate) fn hash_mismatch(what: &str, expected: &str, actual: &str) -> Self {
        let text = format!("{what} has the SHA-1 {actual} instead of the expected {expected}");
        Self::new(ErrorKind::HashMismatch, text)
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The error without `secrets`, which a decoder may have quoted. Its source has quoted the same.
    pub(crate) fn without(mut self, secrets: &[&str]) -> Self {
        for secret in secrets {
            if self.0.text.contains(secret) {
                self.0.text = self.0.text.replace(secret, REDACTED).into();
                self.0.source = None;
            }
        }
        self
    }

    /// Redacts `secrets` wherever the error repeats them: in its text, its cause and its response. The longest has to be
    /// the first if one is a part of another.
    pub(crate) fn redacted(self, secrets: &[&str]) -> Self {
        if secrets.is_empty() {
            return self;
        }
        let mut error = self.without(secrets);
        if let Some(answer) = error.0.answer.take() {
            let received = answer.received;
            let redacted = Answer::new(answer.status, answer.headers, &answer.body, secrets);
            error.0.answer = Some(Answer {
                received,
                ..redacted
            });
        }
        if error.cause_repeats(secrets) {
            error.0.source = None;
        }
        error
    }

    fn cause_repeats(&self, secrets: &[&str]) -> bool {
        let mut cause = self.source();
        while let Some(error) = cause {
            let told = format!("{error} {error:?}");
            if secrets.iter().any(|secret| told.contains(secret)) {
                return true;
            }
            cause = error.source();
        }
        false
    }

    pub(crate) fn with_answer(mut self, answer: Answer) -> Self {
        self.0.answer = Some(answer);
        self
    }

    pub(crate) fn with_call(
        mut self,
        operation: impl Into<Cow<'static, str>>,
        attempts: u32,
    ) -> Self {
        self.0.operation = Some(operation.into());
        self.0.attempts = attempts;
        self
    }

    /// Names the call, unless the error does already.
    pub(crate) fn or_call(self, operation: Cow<'static, str>, attempts: u32) -> Self {
        if self.0.operation.is_some() || operation.is_empty() {
            return self;
        }
        self.with_call(operation, attempts)
    }

    /// The same error for another image of the same request. Its cause is told by the first one.
    pub(crate) fn repeat(&self) -> Self {
        let inner = &self.0;
        Self(Box::new(Inner {
            kind: inner.kind,
            text: inner.text.clone(),
            operation: inner.operation.clone(),
            attempts: inner.attempts,
            answer: inner.answer.clone(),
            source: None,
        }))
    }

    /// Adds what the caller should know beside the failure itself.
    pub(crate) fn with_note(mut self, note: &str) -> Self {
        self.0.text = match self.0.text.as_ref() {
            "" => note.to_owned().into(),
            text => format!("{text}; {note}").into(),
        };
        self
    }

    /// The group this error belongs to.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The HTTP status of the answer, also where its body could not be understood.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.answer.as_ref().map(|answer| answer.status)
    }

    /// The code that the body gives, which normally repeats the status; the status where it gives none.
    pub fn code(&self) -> Option<i64> {
        let answer = self.0.answer.as_ref()?;
        let body = answer.json();
        let nested = body.get("error").and_then(|error| error.get("code"));
        nested
            .or_else(|| body.get("code"))
            .and_then(Value::as_i64)
            .or_else(|| Some(i64::from(answer.status.as_u16())))
    }

    /// What the service said: `error.message`, `message`, `error` or `status` of the body, or else the reason
    /// phrase of the HTTP status. For errors without an answer, what this crate says.
    pub fn message(&self) -> Cow<'_, str> {
        match &self.0.answer {
            Some(answer) if self.0.kind == ErrorKind::Status => answer.message(),
            _ => Cow::Borrowed(self.0.text.as_ref()),
        }
    }

    /// The service's own word for some failures, such as `key_expired` or `mfa_required`.
    ///
    /// Known: `mfa_required`, `mfa_enrollment_required`, `totp_invalid`, `totp_rate_limited`, `key_expired`,
    /// `ip_not_allowed`. See [Users and memberships](https://rokka.io/documentation/references/users-and-memberships.html).
    pub fn slug(&self) -> Option<String> {
        self.0.answer.as_ref()?.slug()
    }

    /// The body of the answer as it came, at most 64 KiB of it.
    pub fn body(&self) -> Option<&[u8]> {
        self.0.answer.as_ref().map(|answer| answer.body.as_ref())
    }

    /// The headers of the answer.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.answer.as_ref().map(|answer| &answer.headers)
    }

    /// The id that the service or its edge gave the request, for asking support about it.
    pub fn request_id(&self) -> Option<&str> {
        let headers = self.headers()?;
        ["x-request-id", "x-amz-cf-id", "x-amzn-requestid"]
            .iter()
            .find_map(|name| headers.get(*name))
            .and_then(|value| value.to_str().ok())
    }

    /// The rate limit that the answer reported.
    pub fn rate_limit(&self) -> RateLimit {
        self.0
            .answer
            .as_ref()
            .map(Answer::rate_limit)
            .unwrap_or_default()
    }

    /// How long the service asked to wait, counted from when its answer came.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.answer.as_ref()?.retry_after()
    }

    /// The operation that failed: an operation id of the API such as `getSourceImage`, or a method and a path.
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// How many requests the call sent, with retries, redirects and what continues a download; 0 if it sent none.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// A value was refused before anything was sent.
    pub fn is_invalid_input(&self) -> bool {
        self.0.kind == ErrorKind::InvalidInput
    }

    /// 404: no such organization, image, stack, alias or field.
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(StatusCode::NOT_FOUND)
    }

    /// The credentials were refused: a 401, or a 403 that says `invalid_authentication`.
    pub fn is_unauthorized(&self) -> bool {
        self.status() == Some(StatusCode::UNAUTHORIZED) || self.is_invalid_authentication()
    }

    /// A 403 of valid credentials: the role or the plan is not sufficient.
    pub fn is_forbidden(&self) -> bool {
        self.status() == Some(StatusCode::FORBIDDEN) && !self.is_invalid_authentication()
    }

    /// The body says `invalid_authentication`: the key or token itself was refused, whatever the status.
    pub fn is_invalid_authentication(&self) -> bool {
        self.0.kind == ErrorKind::Status
            && self
                .0
                .answer
                .as_ref()
                .is_some_and(Answer::is_invalid_authentication)
    }

    /// 409: the call contradicts what exists already.
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(StatusCode::CONFLICT)
    }

    /// 412: what was to be kept is there already, such as the image that a copy was not to overwrite.
    pub fn is_precondition_failed(&self) -> bool {
        self.status() == Some(StatusCode::PRECONDITION_FAILED)
    }

    /// 429: too many calls.
    pub fn is_rate_limited(&self) -> bool {
        self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// A deadline passed, or nothing moved for the idle limit.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// No connection could be made, so nothing was sent.
    pub fn is_connect(&self) -> bool {
        self.0.kind == ErrorKind::Connect
    }

    /// The same call may succeed later: 408, 429, 502, 503, 504, no connection, a broken one, or a timeout.
    ///
    /// The client has already tried as often as its [`Retry`](crate::Retry) says.
    pub fn is_retryable(&self) -> bool {
        match self.0.kind {
            ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Interrupted => true,
            ErrorKind::Status => self.0.answer.as_ref().is_some_and(Answer::is_retryable),
            _ => false,
        }
    }
}

impl Answer {
    /// Keeps an answer for an error, with `secrets` blotted out wherever the service repeats them.
    pub(crate) fn new(
        status: StatusCode,
        mut headers: HeaderMap,
        body: &Bytes,
        secrets: &[&str],
    ) -> Self {
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            for value in headers.values_mut() {
                if contains(value.as_bytes(), secret.as_bytes()) {
                    *value = http::HeaderValue::from_static(REDACTED);
                }
            }
        }
        conceal(&mut headers, &[]);
        let hidden = secrets
            .iter()
            .any(|secret| !secret.is_empty() && contains(body, secret.as_bytes()));
        // Cut afterwards, so that no part of a secret is left at the end.
        let mut body = if hidden {
            let mut text = String::from_utf8_lossy(body).into_owned();
            for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
                text = text.replace(secret, REDACTED);
            }
            Bytes::from(text)
        } else {
            body.clone()
        };
        let said = (body.len() > BODY_LIMIT).then(|| Box::new(said(&body)));
        body.truncate(BODY_LIMIT);
        Self {
            status,
            headers,
            body,
            said,
            received: chrono::Utc::now(),
        }
    }

    fn json(&self) -> Value {
        match &self.said {
            Some(said) => Value::clone(said),
            None => json::decode(&self.body).unwrap_or(Value::Null),
        }
    }

    pub(crate) fn is_invalid_authentication(&self) -> bool {
        let body = self.json();
        body.get("invalid_authentication") == Some(&Value::Bool(true))
            || body.pointer("/error/invalid_authentication") == Some(&Value::Bool(true))
    }

    fn slug(&self) -> Option<String> {
        match self.json().get("error")? {
            Value::String(slug) => Some(slug.clone()),
            Value::Object(detail) => detail.get("error")?.as_str().map(str::to_owned),
            _ => None,
        }
    }

    fn message(&self) -> Cow<'_, str> {
        let body = self.json();
        let said = [
            body.pointer("/error/message"),
            body.get("message"),
            body.get("error"),
            body.get("status"),
        ]
        .into_iter()
        .flatten()
        .find_map(|value| value.as_str().filter(|text| !text.trim().is_empty()));
        match said {
            Some(text) => Cow::Owned(text.to_owned()),
            None => Cow::Borrowed(self.status.canonical_reason().unwrap_or("unknown status")),
        }
    }

    pub(crate) fn rate_limit(&self) -> RateLimit {
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
            .text(http::header::RETRY_AFTER.as_str())
            .and_then(|text| match whole_number(text) {
                Some(seconds) => Some(Duration::from_secs(seconds)),
                None => http_date::parse(text).map(|moment| until(moment.timestamp())),
            });
        standard.or_else(|| {
            let moment = self.rate_limit().retry_at?;
            Some(until(i64::try_from(moment).unwrap_or(i64::MAX)))
        })
    }

    /// What the clock of the service said when the response came, in seconds since 1970; ours if it does not say.
    fn time_of_service(&self) -> i64 {
        let date = self
            .text(http::header::DATE.as_str())
            .and_then(http_date::parse);
        match date {
            // A cache repeats the date of the response that it has kept.
            Some(date) => {
                let age = self.text(http::header::AGE.as_str()).and_then(whole_number);
                let age = i64::try_from(age.unwrap_or(0)).unwrap_or(i64::MAX);
                date.timestamp().saturating_add(age)
            }
            None => self.received.timestamp(),
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok().map(str::trim)
    }

    /// Whether the same request may succeed later. A wrong one-time code does not get better by asking again, and a
    /// failed cache invalidation was already tried several times by the service.
    pub(crate) fn is_retryable(&self) -> bool {
        match self.status.as_u16() {
            429 => self.slug().as_deref() != Some("totp_rate_limited"),
            503 => self.json().get("attempted_paths").is_none(),
            408 | 502 | 504 => true,
            _ => false,
        }
    }
}

/// What an error is told by, out of a body that is too long to be kept.
fn said(body: &[u8]) -> Value {
    let Ok(Value::Object(mut object)) = json::decode(body) else {
        return Value::Null;
    };
    object.retain(|key, value| {
        shorten(value);
        SAID.contains(&key.as_str())
    });
    Value::Object(object)
}

/// Leaves no more of a text than is kept of a body. Only that a list is there counts, not what is in it.
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
                SAID.contains(&key.as_str())
            });
        }
        _ => {}
    }
}

/// A whole number; one that is too large for us is the largest that we have.
fn whole_number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

/// A text without a secret that may be in it.
pub(crate) fn redact(text: String, secret: &str) -> String {
    if secret.is_empty() || !text.contains(secret) {
        return text;
    }
    text.replace(secret, REDACTED)
}

/// Headers whose values are credentials of somebody.
const SECRET_HEADERS: [HeaderName; 5] = [
    AUTHORIZATION,
    COOKIE,
    PROXY_AUTHORIZATION,
    SET_COOKIE,
    HeaderName::from_static("api-key"),
];

/// Headers with a URL, whose query may be signed.
const LINKS: [HeaderName; 4] = [CONTENT_LOCATION, LINK, LOCATION, REFRESH];

/// Marks values so that `Debug` does not show them: credentials, signed URLs, and what has one of `secrets` in it.
pub(crate) fn conceal(headers: &mut HeaderMap, secrets: &[&str]) {
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

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = String::new();
        if let Some(operation) = &self.0.operation {
            write!(line, "{operation}: ")?;
        }
        if let Some(answer) = &self.0.answer {
            write!(line, "{}: ", answer.status.as_u16())?;
        }
        let message = self.message();
        line.push_str(&message);
        if self.0.kind == ErrorKind::Status && !self.0.text.is_empty() && self.0.text != message {
            write!(line, " ({})", self.0.text)?;
        }
        if self.0.attempts > 1 {
            write!(line, " (after {} attempts)", self.0.attempts)?;
        }
        if f.alternate() {
            let mut cause = self.source();
            while let Some(error) = cause {
                let text = error.to_string();
                // Many causes repeat their own causes, and some texts above say what the cause does.
                if !line.contains(&text) {
                    write!(line, ": {text}")?;
                }
                cause = error.source();
            }
        }
        // What the service said may have line breaks, and codes that a terminal obeys.
        let odd = |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
        let mut parts = line.split(odd).filter(|part| !part.is_empty());
        f.write_str(parts.next().unwrap_or_default())?;
        parts.try_for_each(|part| write!(f, " {part}"))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Error");
        debug
            .field("kind", &self.0.kind)
            .field("text", &self.0.text)
            .field("operation", &self.0.operation)
            .field("attempts", &self.0.attempts);
        if let Some(answer) = &self.0.answer {
            debug.field("status", &answer.status.as_u16());
            // A success is data of somebody, which may be secret; `body()` has it.
            if self.0.kind == ErrorKind::Decode {
                debug.field("body", &format_args!("{} bytes", answer.body.len()));
            } else {
                debug.field("body", &String::from_utf8_lossy(&answer.body));
            }
        }
        debug.field("source", &self.0.source).finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl From<rokka_render::Error> for Error {
    /// What a render URL refuses, as this crate's error of kind [`ErrorKind::InvalidInput`].
    fn from(error: rokka_render::Error) -> Self {
        Self::invalid(error.into_message())
    }
}

impl From<Error> for std::io::Error {
    fn from(error: Error) -> Self {
        let kind = match error.kind() {
            ErrorKind::InvalidInput | ErrorKind::Configuration => std::io::ErrorKind::InvalidInput,
            ErrorKind::Connect => std::io::ErrorKind::NotConnected,
            ErrorKind::Timeout => std::io::ErrorKind::TimedOut,
            ErrorKind::Interrupted => std::io::ErrorKind::ConnectionAborted,
            ErrorKind::Decode | ErrorKind::HashMismatch => std::io::ErrorKind::InvalidData,
            ErrorKind::Status | ErrorKind::Io => std::io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}
