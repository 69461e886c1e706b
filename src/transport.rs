//! The one way of every request: credentials, `Api-Version`, time limits, retries, and what a failure says.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{FutureExt, StreamExt};
use http::header::ACCEPT;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use reqwest::ResponseBuilderExt;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use url::Url;

use crate::auth::{Credentials, Proof};
use crate::body::{self, Spare};
use crate::call_options::CallOptions;
use crate::error::{Answer, Error, ErrorKind, Result};
use crate::progress::Counter;
use crate::retry::Retry;
use crate::secret::Secret;
use crate::{api, trace};

/// As much of the body of a failure as is read, in bytes.
const FAILURE_LIMIT: usize = 1024 * 1024;

/// How much of a body is handed to the connection at once, and of a file read at once. Large reads are what makes an
/// upload as fast as the connection.
pub(crate) const CHUNK: usize = 512 * 1024;

/// Redirects that one call follows.
const REDIRECTS: u32 = 10;

/// Why there is no other try.
const ONCE: &str = "the body is a stream that can be sent only once";

/// What all calls of a client share.
pub(crate) struct Shared {
    pub(crate) http: reqwest::Client,
    /// Without a slash at its end.
    pub(crate) base: String,
    /// The same, parsed.
    pub(crate) root: Url,
    pub(crate) credentials: Arc<Credentials>,
    pub(crate) retry: Retry,
    pub(crate) idle: Duration,
}

/// A client as the bindings carry it: the shared transport, and what one call may set differently. Opaque; made by
/// [`Client::api`](crate::Client::api).
#[derive(Clone)]
pub struct Session {
    shared: Arc<Shared>,
    options: CallOptions,
    ends: Option<Instant>,
    record: Arc<Mutex<Record>>,
}

/// What is remembered of a call for the error it may end in.
#[derive(Default)]
struct Record {
    operation: Cow<'static, str>,
    attempts: u32,
}

/// What an answer carries for the error that may be made of it.
#[derive(Clone)]
struct Facts {
    operation: Cow<'static, str>,
    attempts: u32,
    body: Bytes,
    /// Why a redirect was not followed.
    note: Cow<'static, str>,
    /// Why a success cannot be decoded.
    unreadable: Option<Arc<serde_json::Error>>,
    /// Where the memory of the body goes once it is decoded.
    spare: Option<Arc<Spare>>,
    credentials: Arc<Credentials>,
}

/// Where a request comes from, try after try.
pub(crate) enum Template {
    /// A finished request; it is copied, and cannot be sent again if it has a body that streams.
    Ready(Box<reqwest::Request>),
    /// A request whose body is made anew for every try.
    Made(Box<dyn MakeRequest>),
}

/// A copy of a request, unless it has a body that streams. reqwest's own takes memory for a time limit and for what else may
/// be set on a request, even if nothing is.
fn copy(request: &reqwest::Request) -> Option<reqwest::Request> {
    if request.body().is_some() {
        return request.try_clone();
    }
    let mut copy = reqwest::Request::new(request.method().clone(), request.url().clone());
    copy.headers_mut().clone_from(request.headers());
    Some(copy)
}

/// Makes a request for every try.
pub(crate) trait MakeRequest: Send {
    /// The request; `moved` is to be called whenever a part of its body was handed to the connection.
    fn make(
        &mut self,
        http: &reqwest::Client,
        moved: Moved,
    ) -> Pin<Box<dyn Future<Output = Result<reqwest::Request>> + Send + '_>>;

    /// Whether [`make`](Self::make) can be called another time.
    fn again(&self) -> bool;
}

/// How a request is to be treated.
#[derive(Clone)]
pub(crate) struct Manner {
    pub(crate) operation: Cow<'static, str>,
    /// Doing it twice does what doing it once does, so a request that may have arrived can be sent again.
    pub(crate) repeatable: bool,
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

/// Marks that a transfer moved; an idle limit counts from the last mark.
#[derive(Clone)]
pub(crate) struct Moved {
    started: Instant,
    millis: Arc<AtomicU64>,
}

impl Moved {
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            millis: Arc::default(),
        }
    }

    pub(crate) fn mark(&self) {
        let millis = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.millis.store(millis, Ordering::Relaxed);
    }

    fn last(&self) -> Instant {
        self.started + Duration::from_millis(self.millis.load(Ordering::Relaxed))
    }
}

