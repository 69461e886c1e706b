//! Statistics, bills and savings, as far as something that neither renders nor costs anything has them.

use chrono::{NaiveDate, Utc};
use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::organization::Organization;

/// What is stored today. There is no yesterday, and nothing is downloaded from here.
pub(crate) fn stats(organization: &Organization, call: &Call) -> Reply {
    let today = Utc::now().date_naive();
    let (from, to) = period(call)?;
    let asked = from.is_none_or(|from| from <= today) && to.is_none_or(|to| today <= to);
    let (mut bytes, mut files) = (0, 0);
    for image in organization.newest_first() {
        if image.deleted.is_none() {
            bytes += image.bytes.len();
            files += 1;
        }
    }
    let series = |value: usize, unit: Value| {
        let timestamp = format!("{today}T00:00:00+00:00");
        let point = json!({"timestamp": timestamp, "value": value, "unit": unit});
        if asked { json!([point]) } else { json!([]) }
    };
    Ok(Answer::json(
        200,
        &json!({
            "space_in_bytes": series(bytes, json!("Bytes")),
            "number_of_files": series(files, Value::Null),
            "bytes_downloaded": [],
            "bytes_downloaded_external": [],
        }),
    ))
}

/// A bill of nothing for the current month.
pub(crate) fn billing(organization: &Organization, call: &Call) -> Reply {
    period(call)?;
    let month = Utc::now().format("%Y-%m").to_string();
    let nothing = json!({"total": {"price_in_chf": 0.0}});
    let name = organization.name();
    Ok(Answer::json(
        200,
        &json!({name: {month: {"organizations": {name: nothing.clone()}, "combined": nothing}}}),
    ))
}

pub(crate) fn savings() -> Answer {
    Answer::json(200, &json!({}))
}

fn period(call: &Call) -> Result<(Option<NaiveDate>, Option<NaiveDate>), Answer> {
    let day = |name: &str| match call.parameter(name) {
        None => Ok(None),
        Some(text) => NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .map(Some)
            .map_err(|_| Answer::bad_request(format!("{name} is not a date"))),
    };
    Ok((day("from")?, day("to")?))
}
