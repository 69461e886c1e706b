//! When, and how often, a request is retried.

use std::time::Duration;

/// Limits retries: how many attempts, how long between them, and how long in all.
///
/// Retried are: requests that were never sent (no connection), and responses 429 and 503, which the service sends instead of
/// processing a request. For calls that are safe to repeat also: responses 502 and 504, and requests whose connection broke or fell
/// silent. A 408 is retried like a broken connection: it is what a server leaves behind when it closes an idle connection.
///
/// A `Retry-After` or `X-RateLimit-Retry-After` of the service decides the wait. A date in it is read against the `Date` of
/// the same response, so that clocks may differ. If the wait it asks for is zero or over, the first retry follows at once
/// and further ones back off: by a random time between half of a limit and the whole, where the limit doubles from attempt
/// to attempt. Without such a header the wait is random between zero and that limit.
///
/// ```
/// use std::time::Duration;
/// let retry = rokka::Retry::new().max_attempts(4).max_elapsed(Duration::from_secs(20));
/// let once = rokka::Retry::never();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Retry {
    max_attempts: u32,
    initial_backoff: Duration,
    max_backoff: Duration,
    max_elapsed: Duration,
}

impl Retry {
    /// Up to 10 attempts within 2 minutes, with backoff of up to 1 s, 2 s, 4 s, 8 s and then 10 s.
    pub fn new() -> Self {
        Self {
            max_attempts: 10,
            initial_backoff: Duration::from_secs(1),
            max_backoff: Duration::from_secs(10),
            max_elapsed: Duration::from_secs(120),
        }
    }

    /// For a call that a person waits for: up to 4 attempts, with backoff of up to 0.2 s, 0.4 s and 0.8 s. Starts no retry later
    /// than 3 s after the first attempt, and ends at once if the service asks for a longer wait.
    ///
    /// While the service refuses at once, such a call fails within 1.4 s, instead of the 65 s of [`new`](Self::new). Against a
    /// service that hangs, set a [`ClientBuilder::deadline`](crate::ClientBuilder::deadline).
    ///
    /// ```
    /// use std::time::Duration;
    /// use rokka::{Client, Retry};
    ///
    /// let rokka = Client::builder()
    ///     .api_key("your key")
    ///     .retry(Retry::interactive())
    ///     .deadline(Duration::from_secs(10))
    ///     .build()?;
    /// # Ok::<(), rokka::Error>(())
    /// ```
    pub fn interactive() -> Self {
        Self {
            max_attempts: 4,
            initial_backoff: Duration::from_millis(200),
            max_backoff: Duration::from_millis(800),
            max_elapsed: Duration::from_secs(3),
        }
    }

    /// One attempt, no retries.
    pub fn never() -> Self {
        Self::new().max_attempts(1)
    }

    /// Limits the attempts, the first one included (default 10; 0 counts as 1).
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Limits the first backoff; the limit doubles with each attempt (default 1 s).
    pub fn initial_backoff(mut self, wait: Duration) -> Self {
        self.initial_backoff = wait;
        self
    }

    /// Limits every backoff, but not a wait that the service asks for (default 10 s).
    pub fn max_backoff(mut self, wait: Duration) -> Self {
        self.max_backoff = wait;
        self
    }

    /// Starts no retry later than this after the first attempt (default 2 minutes). If the service asks for a longer wait,
    /// such as the hour of a used-up cache quota, the call fails at once, and
    /// [`Error::retry_after`](crate::Error::retry_after) has the wait.
    pub fn max_elapsed(mut self, limit: Duration) -> Self {
        self.max_elapsed = limit;
        self
    }

