//! The deadline of a call: a point in time after which nothing is sent and nothing is waited for.

use std::future::Future;
use std::pin::Pin;

use tokio::time::Instant;

use crate::error::{Error, ErrorKind};

/// The deadline passed.
#[derive(Debug)]
pub(crate) struct Passed;

impl From<Passed> for Error {
    fn from(_: Passed) -> Self {
        Self::new(ErrorKind::Timeout, "the deadline passed")
    }
}

/// Waits for `future`, but not beyond `ends`. A future that is ready in time counts, even if it is polled late.
///
/// The caller pins, because an `async fn` has room for each argument twice.
pub(crate) async fn until<F: Future>(
    ends: Option<Instant>,
    future: Pin<&mut F>,
) -> Result<F::Output, Passed> {
    match ends {
        None => Ok(future.await),
        Some(ends) => tokio::time::timeout_at(ends, future)
            .await
            .map_err(|_| Passed),
    }
}
