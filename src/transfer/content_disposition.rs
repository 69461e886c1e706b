//! Parses the file name of a `Content-Disposition`.
//!
//! The parser is lenient, because servers differ: it skips invalid parameters and uses the others.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;

/// Base64 with or without padding, as mailers encode it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Returns the suggested file name: `filename*` if it is valid, else `filename`. It may contain directories.
#[inline]
pub(crate) fn suggested_name(header: &[u8]) -> Option<String> {
    let header = match std::str::from_utf8(header) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(latin1(header)),
    };
    let mut plain = None;
    let mut extended = None;
    for parameter in parameters(&header) {
        let Some((key, value)) = parameter.split_once('=') else {
            continue;
        };
        let value = unquoted(value.trim());
        match key.trim().to_ascii_lowercase().as_str() {
            "filename*" => extended = extended.or_else(|| decode_extended(&value)),
            "filename" => plain = plain.or(Some(value)),
            _ => {}
        }
    }
    let plain = plain.map(|plain| decode_words(&plain).unwrap_or_else(|| plain.into_owned()));
    let named = |name: &String| !name.trim().is_empty();
    extended.filter(named).or(plain).filter(named)
}

/// Splits a header at semicolons outside quotes.
fn parameters(header: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, letter) in header.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                parts.extend(header.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(header.get(start..));
    parts
}

/// Returns a value without its quotes. A backslash before any other character is part of a path.
fn unquoted(value: &str) -> Cow<'_, str> {
    let Some(inner) = value.strip_prefix('"') else {
        return Cow::Borrowed(value);
    };
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    if inner.contains('\\') {
        return Cow::Owned(inner.replace("\\\"", "\"").replace("\\\\", "\\"));
    }
    Cow::Borrowed(inner)
}

/// Decodes `charset'language'percent-encoded` of RFC 8187.
fn decode_extended(value: &str) -> Option<String> {
    let (charset, rest) = value.split_once('\'')?;
    let (_, encoded) = rest.split_once('\'')?;
    decode(charset, percent_decode_str(encoded).collect())
}

/// Decodes encoded words of RFC 2047, such as `=?UTF-8?Q?k=C3=A4se.jpg?=`. Returns `None` if there are none or one is
/// invalid.
#[inline]
fn decode_words(text: &str) -> Option<String> {
    let mut decoded = String::new();
    let mut rest = text;
    let mut words = 0;
    while let Some((before, from)) = rest.split_once("=?") {
        // Blanks between two encoded words are ignored.
        if words == 0 || !before.trim().is_empty() {
            decoded.push_str(before);
        }
        let (charset, from) = from.split_once('?')?;
        let (encoding, from) = from.split_once('?')?;
        let (word, after) = from.split_once("?=")?;
        let bytes = match encoding {
            "b" | "B" => BASE64.decode(word).ok()?,
            "q" | "Q" => percent_decode_str(
                &word
                    .replace('%', "=25")
                    .replace('_', "=20")
                    .replace('=', "%"),
            )
            .collect(),
            _ => return None,
        };
        // A language may follow the charset.
        let charset = charset.split('*').next().unwrap_or(charset);
        decoded.push_str(&decode(charset, bytes)?);
        rest = after;
        words += 1;
    }
    decoded.push_str(rest);
    (words > 0).then_some(decoded)
}

