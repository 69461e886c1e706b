//! Reads the operations of `openapi/rokka.json` and the examples of their responses.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::document::Document;

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// The description, with its operations in the order of their tags, paths and methods.
pub(crate) struct Description {
    pub(crate) document: Document,
    pub(crate) operations: Vec<Operation>,
}

pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) tag: String,
    pub(crate) summary: String,
    /// The documented success responses.
    pub(crate) successes: Vec<Success>,
    /// Whether the body is multipart.
    pub(crate) multipart: bool,
    /// Whether a parameter is a map whose entries are separate parameters.
    pub(crate) query_map: bool,
}

pub(crate) struct Success {
    pub(crate) status: String,
    /// The schema of the response, if it is JSON.
    pub(crate) schema: Option<Value>,
    /// Whether the response is a file.
    pub(crate) file: bool,
    /// Examples by name.
    pub(crate) examples: Vec<(String, Value)>,
}

impl Operation {
    /// Whether the documented success responses differ.
    pub(crate) fn successes_differ(&self) -> bool {
        self.successes
            .windows(2)
            .any(|pair| matches!(pair, [one, other] if one.schema != other.schema))
    }

    pub(crate) fn returns_file(&self) -> bool {
        self.successes.iter().any(|success| success.file)
    }
}

impl Description {
    #[cfg(test)]
    pub(crate) fn of(root: Value) -> Self {
        Self::new(Document::new(root, "test.json"))
            .unwrap_or_else(|error| unreachable!("{error:#}"))
    }

    pub(crate) fn new(document: Document) -> Result<Self> {
        let mut operations = Vec::new();
        for (path, item) in document
            .root
            .get("paths")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            for method in METHODS {
                if let Some(operation) = item.get(method) {
                    operations.push(
                        read(&document, method, path, item, operation)
                            .with_context(|| format!("{method} {path} of {}", document.name()))?,
                    );
                }
            }
        }
        if operations.is_empty() {
            bail!("{} has no operation", document.name());
        }
        let tags: Vec<&str> = document
            .root
            .get("tags")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|tag| tag["name"].as_str())
            .collect();
        let place = |operation: &Operation| {
            tags.iter()
                .position(|tag| *tag == operation.tag)
                .unwrap_or(tags.len())
        };
        operations.sort_by_key(place);
        Ok(Self {
            document,
            operations,
        })
    }

    pub(crate) fn version(&self) -> &str {
        self.document
            .root
            .pointer("/info/version")
            .and_then(Value::as_str)
            .unwrap_or("unknown")
    }
}

fn read(
    document: &Document,
    method: &str,
    path: &str,
    item: &Value,
    operation: &Value,
) -> Result<Operation> {
    let text = |key: &str| operation[key].as_str().map(str::to_owned);
    let mut query_map = false;
    for parameter in [item, operation]
        .into_iter()
        .filter_map(|owner| owner["parameters"].as_array())
        .flatten()
    {
        let parameter = document.resolve(parameter)?;
        query_map |= parameter["in"] == "query"
            && document.resolve(&parameter["schema"])?["type"] == "object";
    }
    let mut successes = Vec::new();
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        if !status.starts_with('2') {
            continue;
        }
        let response = document.resolve(response)?;
        let json = response.pointer("/content/application~1json");
        let mut examples = Vec::new();
        if let Some(json) = json {
            examples.extend(
                json.get("example")
                    .map(|value| ("example".to_owned(), value.clone())),
            );
            for (name, example) in json["examples"].as_object().into_iter().flatten() {
                let example = document.resolve(example)?;
                examples.extend(
                    example
                        .get("value")
                        .map(|value| (name.clone(), value.clone())),
                );
            }
            if examples.is_empty() {
                bail!("the response {status} has no example");
            }
        }
        successes.push(Success {
            status: status.clone(),
            schema: json.and_then(|json| json.get("schema")).cloned(),
            file: json.is_none() && response.get("content").is_some(),
            examples,
        });
    }
    Ok(Operation {
        id: text("operationId").context("there is no operationId")?,
        method: method.to_uppercase(),
        path: path.to_owned(),
        tag: operation
            .pointer("/tags/0")
            .and_then(Value::as_str)
            .unwrap_or("other")
            .to_owned(),
        summary: text("summary").unwrap_or_default(),
        successes,
        multipart: operation
            .pointer("/requestBody/content/multipart~1form-data")
            .is_some(),
        query_map,
    })
}
