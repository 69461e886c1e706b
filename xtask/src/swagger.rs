//! Swagger 2.0 to OpenAPI 3.0.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::openapi_generator::OpenApiGenerator;

/// The document in OpenAPI 3.0.
pub(crate) fn to_openapi_3(path: &Path, generator: &OpenApiGenerator) -> Result<Value> {
    generator.check()?;
    let folder = tempfile::tempdir().context("there is no place for the converted document")?;
    // What is not quite valid is told by those who read it.
    generator.generate("openapi", path, folder.path(), &["--skip-validate-spec"])?;
    let text = fs::read_to_string(folder.path().join("openapi.json"))
        .context("the converted document cannot be read")?;
    serde_json::from_str(&text).context("the converted document is not JSON")
}
