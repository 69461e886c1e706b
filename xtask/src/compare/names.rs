//! Reads the hand-maintained map of names, `docs/names.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::description::Description;

/// The published clients: keys in the map, and names.
pub(crate) const CLIENTS: [(&str, &str); 6] = [
    ("ruby", "Ruby"),
    ("python", "Python"),
    ("java", "Java"),
    ("rokka.js", "rokka.js"),
    ("php", "PHP"),
    ("go", "Go"),
];

const FACADE: &str = "facade";

#[derive(Deserialize)]
pub(crate) struct Names {
    rows: Vec<OperationRow>,
    /// Features without an operation, such as building URLs.
    pub(crate) beyond: Vec<BeyondRow>,
}

#[derive(Deserialize)]
struct OperationRow {
    operation: String,
    #[serde(flatten)]
    row: Row,
}

#[derive(Deserialize)]
pub(crate) struct BeyondRow {
    pub(crate) what: String,
    #[serde(flatten)]
    pub(crate) row: Row,
}

/// The names of an operation or feature in every client.
#[derive(Deserialize)]
pub(crate) struct Row {
    /// Notes by client.
    #[serde(default)]
    pub(crate) notes: BTreeMap<String, String>,
    #[serde(flatten)]
    names: BTreeMap<String, Vec<String>>,
}

impl Row {
    pub(crate) fn of(&self, client: &str) -> &[String] {
        self.names.get(client).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn facade(&self) -> &[String] {
        self.of(FACADE)
    }
}

impl Names {
    pub(crate) fn read(path: &Path, description: &Description) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text, description).with_context(|| path.display().to_string())
    }

    pub(crate) fn parse(text: &str, description: &Description) -> Result<Self> {
        let names: Self = serde_json::from_str(text)?;
        let ids: BTreeSet<&str> = description
            .operations
            .iter()
            .map(|one| one.id.as_str())
            .collect();
        let mut seen = BTreeSet::new();
        for row in &names.rows {
            let id = row.operation.as_str();
            if !ids.contains(id) {
                bail!("{id} is not an operation of the description");
            }
            if !seen.insert(id) {
                bail!("{id} has two rows");
            }
        }
        if let Some(id) = ids.difference(&seen).next() {
            bail!("the operation {id} has no row");
        }
        let rows = names.rows.iter().map(|one| (&one.operation, &one.row));
        for (place, row) in rows.chain(names.beyond.iter().map(|one| (&one.what, &one.row))) {
            let known =
                |key: &str| key == FACADE || CLIENTS.iter().any(|(client, _)| *client == key);
            let mut keys = row.names.keys().chain(row.notes.keys());
            if let Some(key) = keys.find(|key| !known(key)) {
                bail!("{place}: the page has no column for the client {key}");
            }
        }
        Ok(names)
    }

    /// Returns the row of an operation.
    pub(crate) fn row(&self, id: &str) -> Option<&Row> {
        let found = self.rows.iter().find(|row| row.operation == id);
        found.map(|row| &row.row)
    }
}
