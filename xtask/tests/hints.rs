//! What the compiler says about a value of a wrong type: it names what to pass, and lists no types that suit other options.
//!
//! The test compiles a program with mistakes against the crate, without its default features, in a target directory of its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// A mistake, and what the error has to say.
const MISTAKES: [(&str, &[&str]); 5] = [
    (
        r#"Resize::to_width(100).mode("fill")"#,
        &[
            "`&str` is not a value of an option that takes `ResizeMode`",
            "`ResizeMode::Fill`",
            "Value::expression(",
        ],
    ),
    (
        r#"Resize::to_width("100")"#,
        &["`&str` is not a value of an option that takes `Integer`"],
    ),
    (
        r#"field::HEIGHT.at_least("1200")"#,
        &[
            "`&str` is not a number that a field can be compared with",
            "Filter::raw",
        ],
    ),
    (
        r#"images.bulk().delete("3f9a21")"#,
        &["`&str` is not a list of hashes", "`[hash]`"],
    ),
    (
        r#"images.bulk().each(["3f9a21"], |hash| hash)"#,
        &["is not a call of this crate", "`images.delete(hash)`"],
    ),
];

/// Lines of the longest error, with the code that it quotes.
const LINES: usize = 30;

/// Returns what the compiler says about each mistake, by the line of the mistake.
fn errors(package: &Path, target: &Path) -> Vec<(usize, String)> {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--quiet", "--message-format", "json"])
        .arg("--target-dir")
        .arg(target)
        .current_dir(package)
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo starts");
    assert!(!output.status.success(), "the mistakes compile");
    let text = String::from_utf8_lossy(&output.stdout);
    let messages: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let errors: Vec<_> = messages
        .iter()
        .filter(|message| message["message"]["code"]["code"] == "E0277")
        .map(|message| {
            let message = &message["message"];
            let spans = message["spans"].as_array().unwrap().iter();
            let mut places = spans.filter(|span| span["is_primary"] == true);
            let line = places.next().unwrap()["line_start"].as_u64().unwrap();
            // The compiler writes the whole path where some other crate has a type of the same name.
            let rendered = message["rendered"].as_str().unwrap();
            let rendered = rendered.replace("rokka::stacks::operations::kind::", "");
            (usize::try_from(line).unwrap(), rendered)
        })
        .collect();
    // Something else failed, a dependency for example: the reason is in the messages, and only its end in the other output.
    let rendered = messages
        .iter()
        .filter_map(|message| message["message"]["rendered"].as_str());
    assert!(
        !errors.is_empty(),
        "{}{}",
        rendered.collect::<String>(),
        String::from_utf8_lossy(&output.stderr)
    );
    errors
}

#[test]
fn the_compiler_names_what_to_pass() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hints");
    fs::create_dir_all(package.join("src")).unwrap();
    let manifest = format!(
        "[package]\nname = \"hints\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
         rokka = {{ path = {:?}, default-features = false }}\n",
        root.canonicalize().unwrap()
    );
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    fs::copy(root.join("Cargo.lock"), package.join("Cargo.lock")).unwrap();
    let mut program = String::from(
        "use rokka::{SourceImages, field}; use rokka::stacks::operations::Resize; pub fn f(images: SourceImages) {\n",
    );
    for (mistake, _) in MISTAKES {
        writeln!(program, "let _ = {mistake};").unwrap();
    }
    program.push_str("}\n");
    fs::write(package.join("src/lib.rs"), program).unwrap();

    let errors = errors(&package, &package.with_file_name("hints-target"));
    for (index, (mistake, wanted)) in MISTAKES.iter().enumerate() {
        let here = errors.iter().filter(|(line, _)| *line == index + 2);
        let said: Vec<_> = here.map(|(_, text)| text.as_str()).collect();
        let said = said.join("\n");
        for text in *wanted {
            assert!(
                said.contains(text),
                "{mistake} does not lead to {text}:\n{said}"
            );
        }
        let lines = said.lines().count();
        assert!(lines <= LINES, "{mistake} leads to {lines} lines:\n{said}");
    }
}
