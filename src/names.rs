//! The names that calls take, each checked in one place before anything is sent.

use crate::api::types::{ImageHash, OrganizationName, StackName, StackNameOrAll};
use crate::error::{Error, Result};

/// Checks the name of an organization: by the rule of render URLs, whose host it is part of.
pub(crate) fn organization_name(name: &str) -> Result<OrganizationName> {
    rokka_render::check_organization(name)?;
    name.parse().map_err(|_| {
        Error::invalid(format!(
            "organization `{name}`: the name must be lower-case letters, digits and `-`"
        ))
    })
}

/// Checks the hash of an image, whole or short.
pub(crate) fn image_hash(hash: &str) -> Result<ImageHash> {
    hash.parse().map_err(|_| {
        Error::invalid(format!(
            "the hash {hash:?} is not made of 6 to 40 hexadecimal digits"
        ))
    })
}

/// A checked name of a stack that is not reserved.
pub(crate) fn stack_name(name: &str) -> Result<StackName> {
    let checked = name.parse().map_err(|_| {
        Error::invalid(format!(
            "the stack {name:?} is not made of letters, digits, `-` and `_`"
        ))
    })?;
    if name == "dynamic" {
        return Err(Error::invalid(
            "the stack `dynamic` is the service's own: its operations stand in the URL",
        ));
    }
    if name.starts_with('_') && !name.starts_with("_preview") {
        return Err(Error::invalid(format!(
            "the stack {name:?} cannot be: names that start with `_` are reserved, but for `_preview…`"
        )));
    }
    Ok(checked)
}

/// A checked name of a stack, or `*`.
pub(crate) fn stack_name_or_all(name: Option<&str>) -> Result<StackNameOrAll> {
    match name {
        Some(name) => Ok(stack_name(name)?.as_str().parse()?),
        None => Ok("*".parse()?),
    }
}

/// A name of user metadata with or without its type in front.
pub(crate) fn check_typed_user_name(name: &str) -> Result<()> {
    if name.contains(':') {
        crate::source_images::field::check_name(&format!("user:{name}"))
    } else {
        check_user_name(name)
    }
}

/// A name of user metadata without its type.
pub(crate) fn check_user_name(name: &str) -> Result<()> {
    let plain =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    if !(1..=54).contains(&name.len()) || !name.chars().all(plain) {
        return Err(Error::invalid(format!(
            "the user metadata name {name:?} is not made of 1 to 54 lower-case letters, digits and `_`"
        )));
    }
    Ok(())
}
