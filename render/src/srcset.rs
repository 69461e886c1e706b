//! `srcset` and `sizes` for `<img>`, and sources for `<picture>`.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use crate::{Error, Result};

use super::named::NamedValues;
use super::operation::Operation;
use super::steps::step;
use super::url::RenderUrl;
use super::value::Value;

/// One image of a `srcset`: for a density of the screen (`2x`) or of a width in pixels (`800w`).
///
/// ```
/// use rokka_render::{Candidate, RenderUrl};
///
/// let retina = Candidate::width(1800).dpr(2).width_variable("w");
/// let srcset = RenderUrl::new("acme", "3f9a21")?.stack("hero").srcset().candidate(retina).attribute()?;
/// assert_eq!(srcset, "https://acme.rokka.io/hero/o-dpr-2/v-w-900/3f9a21.jpg 1800w");
/// # Ok::<(), rokka_render::Error>(())
/// ```
///
/// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a candidate is part of a `Srcset`"]
pub struct Candidate {
    descriptor: Descriptor,
    width_by: WidthBy,
    options: NamedValues,
    variables: NamedValues,
    operations: Vec<Operation>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Descriptor {
    Density(f64),
    Width(u32),
}

#[derive(Clone, Debug, PartialEq)]
enum WidthBy {
    Resize,
    Variable(Cow<'static, str>),
    Nothing,
}

impl Candidate {
    /// The image for screens of this density, from 1 to 10; sets the stack option `dpr`.
    ///
    /// ```
    /// use rokka_render::{Candidate, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
    /// let srcset = url.srcset().candidate(Candidate::density(1.5)).attribute()?;
    /// assert_eq!(srcset, "https://acme.rokka.io/thumb/o-dpr-1.5/3f9a21.jpg 1.5x");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [device pixel ratio](https://rokka.io/documentation/references/stacks.html#device-pixel-ratio-dpr).
    pub fn density(density: impl Into<f64>) -> Self {
        Self::from(Descriptor::Density(density.into()))
    }

    /// The image that is this many pixels wide, from 1 to 10000; sets the width of the stack's resize operation.
    ///
    /// ```
    /// use rokka_render::{Candidate, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
    /// let srcset = url.srcset().candidate(Candidate::width(500)).attribute()?;
    /// assert_eq!(srcset, "https://acme.rokka.io/thumb/resize-width-500/3f9a21.jpg 500w");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [render](https://rokka.io/documentation/references/render.html#overwriting-stack-operation-options).
    pub fn width(pixels: u32) -> Self {
        Self::from(Descriptor::Width(pixels))
    }

    fn from(descriptor: Descriptor) -> Self {
        Self {
            descriptor,
            width_by: WidthBy::Resize,
            options: NamedValues::new(),
            variables: NamedValues::new(),
            operations: Vec::new(),
        }
    }

    /// Renders at this device pixel ratio, from 1 to 10: the width that is asked for is divided by it, rounded up.
    ///
    /// ```
    /// use rokka_render::{Candidate, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
    /// let srcset = url.srcset().candidate(Candidate::width(500).dpr(2)).attribute()?;
    /// assert_eq!(srcset, "https://acme.rokka.io/thumb/resize-width-250/o-dpr-2/3f9a21.jpg 500w");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [device pixel ratio](https://rokka.io/documentation/references/stacks.html#device-pixel-ratio-dpr).
    pub fn dpr(self, ratio: impl Into<f64>) -> Self {
        self.option("dpr", ratio.into())
    }

    /// Asks for the width by this stack variable instead of the resize operation.
    ///
    /// ```
    /// use rokka_render::{Candidate, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("hero");
    /// let srcset = url.srcset().candidate(Candidate::width(500).width_variable("w")).attribute()?;
    /// assert_eq!(srcset, "https://acme.rokka.io/hero/v-w-500/3f9a21.jpg 500w");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    pub fn width_variable(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.width_by = WidthBy::Variable(name.into());
        self
    }

    /// Does not ask for a width at all: what else is set makes the image as wide as the candidate says.
    ///
    /// ```
    /// use rokka_render::{Candidate, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("hero");
    /// let large = Candidate::width(1200).without_width().variable("size", "large");
    /// let srcset = url.srcset().candidate(large).attribute()?;
    /// assert_eq!(srcset, "https://acme.rokka.io/hero/v-size-large/3f9a21.jpg 1200w");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    pub fn without_width(mut self) -> Self {
        self.width_by = WidthBy::Nothing;
        self
    }

