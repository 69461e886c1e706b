//! The emulator's handle, which starts and stops its server.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::fault::{self, Fault};
use super::faults::{Effect, Requests};
use super::recorded_request::RecordedRequest;
use super::response::Response;
use super::server::{ReservedPort, Server};
use super::service::{Host, Service};
use super::settings::Settings;
use super::snapshot::Snapshot;
use super::start_error::StartError;

/// A rokka service on a loopback port, which ends when this value is dropped.
///
/// Every emulator has its own images and accounts, its own ports and its own thread, and needs no runtime. When it is
/// dropped, its ports are closed and its connections ended.
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
    service: Arc<Service>,
    api: SocketAddr,
    renders: SocketAddr,
    running: Mutex<Running>,
}

/// What has the ports.
enum Running {
    Server {
        _server: Server,
    },
    Stopped(Vec<(ReservedPort, Host)>),
    /// Between the two, and when a port was lost.
    Neither,
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

    /// Starts an emulator with the organization `acme` and the key [`Emulator::API_KEY`].
    ///
    /// ```
    /// # async fn f() {
    /// let emulator = rokka_emulator::Emulator::start().await;
    /// # }
    /// ```
    ///
    /// # Panics
    /// As [`EmulatorBuilder::start`].
    #[allow(clippy::unused_async)] // Starting takes no time today.
    pub async fn start() -> Self {
        Self::start_blocking()
    }

    /// Starts an emulator as [`start`](Self::start) does, outside of async code.
    ///
    /// ```
    /// let emulator = rokka_emulator::Emulator::start_blocking();
    /// assert_eq!(emulator.requests().len(), 0);
    /// ```
    ///
    /// # Panics
    /// As [`EmulatorBuilder::start`].
    #[must_use]
    pub fn start_blocking() -> Self {
        Self::builder().start_blocking()
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
            address: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            data_folder: None,
            seed_folder: None,
            fetches_anywhere: false,
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
        format!("http://{}", self.api)
    }

    /// Returns the base URL of the render host, without a trailing slash.
    ///
    /// All organizations share this host, as a loopback address
    /// cannot name one: it returns the image of the first organization, by name, that has it. With a `Host` header such
    /// as `acme.localhost`, and under [`render_host_of`](Self::render_host_of), it returns those of one organization.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// let url = format!("{}/dynamic/resize-width-100/c1b110.jpg", emulator.render_host());
    /// # }
    /// ```
    #[must_use]
    pub fn render_host(&self) -> String {
        format!("http://{}", self.renders)
    }

    /// Returns the base URL of the renderings of one organization, without a trailing slash.
    ///
    /// It is a path of the API's address, for programs that cannot resolve `acme.localhost`. The path is no part of what
    /// is signed.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// let url = format!("{}/dynamic/c1b110.jpg", emulator.render_host_of("acme"));
    /// # }
    /// ```
    #[must_use]
    pub fn render_host_of(&self, organization: &str) -> String {
        format!("{}/_emulator/render/{organization}", self.url())
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
        &self.service.settings.api_key
    }

    /// Returns the key for signing the render URLs of the first organization.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// assert_eq!(emulator.signing_key(), rokka_emulator::Emulator::SIGNING_KEY);
    /// # }
    /// ```
    #[must_use]
    pub fn signing_key(&self) -> &str {
        &self.service.settings.signing_key
    }

    /// Returns the key for signing the render URLs of an organization; `None` if it does not exist.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// assert_eq!(emulator.signing_key_of("acme").as_deref(), Some(emulator.signing_key()));
    /// assert_eq!(emulator.signing_key_of("nobody"), None);
    /// # }
    /// ```
    #[must_use]
    pub fn signing_key_of(&self, organization: &str) -> Option<String> {
        self.service.signing_key(organization)
    }

    /// Returns a code of the second factor that no user has used. Each code works once; all users have the same secret.
    ///
    /// Three codes are valid at a time: those of this half minute, the one before and the one after. For a fourth,
    /// [advance the clock](Self::advance_clock) by 30 seconds.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// assert_eq!(emulator.totp_code().len(), 6);
    /// # }
    /// ```
    #[must_use]
    pub fn totp_code(&self) -> String {
        self.service.totp_code()
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
        self.service.settings.first_organization()
    }

