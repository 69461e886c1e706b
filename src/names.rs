//! Validation of names: one function per kind, used by all calls before they send anything.

use crate::api::types::{ImageHash, OrganizationName, StackName, StackNameOrAll};
use crate::error::{Error, Result};

/// Validates the name of an organization, by the rule of render URLs, whose host contains it.
pub(crate) fn organization_name(name: &str) -> Result<OrganizationName> {
    rokka_render::check_organization(name)?;
    name.parse().map_err(|_| {
        Error::invalid(format!(
            "organization `{name}`: the name must be lower-case letters, digits and `-`"
        ))
    })
}

/// Validates the full or short hash of an image.
pub(crate) fn image_hash(hash: &str) -> Result<ImageHash> {
    hash.parse().map_err(|_| {
        Error::invalid(format!(
            "invalid hash {hash:?}: it must have 6 to 40 hexadecimal digits"
        ))
    })
}

/// Validates the name of a stack, which must not be reserved.
pub(crate) fn stack_name(name: &str) -> Result<StackName> {
    let checked = name.parse().map_err(|_| {
        Error::invalid(format!(
            "invalid stack name {name:?}: it must consist of letters, digits, `-` and `_`"
        ))
    })?;
    if name == "dynamic" {
        return Err(Error::invalid(
            "the stack name `dynamic` is reserved for operations in the URL: choose another name",
        ));
    }
    if name.starts_with('_') && !name.starts_with("_preview") {
        return Err(Error::invalid(format!(
            "the stack name {name:?} is reserved: names that start with `_` must start with `_preview`"
        )));
    }
    Ok(checked)
}

/// Validates the name of a stack; `None` is `*`, all stacks.
pub(crate) fn stack_name_or_all(name: Option<&str>) -> Result<StackNameOrAll> {
    match name {
        Some(name) => Ok(stack_name(name)?.as_str().parse()?),
        None => Ok("*".parse()?),
    }
}

/// Validates a name of user metadata with or without the prefix of its type.
pub(crate) fn check_typed_user_name(name: &str) -> Result<()> {
    if name.contains(':') {
        check_field_name(&format!("user:{name}"))
    } else {
        check_user_name(name)
    }
}

/// Validates a name of user metadata without the prefix of its type.
pub(crate) fn check_user_name(name: &str) -> Result<()> {
    let plain =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    if !(1..=54).contains(&name.len()) || !name.chars().all(plain) {
        return Err(Error::invalid(format!(
            "invalid user metadata name {name:?}: it must have 1 to 54 lower-case letters, digits and `_`"
        )));
    }
    Ok(())
}

/// Names of the search's own query parameters.
const RESERVED: &[&str] = &[
    "binaryHash",
    "deleted",
    "facets",
    "limit",
    "offset",
    "operator",
    "sort",
];

/// The types of user metadata.
const USER_TYPES: &[&str] = &[
    "array",
    "array_text",
    "date",
    "double",
    "int",
    "latlon",
    "str",
    "text",
];

/// Checks the name of a field: user metadata has the service's rules for names, other fields must not be parameters or
/// contain reserved characters.
pub(crate) fn check_field_name(field: &str) -> Result<()> {
    if RESERVED.contains(&field) {
        return Err(Error::invalid(format!(
            "`{field}` is a query parameter of the search, not a field"
        )));
    }
    let plain =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | ':' | '-' | '.');
    if field.is_empty() || !field.chars().all(plain) {
        return Err(Error::invalid(format!(
            "the field name {field:?} is invalid: use letters, digits, `_`, `:`, `-` and `.`"
        )));
    }
    let Some(user) = field.strip_prefix("user:") else {
        return Ok(());
    };
    let name = match user.split_once(':') {
        Some((kind, name)) if USER_TYPES.contains(&kind) => name,
        Some((kind, _)) => {
            return Err(Error::invalid(format!(
                "`{kind}` in `{field}` is not a type of user metadata: use one of {}",
                USER_TYPES.join(", ")
            )));
        }
        None => user,
    };
    check_user_name(name)
}
