//! What the server does with a request, byte by byte.

use std::fmt::{Display, Write};
use std::io;
use std::time::Duration;

use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::watch;

/// What the server does with a request.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    how: How,
    keep_alive: bool,
    gate: Option<Gate>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    /// The whole response at once.
    Whole,
    /// The head promises the whole body, of which only so many bytes come, and then the connection ends.
    Cut(usize),
    /// The head promises the whole body, of which only so many bytes come, and then nothing happens.
    Stall(usize),
    /// The body comes in pieces of so many bytes, with a wait before each.
    Dribble(usize, Duration),
    /// The body comes again and again, without end.
    Endless,
    /// The connection ends without a response.
    Drop,
    /// Nothing happens at all.
    Hang,
}

impl Reply {
    /// A response after which the connection is closed, so that a test sees every attempt as a connection.
    pub(crate) fn new(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::bare(status, body).header("content-type", media_type)
    }

    pub(crate) fn json(status: u16, body: impl Display) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self::bare(status, "")
    }

    /// A body without a media type.
    pub(crate) fn bare(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
            how: How::Whole,
            keep_alive: false,
            gate: None,
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A redirect.
    pub(crate) fn to(status: u16, place: &str) -> Self {
        Self::empty(status).header("location", place)
    }

    /// The connection stays open for the next request.
    pub(crate) fn keep_alive(mut self) -> Self {
        self.keep_alive = true;
        self
    }

    /// Nothing is sent before the gate is open.
    pub(crate) fn after(mut self, gate: &Gate) -> Self {
        self.gate = Some(gate.clone());
        self
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
        if !self.keep_alive {
            head.push_str("connection: close\r\n");
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    /// Sends it, and returns whether the connection can take another request.
    pub(super) async fn send(&self, stream: &mut TcpStream, method: &str) -> io::Result<bool> {
        if let Some(gate) = &self.gate {
            gate.opened().await;
        }
        match self.how {
            How::Drop => return Ok(false),
            How::Hang => std::future::pending().await,
            _ => stream.write_all(&self.head()).await?,
        }
        if method == "HEAD" || self.status == 204 || self.status == 304 {
            return Ok(self.keep_alive);
        }
        match self.how {
            How::Cut(bytes) => {
                stream.write_all(&self.body[..bytes]).await?;
                return Ok(false);
            }
            How::Stall(bytes) => {
                stream.write_all(&self.body[..bytes]).await?;
                std::future::pending::<()>().await;
            }
            How::Dribble(bytes, wait) => {
                for piece in self.body.chunks(bytes) {
                    tokio::time::sleep(wait).await;
                    stream.write_all(piece).await?;
                }
            }
            How::Endless => loop {
                stream.write_all(&self.body).await?;
            },
            _ => stream.write_all(&self.body).await?,
        }
        Ok(self.keep_alive)
    }
}

/// A reply without a media type, whose connection stays open.
pub(crate) fn reply(status: u16, body: impl AsRef<[u8]>) -> Reply {
    Reply::bare(status, body.as_ref()).keep_alive()
}

/// A reply in JSON, whose connection stays open.
pub(crate) fn json(status: u16, body: &Value) -> Reply {
    reply(status, body.to_string()).header("content-type", "application/json")
}

/// Holds replies back until a test opens it.
#[derive(Clone, Debug)]
pub(crate) struct Gate(watch::Sender<bool>);

impl Gate {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    pub(crate) fn open(&self) {
        self.0.send_replace(true);
    }

    async fn opened(&self) {
        let mut state = self.0.subscribe();
        // The sender is held here, so the only way out is the open gate.
        drop(state.wait_for(|open| *open).await);
    }
}
