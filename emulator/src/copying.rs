//! Copies images to another organization.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::image::Image;
use super::organization::Organization;
use super::request::Request;
use super::response::{HandlerResult, Response};

type Organizations = BTreeMap<String, Organization>;

#[derive(Serialize)]
struct Copied {
    created: Vec<String>,
    existing: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notfound: Vec<String>,
}

enum Outcome {
    Created,
    Overwritten,
    Kept,
}

pub(crate) fn copy_one(
    organizations: &mut Organizations,
    from: &str,
    hash: &str,
    request: &Request,
) -> HandlerResult {
    let image = source(organizations, from)?.live(hash)?.clone();
    Ok(
        match copy(
            destination(organizations, request)?,
            image,
            may_overwrite(request),
        )? {
            Outcome::Created => Response::json(201, &json!({})),
            Outcome::Overwritten => Response::empty(204),
            Outcome::Kept => Response::json(412, &json!({})),
        },
    )
}

pub(crate) fn copy_many(
    organizations: &mut Organizations,
    from: &str,
    request: &Request,
) -> HandlerResult {
    let Value::Array(hashes) = request.json()? else {
        return Err(Response::bad_request("The body must be a list of hashes"));
    };
    if !(1..=100).contains(&hashes.len()) {
        return Err(Response::bad_request("The body must have 1 to 100 hashes"));
    }
    let hashes = hashes
        .iter()
        .map(Value::as_str)
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| Response::bad_request("A hash must be a string"))?;
    destination(organizations, request)?;

    let mut copied = Copied {
        created: Vec::new(),
        existing: Vec::new(),
        notfound: Vec::new(),
    };
    for hash in hashes {
        let Ok(image) = source(organizations, from)?.live(hash).cloned() else {
            copied.notfound.push(hash.to_owned());
            continue;
        };
        let hash = image.hash.clone();
        match copy(
            destination(organizations, request)?,
            image,
            may_overwrite(request),
        )? {
            Outcome::Created => copied.created.push(hash),
            Outcome::Overwritten | Outcome::Kept => copied.existing.push(hash),
        }
    }
    Ok(Response::json(200, &copied))
}

fn copy(to: &mut Organization, image: Image, overwrite: bool) -> Result<Outcome, Response> {
    let Ok(existing) = to.live_mut(&image.hash) else {
        to.insert(Image {
            locked: false,
            ..image
        });
        return Ok(Outcome::Created);
    };
    if !overwrite {
        return Ok(Outcome::Kept);
    }
    if existing.locked {
        return Err(Response::locked());
    }
    existing.name = image.name;
    existing.user_metadata = image.user_metadata;
    existing.dynamic_metadata = image.dynamic_metadata;
    existing.static_metadata = image.static_metadata;
    Ok(Outcome::Overwritten)
}

fn source<'a>(organizations: &'a Organizations, name: &str) -> Result<&'a Organization, Response> {
    organizations
        .get(name)
        .ok_or_else(|| Response::not_found("Organization"))
}

fn destination<'a>(
    organizations: &'a mut Organizations,
    request: &Request,
) -> Result<&'a mut Organization, Response> {
    let name = request
        .header("destination")
        .ok_or_else(|| Response::bad_request("The request needs the header `Destination`"))?;
    organizations
        .get_mut(name)
        .ok_or_else(|| Response::bad_request("The destination organization does not exist"))
}

fn may_overwrite(request: &Request) -> bool {
    request.header("overwrite") != Some("F")
}