/// Bytes as a body in pieces, so that it shows when they move. Taking a piece copies nothing.
pub(crate) fn watched(bytes: Bytes, moved: Moved) -> reqwest::Body {
    if bytes.len() <= CHUNK {
        return bytes.into();
    }
    reqwest::Body::wrap_stream(pieces(bytes).inspect(move |_| moved.mark()))
}

/// Bytes in pieces, so that it shows when they move. Taking a piece copies nothing.
pub(crate) fn pieces(
    bytes: Bytes,
) -> impl futures_core::Stream<Item = io::Result<Bytes>> + Send + 'static {
    futures_util::stream::unfold(bytes, |mut rest| {
        let piece = rest.split_to(rest.len().min(CHUNK));
        std::future::ready((!piece.is_empty()).then_some((Ok(piece), rest)))
    })
}

/// Nothing moved for the idle limit.
#[derive(Debug)]
pub(crate) struct Stalled(Duration);

impl fmt::Display for Stalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing was sent or received for {:?}", self.0)
    }
}

impl std::error::Error for Stalled {}

/// Waits for `future`, but not longer than `idle` after the last mark.
pub(crate) async fn unless_stalled<F: Future>(
    idle: Duration,
    moved: &Moved,
    future: F,
) -> Result<F::Output, Stalled> {
    let mut future = std::pin::pin!(future);
    loop {
        let Some(ends) = moved.last().checked_add(idle) else {
            return Ok(future.await);
        };
        match tokio::time::timeout_at(ends, future.as_mut()).await {
            Ok(output) => return Ok(output),
            Err(_)
                if moved
                    .last()
                    .checked_add(idle)
                    .is_some_and(|later| later > ends) => {}
            Err(_) => return Err(Stalled(idle)),
        }
    }
}

/// Why a request has no usable answer: the connection, or something on our side.
pub(crate) enum Failure {
    Http(reqwest::Error),
    Ours(Error),
}

impl Session {
    pub(crate) fn new(shared: Arc<Shared>, options: CallOptions) -> Self {
        let ends = options
            .deadline
            .and_then(|deadline| Instant::now().checked_add(deadline));
        Self {
            shared,
            options,
            ends,
            record: Arc::default(),
        }
    }

    /// The bindings, sending through this session.
    pub(crate) fn api(&self) -> api::Client {
        api::Client {
            baseurl: self.shared.base.clone(),
            client: self.shared.http.clone(),
            inner: self.clone(),
        }
    }

    pub(crate) fn base(&self) -> &str {
        &self.shared.base
    }

    /// The URL of a path of the API. To parse the base once and set the path on a copy is a third of the work of parsing
    /// the whole for every call.
    pub(crate) fn url(&self, path: &str) -> Url {
        let mut url = self.shared.root.clone();
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
        own.unwrap_or(&self.shared.credentials)
    }

    /// The same session as somebody else.
    pub(crate) fn acting_as(&self, credentials: Arc<Credentials>) -> Self {
        let mut session = self.clone();
        session.options.credentials = Some(credentials);
        session
    }

    /// A session for a call that several others wait for: with no limit that only one of them has.
    pub(crate) fn for_all(&self, credentials: Arc<Credentials>) -> Self {
        Self::new(self.shared.clone(), CallOptions::default()).acting_as(credentials)
    }

    /// What proves who is calling, got within the deadline.
    async fn proof(&self) -> Result<Proof> {
        let proof = self.credentials().proof(self);
        match self.ends {
            None => proof.await,
            Some(ends) => tokio::time::timeout_at(ends, proof)
                .await
                .unwrap_or_else(|_| Err(Error::new(ErrorKind::Timeout, "the deadline passed"))),
        }
    }

    pub(crate) fn idle(&self) -> Duration {
        self.options.idle.unwrap_or(self.shared.idle)
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
        self.wait(tried, elapsed, None)
    }

    fn wait(&self, tried: u32, elapsed: Duration, asked: Option<Duration>) -> Option<Duration> {
        let retry = self.options.retry.as_ref().unwrap_or(&self.shared.retry);
        retry
            .wait(tried, elapsed, asked, fastrand::f64())
            .filter(|wait| self.has_time_for(*wait))
    }

