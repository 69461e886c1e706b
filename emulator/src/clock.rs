//! The emulator's clock, which tests can set.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// The clock that everything in an emulator reads. It runs ahead of or behind the real one, and always forward.
#[derive(Clone, Default)]
pub(crate) struct Clock {
    /// The distance from the real time in microseconds.
    offset: Arc<AtomicI64>,
}

/// The first and the last second that have four digits in their year, 1970 and 9999.
const RANGE: (i64, i64) = (0, 253_402_300_799);

impl Clock {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        let offset = TimeDelta::microseconds(self.offset.load(Ordering::Relaxed));
        clamp(Utc::now().checked_add_signed(offset))
    }

    pub(crate) fn set(&self, now: DateTime<Utc>) {
        let offset = clamp(Some(now)) - Utc::now();
        self.offset.store(
            offset.num_microseconds().unwrap_or_default(),
            Ordering::Relaxed,
        );
    }

    pub(crate) fn advance(&self, time: Duration) {
        let time = TimeDelta::from_std(time).ok();
        self.set(clamp(
            time.and_then(|time| self.now().checked_add_signed(time)),
        ));
    }

    /// Sets the clock to the real time.
    pub(crate) fn reset(&self) {
        self.offset.store(0, Ordering::Relaxed);
    }
}

/// Returns the time, the nearest one that the service's dates can express, or the last one when there is none.
fn clamp(time: Option<DateTime<Utc>>) -> DateTime<Utc> {
    let (first, last) = RANGE;
    let seconds = time.map_or(last, |time| time.timestamp());
    match time {
        Some(time) if (first..=last).contains(&seconds) => time,
        _ => DateTime::from_timestamp(seconds.clamp(first, last), 0).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_is_out_of_range() {
        let clock = Clock::default();
        clock.advance(Duration::MAX);
        let is_last = |clock: &Clock| RANGE.1 - clock.now().timestamp() <= 1;
        assert!(is_last(&clock));
        clock.advance(Duration::from_secs(1));
        assert!(is_last(&clock));
        clock.set(DateTime::<Utc>::MIN_UTC);
        assert!((0..60).contains(&clock.now().timestamp()));
        clock.set(DateTime::<Utc>::MAX_UTC);
        assert!(is_last(&clock));
    }
}
