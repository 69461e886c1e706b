//! Compares render URLs with published vectors, the rules of the service and the official libraries.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::needless_borrows_for_generic_args,
    clippy::pedantic,
    missing_docs
)]

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use rokka_render::Result;
use rokka_render::operations::{Blur, Grayscale, Resize, ResizeMode, Rotate};
use rokka_render::{
    AlbumUrl, Candidate, IiifQuality, IiifRegion, IiifSize, IiifUrl, IiifVersion, ImageSource,
    Loading, Operation, Picture, RenderUrl, Signer, SigningKey, Sizes, Value, Verdict,
    add_variables,
};

const KEY: &str = "EXAMPLEsigningKey0123456789abcd";
const LONG: &str = "c421f4e8cefe0fd3aab22832f51e85bacda0a47a";

fn image(hash: &str) -> RenderUrl {
    RenderUrl::new("acme", hash).unwrap()
}

fn key() -> SigningKey {
    SigningKey::from(KEY)
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn resize(width: u32) -> Operation {
    Operation::new("resize").option("width", width)
}

/// Returns the message of the expected error.
#[track_caller]
fn error_message<T: std::fmt::Debug>(result: Result<T>) -> String {
    let error = result.expect_err("expected an error");
    error.to_string()
}

#[test]
fn builds_the_urls_of_rokka_render() {
    // rokka-render 0.10.2 built each expected URL.
    let crop = Operation::new("crop")
        .option("width", 10)
        .option("height", 20);
    let cases = [
        (image("3f9a21").stack("thumb"), "thumb/3f9a21.jpg"),
        (
            image(LONG).stack("thumb").format("png"),
            "thumb/c421f4e8cefe0fd3aab22832f51e85bacda0a47a.png",
        ),
        (
            image("3f9a21")
                .dynamic([resize(300).option("upscale", true), crop])
                .options([("jpg.quality", 80), ("dpr", 2)])
                .variable("w", 3)
                .variable("t", "a b")
                .variable("u", "https://x")
                .filename("a b"),
            "dynamic/resize-width-300-upscale-true--crop-width-10-height-20/o-jpg.quality-80-dpr-2/v-w-3/3f9a21/a%20b.jpg\
             ?v=%7B%22t%22%3A%22a+b%22%2C%22u%22%3A%22https%3A%2F%2Fx%22%7D",
        ),
        (
            image("3f9a21")
                .stack("thumb")
                .variable("w", 3)
                .variable("t", "é'\"<>`(){}|\\^~!*"),
            "thumb/v-w-3/3f9a21.jpg\
             ?v=%7B%22t%22%3A%22%C3%A9%27%5C%22%3C%3E%60%28%29%7B%7D%7C%5C%5C%5E%7E%21*%22%7D",
        ),
        (
            image("3f9a21")
                .dynamic([
                    Operation::new("crop").option("width", Value::expression("image.width/2"))
                ])
                .variable("w", 3),
            "dynamic/crop-width-[image.width/2]/v-w-3/3f9a21.jpg",
        ),
        (
            image("3f9a21")
                .stack("thumb")
                .filename("foo")
                .variable("w", 3)
                .variable("b", false)
                .variable("n", 1.5)
                .variable("a", "b c")
                .variable("neg", -4),
            "thumb/v-w-3-b-false-n-1.5/3f9a21/foo.jpg?v=%7B%22a%22%3A%22b+c%22%2C%22neg%22%3A-4%7D",
        ),
        (
            image("3f9a21").stack("thumb").variables::<&str, Value>([]),
            "thumb/3f9a21.jpg",
        ),
        (
            image("3f9a21").stack("thumb").filename(""),
            "thumb/3f9a21.jpg",
        ),
    ];
    for (url, expected) in cases {
        assert_eq!(
            url.url().unwrap(),
            format!("https://acme.rokka.io/{expected}")
        );
    }
}

#[test]
fn builds_urls_with_the_documented_differences() {
    let off = Operation::new("glitch")
        .option("amount", 0)
        .option("enabled", false)
        .option("random", None::<u32>);
    let cases = [
        // Zero and false are values; `None` is not.
        (
            image("3f9a21").dynamic([off]),
            "dynamic/glitch-amount-0-enabled-false/3f9a21.jpg",
        ),
        // No operations, no slash.
        (
            image("3f9a21").dynamic::<Operation>([]),
            "dynamic/3f9a21.jpg",
        ),
        (image("3f9a21"), "dynamic/3f9a21.jpg"),
        (image("3f9a21").stack("dynamic"), "dynamic/3f9a21.jpg"),
        (image("3F9A21").stack("st-"), "st-/3f9a21.jpg"),
        (image("3f9a21").stack("_preview1"), "_preview1/3f9a21.jpg"),
        // The query carries all values that some clients do not put into the path.
        (
            image("3f9a21")
                .stack("st")
                .variable("a", 0)
                .variable("b", "")
                .variable("c", "x,y"),
            "st/v-a-0/3f9a21.jpg?v=%7B%22b%22%3A%22%22%2C%22c%22%3A%22x%2Cy%22%7D",
        ),
        (
            image("3f9a21")
                .stack("st")
                .variable("odd name", 1)
                .variable("list", serde_json::json!([1, "a"])),
            "st/3f9a21.jpg?v=%7B%22odd+name%22%3A1%2C%22list%22%3A%5B1%2C%22a%22%5D%7D",
        ),
        (
            image("3f9a21").stack("st").variable("t", "a".repeat(20)),
            "st/v-t-aaaaaaaaaaaaaaaaaaaa/3f9a21.jpg",
        ),
        (
            image("3f9a21").stack("st").variable("t", "a".repeat(21)),
            "st/3f9a21.jpg?v=%7B%22t%22%3A%22aaaaaaaaaaaaaaaaaaaaa%22%7D",
        ),
        (
            image("3f9a21")
                .stack("st")
                .variable("t", 2.0)
                .variable("u", 0.1_f32)
                .variable("z", -0.0),
            "st/v-t-2-u-0.1-z-0/3f9a21.jpg",
        ),
        // An expression may contain anything but control characters and unbalanced brackets.
        (
            image("3f9a21")
                .dynamic([Operation::new("resize")
                    .option("width", Value::expression("$w < 5 ? a[0] : b-1"))]),
            "dynamic/resize-width-[$w%20%3C%205%20%3F%20a[0]%20:%20b-1]/3f9a21.jpg",
        ),
        // Bytes that clients escape are escaped.
        (
            image("3f9a21").dynamic([Operation::new("text").option("text", "grün 1")]),
            "dynamic/text-text-gr%C3%BCn%201/3f9a21.jpg",
        ),
        (
            image("3f9a21").stack("st").filename("50% [a]?#"),
            "st/3f9a21/50%25%20[a]%3F%23.jpg",
        ),
        (
            image("3f9a21").stack("st").filename("..").format("JPG"),
            "st/3f9a21/...jpg",
        ),
        (image("3f9a21").stack("st").blurhash(), "st/3f9a21.blur"),
        // The last value applies, and `None` removes it.
        (
            image("3f9a21")
                .stack("st")
                .option("dpr", 2)
                .option("dpr", 3),
            "st/o-dpr-3/3f9a21.jpg",
        ),
        (
            image("3f9a21")
                .stack("st")
                .option("dpr", 2)
                .option("dpr", None::<u8>),
            "st/3f9a21.jpg",
        ),
    ];
    for (url, expected) in cases {
        assert_eq!(
            url.url().unwrap(),
            format!("https://acme.rokka.io/{expected}")
        );
    }
}

#[test]
fn every_kind_of_image_source() {
    let url = |source: ImageSource| RenderUrl::new("acme", source).map(|url| url.stack("st"));
    let cases = [
        (ImageSource::alias("logo"), "-_logo_-.jpg"),
        (ImageSource::remote("2017/06/a.jpg"), "-2017/06/a.jpg-.jpg"),
        (
            ImageSource::remote("https://example.org/a/b.jpg"),
            "-https://example.org/a/b.jpg-.jpg",
        ),
        (
            ImageSource::remote("https://x.org/3f9a21/a.jpg"),
            "-https://x.org/3f9a21/a.jpg-.jpg",
        ),
        (
            ImageSource::remote("https://x.org/-/media/a-b.jpg"),
            "-https://x.org/-/media/a-b.jpg-.jpg",
        ),
        (
            ImageSource::remote("https://host/v.mp4@00:00:22"),
            "-https://host/v.mp4@00:00:22-.jpg",
        ),
        (
            ImageSource::remote("a.jpg?w=1&h=2#x"),
            "-a.jpg%3Fw=1&h=2%23x-.jpg",
        ),
        // Escapes of bytes that a URL may not contain stay; others are escaped again.
        (
            ImageSource::remote("a%20b é.jpg"),
            "-a%20b%20%C3%A9.jpg-.jpg",
        ),
        (ImageSource::remote("a%c3%a9.jpg"), "-a%C3%A9.jpg-.jpg"),
        (
            ImageSource::remote("o%2Fa.jpg%3f"),
            "-o%252Fa.jpg%253f-.jpg",
        ),
        (ImageSource::remote("100%.jpg"), "-100%25.jpg-.jpg"),
        (ImageSource::remote("a-"), "-a--.jpg"),
        (ImageSource::remote("_a"), "-_a-.jpg"),
    ];
    for (source, expected) in cases {
        let url = url(source).unwrap().url().unwrap();
        assert_eq!(url, format!("https://acme.rokka.io/st/{expected}"));
        assert_eq!(RenderUrl::parse(&url).unwrap().url().unwrap(), url);
    }
    let rejected = [
        (
            ImageSource::hash("3f9a2"),
            "hash `3f9a2`: it must be 6 to 40 hexadecimal digits",
        ),
        (
            ImageSource::hash("../../users?x=1"),
            "hash `../../users?x=1`: it must be 6 to 40 hexadecimal digits",
        ),
        (
            ImageSource::alias("a-b"),
            "alias `a-b`: it must be letters, digits and `_`",
        ),
        (
            ImageSource::alias(""),
            "alias ``: it must be letters, digits and `_`",
        ),
        (
            ImageSource::remote(""),
            "remote image ``: it must not be empty",
        ),
        (
            ImageSource::remote("a/../b.jpg"),
            "remote image `a/../b.jpg`: `.` and `..` as a segment would change the path",
        ),
        (
            ImageSource::remote("a?x/./b"),
            "remote image `a?x/./b`: `.` and `..` as a segment would change the path",
        ),
        (
            ImageSource::remote("_logo_"),
            "remote image `_logo_`: rokka would read `_…_` as an alias",
        ),
        (
            ImageSource::remote("-a"),
            "remote image `-a`: rokka would read a second dash at the start as a separator",
        ),
        (
            ImageSource::remote("a-/b.jpg"),
            "remote image `a-/b.jpg`: rokka would read `-/` before the last segment as its end and the rest as a \
             filename",
        ),
        (
            ImageSource::remote("a\nb"),
            "remote image `a b`: it must not contain control characters",
        ),
    ];
    for (source, expected) in rejected {
        assert_eq!(error_message(url(source)), expected);
    }
    let hash = String::from("3f9a21");
    assert_eq!(
        RenderUrl::new("acme", &hash).unwrap().url().unwrap(),
        image("3f9a21").url().unwrap()
    );
}

#[test]
fn hosts() {
    for base in [
        "https://images.example.com",
        "http://127.0.0.1:8080",
        "http://[::1]:8080",
        "https://a-1.b2",
        "https://localhost",
        "https://acme.rokka.io",
    ] {
        let url = RenderUrl::with_host(base, "3f9a21").unwrap().url().unwrap();
        assert_eq!(url, format!("{base}/dynamic/3f9a21.jpg"));
        assert_eq!(RenderUrl::parse(&url).unwrap().components().base, base);
    }
    for (template, base) in [
        ("https://{organization}.rokka.io", "https://acme.rokka.io"),
        ("https://img.example.com", "https://img.example.com"),
        ("http://{organization}:8080/", "http://acme:8080"),
    ] {
        let url = RenderUrl::with_host_template(template, "acme", "3f9a21").unwrap();
        assert_eq!(url.components().base, base);
    }
    for template in ["https://{organization}", "https://img.example.com"] {
        let error = error_message(RenderUrl::with_host_template(template, "a/b", "3f9a21"));
        assert!(error.starts_with("organization `a/b`: "));
    }
    let error = error_message(RenderUrl::with_host_template(
        "{organization}",
        "acme",
        "3f9a21",
    ));
    assert!(error.starts_with("render host `acme`: "));
    let trailing = RenderUrl::with_host("HTTPS://Images.example.com/", "3f9a21").unwrap();
    assert_eq!(trailing.components().base, "https://images.example.com");
    for base in [
        "images.example.com",
        "ftp://example.com",
        "https://",
        "https://user@example.com",
        "https://example.com/img",
        "https://example.com?x",
        "https://example.com:port",
        "https://example.com:99999",
        "https://exa mple.com",
        "https://a..b",
        "https://a.0",
        "http://127.1",
        "http://0x7f000001",
        "http://0X7F000001",
        "https://acme.0xio",
        "https://acme.0Xio",
        "https://[::1",
        "https://[::1]x",
        "https://{organization}.rokka.io",
        "",
    ] {
        assert_eq!(
            error_message(RenderUrl::with_host(base, "3f9a21")),
            format!(
                "render host `{base}`: it must be `https://` or `http://`, a host and an optional port, without a path, \
                 because a signature covers the whole path"
            )
        );
    }
    for organization in ["", "Acme", "a.b", "a/b", "a_b", "é", &"a".repeat(64)] {
        assert_eq!(
            error_message(RenderUrl::new(organization, "3f9a21")),
            format!(
                "organization `{organization}`: the name must be lower-case letters, digits and `-`, at most 63 of them"
            )
        );
    }
}

#[test]
fn errors_name_the_value_and_the_rule() {
    let with =
        |value: Value| image("3f9a21").dynamic([Operation::new("text").option("text", value)]);
    let named = |name: &'static str| image("3f9a21").dynamic([Operation::new(name)]);
    let value = |text: &str, reason: &str| {
        (
            with(Value::from(text)),
            format!("text: `text` cannot be `{text}`: {reason}; use a stack variable instead"),
        )
    };
    let mut cases = vec![
        value("", "a path cannot carry an empty value"),
        value("1-3", "a path cannot carry `-`, which separates its parts"),
        value("[a]", "`[` and `]` mark an expression, see `Value::expression`"),
        value("a\u{7}", "a path cannot carry control characters"),
        (
            with(Value::from(-90)),
            "text: `text` cannot be `-90`: a path cannot carry negative numbers, because `-` separates its parts; use a \
             stack variable instead"
                .into(),
        ),
        (
            with(Value::from(-0.5)),
            "text: `text` cannot be `-0.5`: a path cannot carry negative numbers, because `-` separates its parts; \
             use a stack variable instead"
                .into(),
        ),
        (
            with(Value::from(f64::NAN)),
            "text: `text` cannot be `NaN`: it must be a finite number; use a stack variable instead".into(),
        ),
        (
            with(Value::from(serde_json::json!([1, 2]))),
            "text: `text` cannot be `[1,2]`: a path cannot carry arrays and objects; use a stack variable instead"
                .into(),
        ),
        (
            with(Value::expression("a]")),
            "text: `text` cannot be `[a]]`: the brackets of an expression must be balanced; use a stack variable instead"
                .into(),
        ),
        (
            with(Value::expression("a[")),
            "text: `text` cannot be `[a[]`: the brackets of an expression must be balanced; use a stack variable instead"
                .into(),
        ),
        (
            with(Value::expression(" ")),
            "text: `text` cannot be `[ ]`: the expression must not be empty; use a stack variable instead".into(),
        ),
        (
            with(Value::expression("a\n")),
            "text: `text` cannot be `[a\n]`: a path cannot carry control characters; use a stack variable instead".into(),
        ),
        (
            image("3f9a21").option("pdf.pages", "1-3"),
            "stack options: `pdf.pages` cannot be `1-3`: a path cannot carry `-`, which separates its parts; set it in \
             the stack itself"
                .into(),
        ),
        (
            image("3f9a21").option("a-b", 1),
            "stack options: the option name `a-b` must be letters, digits, `_` and `.`".into(),
        ),
        (
            image("3f9a21").dynamic([Operation::new("text").option("", 1)]),
            "text: the option name `` must be letters, digits, `_` and `.`".into(),
        ),
        (named(""), "operation ``: the name must be letters, digits and `_`".into()),
        (named("a-b"), "operation `a-b`: the name must be letters, digits and `_`".into()),
        (named("."), "operation `.`: the name must be letters, digits and `_`".into()),
        (named("o"), "operation `o`: the name is reserved for stack options and variables".into()),
        (named("variables"), "operation `variables`: the name is reserved for stack options and variables".into()),
        (
            named("decade"),
            "operation `decade`: rokka would read the name as the hash of the image; set an option".into(),
        ),
        (
            image("3f9a21").variable("", 1),
            "stack variable with the value `1`: the name must not be empty".into(),
        ),
        (
            image("3f9a21").variable("x", f64::INFINITY),
            "stack variable `x` cannot be `inf`: it must be a finite number".into(),
        ),
        (
            image("3f9a21").variable("x", Value::expression("a[")),
            "stack variable `x` cannot be `[a[]`: the brackets of an expression must be balanced".into(),
        ),
        (
            image("3f9a21").stack("a/resize-width-3"),
            "stack `a/resize-width-3`: the name must be letters, digits, `-` and `_`; use the setters for operations, options and variables"
                .into(),
        ),
        (
            image("3f9a21").stack(""),
            "stack ``: the name must be letters, digits, `-` and `_`; use the setters for operations, options and variables"
                .into(),
        ),
        (
            image("3f9a21").stack("a.b"),
            "stack `a.b`: the name must be letters, digits, `-` and `_`; use the setters for operations, options and variables"
                .into(),
        ),
        (
            image("3f9a21").stack("_iiif"),
            "stack `_iiif`: names starting with `_` are reserved, except `_preview…`".into(),
        ),
        (image("3f9a21").filename("a/b"), "filename `a/b`: it must not contain a slash".into()),
        (image("3f9a21").filename("a\tb"), "filename `a\tb`: it must not contain control characters".into()),
        (
            image("3f9a21").filename("-a-"),
            "filename `-a-`: rokka would read a name between dashes as a remote image".into(),
        ),
        (
            image("3f9a21").format("j"),
            "format `j`: it must be 2 to 5 letters and digits, such as `jpg`".into(),
        ),
        (
            image("3f9a21").format("jpg?x"),
            "format `jpg?x`: it must be 2 to 5 letters and digits, such as `jpg`".into(),
        ),
        (
            image("3f9a21").format("123"),
            "format `123`: it must be 2 to 5 letters and digits, such as `jpg`".into(),
        ),
        (
            image("3f9a21").override_operation(resize(3)),
            "override of `resize`: the dynamic stack has no such operation; add it with `operation`".into(),
        ),
        (
            image("3f9a21").until(at("2031-03-01T10:02:11Z")),
            "a time limit needs a signature: call `sign` with a signing key".into(),
        ),
        (image("3f9a21").sign(&SigningKey::from("")), "the signing key is empty: pass a key of the organization".into()),
        (
            image("3f9a21").sign(&key()).until(at("2031-03-01T10:02:11Z")).round_up_to(0),
            "`round_up_to(0)`: it must be at least 1 second, which disables rounding".into(),
        ),
        (
            image("3f9a21").sign(&key()).until(at("1969-12-31T10:02:11Z")),
            "time limit 1969-12-31 10:02:11 UTC: it must be within the years 1970 to 9999".into(),
        ),
        (
            image("3f9a21").sign(&key()).until(at("9999-12-31T23:59:59Z")),
            "time limit 9999-12-31 23:59:59 UTC: it must be within the years 1970 to 9999".into(),
        ),
    ];
    for character in ['/', '?', '#', '%', '&', '\\'] {
        let reason =
            format!("a path cannot carry `{character}`, for which no escape is documented");
        cases.push(value(&format!("a{character}b"), &reason));
    }
    for (url, expected) in cases {
        // An error is one line: a space replaces control characters.
        let expected = expected.replace(char::is_control, " ");
        assert_eq!(error_message(url.url()), expected);
    }
    // Another stack discards an invalid override.
    let url = image("3f9a21").override_operation(resize(3)).stack("thumb");
    assert_eq!(url.url().unwrap(), "https://acme.rokka.io/thumb/3f9a21.jpg");
}

#[test]
fn overrides() {
    let cases = [
        ("thumb", "thumb/resize-width-300"),
        (
            "thumb/resize-width-100-upscale-false",
            "thumb/resize-width-300-upscale-false",
        ),
        (
            "thumb/crop-width-100",
            "thumb/crop-width-100--resize-width-300",
        ),
        // Every operation of that name changes.
        (
            "dynamic/resize-width-100--blur--resize-width-200",
            "dynamic/resize-width-300--blur--resize-width-300",
        ),
        // An existing override changes too.
        (
            "dynamic/resize-height-100/resize-width-200",
            "dynamic/resize-height-100-width-300/resize-width-300",
        ),
        ("dynamic/resize-width-[$w]", "dynamic/resize-width-300"),
        // As in the tests of the PHP client, except that segments are not merged.
        (
            "st/resize-width-100/resize-width-200",
            "st/resize-width-300/resize-width-300",
        ),
        (
            "st/resize-width-100/blur--crop-width-5",
            "st/resize-width-300/blur--crop-width-5",
        ),
        (
            "st/blur/crop-width-5",
            "st/blur/crop-width-5--resize-width-300",
        ),
    ];
    for (before, after) in cases {
        let url = RenderUrl::parse(format!("https://acme.rokka.io/{before}/b53763.jpg")).unwrap();
        let url = url.override_operation(resize(300)).url().unwrap();
        assert_eq!(url, format!("https://acme.rokka.io/{after}/b53763.jpg"));
    }
}

#[test]
fn signs_the_published_vectors() {
    let until = at("2031-03-01T10:02:11Z");
    let plain = Signer::new(&key());
    let limited = plain.clone().until(until);
    let kept = plain.clone().keep_filename();
    let of = |text: &str| Signer::new(&SigningKey::from(text));
    let first = of("OCOuisGe30QyocYkQN1SPErGGKunyuhZ");
    let second = of("abcdef");
    let cases = [
        (
            &plain,
            "/product_card/3f9a21.jpg",
            "/product_card/3f9a21.jpg?sig=df73c1c0cc0e7277",
        ),
        (
            &plain,
            "/product_card/3f9a21/red-shoe.jpg",
            "/product_card/3f9a21.jpg?sig=df73c1c0cc0e7277",
        ),
        (
            &kept,
            "/product_card/3f9a21/red-shoe.jpg",
            "/product_card/3f9a21/red-shoe.jpg?sig=99a015f07a7822b3",
        ),
        (
            &limited,
            "/product_card/3f9a21.jpg",
            "/product_card/3f9a21.jpg?sigopts=%7B%22until%22%3A%222031-03-01T10%3A05%3A00.000Z%22%7D&sig=aae6ab26598a7ca4",
        ),
        (
            &limited.clone().round_up_to(1),
            "/product_card/3f9a21.jpg",
            "/product_card/3f9a21.jpg?sigopts=%7B%22until%22%3A%222031-03-01T10%3A02%3A11.000Z%22%7D&sig=e63dc9e24d16ca62",
        ),
        (
            &plain,
            "/product_card/3f9a21.jpg?v={\"text\":\"a b\"}",
            "/product_card/3f9a21.jpg?v=%7B%22text%22%3A%22a+b%22%7D&sig=b346871efb9198a6",
        ),
        (
            &plain,
            "/product_card/3f9a21.jpg?v=%7B%22text%22%3A%22a+b%22%7D",
            "/product_card/3f9a21.jpg?v=%7B%22text%22%3A%22a+b%22%7D&sig=b346871efb9198a6",
        ),
        (
            &plain,
            "/product_card/3f9a21.jpg?v=%7B%22text%22%3A%22a%20b%22%7D",
            "/product_card/3f9a21.jpg?v=%7B%22text%22%3A%22a%20b%22%7D&sig=f8f79e64f81c8e94",
        ),
        (
            &plain,
            "/product_card/3f9a21.jpg?soso=&a=1",
            "/product_card/3f9a21.jpg?soso=&a=1&sig=ddb6a74c6b65d9ee",
        ),
        // rokka.js adds an equals sign here; the bytes as passed in are valid too.
        (
            &plain,
            "/product_card/3f9a21.jpg?soso&a=1",
            "/product_card/3f9a21.jpg?soso&a=1&sig=a82457c18fe0d947",
        ),
        (
            &plain,
            "/product_card/-https://example.org/a/b.jpg-.jpg",
            "/product_card/-https://example.org/a/b.jpg-.jpg?sig=b8b4ac2cbef57278",
        ),
        (
            &plain,
            "/product_card/-https://example.org/a/b.jpg-/seo.jpg",
            "/product_card/-https://example.org/a/b.jpg-.jpg?sig=b8b4ac2cbef57278",
        ),
        (
            &plain,
            "/product_card/-_logo_-/seo.jpg",
            "/product_card/-_logo_-.jpg?sig=ecde5df5b60b298a",
        ),
        // rokka.js keeps a filename with a dot.
        (
            &plain,
            "/product_card/3f9a21/some.file.jpg",
            "/product_card/3f9a21.jpg?sig=df73c1c0cc0e7277",
        ),
        (
            &kept,
            "/product_card/3f9a21/some.file.jpg",
            "/product_card/3f9a21/some.file.jpg?sig=371afad4a49358f0",
        ),
        // Signing replaces an earlier signature and keeps the rest of the query.
        (
            &plain,
            "/a/3f9a21.jpg?sig=1&x=y",
            "/a/3f9a21.jpg?x=y&sig=66a6929fe8acfb38",
        ),
        (
            &plain,
            "/a/3f9a21.jpg?x=y&sigopts=%7B%7D&%73ig=2",
            "/a/3f9a21.jpg?x=y&sig=66a6929fe8acfb38",
        ),
        (
            &plain,
            "/a/3f9a21.jpg?x=[a]'\"&z=",
            "/a/3f9a21.jpg?x=%5Ba%5D%27%22&z=&sig=f58fd537d3a60222",
        ),
        // IIIF has no filename.
        (
            &plain,
            "/_iiif/3f9a21/full/max/0/default.jpg",
            "/_iiif/3f9a21/full/max/0/default.jpg?sig=23903bc2f1006e03",
        ),
        (
            &limited,
            "/_iiif/3f9a21/full/max/0/default.jpg",
            "/_iiif/3f9a21/full/max/0/default.jpg?sigopts=%7B%22until%22%3A%222031-03-01T10%3A05%3A00.000Z%22%7D&sig=c370a5c5800cf0c1",
        ),
        (
            &plain,
            "/_iiif/3f9a21/info.json",
            "/_iiif/3f9a21/info.json?sig=91ed1c2174331067",
        ),
        // Published by the official libraries.
        (
            &first,
            "/dynamic/c1b110.jpg",
            "/dynamic/c1b110.jpg?sig=62e7a9ccd3dea053",
        ),
        (
            &second,
            "/dynamic/abcdef.jpg",
            "/dynamic/abcdef.jpg?sig=b7789b71b470e458",
        ),
        (
            &first,
            "/dynamic/c1b110.jpg?v=%7B%22a%22:%22b%22%7D",
            "/dynamic/c1b110.jpg?v=%7B%22a%22:%22b%22%7D&sig=18b39da4d52113f8",
        ),
        (
            &first,
            "/dynamic/c1b110.jpg?v=%7B%22a%22%3A%22b%22%7D",
            "/dynamic/c1b110.jpg?v=%7B%22a%22%3A%22b%22%7D&sig=9259f07089f76a05",
        ),
        (
            &first.clone().until(at("2050-02-08T07:03:00Z")),
            "/dynamic/c1b110.jpg",
            "/dynamic/c1b110.jpg?sigopts=%7B%22until%22%3A%222050-02-08T07%3A05%3A00.000Z%22%7D&sig=0f6370995020ce81",
        ),
    ];
    for (signer, target, expected) in cases {
        assert_eq!(signer.sign(target).unwrap(), expected, "{target}");
        // The signature covers neither the host nor the fragment.
        for (base, fragment) in [
            ("https://acme.rokka.io", ""),
            ("http://localhost:8080", "#t=1"),
        ] {
            let signed = signer.sign(&format!("{base}{target}{fragment}")).unwrap();
            assert_eq!(signed, format!("{base}{expected}{fragment}"));
        }
    }
    // `SigningKey::sign` returns the same.
    let signed = SigningKey::from(String::from(KEY)).sign("/product_card/3f9a21.jpg");
    assert_eq!(
        signed.unwrap(),
        "/product_card/3f9a21.jpg?sig=df73c1c0cc0e7277"
    );
}

#[test]
fn a_builder_signs_its_url() {
    let url = image("3f9a21")
        .stack("product_card")
        .filename("red-shoe")
        .sign(&key());
    let end = |url: &RenderUrl| {
        let url = url.url().unwrap();
        url.strip_prefix("https://acme.rokka.io/product_card/")
            .unwrap()
            .to_owned()
    };
    assert_eq!(end(&url), "3f9a21.jpg?sig=df73c1c0cc0e7277");
    assert_eq!(
        end(&url.clone().keep_filename()),
        "3f9a21/red-shoe.jpg?sig=99a015f07a7822b3"
    );
    assert_eq!(
        end(&url.clone().variable("text", "a b")),
        "3f9a21.jpg?v=%7B%22text%22%3A%22a+b%22%7D&sig=b346871efb9198a6"
    );
    let limited = url.until(at("2031-03-01T10:02:11Z"));
    assert_eq!(
        end(&limited),
        "3f9a21.jpg?sigopts=%7B%22until%22%3A%222031-03-01T10%3A05%3A00.000Z%22%7D&sig=aae6ab26598a7ca4"
    );
    // A value on the boundary is not rounded; others are rounded up.
    for (until, seconds, expected) in [
        ("2031-03-01T10:05:00Z", 300, "10%3A05%3A00.000Z"),
        ("2031-03-01T10:05:00.0001Z", 300, "10%3A10%3A00.000Z"),
        ("2031-03-01T10:05:00.1Z", 1, "10%3A05%3A00.100Z"),
        ("2031-03-01T10:05:00.1000001Z", 1, "10%3A05%3A00.101Z"),
        ("2031-03-01T10:05:01Z", 3600, "11%3A00%3A00.000Z"),
        ("1970-01-01T00:00:00Z", 300, "00%3A00%3A00.000Z"),
    ] {
        let url = image("3f9a21")
            .sign(&key())
            .until(at(until))
            .round_up_to(seconds);
        assert!(url.url().unwrap().contains(expected), "{until}");
    }
    let system = image("3f9a21")
        .sign(&key())
        .until(std::time::SystemTime::UNIX_EPOCH);
    assert!(
        system
            .url()
            .unwrap()
            .contains("1970-01-01T00%3A00%3A00.000Z")
    );
    let zoned = DateTime::parse_from_rfc3339("2031-03-01T12:05:00+02:00").unwrap();
    assert!(
        image("3f9a21")
            .sign(&key())
            .until(zoned)
            .url()
            .unwrap()
            .contains("T10%3A05%3A00.000Z")
    );
}

#[test]
fn only_render_urls_can_be_signed() {
    for (url, expected) in [
        (
            "https://acme.rokka.io/about.html",
            "`/about.html` is not a render URL: it has no stack",
        ),
        (
            "https://acme.rokka.io/st/3f9a21?sig=0123456789abcdef",
            "`/st/3f9a21` is not a render URL: it has no format",
        ),
        (
            "https://acme.rokka.io",
            "`` is not a render URL: it has no path",
        ),
        ("", "`` is not a render URL: it has no path"),
        (
            "acme.rokka.io/st/3f9a21.jpg",
            "`acme.rokka.io` is not a valid base URL: expected `http(s)://` and a host",
        ),
        (
            "//acme.rokka.io/st/3f9a21.jpg",
            "`//acme.rokka.io/st/3f9a21.jpg` is not a render URL: it has no stack",
        ),
        (
            "//acme.rokka.io/st/-a.jpg-.jpg",
            "`//acme.rokka.io/st/-a.jpg-.jpg` is not a render URL: it has no stack",
        ),
        (
            "https://acme.rokka.io/st/3f9a21.jpg\n",
            "`/st/3f9a21.jpg ` is not a render URL: it contains control characters",
        ),
        (
            "https://acme.rokka.io/st\\3f9a21.jpg",
            "`/st\\3f9a21.jpg` is not a render URL: browsers would replace its backslash with a slash",
        ),
    ] {
        assert_eq!(error_message(key().sign(url)), expected);
    }
    assert_eq!(
        error_message(SigningKey::from("").sign("/st/3f9a21.jpg")),
        "the signing key is empty: pass a key of the organization"
    );
}

#[test]
fn debug_redacts_signing_keys() {
    let url = image("3f9a21").sign(&key());
    let iiif = IiifUrl::new("acme", "3f9a21").unwrap().sign(&key());
    for text in [
        format!("{:?}", key()),
        format!("{:?}", Signer::new(&key())),
        format!("{url:?}"),
        format!("{iiif:?}"),
        format!("{:?}", url.srcset().density(2)),
    ] {
        assert!(text.contains("[redacted]"));
        assert!(!text.contains(KEY));
    }
}

#[test]
fn verifies_signatures() {
    let now = at("2031-03-01T10:05:00Z");
    let later = now + TimeDelta::milliseconds(1);
    let limited = "/product_card/3f9a21.jpg?sigopts=%7B%22until%22%3A%222031-03-01T10%3A05%3A00.000Z%22%7D&sig=aae6ab26598a7ca4";
    let zoned = "/product_card/3f9a21.jpg?sigopts=%7B%22until%22%3A%222031-03-01T10%3A05%3A00%2B00%3A00%22%7D&sig=140c95998b45b4c2";
    let cases = [
        (
            "/product_card/3f9a21.jpg?sig=df73c1c0cc0e7277",
            now,
            Verdict::Valid,
        ),
        (
            "https://acme.rokka.io/product_card/3f9a21.jpg?sig=df73c1c0cc0e7277",
            now,
            Verdict::Valid,
        ),
        (
            "/product_card/3f9a21/red-shoe.jpg?sig=99a015f07a7822b3",
            now,
            Verdict::Valid,
        ),
        (
            "/product_card/3f9a21.jpg?sig=ddb6a74c6b65d9ee&soso=&a=1",
            now,
            Verdict::Valid,
        ),
        (
            "/product_card/3f9a21.jpg?soso=&sig=ddb6a74c6b65d9ee&a=1",
            now,
            Verdict::Valid,
        ),
        (limited, now, Verdict::Valid),
        (limited, later, Verdict::Expired),
        (zoned, now, Verdict::Valid),
        (zoned, later, Verdict::Expired),
        ("/product_card/3f9a21.jpg", now, Verdict::Unsigned),
        ("/product_card/3f9a21.jpg?", now, Verdict::Unsigned),
        ("/product_card/3f9a21.jpg?x=1", now, Verdict::Unsigned),
        ("", now, Verdict::Unsigned),
        (
            "/product_card/3f9a22.jpg?sig=df73c1c0cc0e7277",
            now,
            Verdict::Invalid,
        ),
        (
            "/product_card/3f9a21/a.jpg?sig=df73c1c0cc0e7277",
            now,
            Verdict::Invalid,
        ),
        (
            "/product_card/3f9a21.jpg?x=1&sig=df73c1c0cc0e7277",
            now,
            Verdict::Invalid,
        ),
        (
            "/product_card/3f9a21.jpg?sig=DF73C1C0CC0E7277",
            now,
            Verdict::Invalid,
        ),
        (
            "/product_card/3f9a21.jpg?sig=df73c1c0cc0e727",
            now,
            Verdict::Invalid,
        ),
        (
            "/product_card/3f9a21.jpg?sig=df73c1c0cc0e72777",
            now,
            Verdict::Invalid,
        ),
        ("/product_card/3f9a21.jpg?sig=", now, Verdict::Invalid),
        ("/product_card/3f9a21.jpg?sig", now, Verdict::Invalid),
        (
            "/product_card/3f9a21.jpg?sig=df73c1c0cc0e7277&sig=df73c1c0cc0e7277",
            now,
            Verdict::Invalid,
        ),
        (
            "product_card/3f9a21.jpg?sig=df73c1c0cc0e7277",
            now,
            Verdict::Invalid,
        ),
    ];
    for (url, now, expected) in cases {
        assert_eq!(key().verify(url, now), expected, "{url}");
    }
    // A correct signature, but `sigopts` that cannot be enforced.
    for terms in [
        "%7B%22until%22%3A%222031-03-01T10%3A05%3A00Z%22%2C%22ip%22%3A%221%22%7D",
        "%7B%22ip%22%3A%221%22%7D",
        "%7B%22until%22%3A1%7D",
        "%7B%22until%22%3A%22soon%22%7D",
        "%7B%7D",
        "",
        "%FF",
    ] {
        assert_eq!(
            key().verify(&raw_signed(&format!("/a/3f9a21.jpg?sigopts={terms}")), now),
            Verdict::Invalid
        );
    }
    let twice = raw_signed("/a/3f9a21.jpg?sigopts=%7B%7D&sigopts=%7B%7D");
    assert_eq!(key().verify(&twice, now), Verdict::Invalid);
    assert_eq!(
        key().verify(&raw_signed("/a/3f9a21.jpg?x=y"), now),
        Verdict::Valid
    );
    let empty = "/a/3f9a21.jpg?sig=0000000000000000";
    assert_eq!(SigningKey::from("").verify(empty, now), Verdict::Invalid);
}

/// Signs the bytes as passed in, including `sigopts`.
fn raw_signed(target: &str) -> String {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(format!("{target}:{KEY}"));
    let signature = u64::from_be_bytes(digest[..8].try_into().unwrap());
    format!("{target}&sig={signature:016x}")
}

#[test]
fn parses_the_parts_of_a_url() {
    let url = RenderUrl::parse(
        "https://acme.rokka.io/dynamic/resize-width-100-upscale-false--blur/crop-width-5/options-dpr-2/v-w-300-b-true\
         /3F9A21/red.shoe.WEBP?foo=bar&v=%7B%22w%22%3A-1%2C%22t%22%3A%22a+b%22%7D&baz#t=1",
    )
    .unwrap();
    let parts = url.components();
    assert_eq!(parts.base, "https://acme.rokka.io");
    assert_eq!(parts.organization, Some("acme"));
    assert_eq!(parts.stack, "dynamic");
    assert_eq!(
        parts.operations,
        [resize(100).option("upscale", false), Operation::new("blur")]
    );
    assert_eq!(parts.overrides, [Operation::new("crop").option("width", 5)]);
    assert_eq!(parts.options, [("dpr".into(), Value::from(2))]);
    assert_eq!(
        parts.variables,
        [
            ("w".into(), Value::from(-1)),
            ("b".into(), Value::from(true)),
            ("t".into(), Value::from("a b")),
        ]
    );
    assert_eq!(parts.image, &ImageSource::hash("3f9a21"));
    assert_eq!(parts.filename, Some("red.shoe"));
    assert_eq!(parts.format, "webp");
    assert_eq!(parts.signature, None);
    assert_eq!(
        url.url().unwrap(),
        "https://acme.rokka.io/dynamic/resize-width-100-upscale-false--blur/crop-width-5/o-dpr-2/v-b-true/3f9a21/red.shoe\
         .webp?foo=bar&v=%7B%22w%22%3A-1%2C%22t%22%3A%22a+b%22%7D&baz#t=1"
    );
}

#[test]
fn parses_urls_that_simple_patterns_misread() {
    let stack_image_filename_format = |url: &str| {
        let url = RenderUrl::parse(format!("https://acme.rokka.io{url}")).unwrap();
        let parts = url.components();
        let image = parts
            .image
            .as_hash()
            .or(parts.image.as_remote())
            .or(parts.image.as_alias());
        let filename = parts.filename.map(str::to_owned);
        (
            parts.stack.to_owned(),
            image.unwrap().to_owned(),
            filename,
            parts.format.to_owned(),
        )
    };
    let cases = [
        ("/st/3f9a21/x.y.jpg", "st", "3f9a21", Some("x.y"), "jpg"),
        (
            "/st/-https://x.org/3f9a21/a.jpg-.png",
            "st",
            "https://x.org/3f9a21/a.jpg",
            None,
            "png",
        ),
        (
            "/st/-https://x.org/3f9a21/a.jpg-/seo.png",
            "st",
            "https://x.org/3f9a21/a.jpg",
            Some("seo"),
            "png",
        ),
        ("/st/3F9A21.jpg", "st", "3f9a21", None, "jpg"),
        ("/st-/3f9a21.jpg", "st-", "3f9a21", None, "jpg"),
        (
            "/abcdef0/abcdef/abcdef.jpg",
            "abcdef0",
            "abcdef",
            Some("abcdef"),
            "jpg",
        ),
        ("/abcdef/123456.jpg", "abcdef", "123456", None, "jpg"),
        ("/st/c97fc8.m3u8", "st", "c97fc8", None, "m3u8"),
        (
            "/dynamic/c97fc8/6167_0.ts",
            "dynamic",
            "c97fc8",
            Some("6167_0"),
            "ts",
        ),
        ("/st/-_logo_-.jpg", "st", "logo", None, "jpg"),
        ("/st/-_logo_-/a-.jpg", "st", "logo", Some("a-"), "jpg"),
        ("/st/-a.jpg-/b-.jpg", "st", "a.jpg", Some("b-"), "jpg"),
        (
            "/st/-some/remot-e/path.jpeg-/5e05d0.jpeg",
            "st",
            "some/remot-e/path.jpeg",
            Some("5e05d0"),
            "jpeg",
        ),
        (
            "/st/-remote/image.jpg%3Fwidth=100-.jpeg",
            "st",
            "remote/image.jpg?width=100",
            None,
            "jpeg",
        ),
        (
            "/st/-some/rem-ote/image-.jpeg",
            "st",
            "some/rem-ote/image",
            None,
            "jpeg",
        ),
        ("/st/3f9a21/-a.jpg", "st", "3f9a21", Some("-a"), "jpg"),
        (
            "/st/3f9a21/a%20b%25.jpg",
            "st",
            "3f9a21",
            Some("a b%"),
            "jpg",
        ),
        (
            "/st/crop-width-[a/abcdef/2]/3f9a21.jpg",
            "st",
            "3f9a21",
            None,
            "jpg",
        ),
        (
            "/st/crop-width-[a/-1]/3f9a21.jpg",
            "st",
            "3f9a21",
            None,
            "jpg",
        ),
    ];
    for (url, stack, image, filename, format) in cases {
        let expected = (
            stack.into(),
            image.into(),
            filename.map(str::to_owned),
            format.into(),
        );
        assert_eq!(stack_image_filename_format(url), expected, "{url}");
    }
}

#[test]
fn rejects_other_urls() {
    let no_image = "it has neither a hash nor a remote image nor an alias";
    let format = "its format is not 2 to 5 letters and digits";
    for (path, reason) in [
        ("/st/3f9a21xjpg", "it has no format"),
        ("/a/b/c/3f9a21/foo.jpgtrailing", format),
        ("/st/3f9a21.", format),
        ("/st/3f9a21.j%70g", format),
        (
            "/_iiif/3/3f9a21/info.json",
            "it is an IIIF URL, see `IiifUrl`",
        ),
        (
            "/_albums/cats/all.json",
            "it is an album URL, see `AlbumUrl`",
        ),
        ("/3f9a21.jpg", "it has no stack"),
        ("//3f9a21.jpg", "it has no stack"),
        ("//st/3f9a21.jpg", "it has no stack"),
        ("/st/3f9a2.jpg", no_image),
        ("/st/3f9a21/a/b.jpg", no_image),
        ("/st/3f9a21/.jpg", no_image),
        ("/st/--.jpg", no_image),
        ("/st/-.jpg", no_image),
        ("/st/-a.jpg", no_image),
        ("/-a-.jpg", "it has no stack"),
        ("/st/3f9a2g/a.jpg", no_image),
        (
            "/st/-a/3f9a21/b.jpg",
            "a part of its stack starts with a dash",
        ),
        (
            "/st/../3f9a21.jpg",
            "`.` and `..` as a segment would change the path",
        ),
        (
            "/st/.%2E/3f9a21.jpg",
            "`.` and `..` as a segment would change the path",
        ),
        (
            "/st/./3f9a21.jpg",
            "`.` and `..` as a segment would change the path",
        ),
        (
            "/st/-a/%2e./b-.jpg",
            "`.` and `..` as a segment would change the path",
        ),
        (
            "/st/-a-/3f9a21/b.jpg",
            "a part of its stack starts with a dash",
        ),
        ("/st/-a-/-b-/c.jpg", no_image),
        (
            "/st/abcdef/123456/c.jpg",
            "it has two hashes, or a hash and another image",
        ),
        ("", "it has no path"),
        ("/", "it has no stack"),
    ] {
        let reason = format!("`{path}` is not a render URL: {reason}");
        assert_eq!(
            error_message(RenderUrl::parse(format!("https://acme.rokka.io{path}"))),
            reason
        );
    }
    assert_eq!(
        error_message(RenderUrl::parse("/st/3f9a21.jpg")),
        "`/st/3f9a21.jpg` is not a render URL: it has no scheme and host"
    );
    for (url, expected) in [
        (
            "/st/resize-width/3f9a21.jpg",
            "`resize-width` in a render URL: the option `width` has no value",
        ),
        (
            "/st/resize-width--5/3f9a21.jpg",
            "`resize-width` in a render URL: the option `width` has no value",
        ),
        (
            "/_st/3f9a21.jpg",
            "stack `_st`: names starting with `_` are reserved, except `_preview…`",
        ),
        (
            "/st/text-text-a%2Db/3f9a21.jpg",
            "text: `text` cannot be `a-b`: a path cannot carry `-`, which separates its parts; use a stack variable \
             instead",
        ),
        (
            "/st/text-text-%FF/3f9a21.jpg",
            "`%FF`: the percent-escapes must decode to UTF-8",
        ),
        (
            "/st/3f9a21/a%2Fb.jpg",
            "filename `a/b`: it must not contain a slash",
        ),
        (
            "/st/3f9a21/-a-.jpg",
            "`/st/3f9a21/-a-.jpg` is not a render URL: it has two hashes, or a hash and another image",
        ),
        (
            "/dynamic/v-t-é/resize-width-3/3f9a21.jpg",
            "overrides of a dynamic stack without operations: rokka would read them as its operations",
        ),
        (
            "/st/3f9a21.jpg?v=xx",
            "the query parameter `v` is not a JSON object",
        ),
        (
            "/st/3f9a21.jpg?v",
            "the query parameter `v` is not a JSON object",
        ),
        (
            "/st/3f9a21.jpg?v={\"a\":1,}",
            "the query parameter `v` is not a JSON object",
        ),
        (
            "/st/3f9a21.jpg?v={\"a\":1}x",
            "the query parameter `v` is not a JSON object",
        ),
        (
            "/st/3f9a21.jpg?v={\"a\":1 \"b\":2}",
            "the query parameter `v` is not a JSON object",
        ),
        (
            "/st/3f9a21.jpg?v={\"a\" 1}",
            "the query parameter `v` is not a JSON object",
        ),
        (
            "/st/3f9a21.jpg?v={\"a\":}",
            "the query parameter `v` is not a JSON object",
        ),
        (
            "/st/3f9a21.jpg?v={a:1}",
            "the query parameter `v` is not a JSON object",
        ),
        (
            "/st/3f9a21.jpg?v=[1]",
            "the query parameter `v` is not a JSON object",
        ),
        (
            "/st/3f9a21.jpg?v={}&v={}",
            "`/st/3f9a21.jpg` is not a render URL: it has the query parameter `v` twice",
        ),
        (
            "/st/3f9a21.jpg?v={\"\":1}",
            "stack variable with the value `1`: the name must not be empty",
        ),
    ] {
        assert_eq!(
            error_message(RenderUrl::parse(format!("https://acme.rokka.io{url}"))),
            expected
        );
    }
    // An error must not contain a signature, which may be valid.
    let signed = error_message(RenderUrl::parse(
        "https://acme.rokka.io/x.jpg?sig=0123456789abcdef",
    ));
    assert!(!signed.contains("0123456789abcdef"));
}

#[test]
fn canonical_urls_round_trip() {
    for url in [
        "thumb/3f9a21.jpg",
        "thumb/3f9a21/red-shoe.jpg",
        "thumb/resize-width-300/o-dpr-2/v-w-3/3f9a21/a%20b.jpg?v=%7B%22t%22%3A%22a+b%22%7D",
        "dynamic/resize-width-300-upscale-true--crop-width-10/o-jpg.quality-80/3f9a21.jpg",
        "dynamic/resize-width-300/resize-width-200/o-dpr-2/3f9a21.jpg",
        "dynamic/o-dpr-2/resize-width-200/3f9a21.jpg",
        "dynamic/crop-width-[image.width/2]-height-[a[0]--b]/3f9a21.jpg",
        "thumb/3f9a21.jpg?v=%7B%22a%22%3Anull%2C%22b%22%3A%5B1%5D%7D&foo=1",
        "thumb/3f9a21.jpg?foo=1&v=%7B%22t%22%3A%22a+b%22%7D&bar",
        "thumb/v-w-007-c-663388-x-1.5-y-1.50/3f9a21.jpg",
        "thumb/-https://example.org/a.jpg-/seo.jpg",
        "thumb/3f9a21.jpg?v=%7B%22a%22%3A-0%2C%22b%22%3A1e5%2C%22c%22%3A-9223372036854775808%7D",
        "thumb/3f9a21.jpg?v=%7B%22a%22%3A123456789012345678901234567890%2C%22b%22%3A-1.50%7D",
        "thumb/3f9a21.jpg?v=%7B%22a%22%3A%7B%22z%22%3A1%2C%22b%22%3A%5Btrue%2Cnull%5D%7D%7D",
        "thumb/-_logo_-.blur",
        "thumb/3f9a21.mp4#t=10",
    ] {
        let url = format!("https://acme.rokka.io/{url}");
        assert_eq!(RenderUrl::parse(&url).unwrap().url().unwrap(), url);
    }
}

#[test]
fn other_urls_become_canonical() {
    for (before, after) in [
        // From the tests of the PHP client, except its sorting of options.
        ("st//3f9a21", "st/3f9a21"),
        (
            "st/options-jpg.quality-90/options-dpr-2/3f9a21",
            "st/o-jpg.quality-90-dpr-2/3f9a21",
        ),
        (
            "st/options-jpg.quality-90/options-jpg.quality-40/3f9a21",
            "st/o-jpg.quality-40/3f9a21",
        ),
        (
            "st/options-jpg.quality-90--options-jpg.quality-40/3f9a21",
            "st/o-jpg.quality-40/3f9a21",
        ),
        (
            "st///options-jpg.quality-90//3f9a21",
            "st/o-jpg.quality-90/3f9a21",
        ),
        ("st/--options/3f9a21", "st/3f9a21"),
        ("st/options--/3f9a21", "st/3f9a21"),
        ("st/--/3f9a21", "st/3f9a21"),
        (
            "dynamic//resize-width-100//3f9a21",
            "dynamic/resize-width-100/3f9a21",
        ),
        (
            "st/resize-width-100--options-dpr-2/3f9a21",
            "st/resize-width-100/o-dpr-2/3f9a21",
        ),
        ("st/v-w-900/o-dpr-2/3f9a21", "st/o-dpr-2/v-w-900/3f9a21"),
        (
            "dynamic/circlemask--resize-width-150/o-af-1/3f9a21",
            "dynamic/circlemask--resize-width-150/o-af-1/3f9a21",
        ),
        (
            "st/crop-width-%5Bimage.width%2F2%5D/3f9a21",
            "st/crop-width-[image.width/2]/3f9a21",
        ),
        (
            "st/variables-color-%23fff-w-1/3f9a21",
            "st/v-w-1/3f9a21?v=%7B%22color%22%3A%22%23fff%22%7D",
        ),
        ("ST/3F9A21", "ST/3f9a21"),
    ] {
        let (path, query) = after.split_once('?').unwrap_or((after, ""));
        let question = if query.is_empty() { "" } else { "?" };
        let url = RenderUrl::parse(format!("https://acme.rokka.io/{before}.jpg")).unwrap();
        assert_eq!(
            url.url().unwrap(),
            format!("https://acme.rokka.io/{path}.jpg{question}{query}"),
            "{before}"
        );
    }
    let whole = [
        (
            "HTTPS://Images.Example.com/st/3f9a21.JPG",
            "https://images.example.com/st/3f9a21.jpg",
        ),
        (
            "https://a.rokka.io/st/v-w-1/3f9a21.jpg?v={\"w\":2}",
            "https://a.rokka.io/st/v-w-2/3f9a21.jpg",
        ),
        (
            "https://a.rokka.io/st/3f9a21.jpg?&&x=a b&",
            "https://a.rokka.io/st/3f9a21.jpg?x=a+b",
        ),
        (
            "https://a.rokka.io/st/3f9a21.jpg?",
            "https://a.rokka.io/st/3f9a21.jpg",
        ),
        (
            "https://a.rokka.io/st/3f9a21/ü.jpg",
            "https://a.rokka.io/st/3f9a21/%C3%BC.jpg",
        ),
        (
            "https://a.rokka.io/st/3f9a21.jpg?v={\"text\":\"Some+%26+Some\"}",
            "https://a.rokka.io/st/3f9a21.jpg?v=%7B%22text%22%3A%22Some+%26+Some%22%7D",
        ),
    ];
    for (before, after) in whole {
        assert_eq!(RenderUrl::parse(before).unwrap().url().unwrap(), after);
    }
}

#[test]
fn changes_keep_a_custom_host() {
    let url =
        RenderUrl::parse("https://images.example.com/st/o-dpr-2/v-w-3/3f9a21/a.jpg?foo=1").unwrap();
    assert_eq!(url.components().organization, None);
    let changed = url.clone().stack("other").format("webp").filename("b");
    assert_eq!(
        changed.url().unwrap(),
        "https://images.example.com/other/o-dpr-2/v-w-3/3f9a21/b.webp?foo=1"
    );
    let cleared = url
        .clear_options()
        .clear_variables()
        .filename("")
        .option("af", 1);
    assert_eq!(
        cleared.url().unwrap(),
        "https://images.example.com/st/o-af-1/3f9a21.jpg?foo=1"
    );
    for (url, organization) in [
        ("https://acme.rokka.io/st/3f9a21.jpg", Some("acme")),
        ("http://acme.rokka.io/st/3f9a21.jpg", Some("acme")),
        ("https://a.b.rokka.io/st/3f9a21.jpg", None),
        ("https://rokka.io/st/3f9a21.jpg", None),
        ("https://acme.rokka.io:8443/st/3f9a21.jpg", None),
        ("https://acme.rokka.io.example.com/st/3f9a21.jpg", None),
    ] {
        assert_eq!(
            RenderUrl::parse(url).unwrap().components().organization,
            organization,
            "{url}"
        );
    }
}

#[test]
fn a_change_removes_the_signature() {
    let signed = "https://acme.rokka.io/st/options-dpr-2/3f9a21.jpg\
                  ?sigopts=%7B%22until%22%3A%222031-03-01T10%3A05%3A00.000Z%22%7D&x=1&sig=0123456789abcdef";
    let url = RenderUrl::parse(signed).unwrap();
    assert_eq!(url.url().unwrap(), signed);
    assert_eq!(url.components().signature, Some("0123456789abcdef"));
    assert_eq!(
        url.components().until,
        Some(Utc.with_ymd_and_hms(2031, 3, 1, 10, 5, 0).unwrap())
    );
    let setters: [fn(RenderUrl) -> RenderUrl; 9] = [
        |url| url.stack("st"),
        |url| url.option("dpr", 2),
        |url| url.options([("dpr", 2)]),
        |url| url.variable("w", None::<u8>),
        |url| url.variables::<&str, u8>([]),
        |url| url.clear_variables(),
        |url| url.filename(""),
        |url| url.format("jpg"),
        |url| url.keep_filename(),
    ];
    for set in setters {
        let changed = set(url.clone());
        assert_eq!(
            changed.url().unwrap(),
            "https://acme.rokka.io/st/o-dpr-2/3f9a21.jpg?x=1"
        );
        assert_eq!(changed.components().signature, None);
    }
    let again = url.sign(&key()).url().unwrap();
    assert!(again.starts_with("https://acme.rokka.io/st/o-dpr-2/3f9a21.jpg?x=1&sig="));
    assert_eq!(
        again,
        key()
            .sign("https://acme.rokka.io/st/o-dpr-2/3f9a21.jpg?x=1")
            .unwrap()
    );
}

#[test]
fn adds_variables_to_a_url() {
    for (before, variables, after) in [
        (
            "st/3f9a21.jpg",
            vec![("w", Value::from(3))],
            "st/v-w-3/3f9a21.jpg",
        ),
        (
            "st/v-w-1-h-2/3f9a21/a.jpg",
            vec![("w", Value::from(3))],
            "st/v-w-3-h-2/3f9a21/a.jpg",
        ),
        (
            "thumb/3f9a21/foo.jpg?v=%7B%22a%22%3A%22b%20c%22%7D&x=1",
            vec![("w", Value::from(3)), ("neg", Value::from(-4))],
            "thumb/v-w-3/3f9a21/foo.jpg?v=%7B%22a%22%3A%22b+c%22%2C%22neg%22%3A-4%7D&x=1",
        ),
        // A variable moves between the path and the query, and is never in both.
        (
            "st/v-text-lala/3f9a21.jpg",
            vec![("text", Value::from("Lala#")), ("a", Value::from("b"))],
            "st/v-a-b/3f9a21.jpg?v=%7B%22text%22%3A%22Lala%23%22%7D",
        ),
        (
            "st/3f9a21.jpg?v=%7B%22text%22:%22Lala?%22%7D",
            vec![("text", Value::from("Lala"))],
            "st/v-text-Lala/3f9a21.jpg",
        ),
        (
            "st/v-w-3/3f9a21.jpg",
            vec![("w", Value::from(None::<u8>))],
            "st/3f9a21.jpg",
        ),
        (
            "st/v-w-3/3f9a21.jpg?sig=0123456789abcdef",
            vec![],
            "st/v-w-3/3f9a21.jpg",
        ),
    ] {
        let url = add_variables(&format!("https://acme.rokka.io/{before}"), variables).unwrap();
        assert_eq!(url, format!("https://acme.rokka.io/{after}"));
    }
    assert!(
        error_message(add_variables("https://acme.rokka.io/x", [("w", 3)]))
            .contains("it has no stack")
    );
}

#[test]
fn srcset_candidates() {
    let hash = "b537639e539efcc3df4459ef87c5963aa5079ca6";
    let quality = |candidate: Candidate| candidate.option("jpg.quality", 50);
    let cases = [
        (Candidate::density(1), "o-dpr-1/", "1x"),
        (Candidate::density(2), "o-dpr-2/", "2x"),
        (Candidate::density(1.5), "o-dpr-1.5/", "1.5x"),
        (Candidate::width(300), "resize-width-300/", "300w"),
        (
            Candidate::width(300).dpr(2),
            "resize-width-150/o-dpr-2/",
            "300w",
        ),
        (
            Candidate::width(500).dpr(3),
            "resize-width-167/o-dpr-3/",
            "500w",
        ),
        (
            quality(Candidate::density(2)),
            "o-dpr-2-jpg.quality-50/",
            "2x",
        ),
        (
            quality(Candidate::width(300)),
            "resize-width-300/o-jpg.quality-50/",
            "300w",
        ),
        (
            quality(Candidate::width(300)).option("dpr", 2),
            "resize-width-150/o-jpg.quality-50-dpr-2/",
            "300w",
        ),
        (
            quality(Candidate::width(300)).option("dpr", "2.5"),
            "resize-width-120/o-jpg.quality-50-dpr-2.5/",
            "300w",
        ),
        (
            quality(Candidate::width(300))
                .dpr(2)
                .override_operation(resize(200)),
            "resize-width-200/o-jpg.quality-50-dpr-2/",
            "300w",
        ),
        (
            Candidate::width(300)
                .without_width()
                .override_operation(resize(200)),
            "resize-width-200/",
            "300w",
        ),
        (
            quality(Candidate::width(300))
                .without_width()
                .variable("w", 200),
            "o-jpg.quality-50/v-w-200/",
            "300w",
        ),
        (Candidate::width(300).without_width(), "", "300w"),
        (
            Candidate::width(1800).dpr(2).width_variable("w"),
            "o-dpr-2/v-w-900/",
            "1800w",
        ),
    ];
    for (candidate, part, descriptor) in cases {
        let srcset = image(hash).stack("stackname").srcset().candidate(candidate);
        assert_eq!(
            srcset.attribute().unwrap(),
            format!("https://acme.rokka.io/stackname/{part}{hash}.jpg {descriptor}")
        );
    }
    // The width changes the operations of a dynamic stack, or adds a resize operation.
    let srcset = image("3f9a21")
        .dynamic([resize(100)])
        .srcset()
        .width(400)
        .width(800);
    assert_eq!(
        srcset.attribute().unwrap(),
        "https://acme.rokka.io/dynamic/resize-width-400/3f9a21.jpg 400w, \
         https://acme.rokka.io/dynamic/resize-width-800/3f9a21.jpg 800w"
    );
    let srcset = image("3f9a21").option("dpr", 2).srcset().width(400);
    assert_eq!(
        srcset.attribute().unwrap(),
        "https://acme.rokka.io/dynamic/resize-width-200/o-dpr-2/3f9a21.jpg 400w"
    );
}

#[test]
fn srcset_signs_every_candidate() {
    let until = at("2031-03-01T10:02:11Z");
    let url = image("3f9a21")
        .stack("st")
        .filename("a")
        .sign(&key())
        .until(until);
    let img = url.srcset().density(2).density(3).img().unwrap();
    let mut urls = vec![img.src.as_str()];
    urls.extend(
        img.srcset
            .split(", ")
            .filter_map(|candidate| candidate.split(' ').next()),
    );
    assert_eq!(urls.len(), 3);
    for url in urls {
        assert_eq!(key().verify(url, until), Verdict::Valid, "{url}");
    }
}

#[test]
fn invalid_srcsets_are_rejected() {
    let url = || image("3f9a21").stack("st");
    let crop = || Operation::new("crop").option("width", 5);
    let signed =
        RenderUrl::parse("https://acme.rokka.io/st/3f9a21.jpg?sig=0123456789abcdef").unwrap();
    let comma = RenderUrl::parse("https://acme.rokka.io/st/3f9a21.jpg?a=,").unwrap();
    for (srcset, expected) in [
        (url().srcset(), "srcset: add at least one candidate"),
        (
            url().srcset().density(2).width(300),
            "srcset: densities (`2x`) and widths (`800w`) cannot be mixed",
        ),
        (
            url().srcset().density(2).density(2.0),
            "srcset: it has two candidates `2x`",
        ),
        (
            url().srcset().width(20).width(20),
            "srcset: it has two candidates `20w`",
        ),
        (
            url().srcset().density(2).sizes("50vw"),
            "srcset: `sizes` needs widths (`800w`), not densities (`2x`)",
        ),
        (
            url().srcset().density(0.5),
            "device pixel ratio `0.5`: it must be 1 to 10",
        ),
        (
            url().srcset().density(f64::NAN),
            "device pixel ratio `NaN`: it must be 1 to 10",
        ),
        (
            url().srcset().candidate(Candidate::width(3).dpr(11)),
            "device pixel ratio `11`: it must be 1 to 10",
        ),
        (
            url()
                .srcset()
                .candidate(Candidate::width(3).option("dpr", "high")),
            "device pixel ratio `high`: it must be 1 to 10",
        ),
        (
            url().srcset().width(0),
            "srcset candidate `0w`: the width must be 1 to 10000 pixels",
        ),
        (
            url().srcset().width(10_001),
            "srcset candidate `10001w`: the width must be 1 to 10000 pixels",
        ),
        (
            image("3f9a21").dynamic([crop()]).srcset().width(300),
            "override of `resize`: the dynamic stack has no such operation; add it with `operation`",
        ),
        (
            signed.srcset().density(2),
            "srcset of a signed URL: call `sign` with the signing key to sign every candidate",
        ),
        (
            comma.srcset().density(2),
            "srcset candidate `2x`: a URL in a srcset must not end with a comma",
        ),
    ] {
        assert_eq!(error_message(srcset.attribute()), expected);
    }
}

#[test]
fn operations_of_different_types_chain() {
    let url = image("3f9a21")
        .operation(Resize::new(300, 200).mode(ResizeMode::Fill))
        .operation(Grayscale::new())
        .operation(Operation::new("brandnew").option("a", 1))
        .option("dpr", 2);
    let expected = "https://acme.rokka.io/dynamic/resize-width-300-height-200-mode-fill--grayscale--brandnew-a-1/o-dpr-2/\
                    3f9a21.jpg";
    assert_eq!(url.url().unwrap(), expected);
    let parsed = RenderUrl::parse(expected).unwrap();
    assert_eq!(parsed.url().unwrap(), expected);
    // Operations go before what follows them in a parsed URL, and after those of `dynamic`.
    assert_eq!(
        parsed.operation(Blur::new(2)).url().unwrap(),
        expected.replace("brandnew-a-1", "brandnew-a-1--blur-sigma-2")
    );
    let parsed =
        RenderUrl::parse("https://acme.rokka.io/dynamic/o-dpr-2/resize-width-9/3f9a21.jpg")
            .unwrap();
    let url = parsed.operation(resize(5)).url().unwrap();
    assert_eq!(
        url,
        "https://acme.rokka.io/dynamic/resize-width-5/resize-width-9/o-dpr-2/3f9a21.jpg"
    );
    assert_eq!(RenderUrl::parse(&url).unwrap().url().unwrap(), url);
    assert_eq!(
        image("3f9a21")
            .dynamic([resize(5)])
            .operation(Grayscale::new())
            .url()
            .unwrap(),
        "https://acme.rokka.io/dynamic/resize-width-5--grayscale/3f9a21.jpg"
    );
    // A change removes the signature.
    let signed = image("3f9a21").sign(&key()).url().unwrap();
    let changed = RenderUrl::parse(&signed).unwrap().operation(resize(5));
    assert_eq!(
        changed.url().unwrap(),
        "https://acme.rokka.io/dynamic/resize-width-5/3f9a21.jpg"
    );
}

#[test]
fn a_named_stack_takes_no_operations() {
    let url = image("3f9a21").stack("thumb").operation(resize(300));
    assert_eq!(
        error_message(url.url()),
        "operation `resize`: the stack `thumb` has its own operations, and a URL can only change their options; use \
         `override_operation`, or add the operation to the stack"
    );
    assert!(url.upload_path().is_err());
    // Setting a stack removes operations.
    assert_eq!(
        url.stack("card").url().unwrap(),
        "https://acme.rokka.io/card/3f9a21.jpg"
    );
}

#[test]
fn values_out_of_range_are_rejected() {
    let url = || image("3f9a21").stack("thumb");
    for (url, expected) in [
        (
            image("3f9a21").operation(Resize::to_width(99_999)),
            "operation `resize`: `width` cannot be `99999`: it must be 1 to 10000",
        ),
        (
            image("3f9a21").dynamic([resize(10), resize(0)]),
            "operation `resize`: `width` cannot be `0`: it must be 1 to 10000",
        ),
        (
            image("3f9a21").dynamic([resize(10).option("mode", "fil")]),
            "operation `resize`: `mode` cannot be `fil`: it must be one of box, absolute, fill",
        ),
        (
            image("3f9a21").operation(Rotate::new(400.5)),
            "operation `rotate`: `angle` cannot be `400.5`: it must be -360 to 360",
        ),
        (
            image("3f9a21").operation(Operation::new("blur").option("sigma", "much")),
            "operation `blur`: `sigma` cannot be `much`: it must be a number",
        ),
        (
            image("3f9a21").operation(Operation::new("sepia").option("enabled", 2)),
            "operation `sepia`: `enabled` cannot be `2`: it must be true or false",
        ),
        (
            url().override_operation(resize(20_000)),
            "operation `resize`: `width` cannot be `20000`: it must be 1 to 10000",
        ),
        (
            url().override_segment([Operation::new("blur"), resize(20_000)]),
            "operation `resize`: `width` cannot be `20000`: it must be 1 to 10000",
        ),
        (
            image("3f9a21")
                .dynamic([resize(10)])
                .override_operation(resize(u32::MAX)),
            "operation `resize`: `width` cannot be `4294967295`: it must be 1 to 10000",
        ),
        (
            url().option("jpg.quality", 101),
            "stack option `jpg.quality` cannot be `101`: it must be 1 to 100",
        ),
        (
            url().options([("dpr", 2.0), ("dpr", f64::NAN)]),
            "stack option `dpr` cannot be `NaN`: it must be 1 to 10",
        ),
    ] {
        assert_eq!(error_message(url.url()), expected);
        assert_eq!(error_message(url.upload_path()), expected);
        let built = url.unchecked().url();
        assert!(
            built.is_ok() || expected.contains("NaN"),
            "{expected} {built:?}"
        );
    }
    let candidate = Candidate::density(2).option("webp.quality", 0);
    assert_eq!(
        error_message(url().srcset().candidate(candidate).attribute()),
        "stack option `webp.quality` cannot be `0`: it must be 1 to 100"
    );
}

#[test]
fn only_values_that_are_set_and_stay_are_compared_with_their_ranges() {
    let width = |width: u32| resize(width);
    for (url, expected) in [
        // What is parsed stays.
        (
            RenderUrl::parse(
                "https://acme.rokka.io/dynamic/resize-width-20000/o-dpr-50/3f9a21.jpg",
            )
            .unwrap()
            .option("fps", 3),
            "dynamic/resize-width-20000/o-dpr-50-fps-3/3f9a21.jpg",
        ),
        // What is replaced or removed does no harm.
        (
            image("3f9a21")
                .dynamic([width(0)])
                .override_operation(width(7)),
            "dynamic/resize-width-7/3f9a21.jpg",
        ),
        (
            image("3f9a21").operation(width(0)).stack("thumb"),
            "thumb/3f9a21.jpg",
        ),
        (
            image("3f9a21").option("dpr", 50).option("dpr", 5),
            "dynamic/o-dpr-5/3f9a21.jpg",
        ),
        (
            image("3f9a21").option("dpr", 50).option("dpr", None::<u8>),
            "dynamic/3f9a21.jpg",
        ),
        (
            image("3f9a21").option("dpr", 50).clear_options(),
            "dynamic/3f9a21.jpg",
        ),
        // What the service computes, and what this crate does not know.
        (
            image("3f9a21")
                .operation(Resize::to_width(Value::expression("$w")))
                .option("brand.new", 100_000),
            "dynamic/resize-width-[$w]/o-brand.new-100000/3f9a21.jpg",
        ),
        (
            image("3f9a21").operation(
                Operation::new("resize")
                    .option("new", 100_000)
                    .option("width", "300"),
            ),
            "dynamic/resize-new-100000-width-300/3f9a21.jpg",
        ),
    ] {
        assert_eq!(
            url.url().unwrap(),
            format!("https://acme.rokka.io/{expected}")
        );
    }
}

/// The attributes of the only element of a text, as a browser reads them: names, and values without their escapes.
fn attributes(html: &str) -> Vec<(String, String)> {
    let mut rest = html.strip_prefix("<img").unwrap();
    let mut found = Vec::new();
    while let Some(attribute) = rest.strip_prefix(' ') {
        let (name, after) = attribute.split_once("=\"").unwrap();
        let (value, after) = after.split_once('"').unwrap();
        let value = value
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&amp;", "&");
        found.push((name.to_owned(), value));
        rest = after;
    }
    assert_eq!(rest, ">", "{html}");
    found
}

#[test]
fn hostile_texts_stay_within_their_attribute() {
    for text in [
        "\"><script>alert(1)</script>",
        "' onerror='alert(1)",
        "\" onerror=\"alert(1)",
        "</picture><img src=x>",
        "&quot; onload=x &#34; &amp;quot; &lt;",
        "--><!-- <![CDATA[ ]]>",
        "a\nb\r\n\tc\u{0}\u{b}\u{2028}",
        "`${x}` {{7*7}} <%= x %>",
        "\\\" x=\\",
        "javascript:alert(1)",
        "\u{202e}txt\u{ffff}\u{1f600}",
        "",
        " ",
        "=",
        "/>",
    ] {
        let img = image("3f9a21").stack("thumb").srcset().density(2).img();
        let img = img
            .unwrap()
            .class(text)
            .size(400, 300)
            .attr("data-title", text)
            .unwrap()
            .loading(Loading::Lazy);
        let html = img.html(text);
        let expected = [
            ("src", "https://acme.rokka.io/thumb/3f9a21.jpg"),
            (
                "srcset",
                "https://acme.rokka.io/thumb/o-dpr-2/3f9a21.jpg 2x",
            ),
            ("width", "400"),
            ("height", "300"),
            ("loading", "lazy"),
            ("class", text),
            ("data-title", text),
            ("alt", text),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(attributes(&html), expected, "{text:?}");
        // Nothing but the element itself opens or closes one.
        assert_eq!(html.matches(['<', '>']).count(), 2, "{html}");
    }
}

#[test]
fn attributes_with_hostile_names_are_rejected() {
    let img = || {
        let srcset = image("3f9a21").stack("thumb").srcset().density(2);
        srcset.img().unwrap()
    };
    for name in [
        "",
        " ",
        "a b",
        "a=b",
        "a\"",
        "a'",
        "a>",
        "a/",
        "a<b",
        "a\nb",
        "a\u{0}",
        "é",
        "onerror =",
    ] {
        assert_eq!(error_message(img().attr(name, "x")), rejected(name));
    }
    for (name, instead) in [
        ("alt", "it is the argument of `html`"),
        ("SRC", "it is built from the URL"),
        ("srcset", "it is built from the URL"),
        ("sizes", "use `Srcset::sizes`"),
        ("Width", "use `size`"),
        ("loading", "use `loading`"),
        ("class", "use `class`"),
    ] {
        assert_eq!(
            error_message(img().attr(name, "x")),
            format!("attribute `{name}`: {instead}")
        );
    }
    let twice = img().attr("ID", "a").unwrap().attr("id", "b").unwrap();
    assert!(twice.html("").ends_with(" ID=\"b\" alt=\"\">"));
    let framework = img()
        .attr("@click", "x")
        .unwrap()
        .attr("x-on:load.once", "y");
    assert!(framework.is_ok());
}

/// The error for the name of an attribute, on one line.
fn rejected(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    format!("attribute `{name}`: the name must be letters, digits, `-`, `_`, `:`, `.` and `@`")
}

#[test]
fn a_picture_passes_attributes_to_its_image() {
    let url = image("3f9a21").stack("thumb");
    let picture = Picture::new(url.srcset().density(2))
        .formats(["webp"])
        .size(4, 3)
        .loading(Loading::Eager)
        .class("a")
        .attr("id", "b")
        .unwrap();
    let html = picture.html("c").unwrap();
    assert!(html.ends_with(
        " 2x\" width=\"4\" height=\"3\" loading=\"eager\" class=\"a\" id=\"b\" alt=\"c\"></picture>"
    ));
    assert_eq!(html.matches("loading").count(), 1);
    let parts = picture.parts().unwrap();
    assert!(html.ends_with(&format!("{}</picture>", parts.img.html("c"))));
    assert!(picture.attr("src", "x").is_err());
}

#[test]
fn html_is_escaped() {
    let sizes = Sizes::new("\"<50vw>\"").when("(max-width: 600px)", "100vw");
    let url = RenderUrl::parse("https://acme.rokka.io/st/3f9a21.jpg?a=1&b=2").unwrap();
    let srcset = url.srcset().width(300).sizes(sizes);
    assert_eq!(
        srcset.img().unwrap().html("\"<&>'"),
        "<img src=\"https://acme.rokka.io/st/3f9a21.jpg?a=1&amp;b=2\" \
         srcset=\"https://acme.rokka.io/st/resize-width-300/3f9a21.jpg?a=1&amp;b=2 300w\" \
         sizes=\"(max-width: 600px) 100vw, &quot;&lt;50vw&gt;&quot;\" alt=\"&quot;&lt;&amp;&gt;'\">"
    );
    let narrow = image("abcdef")
        .stack("narrow")
        .format("png")
        .srcset()
        .width(200)
        .sizes("100vw");
    let picture = Picture::new(srcset)
        .source_when("(max-width: 9em) & \"x\"", narrow.clone())
        .source(narrow);
    let html = picture.html("").unwrap();
    assert!(html.starts_with(
        "<picture><source media=\"(max-width: 9em) &amp; &quot;x&quot;\" type=\"image/png\" srcset="
    ));
    assert_eq!(picture.parts().unwrap().sources.len(), 2);
    let video = Picture::new(image("3f9a21").srcset().density(2)).formats(["mp4"]);
    assert_eq!(
        error_message(video.parts()),
        "picture source: the format `mp4` is not a known image format"
    );
}

#[test]
fn iiif() {
    let url = || IiifUrl::new("acme", "3F9A21").unwrap();
    let rectangle = IiifRegion::Pixels {
        x: 1,
        y: 2,
        width: 3,
        height: 4,
    };
    let percent = IiifRegion::Percent {
        x: 0.0,
        y: 12.5,
        width: 50.0,
        height: 100.0,
    };
    let cases = [
        (url(), "3f9a21/full/max/0/default.jpg"),
        (url().info(), "3f9a21/info.json"),
        (url().version(IiifVersion::V2).info(), "2/3f9a21/info.json"),
        (url().version(IiifVersion::V3).info(), "3/3f9a21/info.json"),
        (
            url().region(IiifRegion::Square).format("png"),
            "3f9a21/square/max/0/default.png",
        ),
        (
            url().region(rectangle).size(IiifSize::Width(2048)),
            "3f9a21/1,2,3,4/2048,/0/default.jpg",
        ),
        (
            url().region(percent).size(IiifSize::Height(9)),
            "3f9a21/pct:0,12.5,50,100/,9/0/default.jpg",
        ),
        (
            url().size(IiifSize::Exact(3, 4)).upscale(),
            "3f9a21/full/%5E3,4/0/default.jpg",
        ),
        (
            url().size(IiifSize::Within(3, 4)).rotation(360),
            "3f9a21/full/!3,4/360/default.jpg",
        ),
        (
            url().size(IiifSize::Percent(150.0)).upscale(),
            "3f9a21/full/%5Epct:150/0/default.jpg",
        ),
        (
            url()
                .mirrored()
                .rotation(22.5)
                .quality(IiifQuality::Bitonic),
            "3f9a21/full/max/!22.5/bitonic.jpg",
        ),
        (
            url()
                .quality(IiifQuality::Gray)
                .info()
                .quality(IiifQuality::Color),
            "3f9a21/full/max/0/color.jpg",
        ),
    ];
    for (url, expected) in cases {
        let expected = format!("https://acme.rokka.io/_iiif/{expected}");
        assert_eq!(url.url().unwrap(), expected);
        let parsed = IiifUrl::parse(&expected).unwrap();
        assert_eq!(parsed.components(), url.components());
        assert_eq!(parsed.url().unwrap(), expected);
        let signed = url.sign(&key()).url().unwrap();
        assert_eq!(signed, key().sign(&expected).unwrap());
        assert_eq!(IiifUrl::parse(&signed).unwrap().url().unwrap(), signed);
    }
    let full = IiifUrl::parse("https://a.rokka.io/_iiif/2/3f9a21/full/full/0/default.jpg").unwrap();
    assert_eq!(
        full.url().unwrap(),
        "https://a.rokka.io/_iiif/2/3f9a21/full/max/0/default.jpg"
    );
    let caret =
        IiifUrl::parse("https://a.rokka.io/_iiif/3f9a21/full/^max/0/default.jpg?x=1").unwrap();
    assert_eq!(
        caret.url().unwrap(),
        "https://a.rokka.io/_iiif/3f9a21/full/%5Emax/0/default.jpg?x=1"
    );
    let signed =
        IiifUrl::parse("https://a.rokka.io/_iiif/3f9a21/info.json?sig=0123456789abcdef").unwrap();
    let changed = signed.version(IiifVersion::V3);
    assert_eq!(
        changed.url().unwrap(),
        "https://a.rokka.io/_iiif/3/3f9a21/info.json"
    );

    let empty = IiifRegion::Pixels {
        x: 0,
        y: 0,
        width: 0,
        height: 4,
    };
    let outside = IiifRegion::Percent {
        x: 100.0,
        y: 0.0,
        width: 5.0,
        height: 5.0,
    };
    for (url, expected) in [
        (
            url().region(empty),
            "IIIF region of 0 by 4 pixels: it must be at least 1 by 1",
        ),
        (
            url().region(outside),
            "IIIF region of 5 by 5 % at 100, 0 %: it must start within the image and be larger than 0",
        ),
        (
            url().size(IiifSize::Width(2049)),
            "IIIF size of 2049 pixels: an edge must be 1 to 2048 pixels",
        ),
        (
            url().size(IiifSize::Within(3, 0)),
            "IIIF size of 0 pixels: an edge must be 1 to 2048 pixels",
        ),
        (
            url().size(IiifSize::Percent(101.0)),
            "IIIF size of 101 %: it must be above 0, and above 100 only with `upscale`",
        ),
        (
            url().size(IiifSize::Percent(f64::NAN)),
            "IIIF size of NaN %: it must be above 0, and above 100 only with `upscale`",
        ),
        (
            url().rotation(-1),
            "IIIF rotation `-1`: it must be 0 to 360 degrees",
        ),
        (
            url().rotation(f64::INFINITY),
            "IIIF rotation `inf`: it must be 0 to 360 degrees",
        ),
        (
            url().version(IiifVersion::V2).upscale(),
            "IIIF: version 2 does not support `upscale`",
        ),
        (
            url().format(""),
            "format ``: it must be 2 to 5 letters and digits, such as `jpg`",
        ),
        (
            url().until(at("2031-03-01T10:02:11Z")),
            "a time limit needs a signature: call `sign` with a signing key",
        ),
    ] {
        assert_eq!(error_message(url.url()), expected);
    }
    assert_eq!(
        error_message(IiifUrl::new("acme", "logo")),
        "hash `logo`: it must be 6 to 40 hexadecimal digits"
    );
    let parts = "region, size, rotation, quality and format must follow the hash";
    for (path, reason) in [
        ("/st/3f9a21.jpg", "it does not start with `/_iiif/`"),
        ("/_iiif/3f9a21", "it has no hash"),
        ("/_iiif/3f9a21/full", parts),
        ("/_iiif/3f9a21/full/max/0/default.jpg/x", parts),
        ("/_iiif/3f9a21/full/full/0/default.jpg", parts),
        ("/_iiif/3f9a21/1,2,3/max/0/default.jpg", parts),
        ("/_iiif/3f9a21/1,2,3,+4/max/0/default.jpg", parts),
        ("/_iiif/3f9a21/full/,/0/default.jpg", parts),
        ("/_iiif/3f9a21/full/!3,/0/default.jpg", parts),
        ("/_iiif/3f9a21/full/max/-1/default.jpg", parts),
        ("/_iiif/3f9a21/full/max/1e1/default.jpg", parts),
        ("/_iiif/3f9a21/full/max/0/native.jpg", parts),
    ] {
        assert_eq!(
            error_message(IiifUrl::parse(format!("https://acme.rokka.io{path}"))),
            format!("`{path}` is not an IIIF URL: {reason}")
        );
    }
}

#[test]
fn albums() {
    for album in ["cats", "summer 2025", "50% ?", "grün"] {
        let url = AlbumUrl::new("acme", album).unwrap();
        for url in [url.clone(), url.favorites()] {
            assert_eq!(AlbumUrl::parse(url.url()).unwrap(), url);
            assert_eq!(url.album(), album);
        }
    }
    let url = AlbumUrl::new("acme", "50% ?").unwrap().favorites().url();
    assert_eq!(
        url,
        "https://acme.rokka.io/_albums/50%25%20%3F/favorites.json"
    );
    for (album, expected) in [
        ("", "album ``: the name must not be empty"),
        ("..", "album `..`: `.` and `..` would change the path"),
        ("a/b", "album `a/b`: the name must not contain a slash"),
        (
            "a\0",
            "album `a `: the name must not contain control characters",
        ),
    ] {
        assert_eq!(error_message(AlbumUrl::new("acme", album)), expected);
    }
    for (path, reason) in [
        ("/st/3f9a21.jpg", "it does not start with `/_albums/`"),
        (
            "/_albums/cats/some.json",
            "an album and `all.json` or `favorites.json` must follow `/_albums/`",
        ),
        (
            "/_albums/all.json",
            "an album and `all.json` or `favorites.json` must follow `/_albums/`",
        ),
    ] {
        assert_eq!(
            error_message(AlbumUrl::parse(format!("https://acme.rokka.io{path}"))),
            format!("`{path}` is not an album URL: {reason}")
        );
    }
}

#[test]
fn override_segments_round_trip() {
    for path in [
        "noop/resize-width-100/resize-width-300/abcdef.jpg",
        "noop/resize-width-100--crop-width-5/resize-width-300/abcdef.jpg",
        "noop/resize-width-100/crop-width-5--resize-width-300/o-dpr-2/abcdef/a.jpg",
        "noop/resize-width-100--resize-width-300/abcdef.jpg",
        "dynamic/resize-width-9/resize-width-100/resize-width-300/abcdef.jpg",
        "dynamic/resize-width-9/resize-width-100--resize-height-5/resize-width-300/abcdef.jpg",
        "dynamic/o-dpr-2/resize-width-100/resize-width-300/abcdef.jpg",
    ] {
        let url = format!("https://acme.rokka.io/{path}");
        let parsed = RenderUrl::parse(&url).unwrap();
        assert_eq!(parsed.url().unwrap(), url);
        // A change of another part keeps the segments.
        let changed = parsed.format("png").url().unwrap();
        assert_eq!(changed, url.replace(".jpg", ".png"));
    }
}

#[test]
fn override_segments_can_be_built() {
    let blur = || Operation::new("blur");
    let cases = [
        (
            image("3f9a21")
                .stack("st")
                .override_segment([resize(100), blur()])
                .override_segment([resize(300)]),
            "st/resize-width-100--blur/resize-width-300/3f9a21.jpg",
        ),
        // An empty segment is ignored, and an override joins the last segment.
        (
            image("3f9a21")
                .stack("st")
                .override_segment::<Operation>([])
                .override_segment([resize(100)])
                .override_operation(blur()),
            "st/resize-width-100--blur/3f9a21.jpg",
        ),
        (
            image("3f9a21")
                .stack("st")
                .override_operation(blur())
                .override_segment([blur().option("sigma", 3)]),
            "st/blur/blur-sigma-3/3f9a21.jpg",
        ),
        (
            image("3f9a21")
                .dynamic([resize(9)])
                .override_segment([resize(8)])
                .override_segment([resize(7)])
                .option("dpr", 2),
            "dynamic/resize-width-9/resize-width-8/resize-width-7/o-dpr-2/3f9a21.jpg",
        ),
        // Another stack discards them.
        (
            image("3f9a21").override_segment([resize(9)]).stack("st"),
            "st/3f9a21.jpg",
        ),
    ];
    for (url, expected) in cases {
        let expected = format!("https://acme.rokka.io/{expected}");
        assert_eq!(url.url().unwrap(), expected);
        let parsed = RenderUrl::parse(&expected).unwrap();
        let segments = |url: &RenderUrl| {
            let parts = url.components();
            let segments: Vec<_> = parts.override_segments().map(<[_]>::to_vec).collect();
            assert_eq!(segments.concat(), parts.overrides);
            segments
        };
        assert_eq!(segments(&parsed), segments(&url));
    }
    assert_eq!(
        error_message(image("3f9a21").override_segment([resize(9)]).url()),
        "overrides of a dynamic stack without operations: rokka would read them as its operations"
    );
}

#[test]
fn time_limits_are_within_the_supported_years() {
    let sign = |until: rokka_render::DateTime, seconds| {
        let signer = Signer::new(&key()).until(until).round_up_to(seconds);
        signer.sign("/st/3f9a21.jpg")
    };
    let far = std::time::SystemTime::UNIX_EPOCH
        .checked_add(std::time::Duration::from_secs(9_000_000_000_000_000_000))
        .unwrap();
    let before = std::time::SystemTime::UNIX_EPOCH
        .checked_sub(std::time::Duration::from_nanos(1))
        .unwrap();
    for (until, seconds, expected) in [
        (
            at("9999-12-31T23:55:00Z").into(),
            300,
            Some("9999-12-31T23:55:00.000Z"),
        ),
        (
            at("9999-12-31T23:59:59.999Z").into(),
            1,
            Some("9999-12-31T23:59:59.999Z"),
        ),
        (at("9999-12-31T23:59:59.9991Z").into(), 1, None),
        (at("9999-12-31T23:55:01Z").into(), 300, None),
        // A multiple of four billion seconds.
        (
            at("2031-03-01T10:02:11Z").into(),
            u32::MAX,
            Some("2106-02-07T06:28:15.000Z"),
        ),
        (at("9999-01-01T00:00:00Z").into(), u32::MAX, None),
        (DateTime::<Utc>::MAX_UTC.into(), 1, None),
        (DateTime::<Utc>::MIN_UTC.into(), 300, None),
        (far.into(), 300, None),
        // Rounds up to 1970.
        (before.into(), 300, Some("1970-01-01T00:00:00.000Z")),
        ("soon".into(), 300, None),
        ("+10000-01-01T00:00:00Z".into(), 300, None),
    ] {
        let shown = format!("{until:?}");
        match (sign(until, seconds), expected) {
            (Ok(url), Some(expected)) => {
                let limit = expected.replace(':', "%3A");
                assert!(url.contains(&limit), "{shown} {url}");
                let last: DateTime<Utc> = at(expected);
                assert_eq!(key().verify(&url, last), Verdict::Valid, "{shown}");
                let later = last + TimeDelta::milliseconds(1);
                assert_eq!(key().verify(&url, later), Verdict::Expired, "{shown}");
            }
            (Err(error), None) => assert!(error.to_string().starts_with("time limit"), "{error}"),
            (result, _) => panic!("{shown} {result:?}"),
        }
    }
    // Signed elsewhere.
    for until in [
        "%2B10000-01-01T00%3A00%3A00Z",
        "10000-01-01T00%3A00%3A00Z",
        "-0001-01-01T00%3A00%3A00Z",
    ] {
        let url = raw_signed(&format!(
            "/a/3f9a21.jpg?sigopts=%7B%22until%22%3A%22{until}%22%7D"
        ));
        assert!(
            !key().verify(&url, DateTime::<Utc>::MAX_UTC).is_valid(),
            "{until}"
        );
    }
}

#[test]
fn expressions_cannot_change_the_path() {
    let reason = "`.` and `..` between slashes would change the path";
    for expression in ["a/../b", "a/./b", "1/../../2", "[a/../b]"] {
        let value = || Value::expression(expression);
        let of = |result: Result<String>| error_message(result);
        let url = || image("3f9a21").stack("thumb");
        let operation = || Operation::new("resize").option("width", value());
        assert_eq!(
            of(url().variable("o", value()).url()),
            format!("stack variable `o` cannot be `[{expression}]`: {reason}")
        );
        assert_eq!(
            of(url().option("o", value()).url()),
            format!(
                "stack options: `o` cannot be `[{expression}]`: {reason}; set it in the stack itself"
            )
        );
        for url in [
            url().dynamic([operation()]),
            url().override_operation(operation()),
        ] {
            assert_eq!(
                of(url.sign(&key()).url()),
                format!(
                    "resize: `width` cannot be `[{expression}]`: {reason}; use a stack variable instead"
                )
            );
        }
    }
    // Escaped ones are rejected too.
    for path in [
        "thumb/v-o-[a%2F..%2Fb]/3f9a21.jpg",
        "thumb/v-o-[a%2F%2E/b]/3f9a21.jpg",
    ] {
        let error = error_message(RenderUrl::parse(format!("https://acme.rokka.io/{path}")));
        assert!(error.ends_with(reason), "{error}");
    }
    // Clients do not change these.
    for (expression, written) in [
        ("image.width/2", "image.width/2"),
        ("../a/..", "../a/.."),
        ("a/.../b", "a/.../b"),
        ("a/%2e%2e/b", "a/%252e%252e/b"),
        (r"a/..\b", "a/..%5Cb"),
        ("$a == 'x'", "$a%20==%20'x'"),
    ] {
        let url = image("3f9a21")
            .stack("thumb")
            .variable("o", Value::expression(expression))
            .url()
            .unwrap();
        assert_eq!(
            url,
            format!("https://acme.rokka.io/thumb/v-o-[{written}]/3f9a21.jpg")
        );
        assert_eq!(url::Url::parse(&url).unwrap().as_str(), url);
    }
}

#[test]
fn a_raw_number_sign_is_never_valid() {
    let now = at("2031-03-01T10:05:00Z");
    let signed = "/product_card/3f9a21.jpg?sig=df73c1c0cc0e7277";
    assert_eq!(key().verify(signed, now), Verdict::Valid);
    for base in ["", "https://acme.rokka.io"] {
        for tail in ["#", "#x", "#&v={\"w\":1}", "&#", "#?sig=df73c1c0cc0e7277"] {
            let url = format!("{base}{signed}{tail}");
            assert_eq!(key().verify(&url, now), Verdict::Invalid, "{url}");
        }
    }
    for url in [
        "/product_card/3f9a21.jpg?#sig=df73c1c0cc0e7277",
        "/product_card/3f9a21.jpg?x=1#&sig=df73c1c0cc0e7277",
        "/product_card/3f9a21.jpg?#",
    ] {
        assert_eq!(key().verify(url, now), Verdict::Invalid, "{url}");
    }
    // A correct signature of a URL with a number sign.
    let raw = raw_signed("/product_card/3f9a21.jpg?x=a#b");
    assert_eq!(key().verify(&raw, now), Verdict::Invalid);
    // Clients read these hosts differently.
    for base in [
        "https://acme.rokka.io\\secret",
        "https://user@acme.rokka.io",
        "https://acme.rokka.io\t",
        "https://",
    ] {
        let url = format!("{base}{signed}");
        assert_eq!(key().verify(&url, now), Verdict::Invalid, "{url}");
    }
}

#[test]
fn a_signing_key_is_trimmed() {
    for text in [
        format!("{KEY}\n"),
        format!("{KEY}\r\n"),
        format!(" \t{KEY}  "),
    ] {
        for key in [
            SigningKey::from(text.as_str()),
            SigningKey::from(text.clone()),
            SigningKey::from(secrecy::SecretString::from(text.as_str())),
        ] {
            let signed = key.sign("/product_card/3f9a21.jpg").unwrap();
            assert_eq!(signed, "/product_card/3f9a21.jpg?sig=df73c1c0cc0e7277");
            assert_eq!(key.verify(&signed, Utc::now()), Verdict::Valid);
        }
    }
    let blank = SigningKey::from(" \n");
    assert_eq!(
        error_message(blank.sign("/product_card/3f9a21.jpg")),
        "the signing key is empty: pass a key of the organization"
    );
    let empty = "/a/3f9a21.jpg?sig=0000000000000000";
    assert_eq!(blank.verify(empty, Utc::now()), Verdict::Invalid);
    // Two lines may be two keys.
    let two = SigningKey::from("abc\ndef");
    assert_eq!(
        error_message(two.sign("/product_card/3f9a21.jpg")),
        "the signing key contains control characters: pass a single key"
    );
}

#[test]
fn hosts_are_canonicalized() {
    for (base, written) in [
        (
            "https://images.example.com:443",
            "https://images.example.com",
        ),
        ("http://images.example.com:80/", "http://images.example.com"),
        (
            "https://images.example.com:0443",
            "https://images.example.com",
        ),
        (
            "https://images.example.com:08443",
            "https://images.example.com:8443",
        ),
        (
            "http://images.example.com:443",
            "http://images.example.com:443",
        ),
        ("http://[0:0:0:0:0:0:0:1]:8080", "http://[::1]:8080"),
        ("http://[::FFFF:1]", "http://[::ffff:1]"),
        (
            "http://[0:0:0:0:0:FFFF:0102:0a04]",
            "http://[::ffff:102:a04]",
        ),
        #[cfg(feature = "idn")]
        (
            "https://XN--bcher-kva.example",
            "https://xn--bcher-kva.example",
        ),
    ] {
        let url = RenderUrl::with_host(base, "3f9a21").unwrap().url().unwrap();
        assert_eq!(url, format!("{written}/dynamic/3f9a21.jpg"));
        assert_eq!(url::Url::parse(&url).unwrap().as_str(), url);
        let base = base.trim_end_matches('/');
        let parsed = RenderUrl::parse(format!("{base}/dynamic/3f9a21.jpg")).unwrap();
        assert_eq!(parsed.url().unwrap(), url);
        let iiif = IiifUrl::with_host(base, "3f9a21").unwrap().url().unwrap();
        assert!(iiif.starts_with(&format!("{written}/")));
        let album = AlbumUrl::with_host(base, "cats").unwrap().url();
        assert!(album.starts_with(&format!("{written}/")));
    }
    for base in [
        #[cfg(not(feature = "idn"))]
        "https://xn--bcher-kva.example",
        "https://xn--.example",
        "https://xn--a.example",
        "https://a.xn--0",
    ] {
        let error = error_message(RenderUrl::with_host(base, "3f9a21"));
        assert!(
            error.starts_with(&format!("render host `{base}`: ")),
            "{error}"
        );
        let error = error_message(RenderUrl::parse(format!("{base}/st/3f9a21.jpg")));
        assert!(error.contains("is not a valid base URL"), "{error}");
    }
    let error = error_message(RenderUrl::new("xn--a", "3f9a21"));
    assert!(error.contains("`https://xn--a.rokka.io`"), "{error}");
}
