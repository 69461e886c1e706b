//! Taking render URLs apart.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::{Error, Result};

use super::operation::Operation;
use super::overrides;
use super::sign::{is_named, push_parameter, read_terms};
use super::source::{ImageSource, is_hash};
use super::steps::step;
use super::url::{Parameter, Parts, RenderUrl, Signed, is_format};
use super::value::Value;
use super::{host, variables};
use crate::escape;

/// The parts of a render URL, from [`RenderUrl::components`].
///
/// Reference: [render](https://rokka.io/documentation/references/render.html).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Components<'a> {
    /// The scheme and host it starts with, such as `https://acme.rokka.io`.
    pub base: &'a str,
    /// The organization, which only the hosts of rokka itself tell.
    pub organization: Option<&'a str>,
    /// The name of the stack; `dynamic` if its operations stand in the URL.
    pub stack: &'a str,
    /// The operations of a dynamic stack, in order.
    pub operations: &'a [Operation],
    /// What changes options of the stack's operations, in order; [`override_segments`](Self::override_segments) tells the
    /// segments of the path apart that they stand in.
    pub overrides: &'a [Operation],
    /// The stack options, in order.
    pub options: &'a [(Cow<'static, str>, Value)],
    /// The stack variables, those of the query over those of the path.
    pub variables: &'a [(Cow<'static, str>, Value)],
    /// The image.
    pub image: &'a ImageSource,
    /// The filename before the format.
    pub filename: Option<&'a str>,
    /// The format, in lower case.
    pub format: &'a str,
    /// The signature that it was parsed with, if nothing was changed since.
    pub signature: Option<&'a str>,
    /// The time limit of that signature.
    pub until: Option<DateTime<Utc>>,
    override_starts: &'a [usize],
}

impl<'a> Components<'a> {
    /// The overrides of each segment of the path, in order; a later segment overrides an earlier one.
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
    /// Takes a render URL apart.
    ///
    /// [`url`](Self::url) puts it together again: the same URL if it was a canonical one, such as this crate and
    /// rokka.js write, or else its canonical form. A signed URL that is not changed comes back as it was; any change
    /// drops the signature.
    ///
    /// # Errors
    ///
    /// It is not a render URL of an image, or it holds something that cannot be written again without changing its
    /// meaning. IIIF and album URLs have types of their own: [`IiifUrl`](super::IiifUrl) and
    /// [`AlbumUrl`](super::AlbumUrl).
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
            return Err(target.refuse("it has no scheme and host"));
        }
        let path = match target.shape()? {
            Shape::Image(path) => path,
            Shape::Iiif => return Err(target.refuse("it is an IIIF URL, see `IiifUrl`")),
            Shape::Album => return Err(target.refuse("it is an album URL, see `AlbumUrl`")),
        };
        let base = host::of_base(target.base.to_owned())?;
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
        // What cannot be written again is no URL of ours.
        parts.url()?;
        parts.signed = signed;
        Ok(parsed)
    }

    /// Its parts, to look at.
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
            // Empty segments count for nothing.
            first = first && segment.is_empty();
        }
        Ok(())
    }

    /// Reads options, variables or the operation that comes back.
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
        let mut terms = None;
        for parameter in target.parameters() {
            if is_named(parameter, "v") {
                if self.query.contains(&Parameter::Variables) {
                    return Err(target.refuse("it has the query parameter `v` twice"));
                }
                self.query.push(Parameter::Variables);
                let (_, value) = parameter.split_once('=').unwrap_or((parameter, ""));
                variables::merge_query(&mut self.variables, &escape::decode_query(value)?)?;
            } else if is_named(parameter, "sig") {
                signature = Some(parameter.split_once('=').map_or("", |(_, value)| value));
            } else if is_named(parameter, "sigopts") {
                terms = Some(parameter.split_once('=').map_or("", |(_, value)| value));
            } else {
                let mut other = String::with_capacity(parameter.len());
                push_parameter(&mut other, parameter)?;
                self.query.push(Parameter::Other(other));
            }
        }
        if signature.is_none() && terms.is_none() {
            return Ok(None);
        }
        Ok(Some(Box::new(Signed {
            url: target.text.to_owned(),
            signature: signature.map(str::to_owned),
            until: terms.and_then(read_terms),
        })))
    }
}

