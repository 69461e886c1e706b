//! The settings of a client, and the environment variables that set them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use url::{Host, Url};

use super::Client;
use super::network::{HttpClient, Network};
use crate::api;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;
use crate::tokens::Tokens;
use crate::transport::auth::Credentials;
use crate::transport::received_json::{OnJson, ReceivedJson};
use crate::transport::retry::Retry;
use crate::transport::retry_event::{OnRetry, RetryEvent};
use crate::transport::{Connection, Middleware, Settings};

const API_HOST: &str = "https://api.rokka.io";

/// The default of [`ClientBuilder::response_limit`], in bytes.
const RESPONSE_LIMIT: usize = 64 * 1024 * 1024;

const USER_AGENT: &str = concat!("rokka-rust/", env!("CARGO_PKG_VERSION"));

/// Configures a [`Client`]; returned by [`Client::builder`].
///
/// ```
/// use std::time::Duration;
///
/// let rokka = rokka::Client::builder()
///     .api_key("your key")
///     .user_agent("my-cms/2.1")
///     .retry(rokka::Retry::new().max_attempts(3))
///     .build()?;
/// # Ok::<(), rokka::Error>(())
/// ```
#[must_use]
pub struct ClientBuilder {
    api_key: Option<Secret>,
    token: Option<Secret>,
    tokens: Option<Tokens>,
    api_host: String,
    render_host: String,
    allow_http: bool,
    user_agent: Option<String>,
    pub(super) network: Network,
    pub(super) middleware: Vec<Box<dyn Middleware>>,
    idle_timeout: Duration,
    response_limit: usize,
    gzip: bool,
    retry: Retry,
    on_retry: Option<OnRetry>,
    on_json: Option<OnJson>,
    deadline: Option<Duration>,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            api_key: None,
            token: None,
            tokens: None,
            api_host: API_HOST.to_owned(),
            render_host: "https://{organization}.rokka.io".to_owned(),
            allow_http: false,
            user_agent: None,
            network: Network::default(),
            middleware: Vec::new(),
            idle_timeout: Duration::from_secs(60),
            response_limit: RESPONSE_LIMIT,
            gzip: cfg!(feature = "gzip"),
            retry: Retry::new(),
            on_retry: None,
            on_json: None,
            deadline: None,
        }
    }
}

impl ClientBuilder {
    /// Returns a builder configured by the environment variables of [`Client::from_env`]. Credentials are optional.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if a variable is not valid Unicode, or `ROKKA_ALLOW_HTTP` is neither true nor false.
    pub fn from_env() -> Result<Self> {
        let mut builder = Self::default();
        if let Some(key) = variable("ROKKA_API_KEY")? {
            builder = builder.api_key(key);
        }
        if let Some(token) = variable("ROKKA_API_TOKEN")? {
            builder = builder.token(token);
        }
        if let Some(host) = variable("ROKKA_API_HOST")? {
            builder = builder.api_host(host);
        }
        if let Some(host) = variable("ROKKA_RENDER_HOST")? {
            builder = builder.render_host(host);
        }
        if let Some(allowed) = switch("ROKKA_ALLOW_HTTP")? {
            builder = builder.allow_http(allowed);
        }
        Ok(builder)
    }

    pub(super) fn has_credentials(&self) -> bool {
        self.api_key.is_some() || self.token.is_some()
    }

