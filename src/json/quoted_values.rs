//! Decoding errors without the values that they quote.

use std::fmt::Write as _;

use serde::de::Error as _;

/// What serde writes before a value in backticks.
const BEFORE_VALUES: &[&str] = &[
    "boolean `",
    "character `",
    "floating point `",
    "integer `",
    "unknown field `",
    "unknown variant `",
];

/// What serde writes after it.
const AFTER_VALUES: &[&str] = &["`, expected ", "`, there are no "];

/// The error with the kinds of the values that it quotes in place of the values. Line and column stay.
pub(crate) fn without_values(error: serde_json::Error) -> serde_json::Error {
    if !error.is_data() {
        return error;
    }
    let text = error.to_string();
    match redacted(&text) {
        // serde_json reads line and column out of the text.
        Some(text) => serde_json::Error::custom(text),
        None => error,
    }
}

fn redacted(text: &str) -> Option<String> {
    if let Some((before, rest)) = text.split_once("string \"") {
        let rest = after_string(rest).unwrap_or_default();
        return Some(format!("{before}string{rest}"));
    }
    let (before, rest) = BEFORE_VALUES.iter().find_map(|mark| {
        let at = text.find(mark)?;
        text.split_at_checked(at + mark.len())
    })?;
    let end = AFTER_VALUES.iter().find_map(|mark| rest.rfind(mark))?;
    let (_, rest) = rest.split_at_checked(end + 1)?;
    let mut text = before.trim_end_matches(" `").to_owned();
    write!(text, "{rest}").ok()?;
    Some(text)
}

/// What follows a string literal whose opening quote is gone.
fn after_string(text: &str) -> Option<&str> {
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return text.get(at + 1..),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde::Deserialize;
    use serde::de::DeserializeOwned;

    use super::*;

    fn error<T: DeserializeOwned + std::fmt::Debug>(json: &str) -> serde_json::Error {
        without_values(serde_json::from_str::<T>(json).unwrap_err())
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct One {
        #[expect(dead_code, reason = "only its errors count")]
        one: u8,
    }

    #[derive(Debug, Deserialize)]
    enum Word {
        One,
        Two,
    }

    #[test]
    fn values_are_left_out() {
        for (error, expected) in [
            (
                error::<u8>(r#""S3cret""#),
                "invalid type: string, expected u8 at line 1 column 8",
            ),
            (
                error::<u8>(r#""S3\"cr`, expected \\\" et""#),
                "invalid type: string, expected u8 at line 1 column 27",
            ),
            (
                error::<u8>("123456"),
                "invalid value: integer, expected u8 at line 1 column 6",
            ),
            (
                error::<String>("123456"),
                "invalid type: integer, expected a string at line 1 column 6",
            ),
            (
                error::<u8>("12.5"),
                "invalid type: floating point, expected u8 at line 1 column 4",
            ),
            (
                error::<Vec<u8>>("true"),
                "invalid type: boolean, expected a sequence at line 1 column 4",
            ),
            (
                error::<Word>(r#""S3`, expected cret""#),
                "unknown variant, expected `One` or `Two` at line 1 column 20",
            ),
            (
                error::<One>(r#"{"S3cret":1}"#),
                "unknown field, expected `one` at line 1 column 9",
            ),
            (
                error::<One>("{\n}"),
                "missing field `one` at line 2 column 1",
            ),
            (
                error::<One>(r#"{"one":1,"one":1}"#),
                "duplicate field `one` at line 1 column 14",
            ),
            (
                error::<One>("[1"),
                "EOF while parsing a list at line 1 column 2",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
            assert!(expected.ends_with(&format!(
                " at line {} column {}",
                error.line(),
                error.column()
            )));
        }
    }
}
