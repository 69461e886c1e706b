//! Statistics, bills and savings, without renders and costs.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::organization::Organization;
use super::request::Request;
use super::response::{HandlerResult, Response};

/// Returns today's storage; other days and downloads are empty.
pub(crate) fn stats(organization: &Organization, request: &Request) -> HandlerResult {
    let today = organization.now().date_naive();
    let (from, to) = period(request)?;
    let includes_today = from.is_none_or(|from| from <= today) && to.is_none_or(|to| today <= to);
    let (mut bytes, mut files) = (0, 0);
    for image in organization.newest_first() {
        if image.deleted.is_none() {
            bytes += image.size();
            files += 1;
        }
    }
    let series = |value: u64, unit: Value| {
        let timestamp = format!("{today}T00:00:00+00:00");
        let point = json!({"timestamp": timestamp, "value": value, "unit": unit});
        if includes_today {
            json!([point])
        } else {
            json!([])
        }
    };
    Ok(Response::json(
        200,
        &json!({
            "space_in_bytes": series(bytes, json!("Bytes")),
            "number_of_files": series(files, Value::Null),
            "bytes_downloaded": [],
            "bytes_downloaded_external": [],
        }),
    ))
}

/// Returns a bill of zero for the current month.
pub(crate) fn billing(organization: &Organization, request: &Request) -> HandlerResult {
    period(request)?;
    let month = organization.now().format("%Y-%m").to_string();
    let zero = json!({"total": {"price_in_chf": 0.0}});
    let name = organization.name();
    Ok(Response::json(
        200,
        &json!({name: {month: {"organizations": {name: zero.clone()}, "combined": zero}}}),
    ))
}

pub(crate) fn savings() -> Response {
    Response::json(200, &json!({}))
}

fn period(request: &Request) -> Result<(Option<NaiveDate>, Option<NaiveDate>), Response> {
    let day = |name: &str| match request.parameter(name) {
        // Some clients send both without a value.
        None | Some("") => Ok(None),
        Some(text) => NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .map(Some)
            .map_err(|_| {
                Response::bad_request(format!("`{name}` must be a date such as 2026-01-31"))
            }),
    };
    Ok((day("from")?, day("to")?))
}
