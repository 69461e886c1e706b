//! Decodes response bodies with `Content-Encoding: gzip`.
//!
//! reqwest can do that, too, but for all responses of a client alike: it decodes a file that was requested as `identity`,
//! reports a corrupt body as a broken connection, and brings twice as many crates.

use std::io;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
#[cfg(feature = "gzip")]
use http::header::CONTENT_LENGTH;

/// The most memory that is reserved for the length that a body announces; more is allocated as needed.
#[cfg(feature = "gzip")]
const RESERVED: usize = 16 * 1024 * 1024;

/// Whether a body has to be decoded.
pub(super) fn is_gzip(headers: &HeaderMap) -> bool {
    cfg!(feature = "gzip")
        && headers.get(CONTENT_ENCODING).is_some_and(|encoding| {
            let encoding = encoding.as_bytes().trim_ascii();
            encoding.eq_ignore_ascii_case(b"gzip") || encoding.eq_ignore_ascii_case(b"x-gzip")
        })
}

/// Decodes the body of a response into `buffer`, up to one byte more than `limit`, and removes the headers of the encoding.
/// An error of the kind `UnexpectedEof` means that the body ends early, any other one that it is corrupt.
#[cfg(feature = "gzip")]
pub(super) fn decoded(
    response: &mut reqwest::Response,
    body: &[u8],
    limit: usize,
    mut buffer: BytesMut,
) -> (Bytes, io::Result<()>) {
    let headers = response.headers_mut();
    headers.remove(CONTENT_ENCODING);
    headers.remove(CONTENT_LENGTH);
    let outcome = decode(body, limit, &mut buffer);
    (buffer.freeze(), outcome)
}

/// Nothing is decoded without the feature.
#[cfg(not(feature = "gzip"))]
pub(super) fn decoded(
    _: &mut reqwest::Response,
    body: &Bytes,
    _: usize,
    _: BytesMut,
) -> (Bytes, io::Result<()>) {
    (body.clone(), Ok(()))
}

#[cfg(feature = "gzip")]
fn decode(body: &[u8], limit: usize, decoded: &mut BytesMut) -> io::Result<()> {
    use std::io::Read;

    use bytes::BufMut;

    // Some servers label an empty body, too.
    if body.is_empty() {
        return Ok(());
    }
    let length = body
        .last_chunk::<4>()
        .map_or(0, |end| u32::from_le_bytes(*end));
    let length = usize::try_from(length).unwrap_or(RESERVED);
    decoded.reserve(length.min(RESERVED).min(limit));
    let limit = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut reader = flate2::bufread::MultiGzDecoder::new(body).take(limit);
    io::copy(&mut reader, &mut decoded.writer())?;
    Ok(())
}

#[cfg(all(test, feature = "gzip"))]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use http::HeaderValue;

    use super::*;

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn decoded(body: &[u8], limit: usize) -> (String, Option<io::ErrorKind>) {
        let mut decoded = BytesMut::new();
        let outcome = decode(body, limit, &mut decoded);
        let text = String::from_utf8(decoded.to_vec()).unwrap();
        (text, outcome.err().map(|error| error.kind()))
    }

    #[test]
    fn every_spelling_is_recognized() {
        for (encoding, is) in [
            ("gzip", true),
            ("GZip", true),
            ("x-gzip", true),
            ("br", false),
            ("gzip, gzip", false),
            ("identity", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
            assert_eq!(is_gzip(&headers), is, "{encoding}");
        }
        assert!(!is_gzip(&HeaderMap::new()));
    }

    #[test]
    fn all_members_are_decoded() {
        assert_eq!(decoded(b"", 9), (String::new(), None));
        assert_eq!(decoded(&gzip(""), 9), (String::new(), None));
        let two = [gzip("ab"), gzip("cd")].concat();
        assert_eq!(decoded(&two, 9), ("abcd".to_owned(), None));
    }

    #[test]
    fn no_more_is_decoded_than_tells_that_it_is_too_much() {
        let long = gzip(&"x".repeat(1_000_000));
        assert_eq!(decoded(&long, 10), ("x".repeat(11), None));
        assert_eq!(decoded(&gzip("abc"), 3), ("abc".to_owned(), None));
        assert_eq!(decoded(&gzip("abc"), usize::MAX), ("abc".to_owned(), None));
    }

    #[test]
    fn every_cut_is_an_early_end_and_every_flipped_checksum_is_corrupt() {
        let whole = gzip("some text, some text, some text");
        for end in 1..whole.len() {
            let (_, error) = decoded(whole.get(..end).unwrap(), 99);
            assert_eq!(error, Some(io::ErrorKind::UnexpectedEof), "{end}");
        }
        for place in whole.len() - 8..whole.len() {
            let mut broken = whole.clone();
            *broken.get_mut(place).unwrap() ^= 1;
            let (_, error) = decoded(&broken, 99);
            assert!(
                error.is_some_and(|kind| kind != io::ErrorKind::UnexpectedEof),
                "{place}"
            );
        }
        assert!(decoded(b"{\"id\": 1}", 99).1.is_some());
    }
}