    /// The same session, waiting at least as long for movement unless the call says otherwise: the service works before
    /// it answers.
    pub(crate) fn patient(&self, idle: Duration) -> Self {
        let mut session = self.clone();
        if session.options.idle.is_none() {
            session.options.idle = Some(idle.max(self.shared.idle));
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
        let manner = Manner {
            operation: Cow::Borrowed(operation),
            repeatable: REPEATABLE_POSTS.contains(&operation)
                || is_idempotent(request.method()) && !ONCE_ONLY.contains(&operation),
            expected,
        };
        let sent = self.send(Template::Ready(Box::new(request)), manner);
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
        manner: Manner,
    ) -> Result<reqwest::Response, Failure> {
        let started = Instant::now();
        let mut attempts = 1;
        let mut redirects = 0;
        let mut renewed = false;
        let mut place: Option<Url> = None;
        self.remember(|record| {
            record.operation.clone_from(&manner.operation);
            record.attempts = 0;
        });
        loop {
            self.pass_gate().await;
            let proof = match self.credentials().proof_at_hand() {
                Some(proof) => proof,
                None => Box::pin(self.proof()).await.map_err(Failure::Ours)?,
            };
            let moved = Moved::new();
            // The request of this try, and what the one of the next can be made of.
            let (mut request, again) = match template {
                Template::Ready(request) => match copy(&request) {
                    Some(copy) => (copy, Some(Template::Ready(request))),
                    None => (*request, None),
                },
                Template::Made(mut maker) => {
                    let made = maker.make(&self.shared.http, moved.clone()).await;
                    let again = maker.again().then_some(Template::Made(maker));
                    (made.map_err(Failure::Ours)?, again)
                }
            };
            if let Some(place) = &place {
                request.url_mut().clone_from(place);
            }
            self.remember(|record| record.attempts = attempts);
            let method = request.method().clone();
            let span = trace::span(&manner.operation, &method, request.url(), attempts);
            let answer = self.start(request, &manner, &proof);
            let sent = self.exchange(answer, &manner, &moved, attempts, &span);
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
                        note(response, format!("the redirect was not followed: {ONCE}"));
                    }
                    (Err(rule), _) => note(response, rule),
                }
                return outcome;
            }
            // A refused request has done nothing, so it may be sent with another token whatever it does.
            if !renewed
                && refuses_token(&outcome)
                && Box::pin(self.credentials().refused(&proof)).await
            {
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
            let Verdict::Again { asked } = verdict(&outcome, &manner) else {
                return outcome;
            };
            let Some(wait) = self.wait(attempts, started.elapsed(), asked) else {
                return outcome;
            };
            let Some(next) = again else {
                return Err(self.cannot_repeat(outcome));
            };
            let answer = outcome.as_ref().ok();
            trace::retry(&manner.operation, attempts, wait, answer);
            let crowded = answer.is_some_and(|answer| answer.status().as_u16() == 429);
            drop(outcome);
            match &self.options.gate {
                Some(gate) if crowded => gate.close_for(wait),
                _ => tokio::time::sleep(wait).await,
            }
            template = next;
            attempts += 1;
        }
    }

    /// Waits with the calls that this one belongs to, but not beyond its own deadline.
    async fn pass_gate(&self) {
        let Some(gate) = &self.options.gate else {
            return;
        };
        while let Some(closed) = gate.closed_for() {
            if !self.has_time_for(closed) {
                return;
            }
            // Not all at the same moment.
            tokio::time::sleep(closed.mul_f64(1.0 + fastrand::f64() / 10.0)).await;
        }
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
        let Some(target) = target.filter(|target| matches!(target.scheme(), "http" | "https"))
        else {
            return Some(Err("the redirect leads nowhere".to_owned()));
        };
        if !is_same_origin(&target, &self.shared.root) {
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
        Some(Ok(target))
    }

    fn has_time_for(&self, wait: Duration) -> bool {
        self.ends
            .is_none_or(|ends| ends.duration_since(Instant::now()) > wait)
    }

    /// Hands a request over to be sent. No `async fn` either.
    fn start(
        &self,
        mut request: reqwest::Request,
        manner: &Manner,
        proof: &Proof,
    ) -> impl Future<Output = reqwest::Result<reqwest::Response>> + use<> {
        self.dress(&mut request, manner, proof);
        if let Some(ends) = self.ends {
            let left = ends.saturating_duration_since(Instant::now());
            *request.timeout_mut() = Some(left.max(Duration::from_millis(1)));
        }
        self.shared.http.execute(request)
    }

    /// Waits for the answer to a request, and reads it.
    async fn exchange(
        &self,
        answer: impl Future<Output = reqwest::Result<reqwest::Response>>,
        manner: &Manner,
        moved: &Moved,
        attempts: u32,
        span: &trace::Span,
    ) -> Result<reqwest::Response, Failure> {
        let idle = self.idle();
        moved.mark();
        let response = unless_stalled(idle, moved, answer).await;
        let mut response = match response {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(Failure::Http(error.without_url())),
            Err(stalled) => return Err(Failure::Http(Box::pin(stalled_error(stalled)).await)),
        };
        trace::status(span, response.status());
        let success = response.status().is_success();
        if success && manner.expected == Expected::File {
            return Ok(response);
        }
        let limit = if success { usize::MAX } else { FAILURE_LIMIT };
        let spare = self.options.spare.as_ref();
        let (body, broken) =
            body::receive(&mut response, idle, moved, limit, spare.map(Arc::as_ref)).await;
        // A failure is that failure, however much of its body came.
        if let Some(failure) = broken.filter(|_| success) {
            return Err(failure);
        }
        response.extensions_mut().insert(Facts {
            operation: manner.operation.clone(),
            attempts,
            body,
            note: Cow::Borrowed(""),
            unreadable: None,
            spare: spare.cloned(),
            credentials: self.credentials().clone(),
        });
        // What a success says is taken out of the facts; anything else may be read by whoever it comes to.
        Ok(if success { response } else { whole(response) })
    }

    /// Puts on what every request wears. Credentials go to the configured origin only.
    fn dress(&self, request: &mut reqwest::Request, manner: &Manner, proof: &Proof) {
        let home = is_same_origin(request.url(), &self.shared.root);
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
        if manner.expected == Expected::Json && !headers.contains_key(ACCEPT) {
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
        Failure::Ours(error.with_note(&format!("not tried again: {ONCE}")))
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
        error.or_call(record.operation.clone(), record.attempts)
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
        match response.extensions_mut().remove::<Facts>() {
            Some(facts) => Ok(facts.body),
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
    fn answered(
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
            let error = cannot_be_read(&error.to_string()).with_source(error);
            self.answered(error, status, headers.clone(), body)
        })
    }
}

/// The answer with the body that the transport has read of it.
fn whole(mut response: reqwest::Response) -> reqwest::Response {
    let Some(body) = response
        .extensions()
        .get::<Facts>()
        .map(|facts| facts.body.clone())
    else {
        return response;
    };
    let url = response.url().clone();
    let mut whole = http::Response::builder()
        .url(url)
        .body(())
        .unwrap_or_default();
    *whole.status_mut() = response.status();
    *whole.version_mut() = response.version();
    *whole.headers_mut() = std::mem::take(response.headers_mut());
    whole
        .extensions_mut()
        .extend(std::mem::take(response.extensions_mut()));
    whole.map(|()| body).into()
}

/// The answer of a generated call as a stream, whether or not the transport has read it.
pub(crate) fn streamed(response: reqwest::Response) -> api::ResponseValue<api::ByteStream> {
    api::ResponseValue::stream(whole(response))
}

/// Decodes the answer of a generated call, which the transport has read already. What cannot be decoded comes as the
/// answer it was, so that the error made of it can tell all of it.
#[expect(clippy::result_large_err, reason = "it is the error of the bindings")]
pub(crate) fn decoded<T: DeserializeOwned>(
    mut response: reqwest::Response,
) -> Result<api::ResponseValue<T>, api::Error<()>> {
    let body = received(&mut response);
    match body::decode(&body) {
        Ok(value) => {
            let headers = done_with(&mut response, body);
            Ok(api::ResponseValue::new(value, response.status(), headers))
        }
        Err(error) => Err(undecoded(response, body, error)),
    }
}

// What is the same for every type is no part of `decoded`, which is compiled for each of them.

/// The body that the transport has read, taken out.
fn received(response: &mut reqwest::Response) -> Bytes {
    let facts = response.extensions_mut().get_mut::<Facts>();
    let body = facts.map(|facts| std::mem::take(&mut facts.body));
    body.unwrap_or_default()
}

/// The headers of an answer whose body is decoded.
fn done_with(response: &mut reqwest::Response, body: Bytes) -> HeaderMap {
    let facts = response.extensions_mut().get_mut::<Facts>();
    if let Some(spare) = facts.and_then(|facts| facts.spare.take()) {
        spare.keep(body);
    }
    std::mem::take(response.headers_mut())
}

fn undecoded(
    mut response: reqwest::Response,
    body: Bytes,
    error: serde_json::Error,
) -> api::Error<()> {
    if let Some(facts) = response.extensions_mut().get_mut::<Facts>() {
        facts.body = body;
        facts.unreadable = Some(Arc::new(error));
    }
    api::Error::UnexpectedResponse(whole(response))
}

fn cannot_be_read(why: &str) -> Error {
    Error::new(
        ErrorKind::Decode,
        format!("the answer cannot be read: {why}"),
    )
}

/// The error of an answer that should be a success and cannot be used, with what the answer was.
fn unreadable(
    error: Error,
    status: StatusCode,
    headers: HeaderMap,
    body: &Bytes,
    credentials: &Credentials,
) -> Error {
    let secrets = credentials.texts();
    let secrets: Vec<&str> = secrets.iter().map(Secret::expose).collect();
    let error = error.without(&secrets);
    // What could not be decoded may be what must not be shown.
    let hidden = Bytes::from_static(b"[redacted]");
    let told = error.operation().unwrap_or_default();
    if SECRET_ANSWERS.contains(&told) {
        let answer = Answer::new(status, headers, &hidden, &secrets);
        return error.without_cause().with_answer(answer);
    }
    error.with_answer(Answer::new(status, headers, body, &secrets))
}

/// Whether scheme, host and port are the same.
fn is_same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host_str() == other.host_str()
        && one.port_or_known_default() == other.port_or_known_default()
}

