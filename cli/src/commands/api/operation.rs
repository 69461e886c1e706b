//! A call of an operation by its id.

use rokka::api::{ApiOperation, ParameterPlace};
use rokka::{OperationRequest, Source};

use super::value::{Parameter, body};
use super::{ApiArgs, print};
use crate::context::Context;
use crate::failure::Failure;
use crate::rendering_output::explained;
use crate::text_file::is_standard;

pub(super) async fn run(
    args: &ApiArgs,
    operation: &'static ApiOperation,
    context: &Context,
) -> Result<(), Failure> {
    let parameters = args.parameters.iter();
    let parameters = parameters.map(|text| Parameter::parse(text, operation));
    let mut parameters: Vec<Parameter> = parameters.collect::<Result<_, _>>()?;
    let takes_organization = operation.parameters.iter().any(|parameter| {
        parameter.name == "organization"
            && matches!(parameter.place, ParameterPlace::Path | ParameterPlace::Host)
    });
    let is_given = |parameter: &Parameter| match parameter {
        Parameter::Value(name, _) | Parameter::File(name, _) => name == "organization",
    };
    if takes_organization && !parameters.iter().any(is_given) {
        let organization = context.organization()?;
        parameters.push(Parameter::Value(
            "organization".to_owned(),
            organization.into(),
        ));
    }
    let line = line(operation, &parameters);
    if context.dry_run {
        context.output.note(format_args!("would send {line}"));
        return Ok(());
    }
    let client = if operation.on_render_host {
        context.public_client()
    } else {
        context.client()
    };
    let mut call = client?.request_operation(operation.id);
    for parameter in parameters {
        call = match parameter {
            Parameter::Value(name, value) => call.parameter(name, value),
            Parameter::File(name, path) => call.file(name, Source::path(path)),
        };
    }
    if let Some(text) = &args.body {
        call = call.json(&body(text)?);
    }
    for header in &args.headers {
        let (name, value) = super::path::header(header)?;
        call = call.header(name, value);
    }
    if operation.method == "DELETE" {
        context
            .confirm(&format!("{} ({line})?", operation.summary))
            .await?;
    }
    if operation.returns_file {
        return receive(args, call, context).await;
    }
    print(&call.await?, args, context)
}

/// Receives a file, in constant memory.
async fn receive(args: &ApiArgs, call: OperationRequest, context: &Context) -> Result<(), Failure> {
    if let Some(path) = args.output.as_deref().filter(|path| !is_standard(path)) {
        let call = call.download().to_file(path);
        let call = if args.overwrite {
            call.overwrite()
        } else {
            call
        };
        let size = call.await.map_err(explained)?;
        let path = path.display();
        context
            .output
            .note(format_args!("wrote {size} bytes to {path}"));
        return Ok(());
    }
    if context.output.terminal && args.output.is_none() {
        return Err(
            Failure::usage("the operation returns a file, which a terminal cannot show")
                .with_hint("add -o FILE, or -o - to print it all the same"),
        );
    }
    let mut download = call.download().await?;
    while let Some(bytes) = futures_util::TryStreamExt::try_next(&mut download).await? {
        context.output.write(&bytes)?;
    }
    Ok(())
}

/// Returns the method and the path of a call, as far as they are known before it is sent.
fn line(operation: &ApiOperation, parameters: &[Parameter]) -> String {
    let mut path = operation.path.to_owned();
    for parameter in parameters {
        if let Parameter::Value(name, value) = parameter {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            path = path.replace(&format!("{{{name}}}"), &text);
        }
    }
    format!("{} {path}", operation.method)
}
