//! Writes the table of operations: what each one takes and returns, for calls by the operation id.

use std::fmt::Write as _;

use serde_json::Value;

use crate::profile::OPEN_ENUM;

/// The parameters whose slashes are literal, which OpenAPI cannot express.
const LITERAL_SLASHES: &[&str] = &["renderPath"];

/// The header that the client sets itself.
const OWN_HEADER: &str = "Api-Version";

const METHODS: &[&str] = &["get", "put", "post", "delete", "patch"];

/// Returns the source of the table, from the description as it is before it is adapted.
pub(crate) fn table(description: &Value) -> String {
    let mut entries: Vec<(String, String)> = Vec::new();
    for (path, item) in description["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            if let Some(operation) = item.get(*method) {
                let id = text(&operation["operationId"]).to_owned();
                entries.push((id, entry(description, path, item, method, operation)));
            }
        }
    }
    entries.sort();
    let entries: String = entries.into_iter().map(|(_, entry)| entry).collect();
    format!(
        "/// Every operation of the description, by its id.\n\
         pub(crate) static DESCRIBED: &[crate::api::ApiOperation] = &[{entries}];"
    )
}

fn entry(description: &Value, path: &str, item: &Value, method: &str, operation: &Value) -> String {
    let mut parameters = String::new();
    let on_render_host = item.get("servers").is_some();
    if on_render_host {
        let server = &item["servers"][0]["variables"];
        for (name, variable) in server.as_object().into_iter().flatten() {
            let about = text(&variable["description"]);
            let kind = "Text";
            write_parameter(&mut parameters, name, "Host", true, kind, about, &[]);
        }
    }
    for list in [&item["parameters"], &operation["parameters"]] {
        for parameter in list.as_array().into_iter().flatten() {
            let parameter = resolved(description, parameter);
            let name = text(&parameter["name"]);
            if name == OWN_HEADER {
                continue;
            }
            let schema = resolved(description, &parameter["schema"]);
            let place = match text(&parameter["in"]) {
                "path" => "Path",
                "header" => "Header",
                _ => "Query",
            };
            let kind = if LITERAL_SLASHES.contains(&name) {
                "Path"
            } else if text(&schema["type"]) == "object" {
                "Fields"
            } else {
                kind(schema)
            };
            let required = parameter["required"] == true;
            let about = text(&parameter["description"]);
            let values = values(schema);
            write_parameter(&mut parameters, name, place, required, kind, about, &values);
        }
    }
    let body = &operation["requestBody"];
    let (form, json) = (
        &body["content"]["multipart/form-data"],
        &body["content"]["application/json"],
    );
    let schema = if form.is_null() { json } else { form };
    let schema = resolved(description, &schema["schema"]);
    let place = if form.is_null() { "Field" } else { "Part" };
    let required: Vec<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .map(text)
        .collect();
    let properties = schema["properties"].as_object();
    for (name, property) in properties.into_iter().flatten() {
        let about = text(&property["description"]);
        let property = resolved(description, property);
        let about = if about.is_empty() {
            text(&property["description"])
        } else {
            about
        };
        let required = required.contains(&name.as_str());
        let values = values(property);
        write_parameter(
            &mut parameters,
            name,
            place,
            required,
            kind(property),
            about,
            &values,
        );
    }
    let is_open =
        text(&schema["type"]) == "object" && properties.is_none_or(serde_json::Map::is_empty);
    let body = match (form.is_null(), json.is_null()) {
        (false, _) => "Form".to_owned(),
        (true, false) => format!(
            "Json {{ required: {}, open: {is_open} }}",
            body["required"] == true
        ),
        (true, true) => "None".to_owned(),
    };
    let mut returns_file = false;
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let content = resolved(description, response)["content"].as_object();
        returns_file |= status.starts_with('2')
            && content.is_some_and(|content| {
                !content.is_empty() && !content.contains_key("application/json")
            });
    }
    let reference = text(&operation["externalDocs"]["url"]);
    let (id, summary) = (text(&operation["operationId"]), text(&operation["summary"]));
    let about = text(&operation["description"]);
    let method = method.to_ascii_uppercase();
    format!(
        "crate::api::ApiOperation {{ id: {id:?}, method: {method:?}, path: {path:?}, on_render_host: {on_render_host}, \
         summary: {summary:?}, description: {about:?}, reference: {reference:?}, parameters: &[{parameters}], \
         body: crate::api::ApiBody::{body}, returns_file: {returns_file} }},"
    )
}

fn write_parameter(
    to: &mut String,
    name: &str,
    place: &str,
    required: bool,
    kind: &str,
    about: &str,
    values: &[&str],
) {
    // Writing to a string cannot fail.
    let _ = write!(
        to,
        "crate::api::ApiParameter {{ name: {name:?}, place: crate::api::ParameterPlace::{place}, required: {required}, \
         kind: crate::api::ParameterKind::{kind}, description: {about:?}, values: &{values:?} }},"
    );
}

fn kind(schema: &Value) -> &'static str {
    match (text(&schema["type"]), text(&schema["format"])) {
        ("string", "binary") => "File",
        ("string", _) => "Text",
        ("integer", _) => "Integer",
        ("boolean", _) => "Boolean",
        _ => "Json",
    }
}

/// Returns the values that are known; an open enum has others, too.
fn values(schema: &Value) -> Vec<&str> {
    let closed = schema["enum"].as_array();
    let open = schema[OPEN_ENUM].as_array();
    let values = closed.or(open).into_iter().flatten();
    values.filter_map(Value::as_str).collect()
}

fn resolved<'a>(description: &'a Value, value: &'a Value) -> &'a Value {
    // A reference that is nullable is the only part of an `allOf`.
    let only = value["allOf"].get(0).unwrap_or(value);
    match only["$ref"].as_str() {
        Some(reference) => {
            let target = description.pointer(reference.trim_start_matches('#'));
            resolved(description, target.expect("a reference has a target"))
        }
        None => value,
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