/// A `reqwest::Error` that says what stalled: generated calls can return nothing else.
pub(crate) async fn stalled_error(stalled: Stalled) -> reqwest::Error {
    carried(io::Error::new(io::ErrorKind::TimedOut, stalled)).await
}

async fn as_reqwest_error(error: Error) -> reqwest::Error {
    carried(io::Error::other(error)).await
}

/// reqwest has no constructor for its errors, but reading a body that fails makes one.
async fn carried(error: io::Error) -> reqwest::Error {
    let mut error = Some(error);
    loop {
        let error = error.take().unwrap_or_else(|| io::ErrorKind::Other.into());
        let failing = futures_util::stream::iter([Err::<Bytes, io::Error>(error)]);
        let response = http::Response::new(reqwest::Body::wrap_stream(failing));
        // Always an error, so there is never a second round; the types do not know it.
        if let Err(error) = reqwest::Response::from(response).bytes().await {
            return error.without_url();
        }
    }
}

/// The error of a request without an answer.
pub(crate) fn error_of_reqwest(error: reqwest::Error) -> Error {
    let error = error.without_url();
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(one) = cause {
        if let Some(stalled) = inner::<Stalled>(one) {
            // What carries it says the same once more, and that an answer was read.
            return Error::new(ErrorKind::Timeout, stalled.to_string());
        }
        if let Some(ours) = inner::<Error>(one) {
            return ours.repeat();
        }
        cause = one.source();
    }
    let (kind, text) = if error.is_connect() {
        (ErrorKind::Connect, "no connection to the service")
    } else if error.is_timeout() {
        (ErrorKind::Timeout, "the deadline passed")
    } else if error.is_builder() {
        (ErrorKind::InvalidInput, "the request cannot be built")
    } else {
        (ErrorKind::Interrupted, "the connection broke")
    };
    Error::new(kind, text).with_source(error)
}