    /// Sets a stack option for this candidate, like [`RenderUrl::option`].
    ///
    /// ```
    /// use rokka_render::{Candidate, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
    /// let srcset = url.srcset().candidate(Candidate::density(2).option("jpg.quality", 50)).attribute()?;
    /// assert_eq!(srcset, "https://acme.rokka.io/thumb/o-dpr-2-jpg.quality-50/3f9a21.jpg 2x");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [stack options](https://rokka.io/documentation/references/stacks.html).
    pub fn option(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        self.options.set(name.into(), value.into());
        self
    }

    /// Sets a stack variable for this candidate, like [`RenderUrl::variable`].
    ///
    /// ```
    /// use rokka_render::{Candidate, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
    /// let srcset = url.srcset().candidate(Candidate::density(2).variable("sharp", true)).attribute()?;
    /// assert_eq!(srcset, "https://acme.rokka.io/thumb/o-dpr-2/v-sharp-true/3f9a21.jpg 2x");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [stack variables](https://rokka.io/documentation/references/stacks.html#stack-variables).
    pub fn variable(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        self.variables.set(name.into(), value.into());
        self
    }

    /// Changes options of an operation for this candidate, like [`RenderUrl::override_operation`]; a width of the
    /// resize operation set here is not computed.
    ///
    /// ```
    /// use rokka_render::{Candidate, Operation, RenderUrl};
    ///
    /// let square = Operation::new("crop").option("height", 500);
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
    /// let srcset = url.srcset().candidate(Candidate::width(500).override_operation(square)).attribute()?;
    /// assert_eq!(srcset, "https://acme.rokka.io/thumb/resize-width-500--crop-height-500/3f9a21.jpg 500w");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [overwriting options](https://rokka.io/documentation/references/render.html#overwriting-stack-operation-options).
    pub fn override_operation(mut self, operation: impl Into<Operation>) -> Self {
        self.operations.push(operation.into());
        self
    }

    fn url(&self, base: &RenderUrl) -> Result<String> {
        let mut url = base.clone();
        if let Descriptor::Density(density) = self.descriptor {
            check_ratio(density)?;
            url = url.option("dpr", density);
        }
        url = url.options(self.options.iter().cloned());
        let has_width = self.operations.iter().any(|operation| {
            operation.name() == "resize" && operation.options().any(|(name, _)| name == "width")
        });
        if let Descriptor::Width(pixels) = self.descriptor {
            if !(1..=10_000).contains(&pixels) {
                return Err(Error::invalid(format!(
                    "srcset candidate `{pixels}w`: the width must be 1 to 10000 pixels"
                )));
            }
            let width = shrunk(pixels, ratio(&url)?);
            match &self.width_by {
                WidthBy::Variable(name) => url = url.variable(name.clone(), width),
                WidthBy::Resize if !has_width => {
                    let resize = Operation::new("resize").option("width", width);
                    url = if url.has_no_operations() {
                        url.dynamic([resize])
                    } else {
                        url.override_operation(resize)
                    };
                }
                _ => {}
            }
        }
        for operation in &self.operations {
            url = url.override_operation(operation.clone());
        }
        url = url.variables(self.variables.iter().cloned());
        let url = url.url()?;
        if url.ends_with(',') {
            return Err(Error::invalid(format!(
                "srcset candidate `{}`: a URL in a srcset cannot end with a comma",
                self.descriptor
            )));
        }
        Ok(url)
    }
}

impl Descriptor {
    /// What tells it from others of its kind, which are never mixed.
    fn bits(self) -> u64 {
        match self {
            Self::Density(density) => density.to_bits(),
            Self::Width(pixels) => u64::from(pixels),
        }
    }
}

impl fmt::Display for Descriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Density(density) => write!(f, "{density}x"),
            Self::Width(pixels) => write!(f, "{pixels}w"),
        }
    }
}

fn check_ratio(ratio: f64) -> Result<()> {
    if (1.0..=10.0).contains(&ratio) {
        Ok(())
    } else {
        Err(Error::invalid(format!(
            "device pixel ratio `{ratio}`: it must be 1 to 10"
        )))
    }
}

