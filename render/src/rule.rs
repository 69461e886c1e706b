//! Rules for the values of options, in stacks and in render URLs.

use serde_json::Value;

use crate::value::Kind;

/// The values that an option accepts.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// An integer in this inclusive range.
    Integer(i64, i64),
    /// A number in this inclusive range.
    Number(f64, f64),
    /// `true` or `false`, also as 1 or 0.
    Bool,
    /// Any string, number or boolean.
    Text,
    /// Six hexadecimal digits.
    Color,
    /// A keyword, or a position such as `left_top` or `10_20`.
    Anchor,
    /// One of these keywords.
    Words(&'static [&'static str]),
    /// Pixels, or a string such as `10p` or `10%`.
    Radius,
    /// A time as `HH:MM:SS`.
    Time,
    /// The prefix of a URL.
    Url,
    /// The name of a stack.
    Stack,
    /// A list of strings.
    Strings,
    /// A list of objects.
    Objects,
}

/// An option with its rule and its default as JSON, empty if it has no default.
#[derive(Clone, Copy, Debug)]
pub struct OptionRule {
    /// Its name.
    pub name: &'static str,
    /// Its values.
    pub rule: Rule,
    /// Its default as JSON.
    pub default: &'static str,
}

/// The rules of an operation.
#[derive(Clone, Copy, Debug)]
pub struct OperationRules {
    /// Its name.
    pub name: &'static str,
    /// All of its options.
    pub options: &'static [OptionRule],
    /// All of these are required.
    pub required: &'static [&'static str],
    /// At least one of these is required.
    pub one_of: &'static [&'static str],
}

impl Rule {
    /// Returns why a value of a render URL is invalid, or `None`. An expression is valid, because the service computes it;
    /// lists and objects are rejected with the path, which cannot carry them.
    pub(crate) fn fault_of(self, value: &crate::Value) -> Option<String> {
        match value.0 {
            Kind::Expression(_) | Kind::Json(_) | Kind::Absent => None,
            _ => self.fault(&value.clone().into_json()),
        }
    }

    /// Returns whether a value of a render URL is valid: as [`fault_of`](Self::fault_of), but fast for what is usual.
    #[inline]
    pub(crate) fn admits(&self, value: &crate::Value) -> bool {
        match (self, &value.0) {
            (Self::Integer(least, most), Kind::Unsigned(number)) => {
                i64::try_from(*number).is_ok_and(|number| (least..=most).contains(&&number))
            }
            #[allow(clippy::cast_precision_loss, reason = "limits are small")]
            (Self::Number(least, most), Kind::Unsigned(number)) => {
                (least..=most).contains(&&(*number as f64))
            }
            (Self::Bool, Kind::Bool(_)) => true,
            _ => self.admits_unusual(value),
        }
    }

    #[inline(never)]
    fn admits_unusual(self, value: &crate::Value) -> bool {
        match (self, &value.0) {
            (Self::Words(words), Kind::Text(text)) => words.contains(&text.as_str()),
            (Self::Anchor, Kind::Text(text)) => is_anchor(text),
            (Self::Color, Kind::Text(text)) => is_color(text),
            (Self::Radius, Kind::Text(text)) => is_radius(text),
            (Self::Stack, Kind::Text(text)) => is_stack(text),
            (Self::Text, Kind::Text(_)) => true,
            _ => self.fault_of(value).is_none(),
        }
    }

