//! Values of operation options, stack options and stack variables.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use crate::escape;

/// A value of an operation option, a stack option or a stack variable.
///
/// Strings, numbers and booleans convert to values; `None` removes the key. Only stack variables can be JSON arrays and
/// objects.
///
/// ```
/// use rokka_render::{Operation, RenderUrl, Value};
///
/// let crop = Operation::new("crop")
///     .option("width", Value::expression("image.width / 2"))
///     .option("height", 200)
///     .option("anchor", "smart")
///     .option("scale", None::<f64>);
/// let url = RenderUrl::new("acme", "3f9a21")?.dynamic([crop]).url()?;
/// assert_eq!(
///     url,
///     "https://acme.rokka.io/dynamic/crop-width-[image.width%20/%202]-height-200-anchor-smart/3f9a21.jpg",
/// );
/// # Ok::<(), rokka_render::Error>(())
/// ```
///
/// Reference: [stacks](https://rokka.io/documentation/references/stacks.html).
#[derive(Clone, Debug, PartialEq)]
pub struct Value(pub(crate) Kind);

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Absent,
    Text(String),
    Bool(bool),
    Unsigned(u64),
    /// Below zero.
    Negative(i64),
    Float(f64),
    Expression(Box<str>),
    /// JSON text that no other variant writes.
    Json(Box<str>),
}

impl Value {
    /// Returns an expression, which a URL contains in brackets: `[image.width / 2]`.
    ///
    /// Building the URL rejects unbalanced brackets, control characters, and `.` or `..` between two slashes, which
    /// clients would resolve as a path. Everything else is escaped as needed.
    ///
    /// ```
    /// use rokka_render::{Operation, RenderUrl, Value};
    ///
    /// let resize = Operation::new("resize").option("width", Value::expression("$w"));
    /// let url = RenderUrl::new("acme", "3f9a21")?.dynamic([resize]).variable("w", 300).url()?;
    /// assert_eq!(url, "https://acme.rokka.io/dynamic/resize-width-[$w]/v-w-300/3f9a21.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [expressions](https://rokka.io/documentation/references/stacks.html#expressions).
    #[must_use]
    pub fn expression(expression: impl Into<String>) -> Self {
        Self(Kind::Expression(expression.into().into_boxed_str()))
    }

