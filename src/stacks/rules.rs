//! Checks of definitions.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::api::types::{
    AnyValue, OperationCatalogue, OperationDescription, OperationExpressions, StackDefinition,
    StackExpression, StackOperation, StackOptionCatalogue, StackOptionValues, ValueType,
};
use crate::error::{Error, Result};
use crate::render::expressions;
use crate::render::rules::{OPERATIONS, OperationRules, Rule, STACK_OPTIONS};

use super::definition::STORED;
use super::variables::StackVariableValues;
use crate::nearest::nearest;

/// What a definition is checked against: operations, options and variables.
///
/// [`StackDefinition::check`] uses the default: the operations and options that this crate knows.
///
/// ```
/// use rokka::stacks::StackRules;
/// use rokka::stacks::operations::Resize;
/// use rokka::{StackDefinition, render::Value};
///
/// // Every render URL sets `w`, and the service has an option that is newer than this crate.
/// let rules = StackRules::new().variable("w").allow_unknown();
/// let card = StackDefinition::new()
///     .operation(Resize::to_width(Value::expression("$w")))
///     .option("brand.new", true);
/// rules.check(&card)?;
/// # Ok::<(), rokka::Error>(())
/// ```
///
/// Ranges, keywords, required options and the syntax of expressions are always checked, except that a `null` means the
/// default of the service and is always valid.
///
/// [Reference](https://rokka.io/documentation/references/stacks.html).
#[derive(Clone, Debug, Default)]
pub struct StackRules {
    catalogue: Catalogue,
    allow_unknown: bool,
    allow_undefined: bool,
    variables: Vec<String>,
}

impl StackRules {
    /// Returns the rules of this crate.
    ///
    /// ```
    /// use rokka::StackDefinition;
    /// use rokka::stacks::StackRules;
    ///
    /// let typo = StackDefinition::new().option("jpg.qualty", 80);
    /// assert_eq!(StackRules::new().problems(&typo).len(), 1);
    /// ```
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the rules of the catalogues of the service, as [`Client::operations`](crate::Client::operations) and
    /// [`Client::stack_options`](crate::Client::stack_options) return them. Patterns of the catalogues are not compared.
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client, card: rokka::StackDefinition) -> rokka::Result<()> {
    /// use rokka::stacks::StackRules;
    ///
    /// let rules = StackRules::of_service(rokka.operations().await?, rokka.stack_options().await?);
    /// rules.check(&card)?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    #[inline]
    pub fn of_service(operations: OperationCatalogue, options: StackOptionCatalogue) -> Self {
        Self {
            catalogue: Catalogue::Service(Arc::new((operations, options))),
            ..Self::default()
        }
    }

    /// Accepts unknown operations, options and keys (default: they are problems), for a service that is newer than the rules.
    ///
    /// ```
    /// use rokka::StackDefinition;
    /// use rokka::stacks::StackRules;
    ///
    /// let newer = StackDefinition::new().option("brand.new", true);
    /// StackRules::new().allow_unknown().check(&newer)?;
    /// # Ok::<(), rokka::Error>(())
    /// ```
    #[must_use]
    pub fn allow_unknown(mut self) -> Self {
        self.allow_unknown = true;
        self
    }

    /// Adds the name of a variable, without `$`, that every render URL sets, so that the stack needs no default for it.
    ///
    /// ```
    /// use rokka::stacks::{StackRules, operations::Resize};
    /// use rokka::{StackDefinition, render::Value};
    ///
    /// let card = StackDefinition::new().operation(Resize::to_width(Value::expression("$w")));
    /// assert!(card.check().is_err());
    /// StackRules::new().variable("w").check(&card)?;
    /// # Ok::<(), rokka::Error>(())
    /// ```
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>) -> Self {
        self.variables.push(name.into());
        self
    }

    /// The rules for what is sent: the service knows better than this crate what it has, and a render URL may set any
    /// variable. A stack that was read, changed and sent back must not fail for what the program did not write.
    #[inline]
    pub(super) fn for_sending() -> Self {
        Self {
            allow_unknown: true,
            allow_undefined: true,
            ..Self::default()
        }
    }

    /// Checks a definition.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind) with all [`problems`](Self::problems).
    ///
    /// ```
    /// use rokka::StackDefinition;
    /// use rokka::stacks::StackRules;
    ///
    /// let typo = StackDefinition::new().option("jpg.qualty", 80);
    /// let error = StackRules::new().check(&typo).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "stack option `jpg.qualty` is unknown: did you mean `jpg.quality`? (options.jpg.qualty)",
    /// );
    /// ```
    #[inline]
    pub fn check(&self, definition: &StackDefinition) -> Result<()> {
        match self.problems(definition).as_slice() {
            [] => Ok(()),
            [problem] => Err(Error::invalid(problem.to_string())),
            problems => {
                let mut text = format!("the stack has {} problems", problems.len());
                let mut separator = ": ";
                for problem in problems {
                    text.push_str(separator);
                    text.push_str(&problem.to_string());
                    separator = "; ";
                }
                Err(Error::invalid(text))
            }
        }
    }

    /// Returns all problems of a definition, in its order; none if it is valid.
    ///
    /// ```
    /// use rokka::render::{Operation, Value};
    /// use rokka::stacks::StackRules;
    /// use rokka::{StackDefinition, stacks::operations::Resize};
    ///
    /// let definition = StackDefinition::new()
    ///     .operation(Operation::new("reszie").option("width", 300))
    ///     .operation(Resize::to_width(Value::expression("$w +* 2")));
    /// let problems = StackRules::new().problems(&definition);
    /// assert_eq!(problems[0].place, "operations[0]");
    /// assert_eq!(problems[0].suggestion.as_deref(), Some("resize"));
    /// assert_eq!(problems[1].place, "operations[1].expressions.width");
    /// ```
    #[must_use]
    #[inline]
    pub fn problems(&self, definition: &StackDefinition) -> Vec<StackProblem> {
        let mut check = Check {
            rules: self,
            variables: definition.variables.as_ref(),
            overridden: definition
                .expressions
                .iter()
                .filter_map(|expression| expression.overrides.variables.as_ref())
                .collect(),
            problems: Vec::new(),
        };
        check.definition(definition);
        check.problems
    }
}

