//! Spans and events for the feature `tracing`; nothing without it.
//!
//! The names are those that OpenTelemetry gives to HTTP clients, so that a bridge such as `tracing-opentelemetry` turns the
//! spans into what its users expect.

#[cfg(feature = "tracing")]
mod with {
    use std::borrow::Cow;
    use std::future::Future;
    use std::time::Duration;

    use futures_util::FutureExt;
    use http::{Method, StatusCode};
    pub(crate) use tracing::Span;
    use tracing::instrument::Instrumented;
    use tracing::{Instrument, field};
    use url::Url;

    use crate::error::{Error, ErrorKind, Result, redact};
    use crate::transfer::redacted_url;
    use crate::transport::auth::Credentials;
    use crate::transport::failure::{Failure, kind_of};
    use crate::transport::policy::Outcome;

    /// Whether calls have spans.
    pub(crate) const ENABLED: bool = true;

    /// The span of a session without a call.
    pub(crate) fn none() -> Span {
        Span::none()
    }

    /// The span of a call. Which operation it is shows when it sends its first request.
    pub(crate) fn call() -> Span {
        tracing::info_span!(
            target: "rokka",
            "rokka.call",
            "otel.kind" = "internal",
            "otel.name" = field::Empty,
            "otel.status_code" = field::Empty,
            "rokka.operation" = field::Empty,
            "error.type" = field::Empty,
        )
    }

    pub(crate) fn operation(call: &Span, operation: &str, credentials: &Credentials) {
        if !call.is_disabled() {
            let operation = shown(operation.to_owned(), credentials);
            call.record("otel.name", &*operation);
            call.record("rokka.operation", &*operation);
        }
    }

    /// The span of one attempt. `resends` counts the requests before it that it repeats or that were redirected.
    pub(crate) fn attempt(
        operation: &str,
        method: &Method,
        url: &Url,
        resends: u32,
        credentials: &Credentials,
    ) -> Span {
        tracing::info_span!(
            target: "rokka",
            "rokka.request",
            "otel.kind" = "client",
            "otel.name" = method.as_str(),
            "otel.status_code" = field::Empty,
            "rokka.operation" = &*shown(operation.to_owned(), credentials),
            "http.request.method" = method.as_str(),
            "http.request.resend_count" = (resends > 0).then_some(resends),
            "http.response.status_code" = field::Empty,
            "url.full" = &*shown(redacted_url::redact(url.as_str()), credentials),
            "server.address" = url.host_str(),
            "server.port" = url.port_or_known_default(),
            "error.type" = field::Empty,
        )
    }

    /// A text without the credentials in it.
    fn shown(text: String, credentials: &Credentials) -> String {
        let secrets = credentials.secrets();
        let secrets = secrets.iter().map(crate::secret::Secret::expose);
        secrets.fold(text, redact)
    }

    /// Does something in a span. This is no `async fn`, and nor are the others, because one has room for each argument twice.
    pub(crate) fn within<F: Future>(span: &Span, future: F) -> Instrumented<F> {
        future.instrument(span.clone())
    }

    /// What is spawned belongs to the span that it is spawned in.
    pub(crate) fn in_current<F: Future>(future: F) -> Instrumented<F> {
        future.in_current_span()
    }

    /// Runs a call in its span, which ends with it unless the result holds it.
    pub(crate) fn within_call<T>(
        span: Span,
        call: impl Future<Output = Result<T>> + Send,
    ) -> impl Future<Output = Result<T>> + Send {
        within(&span, call).map(move |outcome| {
            if let Err(error) = &outcome {
                failed(&span, error);
            }
            outcome
        })
    }

    /// Notes on the span of a call that it failed.
    pub(crate) fn failed(span: &Span, error: &Error) {
        if !span.is_disabled() {
            note(span, &type_of(error));
        }
    }

    /// Notes the status on the span itself: the current one may be the caller's, where ours is filtered out.
    pub(crate) fn status(span: &Span, status: StatusCode) {
        span.record("http.response.status_code", status.as_u16());
    }

    /// Notes an outcome on the span of its request, and lets go of it.
    pub(crate) fn ended(span: Span, outcome: &Outcome) {
        if !span.is_disabled()
            && let Some(why) = type_of_outcome(outcome)
        {
            note(&span, &why);
        }
        drop(span);
    }

