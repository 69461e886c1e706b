//! Options that one call sets differently from its client.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use http::HeaderMap;

use crate::progress::Counter;
use crate::transport::auth::Credentials;
use crate::transport::body::BufferPool;
use crate::transport::gate::Gate;
use crate::transport::retry::Retry;

/// The options of a call. Most calls set none and share one value; a change copies it.
#[derive(Clone)]
pub(crate) struct CallOptions(Arc<Set>);

#[derive(Clone, Default)]
pub(crate) struct Set {
    pub(crate) deadline: Option<Duration>,
    pub(crate) idle: Option<Duration>,
    pub(crate) retry: Option<Retry>,
    pub(crate) headers: HeaderMap,
    /// Shared by a group of calls: a rejection that makes one of them wait makes all of them wait.
    pub(crate) gate: Option<Arc<Gate>>,
    /// Counts the bytes that a group of calls transfers.
    pub(crate) counter: Option<Counter>,
    /// Credentials other than those of the client.
    pub(crate) credentials: Option<Arc<Credentials>>,
    /// Memory for large responses, shared by calls that follow one another.
    pub(crate) buffer_pool: Option<Arc<BufferPool>>,
}

impl Default for CallOptions {
    fn default() -> Self {
        static NOTHING: LazyLock<Arc<Set>> = LazyLock::new(Arc::default);
        Self(NOTHING.clone())
    }
}

impl Deref for CallOptions {
    type Target = Set;

    fn deref(&self) -> &Set {
        &self.0
    }
}

impl DerefMut for CallOptions {
    fn deref_mut(&mut self) -> &mut Set {
        Arc::make_mut(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_call_sets_is_set_for_no_other() {
        let none = CallOptions::default();
        let mut one = none.clone();
        one.idle = Some(Duration::from_secs(1));
        let mut two = one.clone();
        two.deadline = Some(Duration::from_secs(2));
        assert_eq!((one.idle, one.deadline), (two.idle, None));
        for none in [none, CallOptions::default()] {
            assert_eq!((none.idle, none.deadline), (None, None));
        }
    }
}