/// The device pixel ratio that a URL asks for.
fn ratio(url: &RenderUrl) -> Result<f64> {
    match url.parts.options.iter().find(|(name, _)| name == "dpr") {
        None => Ok(1.0),
        Some((_, value)) => {
            let number = value.as_f64().or_else(|| value.as_str()?.parse().ok());
            let number = number.ok_or_else(|| {
                Error::invalid(format!("device pixel ratio `{value}`: it must be 1 to 10"))
            })?;
            check_ratio(number)?;
            Ok(number)
        }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn shrunk(pixels: u32, ratio: f64) -> u32 {
    // Both are within their bounds, so this is 1 to 10000.
    (f64::from(pixels) / ratio).ceil() as u32
}

/// The images that a browser may choose from, as the attributes `srcset` and `sizes`.
///
/// A signed URL signs every candidate.
///
/// ```
/// use rokka_render::{RenderUrl, SigningKey};
///
/// let key = SigningKey::from("EXAMPLEsigningKey0123456789abcd");
/// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb").sign(&key);
/// let srcset = url.srcset().density(1).density(2).attribute()?;
/// assert_eq!(
///     srcset,
///     "https://acme.rokka.io/thumb/o-dpr-1/3f9a21.jpg?sig=96b24890995a2d3e 1x, \
///      https://acme.rokka.io/thumb/o-dpr-2/3f9a21.jpg?sig=ce1af78ce4a07a9e 2x",
/// );
/// # Ok::<(), rokka_render::Error>(())
/// ```
///
/// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
#[derive(Clone, Debug)]
#[must_use = "a srcset is written by `attribute()` or `img()`"]
#[doc(alias = "getSrcSetUrl")]
pub struct Srcset {
    url: RenderUrl,
    candidates: Vec<Candidate>,
    sizes: Option<Sizes>,
}

impl RenderUrl {
    /// Starts a `srcset` of which this URL is the `src`.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let img = RenderUrl::new("acme", "3f9a21")?.stack("thumb").srcset().density(2).img()?;
    /// assert_eq!(
    ///     img.html("A cat"),
    ///     "<img src=\"https://acme.rokka.io/thumb/3f9a21.jpg\" \
    ///      srcset=\"https://acme.rokka.io/thumb/o-dpr-2/3f9a21.jpg 2x\" alt=\"A cat\">",
    /// );
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    #[doc(alias = "getSrcSetUrl")]
    #[doc(alias = "getSrcSetUrlString")]
    #[doc(alias = "getSrcAttributes")]
    pub fn srcset(self) -> Srcset {
        Srcset {
            url: self,
            candidates: Vec::new(),
            sizes: None,
        }
    }
}

impl Srcset {
    /// Adds the image for screens of this density, see [`Candidate::density`].
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let srcset = RenderUrl::new("acme", "3f9a21")?.stack("thumb").srcset().density(2).attribute()?;
    /// assert_eq!(srcset, "https://acme.rokka.io/thumb/o-dpr-2/3f9a21.jpg 2x");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [device pixel ratio](https://rokka.io/documentation/references/stacks.html#device-pixel-ratio-dpr).
    pub fn density(self, density: impl Into<f64>) -> Self {
        self.candidate(Candidate::density(density))
    }

    /// Adds the image that is this many pixels wide, see [`Candidate::width`].
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let srcset = RenderUrl::new("acme", "3f9a21")?.stack("thumb").srcset().width(400).attribute()?;
    /// assert_eq!(srcset, "https://acme.rokka.io/thumb/resize-width-400/3f9a21.jpg 400w");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [render](https://rokka.io/documentation/references/render.html#overwriting-stack-operation-options).
    pub fn width(self, pixels: u32) -> Self {
        self.candidate(Candidate::width(pixels))
    }

    /// Adds a candidate.
    ///
    /// ```
    /// use rokka_render::{Candidate, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
    /// let srcset = url.srcset().candidate(Candidate::width(300).dpr(2)).attribute()?;
    /// assert_eq!(srcset, "https://acme.rokka.io/thumb/resize-width-150/o-dpr-2/3f9a21.jpg 300w");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    pub fn candidate(mut self, candidate: Candidate) -> Self {
        self.candidates.push(candidate);
        self
    }

    /// Says how wide the image is shown, for candidates by width; browsers assume `100vw` otherwise.
    ///
    /// ```
    /// use rokka_render::{RenderUrl, Sizes};
    ///
    /// let sizes = Sizes::new("50vw").when("(max-width: 600px)", "100vw");
    /// let img = RenderUrl::new("acme", "3f9a21")?.stack("thumb").srcset().width(400).sizes(sizes).img()?;
    /// assert_eq!(img.sizes.as_deref(), Some("(max-width: 600px) 100vw, 50vw"));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    pub fn sizes(mut self, sizes: impl Into<Sizes>) -> Self {
        self.sizes = Some(sizes.into());
        self
    }

    /// Writes the value of the attribute `srcset`.
    ///
    /// # Errors
    ///
    /// A candidate cannot be written, see [`RenderUrl::url`]; there is none, there are two for the same density or
    /// width, or densities and widths are mixed; a dynamic stack has operations but no resize to set the width of;
    /// `sizes` is set for densities; or the URL was parsed with a signature and has no key to sign the candidates.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let mixed = RenderUrl::new("acme", "3f9a21")?.stack("thumb").srcset().density(2).width(400);
    /// assert!(mixed.attribute().is_err());
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    pub fn attribute(&self) -> Result<String> {
        if self.candidates.is_empty() {
            return Err(Error::invalid("srcset: it has no candidates"));
        }
        if self.url.parts.signed.is_some() {
            return Err(Error::invalid(
                "srcset of a signed URL: call `sign` with the signing key, so that every candidate can be signed",
            ));
        }
        let by_width = |candidate: &Candidate| matches!(candidate.descriptor, Descriptor::Width(_));
        let widths = self
            .candidates
            .iter()
            .filter(|candidate| by_width(candidate))
            .count();
        if widths > 0 && widths < self.candidates.len() {
            return Err(Error::invalid(
                "srcset: densities (`2x`) and widths (`800w`) cannot be mixed",
            ));
        }
        if widths == 0 && self.sizes.is_some() {
            return Err(Error::invalid(
                "srcset: `sizes` has no meaning for densities (`2x`)",
            ));
        }
        let mut out = String::new();
        let mut seen = HashSet::with_capacity(self.candidates.len());
        for (number, candidate) in self.candidates.iter().enumerate() {
            step(1);
            let descriptor = candidate.descriptor;
            if !seen.insert(descriptor.bits()) {
                return Err(Error::invalid(format!(
                    "srcset: it has two candidates `{descriptor}`"
                )));
            }
            if number > 0 {
                out.push_str(", ");
            }
            out.push_str(&candidate.url(&self.url)?);
            out.push(' ');
            out.push_str(&descriptor.to_string());
        }
        Ok(out)
    }

    /// Writes the attributes of an `<img>`: `src`, `srcset` and `sizes`.
    ///
    /// # Errors
    ///
    /// See [`attribute`](Self::attribute).
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let img = RenderUrl::new("acme", "3f9a21")?.stack("thumb").srcset().width(400).width(800).img()?;
    /// assert_eq!(img.src, "https://acme.rokka.io/thumb/3f9a21.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    pub fn img(&self) -> Result<Img> {
        Ok(Img {
            src: self.url.url()?,
            srcset: self.attribute()?,
            sizes: self.sizes.as_ref().map(ToString::to_string),
        })
    }
}

