//! A server that sends the responses it is told, in order, and keeps every request as it came.

use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::Mutex;

use rokka::{Client, Retry, SourceImages};
use serde_json::Value;

pub(crate) use super::{Gate, Reply as Answer, Seen, Server};

pub(crate) const HASH: &str = "3f9a21c6b0d4e8f7a1b2c3d4e5f60718293a4b5c";
pub(crate) const OTHER: &str = "aaaabbbbccccddddeeeeffff0000111122223333";

/// A [`Server`] that keeps its connections open, with a client that sends every request once.
pub(crate) struct Wire(Server);

/// A response whose connection stays open.
pub(crate) fn answer(status: u16, body: impl AsRef<[u8]>) -> Answer {
    Answer::bare(status, body.as_ref()).kept()
}

pub(crate) fn json(status: u16, body: &Value) -> Answer {
    answer(status, body.to_string()).header("content-type", "application/json")
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

impl Wire {
    /// Sends these responses, one a request, and then 599.
    pub(crate) fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        let answers = Mutex::new(answers.into_iter().collect::<VecDeque<_>>());
        Self::by(move |_| {
            let next = answers.lock().unwrap().pop_front();
            next.unwrap_or_else(|| answer(599, "no further answer was planned"))
        })
    }

    /// Sends the response that is made for each request.
    pub(crate) fn by(answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        Self(Server::start(move |_, seen| answer(seen)))
    }

    pub(crate) fn client(&self) -> Client {
        let builder = self.builder().api_key("key").retry(Retry::never());
        builder.build().unwrap()
    }

    pub(crate) fn images(&self) -> SourceImages {
        self.client().source_images("acme").unwrap()
    }
}

impl Deref for Wire {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.0
    }
}
