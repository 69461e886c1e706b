//! The emulator's handle: it starts a server and ends it.

use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use httpmock::{HttpMockRequest, MockServer};
use tokio::sync::oneshot;

use super::answer::Answer;
use super::journal::RecordedRequest;
use super::service::Service;

/// A rokka in memory, reachable on a loopback port for as long as this value lives.
///
/// Every emulator has images of its own, and a test may start as many as it likes one after the other. At most 12 of
/// them are there at once (or half as many as the environment variable `HTTPMOCK_MAX_SERVERS` says): the next one waits until
/// one is dropped. Ports are used again, so a client must not outlive its emulator.
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
    // Dropped before the server, which is then free for someone else.
    service: Arc<Service>,
    api: MockServer,
    renders: MockServer,
    organization: String,
}

impl Emulator {
    /// The key that an emulator takes unless it was given another one; it has the shape of a real key.
    ///
    /// ```
    /// assert_eq!(rokka_emulator::Emulator::API_KEY.len(), 64);
    /// ```
    pub const API_KEY: &'static str =
        "emulator0user0emulator0user0emulEmulatorSecretEmulatorSecretEmul";

    /// The key that render URLs of protected images are signed with, unless the emulator was given another one.
    ///
    /// ```
    /// assert_eq!(rokka_emulator::Emulator::SIGNING_KEY.len(), 32);
    /// ```
    pub const SIGNING_KEY: &'static str = "EmulatorSigningKeyEmulatorSignin";

    /// The code of the second factor that is always right.
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

    /// Starts with something other than the defaults.
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

    /// The base of the API, without a slash at its end.
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

    /// The base of render URLs, without a slash at its end; the answers are the original files.
    ///
    /// There is one for all organizations, because a loopback address cannot name one: an image is looked up in each of
    /// them, in the order of their names.
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

    /// The key that is let in from the start: an admin's.
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

    /// The key with which the render URL of a protected image has to be signed.
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

    /// The name of the first organization.
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

    /// Lets the next `count` calls of the API fail with this status and body; calls again add to what is planned.
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

    /// The same as [`Emulator::fail_next`], with headers.
    ///
    /// A body that begins with `{` is sent as JSON unless a header says something else.
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
        let mut answer = Answer::raw(status, body);
        let mut is_typed = false;
        for (name, value) in headers {
            is_typed |= name.eq_ignore_ascii_case("content-type");
            answer = answer.header(name, value);
        }
        if is_json && !is_typed {
            answer = answer.header("content-type", "application/json");
        }
        self.service.plan(count, &answer);
    }

    /// All requests so far, in order, without credentials.
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

    /// Puts the clock of users, keys and tokens forward, so that they end before the test does.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// emulator.advance_clock(std::time::Duration::from_secs(86_400));
    /// # }
    /// ```
    pub fn advance_clock(&self, time: Duration) {
        self.service.advance(time);
    }

    /// Adds many tiny images at once and returns their hashes, for tests of long lists.
    ///
    /// Image `i` is called `{i}.gif`, has the user metadata `int:number` = `i`, is 100 + `i` modulo 900 wide and
    /// 100 + `i` modulo 700 high. The organization is added when it is not there.
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

/// What an [`Emulator`] starts with; made by [`Emulator::builder`].
///
/// ```
/// # async fn f() {
/// let emulator = rokka_emulator::Emulator::builder().organization("mine").start().await;
/// # }
/// ```
#[derive(Clone)]
#[must_use = "nothing runs before `start`"]
pub struct EmulatorBuilder {
    organizations: Vec<String>,
    api_key: String,
    signing_key: String,
    latency: Duration,
}

impl EmulatorBuilder {
    /// Adds an organization; without any there is `acme`.
    ///
    /// ```
    /// let builder = rokka_emulator::Emulator::builder().organization("one").organization("two");
    /// ```
    pub fn organization(mut self, name: impl Into<String>) -> Self {
        self.organizations.push(name.into());
        self
    }

    /// Takes this key in the place of [`Emulator::API_KEY`].
    ///
    /// ```
    /// let builder = rokka_emulator::Emulator::builder().api_key("a key of my own");
    /// ```
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = key.into();
        self
    }

    /// Takes signatures that were made with this key and no other.
    ///
    /// ```
    /// let builder = rokka_emulator::Emulator::builder().signing_key("another key of my own");
    /// ```
    pub fn signing_key(mut self, key: impl Into<String>) -> Self {
        self.signing_key = key.into();
        self
    }

    /// Waits this long before every answer.
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
        serve(&api, &service, self.latency, Service::answer);
        serve(&renders, &service, self.latency, Service::render);
        Emulator {
            service,
            api,
            renders,
            organization: organizations.into_iter().next().unwrap_or_default(),
        }
    }
}

/// Answers whatever the server is asked, as long as the service is there.
///
/// The server goes back to a pool and keeps its responder until someone takes it out again. With a weak reference it
/// cannot reach the images any more once the emulator is gone.
fn serve(
    server: &MockServer,
    service: &Arc<Service>,
    latency: Duration,
    answer: fn(&Service, &HttpMockRequest) -> Answer,
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
            Some(service) => answer(&service, request).into(),
            None => Answer::not_found("Emulator").into(),
        });
    });
}

/// Waits for a server on a thread of its own: the future of `MockServer::start_async` is not `Send`, and the other way
/// to start one blocks when all servers are in use.
async fn take_server() -> MockServer {
    let (signal, started) = oneshot::channel::<()>();
    let thread = thread::spawn(move || {
        let _signal = signal;
        MockServer::start()
    });
    // The channel closes when the thread is done, well or not.
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
