//! Generates the clients of OpenAPI Generator.

use std::path::Path;

use anyhow::{Context, Result};

use super::sdk::Sdk;
use crate::openapi_generator::OpenApiGenerator;

/// Generates a client into the folder.
pub(crate) fn generate(
    program: &OpenApiGenerator,
    sdk: Sdk,
    description: &Path,
    folder: &Path,
) -> Result<()> {
    let Some(generator) = sdk.generator() else {
        return Ok(());
    };
    if folder.exists() {
        std::fs::remove_dir_all(folder)
            .with_context(|| format!("cannot clear {}", folder.display()))?;
    }
    program.generate(generator, description, folder, &[])?;
    if sdk == Sdk::Rust {
        // The folder is inside this workspace, but not part of it.
        let manifest = folder.join("Cargo.toml");
        let text = std::fs::read_to_string(&manifest)
            .with_context(|| format!("cannot read {}", manifest.display()))?;
        std::fs::write(&manifest, format!("{text}\n[workspace]\n"))?;
    }
    Ok(())
}
