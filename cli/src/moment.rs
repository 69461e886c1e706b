//! Points in time and spans of time, as arguments.

use std::time::{Duration, SystemTime};

use rokka::DateTime;

/// The units of a span, in seconds.
const UNITS: &[(&str, u64)] = &[
    ("s", 1),
    ("m", 60),
    ("h", 3_600),
    ("d", 86_400),
    ("w", 604_800),
];

/// Reads a point in time, such as `2026-12-31T18:00:00Z`, or a span from now, such as `2h`.
pub(crate) fn moment(text: &str) -> Result<DateTime, String> {
    if let Ok(span) = span(text) {
        let moment = SystemTime::now().checked_add(span);
        return moment
            .map(DateTime::from)
            .ok_or_else(|| format!("{text} is too far away"));
    }
    let moment = DateTime::from(text);
    match moment.checked() {
        Ok(_) => Ok(moment),
        Err(_) => Err(
            "expected a time such as 2026-12-31T18:00:00Z, or a span from now such as 30m, 12h or 7d"
                .to_owned(),
        ),
    }
}

/// Reads a span of time, such as `90s`, `12h` or `7d`.
pub(crate) fn span(text: &str) -> Result<Duration, String> {
    let refused = || "expected a number and a unit, such as 90s, 30m, 12h, 7d or 2w".to_owned();
    let units = UNITS.iter();
    let mut units = units.filter_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)));
    let (number, seconds) = units.next().ok_or_else(refused)?;
    let number: u64 = number.parse().map_err(|_| refused())?;
    let seconds = number.checked_mul(*seconds).ok_or_else(refused)?;
    Ok(Duration::from_secs(seconds))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_a_unit() {
        for (text, seconds) in [
            ("90s", 90),
            ("30m", 1_800),
            ("12h", 43_200),
            ("2w", 1_209_600),
        ] {
            assert_eq!(span(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for wrong in ["", "12", "h", "-1h", "1.5h", "1y", "99999999999999999999d"] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn moments_are_times_or_spans_from_now() {
        let text = "2031-03-01T10:00:00Z";
        assert_eq!(moment(text).unwrap(), DateTime::from(text));
        let hour = moment("1h").unwrap().to_system_time().unwrap();
        let left = hour.duration_since(SystemTime::now()).unwrap();
        assert!(left > Duration::from_secs(3_500) && left <= Duration::from_secs(3_600));
        for wrong in ["tomorrow", "2031-13-01T10:00:00Z", "18446744073709551615s"] {
            assert!(moment(wrong).is_err(), "{wrong}");
        }
    }
}
