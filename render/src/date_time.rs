//! Dates in any of the formats of the service.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use chrono::{
    DateTime as ChronoDateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, SecondsFormat, Utc,
};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::{Error, Result};

/// A point in time, in any of the date formats of the service.
///
/// An unknown format does not fail the decoding of a response: the value keeps its text.
///
/// ```
/// let created: rokka_render::DateTime = "2015-08-24T12:17:12+0000".parse()?;
/// assert_eq!(created.to_string(), "2015-08-24T12:17:12Z");
///
/// let strange: rokka_render::DateTime = "a while ago".parse()?;
/// assert_eq!(strange.to_utc(), None);
/// assert_eq!(strange.to_string(), "a while ago");
/// # Ok::<(), std::convert::Infallible>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DateTime(Repr);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Repr {
    Known(ChronoDateTime<FixedOffset>),
    Unknown(Box<str>),
}

impl DateTime {
    /// Returns the point in time, or `None` if the text is not a date.
    pub fn to_utc(&self) -> Option<ChronoDateTime<Utc>> {
        match &self.0 {
            Repr::Known(time) => Some(time.to_utc()),
            Repr::Unknown(_) => None,
        }
    }

    /// Returns the point in time as a [`SystemTime`], or `None` if the text is not a date.
    pub fn to_system_time(&self) -> Option<SystemTime> {
        self.to_utc().map(SystemTime::from)
    }

    /// Returns the point in time if the service can read it.
    ///
    /// # Errors
    /// The text is not a date, or the year is not one of RFC 3339, 0 to 9999.
    pub fn checked(&self) -> Result<ChronoDateTime<Utc>> {
        let Some(time) = self.to_utc() else {
            return Err(Error::invalid(format!(
                "{self:?} is not a date such as 2026-11-20T10:00:00Z"
            )));
        };
        if !has_plain_year(time.year()) {
            return Err(Error::invalid(format!(
                "{self:?} is outside the years 0 to 9999, which the service accepts"
            )));
        }
        Ok(time)
    }

    fn parse(text: &str) -> Option<ChronoDateTime<FixedOffset>> {
        Self::parse_common(text).or_else(|| Self::parse_any(text))
    }

    /// Parses `2019-12-10T11:13:24` with `Z`, `+00:00` or `+0000`, as nearly all dates are, and without an offset, also with
    /// a space instead of the T. With chrono alone, dates take a sixth of the time of decoding a page of images.
    fn parse_common(text: &str) -> Option<ChronoDateTime<FixedOffset>> {
        let (written, offset) = text.as_bytes().split_at_checked(19)?;
        let number = |digits: std::ops::Range<usize>| {
            let mut digits = written.get(digits)?.iter();
            digits.try_fold(0, |number, byte| {
                byte.is_ascii_digit()
                    .then(|| number * 10 + u32::from(byte - b'0'))
            })
        };
        let between = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
        let usual = between
            .iter()
            .all(|(at, byte)| written.get(*at) == Some(byte))
            && matches!(
                (written.get(10), offset),
                (Some(b'T'), b"Z" | b"+00:00" | b"+0000") | (Some(b'T' | b' '), b"")
            );
        if !usual {
            return None;
        }
        let year = i32::try_from(number(0..4)?).ok()?;
        let naive = NaiveDate::from_ymd_opt(year, number(5..7)?, number(8..10)?)?.and_hms_opt(
            number(11..13)?,
            number(14..16)?,
            number(17..19)?,
        )?;
        Some(naive.and_utc().fixed_offset())
    }

    fn parse_any(text: &str) -> Option<ChronoDateTime<FixedOffset>> {
        if let Ok(time) = ChronoDateTime::parse_from_rfc3339(text) {
            return Some(time);
        }
        // An offset without a colon, such as `+0000`.
        if let Ok(time) = ChronoDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z") {
            return Some(time);
        }
        // No offset, a space instead of the T, or a day alone: read as UTC. A year without four digits has a sign,
        // which RFC 3339 does not allow.
        let naive = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f")
            .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.fZ"))
            .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f"))
            .ok()
            .or_else(|| {
                let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
                day.and_hms_opt(0, 0, 0)
            })?;
        Some(naive.and_utc().fixed_offset())
    }

    fn from_json(value: &Value) -> Self {
        // The JSON of a PHP `DateTime`, seen in an old example.
        let dumped = value.get("date").and_then(Value::as_str);
        if let Some(time) = dumped.and_then(Self::parse) {
            return Self(Repr::Known(time));
        }
        if let Some(time) = value
            .as_i64()
            .and_then(|seconds| ChronoDateTime::from_timestamp(seconds, 0))
        {
            return Self(Repr::Known(time.fixed_offset()));
        }
        Self(Repr::Unknown(value.to_string().into()))
    }
}

