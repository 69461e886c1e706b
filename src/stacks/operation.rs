//! Conversions between operations of stacks and of render URLs, and their validation.

use serde_json::{Map, Value as Json};

use crate::api::types::{OperationExpressions, OperationOptions, StackOperation};
use crate::error::{Error, Result};
use crate::render::{Operation, Value};

use super::operations::{ALL, OperationRules};
use super::rule::OptionRule;

/// Converts an operation of a render URL to one of a stack; its expressions become `expressions`.
impl From<Operation> for StackOperation {
    fn from(operation: Operation) -> Self {
        let (mut options, mut expressions) = (Map::new(), Map::new());
        for (name, value) in operation.options() {
            let target = match value.as_expression() {
                Some(_) => &mut expressions,
                None => &mut options,
            };
            target.insert(name.to_owned(), value.clone().into_json());
        }
        Self {
            name: operation.name().to_owned(),
            options: (!options.is_empty()).then_some(OperationOptions(options)),
            expressions: (!expressions.is_empty())
                .then_some(OperationExpressions::Object(expressions)),
            extra: Map::new(),
        }
    }
}

/// Converts an operation of a stack to one of a render URL. Values that a path cannot represent, such as negative numbers,
/// fail when the URL is built.
///
/// Fails with [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if the operation has a list of expressions or
/// unknown keys, which a URL cannot represent.
impl TryFrom<&StackOperation> for Operation {
    type Error = Error;

    fn try_from(operation: &StackOperation) -> Result<Self> {
        let refused = |fault: &str| {
            let name = &operation.name;
            Err(Error::invalid(format!(
                "operation `{name}` cannot be part of a URL: {fault}"
            )))
        };
        if let Some(key) = operation.extra.keys().next() {
            return refused(&format!("its key `{key}` is unknown"));
        }
        let mut changed = Self::new(operation.name.clone());
        let options = operation.options.as_ref().map(|options| &options.0);
        for (name, value) in options.into_iter().flatten() {
            changed = changed.option(name.clone(), value.clone());
        }
        match &operation.expressions {
            None => {}
            Some(OperationExpressions::Array(list)) if list.is_empty() => {}
            Some(OperationExpressions::Array(_)) => return refused("its expressions are a list"),
            Some(OperationExpressions::Object(expressions)) => {
                for (name, expression) in expressions {
                    let Some(expression) = expression.as_str() else {
                        return refused(&format!("the expression of `{name}` must be a string"));
                    };
                    changed = changed.option(name.clone(), Value::expression(expression));
                }
            }
        }
        Ok(changed)
    }
}

/// Validates a known operation; unknown ones pass.
pub(super) fn check(operation: &StackOperation) -> Result<()> {
    if operation.name.is_empty() {
        return Err(Error::invalid("an operation has no name: set it"));
    }
    let Some(rules) = ALL.iter().find(|rules| rules.name == operation.name) else {
        return Ok(());
    };
    let computed = |name: &str| match &operation.expressions {
        // The items of a list name their options.
        Some(OperationExpressions::Array(list)) => !list.is_empty(),
        Some(OperationExpressions::Object(expressions)) => expressions.contains_key(name),
        None => false,
    };
    let value = |name: &str| {
        let options = operation.options.as_ref()?;
        options.0.get(name).filter(|value| !value.is_null())
    };
    let refused = |fault: String| {
        Err(Error::invalid(format!(
            "operation `{}`: {fault}",
            operation.name
        )))
    };
    for OptionRule { name, rule, .. } in rules.options {
        if let Some(value) = value(name)
            && !computed(name)
            && let Some(fault) = rule.fault(value)
        {
            return refused(format!("`{name}` cannot be {value}: {fault}"));
        }
    }
    let OperationRules {
        required, one_of, ..
    } = rules;
    let given = |name: &&&str| value(name).is_some() || computed(name);
    if let Some(missing) = required.iter().find(|name| !given(name)) {
        return refused(format!("`{missing}` is missing"));
    }
    if !one_of.is_empty() && !one_of.iter().any(|name| given(&name)) {
        return refused(format!("it needs {}", one_of.join(" or ")));
    }
    Ok(())
}

/// Validates known options; unknown ones pass.
pub(super) fn check_options(
    what: &str,
    rules: &[OptionRule],
    options: &Map<String, Json>,
) -> Result<()> {
    for OptionRule { name, rule, .. } in rules {
        if let Some(value) = options.get(*name)
            && let Some(fault) = rule.fault(value)
        {
            return Err(Error::invalid(format!(
                "{what} `{name}` cannot be {value}: {fault}"
            )));
        }
    }
    Ok(())
}
