//! `rokka api`: any operation of the API by its id, or any path.

use std::path::PathBuf;

use clap::Args;
use clap_complete::engine::{ArgValueCandidates, ArgValueCompleter};
use rokka::AnyResponse;
use rokka::api::{self, ApiOperation};
use serde_json::Value;

use crate::context::Context;
use crate::failure::Failure;

mod completion;
mod describe;
mod operation;
mod path;
mod value;

pub(super) const EXAMPLES: &str = "\
A parameter is NAME=VALUE, wherever the request has it: in the path, the query, a header, the form or the JSON body. NAME=@FILE
reads the value from a file, or is the file of an upload; NAME:=JSON is a value as JSON, in a body whose fields the service does
not name. The parameter `organization` is that of the profile unless it is given.

Examples:
  rokka api                                                    list all operations
  rokka api createStack --describe                             what an operation takes
  rokka api getSourceImage hash=3f9a21
  rokka api listSourceImages limit=5 'height=[1200,}' user:array:labels=cat
  rokka api createSourceImage filedata=@cat.jpg 'meta_user[0]={\"title\": \"A cat\"}'
  rokka api patchSourceImageMetaUser hash=3f9a21 title='A cat' int:sku:=42
  rokka api createStack name=card --body @card.json
  rokka api downloadSourceImage hash=3f9a21 -o cat.jpg
  rokka api /stacks/acme                                       any path, with GET
  rokka api /stacks/acme/card --method PUT --body @card.json --header 'X-Trace: 1' --include";

/// The arguments of `rokka api`.
#[derive(Args, Debug)]
pub struct ApiArgs {
    /// The id of an operation, or a path that starts with `/` [default: list the operations]
    #[arg(value_name = "OPERATION|PATH", add = ArgValueCandidates::new(completion::operations))]
    pub operation: Option<String>,

    /// The parameters of the operation, or of the query of the path
    #[arg(value_name = "NAME=VALUE", add = ArgValueCompleter::new(completion::parameters))]
    pub parameters: Vec<String>,

    /// The JSON body: JSON, @FILE, or - for standard input
    #[arg(long, short = 'd', visible_alias = "data", value_name = "JSON|@FILE|-")]
    pub body: Option<String>,

    /// Write the result to this file; `-` is standard output
    #[arg(long, short = 'o', value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Replace a file that exists
    #[arg(long, requires = "output")]
    pub overwrite: bool,

    /// Say what the operation does and takes, and send nothing
    #[arg(long)]
    pub describe: bool,

    /// The HTTP method, for a path [default: GET, or POST with a body]
    #[arg(long, short = 'X', visible_alias = "request", value_name = "METHOD")]
    pub method: Option<String>,

    /// Add a header; can be repeated
    #[arg(long = "header", short = 'H', value_name = "NAME: VALUE")]
    pub headers: Vec<String>,

    /// Print the status and the headers of the response before its body
    #[arg(long, short = 'i')]
    pub include: bool,
}

/// Runs the command.
///
/// # Errors
/// If an argument is wrong, or the service refuses the call.
pub async fn run(args: ApiArgs, context: &Context) -> Result<(), Failure> {
    match &args.operation {
        None => describe::list(context),
        Some(path) if path.starts_with('/') => path::run(&args, path, context).await,
        Some(id) => {
            let operation = find(id)?;
            if args.describe {
                return describe::one(operation, context);
            }
            if args.method.is_some() {
                return Err(Failure::usage(
                    "--method is for a path: an operation has its own",
                ));
            }
            operation::run(&args, operation, context).await
        }
    }
}

fn find(id: &str) -> Result<&'static ApiOperation, Failure> {
    ApiOperation::find(id).map_err(|similar| {
        let failure = Failure::usage(format!("there is no operation `{id}`"));
        match similar.or_else(|| containing(id)) {
            Some(similar) => failure.with_hint(format!("did you mean `{similar}`?")),
            None => failure.with_hint("`rokka api` lists all operations"),
        }
    })
}

/// Returns the first operation whose id has the letters of a text in it.
fn containing(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    let mut ids = api::operations().iter().map(|operation| operation.id);
    ids.find(|id| text.len() > 3 && id.to_lowercase().contains(&text))
}

/// Prints a response: JSON that is easy to read for a person, as one line for a program.
fn print(response: &AnyResponse, args: &ApiArgs, context: &Context) -> Result<(), Failure> {
    let output = &context.output;
    if args.include {
        let mut head = format!("{}\n", response.status);
        for (name, value) in &response.headers {
            // Headers that can have a secret are marked.
            let value = if value.is_sensitive() {
                "[redacted]".into()
            } else {
                String::from_utf8_lossy(value.as_bytes())
            };
            head.extend([name.as_str(), ": ", &value, "\n"]);
        }
        output.line(head)?;
    }
    let body = response.body.as_ref();
    if let Some(path) = args
        .output
        .as_deref()
        .filter(|path| !crate::text_file::is_standard(path))
    {
        return write_file(path, body, args.overwrite, context);
    }
    if body.is_empty() {
        output.note(format_args!("{}, without content", response.status));
        return Ok(());
    }
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return output.write(body);
    };
    if output.terminal {
        return output.line(serde_json::to_string_pretty(&value)?);
    }
    // As the service wrote it, if that is one line.
    let text = std::str::from_utf8(body).unwrap_or_default().trim();
    if text.is_empty() || text.contains(['\n', '\r']) {
        output.json_line(&value)
    } else {
        output.line(text)
    }
}

fn write_file(
    path: &std::path::Path,
    body: &[u8],
    overwrite: bool,
    context: &Context,
) -> Result<(), Failure> {
    let mut options = std::fs::OpenOptions::new();
    options
        .write(true)
        .truncate(true)
        .create(overwrite)
        .create_new(!overwrite);
    let written = options
        .open(path)
        .and_then(|mut file| std::io::Write::write_all(&mut file, body));
    written.map_err(|error| {
        let exists = error.kind() == std::io::ErrorKind::AlreadyExists;
        let failure = Failure::from(error).about(path.display());
        if exists {
            failure.with_hint("--overwrite replaces it")
        } else {
            failure
        }
    })?;
    let (size, path) = (body.len(), path.display());
    context
        .output
        .note(format_args!("wrote {size} bytes to {path}"));
    Ok(())
}
