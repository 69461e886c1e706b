//! Metadata as a list of names and values.

use maud::{Markup, html};
use serde_json::Value;

/// Shows the fields of an object, or that it has none.
pub(super) fn table(fields: Option<&Value>) -> Markup {
    let fields = fields
        .and_then(Value::as_object)
        .filter(|fields| !fields.is_empty());
    html! {
        @match fields {
            None => p.none { "None." },
            Some(fields) => dl.fields {
                @for (name, field) in fields {
                    dt { (name) }
                    dd { (value(field)) }
                }
            },
        }
    }
}

fn value(value: &Value) -> Markup {
    html! {
        @match value {
            Value::String(text) => (text),
            Value::Array(values) if values.iter().all(Value::is_string) => {
                @for text in values.iter().filter_map(Value::as_str) { span.tag { (text) } " " }
            },
            Value::Object(fields) => {
                @for (name, field) in fields {
                    span.pair { span { (name) } " " (compact(field)) } " "
                }
            },
            other => code { (other) },
        }
    }
}

pub(super) fn compact(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Returns JSON as people write it.
pub(super) fn json(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
