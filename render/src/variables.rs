//! Stack variables in the path and in the query parameter `v`.

use std::borrow::Cow;

use form_urlencoded::byte_serialize;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::{Error, Result};

use super::named::{Named, NamedValues};
use super::steps::step;
use super::value::{Value, is_name};

pub(crate) fn is_in_path(name: &str, value: &Value) -> bool {
    is_name(name) && value.is_path_variable()
}

/// Appends the segment of the variables that the path can carry, and returns whether there are any.
pub(crate) fn push_path(out: &mut String, variables: &[Named]) -> Result<bool> {
    let mut any = false;
    for (name, value) in variables {
        if name.is_empty() {
            return Err(Error::invalid(format!(
                "stack variable with the value `{value}`: the name must not be empty"
            )));
        }
        if is_in_path(name, value) {
            out.push_str(if any { "-" } else { "/v-" });
            out.push_str(name);
            out.push('-');
            value
                .push_path(out)
                .map_err(|reason| invalid_variable(name, value, &reason))?;
            any = true;
        }
    }
    Ok(any)
}

/// Appends `v=` with the variables that the path cannot carry.
pub(crate) fn push_query(out: &mut String, variables: &[Named]) -> Result<()> {
    let late = |(name, value): &&Named| !is_in_path(name, value);
    push_json(out, variables.iter().filter(late))
}

/// Appends `v=` with these variables.
pub(crate) fn push_json<'a>(
    out: &mut String,
    variables: impl Iterator<Item = &'a Named>,
) -> Result<()> {
    let mut json = vec![b'{'];
    for (name, value) in variables {
        if json.len() > 1 {
            json.push(b',');
        }
        let written = serde_json::to_writer(&mut json, name.as_ref());
        written.map_err(|error| invalid_variable(name, value, &error.to_string()))?;
        json.push(b':');
        value
            .push_json(&mut json)
            .map_err(|reason| invalid_variable(name, value, &reason))?;
    }
    json.push(b'}');
    out.push_str("v=");
    out.extend(byte_serialize(&json));
    Ok(())
}

fn invalid_variable(name: &str, value: &Value, reason: &str) -> Error {
    Error::invalid(format!(
        "stack variable `{name}` cannot be `{value}`: {reason}"
    ))
}

/// Reads the object of the query parameter `v`, which takes precedence over the variables of the path.
pub(crate) fn merge_query(variables: &mut NamedValues, text: &str) -> Result<()> {
    let entries = entries(text)
        .ok_or_else(|| Error::invalid("the query parameter `v` is not a JSON object"))?;
    variables.extend(
        entries
            .into_iter()
            .map(|(name, value)| (Cow::Owned(name), value)),
    );
    Ok(())
}

/// Parses the members of a JSON object in order. `serde_json::Value` loses the order and the digits of some numbers.
fn entries(text: &str) -> Option<Vec<(String, Value)>> {
    let mut entries = Vec::new();
    let mut rest = skip_space(skip_space(text).strip_prefix('{')?);
    while !rest.starts_with('}') {
        let (name, after) = read::<String>(rest)?;
        let start = skip_space(skip_space(after).strip_prefix(':')?);
        let (IgnoredAny, after) = read(start)?;
        let json = start.get(..start.len() - after.len())?;
        entries.push((name, Value::from_json(json)?));
        rest = skip_space(after);
        match rest.strip_prefix(',') {
            Some(after) => {
                rest = skip_space(after);
                // JSON does not allow a trailing comma.
                rest.starts_with('"').then_some(())?;
            }
            None => rest.starts_with('}').then_some(())?,
        }
    }
    skip_space(rest.strip_prefix('}')?)
        .is_empty()
        .then_some(entries)
}

fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Option<(T, &'a str)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter();
    let value = values.next()?.ok()?;
    step(values.byte_offset());
    Some((value, text.get(values.byte_offset()..)?))
}

fn skip_space(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', '\n', '\r'])
}
