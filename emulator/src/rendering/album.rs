//! Albums: the images whose user metadata name them.

use rokka_render::AlbumUrl;
use serde_json::{Value, json};

use crate::image::Image;
use crate::organization::Organization;
use crate::response::Response;

/// The field with the albums of an image.
const ALBUMS: &str = "array:albums";

/// The field with the albums of which an image is a favorite. The service's own field is not documented.
const FAVORITES: &str = "array:favorites";

pub(super) fn respond(
    url: &AlbumUrl,
    only_favorites: bool,
    organization: &Organization,
) -> Response {
    let album = url.album();
    let names = |image: &Image, field: &str| {
        let names = image.user_metadata.get(field).and_then(Value::as_array);
        names.is_some_and(|names| names.iter().any(|name| name == album))
    };
    let items: Vec<Value> = organization
        .newest_first()
        .filter(|image| image.deleted.is_none() && names(image, ALBUMS))
        .map(|image| (image, names(image, FAVORITES)))
        .filter(|(_, is_favorite)| *is_favorite || !only_favorites)
        .map(|(image, is_favorite)| {
            json!({
                "hash": image.hash, "name": image.name, "mimetype": image.file_type.mimetype,
                "format": image.file_type.format, "favorite": is_favorite,
            })
        })
        .collect();
    Response::json(
        200,
        &json!({"album": album, "total": items.len(), "items": items}),
    )
}
