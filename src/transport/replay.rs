//! Where a request comes from, attempt after attempt.

use std::future::Future;
use std::io;
use std::pin::Pin;

use bytes::Bytes;
use futures_util::StreamExt;

use super::idle::Activity;
use super::policy::NOT_REPLAYABLE;
use crate::error::{Error, ErrorKind, Result};

/// The bytes that a body hands over at once: enough to upload as fast as the connection.
pub(crate) const CHUNK: usize = 512 * 1024;

/// Where a request comes from, attempt after attempt.
pub(crate) enum Template {
    /// A finished request. Each attempt sends a copy; a request whose body is a stream is sent once.
    Ready(Box<reqwest::Request>),
    /// A request that is made for every attempt.
    Made(Box<dyn MakeRequest>),
    /// A request whose body is a stream, and which has been sent.
    Sent,
}

impl Template {
    /// The next request of a finished one.
    pub(super) fn take(&mut self) -> Result<reqwest::Request> {
        if let Self::Ready(request) = self
            && let Some(copy) = copy(request)
        {
            return Ok(copy);
        }
        match std::mem::replace(self, Self::Sent) {
            Self::Ready(request) => Ok(*request),
            Self::Made(_) | Self::Sent => Err(Error::new(ErrorKind::Io, NOT_REPLAYABLE)),
        }
    }

    /// Whether there is another request.
    pub(super) fn is_replayable(&self) -> bool {
        match self {
            Self::Ready(_) => true,
            Self::Made(maker) => maker.is_replayable(),
            Self::Sent => false,
        }
    }
}

/// A copy of a request, unless its body is a stream. reqwest's own `try_clone` allocates for extensions and a timeout even if
/// none are set.
fn copy(request: &reqwest::Request) -> Option<reqwest::Request> {
    if request.body().is_some() {
        return request.try_clone();
    }
    let mut copy = reqwest::Request::new(request.method().clone(), request.url().clone());
    copy.headers_mut().clone_from(request.headers());
    Some(copy)
}

/// Makes a request for every attempt.
pub(crate) trait MakeRequest: Send {
    /// The request. It marks `activity` whenever a part of its body is handed to the connection.
    fn make(
        &mut self,
        http: &reqwest::Client,
        activity: Activity,
    ) -> Pin<Box<dyn Future<Output = Result<reqwest::Request>> + Send + '_>>;

    /// Whether [`make`](Self::make) can be called again.
    fn is_replayable(&self) -> bool;
}

/// Bytes as a body in pieces, so that it shows when they move. Taking a piece copies nothing.
pub(crate) fn watched(bytes: Bytes, activity: Activity) -> reqwest::Body {
    if bytes.len() <= CHUNK {
        return bytes.into();
    }
    reqwest::Body::wrap_stream(pieces(bytes).inspect(move |_| activity.mark()))
}

/// Bytes in pieces, so that it shows when they move. Taking a piece copies nothing.
fn pieces(bytes: Bytes) -> impl futures_core::Stream<Item = io::Result<Bytes>> + Send + 'static {
    futures_util::stream::unfold(bytes, |mut rest| {
        let piece = rest.split_to(rest.len().min(CHUNK));
        std::future::ready((!piece.is_empty()).then_some((Ok(piece), rest)))
    })
}
