//! Dates as HTTP headers have them.

use chrono::{DateTime, Months, NaiveDateTime, Utc};

/// Reads a date in any of the three forms that RFC 9110, section 5.6.7 requires a recipient to read: the usual one
/// (`Sun, 06 Nov 1994 08:49:37 GMT`), that of RFC 850 (`Sunday, 06-Nov-94 08:49:37 GMT`) and that of asctime
/// (`Sun Nov  6 08:49:37 1994`).
pub(crate) fn parse(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(moment) = DateTime::parse_from_rfc2822(text) {
        return Some(moment.to_utc());
    }
    rfc850(text, Utc::now()).or_else(|| asctime(text))
}

/// The weekday stays out of it: it cannot be checked before the century is known.
fn rfc850(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let (_, date) = text.split_once(", ")?;
    let naive = NaiveDateTime::parse_from_str(date, "%d-%b-%y %H:%M:%S GMT").ok()?;
    let century = Months::new(1200);
    let mut moment = naive.and_utc();
    // A year of two digits is the one at most 50 years ahead.
    let latest = now.checked_add_months(Months::new(600))?;
    while let Some(later) = moment.checked_add_months(century)
        && later <= latest
    {
        moment = later;
    }
    if moment > latest {
        moment = moment.checked_sub_months(century)?;
    }
    Some(moment)
}

fn asctime(text: &str) -> Option<DateTime<Utc>> {
    let naive = NaiveDateTime::parse_from_str(text, "%a %b %e %H:%M:%S %Y").ok()?;
    Some(naive.and_utc())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn written(moment: Option<DateTime<Utc>>) -> Option<String> {
        moment.map(|moment| moment.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
    }

    #[test]
    fn all_three_forms_are_read() {
        for (text, expected) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"),
            ("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z"),
            ("Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z"),
            ("Wed Nov 16 08:49:37 1994", "1994-11-16T08:49:37Z"),
            ("  Sun, 06 Nov 1994 08:49:37 GMT ", "1994-11-06T08:49:37Z"),
            ("Sun, 06 Nov 1994 09:49:37 +0100", "1994-11-06T08:49:37Z"),
            ("Tue, 01 Jan 2999 00:00:00 GMT", "2999-01-01T00:00:00Z"),
        ] {
            assert_eq!(written(parse(text)).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "soon",
            "0",
            "-1",
            "Sun, 06 Nov 1994",
            "Sunday, 31-Feb-94 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37",
            "Sun Nov  6 25:49:37 1994",
            "2026-11-22",
            ", ",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_year_of_two_digits_is_at_most_fifty_years_ahead() {
        for (now, year, expected) in [
            ("2026-06-01T00:00:00Z", "26", "2026"),
            ("2026-06-01T00:00:00Z", "75", "2075"),
            ("2026-06-01T00:00:00Z", "77", "1977"),
            ("2026-06-01T00:00:00Z", "94", "1994"),
            ("1994-06-01T00:00:00Z", "00", "2000"),
            ("1994-06-01T00:00:00Z", "50", "1950"),
            ("2120-06-01T00:00:00Z", "21", "2121"),
        ] {
            let text = format!("Someday, 06-Nov-{year} 08:49:37 GMT");
            let moment = rfc850(&text, now.parse().unwrap());
            let expected = format!("{expected}-11-06T08:49:37Z");
            assert_eq!(written(moment), Some(expected), "{year} in {now}");
        }
    }
}
