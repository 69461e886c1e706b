//! The body of a file part: counts the bytes, enforces the announced length and reports failures.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::task::AtomicWaker;

use crate::error::{Error, ErrorKind, Result};
use crate::progress::Counter;
use crate::transfer::binary_hasher::BinaryHasher;
use crate::transfer::channel::is_dropped_sender;
use crate::transfer::file_reader::FileReader;
use crate::transfer::source::ByteStream;
use crate::transport::{Activity, CHUNK};

/// Consecutive empty pieces to take from a caller's stream before yielding to other tasks.
const EMPTY_PIECES: usize = 64;

/// The state of one attempt to send a form.
pub(crate) struct Attempt {
    activity: Activity,
    progress: Option<Counter>,
    /// The bytes that it has added to the progress; `None` once another attempt has started.
    counted: Mutex<Option<u64>>,
    /// The completely sent files, in order.
    sent: Mutex<Vec<SentFile>>,
    /// Whether the call no longer waits for it.
    over: AtomicBool,
    /// The task that sends it.
    sender: AtomicWaker,
}

impl Attempt {
    pub(crate) fn new(activity: Activity, progress: Option<Counter>) -> Self {
        Self {
            activity,
            progress,
            counted: Mutex::new(Some(0)),
            sent: Mutex::default(),
            over: AtomicBool::new(false),
            sender: AtomicWaker::new(),
        }
    }

    /// Stops sending. Otherwise, a connection that has received its response keeps the file or the stream until all of it is
    /// sent.
    pub(crate) fn end(&self) {
        self.over.store(true, Ordering::Release);
        self.sender.wake();
    }

    fn is_over(&self, context: &Context<'_>) -> bool {
        self.sender.register(context.waker());
        self.over.load(Ordering::Acquire)
    }

    /// Subtracts its bytes from the progress, because another attempt repeats them, and stops counting.
    pub(crate) fn take_back(&self) {
        let Some(progress) = &self.progress else {
            return;
        };
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bytes) = counted.take() {
            progress.take_back(bytes);
        }
    }

    fn count(&self, bytes: usize) {
        self.activity.mark();
        let Some(progress) = &self.progress else {
            return;
        };
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(counted) = counted.as_mut() {
            *counted += bytes as u64;
            progress.add(bytes);
        }
    }

    fn complete(&self, file: SentFile) {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.push(file);
    }

    /// Returns the completely sent files.
    pub(crate) fn sent(&self) -> Vec<SentFile> {
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.clone()
    }
}

/// A completely sent file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SentFile {
    pub(crate) length: u64,
    /// The hash of its bytes, if requested.
    pub(crate) binary_hash: Option<String>,
}

/// The content of a part. A file is hashed by the thread that reads it.
pub(crate) enum PartContent {
    Bytes(Bytes),
    File(FileReader),
    Stream(ByteStream),
}

/// A file as the body of a part. It ends after the announced length or with an error, so the form stays well-formed.
pub(crate) struct PartStream {
    content: Option<PartContent>,
    /// The name for errors.
    name: String,
    announced: Option<u64>,
    passed: u64,
    /// The rest of a piece that exceeds the chunk size.
    rest: Bytes,
    hasher: Option<BinaryHasher>,
    attempt: Arc<Attempt>,
}

impl PartStream {
    pub(crate) fn new(
        content: PartContent,
        announced: Option<u64>,
        name: String,
        hash: bool,
        attempt: Arc<Attempt>,
    ) -> Self {
        let hashes_itself = matches!(content, PartContent::File(_));
        Self {
            content: Some(content),
            name,
            announced,
            passed: 0,
            rest: Bytes::new(),
            hasher: (hash && !hashes_itself).then(BinaryHasher::new),
            attempt,
        }
    }

    #[inline]
    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let piece = match &mut self.content {
            None => None,
            Some(PartContent::Bytes(bytes)) => {
                (!bytes.is_empty()).then(|| Ok(std::mem::take(bytes)))
            }
            Some(PartContent::File(reader)) => ready!(Pin::new(reader).poll_next(context)),
            Some(PartContent::Stream(stream)) => {
                ready!(stream.as_mut().poll_next(context)).map(|piece| {
                    piece.map_err(|error| {
                        let name = &self.name;
                        let text = if is_dropped_sender(&error) {
                            format!(
                                "the file {name:?} is incomplete: its sender was dropped without `finish`"
                            )
                        } else {
                            format!("the stream {name:?} failed")
                        };
                        Error::new(ErrorKind::Io, text).with_source(error)
                    })
                })
            }
        };
        Poll::Ready(piece)
    }

    /// Ends the stream.
    #[inline]
    fn finish(&mut self) -> Option<io::Result<Bytes>> {
        let content = self.content.take()?;
        match self.announced {
            Some(announced) if announced != self.passed => {
                let (name, passed) = (&self.name, self.passed);
                let text = format!(
                    "the stream {name:?} ended after {passed} bytes, but `length` is {announced}"
                );
                Some(self.fail(Error::new(ErrorKind::Io, text)))
            }
            _ => {
                let binary_hash = match content {
                    PartContent::File(reader) => reader.into_binary_hash(),
                    _ => self.hasher.take().map(BinaryHasher::finish),
                };
                self.attempt.complete(SentFile {
                    length: self.passed,
                    binary_hash,
                });
                None
            }
        }
    }

    fn fail(&mut self, error: Error) -> io::Result<Bytes> {
        self.content = None;
        let text = error.to_string();
        // The HTTP client may drop the error below, so the call reads it from the activity.
        self.attempt.activity.fail(error);
        Err(io::Error::other(text))
    }
}

