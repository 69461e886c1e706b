//! Days, as statistics and bills count them.

use std::fmt;
use std::time::SystemTime;

use chrono::{Datelike, NaiveDate};

use crate::error::{Error, Result};

/// A day, for [`GetStats::from`](struct.Call.html#method.from) and the like. Made of text such as `2026-11-30`,
/// of a [`chrono::NaiveDate`], or of a [`SystemTime`] (the day in UTC). Text that is no day is refused by the call,
/// before anything is sent.
///
/// ```
/// use rokka::Day;
///
/// let day = Day::from("2026-11-30");
/// assert_eq!(day.to_string(), "2026-11-30");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Day(std::result::Result<NaiveDate, String>);

impl Day {
    pub(crate) fn checked(&self) -> Result<NaiveDate> {
        match &self.0 {
            Ok(day) if (0..=9999).contains(&day.year()) => Ok(*day),
            _ => Err(Error::invalid(format!(
                "{:?} is no day of the years 0 to 9999 such as 2026-11-30",
                self.to_string()
            ))),
        }
    }

    /// Both ends of a period, in their order.
    pub(crate) fn period(
        from: Option<&Self>,
        to: Option<&Self>,
    ) -> Result<(Option<NaiveDate>, Option<NaiveDate>)> {
        let from = from.map(Self::checked).transpose()?;
        let to = to.map(Self::checked).transpose()?;
        match (from, to) {
            (Some(from), Some(to)) if from > to => Err(Error::invalid(format!(
                "the period from {from} to {to} ends before it starts"
            ))),
            period => Ok(period),
        }
    }
}

impl From<&str> for Day {
    fn from(text: &str) -> Self {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        // Four digits of year, two of month and day, as the service wants it.
        let day = day.filter(|day| day.to_string() == text);
        Self(day.ok_or_else(|| text.to_owned()))
    }
}

impl From<String> for Day {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<NaiveDate> for Day {
    fn from(day: NaiveDate) -> Self {
        Self(Ok(day))
    }
}

impl From<SystemTime> for Day {
    fn from(time: SystemTime) -> Self {
        let moment = crate::DateTime::from(time).to_utc();
        Self(
            moment
                .map(|moment| moment.date_naive())
                .ok_or_else(|| format!("{time:?}")),
        )
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(day) => day.fmt(f),
            Err(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_time_beyond_the_calendar_is_refused() {
        let far = SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 61);
        assert!(Day::from(far).checked().is_err());
        for day in ["+10000-01-01", "-0001-12-31"] {
            assert!(Day::from(day).checked().is_err(), "{day}");
        }
        for (year, fine) in [(-1, false), (0, true), (9999, true), (10_000, false)] {
            let day = NaiveDate::from_ymd_opt(year, 1, 1).map(Day::from);
            assert_eq!(day.map(|day| day.checked().is_ok()), Some(fine), "{year}");
        }
        let first = Day::from(SystemTime::UNIX_EPOCH);
        assert_eq!(first, Day::from("1970-01-01"));
    }
}
