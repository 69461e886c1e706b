//! Arguments of the form `NAME=VALUE`.

/// Reads `NAME=VALUE`.
pub(crate) fn named_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

/// Returns the value of a name as what it looks like: a whole number, `true` or `false`, or text.
pub(crate) fn typed(text: &str) -> serde_json::Value {
    match text {
        "true" => true.into(),
        "false" => false.into(),
        // A text such as `007` stays one.
        _ => match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => number.into(),
            _ => text.into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_what_it_looks_like() {
        for (text, expected) in [
            ("300", json!(300)),
            ("-2", json!(-2)),
            ("true", json!(true)),
            ("007", json!("007")),
            ("1e5", json!("1e5")),
            ("a b", json!("a b")),
            ("", json!("")),
        ] {
            assert_eq!(typed(text), expected, "{text}");
        }
        let parsed = named_value("w=a=b");
        assert_eq!(parsed, Ok(("w".to_owned(), "a=b".to_owned())));
        assert!(named_value("w").is_err());
        assert!(named_value("=w").is_err());
    }
}
