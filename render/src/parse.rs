//! Parsing render URLs.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::{Error, Result};

use super::operation::Operation;
use super::overrides;
use super::parts::{Parameter, Parts, Signed};
use super::query::{is_named, push_parameter};
use super::sign::parse_sigopts;
use super::source::ImageSource;
use super::target::{Shape, Target, cut};
use super::url::RenderUrl;
use super::value::Value;
use super::{host, variables};
use crate::escape;

/// The parts of a render URL, from [`RenderUrl::components`].
///
/// Reference: [render](https://rokka.io/documentation/references/render.html).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Components<'a> {
    /// The scheme and host, such as `https://acme.rokka.io`.
    pub base: &'a str,
    /// The organization; `None` unless the host is one of rokka's.
    pub organization: Option<&'a str>,
    /// The name of the stack; `dynamic` if the URL contains its operations.
    pub stack: &'a str,
    /// The operations of a dynamic stack, in order.
    pub operations: &'a [Operation],
    /// The overrides of the stack's operations, in order; [`override_segments`](Self::override_segments) groups them by
    /// path segment.
    pub overrides: &'a [Operation],
    /// The stack options, in order.
    pub options: &'a [(Cow<'static, str>, Value)],
    /// The stack variables; those of the query take precedence over those of the path.
    pub variables: &'a [(Cow<'static, str>, Value)],
    /// The image.
    pub image: &'a ImageSource,
    /// The filename before the format.
    pub filename: Option<&'a str>,
    /// The format, in lower case.
    pub format: &'a str,
    /// The signature of the parsed URL, if the URL is unchanged.
    pub signature: Option<&'a str>,
    /// The time limit of the signature.
    pub until: Option<DateTime<Utc>>,
    override_starts: &'a [usize],
}

impl<'a> Components<'a> {
    /// Returns the overrides of each path segment, in order. A later segment overrides an earlier one.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let url = RenderUrl::parse("https://acme.rokka.io/thumb/resize-width-9--blur/resize-width-3/3f9a21.jpg")?;
    /// let segments: Vec<usize> = url.components().override_segments().map(<[_]>::len).collect();
    /// assert_eq!(segments, [2, 1]);
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [overwriting options](https://rokka.io/documentation/references/render.html#overwriting-stack-operation-options).
    pub fn override_segments(&self) -> impl Iterator<Item = &'a [Operation]> {
        overrides::segments(self.overrides, self.override_starts)
    }
}

impl RenderUrl {
    /// Parses a render URL.
    ///
    /// [`url`](Self::url) builds the same URL from a canonical one, as this crate and rokka.js write it, and the
    /// canonical form from any other. An unchanged signed URL builds the same URL; any change removes the signature.
    ///
    /// # Errors
    ///
    /// The text is not a render URL of an image, or building it again would change its meaning. Parse IIIF and album
    /// URLs with [`IiifUrl`](super::IiifUrl) and [`AlbumUrl`](super::AlbumUrl).
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let url = RenderUrl::parse("https://acme.rokka.io/thumb/o-dpr-2/v-w-300/3f9a21/red-shoe.jpg")?;
    /// assert_eq!(url.components().filename, Some("red-shoe"));
    /// assert_eq!(url.filename("").format("webp").url()?, "https://acme.rokka.io/thumb/o-dpr-2/v-w-300/3f9a21.webp");
    /// assert!(RenderUrl::parse("https://acme.rokka.io/3f9a21.jpg").is_err());
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [render](https://rokka.io/documentation/references/render.html).
    #[doc(alias = "render.getUrlFromUrl")]
    #[doc(alias = "getUrlFromUrl")]
    #[doc(alias = "addOptionsToUri")]
    #[doc(alias = "addOptionsToUriString")]
    pub fn parse(url: impl AsRef<str>) -> Result<Self> {
        let text = url.as_ref();
        let target = Target::split(text)?;
        if target.base.is_empty() {
            return Err(target.error("it has no scheme and host"));
        }
        let path = match target.shape()? {
            Shape::Image(path) => path,
            Shape::Iiif => return Err(target.error("it is an IIIF URL, see `IiifUrl`")),
            Shape::Album => return Err(target.error("it is an album URL, see `AlbumUrl`")),
        };
        let base = host::canonical_base(target.base.to_owned())?;
        let image = ImageSource::from_path(path.image).checked()?;
        let mut parsed = Self::from_parts(base, image);
        let parts = &mut parsed.parts;
        parts.read_stack(path.stack)?;
        parts.filename = path
            .filename
            .map(escape::decode)
            .transpose()?
            .map(Cow::into_owned);
        parts.format = Cow::Owned(path.format.to_ascii_lowercase());
        parts.fragment = target.fragment.map(str::to_owned);
        let signed = parts.read_query(&target)?;
        // Rejects a URL that cannot be built again.
        parts.url()?;
        parts.signed = signed;
        Ok(parsed)
    }

    /// Returns the parts of the URL.
    ///
    /// ```
    /// use rokka_render::{RenderUrl, Value};
    ///
    /// let url = RenderUrl::parse("https://acme.rokka.io/dynamic/resize-width-300/3f9a21.jpg?v={\"t\":\"a b\"}")?;
    /// let parts = url.components();
    /// assert_eq!(parts.organization, Some("acme"));
    /// assert_eq!(parts.operations[0].name(), "resize");
    /// assert_eq!(parts.variables[0].1, Value::from("a b"));
    /// assert_eq!(parts.format, "jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [render](https://rokka.io/documentation/references/render.html).
    #[doc(alias = "render.getUrlComponents")]
    #[doc(alias = "getUrlComponents")]
    #[doc(alias = "decomposeUri")]
    #[must_use]
    pub fn components(&self) -> Components<'_> {
        let parts = &self.parts;
        let signed = parts.signed.as_deref();
        Components {
            base: &parts.base,
            organization: host::organization(&parts.base),
            stack: &parts.stack,
            operations: &parts.operations,
            overrides: parts.overrides.as_slice(),
            options: &parts.options,
            variables: &parts.variables,
            image: &parts.image,
            filename: parts.filename.as_deref(),
            format: &parts.format,
            signature: signed.and_then(|signed| signed.signature.as_deref()),
            until: signed.and_then(|signed| signed.until),
            override_starts: parts.overrides.starts(),
        }
    }
}

