//! User metadata: the rules for its fields, and the calls that read and write it.

use chrono::DateTime;
use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::image::{Image, PhpObject};
use super::organization::Organization;

/// The types that a field's name can begin with.
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
    pub(crate) fn named(name: &str) -> Option<Self> {
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

    fn takes(self, value: &Value) -> bool {
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

/// Latitude and longitude.
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

/// Fields to set, and with `None` to remove, under the keys with which the service stores them.
pub(crate) type Changes = Vec<(String, Option<Value>)>;

/// Checks a JSON object of fields.
pub(crate) fn read_changes(body: Value) -> Result<Changes, Answer> {
    match body {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| read_change(&key, value))
            .collect(),
        // PHP's empty object.
        Value::Array(items) if items.is_empty() => Ok(Vec::new()),
        _ => Err(Answer::nested_error(
            400,
            "User metadata has to be a JSON object",
        )),
    }
}

fn read_change(key: &str, value: Value) -> Result<(String, Option<Value>), Answer> {
    let (type_name, name) = key.split_once(':').unwrap_or(("str", key));
    let Some(field_type) = FieldType::named(type_name) else {
        return Err(Answer::nested_error(
            400,
            format!("Unknown type of the user metadata field \"{key}\""),
        ));
    };
    if !is_field_name(name) {
        return Err(Answer::nested_error(
            400,
            format!(
                "Invalid user metadata field \"{key}\": a name has up to 54 lower-case letters, digits or underscores"
            ),
        ));
    }
    let key = stored_key(type_name, name);
    if value.is_null() {
        return Ok((key, None));
    }
    if !field_type.takes(&value) {
        return Err(Answer::nested_error(
            400,
            format!("The user metadata field \"{key}\" cannot hold {value}"),
        ));
    }
    let value = match value {
        // Elements become strings.
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

/// Strings are stored without the type.
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

/// The field with a name that has no type: the string of that name, or else whichever typed field bears it.
fn find_key(fields: &Map<String, Value>, name: &str) -> Option<String> {
    if fields.contains_key(name) {
        return Some(name.to_owned());
    }
    fields
        .keys()
        .find(|key| key.split_once(':').is_some_and(|(_, rest)| rest == name))
        .cloned()
}

fn changeable<'a>(organization: &'a mut Organization, hash: &str) -> Result<&'a mut Image, Answer> {
    let image = organization.live_mut(hash)?;
    if image.locked {
        return Err(Answer::locked());
    }
    Ok(image)
}

pub(crate) fn get(organization: &Organization, hash: &str) -> Reply {
    let image = organization.live(hash)?;
    Ok(Answer::json(200, &PhpObject(&image.user_metadata)))
}

pub(crate) fn replace(organization: &mut Organization, hash: &str, call: &Call) -> Reply {
    let image = changeable(organization, hash)?;
    let mut fields = Map::new();
    merge(read_changes(call.json()?)?, &mut fields);
    image.user_metadata = fields;
    Ok(Answer::empty(204))
}

pub(crate) fn patch(organization: &mut Organization, hash: &str, call: &Call) -> Reply {
    let image = changeable(organization, hash)?;
    let changes = read_changes(call.json()?)?;
    merge(changes, &mut image.user_metadata);
    Ok(Answer::empty(204))
}

pub(crate) fn delete(organization: &mut Organization, hash: &str) -> Reply {
    changeable(organization, hash)?.user_metadata.clear();
    Ok(Answer::empty(204))
}

pub(crate) fn get_field(organization: &Organization, hash: &str, name: &str) -> Reply {
    let image = organization.live(hash)?;
    find_key(&image.user_metadata, name)
        .and_then(|key| image.user_metadata.get(&key))
        .map(|value| Answer::json(200, value))
        .ok_or_else(|| Answer::not_found("User metadata field"))
}

/// The route's name has no type: a field that exists keeps its own, a new one gets the one that fits its value.
pub(crate) fn put_field(
    organization: &mut Organization,
    hash: &str,
    name: &str,
    call: &Call,
) -> Reply {
    let image = changeable(organization, hash)?;
    let value = call.json()?;
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
    Ok(Answer::empty(204))
}

pub(crate) fn delete_field(organization: &mut Organization, hash: &str, name: &str) -> Reply {
    let image = changeable(organization, hash)?;
    find_key(&image.user_metadata, name)
        .and_then(|key| image.user_metadata.remove(&key))
        .map(|_| Answer::empty(204))
        .ok_or_else(|| Answer::not_found("User metadata field"))
}
