//! Follows the steps of openapi/README.md with openapi/refresh-example, on a copy of the crate.

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

use serde_json::Value;

/// Files that a build needs, and the only test that is run.
const NEEDED: [&str; 12] = [
    "Cargo.lock",
    "build.rs",
    "cli",
    "codegen",
    "emulator",
    "generated",
    "openapi",
    "render",
    "src",
    "README.md",
    "tests/generated.rs",
    "xtask",
];
/// Without TLS, which takes longest to build and is not needed.
const FEATURES: [&str; 3] = ["--no-default-features", "--features", "codegen"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    }
}

/// Copies the crate without its development dependencies, which are half of the build; the drift test needs none.
fn copy_of_the_crate(copied: &Path) {
    if copied.exists() {
        fs::remove_dir_all(copied).unwrap();
    }
    for name in NEEDED {
        copy(&root().join(name), &copied.join(name));
    }
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let mut trimmed = String::new();
    let mut keep = true;
    for line in manifest.lines() {
        if line.starts_with('[') {
            keep = line != "[dev-dependencies]" && !line.starts_with("[[");
        }
        if keep {
            trimmed.push_str(line);
            trimmed.push('\n');
        }
    }
    fs::write(copied.join("Cargo.toml"), trimmed).unwrap();
}

fn text(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    String::from_utf8_lossy(out).into_owned() + &String::from_utf8_lossy(err)
}

/// Runs Cargo in the copy, with the dependencies built in an earlier run.
fn cargo(copied: &Path, arguments: &[&str], update: bool) -> Output {
    let mut command = Command::new(env!("CARGO"));
    command
        .args(arguments)
        .args(FEATURES)
        .arg("--offline")
        .current_dir(copied)
        .env("CARGO_TARGET_DIR", copied.with_file_name("target"))
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_TERM_COLOR", "never")
        .env_remove("ROKKA_UPDATE_GENERATED")
        .env_remove("RUSTFLAGS");
    if update {
        command.env("ROKKA_UPDATE_GENERATED", "1");
    }
    command.output().unwrap()
}

fn apply(copied: &Path, patch: &str) {
    let patch = root().join("openapi/refresh-example").join(patch);
    let done = Command::new("git")
        .arg("apply")
        .arg(&patch)
        .current_dir(copied)
        // The copy is inside a repository, which git would patch instead.
        .env("GIT_CEILING_DIRECTORIES", copied.parent().unwrap())
        .output()
        .expect("git applies the patches");
    assert!(
        done.status.success(),
        "{} does not apply any more, update it: {}",
        patch.display(),
        text(&done)
    );
}

/// Returns compile errors as file, message and highlighted code.
fn errors(output: &Output) -> Vec<(String, String, String)> {
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|line| line["reason"] == "compiler-message")
        .map(|line| line["message"].clone())
        .filter(|message| message["level"] == "error" && !message["code"].is_null())
        .map(|message| {
            let spans = message["spans"].as_array().unwrap();
            let main = spans.iter().find(|span| span["is_primary"] == true);
            let file = main.unwrap()["file_name"].as_str().unwrap().to_owned();
            let pointed: String = spans
                .iter()
                .flat_map(|span| span["text"].as_array().unwrap())
                .map(|text| text["text"].as_str().unwrap())
                .collect();
            (
                file,
                message["message"].as_str().unwrap().to_owned(),
                pointed,
            )
        })
        .collect()
}

#[test]
fn the_guide_leads_from_the_description_to_the_facade() {
    const COMMAND: &str = "ROKKA_UPDATE_GENERATED=1 cargo test --test generated";
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("refresh");
    let copied = folder.join("crate");
    copy_of_the_crate(&copied);
    let read = |name: &str| fs::read_to_string(copied.join(name)).unwrap();

    // The description changes, and the diff reports it.
    apply(&copied, "description.patch");
    let diff = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["spec", "diff", "--format", "json"])
        .arg(root().join("openapi/rokka.json"))
        .arg(copied.join("openapi/rokka.json"))
        .output()
        .unwrap();
    assert_eq!(diff.status.code(), Some(1), "{}", text(&diff));
    let report: Value = serde_json::from_slice(&diff.stdout).unwrap();
    let reported: Vec<_> = report["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            let place = &change["place"];
            let place = place["operation"].as_str().or(place["schema"].as_str());
            (
                place.unwrap(),
                change["subject"].as_str().unwrap(),
                change["change"].as_str().unwrap(),
                change["breaking"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        reported,
        [
            ("listStacks", "query parameter `limit`", "renamed", true),
            ("getStackUsage", "operation", "added", false),
            ("StackList", "field `cursor`", "removed", true),
        ]
    );
    assert_eq!(report["changes"][0]["to"], "page_size");

    // The build reports the drift and the command to fix it, although the facade no longer compiles.
    let drift = cargo(&copied, &["test", "--test", "generated"], false);
    assert!(!drift.status.success());
    assert!(text(&drift).contains(COMMAND), "{}", text(&drift));
    assert!(!read("generated/rokka.rs").contains("get_stack_usage"));

    // The command updates the bindings; only the facade fails to compile.
    let updated = cargo(
        &copied,
        &["test", "--test", "generated", "--message-format", "json"],
        true,
    );
    assert!(!updated.status.success());
    let bindings = read("generated/rokka.rs");
    assert!(bindings.contains("pub async fn get_stack_usage<'a>("));
    assert!(bindings.contains("QueryParam::new(\"page_size\""));
    let errors = errors(&updated);
    assert!(!errors.is_empty(), "{}", text(&updated));
    for (file, message, _) in &errors {
        assert_eq!(file, "src/stacks/list.rs", "{message}");
    }
    let points_at = |message: &str, code: &str| {
        errors
            .iter()
            .any(|error| error.1.contains(message) && error.2.contains(code))
    };
    assert!(points_at("no field `cursor`", "page.cursor"), "{errors:?}");
    assert!(points_at("mismatched types", "limit, offset"), "{errors:?}");

    // With the adapted facade, everything compiles; only the number of operations in the tests differs.
    apply(&copied, "facade.patch");
    let adapted = cargo(&copied, &["test", "--test", "generated"], false);
    let log = text(&adapted);
    assert!(!log.contains("could not compile"), "{log}");
    assert!(!log.contains(COMMAND), "{log}");
    assert!(
        log.contains("generated_is_what_the_build_emits ... ok"),
        "{log}"
    );
    let failed: Vec<_> = log
        .lines()
        .filter_map(|line| line.strip_suffix(" ... FAILED"))
        .collect();
    assert_eq!(failed, ["test the_description_has_every_operation_once"]);
}
