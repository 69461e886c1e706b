//! Formats of rendered images.

use crate::{Error, Result};

pub(crate) fn is_format(format: &str) -> bool {
    (2..=5).contains(&format.len())
        && format.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && format.bytes().any(|byte| byte.is_ascii_alphabetic())
}

pub(crate) fn push_format(out: &mut String, format: &str) -> Result<()> {
    if !is_format(format) {
        return Err(Error::invalid(format!(
            "format `{format}`: it must be 2 to 5 letters and digits, such as `jpg`"
        )));
    }
    let start = out.len();
    out.push_str(format);
    if let Some(written) = out.get_mut(start..) {
        written.make_ascii_lowercase();
    }
    Ok(())
}
