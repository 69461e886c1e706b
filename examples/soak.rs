//! Runs many concurrent calls through a failing network and accounts for every one of them.
//!
//! `cargo run --release --example soak` makes 10,000 calls from 64 tasks against an in-memory emulator, behind a proxy that
//! injects faults into 5 % of the requests: it closes, resets, truncates, stalls, or responds with 429, 500, 502 or 503. At the
//! end, every call has returned its value or an error that a fault explains, the service has exactly the images that the calls
//! imply, and no task or file descriptor is left over. Otherwise the program prints the differences and fails.
//!
//! The arguments are the numbers of calls and tasks: `cargo run --example soak -- 1000 32`.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use rokka::testing::{Emulator, EmulatorExt};
use rokka::{BinaryHasher, Client, ErrorKind, Retry, Source, SourceImages};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Requests with an injected fault, in percent.
const FAULTS: usize = 5;

/// Images that exist from the start and stay.
const SEEDED: usize = 60;

/// Idle timeout of a request that the proxy stalls.
const IDLE: Duration = Duration::from_secs(2);

/// Time limit for the last connections to close.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let calls = arguments.next().map_or(Ok(10_000), |text| text.parse())?;
    let tasks = arguments.next().map_or(Ok(64), |text| text.parse())?;

    let emulator = Emulator::start().await;
    let seeded = emulator.seed_images(emulator.organization(), SEEDED);
    let proxy = Proxy::start(emulator.url()).await?;
    // Open whatever stays open, such as the proxy's listener, before counting.
    emulator.source_images()?.search().await?;
    let before = Resources::count();

    let started = Instant::now();
    let ledger = Arc::new(Ledger::new(seeded));
    let client = Client::builder()
        .api_host(proxy.url())
        .api_key(emulator.api_key())
        .idle_timeout(IDLE)
        .retry(
            Retry::new()
                .max_attempts(4)
                .initial_backoff(Duration::from_millis(5))
                .max_backoff(Duration::from_millis(50)),
        )
        // One connection per request, so that each injected fault affects one request.
        .http(|http| http.no_proxy().pool_max_idle_per_host(0))
        .build()?;
    let images = client.source_images(emulator.organization())?;
    let mut workers = JoinSet::new();
    for worker in 0..tasks {
        let (images, ledger) = (images.clone(), ledger.clone());
        workers.spawn(async move {
            let mut random = fastrand::Rng::with_seed(worker);
            while ledger.begin(calls) {
                ledger.end(one_call(&images, &ledger, &mut random).await);
            }
        });
    }
    let mut differences = Vec::new();
    while let Some(ended) = workers.join_next().await {
        if let Err(panic) = ended {
            differences.push(format!("a task ended early: {panic}"));
        }
    }
    drop((images, client));
    let elapsed = started.elapsed();

    let stored: Vec<_> = emulator
        .source_images()?
        .search()
        .limit(1000)
        .stream()
        .map_ok(|image| image.hash)
        .try_collect()
        .await?;
    differences.extend(ledger.settle(calls, &stored));
    let after = before.reached_again().await;
    if !after.is_within(&before) {
        differences.push(format!(
            "leaked resources: {before:?} before, {after:?} after"
        ));
    }

    println!(
        "{calls} calls by {tasks} tasks in {:.1} s",
        elapsed.as_secs_f64()
    );
    println!(
        "{} requests, {} of them faulty",
        proxy.requests(),
        proxy.faulty()
    );
    for (outcome, count) in ledger.outcomes() {
        println!("{count:>8} {outcome}");
    }
    println!(
        "{} images, {before:?} before and {after:?} after",
        stored.len()
    );
    if differences.is_empty() {
        return Ok(());
    }
    for what in &differences {
        println!("WRONG: {what}");
    }
    Err(format!("{} discrepancies", differences.len()).into())
}

