//! Definitions of stacks: builders.

use serde_json::Value;

use crate::api::types::{
    Stack, StackDefinition, StackExpression, StackExpressionOverrides, StackOperation,
    StackOptionValues,
};
use crate::error::Result;
use crate::extra::Extra;
use crate::model::Model;

use super::rules::{StackProblem, StackRules};

/// The definition of a stack: operations in the order of execution, options, expressions, variables.
///
/// ```
/// use rokka::stacks::operations::{Crop, Resize};
/// use rokka::{StackDefinition, StackExpression, StackOptions};
///
/// let card = StackDefinition::new()
///     .description("Cards of the shop")
///     .variable("w", 400)
///     .variable("h", "$w / 2")
///     .operation(Resize::to_width(rokka::render::Value::expression("$w")))
///     .operation(Crop::new(400, 200))
///     .options(StackOptions::new().jpg_quality(80).autoformat(true))
///     .expression(StackExpression::new("options.dpr >= 2").option("jpg.quality", 60));
/// ```
///
/// [Reference](https://rokka.io/documentation/references/stacks.html).
impl StackDefinition {
    /// Returns a definition without operations, which only converts and optimizes.
    ///
    /// ```
    /// assert!(rokka::StackDefinition::new().operations.is_empty());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self {
            description: None,
            expressions: Vec::new(),
            operations: Vec::new(),
            options: None,
            variables: None,
            extra: Extra::default(),
        }
    }

    /// Appends an operation: one of [`operations`](super::operations), a
    /// [`render::Operation`](crate::render::Operation), or a [`StackOperation`].
    ///
    /// ```
    /// use rokka::stacks::operations::Resize;
    ///
    /// let stack = rokka::StackDefinition::new().operation(Resize::to_width(300));
    /// assert_eq!(stack.operations[0].name, "resize");
    /// ```
    #[must_use]
    pub fn operation(mut self, operation: impl Into<StackOperation>) -> Self {
        self.operations.push(operation.into());
        self
    }

    /// Sets a stack option by its name; [`options`](Self::options) takes typed ones.
    ///
    /// ```
    /// let stack = rokka::StackDefinition::new().option("jpg.quality", 80);
    /// ```
    #[must_use]
    pub fn option(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let options = self.options.take().unwrap_or_default();
        self.options = Some(options.option(name, value));
        self
    }

    /// Sets several stack options, replacing those of the same name.
    ///
    /// ```
    /// use rokka::{StackDefinition, StackOptions};
    ///
    /// let stack = StackDefinition::new().options(StackOptions::new().jpg_quality(80).autoformat(true));
    /// ```
    #[must_use]
    pub fn options(mut self, options: StackOptionValues) -> Self {
        for (name, value) in options {
            self = self.option(name, value);
        }
        self
    }

    /// Appends an expression. Expressions are evaluated in order, all that match apply, and later ones take precedence.
    ///
    /// ```
    /// use rokka::{StackDefinition, StackExpression};
    ///
    /// let saving = StackExpression::new("request.headers.save_data == 'on'").option("jpg.quality", 40);
    /// let stack = StackDefinition::new().expression(saving);
    /// ```
    #[must_use]
    pub fn expression(mut self, expression: StackExpression) -> Self {
        self.expressions.push(expression);
        self
    }

    /// Sets a variable: a number, a boolean, or a string, which is an expression that can use preceding variables. A render
    /// URL can override it.
    ///
    /// ```
    /// let stack = rokka::StackDefinition::new().variable("w", 500).variable("h", "$w / 2");
    /// ```
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let variables = self.variables.take().unwrap_or_default();
        self.variables = Some(variables.set(name, value));
        self
    }

    /// Sets a description for people.
    ///
    /// ```
    /// let stack = rokka::StackDefinition::new().description("Cards of the shop");
    /// ```
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// Checks the definition by the operations and options that this crate knows: unknown names, values out of range,
    /// required options, variables that are not defined, and the syntax of expressions. Sends nothing.
    ///
    /// [`StackRules`](super::StackRules) has other rules: those of the service's own catalogue, and unknown names allowed.
    /// [`Stacks::create`](super::Stacks::create) applies a part of these rules; see there.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind) with all [`problems`](Self::problems): the value, the rule and the
    /// place of each.
    ///
    /// ```
    /// use rokka::stacks::operations::Resize;
    ///
    /// let stack = rokka::StackDefinition::new().operation(Resize::to_width(0)).option("jpg.qualty", 80);
    /// let error = stack.check().unwrap_err().to_string();
    /// assert!(error.contains("`width` cannot be 0: it must be 1 to 10000 (operations[0].options.width)"));
    /// assert!(error.contains("`jpg.qualty` is unknown: did you mean `jpg.quality`? (options.jpg.qualty)"));
    /// ```
    #[inline]
    pub fn check(&self) -> Result<()> {
        StackRules::new().check(self)
    }

    /// Returns all problems that [`check`](Self::check) finds, in the order of the definition.
    ///
    /// ```
    /// let stack = rokka::StackDefinition::new().variable("h", "$w / 2");
    /// let problems = stack.problems();
    /// assert_eq!(problems[0].to_string(), "the variable `$w` is not defined (variables.h)");
    /// ```
    #[must_use]
    #[inline]
    pub fn problems(&self) -> Vec<StackProblem> {
        StackRules::new().problems(self)
    }
}