    /// Returns why a value is invalid, or `None`. `null` means the default and is always valid.
    pub fn fault(self, value: &Value) -> Option<String> {
        if value.is_null() {
            return None;
        }
        match self {
            // The service writes some numbers as strings.
            Self::Integer(least, most) => match number(value) {
                Some(number) if number.fract() != 0.0 => {
                    Some("it must be a whole number".to_owned())
                }
                #[allow(clippy::cast_precision_loss, reason = "limits are small")]
                Some(number) => outside(number, least as f64, most as f64),
                None => Some("it must be a whole number".to_owned()),
            },
            Self::Number(least, most) => match number(value) {
                Some(number) => outside(number, least, most),
                None => Some("it must be a number".to_owned()),
            },
            Self::Bool => {
                let text = matches!(value.as_str(), Some("true" | "false" | "0" | "1"));
                let digit = matches!(value.as_u64(), Some(0 | 1));
                let fine = value.is_boolean() || text || digit;
                (!fine).then(|| "it must be true or false".to_owned())
            }
            Self::Text => {
                (!is_scalar(value)).then(|| "it must be a string".to_owned())
            }
            Self::Color => (!text_is(value, is_color))
                .then(|| "it must be six hexadecimal digits without `#`, such as `0F0F0F`".to_owned()),
            Self::Anchor => (!text_is(value, is_anchor)).then(|| {
                "it must be `auto`, `smart`, `subjectarea`, `face`, `croparea`, or `left`, `center`, `right` or 0 to \
                 10000, then `_`, then `top`, `center`, `bottom` or 0 to 10000"
                    .to_owned()
            }),
            Self::Words(words) => (!text_is(value, |text| words.contains(&text)))
                .then(|| format!("it must be one of {}", words.join(", "))),
            Self::Radius => (!text_is(value, is_radius) && value.as_u64().is_none())
                .then(|| "it must be a number of pixels, or a string such as `10p` or `10%`".to_owned()),
            Self::Time => (!text_is(value, is_time))
                .then(|| "it must be a time as hours, minutes and seconds, `HH:MM:SS`".to_owned()),
            Self::Url => {
                let starts = |text: &str| text.starts_with("https://") || text.starts_with("http://");
                (!text_is(value, starts)).then(|| "it must start with https:// or http://".to_owned())
            }
            Self::Stack => (!text_is(value, is_stack))
                .then(|| "it must be the name of a stack: letters, digits, `-` and `_`".to_owned()),
            Self::Strings => {
                let strings = |list: &Vec<Value>| list.iter().all(Value::is_string);
                (!value.as_array().is_some_and(strings)).then(|| "it must be a list of strings".to_owned())
            }
            Self::Objects => {
                let objects = |list: &Vec<Value>| list.iter().all(Value::is_object);
                (!value.as_array().is_some_and(objects)).then(|| "it must be a list of objects".to_owned())
            }
        }
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn outside(number: f64, least: f64, most: f64) -> Option<String> {
    // NaN is outside too.
    let inside = (least..=most).contains(&number);
    let limitless = least <= f64::MIN && most >= f64::MAX;
    (!inside).then(|| {
        if limitless {
            "it must be a number".to_owned()
        } else {
            format!("it must be {least} to {most}")
        }
    })
}

fn is_scalar(value: &Value) -> bool {
    value.is_string() || value.is_number() || value.is_boolean()
}

fn text_is(value: &Value, is: impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => is(text),
        // The service, written in PHP, may return `000000` as a number and `false` as a boolean.
        Value::Number(number) => is(&number.to_string()),
        Value::Bool(value) => is(if *value { "true" } else { "false" }),
        _ => false,
    }
}

fn is_color(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_anchor(text: &str) -> bool {
    if matches!(text, "auto" | "smart" | "subjectarea" | "face" | "croparea") {
        return true;
    }
    let Some((x, y)) = text.split_once(['_', '-']) else {
        return false;
    };
    (matches!(x, "left" | "center" | "right") || is_pixels(x))
        && (matches!(y, "top" | "center" | "bottom") || is_pixels(y))
}

fn is_pixels(text: &str) -> bool {
    let plain = text == "0" || !text.starts_with('0');
    plain
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse::<u32>().is_ok_and(|number| number <= 10_000)
}

fn is_radius(text: &str) -> bool {
    let digits = text.strip_suffix(['p', '%']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_time(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let two = |part: &&str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(two)
}

fn is_stack(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !text.is_empty() && text.bytes().all(allowed)
}
