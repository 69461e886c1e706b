//! The HTML attributes `srcset` and `sizes`.

use std::collections::HashSet;
use std::fmt;

use crate::{Error, Result};

use super::candidate::{Candidate, Descriptor};
use super::steps::step;
use super::url::RenderUrl;

/// Builds the attributes `srcset` and `sizes`, the images that a browser may choose from.
///
/// A URL with a signing key signs every candidate.
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
#[must_use = "call `attribute` or `img` to build the srcset"]
#[doc(alias = "getSrcSetUrl")]
pub struct Srcset {
    pub(crate) url: RenderUrl,
    candidates: Vec<Candidate>,
    pub(crate) sizes: Option<Sizes>,
}

impl RenderUrl {
    /// Starts a `srcset` with this URL as the `src`.
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
    /// Adds a candidate for screens of this density, see [`Candidate::density`].
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

    /// Adds a candidate of this width in pixels, see [`Candidate::width`].
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

    /// Sets the displayed width of the image, for candidates by width; browsers default to `100vw`.
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

    /// Builds the value of the attribute `srcset`.
    ///
    /// # Errors
    ///
    /// A candidate is invalid, see [`RenderUrl::url`]; there is no candidate, two have the same density or width, or
    /// densities and widths are mixed; a dynamic stack has operations but no resize operation for the width; `sizes` is
    /// set for densities; or the URL was parsed with a signature and has no key to sign the candidates.
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
            return Err(Error::invalid("srcset: add at least one candidate"));
        }
        if self.url.parts.signed.is_some() {
            return Err(Error::invalid(
                "srcset of a signed URL: call `sign` with the signing key to sign every candidate",
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
                "srcset: `sizes` needs widths (`800w`), not densities (`2x`)",
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
}

/// Builds the attribute `sizes`, the displayed width of an image.
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
#[must_use = "pass the sizes to `Srcset::sizes`"]
pub struct Sizes {
    conditions: Vec<(String, String)>,
    default_width: String,
}

impl Sizes {
    /// Sets the width for when no condition matches: a CSS length such as `50vw` or `800px`.
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
            default_width: width.into(),
        }
    }

    /// Adds a width for a media condition; the first matching condition applies.
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
        f.write_str(&self.default_width)
    }
}