fn decode(charset: &str, bytes: Vec<u8>) -> Option<String> {
    let charset = charset.trim().to_ascii_lowercase();
    match charset.as_str() {
        "utf-8" | "utf8" | "us-ascii" => String::from_utf8(bytes).ok(),
        "iso-8859-1" | "latin1" => Some(latin1(&bytes)),
        _ => None,
    }
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_header_is_read(
            text in "(filename[*]?|=|;|\"|\\\\|'|UTF-8|=[?]|[?]=|[?]|B|Q|%|_| |\\PC|[0-9A-F]){0,40}",
            bytes in prop::collection::vec(any::<u8>(), 0..60),
        ) {
            suggested_name(text.as_bytes());
            suggested_name(&bytes);
            let named = [b"attachment; filename=\"", bytes.as_slice()].concat();
            suggested_name(&named);
        }
    }

    #[test]
    fn names_are_read_however_they_are_written() {
        for (header, expected) in [
            (r#"attachment; filename="cat.jpg""#, Some("cat.jpg")),
            ("attachment; filename=cat.jpg", Some("cat.jpg")),
            ("attachment;filename=cat.jpg;", Some("cat.jpg")),
            ("ATTACHMENT; FILENAME = \"cat.jpg\" ; ", Some("cat.jpg")),
            (r#"filename="cat.jpg""#, Some("cat.jpg")),
            (r#"attachment; flag; filename="cat.jpg""#, Some("cat.jpg")),
            (r#"attachment; filename="a;b.jpg"; size=3"#, Some("a;b.jpg")),
            (r#"attachment; filename="a\"b.jpg""#, Some("a\"b.jpg")),
            (
                r#"attachment; filename="C:\dir\cat.jpg""#,
                Some(r"C:\dir\cat.jpg"),
            ),
            (
                r#"attachment; filename="unclosed.jpg"#,
                Some("unclosed.jpg"),
            ),
            ("attachment; filename=\"käse.jpg\"", Some("käse.jpg")),
            (
                r#"attachment; filename="x.jpg"; filename*=UTF-8''k%C3%A4se.jpg"#,
                Some("käse.jpg"),
            ),
            (
                r#"attachment; filename*=utf-8'en'k%C3%A4se.jpg; filename="x.jpg""#,
                Some("käse.jpg"),
            ),
            (
                r#"attachment; filename*="UTF-8''k%C3%A4se.jpg""#,
                Some("käse.jpg"),
            ),
            (
                "attachment; filename*=ISO-8859-1''k%E4se.jpg",
                Some("käse.jpg"),
            ),
            // Broken ones beside good ones.
            (
                r#"attachment; filename*=UTF-8'k%C3%A4se.jpg; filename="x.jpg""#,
                Some("x.jpg"),
            ),
            (
                r#"attachment; filename="x.jpg"; filename*=UTF-8''k%E4se.jpg"#,
                Some("x.jpg"),
            ),
            (
                r#"attachment; filename="x.jpg"; filename*=KOI8-R''%C1.jpg"#,
                Some("x.jpg"),
            ),
            (
                r#"attachment; filename="x.jpg"; filename*=UTF-8''"#,
                Some("x.jpg"),
            ),
            (r#"attachment; filename="x.jpg"; filename*"#, Some("x.jpg")),
            // Encoded words.
            (
                r#"attachment; filename="=?UTF-8?B?a8Okc2UuanBn?=""#,
                Some("käse.jpg"),
            ),
            (
                r#"attachment; filename="=?utf-8?Q?k=C3=A4se_1.jpg?=""#,
                Some("käse 1.jpg"),
            ),
            (
                r#"attachment; filename="=?ISO-8859-1*de?Q?k=E4?= =?ISO-8859-1?Q?se.jpg?=""#,
                Some("käse.jpg"),
            ),
            (
                r#"attachment; filename="=?UTF-8?X?abc?=.jpg""#,
                Some("=?UTF-8?X?abc?=.jpg"),
            ),
            (r#"attachment; filename="50%.jpg""#, Some("50%.jpg")),
            (r#"attachment; filename="""#, None),
            ("attachment; filename", None),
            ("attachment", None),
            (";;;", None),
            ("", None),
        ] {
            let name = suggested_name(header.as_bytes());
            assert_eq!(name.as_deref(), expected, "{header}");
        }
        let latin1 = suggested_name(b"attachment; filename=\"k\xe4se.jpg\"");
        assert_eq!(latin1.as_deref(), Some("käse.jpg"));
    }
}