impl Stream for PartStream {
    type Item = io::Result<Bytes>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.content.is_some() && this.attempt.is_over(context) {
            this.content = None;
            return Poll::Ready(Some(Err(io::Error::other("the request is over"))));
        }
        let mut pieces = 0;
        while this.rest.is_empty() {
            if pieces == EMPTY_PIECES {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            pieces += 1;
            match ready!(this.poll_piece(context)) {
                None => return Poll::Ready(this.finish()),
                Some(Err(error)) => return Poll::Ready(Some(this.fail(error))),
                Some(Ok(piece)) => this.rest = piece,
            }
            let passed = this.passed.saturating_add(this.rest.len() as u64);
            if let Some(announced) = this.announced.filter(|announced| passed > *announced) {
                this.rest = Bytes::new();
                let name = &this.name;
                let text =
                    format!("the stream {name:?} has more bytes than its `length` of {announced}");
                return Poll::Ready(Some(this.fail(Error::new(ErrorKind::Io, text))));
            }
            this.passed = passed;
        }
        let length = this.rest.len().min(CHUNK);
        let piece = this.rest.split_to(length);
        if let Some(hasher) = &mut this.hasher {
            hasher.update(&piece);
        }
        this.attempt.count(length);
        Poll::Ready(Some(Ok(piece)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use futures_util::{FutureExt, StreamExt, stream};

    use super::*;
    use crate::progress::Progress;

    fn part(pieces: ByteStream, progress: &Progress) -> (PartStream, Arc<Attempt>) {
        let counter = progress.meter().counter();
        let attempt = Arc::new(Attempt::new(Activity::new(), Some(counter)));
        let content = PartContent::Stream(pieces);
        let part = PartStream::new(content, None, "s".to_owned(), true, Arc::clone(&attempt));
        (part, attempt)
    }

    #[test]
    fn a_large_piece_moves_in_small_ones() {
        let large = Bytes::from(vec![7; 2 * CHUNK + 1]);
        let length = large.len() as u64;
        let mut hasher = BinaryHasher::new();
        hasher.update(&large);
        let sent = SentFile {
            length,
            binary_hash: Some(hasher.finish()),
        };
        let progress = Progress::new();
        let (part, attempt) = part(stream::iter([Ok(large)]).boxed(), &progress);
        let pieces: Vec<_> = part.collect::<Vec<_>>().now_or_never().unwrap();
        let lengths: Vec<_> = pieces
            .iter()
            .map(|piece| piece.as_ref().unwrap().len())
            .collect();
        assert_eq!(lengths, [CHUNK, CHUNK, 1]);
        assert_eq!((attempt.sent(), progress.now().bytes), (vec![sent], length));
    }

    #[test]
    fn what_is_sent_of_an_attempt_that_was_given_up_counts_no_more() {
        let progress = Progress::new();
        let pieces = stream::iter([Ok(Bytes::from("abc")), Ok(Bytes::from("de"))]);
        let (mut part, attempt) = part(pieces.boxed(), &progress);
        part.next().now_or_never().unwrap().unwrap().unwrap();
        assert_eq!(progress.now().bytes, 3);
        attempt.take_back();
        assert_eq!(progress.now().bytes, 0);
        part.next().now_or_never().unwrap().unwrap().unwrap();
        attempt.take_back();
        assert_eq!(progress.now().bytes, 0);
    }

    #[tokio::test]
    async fn what_waits_for_a_stream_ends_with_its_attempt() {
        let (part, attempt) = part(stream::pending().boxed(), &Progress::new());
        let waiting = tokio::spawn(part.into_future());
        tokio::task::yield_now().await;
        attempt.end();
        let (piece, part) = waiting.await.unwrap();
        assert!(piece.unwrap().is_err());
        assert_eq!(part.collect::<Vec<_>>().await.len(), 0);
        assert!(
            attempt.activity.take_failure().is_none(),
            "it is no failure of the stream"
        );
    }
}