    /// Returns what a person should know about the start, a sentence each: what a killed process left half-written in the
    /// data folder.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// assert!(emulator.notes().is_empty());
    /// # }
    /// ```
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.service.notes
    }

    /// Adds a fault: requests with this method and path go wrong as the returned [`Fault`] says.
    ///
    /// The method `*` stands for all. In the path, `*` stands for one segment and a final `**` for any number. Both
    /// hosts have faults, the control interface has none.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// let fault = emulator.on("POST", "/sourceimages/*").nth(2).respond(503);
    /// // ...
    /// assert_eq!(fault.hits(), 1);
    /// # }
    /// ```
    #[allow(clippy::must_use_candidate)] // Called for its effect.
    pub fn on(&self, method: impl AsRef<str>, path: impl AsRef<str>) -> Fault {
        let requests = Requests::matching(method.as_ref(), path.as_ref());
        Fault {
            id: self.service.faults.add(requests, Effect::default()),
            service: self.service.clone(),
        }
    }

    /// Removes all faults.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// emulator.on("*", "/**").always().respond(500);
    /// emulator.clear_faults();
    /// # }
    /// ```
    pub fn clear_faults(&self) {
        self.service.faults.clear();
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
        let effect = Effect {
            response: Some(fault::response(status, headers, body.into())),
            ..Effect::default()
        };
        let id = self.service.faults.add(Requests::Api, effect);
        self.service
            .faults
            .edit(id, |rule| rule.limit = Some(count));
    }

    /// Returns the latest requests to both hosts, in order, with redacted credentials.
    ///
    /// The emulator keeps 10,000 requests and 16 MiB of bodies. Later ones take the place of the oldest.
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

    /// Forgets the requests so far.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// emulator.clear_requests();
    /// assert!(emulator.requests().is_empty());
    /// # }
    /// ```
    pub fn clear_requests(&self) {
        self.service.clear_requests();
    }

    /// Returns the time of the emulator's clock.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// assert!(emulator.clock() <= std::time::SystemTime::now());
    /// # }
    /// ```
    #[must_use]
    pub fn clock(&self) -> SystemTime {
        self.service.clock.now().into()
    }

    /// Sets the clock, which everything depends on: dates, keys, tokens, signatures, the trash and the limits per hour.
    ///
    /// The clock goes on from this time, which must be from 1970 to 9999; the nearest time takes the place of another.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// use std::time::{Duration, SystemTime};
    ///
    /// emulator.set_clock(SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000));
    /// # }
    /// ```
    pub fn set_clock(&self, time: impl Into<SystemTime>) {
        self.service.clock.set(time.into().into());
    }

    /// Advances the clock.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// emulator.advance_clock(std::time::Duration::from_secs(86_400));
    /// # }
    /// ```
    pub fn advance_clock(&self, time: Duration) {
        self.service.clock.advance(time);
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
    ///
    /// # Panics
    /// The data folder cannot be written.
    #[allow(clippy::must_use_candidate)] // It is called for its effect.
    pub fn seed_images(&self, organization: &str, count: usize) -> Vec<String> {
        or_panic(self.service.seed_images(organization, count))
    }

    /// Returns a copy of all images, aliases, stacks and accounts, for [`restore`](Self::restore).
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// let before = emulator.snapshot();
    /// # }
    /// ```
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.service.snapshot()
    }

    /// Returns to the images, aliases, stacks and accounts of a snapshot. Requests, faults and the clock stay.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// let before = emulator.snapshot();
    /// emulator.seed_images("acme", 100);
    /// emulator.restore(&before);
    /// # }
    /// ```
    ///
    /// # Panics
    /// The data folder cannot be written.
    pub fn restore(&self, snapshot: &Snapshot) {
        or_panic(self.service.restore(snapshot));
    }

    /// Returns to the state after the start: the images of the seed folder alone, no requests, no faults, the real time.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// emulator.reset();
    /// # }
    /// ```
    ///
    /// # Panics
    /// The data folder cannot be written.
    pub fn reset(&self) {
        or_panic(self.service.reset());
    }

    /// Ends all connections and refuses new ones, until [`start_again`](Self::start_again).
    ///
    /// The ports stay reserved, and the state stays.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// emulator.stop();
    /// // ... the client fails to connect ...
    /// emulator.start_again();
    /// # }
    /// ```
    ///
    /// # Panics
    /// Another program took a port in the moment between.
    #[allow(clippy::panic)]
    pub fn stop(&self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*running, Running::Server { .. }) {
            return;
        }
        // Dropping the server ends it.
        *running = Running::Neither;
        let ports = [(self.api, Host::Api), (self.renders, Host::Render(None))];
        let ports = ports
            .into_iter()
            .map(|(address, host)| Ok((ReservedPort::bind(address)?, host)))
            .collect::<std::io::Result<_>>();
        match ports {
            Ok(ports) => *running = Running::Stopped(ports),
            Err(error) => panic!("the port of a stopped emulator was lost: {error}"),
        }
    }

    /// Accepts connections again, at the same addresses and with the same state.
    ///
    /// ```
    /// # async fn f(emulator: rokka_emulator::Emulator) {
    /// let url = emulator.url();
    /// emulator.stop();
    /// emulator.start_again();
    /// assert_eq!(emulator.url(), url);
    /// # }
    /// ```
    ///
    /// # Panics
    /// The system has no thread or no file descriptor left.
    #[allow(clippy::panic)]
    pub fn start_again(&self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let Running::Stopped(ports) = &mut *running else {
            return;
        };
        let ports = std::mem::take(ports);
        *running = Running::Neither;
        match listen(&self.service, ports) {
            Ok(server) => *running = Running::Server { _server: server },
            Err(error) => panic!("a stopped emulator cannot start again: {error}"),
        }
    }
}

