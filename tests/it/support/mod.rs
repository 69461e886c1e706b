//! A server below HTTP: it sends what a test wants, byte by byte, where that is a cut, a stall or nothing at all too,
//! and keeps what it received, byte by byte.
//!
//! Each server has a listener and a thread of its own for as long as it is held, so no test receives what another one
//! sent, and a test that blocks its thread is served all the same.

mod reply;
mod request;
pub(crate) mod tls;

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rokka::{Client, ClientBuilder, Retry, SourceImages};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;

pub(crate) use reply::{Gate, Reply, json, reply};
pub(crate) use request::{Part, RecordedRequest, find};

/// A key of the shape that the service gives out.
pub(crate) const KEY: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9ZyXwVuTsRqPoNmLkJiHgFeDcBa987654";
pub(crate) const HASH: &str = "3f9a21c6b0d4e8f7a1b2c3d4e5f60718293a4b5c";
pub(crate) const OTHER: &str = "aaaabbbbccccddddeeeeffff0000111122223333";

/// How long something may take that has to happen: far longer than it takes on a busy machine.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// The method of [`Server::settle`], which no client sends.
const SETTLE: &str = "SETTLE";

/// How fast the server reads: so many bytes, and then a rest, for the first bytes up to an end.
#[derive(Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) bytes: usize,
    pub(crate) wait: Duration,
    pub(crate) end: usize,
}

struct Throttle {
    pace: Pace,
    left: usize,
    read: usize,
}

type Handler = dyn Fn(usize, &RecordedRequest) -> Reply + Send + Sync;

/// The server, for as long as it is held.
pub(crate) struct Server {
    address: SocketAddr,
    requests: Arc<watch::Sender<Vec<RecordedRequest>>>,
    connections: Arc<AtomicUsize>,
    /// Whether [`client`](Self::client) and [`images`](Self::images) retry.
    retries: bool,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Server {
    /// Replies to every request with what `handler` returns for its number, counted from 0, and itself.
    pub(crate) fn start(
        handler: impl Fn(usize, &RecordedRequest) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::with_pace(None, handler)
    }

    /// Replies to the requests with these in turn, and to all further ones with the last.
    pub(crate) fn script(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies: Vec<_> = replies.into_iter().collect();
        Self::start(move |number, _| replies[number.min(replies.len() - 1)].clone())
    }

    /// Replies with these in turn, and with status 599 to any further request. Its clients send every request once.
    pub(crate) fn exactly(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies = Mutex::new(replies.into_iter().collect::<VecDeque<_>>());
        Self::respond(move |_| {
            let next = replies.lock().unwrap().pop_front();
            next.unwrap_or_else(|| reply(599, "the test planned no further reply"))
        })
    }

    /// Replies to every request with what `handler` returns for it. Its clients send every request once.
    pub(crate) fn respond(
        handler: impl Fn(&RecordedRequest) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let mut server = Self::start(move |_, request| handler(request));
        server.retries = false;
        server
    }

    /// Reads slowly, through a window so small that the sender notices.
    pub(crate) fn slow(pace: Pace, reply: Reply) -> Self {
        Self::with_pace(Some(pace), move |_, _| reply.clone())
    }

    fn with_pace(
        pace: Option<Pace>,
        handler: impl Fn(usize, &RecordedRequest) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = {
            let _entered = runtime.enter();
            let socket = TcpSocket::new_v4().unwrap();
            if pace.is_some() {
                socket.set_recv_buffer_size(32 * 1024).unwrap();
            }
            socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
            socket.listen(1024).unwrap()
        };
        let address = listener.local_addr().unwrap();
        let (requests, connections) = (Arc::default(), Arc::<AtomicUsize>::default());
        runtime.spawn({
            let (requests, connections) = (Arc::clone(&requests), Arc::clone(&connections));
            let handler: Arc<Handler> = Arc::new(handler);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let (requests, handler) = (Arc::clone(&requests), Arc::clone(&handler));
                    let connections = Arc::clone(&connections);
                    connections.fetch_add(1, Ordering::SeqCst);
                    tokio::spawn(async move {
                        // A client that goes away is what some tests are about.
                        serve(stream, pace, &requests, &connections, &*handler)
                            .await
                            .ok()
                    });
                }
            }
        });
        Self {
            address,
            requests,
            connections,
            retries: true,
            runtime: Some(runtime),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests that arrived whole, in their order.
    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.requests.borrow().clone()
    }

    /// The one request that arrived.
    pub(crate) fn only_request(&self) -> RecordedRequest {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:#?}");
        requests.remove(0)
    }

    /// Waits until so many requests have arrived.
    pub(crate) async fn wait_for_requests(&self, number: usize) {
        let mut requests = self.requests.subscribe();
        let arrived = requests.wait_for(|requests| requests.len() >= number);
        let arrived = tokio::time::timeout(TIME_LIMIT, arrived).await;
        assert!(
            arrived.is_ok(),
            "{} of {number} requests arrived: {:#?}",
            self.requests().len(),
            self.requests()
        );
    }

