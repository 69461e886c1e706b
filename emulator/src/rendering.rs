//! The render host, as far as it goes without rendering: the originals, under render URLs.

use std::collections::BTreeMap;

use super::aliases;
use super::answer::{Answer, Reply};
use super::call::Call;
use super::identity::is_hash;
use super::organization::Organization;
use super::signature;

/// Answers a render URL with the image of the first organization that has it.
pub(crate) fn render(
    organizations: &BTreeMap<String, Organization>,
    call: &Call,
    signing_key: &str,
) -> Reply {
    let path: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let [_stack, before @ .., last] = path.as_slice() else {
        return Err(Answer::no_route());
    };
    let (stem, _format) = last.rsplit_once('.').ok_or_else(Answer::no_route)?;
    // The image is the last part, or the one before it when the last is a file name.
    let name = match before.last() {
        Some(hash) if is_image(hash) => hash,
        _ => stem,
    };
    let image = organizations
        .values()
        .find_map(|organization| {
            let hash = match alias_of(name) {
                Some(alias) => aliases::resolve(organization, alias).ok()?,
                None => name,
            };
            organization.live(hash).ok()
        })
        .ok_or_else(|| Answer::not_found("Source image"))?;
    if image.protected && !signature::is_valid(call, signing_key) {
        return Err(Answer::error(403, "The signature is missing or invalid"));
    }
    Ok(
        Answer::bytes(200, &image.file_type.mimetype, image.bytes.clone())
            .header("cache-control", "public, max-age=31536000, immutable"),
    )
}

fn is_image(segment: &str) -> bool {
    is_hash(segment) || alias_of(segment).is_some()
}

fn alias_of(segment: &str) -> Option<&str> {
    segment
        .strip_prefix("-_")?
        .strip_suffix("_-")
        .filter(|alias| aliases::is_alias(alias))
}
