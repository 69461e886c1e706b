//! The one error type of this crate.

mod display;
mod exists;
mod redact;
mod response;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, StatusCode};

pub(crate) use redact::{mark_sensitive, redact};
pub(crate) use response::FailedResponse;
pub use response::RateLimit;

use redact::REDACTED;

/// The result of every fallible call of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, with the response of the service.
///
/// `Display` is one line: the operation, the status and the message of the service. `{:#}` adds the causes.
/// Credentials never appear in it, nor in `Debug`.
///
/// ```
/// # fn f(error: rokka::Error) {
/// if error.is_not_found() {
///     println!("no such image");
/// } else if let Some(wait) = error.retry_after() {
///     println!("retry in {} s", wait.as_secs());
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
    response: Option<FailedResponse>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// The group an [`Error`] belongs to, for a `match`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value was rejected before anything was sent.
    InvalidInput,
    /// The client cannot be built from the given settings, or a call cannot run on this thread: a token refresh outside a
    /// tokio runtime, or a blocking call in async code.
    Configuration,
    /// No connection could be established: nothing was sent.
    Connect,
    /// TLS refuses the connection, and would refuse it again: the certificate of the server is expired, from an unknown
    /// authority or for another host, or the server refuses the client's. Not retried. With feature `native-tls`, which
    /// tells no reasons, such a connection fails with [`Connect`](Self::Connect).
    Tls,
    /// A deadline passed, or nothing was sent or received for the idle timeout.
    Timeout,
    /// The connection broke while sending or receiving, or a file ended early or changed while it was downloaded. A response
    /// that the service sent before it closed the connection in the middle of an upload is read first; one that arrives in
    /// the moment of a write can be lost.
    Interrupted,
    /// The service responded with a status other than success, except where [`AlreadyExists`](Self::AlreadyExists) says
    /// more.
    Status,
    /// The service responded with success, but the response cannot be decoded or does not belong to the call.
    Decode,
    /// A local file could not be read or written, a caller's stream, reader or channel failed, or an upload ended before it
    /// took all bytes of a channel.
    Io,
    /// The bytes that were transferred have another SHA-1 than the expected `binary_hash`.
    HashMismatch,
    /// What the call creates exists already:
    ///
    /// - a file on the disk, for a [download](crate::source_images::DownloadFile) or a
    ///   [rendering](crate::rendering::RenderUpload) without `overwrite` or `skip_existing`, also in bulk
    /// - an [alias](crate::Aliases::create) or a [stack](crate::Stacks::create), also as the target of a
    ///   [copy](crate::Stacks::copy), without `overwrite`
    /// - an image in the other organization, for a [copy](crate::SourceImages::copy) with `keep_existing`
    /// - the name of an [organization](crate::Organizations::create), or the organization or e-mail address of a
    ///   [user](crate::Client::create_user)
    /// - an active [second factor](crate::User::set_up_totp)
    ///
    /// An upload of bytes that are stored already is no error: it returns the image that exists.
    ///
    /// Except for a file, the error has the response of the service. The status for a taken name is not documented: a 409
    /// counts, and a 400 or 422 whose message says so. If [`Error::attempts`] is above 1, an earlier attempt, whose response
    /// was lost, may have created it.
    AlreadyExists,
    /// A bulk call ended after the failures that [`stop_after`](crate::BulkCall::stop_after) sets: nothing was sent for this
    /// image.
    Stopped,
    /// A [`Middleware`](crate::Middleware) failed; the source is its error.
    Middleware,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, text: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            text: text.into(),
            operation: None,
            attempts: 0,
            response: None,
            source: None,
        }))
    }

    /// An invalid value; `text` names the value and the rule.
    pub(crate) fn invalid(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidInput, text)
    }

    /// Bytes with another hash than the expected one. `what` names the bytes at the start of a sentence.
    pub(crate) fn hash_mismatch(what: &str, expected: &str, actual: &str) -> Self {
        let text = format!("{what} has the SHA-1 {actual} instead of the expected {expected}");
        Self::new(ErrorKind::HashMismatch, text)
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into().into());
        self
    }

    /// Redacts `secrets` in the text, which a decoder may have quoted. Its source has quoted the same.
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
        let response = error.0.response.take();
        error.0.response = response.map(|response| response.redacted(secrets));
        if error.cause_repeats(secrets) {
            error.0.source = None;
        }
        error
    }

    fn cause_repeats(&self, secrets: &[&str]) -> bool {
        let mut cause = self.source();
        while let Some(error) = cause {
            let shown = format!("{error} {error:?}");
            if secrets.iter().any(|secret| shown.contains(secret)) {
                return true;
            }
            cause = error.source();
        }
        false
    }

    /// Adds the response that the call failed with.
    pub(crate) fn with_response(mut self, response: FailedResponse) -> Self {
        self.0.response = Some(response);
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

    /// Adds the call, unless the error has one.
    pub(crate) fn or_call(self, operation: Cow<'static, str>, attempts: u32) -> Self {
        if self.0.operation.is_some() || operation.is_empty() {
            return self;
        }
        self.with_call(operation, attempts)
    }

    /// The same error for another item of the same request.
    pub(crate) fn repeat(&self) -> Self {
        let inner = &self.0;
        Self(Box::new(Inner {
            kind: inner.kind,
            text: inner.text.clone(),
            operation: inner.operation.clone(),
            attempts: inner.attempts,
            response: inner.response.clone(),
            source: inner.source.clone(),
        }))
    }

    /// Adds a note to the text.
    pub(crate) fn with_note(mut self, note: &str) -> Self {
        self.0.text = match self.0.text.as_ref() {
            "" => note.to_owned().into(),
            text => format!("{text}; {note}").into(),
        };
        self
    }

    /// The group this error belongs to.
    pub fn kind(&self) -> ErrorKind {
        if self.0.kind == ErrorKind::Status && self.is_refused_as_existing() {
            return ErrorKind::AlreadyExists;
        }
        self.0.kind
    }

    /// Whether the service responded that what the call creates exists already.
    fn is_refused_as_existing(&self) -> bool {
        let call = self.0.response.as_ref().zip(self.operation());
        call.is_some_and(|(response, operation)| response.is_already_exists(operation))
    }

    /// The HTTP status of the response, also where its body cannot be decoded.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.response.as_ref().map(|response| response.status)
    }

    /// The `error.code` or `code` of the body, which normally repeats the status; the status if the body has none.
    pub fn code(&self) -> Option<i64> {
        self.0.response.as_ref().map(FailedResponse::code)
    }

    /// The message of the service: `error.message`, `message`, `error` or `status` of the body, or else the reason phrase
    /// of the HTTP status. For errors without such a response, the message of this crate.
    pub fn message(&self) -> Cow<'_, str> {
        match &self.0.response {
            Some(response) if self.0.kind == ErrorKind::Status => response.message(),
            _ => Cow::Borrowed(self.0.text.as_ref()),
        }
    }

    /// The service's identifier of some failures, such as `key_expired` or `mfa_required`.
    ///
    /// Known: `mfa_required`, `mfa_enrollment_required`, `totp_invalid`, `totp_rate_limited`, `key_expired`,
    /// `ip_not_allowed`. See [Users and memberships](https://rokka.io/documentation/references/users-and-memberships.html).
    pub fn slug(&self) -> Option<String> {
        self.0.response.as_ref()?.slug()
    }

    /// The first 64 KiB of the body of the response, with secrets redacted.
    pub fn body(&self) -> Option<&[u8]> {
        let response = self.0.response.as_ref();
        response.map(|response| response.body.as_ref())
    }

    /// The headers of the response.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.response.as_ref().map(|response| &response.headers)
    }

    /// The id that the service or its edge assigned to the request, for support.
    pub fn request_id(&self) -> Option<&str> {
        let headers = self.headers()?;
        ["x-request-id", "x-amz-cf-id", "x-amzn-requestid"]
            .iter()
            .find_map(|name| headers.get(*name))
            .and_then(|value| value.to_str().ok())
    }

    /// The rate limit that the response reports.
    pub fn rate_limit(&self) -> RateLimit {
        self.0
            .response
            .as_ref()
            .map(FailedResponse::rate_limit)
            .unwrap_or_default()
    }

    /// The wait that the service requests, counted from the arrival of its response.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.response.as_ref()?.retry_after()
    }

    /// The operation that failed: an operation id of the API such as `getSourceImage`, or a method and a path.
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// The requests that the call sent: the first attempt, retries, redirects, and continuations of a download. 0 if it sent
    /// none.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// A value was rejected before anything was sent.
    pub fn is_invalid_input(&self) -> bool {
        self.0.kind == ErrorKind::InvalidInput
    }

    /// 404: no such organization, image, stack, alias or field.
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(StatusCode::NOT_FOUND)
    }

    /// The service rejected the credentials: a 401, or a 403 with `invalid_authentication`.
    pub fn is_unauthorized(&self) -> bool {
        self.status() == Some(StatusCode::UNAUTHORIZED) || self.is_invalid_authentication()
    }

    /// A 403 for valid credentials: the role or the plan is not sufficient.
    pub fn is_forbidden(&self) -> bool {
        self.status() == Some(StatusCode::FORBIDDEN) && !self.is_invalid_authentication()
    }

    /// The body has `invalid_authentication`: the service rejected the key or token itself, whatever the status.
    pub fn is_invalid_authentication(&self) -> bool {
        self.0.kind == ErrorKind::Status
            && self
                .0
                .response
                .as_ref()
                .is_some_and(FailedResponse::is_invalid_authentication)
    }

    /// What the call creates exists already: a file, an alias, a stack, a copy, an organization or a user, whatever the
    /// status. [`ErrorKind::AlreadyExists`] lists the calls.
    ///
    /// ```no_run
    /// # async fn f(stacks: rokka::Stacks, thumb: rokka::StackDefinition) -> rokka::Result<()> {
    /// match stacks.create("thumb", thumb).await {
    ///     Err(error) if error.is_already_exists() => println!("there is a stack of this name"),
    ///     created => println!("{}", created?.name),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_already_exists(&self) -> bool {
        self.kind() == ErrorKind::AlreadyExists
    }

    /// 409: the call conflicts with the state of the service. What exists already is
    /// [`is_already_exists`](Self::is_already_exists); the last admin of an organization is another conflict.
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(StatusCode::CONFLICT)
    }

    /// 412: a precondition failed, such as that of a copy that must not overwrite an image.
    pub fn is_precondition_failed(&self) -> bool {
        self.status() == Some(StatusCode::PRECONDITION_FAILED)
    }

    /// 429: too many calls.
    pub fn is_rate_limited(&self) -> bool {
        self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// A deadline passed, or nothing was sent or received for the idle timeout.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// No connection could be established, so nothing was sent.
    pub fn is_connect(&self) -> bool {
        self.0.kind == ErrorKind::Connect
    }

    /// The same call may succeed later: 408, 429, 502, 503, 504, no connection, a broken one, a timeout, or a bulk call that
    /// stopped before it sent this.
    ///
    /// The client has already made the attempts that its [`Retry`](crate::Retry) allows.
    pub fn is_retryable(&self) -> bool {
        match self.0.kind {
            ErrorKind::Connect
            | ErrorKind::Timeout
            | ErrorKind::Interrupted
            | ErrorKind::Stopped => true,
            ErrorKind::Status => self
                .0
                .response
                .as_ref()
                .is_some_and(FailedResponse::is_retryable),
            _ => false,
        }
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
            ErrorKind::Connect | ErrorKind::Tls => std::io::ErrorKind::NotConnected,
            ErrorKind::Timeout => std::io::ErrorKind::TimedOut,
            ErrorKind::Interrupted => std::io::ErrorKind::ConnectionAborted,
            ErrorKind::Decode | ErrorKind::HashMismatch => std::io::ErrorKind::InvalidData,
            ErrorKind::AlreadyExists => std::io::ErrorKind::AlreadyExists,
            ErrorKind::Status | ErrorKind::Io | ErrorKind::Stopped | ErrorKind::Middleware => {
                std::io::ErrorKind::Other
            }
        };
        Self::new(kind, error)
    }
}