    /// Returns the string, or `None` if the value is not a string.
    ///
    /// ```
    /// use rokka_render::Value;
    ///
    /// assert_eq!(Value::from("auto").as_str(), Some("auto"));
    /// assert_eq!(Value::from(3).as_str(), None);
    /// ```
    ///
    /// Reference: [stacks](https://rokka.io/documentation/references/stacks.html).
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.0 {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the boolean, or `None` if the value is not a boolean.
    ///
    /// ```
    /// use rokka_render::Value;
    ///
    /// assert_eq!(Value::from(false).as_bool(), Some(false));
    /// ```
    ///
    /// Reference: [stacks](https://rokka.io/documentation/references/stacks.html).
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.0 {
            Kind::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the number, or `None` if the value is not a number. Integers beyond 2^53 are rounded.
    ///
    /// ```
    /// use rokka_render::Value;
    ///
    /// assert_eq!(Value::from(300).as_f64(), Some(300.0));
    /// assert_eq!(Value::from("300").as_f64(), None);
    /// ```
    ///
    /// Reference: [stacks](https://rokka.io/documentation/references/stacks.html).
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn as_f64(&self) -> Option<f64> {
        match self.0 {
            Kind::Unsigned(value) => Some(value as f64),
            Kind::Negative(value) => Some(value as f64),
            Kind::Float(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the expression without its brackets, or `None` if the value is not an expression.
    ///
    /// ```
    /// use rokka_render::Value;
    ///
    /// assert_eq!(Value::expression("$w").as_expression(), Some("$w"));
    /// ```
    ///
    /// Reference: [expressions](https://rokka.io/documentation/references/stacks.html#expressions).
    #[must_use]
    pub fn as_expression(&self) -> Option<&str> {
        match &self.0 {
            Kind::Expression(expression) => Some(expression),
            _ => None,
        }
    }

    /// Converts the value to JSON: an expression to its text, and a float that is not finite to a string, which the
    /// service rejects.
    #[must_use]
    pub fn into_json(self) -> serde_json::Value {
        match self.0 {
            Kind::Absent => serde_json::Value::Null,
            Kind::Text(text) => text.into(),
            Kind::Bool(value) => value.into(),
            Kind::Unsigned(number) => number.into(),
            Kind::Negative(number) => number.into(),
            Kind::Float(number) => {
                // As in a URL, 2.0 becomes `2`.
                let mut text = String::new();
                push_float(&mut text, number);
                match serde_json::from_str::<serde_json::Number>(&text) {
                    Ok(number) => number.into(),
                    Err(_) => text.into(),
                }
            }
            Kind::Expression(expression) => String::from(expression).into(),
            Kind::Json(json) => serde_json::from_str(&json).unwrap_or(serde_json::Value::Null),
        }
    }

    #[inline]
    pub(crate) fn is_absent(&self) -> bool {
        matches!(self.0, Kind::Absent)
    }

    /// Reads a decoded value of a path. A text that equals the text of a number or a boolean becomes one.
    pub(crate) fn from_path(text: &str) -> Self {
        let inner = text
            .strip_prefix('[')
            .and_then(|text| text.strip_suffix(']'));
        if let Some(inner) = inner {
            return Self::expression(inner);
        }
        match text {
            "true" => return Self(Kind::Bool(true)),
            "false" => return Self(Kind::Bool(false)),
            _ => {}
        }
        let starts_as_number = text.bytes().next().is_some_and(|b| b.is_ascii_digit());
        if starts_as_number
            && let Ok(number) = text.parse::<u64>()
            && (text == "0" || !text.starts_with('0'))
        {
            return Self(Kind::Unsigned(number));
        }
        if starts_as_number
            && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && let Ok(number) = text.parse::<f64>()
            && number.is_finite()
            && number.to_string() == text
        {
            return Self(Kind::Float(number));
        }
        Self(Kind::Text(text.to_owned()))
    }

    /// Reads a member of the JSON in `?v=`. A text that would not be written the same again is kept as JSON.
    pub(crate) fn from_json(json: &str) -> Option<Self> {
        if json.starts_with('"') {
            return serde_json::from_str(json)
                .ok()
                .map(|text| Self(Kind::Text(text)));
        }
        match (Self::from_path(json), json.strip_prefix('-')) {
            (value @ Self(Kind::Bool(_) | Kind::Unsigned(_) | Kind::Float(_)), _) => Some(value),
            (_, Some(digits)) => match (Self::from_path(digits), json.parse()) {
                (Self(Kind::Unsigned(1..)), Ok(number)) => Some(Self(Kind::Negative(number))),
                (Self(Kind::Float(number)), _) => Some(Self(Kind::Float(-number))),
                _ => Some(Self(Kind::Json(json.into()))),
            },
            _ => Some(Self(Kind::Json(json.into()))),
        }
    }

    /// Appends the value to a path, or returns why a path cannot carry it.
    pub(crate) fn push_path(&self, out: &mut String) -> Result<(), Cow<'static, str>> {
        match &self.0 {
            Kind::Absent => {}
            Kind::Text(text) if is_name(text) => out.push_str(text),
            Kind::Text(text) => match invalid_text_reason(text) {
                Some(reason) => return Err(reason),
                None => escape::push_text(out, text),
            },
            Kind::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Kind::Unsigned(number) => push_number(out, *number),
            Kind::Negative(_) => return Err(NEGATIVE.into()),
            Kind::Float(number) if !number.is_finite() => {
                return Err("it must be a finite number".into());
            }
            Kind::Float(number) if *number < 0.0 => return Err(NEGATIVE.into()),
            Kind::Float(number) => push_float(out, *number),
            Kind::Expression(expression) => {
                if let Some(reason) = invalid_expression_reason(expression) {
                    return Err(reason.into());
                }
                out.push('[');
                escape::push_text(out, expression);
                out.push(']');
            }
            Kind::Json(_) => return Err("a path cannot carry arrays and objects".into()),
        }
        Ok(())
    }

    /// Whether a variable with this value belongs in the path instead of `?v=`.
    ///
    /// The service documents no exact rule and its clients have different ones; this one is stricter than each of them.
    pub(crate) fn is_path_variable(&self) -> bool {
        match &self.0 {
            Kind::Text(text) => (1..=20).contains(&text.len()) && text.bytes().all(is_name_byte),
            Kind::Bool(_) | Kind::Unsigned(_) | Kind::Expression(_) => true,
            Kind::Float(number) => {
                number.is_finite() && *number >= 0.0 && number.to_string().len() <= 20
            }
            Kind::Absent | Kind::Negative(_) | Kind::Json(_) => false,
        }
    }

    /// Appends the value as JSON, or returns why JSON cannot represent it.
    pub(crate) fn push_json(&self, out: &mut Vec<u8>) -> Result<(), Cow<'static, str>> {
        let written = match &self.0 {
            Kind::Absent => serde_json::to_writer(out, &()),
            Kind::Text(text) => serde_json::to_writer(out, text),
            Kind::Bool(value) => serde_json::to_writer(out, value),
            Kind::Unsigned(number) => serde_json::to_writer(out, number),
            Kind::Negative(number) => serde_json::to_writer(out, number),
            Kind::Float(number) if !number.is_finite() => {
                return Err("it must be a finite number".into());
            }
            Kind::Float(number) => {
                // As in JavaScript, 2.0 becomes `2`.
                let mut text = String::new();
                push_float(&mut text, *number);
                out.extend_from_slice(text.as_bytes());
                Ok(())
            }
            Kind::Expression(_) => return Err("JSON cannot represent an expression".into()),
            Kind::Json(json) => {
                out.extend_from_slice(json.as_bytes());
                Ok(())
            }
        };
        written.map_err(|error| error.to_string().into())
    }
}

const NEGATIVE: &str = "a path cannot carry negative numbers, because `-` separates its parts";

/// Returns why a path cannot carry a string as a value, or `None`.
fn invalid_text_reason(text: &str) -> Option<Cow<'static, str>> {
    if text.is_empty() {
        return Some("a path cannot carry an empty value".into());
    }
    text.chars().find_map(|character| match character {
        '-' => Some("a path cannot carry `-`, which separates its parts".into()),
        '[' | ']' => Some("`[` and `]` mark an expression, see `Value::expression`".into()),
        '/' | '?' | '#' | '%' | '&' | '\\' => Some(
            format!("a path cannot carry `{character}`, for which no escape is documented").into(),
        ),
        _ if character.is_control() => Some("a path cannot carry control characters".into()),
        _ => None,
    })
}

fn invalid_expression_reason(expression: &str) -> Option<&'static str> {
    let mut depth = 0_usize;
    for character in expression.chars() {
        match character {
            '[' => depth += 1,
            ']' => match depth.checked_sub(1) {
                Some(outer) => depth = outer,
                None => return Some("the brackets of an expression must be balanced"),
            },
            _ if character.is_control() => return Some("a path cannot carry control characters"),
            _ => {}
        }
    }
    if depth > 0 {
        Some("the brackets of an expression must be balanced")
    } else if expression.trim().is_empty() {
        Some("the expression must not be empty")
    } else if has_dot_segment(expression) {
        Some("`.` and `..` between slashes would change the path")
    } else {
        None
    }
}

/// Whether clients would resolve a part between two slashes as `.` or `..`. The brackets protect the first and the last
/// part, and escapes are escaped again.
fn has_dot_segment(expression: &str) -> bool {
    let after_first = expression.split_once('/').map(|(_, rest)| rest);
    let Some((inner, _)) = after_first.and_then(|rest| rest.rsplit_once('/')) else {
        return false;
    };
    inner.split('/').any(|part| matches!(part, "." | ".."))
}

pub(crate) fn is_name_byte(byte: u8) -> bool {
    escape::is_plain(byte) && byte != b'-'
}

/// Whether a path can carry the name of an option or a variable.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(is_name_byte)
}

