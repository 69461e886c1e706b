//! What is reported before a retry, and to whom.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::policy::Outcome;
use super::response::error_of_response;
use super::session::Session;
use super::trace;
use crate::error::Error;

/// A retry before its wait; passed to [`ClientBuilder::on_retry`](crate::ClientBuilder::on_retry).
///
/// `Display` is one line: the failure, the wait, and the attempts that are left. Secrets never appear in it.
///
/// ```
/// # fn f(event: &rokka::RetryEvent) {
/// if event.wait().as_secs() >= 1 {
///     eprintln!("rokka is not available ({}), please wait", event.error().message());
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct RetryEvent {
    operation: String,
    attempt: u32,
    remaining: u32,
    wait: Duration,
    error: Error,
}

/// What the caller wants to do before a retry.
pub(crate) type OnRetry = Arc<dyn Fn(&RetryEvent) + Send + Sync>;

impl RetryEvent {
    /// The operation that is retried: an operation id of the API such as `getSourceImage`, or a method and a path.
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// The number of the attempt that failed, from 1. A download that resumes counts the failures since it last received
    /// bytes. 0 if the call has sent nothing yet, because the service told another call of the same bulk to wait.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// How many attempts may follow.
    pub fn remaining(&self) -> u32 {
        self.remaining
    }

    /// The wait before the next attempt; zero if that follows at once. Calls of a bulk that wait together go on up to a tenth
    /// of it later, so that they do not go on all at the same moment.
    pub fn wait(&self) -> Duration {
        self.wait
    }

    /// Why the attempt failed: kind, status, message and all else that the call would return if nothing followed.
    pub fn error(&self) -> &Error {
        &self.error
    }
}

impl fmt::Display for RetryEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, f)?;
        if self.wait.is_zero() {
            f.write_str("; next attempt now")?;
        } else {
            write!(f, "; next attempt in {:.1} s", self.wait.as_secs_f64())?;
        }
        write!(f, ", {} left", self.remaining)
    }
}

impl Session {
    /// Reports that another attempt follows this outcome after a wait.
    #[cold]
    pub(super) fn report_retry(
        &self,
        outcome: Outcome,
        operation: &str,
        attempt: u32,
        wait: Duration,
    ) {
        trace::retry(operation, attempt, wait, &outcome);
        if self.has_retry_hook() {
            let error = match outcome {
                Ok(response) => error_of_response(response),
                Err(failure) => self.error_of_failure(failure),
            };
            self.call_retry_hooks(operation, attempt, wait, error);
        }
    }

    /// Reports that a download requests its rest after this error and a wait; returns the error.
    #[cold]
    pub(crate) fn report_resumption(&self, failures: u32, wait: Duration, error: Error) -> Error {
        let operation = error.operation().unwrap_or_default().to_owned();
        trace::retry_of(&operation, failures, wait, &error);
        if self.has_retry_hook() {
            self.call_retry_hooks(&operation, failures, wait, error)
        } else {
            error
        }
    }

    /// Reports that a call waits because the service refused others of its group.
    #[cold]
    pub(super) fn report_wait(
        &self,
        operation: &str,
        attempts: u32,
        wait: Duration,
        refusal: Option<Error>,
    ) {
        let Some(error) = refusal else { return };
        trace::retry_of(operation, attempts, wait, &error);
        if self.has_retry_hook() {
            let error = error.with_note(super::gate::OTHERS_WAIT);
            let error = error.or_call(operation.to_owned().into(), self.attempts());
            self.call_retry_hooks(operation, attempts, wait, error);
        }
    }

    fn has_retry_hook(&self) -> bool {
        self.options.on_retry.is_some() || self.connection.on_retry.is_some()
    }

    fn call_retry_hooks(
        &self,
        operation: &str,
        attempt: u32,
        wait: Duration,
        error: Error,
    ) -> Error {
        let event = RetryEvent {
            operation: operation.to_owned(),
            attempt,
            remaining: self.attempt_limit().saturating_sub(attempt),
            wait,
            error,
        };
        let hooks = [&self.connection.on_retry, &self.options.on_retry];
        for hook in hooks.into_iter().flatten() {
            hook(&event);
        }
        event.error
    }
}
