//! Operations on one image: get, delete, restore, rename, protect and lock.

use serde_json::Value;

use super::image::Image;
use super::organization::Organization;
use super::request::Request;
use super::response::{HandlerResult, Response};

pub(crate) fn get(organization: &Organization, hash: &str, request: &Request) -> HandlerResult {
    let wants_deleted = request.flag("deleted")?;
    organization
        .find(hash)
        .filter(|image| image.deleted.is_some() == wants_deleted)
        .map(|image| Response::json(200, &image.to_json(organization.name())))
        .ok_or_else(|| Response::not_found("Source image"))
}

pub(crate) fn delete(organization: &mut Organization, hash: &str) -> HandlerResult {
    if organization.live(hash)?.locked {
        return Err(Response::locked());
    }
    organization.delete(hash)?;
    Ok(Response::empty(204))
}

pub(crate) fn delete_by_binary_hash(
    organization: &mut Organization,
    request: &Request,
) -> HandlerResult {
    let binary_hash = request
        .parameter("binaryHash")
        .filter(|hash| !hash.is_empty())
        .ok_or_else(|| Response::bad_request("The query needs `binaryHash`"))?;
    let images: Vec<_> = organization
        .newest_first()
        .filter(|image| image.deleted.is_none() && image.binary_hash == binary_hash)
        .map(|image| (image.hash.clone(), image.locked))
        .collect();
    if images.is_empty() {
        return Err(Response::not_found("Source image"));
    }
    if images.iter().any(|(_, locked)| *locked) {
        return Err(Response::locked());
    }
    for (hash, _) in images {
        organization.delete(&hash)?;
    }
    Ok(Response::empty(204))
}

pub(crate) fn restore(organization: &mut Organization, hash: &str) -> HandlerResult {
    let name = organization.name().to_owned();
    let image = organization.restore(hash)?;
    Ok(Response::json(
        200,
        &image.to_json(&name).without_link().with_deleted(),
    ))
}

pub(crate) fn rename(
    organization: &mut Organization,
    hash: &str,
    request: &Request,
) -> HandlerResult {
    let image = organization.live_mut(hash)?;
    match request.json()? {
        Value::String(name) if !name.is_empty() => image.name = name,
        _ => {
            return Err(Response::bad_request(
                "The body must be a JSON string that is not empty",
            ));
        }
    }
    Ok(Response::empty(204))
}

/// Sets the protection, which is part of the hash: the response is the image with the other hash.
pub(crate) fn protect(
    organization: &mut Organization,
    hash: &str,
    request: &Request,
) -> HandlerResult {
    let delete_previous = request.flag("deletePrevious")?;
    let name = organization.name().to_owned();
    let image = organization.live(hash)?;
    let protected = boolean(request)?;
    let image = if protected == image.protected {
        image
    } else {
        let changed = Image {
            protected,
            ..image.clone()
        };
        organization.move_to_sibling(changed, delete_previous)?
    };
    Ok(Response::json(200, &image.to_json(&name)).header("location", image.location(&name)))
}

pub(crate) fn lock(
    organization: &mut Organization,
    hash: &str,
    request: &Request,
) -> HandlerResult {
    let name = organization.name().to_owned();
    let image = organization.live_mut(hash)?;
    image.locked = boolean(request)?;
    Ok(Response::json(200, &image.to_json(&name)))
}

fn boolean(request: &Request) -> Result<bool, Response> {
    request
        .json()?
        .as_bool()
        .ok_or_else(|| Response::bad_request("The body must be true or false"))
}