    /// Sets the API key, sent as `Api-Key`. Takes precedence over a token.
    pub fn api_key(mut self, key: impl Into<Secret>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// Sets a token (or an API key), sent as `Authorization: Bearer`.
    #[doc(alias = "apiTokenGetCallback")]
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Authenticates with short-lived tokens, fetched, refreshed and stored as [`Tokens`] configures (default: sends the
    /// key or token unchanged).
    ///
    /// ```
    /// use rokka::{Client, Tokens, ValidFrom};
    ///
    /// let rokka = Client::builder()
    ///     .api_key("your key")
    ///     .tokens(Tokens::new(ValidFrom::caller()))
    ///     .build()?;
    /// # Ok::<(), rokka::Error>(())
    /// ```
    #[doc(alias = "apiTokenGetCallback")]
    #[doc(alias = "apiTokenSetCallback")]
    #[doc(alias = "apiTokenExpires")]
    #[doc(alias = "apiTokenOptions")]
    #[doc(alias = "apiTokenRefreshTime")]
    pub fn tokens(mut self, tokens: Tokens) -> Self {
        self.tokens = Some(tokens);
        self
    }

    /// Sets the base URL of the API (default: `https://api.rokka.io`). Credentials are sent to this origin only.
    #[doc(alias = "apiHost")]
    pub fn api_host(mut self, url: impl Into<String>) -> Self {
        self.api_host = url.into();
        self
    }

    /// Sets the base URL of rendered images, with the placeholder `{organization}` (default:
    /// `https://{organization}.rokka.io`). Without the placeholder, all organizations share the URL.
    #[doc(alias = "renderHost")]
    pub fn render_host(mut self, url: impl Into<String>) -> Self {
        self.render_host = url.into();
        self
    }

    /// Allows `http://` for hosts other than this machine (default: no, because anybody on the network could read the
    /// credentials and signed URLs). Loopback addresses and `localhost` are always allowed.
    ///
    /// ```
    /// let builder = || rokka::Client::builder().api_key("your key").api_host("http://rokka.internal");
    /// assert!(builder().build().is_err());
    /// let rokka = builder().allow_http(true).build()?;
    /// # Ok::<(), rokka::Error>(())
    /// ```
    #[doc(alias = "ROKKA_ALLOW_HTTP")]
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// Prepends the name of your program, such as `my-cms/2.1`, to the `User-Agent` of this crate.
    pub fn user_agent(mut self, program: impl Into<String>) -> Self {
        self.user_agent = Some(program.into());
        self
    }

    /// Limits each call that sets no [`deadline`](crate::Call::deadline) of its own (default: no limit). A call whose deadline
    /// passes fails with [`ErrorKind::Timeout`], and nothing is sent after it.
    ///
    /// The deadline counts from the moment a call is awaited, and includes all attempts, the waits between them, and the
    /// transfer. So a large file needs a deadline of its own, or none: `.deadline(Duration::MAX)`. What takes longer than one
    /// call is not limited as a whole:
    ///
    /// - a stream of a [`Download`](crate::Download) is a part of its call: it ends with the deadline;
    /// - each page of [`pages`](crate::Search::pages) and [`stream`](crate::Search::stream) is a call;
    /// - each image of a [bulk call](crate::BulkCall::deadline) is a call, from the moment it is started;
    /// - each call of the [bindings](crate::Client::api) is a call;
    /// - a token refresh, which all calls share, has no deadline; a call waits for it within its own.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let rokka = rokka::Client::builder().api_key("your key").deadline(Duration::from_secs(10)).build()?;
    /// # Ok::<(), rokka::Error>(())
    /// ```
    #[doc(alias = "timeout")]
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = Some(limit);
        self
    }

    /// Limits how long a request may make no progress (default: 60 s). A transfer that makes progress has no limit;
    /// [`Call::deadline`](crate::Call::deadline) limits a call as a whole. Progress of an upload is measured in steps of
    /// 512 KiB, so a connection that sends less than that within the limit needs a longer one.
    #[doc(alias = "timeout")]
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.idle_timeout = limit;
        self
    }

    /// Limits the size of a successful response in memory, in bytes after decompression (default: 64 MiB). A longer
    /// response fails with [`ErrorKind::Decode`].
    ///
    /// The default allows 32 KiB for each of the 2,000 images of the largest page; a typical image has less than 1 KiB.
    /// Downloads are streamed and not limited, except by the memory that
    /// [`bytes`](crate::source_images::DownloadFile::bytes) needs.
    ///
    /// ```
    /// let rokka = rokka::Client::builder().api_key("your key").response_limit(8 * 1024 * 1024).build()?;
    /// # Ok::<(), rokka::Error>(())
    /// ```
    #[doc(alias = "maxContentLength")]
    pub fn response_limit(mut self, bytes: usize) -> Self {
        self.response_limit = bytes;
        self
    }

    /// Requests gzip for responses in memory (default: true). Set it to `false` where the network is faster than
    /// decompression. Downloads are never compressed.
    #[cfg(feature = "gzip")]
    pub fn gzip(mut self, offer: bool) -> Self {
        self.gzip = offer;
        self
    }

    /// Sets when, and how often, requests are retried (default: [`Retry::new`]).
    #[doc(alias = "maxRetries")]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Calls this before each retry, and before its wait (default: nothing): to tell a person why nothing happens, to log, or
    /// to count.
    ///
    /// Reported are the retries of all calls, including those that resume a download and those of a token refresh; a request
    /// that is sent again at once because its token was refused; and in a [bulk call](crate::Bulk) each call that waits
    /// because the service limits the rate. A failure that nothing follows is not reported: it is the result of the call.
    ///
    /// It is called in the task of the call, so it must not block.
    ///
    /// ```
    /// let rokka = rokka::Client::builder()
    ///     .api_key("your key")
    ///     .on_retry(|event| eprintln!("{event}"))
    ///     .build()?;
    /// # Ok::<(), rokka::Error>(())
    /// ```
    pub fn on_retry(mut self, report: impl Fn(&RetryEvent) + Send + Sync + 'static) -> Self {
        self.on_retry = Some(Arc::new(report));
        self
    }

