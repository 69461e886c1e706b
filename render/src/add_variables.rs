//! Adding stack variables to a finished URL.

use std::borrow::Cow;

use crate::{RenderUrl, Result, Value};

/// Adds stack variables to a render URL. They replace those with the same name in its path and its query.
///
/// Returns the URL in its canonical form, without a signature.
///
/// # Errors
///
/// The URL is not a render URL, see [`RenderUrl::parse`], or a variable is invalid, see [`RenderUrl::url`].
///
/// ```
/// use rokka_render::{Value, add_variables};
///
/// let url = "https://acme.rokka.io/card/v-w-200/3f9a21.jpg";
/// let url = add_variables(url, [("w", Value::from(300)), ("text", Value::from("Hello, you"))])?;
/// assert_eq!(url, "https://acme.rokka.io/card/v-w-300/3f9a21.jpg?v=%7B%22text%22%3A%22Hello%2C+you%22%7D");
/// # Ok::<(), rokka_render::Error>(())
/// ```
///
/// Reference: [stack variables](https://rokka.io/documentation/references/stacks.html#stack-variables).
#[doc(alias = "render.addStackVariables")]
#[doc(alias = "addStackVariables")]
pub fn add_variables<N, V>(url: &str, variables: impl IntoIterator<Item = (N, V)>) -> Result<String>
where
    N: Into<Cow<'static, str>>,
    V: Into<Value>,
{
    RenderUrl::parse(url)?.variables(variables).url()
}