/// A URL, or a path with its query, split where every URL is.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) text: &'a str,
    /// The scheme and host; empty if the text starts with the path.
    pub(crate) base: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: Option<&'a str>,
    pub(crate) fragment: Option<&'a str>,
}

/// What a path addresses.
pub(crate) enum Shape<'a> {
    Image(ImagePath<'a>),
    Iiif,
    Album,
}

/// The parts of a path to an image, as they are written.
pub(crate) struct ImagePath<'a> {
    /// Everything before the filename and the format.
    pub(crate) through_image: &'a str,
    /// The stack with what follows it, without a slash at either end.
    pub(crate) stack: &'a str,
    pub(crate) image: &'a str,
    pub(crate) filename: Option<&'a str>,
    pub(crate) format: &'a str,
}

impl<'a> Target<'a> {
    pub(crate) fn split(text: &'a str) -> Result<Self> {
        let (rest, fragment) = match text.split_once('#') {
            Some((rest, fragment)) => (rest, Some(fragment)),
            None => (text, None),
        };
        let (rest, query) = match rest.split_once('?') {
            Some((rest, query)) => (rest, Some(query)),
            None => (rest, None),
        };
        let (base, path) = if rest.starts_with('/') {
            ("", rest)
        } else {
            let host = rest.find("://").map_or(0, |at| at + 3);
            let slash = rest
                .get(host..)
                .and_then(|rest| rest.find('/'))
                .map_or(rest.len(), |at| host + at);
            rest.split_at_checked(slash).unwrap_or((rest, ""))
        };
        let target = Self {
            text,
            base,
            path,
            query,
            fragment,
        };
        if !base.is_empty() && !host::is_base(base) {
            return Err(Error::invalid(format!(
                "`{base}` is no start of a URL of ours: it must be `https://` or `http://` and a host"
            )));
        }
        if !escape::all(text, |byte| !byte.is_ascii_control()) {
            return Err(target.refuse("it holds control characters"));
        }
        if path.contains('\\') {
            return Err(target.refuse("browsers would turn its backslash into a slash"));
        }
        if has_pair(path, |next| next == b'.' || next == b'%') && path.split('/').any(is_dots) {
            return Err(target.refuse("`.` and `..` as a segment would change the path"));
        }
        Ok(target)
    }

