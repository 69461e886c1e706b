//! Checks of metadata before it is sent: user metadata against its types, dynamic metadata against its format.

use serde_json::{Map, Value};

use crate::api::types::DynamicMetadataName;
use crate::error::{Error, Result};
use crate::names::check_typed_user_name;

/// Checks the name of a kind of dynamic metadata.
pub(crate) fn dynamic_kind(name: &str) -> Result<DynamicMetadataName> {
    name.parse().map_err(|_| {
        Error::invalid(format!(
            "the kind of dynamic metadata {name:?} is invalid: use letters and `_` only"
        ))
    })
}

/// Returns a value of dynamic metadata as its JSON object.
pub(crate) fn json_object(value: &impl serde::Serialize) -> Result<Map<String, Value>> {
    match serde_json::to_value(value) {
        Ok(Value::Object(map)) => Ok(map),
        _ => Err(Error::invalid("dynamic metadata must be a JSON object")),
    }
}

/// Parses a location: latitude, comma, longitude.
pub(crate) fn lat_lon(text: &str) -> Option<(f64, f64)> {
    let (latitude, longitude) = text.split_once(',')?;
    Some((
        latitude.trim().parse().ok()?,
        longitude.trim().parse().ok()?,
    ))
}

fn is_on_earth((latitude, longitude): (f64, f64)) -> bool {
    (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude)
}

/// Splits a key of user metadata into type, which may be empty, and name. A leading colon is part of the name.
pub(crate) fn user_key_parts(key: &str) -> (&str, &str) {
    match key.split_once(':') {
        Some((kind, name)) if !kind.is_empty() => (kind, name),
        _ => ("", key),
    }
}

/// The meaning of `null` as a value.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Null {
    /// It removes the field.
    Removes,
    /// It is invalid.
    Refused,
}

/// Checks the name of a field of user metadata, and its value against its type.
pub(crate) fn check_user_field(key: &str, value: &Value, null: Null) -> Result<()> {
    check_typed_user_name(key)?;
    if value.is_null() {
        return match null {
            Null::Removes => Ok(()),
            Null::Refused => Err(Error::invalid(format!(
                "the user metadata field `{key}` cannot be `null`, which removes a field: use it with `merge` only"
            ))),
        };
    }
    let (kind, _) = user_key_parts(key);
    let scalar = |item: &Value| item.is_string() || item.is_number() || item.is_boolean();
    let (fits, rule) = match kind {
        "int" => (value.is_i64() || value.is_u64(), "a whole number"),
        "double" => (value.is_number(), "a finite number"),
        "date" => (
            value.as_str().is_some_and(is_date),
            "a date such as `2026-11-20T10:00:00Z`, of the years 0 to 9999",
        ),
        "latlon" => (
            value.as_str().and_then(lat_lon).is_some_and(is_on_earth),
            "a latitude from -90 to 90, a comma, and a longitude from -180 to 180",
        ),
        "array" | "array_text" => (
            value
                .as_array()
                .is_some_and(|items| items.iter().all(scalar)),
            "a list of strings",
        ),
        "" => (
            value.is_string(),
            "a string, or the name needs a type prefix such as `int:`",
        ),
        _ => (value.is_string(), "a string"),
    };
    if fits {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "the user metadata field `{key}` cannot be {value}: it must be {rule}"
    )))
}

fn is_date(text: &str) -> bool {
    chrono::DateTime::parse_from_rfc3339(text).is_ok()
}
