//! User metadata as text: `title=A cat`, `int:sku=42`, `array:labels=cat,pet`.

use rokka::UserMetadata;
use serde_json::Value;

/// A field of user metadata with its type prefix, and its value.
pub(crate) type Field = (String, Value);

/// Reads `[TYPE:]NAME=VALUE`.
pub(crate) fn field(text: &str) -> Result<Field, String> {
    let (name, text) = text
        .split_once('=')
        .filter(|(name, _)| !name.is_empty())
        .ok_or("expected [TYPE:]NAME=VALUE, such as title=Cat or int:sku=42")?;
    Ok((name.to_owned(), value(name, text)?))
}

/// Returns the value of a field by the type in its name. The client checks the rest.
pub(crate) fn value(name: &str, text: &str) -> Result<Value, String> {
    let kind = name.split_once(':').map_or("", |(kind, _)| kind);
    Ok(match kind {
        "int" => {
            let number: i64 = text
                .trim()
                .parse()
                .map_err(|_| format!("`{name}` needs a whole number, but has {text:?}"))?;
            number.into()
        }
        "double" => {
            let number: f64 = text
                .trim()
                .parse()
                .map_err(|_| format!("`{name}` needs a number, but has {text:?}"))?;
            // A number that JSON cannot have is refused by the client.
            Value::from(number)
        }
        "array" | "array_text" if text.trim_start().starts_with('[') => serde_json::from_str(text)
            .map_err(|error| {
                format!("`{name}` needs texts between commas, or a JSON array: {error}")
            })?,
        "array" | "array_text" if text.is_empty() => Value::Array(Vec::new()),
        "array" | "array_text" => text
            .split(',')
            .map(|item| Value::from(item.trim()))
            .collect(),
        _ => text.into(),
    })
}

/// Returns the fields as the client takes them.
pub(crate) fn all(fields: impl IntoIterator<Item = Field>) -> UserMetadata {
    fields.into_iter().collect()
}

/// Returns a value as a person reads it.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_has_the_type_of_its_name() {
        for (text, name, value) in [
            ("title=A = B", "title", json!("A = B")),
            ("int:sku=42", "int:sku", json!(42)),
            ("double:price=1.5", "double:price", json!(1.5)),
            (
                "array:labels=cat, pet",
                "array:labels",
                json!(["cat", "pet"]),
            ),
            ("array:labels=[\"a,b\"]", "array:labels", json!(["a,b"])),
            (
                "date:taken=2026-01-01T00:00:00Z",
                "date:taken",
                json!("2026-01-01T00:00:00Z"),
            ),
            ("empty=", "empty", json!("")),
        ] {
            assert_eq!(field(text).unwrap(), (name.to_owned(), value), "{text}");
        }
        for wrong in [
            "title",
            "=x",
            "int:sku=many",
            "double:price=",
            "array:labels=[1",
        ] {
            assert!(field(wrong).is_err(), "{wrong}");
        }
    }
}
