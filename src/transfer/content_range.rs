//! The `Content-Range` header.

use http::HeaderMap;
use http::header::CONTENT_RANGE;

/// A parsed `Content-Range`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ContentRange {
    /// The response contains these bytes of a file, including the last one.
    Part {
        first: u64,
        last: u64,
        /// The length of the whole file, unless it is `*`.
        total: Option<u64>,
    },
    /// No byte of the requested range exists.
    Unsatisfied { total: u64 },
}

impl ContentRange {
    /// Reads the header, or returns `None` if it is missing, occurs twice or contradicts itself.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(CONTENT_RANGE).iter();
        let value = values.next().filter(|_| values.next().is_none())?;
        Self::read(value.to_str().ok()?)
    }

    fn read(text: &str) -> Option<Self> {
        let (unit, range) = text.trim().split_once(' ')?;
        if !unit.eq_ignore_ascii_case("bytes") {
            return None;
        }
        let (range, total) = range.trim().split_once('/')?;
        if range == "*" {
            let total = number(total)?;
            return Some(Self::Unsatisfied { total });
        }
        let (first, last) = range.split_once('-')?;
        let (first, last) = (number(first)?, number(last)?);
        let total = match total {
            "*" => None,
            total => Some(number(total)?),
        };
        let fits = first <= last && last < total.unwrap_or(u64::MAX);
        fits.then_some(Self::Part { first, last, total })
    }
}

fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_contradicts_itself_is_not_read() {
        let part = |first, last, total| Some(ContentRange::Part { first, last, total });
        let most = u64::MAX - 1;
        for (text, expected) in [
            ("bytes 4-9/10", part(4, 9, Some(10))),
            ("Bytes 0-0/1", part(0, 0, Some(1))),
            ("bytes 4-9/*", part(4, 9, None)),
            ("bytes */10", Some(ContentRange::Unsatisfied { total: 10 })),
            (
                &format!("bytes {most}-{most}/{}", u64::MAX),
                part(most, most, Some(u64::MAX)),
            ),
            (&format!("bytes 0-{}/*", u64::MAX), None),
            ("bytes 9-4/10", None),
            ("bytes 4-10/10", None),
            ("bytes 4-9", None),
            ("bytes +4-9/10", None),
            ("bytes -9/10", None),
            ("bytes 4-/10", None),
            ("bytes 4-9/", None),
            ("bytes */*", None),
            ("bytes 4-9/99999999999999999999", None),
            ("bytes=4-9/10", None),
            ("items 4-9/10", None),
            ("", None),
        ] {
            assert_eq!(ContentRange::read(text), expected, "{text}");
        }
        let mut headers = HeaderMap::new();
        for range in ["bytes 4-9/10", "bytes 4-9/11"] {
            if let Ok(range) = range.parse() {
                headers.append(CONTENT_RANGE, range);
            }
        }
        assert_eq!(headers.len(), 2);
        assert_eq!(ContentRange::of(&headers), None);
    }
}