/// Whether a year has four digits and no sign.
pub(crate) fn has_plain_year(year: i32) -> bool {
    (0..=9999).contains(&year)
}

impl Default for DateTime {
    /// Returns an empty text, for a date that is missing in a response.
    fn default() -> Self {
        Self(Repr::Unknown(Box::default()))
    }
}

impl From<&str> for DateTime {
    fn from(text: &str) -> Self {
        Self(match Self::parse(text) {
            Some(time) => Repr::Known(time),
            None => Repr::Unknown(text.into()),
        })
    }
}

impl FromStr for DateTime {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::from(text))
    }
}

impl<Tz: chrono::TimeZone> From<ChronoDateTime<Tz>> for DateTime {
    fn from(time: ChronoDateTime<Tz>) -> Self {
        Self(Repr::Known(time.fixed_offset()))
    }
}

impl From<SystemTime> for DateTime {
    /// A time beyond chrono's range of some 260,000 years becomes a text that is not a date.
    fn from(time: SystemTime) -> Self {
        let parts = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_secs())
                .ok()
                .map(|secs| (secs, after.subsec_nanos())),
            Err(before) => {
                let before = before.duration();
                let secs = i64::try_from(before.as_secs()).ok().map(|secs| -secs);
                match before.subsec_nanos() {
                    0 => secs.map(|secs| (secs, 0)),
                    nanos => secs.map(|secs| (secs - 1, 1_000_000_000 - nanos)),
                }
            }
        };
        match parts.and_then(|(secs, nanos)| ChronoDateTime::<Utc>::from_timestamp(secs, nanos)) {
            Some(time) => Self::from(time),
            None => Self(Repr::Unknown(format!("{time:?}").into())),
        }
    }
}

impl PartialOrd for DateTime {
    /// Compares points in time; a text that is not a date has no order.
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (&self.0, &other.0) {
            (Repr::Known(one), Repr::Known(two)) => one.partial_cmp(two),
            (Repr::Unknown(one), Repr::Unknown(two)) if one == two => Some(Ordering::Equal),
            _ => None,
        }
    }
}

