//! Where a request comes from, attempt after attempt.

use std::future::Future;
use std::io;
use std::pin::Pin;

use bytes::Bytes;
use futures_util::StreamExt;

use super::idle::Activity;
use crate::error::Result;

/// upload as fast as the connection.
pub(crate) const CHUNK: usize = 512 * 1024;

/// Where a request comes from, try after try.
pub(crate) enum Template {
    /// A finished request; it is copied, and cannot be sent again if it has a body that streams.
    Ready(Box<reqwest::Request>),
    /// A request whose body is made anew for every try.
    Made(Box<dyn MakeRequest>),
}

/// A copy of a request, unless it has a body that streams. reqwest's own takes memory for a time limit and for what else may
/// be set on a request, even if nothing is.
pub(super) fn copy(request: &reqwest::Request) -> Option<reqwest::Request> {
    if request.body().is_some() {
        return request.try_clone();
    }
    let mut copy = reqwest::Request::new(request.method().clone(), request.url().clone());
    copy.headers_mut().clone_from(request.headers());
    Some(copy)
}

/// Makes a request for every try.
pub(crate) trait MakeRequest: Send {
    /// The request; `moved` is to be called whenever a part of its body was handed to the connection.
    fn make(
        &mut self,
        http: &reqwest::Client,
        activity: Activity,
    ) -> Pin<Box<dyn Future<Output = Result<reqwest::Request>> + Send + '_>>;

    /// Whether [`make`](Self::make) can be called another time.
    fn again(&self) -> bool;
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
