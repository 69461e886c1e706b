//! Stacks, and what the service says of operations and options.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::image::Moment;
use super::organization::Organization;

/// What the service answered once; the descriptions are its own.
const OPERATIONS: &str = include_str!("catalogue/operations.json");
const OPTIONS: &str = include_str!("catalogue/stack_options.json");

pub(crate) fn operations() -> Answer {
    Answer::bytes(200, "application/json", OPERATIONS)
}

pub(crate) fn options() -> Answer {
    Answer::bytes(200, "application/json", OPTIONS)
}

fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let reserved = name == "dynamic" || (name.starts_with('_') && !name.starts_with("_preview"));
    !name.is_empty() && name.bytes().all(plain) && !reserved
}

pub(crate) fn list(organization: &Organization, call: &Call) -> Reply {
    let limit: usize = match call.parameter("limit") {
        None => 1000,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| *limit <= 2000)
            .ok_or_else(|| Answer::bad_request("limit has to be 0 to 2000"))?,
    };
    // The cursor is the name of the last stack before.
    let after = call.parameter("offset").unwrap_or_default();
    let mut rest = organization
        .stacks
        .iter()
        .filter(|(name, _)| name.as_str() > after);
    let page: Vec<_> = rest.by_ref().take(limit).collect();
    let last = page.last().map(|(name, _)| *name);
    let items: Vec<_> = page.iter().map(|(_, stack)| stack).collect();
    let mut answer = json!({"items": items});
    if let (Some(last), Some(_), Value::Object(answer)) = (last, rest.next(), &mut answer) {
        answer.insert("cursor".to_owned(), json!(last));
    }
    Ok(Answer::json(200, &answer))
}

fn find<'a>(organization: &'a Organization, name: &str) -> Result<&'a Value, Answer> {
    organization
        .stacks
        .get(name)
        .ok_or_else(|| Answer::not_found("Stack"))
}

pub(crate) fn get(organization: &Organization, name: &str) -> Reply {
    let mut stack = find(organization, name)?.clone();
    if let Value::Object(stack) = &mut stack {
        let link = format!("/stacks/{}/{name}", organization.name());
        stack.insert("link".to_owned(), link.into());
    }
    Ok(Answer::json(200, &stack))
}

pub(crate) fn put(organization: &mut Organization, name: &str, call: &Call) -> Reply {
    if !is_name(name) {
        return Err(Answer::bad_request("The name of the stack is reserved"));
    }
    let overwrite = call.flag("overwrite")?;
    let Value::Object(body) = call.json()? else {
        return Err(Answer::bad_request("The body has to be an object"));
    };
    let former = organization.stacks.get(name);
    if former.is_some() && !overwrite {
        return Err(Answer::error(409, "The stack exists already"));
    }
    let part = |short: &str| {
        let long = format!("stack_{short}");
        body.get(short).or_else(|| body.get(&long)).cloned()
    };
    let operations = part("operations")
        .filter(Value::is_array)
        .ok_or_else(|| Answer::bad_request("The stack needs a list of operations"))?;
    check_operations(&operations)?;
    let options = part("options").unwrap_or_else(|| json!([]));
    let protected = |options: &Value| options.get("protected") == Some(&Value::Bool(true));
    if let Some(former) = former
        && protected(&options)
        && !former.get("stack_options").is_some_and(protected)
    {
        return Err(Answer::bad_request("A stack cannot become protected"));
    }
    let status = if former.is_some() { 200 } else { 201 };
    let mut stack = Map::new();
    stack.insert("organization".to_owned(), organization.name().into());
    stack.insert("name".to_owned(), name.into());
    stack.insert("created".to_owned(), json!(Moment::now()));
    stack.insert("stack_operations".to_owned(), operations);
    stack.insert("stack_options".to_owned(), options);
    for short in ["expressions", "variables"] {
        let value = part(short).unwrap_or_else(|| json!([]));
        stack.insert(format!("stack_{short}"), value);
    }
    if let Some(description) = body.get("description") {
        stack.insert("description".to_owned(), description.clone());
    }
    let stack = Value::Object(stack);
    check_shapes(&stack)?;
    let answer = Answer::json(status, &stack);
    organization.stacks.insert(name.to_owned(), stack);
    Ok(answer)
}

/// Refuses what no client can read: each part has one shape, and an empty object may be written as an empty list.
fn check_shapes(stack: &Value) -> Result<(), Answer> {
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
            // The documentation has a list of changes there, for `svgdynamic`.
            && (is_object(expressions) || expressions.is_some_and(Value::is_array))
    };
    let is_expression = |expression: &Value| {
        let overrides = expression.get("overrides");
        let part = |name: &str| overrides.and_then(|overrides| overrides.get(name));
        expression.get("expression").is_some_and(Value::is_string)
            && is_object(overrides)
            && is_object(part("options"))
            && is_object(part("variables"))
    };
    let is_description = |text: &Value| text.is_string() || text.is_null();
    for (part, fits) in [
        ("operations", is_list_of("stack_operations", &is_operation)),
        ("options", is_object(stack.get("stack_options"))),
        (
            "expressions",
            is_list_of("stack_expressions", &is_expression),
        ),
        ("variables", is_object(stack.get("stack_variables"))),
        (
            "description",
            stack.get("description").is_none_or(is_description),
        ),
    ] {
        if !fits {
            return Err(Answer::bad_request(format!(
                "The {part} of the stack are not of the documented shape"
            )));
        }
    }
    Ok(())
}

/// Every operation needs a name, and what the catalogue requires of it.
fn check_operations(operations: &Value) -> Result<(), Answer> {
    let catalogue: Value = serde_json::from_str(OPERATIONS).unwrap_or_default();
    for operation in operations.as_array().into_iter().flatten() {
        let Some(name) = operation.get("name").and_then(Value::as_str) else {
            return Err(Answer::bad_request("An operation needs a name"));
        };
        let given = |option: &&Value| {
            let option = option.as_str().unwrap_or_default();
            ["options", "expressions"].iter().any(|map| {
                operation
                    .get(map)
                    .is_some_and(|map| map.get(option).is_some())
            })
        };
        let list = |key: &str| {
            let entry = catalogue.get(name).and_then(|entry| entry.get(key));
            entry.and_then(Value::as_array).cloned().unwrap_or_default()
        };
        if let Some(missing) = list("required").iter().find(|option| !given(option)) {
            return Err(Answer::bad_request(format!("{name} needs {missing}")));
        }
        let one_of = list("oneOf");
        if !one_of.is_empty() && !one_of.iter().any(|option| given(&option)) {
            return Err(Answer::bad_request(format!("{name} needs one more option")));
        }
    }
    Ok(())
}

pub(crate) fn delete(organization: &mut Organization, name: &str) -> Reply {
    organization
        .stacks
        .remove(name)
        .map(|_| Answer::empty(204))
        .ok_or_else(|| Answer::not_found("Stack"))
}

/// That there is such a stack, or that all of them are meant.
pub(crate) fn check_exists(organization: &Organization, name: &str) -> Result<(), Answer> {
    if name == "*" {
        return Ok(());
    }
    find(organization, name).map(drop)
}
