//! What follows a response: whether a request is sent again, and which calls are safe to repeat.

use std::borrow::Cow;
use std::time::Duration;

use http::header::CONNECTION;
use http::{Method, StatusCode, Version};

use super::failure::Failure;
use super::response::answer_of;
use crate::api;
use crate::error::Result;

/// How a request is to be treated.
#[derive(Clone)]
pub(crate) struct RequestPolicy {
    pub(crate) operation: Cow<'static, str>,
    /// Doing it twice does what doing it once does, so a request that may have been processed can be repeated.
    pub(crate) idempotent: bool,
    pub(crate) expected: Expected,
}

/// What a successful answer is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// JSON, asked for as such.
    Json,
    /// A file, which is handed out unread.
    File,
    /// Anything, read whole.
    Any,
}

/// What is to be done about an outcome.
pub(super) enum Verdict {
    /// It is what the call ends in.
    Final,
    /// There may be another try, after the wait that the service asks for, if it does.
    Again { asked: Option<Duration> },
}

pub(super) fn verdict(
    outcome: &Result<reqwest::Response, Failure>,
    policy: &RequestPolicy,
) -> Verdict {
    match outcome {
        Ok(response) if response.status() == StatusCode::REQUEST_TIMEOUT => {
            if policy.idempotent || closes_idle_connection(response) {
                Verdict::Again {
                    asked: Some(Duration::ZERO),
                }
            } else {
                Verdict::Final
            }
        }
        Ok(response) if !is_retryable(response.status()) => Verdict::Final,
        // What a gateway says does not tell whether the service behind it has done it.
        Ok(response)
            if !policy.idempotent && response.status() != 429 && response.status() != 503 =>
        {
            Verdict::Final
        }
        Ok(response) => match answer_of(response) {
            Some(answer) if !answer.is_retryable() => Verdict::Final,
            answer => Verdict::Again {
                asked: answer.and_then(|answer| answer.retry_after()),
            },
        },
        Err(Failure::Http(error))
            if error.is_connect() || policy.idempotent && is_interrupted(error) =>
        {
            Verdict::Again { asked: None }
        }
        Err(_) => Verdict::Final,
    }
}

/// Whether a 408 says that the server closes the connection because no whole request came in time. A server does that to an
/// idle connection; if a request is on its way just then, hyper takes the 408 for its response. By RFC 9110, section 15.5.9,
/// no request was processed and it may be repeated, whatever it does. A 408 that leaves the connection open comes from an
/// application that means something else by it.
fn closes_idle_connection(response: &reqwest::Response) -> bool {
    match response.version() {
        Version::HTTP_10 => true,
        Version::HTTP_11 => response
            .headers()
            .get_all(CONNECTION)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|option| option.trim().eq_ignore_ascii_case("close")),
        _ => false,
    }
}

/// A connection that failed after something may have been sent.
pub(super) fn is_interrupted(error: &reqwest::Error) -> bool {
    !error.is_builder()
}

/// Whether an answer refuses a token that there may be a better one for.
pub(super) fn refuses_token(outcome: &Result<reqwest::Response, Failure>) -> bool {
    let Ok(response) = outcome else {
        return false;
    };
    match response.status().as_u16() {
        401 => true,
        403 => answer_of(response).is_some_and(|answer| answer.is_invalid_authentication()),
        _ => false,
    }
}

pub(super) fn is_retryable(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502 | 503 | 504)
}

pub(super) fn is_idempotent(method: &Method) -> bool {
    method.is_idempotent() || *method == Method::PATCH
}

/// Whether sending a request of an operation twice has the effect of sending it once.
pub(super) fn is_operation_idempotent(operation: &str, method: &Method) -> bool {
    api::IDEMPOTENT.contains(&operation)
        || is_idempotent(method) && !api::NON_IDEMPOTENT.contains(&operation)
}
