//! Percent-encoding of path segments: [`Segment`].

use std::borrow::Cow;
use std::fmt;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::{Error, Result};

/// Bytes that no part of a URL may contain raw. `[` and `]` stay: they enclose rokka's expressions, and clients do not
/// escape them in a path.
const ILLEGAL: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Also bytes that end the path or start an escape.
const TEXT: &AsciiSet = &ILLEGAL.add(b'#').add(b'%').add(b'?');

/// Also the separator of path segments.
const SEGMENT: &AsciiSet = &TEXT.add(b'/');

fn is_legal(byte: u8) -> bool {
    let brackets = byte == b'<' || byte == b'>' || byte == b'{' || byte == b'}';
    let others = byte == b'"' || byte == b'\\' || byte == b'^' || byte == b'`' || byte == b'|';
    byte.is_ascii_graphic() && !brackets && !others
}

/// Whether a byte is a letter, a digit, `_`, `.` or `-`. A table is faster than ranges for short texts.
pub(crate) fn is_plain(byte: u8) -> bool {
    PLAIN.get(usize::from(byte)) == Some(&true)
}

static PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut rest: &mut [bool] = &mut table;
    let mut byte = 0_u8;
    while let Some((slot, after)) = rest.split_first_mut() {
        *slot = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        byte = byte.wrapping_add(1);
        rest = after;
    }
    table
};

/// Whether all bytes are allowed. Without an early exit, the compiler vectorizes the loop.
pub(crate) fn all(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    text.bytes().fold(true, |all, byte| all & allowed(byte))
}

/// Whether a URL may contain these bytes raw.
pub(crate) fn is_clean(text: &str) -> bool {
    all(text, is_legal)
}

/// Whether the text needs no escape in any part of a URL: letters, digits, `_`, `.` and `-`.
pub(crate) fn is_plain_text(text: &str) -> bool {
    text.bytes().all(is_plain)
}

/// Appends literal text: escapes every reserved byte but the slash.
pub(crate) fn push_text(out: &mut String, text: &str) {
    if is_plain_text(text) {
        out.push_str(text);
    } else {
        out.extend(utf8_percent_encode(text, TEXT));
    }
}

/// Text as one path segment: `Display` percent-encodes bytes that would end the segment or have a meaning in a URL.
///
/// ```
/// use rokka_render::escape::Segment;
///
/// assert_eq!(format!("/stacks/{}", Segment("50% off/new")), "/stacks/50%25%20off%2Fnew");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a>(pub &'a str);

impl fmt::Display for Segment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_plain_text(self.0) {
            f.write_str(self.0)
        } else {
            fmt::Display::fmt(&utf8_percent_encode(self.0, SEGMENT), f)
        }
    }
}

/// Appends a part of a URL: escapes only bytes that a URL may not contain.
pub(crate) fn push_url_part(out: &mut String, text: &str) {
    if is_clean(text) {
        out.push_str(text);
    } else {
        out.extend(utf8_percent_encode(text, ILLEGAL));
    }
}

/// Appends a remote path or URL. Keeps its escapes of bytes that a URL may not contain (`%20`), and escapes others
/// again (`%2F`, `%3F`), so that decoding the result once yields the same resource.
pub(crate) fn push_remote(out: &mut String, text: &str) {
    let mut pieces = text.split('%');
    if let Some(first) = pieces.next() {
        out.extend(utf8_percent_encode(first, TEXT));
    }
    for piece in pieces {
        match piece.split_at_checked(2) {
            Some((digits, rest)) if escaped_byte(digits).is_some_and(|byte| !is_legal(byte)) => {
                out.push('%');
                out.push_str(&digits.to_ascii_uppercase());
                out.extend(utf8_percent_encode(rest, TEXT));
            }
            _ => {
                out.push_str("%25");
                out.extend(utf8_percent_encode(piece, TEXT));
            }
        }
    }
}

/// Reverses [`push_remote`]: decodes the escapes of legal bytes and keeps the others.
pub(crate) fn decode_remote(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut pieces = text.split('%');
    if let Some(first) = pieces.next() {
        out.push_str(first);
    }
    for piece in pieces {
        let escaped = piece.split_at_checked(2);
        match escaped.and_then(|(digits, rest)| Some((escaped_byte(digits)?, rest))) {
            Some((byte, rest)) if is_legal(byte) => {
                out.push(char::from(byte));
                out.push_str(rest);
            }
            _ => {
                out.push('%');
                out.push_str(piece);
            }
        }
    }
    out
}

fn escaped_byte(digits: &str) -> Option<u8> {
    // `from_str_radix` accepts a sign.
    if digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        u8::from_str_radix(digits, 16).ok()
    } else {
        None
    }
}

/// Decodes percent-encoding.
pub(crate) fn decode(text: &str) -> Result<Cow<'_, str>> {
    percent_decode_str(text).decode_utf8().map_err(|_| {
        Error::invalid(format!(
            "`{text}`: the percent-escapes must decode to UTF-8"
        ))
    })
}

/// Decodes the text of a query parameter, in which `+` is a space.
pub(crate) fn decode_query(text: &str) -> Result<String> {
    let spaced = text.replace('+', " ");
    Ok(decode(&spaced)?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_stays_one_segment() {
        for (text, expected) in [
            ("3f9a21", "/a/3f9a21/b"),
            ("ü x/50%#?", "/a/%C3%BC%20x%2F50%25%23%3F/b"),
            // URL parsers read a backslash as a slash.
            (r"..\..\users", "/a/..%5C..%5Cusers/b"),
        ] {
            assert_eq!(format!("/a/{}/b", Segment(text)), expected);
        }
    }
}
