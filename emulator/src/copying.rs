//! Copies from one organization to another.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::image::Image;
use super::organization::Organization;

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
    call: &Call,
) -> Reply {
    let image = source(organizations, from)?.live(hash)?.clone();
    Ok(
        match copy(
            destination(organizations, call)?,
            image,
            may_overwrite(call),
        )? {
            Outcome::Created => Answer::json(201, &json!({})),
            Outcome::Overwritten => Answer::empty(204),
            Outcome::Kept => Answer::json(412, &json!({})),
        },
    )
}

pub(crate) fn copy_many(organizations: &mut Organizations, from: &str, call: &Call) -> Reply {
    let Value::Array(hashes) = call.json()? else {
        return Err(Answer::bad_request("The body has to be a list of hashes"));
    };
    if !(1..=100).contains(&hashes.len()) {
        return Err(Answer::bad_request("1 to 100 hashes can be copied at once"));
    }
    let hashes = hashes
        .iter()
        .map(Value::as_str)
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| Answer::bad_request("A hash has to be a string"))?;
    destination(organizations, call)?;

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
            destination(organizations, call)?,
            image,
            may_overwrite(call),
        )? {
            Outcome::Created => copied.created.push(hash),
            Outcome::Overwritten | Outcome::Kept => copied.existing.push(hash),
        }
    }
    Ok(Answer::json(200, &copied))
}

fn copy(to: &mut Organization, image: Image, overwrite: bool) -> Result<Outcome, Answer> {
    let Ok(existing) = to.live_mut(&image.hash) else {
        to.adopt(Image {
            locked: false,
            ..image
        });
        return Ok(Outcome::Created);
    };
    if !overwrite {
        return Ok(Outcome::Kept);
    }
    if existing.locked {
        return Err(Answer::locked());
    }
    existing.name = image.name;
    existing.user_metadata = image.user_metadata;
    existing.dynamic_metadata = image.dynamic_metadata;
    existing.static_metadata = image.static_metadata;
    Ok(Outcome::Overwritten)
}

fn source<'a>(organizations: &'a Organizations, name: &str) -> Result<&'a Organization, Answer> {
    organizations
        .get(name)
        .ok_or_else(|| Answer::not_found("Organization"))
}

fn destination<'a>(
    organizations: &'a mut Organizations,
    call: &Call,
) -> Result<&'a mut Organization, Answer> {
    let name = call
        .header("destination")
        .ok_or_else(|| Answer::bad_request("The header Destination is missing"))?;
    organizations
        .get_mut(name)
        .ok_or_else(|| Answer::bad_request("The destination organization does not exist"))
}

fn may_overwrite(call: &Call) -> bool {
    call.header("overwrite") != Some("F")
}
