//! Names that stand for an image.

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::organization::Organization;

pub(crate) fn is_alias(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Full hash behind an alias.
pub(crate) fn resolve<'a>(organization: &'a Organization, alias: &str) -> Result<&'a str, Answer> {
    organization
        .aliases
        .get(alias)
        .map(String::as_str)
        .ok_or_else(|| Answer::not_found("Alias"))
}

fn show(organization: &Organization, status: u16, alias: &str) -> Reply {
    let hash = resolve(organization, alias)?;
    Ok(Answer::json(
        status,
        &json!({"organization": organization.name(), "alias": alias, "hash": hash}),
    ))
}

pub(crate) fn get(organization: &Organization, alias: &str) -> Reply {
    show(organization, 200, alias)
}

pub(crate) fn put(organization: &mut Organization, alias: &str, call: &Call) -> Reply {
    let overwrite = call.flag("overwrite")?;
    let body = call.json()?;
    let hash = body
        .get("hash")
        .and_then(Value::as_str)
        .ok_or_else(|| Answer::bad_request("The body needs a hash"))?;
    let hash = organization.live(hash)?.hash.clone();
    let exists = organization.aliases.contains_key(alias);
    if exists && !overwrite {
        return Err(Answer::error(409, "The alias exists already"));
    }
    organization.aliases.insert(alias.to_owned(), hash);
    show(organization, if exists { 200 } else { 201 }, alias)
}

pub(crate) fn delete(organization: &mut Organization, alias: &str) -> Reply {
    organization
        .aliases
        .remove(alias)
        .map(|_| Answer::empty(204))
        .ok_or_else(|| Answer::not_found("Alias"))
}
