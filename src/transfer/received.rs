//! A download in progress.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_core::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt, stream};
use http::HeaderMap;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use crate::api::{ByteStream, ResponseValue};
use crate::error::Result;
use crate::progress::Meter;
use crate::transfer::content_disposition::suggested_name;
use crate::transfer::file_name::safe_name;
use crate::transfer::resume::{Piece, ResumableBody, Wanted};
use crate::transport::Session;

/// The maximum initial allocation for the size that the service reports.
const MAX_INITIAL_CAPACITY: usize = 64 * 1024 * 1024;

/// A download in progress: a [`Stream`] of the bytes of the file.
///
/// If the connection breaks, the body stalls for the idle timeout or is too short, the stream requests the rest: at most as
/// often in a row as the call's [`Retry`](crate::Retry) allows, and ten times as often in total. The rest must be of the
/// same version of the file, by a strong `ETag` or `Last-Modified`; without one, or if the file has changed, the stream ends
/// with [`ErrorKind::Interrupted`](crate::ErrorKind::Interrupted). A [`deadline`](crate::Call::deadline) of the call also
/// limits the stream.
///
/// With [`verify`](crate::source_images::DownloadFile::verify), the last item is
/// [`ErrorKind::HashMismatch`](crate::ErrorKind::HashMismatch) if the bytes differ.
///
/// [`Stream`]: https://docs.rs/futures-core/0.3/futures_core/stream/trait.Stream.html
#[must_use = "a download is received while it is read"]
pub struct Download {
    headers: HeaderMap,
    size: Option<u64>,
    body: Body,
}

enum Body {
    Unread(Box<ResumableBody>),
    Reading(BoxStream<'static, Result<Bytes>>),
}

impl Download {
    /// Starts to receive the response to the first request.
    #[inline]
    pub(crate) fn receive(
        session: Session,
        wanted: Wanted,
        response: ResponseValue<ByteStream>,
        progress: Option<Meter>,
    ) -> Result<Self> {
        let headers = response.headers().clone();
        let body = ResumableBody::begin(session, wanted, response, progress)?;
        Ok(Self {
            headers,
            size: body.size(),
            body: Body::Unread(Box::new(body)),
        })
    }

    /// Returns the size of the file in bytes, or of the requested [`range`](crate::source_images::DownloadFile::range)
    /// of it, if the service reports it.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// Returns the media type that the service reports.
    pub fn media_type(&self) -> Option<&str> {
        self.headers.get(CONTENT_TYPE)?.to_str().ok()
    }

    /// Returns the file name that the service suggests, made safe for any system.
    ///
    /// It has at most 255 bytes and keeps its extension. It has no directory, drive letter, leading dot, control or
    /// direction-changing character, and is not a reserved name on Windows. `None` if the service suggests none, or nothing is
    /// left of it.
    #[inline]
    pub fn file_name(&self) -> Option<String> {
        let header = self.headers.get(CONTENT_DISPOSITION)?;
        safe_name(&suggested_name(header.as_bytes())?)
    }

    /// Reads the rest of the file into memory and returns it.
    ///
    /// # Errors
    /// [`ErrorKind::Interrupted`](crate::ErrorKind::Interrupted) if the body is too short,
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if it stalls or the deadline passes, and
    /// [`ErrorKind::HashMismatch`](crate::ErrorKind::HashMismatch) if it is verified and differs.
    pub async fn bytes(mut self) -> Result<Bytes> {
        let mut all = self.buffer();
        while let Some(chunk) = self.try_next().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }

    /// Reads the whole file into memory, and restarts if the rest cannot be requested.
    pub(crate) async fn collect(self) -> Result<Bytes> {
        let mut all = self.buffer();
        let mut pieces = self.pieces();
        while let Some(piece) = pieces.try_next().await? {
            match piece {
                Piece::Bytes(chunk) => all.extend_from_slice(&chunk),
                Piece::Restarted => all.clear(),
            }
        }
        Ok(all.freeze())
    }

    fn buffer(&self) -> BytesMut {
        let expected = self.size.and_then(|size| usize::try_from(size).ok());
        BytesMut::with_capacity(expected.unwrap_or(0).min(MAX_INITIAL_CAPACITY))
    }

    /// Returns the pieces for a reader that can restart.
    #[inline]
    pub(crate) fn pieces(self) -> BoxStream<'static, Result<Piece>> {
        match self.body {
            Body::Unread(mut body) => {
                body.let_restart();
                let pieces =
                    stream::unfold(body, async |mut body| Some((body.next().await?, body)));
                pieces.fuse().boxed()
            }
            Body::Reading(chunks) => chunks.map_ok(Piece::Bytes).boxed(),
        }
    }
}

impl Body {
    /// Returns the bytes for a reader that cannot restart.
    #[inline]
    fn reading(self) -> Self {
        let Self::Unread(body) = self else {
            return self;
        };
        // It never restarts, because `let_restart` is not called.
        let chunks = stream::unfold(body, async |mut body| {
            loop {
                return match body.next().await? {
                    Ok(Piece::Bytes(chunk)) => Some((Ok(chunk), body)),
                    Ok(Piece::Restarted) => continue,
                    Err(error) => Some((Err(error), body)),
                };
            }
        });
        // It may be polled after its end.
        Self::Reading(chunks.fuse().boxed())
    }
}

impl Stream for Download {
    type Item = Result<Bytes>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            self.body = match &mut self.body {
                Body::Reading(chunks) => return chunks.as_mut().poll_next(context),
                body @ Body::Unread(_) => {
                    std::mem::replace(body, Body::Reading(stream::empty().boxed())).reading()
                }
            };
        }
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("size", &self.size)
            .field("media_type", &self.media_type())
            .field("file_name", &self.file_name())
            .finish_non_exhaustive()
    }
}
