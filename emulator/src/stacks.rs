//! Stacks, and the catalogues of operations and stack options.

use std::collections::BTreeSet;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::image::Timestamp;
use super::organization::Organization;
use super::request::Request;
use super::response::{HandlerResult, Response};
use super::stack_rules;

/// Recorded responses of the service.
const OPERATIONS: &str = include_str!("catalogue/operations.json");
const OPTIONS: &str = include_str!("catalogue/stack_options.json");

pub(crate) fn operations() -> Response {
    Response::bytes(200, "application/json", OPERATIONS)
}

pub(crate) fn options() -> Response {
    Response::bytes(200, "application/json", OPTIONS)
}

fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let reserved = name == "dynamic" || (name.starts_with('_') && !name.starts_with("_preview"));
    !name.is_empty() && name.bytes().all(plain) && !reserved
}

pub(crate) fn list(organization: &Organization, request: &Request) -> HandlerResult {
    let limit: usize = match request.parameter("limit") {
        None => 1000,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| *limit <= 2000)
            .ok_or_else(|| Response::bad_request("`limit` must be 0 to 2000"))?,
    };
    let after = match request.parameter("offset") {
        None | Some("") => String::new(),
        Some(cursor) => read_cursor(cursor)
            .ok_or_else(|| Response::bad_request("`offset` must be the `cursor` of a page"))?,
    };
    let mut rest = organization
        .stacks()
        .iter()
        .filter(|(name, _)| **name > after);
    let page: Vec<_> = rest.by_ref().take(limit).collect();
    let last = page.last().map(|(name, _)| name.as_str());
    let body = Page {
        items: page.iter().map(|(_, stack)| Shown(stack)).collect(),
        cursor: last.filter(|_| rest.next().is_some()).map(cursor),
    };
    Ok(Response::json(200, &body))
}

/// Returns the cursor after a stack.
fn cursor(name: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{CURSOR}{name}"))
}

/// Returns the name of the stack before a cursor. A number, which some lists take here, is none.
fn read_cursor(text: &str) -> Option<String> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    text.strip_prefix(CURSOR).map(str::to_owned)
}

/// What every cursor starts with.
const CURSOR: &str = "after:";

fn find<'a>(organization: &'a Organization, name: &str) -> Result<&'a Value, Response> {
    organization
        .stacks()
        .get(name)
        .ok_or_else(|| Response::not_found("Stack"))
}

pub(crate) fn get(organization: &Organization, name: &str) -> HandlerResult {
    let mut stack = find(organization, name)?.clone();
    if let Value::Object(stack) = &mut stack {
        let link = format!("/stacks/{}/{name}", organization.name());
        stack.insert("link".to_owned(), link.into());
    }
    Ok(Response::json(200, &Shown(&stack)))
}

pub(crate) fn put(organization: &mut Organization, name: &str, request: &Request) -> HandlerResult {
    if !is_name(name) {
        return Err(Response::bad_request(
            "The stack name must be letters, digits, `-` and `_`, and not a reserved name",
        ));
    }
    let overwrite = request.flag("overwrite")?;
    let body = match request.json()? {
        Value::Object(body) => body,
        // The guide to uploads sends the list of operations alone.
        Value::Array(operations) => Map::from_iter([("operations".to_owned(), operations.into())]),
        _ => return Err(Response::bad_request("The body must be a JSON object")),
    };
    let former = organization.stacks().get(name);
    if former.is_some() && !overwrite {
        return Err(Response::error(
            409,
            "The stack exists; set `overwrite` to replace it",
        ));
    }
    let part = |short: &str| {
        let long = format!("stack_{short}");
        body.get(short).or_else(|| body.get(&long)).cloned()
    };
    let mut operations = part("operations")
        .filter(Value::is_array)
        .ok_or_else(|| Response::bad_request("`operations` must be a list"))?;
    for operation in operations.as_array_mut().into_iter().flatten() {
        if !operation.get("name").is_some_and(Value::is_string) {
            return Err(Response::bad_request("An operation must have a name"));
        }
        if let Value::Object(operation) = operation {
            // Every stored operation has options.
            let options = object(operation.remove("options"));
            operation.insert("options".to_owned(), options);
        }
    }
    let options = object(part("options"));
    let protected = |options: &Value| options.get("protected") == Some(&Value::Bool(true));
    if let Some(former) = former
        && protected(&options)
        && !former.get("stack_options").is_some_and(protected)
    {
        return Err(Response::bad_request(
            "An existing stack cannot become protected",
        ));
    }
    let status = if former.is_some() { 200 } else { 201 };
    let mut stack = Map::new();
    stack.insert("organization".to_owned(), organization.name().into());
    stack.insert("name".to_owned(), name.into());
    stack.insert(
        "created".to_owned(),
        json!(Timestamp::at(organization.now())),
    );
    stack.insert("stack_operations".to_owned(), operations);
    stack.insert("stack_options".to_owned(), options);
    let expressions = part("expressions").unwrap_or_else(|| json!([]));
    stack.insert("stack_expressions".to_owned(), expressions);
    stack.insert("stack_variables".to_owned(), object(part("variables")));
    if let Some(description) = body.get("description") {
        stack.insert("description".to_owned(), description.clone());
    }
    stack.insert(ORDER.to_owned(), variable_names(&request.body).into());
    let stack = Value::Object(stack);
    check_shapes(&stack)?;
    let part = |name: &str| stack.get(name).unwrap_or(&Value::Null);
    stack_rules::check(
        part("stack_operations"),
        part("stack_options"),
        part("stack_expressions"),
    )?;
    let response = Response::json(status, &Shown(&stack));
    organization.set_stack(name, Some(stack));
    Ok(response)
}

