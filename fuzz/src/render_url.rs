//! Taking a render URL apart, writing it again, signing and verifying it.

use chrono::{DateTime, Utc};
use rokka::render::{
    AlbumUrl, Components, IiifUrl, RenderUrl, Signer, SigningKey, Verdict, add_variables,
};

pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let key = SigningKey::from("a key that no seed is signed with");
    let now = DateTime::<Utc>::UNIX_EPOCH;
    assert_ne!(key.verify(text, now), Verdict::Valid, "nobody signed this");
    sign(text, &key);
    if let Ok(url) = RenderUrl::parse(text) {
        let parts = url.components();
        if parts.signature.is_some() {
            assert_eq!(url.url().unwrap(), text);
        }
        // A change drops the signature, and nothing else.
        let written = url
            .clone()
            .option("no such option", None::<u8>)
            .url()
            .unwrap();
        assert_sent(&written);
        let again = RenderUrl::parse(&written).expect(&written);
        assert_eq!(again.url().unwrap(), written);
        assert_eq!(shown(&again.components()), shown(&parts));
        let srcset = url.clone().srcset().density(2).attribute();
        drop(srcset);
        let _ = url
            .sign(&key)
            .until(now)
            .srcset()
            .width(300)
            .width(700)
            .img();
    }
    if let Ok(url) = IiifUrl::parse(text) {
        let written = url.clone().keep().url().unwrap();
        assert_sent(&written);
        let again = IiifUrl::parse(&written).expect(&written);
        assert_eq!(again.url().unwrap(), written);
        assert_eq!(again.components(), url.components());
    }
    if let Ok(url) = AlbumUrl::parse(text) {
        let written = url.url();
        assert_sent(&written);
        assert_eq!(AlbumUrl::parse(&written).expect(&written), url);
    }
    if let Ok(url) = add_variables(text, [("w", "a/../b")]) {
        let parsed = RenderUrl::parse(&url).expect(&url);
        let parts = parsed.components();
        let found = parts.variables.iter().find(|(name, _)| name == "w");
        assert_eq!(found.unwrap().1.as_str(), Some("a/../b"));
    }
}

/// Drops a signature, as every change does.
trait Keep {
    fn keep(self) -> Self;
}

impl Keep for IiifUrl {
    fn keep(self) -> Self {
        self.round_up_to(300)
    }
}

fn sign(text: &str, key: &SigningKey) {
    let until = DateTime::<Utc>::UNIX_EPOCH;
    for signer in [
        Signer::new(key),
        Signer::new(key).until(until).keep_filename(),
    ] {
        let Ok(signed) = signer.sign(text) else {
            continue;
        };
        let (sent, fragment) = signed.split_once('#').unwrap_or((&signed, ""));
        assert_eq!(key.verify(sent, until), Verdict::Valid, "{signed}");
        let whole = format!("{sent}#{fragment}");
        assert_eq!(key.verify(&whole, until), Verdict::Invalid, "{whole}");
        let other = SigningKey::from("another key");
        assert_eq!(other.verify(sent, until), Verdict::Invalid, "{signed}");
        assert_eq!(signer.sign(&signed).unwrap(), signed, "signed again");
        let host = if signed.starts_with('/') {
            "https://acme.rokka.io"
        } else {
            ""
        };
        let full = format!("{host}{signed}");
        let parsed = url::Url::parse(&full).expect(&full);
        assert!(
            full.ends_with(&parsed[url::Position::BeforePath..]),
            "{full}"
        );
    }
}

/// Clients send it as it is written.
pub(crate) fn assert_sent(written: &str) {
    let sent = url::Url::parse(written).expect(written);
    assert_eq!(sent.as_str(), written);
}

/// The parts by their texts: a path does not tell `"3"` from `3`, and the order of variables is that of their places.
pub(crate) fn shown(parts: &Components<'_>) -> String {
    let operations = |operations: &[rokka::render::Operation]| {
        let shown = operations.iter().map(|operation| {
            let options = operation
                .options()
                .map(|(name, value)| format!("-{name}-{value}"));
            operation.name().to_owned() + &options.collect::<String>()
        });
        shown.collect::<Vec<_>>()
    };
    let pairs = |pairs: &[(std::borrow::Cow<'static, str>, rokka::render::Value)]| {
        let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>()
    };
    let mut variables = pairs(parts.variables);
    variables.sort();
    let segments: Vec<_> = parts.override_segments().map(operations).collect();
    let image = parts.image;
    let remote = image.as_remote().map(|text| {
        // An escape may stand for what would have been escaped anyway.
        let decoded: Vec<u8> = percent_encoding::percent_decode_str(text).collect();
        decoded
    });
    format!(
        "{:?}",
        (
            (parts.base, parts.organization, parts.stack),
            (operations(parts.operations), segments),
            (pairs(parts.options), variables),
            (image.as_hash(), image.as_alias(), remote),
            (parts.filename, parts.format.to_lowercase()),
        )
    )
}
