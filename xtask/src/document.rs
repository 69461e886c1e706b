//! Reads a description of the API from a file.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::openapi_generator::OpenApiGenerator;
use crate::swagger;

/// Maximum length of a chain of references.
const REFERENCES: usize = 64;

/// A description in OpenAPI 3.0.
pub(crate) struct Document {
    pub(crate) root: Value,
    name: String,
}

impl Document {
    /// Reads OpenAPI 3.0, or converts Swagger 2.0.
    pub(crate) fn read(path: &Path, generator: &OpenApiGenerator) -> Result<Self> {
        let here = std::env::current_dir().unwrap_or_default();
        let name = path
            .strip_prefix(here)
            .unwrap_or(path)
            .display()
            .to_string();
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
        let root: Value =
            serde_json::from_str(&text).with_context(|| format!("{name} is not JSON"))?;
        let version = |key: &str| root.get(key).and_then(Value::as_str);
        let root = match (version("openapi"), version("swagger")) {
            (Some(version), _) if version.starts_with("3.0.") => root,
            (_, Some("2.0")) => swagger::to_openapi_3(path, generator)
                .with_context(|| format!("cannot convert {name} to OpenAPI 3.0"))?,
            (Some(version), _) | (None, Some(version)) => {
                bail!("{name} has version {version}: expected OpenAPI 3.0 or Swagger 2.0")
            }
            (None, None) => {
                bail!("{name} is not an API description: it has neither `openapi` nor `swagger`")
            }
        };
        Ok(Self { root, name })
    }

    #[cfg(test)]
    pub(crate) fn new(root: Value, name: &str) -> Self {
        let name = name.to_owned();
        Self { root, name }
    }

    /// Returns the path of the file, relative to the current folder.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the target of a reference, or the value itself.
    pub(crate) fn resolve<'a>(&'a self, value: &'a Value) -> Result<&'a Value> {
        Ok(self.follow(value)?.0)
    }

    /// Returns the target of a reference, and the name of the last reference.
    pub(crate) fn follow<'a>(&'a self, value: &'a Value) -> Result<(&'a Value, Option<&'a str>)> {
        let (mut value, mut name) = (value, None);
        for _ in 0..REFERENCES {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
                return Ok((value, name));
            };
            let Some(pointer) = reference.strip_prefix('#') else {
                bail!(
                    "{} references {reference}: only references within the document are supported",
                    self.name
                );
            };
            value = self.root.pointer(pointer).with_context(|| {
                format!("{} references {reference}, which does not exist", self.name)
            })?;
            name = reference.rsplit('/').next();
        }
        bail!("{} has a circular reference: {value}", self.name)
    }
}
