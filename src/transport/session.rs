//! A session: what the requests of one call share.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use tokio::time::Instant;
use url::Url;

use super::auth::{AuthHeader, Credentials};
use super::connection::Connection;
use super::deadline::until;
use super::options::CallOptions;
use super::retry::Retry;
use super::trace;
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Counter;

/// The idle timeout, at least, of calls for which the service works before it responds: it fetches a URL, packs an archive,
/// or makes a rendering.
const WORKING_IDLE: Duration = Duration::from_secs(300);

/// A client as the bindings carry it: the shared transport, and what one call may set differently. Opaque; made by
/// [`Client::api`](crate::Client::api).
#[derive(Clone)]
pub struct Session {
    pub(super) connection: Connection,
    pub(super) options: CallOptions,
    /// The deadline of the call.
    pub(super) ends: Option<Instant>,
    record: Arc<Mutex<Record>>,
    /// Several calls share this session, so the record is of the latest one.
    several: bool,
    /// The span of the call.
    span: trace::Span,
}

/// The call, as an error names it.
#[derive(Default)]
struct Record {
    operation: Cow<'static, str>,
    /// Requests sent: a call may consist of several, and each of them may take several attempts.
    requests: u32,
}

impl Connection {
    /// Starts a call with these options; its deadline begins now.
    pub(crate) fn session(&self, options: CallOptions) -> Session {
        let deadline = options.deadline.or(self.deadline);
        Session::new(self.clone(), options, deadline)
    }
}

impl Session {
    fn new(connection: Connection, options: CallOptions, deadline: Option<Duration>) -> Self {
        Self {
            connection,
            options,
            ends: deadline.and_then(|deadline| Instant::now().checked_add(deadline)),
            record: Arc::default(),
            several: false,
            span: trace::none(),
        }
    }

    /// A session for any number of calls of the bindings.
    pub(crate) fn for_several_calls(mut self) -> Self {
        self.several = true;
        self.ends = None;
        self
    }

    /// Whether a call needs a session of its own: this one is for several calls, each of which has a deadline or a span.
    pub(super) fn is_shared(&self) -> bool {
        self.several && (trace::ENABLED || self.connection.deadline.is_some())
    }

    /// A session for one of several calls.
    pub(super) fn for_one_call(&self, span: &trace::Span) -> Self {
        self.connection
            .session(self.options.clone())
            .with_span(span)
    }

    /// The span of the call.
    pub(crate) fn span(&self) -> &trace::Span {
        &self.span
    }

    /// The same session as a part of a call with this span.
    pub(crate) fn with_span(mut self, span: &trace::Span) -> Self {
        self.span = span.clone();
        self
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The base URL, without a slash at its end.
    pub(crate) fn base(&self) -> &str {
        &self.connection.base
    }

    /// The URL of a path of the API. Setting the path on a copy of the parsed base costs a third of parsing the whole.
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

    /// The credentials of the call.
    pub(crate) fn credentials(&self) -> &Arc<Credentials> {
        let own = self.options.credentials.as_ref();
        own.unwrap_or(&self.connection.credentials)
    }

    /// The same session with other credentials.
    pub(crate) fn acting_as(&self, credentials: Arc<Credentials>) -> Self {
        let mut session = self.clone();
        session.options.credentials = Some(credentials);
        session
    }

    /// A session for a request that several calls wait for: without the limits and other options of this one.
    pub(crate) fn without_limits(&self) -> Self {
        Self::new(self.connection.clone(), CallOptions::default(), None)
    }

    /// The header that authenticates the next request, obtained within the deadline.
    pub(super) async fn auth_header(&self) -> Result<AuthHeader> {
        until(self.ends, pin!(self.credentials().auth_header(self))).await?
    }

    /// The same session, sending another header.
    pub(crate) fn with_header(&self, name: HeaderName, value: &str) -> Self {
        let mut session = self.clone();
        if let Ok(value) = HeaderValue::from_str(value) {
            session.options.headers.insert(name, value);
        }
        session
    }

    /// Whether the caller has set a header for the call.
    pub(crate) fn has_header(&self, name: &HeaderName) -> bool {
        self.options.headers.contains_key(name)
    }

    /// The idle timeout.
    pub(crate) fn idle(&self) -> Duration {
        self.options.idle.unwrap_or(self.connection.idle)
    }

    /// The same session with at least [`WORKING_IDLE`], unless the call sets an idle timeout.
    pub(crate) fn patient(&self) -> Self {
        let mut session = self.clone();
        if session.options.idle.is_none() {
            session.options.idle = Some(WORKING_IDLE.max(self.connection.idle));
        }
        session
    }

    pub(crate) fn counter(&self) -> Option<Counter> {
        self.options.counter.clone()
    }

    pub(super) fn retry(&self) -> &Retry {
        self.options
            .retry
            .as_ref()
            .unwrap_or(&self.connection.retry)
    }

    /// Attempts that one request may take.
    pub(crate) fn attempt_limit(&self) -> u32 {
        self.retry().attempt_limit()
    }

    /// The backoff after a number of failures within `elapsed`; `None` if no attempt may follow.
    pub(crate) fn backoff(&self, failures: u32, elapsed: Duration) -> Option<Duration> {
        let wait = self.retry().wait(failures, None, fastrand::f64());
        let allowed = self.retry().allows(failures, elapsed, wait) && self.has_time_for(wait);
        allowed.then_some(wait)
    }

    pub(crate) fn has_deadline(&self) -> bool {
        self.ends.is_some()
    }

    /// The time left until the deadline; `None` without one.
    pub(crate) fn time_left(&self) -> Option<Duration> {
        self.ends
            .map(|ends| ends.saturating_duration_since(Instant::now()))
    }

    pub(super) fn has_time_for(&self, wait: Duration) -> bool {
        self.time_left().is_none_or(|left| left > wait)
    }

    /// Does work within the deadline of the call. The caller pins, as for [`until`].
    pub(crate) async fn within_deadline<T>(
        &self,
        work: Pin<&mut (impl Future<Output = Result<T>> + Send)>,
    ) -> Result<T> {
        until(self.ends, work)
            .await
            .unwrap_or_else(|passed| Err(self.name_call(passed.into())))
    }

    /// Records the operation of a request, before its first attempt.
    pub(super) fn record_operation(&self, operation: Cow<'static, str>) {
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        if record.operation.is_empty() {
            trace::operation(&self.span, &operation, self.credentials());
        }
        record.operation = operation;
        if self.several {
            record.requests = 0;
        }
    }

    /// Records that a request is sent, and returns how many the call has sent by now.
    pub(super) fn record_request(&self) -> u32 {
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        record.requests = record.requests.saturating_add(1);
        record.requests
    }

    /// The requests that the call has sent so far.
    pub(crate) fn attempts(&self) -> u32 {
        let record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        record.requests
    }

    /// The operation and the requests of the call, as an error has them.
    pub(super) fn call(&self) -> (Cow<'static, str>, u32) {
        let record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        (record.operation.clone(), record.requests)
    }

    /// Adds the operation and the attempts of this call to an error that has none.
    pub(crate) fn name_call(&self, error: Error) -> Error {
        let (operation, attempts) = self.call();
        error.or_call(operation, attempts)
    }

    /// An error of this call.
    pub(crate) fn failed(&self, kind: ErrorKind, text: impl Into<String>) -> Error {
        self.name_call(Error::new(kind, text.into()))
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("base", &self.connection.base)
            .finish_non_exhaustive()
    }
}
