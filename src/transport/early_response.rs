//! Lets a response be read while the body of its request is still being sent.
//!
//! A server may respond before it has read a whole upload (413, 429) and close the connection without reading the rest.
//! Whatever is written after that fails, and hyper then reports the failed write without reading what the server sent
//! before. As long as the body has data ready and the socket takes it, hyper writes and does not read; a current-thread
//! runtime does not even learn that there is something to read. So a body that streams goes out in pieces, with a pause
//! after each that lasts until the runtime has polled the system for events and hyper has read.
//!
//! The limit: a response that arrives between that read and the write after it (some microseconds) can still be lost. The
//! call then ends as one whose connection broke, or is retried as such.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// Bytes of a piece at the start, when a refusal is likely: it needs no more than the headers.
const FIRST_PIECES: usize = 32 * 1024;

/// Bytes that go out in such pieces.
const START: usize = 512 * 1024;

/// Bytes of a piece later on.
const PIECE: usize = 512 * 1024;

/// Frames after which a body pauses, however short they are: hyper holds back as many before it writes.
const FRAMES: u32 = 16;

/// A body that pauses for reading.
struct Paused {
    body: reqwest::Body,
    /// Data that was taken from the body and has not gone out.
    held: Bytes,
    sent: usize,
    /// Bytes since the last pause.
    bytes: usize,
    /// Frames since the last pause.
    frames: u32,
    pause: Option<Pin<Box<dyn Future<Output = ()> + Send + Sync>>>,
}

/// Makes the body of a request pause for reading, unless it goes out in one piece.
pub(super) fn make_readable(request: &mut reqwest::Request) {
    if let Some(body) = request.body_mut()
        && body
            .as_bytes()
            .is_none_or(|bytes| bytes.len() > FIRST_PIECES)
    {
        let body = std::mem::take(body);
        *request.body_mut() = Some(reqwest::Body::wrap(Paused {
            body,
            held: Bytes::new(),
            sent: 0,
            bytes: 0,
            frames: 0,
            pause: None,
        }));
    }
}

/// Goes to the end of the run queue, past the system's events, at least twice: hyper polls a body that is not ready twice
/// before it reads, and a server on the same runtime gets its turn in between.
async fn pause() {
    for _ in 0..4 {
        tokio::task::yield_now().await;
    }
}

impl Paused {
    fn piece(&self) -> usize {
        if self.sent < START {
            FIRST_PIECES
        } else {
            PIECE
        }
    }

    /// Whether the held data is more than what may go out without a pause.
    fn is_full(&self) -> bool {
        self.frames >= FRAMES
            || self.frames > 0 && self.bytes.saturating_add(self.held.len()) > self.piece()
    }

    /// As much of the held data as one piece has room for.
    fn next_piece(&mut self) -> Bytes {
        let length = self.held.len().min(self.piece());
        let piece = self.held.split_to(length);
        self.bytes += length;
        self.sent = self.sent.saturating_add(length);
        self.frames += 1;
        piece
    }
}

impl Body for Paused {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        let this = &mut *self;
        if this.held.is_empty() {
            let frame = match ready!(Pin::new(&mut this.body).poll_frame(context)) {
                Some(Ok(frame)) => frame,
                end => return Poll::Ready(end),
            };
            match frame.into_data() {
                Ok(data) => this.held = data,
                Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
            }
        }
        // To make the data may have taken time, so the pause comes after that.
        if this.is_full() {
            let pause = this.pause.get_or_insert_with(|| Box::pin(pause()));
            ready!(pause.as_mut().poll(context));
            (this.bytes, this.frames, this.pause) = (0, 0, None);
        }
        Poll::Ready(Some(Ok(Frame::data(this.next_piece()))))
    }

    fn is_end_stream(&self) -> bool {
        self.held.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let held = self.held.len() as u64;
        let inner = self.body.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(inner.lower().saturating_add(held));
        if let Some(upper) = inner.upper() {
            hint.set_upper(upper.saturating_add(held));
        }
        hint
    }
}
