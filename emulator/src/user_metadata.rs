//! User metadata: the rules for its fields, and the operations that read and write it.

use chrono::DateTime;
use serde_json::{Map, Value, json};

use super::image::Image;
use super::organization::Organization;
use super::request::Request;
use super::response::{HandlerResult, Response};

/// The type of a field, the prefix of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldType {
    Str,
    Text,
    Int,
    Double,
    Date,
    LatLon,
    Array,
    ArrayText,
}

impl FieldType {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "str" => Self::Str,
            "text" => Self::Text,
            "int" => Self::Int,
            "double" => Self::Double,
            "date" => Self::Date,
            "latlon" => Self::LatLon,
            "array" => Self::Array,
            "array_text" => Self::ArrayText,
            _ => return None,
        })
    }

    fn accepts(self, value: &Value) -> bool {
        match self {
            Self::Str | Self::Text => value.is_string(),
            Self::Int => value.is_i64() || value.is_u64(),
            Self::Double => value.is_number(),
            Self::Date => value.as_str().is_some_and(is_date),
            Self::LatLon => value.as_str().is_some_and(|text| place(text).is_some()),
            Self::Array | Self::ArrayText => value.as_array().is_some_and(|items| {
                items
                    .iter()
                    .all(|item| !item.is_object() && !item.is_array() && !item.is_null())
            }),
        }
    }
}

fn is_date(text: &str) -> bool {
    DateTime::parse_from_rfc3339(text).is_ok()
}

/// Parses a latitude and a longitude.
pub(crate) fn place(text: &str) -> Option<(f64, f64)> {
    let (latitude, longitude) = text.split_once(',')?;
    let latitude: f64 = latitude.trim().parse().ok()?;
    let longitude: f64 = longitude.trim().parse().ok()?;
    ((-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude))
        .then_some((latitude, longitude))
}

pub(crate) fn is_field_name(name: &str) -> bool {
    (1..=54).contains(&name.len())
        && name
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

/// Fields to set, or with `None` to delete, by the keys under which the service stores them.
pub(crate) type Changes = Vec<(String, Option<Value>)>;

/// Reads and validates a JSON object of fields.
pub(crate) fn read_changes(body: Value) -> Result<Changes, Response> {
    match body {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| read_change(&key, value))
            .collect(),
        // PHP encodes an empty object as `[]`.
        Value::Array(items) if items.is_empty() => Ok(Vec::new()),
        _ => Err(Response::nested_error(
            400,
            "User metadata must be a JSON object",
        )),
    }
}

fn read_change(key: &str, value: Value) -> Result<(String, Option<Value>), Response> {
    let (type_name, name) = key.split_once(':').unwrap_or(("str", key));
    let Some(field_type) = FieldType::from_name(type_name) else {
        return Err(Response::nested_error(
            400,
            format!("The user metadata field `{key}` has an unknown type"),
        ));
    };
    if !is_field_name(name) {
        return Err(Response::nested_error(
            400,
            format!(
                "Invalid user metadata field `{key}`: a name must be 1 to 54 lower-case letters, digits and `_`"
            ),
        ));
    }
    let key = stored_key(type_name, name);
    if value.is_null() {
        return Ok((key, None));
    }
    if !field_type.accepts(&value) {
        return Err(Response::nested_error(
            400,
            format!("The user metadata field `{key}` cannot have the value {value}"),
        ));
    }
    let value = match value {
        // The service stores elements as strings.
        Value::Array(items) => items
            .into_iter()
            .map(|item| match item {
                Value::String(text) => Value::String(text),
                other => Value::String(other.to_string()),
            })
            .collect(),
        other => other,
    };
    Ok((key, Some(value)))
}

/// Returns the key of a field; strings have no type prefix.
pub(crate) fn stored_key(type_name: &str, name: &str) -> String {
    if type_name == "str" {
        name.to_owned()
    } else {
        format!("{type_name}:{name}")
    }
}

pub(crate) fn merge(changes: Changes, into: &mut Map<String, Value>) {
    for (key, value) in changes {
        match value {
            Some(value) => into.insert(key, value),
            None => into.remove(&key),
        };
    }
}

/// Finds the key of a field by its name without a type; the string of that name takes precedence.
fn find_key(fields: &Map<String, Value>, name: &str) -> Option<String> {
    if fields.contains_key(name) {
        return Some(name.to_owned());
    }
    fields
        .keys()
        .find(|key| key.split_once(':').is_some_and(|(_, rest)| rest == name))
        .cloned()
}

fn find_unlocked<'a>(
    organization: &'a mut Organization,
    hash: &str,
) -> Result<&'a mut Image, Response> {
    let image = organization.live_mut(hash)?;
    if image.locked {
        return Err(Response::locked());
    }
    Ok(image)
}

pub(crate) fn get(organization: &Organization, hash: &str) -> HandlerResult {
    let image = organization.live(hash)?;
    Ok(Response::json(200, &image.user_metadata))
}

pub(crate) fn replace(
    organization: &mut Organization,
    hash: &str,
    request: &Request,
) -> HandlerResult {
    let image = find_unlocked(organization, hash)?;
    let mut fields = Map::new();
    merge(read_changes(request.json()?)?, &mut fields);
    image.user_metadata = fields;
    Ok(Response::empty(204))
}

pub(crate) fn patch(
    organization: &mut Organization,
    hash: &str,
    request: &Request,
) -> HandlerResult {
    let image = find_unlocked(organization, hash)?;
    let changes = read_changes(request.json()?)?;
    merge(changes, &mut image.user_metadata);
    Ok(Response::empty(204))
}

pub(crate) fn delete(organization: &mut Organization, hash: &str) -> HandlerResult {
    find_unlocked(organization, hash)?.user_metadata.clear();
    Ok(Response::empty(204))
}

pub(crate) fn get_field(organization: &Organization, hash: &str, name: &str) -> HandlerResult {
    let image = organization.live(hash)?;
    find_key(&image.user_metadata, name)
        .and_then(|key| image.user_metadata.get(&key))
        .map(|value| Response::json(200, value))
        .ok_or_else(|| Response::not_found("User metadata field"))
}

/// Sets one field. Its name has no type: an existing field keeps its type, a new one gets that of the value.
pub(crate) fn put_field(
    organization: &mut Organization,
    hash: &str,
    name: &str,
    request: &Request,
) -> HandlerResult {
    let image = find_unlocked(organization, hash)?;
    let value = request.json()?;
    let key = find_key(&image.user_metadata, name).unwrap_or_else(|| {
        let type_name = match &value {
            Value::Number(number) if number.is_f64() => "double",
            Value::Number(_) => "int",
            Value::Array(_) => "array",
            _ => "str",
        };
        stored_key(type_name, name)
    });
    let changes = read_changes(json!({key: value}))?;
    merge(changes, &mut image.user_metadata);
    Ok(Response::empty(204))
}

pub(crate) fn delete_field(
    organization: &mut Organization,
    hash: &str,
    name: &str,
) -> HandlerResult {
    let image = find_unlocked(organization, hash)?;
    find_key(&image.user_metadata, name)
        .and_then(|key| image.user_metadata.remove(&key))
        .map(|_| Response::empty(204))
        .ok_or_else(|| Response::not_found("User metadata field"))
}
