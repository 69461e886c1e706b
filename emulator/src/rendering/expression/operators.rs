//! The operators between values, which convert and compare them as PHP does.

use std::cmp::Ordering;

use regex_lite::RegexBuilder;
use serde_json::{Number, Value};

/// The longest text of an expression in bytes.
const MAX_TEXT: usize = 10_000;

/// The most numbers of a range.
const MAX_RANGE: i64 = 1_000;

/// The most memory that a regular expression takes, in bytes.
const MAX_PATTERN: usize = 64 * 1024;

#[derive(Clone, Copy, Debug)]
enum Numeric {
    Int(i64),
    Float(f64),
}

impl Numeric {
    #[allow(clippy::cast_precision_loss)] // As in PHP.
    fn float(self) -> f64 {
        match self {
            Self::Int(number) => number as f64,
            Self::Float(number) => number,
        }
    }

    fn value(self) -> Result<Value, String> {
        match self {
            Self::Int(number) => Ok(Value::from(number)),
            Self::Float(number) => Number::from_f64(number)
                .map(Value::Number)
                .ok_or_else(|| "the result is not a finite number".to_owned()),
        }
    }
}

fn numeric_text(text: &str) -> Option<Numeric> {
    let text = text.trim();
    // Rust reads `inf` and `nan` as numbers, PHP does not.
    let plain =
        |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | '-' | '+' | 'e' | 'E');
    if !text.chars().all(plain) {
        return None;
    }
    match text.parse() {
        Ok(number) => Some(Numeric::Int(number)),
        Err(_) => text.parse().ok().map(Numeric::Float),
    }
}

fn numeric(value: &Value) -> Result<Numeric, String> {
    let found = match value {
        Value::Null | Value::Bool(false) => Some(Numeric::Int(0)),
        Value::Bool(true) => Some(Numeric::Int(1)),
        Value::Number(number) => number
            .as_i64()
            .map(Numeric::Int)
            .or_else(|| number.as_f64().map(Numeric::Float)),
        Value::String(text) => numeric_text(text),
        _ => None,
    };
    found.ok_or_else(|| format!("{} is not a number", shown(value)))
}

#[allow(clippy::cast_possible_truncation)] // Saturating.
fn integer(value: &Value) -> Result<i64, String> {
    Ok(match numeric(value)? {
        Numeric::Int(number) => number,
        Numeric::Float(number) => number as i64,
    })
}

fn shown(value: &Value) -> String {
    let mut text = value.to_string();
    if text.len() > 50 {
        let end = (0..=50).rev().find(|end| text.is_char_boundary(*end));
        text.truncate(end.unwrap_or(0));
        text.push('…');
    }
    format!("`{text}`")
}

/// Whether a value counts as true.
pub(crate) fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !matches!(text.as_str(), "" | "0"),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

/// Returns a value as text.
pub(super) fn text(value: &Value) -> Result<String, String> {
    Ok(match value {
        Value::Null | Value::Bool(false) => String::new(),
        Value::Bool(true) => "1".to_owned(),
        // PHP writes 2.0 as 2.
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 1e15 => {
                format!("{float:.0}")
            }
            _ => number.to_string(),
        },
        Value::String(text) => text.clone(),
        _ => return Err(format!("{} is not a text", shown(value))),
    })
}

pub(super) fn negative(value: &Value) -> Result<Value, String> {
    match numeric(value)? {
        Numeric::Int(number) => match number.checked_neg() {
            Some(number) => Ok(Value::from(number)),
            None => Numeric::Float(-Numeric::Int(number).float()).value(),
        },
        Numeric::Float(number) => Numeric::Float(-number).value(),
    }
}

pub(super) fn positive(value: &Value) -> Result<Value, String> {
    numeric(value)?.value()
}

pub(super) fn complement(value: &Value) -> Result<Value, String> {
    Ok(Value::from(!integer(value)?))
}

