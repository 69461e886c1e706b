//! Building render URLs.

use std::borrow::Cow;

use crate::Result;

use super::host;
use super::operation::Operation;
use super::parts::{DYNAMIC, Parts};
use super::sign::SigningKey;
use super::source::ImageSource;
use super::value::Value;

/// A render URL: where one image in one stack, size and format is found.
///
/// Made by [`new`](Self::new), [`with_host`](Self::with_host) or [`parse`](Self::parse), changed by its setters and
/// written by [`url`](Self::url), which is where whatever cannot stand in a URL is refused. Without further ado it
/// shows the image as `jpg` through the stack `dynamic` without operations.
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
#[must_use = "a render URL is written by `url()`"]
#[doc(alias = "render.getUrl")]
#[doc(alias = "getUrl")]
pub struct RenderUrl {
    /// Boxed, as every setter moves it.
    pub(crate) parts: Box<Parts>,
}

impl RenderUrl {
    /// An image of an organization on rokka's own render host, `https://{organization}.rokka.io`.
    ///
    /// # Errors
    ///
    /// The organization is not lower-case letters, digits and `-`, or the source is refused, see [`ImageSource`].
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
        let base = host::of_organization(organization.as_ref())?;
        Ok(Self::from_parts(base, image.into().checked()?))
    }

    /// An image on a render host of your own, such as `https://images.example.com`.
    ///
    /// # Errors
    ///
    /// The base is not `https://` or `http://` with a host and perhaps a port, or the source is refused, see
    /// [`ImageSource`]. A base with a path is refused, because a signature covers the whole path.
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
        let base = host::of_base(base.into())?;
        Ok(Self::from_parts(base, image.into().checked()?))
    }

    /// An image of an organization on a render host that is written with `{organization}` in the place of its name.
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
        let base = host::of_template(template.as_ref(), organization.as_ref())?;
        Ok(Self::from_parts(base, image.into().checked()?))
    }

    pub(crate) fn from_parts(base: String, image: ImageSource) -> Self {
        let parts = Box::new(Parts::new(base, image));
        Self { parts }
    }

    /// The parts, to change them: that ends a signature.
    fn change(&mut self) -> &mut Parts {
        self.parts.signed = None;
        &mut self.parts
    }

    /// Renders through a named stack; operations and overrides set before are dropped, options and variables stay.
    ///
    /// Names are letters, digits, `-` and `_`. Those starting with `_` are reserved, but for `_preview…`. The default
    /// is the stack `dynamic`.
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

    /// Renders through the stack `dynamic` with these operations, which may be none; those set before are dropped.
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
        self.parts.operations = operations.into_iter().map(Into::into).collect();
        self
    }

    fn change_stack(&mut self, name: Cow<'static, str>) {
        let parts = self.change();
        parts.refused = None;
        parts.stack = name;
        parts.operations.clear();
        parts.overrides.clear();
    }

    /// Changes options of every operation of that name in the stack chosen before.
    ///
    /// For a named stack this stands in the URL, and rokka ignores it if the stack has no such operation. The
    /// operations of a dynamic stack are changed in place; one that has no such operation is refused by
    /// [`url`](Self::url).
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
            parts.refused = Some(format!(
                "override of `{name}`: the dynamic stack has no such operation, so it would change nothing"
            ));
        } else if !found {
            parts.overrides.push(operation);
        }
        self
    }

    /// Appends a segment of overrides after the ones that are there; within it the operations are joined by `--`.
    ///
    /// A later segment overrides an earlier one. Of a dynamic stack the segments follow its operations, of which there
    /// must be some.
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
        let operations = operations.into_iter().map(Into::into);
        self.change().overrides.push_segment(operations);
        self
    }

    /// Sets a stack option, such as `dpr` or `jpg.quality`; the same one again replaces it, `None` takes it away.
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
        self.change().options.set(name.into(), value.into());
        self
    }

    /// Sets several stack options, like [`option`](Self::option).
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
        self.change().options.extend(named);
        self
    }

    /// Takes every stack option away.
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

    /// Sets a stack variable; the same one again replaces it, `None` takes it away.
    ///
    /// Non-negative numbers, booleans and strings of up to 20 letters, digits, `_` and `.` stand in the path,
    /// everything else in the query parameter `v`. See [`add_variables`](super::add_variables) for a finished URL.
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

    /// Sets several stack variables, like [`variable`](Self::variable).
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

    /// Takes every stack variable away, from the path and from the query.
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

    /// Sets the filename that stands before the format, for search engines; an empty one takes it away.
    ///
    /// rokka ignores it, but for a `v` and digits at its end, which ask for a fresh render. A slash and control
    /// characters are refused. Signing strips it unless told to keep it, see [`keep_filename`](Self::keep_filename).
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
    /// With the stack option `autoformat` rokka may deliver another one.
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

    /// Asks for the `BlurHash` of the rendered image, a short text to draw a placeholder from, by the format `blur`.
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
    /// The filename is left out, unless [`keep_filename`](Self::keep_filename) is set: a URL without one is right
    /// whether or not the service counts it. A version at its end (`red-shoe-v2`) goes with it.
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

    /// Makes the signed URL valid until then, rounded up as [`round_up_to`](Self::round_up_to) says.
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
        self.change().terms.until = Some(until.into());
        self
    }

    /// Rounds the time limit up to a multiple of that many seconds, 300 by default, so that caches see few URLs; 1
    /// does not round, 0 is refused.
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
        self.change().terms.round_up_to = seconds;
        self
    }

    /// Keeps the filename in the signed URL and signs it along.
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
        self.change().terms.keep_filename = true;
        self
    }

    /// Writes the URL.
    ///
    /// # Errors
    ///
    /// A name or value cannot stand where it was set; the error names both and the rule. A time limit without a
    /// signing key is refused as well.
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

    /// A stack, operations and options without an image, for [`upload_path`](Self::upload_path).
    pub fn for_upload() -> Self {
        Self::from_parts(String::new(), ImageSource::hash(""))
    }

    /// The path and query after `/utils/{organization}/render/` of the call that renders a file sent along.
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
    /// If a value cannot be written, or needs a stored file: `basestack`, `source_file`, and the formats of videos.
    ///
    /// Reference: [render](https://rokka.io/documentation/references/render.html).
    pub fn upload_path(&self) -> Result<String> {
        self.parts.upload_path()
    }

    /// A dynamic stack to which an operation can still be given.
    pub(crate) fn has_no_operations(&self) -> bool {
        let parts = &self.parts;
        parts.is_dynamic() && parts.operations.is_empty() && parts.overrides.is_empty()
    }
}
