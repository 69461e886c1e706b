//! Spans and events for the feature `tracing`; nothing without it.

#[cfg(feature = "tracing")]
mod with {
    use std::future::Future;
    use std::time::Duration;

    use http::{Method, StatusCode};
    pub(crate) use tracing::Span;
    use tracing::{Instrument, field};
    use url::Url;

    /// A span around one attempt, without the query, which has search terms in it.
    pub(crate) fn span(operation: &str, method: &Method, url: &Url, attempt: u32) -> Span {
        tracing::info_span!(
            "rokka.request",
            operation,
            http.request.method = %method,
            server.address = url.host_str(),
            url.path = url.path(),
            attempt,
            http.response.status_code = field::Empty,
        )
    }

    pub(crate) async fn within<F: Future>(span: &Span, future: F) -> F::Output {
        future.instrument(span.clone()).await
    }

    /// Notes the status on the span itself: the current one may be the caller's, where ours is filtered out.
    pub(crate) fn status(span: &Span, status: StatusCode) {
        span.record("http.response.status_code", status.as_u16());
    }

    pub(crate) fn retry(
        operation: &str,
        attempts: u32,
        wait: Duration,
        response: Option<&reqwest::Response>,
    ) {
        let status = response.map(|response| response.status().as_u16());
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        tracing::warn!(operation, attempts, status, wait_ms, "retrying");
    }
}

#[cfg(not(feature = "tracing"))]
mod without {
    use std::future::Future;
    use std::time::Duration;

    use http::{Method, StatusCode};
    use url::Url;

    pub(crate) struct Span;

    pub(crate) fn span(_: &str, _: &Method, _: &Url, _: u32) -> Span {
        Span
    }

    pub(crate) fn within<F: Future>(_: &Span, future: F) -> F {
        future
    }

    pub(crate) fn status(_: &Span, _: StatusCode) {}

    pub(crate) fn retry(_: &str, _: u32, _: Duration, _: Option<&reqwest::Response>) {}
}

#[cfg(feature = "tracing")]
pub(crate) use with::{Span, retry, span, status, within};
#[cfg(not(feature = "tracing"))]
pub(crate) use without::{Span, retry, span, status, within};
