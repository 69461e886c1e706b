//! Redacts the secrets in URLs.

use percent_encoding::percent_decode_str;

/// The replacement for a secret.
const REDACTED: &str = "[redacted]";

/// The minimum length of a query value to redact in responses: shorter ones are common words.
const SHORTEST_VALUE: usize = 8;

/// The parts of a URL, without normalization. An invalid URL is split too, because it may contain the same secrets.
struct Parts<'a> {
    scheme: &'a str,
    user_info: &'a str,
    /// Host, port and path.
    location: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

#[inline]
fn parts(url: &str) -> Parts<'_> {
    let (rest, fragment) = split(url, '#');
    let (rest, query) = split(rest, '?');
    // A parser accepts any number of slashes of either kind.
    let slashes = ['/', '\\'];
    let scheme = [":/", ":\\"].iter().filter_map(|end| rest.find(end)).min();
    let scheme = scheme.filter(|at| !rest.split_at(*at).0.contains(['/', '\\', '@']));
    let start = scheme.map_or(0, |at| at + 1);
    let after = rest.get(start..).unwrap_or_default();
    let start = rest.len() - after.trim_start_matches(slashes).len();
    let (scheme, rest) = rest.split_at(start);
    let authority = rest.split(slashes).next().unwrap_or_default();
    let location = authority.rfind('@').map_or(0, |at| at + 1);
    let (user_info, location) = rest.split_at(location);
    Parts {
        scheme,
        user_info: user_info.strip_suffix('@').unwrap_or_default(),
        location,
        query,
        fragment,
    }
}

/// Returns the URL without the characters that a parser ignores.
fn cleaned(url: &str) -> String {
    url.trim_matches(|letter: char| letter <= ' ')
        .replace(['\t', '\n', '\r'], "")
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// Returns the URL with its user-info, query values and fragment redacted.
#[inline]
pub(crate) fn redact(url: &str) -> String {
    let url = cleaned(url);
    let parts = parts(&url);
    let mut shown = parts.scheme.to_owned();
    if !parts.user_info.is_empty() {
        shown.push_str(REDACTED);
        shown.push('@');
    }
    shown.push_str(parts.location);
    for (position, pair) in parts
        .query
        .iter()
        .flat_map(|query| query.split('&'))
        .enumerate()
    {
        shown.push(if position == 0 { '?' } else { '&' });
        match pair.split_once('=') {
            Some((name, "")) => {
                shown.push_str(name);
                shown.push('=');
            }
            Some((name, _)) => {
                shown.push_str(name);
                shown.push('=');
                shown.push_str(REDACTED);
            }
            None if pair.is_empty() => {}
            None => shown.push_str(REDACTED),
        }
    }
    match parts.fragment {
        Some("") => shown.push('#'),
        Some(_) => {
            shown.push('#');
            shown.push_str(REDACTED);
        }
        None => {}
    }
    shown
}

/// Returns the secrets of the URL to redact in responses, the longest first: unchanged, decoded, and JSON-escaped.
#[inline]
pub(crate) fn secrets(url: &str) -> Vec<String> {
    let url = cleaned(url);
    let parts = parts(&url);
    let mut secrets = Vec::new();
    if !parts.user_info.is_empty() {
        secrets.push(format!("{}@", parts.user_info));
        let password = parts.user_info.split_once(':');
        secrets.extend(password.map(|(_, password)| password.to_owned()));
    }
    let values = parts.query.iter().flat_map(|query| query.split('&'));
    secrets.extend(values.filter_map(|pair| {
        let value = pair.split_once('=').map_or(pair, |(_, value)| value);
        (value.len() >= SHORTEST_VALUE).then(|| value.to_owned())
    }));
    // Covers short values, if the whole query is repeated.
    secrets.extend(
        parts
            .query
            .filter(|query| query.contains('='))
            .map(str::to_owned),
    );
    secrets.extend(
        parts
            .fragment
            .filter(|text| text.len() >= SHORTEST_VALUE)
            .map(str::to_owned),
    );
    let mut spellings: Vec<String> = secrets
        .into_iter()
        .flat_map(|secret| {
            let decoded = percent_decode_str(&secret).decode_utf8_lossy().into_owned();
            [secret, decoded]
        })
        .flat_map(|secret| {
            [
                secret.replace('/', "\\/"),
                secret.replace('&', "\\u0026"),
                secret.replace('&', "&amp;"),
                secret,
            ]
        })
        .filter(|secret| !secret.is_empty())
        .collect();
    spellings.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    spellings.dedup();
    spellings
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_secret_is_redacted_and_the_rest_stays() {
        for (url, shown) in [
            (
                "https://example.org/a b.mp4@00:01:30",
                "https://example.org/a b.mp4@00:01:30",
            ),
            (
                "https://me:pa@ss@example.org:8443/x?sig=abc&v&w=#top",
                "https://[redacted]@example.org:8443/x?sig=[redacted]&[redacted]&w=#[redacted]",
            ),
            (
                "https://token@example.org",
                "https://[redacted]@example.org",
            ),
            (
                "https:\\\\me:pass@example.org\\x",
                "https:\\\\[redacted]@example.org\\x",
            ),
            (
                "https:/me:pass@example.org/x",
                "https:/[redacted]@example.org/x",
            ),
            ("https:me:pass@example.org/x", "[redacted]@example.org/x"),
            ("//me:pass@example.org/x", "//[redacted]@example.org/x"),
            ("me:pass@example.org/x", "[redacted]@example.org/x"),
            (
                "ht\ntps://me:pa\tss@example.org/",
                "https://[redacted]@example.org/",
            ),
            (
                "https://example.org/?a=1?b=2&&c=d=e",
                "https://example.org/?a=[redacted]&&c=[redacted]",
            ),
            (
                "https://example.org/#a?b@c",
                "https://example.org/#[redacted]",
            ),
            ("", ""),
        ] {
            assert_eq!(redact(url), shown, "{url}");
        }
    }

    #[test]
    fn what_a_parser_takes_for_secret_is_not_shown() {
        for url in [
            "https://u5er:pa55@example.org/p",
            "https:u5er:pa55@example.org/p",
            "https:///u5er:pa55@example.org/p",
            "HTTPS:\\/u5er:pa55@example.org/p",
            " https://u5er:pa55@example.org/p",
            "https://u5er:pa55@example.org?q=pa55#pa55",
            "https://u5er@x:pa55@example.org\\p?pa55",
            "ht\ttp://u5er:pa55\n@example.org/p",
        ] {
            let parsed = url::Url::parse(url).unwrap();
            assert!(parsed.username().contains("u5er"), "{url}");
            let shown = redact(url);
            assert!(
                !shown.contains("u5er") && !shown.contains("pa55"),
                "{shown}"
            );
            assert!(shown.contains("example.org"), "{shown}");
        }
    }

    #[test]
    fn secrets_are_known_in_every_spelling() {
        let found = secrets("https://me:p%2Fw@example.org/x?w=640&signature=ab%2Fcd%3D12");
        for secret in [
            "me:p%2Fw@",
            "me:p/w@",
            "p/w",
            "p\\/w",
            "ab/cd=12",
            "ab\\/cd=12",
            "ab%2Fcd%3D12",
        ] {
            assert!(found.iter().any(|one| one == secret), "{secret}: {found:?}");
        }
        assert!(!found.iter().any(|one| one == "640"));
        assert!(secrets("https://example.org/x.jpg").is_empty());
    }
}