/// Applies an operator to two values; `and`, `or` and conditions are decided elsewhere.
pub(super) fn binary(operator: &str, left: &Value, right: &Value) -> Result<Value, String> {
    let decided = match operator {
        "==" => loosely_equal(left, right),
        "!=" => !loosely_equal(left, right),
        "===" => equal(left, right),
        "!==" => !equal(left, right),
        "<" => compare(left, right) == Some(Ordering::Less),
        ">" => compare(left, right) == Some(Ordering::Greater),
        "<=" => matches!(compare(left, right), Some(Ordering::Less | Ordering::Equal)),
        ">=" => matches!(
            compare(left, right),
            Some(Ordering::Greater | Ordering::Equal)
        ),
        "in" => is_in(left, right)?,
        "not in" => !is_in(left, right)?,
        "contains" => text(left)?.contains(&text(right)?),
        "starts with" => text(left)?.starts_with(&text(right)?),
        "ends with" => text(left)?.ends_with(&text(right)?),
        "matches" => matches_pattern(&text(left)?, &text(right)?)?,
        "xor" => is_true(left) != is_true(right),
        "~" => return concatenated(left, right),
        ".." => return range(left, right),
        "&" => return Ok(Value::from(integer(left)? & integer(right)?)),
        "|" => return Ok(Value::from(integer(left)? | integer(right)?)),
        "^" => return Ok(Value::from(integer(left)? ^ integer(right)?)),
        "<<" | ">>" => return shifted(operator, left, right),
        _ => return arithmetic(operator, left, right),
    };
    Ok(Value::Bool(decided))
}

fn concatenated(left: &Value, right: &Value) -> Result<Value, String> {
    let mut joined = text(left)?;
    joined.push_str(&text(right)?);
    if joined.len() > MAX_TEXT {
        return Err("a text becomes too long".to_owned());
    }
    Ok(Value::String(joined))
}

fn range(left: &Value, right: &Value) -> Result<Value, String> {
    let (first, last) = (integer(left)?, integer(right)?);
    if last.saturating_sub(first).saturating_abs() >= MAX_RANGE {
        return Err(format!("a range has more than {MAX_RANGE} numbers"));
    }
    let mut numbers: Vec<i64> = (first.min(last)..=first.max(last)).collect();
    if last < first {
        numbers.reverse();
    }
    Ok(Value::from(numbers))
}

fn shifted(operator: &str, left: &Value, right: &Value) -> Result<Value, String> {
    let (number, by) = (integer(left)?, integer(right)?);
    let by = u32::try_from(by).map_err(|_| "a number is shifted by less than 0".to_owned())?;
    Ok(Value::from(match operator {
        "<<" => number.checked_shl(by).unwrap_or(0),
        _ => number
            .checked_shr(by)
            .unwrap_or(if number < 0 { -1 } else { 0 }),
    }))
}

fn arithmetic(operator: &str, left: &Value, right: &Value) -> Result<Value, String> {
    let (left, right) = (numeric(left)?, numeric(right)?);
    if let (Numeric::Int(left), Numeric::Int(right)) = (left, right) {
        let exact = match operator {
            "+" => left.checked_add(right),
            "-" => left.checked_sub(right),
            "*" => left.checked_mul(right),
            "/" if right != 0 => left.checked_rem(right).and_then(|rest| match rest {
                0 => left.checked_div(right),
                _ => None,
            }),
            "**" => u32::try_from(right)
                .ok()
                .and_then(|power| left.checked_pow(power)),
            _ => None,
        };
        if let Some(number) = exact {
            return Ok(Value::from(number));
        }
    }
    let (float, other) = (left.float(), right.float());
    let result = match operator {
        "+" => float + other,
        "-" => float - other,
        "*" => float * other,
        "/" if other == 0.0 => return Err("it divides by 0".to_owned()),
        "/" => float / other,
        "**" => float.powf(other),
        "%" => return remainder(left, right),
        _ => return Err(format!("`{operator}` is no operator")),
    };
    Numeric::Float(result).value()
}