impl Parts {
    fn read_stack(&mut self, text: &str) -> Result<()> {
        let (name, mut rest) = text.split_once('/').unwrap_or((text, ""));
        self.stack = Cow::Owned(name.to_owned());
        let dynamic = self.is_dynamic();
        let mut first = true;
        while !rest.is_empty() {
            let (segment, after) = cut(rest, "/").unwrap_or((rest, ""));
            rest = after;
            let mut operations = Vec::new();
            let mut parts = segment;
            while !parts.is_empty() {
                let (part, after) = cut(parts, "--").unwrap_or((parts, ""));
                parts = after;
                if !part.is_empty() {
                    operations.extend(self.read_part(part)?);
                }
            }
            if dynamic && first {
                self.operations = operations;
            } else {
                self.overrides.push_segment(operations);
            }
            // Empty segments do not count.
            first = first && segment.is_empty();
        }
        Ok(())
    }

    /// Reads stack options, stack variables, or an operation, which it returns.
    fn read_part(&mut self, text: &str) -> Result<Option<Operation>> {
        let (name, mut rest) = cut(text, "-").unwrap_or((text, ""));
        let name = escape::decode(name)?.into_owned();
        let mut operation = Operation::new(name);
        let list = match operation.name() {
            "o" | "options" => &mut self.options,
            "v" | "variables" => &mut self.variables,
            _ => &mut operation.options,
        };
        while !rest.is_empty() {
            let (key, after) = cut(rest, "-").unwrap_or((rest, ""));
            let (value, after) = cut(after, "-").unwrap_or((after, ""));
            rest = after;
            if value.is_empty() {
                return Err(Error::invalid(format!(
                    "`{text}` in a render URL: the option `{key}` has no value"
                )));
            }
            let key = escape::decode(key)?.into_owned();
            let value = Value::from_path(&escape::decode(value)?);
            list.set(Cow::Owned(key), value);
        }
        if matches!(operation.name(), "o" | "options" | "v" | "variables") {
            return Ok(None);
        }
        Ok(Some(operation))
    }

    fn read_query(&mut self, target: &Target<'_>) -> Result<Option<Box<Signed>>> {
        let mut signature = None;
        let mut sigopts = None;
        for parameter in target.parameters() {
            if is_named(parameter, "v") {
                if self.query.contains(&Parameter::Variables) {
                    return Err(target.error("it has the query parameter `v` twice"));
                }
                self.query.push(Parameter::Variables);
                let (_, value) = parameter.split_once('=').unwrap_or((parameter, ""));
                variables::merge_query(&mut self.variables, &escape::decode_query(value)?)?;
            } else if is_named(parameter, "sig") {
                signature = Some(parameter.split_once('=').map_or("", |(_, value)| value));
            } else if is_named(parameter, "sigopts") {
                sigopts = Some(parameter.split_once('=').map_or("", |(_, value)| value));
            } else {
                let mut other = String::with_capacity(parameter.len());
                push_parameter(&mut other, parameter)?;
                self.query.push(Parameter::Other(other));
            }
        }
        if signature.is_none() && sigopts.is_none() {
            return Ok(None);
        }
        Ok(Some(Box::new(Signed {
            url: target.text.to_owned(),
            signature: signature.map(str::to_owned),
            until: sigopts.and_then(parse_sigopts),
        })))
    }
}
