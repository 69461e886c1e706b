//! Routes requests on images, stacks and reports to their handlers.

use std::collections::BTreeMap;

use serde_json::json;

use super::accounts::{Accounts, Caller};
use super::aliases::is_alias;
use super::dynamic_metadata::is_kind_name;
use super::hash::is_binary_hash;
use super::organization::Organization;
use super::request::Request;
use super::response::{HandlerResult, Response};
use super::{
    accounting, aliases, caches, copying, download, dynamic_metadata, enrichment, image_options,
    listing, signature, stacks, upload, user_metadata,
};
use crate::role::Role;

/// Handles a request that needs no credentials; `None` for any other.
pub(crate) fn public(request: &Request) -> Option<Response> {
    let path: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    match (request.method.as_str(), path.as_slice()) {
        ("GET" | "HEAD", ["operations"]) => Some(stacks::operations()),
        ("GET" | "HEAD", ["stackoptions"]) => Some(stacks::options()),
        ("GET" | "HEAD", ["savings"]) => Some(accounting::savings()),
        _ => None,
    }
}

pub(crate) fn handle(
    organizations: &mut BTreeMap<String, Organization>,
    accounts: &Accounts,
    caller: &Caller,
    request: &Request,
) -> HandlerResult {
    let path: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    // The server drops the body of the response to a HEAD.
    let method = match request.method.as_str() {
        "HEAD" => "GET",
        method => method,
    };
    let (name, rest) = match path.as_slice() {
        [] if method == "GET" => return Ok(root()),
        ["sourceimages", name, rest @ ..] => (*name, rest),
        ["stacks", name, rest @ ..] => {
            let organization = find_organization(organizations, name)?;
            return match (method, rest) {
                ("GET", []) => stacks::list(organization, request),
                ("GET", [stack]) => stacks::get(organization, stack),
                ("PUT", [stack]) => stacks::put(organization, stack, request),
                ("DELETE", [stack]) => stacks::delete(organization, stack),
                ("DELETE", [stack, "cache"]) => caches::invalidate_stack(organization, stack),
                _ => Err(Response::no_route()),
            };
        }
        ["stats", name] if method == "GET" => {
            return accounting::stats(find_organization(organizations, name)?, request);
        }
        ["billing", name] if method == "GET" => {
            return accounting::billing(find_organization(organizations, name)?, request);
        }
        ["utils", name, "sign_url"] if method == "POST" => {
            return signature::sign_url(request, &accounts.organization(name)?.signing_key);
        }
        _ => return Err(Response::no_route()),
    };
    let organization = find_organization(organizations, name)?;
    let protected_downloads = accounts.authorize(caller, name, Role::SourceimagesDownloadProtected);
    match (method, rest) {
        ("GET", []) => listing::list(organization, request),
        ("POST", []) => upload::store(organization, upload::prepare(request)?),
        ("DELETE", []) => image_options::delete_by_binary_hash(organization, request),
        ("GET", ["binaryhash", hash]) if is_binary_hash(hash) => {
            listing::list_by_binary_hash(organization, hash, request)
        }
        ("GET", ["download"]) => listing::download(organization, request, protected_downloads),
        ("POST", ["copy"]) => copying::copy_many(organizations, name, request),

        ("PUT", ["alias", alias]) if is_alias(alias) => aliases::put(organization, alias, request),
        ("GET", ["alias", alias]) if is_alias(alias) => aliases::get(organization, alias),
        ("DELETE", ["alias", alias]) if is_alias(alias) => aliases::delete(organization, alias),
        ("DELETE", ["alias", alias, "cache"]) if is_alias(alias) => {
            caches::invalidate_alias(organization, alias)
        }

        ("GET", [hash]) => image_options::get(organization, hash, request),
        ("DELETE", [hash]) => image_options::delete(organization, hash),
        ("POST", [hash, "restore"]) => image_options::restore(organization, hash),
        ("POST", [hash, "copy"]) | ("COPY", [hash]) => {
            copying::copy_one(organizations, name, hash, request)
        }
        ("GET", [hash, "download"]) => {
            if organization.live(hash)?.protected {
                protected_downloads?;
            }
            download::download(organization, hash, request)
        }
        ("PUT", [hash, "name"]) => image_options::rename(organization, hash, request),
        ("PUT", [hash, "options", "protected"]) => {
            image_options::protect(organization, hash, request)
        }
        ("PUT", [hash, "options", "locked"]) => image_options::lock(organization, hash, request),
        ("DELETE", [hash, "cache"]) => caches::invalidate_image(organization, hash),
        ("POST", [hash, "autolabel"]) => enrichment::label(organization, hash),
        ("POST", [hash, "autodescription"]) => {
            enrichment::describe_image(organization, hash, request)
        }
        ("POST", [hash, "contentcredentials"]) => {
            enrichment::read_content_credentials(organization, hash)
        }

        (method, [hash, "meta", "user"]) => match method {
            "GET" => user_metadata::get(organization, hash),
            "PUT" => user_metadata::replace(organization, hash, request),
            "PATCH" => user_metadata::patch(organization, hash, request),
            "DELETE" => user_metadata::delete(organization, hash),
            _ => Err(Response::no_route()),
        },
        (method, [hash, "meta", "user", field]) if is_user_field(field) => match method {
            "GET" => user_metadata::get_field(organization, hash, field),
            "PUT" => user_metadata::put_field(organization, hash, field, request),
            "DELETE" => user_metadata::delete_field(organization, hash, field),
            _ => Err(Response::no_route()),
        },
        ("PUT", [hash, "meta", "dynamic", kind]) if is_kind_name(kind) => {
            dynamic_metadata::put(organization, hash, kind, request)
        }
        ("DELETE", [hash, "meta", "dynamic", kind]) if is_kind_name(kind) => {
            dynamic_metadata::delete(organization, hash, kind, request)
        }
        _ => Err(Response::no_route()),
    }
}

fn find_organization<'a>(
    organizations: &'a mut BTreeMap<String, Organization>,
    name: &str,
) -> Result<&'a mut Organization, Response> {
    let organization = organizations
        .get_mut(name)
        .ok_or_else(|| Response::not_found("Organization"))?;
    organization.empty_trash();
    Ok(organization)
}

/// Whether the route accepts the name. Its pattern is wider than the rule for field names, and has no type prefix.
fn is_user_field(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

fn root() -> Response {
    Response::json(
        200,
        &json!({"resources": ["/sourceimages", "/stacks", "/operations", "/stackoptions"], "environment": "emulator"}),
    )
}
