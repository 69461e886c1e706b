//! Properties of render URLs, on generated ones.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use rokka_render::{
    AlbumUrl, Candidate, Components, IiifRegion, IiifSize, IiifUrl, ImageSource, Operation,
    RenderUrl, Signer, SigningKey, Value, Verdict, add_variables,
};

/// Texts with characters that have a meaning in some part of a URL.
fn text() -> impl Strategy<Value = String> {
    let special = "[-_./?#%&\\[\\]\\\\ +,;:@$!*'(){}|^~`<>=\"aZ09üπ\u{7f}\u{0}\n]{0,12}";
    prop_oneof![
        special,
        // Dot segments and their encodings.
        "(\\.\\.?|/|//|\\\\|%2[eEfF]|%5[cC]|%252e|[a?#\\t\\n\u{a0}é-]){0,7}",
        "[a-z0-9_.-]{0,12}",
        "[a-z]{1,8}",
        "(%[0-9a-fA-F]{2}|[a-f/-]){0,6}",
        ".{0,8}"
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![9 => "[a-z][a-zA-Z_.]{0,8}", 1 => text()]
}

fn operation_name() -> impl Strategy<Value = String> {
    prop_oneof![9 => "(resize|crop|blur|text)", 1 => text()]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => any::<u32>().prop_map(Value::from),
        2 => "[a-zA-Z0-9_.]{1,24}".prop_map(Value::from),
        2 => text().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => (0_u32..100_000).prop_map(|number| Value::from(f64::from(number) / 8.0)),
        1 => any::<bool>().prop_map(Value::from),
        1 => text().prop_map(Value::expression),
        1 => "([a$]|/|\\.\\.?|%2e|\\\\){1,6}".prop_map(Value::expression),
        1 => option::of(any::<u8>()).prop_map(Value::from),
        1 => text().prop_map(|text| Value::from(serde_json::json!({ "b": [text, 1.5], "a": null }))),
    ]
}

fn operation() -> impl Strategy<Value = Operation> {
    (operation_name(), vec((name(), value()), 0..3)).prop_map(|(name, options)| {
        let operation = Operation::new(name);
        options
            .into_iter()
            .fold(operation, |operation, (name, value)| {
                operation.option(name, value)
            })
    })
}

fn image() -> impl Strategy<Value = ImageSource> {
    prop_oneof![
        4 => "[0-9a-fA-F]{6,40}".prop_map(ImageSource::hash),
        1 => "[a-zA-Z0-9_]{1,8}".prop_map(ImageSource::alias),
        2 => "https://[a-z]{1,5}\\.org/[a-z/_-]{0,9}(\\?[a-z=&%/-]{0,9})?".prop_map(ImageSource::remote),
        2 => text().prop_map(ImageSource::remote),
        1 => text().prop_map(ImageSource::hash),
    ]
}

fn stack() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[A-Za-z0-9-][A-Za-z0-9_-]{0,9}", 1 => Just("dynamic".to_owned()), 1 => text()]
}

prop_compose! {
    fn built()(
        image in image(),
        stack in option::of(stack()),
        operations in vec(operation(), 0..3),
        overrides in vec(operation(), 0..2),
        segments in vec(vec(operation(), 0..3), 0..3),
        options in vec((name(), value()), 0..3),
        variables in vec((prop_oneof![name(), text()], value()), 0..4),
        filename in option::of(text()),
        format in prop_oneof![8 => "(jpg|webp|m3u8|blur)", 1 => text()],
    ) -> Option<RenderUrl> {
        let mut url = RenderUrl::new("acme", image).ok()?;
        url = match stack {
            Some(name) => url.stack(name),
            None => url.dynamic(operations),
        };
        for operation in overrides {
            url = url.override_operation(operation);
        }
        for segment in segments {
            url = url.override_segment(segment);
        }
        url = url.options(options).variables(variables).format(format);
        if let Some(filename) = filename {
            url = url.filename(filename);
        }
        Some(url)
    }
}

