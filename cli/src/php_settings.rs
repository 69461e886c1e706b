//! The settings of the PHP command line: `rokka.yml` in the current folder, or `.rokka.yml` in the home folder.

use std::path::{Path, PathBuf};

use rokka::Secret;
use serde::Deserialize;

use crate::config::read_file;
use crate::failure::Failure;

/// What such a file sets.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) path: PathBuf,
    pub(crate) api_key: Option<Secret>,
    pub(crate) api_uri: Option<String>,
    pub(crate) organization: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct File {
    rokka_cli: Option<Section>,
}

#[derive(Debug, Default, Deserialize)]
struct Section {
    api_key: Option<Secret>,
    api_uri: Option<String>,
    organization: Option<String>,
}

/// Reads such a file; `None` if there is none.
pub(crate) fn read(path: &Path) -> Result<Option<Settings>, Failure> {
    let Some(text) = read_file(path)? else {
        return Ok(None);
    };
    parse(path, &text).map(Some)
}

fn parse(path: &Path, text: &str) -> Result<Settings, Failure> {
    let file: Option<File> = yaml_serde::from_str(text).map_err(|error| {
        let place = error
            .location()
            .map_or(String::new(), |at| format!(" in line {}", at.line()));
        // The text of the error may repeat a key.
        Failure::usage(format!("{} is invalid{place}", path.display()))
            .with_hint("expected `rokka_cli:` with `api_key`, `organization` and `api_uri` in it")
    })?;
    let section = file.unwrap_or_default().rokka_cli.unwrap_or_default();
    let non_empty = |text: Option<String>| text.filter(|text| !text.is_empty());
    Ok(Settings {
        path: path.to_owned(),
        api_key: section.api_key.filter(|key| !key.expose().is_empty()),
        api_uri: non_empty(section.api_uri),
        organization: non_empty(section.organization),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Settings {
        parse(Path::new("rokka.yml"), text).unwrap()
    }

    #[test]
    fn the_section_is_read_and_what_is_empty_is_not_set() {
        let found =
            settings("rokka_cli:\n  api_key: abc\n  api_secret: null\n  organization: acme\n");
        assert_eq!(found.api_key, Some(Secret::from("abc")));
        assert_eq!(found.organization.as_deref(), Some("acme"));
        assert_eq!(found.api_uri, None);
        let found = settings("rokka_cli:\n  api_key: ''\n  organization: ''\nother: 1\n");
        assert_eq!((found.api_key, found.organization), (None, None));
        for empty in ["", "rokka_cli:\n", "{}"] {
            assert_eq!(settings(empty).api_key, None, "{empty:?}");
        }
    }

    #[test]
    fn an_invalid_file_does_not_show_what_is_in_it() {
        let error = parse(Path::new("rokka.yml"), "rokka_cli: [secretkey\n").unwrap_err();
        assert!(error.message.starts_with("rokka.yml is invalid"), "{error}");
        assert!(!error.message.contains("secretkey"), "{error}");
    }
}
