//! A server that answers what it is told, in order, and remembers every request as it came.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of it"
)]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use rokka::{Client, Retry, SourceImages};
use serde_json::Value;

pub const HASH: &str = "3f9a21c6b0d4e8f7a1b2c3d4e5f60718293a4b5c";
pub const OTHER: &str = "aaaabbbbccccddddeeeeffff0000111122223333";

pub struct Wire {
    server: MockServer,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    /// Path and query as they were sent.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub at: std::time::Instant,
}

/// An answer to give.
#[derive(Clone, Debug)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

pub fn answer(status: u16, body: impl AsRef<[u8]>) -> Answer {
    Answer {
        status,
        headers: Vec::new(),
        body: body.as_ref().to_vec(),
    }
}

pub fn json(status: u16, body: &Value) -> Answer {
    answer(status, body.to_string()).header("content-type", "application/json")
}

impl Answer {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// An image as the service writes one.
pub fn image(hash: &str) -> Value {
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

pub fn list(images: &[Value]) -> Value {
    serde_json::json!({"total": images.len(), "items": images})
}

impl Wire {
    /// Gives these answers, one a request, and then 599.
    pub fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        let answers = Mutex::new(answers.into_iter().collect::<VecDeque<_>>());
        Self::by(move |_| {
            let next = answers.lock().unwrap().pop_front();
            next.unwrap_or_else(|| answer(599, "no further answer was planned"))
        })
    }

    /// Gives the answer that is made for each request.
    pub fn by(answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        let server = MockServer::start();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        server.mock(|when, then| {
            when.any_request();
            then.respond_with(move |request: &HttpMockRequest| {
                let request = Seen::of(request);
                log.lock().unwrap().push(request.clone());
                respond(&answer(&request))
            });
        });
        Self { server, seen }
    }

    pub fn url(&self) -> String {
        self.server.base_url()
    }

    pub fn client(&self) -> Client {
        Client::builder()
            .api_host(self.url())
            .api_key("key")
            .retry(Retry::never())
            .build()
            .unwrap()
    }

    pub fn images(&self) -> SourceImages {
        self.client().source_images("acme").unwrap()
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The one request that came.
    pub fn only(&self) -> Seen {
        let mut seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen.remove(0)
    }
}

fn respond(answer: &Answer) -> HttpMockResponse {
    let mut response = http::Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    let response = response.body(bytes::Bytes::from(answer.body.clone()));
    response.unwrap().into()
}

impl Seen {
    fn of(request: &HttpMockRequest) -> Self {
        Self {
            method: request.method_str().to_owned(),
            target: request.uri_str().to_owned(),
            headers: request.headers_vec().clone(),
            body: request.body_bytes().to_vec(),
            at: std::time::Instant::now(),
        }
    }

    /// Method and target, as a request line has them.
    pub fn line(&self) -> String {
        let target = self
            .target
            .strip_prefix("http://")
            .map_or(&*self.target, |rest| {
                &rest[rest.find('/').unwrap_or(rest.len())..]
            });
        format!("{} {target}", self.method)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The parts of a form: the header of each with the name in it, its media type, and its content.
    pub fn parts(&self) -> Vec<(String, Option<String>, Vec<u8>)> {
        let kind = self.header("content-type").unwrap();
        let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
        let end = format!("\r\n--{boundary}--\r\n");
        let body = [b"\r\n", self.body.as_slice()].concat();
        let body = body.strip_suffix(end.as_bytes()).unwrap();
        let between = format!("\r\n--{boundary}\r\n");
        let mut parts = Vec::new();
        for part in split(body, between.as_bytes()).into_iter().skip(1) {
            let head_ends = part
                .windows(4)
                .position(|four| four == b"\r\n\r\n")
                .unwrap();
            let head = String::from_utf8(part[..head_ends].to_vec()).unwrap();
            let mut kind = None;
            let mut name = String::new();
            for line in head.split("\r\n") {
                match line.split_once(": ").unwrap() {
                    (key, value) if key.eq_ignore_ascii_case("content-disposition") => {
                        name = value.strip_prefix("form-data; ").unwrap().into();
                    }
                    (key, value) if key.eq_ignore_ascii_case("content-type") => {
                        kind = Some(value.to_owned());
                    }
                    other => panic!("unexpected header of a part: {other:?}"),
                }
            }
            parts.push((name, kind, part[head_ends + 4..].to_vec()));
        }
        parts
    }

    /// The parts as text, for forms that have no binary ones.
    pub fn text_parts(&self) -> Vec<(String, Option<String>, String)> {
        let parts = self.parts().into_iter();
        parts
            .map(|(name, kind, content)| (name, kind, String::from_utf8(content).unwrap()))
            .collect()
    }
}

fn split<'a>(mut bytes: &'a [u8], between: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    while let Some(at) = bytes
        .windows(between.len())
        .position(|some| some == between)
    {
        pieces.push(&bytes[..at]);
        bytes = &bytes[at + between.len()..];
    }
    pieces.push(bytes);
    pieces
}