/// How wide an image is shown, as the attribute `sizes`.
///
/// ```
/// use rokka_render::Sizes;
///
/// let sizes = Sizes::new("800px").when("(max-width: 400px)", "100vw").when("(max-width: 900px)", "50vw");
/// assert_eq!(sizes.to_string(), "(max-width: 400px) 100vw, (max-width: 900px) 50vw, 800px");
/// ```
///
/// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "sizes are part of a `Srcset`"]
pub struct Sizes {
    conditions: Vec<(String, String)>,
    otherwise: String,
}

impl Sizes {
    /// The width that holds where no condition does: a CSS length such as `50vw` or `800px`.
    ///
    /// ```
    /// use rokka_render::Sizes;
    ///
    /// assert_eq!(Sizes::new("50vw").to_string(), "50vw");
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    pub fn new(width: impl Into<String>) -> Self {
        Self {
            conditions: Vec::new(),
            otherwise: width.into(),
        }
    }

    /// Adds a width for a media condition; the first condition that holds counts.
    ///
    /// ```
    /// use rokka_render::Sizes;
    ///
    /// let sizes = Sizes::new("50vw").when("(max-width: 600px)", "100vw");
    /// assert_eq!(sizes.to_string(), "(max-width: 600px) 100vw, 50vw");
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    pub fn when(mut self, condition: impl Into<String>, width: impl Into<String>) -> Self {
        self.conditions.push((condition.into(), width.into()));
        self
    }
}

impl From<&str> for Sizes {
    fn from(width: &str) -> Self {
        Self::new(width)
    }
}

