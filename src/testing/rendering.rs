//! The render host, as far as it goes without rendering: the originals, under render URLs.

use super::aliases;
use super::answer::{Answer, Reply};
use super::call::Call;
use super::identity::is_hash;
use super::organization::Organization;
use super::signature;

/// Answers what follows the organization in the path.
pub(super) fn render(
    organization: &Organization,
    path: &[&str],
    call: &Call,
    signing_key: &str,
) -> Reply {
    let no_image = || Answer::not_found("Source image");
    let [_stack, rest @ ..] = path else {
        return Err(Answer::no_route());
    };
    let [before @ .., last] = rest else {
        return Err(Answer::no_route());
    };
    let (stem, _format) = last.rsplit_once('.').ok_or_else(Answer::no_route)?;
    // The image is the last part, or the one before it when the last is a file name.
    let image = match before.last() {
        Some(hash) if is_image(hash) => hash,
        _ => stem,
    };
    let hash = match alias_of(image) {
        Some(alias) => aliases::resolve(organization, alias)?,
        None if is_hash(image) => image,
        None => return Err(no_image()),
    };
    let image = organization.live(hash)?;
    // As it was sent: what was signed is not decoded.
    let below = call.path.splitn(4, '/').last().unwrap_or_default();
    if image.protected && !signature::is_valid(call, &format!("/{below}"), signing_key) {
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
