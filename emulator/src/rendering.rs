//! The render host, which returns original files.

use std::collections::BTreeMap;

use super::aliases;
use super::hash::is_hash;
use super::organization::Organization;
use super::request::Request;
use super::response::{HandlerResult, Response};
use super::signature;

/// Returns the original file of the first organization that has the image.
pub(crate) fn render(
    organizations: &BTreeMap<String, Organization>,
    request: &Request,
    signing_key: &str,
) -> HandlerResult {
    let path: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let [_stack, before @ .., last] = path.as_slice() else {
        return Err(Response::no_route());
    };
    let (stem, _format) = last.rsplit_once('.').ok_or_else(Response::no_route)?;
    // The last segment is the image, or a file name after the image.
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
        .ok_or_else(|| Response::not_found("Source image"))?;
    if image.protected && !signature::is_valid(request, signing_key) {
        return Err(Response::error(
            403,
            "The image is protected, and the signature is missing, invalid or expired",
        ));
    }
    Ok(
        Response::bytes(200, &image.file_type.mimetype, image.bytes.clone())
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