/// A problem of a [`StackDefinition`]; returned by [`StackRules::problems`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StackProblem {
    /// The path of the value in the JSON of the definition, such as `operations[0].options.width`.
    pub place: String,
    /// The value, the rule, and what to do.
    pub message: String,
    /// The known name that is most similar to an unknown one.
    pub suggestion: Option<String>,
}

/// Writes the message, the suggestion and the place.
impl fmt::Display for StackProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(suggestion) = &self.suggestion {
            write!(f, ": did you mean `{suggestion}`?")?;
        }
        write!(f, " ({})", self.place)
    }
}

/// A check in progress.
struct Check<'a> {
    rules: &'a StackRules,
    variables: Option<&'a StackVariableValues>,
    /// The variables that expressions set.
    overridden: Vec<&'a StackVariableValues>,
    problems: Vec<StackProblem>,
}

impl Check<'_> {
    fn report(&mut self, place: String, message: String) {
        self.problems.push(StackProblem {
            place,
            message,
            suggestion: None,
        });
    }

    /// Reports an unknown name unless they are allowed.
    fn unknown<'n>(
        &mut self,
        place: String,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) {
        if !self.rules.allow_unknown {
            self.problems.push(StackProblem {
                place,
                message: format!("{what} `{name}` is unknown"),
                suggestion: nearest(name, known).map(str::to_owned),
            });
        }
    }

    #[inline]
    fn keys(&mut self, place: &str, extra: &Map<String, Value>, known: &[&str]) {
        for key in extra.keys() {
            self.unknown(
                format!("{place}{key}"),
                "the key",
                key,
                known.iter().copied(),
            );
        }
    }

    #[inline]
    fn definition(&mut self, definition: &StackDefinition) {
        for (index, operation) in definition.operations.iter().enumerate() {
            self.operation(&format!("operations[{index}]"), operation);
        }
        if let Some(options) = &definition.options {
            self.options("options", options);
            let original = options.get("source_file") == Some(&Value::Bool(true));
            let others = options
                .iter()
                .any(|(name, value)| name != "source_file" && !value.is_null());
            if original && (others || !definition.operations.is_empty()) {
                self.report(
                    "options.source_file".to_owned(),
                    "the stack option `source_file` returns the original file: remove all operations and other options"
                        .to_owned(),
                );
            }
        }
        for (index, expression) in definition.expressions.iter().enumerate() {
            self.expression(&format!("expressions[{index}]"), expression);
        }
        let mut before = Vec::new();
        for (name, value) in definition
            .variables
            .iter()
            .flat_map(StackVariableValues::iter)
        {
            let place = format!("variables.{name}");
            self.variable(place, value, Some(&before));
            before.push(name);
        }
        let stored = |key: &&String| !STORED.contains(&key.as_str());
        for key in definition.extra.keys().filter(stored) {
            let known = [
                "description",
                "operations",
                "options",
                "expressions",
                "variables",
            ];
            self.unknown(key.clone(), "the key", key, known);
        }
    }

    #[inline]
    fn operation(&mut self, place: &str, operation: &StackOperation) {
        let name = operation.name.as_str();
        if name.is_empty() {
            return self.report(
                place.to_owned(),
                "an operation has no name: set it".to_owned(),
            );
        }
        self.keys(
            &format!("{place}."),
            &operation.extra,
            &["name", "options", "expressions"],
        );
        let rules = self.rules;
        let known = rules.catalogue.operation(name);
        if known.is_none() {
            let names = rules.catalogue.operation_names();
            self.unknown(place.to_owned(), "operation", name, names);
        }
        let options = operation.options.as_ref().map(|options| &options.0);
        let computed = |name: &str| match &operation.expressions {
            // The items of a list name their options.
            Some(OperationExpressions::Array(list)) => !list.is_empty(),
            Some(OperationExpressions::Object(expressions)) => expressions.contains_key(name),
            None => false,
        };
        for (option, value) in options.into_iter().flatten() {
            let place = format!("{place}.options.{option}");
            let Some(known) = &known else { continue };
            match known.option(option) {
                None => self.unknown_option(place, name, option, known),
                Some(facts) if !computed(option) => {
                    if let Some(mut fault) = facts.fault(value) {
                        if value.as_str().is_some_and(expressions::has_variable) {
                            fault.push_str("; an expression belongs to `expressions`");
                        }
                        self.report(
                            place,
                            format!("operation `{name}`: `{option}` cannot be {value}: {fault}"),
                        );
                    }
                }
                Some(_) => {}
            }
        }
        match &operation.expressions {
            None => {}
            Some(OperationExpressions::Object(expressions)) => {
                for (option, expression) in expressions {
                    let place = format!("{place}.expressions.{option}");
                    if let Some(known) = &known
                        && known.option(option).is_none()
                    {
                        self.unknown_option(place.clone(), name, option, known);
                    }
                    if let Some(expression) = expression.as_str() {
                        let what = format!("operation `{name}`: the expression of `{option}`");
                        self.read(place, &what, expression, None);
                    }
                }
            }
            Some(OperationExpressions::Array(list)) => {
                for (index, item) in list.iter().enumerate() {
                    let text = item.get("value").and_then(Value::as_str);
                    if let Some(text) = text.filter(|text| expressions::has_variable(text)) {
                        let place = format!("{place}.expressions[{index}].value");
                        let what = format!("operation `{name}`: an expression");
                        self.read(place, &what, text, None);
                    }
                }
            }
        }
        let Some(known) = known else { return };
        let given = |name: &&str| {
            let set = options.and_then(|options| options.get(*name));
            set.is_some_and(|value| !value.is_null()) || computed(name)
        };
        for missing in known.required().into_iter().filter(|name| !given(name)) {
            let message = format!("operation `{name}`: `{missing}` is missing");
            self.report(place.to_owned(), message);
        }
        let one_of = known.one_of();
        if !one_of.is_empty() && !one_of.iter().any(given) {
            let message = format!("operation `{name}`: it needs {}", one_of.join(" or "));
            self.report(place.to_owned(), message);
        }
    }

    #[inline]
    fn unknown_option(&mut self, place: String, operation: &str, option: &str, known: &Known<'_>) {
        let what = format!("operation `{operation}`: option");
        self.unknown(place, &what, option, known.option_names());
    }

    #[inline]
    fn options(&mut self, place: &str, options: &StackOptionValues) {
        let rules = self.rules;
        for (name, value) in options.iter() {
            let place = format!("{place}.{name}");
            match rules.catalogue.stack_option(name) {
                None => {
                    let names = rules.catalogue.stack_option_names();
                    self.unknown(place, "stack option", name, names);
                }
                Some(facts) => {
                    if let Some(fault) = facts.fault(value) {
                        self.report(
                            place,
                            format!("stack option `{name}` cannot be {value}: {fault}"),
                        );
                    }
                }
            }
        }
    }

    #[inline]
    fn expression(&mut self, place: &str, expression: &StackExpression) {
        if expression.expression.trim().is_empty() {
            let message = "a stack expression is empty: set its condition".to_owned();
            self.report(format!("{place}.expression"), message);
        } else {
            self.read(
                format!("{place}.expression"),
                "the condition",
                &expression.expression,
                None,
            );
        }
        self.keys(
            &format!("{place}."),
            &expression.extra,
            &["expression", "overrides"],
        );
        let overrides = &expression.overrides;
        self.keys(
            &format!("{place}.overrides."),
            &overrides.extra,
            &["options", "variables"],
        );
        if let Some(options) = &overrides.options {
            self.options(&format!("{place}.overrides.options"), options);
        }
        for (name, value) in overrides
            .variables
            .iter()
            .flat_map(StackVariableValues::iter)
        {
            self.variable(format!("{place}.overrides.variables.{name}"), value, None);
        }
    }

    /// Checks the value of a variable. A text without a variable may be just a text.
    #[inline]
    fn variable(&mut self, place: String, value: &Value, before: Option<&[&str]>) {
        let text = value.as_str();
        if let Some(text) = text.filter(|text| expressions::has_variable(text)) {
            self.read(place, "the variable's expression", text, before);
        }
    }

    /// Checks the syntax and the variables of an expression. `before` has the variables of the stack that it may read if
    /// they are not all of them.
    #[inline]
    fn read(&mut self, place: String, what: &str, expression: &str, before: Option<&[&str]>) {
        let read = match expressions::variables(expression) {
            Ok(read) => read,
            Err(fault) => {
                let message = format!("{what} `{expression}` is broken: {fault}");
                return self.report(place, message);
            }
        };
        if self.rules.allow_undefined {
            return;
        }
        let names = |all: &'_ StackVariableValues| -> Vec<String> {
            all.iter().map(|(name, _)| name.to_owned()).collect()
        };
        let own = self.variables.map(names).unwrap_or_default();
        let mut known = self.rules.variables.clone();
        known.extend(self.overridden.iter().flat_map(|all| names(all)));
        match before {
            Some(before) => known.extend(before.iter().map(|name| (*name).to_owned())),
            None => known.extend(own.iter().cloned()),
        }
        let mut seen = HashSet::new();
        for name in read.into_iter().filter(|name| seen.insert(*name)) {
            if known.iter().any(|known| is_read(known, name)) {
                continue;
            }
            let (message, suggestion) = if own.iter().any(|own| is_read(own, name)) {
                let message = format!(
                    "the variable `${name}` is read before it is set: move it before this one"
                );
                (message, None)
            } else {
                let similar = nearest(name, known.iter().map(String::as_str));
                (
                    format!("the variable `${name}` is not defined"),
                    similar.map(|name| format!("${name}")),
                )
            };
            self.problems.push(StackProblem {
                place: place.clone(),
                message,
                suggestion,
            });
        }
    }
}

