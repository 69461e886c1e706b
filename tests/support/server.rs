//! A server below HTTP: it says what a test wants, byte by byte, where that is a cut, a stall or nothing at all too, and
//! keeps what it was sent, byte by byte.

#![allow(dead_code)]

use std::collections::BTreeMap;
use std::fmt::{Display, Write};
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rokka::{ClientBuilder, Retry};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// A key of the shape that the service gives out.
pub(crate) const KEY: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9ZyXwVuTsRqPoNmLkJiHgFeDcBa987654";
pub(crate) const HASH: &str = "c421f4e8cefe0fd3aab22832f51e85bacda0a47a";

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Path and query as they stood in the request line.
    pub(crate) target: String,
    /// Names as they were spelt, in their order.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// A part of a form.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    /// The values of all header lines of a name.
    pub(crate) fn lines(&self, name: &str) -> Vec<&str> {
        let fits = |line: &&(String, String)| line.0.eq_ignore_ascii_case(name);
        self.headers
            .iter()
            .filter(fits)
            .map(|line| line.1.as_str())
            .collect()
    }

    /// The value of a header that came at most once.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.lines(name);
        assert!(lines.len() < 2, "{name} came several times: {lines:?}");
        lines.first().copied()
    }

    /// The head as text, for looking for what must not be in it.
    pub(crate) fn text(&self) -> String {
        format!(
            "{} {} {:?} {}",
            self.method,
            self.target,
            self.headers,
            String::from_utf8_lossy(&self.body)
        )
    }

    /// The parts of a form.
    pub(crate) fn parts(&self) -> Vec<Part> {
        let kind = self.header("content-type").unwrap();
        let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
        let mark = format!("--{boundary}").into_bytes();
        let mut pieces = split(&self.body, &mark);
        assert_eq!(pieces.remove(0), b"", "the form begins with its boundary");
        assert_eq!(pieces.pop().unwrap(), b"--\r\n", "the form is closed");
        pieces.into_iter().map(part).collect()
    }

    /// The part that holds the file.
    pub(crate) fn file(&self) -> Vec<u8> {
        let mut parts = self.parts();
        parts.retain(|part| part.name.starts_with("filedata"));
        assert_eq!(parts.len(), 1);
        parts.remove(0).body
    }
}

fn split<'a>(mut rest: &'a [u8], mark: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    while let Some(at) = find(rest, mark) {
        pieces.push(&rest[..at]);
        rest = &rest[at + mark.len()..];
    }
    pieces.push(rest);
    pieces
}

pub(crate) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    // A quick look at the first byte, because bodies may have megabytes.
    let mut from = 0;
    while let Some(at) = haystack[from..].iter().position(|byte| *byte == needle[0]) {
        if haystack[from + at..].starts_with(needle) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

fn part(piece: &[u8]) -> Part {
    let piece = piece
        .strip_prefix(b"\r\n")
        .unwrap()
        .strip_suffix(b"\r\n")
        .unwrap();
    let end = find(piece, b"\r\n\r\n").unwrap();
    let head = String::from_utf8(piece[..end].to_vec()).unwrap();
    let disposition = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Disposition: form-data; "))
        .unwrap_or_else(|| panic!("no disposition in {head:?}"));
    let parameters: BTreeMap<_, _> = disposition
        .split("; ")
        .map(|parameter| parameter.split_once('=').unwrap())
        .map(|(name, value)| (name, value.trim_matches('"').to_owned()))
        .collect();
    Part {
        name: parameters["name"].clone(),
        file_name: parameters.get("filename").cloned(),
        body: piece[end + 4..].to_vec(),
    }
}

/// What the server does with a request.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    how: How,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    /// The whole answer at once.
    Whole,
    /// The head promises the whole body, of which only so many bytes come, and then the connection ends.
    Cut(usize),
    /// The head promises the whole body, of which only so many bytes come, and then nothing happens.
    Stall(usize),
    /// The body comes in pieces of so many bytes, with a wait before each.
    Dribble(usize, Duration),
    /// The body comes again and again, without end.
    Endless,
    /// The connection ends without an answer.
    Drop,
    /// Nothing happens at all.
    Hang,
}

