//! A description of the API, read from a file.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::openapi_generator::OpenApiGenerator;
use crate::swagger;

/// References that are followed before they count as going round in a circle.
const REFERENCES: usize = 64;

/// A description in OpenAPI 3.0.
pub(crate) struct Document {
    pub(crate) root: Value,
    name: String,
}

impl Document {
    /// Reads OpenAPI 3.0, or Swagger 2.0 and converts it.
    pub(crate) fn read(path: &Path, generator: &OpenApiGenerator) -> Result<Self> {
        let here = std::env::current_dir().unwrap_or_default();
        let name = path
            .strip_prefix(here)
            .unwrap_or(path)
            .display()
            .to_string();
        let text = fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
        let root: Value =
            serde_json::from_str(&text).with_context(|| format!("{name} is not JSON"))?;
        let version = |key: &str| root.get(key).and_then(Value::as_str);
        let root = match (version("openapi"), version("swagger")) {
            (Some(version), _) if version.starts_with("3.0.") => root,
            (_, Some("2.0")) => swagger::to_openapi_3(path, generator)
                .with_context(|| format!("{name} cannot be converted to OpenAPI 3.0"))?,
            (Some(version), _) | (None, Some(version)) => bail!(
                "{name} is of version {version}: only OpenAPI 3.0 and Swagger 2.0 can be read"
            ),
            (None, None) => {
                bail!("{name} is no description of an API: it has neither `openapi` nor `swagger`")
            }
        };
        Ok(Self { root, name })
    }

    #[cfg(test)]
    pub(crate) fn new(root: Value, name: &str) -> Self {
        let name = name.to_owned();
        Self { root, name }
    }

    /// The file's name, as far as it is not that of the folder that the command runs in.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What a value refers to, or the value itself.
    pub(crate) fn resolve<'a>(&'a self, value: &'a Value) -> Result<&'a Value> {
        Ok(self.follow(value)?.0)
    }

    /// What a value refers to, and the name of the last reference.
    pub(crate) fn follow<'a>(&'a self, value: &'a Value) -> Result<(&'a Value, Option<&'a str>)> {
        let (mut value, mut name) = (value, None);
        for _ in 0..REFERENCES {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
                return Ok((value, name));
            };
            let Some(pointer) = reference.strip_prefix('#') else {
                bail!(
                    "{} refers to {reference}: only references within a document can be followed",
                    self.name
                );
            };
            value = self
                .root
                .pointer(pointer)
                .with_context(|| format!("{} refers to {reference}, which it lacks", self.name))?;
            name = reference.rsplit('/').next();
        }
        bail!(
            "{} has a reference that leads to itself: {value}",
            self.name
        )
    }
}