/// What an error is, or what an `io::Error` holds.
fn inner<'a, T: std::error::Error + 'static>(
    error: &'a (dyn std::error::Error + 'static),
) -> Option<&'a T> {
    error.downcast_ref::<T>().or_else(|| {
        error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .and_then(|held| held.downcast_ref::<T>())
    })
}

/// What an answer says that the transport has read.
fn answer_of(response: &reqwest::Response) -> Option<Answer> {
    let facts = response.extensions().get::<Facts>()?;
    let secrets = facts.credentials.texts();
    let secrets: Vec<&str> = secrets.iter().map(Secret::expose).collect();
    Some(Answer::new(
        response.status(),
        response.headers().clone(),
        &facts.body,
        &secrets,
    ))
}

/// The error that an answer says: one other than success, or one that cannot be decoded. Its body was read by the
/// transport already.
fn error_of_response(mut response: reqwest::Response) -> Error {
    let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
    let kind = if status.is_success() {
        ErrorKind::Decode
    } else {
        ErrorKind::Status
    };
    let Some(facts) = response.extensions_mut().remove::<Facts>() else {
        // Not of this transport, so there is nothing to hide and no more to say.
        let body = response.bytes().now_or_never();
        let body = body.and_then(std::result::Result::ok).unwrap_or_default();
        return Error::new(kind, "").with_answer(Answer::new(status, headers, &body, &[]));
    };
    let called = |error: Error| error.with_call(facts.operation, facts.attempts);
    if let Some(why) = facts.unreadable {
        let error = called(cannot_be_read(&why.to_string()));
        let error = match Arc::try_unwrap(why) {
            Ok(why) => error.with_source(why),
            Err(shared) => error.with_source(shared),
        };
        return unreadable(error, status, headers, &facts.body, &facts.credentials);
    }
    let secrets = facts.credentials.texts();
    let secrets: Vec<&str> = secrets.iter().map(Secret::expose).collect();
    let text = match status.as_u16() {
        _ if !facts.note.is_empty() => facts.note,
        401 | 403 if facts.credentials.is_none() => Cow::Borrowed("the client has no credentials"),
        _ => Cow::Borrowed(""),
    };
    called(Error::new(kind, text)).with_answer(Answer::new(status, headers, &facts.body, &secrets))
}

