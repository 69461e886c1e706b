//! The progress of a transfer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::sync::Notify;

/// Counts the bytes of a transfer, for a progress bar: pass it to a call, keep a clone, and read it or wait for changes.
///
/// ```no_run
/// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
/// use rokka::{Progress, Source};
///
/// let progress = Progress::new();
/// let mut bar = progress.clone();
/// tokio::spawn(async move {
///     while let Some(now) = bar.changed().await {
///         println!("{} of {:?} bytes", now.bytes, now.total);
///     }
/// });
/// images.upload(Source::path("film.mp4")).progress(&progress).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Progress {
    state: Arc<State>,
    seen: Transferred,
}

/// The count of a [`Progress`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transferred {
    /// Bytes handed to the connection, or received from it. A retry of an upload takes back what it repeats.
    pub bytes: u64,
    /// Total number of bytes, if it is known.
    pub total: Option<u64>,
}

#[derive(Debug, Default)]
struct State {
    bytes: AtomicU64,
    /// The total plus one; 0 if it is unknown.
    total: AtomicU64,
    ended: AtomicBool,
    changed: Notify,
}

impl Progress {
    /// Returns a count that starts at 0. Use it for one call.
    pub fn new() -> Self {
        Self::default()
    }

    /// The count so far.
    pub fn now(&self) -> Transferred {
        Transferred {
            bytes: self.state.bytes.load(Ordering::Acquire),
            total: self.state.total.load(Ordering::Acquire).checked_sub(1),
        }
    }

    /// Waits until the count differs from the one that this method returned last. `None` when the transfer has ended, well or
    /// not, and there is nothing new.
    pub async fn changed(&mut self) -> Option<Transferred> {
        loop {
            let changed = self.state.changed.notified();
            let mut changed = std::pin::pin!(changed);
            // Registers for changes before the state is read.
            changed.as_mut().enable();
            let ended = self.state.ended.load(Ordering::Acquire);
            let now = self.now();
            if now != self.seen {
                self.seen = now;
                return Some(now);
            }
            if ended {
                return None;
            }
            changed.await;
        }
    }

    pub(crate) fn meter(&self) -> Meter {
        Meter(self.state.clone())
    }
}

/// The counting side. Dropping it marks the end of the transfer.
#[derive(Debug)]
pub(crate) struct Meter(Arc<State>);

/// Counts for a part of a transfer, without marking its end.
#[derive(Clone, Debug)]
pub(crate) struct Counter(Arc<State>);

impl Meter {
    pub(crate) fn set_total(&self, total: Option<u64>) {
        let total = total.map_or(0, |total| total.saturating_add(1));
        self.0.total.store(total, Ordering::Release);
        self.0.changed.notify_waiters();
    }

    pub(crate) fn counter(&self) -> Counter {
        Counter(self.0.clone())
    }
}

impl Counter {
    pub(crate) fn add(&self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.0.bytes.fetch_add(bytes, Ordering::AcqRel);
        self.0.changed.notify_waiters();
    }

    pub(crate) fn take_back(&self, bytes: u64) {
        self.0.bytes.fetch_sub(bytes, Ordering::AcqRel);
        self.0.changed.notify_waiters();
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.0.ended.store(true, Ordering::Release);
        self.0.changed.notify_waiters();
    }
}
