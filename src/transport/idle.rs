//! The idle timeout: a transfer may take any time as long as bytes move.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::error::Error;

/// Records when bytes last moved in one attempt; the idle timeout counts from then.
#[derive(Clone)]
pub(crate) struct Activity {
    started: Instant,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    millis: AtomicU64,
    /// Why the body of the request could not be sent to its end.
    failure: Mutex<Option<Error>>,
}

impl Activity {
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            state: Arc::default(),
        }
    }

    pub(crate) fn mark(&self) {
        let millis = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.state.millis.store(millis, Ordering::Relaxed);
    }

    pub(super) fn last(&self) -> Instant {
        self.started + Duration::from_millis(self.state.millis.load(Ordering::Relaxed))
    }

    /// Keeps why the body of the request ends early: the error of the connection that breaks over it does not have the cause.
    pub(crate) fn fail(&self, error: Error) {
        let failure = &self.state.failure;
        *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    /// Why the body of the request ended early, if it did.
    pub(crate) fn take_failure(&self) -> Option<Error> {
        let failure = &self.state.failure;
        let mut failure = failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.take()
    }
}

/// Nothing was sent or received for the idle timeout.
#[derive(Debug)]
pub(crate) struct Stalled(Duration);

impl fmt::Display for Stalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing was sent or received for {:?}", self.0)
    }
}

impl std::error::Error for Stalled {}

/// Waits for `future`, but not longer than `idle` after the last mark. The caller pins, as for [`until`](super::until).
pub(crate) async fn within_idle_timeout<F: Future>(
    idle: Duration,
    activity: &Activity,
    mut future: Pin<&mut F>,
) -> Result<F::Output, Stalled> {
    loop {
        let Some(ends) = activity.last().checked_add(idle) else {
            return Ok(future.await);
        };
        match tokio::time::timeout_at(ends, future.as_mut()).await {
            Ok(output) => return Ok(output),
            Err(_)
                if activity
                    .last()
                    .checked_add(idle)
                    .is_some_and(|later| later > ends) => {}
            Err(_) => return Err(Stalled(idle)),
        }
    }
}