/// Keys of a stored stack that are not part of its definition.
pub(super) const STORED: &[&str] = &[
    "_links",
    "created",
    "link",
    "name",
    "organization",
    "updated",
];

impl StackDefinition {
    /// Returns the definition without the keys that only responses have.
    #[inline]
    pub(super) fn without_stored_keys(mut self) -> Self {
        if !self.extra.is_empty() {
            // What a stored stack has under the name of a field, such as `options` beside its `stack_options`, would be
            // written twice.
            self.extra.retain(|key, _| {
                !STORED.contains(&key.as_str()) && <Self as Model>::known(key).is_none()
            });
        }
        self
    }
}

impl Default for StackDefinition {
    fn default() -> Self {
        Self::new()
    }
}

/// Converts a stored stack to its definition, to change it or to send it back. Unknown keys of the stack, its operations and
/// its expressions are preserved; what describes the stored stack, such as its creation time, is not part of a definition, and
/// neither is an unknown key with the name of one of its fields.
///
/// ```
/// # fn f(stack: rokka::Stack) {
/// let definition = rokka::StackDefinition::from(stack).option("jpg.quality", 70);
/// # }
/// ```
impl From<Stack> for StackDefinition {
    #[inline]
    fn from(stack: Stack) -> Self {
        Self {
            description: stack.description,
            expressions: stack.stack_expressions,
            operations: stack.stack_operations,
            options: (!stack.stack_options.is_empty()).then_some(stack.stack_options),
            variables: (!stack.stack_variables.is_empty()).then_some(stack.stack_variables),
            extra: stack.extra,
        }
        .without_stored_keys()
    }
}

impl From<&Stack> for StackDefinition {
    #[inline]
    fn from(stack: &Stack) -> Self {
        stack.clone().into()
    }
}

impl From<&Self> for StackDefinition {
    #[inline]
    fn from(definition: &Self) -> Self {
        definition.clone()
    }
}

/// An expression of a stack: a condition, and the options and variables that it overrides.
///
/// ```
/// use rokka::StackExpression;
///
/// let sharp = StackExpression::new("options.dpr >= 2").option("jpg.quality", 60).variable("border", 2);
/// ```
///
/// [Reference](https://rokka.io/documentation/references/stacks.html#expressions).
impl StackExpression {
    /// Returns an expression with a condition in Symfony's expression language, without overrides.
    ///
    /// The condition may read `options.*`, `image.width`, `image.height`, `image.format`, `image.meta_user.*`,
    /// `request.headers.save_data` and others; `$name` is a variable.
    ///
    /// ```
    /// let wide = rokka::StackExpression::new("image.width > 1000");
    /// ```
    #[must_use]
    pub fn new(condition: impl Into<String>) -> Self {
        Self {
            expression: condition.into(),
            overrides: StackExpressionOverrides::default(),
            extra: Extra::default(),
        }
    }

    /// Overrides a stack option if the condition is true.
    ///
    /// ```
    /// let wide = rokka::StackExpression::new("image.width > 1000").option("jpg.quality", 60);
    /// ```
    #[must_use]
    pub fn option(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let options = self.overrides.options.take().unwrap_or_default();
        self.overrides.options = Some(options.option(name, value));
        self
    }

    /// Overrides a variable if the condition is true.
    ///
    /// ```
    /// let wide = rokka::StackExpression::new("image.width > 1000").variable("w", 1000);
    /// ```
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let variables = self.overrides.variables.take().unwrap_or_default();
        self.overrides.variables = Some(variables.set(name, value));
        self
    }
}