    pub(crate) fn parameters(&self) -> impl Iterator<Item = &'a str> {
        let parameters = self.query.into_iter().flat_map(|query| query.split('&'));
        parameters.filter(|parameter| {
            step(parameter.len() + 1);
            !parameter.is_empty()
        })
    }

    /// Names the path only, as the query may hold a valid signature.
    pub(crate) fn refuse(&self, fault: &str) -> Error {
        self.refuse_as("a render URL", fault)
    }

    pub(crate) fn refuse_as(&self, what: &str, fault: &str) -> Error {
        Error::invalid(format!("`{}` is not {what}: {fault}", self.path))
    }

    pub(crate) fn shape(&self) -> Result<Shape<'a>> {
        let Some(path) = self.path.strip_prefix('/') else {
            return Err(self.refuse("it has no path"));
        };
        if path.starts_with("_iiif/") {
            return Ok(Shape::Iiif);
        }
        if path.starts_with("_albums/") {
            return Ok(Shape::Album);
        }
        let Some((before, last)) = path.rsplit_once('/') else {
            return Err(self.refuse("it has no stack"));
        };
        // The format follows the last dot of the last segment.
        let Some((last, format)) = last.rsplit_once('.') else {
            return Err(self.refuse("it has no format"));
        };
        if !is_format(format) {
            return Err(self.refuse("its format is not 2 to 5 letters and digits"));
        }
        // A remote image may hold anything, so it is looked for first.
        let dash = dash_segment(path);
        if let Some(start) = dash
            && let Some(found) = self.remote(path, start, before, last, format)
        {
            return self.checked(found);
        }
        let named = before.rsplit_once('/').filter(|(_, image)| is_hash(image));
        let (stack, image, filename) = match named {
            Some((stack, image)) if !last.is_empty() => (stack, image, Some(last)),
            _ if is_hash(last) => (before, last, None),
            _ => return Err(self.refuse("it has neither a hash nor a remote image nor an alias")),
        };
        if dash.is_some_and(|start| start < stack.len()) {
            return Err(self.refuse("a part of its stack starts with a dash"));
        }
        let cut_off = format.len() + 1 + filename.map_or(0, |name| name.len() + 1);
        self.checked(ImagePath {
            through_image: self.without(cut_off),
            stack,
            image,
            filename,
            format,
        })
    }

    fn checked(&self, path: ImagePath<'a>) -> Result<Shape<'a>> {
        let stack = path.stack;
        if stack.is_empty() || stack.starts_with('/') {
            return Err(self.refuse("it has no stack"));
        }
        if stack
            .rsplit_once('/')
            .is_some_and(|(_, last)| is_hash(last))
        {
            return Err(self.refuse("it has two hashes, or a hash and another image"));
        }
        Ok(Shape::Image(path))
    }

    /// The image between dashes: from the first segment that starts with one dash to the last that ends with one.
    fn remote(
        &self,
        path: &'a str,
        start: usize,
        before: &'a str,
        last: &'a str,
        format: &'a str,
    ) -> Option<ImagePath<'a>> {
        let stack = path.get(..start)?.strip_suffix('/')?;
        let (end, filename) = if before.ends_with('-') && before.len() > start + 1 {
            (before.len(), Some(last))
        } else if last.ends_with('-') {
            (path.len() - format.len() - 1, None)
        } else {
            return None;
        };
        let image = path.get(start..end)?;
        // Without a filename this would end at the earlier dash.
        let ends_before = |(before, _): (&str, &str)| before.len() > 1 && before.ends_with('-');
        if image.len() < 3
            || image.rsplit_once('/').is_some_and(ends_before)
            || filename == Some("")
        {
            return None;
        }
        let cut_off = format.len() + 1 + filename.map_or(0, |name| name.len() + 1);
        Some(ImagePath {
            through_image: self.without(cut_off),
            stack,
            image,
            filename,
            format,
        })
    }

    fn without(&self, cut_off: usize) -> &'a str {
        let length = self.path.len().saturating_sub(cut_off);
        self.path.get(..length).unwrap_or(self.path)
    }
}

/// Whether such a byte follows a slash; written so that the compiler makes it fast, as few paths have one.
fn has_pair(path: &str, is_next: impl Fn(u8) -> bool) -> bool {
    let next = path.bytes().skip(1);
    path.bytes().zip(next).fold(false, |any, (byte, next)| {
        any | (byte == b'/' && is_next(next))
    })
}

/// What URL parsers take for `.` or `..`.
fn is_dots(segment: &str) -> bool {
    step(segment.len() + 1);
    let segment = segment.to_ascii_lowercase().replace("%2e", ".");
    matches!(segment.as_str(), "." | "..")
}

/// Where the first segment after the stack starts that begins with one dash, outside the brackets of an expression.
fn dash_segment(path: &str) -> Option<usize> {
    if !has_pair(path, |next| next == b'-') {
        return None;
    }
    let mut start = path.find('/')? + 1;
    loop {
        let rest = path.get(start..)?;
        if rest.starts_with('-') && !rest.starts_with("--") {
            return Some(start);
        }
        start += cut(rest, "/")?.0.len() + 1;
    }
}

/// Splits at the first separator outside the brackets of an expression, which may be written escaped.
fn cut<'a>(text: &'a str, separator: &str) -> Option<(&'a str, &'a str)> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        step(1);
        let escaped = match (byte, bytes.get(at + 1), bytes.get(at + 2)) {
            (b'%', Some(b'5'), Some(b'B' | b'b')) => Some(b'['),
            (b'%', Some(b'5'), Some(b'D' | b'd')) => Some(b']'),
            _ => None,
        };
        match escaped.unwrap_or(*byte) {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            _ if depth == 0
                && bytes
                    .get(at..)
                    .is_some_and(|rest| rest.starts_with(separator.as_bytes())) =>
            {
                return Some((text.get(..at)?, text.get(at + separator.len()..)?));
            }
            _ => {}
        }
        at += 1;
    }
    None
}