    /// Waits until so many requests have arrived, and blocks the thread of the test meanwhile.
    pub(crate) fn block_until_requests(&self, number: usize) {
        let arrived = || self.requests.borrow().len() >= number;
        let started = Instant::now();
        while !arrived() && started.elapsed() < TIME_LIMIT {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(arrived(), "{:#?}", self.requests());
    }

    /// Returns once everything that the tasks of this test had to send has arrived, so that a request which is not in
    /// [`requests`](Self::requests) was not sent.
    ///
    /// Two exchanges with the server. While the first is under way, a runtime of one thread runs every task that is
    /// ready, and what these write lies at the server before the second one does.
    pub(crate) async fn settle(&self) {
        for _ in 0..2 {
            let mut stream = TcpStream::connect(self.address).await.unwrap();
            let request = format!("{SETTLE} / HTTP/1.1\r\n\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            stream.read_to_end(&mut Vec::new()).await.unwrap();
        }
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// A client of this server with the credentials [`KEY`]. It sends every request once if the server counts its replies,
    /// and otherwise retries after a short backoff.
    pub(crate) fn client(&self) -> Client {
        let builder = self.builder();
        let builder = if self.retries {
            builder
        } else {
            builder.retry(Retry::never())
        };
        builder.build().unwrap()
    }

    /// A builder of clients of this server, which retry after a short backoff.
    pub(crate) fn builder(&self) -> ClientBuilder {
        builder(self.url())
    }

    pub(crate) fn images(&self) -> SourceImages {
        self.client().source_images("acme").unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A client without settings. Where the crate brings no provider for TLS, the tests do.
pub(crate) fn bare() -> ClientBuilder {
    provider();
    Client::builder()
}

pub(crate) fn provider() {
    if cfg!(feature = "rustls-no-provider") {
        process_provider();
    }
}

/// Installs a provider for TLS in the process, which clients of reqwest's own need.
pub(crate) fn process_provider() {
    // Fails from the second time on.
    drop(rustls::crypto::ring::default_provider().install_default());
}

/// A client of a host, whatever proxy the machine has, that retries after a short backoff.
pub(crate) fn builder(host: impl Into<String>) -> ClientBuilder {
    bare()
        .api_host(host)
        .api_key(KEY)
        .retry(Retry::new().initial_backoff(Duration::from_millis(1)))
        .no_proxy()
}

async fn serve(
    mut stream: TcpStream,
    pace: Option<Pace>,
    requests: &watch::Sender<Vec<RecordedRequest>>,
    connections: &AtomicUsize,
    handler: &Handler,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    loop {
        let request = receive(&mut stream, pace).await?;
        if request.method == SETTLE {
            connections.fetch_sub(1, Ordering::SeqCst);
            return stream.shutdown().await;
        }
        let mut number = 0;
        requests.send_modify(|requests| {
            number = requests.len();
            requests.push(request.clone());
        });
        let reply = handler(number, &request);
        if !reply.send(&mut stream, &request.method).await? {
            return stream.shutdown().await;
        }
    }
}

async fn receive(stream: &mut TcpStream, pace: Option<Pace>) -> io::Result<RecordedRequest> {
    let throttle = &mut pace.map(|pace| Throttle {
        pace,
        left: pace.bytes,
        read: 0,
    });
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = find(&bytes, b"\r\n\r\n") {
            break end + 4;
        }
        more(stream, &mut bytes, throttle).await?;
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.trim_end().split("\r\n");
    let mut words = lines.next().unwrap().split(' ');
    let mut request = RecordedRequest {
        method: words.next().unwrap().to_owned(),
        target: words.next().unwrap().to_owned(),
        headers: lines
            .map(|line| line.split_once(':').unwrap())
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect(),
        body: Vec::new(),
        at: Instant::now(),
    };
    let mut rest = bytes.split_off(end);
    if request.header("transfer-encoding") == Some("chunked") {
        loop {
            let line = loop {
                match find(&rest, b"\r\n") {
                    Some(line) => break line,
                    None => more(stream, &mut rest, throttle).await?,
                }
            };
            let size = std::str::from_utf8(&rest[..line]).unwrap();
            let size = usize::from_str_radix(size, 16).unwrap();
            while rest.len() < line + 2 + size + 2 {
                more(stream, &mut rest, throttle).await?;
            }
            request
                .body
                .extend_from_slice(&rest[line + 2..line + 2 + size]);
            rest.drain(..line + 2 + size + 2);
            if size == 0 {
                break;
            }
        }
    } else if let Some(length) = request.header("content-length") {
        let length: usize = length.parse().unwrap();
        while rest.len() < length {
            more(stream, &mut rest, throttle).await?;
        }
        assert_eq!(rest.len(), length, "more came than was announced");
        request.body = rest;
    }
    request.at = Instant::now();
    Ok(request)
}

async fn more(
    stream: &mut TcpStream,
    bytes: &mut Vec<u8>,
    throttle: &mut Option<Throttle>,
) -> io::Result<()> {
    let mut piece = vec![
        0;
        throttle
            .as_ref()
            .map_or(64 * 1024, |throttle| throttle.left)
    ];
    let read = stream.read(&mut piece).await?;
    if read == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    bytes.extend_from_slice(&piece[..read]);
    if let Some(throttle) = throttle {
        throttle.left -= read;
        throttle.read += read;
        if throttle.left == 0 {
            if throttle.read < throttle.pace.end {
                tokio::time::sleep(throttle.pace.wait).await;
            }
            throttle.left = throttle.pace.bytes;
        }
    }
    Ok(())
}

/// An address where nobody listens, and nobody else can, for as long as the socket is held.
pub(crate) fn nobody() -> (TcpSocket, SocketAddr) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

/// An image as the service writes one.
pub(crate) fn image(hash: &str) -> Value {
    serde_json::json!({
        "hash": hash,
        "short_hash": &hash[..6],
        "binary_hash": "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00",
        "created": "2026-11-20T10:00:00+00:00",
        "name": "cat.jpg",
        "mimetype": "image/jpeg",
        "format": "jpg",
        "size": 1234,
        "width": 640,
        "height": 480,
        "organization": "acme",
        "link": format!("/sourceimages/acme/{hash}"),
    })
}

pub(crate) fn list(images: &[Value]) -> Value {
    serde_json::json!({"total": images.len(), "items": images})
}

/// The reply to an upload of one image.
pub(crate) fn stored() -> Reply {
    Reply::json(200, list(&[image(HASH)]))
}
