//! The emulator's handle, which starts and stops its servers.

use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use httpmock::{HttpMockRequest, MockServer};
use tokio::sync::oneshot;

use super::recorded_request::RecordedRequest;
use super::response::Response;
use super::service::Service;

/// An in-memory rokka service on a loopback port, which stops when this value is dropped.
///
/// Every emulator has its own images and accounts. At most 12 emulators run at the same time (half of the environment
/// variable `HTTPMOCK_MAX_SERVERS`, if set); [`start`](Self::start) waits until one is dropped. Emulators reuse ports,
/// so a client must not outlive its emulator.
///
/// ```
/// # async fn f() {
/// use rokka_emulator::Emulator;
///
/// let emulator = Emulator::start().await;
/// assert!(emulator.url().starts_with("http://127.0.0.1:"));
/// assert_eq!(emulator.organization(), "acme");
/// # }
/// ```
pub struct Emulator {
    // Dropped before the servers, which return to a pool.
    service: Arc<Service>,
    api: MockServer,
    renders: MockServer,
    organization: String,
}

impl Emulator {
    /// The default API key, 64 characters like a real one.
    ///
    /// ```
    /// assert_eq!(rokka_emulator::Emulator::API_KEY.len(), 64);
    /// ```
    pub const API_KEY: &'static str =
        "emulator0user0emulator0user0emulEmulatorSecretEmulatorSecretEmul";

    /// The default signing key for render URLs of protected images.
    ///
    /// ```
    /// assert_eq!(rokka_emulator::Emulator::SIGNING_KEY.len(), 32);
    /// ```
    pub const SIGNING_KEY: &'static str = "EmulatorSigningKeyEmulatorSignin";

    /// The code of the second factor that is always valid.
    ///
    /// ```
    /// assert_eq!(rokka_emulator::Emulator::TOTP_CODE.len(), 6);
    /// ```
    pub const TOTP_CODE: &'static str = super::mfa::CODE;

    /// Starts an emulator with the organization `acme` and the key [`Emulator::API_KEY`].
    ///
    /// ```
    /// # async fn f() {
    /// let emulator = rokka_emulator::Emulator::start().await;
    /// # }
    /// ```
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// Returns a builder for an emulator with other settings.
    ///
    /// ```
    /// # async fn f() {
    /// use std::time::Duration;
    /// use rokka_emulator::Emulator;
    ///
    /// let emulator = Emulator::builder()
    ///     .organization("acme")
    ///     .organization("other")
    ///     .latency(Duration::from_millis(20))
    ///     .start()
    ///     .await;
    /// # }
    /// ```
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder {
            organizations: Vec::new(),
            api_key: Self::API_KEY.to_owned(),
            signing_key: Self::SIGNING_KEY.to_owned(),
            latency: Duration::ZERO,
        }
    }

    /// Returns the base URL of the API, without a trailing slash.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// let list = format!("{}/sourceimages/acme", emulator.url());
    /// # }
    /// ```
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.api.address())
    }

    /// Returns the base URL of the render host, without a trailing slash.
    ///
    /// A response is the original file, whatever the stack. All organizations share the host, as a loopback address
    /// cannot name one: it returns the image of the first organization, by name, that has it.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// let url = format!("{}/dynamic/resize-width-100/c1b110.jpg", emulator.render_host());
    /// # }
    /// ```
    #[must_use]
    pub fn render_host(&self) -> String {
        format!("http://{}", self.renders.address())
    }

    /// Returns the API key that exists from the start, of an admin of every organization.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// assert_eq!(emulator.api_key(), rokka_emulator::Emulator::API_KEY);
    /// # }
    /// ```
    #[must_use]
    pub fn api_key(&self) -> &str {
        self.service.api_key()
    }

    /// Returns the key for signing the render URLs of protected images.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// assert_eq!(emulator.signing_key(), rokka_emulator::Emulator::SIGNING_KEY);
    /// # }
    /// ```
    #[must_use]
    pub fn signing_key(&self) -> &str {
        self.service.signing_key()
    }

    /// Returns the name of the first organization.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// assert_eq!(emulator.organization(), "acme");
    /// # }
    /// ```
    #[must_use]
    pub fn organization(&self) -> &str {
        &self.organization
    }

    /// Responds to the next `count` requests to the API with this status and body.
    ///
    /// Further calls append to the queue.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// emulator.fail_next(2, 503, "");
    /// emulator.fail_next(1, 403, r#"{"code":403,"message":"No."}"#);
    /// # }
    /// ```
    pub fn fail_next(&self, count: usize, status: u16, body: impl Into<Vec<u8>>) {
        self.fail_next_with(count, status, [], body);
    }

    /// Responds to the next `count` requests to the API with this status, these headers and this body.
    ///
    /// A body that starts with `{` gets the content type of JSON unless the headers set one.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// emulator.fail_next_with(1, 429, [("Retry-After", "1")], "");
    /// # }
    /// ```
    pub fn fail_next_with<'a>(
        &self,
        count: usize,
        status: u16,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
        body: impl Into<Vec<u8>>,
    ) {
        let body = body.into();
        let is_json = body.starts_with(b"{");
        let mut response = Response::raw(status, body);
        let mut has_content_type = false;
        for (name, value) in headers {
            has_content_type |= name.eq_ignore_ascii_case("content-type");
            response = response.header(name, value);
        }
        if is_json && !has_content_type {
            response = response.header("content-type", "application/json");
        }
        self.service.queue_responses(count, &response);
    }

    /// Returns all requests so far, in order, with redacted credentials.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// assert!(emulator.requests().iter().all(|request| request.method == "GET"));
    /// # }
    /// ```
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.service.requests()
    }

    /// Advances the clock that keys and tokens expire by.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// emulator.advance_clock(std::time::Duration::from_secs(86_400));
    /// # }
    /// ```
    pub fn advance_clock(&self, time: Duration) {
        self.service.advance(time);
    }

    /// Adds `count` tiny images and returns their hashes, for tests of long lists.
    ///
    /// Image `i` has the name `{i}.gif`, the user metadata `int:number` = `i`, a width of 100 + `i` modulo 900 pixels
    /// and a height of 100 + `i` modulo 700 pixels. Creates the organization if it does not exist.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// let hashes = emulator.seed_images("acme", 10_500);
    /// assert_eq!(hashes.len(), 10_500);
    /// # }
    /// ```
    #[allow(clippy::must_use_candidate)] // It is called for its effect.
    pub fn seed_images(&self, organization: &str, count: usize) -> Vec<String> {
        self.service.seed_images(organization, count)
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Emulator")
            .field("url", &self.url())
            .field("render_host", &self.render_host())
            .field("organization", &self.organization)
            .finish_non_exhaustive()
    }
}

