//! Splits a URL into base, path, query and fragment, and recognizes what its path addresses.

use crate::{Error, Result};

use super::format::is_format;
use super::host;
use super::source::is_hash;
use super::steps::step;
use crate::escape;

/// A URL, or a path with its query, split into its generic parts.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) text: &'a str,
    /// The scheme and host; empty if the text starts with the path.
    pub(crate) base: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: Option<&'a str>,
    pub(crate) fragment: Option<&'a str>,
}

/// The resource that a path addresses.
pub(crate) enum Shape<'a> {
    Image(ImagePath<'a>),
    Iiif,
    Album,
}

/// The parts of a path to an image, not decoded.
pub(crate) struct ImagePath<'a> {
    /// The path before the filename and the format.
    pub(crate) through_image: &'a str,
    /// The stack with its operations, options and variables, without a slash at either end.
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
                "`{base}` is not a valid base URL: expected `http(s)://` and a host"
            )));
        }
        if !escape::all(text, |byte| !byte.is_ascii_control()) {
            return Err(target.error("it contains control characters"));
        }
        if path.contains('\\') {
            return Err(target.error("browsers would replace its backslash with a slash"));
        }
        if has_pair(path, |next| next == b'.' || next == b'%') && path.split('/').any(is_dots) {
            return Err(target.error("`.` and `..` as a segment would change the path"));
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

    /// Returns an error that names the path only, as the query may contain a valid signature.
    pub(crate) fn error(&self, reason: &str) -> Error {
        self.error_as("a render URL", reason)
    }

    pub(crate) fn error_as(&self, what: &str, reason: &str) -> Error {
        Error::invalid(format!("`{}` is not {what}: {reason}", self.path))
    }

    pub(crate) fn shape(&self) -> Result<Shape<'a>> {
        let Some(path) = self.path.strip_prefix('/') else {
            return Err(self.error("it has no path"));
        };
        if path.starts_with("_iiif/") {
            return Ok(Shape::Iiif);
        }
        if path.starts_with("_albums/") {
            return Ok(Shape::Album);
        }
        let Some((before, last)) = path.rsplit_once('/') else {
            return Err(self.error("it has no stack"));
        };
        // The format follows the last dot.
        let Some((last, format)) = last.rsplit_once('.') else {
            return Err(self.error("it has no format"));
        };
        if !is_format(format) {
            return Err(self.error("its format is not 2 to 5 letters and digits"));
        }
        // A remote image may contain anything, so it is tried first.
        let dash = dash_segment(path);
        if let Some(start) = dash
            && let Some(found) = self.remote(path, start, before, last, format)
        {
            return self.validate(found);
        }
        let named = before.rsplit_once('/').filter(|(_, image)| is_hash(image));
        let (stack, image, filename) = match named {
            Some((stack, image)) if !last.is_empty() => (stack, image, Some(last)),
            _ if is_hash(last) => (before, last, None),
            _ => return Err(self.error("it has neither a hash nor a remote image nor an alias")),
        };
        if dash.is_some_and(|start| start < stack.len()) {
            return Err(self.error("a part of its stack starts with a dash"));
        }
        let cut_off = format.len() + 1 + filename.map_or(0, |name| name.len() + 1);
        self.validate(ImagePath {
            through_image: self.without(cut_off),
            stack,
            image,
            filename,
            format,
        })
    }

    fn validate(&self, path: ImagePath<'a>) -> Result<Shape<'a>> {
        let stack = path.stack;
        if stack.is_empty() || stack.starts_with('/') {
            return Err(self.error("it has no stack"));
        }
        if stack
            .rsplit_once('/')
            .is_some_and(|(_, last)| is_hash(last))
        {
            return Err(self.error("it has two hashes, or a hash and another image"));
        }
        Ok(Shape::Image(path))
    }

    /// Finds the image between dashes: from the first segment that starts with one dash to the last that ends with one.
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
        // Without the filename, the image would end at the earlier dash.
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

/// Whether such a byte follows a slash. Without an early exit, the compiler vectorizes it; few paths contain one.
fn has_pair(path: &str, is_next: impl Fn(u8) -> bool) -> bool {
    let next = path.bytes().skip(1);
    path.bytes().zip(next).fold(false, |any, (byte, next)| {
        any | (byte == b'/' && is_next(next))
    })
}

/// Whether URL parsers read a segment as `.` or `..`.
fn is_dots(segment: &str) -> bool {
    step(segment.len() + 1);
    let segment = segment.to_ascii_lowercase().replace("%2e", ".");
    matches!(segment.as_str(), "." | "..")
}

/// Returns the start of the first segment after the stack that begins with one dash, outside the brackets of an
/// expression.
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

/// Splits at the first separator outside the brackets of an expression, which may be percent-encoded.
pub(crate) fn cut<'a>(text: &'a str, separator: &str) -> Option<(&'a str, &'a str)> {
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
