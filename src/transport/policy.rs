//! What follows a response: whether a request is sent again, and which requests are safe to repeat.

use std::borrow::Cow;
use std::time::Duration;

use http::header::CONNECTION;
use http::{Method, StatusCode, Version};
use tokio::time::Instant;
use url::Url;

use super::auth::{AuthHeader, Credentials};
use super::failure::Failure;
use super::gate::Gate;
use super::redirect::{self, MAX_REDIRECTS};
use super::response::{failed_response, refusal};
use super::retry::Retry;
use super::tls;

/// Why a request is not sent again.
pub(super) const NOT_REPLAYABLE: &str = "the body is a stream that can be sent only once";

/// How a request is treated.
#[derive(Clone)]
pub(crate) struct RequestPolicy {
    pub(crate) operation: Cow<'static, str>,
    /// Sending the request twice has the effect of sending it once, so it is repeated even where it may have been processed.
    pub(crate) idempotent: bool,
    pub(crate) expected: Expected,
}

/// What a successful response contains.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// JSON, requested as such.
    Json,
    /// A file, which is handed out unread.
    File,
    /// Anything, read whole.
    Any,
    /// Nothing: any response will do, because it was the connection that mattered.
    Nothing,
}

/// The outcome of an attempt: a response with any status, or none.
pub(super) type Outcome = Result<reqwest::Response, Failure>;

/// What follows an attempt.
pub(super) enum NextStep {
    /// The call ends with the outcome. A note says why nothing follows that could have.
    Done { note: Option<Cow<'static, str>> },
    /// The same request goes to another URL.
    Redirect(Url),
    /// The same request is sent with another token.
    RefreshToken,
    /// The same request is sent after a wait, at the gate where the calls behind it wait too.
    Retry { wait: Duration, at_gate: bool },
}

/// What a request has used up, and what it has left.
pub(super) struct Remaining<'a> {
    pub(super) retry: &'a Retry,
    /// When the first attempt started.
    pub(super) started: Instant,
    /// The deadline of the call.
    pub(super) ends: Option<Instant>,
    /// Attempts so far, redirects not counted.
    pub(super) attempts: u32,
    /// Redirects so far.
    pub(super) redirects: u32,
    /// Whether the request can be sent again.
    pub(super) replayable: bool,
    pub(super) credentials: &'a Credentials,
    /// The header that the attempt was authenticated with.
    pub(super) auth_header: &'a AuthHeader,
    /// Whether another token has taken the place of a refused one already.
    pub(super) token_refreshed: bool,
    pub(super) gate: Option<&'a Gate>,
    /// The round of requests at the gate that the attempt belongs to.
    pub(super) round: u32,
}

/// Decides what follows an attempt. Tells the credentials which token the service refused, and the gate which requests it
/// refused or accepted.
pub(super) fn next_step(
    outcome: &Outcome,
    method: &Method,
    policy: &RequestPolicy,
    remaining: &Remaining<'_>,
) -> NextStep {
    if let Ok(response) = outcome {
        if policy.expected == Expected::Nothing {
            return NextStep::Done { note: None };
        }
        if let Some(target) = redirect::target(response, method, remaining.credentials) {
            return remaining.redirect(target);
        }
        // A refused request has done nothing, so it is repeated whether or not it is idempotent.
        if !remaining.token_refreshed
            && refuses_token(response)
            && remaining.credentials.refused(remaining.auth_header)
        {
            return remaining.if_replayable(NextStep::RefreshToken);
        }
    }
    match retryable(outcome, policy) {
        Some(failure) => remaining.retry(outcome.as_ref().ok(), &failure),
        None => {
            if let (Some(gate), Ok(_)) = (remaining.gate, outcome) {
                gate.accepted(remaining.round);
            }
            NextStep::Done { note: None }
        }
    }
}

impl Remaining<'_> {
    fn redirect(&self, target: Result<Url, String>) -> NextStep {
        let note = match target {
            Ok(_) if !self.replayable => {
                format!("the redirect was not followed: {NOT_REPLAYABLE}")
            }
            Ok(_) if self.redirects >= MAX_REDIRECTS => {
                format!("more than {MAX_REDIRECTS} redirects")
            }
            Ok(target) => return NextStep::Redirect(target),
            Err(rule) => rule,
        };
        NextStep::Done {
            note: Some(note.into()),
        }
    }

    /// Retries a failed attempt if the policy and the deadline allow. If the service refused it for all requests alike, the
    /// gate closes.
    fn retry(&self, response: Option<&reqwest::Response>, failure: &Retryable) -> NextStep {
        let requested = failure.requested_wait;
        let for_all = response.filter(|response| {
            let status = response.status().as_u16();
            status == 429 || status == 503 && requested.is_some()
        });
        let gate = self.gate.zip(for_all);
        let refused = gate.map_or(0, |(gate, _)| gate.refused(self.round));
        let failures = self.attempts.max(refused);
        let wait = self.retry.wait(failures, requested, fastrand::f64());
        if let Some((gate, response)) = gate {
            gate.close_for(wait, Some(refusal(response)));
        }
        let now = Instant::now();
        let elapsed = now.saturating_duration_since(self.started);
        let in_time = self
            .ends
            .is_none_or(|ends| ends.saturating_duration_since(now) > wait);
        if !in_time || !self.retry.allows(self.attempts, elapsed, wait) {
            return NextStep::Done { note: None };
        }
        let at_gate = gate.is_some();
        self.if_replayable(NextStep::Retry { wait, at_gate })
    }

    fn if_replayable(&self, step: NextStep) -> NextStep {
        if self.replayable {
            return step;
        }
        NextStep::Done {
            note: Some(format!("not retried: {NOT_REPLAYABLE}").into()),
        }
    }
}

/// A failed attempt that another one may follow.
struct Retryable {
    /// The wait that the service requests.
    requested_wait: Option<Duration>,
}

/// Whether another attempt may follow an outcome.
fn retryable(outcome: &Outcome, policy: &RequestPolicy) -> Option<Retryable> {
    let response = match outcome {
        Ok(response) => response,
        Err(Failure::Http(error)) if tls::refusal(error).is_some() => return None,
        Err(Failure::Http(error))
            if error.is_connect() || policy.idempotent && is_interrupted(error) =>
        {
            return Some(Retryable {
                requested_wait: None,
            });
        }
        Err(_) => return None,
    };
    let status = response.status();
    if status == StatusCode::REQUEST_TIMEOUT {
        let repeatable = policy.idempotent || closes_idle_connection(response);
        return repeatable.then_some(Retryable {
            requested_wait: Some(Duration::ZERO),
        });
    }
    // The status of a gateway does not tell whether the service behind it has processed the request.
    if !is_retryable(status) || !policy.idempotent && status != 429 && status != 503 {
        return None;
    }
    let failed = failed_response(response);
    if failed.as_ref().is_some_and(|failed| !failed.is_retryable()) {
        return None;
    }
    Some(Retryable {
        requested_wait: failed.and_then(|failed| failed.retry_after()),
    })
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

/// Whether a connection failed after something may have been sent.
fn is_interrupted(error: &reqwest::Error) -> bool {
    !error.is_builder()
}

/// Whether a response refuses a token that there may be a better one for.
fn refuses_token(response: &reqwest::Response) -> bool {
    match response.status().as_u16() {
        401 => true,
        403 => failed_response(response).is_some_and(|failed| failed.is_invalid_authentication()),
        _ => false,
    }
}

pub(super) fn is_retryable(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502 | 503 | 504)
}
