//! Files with definitions of stacks: JSON, TOML or YAML.

use std::collections::BTreeMap;
use std::path::Path;

use clap::ValueEnum;
use rokka::StackDefinition;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::failure::Failure;
use crate::text_file;

/// The format of a file with definitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// JSON.
    Json,
    /// TOML.
    Toml,
    /// YAML.
    Yaml,
}

/// Definitions by the names of their stacks.
pub(crate) type Definitions = BTreeMap<String, StackDefinition>;

impl Format {
    /// Returns the format that the name of a file says; JSON for standard input.
    fn of(path: &Path) -> Result<Self, Failure> {
        if text_file::is_standard(path) {
            return Ok(Self::Json);
        }
        let extension = path.extension().and_then(|extension| extension.to_str());
        match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("json") => Ok(Self::Json),
            Some("toml") => Ok(Self::Toml),
            Some("yaml" | "yml") => Ok(Self::Yaml),
            _ => Err(Failure::usage("the format of the file is unknown")
                .about(path.display())
                .with_hint("name it .json, .toml, .yaml or .yml")),
        }
    }

    fn read<T: DeserializeOwned>(self, text: &str) -> Result<T, String> {
        match self {
            Self::Json => serde_json::from_str(text).map_err(|error| error.to_string()),
            Self::Toml => toml::from_str(text).map_err(|error| error.to_string()),
            Self::Yaml => yaml_serde::from_str(text).map_err(|error| error.to_string()),
        }
    }

    /// Returns definitions as the text of a file.
    pub(crate) fn write(self, definitions: &Definitions) -> Result<String, Failure> {
        let text = match self {
            Self::Json => {
                serde_json::to_string_pretty(definitions).map_err(|error| error.to_string())
            }
            Self::Toml => toml::to_string(definitions).map_err(|error| error.to_string()),
            Self::Yaml => yaml_serde::to_string(definitions).map_err(|error| error.to_string()),
        };
        let text = text.map_err(|error| {
            Failure::new(format!(
                "the definitions cannot be written in this format: {error}"
            ))
            .with_hint("--as json can write everything")
        })?;
        Ok(text.trim_end().to_owned())
    }
}

/// Reads the definition of one stack.
pub(crate) fn read_one(path: &Path) -> Result<StackDefinition, Failure> {
    let format = Format::of(path)?;
    let text = text_file::read(path)?;
    let value: Value = format.read(&text).map_err(|error| invalid(path, &error))?;
    if is_definition(&value) {
        return format.read(&text).map_err(|error| invalid(path, &error));
    }
    let mut all: Definitions = format.read(&text).map_err(|error| invalid(path, &error))?;
    match (all.len(), all.pop_first()) {
        (1, Some((_, definition))) => Ok(definition),
        (count, _) => Err(
            invalid(path, &format!("expected one definition, found {count}"))
                .with_hint("`rokka stacks apply` stores all stacks of a file"),
        ),
    }
}

/// Reads the definitions of several files. A file has a table of definitions by name, or one definition, whose name is that
/// of the file.
pub(crate) fn read_all<'a>(
    paths: impl IntoIterator<Item = &'a Path>,
) -> Result<Definitions, Failure> {
    let mut all = Definitions::new();
    for path in paths {
        let format = Format::of(path)?;
        let text = text_file::read(path)?;
        let value: Value = format.read(&text).map_err(|error| invalid(path, &error))?;
        let definitions: Definitions = if is_definition(&value) {
            let name = path
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned());
            let definition = format.read(&text).map_err(|error| invalid(path, &error))?;
            [(name.unwrap_or_default(), definition)].into()
        } else {
            format.read(&text).map_err(|error| invalid(path, &error))?
        };
        for (name, definition) in definitions {
            if all.contains_key(&name) {
                return Err(invalid(
                    path,
                    &format!("the stack `{name}` is defined twice"),
                ));
            }
            all.insert(name, definition);
        }
    }
    Ok(all)
}

/// Whether a file has the definition of one stack: a list of operations, which no definition is.
fn is_definition(value: &Value) -> bool {
    value.get("operations").is_some_and(Value::is_array)
}

fn invalid(path: &Path, error: &str) -> Failure {
    Failure::usage(error.trim_end()).about(path.display())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        (folder, path)
    }

    #[test]
    fn a_file_has_one_definition_or_several() {
        let one = r#"{"operations": [{"name": "grayscale"}]}"#;
        let several = r#"{"card": {"operations": []}, "thumb": {"operations": []}}"#;
        let (_folder, path) = file("grey.json", one);
        let names: Vec<_> = read_all([&*path]).unwrap().into_keys().collect();
        assert_eq!(names, ["grey"]);
        assert_eq!(read_one(&path).unwrap().operations[0].name, "grayscale");
        let (_other, table) = file("all.json", several);
        let names: Vec<_> = read_all([&*path, &*table]).unwrap().into_keys().collect();
        assert_eq!(names, ["card", "grey", "thumb"]);
        assert!(read_one(&table).unwrap_err().message.contains("found 2"));
        let twice = read_all([&*table, &*table]).unwrap_err();
        assert!(twice.message.contains("`card` is defined twice"), "{twice}");
    }

    #[test]
    fn every_format_is_read_as_it_is_written() {
        let text = r#"{"card": {"description": "x", "operations": [{"name": "resize", "options": {"width": 300}}],
            "options": {"jpg.quality": 80}, "variables": {"w": 1, "b": 2, "a": 3}}}"#;
        let definitions: Definitions = serde_json::from_str(text).unwrap();
        for (format, name) in [
            (Format::Json, "a.json"),
            (Format::Toml, "a.toml"),
            (Format::Yaml, "a.yml"),
        ] {
            let written = format.write(&definitions).unwrap();
            let (_folder, path) = file(name, &written);
            let read = read_all([&*path]).unwrap();
            assert_eq!(read, definitions, "{written}");
            let order: Vec<_> = read["card"]
                .variables
                .as_ref()
                .unwrap()
                .iter()
                .map(|(name, _)| name)
                .collect();
            assert_eq!(order, ["w", "b", "a"], "{written}");
        }
    }

    #[test]
    fn mistakes_name_the_file() {
        for (name, text) in [("a.json", "{"), ("a.toml", "["), ("a.yaml", "a: [")] {
            let (_folder, path) = file(name, text);
            let failure = read_all([&*path]).unwrap_err();
            assert!(
                failure.message.starts_with(&path.display().to_string()),
                "{failure}"
            );
        }
        let (_folder, path) = file("a.txt", "");
        assert!(read_all([&*path]).unwrap_err().message.contains("format"));
    }
}
