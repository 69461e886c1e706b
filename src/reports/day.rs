//! Days: the unit of statistics and billing.

use std::fmt;
use std::time::SystemTime;

use chrono::{Datelike, NaiveDate};

use crate::error::{Error, Result};

/// A day, for [`GetStats::from`](crate::reports::stats::GetStats::from) and other options. Converts from text such as
/// `2026-11-30`, from a [`chrono::NaiveDate`], and from a [`SystemTime`] (the day in UTC). The call fails for text that is
/// not a day, before it sends anything.
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
                "invalid day {:?}: it must be a day of the years 0 to 9999, such as 2026-11-30",
                self.to_string()
            ))),
        }
    }

    /// Returns both ends of a period, if they are in order.
    pub(crate) fn period(
        from: Option<&Self>,
        to: Option<&Self>,
    ) -> Result<(Option<NaiveDate>, Option<NaiveDate>)> {
        let from = from.map(Self::checked).transpose()?;
        let to = to.map(Self::checked).transpose()?;
        match (from, to) {
            (Some(from), Some(to)) if from > to => Err(Error::invalid(format!(
                "invalid period from {from} to {to}: the last day must not precede the first"
            ))),
            period => Ok(period),
        }
    }
}

impl From<&str> for Day {
    fn from(text: &str) -> Self {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        // The service expects four digits of the year, two of the month and of the day.
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
