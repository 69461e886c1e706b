//! The validator of a file version, for `If-Range`.

use chrono::{DateTime, FixedOffset, TimeDelta};
use http::HeaderMap;
use http::header::{DATE, ETAG, HeaderName, HeaderValue, LAST_MODIFIED};

/// A strong validator: two responses with the same one contain the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Validator {
    /// A strong entity tag, with its quotes.
    Tag(String),
    /// A `Last-Modified` that is strong by RFC 9110, section 8.8.2.2.
    Modified(String),
}

impl Validator {
    /// Returns the strong validator of a response, if it has one.
    ///
    /// RFC 9110, section 13.1.5, forbids weak entity tags in `If-Range`, and dates where there is any entity tag.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        if headers.contains_key(ETAG) {
            let tag = only(headers, &ETAG)?;
            return is_strong_tag(tag).then(|| Self::Tag(tag.to_owned()));
        }
        let modified = only(headers, &LAST_MODIFIED)?;
        // A file that changes twice in a second has the same date twice.
        let settled = date(modified)?.checked_add_signed(TimeDelta::seconds(1))?;
        let sent = date(only(headers, &DATE)?)?;
        (settled <= sent).then(|| Self::Modified(modified.to_owned()))
    }

    /// Returns the value of `If-Range`.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Tag(text) | Self::Modified(text) => text,
        }
    }

    /// Returns whether a response has this validator.
    pub(crate) fn is_confirmed_by(&self, headers: &HeaderMap) -> bool {
        Self::of(headers).as_ref() == Some(self)
    }

    /// Returns whether a response has another validator. A response to `If-Range` may have none.
    pub(crate) fn is_contradicted_by(&self, headers: &HeaderMap) -> bool {
        let name = match self {
            Self::Tag(_) => ETAG,
            Self::Modified(_) => LAST_MODIFIED,
        };
        let mut values = headers.get_all(name).iter();
        values.any(|value| value.as_bytes() != self.as_str().as_bytes())
    }
}

fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter().map(HeaderValue::to_str);
    let value = values.next()?.ok()?;
    values.next().is_none().then_some(value)
}

fn is_strong_tag(tag: &str) -> bool {
    let inner = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
    inner.is_some_and(|inner| {
        let mut bytes = inner.bytes();
        bytes.all(|byte| byte.is_ascii_graphic() && byte != b'"')
    })
}

fn date(text: &str) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc2822(text).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn headers(lines: &[(HeaderName, &str)]) -> HeaderMap {
        let lines = lines.iter();
        lines
            .map(|(name, value)| (name.clone(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn only_strong_validators_are_used() {
        let tag = |text: &str| Some(Validator::Tag(text.to_owned()));
        for (text, expected) in [
            ("\"v1\"", tag("\"v1\"")),
            ("\"\"", tag("\"\"")),
            ("W/\"v1\"", None),
            ("w/\"v1\"", None),
            ("v1", None),
            ("\"", None),
            ("\"v\"1\"", None),
            ("\"v 1\"", None),
        ] {
            assert_eq!(Validator::of(&headers(&[(ETAG, text)])), expected, "{text}");
        }
        assert_eq!(Validator::of(&HeaderMap::new()), None);
    }

    #[test]
    fn a_date_is_strong_once_its_second_is_over() {
        const MODIFIED: &str = "Tue, 10 Nov 2026 10:00:00 GMT";
        for (sent, strong) in [
            ("Tue, 10 Nov 2026 10:00:00 GMT", false),
            ("Tue, 10 Nov 2026 09:00:00 GMT", false),
            ("Tue, 10 Nov 2026 10:00:01 GMT", true),
            ("Sat, 28 Nov 2026 10:00:00 GMT", true),
            ("yesterday", false),
        ] {
            let headers = headers(&[(LAST_MODIFIED, MODIFIED), (DATE, sent)]);
            let expected = strong.then(|| Validator::Modified(MODIFIED.to_owned()));
            assert_eq!(Validator::of(&headers), expected, "{sent}");
        }
        let late = (DATE, "Sat, 28 Nov 2026 10:00:00 GMT");
        assert_eq!(Validator::of(&headers(&[(LAST_MODIFIED, MODIFIED)])), None);
        // Where there is an entity tag, a date must not be sent, even if the tag is weak.
        let weak = headers(&[(LAST_MODIFIED, MODIFIED), late, (ETAG, "W/\"v1\"")]);
        assert_eq!(Validator::of(&weak), None);
    }

    #[test]
    fn two_validators_are_none() {
        let mut headers = headers(&[(ETAG, "\"v1\"")]);
        headers.append(ETAG, HeaderValue::from_static("\"v2\""));
        assert_eq!(Validator::of(&headers), None);
        let known = Validator::Tag("\"v1\"".to_owned());
        assert!(known.is_contradicted_by(&headers));
    }

    #[test]
    fn a_response_confirms_a_version_contradicts_it_or_says_nothing() {
        let known = Validator::Tag("\"v1\"".to_owned());
        for (lines, confirms, contradicts) in [
            (&[(ETAG, "\"v1\"")][..], true, false),
            (&[(ETAG, "\"v2\"")], false, true),
            (&[(ETAG, "W/\"v1\"")], false, true),
            (&[], false, false),
        ] {
            let headers = headers(lines);
            assert_eq!(known.is_confirmed_by(&headers), confirms, "{lines:?}");
            assert_eq!(known.is_contradicted_by(&headers), contradicts, "{lines:?}");
        }
    }
}
