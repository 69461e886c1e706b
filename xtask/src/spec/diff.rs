//! `cargo xtask spec diff`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use super::compare::compare;
use super::report::{Format, changes, print};
use crate::document::Document;
use crate::openapi_generator::OpenApiGenerator;

/// What a difference that breaks callers ends with.
const BREAKING: u8 = 1;

/// Tell what changed between two descriptions, and what of it breaks callers.
///
/// Reads OpenAPI 3.0 in JSON, and Swagger 2.0 by way of OpenAPI Generator. A change breaks if code that uses `rokka::api` does
/// not compile after it or does something else, or if a program that is built already is refused or misreads an answer once
/// the service acts on the new description. Descriptions, examples, tags, security and the names of schemas and of
/// placeholders in paths are not compared; neither are spellings: references, orders, `nullable`, wrappers of one schema.
#[derive(clap::Args)]
#[command(
    after_help = "Exit status: 0 if nothing breaks callers, 1 if something does, \
                        2 if a document cannot be read or the usage is bad."
)]
pub(crate) struct Arguments {
    /// The description that callers know.
    old: PathBuf,
    /// The description that comes after it.
    new: PathBuf,
    /// How to tell the changes.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    generator: OpenApiGenerator,
}

impl Arguments {
    pub(super) fn run(self) -> Result<ExitCode> {
        let (old, new) = (
            Document::read(&self.old, &self.generator)?,
            Document::read(&self.new, &self.generator)?,
        );
        let found = compare(&old, &new)?;
        print(&changes(self.format, old.name(), new.name(), &found)?)?;
        let breaking = found.iter().any(|change| change.breaks.is_some());
        Ok(ExitCode::from(if breaking { BREAKING } else { 0 }))
    }
}
