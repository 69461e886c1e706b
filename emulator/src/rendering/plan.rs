//! What a rendering consists of, once everything that a URL and a stack say has been resolved. No pixels in here.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

/// A rendering: the same file and the same plan make the same picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Plan {
    /// The operations in order, those of the base stack first.
    pub(crate) steps: Vec<Step>,
    pub(crate) options: OutputOptions,
    pub(crate) format: Format,
    pub(crate) subject: Subject,
    /// What the emulator leaves out, known before the rendering: names with reasons, for people.
    pub(crate) unsupported: Vec<String>,
}

/// An operation that is enabled, with the values of its expressions.
///
/// An option that is not set is absent, also one that is `null`. Values are in the ranges of the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Step {
    pub(crate) name: String,
    pub(crate) options: Map<String, Value>,
}

/// The stack options, in effect those of the stack, its expressions and the URL.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct OutputOptions {
    /// The option `dpr`, 1 to 10: multiplies the sizes of each `resize`, except for those with [`Step::BASE`].
    pub(crate) dpr: f64,
    /// The options that were set, by their names in the catalogue.
    pub(crate) values: Map<String, Value>,
}

/// The format of the picture, after the choice by `Accept`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub(crate) enum Format {
    Jpg,
    Png,
    Webp,
    Avif,
    Gif,
    /// For an SVG whose attributes change; without changes, the original is the rendering.
    Svg,
    /// The text of a [BlurHash](https://blurha.sh).
    Blur,
}

/// What is known of the places in the picture, in pixels or percent of the original.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[allow(clippy::struct_field_names, reason = "the names of the service")]
pub(crate) struct Subject {
    pub(crate) subject_area: Option<Area>,
    pub(crate) crop_area: Option<Area>,
    pub(crate) multi_areas: BTreeMap<String, NamedAreas>,
    pub(crate) faces: Vec<Area>,
    /// The areas around the eyes and the mouth of the faces.
    pub(crate) features: Vec<Area>,
}

/// The areas of one name. A subject area comes first; a crop area is cut out as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct NamedAreas {
    pub(crate) subject_area: Option<Area>,
    pub(crate) crop_area: Option<Area>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Area {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// Whether the numbers are percent of the picture instead of pixels.
    pub(crate) percentage: bool,
}

/// Why a step cannot be carried out as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unsupported(pub(crate) String);

impl Step {
    /// An option of the resizes of a base stack, which `dpr` does not multiply.
    pub(crate) const BASE: &str = "_base";

    /// Returns a number, also one that is written as text.
    pub(crate) fn number(&self, option: &str) -> Result<Option<f64>, Unsupported> {
        let number = match self.options.get(option) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Number(number)) => number.as_f64(),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        match number.filter(|number: &f64| number.is_finite()) {
            Some(number) => Ok(Some(number)),
            None => Err(self.unsupported(option, "a number")),
        }
    }

    /// Returns a number of pixels, rounded.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Saturating, and checked.
    pub(crate) fn pixels(&self, option: &str) -> Result<Option<u32>, Unsupported> {
        let number = self.number(option)?;
        if number.is_some_and(|number| number < 0.0) {
            return Err(self.unsupported(option, "0 or more"));
        }
        Ok(number.map(|number| number.round() as u32))
    }

    /// Returns a text, also of a number or a boolean: PHP writes the color `000000` as a number.
    pub(crate) fn text(&self, option: &str) -> Result<Option<Cow<'_, str>>, Unsupported> {
        match self.options.get(option) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(Cow::Borrowed(text))),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => {
                Ok(Some(Cow::Owned(value.to_string())))
            }
            Some(_) => Err(self.unsupported(option, "a text")),
        }
    }

    /// Returns the hashes of the images that `addframes` adds. Their separator is a guess.
    pub(crate) fn frames(&self) -> Result<Vec<String>, Unsupported> {
        let text = self.text("frames")?.unwrap_or_default();
        let hashes = text.split(',').map(str::trim);
        Ok(hashes
            .filter(|hash| !hash.is_empty())
            .map(str::to_owned)
            .collect())
    }

    /// Returns a boolean, also one that is written as text or as a number.
    pub(crate) fn flag(&self, option: &str) -> Result<Option<bool>, Unsupported> {
        match self.options.get(option) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match as_flag(value) {
                Some(flag) => Ok(Some(flag)),
                None => Err(self.unsupported(option, "true or false")),
            },
        }
    }

    /// Returns a color as red, green and blue.
    pub(crate) fn color(&self, option: &str) -> Result<Option<[u8; 3]>, Unsupported> {
        match self.text(option)? {
            None => Ok(None),
            Some(text) => match as_color(&text) {
                Some(color) => Ok(Some(color)),
                None => Err(self.unsupported(option, "six hexadecimal digits")),
            },
        }
    }

    /// Whether the step belongs to the base stack.
    pub(crate) fn is_base(&self) -> bool {
        self.options.contains_key(Self::BASE)
    }

    fn unsupported(&self, option: &str, expected: &str) -> Unsupported {
        Unsupported(format!("{}: `{option}` is not {expected}", self.name))
    }
}

