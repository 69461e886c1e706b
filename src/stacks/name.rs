//! Names of stacks.

use crate::api::types::{StackName, StackNameOrAll};
use crate::error::{Error, Result};

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
pub(super) fn stack_name_or_all(name: Option<&str>) -> Result<StackNameOrAll> {
    match name {
        Some(name) => Ok(stack_name(name)?.as_str().parse()?),
        None => Ok("*".parse()?),
    }
}
