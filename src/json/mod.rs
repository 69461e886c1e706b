//! Decodes JSON bodies.

mod quoted_values;

use serde::de::{DeserializeOwned, Error};
use serde_json::Value;

pub(crate) use quoted_values::without_values;

/// Strips the byte order mark that some gateways and editors put before JSON.
pub(crate) fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// Decodes a value. Validating the whole body as UTF-8 first costs a sixth less than validating string by string, as
/// serde_json does with bytes.
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    let body = without_bom(body);
    match std::str::from_utf8(body) {
        Ok(text) => serde_json::from_str(text),
        // Bytes that are not UTF-8 are not JSON; this error has their line.
        Err(error) => Err(match serde_json::from_slice::<Value>(body) {
            Err(error) => error,
            Ok(_) => serde_json::Error::custom(error),
        }),
    }
}

/// Whether a body has no content. PHP writes an empty object as `[]`.
pub(crate) fn is_empty(body: &[u8]) -> bool {
    matches!(
        without_bom(body).trim_ascii(),
        b"" | b"{}" | b"[]" | b"null"
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_utf_8_is_refused_with_its_place() {
        let error = decode::<Value>(b"{\n  \"name\": \"caf\xe9\"}").unwrap_err();
        assert_eq!((error.line(), error.is_syntax()), (2, true));
        let error = decode::<u8>(b"1\xff").unwrap_err();
        assert_eq!(error.line(), 1);
        assert_eq!(decode::<String>("\"é\"".as_bytes()).unwrap(), "é");
    }

    #[test]
    fn a_byte_order_mark_is_skipped_once() {
        assert_eq!(decode::<u8>(b"\xef\xbb\xbf1").unwrap(), 1);
        assert_eq!(
            decode::<Value>(b"\xef\xbb\xbf{}").unwrap(),
            Value::Object(serde_json::Map::new())
        );
        assert!(decode::<u8>(b"\xef\xbb\xbf\xef\xbb\xbf1").is_err());
    }
}
