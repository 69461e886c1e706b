//! A request to any path.

use rokka::http::Method;

use super::value::{body, split};
use super::{ApiArgs, print};
use crate::context::Context;
use crate::failure::Failure;

pub(super) async fn run(args: &ApiArgs, path: &str, context: &Context) -> Result<(), Failure> {
    if args.describe {
        return Err(Failure::usage(
            "--describe is for an operation, not for a path",
        ));
    }
    let body = args.body.as_deref().map(body).transpose()?;
    let method = match &args.method {
        Some(name) => Method::from_bytes(name.to_ascii_uppercase().as_bytes())
            .map_err(|_| Failure::usage(format!("`{name}` is not an HTTP method")))?,
        None if body.is_some() => Method::POST,
        None => Method::GET,
    };
    if context.dry_run {
        context
            .output
            .note(format_args!("would send {method} {path}"));
        return Ok(());
    }
    let mut call = context.client()?.request(method.clone(), path);
    for parameter in &args.parameters {
        let (name, value) = split(parameter)?;
        call = call.query(name, value);
    }
    if let Some(body) = body {
        call = call.json(&body);
    }
    for text in &args.headers {
        let (name, value) = header(text)?;
        call = call.header(name, value);
    }
    if method == Method::DELETE {
        context.confirm(&format!("Send DELETE {path}?")).await?;
    }
    print(&call.await?, args, context)
}

/// Reads `NAME: VALUE`.
pub(super) fn header(text: &str) -> Result<(&str, &str), Failure> {
    match text.split_once(':') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim(), value.trim())),
        _ => Err(Failure::usage(format!(
            "`{text}` is not a header: write 'NAME: VALUE'"
        ))),
    }
}
