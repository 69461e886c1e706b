//! The calls on one image that are neither metadata nor files: get, delete, restore, name, protected and locked.

use serde_json::Value;

use super::answer::{Answer, Reply};
use super::call::Call;
use super::image::{Image, Moment};
use super::organization::Organization;

pub(crate) fn get(organization: &Organization, hash: &str, call: &Call) -> Reply {
    let wants_deleted = call.flag("deleted")?;
    organization
        .find(hash)
        .filter(|image| image.deleted.is_some() == wants_deleted)
        .map(|image| Answer::json(200, &image.show(organization.name())))
        .ok_or_else(|| Answer::not_found("Source image"))
}

pub(crate) fn delete(organization: &mut Organization, hash: &str) -> Reply {
    let image = organization.live_mut(hash)?;
    if image.locked {
        return Err(Answer::locked());
    }
    image.deleted = Some(Moment::now());
    Ok(Answer::empty(204))
}

pub(crate) fn delete_by_binary_hash(organization: &mut Organization, call: &Call) -> Reply {
    let binary_hash = call
        .parameter("binaryHash")
        .filter(|hash| !hash.is_empty())
        .ok_or_else(|| Answer::bad_request("binaryHash is missing"))?;
    let images: Vec<_> = organization
        .newest_first()
        .filter(|image| image.deleted.is_none() && image.binary_hash == binary_hash)
        .map(|image| (image.hash.clone(), image.locked))
        .collect();
    if images.is_empty() {
        return Err(Answer::not_found("Source image"));
    }
    if images.iter().any(|(_, locked)| *locked) {
        return Err(Answer::locked());
    }
    for (hash, _) in images {
        organization.live_mut(&hash)?.deleted = Some(Moment::now());
    }
    Ok(Answer::empty(204))
}

pub(crate) fn restore(organization: &mut Organization, hash: &str) -> Reply {
    let name = organization.name().to_owned();
    let image = organization
        .find_mut(hash)
        .ok_or_else(|| Answer::not_found("Source image"))?;
    image.deleted = None;
    Ok(Answer::json(
        200,
        &image.show(&name).without_link().with_deleted(),
    ))
}

pub(crate) fn rename(organization: &mut Organization, hash: &str, call: &Call) -> Reply {
    let image = organization.live_mut(hash)?;
    match call.json()? {
        Value::String(name) if !name.is_empty() => image.name = name,
        _ => return Err(Answer::bad_request("The name has to be a JSON string")),
    }
    Ok(Answer::empty(204))
}

/// Protection is part of an image's identity, so this leads to another hash.
pub(crate) fn protect(organization: &mut Organization, hash: &str, call: &Call) -> Reply {
    let delete_previous = call.flag("deletePrevious")?;
    let name = organization.name().to_owned();
    let image = organization.live(hash)?;
    let protected = boolean(call)?;
    let image = if protected == image.protected {
        image
    } else {
        let changed = Image {
            protected,
            ..image.clone()
        };
        organization.move_to_sibling(changed, delete_previous)?
    };
    Ok(Answer::json(200, &image.show(&name)).header("location", image.location(&name)))
}

pub(crate) fn lock(organization: &mut Organization, hash: &str, call: &Call) -> Reply {
    let name = organization.name().to_owned();
    let image = organization.live_mut(hash)?;
    image.locked = boolean(call)?;
    Ok(Answer::json(200, &image.show(&name)))
}

fn boolean(call: &Call) -> Result<bool, Answer> {
    call.json()?
        .as_bool()
        .ok_or_else(|| Answer::bad_request("The body has to be true or false"))
}
