//! How far a transfer has come.

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

/// What a [`Progress`] has counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transferred {
    /// Bytes handed to the connection, or received from it. A retry of an upload takes back what it repeats.
    pub bytes: u64,
    /// Bytes altogether, if that is known.
    pub total: Option<u64>,
}

#[derive(Debug, Default)]
struct State {
    bytes: AtomicU64,
    /// One more than the total, so that 0 can mean that it is not known.
    total: AtomicU64,
    ended: AtomicBool,
    changed: Notify,
}

impl Progress {
    /// A count that starts at 0. Use it for one call.
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
            // From here on no change is missed.
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

/// The side that counts. The transfer has ended when it is dropped.
#[derive(Debug)]
pub(crate) struct Meter(Arc<State>);

/// Counts for one piece of a transfer; does not end it.
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