impl From<String> for Sizes {
    fn from(width: String) -> Self {
        Self::new(width)
    }
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (condition, width) in &self.conditions {
            write!(f, "{condition} {width}, ")?;
        }
        f.write_str(&self.otherwise)
    }
}

/// The attributes of an `<img>`, not yet escaped for HTML.
///
/// ```
/// use rokka_render::RenderUrl;
///
/// let img = RenderUrl::new("acme", "3f9a21")?.stack("thumb").srcset().density(2).img()?;
/// assert_eq!(img.srcset, "https://acme.rokka.io/thumb/o-dpr-2/3f9a21.jpg 2x");
/// # Ok::<(), rokka_render::Error>(())
/// ```
///
/// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Img {
    /// The image for browsers that know no `srcset`.
    pub src: String,
    /// The candidates.
    pub srcset: String,
    /// How wide the image is shown.
    pub sizes: Option<String>,
}

impl Img {
    /// The element, escaped for HTML, with this alternative text.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let img = RenderUrl::new("acme", "3f9a21")?.stack("thumb").srcset().density(2).img()?;
    /// assert!(img.html("Salt & pepper").ends_with("alt=\"Salt &amp; pepper\">"));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    #[must_use]
    pub fn html(&self, alt: &str) -> String {
        let mut out = String::from("<img");
        push_attribute(&mut out, "src", &self.src);
        push_attribute(&mut out, "srcset", &self.srcset);
        if let Some(sizes) = &self.sizes {
            push_attribute(&mut out, "sizes", sizes);
        }
        push_attribute(&mut out, "alt", alt);
        out.push('>');
        out
    }
}

/// A `<picture>`: sources for the formats or the screens that want another image, and the image for all others.
///
/// With the stack option `autoformat` rokka chooses the format by itself; this is for where it cannot.
///
/// ```
/// use rokka_render::{Picture, RenderUrl};
///
/// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
/// let narrow = RenderUrl::new("acme", "3f9a21")?.stack("portrait");
/// let picture = Picture::new(url.srcset().density(2))
///     .source_when("(max-width: 600px)", narrow.srcset().density(2))
///     .formats(["avif", "webp"]);
/// assert_eq!(
///     picture.html("A cat")?,
///     "<picture>\
///      <source media=\"(max-width: 600px)\" type=\"image/jpeg\" \
///      srcset=\"https://acme.rokka.io/portrait/o-dpr-2/3f9a21.jpg 2x\">\
///      <source type=\"image/avif\" srcset=\"https://acme.rokka.io/thumb/o-dpr-2/3f9a21.avif 2x\">\
///      <source type=\"image/webp\" srcset=\"https://acme.rokka.io/thumb/o-dpr-2/3f9a21.webp 2x\">\
///      <img src=\"https://acme.rokka.io/thumb/3f9a21.jpg\" \
///      srcset=\"https://acme.rokka.io/thumb/o-dpr-2/3f9a21.jpg 2x\" alt=\"A cat\">\
///      </picture>",
/// );
/// # Ok::<(), rokka_render::Error>(())
/// ```
///
/// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
#[derive(Clone, Debug)]
#[must_use = "a picture is written by `html()` or `parts()`"]
pub struct Picture {
    sources: Vec<(Option<String>, Srcset)>,
    fallback: Srcset,
}

