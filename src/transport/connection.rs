//! What all requests of a client share.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use url::Url;

use super::auth::Credentials;
use super::middleware::Middleware;
use super::operations::Operations;
use super::received_json::OnJson;
use super::retry::Retry;
use super::retry_event::OnRetry;

/// The shared transport of a client: what its handles and calls hold. Cloning it is cheap.
#[derive(Clone)]
pub(crate) struct Connection(Arc<Settings>);

/// How a [`Connection`] sends requests.
pub(crate) struct Settings {
    pub(crate) http: reqwest::Client,
    /// The user agent, where the HTTP client does not add it.
    pub(crate) user_agent: Option<HeaderValue>,
    /// What every request goes through, the outermost first.
    pub(crate) middleware: Vec<Box<dyn Middleware>>,
    /// The base URL, without a slash at its end.
    pub(crate) base: String,
    /// The base URL, parsed.
    pub(crate) root: Url,
    pub(crate) credentials: Arc<Credentials>,
    pub(crate) retry: Retry,
    /// Called before each retry.
    pub(crate) on_retry: Option<OnRetry>,
    /// Called with each JSON response.
    pub(crate) on_json: Option<OnJson>,
    /// The deadline of calls that set none.
    pub(crate) deadline: Option<Duration>,
    /// The idle timeout.
    pub(crate) idle: Duration,
    /// The longest successful response that is read into memory, in bytes.
    pub(crate) response_limit: usize,
    /// Whether requests offer gzip.
    pub(crate) gzip: bool,
    pub(crate) operations: &'static Operations,
}

impl Connection {
    pub(crate) fn new(settings: Settings) -> Self {
        Self(Arc::new(settings))
    }
}

impl Deref for Connection {
    type Target = Settings;

    fn deref(&self) -> &Settings {
        &self.0
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}
