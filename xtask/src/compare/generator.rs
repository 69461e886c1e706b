//! OpenAPI Generator.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::command::output;
use super::sdk::Sdk;

/// The version that the page was written for.
pub(crate) const VERSION: &str = "7.26.0";

/// Makes a client into the folder.
pub(crate) fn generate(program: &str, sdk: Sdk, description: &Path, folder: &Path) -> Result<()> {
    let Some(generator) = sdk.generator() else {
        return Ok(());
    };
    if folder.exists() {
        std::fs::remove_dir_all(folder)
            .with_context(|| format!("{} cannot be cleared", folder.display()))?;
    }
    output(
        Command::new(program)
            .args(["generate", "--generator-name", generator, "--input-spec"])
            .arg(description)
            .arg("--output")
            .arg(folder),
    )?;
    if sdk == Sdk::Rust {
        // It lies within the workspace of this crate, and is no part of it.
        let manifest = folder.join("Cargo.toml");
        let text = std::fs::read_to_string(&manifest)
            .with_context(|| format!("{} cannot be read", manifest.display()))?;
        std::fs::write(&manifest, format!("{text}\n[workspace]\n"))?;
    }
    Ok(())
}

/// Checks that the program is there, and tells its version.
pub(crate) fn version(program: &str) -> Result<String> {
    let Ok(text) = output(Command::new(program).arg("version")) else {
        bail!(
            "there is no OpenAPI Generator: `{program} version` does not run. Install Java 11 or newer and \
             `pip install openapi-generator-cli=={VERSION}`, and have it in PATH, or name it by --generator or \
             OPENAPI_GENERATOR"
        );
    };
    Ok(text.trim().to_owned())
}