pub(crate) fn push_number(out: &mut String, number: u64) {
    // Three digits at a time: nearly all numbers are sizes in pixels.
    if number >= 1000 {
        push_number(out, number / 1000);
    }
    let mut push = |number: u64| out.push(char::from(b'0' + (number % 10) as u8));
    if number >= 100 {
        push(number / 100);
    }
    if number >= 10 {
        push(number / 10);
    }
    push(number);
}

pub(crate) fn push_float(out: &mut String, number: f64) {
    // Adding zero turns -0 into 0; writing to a string is infallible.
    let _ = write!(out, "{}", number + 0.0);
}

/// Writes the unescaped text: a string as is, an expression in brackets, anything else as JSON.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Absent => Ok(()),
            Kind::Text(text) => f.write_str(text),
            Kind::Bool(value) => write!(f, "{value}"),
            Kind::Unsigned(number) => write!(f, "{number}"),
            Kind::Negative(number) => write!(f, "{number}"),
            Kind::Float(number) => write!(f, "{}", number + 0.0),
            Kind::Expression(expression) => write!(f, "[{expression}]"),
            Kind::Json(json) => f.write_str(json),
        }
    }
}

impl From<&str> for Value {
    #[inline]
    fn from(text: &str) -> Self {
        Self(Kind::Text(text.to_owned()))
    }
}

