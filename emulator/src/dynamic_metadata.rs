//! Dynamic metadata: the kinds, and the calls that set and remove them.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::image::Image;
use super::organization::Organization;

pub(crate) fn is_kind_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
}

/// Checks what was sent for a kind, and fills in what the service fills in.
pub(crate) fn normalise(kind: &str, value: Value) -> Result<Value, Answer> {
    let invalid = |why: &str| Answer::bad_request(format!("Invalid {kind}: {why}"));
    let fields = match value {
        Value::Object(fields) => fields,
        Value::Array(items) if items.is_empty() => Map::new(),
        _ => return Err(invalid("it has to be a JSON object")),
    };
    let normalised = match kind {
        "subject_area" => area(fields, false),
        "crop_area" => area(fields, true),
        "multi_areas" => multi_areas(fields),
        "version" => fields
            .get("text")
            .is_some_and(Value::is_string)
            .then_some(fields)
            .ok_or("it needs a text"),
        "linked" => fields
            .get("hashes")
            .and_then(Value::as_array)
            .is_some_and(|hashes| hashes.iter().all(Value::is_string))
            .then_some(fields)
            .ok_or("it needs a list of hashes"),
        // Nobody looks for a face here; one is always in the middle.
        "detection_face" => Ok(Map::from_iter([
            ("x".to_owned(), json!(25)),
            ("y".to_owned(), json!(25)),
            ("width".to_owned(), json!(50)),
            ("height".to_owned(), json!(50)),
            ("percentage".to_owned(), json!(true)),
        ])),
        _ => Err("there is no such dynamic metadata"),
    };
    normalised.map(Value::Object).map_err(invalid)
}

fn area(
    mut fields: Map<String, Value>,
    with_size: bool,
) -> Result<Map<String, Value>, &'static str> {
    let percentage = match fields.get("percentage") {
        None => false,
        Some(value) => value
            .as_bool()
            .ok_or("percentage has to be true or false")?,
    };
    for name in ["x", "y", "width", "height"] {
        let is_size = matches!(name, "width" | "height");
        match fields.get(name).and_then(Value::as_f64) {
            Some(number) if number < 0.0 || (is_size && number <= 0.0) => {
                return Err("a number is too small");
            }
            Some(number) if !percentage && number.fract() != 0.0 => {
                return Err("pixels have to be whole");
            }
            Some(_) => {}
            None if fields.contains_key(name) => return Err("a number is expected"),
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
    const WRONG: &str = "it maps names to a crop_area or a subject_area";
    fields
        .into_iter()
        .map(|(name, entry)| {
            if name.is_empty()
                || !name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            {
                return Err("a name has letters, digits and underscores only");
            }
            let Value::Object(entry) = entry else {
                return Err(WRONG);
            };
            let areas = entry
                .into_iter()
                .map(|(kind, value)| match (kind.as_str(), value) {
                    ("crop_area", Value::Object(value)) => Ok((kind, area(value, true)?.into())),
                    ("subject_area", Value::Object(value)) => {
                        Ok((kind, area(value, false)?.into()))
                    }
                    _ => Err(WRONG),
                })
                .collect::<Result<Map<_, _>, _>>()?;
            if areas.is_empty() {
                return Err(WRONG);
            }
            Ok((name, areas.into()))
        })
        .collect()
}

pub(crate) fn put(organization: &mut Organization, hash: &str, kind: &str, call: &Call) -> Reply {
    // An unknown image comes before an invalid body.
    organization.live(hash)?;
    let value = normalise(kind, call.json()?)?;
    change(organization, hash, call, |metadata| {
        metadata.insert(kind.to_owned(), value);
    })
}

pub(crate) fn delete(
    organization: &mut Organization,
    hash: &str,
    kind: &str,
    call: &Call,
) -> Reply {
    change(organization, hash, call, |metadata| {
        metadata.remove(kind);
    })
}

fn change(
    organization: &mut Organization,
    hash: &str,
    call: &Call,
    edit: impl FnOnce(&mut Map<String, Value>),
) -> Reply {
    let delete_previous = call.flag("deletePrevious")?;
    let keep_hash = call.flag("keepHash")?;
    if delete_previous && keep_hash {
        return Err(Answer::bad_request(
            "deletePrevious and keepHash exclude each other",
        ));
    }
    let name = organization.name().to_owned();
    let image = organization.live_mut(hash)?;
    let mut metadata = image.dynamic_metadata.clone();
    edit(&mut metadata);
    if metadata == image.dynamic_metadata {
        return Ok(Answer::empty(204));
    }
    if keep_hash {
        image.dynamic_metadata = metadata;
        return Ok(Answer::empty(204)
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
    Ok(Answer::json(201, &sibling.show(&name).without_link())
        .header("location", sibling.location(&name)))
}