fn listen(service: &Arc<Service>, ports: Vec<(ReservedPort, Host)>) -> std::io::Result<Server> {
    let listeners = ports
        .into_iter()
        .map(|(port, host)| Ok((port.listen()?, host)))
        .collect::<std::io::Result<_>>()?;
    Server::start(service, listeners)
}

/// Panics with the message of an error: a test cannot go on.
#[allow(clippy::panic)]
fn or_panic<T>(result: Result<T, Response>) -> T {
    result.unwrap_or_else(|error| panic!("{}", error.message()))
}

impl fmt::Debug for Emulator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Emulator")
            .field("url", &self.url())
            .field("render_host", &self.render_host())
            .field("organization", &self.organization())
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
    address: IpAddr,
    port: u16,
    data_folder: Option<PathBuf>,
    seed_folder: Option<PathBuf>,
    fetches_anywhere: bool,
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

    /// Sets the signing key of the first organization; the default is [`Emulator::SIGNING_KEY`]. Others have keys of
    /// their own, which depend on their names only.
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

    /// Sets the port of the API; the default is a free one. The render host has a free one of its own.
    ///
    /// ```
    /// let builder = rokka_emulator::Emulator::builder().port(8787);
    /// ```
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the address to listen on; the default is 127.0.0.1.
    ///
    /// ```
    /// let builder = rokka_emulator::Emulator::builder().address(std::net::Ipv6Addr::LOCALHOST);
    /// ```
    pub fn address(mut self, address: impl Into<IpAddr>) -> Self {
        self.address = address.into();
        self
    }

    /// Keeps everything in a folder, from which the next emulator continues. The default is to keep nothing.
    ///
    /// A response is sent after its change is written, so the change survives the end of the process. Files are not
    /// flushed to the disk, so the latest changes may not survive the end of the machine.
    ///
    /// ```
    /// let builder = rokka_emulator::Emulator::builder().data_folder("target/rokka");
    /// ```
    pub fn data_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.data_folder = Some(folder.into());
        self
    }

    /// Starts with the pictures and stacks of a folder in the first organization.
    ///
    /// `boat.jpg` becomes an image; `boat.jpg.json` beside it can set `name`, `user_metadata`, `dynamic_metadata`,
    /// `protected`, `locked` and `alias`. `stacks/thumb.json` becomes a stack; its content is the body that creates one.
    /// Subfolders have more pictures. Other files are ignored. Images and stacks that exist are not changed.
    ///
    /// ```
    /// let builder = rokka_emulator::Emulator::builder().seed_folder("tests/pictures");
    /// ```
    pub fn seed_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.seed_folder = Some(folder.into());
        self
    }

    /// Fetches remote images of render URLs from any host, if a stack or the organization allows them. The default is this
    /// machine alone.
    ///
    /// Needs the feature `remote-images`, and the feature `program` for `https`.
    ///
    /// ```
    /// let builder = rokka_emulator::Emulator::builder().fetch_anywhere();
    /// ```
    pub fn fetch_anywhere(mut self) -> Self {
        self.fetches_anywhere = true;
        self
    }

    /// Starts the emulator.
    ///
    /// ```
    /// # async fn f() {
    /// let emulator = rokka_emulator::Emulator::builder().start().await;
    /// # }
    /// ```
    ///
    /// # Panics
    /// The emulator cannot start; [`try_start`](Self::try_start) returns an error instead.
    #[allow(clippy::unused_async)] // Starting takes no time today.
    pub async fn start(self) -> Emulator {
        self.start_blocking()
    }

    /// Starts the emulator outside of async code.
    ///
    /// ```
    /// let emulator = rokka_emulator::Emulator::builder().organization("mine").start_blocking();
    /// assert_eq!(emulator.organization(), "mine");
    /// ```
    ///
    /// # Panics
    /// As [`start`](Self::start).
    #[allow(clippy::panic)]
    pub fn start_blocking(self) -> Emulator {
        self.try_start()
            .unwrap_or_else(|error| panic!("the emulator cannot start: {error}"))
    }

    /// Starts the emulator, or returns why it cannot start.
    ///
    /// # Errors
    /// The port is in use, a name or a key is invalid, a folder cannot be used, or a file in it is not what it should be.
    ///
    /// ```
    /// use rokka_emulator::Emulator;
    ///
    /// let error = Emulator::builder().organization("No Name").try_start().unwrap_err();
    /// assert!(error.to_string().contains("`No Name`"));
    /// ```
    pub fn try_start(self) -> Result<Emulator, StartError> {
        let (address, port) = (self.address, self.port);
        let bind = |port: u16| {
            let address = SocketAddr::new(address, port);
            bind_port(address)
        };
        // First, because it is quick to fail.
        let ports = [(bind(port)?, Host::Api), (bind(0)?, Host::Render(None))];
        let addresses = ports.each_ref().map(|(port, _)| port.address());
        let service = Arc::new(Service::new(self.settings())?);
        let cannot = |error: std::io::Error| StartError::new(format!("cannot serve: {error}"));
        let [api, renders] = addresses;
        Ok(Emulator {
            api: api.map_err(cannot)?,
            renders: renders.map_err(cannot)?,
            running: Mutex::new(Running::Server {
                _server: listen(&service, ports.into()).map_err(cannot)?,
            }),
            service,
        })
    }

    pub(crate) fn settings(self) -> Settings {
        let mut organizations = self.organizations;
        if organizations.is_empty() {
            organizations.push("acme".to_owned());
        }
        Settings {
            organizations,
            api_key: self.api_key,
            signing_key: self.signing_key,
            latency: self.latency,
            data_folder: self.data_folder,
            seed_folder: self.seed_folder,
            fetches_anywhere: self.fetches_anywhere,
            logs: false,
        }
    }
}

/// Binds a port, or explains why it cannot be bound.
pub(crate) fn bind_port(address: SocketAddr) -> Result<ReservedPort, StartError> {
    ReservedPort::bind(address).map_err(|error| {
        let advice = if error.kind() == std::io::ErrorKind::AddrInUse {
            "another program uses it; end it, or choose another port"
        } else {
            "choose another address or port"
        };
        StartError::new(format!("cannot listen on {address}: {error}; {advice}"))
    })
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
