//! Building a render URL of parts that nobody checked.
//!
//! Each line sets something: its first letter says what, and the rest is the text.

use rokka::render::{
    AlbumUrl, IiifUrl, ImageSource, Operation, RenderUrl, SigningKey, Value, Verdict,
};

use crate::render_url::{assert_sent, shown};

pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    // A vertical tab stands for the line break that a text may have as well.
    let lines = text.split('\n').map(|line| line.replace('\u{b}', "\n"));
    let lines: Vec<String> = lines.collect();
    let of = |letter: char| lines.iter().find_map(move |line| line.strip_prefix(letter));
    let organization = of('g').unwrap_or("acme");
    let host = of('u');
    let image = match (of('a'), of('r'), of('h')) {
        (Some(alias), _, _) => ImageSource::alias(alias),
        (_, Some(remote), _) => ImageSource::remote(remote),
        (_, _, hash) => ImageSource::hash(hash.unwrap_or("3f9a21")),
    };
    if let Some(album) = of('b') {
        let built = match host {
            Some(host) => AlbumUrl::with_host(host, album),
            None => AlbumUrl::new(organization, album),
        };
        if let Ok(built) = built {
            assert_sent(&built.url());
            assert_eq!(AlbumUrl::parse(built.url()).unwrap(), built);
        }
    }
    let format = of('f').unwrap_or("jpg").to_owned();
    let iiif = match host {
        Some(host) => IiifUrl::with_host(host, "3f9a21"),
        None => IiifUrl::new(organization, "3f9a21"),
    };
    if let Ok(written) = iiif.and_then(|url| url.format(format.clone()).url()) {
        assert_sent(&written);
        assert_eq!(IiifUrl::parse(&written).unwrap().url().unwrap(), written);
    }
    let built = match host {
        Some(host) => RenderUrl::with_host(host, image),
        None => RenderUrl::new(organization, image),
    };
    let Ok(mut url) = built else {
        return;
    };
    for line in &lines {
        let mut letters = line.chars();
        let (letter, text) = (letters.next(), letters.as_str());
        url = match letter {
            Some('s') => url.stack(text),
            Some('d') => url.dynamic(operations(text)),
            Some('+') => operations(text).fold(url, RenderUrl::override_operation),
            Some('/') => url.override_segment(operations(text)),
            Some('o') => {
                let (name, value) = pair(text);
                url.option(name, value)
            }
            Some('v') => {
                let (name, value) = pair(text);
                url.variable(name, value)
            }
            Some('n') => url.filename(text),
            Some('f') => url.format(text.to_owned()),
            _ => url,
        };
    }
    let Ok(written) = url.url() else {
        return;
    };
    assert_sent(&written);
    let parsed = RenderUrl::parse(&written).expect(&written);
    assert_eq!(parsed.url().unwrap(), written);
    assert_eq!(shown(&parsed.components()), shown(&url.components()));
    let key = SigningKey::from("key");
    let signed = url.sign(&key).url().unwrap();
    assert_sent(&signed);
    assert_eq!(
        key.verify(&signed, chrono::DateTime::UNIX_EPOCH),
        Verdict::Valid
    );
    assert_eq!(key.sign(&written).unwrap(), signed);
}

/// `name,option=value,option=value;name`.
fn operations(text: &str) -> impl Iterator<Item = Operation> {
    text.split(';').map(|text| {
        let mut parts = text.split(',');
        let operation = Operation::new(parts.next().unwrap_or_default().to_owned());
        parts.fold(operation, |operation, part| {
            let (name, value) = pair(part);
            operation.option(name, value)
        })
    })
}

/// `name=value`; `=` before the value makes an expression of it, `:` reads it as JSON.
fn pair(text: &str) -> (String, Value) {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    let value = if let Some(expression) = value.strip_prefix('=') {
        Value::expression(expression)
    } else if let Some(json) = value.strip_prefix(':') {
        match serde_json::from_str::<serde_json::Value>(json) {
            Ok(json) => Value::from(json),
            Err(_) => Value::from(json),
        }
    } else {
        Value::from(value)
    };
    (name.to_owned(), value)
}
