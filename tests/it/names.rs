//! Holds `docs/names.json`, the names of the operations in the other clients, against the description.
//!
//! What needs the generated documentation, that the names lead to the methods, is in `xtask/tests/names.rs`. That the
//! generated level has a method of the name that follows from the id is in `tests/generated.rs`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

const COLUMNS: [&str; 7] = ["ruby", "python", "java", "rokka.js", "php", "go", "facade"];
const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

fn json(path: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn objects(part: &str) -> Vec<Map<String, Value>> {
    let rows = json("docs/names.json")[part].take();
    serde_json::from_value(rows).unwrap()
}

/// The names of a column, which is a list of them.
fn column<'a>(row: &'a Map<String, Value>, name: &str) -> Vec<&'a str> {
    let Some(names) = row.get(name).and_then(Value::as_array) else {
        panic!("no list `{name}` in {row:?}");
    };
    names.iter().map(|name| name.as_str().unwrap()).collect()
}

#[test]
fn every_operation_has_one_row() {
    let description = json("openapi/rokka.json");
    let items = description["paths"].as_object().unwrap().values();
    let described: Vec<&str> = items
        .flat_map(|item| item.as_object().unwrap())
        .filter(|(method, _)| METHODS.contains(&method.as_str()))
        .map(|(_, operation)| operation["operationId"].as_str().unwrap())
        .collect();

    let rows = objects("rows");
    let mut named = BTreeSet::new();
    for row in &rows {
        let operation = row["operation"].as_str().unwrap();
        assert!(
            described.contains(&operation),
            "docs/names.json has a row for `{operation}`, which the description does not have"
        );
        assert!(
            named.insert(operation),
            "docs/names.json has two rows for `{operation}`"
        );
    }
    for operation in described {
        assert!(
            named.contains(operation),
            "docs/names.json has no row for `{operation}`"
        );
    }
}

#[test]
fn every_row_has_its_columns_and_no_others() {
    for row in objects("rows") {
        for name in COLUMNS {
            let names = column(&row, name);
            let distinct: BTreeSet<_> = names.iter().collect();
            assert_eq!(distinct.len(), names.len(), "`{name}` repeats in {row:?}");
        }
        assert!(!column(&row, "facade").is_empty(), "{row:?}");
        for name in row.keys() {
            assert!(
                COLUMNS.contains(&name.as_str()) || ["operation", "notes"].contains(&name.as_str()),
                "`{name}` is no column: {row:?}"
            );
        }
    }
    for row in objects("beyond") {
        assert!(row["what"].is_string(), "{row:?}");
        assert!(!column(&row, "facade").is_empty(), "{row:?}");
        for name in row.keys() {
            let known = ["what", "rokka.js", "php", "go", "facade", "notes"];
            assert!(
                known.contains(&name.as_str()),
                "`{name}` is no column: {row:?}"
            );
        }
    }
}

#[test]
fn notes_stand_with_a_column() {
    for row in objects("rows").into_iter().chain(objects("beyond")) {
        let Some(notes) = row.get("notes") else {
            continue;
        };
        for (name, note) in notes.as_object().unwrap() {
            assert!(row.contains_key(name), "a note on `{name}`: {row:?}");
            assert!(note.as_str().is_some_and(|note| !note.is_empty()));
        }
    }
}
