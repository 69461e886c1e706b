//! The definition of a stack, as it is stored or as a URL of the stack `dynamic` has it.

use rokka_render::Components;
use serde_json::{Map, Value};

use super::expression::{Scope, evaluate};
use crate::stacks::ORDER;

/// A value that may have to be computed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Setting {
    Plain(Value),
    Expression(String),
    /// A list of changes of `svgdynamic`, whose values are expressions, or an object whose texts are.
    Parts(Value),
    /// A text in the variables of a stored stack: an expression, or a text that is none.
    Either(String),
}

/// An operation before its expressions are evaluated.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) name: String,
    pub(super) options: Vec<(String, Setting)>,
}

/// What an expression of a stack changes if it is true.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) expression: String,
    pub(super) options: Map<String, Value>,
    pub(super) variables: Map<String, Value>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Definition {
    pub(super) operations: Vec<Operation>,
    pub(super) options: Map<String, Value>,
    pub(super) rules: Vec<Rule>,
    /// In order, because a variable can read those before it.
    pub(super) variables: Vec<(String, Setting)>,
}

impl Setting {
    fn of_url(value: &rokka_render::Value) -> Self {
        match value.as_expression() {
            Some(expression) => Self::Expression(expression.to_owned()),
            None => Self::Plain(value.clone().into_json()),
        }
    }

    /// Returns a value of the variables of a stored stack.
    pub(super) fn of_variable(value: &Value) -> Self {
        match value {
            Value::String(text) => Self::Either(text.clone()),
            value => Self::Plain(value.clone()),
        }
    }

    /// Returns a value of the expressions of an operation.
    fn of_expression(value: &Value) -> Self {
        match value {
            Value::String(text) => Self::Expression(text.clone()),
            Value::Array(_) | Value::Object(_) => Self::Parts(value.clone()),
            value => Self::Plain(value.clone()),
        }
    }

    /// Computes the value. An error names the expression.
    pub(super) fn value(&self, scope: &dyn Scope) -> Result<Value, String> {
        match self {
            Self::Plain(value) => Ok(value.clone()),
            Self::Expression(expression) => computed(expression, scope),
            Self::Parts(parts) => {
                let mut parts = parts.clone();
                for text in expressions_in(&mut parts) {
                    if let Value::String(expression) = &*text {
                        *text = computed(expression, scope)?;
                    }
                }
                Ok(parts)
            }
            Self::Either(text) => match evaluate(text, scope) {
                Ok(value) => Ok(value),
                // A text that reads a variable is meant to be an expression.
                Err(reason) if text.contains('$') => {
                    Err(format!("the expression `{text}` is invalid: {reason}"))
                }
                Err(_) => Ok(Value::String(text.clone())),
            },
        }
    }
}

fn computed(expression: &str, scope: &dyn Scope) -> Result<Value, String> {
    evaluate(expression, scope)
        .map_err(|reason| format!("the expression `{expression}` is invalid: {reason}"))
}

/// Returns the values that may be expressions: those of an object, and the `value` of each change in a list.
fn expressions_in(parts: &mut Value) -> Vec<&mut Value> {
    match parts {
        Value::Object(pairs) => pairs.values_mut().collect(),
        Value::Array(changes) => changes
            .iter_mut()
            .filter_map(|change| change.get_mut("value"))
            .collect(),
        _ => Vec::new(),
    }
}

impl Operation {
    fn of_url(operation: &rokka_render::Operation) -> Self {
        Self {
            name: operation.name().to_owned(),
            options: operation
                .options()
                .map(|(name, value)| (name.to_owned(), Setting::of_url(value)))
                .collect(),
        }
    }

    fn set(&mut self, name: &str, setting: Setting) {
        match self.options.iter_mut().find(|(known, _)| known == name) {
            Some((_, former)) => *former = setting,
            None => self.options.push((name.to_owned(), setting)),
        }
    }
}

impl Definition {
    /// Reads a stored stack, whose types were checked when it was stored.
    pub(super) fn of_stored(stack: &Value) -> Self {
        let list = |key: &str| {
            stack
                .get(key)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
        };
        let operations = list("stack_operations").map(|operation| {
            let mut read = Operation {
                name: text(operation.get("name")),
                options: Vec::new(),
            };
            for (name, value) in pairs(operation.get("options")) {
                read.set(name, Setting::Plain(value.clone()));
            }
            match operation.get("expressions") {
                // The documentation has the changes of `svgdynamic` there.
                Some(changes @ Value::Array(list)) if !list.is_empty() => {
                    read.set("changes", Setting::of_expression(changes));
                }
                expressions => {
                    for (name, value) in pairs(expressions) {
                        read.set(name, Setting::of_expression(value));
                    }
                }
            }
            read
        });
        let rules = list("stack_expressions").map(|rule| {
            let overrides = |key: &str| {
                let overrides = rule
                    .get("overrides")
                    .and_then(|overrides| overrides.get(key));
                pairs(overrides).map(owned).collect()
            };
            Rule {
                expression: text(rule.get("expression")),
                options: overrides("options"),
                variables: overrides("variables"),
            }
        });
        let values = stack.get("stack_variables").and_then(Value::as_object);
        let mut names: Vec<&str> = list(ORDER).filter_map(Value::as_str).collect();
        for (name, _) in values.into_iter().flatten() {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        let mut variables: Vec<(String, Setting)> = Vec::new();
        for name in names {
            if let Some(value) = values.and_then(|values| values.get(name))
                && !variables.iter().any(|(known, _)| known == name)
            {
                variables.push((name.to_owned(), Setting::of_variable(value)));
            }
        }
        Self {
            operations: operations.collect(),
            options: pairs(stack.get("stack_options")).map(owned).collect(),
            rules: rules.collect(),
            variables,
        }
    }

    /// Reads the stack `dynamic`, whose operations are in the URL.
    pub(super) fn of_url(url: &Components<'_>) -> Self {
        Self {
            operations: url.operations.iter().map(Operation::of_url).collect(),
            ..Self::default()
        }
    }

    /// Applies what a URL changes: options of operations, stack options and variables.
    pub(super) fn change(&mut self, url: &Components<'_>) {
        for change in url.overrides {
            for operation in &mut self.operations {
                if operation.name == change.name() {
                    for (name, value) in change.options() {
                        operation.set(name, Setting::of_url(value));
                    }
                }
            }
        }
        for (name, value) in url.options {
            let name = match name.as_ref() {
                "af" => "autoformat",
                name => name,
            };
            self.options
                .insert(name.to_owned(), value.clone().into_json());
        }
        for (name, value) in url.variables {
            self.set_variable(name, Setting::of_url(value));
        }
    }

    pub(super) fn set_variable(&mut self, name: &str, setting: Setting) {
        match self.variables.iter_mut().find(|(known, _)| known == name) {
            Some((_, former)) => *former = setting,
            None => self.variables.push((name.to_owned(), setting)),
        }
    }
}

/// Returns the pairs of an object. An empty list stands for none.
fn pairs(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

fn owned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

fn text(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}
