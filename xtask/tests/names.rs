//! Compares `docs/names.json` with the output of rustdoc: every listed method of the facade exists, and a search in the
//! documentation finds it by the names of the operation. And the page of every call says what it returns and links its options.
//!
//! The tests read rustdoc's JSON, because the search index of the HTML is packed differently in each release; in the JSON, an
//! alias is the attribute as written. The JSON is a nightly feature, so the stable toolchain is switched to it for this crate, in
//! a separate target directory, because the switch rebuilds some dependencies. The tests read few fields, and fail with the
//! version of the format if one is missing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

/// The supported version of the format.
const FORMAT: u64 = 57;

static MAP: LazyLock<Value> = LazyLock::new(|| read(&root().join("docs/names.json")));
static ROKKA: LazyLock<Docs> = LazyLock::new(|| Docs::make("rokka", 100));
static RENDER: LazyLock<Docs> = LazyLock::new(|| Docs::make("rokka-render", 10));

/// Returns the functions at a path in the crate; `render` is a crate of its own.
fn functions(path: &str) -> Vec<&'static Value> {
    match path.strip_prefix("render::") {
        Some(path) => RENDER.functions(path),
        None => ROKKA.functions(path),
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> Value {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The output of rustdoc for a crate.
struct Docs {
    json: Value,
}

impl Docs {
    /// `least` is a number of aliases that the crate surely has.
    fn make(package: &str, least: usize) -> Self {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("names");
        let status = Command::new(env!("CARGO"))
            .current_dir(root())
            .args(["rustdoc", "--quiet", "--package", package, "--lib"])
            .args(["--no-default-features", "--target-dir"])
            .arg(&target)
            .args(["--", "-Z", "unstable-options", "--output-format", "json"])
            .env("RUSTC_BOOTSTRAP", "rokka,rokka_render")
            // Settings of the test run, not of this command.
            .env_remove("RUSTDOCFLAGS")
            .status()
            .expect("cargo starts");
        assert!(status.success(), "rustdoc failed to write JSON: {status}");
        let docs = Self {
            json: read(&target.join(format!("doc/{}.json", package.replace('-', "_")))),
        };
        let aliases = docs.json["index"]
            .as_object()
            .map(|index| index.values().map(|item| aliases(item).len()).sum());
        assert!(
            aliases.is_some_and(|found: usize| found > least),
            "rustdoc's JSON is of format {}, and its aliases are not where format {FORMAT} has them: \
             teach this test where they are",
            docs.json["format_version"]
        );
        docs
    }

    fn item(&self, id: &Value) -> &Value {
        match id {
            Value::String(id) => &self.json["index"][id],
            id => &self.json["index"][id.to_string()],
        }
    }

    /// Returns everything with this name in a module or a type: items, targets of re-exports, methods.
    fn named<'a>(&'a self, parent: &'a Value, name: &str) -> Vec<&'a Value> {
        let inner = &parent["inner"];
        let mut found = Vec::new();
        for id in list(&inner["module"]["items"]) {
            let item = self.item(id);
            let re_export = &item["inner"]["use"];
            if re_export["is_glob"] == true {
                found.extend(self.named(self.item(&re_export["id"]), name));
            } else if re_export["name"] == name {
                found.push(self.item(&re_export["id"]));
            } else if item["name"] == name {
                found.push(item);
            }
        }
        for kind in ["struct", "enum"] {
            for id in list(&inner[kind]["impls"]) {
                let block = &self.item(id)["inner"]["impl"];
                if block["trait"].is_null() {
                    let items = list(&block["items"]).map(|id| self.item(id));
                    found.extend(items.filter(|item| item["name"] == name));
                }
            }
        }
        found
    }

    /// Returns the functions at a path in the crate. There may be several of one name.
    fn functions(&self, path: &str) -> Vec<&Value> {
        let mut items = vec![self.item(&self.json["root"])];
        for segment in path.split("::") {
            items = items
                .into_iter()
                .flat_map(|item| self.named(item, segment))
                .collect();
        }
        items.retain(|item| item["inner"].get("function").is_some());
        items
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Returns the aliases of an item, in lower case like the search.
fn aliases(item: &Value) -> BTreeSet<String> {
    list(&item["attrs"])
        .filter_map(|attribute| attribute.as_str().or_else(|| attribute["other"].as_str()))
        .filter_map(|attribute| attribute.strip_prefix("#[doc(alias = \""))
        .filter_map(|rest| rest.strip_suffix("\")]"))
        .map(str::to_lowercase)
        .collect()
}

fn names<'a>(row: &'a Value, columns: &[&str]) -> Vec<&'a str> {
    let columns = columns.iter().flat_map(|column| list(&row[*column]));
    columns.filter_map(Value::as_str).collect()
}

/// Returns method and path of an operation in the description.
fn request(description: &Value, operation: &str) -> String {
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, value) in item.as_object().unwrap() {
            if value["operationId"] == operation {
                return format!("{} {path}", method.to_uppercase());
            }
        }
    }
    panic!("the description has no operation `{operation}`");
}

