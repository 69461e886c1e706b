//! Reads the type of a field from the code or the reference of a client.

use std::path::Path;

use anyhow::{Context, Result};

use super::reference::{bold, unescaped};
use super::rust::shortened;
use crate::compare::BINDINGS;
use crate::compare::sdk::Sdk;

/// Fields whose types show how a client models special values.
pub(crate) const FIELDS: [(&str, &str, &str); 5] = [
    ("SourceImage", "size", "64-bit integer"),
    ("SourceImage", "created", "date"),
    (
        "SourceImage",
        "user_metadata",
        "object that may arrive as `[]`",
    ),
    ("Membership", "roles", "open enum"),
    ("ApiKey", "api_key", "secret"),
];

/// The type of a field, and where it was read.
#[derive(Debug, PartialEq)]
pub(crate) struct FieldType {
    pub(crate) kind: String,
    pub(crate) place: String,
}

/// Reads a field from the folder of a client; for `rokka::api`, the folder of this crate.
pub(crate) fn of(sdk: Sdk, folder: &Path, model: &str, field: &str) -> Result<FieldType> {
    let file = match sdk {
        Sdk::Ruby | Sdk::Python => format!("docs/{model}.md"),
        Sdk::TypeScript => format!("models/{model}.ts"),
        Sdk::Rust => format!("src/models/{}.rs", snake_case(model)),
        Sdk::Api => BINDINGS.to_owned(),
    };
    let path = folder.join(&file);
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    find(sdk, &text, model, field, &file)
        .with_context(|| format!("{}: no type of {model}.{field}", path.display()))
}

fn find(sdk: Sdk, text: &str, model: &str, field: &str, file: &str) -> Option<FieldType> {
    let head = match sdk {
        Sdk::Ruby | Sdk::Python => "## Properties".to_owned(),
        Sdk::TypeScript => format!("export interface {model} {{"),
        Sdk::Rust | Sdk::Api => format!("pub struct {model} {{"),
    };
    let lines = text.lines().enumerate();
    let mut inside = lines.skip_while(|(_, line)| line.trim() != head);
    let (number, kind) = inside.find_map(|(number, line)| {
        let kind = match sdk {
            Sdk::Ruby | Sdk::Python => in_table(line, field),
            Sdk::TypeScript => in_interface(line, &camel_case(field)),
            Sdk::Rust | Sdk::Api => in_struct(line, field),
        };
        Some((number, kind?))
    })?;
    Some(FieldType {
        kind,
        place: format!("{file}:{}", number + 1),
    })
}

fn in_table(line: &str, field: &str) -> Option<String> {
    let mut cells = line.trim().trim_start_matches('|').split('|');
    let name = bold(cells.next()?)?;
    let kind = bold(cells.next()?)?;
    (name == field).then(|| unescaped(kind))
}

fn in_interface(line: &str, field: &str) -> Option<String> {
    let (name, kind) = line.trim().strip_suffix(';')?.split_once(": ")?;
    (name.trim_end_matches('?') == field).then(|| kind.to_owned())
}

fn in_struct(line: &str, field: &str) -> Option<String> {
    let (name, kind) = line.trim().strip_prefix("pub ")?.split_once(": ")?;
    if name != field {
        return None;
    }
    shortened(kind.trim_end_matches(','))
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_each_language() {
        let struct_ = "pub struct Other {\n    pub user_data: u8,\n}\npub struct Thing {\n    \
                       pub user_data: ::std::option::Option<models::Data>,\n}\n";
        for (sdk, text, kind, line) in [
            (
                Sdk::Ruby,
                "# X\n\n## Properties\n\n| Name | Type |\n| ---- | ---- |\n| **size** | **Integer** | a |\n| **user_data** | [**Hash&lt;String, X&gt;**](X.md) | b |\n",
                "Hash<String, X>",
                8,
            ),
            (
                Sdk::Python,
                "## Properties\n\nName | Type\n---|---\n**user_data** | **int** | a | \n",
                "int",
                5,
            ),
            (
                Sdk::TypeScript,
                "export interface Other {\n    userData: string;\n}\nexport interface Thing {\n    userData?: Date | null;\n}\n",
                "Date | null",
                5,
            ),
            (Sdk::Rust, struct_, "Option<Data>", 5),
            (Sdk::Api, struct_, "Option<Data>", 5),
        ] {
            let wanted = FieldType {
                kind: kind.into(),
                place: format!("file:{line}"),
            };
            assert_eq!(
                find(sdk, text, "Thing", "user_data", "file"),
                Some(wanted),
                "{sdk:?}"
            );
            assert_eq!(find(sdk, text, "Thing", "missing", "file"), None, "{sdk:?}");
        }
    }

    #[test]
    fn names_follow_the_language() {
        assert_eq!(snake_case("SourceImage"), "source_image");
        assert_eq!(camel_case("user_metadata"), "userMetadata");
    }
}