impl fmt::Display for DateTime {
    /// Writes ISO 8601 in UTC, or the original text if it is not a date.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Known(time) => {
                f.write_str(&time.to_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true))
            }
            Repr::Unknown(text) => f.write_str(text),
        }
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnySpelling;

        impl<'de> Visitor<'de> for AnySpelling {
            type Value = DateTime;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date")
            }

            fn visit_str<E>(self, text: &str) -> Result<DateTime, E> {
                Ok(DateTime::from(text))
            }

            fn visit_i64<E>(self, number: i64) -> Result<DateTime, E> {
                Ok(DateTime::from_json(&Value::from(number)))
            }

            fn visit_u64<E>(self, number: u64) -> Result<DateTime, E> {
                Ok(DateTime::from_json(&Value::from(number)))
            }

            fn visit_f64<E>(self, number: f64) -> Result<DateTime, E> {
                Ok(DateTime::from_json(&Value::from(number)))
            }

            fn visit_bool<E>(self, value: bool) -> Result<DateTime, E> {
                Ok(DateTime::from_json(&Value::from(value)))
            }

            fn visit_unit<E>(self) -> Result<DateTime, E> {
                Ok(DateTime::from_json(&Value::Null))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<DateTime, A::Error> {
                let map = serde::de::value::MapAccessDeserializer::new(map);
                Ok(DateTime::from_json(&Value::deserialize(map)?))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<DateTime, A::Error> {
                let list = serde::de::value::SeqAccessDeserializer::new(list);
                Ok(DateTime::from_json(&Value::deserialize(list)?))
            }
        }

        deserializer.deserialize_any(AnySpelling)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for DateTime {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "DateTime".into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        concat!(module_path!(), "::DateTime").into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "format": "date-time"})
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn all_known_formats_are_parsed() {
        for (json, expected) in [
            (r#""2019-12-10T11:13:24+00:00""#, "2019-12-10T11:13:24Z"),
            (r#""2015-08-24T12:17:12+0000""#, "2015-08-24T12:17:12Z"),
            (r#""2018-10-22T16:06:36+02:00""#, "2018-10-22T14:06:36Z"),
            (r#""2018-02-14T07:47:46Z""#, "2018-02-14T07:47:46Z"),
            (r#""2027-01-01T00:00:00.000Z""#, "2027-01-01T00:00:00Z"),
            (r#""2027-01-01T00:00:00.250Z""#, "2027-01-01T00:00:00.250Z"),
            (
                r#""2020-05-01T10:00:00.123456+02:00""#,
                "2020-05-01T08:00:00.123456Z",
            ),
            (
                r#"{"date":"2015-08-20 08:50:32.000000","timezone_type":3,"timezone":"UTC"}"#,
                "2015-08-20T08:50:32Z",
            ),
            (r#""2019-11-30""#, "2019-11-30T00:00:00Z"),
            (r#""2019-11-30 01:02:03""#, "2019-11-30T01:02:03Z"),
            ("1575936000", "2019-12-10T00:00:00Z"),
        ] {
            let date: DateTime = serde_json::from_str(json).unwrap();
            assert_eq!(date.to_string(), expected, "{json}");
            assert!(date.to_utc().is_some(), "{json}");
        }
    }

    /// The fast parser returns the same as the complete one, or nothing.
    #[test]
    fn both_parsers_agree() {
        let mut known = 0;
        for day in [
            "2019-12-10",
            "2020-02-29",
            "2019-02-29",
            "0000-01-01",
            "9999-12-31",
            "2019-13-01",
            "2019-1-010",
            "+019-12-10",
        ] {
            for time in [
                "T11:13:24",
                "t11:13:24",
                " 11:13:24",
                "T24:00:00",
                "T23:59:60",
                "T1a:00:00",
                "T11:13:2",
            ] {
                for offset in [
                    "Z", "z", "+00:00", "+0000", "-00:00", "+0200", "+02:00", ".5Z", "", "+00",
                    "+00:000",
                ] {
                    let text = format!("{day}{time}{offset}");
                    let (usual, any) = (DateTime::parse_common(&text), DateTime::parse_any(&text));
                    if usual.is_some() {
                        assert_eq!(usual, any, "{text}");
                        known += 1;
                    }
                }
            }
        }
        assert_eq!(known, 4 * 5, "four days at one time of day in five formats");
        assert_eq!(DateTime::parse_common("é019-12-10T11:13:24Z"), None);
    }

    #[test]
    fn every_system_time_becomes_a_date_or_a_text() {
        use std::time::Duration;

        let epoch = SystemTime::UNIX_EPOCH;
        let before = epoch - Duration::from_millis(1500);
        assert_eq!(DateTime::from(epoch).to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(
            DateTime::from(before).to_string(),
            "1969-12-31T23:59:58.500Z"
        );
        assert_eq!(DateTime::from(before).to_system_time(), Some(before));
        let far = epoch + Duration::from_secs(1 << 61);
        assert_eq!(DateTime::from(far).to_utc(), None);
    }

    #[test]
    fn dates_outside_the_years_of_rfc_3339_are_parsed_but_rejected_for_sending() {
        for (text, fine) in [
            ("0000-01-01T00:00:00Z", true),
            ("9999-12-31T23:59:59Z", true),
            ("+10000-01-01T00:00:00Z", false),
            ("-0001-12-31T23:00:00Z", false),
            ("-0044-03-15T12:00:00.250Z", false),
            ("+262000-01-01T00:00:00Z", false),
        ] {
            let date = DateTime::from(text);
            assert!(date.to_utc().is_some(), "{text}");
            assert_eq!(date.to_string(), text);
            let json = serde_json::to_string(&date).unwrap();
            assert_eq!(serde_json::from_str::<DateTime>(&json).unwrap(), date);
            assert_eq!(date.checked().is_ok(), fine, "{text}");
        }
        let before = DateTime::from("0000-01-01T00:00:00+01:00");
        assert!(before.checked().unwrap_err().to_string().contains("years"));
        assert!(DateTime::default().checked().is_err());
    }

    #[test]
    fn an_unknown_format_keeps_its_text() {
        for (json, expected) in [
            (r#""0000-00-00T00:00:00Z""#, "0000-00-00T00:00:00Z"),
            (r#""""#, ""),
            ("null", "null"),
            ("true", "true"),
            ("[1,2]", "[1,2]"),
            (r#"{"a":1}"#, r#"{"a":1}"#),
            ("1e300", "1e+300"),
            ("9223372036854775807", "9223372036854775807"),
        ] {
            let date: DateTime = serde_json::from_str(json).unwrap();
            assert_eq!(date.to_utc(), None, "{json}");
            assert_eq!(date.to_string(), expected, "{json}");
        }
    }
}
