//! The threads that read and draw SVGs. Nothing interrupts them, so one that takes too long is left to itself, and counts until
//! it ends.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

use crate::rendering::pixels::failure::Failure;
use crate::rendering::pixels::limits::Deadline;

/// The stack of a thread, far more than the levels take that an SVG may have.
const STACK: usize = 64 << 20;

static THREADS: Threads = Threads(AtomicUsize::new(0));

/// Runs a function on a thread with a large stack, until the deadline.
///
/// There can be twice as many threads as processors. Renderings take one for each processor, so as many may have been left to
/// themselves.
pub(super) fn within<T: Send + 'static>(
    deadline: Deadline,
    run: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    THREADS.run(processors * 2, deadline, run)
}

/// How many threads there are.
struct Threads(AtomicUsize);

/// Counts for as long as it lives.
struct Counted<'a>(&'a AtomicUsize);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Threads {
    fn counted(&self, most: usize) -> Option<Counted<'_>> {
        let more = |threads| (threads < most).then_some(threads + 1);
        let counted = self
            .0
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, more);
        counted.is_ok().then_some(Counted(&self.0))
    }

    fn run<T: Send + 'static>(
        &'static self,
        most: usize,
        deadline: Deadline,
        run: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let counted = self.counted(most).ok_or(Failure::Busy)?;
        let (sender, receiver) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("svg".to_owned())
            .stack_size(STACK);
        let work = move || {
            let result = run();
            drop(counted);
            drop(sender.send(result));
        };
        thread.spawn(work).map_err(Failure::broken)?;
        receiver
            .recv_timeout(deadline.remaining())
            .map_err(|error| match error {
                RecvTimeoutError::Timeout => Failure::TooSlow,
                RecvTimeoutError::Disconnected => Failure::broken("the decoder gave up"),
            })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::rendering::pixels::limits::TIME;

    #[test]
    fn a_thread_that_nobody_waits_for_counts_until_it_ends() {
        static THREADS: Threads = Threads(AtomicUsize::new(0));
        let (end, ended) = mpsc::channel::<()>();
        let endless = move || {
            let _ = ended.recv();
        };
        let none = Deadline::after(Duration::ZERO);
        assert_eq!(THREADS.run(1, none, endless), Err(Failure::TooSlow));
        let open = Deadline::after(TIME);
        assert_eq!(THREADS.run(1, open, || 7), Err(Failure::Busy));
        assert_eq!(THREADS.run(2, open, || 7), Ok(7));
        drop(end);
        let mut result = THREADS.run(1, open, || 7);
        while result == Err(Failure::Busy) {
            thread::yield_now();
            result = THREADS.run(1, open, || 7);
        }
        assert_eq!(result, Ok(7));
    }

    #[test]
    fn a_thread_that_panics_does_not_count_any_more() {
        static THREADS: Threads = Threads(AtomicUsize::new(0));
        for broken in [true, true, false] {
            let decoder = move || assert!(!broken, "as a decoder may");
            let expected = if broken {
                Err(Failure::broken("the decoder gave up"))
            } else {
                Ok(())
            };
            let result = THREADS.run(1, Deadline::after(TIME), decoder);
            assert_eq!(result, expected);
        }
    }
}