#[allow(clippy::cast_possible_truncation)] // Saturating.
fn remainder(left: Numeric, right: Numeric) -> Result<Value, String> {
    let whole = |number: Numeric| match number {
        Numeric::Int(number) => number,
        Numeric::Float(number) => number as i64,
    };
    let (left, right) = (whole(left), whole(right));
    if right == 0 {
        return Err("it divides by 0".to_owned());
    }
    Ok(Value::from(left.checked_rem(right).unwrap_or(0)))
}

/// Whether two values have the same type and value. Numbers have one type.
fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(_), Value::Number(_)) => compare(left, right) == Some(Ordering::Equal),
        _ => left == right,
    }
}

fn loosely_equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Bool(flag), other) | (other, Value::Bool(flag)) => *flag == is_true(other),
        (Value::Null, Value::String(text)) | (Value::String(text), Value::Null) => text.is_empty(),
        (Value::Null, other) | (other, Value::Null) => !is_true(other),
        (Value::Array(_) | Value::Object(_), _) | (_, Value::Array(_) | Value::Object(_)) => {
            left == right
        }
        _ => compare(left, right) == Some(Ordering::Equal),
    }
}

/// Compares as numbers if both can be read as such, else as texts.
fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    if let (Value::Bool(_) | Value::Null, _) | (_, Value::Bool(_) | Value::Null) = (left, right) {
        let is_text = left.is_string() || right.is_string();
        if !is_text || left.is_boolean() || right.is_boolean() {
            return match (numeric(left), numeric(right)) {
                (Ok(left), Ok(right)) => left.float().partial_cmp(&right.float()),
                _ => is_true(left).partial_cmp(&is_true(right)),
            };
        }
    }
    match (numeric_operand(left), numeric_operand(right)) {
        (Some(Numeric::Int(left)), Some(Numeric::Int(right))) => Some(left.cmp(&right)),
        (Some(left), Some(right)) => left.float().partial_cmp(&right.float()),
        _ => Some(text(left).ok()?.cmp(&text(right).ok()?)),
    }
}

fn numeric_operand(value: &Value) -> Option<Numeric> {
    match value {
        Value::Number(_) | Value::String(_) => numeric(value).ok(),
        _ => None,
    }
}

fn is_in(value: &Value, list: &Value) -> Result<bool, String> {
    match list {
        Value::Array(list) => Ok(list.iter().any(|item| equal(value, item))),
        Value::Object(map) => Ok(map.values().any(|item| equal(value, item))),
        Value::Null => Ok(false),
        _ => Err(format!("{} is not a list", shown(list))),
    }
}

/// Whether a text matches a pattern of PHP: with delimiters, and flags behind them.
pub(crate) fn matches_pattern(text: &str, pattern: &str) -> Result<bool, String> {
    let broken = || {
        format!(
            "{} is no pattern such as `/^a/i`",
            shown(&Value::from(pattern))
        )
    };
    let pattern = pattern.trim_start();
    let open = pattern.chars().next().ok_or_else(broken)?;
    if open.is_alphanumeric() || open == '\\' {
        return Err(broken());
    }
    let close = match open {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        other => other,
    };
    let inside = pattern.get(open.len_utf8()..).unwrap_or_default();
    let (inside, flags) = inside.rsplit_once(close).ok_or_else(broken)?;
    let mut builder = RegexBuilder::new(inside);
    builder.size_limit(MAX_PATTERN);
    for flag in flags.trim().chars() {
        match flag {
            'i' => builder.case_insensitive(true),
            'm' => builder.multi_line(true),
            's' => builder.dot_matches_new_line(true),
            'x' => builder.ignore_whitespace(true),
            'U' => builder.swap_greed(true),
            // Texts are Unicode anyway.
            'u' => &mut builder,
            _ => return Err(broken()),
        };
    }
    let pattern = builder
        .build()
        .map_err(|_| format!("{} cannot be compiled", shown(&Value::from(pattern))))?;
    Ok(pattern.is_match(text))
}