impl From<String> for Value {
    #[inline]
    fn from(text: String) -> Self {
        Self(Kind::Text(text))
    }
}

impl From<&String> for Value {
    #[inline]
    fn from(text: &String) -> Self {
        Self(Kind::Text(text.clone()))
    }
}

impl From<bool> for Value {
    #[inline]
    fn from(value: bool) -> Self {
        Self(Kind::Bool(value))
    }
}

impl From<u64> for Value {
    #[inline]
    fn from(number: u64) -> Self {
        Self(Kind::Unsigned(number))
    }
}

impl From<i64> for Value {
    #[inline]
    fn from(number: i64) -> Self {
        match u64::try_from(number) {
            Ok(number) => Self(Kind::Unsigned(number)),
            Err(_) => Self(Kind::Negative(number)),
        }
    }
}

macro_rules! from_smaller {
    ($wide:ty: $($number:ty),*) => {
        $(impl From<$number> for Value {
            #[inline]
            fn from(number: $number) -> Self {
                Self::from(<$wide>::from(number))
            }
        })*
    };
}

from_smaller!(u64: u8, u16, u32);
from_smaller!(i64: i8, i16, i32);

impl From<usize> for Value {
    #[inline]
    fn from(number: usize) -> Self {
        // Lossless on all targets with pointers of up to 64 bits.
        Self(Kind::Unsigned(u64::try_from(number).unwrap_or(u64::MAX)))
    }
}

impl From<f64> for Value {
    #[inline]
    fn from(number: f64) -> Self {
        Self(Kind::Float(number))
    }
}

impl From<f32> for Value {
    #[inline]
    fn from(number: f32) -> Self {
        // Through its text, so that 0.1 stays 0.1.
        let wide = number.to_string().parse().unwrap_or(f64::from(number));
        Self(Kind::Float(wide))
    }
}

impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self(Kind::Absent),
            serde_json::Value::Bool(value) => Self::from(value),
            serde_json::Value::String(text) => Self::from(text),
            serde_json::Value::Number(number) => {
                match (number.as_u64(), number.as_i64(), number.as_f64()) {
                    (Some(number), _, _) => Self::from(number),
                    (_, Some(number), _) => Self::from(number),
                    (_, _, Some(number)) => Self::from(number),
                    _ => Self(Kind::Json(number.to_string().into())),
                }
            }
            other => Self(Kind::Json(other.to_string().into())),
        }
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    #[inline]
    fn from(value: Option<T>) -> Self {
        value.map_or(Self(Kind::Absent), Into::into)
    }
}

impl From<&Self> for Value {
    #[inline]
    fn from(value: &Self) -> Self {
        value.clone()
    }
}
