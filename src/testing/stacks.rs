//! Stacks, and what the service says of operations and options.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::api::types::Stack;

use super::answer::{Answer, Reply};
use super::call::Call;
use super::image::Moment;
use super::organization::Organization;

/// What the service answered once; the descriptions are its own.
const OPERATIONS: &str = include_str!("catalogue/operations.json");
const OPTIONS: &str = include_str!("catalogue/stack_options.json");

pub(super) fn operations() -> Answer {
    Answer::bytes(200, "application/json", OPERATIONS)
}

pub(super) fn options() -> Answer {
    Answer::bytes(200, "application/json", OPTIONS)
}

fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let reserved = name == "dynamic" || (name.starts_with('_') && !name.starts_with("_preview"));
    !name.is_empty() && name.bytes().all(plain) && !reserved
}

pub(super) fn list(organization: &Organization, call: &Call) -> Reply {
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

pub(super) fn get(organization: &Organization, name: &str) -> Reply {
    let mut stack = find(organization, name)?.clone();
    if let Value::Object(stack) = &mut stack {
        let link = format!("/stacks/{}/{name}", organization.name());
        stack.insert("link".to_owned(), link.into());
    }
    Ok(Answer::json(200, &stack))
}

pub(super) fn put(organization: &mut Organization, name: &str, call: &Call) -> Reply {
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
    // What no client can read is not stored.
    if let Err(error) = Stack::deserialize(&stack) {
        return Err(Answer::bad_request(format!(
            "The stack is invalid: {error}"
        )));
    }
    let answer = Answer::json(status, &stack);
    organization.stacks.insert(name.to_owned(), stack);
    Ok(answer)
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

pub(super) fn delete(organization: &mut Organization, name: &str) -> Reply {
    organization
        .stacks
        .remove(name)
        .map(|_| Answer::empty(204))
        .ok_or_else(|| Answer::not_found("Stack"))
}

/// That there is such a stack, or that all of them are meant.
pub(super) fn check_exists(organization: &Organization, name: &str) -> Result<(), Answer> {
    if name == "*" {
        return Ok(());
    }
    find(organization, name).map(drop)
}
