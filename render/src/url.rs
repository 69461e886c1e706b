//! The builder of render URLs.

use std::borrow::Cow;

use crate::Result;

use super::host;
use super::operation::Operation;
use super::parts::{DYNAMIC, Parts};
use super::ranges::{check_operation, check_operations, check_option};
use super::sign::SigningKey;
use super::source::ImageSource;
use super::value::Value;

/// Builds or changes a render URL: the URL of one image in one stack and format.
///
/// Start with [`new`](Self::new), [`with_host`](Self::with_host) or [`parse`](Self::parse), call setters, and finish
/// with [`url`](Self::url), which validates all values. The default is the stack `dynamic` without operations and the
/// format `jpg`.
///
/// ```
/// use rokka_render::{Operation, RenderUrl};
///
/// let url = RenderUrl::new("acme", "3f9a21")?
///     .stack("thumb")
///     .override_operation(Operation::new("resize").option("width", 200))
///     .option("dpr", 2)
///     .variable("text", "50% off!")
///     .filename("red-shoe")
///     .format("webp")
///     .url()?;
/// assert_eq!(
///     url,
///     "https://acme.rokka.io/thumb/resize-width-200/o-dpr-2/3f9a21/red-shoe.webp\
///      ?v=%7B%22text%22%3A%2250%25+off%21%22%7D",
/// );
/// # Ok::<(), rokka_render::Error>(())
/// ```
///
/// Reference: [render](https://rokka.io/documentation/references/render.html).
#[derive(Clone, Debug)]
#[must_use = "call `url` to build the URL"]
#[doc(alias = "render.getUrl")]
#[doc(alias = "getUrl")]
pub struct RenderUrl {
    /// Boxed because every setter moves them.
    pub(crate) parts: Box<Parts>,
}