/// Whether `$name` may read this variable, whose own name can have letters that end a name in an expression.
fn is_read(known: &str, name: &str) -> bool {
    known.strip_prefix(name).is_some_and(|rest| {
        !rest.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_')
    })
}

/// The operations and options that are known.
#[derive(Clone, Debug, Default)]
enum Catalogue {
    /// To this crate.
    #[default]
    BuiltIn,
    /// To the service.
    Service(Arc<(OperationCatalogue, StackOptionCatalogue)>),
}

/// A known operation.
enum Known<'a> {
    BuiltIn(&'static OperationRules),
    Service(&'a OperationDescription),
}

/// What is known of an option.
enum Facts<'a> {
    BuiltIn(Rule),
    Service {
        types: Option<&'a ValueType>,
        least: Option<f64>,
        most: Option<f64>,
        values: &'a [AnyValue],
    },
}

impl Catalogue {
    fn operation(&self, name: &str) -> Option<Known<'_>> {
        match self {
            Self::BuiltIn => {
                let known = OPERATIONS.iter().find(|rules| rules.name == name);
                known.map(Known::BuiltIn)
            }
            Self::Service(catalogues) => catalogues.0.get(name).map(Known::Service),
        }
    }

    #[inline]
    fn operation_names(&self) -> Vec<&str> {
        match self {
            Self::BuiltIn => OPERATIONS.iter().map(|rules| rules.name).collect(),
            Self::Service(catalogues) => catalogues.0.keys().map(String::as_str).collect(),
        }
    }

    fn stack_option(&self, name: &str) -> Option<Facts<'_>> {
        match self {
            Self::BuiltIn => {
                let known = STACK_OPTIONS.iter().find(|option| option.name == name);
                known.map(|option| Facts::BuiltIn(option.rule))
            }
            Self::Service(catalogues) => {
                let known = catalogues.1.properties.get(name)?;
                Some(Facts::Service {
                    types: known.type_.as_ref(),
                    least: known.minimum,
                    most: known.maximum,
                    values: &known.values,
                })
            }
        }
    }

    #[inline]
    fn stack_option_names(&self) -> Vec<&str> {
        match self {
            Self::BuiltIn => STACK_OPTIONS.iter().map(|option| option.name).collect(),
            Self::Service(catalogues) => {
                let names = catalogues.1.properties.keys();
                names.map(String::as_str).collect()
            }
        }
    }
}