/// Valid and slightly invalid render hosts.
fn host() -> impl Strategy<Value = String> {
    "(https|http|HTTPS)://(images|xn--[a-z0-9-]{0,5}|[a-zA-Z0-9_.-]{1,9}|[0-9.]{1,7}|\\[[0-9a-fA-F:.]{2,9}\\]|[é%\\\\@]a)\
     (\\.com|\\.Example|)(:[0-9]{0,5})?[/.]?"
}

fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    (0_i64..253_370_000_000, 0_u32..1_000_000_000)
        .prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).unwrap())
}

/// Valid and slightly invalid URLs.
fn nearly() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "(resize-width-[0-9]{1,3}|o-dpr-2|v-a-b|options-af-1--v-w-3|--|blur)",
        "[0-9a-fA-F]{6,9}",
        "-[a-z/_-]{1,6}-",
        text(),
    ];
    let query = prop_oneof![
        "(v=\\{\"[a-z]\":[0-9]\\}|sig=[0-9a-f]{16}|sigopts=%7B%7D|[a-z]=[a-z]|&){0,4}",
        text(),
    ];
    (
        prop_oneof![9 => Just("https://acme.rokka.io"), 1 => Just("http://[::1]:80"), 1 => Just("")],
        prop_oneof![6 => "/[a-z]{1,5}", 1 => Just("/_iiif".to_owned()), 1 => Just("/_albums".to_owned()), 1 => text()],
        vec(part, 0..5),
        prop_oneof![6 => "\\.(jpg|png|json)", 1 => text()],
        option::of(query),
        option::of(text()),
    )
        .prop_map(|(host, stack, parts, format, query, fragment)| {
            let mut url = format!("{host}{stack}");
            for part in parts {
                url.push('/');
                url.push_str(&part);
            }
            url.push_str(&format);
            if let Some(query) = query {
                url.push('?');
                url.push_str(&query);
            }
            if let Some(fragment) = fragment {
                url.push('#');
                url.push_str(&fragment);
            }
            url
        })
}

