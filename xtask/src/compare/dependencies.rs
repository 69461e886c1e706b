//! Counts the dependencies of a client.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::Tools;
use super::sdk::Sdk;
use crate::command::output;

/// Declared dependencies, and the whole tree if known.
#[derive(Clone, Copy)]
pub(crate) struct Dependencies {
    pub(crate) declared: usize,
    pub(crate) all: Option<usize>,
    /// Dependencies of the build only, if the language distinguishes them.
    pub(crate) build: Option<usize>,
}

/// Counts those of a generated client in another language. `installed` is the number of installed packages.
pub(crate) fn foreign(sdk: Sdk, tools: &Tools, installed: Option<usize>) -> Result<Dependencies> {
    let folder = tools.generated(sdk);
    let declared = match sdk {
        Sdk::Ruby => count(&folder.join("openapi_client.gemspec"), |text| {
            text.lines()
                .filter(|line| {
                    line.contains("add_runtime_dependency") || line.contains("s.add_dependency")
                })
                .count()
        })?,
        Sdk::Python => count(&folder.join("pyproject.toml"), declared_in_python)?,
        // The generator writes no manifest: the client uses only the runtime.
        _ => 0,
    };
    Ok(Dependencies {
        declared,
        all: installed,
        build: None,
    })
}

fn count(path: &Path, of: impl Fn(&str) -> usize) -> Result<usize> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(of(&text))
}

fn declared_in_python(text: &str) -> usize {
    text.lines()
        .skip_while(|line| *line != "dependencies = [")
        .skip(1)
        .take_while(|line| *line != "]")
        .count()
}

/// Counts those of a crate with these features.
pub(crate) fn of_crate(tools: &Tools, manifest: &Path, features: &[&str]) -> Result<Dependencies> {
    // The other crates of the workspace are no dependencies.
    let package: &[&str] = if manifest.parent() == Some(&tools.root) {
        &["--package", "rokka"]
    } else {
        &[]
    };
    let tree = |edges: &str, depth: &[&str]| -> Result<usize> {
        let mut command = Command::new(&tools.cargo);
        command
            .args([
                "tree",
                "--quiet",
                "--prefix",
                "none",
                "--no-dedupe",
                "--format",
                "{p}",
                "--edges",
                edges,
            ])
            .args(depth)
            .args(package)
            .args(features)
            .arg("--manifest-path")
            .arg(manifest)
            .current_dir(&tools.root);
        let text = output(&mut command)?;
        Ok(crates(&text))
    };
    let all = tree("normal", &[])?;
    Ok(Dependencies {
        declared: tree("normal", &["--depth", "1"])?,
        all: Some(all),
        build: Some(tree("normal,build", &[])?.saturating_sub(all)),
    })
}

/// Counts the crates of a tree without its root, which is the first line.
fn crates(tree: &str) -> usize {
    let mut lines = tree
        .lines()
        .map(|line| line.trim_end_matches(" (proc-macro)"));
    let root = lines.next();
    let unique: BTreeSet<&str> = lines
        .filter(|line| !line.is_empty() && Some(*line) != root)
        .collect();
    unique.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_each_crate_once() {
        let tree = "rokka v0.1.0 (/x)\nserde v1.0.0\nserde_derive v1.0.0 (proc-macro)\nserde v1.0.0\nserde_derive v1.0.0 (proc-macro)\nserde v2.0.0\n";
        assert_eq!(crates(tree), 3);
    }

    #[test]
    fn counts_what_python_declares() {
        let text = "[project]\nrequires-python = \">=3.10\"\n\ndependencies = [\n  \"a (>=1)\",\n  \"b\",\n]\n\nother = [\n  \"c\",\n]\n";
        assert_eq!(declared_in_python(text), 2);
    }
}
