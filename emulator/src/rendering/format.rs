//! The format of a rendering: that of the URL, or the one that `autoformat` chooses by `Accept`.

use serde_json::{Map, Value};

use super::plan::Format;
use crate::file_type::FileType;
use crate::response::Response;

#[derive(Debug, PartialEq)]
pub(super) struct Choice {
    /// `None` for the original.
    pub(super) format: Option<Format>,
    /// What the emulator cannot do, in words.
    pub(super) unsupported: Option<String>,
    /// Whether the choice depends on `Accept`.
    pub(super) varies: bool,
}

/// Whether this build encodes AVIF. Without, `autoformat` does not choose it.
const HAS_AVIF: bool = cfg!(feature = "avif");

/// Chooses the format of a rendering of this source.
pub(super) fn choose(
    requested: &str,
    source: &FileType,
    options: &Map<String, Value>,
    accept: &str,
) -> Result<Choice, Response> {
    choose_from(requested, source, options, accept, HAS_AVIF)
}

fn choose_from(
    requested: &str,
    source: &FileType,
    options: &Map<String, Value>,
    accept: &str,
    has_avif: bool,
) -> Result<Choice, Response> {
    let chosen = |format| Choice {
        format: Some(format),
        unsupported: None,
        varies: false,
    };
    let original = Choice {
        format: None,
        unsupported: None,
        varies: false,
    };
    let format = match requested {
        "jpg" | "jpeg" => Format::Jpg,
        "png" => Format::Png,
        "webp" => Format::Webp,
        "avif" => Format::Avif,
        "gif" => Format::Gif,
        "blur" => return Ok(chosen(Format::Blur)),
        "svg" | "pdf" | "mp4" | "webm" | "m3u" | "m3u8" | "ts" if source.format == requested => {
            return Ok(original);
        }
        "svg" | "jxl" | "heif" | "heic" | "jp2" => {
            let instead = if source.opaque {
                Format::Jpg
            } else {
                Format::Png
            };
            return Ok(Choice {
                unsupported: Some(format!("the format {requested}")),
                ..chosen(instead)
            });
        }
        "pdf" | "mp4" | "webm" | "m3u" | "m3u8" | "ts" => {
            return Err(Response::bad_request(format!(
                "The emulator does not render the format `{requested}`"
            )));
        }
        _ => return Err(Response::no_route()),
    };
    if !is_on(options, "autoformat") || !matches!(format, Format::Jpg | Format::Png) {
        return Ok(chosen(format));
    }
    let list = |option: &str| {
        options
            .get(option)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let has = |option: &str, word: &str| list(option).split(',').any(|part| part.trim() == word);
    let excludes = |word: &str| has("autoformat.exclude", word);
    let is_lossless = format == Format::Png;
    // AVIF is for photographs, unless the stack asks for it.
    let may_be_avif =
        !is_lossless || (has("autoformat.include", "avif") && !excludes("lossless_to_lossy"));
    let format = if has_avif && may_be_avif && !excludes("avif") && accepts(accept, "image/avif") {
        Format::Avif
    } else if !excludes("webp") && accepts(accept, "image/webp") {
        Format::Webp
    } else {
        format
    };
    Ok(Choice {
        varies: true,
        ..chosen(format)
    })
}

pub(super) fn is_on(options: &Map<String, Value>, option: &str) -> bool {
    match options.get(option) {
        Some(Value::Bool(on)) => *on,
        Some(Value::Number(number)) => number.as_u64() == Some(1),
        Some(Value::String(text)) => matches!(text.as_str(), "true" | "1"),
        _ => false,
    }
}

/// Whether `Accept` names a type. Ranges such as `image/*` do not say that a browser knows a new format.
fn accepts(accept: &str, mimetype: &str) -> bool {
    accept.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_type = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(mimetype));
        let refused = |part: &str| {
            part.strip_prefix("q=")
                .and_then(|weight| weight.parse::<f64>().ok())
                .is_some_and(|weight| weight <= 0.0)
        };
        is_type && !parts.any(refused)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    const BROWSER: &str = "image/avif,image/webp,image/apng,*/*;q=0.8";

    fn chosen(requested: &str, options: Value, accept: &str) -> (Option<Format>, bool) {
        let Value::Object(options) = options else {
            return (None, false);
        };
        let source = FileType::gif(1, 1);
        let choice = choose_from(requested, &source, &options, accept, true)
            .ok()
            .unwrap();
        (choice.format, choice.varies)
    }

    #[test]
    fn autoformat_chooses_what_the_client_accepts_and_the_stack_does_not_exclude() {
        use Format::{Avif, Gif, Jpg, Png, Webp};
        let exclude = |list: &str| json!({"autoformat": true, "autoformat.exclude": list});
        for (requested, options, accept, format, varies) in [
            ("jpg", json!({}), BROWSER, Jpg, false),
            ("jpg", json!({"autoformat": true}), BROWSER, Avif, true),
            (
                "jpg",
                json!({"autoformat": "true"}),
                "image/webp",
                Webp,
                true,
            ),
            ("jpg", json!({"autoformat": true}), "image/*,*/*", Jpg, true),
            ("jpg", json!({"autoformat": true}), "", Jpg, true),
            (
                "jpg",
                json!({"autoformat": true}),
                "image/avif;q=0, image/webp;q=0.1",
                Webp,
                true,
            ),
            ("jpg", exclude("avif"), BROWSER, Webp, true),
            ("jpg", exclude("avif, webp"), BROWSER, Jpg, true),
            ("png", json!({"autoformat": true}), BROWSER, Webp, true),
            ("png", exclude("webp"), BROWSER, Png, true),
            (
                "png",
                json!({"autoformat": true, "autoformat.include": "avif"}),
                BROWSER,
                Avif,
                true,
            ),
            ("gif", json!({"autoformat": true}), BROWSER, Gif, false),
            ("webp", json!({"autoformat": true}), "", Webp, false),
        ] {
            let found = chosen(requested, options.clone(), accept);
            assert_eq!(
                found,
                (Some(format), varies),
                "{requested} {options} {accept}"
            );
        }
    }

    #[test]
    fn autoformat_does_not_choose_what_the_build_does_not_encode() {
        let options = Map::from_iter([("autoformat".to_owned(), json!(true))]);
        let source = FileType::gif(1, 1);
        let choice = choose_from("jpg", &source, &options, BROWSER, false);
        assert_eq!(choice.ok().unwrap().format, Some(Format::Webp));
    }

    #[test]
    fn other_formats_are_originals_or_reported() {
        let svg = FileType::of_picture(b"<svg width='1' height='1'></svg>").unwrap();
        let gif = FileType::gif(1, 1);
        let choose = |requested: &str, source| choose(requested, source, &Map::new(), "");
        assert_eq!(choose("svg", &svg).ok().unwrap().format, None);
        let choice = choose("svg", &gif).ok().unwrap();
        assert_eq!(choice.format, Some(Format::Jpg));
        assert_eq!(choice.unsupported.unwrap(), "the format svg");
        assert_eq!(choose("jxl", &svg).ok().unwrap().format, Some(Format::Png));
        let error = |requested| choose(requested, &gif).err().map(|error| error.status);
        assert_eq!(error("mp4"), Some(400));
        assert_eq!(error("exe"), Some(404));
    }
}
