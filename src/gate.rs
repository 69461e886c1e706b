//! One wait for all requests that belong together.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Closed for a while when the service says that there are too many requests, so that all of them wait and not only the
/// one that was told.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    opens: Mutex<Option<Instant>>,
}

impl Gate {
    /// Keeps it closed at least this long.
    pub(crate) fn close_for(&self, wait: Duration) {
        let mut opens = self.opens.lock().unwrap_or_else(PoisonError::into_inner);
        *opens = (*opens).max(Instant::now().checked_add(wait));
    }

    /// How long it stays closed.
    pub(crate) fn closed_for(&self) -> Option<Duration> {
        let opens = *self.opens.lock().unwrap_or_else(PoisonError::into_inner);
        opens?
            .checked_duration_since(Instant::now())
            .filter(|left| !left.is_zero())
    }
}