impl RenderUrl {
    /// Starts the URL of an image on the render host of an organization, `https://{organization}.rokka.io`.
    ///
    /// # Errors
    ///
    /// The organization is not lower-case letters, digits and `-`, or the source is invalid, see [`ImageSource`].
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb").url()?;
    /// assert_eq!(url, "https://acme.rokka.io/thumb/3f9a21.jpg");
    /// assert!(RenderUrl::new("Acme Ltd", "3f9a21").is_err());
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [render](https://rokka.io/documentation/references/render.html).
    #[doc(alias = "composeUri")]
    #[inline]
    pub fn new(organization: impl AsRef<str>, image: impl Into<ImageSource>) -> Result<Self> {
        let base = host::base_for_organization(organization.as_ref())?;
        Ok(Self::from_parts(base, image.into().checked()?))
    }

    /// Starts the URL of an image on a custom render host, such as `https://images.example.com`.
    ///
    /// # Errors
    ///
    /// The base is not `https://` or `http://` with a host and an optional port, or the source is invalid, see
    /// [`ImageSource`]. A base must not have a path, because a signature covers the whole path.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let url = RenderUrl::with_host("https://images.example.com", "3f9a21")?.stack("thumb").url()?;
    /// assert_eq!(url, "https://images.example.com/thumb/3f9a21.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [render](https://rokka.io/documentation/references/render.html).
    pub fn with_host(base: impl Into<String>, image: impl Into<ImageSource>) -> Result<Self> {
        let base = host::canonical_base(base.into())?;
        Ok(Self::from_parts(base, image.into().checked()?))
    }

    /// Starts the URL of an image on a render host from a template with the placeholder `{organization}`.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new) and [`with_host`](Self::with_host).
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let url = RenderUrl::with_host_template("https://{organization}.img.example.com", "acme", "3f9a21")?;
    /// assert_eq!(url.url()?, "https://acme.img.example.com/dynamic/3f9a21.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [render](https://rokka.io/documentation/references/render.html).
    #[doc(alias = "renderHost")]
    pub fn with_host_template(
        template: impl AsRef<str>,
        organization: impl AsRef<str>,
        image: impl Into<ImageSource>,
    ) -> Result<Self> {
        let base = host::base_from_template(template.as_ref(), organization.as_ref())?;
        Ok(Self::from_parts(base, image.into().checked()?))
    }

    pub(crate) fn from_parts(base: String, image: ImageSource) -> Self {
        let parts = Box::new(Parts::new(base, image));
        Self { parts }
    }

    /// Returns the parts for a change, which invalidates a parsed signature.
    fn change(&mut self) -> &mut Parts {
        self.parts.signed = None;
        &mut self.parts
    }

    /// Sets the stack. Removes operations and overrides; keeps options and variables.
    ///
    /// A name is letters, digits, `-` and `_`. Names starting with `_` are reserved, except `_preview…`. The default is
    /// the stack `dynamic`.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let url = RenderUrl::parse("https://acme.rokka.io/dynamic/resize-width-300/o-dpr-2/3f9a21.jpg")?;
    /// assert_eq!(url.stack("thumb").url()?, "https://acme.rokka.io/thumb/o-dpr-2/3f9a21.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [stacks](https://rokka.io/documentation/references/stacks.html).
    #[doc(alias = "getUrlFromUrl")]
    #[doc(alias = "render.getUrlFromUrl")]
    #[inline]
    pub fn stack(mut self, name: impl Into<String>) -> Self {
        self.change_stack(Cow::Owned(name.into()));
        self
    }

    /// Sets the stack `dynamic` with these operations, or none. Removes earlier operations and overrides.
    ///
    /// ```
    /// use rokka_render::{Operation, RenderUrl};
    ///
    /// let resize = Operation::new("resize").option("width", 300);
    /// let crop = Operation::new("crop").option("width", 100).option("height", 100);
    /// let url = RenderUrl::new("acme", "3f9a21")?.dynamic([resize, crop]).url()?;
    /// assert_eq!(url, "https://acme.rokka.io/dynamic/resize-width-300--crop-width-100-height-100/3f9a21.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [render](https://rokka.io/documentation/references/render.html).
    #[inline]
    pub fn dynamic<O: Into<Operation>>(mut self, operations: impl IntoIterator<Item = O>) -> Self {
        self.change_stack(Cow::Borrowed(DYNAMIC));
        let parts = &mut *self.parts;
        parts.operations = operations.into_iter().map(Into::into).collect();
        check_operations(&mut parts.refusals, &parts.operations);
        self
    }

    /// Appends an operation to the stack `dynamic`; operations of different types chain.
    ///
    /// A named stack has its own operations, which a URL can only [override](Self::override_operation): for one,
    /// [`url`](Self::url) returns an error.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    /// use rokka_render::operations::{Grayscale, Resize, ResizeMode};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?
    ///     .operation(Resize::new(300, 200).mode(ResizeMode::Fill))
    ///     .operation(Grayscale::new())
    ///     .url()?;
    /// assert_eq!(url, "https://acme.rokka.io/dynamic/resize-width-300-height-200-mode-fill--grayscale/3f9a21.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [operations](https://rokka.io/documentation/references/operations.html).
    #[inline]
    pub fn operation(mut self, operation: impl Into<Operation>) -> Self {
        self.push_operation(operation.into());
        self
    }

    fn push_operation(&mut self, operation: Operation) {
        let parts = self.change();
        if parts.is_dynamic() {
            check_operation(&mut parts.refusals, &operation);
            parts.operations.push(operation);
        } else {
            let error = format!(
                "operation `{}`: the stack `{}` has its own operations, and a URL can only change their options; use \
                 `override_operation`, or add the operation to the stack",
                operation.name(),
                parts.stack
            );
            parts.refuse_operations(error);
        }
    }

    fn change_stack(&mut self, name: Cow<'static, str>) {
        let parts = self.change();
        if let Some(refusals) = &mut parts.refusals {
            refusals.operations = None;
        }
        parts.stack = name;
        parts.operations.clear();
        parts.overrides.clear();
    }

    /// Overrides options of every operation with the same name in the current stack.
    ///
    /// For a named stack, the URL contains the override, and rokka ignores it if the stack has no such operation. For a
    /// dynamic stack, it changes the operations in place; if there is no such operation, [`url`](Self::url) returns an
    /// error.
    ///
    /// ```
    /// use rokka_render::{Operation, RenderUrl};
    ///
    /// let wider = Operation::new("resize").option("width", 800);
    /// let url = RenderUrl::parse("https://acme.rokka.io/thumb/3f9a21.jpg")?.override_operation(wider).url()?;
    /// assert_eq!(url, "https://acme.rokka.io/thumb/resize-width-800/3f9a21.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [overwriting options](https://rokka.io/documentation/references/render.html#overwriting-stack-operation-options).
    pub fn override_operation(mut self, operation: impl Into<Operation>) -> Self {
        let operation = operation.into();
        let parts = self.change();
        check_operation(&mut parts.refusals, &operation);
        let name = operation.name();
        let mut found = false;
        let known = parts
            .operations
            .iter_mut()
            .chain(parts.overrides.iter_mut());
        for target in known.filter(|known| known.name() == name) {
            found = true;
            target.options.extend(operation.options.iter().cloned());
        }
        if !found && parts.stack == DYNAMIC {
            let error = format!(
                "override of `{name}`: the dynamic stack has no such operation; add it with `operation`"
            );
            parts.refuse_operations(error);
        } else if !found {
            parts.overrides.push(operation);
        }
        self
    }

    /// Appends a path segment of overrides, joined by `--`.
    ///
    /// A later segment overrides an earlier one. A dynamic stack must have operations, which its overrides follow.
    ///
    /// ```
    /// use rokka_render::{Operation, RenderUrl};
    ///
    /// let resize = |width: u32| Operation::new("resize").option("width", width);
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
    /// let url = url.override_segment([resize(100)]).override_segment([resize(300)]).url()?;
    /// assert_eq!(url, "https://acme.rokka.io/thumb/resize-width-100/resize-width-300/3f9a21.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [overwriting options](https://rokka.io/documentation/references/render.html#overwriting-stack-operation-options).
    pub fn override_segment<O: Into<Operation>>(
        mut self,
        operations: impl IntoIterator<Item = O>,
    ) -> Self {
        let parts = self.change();
        let refusals = &mut parts.refusals;
        let operations = operations.into_iter().map(Into::into);
        parts
            .overrides
            .push_segment(operations.inspect(|operation| check_operation(refusals, operation)));
        self
    }

    /// Sets or replaces a stack option, such as `dpr` or `jpg.quality`; `None` removes it.
    ///
    /// A path cannot carry every value, see [`Operation::option`].
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb").option("jpg.quality", 80).url()?;
    /// assert_eq!(url, "https://acme.rokka.io/thumb/o-jpg.quality-80/3f9a21.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [stack options](https://rokka.io/documentation/references/stacks.html).
    #[inline]
    pub fn option(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        let (name, value) = (name.into(), value.into());
        let parts = self.change();
        check_option(&mut parts.refusals, &name, &value);
        parts.options.set(name, value);
        self
    }

    /// Sets several stack options, as [`option`](Self::option) does.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb").options([("dpr", 2), ("jpg.quality", 60)]).url()?;
    /// assert_eq!(url, "https://acme.rokka.io/thumb/o-dpr-2-jpg.quality-60/3f9a21.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [stack options](https://rokka.io/documentation/references/stacks.html).
    pub fn options<N, V>(mut self, options: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<Cow<'static, str>>,
        V: Into<Value>,
    {
        let options = options.into_iter();
        let named = options.map(|(name, value)| (name.into(), value.into()));
        let parts = self.change();
        let refusals = &mut parts.refusals;
        let named = named.inspect(|(name, value)| check_option(refusals, name, value));
        parts.options.extend(named);
        self
    }

    /// Removes all stack options.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let url = RenderUrl::parse("https://acme.rokka.io/thumb/o-dpr-2/3f9a21.jpg")?;
    /// assert_eq!(url.clear_options().url()?, "https://acme.rokka.io/thumb/3f9a21.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [stack options](https://rokka.io/documentation/references/stacks.html).
    pub fn clear_options(mut self) -> Self {
        self.change().options.clear();
        self
    }

    /// Sets or replaces a stack variable; `None` removes it.
    ///
    /// Non-negative numbers, booleans and strings of up to 20 letters, digits, `_` and `.` go to the path, anything
    /// else to the query parameter `v`. For a finished URL, see [`add_variables`](super::add_variables).
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("card").variable("w", 300).variable("text", "a b").url()?;
    /// assert_eq!(url, "https://acme.rokka.io/card/v-w-300/3f9a21.jpg?v=%7B%22text%22%3A%22a+b%22%7D");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [stack variables](https://rokka.io/documentation/references/stacks.html#stack-variables).
    #[inline]
    pub fn variable(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        self.change().variables.set(name.into(), value.into());
        self
    }

    /// Sets several stack variables, as [`variable`](Self::variable) does.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let url = RenderUrl::parse("https://acme.rokka.io/card/v-w-200/3f9a21.jpg")?;
    /// let url = url.variables([("w", 300), ("h", 150)]).url()?;
    /// assert_eq!(url, "https://acme.rokka.io/card/v-w-300-h-150/3f9a21.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [stack variables](https://rokka.io/documentation/references/stacks.html#stack-variables).
    #[doc(alias = "render.addStackVariables")]
    #[doc(alias = "addStackVariables")]
    pub fn variables<N, V>(mut self, variables: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<Cow<'static, str>>,
        V: Into<Value>,
    {
        let variables = variables.into_iter();
        let named = variables.map(|(name, value)| (name.into(), value.into()));
        self.change().variables.extend(named);
        self
    }

    /// Removes all stack variables, from the path and from the query.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let url = RenderUrl::parse("https://acme.rokka.io/card/v-w-200/3f9a21.jpg?v={\"t\":\"-\"}")?;
    /// assert_eq!(url.clear_variables().url()?, "https://acme.rokka.io/card/3f9a21.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [stack variables](https://rokka.io/documentation/references/stacks.html#stack-variables).
    pub fn clear_variables(mut self) -> Self {
        self.change().variables.clear();
        self
    }

    /// Sets the filename before the format, for search engines; an empty one removes it.
    ///
    /// rokka ignores it, except for a `v` and digits at its end, which request a new render. It must not contain a
    /// slash or control characters. Signing removes it unless [`keep_filename`](Self::keep_filename) is set.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb").filename("red shoe").url()?;
    /// assert_eq!(url, "https://acme.rokka.io/thumb/3f9a21/red%20shoe.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [render](https://rokka.io/documentation/references/render.html),
    /// [caches](https://rokka.io/documentation/guides/render-caches-and-invalidation.html).
    #[inline]
    pub fn filename(mut self, filename: impl Into<String>) -> Self {
        self.change().filename = Some(filename.into()).filter(|name| !name.is_empty());
        self
    }

    /// Sets the format, such as `jpg` (the default), `webp`, `avif`, `png` or `mp4`: 2 to 5 letters and digits.
    ///
    /// With the stack option `autoformat`, rokka may deliver another format.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.format("avif").url()?;
    /// assert_eq!(url, "https://acme.rokka.io/dynamic/3f9a21.avif");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [render](https://rokka.io/documentation/references/render.html).
    #[inline]
    pub fn format(mut self, format: impl Into<Cow<'static, str>>) -> Self {
        self.change().format = format.into();
        self
    }

    /// Sets the format `blur`, for the `BlurHash` of the rendered image: a short text from which to draw a placeholder.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb").blurhash().url()?;
    /// assert_eq!(url, "https://acme.rokka.io/thumb/3f9a21.blur");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [BlurHash](https://rokka.io/documentation/references/render.html#getting-a-blurhash-from-a-rendered-image).
    pub fn blurhash(self) -> Self {
        self.format("blur")
    }

    /// Signs the URL with a signing key of the organization, for protected images and stacks.
    ///
    /// Removes the filename, also a version at its end (`red-shoe-v2`), unless [`keep_filename`](Self::keep_filename)
    /// is set: a URL without a filename is valid whether or not the service includes it in the signature.
    ///
    /// ```
    /// use rokka_render::{RenderUrl, SigningKey};
    ///
    /// let key = SigningKey::from("EXAMPLEsigningKey0123456789abcd");
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("product_card").filename("shoe").sign(&key).url()?;
    /// assert_eq!(url, "https://acme.rokka.io/product_card/3f9a21.jpg?sig=df73c1c0cc0e7277");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [signing](https://rokka.io/documentation/references/protected-images-and-stacks.html).
    pub fn sign(mut self, key: &SigningKey) -> Self {
        self.change().key = Some(key.clone());
        self
    }

    /// Sets the time limit of the signed URL, which [`round_up_to`](Self::round_up_to) rounds up.
    ///
    /// ```
    /// use chrono::{TimeZone, Utc};
    /// use rokka_render::{RenderUrl, SigningKey};
    ///
    /// let key = SigningKey::from("EXAMPLEsigningKey0123456789abcd");
    /// let until = Utc.with_ymd_and_hms(2031, 3, 1, 10, 2, 11).unwrap();
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("product_card").sign(&key).until(until).url()?;
    /// assert!(url.ends_with("T10%3A05%3A00.000Z%22%7D&sig=aae6ab26598a7ca4"));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [time limits](https://rokka.io/documentation/references/protected-images-and-stacks.html#doing-a-time-limited-signed-url).
    pub fn until(mut self, until: impl Into<crate::DateTime>) -> Self {
        self.change().sign_options.until = Some(until.into());
        self
    }

    /// Rounds the time limit up to a multiple of this many seconds, so that caches see fewer URLs.
    ///
    /// The default is 300. 1 disables rounding; 0 is an error.
    ///
    /// ```
    /// use chrono::{TimeZone, Utc};
    /// use rokka_render::{RenderUrl, SigningKey};
    ///
    /// let key = SigningKey::from("EXAMPLEsigningKey0123456789abcd");
    /// let until = Utc.with_ymd_and_hms(2031, 3, 1, 10, 2, 11).unwrap();
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("product_card");
    /// let url = url.sign(&key).until(until).round_up_to(1).url()?;
    /// assert!(url.ends_with("T10%3A02%3A11.000Z%22%7D&sig=e63dc9e24d16ca62"));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [time limits](https://rokka.io/documentation/references/protected-images-and-stacks.html#doing-a-time-limited-signed-url).
    pub fn round_up_to(mut self, seconds: u32) -> Self {
        self.change().sign_options.round_up_to = seconds;
        self
    }

    /// Keeps the filename in the signed URL and includes it in the signature.
    ///
    /// ```
    /// use rokka_render::{RenderUrl, SigningKey};
    ///
    /// let key = SigningKey::from("EXAMPLEsigningKey0123456789abcd");
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("product_card").filename("red-shoe");
    /// let url = url.sign(&key).keep_filename().url()?;
    /// assert_eq!(url, "https://acme.rokka.io/product_card/3f9a21/red-shoe.jpg?sig=99a015f07a7822b3");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [signing](https://rokka.io/documentation/references/protected-images-and-stacks.html).
    pub fn keep_filename(mut self) -> Self {
        self.change().sign_options.keep_filename = true;
        self
    }

    /// Accepts values of operations and stack options that are out of range (default: [`url`](Self::url) returns an error),
    /// for a service with newer rules than this crate.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    /// use rokka_render::operations::Resize;
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.operation(Resize::to_width(20_000));
    /// assert!(url.url().unwrap_err().to_string().contains("`width` cannot be `20000`: it must be 1 to 10000"));
    /// assert_eq!(url.unchecked().url()?, "https://acme.rokka.io/dynamic/resize-width-20000/3f9a21.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [operations](https://rokka.io/documentation/references/operations.html).
    pub fn unchecked(mut self) -> Self {
        self.change().set_unchecked();
        self
    }

    /// Builds the URL.
    ///
    /// # Errors
    ///
    /// A URL cannot carry a name or a value, or a value of a known operation or stack option is out of range; the error
    /// names both and the rule. Or a time limit is set without a signing key.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let error = RenderUrl::new("acme", "3f9a21")?.option("pdf.pages", "1-3").url().unwrap_err();
    /// assert!(error.to_string().contains("`1-3`"));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [render](https://rokka.io/documentation/references/render.html).
    pub fn url(&self) -> Result<String> {
        self.parts.url()
    }

    /// Starts a stack, operations and options without an image, for [`upload_path`](Self::upload_path).
    pub fn for_upload() -> Self {
        Self::from_parts(String::new(), ImageSource::hash(""))
    }

    /// Builds the path and query after `/utils/{organization}/render/`, for rendering a file in the request body.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let path = RenderUrl::for_upload().stack("card").variable("title", "A & B").format("webp").upload_path()?;
    /// assert_eq!(path, "card.webp?v=%7B%22title%22%3A%22A+%26+B%22%7D");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// # Errors
    /// A URL cannot carry a value, or the value needs a stored file: the options `basestack` and `source_file`, and the
    /// formats of videos.
    ///
    /// Reference: [render](https://rokka.io/documentation/references/render.html).
    pub fn upload_path(&self) -> Result<String> {
        self.parts.upload_path()
    }

    /// Whether this is a dynamic stack without operations and overrides.
    pub(crate) fn has_no_operations(&self) -> bool {
        let parts = &self.parts;
        parts.is_dynamic() && parts.operations.is_empty() && parts.overrides.is_empty()
    }
}