fn note(response: &mut reqwest::Response, text: String) {
    if let Some(facts) = response.extensions_mut().get_mut::<Facts>() {
        facts.note = text.into();
    }
}

impl From<api::Error<()>> for Error {
    /// What a generated call failed with, as this crate's error.
    fn from(error: api::Error<()>) -> Self {
        match error {
            api::Error::UnexpectedResponse(response) => error_of_response(response),
            api::Error::CommunicationError(error)
            | api::Error::ResponseBodyError(error)
            | api::Error::InvalidUpgrade(error) => error_of_reqwest(error),
            api::Error::InvalidResponsePayload(_, source) => {
                cannot_be_read(&source.to_string()).with_source(source)
            }
            api::Error::InvalidRequest(text) | api::Error::Custom(text) => Error::invalid(text),
            api::Error::ErrorResponse(value) => Error::new(
                ErrorKind::Status,
                Cow::Owned(format!("status {}", value.status().as_u16())),
            ),
        }
    }
}

/// What is to be done about an outcome.
enum Verdict {
    /// It is what the call ends in.
    Final,
    /// There may be another try, after the wait that the service asks for, if it does.
    Again { asked: Option<Duration> },
}

fn verdict(outcome: &Result<reqwest::Response, Failure>, manner: &Manner) -> Verdict {
    match outcome {
        Ok(response) if !is_retryable(response.status()) => Verdict::Final,
        // What a gateway says does not tell whether the service behind it has done it.
        Ok(response)
            if manner.is_once_only() && response.status() != 429 && response.status() != 503 =>
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
            if error.is_connect() || manner.repeatable && is_interrupted(error) =>
        {
            Verdict::Again { asked: None }
        }
        Err(_) => Verdict::Final,
    }
}

/// A connection that failed after something may have been sent.
fn is_interrupted(error: &reqwest::Error) -> bool {
    !error.is_builder()
}

/// Whether an answer refuses a token that there may be a better one for.
fn refuses_token(outcome: &Result<reqwest::Response, Failure>) -> bool {
    let Ok(response) = outcome else {
        return false;
    };
    match response.status().as_u16() {
        401 => true,
        403 => answer_of(response).is_some_and(|answer| answer.is_invalid_authentication()),
        _ => false,
    }
}

fn is_retryable(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502 | 503 | 504)
}

fn is_idempotent(method: &Method) -> bool {
    method.is_idempotent() || *method == Method::PATCH
}

/// Calls that make something new every time, or use a code up that counts once: sent again only if they were never
/// sent, or if the service says that it has done nothing.
const ONCE_ONLY: &[&str] = &[
    "confirmUserMfaTotp",
    "createMembershipAndUser",
    "createUser",
    "createUserApiKey",
    "createUserToken",
    "deleteUserMfaTotp",
];

/// Calls that answer with a secret.
const SECRET_ANSWERS: &[&str] = &[
    "createMembershipAndUser",
    "createOrganization",
    "createOrganizationOptions",
    "createUser",
    "createUserApiKey",
    "createUserMfaTotp",
    "createUserToken",
    "getOrganization",
    "getUserToken",
    "putOrganizationOption",
];

impl Manner {
    fn is_once_only(&self) -> bool {
        ONCE_ONLY.contains(&&*self.operation)
    }
}

/// Calls by POST that do the same when sent twice.
const REPEATABLE_POSTS: &[&str] = &[
    "copyMultipleSourceImages",
    "copySourceImage",
    "createSourceImageAutodescription",
    "createSourceImageAutolabel",
    "createSourceImageContentCredentials",
    "restoreSourceImage",
    "signUrl",
];

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("base", &self.shared.base)
            .finish_non_exhaustive()
    }
}
