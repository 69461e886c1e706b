//! A server with one fault.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Notify;

use super::calls::{self, ORIGINAL, PAGES};
use super::fault::{Fault, Limit, Target};
use crate::support::{HASH, RecordedRequest, find, image};

/// How often the fault happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Times {
    /// To the first request only.
    Once,
    Always,
}

pub(crate) struct Faulty {
    pub(crate) address: SocketAddr,
    pub(crate) log: Arc<Log>,
    accepting: Option<tokio::task::JoinHandle<()>>,
    /// Keeps the port of a server that does not listen.
    _socket: Option<TcpSocket>,
}

/// What arrived.
#[derive(Default)]
pub(crate) struct Log {
    /// Requests of the call, as far as they arrived.
    pub(crate) requests: AtomicUsize,
    /// Requests for a token.
    pub(crate) tokens: AtomicUsize,
    /// Requests that were processed.
    pub(crate) processed: AtomicUsize,
    /// Files that did not arrive as they are, in requests that did.
    pub(crate) damaged: AtomicUsize,
}

struct State {
    fault: Fault,
    times: Times,
    happened: AtomicBool,
    other_origin: SocketAddr,
    log: Arc<Log>,
    /// The client has closed the kept connection too.
    left: Arc<Notify>,
}

struct Head {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
}

struct Response {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Response {
    fn new(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type", media_type.to_owned())];
        Self {
            status,
            headers,
            body: body.into(),
        }
    }

    fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn head(&self, framing: &str) -> String {
        let mut head = format!("HTTP/1.1 {} Status\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head + framing + "\r\n"
    }

    /// Everything, with a length that is so much longer than the body.
    fn bytes(&self, extra: isize) -> Vec<u8> {
        let length = self.body.len().saturating_add_signed(extra);
        let framing = match self.status {
            204 => String::new(),
            _ => format!("content-length: {length}\r\n"),
        };
        [self.head(&framing).into_bytes(), self.body.clone()].concat()
    }
}

impl Faulty {
    pub(crate) fn start(
        fault: Fault,
        times: Times,
        other_origin: SocketAddr,
    ) -> (Self, Arc<Notify>) {
        let socket = TcpSocket::new_v4().unwrap();
        if matches!(fault, Fault::Early(_) | Fault::ClosedInBody) {
            // So that a file does not fit into it.
            socket.set_recv_buffer_size(16 * 1024).unwrap();
        }
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = socket.local_addr().unwrap();
        let (log, left) = (Arc::<Log>::default(), Arc::<Notify>::default());
        if fault == Fault::Refused {
            let server = Self {
                address,
                log,
                accepting: None,
                _socket: Some(socket),
            };
            return (server, left);
        }
        let state = Arc::new(State {
            fault,
            times,
            happened: AtomicBool::new(false),
            other_origin,
            log: log.clone(),
            left: left.clone(),
        });
        let listener = socket.listen(256).unwrap();
        let server = Self {
            address,
            log,
            accepting: Some(tokio::spawn(accept(listener, state))),
            _socket: None,
        };
        (server, left)
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        if let Some(accepting) = &self.accepting {
            accepting.abort();
        }
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    // Ends the connections with itself.
    let mut connections = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                // A client that goes away is what some faults are about.
                connections.spawn(serve(state.clone(), stream));
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(state: Arc<State>, mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    if state.fault == Fault::ClosedAtOnce && state.happens() {
        state.log.requests.fetch_add(1, Ordering::SeqCst);
        return Ok(());
    }
    let mut buffer = Vec::new();
    loop {
        let head = read_head(&mut stream, &mut buffer).await?;
        if head.target.starts_with("/warm-up") {
            stream
                .write_all(&Response::json(200, &json!({})).bytes(0))
                .await?;
            if matches!(
                state.fault,
                Fault::ClosedWhileIdle | Fault::TimedOutWhileIdle
            ) {
                if state.fault == Fault::TimedOutWhileIdle {
                    stream.write_all(&timed_out()).await?;
                }
                stream.shutdown().await?;
                // A connection that still has something to read ends with an error, which is an end too.
                drop(stream.read_to_end(&mut Vec::new()).await);
                state.left.notify_one();
                return Ok(());
            }
            state.left.notify_one();
            continue;
        }
        if head.target.starts_with("/user/apikeys/token") {
            state.log.tokens.fetch_add(1, Ordering::SeqCst);
            let token = calls::token("new");
            let payload = calls::payload("new");
            let response = Response::json(200, &json!({"token": token, "payload": payload}));
            stream.write_all(&response.bytes(0)).await?;
            continue;
        }
        state.log.requests.fetch_add(1, Ordering::SeqCst);
        let moved =
            state.fault == Fault::Redirect(Target::OwnOrigin) && head.target.starts_with("/moved");
        if moved || !state.happens() {
            let body = read_body(&mut stream, &mut buffer, &head).await?;
            let response = state.process(&head, body);
            stream.write_all(&response.bytes(0)).await?;
            continue;
        }
        return state.fail(&mut stream, &mut buffer, &head).await;
    }
}

fn timed_out() -> Vec<u8> {
    closing(Response::empty(408)).bytes(0)
}

/// Says that the connection takes no other request, so that none is on its way when it closes.
fn closing(response: Response) -> Response {
    response.header("connection", "close")
}

impl State {
    /// Whether the fault happens to this request.
    fn happens(&self) -> bool {
        match self.fault {
            Fault::ClosedWhileIdle | Fault::TimedOutWhileIdle => false,
            _ => self.times == Times::Always || !self.happened.swap(true, Ordering::SeqCst),
        }
    }

    async fn fail(
        &self,
        stream: &mut TcpStream,
        buffer: &mut Vec<u8>,
        head: &Head,
    ) -> io::Result<()> {
        match self.fault {
            Fault::ClosedAfterHead | Fault::ClosedWhenReused => return Ok(()),
            Fault::TimedOutWhenReused => {
                read_body(stream, buffer, head).await?;
                stream.write_all(&timed_out()).await?;
                return stream.shutdown().await;
            }
            Fault::ClosedInBody => {
                while buffer.len() < 8 * 1024 {
                    read_more(stream, buffer).await?;
                }
                return Ok(());
            }
            Fault::Early(status) => {
                let response = Response::json(status, &json!({"code": status, "message": "no"}));
                stream
                    .write_all(&response.header("connection", "close").bytes(0))
                    .await?;
                stream.shutdown().await?;
                // What is under way is taken, so that no reset overtakes the response.
                stream.read_to_end(&mut Vec::new()).await?;
                return Ok(());
            }
            _ => {}
        }
        let body = read_body(stream, buffer, head).await?;
        match self.fault {
            Fault::Silent => std::future::pending().await,
            Fault::NotHttp => stream.write_all(b"SSH-2.0-OpenSSH_9.6\r\n").await?,
            Fault::Stalled => {
                let response = self.success(head, body);
                let length = format!("content-length: {}\r\n", response.body.len());
                stream.write_all(response.head(&length).as_bytes()).await?;
                std::future::pending::<()>().await;
            }
            Fault::Truncated | Fault::Reset => {
                let response = self.success(head, body);
                let bytes = response.bytes(0);
                stream
                    .write_all(&bytes[..bytes.len() - response.body.len().div_ceil(2)])
                    .await?;
                if self.fault == Fault::Reset {
                    stream.set_zero_linger()?;
                    return Ok(());
                }
            }
            Fault::TruncatedChunked => {
                let response = self.success(head, body);
                let head = response.head("transfer-encoding: chunked\r\n");
                let half = &response.body[..response.body.len() / 2];
                stream.write_all(head.as_bytes()).await?;
                stream
                    .write_all(format!("{:x}\r\n", half.len()).as_bytes())
                    .await?;
                stream.write_all(half).await?;
                stream.write_all(b"\r\n").await?;
            }
            Fault::TooLong => {
                stream
                    .write_all(&self.success(head, body).bytes(10))
                    .await?;
                std::future::pending::<()>().await;
            }
            Fault::TooShort => {
                stream
                    .write_all(&self.success(head, body).bytes(-10))
                    .await?;
            }
            Fault::Dripping => {
                for byte in self.success(head, body).bytes(0) {
                    stream.write_all(&[byte]).await?;
                    tokio::task::yield_now().await;
                }
            }
            _ => {
                stream
                    .write_all(&closing(self.misled(head)).bytes(0))
                    .await?;
            }
        }
        stream.shutdown().await
    }

    /// Responses that are whole, and wrong.
    fn misled(&self, head: &Head) -> Response {
        let limited = || Response::json(429, &json!({"code": 429, "message": "Too many requests"}));
        match self.fault {
            Fault::Html(status) => {
                Response::new(status, "text/html", "<html><body>Bad gateway</body></html>")
            }
            Fault::EmptyError => Response::empty(500),
            Fault::Limited(Limit::Silent) => limited(),
            Fault::Limited(Limit::Seconds) => limited().header("retry-after", "0"),
            Fault::Limited(Limit::Hour) => limited().header("retry-after", "3600"),
            Fault::Limited(Limit::Date) => {
                let now = rokka::DateTime::from(SystemTime::now()).to_utc().unwrap();
                let now = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
                limited()
                    .header("date", now.clone())
                    .header("retry-after", now)
            }
            Fault::Limited(Limit::UnixTime) => {
                let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
                let now = now.unwrap().as_secs().to_string();
                limited().header("x-ratelimit-retry-after", now)
            }
            Fault::Unauthorized => {
                let body =
                    json!({"code": 401, "message": "Expired", "invalid_authentication": true});
                Response::json(401, &body)
            }
            Fault::Redirect(target) => {
                let place = match target {
                    Target::OwnOrigin => format!("/moved{}", head.target),
                    Target::OtherOrigin => format!("http://{}{}", self.other_origin, head.target),
                    Target::Loop => head.target.clone(),
                };
                Response::empty(307).header("location", place)
            }
            Fault::NoContent => Response::empty(204),
            Fault::OtherShape => Response::json(200, &json!({"unexpected": [true]})),
            Fault::ErrorObject => Response::json(
                200,
                &json!({"error": {"code": 403, "message": "Forbidden"}}),
            ),
            Fault::NotUtf8 => {
                Response::new(200, "application/json", &b"{\"hash\": \"\xff\xfe\"}"[..])
            }
            Fault::HtmlPage => {
                let page =
                    "<!DOCTYPE html><html><body><form action=\"/login\"></form></body></html>";
                Response::new(200, "text/html; charset=utf-8", page)
            }
            fault => unreachable!("{fault:?} is no response"),
        }
    }

    /// The response of a service without faults, with a body.
    fn success(&self, head: &Head, body: Vec<u8>) -> Response {
        let response = self.process(head, body);
        closing(match response.status {
            204 => Response::json(200, &json!({"deleted": true})),
            _ => response,
        })
    }

    fn process(&self, head: &Head, body: Vec<u8>) -> Response {
        self.log.processed.fetch_add(1, Ordering::SeqCst);
        let target = head.target.trim_start_matches("/moved");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        match (head.method.as_str(), path) {
            ("DELETE", _) => Response::empty(204),
            ("POST", "/user/apikeys") => {
                let key = json!({
                    "id": "5eb8a8b4-3c0e-4e9a-8f1b-0d3f0f0c1a2b", "comment": null, "created": "2026-11-20T10:00:00+00:00",
                    "accessed": null, "api_key": calls::NEW_KEY,
                });
                Response::json(200, &key)
            }
            ("POST", "/sourceimages/acme") => self.store(head, body),
            ("GET", "/sourceimages/acme") => list(query),
            ("GET", path) if path.ends_with("/download") => original(head),
            ("GET", _) => Response::json(200, &image(HASH)),
            _ => Response::empty(404),
        }
    }

    fn store(&self, head: &Head, body: Vec<u8>) -> Response {
        let request = RecordedRequest {
            method: head.method.clone(),
            target: head.target.clone(),
            headers: head.headers.clone(),
            body,
            at: Instant::now(),
        };
        let Some(part) = request
            .parts()
            .into_iter()
            .find(|part| part.file_name.is_some())
        else {
            return Response::empty(400);
        };
        let name = part.file_name.unwrap_or_default();
        if !calls::is_intact(&name, &part.body) {
            self.log.damaged.fetch_add(1, Ordering::SeqCst);
        }
        let mut stored = image(HASH);
        stored["binary_hash"] = calls::binary_hash(&part.body).into();
        stored["size"] = part.body.len().into();
        stored["name"] = name.into();
        Response::json(200, &json!({"total": 1, "items": [stored]}))
    }
}

/// A page of two images.
fn list(query: &str) -> Response {
    let offset = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("offset="));
    let page: usize = match offset {
        None => 0,
        Some(offset) => offset.trim_start_matches("page-").parse().unwrap(),
    };
    let items: Vec<_> = (2 * page..2 * page + 2)
        .map(|number| {
            let mut image = image(HASH);
            image["hash"] = calls::hash(number).into();
            image["short_hash"] = format!("{number:06x}").into();
            image
        })
        .collect();
    let mut body = json!({"total": 2 * PAGES, "items": items});
    if page + 1 < PAGES {
        body["cursor"] = format!("page-{}", page + 1).into();
    }
    Response::json(200, &body)
}

/// The original, or what is asked for of it.
fn original(head: &Head) -> Response {
    let range = head.header("range").and_then(|range| {
        let from = range.strip_prefix("bytes=")?.strip_suffix('-')?;
        from.parse::<usize>().ok()
    });
    let (whole, last) = (ORIGINAL.len(), ORIGINAL.len() - 1);
    let response = match range {
        None => Response::new(200, "image/jpeg", ORIGINAL.clone()),
        Some(from) if from > last => {
            return Response::empty(416).header("content-range", format!("bytes */{whole}"));
        }
        Some(from) => Response::new(206, "image/jpeg", &ORIGINAL[from..])
            .header("content-range", format!("bytes {from}-{last}/{whole}")),
    };
    response.header("etag", "\"v1\"")
}

impl Head {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

async fn read_head(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Head> {
    let end = loop {
        if let Some(end) = find(buffer, b"\r\n\r\n") {
            break end;
        }
        read_more(stream, buffer).await?;
    };
    let head = String::from_utf8(buffer[..end].to_vec()).unwrap();
    buffer.drain(..end + 4);
    let mut lines = head.split("\r\n");
    let mut words = lines.next().unwrap().split(' ');
    Ok(Head {
        method: words.next().unwrap().to_owned(),
        target: words.next().unwrap().to_owned(),
        headers: lines
            .map(|line| line.split_once(':').unwrap())
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect(),
    })
}

async fn read_body(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
    head: &Head,
) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if head.header("transfer-encoding") == Some("chunked") {
        loop {
            let line = loop {
                match find(buffer, b"\r\n") {
                    Some(line) => break line,
                    None => read_more(stream, buffer).await?,
                }
            };
            let size =
                usize::from_str_radix(std::str::from_utf8(&buffer[..line]).unwrap(), 16).unwrap();
            while buffer.len() < line + 2 + size + 2 {
                read_more(stream, buffer).await?;
            }
            body.extend_from_slice(&buffer[line + 2..line + 2 + size]);
            buffer.drain(..line + 2 + size + 2);
            if size == 0 {
                return Ok(body);
            }
        }
    }
    let length = head
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    while buffer.len() < length {
        read_more(stream, buffer).await?;
    }
    body.extend(buffer.drain(..length));
    Ok(body)
}

async fn read_more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<()> {
    match stream.read_buf(buffer).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

/// How long something may take that has to happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
