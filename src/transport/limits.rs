//! What a call that consists of several requests has left: time, and attempts.

use std::future::Future;
use std::sync::PoisonError;

use http::HeaderName;

use super::{Session, until};
use crate::error::{Error, ErrorKind, Result};

impl Session {
    /// Does work within the deadline of the call.
    pub(crate) async fn within_deadline<T>(
        &self,
        work: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        until(self.ends, work)
            .await
            .unwrap_or_else(|passed| Err(self.named(passed.into())))
    }

    /// Requests that the call has sent so far.
    pub(crate) fn attempts(&self) -> u32 {
        let record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        record.requests
    }

    /// Attempts that a request may take.
    pub(crate) fn attempt_limit(&self) -> u32 {
        self.retry().attempt_limit()
    }

    /// Whether the caller has set a header for the call.
    pub(crate) fn has_header(&self, name: &HeaderName) -> bool {
        self.options.headers.contains_key(name)
    }

    /// An error of this call.
    pub(crate) fn failed(&self, kind: ErrorKind, text: impl Into<String>) -> Error {
        self.name_call(Error::new(kind, text.into()))
    }

    /// The error with the operation and the attempts of this call, unless it names them already.
    pub(crate) fn name_call(&self, error: Error) -> Error {
        self.named(error)
    }
}
