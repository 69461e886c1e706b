//! A source that the program pushes bytes into.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt;
use tokio::sync::mpsc;

use crate::error::{Error, ErrorKind, Result};

/// Pieces that wait for the connection. With fewer, sender and connection take turns waiting for each other.
const WAITING: usize = 4;

/// The sending half of [`Source::channel`](crate::Source::channel): pushes bytes into an upload.
///
/// [`finish`](Self::finish) completes the file. Dropping the sender without it fails the upload, and nothing is stored:
/// neither an early return nor a cancelled task leaves a truncated file behind.
#[must_use = "an upload whose sender is dropped without `finish` fails"]
pub struct SourceSender {
    pieces: mpsc::Sender<Bytes>,
    end: End,
    name: String,
}

/// How the file ends, which the sender says before it closes the channel.
type End = Arc<Mutex<State>>;

enum State {
    Unfinished,
    Finished,
    Failed(Box<dyn StdError + Send + Sync>),
}

/// The sender was dropped without `finish`.
#[derive(Debug)]
struct Dropped;

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the sender was dropped without `finish`")
    }
}

impl StdError for Dropped {}

/// Returns whether an error of a stream is a dropped sender.
pub(super) fn is_dropped_sender(error: &io::Error) -> bool {
    matches!(error.get_ref(), Some(cause) if cause.is::<Dropped>())
}

/// The receiving half, as the stream of a source.
pub(super) struct Received {
    pieces: mpsc::Receiver<Bytes>,
    end: Option<End>,
}

#[inline]
pub(super) fn channel(name: String) -> (SourceSender, Received) {
    let (pieces, receiver) = mpsc::channel(WAITING);
    let end = Arc::new(Mutex::new(State::Unfinished));
    let stream = Received {
        pieces: receiver,
        end: Some(Arc::clone(&end)),
    };
    (SourceSender { pieces, end, name }, stream)
}

impl SourceSender {
    /// Sends the next bytes; waits while four pieces wait for the connection. A piece may have any size, and its memory is
    /// held until it is sent.
    ///
    /// It waits forever if the upload is never awaited, so run both concurrently, for example with `tokio::join!`. Within the
    /// idle timeout of the upload, the next piece has to come.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if the upload has ended, or was dropped, before it took the bytes. Its own result has the reason.
    pub async fn send(&mut self, bytes: impl Into<Bytes>) -> Result<()> {
        let bytes = bytes.into();
        if bytes.is_empty() && !self.pieces.is_closed() {
            return Ok(());
        }
        self.pieces.send(bytes).await.map_err(|_| {
            let name = &self.name;
            let text = format!(
                "the upload of {name:?} ended before it took all bytes: its own result has the reason"
            );
            Error::new(ErrorKind::Io, text)
        })
    }

    /// Sends all pieces of a stream and then [finishes](Self::finish); the stream may borrow, such as a field of a form that
    /// a web framework reads. If the stream fails, the upload [fails](Self::fail) with its error. If the upload ends first,
    /// the rest of the stream is not read. Either way the result of the upload says it, so this returns nothing.
    ///
    /// ```no_run
    /// # use futures_util::stream;
    /// # async fn f(images: rokka::SourceImages, body: &[u8]) -> rokka::Result<()> {
    /// use rokka::Source;
    ///
    /// let pieces = stream::iter(body.chunks(1024)).map(|piece| std::io::Result::Ok(piece.to_vec()));
    /// # use futures_util::StreamExt;
    /// let (sender, source) = Source::channel("cat.jpg");
    /// let (image, ()) = tokio::join!(images.upload(source).send(), sender.send_all(pieces));
    /// println!("{}", image?.hash);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send_all<S, B, E>(mut self, stream: S)
    where
        S: Stream<Item = std::result::Result<B, E>>,
        B: Into<Bytes>,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        let mut stream = pin!(stream);
        while let Some(piece) = stream.next().await {
            match piece {
                Ok(piece) => {
                    if self.send(piece).await.is_err() {
                        return;
                    }
                }
                Err(error) => return self.fail(error),
            }
        }
        self.finish();
    }

    /// Completes the file: the upload sends what is left and waits for the response.
    #[inline]
    pub fn finish(self) {
        self.end(State::Finished);
    }

    /// Fails the upload with [`ErrorKind::Io`] and this error as its source; nothing is stored.
    pub fn fail(self, error: impl Into<Box<dyn StdError + Send + Sync>>) {
        self.end(State::Failed(error.into()));
    }

    #[inline]
    fn end(self, state: State) {
        *self.end.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

impl fmt::Debug for SourceSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceSender")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Stream for Received {
    type Item = io::Result<Bytes>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(piece) = ready!(self.pieces.poll_recv(context)) {
            return Poll::Ready(Some(Ok(piece)));
        }
        let Some(end) = self.end.take() else {
            return Poll::Ready(None);
        };
        let mut state = end.lock().unwrap_or_else(PoisonError::into_inner);
        Poll::Ready(match std::mem::replace(&mut *state, State::Finished) {
            State::Finished => None,
            State::Unfinished => Some(Err(io::Error::other(Dropped))),
            State::Failed(error) => Some(Err(match error.downcast::<io::Error>() {
                Ok(error) => *error,
                Err(error) => io::Error::other(error),
            })),
        })
    }
}