impl Known<'_> {
    fn option(&self, name: &str) -> Option<Facts<'_>> {
        match self {
            Self::BuiltIn(rules) => {
                let known = rules.options.iter().find(|option| option.name == name);
                known.map(|option| Facts::BuiltIn(option.rule))
            }
            Self::Service(description) => {
                let known = description.properties.0.get(name)?;
                Some(Facts::Service {
                    types: known.type_.as_ref(),
                    least: known.minimum,
                    most: known.maximum,
                    values: &known.values,
                })
            }
        }
    }

    #[inline]
    fn option_names(&self) -> Vec<&str> {
        match self {
            Self::BuiltIn(rules) => rules.options.iter().map(|option| option.name).collect(),
            Self::Service(description) => {
                let names = description.properties.0.keys();
                names.map(String::as_str).collect()
            }
        }
    }

    fn required(&self) -> Vec<&str> {
        match self {
            Self::BuiltIn(rules) => rules.required.to_vec(),
            Self::Service(description) => description.required.iter().map(String::as_str).collect(),
        }
    }

    fn one_of(&self) -> Vec<&str> {
        match self {
            Self::BuiltIn(rules) => rules.one_of.to_vec(),
            Self::Service(description) => description.one_of.iter().map(String::as_str).collect(),
        }
    }
}