fn snake_case(id: &str) -> String {
    let mut name = String::new();
    for letter in id.chars() {
        if letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

/// Returns the searches for a name: the whole name if it has a dot, and its last part.
fn searches(name: &str) -> Vec<&str> {
    let last = name.rsplit(['.', ':']).next().unwrap_or(name);
    if name.contains('.') {
        vec![name, last]
    } else {
        vec![last]
    }
}

/// Whether a search for the name finds one of the functions at the path, by its name or an alias.
fn finds(path: &str, name: &str) -> bool {
    let own = path.rsplit("::").next().unwrap_or(path);
    let name = name.to_lowercase();
    own == name
        || functions(path)
            .iter()
            .any(|item| aliases(item).contains(&name))
}

fn rows() -> impl Iterator<Item = &'static Value> {
    list(&MAP["rows"]).chain(list(&MAP["beyond"]))
}

#[test]
fn every_method_of_the_facade_in_the_map_exists() {
    let mut unknown = String::new();
    for row in rows() {
        for path in names(row, &["facade"]) {
            if functions(path).is_empty() {
                writeln!(unknown, "`{path}`").unwrap();
            }
        }
    }
    assert!(
        unknown.is_empty(),
        "docs/names.json names what the crate does not have:\n{unknown}"
    );
}

#[test]
fn the_operation_finds_every_method_that_implements_it() {
    let description = read(&root().join("openapi/rokka.json"));
    let mut missing = String::new();
    for row in list(&MAP["rows"]) {
        let operation = row["operation"].as_str().unwrap();
        for path in names(row, &["facade"]) {
            let wanted = [
                operation.to_owned(),
                snake_case(operation),
                request(&description, operation),
            ];
            for name in wanted.iter().filter(|name| !finds(path, name)) {
                writeln!(missing, "`{path}`: #[doc(alias = \"{name}\")]").unwrap();
            }
        }
    }
    assert!(missing.is_empty(), "aliases are missing:\n{missing}");
}

#[test]
fn the_names_of_other_clients_find_a_method_that_implements_the_operation() {
    let mut missing = String::new();
    for row in rows() {
        let paths = names(row, &["facade"]);
        for name in names(row, &["ruby", "python", "java", "rokka.js", "php", "go"]) {
            for search in searches(name) {
                if !paths.iter().any(|path| finds(path, search)) {
                    writeln!(missing, "one of {paths:?}: #[doc(alias = \"{search}\")]").unwrap();
                }
            }
        }
    }
    assert!(missing.is_empty(), "aliases are missing:\n{missing}");
}

/// The types of calls: what implements `ApiCall`, and bulk calls, which are streams.
fn call_types() -> BTreeSet<String> {
    let index = ROKKA.json["index"].as_object().unwrap();
    let call = index.values().find(|item| item["name"] == "ApiCall");
    let implementations = list(&call.unwrap()["inner"]["trait"]["implementations"]);
    let names = implementations
        .map(|id| &ROKKA.item(id)["inner"]["impl"]["for"]["resolved_path"])
        .filter_map(|path| last_name(path))
        .map(str::to_owned);
    let mut names: BTreeSet<_> = names.collect();
    assert!(names.len() > 20, "{names:?}");
    names.insert("BulkCall".to_owned());
    names
}

/// Returns the name of a type without the modules before it.
fn last_name(path: &Value) -> Option<&str> {
    path["path"].as_str()?.rsplit("::").next()
}

/// Returns the type of a call and the method that returns it, of every method of a handle.
fn calls() -> Vec<(String, &'static str, &'static Value)> {
    let types = call_types();
    let index = ROKKA.json["index"].as_object().unwrap();
    let mut calls = Vec::new();
    for block in index.values().map(|item| &item["inner"]["impl"]) {
        // A setter that returns another call, such as `DownloadFile::to_file`, is the method of a call.
        let Some(handle) = last_name(&block["for"]["resolved_path"]) else {
            continue;
        };
        if !block["trait"].is_null() {
            continue;
        }
        for item in list(&block["items"]).map(|id| ROKKA.item(id)) {
            let output = &item["inner"]["function"]["sig"]["output"]["resolved_path"];
            if let Some(call) = last_name(output).filter(|call| types.contains(*call)) {
                let name = format!("{handle}::{}", item["name"].as_str().unwrap());
                if item["visibility"] == "public" && call != handle {
                    calls.push((name, call, item));
                }
            }
        }
    }
    assert!(calls.len() > 60, "{}", calls.len());
    calls
}

/// Whether a call returns nothing.
fn returns_nothing(item: &Value) -> bool {
    let output = &item["inner"]["function"]["sig"]["output"]["resolved_path"];
    let argument = &output["args"]["angle_bracketed"]["args"][0]["type"]["tuple"];
    argument.as_array().is_some_and(Vec::is_empty)
}

#[test]
fn the_first_sentences_of_a_call_say_what_it_returns() {
    let mut missing = String::new();
    for (name, _, item) in calls() {
        let docs = item["docs"].as_str().unwrap_or_default();
        let first = docs.split("\n\n").next().unwrap_or_default();
        if !returns_nothing(item) && !first.to_lowercase().contains("return") {
            writeln!(missing, "`{name}`: {first}").unwrap();
        }
    }
    assert!(
        missing.is_empty(),
        "these do not say what they return:\n{missing}"
    );
}

#[test]
fn the_page_of_a_call_with_options_links_them() {
    let mut missing = String::new();
    for (name, call, item) in calls() {
        let links = item["links"].as_object();
        let mut targets = links.into_iter().flat_map(|links| links.values());
        let linked = targets.any(|id| ROKKA.item(id)["name"] == call);
        if call != "Call" && !linked {
            writeln!(missing, "`{name}`: link `{call}`").unwrap();
        }
    }
    assert!(
        missing.is_empty(),
        "these do not link their options:\n{missing}"
    );
}
