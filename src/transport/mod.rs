//! The way of every request: credentials, `Api-Version`, time limits, retries, and what a failure says.

pub(crate) mod auth;
pub(crate) mod body;
mod bodyless;
mod connection;
mod deadline;
mod early_response;
mod failure;
pub(crate) mod gate;
mod gzip;
pub(crate) mod http_date;
mod idle;
mod limits;
mod mismatch;
pub(crate) mod options;
mod policy;
mod quoted;
mod replay;
mod response;
pub(crate) mod retry;
pub(crate) mod tls;
pub(crate) mod trace;

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::FutureExt;
use http::header::{ACCEPT, ACCEPT_ENCODING, RANGE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use url::Url;

use crate::api;
use crate::error::{Error, ErrorKind, Result};
use crate::transfer::progress::Counter;
use crate::transport::auth::{AuthHeader, Credentials};
use crate::transport::gate::Gate;
use crate::transport::options::CallOptions;
use crate::transport::retry::Retry;
use crate::undecodable::{List, item_by_item};

use failure::{as_reqwest_error, carried};
use policy::{Verdict, is_operation_idempotent, is_retryable, refuses_token, verdict};
use replay::copy;
use response::{
    ResponseContext, cannot_be_read, error_of_response, note, refusal, rejoined, unreadable, whole,
};

pub(crate) use bodyless::says_nothing;
pub(crate) use connection::{Connection, Settings};
pub(crate) use deadline::until;
pub(crate) use failure::{Failure, error_of_reqwest, stalled_error};
pub(crate) use idle::{Activity, Stalled, within_idle_timeout};
pub(crate) use mismatch::is_page;
pub(crate) use policy::{Expected, RequestPolicy};
pub(crate) use quoted::without_values;
pub(crate) use replay::{CHUNK, MakeRequest, Template, watched};
pub(crate) use response::{decoded, decoded_list, streamed};

/// As much of the body of a failure as is read, in bytes.
const FAILURE_LIMIT: usize = 1024 * 1024;

/// How long the body of a failure may take.
const FAILURE_TIME: Duration = Duration::from_secs(10);

/// The same for a response that is likely to be followed by a retry, which shall not wait for it.
const RETRIED_TIME: Duration = Duration::from_secs(1);

/// Time before the deadline in which a failure is made of what came of its body.
const REPORTING_TIME: Duration = Duration::from_millis(5);

/// What the wait at a gate is spread over is a tenth of it, and of no more than this.
const LONGEST_SPREAD: Duration = Duration::from_secs(60);

/// Redirects that one call follows.
const REDIRECTS: u32 = 10;

/// Why there is no other try.
const NOT_REPLAYABLE: &str = "the body is a stream that can be sent only once";

/// A client as the bindings carry it: the shared transport, and what one call may set differently. Opaque; made by
/// [`Client::api`](crate::Client::api).
#[derive(Clone)]
pub struct Session {
    connection: Connection,
    options: CallOptions,
    ends: Option<Instant>,
    record: Arc<Mutex<Record>>,
    /// Several calls share this session, so the record is of the latest one.
    several: bool,
}

/// What is remembered of a call for the error it may end in.
#[derive(Default)]
struct Record {
    operation: Cow<'static, str>,
    /// Requests that the call sent: a call may need several, and each of them several attempts.
    requests: u32,
}

/// The wait before another attempt.
struct Backoff {
    wait: Duration,
    /// It is waited for at the gate.
    at_gate: bool,
}

impl Session {
    pub(crate) fn new(connection: Connection, options: CallOptions) -> Self {
        let ends = options
            .deadline
            .and_then(|deadline| Instant::now().checked_add(deadline));
        Self {
            connection,
            options,
            ends,
            record: Arc::default(),
            several: false,
        }
    }

    /// A session for any number of calls of the bindings.
    pub(crate) fn for_several_calls(mut self) -> Self {
        self.several = true;
        self
    }

    pub(crate) fn has_deadline(&self) -> bool {
        self.ends.is_some()
    }

    /// The bindings, sending through this session.
    pub(crate) fn api(&self) -> api::Client {
        api::Client {
            baseurl: self.connection.base.clone(),
            client: self.connection.http.clone(),
            inner: self.clone(),
        }
    }

    pub(crate) fn base(&self) -> &str {
        &self.connection.base
    }

    /// The URL of a path of the API. To parse the base once and set the path on a copy is a third of the work of parsing
    /// the whole for every call.
    pub(crate) fn url(&self, path: &str) -> Url {
        let mut url = self.connection.root.clone();
        match url.path() {
            "/" => url.set_path(path),
            prefix => {
                let path = format!("{}{path}", prefix.trim_end_matches('/'));
                url.set_path(&path);
            }
        }
        url
    }

    /// Who is calling.
    pub(crate) fn credentials(&self) -> &Arc<Credentials> {
        let own = self.options.credentials.as_ref();
        own.unwrap_or(&self.connection.credentials)
    }

    /// The same session as somebody else.
    pub(crate) fn acting_as(&self, credentials: Arc<Credentials>) -> Self {
        let mut session = self.clone();
        session.options.credentials = Some(credentials);
        session
    }

    /// A session for a call that several others wait for: with no limit that only one of them has.
    pub(crate) fn for_all(&self, credentials: Arc<Credentials>) -> Self {
        Self::new(self.connection.clone(), CallOptions::default()).acting_as(credentials)
    }

    /// What proves who is calling, got within the deadline.
    async fn proof(&self) -> Result<AuthHeader> {
        until(self.ends, self.credentials().proof(self)).await?
    }

    pub(crate) fn idle(&self) -> Duration {
        self.options.idle.unwrap_or(self.connection.idle)
    }

    /// The same session, sending another header.
    pub(crate) fn with_header(&self, name: HeaderName, value: &str) -> Self {
        let mut session = self.clone();
        if let Ok(value) = HeaderValue::from_str(value) {
            session.options.headers.insert(name, value);
        }
        session
    }

    /// How long to wait before trying again what failed `tried` times within `elapsed`; `None` if it is not to be.
    pub(crate) fn pause(&self, tried: u32, elapsed: Duration) -> Option<Duration> {
        let wait = self.wait(tried, None);
        self.may_retry(tried, elapsed, wait).then_some(wait)
    }

    fn wait(&self, failures: u32, asked: Option<Duration>) -> Duration {
        self.retry().wait(failures, asked, fastrand::f64())
    }

    fn may_retry(&self, attempt: u32, elapsed: Duration, wait: Duration) -> bool {
        self.retry().allows(attempt, elapsed, wait) && self.has_time_for(wait)
    }

    fn retry(&self) -> &Retry {
        self.options
            .retry
            .as_ref()
            .unwrap_or(&self.connection.retry)
    }

    /// The same session, waiting at least as long for movement unless the call says otherwise: the service works before
    /// it answers.
    pub(crate) fn patient(&self, idle: Duration) -> Self {
        let mut session = self.clone();
        if session.options.idle.is_none() {
            session.options.idle = Some(idle.max(self.connection.idle));
        }
        session
    }

    /// Sends what a generated call has built. This is no `async fn`, because a request is large and would be part of every
    /// future on the way.
    pub(crate) fn execute(
        &self,
        request: reqwest::Request,
        operation: &'static str,
    ) -> impl Future<Output = reqwest::Result<reqwest::Response>> {
        let expected = if api::BINARY_OPERATIONS.contains(&operation) {
            Expected::File
        } else {
            Expected::Json
        };
        let policy = RequestPolicy {
            operation: Cow::Borrowed(operation),
            idempotent: is_operation_idempotent(operation, request.method()),
            expected,
        };
        let sent = self.send(Template::Ready(Box::new(request)), policy);
        sent.then(async |outcome| match outcome {
            Ok(response) => Ok(response),
            Err(Failure::Http(error)) => Err(error),
            Err(Failure::Ours(error)) => Err(Box::pin(as_reqwest_error(error)).await),
        })
    }

    /// Sends a request, as often as need be, and leaves every answer of the service to the caller.
    pub(crate) async fn send(
        &self,
        mut template: Template,
        policy: RequestPolicy,
    ) -> Result<reqwest::Response, Failure> {
        let started = Instant::now();
        let mut attempts = 1;
        let mut redirects = 0;
        let mut renewed = false;
        let mut place: Option<Url> = None;
        self.remember(|record| {
            record.operation.clone_from(&policy.operation);
            if self.several {
                record.requests = 0;
            }
        });
        loop {
            let round = match &self.options.gate {
                Some(gate) => Box::pin(self.pass(gate, started)).await?,
                None => 0,
            };
            let proof = match self.credentials().proof_at_hand() {
                Some(proof) => proof,
                None => Box::pin(self.proof()).await.map_err(Failure::Ours)?,
            };
            let activity = Activity::new();
            // The request of this attempt, and what the one of the next can be made of.
            let (mut request, again) = match template {
                Template::Ready(request) => match copy(&request) {
                    Some(copy) => (copy, Some(Template::Ready(request))),
                    None => (*request, None),
                },
                Template::Made(mut maker) => {
                    let made = maker.make(&self.connection.http, activity.clone());
                    // To open a file may take as long as its file system likes.
                    let made = within_idle_timeout(self.idle(), &activity, made);
                    let made = match until(self.ends, made).await {
                        Ok(Ok(made)) => made,
                        Ok(Err(stalled)) => Err(self.stalled(&stalled)),
                        Err(passed) => Err(passed.into()),
                    };
                    let again = maker.again().then_some(Template::Made(maker));
                    (made.map_err(Failure::Ours)?, again)
                }
            };
            if let Some(place) = &place {
                request.url_mut().clone_from(place);
            }
            let method = request.method().clone();
            let span = trace::span(&policy.operation, &method, request.url(), attempts);
            let (answer, requests) = self.start(request, &policy, &proof)?;
            let sent = self.exchange(answer, &policy, &activity, requests, &span);
            let mut outcome = trace::within(&span, sent).await;
            if let Ok(response) = &mut outcome
                && let Some(target) = self.redirect(response, &method)
            {
                match (target, again) {
                    (Ok(target), Some(next)) if redirects < REDIRECTS => {
                        redirects += 1;
                        place = Some(target);
                        template = next;
                        continue;
                    }
                    (Ok(_), Some(_)) => note(response, format!("more than {REDIRECTS} redirects")),
                    (Ok(_), None) => {
                        note(
                            response,
                            format!("the redirect was not followed: {NOT_REPLAYABLE}"),
                        );
                    }
                    (Err(rule), _) => note(response, rule),
                }
                return outcome;
            }
            // A refused request has done nothing, so it may be sent with another token whatever it does.
            if !renewed && refuses_token(&outcome) && self.credentials().refused(&proof) {
                match again {
                    Some(next) => {
                        renewed = true;
                        template = next;
                        attempts += 1;
                        continue;
                    }
                    None => return Err(self.cannot_repeat(outcome)),
                }
            }
            let Verdict::Again { asked } = verdict(&outcome, &policy) else {
                if let (Some(gate), Ok(_)) = (&self.options.gate, &outcome) {
                    gate.accepted(round);
                }
                return outcome;
            };
            let response = outcome.as_ref().ok();
            let backoff = self.backoff(response, asked, attempts, started.elapsed(), round);
            let Some(Backoff { wait, at_gate }) = backoff else {
                return outcome;
            };
            let Some(next) = again else {
                return Err(self.cannot_repeat(outcome));
            };
            trace::retry(&policy.operation, attempts, wait, response);
            drop(outcome);
            if !at_gate {
                tokio::time::sleep(wait).await;
            }
            template = next;
            attempts += 1;
        }
    }

    /// What follows attempt number `attempt`, which failed, or `None` if it is the last one. If the service refused it for all
    /// requests alike, the gate of the call closes.
    fn backoff(
        &self,
        response: Option<&reqwest::Response>,
        asked: Option<Duration>,
        attempt: u32,
        elapsed: Duration,
        round: u32,
    ) -> Option<Backoff> {
        let for_all = response.filter(|response| {
            let status = response.status().as_u16();
            status == 429 || status == 503 && asked.is_some()
        });
        let gate = self.options.gate.as_deref().zip(for_all);
        let refused = gate.map_or(0, |(gate, _)| gate.refused(round));
        let wait = self.wait(attempt.max(refused), asked);
        if let Some((gate, response)) = gate {
            gate.close_for(wait, Some(refusal(response)));
        }
        self.may_retry(attempt, elapsed, wait).then_some(Backoff {
            wait,
            at_gate: gate.is_some(),
        })
    }

    /// Waits with the calls that this one belongs to, and returns the round that its request belongs to. A call that cannot
    /// wait so long ends with the refusal that the others wait for.
    async fn pass(&self, gate: &Gate, started: Instant) -> Result<u32, Failure> {
        while let Some(closed) = gate.closed_for() {
            if !self.has_time_for(closed) || !self.retry().has_time_for(started.elapsed(), closed) {
                let error = gate.refusal().unwrap_or_else(|| {
                    Error::new(
                        ErrorKind::Timeout,
                        "there is no time to wait for the service",
                    )
                });
                return Err(Failure::Ours(
                    error.with_note("other calls were told to wait"),
                ));
            }
            // Not all at the same moment.
            let spread = closed.min(LONGEST_SPREAD).mul_f64(fastrand::f64() / 10.0);
            tokio::time::sleep(closed.saturating_add(spread)).await;
        }
        Ok(gate.round())
    }

    pub(crate) fn counter(&self) -> Option<Counter> {
        self.options.counter.clone()
    }

    /// Where an answer redirects a request to, or why it is not followed there. `None` if it is no redirect.
    fn redirect(
        &self,
        response: &reqwest::Response,
        method: &Method,
    ) -> Option<Result<Url, String>> {
        let status = response.status().as_u16();
        let changes_method = match status {
            301 | 302 => *method == Method::POST,
            303 => *method != Method::GET && *method != Method::HEAD,
            307 | 308 => false,
            _ => return None,
        };
        let location = response.headers().get(http::header::LOCATION)?;
        let target = location
            .to_str()
            .ok()
            .and_then(|target| response.url().join(target).ok());
        let Some(mut target) = target.filter(|target| matches!(target.scheme(), "http" | "https"))
        else {
            return Some(Err("the redirect leads nowhere".to_owned()));
        };
        // The origin of its own request: a render host must not make the client send its key to the API.
        if !is_same_origin(&target, response.url()) {
            let shown = target.origin().ascii_serialization();
            // A host name is in lower case, whatever the secret in it was.
            let mut secrets = self.credentials().texts().into_iter();
            let shown =
                if secrets.any(|secret| shown.contains(&secret.expose().to_ascii_lowercase())) {
                    "another one"
                } else {
                    &shown
                };
            let text = format!("redirects are followed on the same origin only, not to {shown}");
            return Some(Err(text));
        }
        if changes_method {
            return Some(Err(format!(
                "to follow the redirect would turn the {method} into a GET"
            )));
        }
        // Who calls is not for the redirect to say. An HTTP URL can do without both, so neither fails.
        target.set_username("").ok();
        target.set_password(None).ok();
        Some(Ok(target))
    }

    /// What is left until the deadline; `None` without one.
    pub(crate) fn time_left(&self) -> Option<Duration> {
        self.ends
            .map(|ends| ends.saturating_duration_since(Instant::now()))
    }

    fn has_time_for(&self, wait: Duration) -> bool {
        self.ends
            .is_none_or(|ends| ends.duration_since(Instant::now()) > wait)
    }

    /// Hands a request over to be sent, unless the deadline has passed, and says which one of the call it is. No `async fn`
    /// either.
    fn start(
        &self,
        mut request: reqwest::Request,
        policy: &RequestPolicy,
        proof: &AuthHeader,
    ) -> Result<
        (
            impl Future<Output = reqwest::Result<reqwest::Response>> + use<>,
            u32,
        ),
        Failure,
    > {
        self.dress(&mut request, policy, proof);
        early_response::make_readable(&mut request);
        if let Some(ends) = self.ends {
            let left = ends.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Failure::Ours(deadline::Passed.into()));
            }
            // What is handed out unread is received within the deadline too.
            if policy.expected == Expected::File {
                *request.timeout_mut() = Some(left);
            }
        }
        let mut requests = 0;
        self.remember(|record| {
            record.requests = record.requests.saturating_add(1);
            requests = record.requests;
        });
        Ok((self.connection.http.execute(request), requests))
    }

    /// Waits for the answer to a request, and reads it.
    async fn exchange(
        &self,
        answer: impl Future<Output = reqwest::Result<reqwest::Response>>,
        policy: &RequestPolicy,
        activity: &Activity,
        requests: u32,
        span: &trace::Span,
    ) -> Result<reqwest::Response, Failure> {
        let idle = self.idle();
        activity.mark();
        let response = until(self.ends, within_idle_timeout(idle, activity, answer)).await;
        let mut response = match response {
            Ok(Ok(Ok(response))) => response,
            Ok(Ok(Err(error))) => return Err(Failure::of(error, activity)),
            Ok(Err(stalled)) => return Err(Failure::Http(Box::pin(stalled_error(stalled)).await)),
            Err(passed) => return Err(Failure::Ours(passed.into())),
        };
        trace::status(span, response.status());
        let success = response.status().is_success();
        if success && policy.expected == Expected::File {
            return self.file(response, policy, activity, requests).await;
        }
        let most = self.connection.response_limit;
        let promised = response.content_length();
        let too_long = success
            && promised
                .is_some_and(|length| usize::try_from(length).map_or(true, |length| length > most));
        let limits = if success {
            body::Limits {
                idle,
                ends: self.ends,
                // As much as an error keeps of it.
                bytes: if too_long {
                    most.min(mismatch::LONGEST_ERROR)
                } else {
                    most
                },
            }
        } else {
            self.limits_of_failure(response.status())
        };
        let buffer_pool = self.options.buffer_pool.as_ref();
        let gzip =
            gzip::is_gzip(response.headers()) && response.status() != StatusCode::PARTIAL_CONTENT;
        let buffer = buffer_pool.map(Arc::as_ref).filter(|_| !gzip);
        let (mut body, mut broken) = body::receive(&mut response, activity, &limits, buffer).await;
        let too_long = too_long || success && body.len() > most;
        let mut corrupt = None;
        if gzip && !too_long {
            let buffer = buffer_pool.map(|pool| pool.take()).unwrap_or_default();
            let outcome;
            (body, outcome) = gzip::decoded(&mut response, &body, limits.bytes, buffer);
            match outcome {
                _ if broken.is_some() => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    broken = Some(Failure::Http(Box::pin(carried(error)).await));
                }
                Err(error) => corrupt = Some(error),
                Ok(()) => {}
            }
        }
        if success {
            if too_long || body.len() > most {
                let why = format!(
                    "the response is longer than {most} bytes, the limit that `ClientBuilder::response_limit` sets"
                );
                return Err(self.mismatch(why.into(), response, &body, policy, requests));
            }
            // A failure is that failure, however much of its body came.
            if let Some(failure) = broken {
                return Err(activity.take_failure().map_or(failure, Failure::Ours));
            }
            if let Some(error) = corrupt {
                let why = format!("the response cannot be decompressed: {error}");
                return Err(self.mismatch(why.into(), response, &body, policy, requests));
            }
            if policy.expected != Expected::Any
                && let Some(why) = mismatch::of_body(&policy.operation, response.headers(), &body)
            {
                return Err(self.mismatch(why, response, &body, policy, requests));
            }
        }
        response.extensions_mut().insert(ResponseContext {
            operation: policy.operation.clone(),
            attempts: requests,
            body,
            note: Cow::Borrowed(""),
            unreadable: None,
            buffer_pool: buffer_pool.cloned(),
            credentials: self.credentials().clone(),
        });
        // What a success says is taken out of the context; anything else may be read by whoever it comes to.
        Ok(if success { response } else { whole(response) })
    }

    /// A success that a file is expected of, unread unless it turns out to be none.
    async fn file(
        &self,
        mut response: reqwest::Response,
        policy: &RequestPolicy,
        activity: &Activity,
        requests: u32,
    ) -> Result<reqwest::Response, Failure> {
        let head = mismatch::of_head(response.status(), response.headers());
        if matches!(head, mismatch::Head::Fits) {
            return Ok(response);
        }
        let limits = body::Limits {
            idle: self.idle(),
            ends: self.ends,
            bytes: mismatch::LONGEST_ERROR,
        };
        let (body, broken) = body::receive(&mut response, activity, &limits, None).await;
        let why = match head {
            mismatch::Head::Wrong(why) => Some(why),
            _ => match broken {
                Some(failure) => return Err(failure),
                None => mismatch::of_json_file(&policy.operation, &body),
            },
        };
        match why {
            Some(why) => Err(self.mismatch(why, response, &body, policy, requests)),
            None => Ok(rejoined(body, response)),
        }
    }

    /// The failure of a success that does not belong to the call, with what the response was.
    fn mismatch(
        &self,
        why: Cow<'static, str>,
        mut response: reqwest::Response,
        body: &Bytes,
        policy: &RequestPolicy,
        requests: u32,
    ) -> Failure {
        let error = Error::new(ErrorKind::Decode, why);
        let error = error.with_call(policy.operation.clone(), requests);
        let headers = std::mem::take(response.headers_mut());
        let status = response.status();
        Failure::Ours(unreadable(error, status, headers, body, self.credentials()))
    }

    /// How much of the body of a failure is worth waiting for.
    fn limits_of_failure(&self, status: StatusCode) -> body::Limits {
        let time = if is_retryable(status) || status == StatusCode::REQUEST_TIMEOUT {
            RETRIED_TIME
        } else {
            FAILURE_TIME
        };
        let call = self.ends.and_then(|ends| ends.checked_sub(REPORTING_TIME));
        let own = Instant::now().checked_add(time);
        body::Limits {
            idle: self.idle(),
            ends: own.into_iter().chain(call).min(),
            bytes: FAILURE_LIMIT,
        }
    }

    /// Puts on what every request wears. Credentials go to the configured origin only.
    fn dress(&self, request: &mut reqwest::Request, policy: &RequestPolicy, proof: &AuthHeader) {
        let home = is_same_origin(request.url(), &self.connection.root);
        let headers = request.headers_mut();
        for (name, value) in &self.options.headers {
            headers.insert(name, value.clone());
        }
        if home {
            headers.insert(
                HeaderName::from_static("api-version"),
                HeaderValue::from_static("1"),
            );
            proof.dress(headers);
        }
        // Ranges count the bytes of the file, and nothing is won by compressing a picture.
        if policy.expected == Expected::File || headers.contains_key(RANGE) {
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        } else if self.connection.gzip && !headers.contains_key(ACCEPT_ENCODING) {
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        }
        if policy.expected == Expected::Json && !headers.contains_key(ACCEPT) {
            headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        }
    }

    fn remember(&self, change: impl FnOnce(&mut Record)) {
        change(&mut self.record.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn cannot_repeat(&self, outcome: Result<reqwest::Response, Failure>) -> Failure {
        let error = match outcome {
            Ok(response) => error_of_response(response),
            Err(failure) => self.error_of_failure(failure),
        };
        Failure::Ours(error.with_note(&format!("not tried again: {NOT_REPLAYABLE}")))
    }

    /// The error of a failure, with operation and tries.
    pub(crate) fn error_of_failure(&self, failure: Failure) -> Error {
        self.named(match failure {
            Failure::Ours(error) => error,
            Failure::Http(error) => error_of_reqwest(error),
        })
    }

    /// The answer if it is a success, and otherwise the error it says.
    pub(crate) fn success(
        &self,
        outcome: Result<reqwest::Response, Failure>,
    ) -> Result<reqwest::Response> {
        match outcome {
            Ok(response) if response.status().is_success() => Ok(response),
            Ok(response) => Err(error_of_response(response)),
            Err(failure) => Err(self.error_of_failure(failure)),
        }
    }

    /// The error with the operation and the tries of this call, unless it names them already.
    fn named(&self, error: Error) -> Error {
        let record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        error.or_call(record.operation.clone(), record.requests)
    }

    /// A generated call's value and the headers it came with.
    pub(crate) fn value<T>(
        &self,
        outcome: Result<api::ResponseValue<T>, api::Error<()>>,
    ) -> Result<api::ResponseValue<T>> {
        outcome.map_err(|error| self.named(Error::from(error)))
    }

    /// The body of a raw answer, which the transport has read already.
    pub(crate) async fn bytes(&self, answer: api::ResponseValue<api::ByteStream>) -> Result<Bytes> {
        use futures_util::TryStreamExt;
        let mut all = BytesMut::new();
        let mut chunks = answer.into_inner_stream();
        while let Some(chunk) = chunks
            .try_next()
            .await
            .map_err(|error| self.interrupted(error))?
        {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }

    /// The body of an answer, which the transport has read already unless the call streams.
    pub(crate) async fn body(&self, mut response: reqwest::Response) -> Result<Bytes> {
        match response.extensions_mut().remove::<ResponseContext>() {
            Some(context) => Ok(context.body),
            None => response
                .bytes()
                .await
                .map_err(|error| self.interrupted(error)),
        }
    }

    /// A body that broke while it was received.
    pub(crate) fn interrupted(&self, error: reqwest::Error) -> Error {
        self.named(error_of_reqwest(error))
    }

    /// A body that stopped to move.
    pub(crate) fn stalled(&self, stalled: &Stalled) -> Error {
        self.named(Error::new(ErrorKind::Timeout, stalled.to_string()))
    }

    /// A success that is none.
    pub(crate) fn refuse(
        &self,
        text: String,
        status: StatusCode,
        headers: HeaderMap,
        body: &Bytes,
    ) -> Error {
        self.answered(Error::new(ErrorKind::Decode, text), status, headers, body)
    }

    /// An error about an answer, with what the answer was.
    pub(crate) fn answered(
        &self,
        error: Error,
        status: StatusCode,
        headers: HeaderMap,
        body: &Bytes,
    ) -> Error {
        unreadable(self.named(error), status, headers, body, self.credentials())
    }

    /// Decodes a body that was read whole.
    pub(crate) fn decode<T: DeserializeOwned>(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<T> {
        body::decode(body).map_err(|error| {
            let error = cannot_be_read(error);
            self.answered(error, status, headers.clone(), body)
        })
    }
}

impl Session {
    /// Decodes a list that was read whole. An item that cannot be decoded costs none of the others.
    pub(crate) fn decode_list<T: List>(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<T> {
        self.decode(status, headers, body).or_else(|error| {
            let mut list: T = item_by_item(body).ok_or(error)?;
            let record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
            let call = (&record.operation, record.requests);
            response::complete(list.undecodable(), call, self.credentials());
            Ok(list)
        })
    }
}

/// Whether scheme, host and port are the same.
fn is_same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host_str() == other.host_str()
        && one.port_or_known_default() == other.port_or_known_default()
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("base", &self.connection.base)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::net::TcpListener;
    use std::pin::Pin;

    use super::*;

    /// Makes a request, or something else.
    struct Making(Option<Duration>, Url);

    impl MakeRequest for Making {
        fn make(
            &mut self,
            _: &reqwest::Client,
            _: Activity,
        ) -> Pin<Box<dyn Future<Output = Result<reqwest::Request>> + Send + '_>> {
            Box::pin(async {
                match self.0 {
                    // As a file of a slow disk does.
                    Some(blocking) => std::thread::sleep(blocking),
                    None => std::future::pending().await,
                }
                Ok(reqwest::Request::new(Method::POST, self.1.clone()))
            })
        }

        fn again(&self) -> bool {
            true
        }
    }

    #[tokio::test]
    async fn to_make_a_request_counts_and_nothing_is_sent_after_the_deadline() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let host = format!("http://{}", listener.local_addr().unwrap());
        let client = crate::Client::builder()
            .api_host(&host)
            .api_key("key")
            .build()
            .unwrap();
        let deadline = Duration::from_millis(30);
        for blocking in [None, Some(2 * deadline)] {
            let mut options = CallOptions::default();
            options.deadline = Some(deadline);
            let session = client.session(options);
            let policy = RequestPolicy {
                operation: "test".into(),
                idempotent: true,
                expected: Expected::Any,
            };
            let making = Making(blocking, session.url("/x"));
            let outcome = session.send(Template::Made(Box::new(making)), policy).await;
            let error = session.success(outcome).unwrap_err();
            assert!(error.is_timeout(), "{error:?}");
            assert_eq!(
                (error.operation(), error.attempts()),
                (Some("test"), 0),
                "{error:?}"
            );
        }
        assert!(listener.accept().is_err(), "something was sent");
    }
}
