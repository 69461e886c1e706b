//! The store as the client uses it: a task of its own calls it, one method at a time and in order, and no call waits.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use super::background::{Heartbeat, Running, STALLED, heartbeat};
use super::store::TokenStore;
use crate::secret::Secret;

/// Requests that a hanging store may leave behind; beyond that the oldest are dropped.
const QUEUE_LIMIT: usize = 64;

/// How long the store may take to say which token it holds before it is cleared.
const REMOVAL_LIMIT: Duration = Duration::from_secs(30);

#[derive(Clone)]
pub(super) struct StoreQueue(Arc<Inner>);

struct Inner {
    store: Arc<dyn TokenStore>,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    /// The first one is being worked on, and stays until it is done.
    requests: VecDeque<Request>,
    worker: Option<Running>,
    /// The number of the current worker. One that has been replaced does nothing any more.
    workers: u64,
}

enum Request {
    /// Loads within a limit, so that what comes next is not held up.
    Load(oneshot::Sender<Option<Secret>>, Duration),
    Save(Secret),
    /// Clears the store if it holds this refused token.
    Remove(Secret),
    Flush(oneshot::Sender<()>),
}

/// What a worker has to do for a request.
enum Step {
    Load(Duration),
    Save(Secret),
    Remove(Secret),
    Nothing,
}

impl Request {
    /// Whether its waiter is gone.
    fn is_given_up(&self) -> bool {
        match self {
            Self::Load(sender, _) => sender.is_closed(),
            Self::Flush(sender) => sender.is_closed(),
            Self::Save(_) | Self::Remove(_) => false,
        }
    }

    fn step(&self) -> Step {
        match self {
            Self::Load(_, limit) if !self.is_given_up() => Step::Load(*limit),
            Self::Save(token) => Step::Save(token.clone()),
            Self::Remove(token) => Step::Remove(token.clone()),
            Self::Load(..) | Self::Flush(_) => Step::Nothing,
        }
    }
}

impl StoreQueue {
    pub(super) fn new(store: Arc<dyn TokenStore>) -> Self {
        Self(Arc::new(Inner {
            store,
            queue: Mutex::default(),
        }))
    }

    /// The token in the store; `None` too if the store panics.
    ///
    /// # Errors
    /// If the store has not responded within the limit.
    pub(super) async fn load(&self, limit: Duration) -> Result<Option<Secret>, Elapsed> {
        let (sender, receiver) = oneshot::channel();
        self.push(Request::Load(sender, limit));
        Ok(timeout(limit, receiver).await?.ok().flatten())
    }

    /// Whether something is being done or waits to be.
    pub(super) fn is_busy(&self) -> bool {
        !self.0.queue().requests.is_empty()
    }

    /// Has a token saved.
    pub(super) fn save(&self, token: Secret) {
        self.push(Request::Save(token));
    }

    /// Has a refused token removed, unless the store holds another one by then.
    pub(super) fn remove(&self, token: Secret) {
        self.push(Request::Remove(token));
    }

    /// Waits until everything that was requested so far is done.
    pub(super) async fn flush(&self) {
        let (sender, mut receiver) = oneshot::channel();
        self.push(Request::Flush(sender));
        while timeout(STALLED, &mut receiver).await.is_err() {
            self.resume();
        }
    }

    /// Whether there are requests that no task works on, because its runtime is gone.
    pub(super) fn is_abandoned(&self) -> bool {
        self.0.queue().is_abandoned()
    }

    /// Goes on with requests that were left behind.
    pub(super) fn resume(&self) {
        self.start_worker(&mut self.0.queue());
    }

    #[inline]
    fn push(&self, request: Request) {
        let mut queue = self.0.queue();
        queue.requests.push_back(request);
        queue.limit();
        self.start_worker(&mut queue);
    }

    #[inline]
    fn start_worker(&self, queue: &mut Queue) {
        if !queue.is_abandoned() {
            return;
        }
        // Without a runtime they wait for the next call.
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let (heartbeat, running) = heartbeat();
        queue.workers += 1;
        queue.worker = Some(running);
        runtime.spawn(self.0.clone().work(queue.workers, heartbeat));
    }
}

impl Queue {
    fn is_abandoned(&self) -> bool {
        !self.requests.is_empty() && !self.worker.as_ref().is_some_and(Running::is_alive)
    }

    /// Drops requests whose waiter is gone, and then the oldest, but never the one that is being worked on.
    #[inline]
    fn limit(&mut self) {
        if self.requests.len() <= QUEUE_LIMIT {
            return;
        }
        let front = self.requests.pop_front();
        self.requests.retain(|request| !request.is_given_up());
        if let Some(front) = front {
            self.requests.push_front(front);
        }
        while self.requests.len() > QUEUE_LIMIT {
            self.requests.remove(1);
        }
    }
}

impl Inner {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn work(self: Arc<Self>, number: u64, heartbeat: Heartbeat) {
        loop {
            let step = {
                let mut queue = self.queue();
                if queue.workers != number {
                    return;
                }
                match queue.requests.front() {
                    Some(request) => request.step(),
                    None => {
                        queue.worker = None;
                        return;
                    }
                }
            };
            let performed = AssertUnwindSafe(self.perform(step)).catch_unwind();
            let performed = self.unless_replaced(number, performed);
            let Some(outcome) = heartbeat.run(performed).await else {
                return;
            };
            let request = {
                let mut queue = self.queue();
                if queue.workers != number {
                    return;
                }
                queue.requests.pop_front()
            };
            // Whoever waited for one of these may be gone. A store that panics has no token.
            match request {
                Some(Request::Load(sender, _)) => drop(sender.send(outcome.ok().flatten())),
                Some(Request::Flush(sender)) => drop(sender.send(())),
                Some(Request::Save(_) | Request::Remove(_)) | None => {}
            }
        }
    }

    async fn load(&self, limit: Duration) -> Option<Secret> {
        timeout(limit, self.store.load()).await.ok().flatten()
    }

    async fn perform(&self, step: Step) -> Option<Secret> {
        match step {
            Step::Load(limit) => return self.load(limit).await,
            Step::Save(token) => self.store.save(Some(token)).await,
            Step::Remove(token) => {
                let held = self.load(REMOVAL_LIMIT).await;
                // Another process may have stored a better one.
                if held.is_none_or(|held| held.expose().trim() == token.expose()) {
                    self.store.save(None).await;
                }
            }
            Step::Nothing => {}
        }
        None
    }

    /// Drives a future, but not beyond the moment in which another worker has taken over.
    async fn unless_replaced<T>(&self, number: u64, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        poll_fn(|context| {
            if self.queue().workers == number {
                work.as_mut().poll(context).map(Some)
            } else {
                Poll::Ready(None)
            }
        })
        .await
    }
}