impl Picture {
    /// A picture of one image and its candidates.
    ///
    /// ```
    /// use rokka_render::{Picture, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
    /// assert!(Picture::new(url.srcset().density(2)).html("")?.starts_with("<picture><img "));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    pub fn new(fallback: Srcset) -> Self {
        Self {
            sources: Vec::new(),
            fallback,
        }
    }

    /// Adds the fallback's image in other formats, the preferred one first.
    ///
    /// Known are `avif`, `webp`, `jxl`, `heic`, `heif`, `jp2`, `jpg`, `png`, `gif` and `svg`.
    ///
    /// ```
    /// use rokka_render::{Picture, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
    /// let picture = Picture::new(url.srcset().width(400).width(800)).formats(["avif", "webp"]);
    /// assert_eq!(picture.parts()?.sources[0].media_type, "image/avif");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [render](https://rokka.io/documentation/references/render.html).
    pub fn formats<F: Into<Cow<'static, str>>>(
        mut self,
        formats: impl IntoIterator<Item = F>,
    ) -> Self {
        for format in formats {
            let mut source = self.fallback.clone();
            source.url = source.url.format(format);
            self.sources.push((None, source));
        }
        self
    }

    /// Adds a source without a condition but its format.
    ///
    /// ```
    /// use rokka_render::{Picture, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
    /// let webp = url.clone().format("webp").srcset().density(2);
    /// let picture = Picture::new(url.srcset().density(2)).source(webp);
    /// assert_eq!(picture.parts()?.sources[0].media_type, "image/webp");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    pub fn source(mut self, source: Srcset) -> Self {
        self.sources.push((None, source));
        self
    }

    /// Adds a source for screens of which a media condition holds, such as `(max-width: 600px)`.
    ///
    /// ```
    /// use rokka_render::{Picture, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?;
    /// let narrow = url.clone().stack("portrait").srcset().density(2);
    /// let picture = Picture::new(url.stack("thumb").srcset().density(2));
    /// let picture = picture.source_when("(max-width: 600px)", narrow);
    /// assert_eq!(picture.parts()?.sources[0].media.as_deref(), Some("(max-width: 600px)"));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    pub fn source_when(mut self, media: impl Into<String>, source: Srcset) -> Self {
        self.sources.push((Some(media.into()), source));
        self
    }

    /// Writes the attributes of the sources and of the image.
    ///
    /// # Errors
    ///
    /// See [`Srcset::attribute`]; or the media type of a source's format is not known.
    ///
    /// ```
    /// use rokka_render::{Picture, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
    /// let parts = Picture::new(url.srcset().density(2)).formats(["webp"]).parts()?;
    /// assert_eq!(parts.sources[0].srcset, "https://acme.rokka.io/thumb/o-dpr-2/3f9a21.webp 2x");
    /// assert_eq!(parts.img.src, "https://acme.rokka.io/thumb/3f9a21.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    pub fn parts(&self) -> Result<PictureParts> {
        let sources = self.sources.iter().map(|(media, source)| {
            let format = source.url.parts.format.as_ref();
            let media_type = media_type(format).ok_or_else(|| {
                Error::invalid(format!(
                    "source of a picture: the media type of the format `{format}` is not known"
                ))
            })?;
            Ok(PictureSource {
                media: media.clone(),
                media_type,
                srcset: source.attribute()?,
                sizes: source.sizes.as_ref().map(ToString::to_string),
            })
        });
        Ok(PictureParts {
            sources: sources.collect::<Result<_>>()?,
            img: self.fallback.img()?,
        })
    }

    /// Writes the element, escaped for HTML, with this alternative text.
    ///
    /// # Errors
    ///
    /// See [`parts`](Self::parts).
    ///
    /// ```
    /// use rokka_render::{Picture, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
    /// let html = Picture::new(url.srcset().density(2)).formats(["webp"]).html("A cat")?;
    /// assert!(html.starts_with("<picture><source type=\"image/webp\" srcset="));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    pub fn html(&self, alt: &str) -> Result<String> {
        let parts = self.parts()?;
        let mut out = String::from("<picture>");
        for source in &parts.sources {
            out.push_str("<source");
            if let Some(media) = &source.media {
                push_attribute(&mut out, "media", media);
            }
            push_attribute(&mut out, "type", source.media_type);
            push_attribute(&mut out, "srcset", &source.srcset);
            if let Some(sizes) = &source.sizes {
                push_attribute(&mut out, "sizes", sizes);
            }
            out.push('>');
        }
        out.push_str(&parts.img.html(alt));
        out.push_str("</picture>");
        Ok(out)
    }
}

/// What a [`Picture`] consists of, not yet escaped for HTML.
///
/// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PictureParts {
    /// The sources, in order of preference.
    pub sources: Vec<PictureSource>,
    /// The image for browsers that take none of the sources.
    pub img: Img,
}

/// The attributes of a `<source>`, not yet escaped for HTML.
///
/// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PictureSource {
    /// The media condition that it is for.
    pub media: Option<String>,
    /// The media type of its format, for the attribute `type`.
    pub media_type: &'static str,
    /// The candidates.
    pub srcset: String,
    /// How wide the image is shown.
    pub sizes: Option<String>,
}

fn media_type(format: &str) -> Option<&'static str> {
    Some(match format {
        "avif" => "image/avif",
        "webp" => "image/webp",
        "jxl" => "image/jxl",
        "heic" => "image/heic",
        "heif" => "image/heif",
        "jp2" => "image/jp2",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "svg" => "image/svg+xml",
        _ => return None,
    })
}

fn push_attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    for character in value.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            other => out.push(other),
        }
    }
    out.push('"');
}
