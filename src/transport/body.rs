//! The body of a response, received whole.

use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::time::Instant;

use crate::transport::{Activity, Failure, stalled_error, until, within_idle_timeout};

/// Memory that is reserved at once for the length that a response announces, at most; more is allocated as the body arrives.
const TRUSTED: usize = 16 * 1024 * 1024;

/// Keeps the memory of a decoded body for the next one: the pages of a list are about equally long. Returning half a megabyte
/// to the system and allocating it again for every page costs a fifth of the time that a list takes.
#[derive(Debug, Default)]
pub(crate) struct BufferPool(Mutex<BytesMut>);

impl BufferPool {
    pub(crate) fn take(&self) -> BytesMut {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps the memory of a body that has no other owner, unless the pool holds a larger one.
    pub(crate) fn keep(&self, body: Bytes) {
        if let Ok(mut room) = body.try_into_mut() {
            room.clear();
            let mut buffer_pool = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if room.capacity() > buffer_pool.capacity() {
                *buffer_pool = room;
            }
        }
    }
}

/// Limits the bytes of a body, and the time that receiving it takes.
pub(crate) struct Limits {
    /// The idle timeout.
    pub(crate) idle: Duration,
    /// When the body has to be complete.
    pub(crate) ends: Option<Instant>,
    pub(crate) bytes: usize,
}

/// Receives a body within limits, and stops when it exceeds them. Returns the bytes received, and the failure that ended the
/// body early, if any.
pub(crate) async fn receive(
    response: &mut reqwest::Response,
    activity: &Activity,
    limits: &Limits,
    buffer_pool: Option<&BufferPool>,
) -> (Bytes, Option<Failure>) {
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    let broken = loop {
        activity.mark();
        let chunk = {
            let chunk = pin!(response.chunk());
            let chunk = pin!(within_idle_timeout(limits.idle, activity, chunk));
            until(limits.ends, chunk).await
        };
        let chunk = match chunk {
            Ok(Ok(Ok(Some(chunk)))) => chunk,
            Ok(Ok(Ok(None))) => break None,
            Ok(Ok(Err(error))) => break Some(Failure::Http(error.without_url())),
            Ok(Err(stalled)) => break Some(Failure::Http(Box::pin(stalled_error(stalled)).await)),
            Err(passed) => break Some(Failure::Ours(passed.into())),
        };
        if first.is_empty() && rest.is_empty() {
            first = chunk;
        } else {
            if rest.is_empty() {
                let expected = response
                    .content_length()
                    .and_then(|length| usize::try_from(length).ok());
                rest = buffer_pool.map(BufferPool::take).unwrap_or_default();
                rest.reserve(expected.unwrap_or(0).min(TRUSTED).max(first.len()));
                rest.extend_from_slice(&first);
            }
            rest.extend_from_slice(&chunk);
        }
        if first.len().max(rest.len()) > limits.bytes {
            break None;
        }
    };
    let body = if rest.is_empty() {
        first
    } else {
        rest.freeze()
    };
    (body, broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_of_a_body_is_used_again() {
        let buffer_pool = BufferPool::default();
        let mut room = buffer_pool.take();
        room.extend_from_slice(&[7; 1000]);
        let (place, room) = (room.as_ptr(), room.freeze());
        buffer_pool.keep(room);
        let again = buffer_pool.take();
        assert_eq!(
            (again.len(), again.capacity() >= 1000, again.as_ptr()),
            (0, true, place)
        );
        assert_eq!(buffer_pool.take().capacity(), 0, "it is there once");
    }

    #[test]
    fn the_largest_memory_is_kept_and_none_that_is_in_use() {
        let buffer_pool = BufferPool::default();
        buffer_pool.keep(Bytes::from(vec![1; 2000]));
        buffer_pool.keep(Bytes::from(vec![2; 1000]));
        assert!(buffer_pool.take().capacity() >= 2000);
        let read = Bytes::from(vec![3; 1000]);
        let reader = read.clone();
        buffer_pool.keep(read);
        buffer_pool.keep(Bytes::from_static(b"not ours"));
        assert_eq!(buffer_pool.take().capacity(), 0);
        assert_eq!(reader, vec![3; 1000]);
    }
}
