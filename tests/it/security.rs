//! Holds the promises of `SECURITY.md` against the tests that it names.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The links whose text is the name of a test: name and file.
fn tests_of(text: &str) -> Vec<(&str, &str)> {
    let links = text.split("[`").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once("`](")?;
        let (path, _) = rest.split_once(')')?;
        Some((name, path))
    });
    links.collect()
}

fn promises(page: &str) -> Vec<&str> {
    let (_, promises) = page.split_once("## What the crate promises").unwrap();
    let sections = promises.split("\n### ").skip(1);
    // What follows a list as a paragraph promises nothing.
    sections
        .flat_map(|section| section.split("\n- ").skip(1))
        .map(|item| item.split("\n\n").next().unwrap_or_default())
        .collect()
}

/// The functions of a file that are marked as tests.
fn tests_in(source: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut is_test = false;
    for line in source.lines().map(str::trim) {
        if line == "#[test]" || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some((_, rest)) = line.split_once("fn ") {
            if is_test && !line.starts_with("//") {
                names.extend(rest.split(['(', '<']).next());
            }
            is_test = is_test && line.starts_with("//");
        }
    }
    names
}

#[test]
fn every_promise_names_tests_that_exist() {
    let page = read("SECURITY.md");
    let promises = promises(&page);
    assert!(promises.len() > 15, "{promises:#?}");
    let mut sources = BTreeMap::new();
    for promise in promises {
        let tests = tests_of(promise);
        assert!(!tests.is_empty(), "nothing holds this promise: {promise}");
        for (name, path) in tests {
            let source: &String = sources.entry(path).or_insert_with(|| read(path));
            assert!(
                tests_in(source).contains(&name),
                "{path} has no test `{name}`, which SECURITY.md relies on"
            );
        }
    }
}

#[test]
fn a_function_that_is_no_test_is_not_taken_for_one() {
    let source = "fn helper() {}\n#[test]\nfn one() {}\nfn other() {}\n#[tokio::test(flavor = \"multi_thread\")]\nasync fn two() {}";
    assert_eq!(tests_in(source), ["one", "two"]);
    assert_eq!(
        tests_of("a [`b`](c.rs), [`d`](e.rs)"),
        [("b", "c.rs"), ("d", "e.rs")]
    );
}