impl Reply {
    pub(crate) fn new(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type".to_owned(), media_type.to_owned())];
        Self {
            status,
            headers,
            body: body.into(),
            how: How::Whole,
        }
    }

    pub(crate) fn json(status: u16, body: impl Display) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    pub(crate) fn empty(status: u16) -> Self {
        let mut reply = Self::new(status, "", "");
        reply.headers.clear();
        reply
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A redirect.
    pub(crate) fn to(status: u16, place: &str) -> Self {
        Self::empty(status).header("location", place)
    }

    fn how(mut self, how: How) -> Self {
        self.how = how;
        self
    }

    pub(crate) fn cut(self, bytes: usize) -> Self {
        self.how(How::Cut(bytes))
    }

    pub(crate) fn stall(self, bytes: usize) -> Self {
        self.how(How::Stall(bytes))
    }

    pub(crate) fn dribble(self, bytes: usize, wait: Duration) -> Self {
        self.how(How::Dribble(bytes, wait))
    }

    pub(crate) fn endless(self) -> Self {
        self.how(How::Endless)
    }

    pub(crate) fn dropped() -> Self {
        Self::empty(200).how(How::Drop)
    }

    pub(crate) fn hang() -> Self {
        Self::empty(200).how(How::Hang)
    }

    fn head(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Whatever\r\n", self.status);
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        if self.how != How::Endless && self.status != 204 && self.status != 304 {
            write!(head, "content-length: {}\r\n", self.body.len()).unwrap();
        }
        // One connection for every request, so that a test sees every try.
        head.push_str("connection: close\r\n\r\n");
        head.into_bytes()
    }

    async fn send(&self, stream: &mut TcpStream) -> io::Result<()> {
        match self.how {
            How::Drop => return Ok(()),
            How::Hang => return forever().await,
            _ => stream.write_all(&self.head()).await?,
        }
        match self.how {
            How::Cut(bytes) => stream.write_all(&self.body[..bytes]).await,
            How::Stall(bytes) => {
                stream.write_all(&self.body[..bytes]).await?;
                forever().await
            }
            How::Dribble(bytes, wait) => {
                for piece in self.body.chunks(bytes) {
                    tokio::time::sleep(wait).await;
                    stream.write_all(piece).await?;
                }
                Ok(())
            }
            How::Endless => loop {
                stream.write_all(&self.body).await?;
            },
            _ => stream.write_all(&self.body).await,
        }
    }
}

async fn forever() -> io::Result<()> {
    std::future::pending().await
}

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

type Answer = dyn Fn(usize, &Seen) -> Reply + Send + Sync;

/// The server, for as long as it is held.
pub(crate) struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<AtomicUsize>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Server {
    /// Answers every request with what `answer` says to its number, counted from 0, and itself.
    pub(crate) fn start(answer: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::with_pace(None, answer)
    }

    /// Answers the requests with these in turn, and all further ones with the last.
    pub(crate) fn script(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies: Vec<_> = replies.into_iter().collect();
        Self::start(move |number, _| replies[number.min(replies.len() - 1)].clone())
    }

    /// Reads slowly, through a window so small that the sender notices.
    pub(crate) fn slow(pace: Pace, reply: Reply) -> Self {
        Self::with_pace(Some(pace), move |_, _| reply.clone())
    }

    fn with_pace(
        pace: Option<Pace>,
        answer: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        if pace.is_some() {
            socket.set_recv_buffer_size(32 * 1024).unwrap();
        }
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(64).unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, connections) = (Arc::default(), Arc::<AtomicUsize>::default());
        let accepting = tokio::spawn({
            let (seen, connections) = (Arc::clone(&seen), Arc::clone(&connections));
            let answer: Arc<Answer> = Arc::new(answer);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    connections.fetch_add(1, Ordering::SeqCst);
                    let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                    // A client that goes away is what some tests are about.
                    tokio::spawn(async move { serve(stream, pace, &seen, &*answer).await.ok() });
                }
            }
        });
        Self {
            address,
            seen,
            connections,
            accepting,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests that arrived whole, in their order.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The one request that arrived.
    pub(crate) fn only(&self) -> Seen {
        let mut seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:#?}");
        seen.remove(0)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// A client of this server that knows [`KEY`] and does not wait long between tries.
    pub(crate) fn client(&self) -> rokka::Client {
        self.builder().build().unwrap()
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        builder(self.url())
    }

    pub(crate) fn images(&self) -> rokka::SourceImages {
        self.client().source_images("acme").unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// A client without settings. Where the crate brings no provider for TLS, the tests do.
pub(crate) fn bare() -> ClientBuilder {
    provider();
    rokka::Client::builder()
}

pub(crate) fn provider() {
    #[cfg(feature = "rustls-no-provider")]
    // Fails from the second time on.
    drop(rustls::crypto::ring::default_provider().install_default());
}

/// A client of a host, whatever proxy the machine has, that does not wait long between tries.
pub(crate) fn builder(host: impl Into<String>) -> ClientBuilder {
    bare()
        .api_host(host)
        .api_key(KEY)
        .retry(Retry::new().first_wait(Duration::from_millis(1)))
        .http(reqwest::ClientBuilder::no_proxy)
}

async fn serve(
    mut stream: TcpStream,
    pace: Option<Pace>,
    seen: &Mutex<Vec<Seen>>,
    answer: &Answer,
) -> io::Result<()> {
    let request = receive(&mut stream, pace).await?;
    let number = {
        let mut seen = seen.lock().unwrap();
        seen.push(request.clone());
        seen.len() - 1
    };
    answer(number, &request).send(&mut stream).await?;
    stream.shutdown().await
}

async fn receive(stream: &mut TcpStream, pace: Option<Pace>) -> io::Result<Seen> {
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
    let mut seen = Seen {
        method: words.next().unwrap().to_owned(),
        target: words.next().unwrap().to_owned(),
        headers: lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: Vec::new(),
    };
    let mut rest = bytes.split_off(end);
    if seen.header("transfer-encoding") == Some("chunked") {
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
            seen.body
                .extend_from_slice(&rest[line + 2..line + 2 + size]);
            rest.drain(..line + 2 + size + 2);
            if size == 0 {
                break;
            }
        }
    } else if let Some(length) = seen.header("content-length") {
        let length: usize = length.parse().unwrap();
        while rest.len() < length {
            more(stream, &mut rest, throttle).await?;
        }
        assert_eq!(rest.len(), length, "more came than was announced");
        seen.body = rest;
    }
    Ok(seen)
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

/// An image as the service describes it.
pub(crate) fn image() -> serde_json::Value {
    serde_json::json!({
        "hash": HASH,
        "short_hash": "c421f4",
        "binary_hash": "ea4e0ed91e3a5ed5ca4f4a1e8f1b7ee5f0e8f9b2",
        "created": "2019-12-10T11:13:24+00:00",
        "name": "cat.jpg",
        "mimetype": "image/jpeg",
        "format": "jpg",
        "size": 39_133,
        "width": 800,
        "height": 600,
        "organization": "acme",
        "link": format!("/sourceimages/acme/{HASH}"),
        "deleted": false,
        "opaque": true,
        "animated": false,
        "protected": false,
        "locked": false,
        "dynamic_metadata": {},
        "user_metadata": {},
        "static_metadata": {},
    })
}

/// What an upload of one image answers.
pub(crate) fn stored() -> Reply {
    Reply::json(200, serde_json::json!({"total": 1, "items": [image()]}))
}
