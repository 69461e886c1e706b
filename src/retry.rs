//! When and how often a request is sent again.

use std::time::Duration;

/// How often a request is sent again, and how long to wait in between.
///
/// Sent again are: requests that never left (no connection), answers 429, 502, 503 and 504, and, for calls that are
/// safe to repeat, requests whose connection broke or fell silent. A `Retry-After` or `X-RateLimit-Retry-After` of the
/// service decides the wait; otherwise it is a random part of a limit that doubles from try to try.
///
/// ```
/// use std::time::Duration;
/// let retry = rokka::Retry::new().tries(4).within(Duration::from_secs(20));
/// let once = rokka::Retry::never();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Retry {
    tries: u32,
    first_wait: Duration,
    longest_wait: Duration,
    within: Duration,
}

impl Retry {
    /// 10 tries, waits of up to 1 s, 2 s, 4 s, 8 s and then 10 s, all within 2 minutes.
    pub fn new() -> Self {
        Self {
            tries: 10,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(10),
            within: Duration::from_secs(120),
        }
    }

    /// One try and no other.
    pub fn never() -> Self {
        Self::new().tries(1)
    }

    /// Tries altogether, at least 1 (default 10).
    pub fn tries(mut self, tries: u32) -> Self {
        self.tries = tries.max(1);
        self
    }

    /// Limit of the first wait; each further one is twice the one before (default 1 s).
    pub fn first_wait(mut self, wait: Duration) -> Self {
        self.first_wait = wait;
        self
    }

    /// Limit of every wait that the service did not ask for (default 10 s).
    pub fn longest_wait(mut self, wait: Duration) -> Self {
        self.longest_wait = wait;
        self
    }

    /// No further try starts later than this after the first one (default 2 minutes). A longer wait that the service
    /// asks for, such as the hour of a used-up cache quota, therefore ends the call at once, with
    /// [`Error::retry_after`](crate::Error::retry_after) saying how long it would have been.
    pub fn within(mut self, limit: Duration) -> Self {
        self.within = limit;
        self
    }

    /// The wait before the try after number `tried`, or `None` if there shall be none.
    pub(crate) fn wait(
        &self,
        tried: u32,
        elapsed: Duration,
        asked: Option<Duration>,
        random: f64,
    ) -> Option<Duration> {
        if tried >= self.tries {
            return None;
        }
        let doubled = 2u32.saturating_pow(tried.saturating_sub(1));
        let limit = self.first_wait.saturating_mul(doubled);
        let wait = match asked {
            Some(asked) => asked,
            None => limit.min(self.longest_wait).mul_f64(random.clamp(0.0, 1.0)),
        };
        (elapsed.saturating_add(wait) <= self.within).then_some(wait)
    }
}

impl Retry {
    pub(crate) fn max_attempts(&self) -> u32 {
        self.tries
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: fn(u64) -> Duration = Duration::from_secs;

    #[test]
    fn waits_double_up_to_the_limit() {
        let retry = Retry::new();
        let limits: Vec<_> = (1..10).map(|n| retry.wait(n, S(0), None, 1.0)).collect();
        let expected = [1, 2, 4, 8, 10, 10, 10, 10, 10].map(|n| Some(S(n)));
        assert_eq!(limits, expected);
        assert_eq!(retry.wait(10, S(0), None, 1.0), None);
        assert_eq!(retry.wait(1, S(0), None, 0.0), Some(S(0)));
        assert_eq!(
            retry.wait(2, S(0), None, 0.25),
            Some(Duration::from_millis(500))
        );
    }

    #[test]
    fn the_service_decides_within_the_limit() {
        let retry = Retry::new();
        assert_eq!(retry.wait(1, S(0), Some(S(30)), 0.0), Some(S(30)));
        assert_eq!(retry.wait(1, S(100), Some(S(21)), 0.0), None);
        assert_eq!(retry.wait(1, S(0), Some(S(3600)), 0.0), None);
        assert_eq!(retry.wait(1, Duration::MAX, Some(Duration::MAX), 0.0), None);
    }

    #[test]
    fn never_means_one_try() {
        assert_eq!(Retry::never().wait(1, S(0), Some(S(0)), 0.0), None);
        assert_eq!(Retry::new().tries(0), Retry::never());
    }
}