/// Makes one call, checks its value, and records the outcome.
async fn one_call(images: &SourceImages, ledger: &Ledger, random: &mut fastrand::Rng) -> Outcome {
    let seeded = ledger.seeded(random.usize(..));
    match random.u8(0..100) {
        0..35 => match images.get(&seeded).await {
            Ok(image) if image.hash == seeded => Outcome::value("get"),
            Ok(image) => Outcome::Wrong(format!("{seeded} was read as {}", image.hash)),
            Err(error) => Outcome::error("get", &error),
        },
        35..50 => match images.search().limit(20).await {
            Ok(page) if page.items.len() == 20 => Outcome::value("search"),
            Ok(page) => Outcome::Wrong(format!("a page has {} images", page.items.len())),
            Err(error) => Outcome::error("search", &error),
        },
        50..65 => {
            let found = images.download(&seeded).bytes().await;
            match found {
                Ok(bytes) if bytes.starts_with(b"GIF89a") && bytes.ends_with(&[0x3b]) => {
                    Outcome::value("download")
                }
                Ok(bytes) => Outcome::Wrong(format!(
                    "{} bytes of {seeded} are no whole image",
                    bytes.len()
                )),
                Err(error) => Outcome::error("download", &error),
            }
        }
        65..85 => {
            let content: Vec<u8> = std::iter::repeat_with(|| random.u8(..))
                .take(2000)
                .collect();
            let mut hasher = BinaryHasher::new();
            hasher.update(&content);
            let expected = hasher.finish();
            match images.upload(Source::bytes("soak.bin", content)).await {
                Ok(image) if image.binary_hash == expected => {
                    ledger.stored(image.hash);
                    Outcome::value("upload")
                }
                Ok(image) => {
                    Outcome::Wrong(format!("an upload was stored as {}", image.binary_hash))
                }
                Err(error) => {
                    ledger.perhaps_stored();
                    Outcome::error("upload", &error)
                }
            }
        }
        _ => {
            let Some(hash) = ledger.take(random.usize(..)) else {
                return Outcome::value("nothing to delete");
            };
            match images.delete(&hash).await {
                Ok(()) => {
                    ledger.deleted(hash);
                    Outcome::value("delete")
                }
                // The first attempt succeeded but its response was lost, so the second found no image.
                Err(error) if error.is_not_found() && error.attempts() > 1 => {
                    ledger.deleted(hash);
                    Outcome::value("delete, repeated")
                }
                Err(error) => {
                    ledger.perhaps_deleted(hash);
                    Outcome::error("delete", &error)
                }
            }
        }
    }
}

enum Outcome {
    Value(&'static str),
    /// An error that a fault explains.
    Explained(String),
    Wrong(String),
}

impl Outcome {
    fn value(call: &'static str) -> Self {
        Self::Value(call)
    }

    fn error(call: &'static str, error: &rokka::Error) -> Self {
        let status = error.status().map(|status| status.as_u16());
        let explained = match (error.kind(), status) {
            (ErrorKind::Interrupted | ErrorKind::Timeout, None)
            | (ErrorKind::Status, Some(500)) => true,
            (ErrorKind::Status, Some(429 | 502 | 503)) => error.attempts() > 1,
            _ => false,
        };
        if explained {
            Self::Explained(format!(
                "{call}: {:?} {}",
                error.kind(),
                status.unwrap_or(0)
            ))
        } else {
            Self::Wrong(format!("{call}: {error:?}"))
        }
    }
}

/// The started calls, their outcomes, and the images that the service should have.
struct Ledger {
    seeded: Vec<String>,
    begun: AtomicUsize,
    books: Mutex<Books>,
}

#[derive(Default)]
struct Books {
    outcomes: BTreeMap<String, usize>,
    differences: Vec<String>,
    stored: Vec<String>,
    deleted: BTreeSet<String>,
    perhaps_stored: usize,
    perhaps_deleted: BTreeSet<String>,
}

impl Ledger {
    fn new(seeded: Vec<String>) -> Self {
        Self {
            seeded,
            begun: AtomicUsize::new(0),
            books: Mutex::default(),
        }
    }

    /// Whether to make another call.
    fn begin(&self, calls: usize) -> bool {
        self.begun.fetch_add(1, Ordering::SeqCst) < calls
    }

    fn end(&self, outcome: Outcome) {
        self.change(|books| match outcome {
            Outcome::Value(call) => *books.outcomes.entry(call.to_owned()).or_default() += 1,
            Outcome::Explained(error) => *books.outcomes.entry(error).or_default() += 1,
            Outcome::Wrong(what) => books.differences.push(what),
        });
    }