    /// Calls this with the JSON of each successful response, before it is decoded (default: nothing): to keep or to print the
    /// service's objects exactly as they were sent, with their number formats and without the default values that a model has
    /// for missing fields.
    ///
    /// Reported are the responses of all calls that return JSON, including each page of a list, uploads, and token refreshes.
    /// Not reported are errors, files, and [`Client::request`], which returns the body itself. The body can contain secrets,
    /// such as a new API key.
    ///
    /// It is called in the task of the call, so it must not block.
    ///
    /// ```
    /// let rokka = rokka::Client::builder()
    ///     .api_key("your key")
    ///     .on_json(|received| eprintln!("{}: {} bytes", received.operation(), received.body().len()))
    ///     .build()?;
    /// # Ok::<(), rokka::Error>(())
    /// ```
    pub fn on_json(mut self, report: impl Fn(&ReceivedJson<'_>) + Send + Sync + 'static) -> Self {
        self.on_json = Some(Arc::new(report));
        self
    }

    /// Returns the client.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if the key, the token or a host is malformed, a host needs
    /// [`allow_http`](Self::allow_http), or the proxy, a certificate, TLS or the HTTP client cannot be configured.
    pub fn build(self) -> Result<Client> {
        let base = self.api_host.trim().trim_end_matches('/').to_owned();
        let root = checked_host(&base, "API host", self.allow_http, self.network.is_local())?;
        let render_host = self.render_host.trim().trim_end_matches('/');
        checked_host(
            &render_host.replace("{organization}", "organization"),
            "render host",
            self.allow_http,
            self.network.is_local(),
        )?;
        let credentials = match (&self.api_key, &self.token, self.tokens) {
            (key, token, Some(tokens)) => tokens.credentials(key.as_ref(), token.as_ref())?,
            (Some(key), _, None) => Credentials::api_key(key)?,
            (None, Some(token), None) => Credentials::bearer(token)?,
            (None, None, None) => Credentials::None,
        };
        let agent = match self.user_agent {
            Some(program) => format!("{program} {USER_AGENT}"),
            None => USER_AGENT.to_owned(),
        };
        let agent = HeaderValue::from_str(&agent).map_err(|_| {
            configuration(format!(
                "the user agent {agent:?} has characters that are not allowed in a header: use printable ASCII"
            ))
        })?;
        let HttpClient { client, user_agent } = self.network.build(agent)?;
        Ok(Client {
            connection: Connection::new(Settings {
                http: client,
                user_agent,
                middleware: self.middleware,
                base,
                root,
                credentials: Arc::new(credentials),
                retry: self.retry,
                on_retry: self.on_retry,
                on_json: self.on_json,
                deadline: self.deadline,
                idle: self.idle_timeout,
                response_limit: self.response_limit,
                gzip: self.gzip,
                operations: &api::OPERATIONS,
            }),
            render_host: render_host.into(),
        })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("api_host", &shown(&self.api_host))
            .field("render_host", &shown(&self.render_host))
            .field("allow_http", &self.allow_http)
            .field("api_key", &self.api_key)
            .field("token", &self.token)
            .field("tokens", &self.tokens)
            .field("user_agent", &self.user_agent)
            .field("network", &self.network)
            .field("middleware", &self.middleware.len())
            .field("idle_timeout", &self.idle_timeout)
            .field("response_limit", &self.response_limit)
            .field("gzip", &self.gzip)
            .field("retry", &self.retry)
            .field("on_retry", &self.on_retry.is_some())
            .field("on_json", &self.on_json.is_some())
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

pub(super) fn configuration(text: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Configuration, text)
}

/// Returns the value of a variable; an empty one counts as not set.
fn variable(name: &str) -> Result<Option<String>> {
    match std::env::var(name) {
        Ok(value) if value.trim().is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(configuration(format!("{name} is not valid Unicode")))
        }
    }
}

/// Returns the value of a variable that is true or false, if it is set.
fn switch(name: &str) -> Result<Option<bool>> {
    let Some(value) = variable(name)? else {
        return Ok(None);
    };
    match value.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(Some(true)),
        "0" | "false" | "no" | "off" => Ok(Some(false)),
        _ => Err(configuration(format!(
            "{name} is {value:?}: set it to `true` or `false`"
        ))),
    }
}

/// Redacts a host that may contain a password, even where it is not a valid URL.
pub(super) fn shown(host: &str) -> &str {
    if host.contains('@') {
        "[redacted]"
    } else {
        host
    }
}

/// Checks a base URL. `is_local` tells whether requests to this machine stay on it.
fn checked_host(text: &str, what: &str, allow_http: bool, is_local: bool) -> Result<Url> {
    let refused = |rule: &str| configuration(format!("the {what} {rule}"));
    let shown = shown(text);
    let url = Url::parse(text).map_err(|error| {
        refused(&format!(
            "{shown:?} is not a valid base URL ({error}): expected `http(s)://` and a host"
        ))
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("must not contain a user name or a password"));
    }
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(refused(&format!(
            "{shown:?} is not a valid base URL: expected `http(s)://` and a host"
        )));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refused(&format!(
            "{shown:?} must not have a query or a fragment: remove it"
        )));
    }
    if url.scheme() == "http" && !allow_http && !(is_local && is_loopback(&url)) {
        return Err(refused(&format!(
            "{shown:?} would be reached unencrypted, and anybody on the network could read credentials and signed URLs: use \
             https://, or allow it with `ClientBuilder::allow_http(true)` or ROKKA_ALLOW_HTTP=true"
        )));
    }
    Ok(url)
}

/// Returns whether a URL has the host of this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => {
            let mapped = address.to_ipv4_mapped();
            address.is_loopback() || mapped.is_some_and(|address| address.is_loopback())
        }
        None => false,
    }
}
