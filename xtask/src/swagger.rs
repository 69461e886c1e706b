//! Converts Swagger 2.0 to OpenAPI 3.0.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::openapi_generator::OpenApiGenerator;

/// Returns the document in OpenAPI 3.0.
pub(crate) fn to_openapi_3(path: &Path, generator: &OpenApiGenerator) -> Result<Value> {
    generator.check()?;
    let folder =
        tempfile::tempdir().context("cannot create a folder for the converted document")?;
    // The readers of the document report what is invalid.
    generator.generate("openapi", path, folder.path(), &["--skip-validate-spec"])?;
    let text = fs::read_to_string(folder.path().join("openapi.json"))
        .context("cannot read the converted document")?;
    serde_json::from_str(&text).context("the converted document is not JSON")
}
