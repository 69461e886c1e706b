//! The parameters and the body of `rokka api`.

use std::path::{Path, PathBuf};

use rokka::api::{ApiOperation, ParameterKind};
use serde_json::Value;

use crate::failure::Failure;
use crate::text_file;

/// A parameter of an operation.
#[derive(Debug, PartialEq)]
pub(super) enum Parameter {
    /// A value.
    Value(String, Value),
    /// A file to send.
    File(String, PathBuf),
}

impl Parameter {
    /// Reads `NAME=VALUE`, `NAME=@FILE` or `NAME:=JSON`.
    pub(super) fn parse(text: &str, operation: &ApiOperation) -> Result<Self, Failure> {
        let (name, value) = split(text)?;
        if let Some(name) = name.strip_suffix(':') {
            let value = serde_json::from_str(value).map_err(|error| {
                Failure::usage(format!("invalid JSON: {error}")).about(format_args!("`{name}`"))
            })?;
            return Ok(Self::Value(name.to_owned(), value));
        }
        let is_file = |name: &str| {
            let parameter = operation.parameter(name);
            parameter.is_some_and(|parameter| parameter.kind == ParameterKind::File)
        };
        match value.strip_prefix('@') {
            Some(path) if is_file(name) => Ok(Self::File(name.to_owned(), PathBuf::from(path))),
            Some(path) => {
                let text = text_file::read(Path::new(path))?;
                Ok(Self::Value(
                    name.to_owned(),
                    text.trim_end_matches(['\n', '\r']).into(),
                ))
            }
            None if is_file(name) => Err(Failure::usage(format!("`{name}` is a file"))
                .with_hint(format!("write {name}=@{value}"))),
            None => Ok(Self::Value(name.to_owned(), value.into())),
        }
    }
}

/// Reads `NAME=VALUE`.
pub(super) fn split(text: &str) -> Result<(&str, &str), Failure> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name, value)),
        _ => Err(Failure::usage(format!(
            "`{text}` is not a parameter: write NAME=VALUE"
        ))),
    }
}

/// Reads the argument of `--body`: JSON, `@FILE`, or `-`.
pub(super) fn body(text: &str) -> Result<Value, Failure> {
    let (about, text) = match text.strip_prefix('@') {
        Some(path) => (path.to_owned(), text_file::read(Path::new(path))?),
        None if text == "-" => (
            "standard input".to_owned(),
            text_file::read(Path::new("-"))?,
        ),
        None => ("--body".to_owned(), text.to_owned()),
    };
    serde_json::from_str(&text).map_err(|error| {
        Failure::usage(format!("invalid JSON: {error}"))
            .about(about)
            .with_hint("a text is JSON with quotes: '\"a text\"'")
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_parameter_is_a_value_or_a_file() {
        let upload = ApiOperation::find("createSourceImage").unwrap();
        let parse = |text: &str| Parameter::parse(text, upload);
        let value = |name: &str, value: Value| Parameter::Value(name.to_owned(), value);
        assert_eq!(
            parse("optimize_source=true").unwrap(),
            value("optimize_source", "true".into())
        );
        assert_eq!(parse("x:=[1, true]").unwrap(), value("x", json!([1, true])));
        assert_eq!(
            parse("int:sku=4=2").unwrap(),
            value("int:sku", "4=2".into())
        );
        assert_eq!(parse("int:sku:=42").unwrap(), value("int:sku", 42.into()));
        let file = Parameter::File("filedata[1]".to_owned(), "cat.jpg".into());
        assert_eq!(parse("filedata[1]=@cat.jpg").unwrap(), file);
        for (wrong, expected) in [
            ("organization", "write NAME=VALUE"),
            ("=x", "write NAME=VALUE"),
            ("x:={", "`x`: invalid JSON"),
            ("filedata=cat.jpg", "`filedata` is a file"),
            ("x=@/no/such/file", "/no/such/file: "),
        ] {
            let failure = parse(wrong).unwrap_err();
            assert!(failure.message.contains(expected), "{wrong}: {failure}");
        }
        assert_eq!(body(r#"{"a": 1}"#).unwrap(), json!({"a": 1}));
        assert!(
            body("{")
                .unwrap_err()
                .message
                .starts_with("--body: invalid JSON")
        );
    }
}