impl OutputOptions {
    /// Returns a number that was set.
    pub(crate) fn number(&self, option: &str) -> Option<f64> {
        match self.values.get(option)? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
        .filter(|number: &f64| number.is_finite())
    }

    /// Returns whether an option is set to true.
    pub(crate) fn flag(&self, option: &str) -> bool {
        self.values.get(option).and_then(as_flag) == Some(true)
    }

    /// Returns a text that was set.
    pub(crate) fn text(&self, option: &str) -> Option<Cow<'_, str>> {
        match self.values.get(option)? {
            Value::String(text) => Some(Cow::Borrowed(text)),
            value @ (Value::Number(_) | Value::Bool(_)) => Some(Cow::Owned(value.to_string())),
            _ => None,
        }
    }

    /// Returns a color that was set, as red, green and blue.
    pub(crate) fn color(&self, option: &str) -> Option<[u8; 3]> {
        self.text(option).as_deref().and_then(as_color)
    }

    /// Returns the quality of a format, 1 to 100. On dense screens, the default of JPEG and WebP is lower by 10.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Within 1 to 100.
    pub(crate) fn quality(&self, format: Format) -> u8 {
        let (option, default) = match format {
            Format::Webp => ("webp.quality", 80),
            Format::Avif => ("avif.quality", 45),
            Format::Gif => ("gif.quality", 70),
            _ => ("jpg.quality", 80),
        };
        match self.number(option) {
            Some(quality) => quality.round().clamp(1.0, 100.0) as u8,
            None if self.dpr > 1.5 && matches!(format, Format::Jpg | Format::Webp) => default - 10,
            None => default,
        }
    }
}

impl Format {
    pub(crate) fn mimetype(self) -> &'static str {
        match self {
            Self::Jpg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Avif => "image/avif",
            Self::Gif => "image/gif",
            Self::Svg => "image/svg+xml",
            Self::Blur => "text/plain",
        }
    }
}

fn as_flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => match number.as_f64() {
            Some(0.0) => Some(false),
            Some(1.0) => Some(true),
            _ => None,
        },
        Value::String(text) => match text.as_str() {
            "true" | "1" => Some(true),
            "false" | "0" | "" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn as_color(text: &str) -> Option<[u8; 3]> {
    let text = text.strip_prefix('#').unwrap_or(text);
    // PHP writes `000012` as the number 12.
    let is_color =
        (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u32::from_str_radix(text, 16).ok().filter(|_| is_color)?;
    let [_, red, green, blue] = number.to_be_bytes();
    Some([red, green, blue])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn step(options: Value) -> Step {
        let Value::Object(options) = options else {
            return step(json!({}));
        };
        Step {
            name: "resize".to_owned(),
            options,
        }
    }

    #[test]
    fn options_are_read_in_every_spelling() {
        let step = step(json!({
            "number": 1.5, "digits": "100", "word": "wide", "null": null, "yes": "true", "no": 0, "list": [1],
            "color": "0f10FF", "php_color": 12, "negative": -3
        }));
        assert_eq!(step.number("number"), Ok(Some(1.5)));
        assert_eq!(step.number("digits"), Ok(Some(100.0)));
        assert_eq!(step.pixels("number"), Ok(Some(2)));
        assert_eq!(step.number("null"), Ok(None));
        assert_eq!(step.number("absent"), Ok(None));
        assert_eq!(
            step.number("word"),
            Err(Unsupported("resize: `word` is not a number".to_owned()))
        );
        assert!(step.pixels("negative").is_err());
        assert_eq!(step.flag("yes"), Ok(Some(true)));
        assert_eq!(step.flag("no"), Ok(Some(false)));
        assert!(step.flag("word").is_err());
        assert_eq!(step.text("word").unwrap().unwrap(), "wide");
        assert_eq!(step.text("digits").unwrap().unwrap(), "100");
        assert!(step.text("list").is_err());
        assert_eq!(step.color("color"), Ok(Some([0x0f, 0x10, 0xff])));
        assert_eq!(step.color("php_color"), Ok(Some([0, 0, 0x12])));
        assert!(step.color("word").is_err());
    }

    #[test]
    fn qualities_have_defaults_that_depend_on_the_density() {
        let mut options = OutputOptions {
            dpr: 1.0,
            values: Map::new(),
        };
        assert_eq!(options.quality(Format::Jpg), 80);
        assert_eq!(options.quality(Format::Avif), 45);
        options.dpr = 2.0;
        assert_eq!(options.quality(Format::Jpg), 70);
        assert_eq!(options.quality(Format::Avif), 45);
        options.values.insert("jpg.quality".into(), json!("33"));
        assert_eq!(options.quality(Format::Jpg), 33);
    }
}
