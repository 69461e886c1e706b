//! The clients that OpenAPI Generator makes.

use std::path::Path;

use anyhow::{Context, Result};

use super::sdk::Sdk;
use crate::openapi_generator::OpenApiGenerator;

/// Makes a client into the folder.
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
            .with_context(|| format!("{} cannot be cleared", folder.display()))?;
    }
    program.generate(generator, description, folder, &[])?;
    if sdk == Sdk::Rust {
        // It lies within the workspace of this crate, and is no part of it.
        let manifest = folder.join("Cargo.toml");
        let text = std::fs::read_to_string(&manifest)
            .with_context(|| format!("{} cannot be read", manifest.display()))?;
        std::fs::write(&manifest, format!("{text}\n[workspace]\n"))?;
    }
    Ok(())
}