/// Names and values as text: a path does not distinguish `"3"` from `3`.
fn sorted(pairs: &[(std::borrow::Cow<'static, str>, Value)]) -> Vec<(String, String)> {
    let text = |(name, value): &(std::borrow::Cow<'static, str>, Value)| {
        (name.to_string(), value.to_string())
    };
    let mut pairs: Vec<_> = pairs.iter().map(text).collect();
    pairs.sort();
    pairs
}

/// An operation as text.
fn words(operation: &Operation) -> String {
    let options = operation
        .options()
        .map(|(name, value)| format!("-{name}-{value}"));
    operation.name().to_owned() + &options.collect::<String>()
}

/// The overrides as text, by segment.
fn segments(parts: &Components<'_>) -> Vec<Vec<String>> {
    let segment = |segment: &[Operation]| segment.iter().map(words).collect();
    parts.override_segments().map(segment).collect()
}

/// The intended path, not escaped; `late` contains the variables in the query.
fn meant(parts: &Components<'_>, late: &serde_json::Map<String, serde_json::Value>) -> String {
    let mut path = vec![parts.stack.to_owned()];
    let list = |letter: &str, pairs: Vec<&(Cow<'static, str>, Value)>| {
        let pairs = pairs
            .into_iter()
            .map(|(name, value)| format!("-{name}-{value}"));
        letter.to_owned() + &pairs.collect::<String>()
    };
    if !parts.operations.is_empty() {
        path.push(
            parts
                .operations
                .iter()
                .map(words)
                .collect::<Vec<_>>()
                .join("--"),
        );
    }
    let overrides = segments(parts)
        .into_iter()
        .map(|segment| segment.join("--"));
    let are_last = parts.stack == "dynamic" && parts.operations.is_empty();
    let (early, tail): (Vec<_>, Vec<_>) = overrides.partition(|_| !are_last);
    path.extend(early);
    if !parts.options.is_empty() {
        path.push(list("o", parts.options.iter().collect()));
    }
    let early = |(name, _): &&(Cow<'static, str>, Value)| !late.contains_key(name.as_ref());
    let early: Vec<_> = parts.variables.iter().filter(early).collect();
    if !early.is_empty() {
        path.push(list("v", early));
    }
    path.extend(tail);
    let image = parts.image;
    path.push(
        match (image.as_hash(), image.as_alias(), image.as_remote()) {
            (Some(hash), _, _) => hash.to_owned(),
            (_, Some(alias), _) => format!("-_{alias}_-"),
            (_, _, remote) => format!("-{}-", remote.unwrap()),
        },
    );
    path.extend(parts.filename.map(str::to_owned));
    format!("/{}.{}", path.join("/"), parts.format.to_lowercase())
}

fn decoded(text: &[u8]) -> Vec<u8> {
    percent_encoding::percent_decode(text).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn built_urls_round_trip(url in built()) {
        let Some(url) = url else { return Ok(()) };
        let Ok(written) = url.url() else { return Ok(()) };
        let parsed = RenderUrl::parse(&written);
        prop_assert!(parsed.is_ok(), "{written} {parsed:?}");
        let parsed = parsed.unwrap();
        prop_assert_eq!(parsed.url().unwrap(), written);
        let (before, after) = (url.components(), parsed.components());
        prop_assert_eq!(before.base, after.base);
        prop_assert_eq!(before.stack, after.stack);
        prop_assert_eq!(before.filename, after.filename);
        prop_assert_eq!(before.format.to_lowercase(), after.format);
        prop_assert_eq!(before.image.as_hash(), after.image.as_hash());
        prop_assert_eq!(before.image.as_alias(), after.image.as_alias());
        // Building may escape a byte that a remote path already escapes.
        let remote = |parts: &Components<'_>| parts.image.as_remote().map(|text| decoded(text.as_bytes()));
        prop_assert_eq!(remote(&before), remote(&after));
        let operations = |parts: &Components<'_>| parts.operations.iter().map(words).collect::<Vec<_>>();
        prop_assert_eq!(operations(&before), operations(&after));
        prop_assert_eq!(segments(&before), segments(&after));
        let options = |parts: &Components<'_>| {
            let pair = |(name, value): &(Cow<'static, str>, Value)| format!("{name}={value}");
            parts.options.iter().map(pair).collect::<Vec<_>>()
        };
        prop_assert_eq!(options(&before), options(&after));
        prop_assert_eq!(sorted(before.variables), sorted(after.variables));
    }

    #[test]
    fn clients_do_not_change_built_urls(url in built(), until in option::of(moment())) {
        let Some(mut url) = url else { return Ok(()) };
        if let Some(until) = until {
            url = url.sign(&SigningKey::from("key")).until(until);
        }
        if let Ok(written) = url.url() {
            let sent = url::Url::parse(&written).unwrap();
            prop_assert_eq!(sent.as_str(), written);
        }
    }

    #[test]
    fn the_path_contains_the_values(url in built()) {
        let Some(url) = url else { return Ok(()) };
        let Ok(written) = url.url() else { return Ok(()) };
        let sent = url::Url::parse(&written).unwrap();
        let late = sent.query_pairs().find(|(name, _)| name == "v");
        let late = late.map(|(_, json)| serde_json::from_str(&json).unwrap()).unwrap_or_default();
        let parts = url.components();
        let meant = meant(&parts, &late);
        // A remote path is decoded twice: by rokka and by the remote host.
        let is_remote = parts.image.as_remote().is_some();
        let last = |segment: &[u8]| if is_remote { decoded(segment) } else { segment.to_vec() };
        let meant: Vec<_> = meant.split('/').map(|segment| last(segment.as_bytes())).collect();
        let path = sent.path().split('/').map(|segment| last(&decoded(segment.as_bytes())));
        prop_assert_eq!(path.collect::<Vec<_>>(), meant, "{}", written);
        // Clients send nothing else.
        let names = sent.query_pairs().map(|(name, _)| name.into_owned());
        prop_assert!(names.eq(sent.query().map(|_| "v".to_owned())), "{}", written);
        prop_assert_eq!(sent.fragment(), None);
    }

    #[test]
    fn clients_do_not_change_urls_on_any_host(
        host in host(),
        organization in "([a-z0-9-]{1,5}|xn--[a-z0-9-]{0,4})",
        album in text(),
        rotation in 0.0..360.0,
        percent in any::<f64>(),
        format in prop_oneof![Just("png".to_owned()), text()],
        image in image(),
    ) {
        let region = IiifRegion::Percent { x: rotation / 4.0, y: 0.0, width: percent, height: 1.0 };
        let iiif = |url: IiifUrl| url.region(region).rotation(rotation).format(format.clone()).url();
        let written = [
            RenderUrl::with_host(host.clone(), image.clone()).and_then(|url| url.url()),
            RenderUrl::new(&organization, image.clone()).and_then(|url| url.url()),
            RenderUrl::with_host_template(host.replace("images", "{organization}"), &organization, image)
                .and_then(|url| url.url()),
            IiifUrl::with_host(host.clone(), "3f9a21").and_then(iiif),
            IiifUrl::new(&organization, "3f9a21").and_then(iiif),
            AlbumUrl::with_host(host, album.clone()).map(|url| url.url()),
            AlbumUrl::new(&organization, album.clone()).map(|url| url.url()),
        ];
        for written in written.into_iter().flatten() {
            let sent = url::Url::parse(&written);
            prop_assert!(sent.is_ok(), "{written} {sent:?}");
            let sent = sent.unwrap();
            prop_assert_eq!(sent.as_str(), &written);
            if let Some(rest) = sent.path().strip_prefix("/_albums/") {
                let name = rest.strip_suffix("/all.json").unwrap();
                prop_assert_eq!(decoded(name.as_bytes()), album.as_bytes());
                let parsed = AlbumUrl::parse(&written).unwrap();
                prop_assert_eq!(parsed.album(), &album);
                prop_assert_eq!(parsed.url(), written);
            } else if sent.path().starts_with("/_iiif/") {
                prop_assert_eq!(IiifUrl::parse(&written).unwrap().url().unwrap(), written);
            } else {
                prop_assert_eq!(RenderUrl::parse(&written).unwrap().url().unwrap(), written);
            }
        }
    }

    #[test]
    fn clients_do_not_change_signed_urls(text in nearly()) {
        let Ok(signed) = SigningKey::from("key").sign(&text) else { return Ok(()) };
        let host = if signed.starts_with('/') { "https://acme.rokka.io" } else { "" };
        let signed = format!("{host}{signed}");
        // The signature does not cover the base.
        let sent = url::Url::parse(&signed).unwrap();
        let path = &sent[url::Position::BeforePath..];
        let host = signed.strip_suffix(path);
        prop_assert!(host.is_some_and(|host| !host.ends_with('/')), "{} {}", signed, path);
    }

    #[test]
    fn parsed_urls_become_canonical(text in nearly()) {
        let Ok(parsed) = RenderUrl::parse(&text) else { return Ok(()) };
        let unsigned = parsed.option("x", None::<u8>);
        let written = unsigned.url();
        prop_assert!(written.is_ok(), "{text} {written:?}");
        let written = written.unwrap();
        let again = RenderUrl::parse(&written);
        prop_assert!(again.is_ok(), "{text} {written} {again:?}");
        prop_assert_eq!(again.unwrap().url().unwrap(), written);
    }

    #[test]
    fn signed_urls_are_valid_until_their_limit(
        text in nearly(),
        key in "[a-zA-Z0-9]{1,40}",
        until in option::of(moment()),
        seconds in prop_oneof![Just(1_u32), Just(300), 1_u32..100_000],
        kept in any::<bool>(),
    ) {
        let key = SigningKey::from(key);
        let mut signer = Signer::new(&key).round_up_to(seconds);
        if kept {
            signer = signer.keep_filename();
        }
        if let Some(until) = until {
            signer = signer.until(until);
        }
        let Ok(signed) = signer.sign(&text) else { return Ok(()) };
        let now = until.unwrap_or_else(Utc::now);
        // Clients do not send the fragment; a received one is invalid.
        let (sent, fragment) = signed.split_once('#').unwrap_or((&signed, ""));
        prop_assert_eq!(key.verify(sent, now), Verdict::Valid, "{}", sent);
        prop_assert_eq!(key.verify(&format!("{sent}#{fragment}"), now), Verdict::Invalid);
        prop_assert_eq!(signer.sign(&signed).unwrap(), signed.as_str(), "signing again");
        prop_assert_eq!(SigningKey::from("other").verify(sent, now), Verdict::Invalid);
        if until.is_some() {
            let later = now + TimeDelta::seconds(i64::from(seconds) + 1);
            prop_assert_eq!(key.verify(sent, later), Verdict::Expired);
        }
        if let Ok(parsed) = RenderUrl::parse(&signed) {
            prop_assert_eq!(parsed.url().unwrap(), signed);
        }
    }

    #[test]
    fn builder_and_signer_agree(url in built(), until in moment(), kept in any::<bool>()) {
        let Some(url) = url else { return Ok(()) };
        let Ok(written) = url.url() else { return Ok(()) };
        let key = SigningKey::from("key");
        let mut signed = url.sign(&key).until(until);
        let mut signer = Signer::new(&key).until(until);
        if kept {
            signed = signed.keep_filename();
            signer = signer.keep_filename();
        }
        prop_assert_eq!(signed.url().unwrap(), signer.sign(&written).unwrap());
    }

    #[test]
    fn a_changed_byte_invalidates_the_signature(url in built(), at in any::<prop::sample::Index>(), byte in b'!'..b'~') {
        let Some(url) = url else { return Ok(()) };
        let key = SigningKey::from("key");
        let Ok(signed) = url.sign(&key).url() else { return Ok(()) };
        let base = "https://acme.rokka.io".len();
        let mut changed = signed.clone().into_bytes();
        let at = base + 1 + at.index(signed.len() - base - 1);
        changed[at] = byte;
        let changed = String::from_utf8(changed).unwrap();
        prop_assert_eq!(key.verify(&changed, Utc::now()).is_valid(), changed == signed, "{}", changed);
    }

    #[test]
    fn added_variables_are_parsed(text in nearly(), name in "[a-z]{1,5}", value in text()) {
        let Ok(url) = add_variables(&text, [(name.clone(), value.as_str())]) else { return Ok(()) };
        let parsed = RenderUrl::parse(&url).unwrap();
        let found = parsed.components().variables.iter().find(|(known, _)| *known == name).unwrap();
        prop_assert_eq!(found.1.to_string(), value);
    }

    #[test]
    fn no_input_panics(
        text in prop_oneof![nearly(), ".{0,40}", text()],
        number in any::<f64>(),
        pixels in any::<[u32; 4]>(),
        seconds in any::<u32>(),
        until in prop_oneof![Just(DateTime::<Utc>::MAX_UTC), Just(DateTime::<Utc>::MIN_UTC), moment()],
    ) {
        let key = SigningKey::from("key");
        let signer = Signer::new(&key).until(until).round_up_to(seconds);
        let _ = signer.sign(&text);
        let _ = key.sign(&text);
        let _ = key.verify(&text, until);
        let _ = add_variables(&text, [(text.clone(), number)]);
        let _ = AlbumUrl::parse(&text);
        let _ = AlbumUrl::new("acme", text.clone()).map(|url| AlbumUrl::parse(url.url()).unwrap());
        let _ = RenderUrl::with_host(&text, text.clone());
        if let Ok(url) = RenderUrl::parse(&text) {
            let _ = url.components();
            let candidate = Candidate::width(pixels[0]).dpr(number).width_variable(text.clone());
            let _ = url.clone().srcset().density(number).attribute();
            let _ = url.clone().srcset().width(pixels[1]).candidate(candidate).sizes(text.clone()).img();
            let _ = url.stack(text.clone()).url();
        }
        if let Ok(url) = IiifUrl::parse(&text) {
            let _ = url.components();
            let _ = url.url().unwrap();
        }
        let [x, y, width, height] = pixels;
        let iiif = IiifUrl::new("acme", "3f9a21").unwrap().rotation(number).sign(&key).until(until);
        let _ = iiif.clone().region(IiifRegion::Pixels { x, y, width, height }).url();
        let _ = iiif.clone().region(IiifRegion::Percent { x: number, y: number, width: number, height: number }).url();
        let _ = iiif.clone().size(IiifSize::Exact(width, height)).url();
        let _ = iiif.size(IiifSize::Percent(number)).url();
    }
}
