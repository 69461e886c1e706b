//! Reads the methods of a client from its code or its reference.

pub(crate) mod field;
pub(crate) mod reference;
pub(crate) mod rust;
pub(crate) mod typescript;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Returns the files of a folder whose names have this ending, in order, with their text.
pub(crate) fn files(folder: &Path, end: &str) -> Result<Vec<(PathBuf, String)>> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(end) {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() {
        bail!("{} has no file *{end}", folder.display());
    }
    paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            Ok((path, text))
        })
        .collect()
}

/// What the tests of the readers expect.
#[cfg(test)]
mod expected {
    use crate::compare::signature::{Parameter, Signature};

    pub(super) fn parameter(name: &str, kind: &str, optional: bool) -> Parameter {
        Parameter {
            name: name.into(),
            kind: kind.into(),
            optional,
        }
    }

    pub(super) fn signature(
        method: &str,
        parameters: &[Parameter],
        returns: &str,
        decodes: Option<&str>,
    ) -> Signature {
        Signature {
            method: method.into(),
            parameters: parameters.to_vec(),
            returns: returns.into(),
            decodes: decodes.map(str::to_owned),
        }
    }
}
