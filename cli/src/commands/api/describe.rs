//! What the operations are and take.

use rokka::api::{self, ApiBody, ApiOperation, ApiParameter, ParameterKind, ParameterPlace};
use serde_json::{Value, json};

use crate::context::Context;
use crate::failure::Failure;

/// Lists all operations.
pub(super) fn list(context: &Context) -> Result<(), Failure> {
    let output = &context.output;
    let mut table = output.table(&["OPERATION", "REQUEST", "WHAT"]);
    for operation in api::operations() {
        if output.json {
            output.json_line(&object(operation))?;
            continue;
        }
        let request = format!("{} {}", operation.method, operation.path);
        table.row([operation.id, &request, operation.summary])?;
    }
    table.finish()
}

/// Describes an operation and its parameters.
pub(super) fn one(operation: &ApiOperation, context: &Context) -> Result<(), Failure> {
    let output = &context.output;
    if output.json {
        return output.json_line(&object(operation));
    }
    output.line(format_args!("{} {}\n", operation.method, operation.path))?;
    output.line(format_args!(
        "{}.\n\n{}\n",
        operation.summary, operation.description
    ))?;
    output.line(format_args!("{}\n", operation.reference))?;
    let mut table = output.table(&["PARAMETER", "IN", "TYPE", "REQUIRED", "WHAT"]);
    for parameter in operation.parameters {
        let required = if parameter.required { "yes" } else { "" };
        let kind = kind(parameter);
        let name = match parameter.kind {
            ParameterKind::Fields => "(any)",
            _ => parameter.name,
        };
        let what = parameter.description.lines().next().unwrap_or_default();
        table.row([name, place(parameter.place), &kind, required, what])?;
    }
    table.finish()?;
    match operation.body {
        ApiBody::Json { required: true, .. } => {
            output.line("\nIt needs a JSON body: --body, or parameters that are in it.")
        }
        ApiBody::Json { .. } => {
            output.line("\nIt takes a JSON body: --body, or parameters that are in it.")
        }
        _ => Ok(()),
    }
}

fn place(place: ParameterPlace) -> &'static str {
    match place {
        ParameterPlace::Path => "path",
        ParameterPlace::Query => "query",
        ParameterPlace::Header => "header",
        ParameterPlace::Host => "host",
        ParameterPlace::Field => "body",
        ParameterPlace::Part => "form",
        _ => "",
    }
}

fn kind(parameter: &ApiParameter) -> String {
    if !parameter.values.is_empty() {
        return parameter.values.join("|");
    }
    match parameter.kind {
        ParameterKind::Integer => "integer",
        ParameterKind::Boolean => "boolean",
        ParameterKind::Json => "JSON",
        ParameterKind::File => "@file",
        _ => "text",
    }
    .to_owned()
}

fn object(operation: &ApiOperation) -> Value {
    let parameters = operation.parameters.iter().map(|parameter| {
        json!({
            "name": parameter.name, "in": place(parameter.place), "type": kind(parameter),
            "required": parameter.required, "description": parameter.description,
        })
    });
    let parameters: Vec<Value> = parameters.collect();
    json!({
        "id": operation.id, "method": operation.method, "path": operation.path, "summary": operation.summary,
        "reference": operation.reference, "parameters": parameters,
    })
}
