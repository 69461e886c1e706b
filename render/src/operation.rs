//! Operations of a render URL.

use std::borrow::Cow;

use crate::{Error, Result};

use super::named::{Named, NamedValues};
use super::source::is_hash;
use super::value::{Value, is_name, is_name_byte};

/// An operation of a stack, such as a resize or a crop, with its options.
///
/// The types of [`operations`](crate::operations) have a method for each option. Building the URL rejects values of known
/// options that are out of range; unknown operations and options pass, and rokka responds with the status 400 if it does
/// not know them either.
///
/// ```
/// use rokka_render::{Operation, RenderUrl};
///
/// let resize = Operation::new("resize").option("width", 300).option("upscale", false);
/// let url = RenderUrl::new("acme", "3f9a21")?
///     .dynamic([resize, Operation::new("grayscale")])
///     .format("png")
///     .url()?;
/// assert_eq!(url, "https://acme.rokka.io/dynamic/resize-width-300-upscale-false--grayscale/3f9a21.png");
/// # Ok::<(), rokka_render::Error>(())
/// ```
///
/// Reference: [operations](https://rokka.io/documentation/references/operations.html).
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    name: Cow<'static, str>,
    pub(crate) options: NamedValues,
}

impl Operation {
    /// Returns an operation without options.
    ///
    /// ```
    /// use rokka_render::{Operation, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.dynamic([Operation::new("circlemask")]).url()?;
    /// assert_eq!(url, "https://acme.rokka.io/dynamic/circlemask/3f9a21.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [operations](https://rokka.io/documentation/references/operations.html).
    #[inline]
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            options: NamedValues::new(),
        }
    }

    /// Sets or replaces an option; `None` removes it.
    ///
    /// A path cannot carry every value: building the URL rejects negative numbers, empty strings, and strings with `-`,
    /// `/`, `?`, `#`, `%`, `&`, brackets, backslashes or control characters. Use a stack variable for them.
    ///
    /// ```
    /// use rokka_render::{Operation, RenderUrl};
    ///
    /// let tilted = Operation::new("rotate").option("angle", -90);
    /// let error = RenderUrl::new("acme", "3f9a21")?.dynamic([tilted]).url().unwrap_err();
    /// assert!(error.to_string().contains("rotate"));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [operations](https://rokka.io/documentation/references/operations.html).
    #[inline]
    #[must_use]
    pub fn option(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        self.options.set(name.into(), value.into());
        self
    }

    /// Returns the name.
    ///
    /// ```
    /// use rokka_render::Operation;
    ///
    /// assert_eq!(Operation::new("blur").name(), "blur");
    /// ```
    ///
    /// Reference: [operations](https://rokka.io/documentation/references/operations.html).
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the options in the order in which they were set.
    ///
    /// ```
    /// use rokka_render::{Operation, Value};
    ///
    /// let blur = Operation::new("blur").option("sigma", 4);
    /// assert!(blur.options().eq([("sigma", &Value::from(4))]));
    /// ```
    ///
    /// Reference: [operations](https://rokka.io/documentation/references/operations.html).
    pub fn options(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.options
            .iter()
            .map(|(name, value)| (name.as_ref(), value))
    }

    pub(crate) fn push(&self, out: &mut String) -> Result<()> {
        let name = self.name.as_ref();
        let allowed = |byte: u8| is_name_byte(byte) && byte != b'.';
        if name.is_empty() || !name.bytes().all(allowed) {
            return Err(Error::invalid(format!(
                "operation `{name}`: the name must be letters, digits and `_`"
            )));
        }
        if matches!(name, "o" | "options" | "v" | "variables") {
            return Err(Error::invalid(format!(
                "operation `{name}`: the name is reserved for stack options and variables"
            )));
        }
        if self.options.is_empty() && is_hash(name) {
            return Err(Error::invalid(format!(
                "operation `{name}`: rokka would read the name as the hash of the image; set an option"
            )));
        }
        out.push_str(name);
        push_pairs(out, &self.options, name, "use a stack variable instead")
    }
}

/// Appends a path segment with these operations.
pub(crate) fn push_operations(out: &mut String, operations: &[Operation]) -> Result<()> {
    let mut separator = "/";
    for operation in operations {
        out.push_str(separator);
        operation.push(out)?;
        separator = "--";
    }
    Ok(())
}

/// Appends `-name-value` for each pair. Errors name `what` the pairs belong to and what to do `instead`.
pub(crate) fn push_pairs(
    out: &mut String,
    pairs: &[Named],
    what: &str,
    instead: &str,
) -> Result<()> {
    for (name, value) in pairs {
        if !is_name(name) {
            return Err(Error::invalid(format!(
                "{what}: the option name `{name}` must be letters, digits, `_` and `.`"
            )));
        }
        out.push('-');
        out.push_str(name);
        out.push('-');
        value.push_path(out).map_err(|reason| {
            Error::invalid(format!(
                "{what}: `{name}` cannot be `{value}`: {reason}; {instead}"
            ))
        })?;
    }
    Ok(())
}
