//! The operations of a description.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use super::change::Place;
use crate::document::Document;

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "patch", "head", "options", "trace",
];

/// An operation: its place in the document, and its content.
pub(super) struct Operation<'a> {
    pub(super) id: &'a str,
    pub(super) method: String,
    pub(super) path: String,
    /// Whether `rokka::api` has a method for it; the profile leaves out forms with files and operations of other hosts.
    pub(super) generated: bool,
    pub(super) parameters: BTreeMap<Key<'a>, &'a Value>,
    pub(super) body: Option<&'a Value>,
    pub(super) responses: BTreeMap<&'a str, &'a Value>,
    pub(super) deprecated: bool,
}

/// The identity of a parameter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key<'a> {
    /// By position: neither the service nor a caller in Rust sees the name.
    Path(usize),
    Query(&'a str),
    /// In lower case.
    Header(String),
    Cookie(&'a str),
}

impl Key<'_> {
    /// Returns the location of the parameter.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Path(_) => "path",
            Self::Query(_) => "query",
            Self::Header(_) => "header",
            Self::Cookie(_) => "cookie",
        }
    }
}

impl Operation<'_> {
    pub(super) fn place(&self) -> Place {
        Place::Operation {
            path: self.path.clone(),
            method: self.method.clone(),
            id: self.id.to_owned(),
        }
    }
}

/// All operations, by method and path with the names of the placeholders taken out.
pub(super) fn operations(document: &Document) -> Result<BTreeMap<(String, String), Operation<'_>>> {
    let name = document.name();
    let paths = document
        .root
        .get("paths")
        .and_then(Value::as_object)
        .with_context(|| format!("{name} has no paths"))?;
    let mut found = BTreeMap::new();
    for (path, item) in paths {
        let item = document
            .resolve(item)?
            .as_object()
            .with_context(|| format!("{path} of {name} is no object"))?;
        let path = served_at(document, item) + path;
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let method = method.to_ascii_uppercase();
            let place = format!("{method} {path} of {name}");
            let operation = operation
                .as_object()
                .with_context(|| format!("{place} is not an object"))?;
            let id = operation
                .get("operationId")
                .and_then(Value::as_str)
                .with_context(|| format!("{place} has no operationId"))?;
            let body = operation
                .get("requestBody")
                .map(|body| document.resolve(body))
                .transpose()?;
            let file =
                body.is_some_and(|body| body.pointer("/content/multipart~1form-data").is_some());
            let call = Operation {
                id,
                generated: !file && !item.contains_key("servers"),
                parameters: parameters(document, &path, &place, [item, operation])?,
                body,
                responses: responses(document, &place, operation)?,
                deprecated: operation.get("deprecated") == Some(&Value::Bool(true)),
                path: path.clone(),
                method: method.clone(),
            };
            if found.insert((anonymous(&path), method), call).is_some() {
                bail!("{place} is defined twice, with different placeholder names");
            }
        }
    }
    if found.is_empty() {
        bail!("{name} has no operations");
    }
    Ok(found)
}

/// Returns the path of the server of a path item, without the host.
fn served_at(document: &Document, item: &Map<String, Value>) -> String {
    let server = item.get("servers").or_else(|| document.root.get("servers"));
    let url = server
        .and_then(|servers| servers.pointer("/0/url"))
        .and_then(Value::as_str)
        .unwrap_or_default();
    let after_host = url.split_once("://").map_or(url, |(_, rest)| {
        rest.find('/')
            .and_then(|at| rest.get(at..))
            .unwrap_or_default()
    });
    after_host.trim_end_matches('/').to_owned()
}

/// Returns the path without the names of its placeholders.
fn anonymous(path: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in path.chars() {
        match letter {
            '{' => inside = true,
            '}' => {
                inside = false;
                text.push_str("{}");
            }
            _ if inside => {}
            letter => text.push(letter),
        }
    }
    text
}

fn parameters<'a>(
    document: &'a Document,
    path: &str,
    place: &str,
    holders: [&'a Map<String, Value>; 2],
) -> Result<BTreeMap<Key<'a>, &'a Value>> {
    let names: Vec<&str> = path
        .split('{')
        .skip(1)
        .filter_map(|part| part.split('}').next())
        .collect();
    let mut found = BTreeMap::new();
    // Parameters of the operation come last: they override those of the path.
    for parameter in holders
        .iter()
        .filter_map(|holder| holder.get("parameters"))
        .flat_map(|list| list.as_array().into_iter().flatten())
    {
        let parameter = document.resolve(parameter)?;
        let text = |key: &str| parameter.get(key).and_then(Value::as_str);
        let (Some(name), Some(kind)) = (text("name"), text("in")) else {
            bail!("{place} has a parameter without `name` or `in`: {parameter}");
        };
        let key = match kind {
            "path" => {
                let position = names.iter().position(|one| *one == name);
                Key::Path(position.with_context(|| {
                    format!("{place} has no placeholder for the path parameter `{name}`")
                })?)
            }
            "query" => Key::Query(name),
            "cookie" => Key::Cookie(name),
            "header" => match name.to_ascii_lowercase() {
                // OpenAPI ignores the first three, and the client sets the last two.
                ignored
                    if [
                        "accept",
                        "content-type",
                        "authorization",
                        "api-key",
                        "api-version",
                    ]
                    .contains(&ignored.as_str()) =>
                {
                    continue;
                }
                name => Key::Header(name),
            },
            other => {
                bail!(
                    "{place} has a parameter `{name}` in {other:?}, which OpenAPI does not define"
                )
            }
        };
        found.insert(key, parameter);
    }
    Ok(found)
}

fn responses<'a>(
    document: &'a Document,
    place: &str,
    operation: &'a Map<String, Value>,
) -> Result<BTreeMap<&'a str, &'a Value>> {
    operation
        .get("responses")
        .and_then(Value::as_object)
        .with_context(|| format!("{place} has no responses"))?
        .iter()
        .map(|(status, response)| Ok((status.as_str(), document.resolve(response)?)))
        .collect()
}
