//! A file while it is downloaded.

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

/// Memory that is taken at once for the size that the service reports, at most; more is taken as it comes.
const TRUSTED: usize = 64 * 1024 * 1024;

/// A file that is being downloaded: a [`Stream`] of its bytes, which ends when the file is complete.
///
/// Where the body breaks off, stalls for the idle limit or ends before the size that the service has promised, the rest is
/// requested, as often as the call's [`Retry`](crate::Retry) says in a row, and ten times as often altogether. The rest must
/// be of the same version of the file, by a strong `ETag` or `Last-Modified`; without one, or if the file has changed, the
/// stream ends with [`ErrorKind::Interrupted`](crate::ErrorKind::Interrupted). A [`deadline`](crate::Call::deadline) of
/// the call covers the reading of the stream too.
///
/// With [`verify`](crate::Call::<crate::source_images::DownloadFile>::verify), the last item is
/// [`ErrorKind::HashMismatch`](crate::ErrorKind::HashMismatch) if the bytes are not the expected ones.
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
    /// Begins to receive a response to a request for all that is wanted.
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

    /// Size of the file in bytes, or of the requested [`range`](crate::Call::<crate::source_images::DownloadFile>::range)
    /// of it, if the service tells.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// Media type that the service reports.
    pub fn media_type(&self) -> Option<&str> {
        self.headers.get(CONTENT_TYPE)?.to_str().ok()
    }

    /// File name that the service suggests, made safe to use on any system.
    ///
    /// It has at most 255 bytes and keeps its extension. It has no directory, drive letter, leading dot, control or
    /// direction-changing character, and is no name that Windows reserves. `None` if nothing is suggested, or nothing is
    /// left of it.
    pub fn file_name(&self) -> Option<String> {
        let header = self.headers.get(CONTENT_DISPOSITION)?;
        safe_name(&suggested_name(header.as_bytes())?)
    }

    /// Reads the rest of it into memory.
    ///
    /// # Errors
    /// [`ErrorKind::Interrupted`](crate::ErrorKind) if it ends too early, [`ErrorKind::Timeout`](crate::ErrorKind) if it
    /// stalls or the deadline passes, [`ErrorKind::HashMismatch`](crate::ErrorKind) if it is verified and differs.
    pub async fn bytes(mut self) -> Result<Bytes> {
        let mut all = self.room();
        while let Some(chunk) = self.try_next().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }

    /// Reads all of it into memory, from the start again where the rest cannot be had.
    pub(crate) async fn collect(self) -> Result<Bytes> {
        let mut all = self.room();
        let mut pieces = self.pieces();
        while let Some(piece) = pieces.try_next().await? {
            match piece {
                Piece::Bytes(chunk) => all.extend_from_slice(&chunk),
                Piece::Restarted => all.clear(),
            }
        }
        Ok(all.freeze())
    }

    fn room(&self) -> BytesMut {
        let expected = self.size.and_then(|size| usize::try_from(size).ok());
        BytesMut::with_capacity(expected.unwrap_or(0).min(TRUSTED))
    }

    /// What comes, for a reader that can discard what it has and begin anew.
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
    /// The bytes as they come, for a reader that keeps what it has.
    fn reading(self) -> Self {
        let Self::Unread(body) = self else {
            return self;
        };
        // It does not restart, because nobody has let it.
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