/// The settings of an [`Emulator`], from [`Emulator::builder`].
///
/// ```
/// # async fn f() {
/// let emulator = rokka_emulator::Emulator::builder().organization("mine").start().await;
/// # }
/// ```
#[derive(Clone)]
#[must_use = "call `start` to run the emulator"]
pub struct EmulatorBuilder {
    organizations: Vec<String>,
    api_key: String,
    signing_key: String,
    latency: Duration,
}

impl EmulatorBuilder {
    /// Adds an organization. Without one, the emulator has `acme`.
    ///
    /// ```
    /// let builder = rokka_emulator::Emulator::builder().organization("one").organization("two");
    /// ```
    pub fn organization(mut self, name: impl Into<String>) -> Self {
        self.organizations.push(name.into());
        self
    }

    /// Sets the API key; the default is [`Emulator::API_KEY`].
    ///
    /// ```
    /// let builder = rokka_emulator::Emulator::builder().api_key("a key of my own");
    /// ```
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = key.into();
        self
    }

    /// Sets the signing key; the default is [`Emulator::SIGNING_KEY`].
    ///
    /// ```
    /// let builder = rokka_emulator::Emulator::builder().signing_key("another key of my own");
    /// ```
    pub fn signing_key(mut self, key: impl Into<String>) -> Self {
        self.signing_key = key.into();
        self
    }

    /// Delays every response by this duration; the default is zero.
    ///
    /// ```
    /// use std::time::Duration;
    /// let builder = rokka_emulator::Emulator::builder().latency(Duration::from_millis(50));
    /// ```
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Starts the emulator.
    ///
    /// ```
    /// # async fn f() {
    /// let emulator = rokka_emulator::Emulator::builder().start().await;
    /// # }
    /// ```
    pub async fn start(self) -> Emulator {
        let mut organizations = self.organizations;
        if organizations.is_empty() {
            organizations.push("acme".to_owned());
        }
        let service = Arc::new(Service::new(self.api_key, self.signing_key, &organizations));
        let (api, renders) = (take_server().await, take_server().await);
        serve(&api, &service, self.latency, Service::handle);
        serve(&renders, &service, self.latency, Service::render);
        Emulator {
            service,
            api,
            renders,
            organization: organizations.into_iter().next().unwrap_or_default(),
        }
    }
}

/// Responds to every request to the server, as long as the service exists.
///
/// The server returns to a pool with its responder, so the responder holds a weak reference: it must not reach the
/// images of a dropped emulator.
fn serve(
    server: &MockServer,
    service: &Arc<Service>,
    latency: Duration,
    handler: fn(&Service, &HttpMockRequest) -> Response,
) {
    let alive = Arc::downgrade(service);
    let responder = alive.clone();
    server.mock(|when, then| {
        when.is_true(move |_| alive.strong_count() > 0);
        let then = if latency.is_zero() {
            then
        } else {
            then.delay(latency)
        };
        then.respond_with(move |request| match responder.upgrade() {
            Some(service) => handler(&service, request).into(),
            None => Response::not_found("Emulator").into(),
        });
    });
}

/// Takes a server from the pool, on its own thread: the future of `MockServer::start_async` is not `Send`, and
/// `MockServer::start` blocks while all servers are in use.
async fn take_server() -> MockServer {
    let (signal, started) = oneshot::channel::<()>();
    let thread = thread::spawn(move || {
        let _signal = signal;
        MockServer::start()
    });
    // The channel closes when the thread ends, also by a panic.
    let _ = started.await;
    thread
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

impl fmt::Debug for EmulatorBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("EmulatorBuilder")
            .field("organizations", &self.organizations)
            .field("latency", &self.latency)
            .finish_non_exhaustive()
    }
}
