//! Metadata of many files in one CSV or JSON file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use rokka::Source;
use serde_json::{Map, Value};

use crate::areas::Area;
use crate::failure::Failure;
use crate::user_metadata::{self, Field};

/// The column that names the file.
const FILE: &str = "file";

/// What a line says about a file.
#[derive(Clone, Debug, Default, PartialEq)]
struct Details {
    name: Option<String>,
    protected: Option<bool>,
    subject_area: Option<Area>,
    crop_area: Option<Area>,
    fields: Vec<Field>,
}

/// The metadata of many files.
#[derive(Debug)]
pub(crate) struct MetadataFile {
    path: PathBuf,
    entries: BTreeMap<String, Details>,
    used: BTreeSet<String>,
}

impl MetadataFile {
    /// Reads a file: JSON by its name, else CSV.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let is_json = path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let text = fs::read_to_string(path).map_err(|error| {
            Failure::from(error)
                .with_exit(crate::Exit::Usage)
                .about(path.display())
        })?;
        let entries = if is_json {
            of_json(&text)
        } else {
            of_csv(&text)
        };
        Ok(Self {
            path: path.to_owned(),
            entries: entries
                .map_err(|rule| Failure::usage(format!("{}: {rule}", path.display())))?,
            used: BTreeSet::new(),
        })
    }

    /// Adds what the file says to a source: by the path as it is named, by the path from the folder of this file, or by the
    /// name alone.
    pub(crate) fn apply(&mut self, path: &Path, source: Source) -> Source {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let candidates = [
            Some(path),
            path.strip_prefix("./").ok(),
            path.strip_prefix(folder).ok(),
            path.file_name().map(Path::new),
        ];
        let keys = candidates.into_iter().flatten().filter_map(Path::to_str);
        let found = keys
            .map(|key| key.replace('\\', "/"))
            .find(|key| self.entries.contains_key(key));
        let Some((key, details)) = found.and_then(|key| {
            let details = self.entries.get(&key)?.clone();
            Some((key, details))
        }) else {
            return source;
        };
        self.used.insert(key);
        details.apply(source)
    }

    /// Returns the files that are named and were not uploaded.
    pub(crate) fn unused(&self) -> Vec<&str> {
        let names = self.entries.keys().map(String::as_str);
        names.filter(|name| !self.used.contains(*name)).collect()
    }
}

impl Details {
    fn apply(self, mut source: Source) -> Source {
        if let Some(name) = self.name {
            source = source.name(name);
        }
        if let Some(protected) = self.protected {
            source = source.protected(protected);
        }
        if let Some(area) = self.subject_area {
            source = source.subject_area(area.into());
        }
        if let Some(area) = self.crop_area {
            source = source.dynamic_metadata(rokka::CropArea::from(area));
        }
        self.fields
            .into_iter()
            .fold(source, |source, (name, value)| {
                source.user_metadata(name, value)
            })
    }

    /// Sets what a column says; the columns that are no properties are user metadata.
    fn set(&mut self, column: &str, value: Value) -> Result<(), String> {
        let text = || user_metadata::plain(&value);
        match column {
            "name" => self.name = Some(text()),
            "protected" => self.protected = Some(boolean(&text())?),
            "subject_area" => self.subject_area = Some(area(&value)?),
            "crop_area" => self.crop_area = Some(area(&value)?),
            name => self.fields.push((name.to_owned(), value)),
        }
        Ok(())
    }
}

fn boolean(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err(format!("`protected` needs true or false, but has {text:?}")),
    }
}

/// An area as text, or as the object that the service has.
fn area(value: &Value) -> Result<Area, String> {
    if let Value::Object(fields) = value {
        let number = |name: &str| fields.get(name).map_or_else(String::new, Value::to_string);
        let unit = if fields.get("percentage") == Some(&Value::Bool(true)) {
            "%"
        } else {
            ""
        };
        let numbers = ["x", "y", "width", "height"].map(|name| number(name) + unit);
        return numbers.join(",").parse();
    }
    user_metadata::plain(value).parse()
}

fn of_csv(text: &str) -> Result<BTreeMap<String, Details>, String> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::Headers)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headers = reader.headers().map_err(|error| error.to_string())?.clone();
    if !headers.iter().any(|column| column == FILE) {
        return Err(format!(
            "the first line has no column `{FILE}`: expected something like {FILE},title,int:sku"
        ));
    }
    let mut entries = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        let mut file = String::new();
        let mut details = Details::default();
        for (column, cell) in headers.iter().zip(&record) {
            if column == FILE {
                cell.trim().clone_into(&mut file);
            } else if !cell.is_empty() {
                let value = user_metadata::value(column, cell);
                value
                    .and_then(|value| details.set(column, value))
                    .map_err(|rule| format!("line {line}: {rule}"))?;
            }
        }
        add(&mut entries, &file, details).map_err(|rule| format!("line {line}: {rule}"))?;
    }
    Ok(entries)
}

