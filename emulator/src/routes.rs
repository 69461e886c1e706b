//! Which operation a method and a path stand for.

use std::collections::BTreeMap;

use serde_json::json;

use super::aliases::is_alias;
use super::answer::{Answer, Reply};
use super::call::Call;
use super::dynamic_metadata::is_kind_name;
use super::identity::is_binary_hash;
use super::organization::Organization;
use super::{
    accounting, aliases, caches, copying, download, dynamic_metadata, enrichment, image_options,
    listing, signature, stacks, upload, user_metadata,
};

/// What is answered without credentials.
pub(crate) fn public(call: &Call) -> Option<Answer> {
    let path: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match (call.method.as_str(), path.as_slice()) {
        ("GET" | "HEAD", ["operations"]) => Some(stacks::operations()),
        ("GET" | "HEAD", ["stackoptions"]) => Some(stacks::options()),
        ("GET" | "HEAD", ["savings"]) => Some(accounting::savings()),
        _ => None,
    }
}

pub(crate) fn answer(
    organizations: &mut BTreeMap<String, Organization>,
    call: &Call,
    signing_key: &str,
) -> Reply {
    let path: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    // A HEAD is a GET whose body the server drops.
    let method = match call.method.as_str() {
        "HEAD" => "GET",
        method => method,
    };
    let (name, rest) = match path.as_slice() {
        [] if method == "GET" => return Ok(root()),
        ["sourceimages", name, rest @ ..] => (*name, rest),
        ["stacks", name, rest @ ..] => {
            let organization = known(organizations, name)?;
            return match (method, rest) {
                ("GET", []) => stacks::list(organization, call),
                ("GET", [stack]) => stacks::get(organization, stack),
                ("PUT", [stack]) => stacks::put(organization, stack, call),
                ("DELETE", [stack]) => stacks::delete(organization, stack),
                ("DELETE", [stack, "cache"]) => caches::invalidate_stack(organization, stack),
                _ => Err(Answer::no_route()),
            };
        }
        ["stats", name] if method == "GET" => {
            return accounting::stats(known(organizations, name)?, call);
        }
        ["billing", name] if method == "GET" => {
            return accounting::billing(known(organizations, name)?, call);
        }
        ["utils", name, "sign_url"] if method == "POST" => {
            known(organizations, name)?;
            return signature::sign_url(call, signing_key);
        }
        _ => return Err(Answer::no_route()),
    };
    let organization = known(organizations, name)?;
    match (method, rest) {
        ("GET", []) => listing::list(organization, call),
        ("POST", []) => upload::upload(organization, call),
        ("DELETE", []) => image_options::delete_by_binary_hash(organization, call),
        ("GET", ["binaryhash", hash]) if is_binary_hash(hash) => {
            listing::list_by_binary_hash(organization, hash, call)
        }
        ("GET", ["download"]) => listing::download(organization, call),
        ("POST", ["copy"]) => copying::copy_many(organizations, name, call),

        ("PUT", ["alias", alias]) if is_alias(alias) => aliases::put(organization, alias, call),
        ("GET", ["alias", alias]) if is_alias(alias) => aliases::get(organization, alias),
        ("DELETE", ["alias", alias]) if is_alias(alias) => aliases::delete(organization, alias),
        ("DELETE", ["alias", alias, "cache"]) if is_alias(alias) => {
            caches::invalidate_alias(organization, alias)
        }

        ("GET", [hash]) => image_options::get(organization, hash, call),
        ("DELETE", [hash]) => image_options::delete(organization, hash),
        ("POST", [hash, "restore"]) => image_options::restore(organization, hash),
        ("POST", [hash, "copy"]) | ("COPY", [hash]) => {
            copying::copy_one(organizations, name, hash, call)
        }
        ("GET", [hash, "download"]) => download::download(organization, hash, call),
        ("PUT", [hash, "name"]) => image_options::rename(organization, hash, call),
        ("PUT", [hash, "options", "protected"]) => image_options::protect(organization, hash, call),
        ("PUT", [hash, "options", "locked"]) => image_options::lock(organization, hash, call),
        ("DELETE", [hash, "cache"]) => caches::invalidate_image(organization, hash),
        ("POST", [hash, "autolabel"]) => enrichment::label(organization, hash),
        ("POST", [hash, "autodescription"]) => enrichment::describe_image(organization, hash, call),
        ("POST", [hash, "contentcredentials"]) => {
            enrichment::read_content_credentials(organization, hash)
        }

        (method, [hash, "meta", "user"]) => match method {
            "GET" => user_metadata::get(organization, hash),
            "PUT" => user_metadata::replace(organization, hash, call),
            "PATCH" => user_metadata::patch(organization, hash, call),
            "DELETE" => user_metadata::delete(organization, hash),
            _ => Err(Answer::no_route()),
        },
        (method, [hash, "meta", "user", field]) if is_user_field(field) => match method {
            "GET" => user_metadata::get_field(organization, hash, field),
            "PUT" => user_metadata::put_field(organization, hash, field, call),
            "DELETE" => user_metadata::delete_field(organization, hash, field),
            _ => Err(Answer::no_route()),
        },
        ("PUT", [hash, "meta", "dynamic", kind]) if is_kind_name(kind) => {
            dynamic_metadata::put(organization, hash, kind, call)
        }
        ("DELETE", [hash, "meta", "dynamic", kind]) if is_kind_name(kind) => {
            dynamic_metadata::delete(organization, hash, kind, call)
        }
        _ => Err(Answer::no_route()),
    }
}

fn known<'a>(
    organizations: &'a mut BTreeMap<String, Organization>,
    name: &str,
) -> Result<&'a mut Organization, Answer> {
    organizations
        .get_mut(name)
        .ok_or_else(|| Answer::not_found("Organization"))
}

/// The route's own pattern, which is wider than the rule for names and has no colon for a type.
fn is_user_field(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

fn root() -> Answer {
    Answer::json(
        200,
        &json!({"resources": ["/sourceimages", "/stacks", "/operations", "/stackoptions"], "environment": "emulator"}),
    )
}
