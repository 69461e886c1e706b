//! Background tasks with a heartbeat, so that no call waits for a task whose runtime is gone.
//!
//! A spawned task ends early when its runtime is dropped, and stands still while its runtime is not driven. A waiter
//! notices both here.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

/// The time between two heartbeats.
const INTERVAL: Duration = Duration::from_secs(1);

/// A task without a heartbeat for this long counts as stalled.
pub(super) const STALLED: Duration = Duration::from_secs(5);

/// Held by a task for as long as it runs.
pub(super) struct Heartbeat(watch::Sender<Instant>);

/// The side of those that wait for the task.
#[derive(Clone)]
pub(super) struct Running(watch::Receiver<Instant>);

/// The two ends of a task that is about to be spawned.
pub(super) fn heartbeat() -> (Heartbeat, Running) {
    let (sender, receiver) = watch::channel(Instant::now());
    (Heartbeat(sender), Running(receiver))
}

impl Heartbeat {
    /// Runs `work` with a heartbeat.
    pub(super) async fn run<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            match timeout(INTERVAL, work.as_mut()).await {
                Ok(value) => return value,
                Err(_) => drop(self.0.send_replace(Instant::now())),
            }
        }
    }
}

impl Running {
    /// Whether the task is still there and has not stalled.
    pub(super) fn is_alive(&self) -> bool {
        self.0.has_changed().is_ok() && self.0.borrow().elapsed() < STALLED
    }

    /// Waits until the task has ended, for whatever reason, or has stalled.
    pub(super) async fn ended(&mut self) {
        while let Ok(Ok(())) = timeout(STALLED, self.0.changed()).await {}
    }
}