fn of_json(text: &str) -> Result<BTreeMap<String, Details>, String> {
    let mut entries = BTreeMap::new();
    match serde_json::from_str(text).map_err(|error| format!("invalid JSON: {error}"))? {
        Value::Array(items) => {
            for item in items {
                let Value::Object(mut fields) = item else {
                    return Err(format!("expected objects with the property `{FILE}`"));
                };
                let file = fields
                    .remove(FILE)
                    .and_then(|file| file.as_str().map(str::to_owned));
                add(&mut entries, &file.unwrap_or_default(), details(fields)?)?;
            }
        }
        Value::Object(files) => {
            for (file, fields) in files {
                let Value::Object(fields) = fields else {
                    return Err(format!("{file}: expected an object with its metadata"));
                };
                let details = details(fields).map_err(|rule| format!("{file}: {rule}"))?;
                add(&mut entries, &file, details)?;
            }
        }
        _ => {
            return Err("expected an object with a property for each file, or an array".to_owned());
        }
    }
    Ok(entries)
}

fn details(fields: Map<String, Value>) -> Result<Details, String> {
    let mut details = Details::default();
    for (column, value) in fields {
        if !value.is_null() {
            details.set(&column, value)?;
        }
    }
    Ok(details)
}

fn add(
    entries: &mut BTreeMap<String, Details>,
    file: &str,
    details: Details,
) -> Result<(), String> {
    if file.is_empty() {
        return Err("no file is named".to_owned());
    }
    let file = file.replace('\\', "/");
    let file = file.strip_prefix("./").unwrap_or(&file).to_owned();
    match entries.insert(file.clone(), details) {
        None => Ok(()),
        Some(_) => Err(format!("{file} has metadata twice")),
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(details: &Details) -> Value {
        Value::Object(details.fields.iter().cloned().collect())
    }

    #[test]
    fn csv_has_a_line_for_each_file() {
        let text = "\u{feff}file, title ,int:sku,array:labels,protected,subject_area\n\
            ./a.jpg,\"A, B\",42,\"cat,pet\",yes,\"1,2,3,4\"\nsub\\b.jpg,,,,,\n";
        let entries = of_csv(text).unwrap();
        let first = &entries["a.jpg"];
        let expected = json!({"title": "A, B", "int:sku": 42, "array:labels": ["cat", "pet"]});
        assert_eq!(fields(first), expected);
        assert_eq!(first.protected, Some(true));
        assert_eq!(first.subject_area, Some("1,2,3,4".parse().unwrap()));
        assert_eq!(entries["sub/b.jpg"], Details::default());
    }

    #[test]
    fn json_is_an_object_of_files_or_an_array() {
        let object = of_json(r#"{"a.jpg": {"title": "A", "int:sku": 42, "none": null}}"#).unwrap();
        let array = of_json(r#"[{"file": "a.jpg", "title": "A", "int:sku": 42}]"#).unwrap();
        assert_eq!(object, array);
        assert_eq!(
            fields(&object["a.jpg"]),
            json!({"title": "A", "int:sku": 42})
        );
        let area =
            of_json(r#"{"a.jpg": {"crop_area": {"x": 1, "y": 2, "width": 3, "height": 4}}}"#);
        assert_eq!(
            area.unwrap()["a.jpg"].crop_area,
            Some("1,2,3,4".parse().unwrap())
        );
    }

    #[test]
    fn a_mistake_names_its_line() {
        for (text, part) in [
            ("title\nA\n", "no column `file`"),
            ("file,int:sku\na.jpg,many\n", "line 2: `int:sku`"),
            (
                "file,title\na.jpg,A\na.jpg,B\n",
                "line 3: a.jpg has metadata twice",
            ),
            ("file,title\n,A\n", "line 2: no file"),
            ("file,protected\na.jpg,perhaps\n", "line 2: `protected`"),
        ] {
            let rule = of_csv(text).unwrap_err();
            assert!(rule.contains(part), "{rule}");
        }
        for text in ["[1]", "1", r#"{"a.jpg": 1}"#, "[{}]", "{"] {
            assert!(of_json(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_file_is_found_by_path_or_name_and_the_others_are_reported() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("meta.csv");
        fs::write(&path, "file,title\nsub/a.jpg,A\nb.jpg,B\nc.jpg,C\n").unwrap();
        let mut file = MetadataFile::read(&path).unwrap();
        for name in ["sub/a.jpg", "other/b.jpg"] {
            let path = folder.path().join(name);
            let source = file.apply(&path, Source::path(&path));
            assert!(format!("{source:?}").contains("title"), "{source:?}");
        }
        assert_eq!(file.unused(), ["c.jpg"]);
    }
}
