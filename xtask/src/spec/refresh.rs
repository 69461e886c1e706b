//! `cargo xtask spec refresh`

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::change::{Change, Kind, Place, Topic};
use super::compare::compare;
use super::operation::operations;
use super::report::{Format, Section, checklist, print};
use crate::document::Document;
use crate::openapi_generator::OpenApiGenerator;
use crate::profile::{self, OPEN_MAPS};

/// Exit status if there is something to decide.
const TO_DECIDE: u8 = 1;

/// Compare an official document with openapi/rokka.json, and list what to decide.
///
/// The command changes nothing: openapi/rokka.json uses better sources than the official document in places, so it is edited by
/// hand. The comparison ignores names of schemas, descriptions and examples.
#[derive(clap::Args)]
#[command(
    after_help = "Exit status: 0 if there is nothing to decide, 1 if there is, \
                        2 if a document cannot be read or the usage is invalid."
)]
pub(crate) struct Arguments {
    /// The official document, in OpenAPI 3.0 or Swagger 2.0.
    official: PathBuf,
    /// This repository's description; `unofficial.txt` beside it lists the operations from other sources.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/rokka.json"), hide_default_value = true)]
    ours: PathBuf,
    /// Write the official document in OpenAPI 3.0 to a new file, to copy from.
    #[arg(long, value_name = "FILE")]
    converted: Option<PathBuf>,
    /// Output format.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    generator: OpenApiGenerator,
}

impl Arguments {
    pub(super) fn run(self) -> Result<ExitCode> {
        let ours = Document::read(&self.ours, &self.generator)?;
        let official = Document::read(&self.official, &self.generator)?;
        let unofficial = unofficial(&self.ours, &ours)?;
        if let Some(path) = &self.converted {
            write_new(path, &official.root)?;
        }
        let changes = compare(&ours, &official)?;
        let sections = sections(&ours, &official, &unofficial, &changes)?;
        let title = format!("{} compared with openapi/rokka.json", official.name());
        print(&checklist(self.format, &title, &sections)?)?;
        let open = sections
            .iter()
            .any(|section| section.open && !section.items.is_empty());
        Ok(ExitCode::from(if open { TO_DECIDE } else { 0 }))
    }
}

/// Returns the operations from other sources than the official document.
fn unofficial(ours: &Path, description: &Document) -> Result<BTreeSet<String>> {
    let path = ours.with_file_name("unofficial.txt");
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let ids: BTreeSet<String> = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim())
        .filter(|id| !id.is_empty())
        .map(str::to_owned)
        .collect();
    let known = operations(description)?;
    for id in &ids {
        if known.values().all(|operation| operation.id != id) {
            bail!(
                "{} lists {id}, which is not in {}",
                path.display(),
                description.name()
            );
        }
    }
    Ok(ids)
}

/// Writes a file that must not exist yet.
fn write_new(path: &Path, document: &Value) -> Result<()> {
    let name = path.display();
    let mut file =
        File::create_new(path).with_context(|| format!("cannot create {name} as a new file"))?;
    let text = serde_json::to_string_pretty(document)?;
    writeln!(file, "{text}").with_context(|| format!("cannot write {name}"))
}

fn section(key: &'static str, title: &'static str, open: bool) -> Section {
    Section {
        key,
        title,
        open,
        items: Vec::new(),
    }
}

fn sections(
    ours: &Document,
    official: &Document,
    unofficial: &BTreeSet<String>,
    changes: &[Change],
) -> Result<Vec<Section>> {
    let (whole, within): (Vec<_>, Vec<_>) = changes.iter().partition(|change| {
        change.topic == Topic::Operation && matches!(change.kind, Kind::Added | Kind::Removed)
    });
    let mut sections = operation_sections(unofficial, &whole);
    let mut now = section(
        "official_now",
        "Operations that have become official: remove them from unofficial.txt",
        true,
    );
    let (mine, theirs) = (operations(ours)?, operations(official)?);
    for (key, operation) in &mine {
        if unofficial.contains(operation.id) && theirs.contains_key(key) {
            now.items.push(operation.place().to_string());
        }
    }
    sections.push(now);
    sections.extend(differences(&within));
    let mut special = section(
        "profile",
        "Types above that codegen/profile.rs treats specially: check that this still holds",
        true,
    );
    special.items = special_types(ours, changes)?;
    sections.push(special);
    // Open sections first.
    sections.sort_by_key(|section| !section.open);
    Ok(sections)
}