/// The key of the names of the variables in their order, which [`Value`] does not keep. A variable can read those before it.
pub(crate) const ORDER: &str = "variable_order";

/// Returns the names of the variables of a definition in their order.
fn variable_names(body: &[u8]) -> Vec<String> {
    #[derive(Deserialize)]
    struct Definition {
        #[serde(alias = "stack_variables", default)]
        variables: Names,
    }

    #[derive(Default)]
    struct Names(Vec<String>);

    impl<'de> Deserialize<'de> for Names {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Keys;

            impl<'de> Visitor<'de> for Keys {
                type Value = Names;

                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("an object")
                }

                fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
                    let mut names = Vec::new();
                    while let Some((name, IgnoredAny)) = map.next_entry()? {
                        names.push(name);
                    }
                    Ok(Names(names))
                }
            }

            deserializer.deserialize_map(Keys)
        }
    }

    // Other types are rejected elsewhere, or mean that there are none.
    let definition: Option<Definition> = serde_json::from_slice(body).ok();
    definition.map_or_else(Vec::new, |definition| definition.variables.0)
}

#[derive(Serialize)]
struct Page<'a> {
    items: Vec<Shown<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

/// A stack as responses contain it, with its variables in their order.
struct Shown<'a>(&'a Value);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(stack) = self.0.as_object() else {
            return self.0.serialize(serializer);
        };
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in stack {
            match (key.as_str(), value) {
                (ORDER, _) => {}
                ("stack_variables", Value::Object(values)) => {
                    let order = stack.get(ORDER).and_then(Value::as_array);
                    map.serialize_entry(key, &Variables { values, order })?;
                }
                _ => map.serialize_entry(key, value)?,
            }
        }
        map.end()
    }
}

struct Variables<'a> {
    values: &'a Map<String, Value>,
    order: Option<&'a Vec<Value>>,
}

impl Serialize for Variables<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let names = self.order.into_iter().flatten().filter_map(Value::as_str);
        let mut rest: BTreeSet<&str> = self.values.keys().map(String::as_str).collect();
        for name in names {
            if let Some(value) = self.values.get(name)
                && rest.remove(name)
            {
                map.serialize_entry(name, value)?;
            }
        }
        for name in rest {
            map.serialize_entry(name, &self.values.get(name))?;
        }
        map.end()
    }
}

/// Returns an object for none, and for the empty list that PHP writes; anything else as it is.
fn object(value: Option<Value>) -> Value {
    match value {
        None | Some(Value::Null) => json!({}),
        Some(Value::Array(items)) if items.is_empty() => json!({}),
        Some(value) => value,
    }
}

/// Rejects a part of a type that clients cannot decode. An empty object may come as an empty list.
fn check_shapes(stack: &Value) -> Result<(), Response> {
    let is_object = |value: Option<&Value>| match value {
        None | Some(Value::Object(_)) => true,
        Some(value) => value.as_array().is_some_and(Vec::is_empty),
    };
    let is_list_of = |key: &str, fits: &dyn Fn(&Value) -> bool| match stack.get(key) {
        None => true,
        Some(value) => value.as_array().is_some_and(|list| list.iter().all(fits)),
    };
    let is_operation = |operation: &Value| {
        let expressions = operation.get("expressions");
        operation.is_object()
            && operation.get("name").is_some_and(Value::is_string)
            && is_object(operation.get("options"))
            // The documentation shows a list here for `svgdynamic`.
            && (is_object(expressions) || expressions.is_some_and(Value::is_array))
    };
    let is_variables = |variables: Option<&Value>| {
        let values = variables.and_then(Value::as_object);
        let mut values = values.into_iter().flat_map(Map::values);
        is_object(variables) && values.all(|value| !value.is_array() && !value.is_object())
    };
    let is_expression = |expression: &Value| {
        let overrides = expression.get("overrides");
        let part = |name: &str| overrides.and_then(|overrides| overrides.get(name));
        expression.get("expression").is_some_and(Value::is_string)
            && overrides.is_some()
            && is_object(overrides)
            && is_object(part("options"))
            && is_variables(part("variables"))
    };
    let is_description = |text: &Value| text.is_string() || text.is_null();
    for (part, fits) in [
        ("operations", is_list_of("stack_operations", &is_operation)),
        ("options", is_object(stack.get("stack_options"))),
        (
            "expressions",
            is_list_of("stack_expressions", &is_expression),
        ),
        ("variables", is_variables(stack.get("stack_variables"))),
        (
            "description",
            stack.get("description").is_none_or(is_description),
        ),
    ] {
        if !fits {
            return Err(Response::bad_request(format!(
                "`{part}` of the stack has the wrong type"
            )));
        }
    }
    Ok(())
}

pub(crate) fn delete(organization: &mut Organization, name: &str) -> HandlerResult {
    organization
        .set_stack(name, None)
        .map(|_| Response::empty(204))
        .ok_or_else(|| Response::not_found("Stack"))
}

/// Returns an error unless the stack exists or the name is `*`, which stands for all stacks.
pub(crate) fn check_exists(organization: &Organization, name: &str) -> Result<(), Response> {
    if name == "*" {
        return Ok(());
    }
    find(organization, name).map(drop)
}