    fn note(span: &Span, why: &str) {
        span.record("error.type", why);
        span.record("otel.status_code", "ERROR");
    }

    pub(crate) fn retry(operation: &str, attempt: u32, wait: Duration, outcome: &Outcome) {
        let status = outcome.as_ref().ok().map(reqwest::Response::status);
        let why = type_of_outcome(outcome);
        event(operation, attempt, wait, status, why.as_deref());
    }

    pub(crate) fn retry_of(operation: &str, attempt: u32, wait: Duration, error: &Error) {
        event(
            operation,
            attempt,
            wait,
            error.status(),
            Some(&*type_of(error)),
        );
    }

    fn event(
        operation: &str,
        attempt: u32,
        wait: Duration,
        status: Option<StatusCode>,
        why: Option<&str>,
    ) {
        let status = status.map(|status| status.as_u16());
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        tracing::warn!(
            target: "rokka",
            {
                "rokka.operation" = operation,
                attempt,
                wait_ms,
                "http.response.status_code" = status,
                "error.type" = why,
            },
            "retrying"
        );
    }

    /// The `error.type` of an outcome that is none of success.
    fn type_of_outcome(outcome: &Outcome) -> Option<Cow<'static, str>> {
        match outcome {
            Ok(response) => {
                let status = response.status();
                let failed = status.is_client_error() || status.is_server_error();
                failed.then(|| status.as_str().to_owned().into())
            }
            Err(Failure::Ours(error)) => Some(type_of(error)),
            Err(Failure::Http(error)) => Some(name_of(kind_of(error)).into()),
        }
    }

    /// The `error.type` of an error: the status, or else the kind.
    fn type_of(error: &Error) -> Cow<'static, str> {
        match error.status() {
            Some(status) if error.kind() == ErrorKind::Status => status.as_str().to_owned().into(),
            _ => name_of(error.kind()).into(),
        }
    }

    fn name_of(kind: ErrorKind) -> &'static str {
        match kind {
            ErrorKind::InvalidInput => "invalid_input",
            ErrorKind::Configuration => "configuration",
            ErrorKind::Connect => "connect",
            ErrorKind::Tls => "tls",
            ErrorKind::Timeout => "timeout",
            ErrorKind::Interrupted => "interrupted",
            ErrorKind::Status => "status",
            ErrorKind::Decode => "decode",
            ErrorKind::Io => "io",
            ErrorKind::HashMismatch => "hash_mismatch",
            ErrorKind::AlreadyExists => "already_exists",
            ErrorKind::Stopped => "stopped",
            ErrorKind::Middleware => "middleware",
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod without {
    use std::future::Future;
    use std::time::Duration;

    use http::{Method, StatusCode};
    use url::Url;

    use crate::error::Error;
    use crate::transport::auth::Credentials;
    use crate::transport::policy::Outcome;

    pub(crate) const ENABLED: bool = false;

    #[derive(Clone)]
    pub(crate) struct Span;

    pub(crate) fn none() -> Span {
        Span
    }

    pub(crate) fn call() -> Span {
        Span
    }

    pub(crate) fn operation(_: &Span, _: &str, _: &Credentials) {}

    pub(crate) fn attempt(_: &str, _: &Method, _: &Url, _: u32, _: &Credentials) -> Span {
        Span
    }

    pub(crate) fn within<F: Future>(_: &Span, future: F) -> F {
        future
    }

    pub(crate) fn in_current<F: Future>(future: F) -> F {
        future
    }

    pub(crate) fn within_call<F: Future>(_: Span, call: F) -> F {
        call
    }

    pub(crate) fn failed(_: &Span, _: &Error) {}

    pub(crate) fn status(_: &Span, _: StatusCode) {}

    pub(crate) fn ended(_: Span, _: &Outcome) {}

    pub(crate) fn retry(_: &str, _: u32, _: Duration, _: &Outcome) {}

    pub(crate) fn retry_of(_: &str, _: u32, _: Duration, _: &Error) {}
}

#[cfg(feature = "tracing")]
pub(crate) use with::{
    ENABLED, Span, attempt, call, ended, failed, in_current, none, operation, retry, retry_of,
    status, within, within_call,
};
#[cfg(not(feature = "tracing"))]
pub(crate) use without::{
    ENABLED, Span, attempt, call, ended, failed, in_current, none, operation, retry, retry_of,
    status, within, within_call,
};
