//! Conversions between operations of stacks and of render URLs.

use serde_json::Map;

use crate::api::types::{OperationExpressions, OperationOptions, StackOperation};
use crate::error::{Error, Result};
use crate::extra::Extra;
use crate::render::{Operation, Value};

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
            extra: Extra::default(),
        }
    }
}

macro_rules! from_typed {
    ($($operation:ident)*) => {
        $(
            impl From<crate::render::operations::$operation> for StackOperation {
                fn from(operation: crate::render::operations::$operation) -> Self {
                    Operation::from(operation).into()
                }
            }
        )*

        #[cfg(test)]
        const TYPED: usize = [$(stringify!($operation)),*].len();
    };
}

from_typed! {
    Resize Crop Rotate Autorotate DropShadow Trim Composition Blur Primitive Grayscale Sepia Modulate Alpha Glitch AddFrames
    Noop CircleMask Face Multiply Sharpen SvgToBitmap SvgDynamic Text
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

#[cfg(test)]
mod tests {
    #[test]
    fn every_operation_converts_to_one_of_a_stack() {
        assert_eq!(super::TYPED, crate::render::rules::OPERATIONS.len());
    }
}
