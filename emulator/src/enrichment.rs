//! Labels, descriptions and content credentials that the service finds by itself, and that the emulator makes up.

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::image::Image;
use super::organization::Organization;

const LANGUAGES: [&str; 4] = ["en", "de", "fr", "it"];

pub(crate) fn label(organization: &mut Organization, hash: &str) -> Reply {
    let name = organization.name().to_owned();
    let image = organization.live_mut(hash)?;
    if image.locked {
        return Err(Answer::locked());
    }
    image.user_metadata.insert(
        "array:labels".to_owned(),
        json!(["image", image.file_type.format]),
    );
    Ok(Answer::json(200, &image.show(&name)))
}

pub(crate) fn describe_image(organization: &mut Organization, hash: &str, call: &Call) -> Reply {
    let name = organization.name().to_owned();
    let image = organization.live_mut(hash)?;
    if image.locked {
        return Err(Answer::locked());
    }
    describe(image, &call.json()?)?;
    Ok(Answer::json(200, &image.show(&name)))
}

/// Writes a text for every language that is asked for; one that is there stays unless `force` is set.
pub(crate) fn describe(image: &mut Image, request: &Value) -> Result<(), Answer> {
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

/// The languages of a request for descriptions.
pub(crate) fn languages(request: &Value) -> Result<Vec<&str>, Answer> {
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
        .ok_or_else(|| Answer::bad_request("languages has to be a list of en, de, fr and it"))
}

/// No file is searched for a manifest, so none is ever found.
pub(crate) fn read_content_credentials(organization: &mut Organization, hash: &str) -> Reply {
    let name = organization.name().to_owned();
    let image = organization.live_mut(hash)?;
    image
        .static_metadata
        .insert("content_credentials".to_owned(), json!({"present": false}));
    Ok(Answer::json(200, &image.show(&name)))
}
