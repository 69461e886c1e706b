//! Dynamic metadata: its kinds, and the operations that set and delete it.

use serde_json::{Map, Value, json};

use super::image::Image;
use super::organization::Organization;
use super::request::Request;
use super::response::{HandlerResult, Response};

pub(crate) fn is_kind_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
}

/// Sets a kind to a value, with what the service derives from it.
pub(crate) fn set(
    metadata: &mut Map<String, Value>,
    kind: &str,
    value: Value,
) -> Result<(), Response> {
    let value = normalize(kind, value)?;
    if kind == FACE {
        metadata.insert(EYES_AND_MOUTH.to_owned(), eyes_and_mouth(&value));
    }
    metadata.insert(kind.to_owned(), value);
    Ok(())
}

pub(crate) const FACE: &str = "detection_face";
/// The area around the eyes and the mouth, which the service derives with a face.
pub(crate) const EYES_AND_MOUTH: &str = "detection_eyemouth";

/// Validates the value of a kind and adds the defaults of the service.
fn normalize(kind: &str, value: Value) -> Result<Value, Response> {
    let invalid = |why: &str| Response::bad_request(format!("Invalid {kind}: {why}"));
    let fields = match value {
        Value::Object(fields) => fields,
        Value::Array(items) if items.is_empty() => Map::new(),
        _ => return Err(invalid("it must be a JSON object")),
    };
    let normalized = match kind {
        "subject_area" => area(fields, false),
        "crop_area" => area(fields, true),
        "multi_areas" => multi_areas(fields),
        "version" => fields
            .get("text")
            .is_some_and(Value::is_string)
            .then_some(fields)
            .ok_or("it needs a `text`"),
        "linked" => fields
            .get("hashes")
            .and_then(Value::as_array)
            .is_some_and(|hashes| hashes.iter().all(Value::is_string))
            .then_some(fields)
            .ok_or("it needs a list `hashes`"),
        // The emulator detects nothing: every image has a face in the middle, unless the request says where.
        FACE if !fields.is_empty() => area(fields, true),
        FACE => Ok(Map::from_iter([
            ("x".to_owned(), json!(25)),
            ("y".to_owned(), json!(25)),
            ("width".to_owned(), json!(50)),
            ("height".to_owned(), json!(50)),
            ("percentage".to_owned(), json!(true)),
        ])),
        _ => Err("no such kind of dynamic metadata"),
    };
    normalized.map(Value::Object).map_err(invalid)
}

/// Returns where the eyes and the mouth of a face are, as in a drawing of one.
fn eyes_and_mouth(face: &Value) -> Value {
    let number = |name: &str| face.get(name).and_then(Value::as_f64).unwrap_or_default();
    let percentage = face.get("percentage") == Some(&Value::Bool(true));
    let part = |start: f64, length: &str, tenths: f64| {
        let number = start + number(length) * tenths / 10.0;
        let number = if percentage { number } else { number.round() };
        #[allow(clippy::cast_possible_truncation)] // Saturating.
        if number.fract() == 0.0 {
            json!(number as i64)
        } else {
            json!(number)
        }
    };
    let mut area = json!({
        "x": part(number("x"), "width", 3.0),
        "y": part(number("y"), "height", 4.0),
        "width": part(0.0, "width", 4.0),
        "height": part(0.0, "height", 4.0),
    });
    if percentage && let Some(area) = area.as_object_mut() {
        area.insert("percentage".to_owned(), json!(true));
    }
    area
}

fn area(
    mut fields: Map<String, Value>,
    with_size: bool,
) -> Result<Map<String, Value>, &'static str> {
    let percentage = match fields.get("percentage") {
        None => false,
        Some(value) => value.as_bool().ok_or("percentage must be true or false")?,
    };
    for name in ["x", "y", "width", "height"] {
        let is_size = matches!(name, "width" | "height");
        match fields.get(name).and_then(Value::as_f64) {
            Some(number) if number < 0.0 || (is_size && number <= 0.0) => {
                return Err("x and y must be 0 or more, width and height above 0");
            }
            Some(number) if !percentage && number.fract() != 0.0 => {
                return Err("pixels must be whole numbers");
            }
            Some(_) => {}
            None if fields.contains_key(name) => {
                return Err("x, y, width and height must be numbers");
            }
            None if is_size && !with_size => {
                fields.insert(name.to_owned(), json!(1));
            }
            None if with_size => return Err("it needs x, y, width and height"),
            None => return Err("it needs x and y"),
        }
    }
    Ok(fields)
}

fn multi_areas(fields: Map<String, Value>) -> Result<Map<String, Value>, &'static str> {
    const EXPECTED: &str = "it must map names to a crop_area or a subject_area";
    fields
        .into_iter()
        .map(|(name, entry)| {
            if name.is_empty()
                || !name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            {
                return Err("a name must be letters, digits and `_`");
            }
            let Value::Object(entry) = entry else {
                return Err(EXPECTED);
            };
            let areas = entry
                .into_iter()
                .map(|(kind, value)| match (kind.as_str(), value) {
                    ("crop_area", Value::Object(value)) => Ok((kind, area(value, true)?.into())),
                    ("subject_area", Value::Object(value)) => {
                        Ok((kind, area(value, false)?.into()))
                    }
                    _ => Err(EXPECTED),
                })
                .collect::<Result<Map<_, _>, _>>()?;
            if areas.is_empty() {
                return Err(EXPECTED);
            }
            Ok((name, areas.into()))
        })
        .collect()
}

pub(crate) fn put(
    organization: &mut Organization,
    hash: &str,
    kind: &str,
    request: &Request,
) -> HandlerResult {
    // As the service: an unknown image takes precedence over an invalid body.
    organization.live(hash)?;
    let mut set_now = Map::new();
    set(&mut set_now, kind, request.json()?)?;
    change(organization, hash, request, |metadata| {
        metadata.extend(set_now);
    })
}

pub(crate) fn delete(
    organization: &mut Organization,
    hash: &str,
    kind: &str,
    request: &Request,
) -> HandlerResult {
    change(organization, hash, request, |metadata| {
        metadata.remove(kind);
        if kind == FACE {
            metadata.remove(EYES_AND_MOUTH);
        }
    })
}

fn change(
    organization: &mut Organization,
    hash: &str,
    request: &Request,
    edit: impl FnOnce(&mut Map<String, Value>),
) -> HandlerResult {
    let delete_previous = request.flag("deletePrevious")?;
    let keep_hash = request.flag("keepHash")?;
    if delete_previous && keep_hash {
        return Err(Response::bad_request(
            "`deletePrevious` and `keepHash` exclude each other",
        ));
    }
    let name = organization.name().to_owned();
    let image = organization.live(hash)?;
    let mut metadata = image.dynamic_metadata.clone();
    edit(&mut metadata);
    if metadata == image.dynamic_metadata {
        return Ok(Response::empty(204).header("location", image.location(&name)));
    }
    if keep_hash {
        let image = organization.live_mut(hash)?;
        image.dynamic_metadata = metadata;
        return Ok(Response::empty(204)
            .header("location", image.location(&name))
            .header(
                "warning",
                "299 - \"The hash was kept: rendered images in caches are out of date\"",
            ));
    }
    let changed = Image {
        dynamic_metadata: metadata,
        ..image.clone()
    };
    let sibling = organization.move_to_sibling(changed, delete_previous)?;
    Ok(Response::json(201, &sibling.to_json(&name).without_link())
        .header("location", sibling.location(&name)))
}