impl Facts<'_> {
    /// Returns why a value is invalid, or `None`.
    #[inline]
    fn fault(&self, value: &Value) -> Option<String> {
        match *self {
            Self::BuiltIn(rule) => rule.fault(value),
            Self::Service { .. } if value.is_null() => None,
            Self::Service {
                types,
                least,
                most,
                values,
            } => {
                if !values.is_empty()
                    && !values.iter().any(|allowed| text(&allowed.0) == text(value))
                {
                    let values: Vec<_> = values.iter().map(|allowed| text(&allowed.0)).collect();
                    return Some(format!("it must be one of {}", values.join(", ")));
                }
                let types = match types {
                    None => &[][..],
                    Some(ValueType::String(name)) => std::slice::from_ref(name),
                    Some(ValueType::Array(names)) => names,
                };
                if !types.is_empty() && !types.iter().any(|name| is_of_type(value, name)) {
                    return Some(format!("its type must be {}", types.join(" or ")));
                }
                let number = number(value)?;
                let (low, high) = (least.unwrap_or(f64::MIN), most.unwrap_or(f64::MAX));
                (!(low..=high).contains(&number)).then(|| match (least, most) {
                    (Some(least), Some(most)) => format!("it must be {least} to {most}"),
                    (Some(least), None) => format!("it must be at least {least}"),
                    _ => format!("it must be at most {high}"),
                })
            }
        }
    }
}

/// A value as text, because the service writes some numbers and booleans as strings.
fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "integer" => number(value).is_some_and(|number| number.fract() == 0.0),
        "number" => number(value).is_some(),
        "boolean" => {
            value.is_boolean() || matches!(text(value).as_str(), "true" | "false" | "0" | "1")
        }
        "string" => !value.is_array() && !value.is_object(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        // A type that is newer than this crate.
        _ => true,
    }
}