    fn change<T>(&self, change: impl FnOnce(&mut Books) -> T) -> T {
        change(&mut self.books.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn seeded(&self, any: usize) -> String {
        self.seeded
            .get(any % self.seeded.len())
            .cloned()
            .unwrap_or_default()
    }

    fn stored(&self, hash: String) {
        self.change(|books| books.stored.push(hash));
    }

    fn perhaps_stored(&self) {
        self.change(|books| books.perhaps_stored += 1);
    }

    /// Takes an image to delete, so that no other task deletes it.
    fn take(&self, any: usize) -> Option<String> {
        self.change(|books| {
            let count = books.stored.len();
            (count > 0).then(|| books.stored.swap_remove(any % count))
        })
    }

    fn deleted(&self, hash: String) {
        self.change(|books| books.deleted.insert(hash));
    }

    fn perhaps_deleted(&self, hash: String) {
        self.change(|books| books.perhaps_deleted.insert(hash));
    }

    fn outcomes(&self) -> BTreeMap<String, usize> {
        self.change(|books| books.outcomes.clone())
    }

    /// Returns the differences from the expected state.
    fn settle(&self, calls: usize, found: &[String]) -> Vec<String> {
        self.change(|books| {
            let mut differences = std::mem::take(&mut books.differences);
            let ended = books.outcomes.values().sum::<usize>() + differences.len();
            if ended != calls {
                differences.push(format!("{ended} of {calls} calls ended"));
            }
            let found: BTreeSet<_> = found.iter().collect();
            let expected: BTreeSet<_> = self.seeded.iter().chain(&books.stored).collect();
            let lost = expected
                .difference(&found)
                .map(|hash| format!("{hash} is lost"));
            differences.extend(lost);
            let back = books.deleted.iter().filter(|hash| found.contains(hash));
            differences.extend(back.map(|hash| format!("{hash} was deleted but exists")));
            let more = found
                .difference(&expected)
                .filter(|hash| !books.perhaps_deleted.contains(**hash))
                .count();
            if more > books.perhaps_stored {
                let failed = books.perhaps_stored;
                differences.push(format!(
                    "{more} unexpected images, but only {failed} failed uploads"
                ));
            }
            differences
        })
    }
}

/// A proxy between the client and the emulator.
struct Proxy {
    address: SocketAddr,
    counts: Arc<Counts>,
    accepting: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Counts {
    requests: AtomicUsize,
    faulty: AtomicUsize,
}

impl Proxy {
    async fn start(service: String) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let counts = Arc::<Counts>::default();
        let accepting = tokio::spawn({
            let counts = counts.clone();
            async move {
                let mut connections = JoinSet::new();
                loop {
                    tokio::select! {
                        accepted = listener.accept() => if let Ok((client, _)) = accepted {
                            connections.spawn(forward(client, service.clone(), counts.clone()));
                        },
                        Some(_) = connections.join_next() => {}
                    }
                }
            }
        });
        Ok(Self {
            address,
            counts,
            accepting,
        })
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn requests(&self) -> usize {
        self.counts.requests.load(Ordering::SeqCst)
    }

    fn faulty(&self) -> usize {
        self.counts.faulty.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Serves a connection with one request, and injects a fault into some.
async fn forward(mut client: TcpStream, service: String, counts: Arc<Counts>) -> io::Result<()> {
    let number = counts.requests.fetch_add(1, Ordering::SeqCst);
    // Evenly distributed, so that the share is deterministic.
    if number % 100 >= FAULTS {
        let mut service = connect(&service).await?;
        tokio::io::copy_bidirectional(&mut client, &mut service).await?;
        return Ok(());
    }
    counts.faulty.fetch_add(1, Ordering::SeqCst);
    match fastrand::u8(0..9) {
        // Close without reading.
        0 => Ok(()),
        // The request arrives, the response is lost.
        1 => relay(&mut client, &service, 0).await,
        // A part of the response arrives.
        2 | 3 => relay(&mut client, &service, fastrand::usize(1..400)).await,
        4 => {
            relay(&mut client, &service, fastrand::usize(1..400)).await?;
            client.set_zero_linger()
        }
        // Stall until the client times out.
        5 => client.read_to_end(&mut Vec::new()).await.map(drop),
        6 => respond(&mut client, "429 Too Many Requests\r\nRetry-After: 0").await,
        7 => respond(&mut client, "500 Internal Server Error").await,
        _ => {
            let status = if fastrand::bool() {
                "502 Bad Gateway"
            } else {
                "503 Service Unavailable"
            };
            respond(&mut client, status).await
        }
    }
}

async fn connect(service: &str) -> io::Result<TcpStream> {
    TcpStream::connect(service.trim_start_matches("http://")).await
}

/// Forwards the request, and the given number of response bytes.
async fn relay(client: &mut TcpStream, service: &str, bytes: usize) -> io::Result<()> {
    let mut service = connect(service).await?;
    let (mut from_client, mut to_client) = client.split();
    let (mut from_service, mut to_service) = service.split();
    let response = async {
        let mut first = vec![0; bytes.max(1)];
        let read = from_service.read(&mut first).await?;
        to_client
            .write_all(first.get(..read.min(bytes)).unwrap_or_default())
            .await
    };
    tokio::select! {
        done = response => done,
        sent = tokio::io::copy(&mut from_client, &mut to_service) => sent.map(drop),
    }
}

/// Responds instead of the service, and reads the rest of the request.
async fn respond(client: &mut TcpStream, status: &str) -> io::Result<()> {
    let mut head = vec![0; 64 * 1024];
    // The headers arrived with the first bytes, or the client has disconnected.
    if client.read(&mut head).await? == 0 {
        return Ok(());
    }
    let response = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    client.write_all(response.as_bytes()).await?;
    client.shutdown().await?;
    client.read_to_end(&mut head).await.map(drop)
}

/// Resources that a program can leak.
#[derive(Clone, Copy, Debug)]
struct Resources {
    tasks: usize,
    /// Open files and sockets; `None` where the system does not report them.
    descriptors: Option<usize>,
}

impl Resources {
    fn count() -> Self {
        Self {
            tasks: tokio::runtime::Handle::current()
                .metrics()
                .num_alive_tasks(),
            descriptors: std::fs::read_dir("/proc/self/fd").ok().map(Iterator::count),
        }
    }

    fn is_within(&self, before: &Self) -> bool {
        self.tasks <= before.tasks && self.descriptors <= before.descriptors
    }

    /// Waits until no more than these resources are in use, or until a timeout: connections close shortly after their last call.
    async fn reached_again(&self) -> Self {
        let started = Instant::now();
        loop {
            let now = Self::count();
            if now.is_within(self) || started.elapsed() > PATIENCE {
                return now;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
