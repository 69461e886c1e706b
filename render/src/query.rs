//! Query parameters of URLs.

use form_urlencoded::byte_serialize;

use crate::{Result, escape};

/// Appends a query parameter, encoded again if clients would not send its bytes unchanged.
pub(crate) fn push_parameter(out: &mut String, parameter: &str) -> Result<()> {
    // Browsers escape the apostrophe in a query, but not in a path.
    if escape::is_clean(parameter) && !parameter.contains('\'') {
        out.push_str(parameter);
        return Ok(());
    }
    let (name, value) = match parameter.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (parameter, None),
    };
    out.extend(byte_serialize(escape::decode_query(name)?.as_bytes()));
    if let Some(value) = value {
        out.push('=');
        out.extend(byte_serialize(escape::decode_query(value)?.as_bytes()));
    }
    Ok(())
}

/// Whether a query parameter has this name, also when it is percent-encoded.
pub(crate) fn is_named(parameter: &str, name: &str) -> bool {
    let written = parameter
        .split_once('=')
        .map_or(parameter, |(name, _)| name);
    written == name
        || (written.contains('%') && escape::decode_query(written).is_ok_and(|text| text == name))
}