    /// The wait after a number of failures in a row, at least 1; `requested` is the wait that the service requests.
    pub(crate) fn wait(&self, failures: u32, requested: Option<Duration>, random: f64) -> Duration {
        let doubled = 2u32.saturating_pow(failures.saturating_sub(1));
        let limit = self.initial_backoff.saturating_mul(doubled);
        let limit = limit.min(self.max_backoff);
        let part = |of: Duration| {
            let part = of.as_secs_f64() * random.clamp(0.0, 1.0);
            Duration::try_from_secs_f64(part).unwrap_or(of)
        };
        match requested {
            Some(requested) if !requested.is_zero() => requested,
            Some(_) if failures <= 1 => Duration::ZERO,
            Some(_) => (limit / 2).saturating_add(part(limit / 2)),
            None => part(limit),
        }
    }

    pub(crate) fn attempt_limit(&self) -> u32 {
        self.max_attempts
    }

    /// Whether there may be another attempt after number `attempt` and this wait.
    pub(crate) fn allows(&self, attempt: u32, elapsed: Duration, wait: Duration) -> bool {
        attempt < self.max_attempts && self.has_time_for(elapsed, wait)
    }

    /// Whether an attempt may still start after this wait.
    pub(crate) fn has_time_for(&self, elapsed: Duration, wait: Duration) -> bool {
        elapsed.saturating_add(wait) <= self.max_elapsed
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
        let limits: Vec<_> = (1..10).map(|n| retry.wait(n, None, 1.0)).collect();
        assert_eq!(limits, [1, 2, 4, 8, 10, 10, 10, 10, 10].map(S));
        assert_eq!(retry.wait(1, None, 0.0), S(0));
        assert_eq!(retry.wait(2, None, 0.25), Duration::from_millis(500));
        assert_eq!(retry.wait(u32::MAX, None, 1.0), S(10));
    }

    #[test]
    fn the_service_decides_within_the_limit() {
        let retry = Retry::new();
        assert_eq!(retry.wait(1, Some(S(30)), 0.0), S(30));
        assert_eq!(retry.wait(5, Some(S(1)), 1.0), S(1));
        assert_eq!(retry.wait(1, Some(Duration::MAX), 0.0), Duration::MAX);
        assert!(retry.allows(1, S(100), S(20)));
        assert!(!retry.allows(1, S(100), S(21)));
        assert!(!retry.allows(1, S(0), S(3600)));
        assert!(!retry.allows(1, Duration::MAX, Duration::MAX));
    }

    #[test]
    fn a_wait_of_zero_is_taken_at_its_word_once() {
        let retry = Retry::new();
        let wait = |failures, random| retry.wait(failures, Some(Duration::ZERO), random);
        assert_eq!(wait(1, 1.0), S(0));
        let least: Vec<_> = (2..8).map(|n| wait(n, 0.0)).collect();
        assert_eq!(least, [1, 2, 4, 5, 5, 5].map(S));
        let most: Vec<_> = (2..8).map(|n| wait(n, 1.0)).collect();
        assert_eq!(most, [2, 4, 8, 10, 10, 10].map(S));
    }

    #[test]
    fn huge_settings_do_no_harm() {
        let huge = Retry::new()
            .initial_backoff(Duration::MAX)
            .max_backoff(Duration::MAX)
            .max_elapsed(Duration::MAX);
        for requested in [None, Some(Duration::ZERO), Some(Duration::MAX)] {
            for random in [0.0, 0.999_999, 1.0, f64::NAN, f64::INFINITY] {
                let wait = huge.wait(u32::MAX, requested, random);
                assert!(huge.allows(1, S(1), wait), "{requested:?} {random}");
            }
        }
    }

    #[test]
    fn nobody_waits_long_for_an_interactive_call() {
        let retry = Retry::interactive();
        let attempts = retry.attempt_limit();
        let longest = (1..attempts).map(|failures| retry.wait(failures, None, 1.0));
        assert_eq!(longest.sum::<Duration>(), Duration::from_millis(1400));
        assert!(retry.allows(1, S(0), S(3)));
        assert!(!retry.allows(1, S(0), S(4)));
        assert!(!retry.allows(attempts, S(0), S(0)));
    }

    #[test]
    fn never_means_one_try() {
        assert!(!Retry::never().allows(1, S(0), S(0)));
        assert_eq!(Retry::new().max_attempts(0), Retry::never());
    }
}
