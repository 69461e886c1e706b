//! Automatic labels, descriptions and content credentials, with made-up results.

use serde_json::{Value, json};

use super::image::Image;
use super::organization::Organization;
use super::request::Request;
use super::response::{HandlerResult, Response};

const LANGUAGES: [&str; 4] = ["en", "de", "fr", "it"];

pub(crate) fn label(organization: &mut Organization, hash: &str) -> HandlerResult {
    let name = organization.name().to_owned();
    let image = organization.live_mut(hash)?;
    if image.locked {
        return Err(Response::locked());
    }
    image.user_metadata.insert(
        "array:labels".to_owned(),
        json!(["image", image.file_type.format]),
    );
    Ok(Response::json(200, &image.to_json(&name)))
}

pub(crate) fn describe_image(
    organization: &mut Organization,
    hash: &str,
    request: &Request,
) -> HandlerResult {
    let name = organization.name().to_owned();
    let image = organization.live_mut(hash)?;
    if image.locked {
        return Err(Response::locked());
    }
    describe(image, &request.json()?)?;
    Ok(Response::json(200, &image.to_json(&name)))
}

/// Adds a description in each requested language. Keeps an existing one unless `force` is set.
pub(crate) fn describe(image: &mut Image, request: &Value) -> Result<(), Response> {
    let force = request.get("force").and_then(Value::as_bool) == Some(true);
    for language in languages(request)? {
        let key = format!("text:auto_description_{language}");
        if force || !image.user_metadata.contains_key(&key) {
            let text = format!("{} ({language})", image.name);
            image.user_metadata.insert(key, text.into());
        }
    }
    Ok(())
}

/// Returns the languages of a request for descriptions.
pub(crate) fn languages(request: &Value) -> Result<Vec<&str>, Response> {
    request
        .get("languages")
        .and_then(Value::as_array)
        .filter(|languages| !languages.is_empty())
        .and_then(|languages| {
            languages
                .iter()
                .map(Value::as_str)
                .collect::<Option<Vec<_>>>()
        })
        .filter(|languages| {
            languages
                .iter()
                .all(|language| LANGUAGES.contains(language))
        })
        .ok_or_else(|| Response::bad_request("`languages` must be a list of en, de, fr and it"))
}

/// Reports that the file has no content credentials, without reading it.
pub(crate) fn read_content_credentials(
    organization: &mut Organization,
    hash: &str,
) -> HandlerResult {
    let name = organization.name().to_owned();
    let image = organization.live_mut(hash)?;
    image
        .static_metadata
        .insert("content_credentials".to_owned(), json!({"present": false}));
    Ok(Response::json(200, &image.to_json(&name)))
}
