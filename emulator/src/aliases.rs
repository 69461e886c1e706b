//! Aliases: names for images.

use serde_json::{Value, json};

use super::organization::Organization;
use super::request::Request;
use super::response::{HandlerResult, Response};

pub(crate) fn is_alias(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Returns the full hash of an alias.
pub(crate) fn resolve<'a>(
    organization: &'a Organization,
    alias: &str,
) -> Result<&'a str, Response> {
    organization
        .aliases()
        .get(alias)
        .map(String::as_str)
        .ok_or_else(|| Response::not_found("Alias"))
}

fn alias_response(organization: &Organization, status: u16, alias: &str) -> HandlerResult {
    let hash = resolve(organization, alias)?;
    Ok(Response::json(
        status,
        &json!({"organization": organization.name(), "alias": alias, "hash": hash}),
    ))
}

pub(crate) fn get(organization: &Organization, alias: &str) -> HandlerResult {
    alias_response(organization, 200, alias)
}

pub(crate) fn put(
    organization: &mut Organization,
    alias: &str,
    request: &Request,
) -> HandlerResult {
    let overwrite = request.flag("overwrite")?;
    let body = request.json()?;
    let hash = body
        .get("hash")
        .and_then(Value::as_str)
        .ok_or_else(|| Response::bad_request("The body needs a `hash`"))?;
    let hash = organization.live(hash)?.hash.clone();
    let exists = organization.aliases().contains_key(alias);
    if exists && !overwrite {
        return Err(Response::error(
            409,
            "The alias exists; set `overwrite` to replace it",
        ));
    }
    organization.set_alias(alias, Some(hash));
    alias_response(organization, if exists { 200 } else { 201 }, alias)
}

pub(crate) fn delete(organization: &mut Organization, alias: &str) -> HandlerResult {
    organization
        .set_alias(alias, None)
        .map(|_| Response::empty(204))
        .ok_or_else(|| Response::not_found("Alias"))
}
