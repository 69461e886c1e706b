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
use crate::transport::retry_event::OnRetry;

/// The options of a call. Most calls set none and share one value; a change copies it.
#[derive(Clone)]
pub(crate) struct CallOptions(Arc<Set>);

#[derive(Clone, Default)]
pub(crate) struct Set {
    pub(crate) deadline: Option<Duration>,
    pub(crate) idle: Option<Duration>,
    pub(crate) retry: Option<Retry>,
    /// Called before each retry, after that of the client.
    pub(crate) on_retry: Option<OnRetry>,
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

impl CallOptions {
    /// The same options, with those of a group of calls where the call sets none itself.
    pub(crate) fn within(self, group: &Self) -> Self {
        if Arc::ptr_eq(&self.0, &Self::default().0) {
            return group.clone();
        }
        let mut options = self;
        let (own, group) = (&mut *options, &**group);
        own.deadline = own.deadline.or(group.deadline);
        own.idle = own.idle.or(group.idle);
        own.retry = own.retry.take().or_else(|| group.retry.clone());
        own.on_retry = own.on_retry.take().or_else(|| group.on_retry.clone());
        own.counter = own.counter.take().or_else(|| group.counter.clone());
        own.gate.clone_from(&group.gate);
        options
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
    fn a_call_of_a_group_keeps_its_own_options() {
        let none = CallOptions::default();
        let mut group = none.clone();
        group.idle = Some(Duration::from_secs(1));
        group.deadline = Some(Duration::from_secs(2));
        group.gate = Some(Arc::default());
        let same = |a: &Option<Arc<Gate>>, b: &Option<Arc<Gate>>| {
            a.as_ref()
                .zip(b.as_ref())
                .is_some_and(|(a, b)| Arc::ptr_eq(a, b))
        };

        let without = none.clone().within(&group);
        assert_eq!(
            (without.idle, without.deadline),
            (group.idle, group.deadline)
        );
        assert!(same(&without.gate, &group.gate));

        let mut own = none.clone();
        own.idle = Some(Duration::from_secs(3));
        own.retry = Some(Retry::never());
        let own = own.within(&group);
        assert_eq!(
            (own.idle, own.deadline),
            (Some(Duration::from_secs(3)), group.deadline)
        );
        assert_eq!(own.retry, Some(Retry::never()));
        assert!(same(&own.gate, &group.gate));
    }

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
