//! Candidates of a `srcset`.

use std::borrow::Cow;
use std::fmt;

use crate::{Error, Result};

use super::named::NamedValues;
use super::operation::Operation;
use super::url::RenderUrl;
use super::value::Value;

/// A candidate of a `srcset`: for a screen density (`2x`) or with a width in pixels (`800w`).
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
#[must_use = "pass the candidate to `Srcset::candidate`"]
pub struct Candidate {
    pub(crate) descriptor: Descriptor,
    width_by: WidthBy,
    options: NamedValues,
    variables: NamedValues,
    operations: Vec<Operation>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Descriptor {
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
    /// Returns a candidate for screens of this density, from 1 to 10. Sets the stack option `dpr`.
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

    /// Returns a candidate of this width in pixels, from 1 to 10000. Overrides the width of the stack's resize
    /// operation.
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

    /// Renders at this device pixel ratio, from 1 to 10: divides the requested width by it, rounded up.
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

    /// Requests the width with this stack variable instead of the resize operation.
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

    /// Requests no width: other settings must give the image the width of the candidate.
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

    /// Sets a stack option for this candidate, as [`RenderUrl::option`] does.
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

    /// Sets a stack variable for this candidate, as [`RenderUrl::variable`] does.
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

    /// Overrides options of an operation for this candidate, as [`RenderUrl::override_operation`] does. A width of the
    /// resize operation takes precedence over the computed one.
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

    pub(crate) fn url(&self, base: &RenderUrl) -> Result<String> {
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
            let width = css_width(pixels, ratio(&url)?);
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
                "srcset candidate `{}`: a URL in a srcset must not end with a comma",
                self.descriptor
            )));
        }
        Ok(url)
    }
}

impl Descriptor {
    /// Returns a key that is unique among descriptors of the same kind.
    pub(crate) fn bits(self) -> u64 {
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

/// Returns the device pixel ratio that a URL requests.
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
fn css_width(pixels: u32, ratio: f64) -> u32 {
    // Both are validated, so the result is 1 to 10000.
    (f64::from(pixels) / ratio).ceil() as u32
}
