//! The rules for the operations and options of a stack, which are those of `rokka-render`.

use rokka_render::rules::{OPERATIONS, OptionRule, STACK_OPTIONS};
use serde_json::{Map, Value};

use super::response::Response;

/// Returns a 400 for a definition that breaks a rule. Its parts have the right types.
pub(crate) fn check(
    operations: &Value,
    options: &Value,
    expressions: &Value,
) -> Result<(), Response> {
    for operation in list(operations) {
        check_operation(operation)?;
    }
    check_options(None, STACK_OPTIONS, members(Some(options)))?;
    for expression in list(expressions) {
        let overrides = expression.pointer("/overrides/options");
        check_options(None, STACK_OPTIONS, members(overrides))?;
    }
    let is_source_file = options.get("source_file").is_some_and(is_true);
    let is_alone = list(operations).next().is_none() && members(Some(options)).count() == 1;
    if is_source_file && !is_alone {
        return Err(Response::bad_request(
            "`source_file` allows neither operations nor other options",
        ));
    }
    Ok(())
}

fn check_operation(operation: &Value) -> Result<(), Response> {
    let name = operation.get("name").and_then(Value::as_str);
    let name = name.unwrap_or_default();
    let Some(rules) = OPERATIONS.iter().find(|rules| rules.name == name) else {
        return Err(Response::bad_request(format!(
            "There is no operation `{name}`"
        )));
    };
    let options = operation.get("options");
    let expressions = operation.get("expressions");
    check_options(Some(name), rules.options, members(options))?;
    for (option, _) in members(expressions) {
        if !rules.options.iter().any(|known| known.name == option) {
            return Err(unknown(Some(name), option));
        }
    }
    let is_set = |option: &&&str| {
        let mut all = members(options).chain(members(expressions));
        all.any(|(known, value)| known == **option && !value.is_null())
    };
    // The documentation shows the changes of `svgdynamic` as a list of expressions; everything else has them by the option.
    let mut changes = expressions.into_iter().flat_map(list).peekable();
    let has_list = changes.peek().is_some();
    if has_list && !(name == "svgdynamic" && changes.all(is_change)) {
        return Err(Response::bad_request(format!(
            "The `expressions` of the operation `{name}` must be an object of expressions by option; only those of \
             `svgdynamic` can be a list, of changes with `id`, `attr` and `value`"
        )));
    }
    if let Some(missing) = rules.required.iter().find(|option| !is_set(option))
        && !has_list
    {
        return Err(Response::bad_request(format!(
            "The operation `{name}` needs the option `{missing}`"
        )));
    }
    if !rules.one_of.is_empty() && !rules.one_of.iter().any(|option| is_set(&option)) {
        return Err(Response::bad_request(format!(
            "The operation `{name}` needs one of the options `{}`",
            rules.one_of.join("`, `")
        )));
    }
    Ok(())
}

fn is_change(change: &Value) -> bool {
    let has_text = |name: &str| change.get(name).is_some_and(Value::is_string);
    has_text("id") && has_text("attr") && change.get("value").is_some()
}

/// Checks the options of an operation; without one, those of the stack.
fn check_options<'a>(
    operation: Option<&str>,
    rules: &[OptionRule],
    options: impl Iterator<Item = (&'a String, &'a Value)>,
) -> Result<(), Response> {
    for (name, value) in options {
        let Some(known) = rules.iter().find(|known| known.name == name) else {
            return Err(unknown(operation, name));
        };
        if let Some(fault) = known.rule.fault(value) {
            let option = match operation {
                Some(operation) => format!("option `{name}` of the operation `{operation}`"),
                None => format!("stack option `{name}`"),
            };
            return Err(Response::bad_request(format!(
                "The {option} cannot be {value}: {fault}"
            )));
        }
    }
    Ok(())
}

fn unknown(operation: Option<&str>, name: &str) -> Response {
    Response::bad_request(match operation {
        Some(operation) => format!("The operation `{operation}` has no option `{name}`"),
        None => format!("There is no stack option `{name}`"),
    })
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::iter)
}

fn is_true(value: &Value) -> bool {
    matches!(value, Value::Bool(true))
        || matches!(value.as_str(), Some("true" | "1"))
        || value.as_u64() == Some(1)
}
