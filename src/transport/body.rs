//! The body of an answer: received whole, and decoded.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use serde::de::{DeserializeOwned, Error};
use serde_json::Value;
use tokio::time::Instant;

use crate::transport::{Activity, Failure, stalled_error, until, within_idle_timeout};

/// Memory that is taken at once for what an answer promises to hold, at most; more is taken as it comes.
const TRUSTED: usize = 16 * 1024 * 1024;

/// The memory of a body that was decoded, for the next one: the pages of a list are about as long as each other. To give half
/// a megabyte back to the system and take it again for every page costs a fifth of the time that a list takes.
#[derive(Debug, Default)]
pub(crate) struct BufferPool(Mutex<BytesMut>);

impl BufferPool {
    pub(crate) fn take(&self) -> BytesMut {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps the memory of a body that nobody reads any more, unless there is more at hand.
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

/// How much of a body is received, and for how long.
pub(crate) struct Limits {
    /// How long nothing may move.
    pub(crate) idle: Duration,
    /// When it has to be complete.
    pub(crate) ends: Option<Instant>,
    pub(crate) bytes: usize,
}

/// Receives a body within limits, until it is longer than they allow: what came of it, and what broke it off.
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
        let chunk = within_idle_timeout(limits.idle, activity, response.chunk());
        let chunk = match until(limits.ends, chunk).await {
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

/// The text without the byte order mark that some gateways and editors put before JSON.
pub(crate) fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// A value out of JSON. To look at all of it once for UTF-8 is a sixth less work than to look at every string, which the
/// decoder does with bytes.
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    let body = without_bom(body);
    match std::str::from_utf8(body) {
        Ok(text) => serde_json::from_str(text),
        // Other bytes are no JSON, and this says in which line they are.
        Err(error) => Err(match serde_json::from_slice::<Value>(body) {
            Err(error) => error,
            Ok(_) => serde_json::Error::custom(error),
        }),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
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

    #[test]
    fn what_is_no_utf_8_is_refused_with_its_place() {
        let error = decode::<Value>(b"{\n  \"name\": \"caf\xe9\"}").unwrap_err();
        assert_eq!((error.line(), error.is_syntax()), (2, true));
        let error = decode::<u8>(b"1\xff").unwrap_err();
        assert_eq!(error.line(), 1);
        assert_eq!(decode::<String>("\"é\"".as_bytes()).unwrap(), "é");
    }

    #[test]
    fn a_byte_order_mark_is_skipped_once() {
        assert_eq!(decode::<u8>(b"\xef\xbb\xbf1").unwrap(), 1);
        assert_eq!(
            decode::<Value>(b"\xef\xbb\xbf{}").unwrap(),
            Value::Object(serde_json::Map::new())
        );
        assert!(decode::<u8>(b"\xef\xbb\xbf\xef\xbb\xbf1").is_err());
    }
}