/// Returns the operations that one of the documents lacks.
fn operation_sections(unofficial: &BTreeSet<String>, changes: &[&Change]) -> Vec<Section> {
    let mut new = section(
        "new_operations",
        "Operations that openapi/rokka.json lacks: add them",
        true,
    );
    let mut gone = section(
        "missing_operations",
        "Operations that the official document lacks: were they removed, or are they unofficial?",
        true,
    );
    let mut known = section(
        "unofficial_operations",
        "Operations from other sources, which the official document lacks as expected",
        false,
    );
    for change in changes {
        let list = match &change.place {
            _ if change.kind == Kind::Added => &mut new,
            Place::Operation { id, .. } if unofficial.contains(id) => &mut known,
            _ => &mut gone,
        };
        list.items.push(change.place.to_string());
    }
    vec![new, gone, known]
}

/// Returns the differences within the operations and schemas that both have.
fn differences(changes: &[&Change]) -> Vec<Section> {
    let mut ids = section("operation_ids", "Operations that differ", true);
    let mut parameters = section("parameters", "Parameters that differ", true);
    let mut types = section("types", "Bodies, types and fields that differ", true);
    let mut responses = section("responses", "Statuses and responses that differ", true);
    let mut model = section(
        "model",
        "Facts that openapi/rokka.json expresses differently",
        false,
    );
    let mut failures = section(
        "failures",
        "Failures that the official document does not list; callers see no difference",
        false,
    );
    let mut unlisted: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for change in changes {
        if let Some(status) = failure(change) {
            let statuses = unlisted.entry(change.place.to_string()).or_default();
            statuses.push(status);
            continue;
        }
        let list = match change.topic {
            Topic::Operation | Topic::OperationId => &mut ids,
            Topic::Parameter => &mut parameters,
            Topic::Body | Topic::Field | Topic::Type => &mut types,
            Topic::Response => &mut responses,
            Topic::Model => &mut model,
        };
        list.items
            .push(format!("{}: {}", change.place, difference(change)));
    }
    for (place, statuses) in unlisted {
        let statuses = statuses.join(", ");
        failures.items.push(format!("{place}: {statuses}"));
    }
    vec![ids, parameters, types, responses, model, failures]
}

/// Returns the status of a failure that only openapi/rokka.json has.
fn failure(change: &Change) -> Option<&str> {
    let status = change.subject.strip_prefix("status ")?;
    (change.kind == Kind::Removed && !status.starts_with('2')).then_some(status)
}

/// Describes a change from openapi/rokka.json to the official document as a difference.
fn difference(change: &Change) -> String {
    let subject = &change.subject;
    match &change.kind {
        Kind::Removed => format!("{subject} is only in rokka.json"),
        Kind::Added => format!("{subject} is only in the official document"),
        Kind::Renamed { to } => format!("{subject} seems to be `{to}` in the official document"),
        Kind::Changed { from, to } => {
            format!("{subject}: {from} in rokka.json, {to} in the official document")
        }
    }
}

/// Returns how the profile treats the schemas that differ.
fn special_types(ours: &Document, changes: &[Change]) -> Result<Vec<String>> {
    if ours
        .root
        .pointer("/components/schemas")
        .and_then(Value::as_object)
        .is_none()
    {
        bail!("{} has no schemas", ours.name());
    }
    let profile = profile::apply(ours.root.clone());
    let names: BTreeSet<&str> = changes
        .iter()
        .filter_map(|change| match &change.place {
            Place::Schema { name, .. } => Some(name.as_str()),
            Place::Operation { .. } => None,
        })
        .collect();
    let mut items = Vec::new();
    for name in names {
        let open_enum = profile.open_enums.iter().any(|(one, _, _)| one == name);
        for (special, what) in [
            (
                profile.lenient.contains(name),
                "decodes `[]` as an empty object",
            ),
            (
                OPEN_MAPS.contains(&name),
                "is generated as a plain map, with accessors for the known members",
            ),
            (open_enum, "is an enum with a variant for unknown values"),
        ] {
            if special {
                items.push(format!("schema {name} {what}"));
            }
        }
    }
    Ok(items)
}
