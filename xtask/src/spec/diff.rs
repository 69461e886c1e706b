//! `cargo xtask spec diff`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use super::compare::compare;
use super::report::{Format, changes, print};
use crate::document::Document;
use crate::openapi_generator::OpenApiGenerator;

/// Exit status if a change breaks callers.
const BREAKING: u8 = 1;

/// List the changes between two descriptions, and which of them break callers.
///
/// Reads OpenAPI 3.0 in JSON, and Swagger 2.0 through OpenAPI Generator. A change is breaking if code that uses `rokka::api` no
/// longer compiles or behaves differently, or if an existing program gets refused or misreads a response once the service follows
/// the new description. The comparison ignores descriptions, examples, tags, security, the names of schemas and path
/// placeholders, and equivalent notations: references, orders, `nullable`, wrappers of one schema.
#[derive(clap::Args)]
#[command(
    after_help = "Exit status: 0 without breaking changes, 1 with breaking changes, \
                        2 if a document cannot be read or the usage is invalid."
)]
pub(crate) struct Arguments {
    /// The old description.
    old: PathBuf,
    /// The new description.
    new: PathBuf,
    /// Output format.
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
