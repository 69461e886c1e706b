//! The body of a response on its way to a client.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use super::blob::Content;
use super::connection::Switches;

/// How much of a file is in memory at a time.
const PIECE: u64 = 256 * 1024;

/// The body of a response.
pub(crate) struct Body {
    content: Content,
    file: Option<File>,
    /// The bytes that are still announced.
    remaining: u64,
    cut: Option<Cut>,
}

/// The end of a body that a fault cuts off.
struct Cut {
    /// The bytes that are still sent.
    remaining: u64,
    switches: Arc<Switches>,
}

impl Body {
    /// Returns a body, which closes the connection after `limit` bytes if it is longer.
    pub(crate) fn new(content: Content, limit: Option<u64>, switches: &Arc<Switches>) -> Self {
        let remaining = content.length();
        let limit = limit.filter(|limit| *limit < remaining);
        Self {
            content,
            file: None,
            remaining,
            cut: limit.map(|remaining| Cut {
                remaining,
                switches: switches.clone(),
            }),
        }
    }

    /// Returns the next bytes, at most `limit`.
    fn next(&mut self, limit: u64) -> io::Result<Bytes> {
        let bytes = match &mut self.content {
            Content::Memory(bytes) => {
                let count = usize::try_from(limit).unwrap_or(bytes.len());
                bytes.split_to(count.min(bytes.len()))
            }
            Content::File {
                path,
                start,
                length: _,
            } => {
                let file = match &mut self.file {
                    Some(file) => file,
                    None => {
                        let mut file = File::open(&**path)?;
                        file.seek(SeekFrom::Start(*start))?;
                        self.file.insert(file)
                    }
                };
                let wanted = limit.min(PIECE);
                let mut bytes = Vec::with_capacity(usize::try_from(wanted).unwrap_or_default());
                file.take(wanted).read_to_end(&mut bytes)?;
                if (bytes.len() as u64) < wanted {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                bytes.into()
            }
        };
        self.remaining -= bytes.len() as u64;
        Ok(bytes)
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let body = self.get_mut();
        let limit = match &body.cut {
            Some(Cut {
                remaining: 0,
                switches,
            }) => {
                // The connection closes itself when what it has is sent.
                switches.close_when_flushed();
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            Some(cut) => cut.remaining,
            None => body.remaining,
        };
        if body.is_end_stream() {
            return Poll::Ready(None);
        }
        let next = body.next(limit);
        if let (Ok(bytes), Some(cut)) = (&next, &mut body.cut) {
            cut.remaining -= bytes.len() as u64;
        }
        Poll::Ready(Some(next.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.remaining == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.remaining)
    }
}
