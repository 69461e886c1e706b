//! What goes to standard output, what to standard error, and a reader that is gone.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::support::{Ran, World, status};

#[test]
fn with_json_standard_output_has_objects_alone() {
    let world = World::new();
    world.write("a.jpg", "a");
    let mut command = world.command(["images", "upload", "a.jpg", "none.jpg", "--json"]);
    let ran = Ran::of(&mut command, "");
    assert_eq!(ran.status, 3, "{ran:?}");
    assert_eq!(ran.json().len(), 1);
    assert!(ran.err.contains("none.jpg"), "{ran:?}");
}

#[test]
fn a_pipe_gets_no_colors_and_no_progress() {
    let world = World::new();
    world.write("a.jpg", "a");
    let ran = world.run(["images", "upload", "a.jpg", "none.jpg"]);
    assert!(
        !format!("{}{}", ran.out, ran.err).contains('\u{1b}'),
        "{ran:?}"
    );
    let ran = world.run(["images", "upload", "none.jpg", "--color", "always"]);
    assert!(ran.err.contains("\u{1b}["), "{ran:?}");
    let ran = world.run(["images", "upload", "a.jpg", "--quiet"]);
    assert_eq!(ran.err, "");
}

#[test]
fn names_of_the_service_cannot_control_a_pipe() {
    let world = World::new();
    let hash = world.upload("a.jpg", "a");
    let mut image = world.json(["images", "show", &hash])[0].clone();
    image["name"] = "a\tb\u{1b}[2J\n.jpg".into();
    let list = serde_json::json!({"total": 1, "items": [image]}).to_string();
    let kind = [("content-type", "application/json")];
    let listed = world.emulator.on("GET", "/sourceimages/acme").always();
    listed.respond_with(200, kind, list.as_str());
    let out = world.out(["images", "list"]);
    assert_eq!(out.lines().count(), 1, "{out:?}");
    assert_eq!(out.trim_end().split('\t').count(), 7, "{out:?}");
    assert!(!out.contains('\u{1b}'), "{out:?}");
    let out = world.out(["sync", ".", "--pull", "--dry-run"]);
    assert!(!out.contains('\u{1b}'), "{out:?}");
    let path = format!("/sourceimages/acme/{hash}");
    let shown = world.emulator.on("GET", &path).always();
    shown.respond_with(200, kind, image.to_string().as_str());
    let out = world.out(["images", "show", &hash]);
    assert!(out.contains("a b") && !out.contains('\u{1b}'), "{out:?}");
    let error = r#"{"error":{"code":400,"message":"no \u001b[2J"}}"#;
    world.emulator.clear_faults();
    let refused = world.emulator.on("GET", &path).always();
    refused.respond_with(400, kind, error);
    let ran = world.run(["images", "show", &hash]);
    assert!(
        ran.err.contains("no ") && !ran.err.contains('\u{1b}'),
        "{ran:?}"
    );
}

#[test]
fn a_reader_that_is_gone_ends_the_program_quietly() {
    let world = World::new();
    world.emulator.seed_images("acme", 3_000);
    let mut child = world
        .command(["images", "list"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    drop(out);
    let output = child.wait_with_output().unwrap();
    assert_eq!(status(output.status), 141);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn completions_and_manual_pages_are_written() {
    let world = World::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let out = world.out(["completions", shell]);
        assert!(out.contains("rokka"), "{shell}: {out}");
    }
    // What the script of bash asks.
    let mut command = world.command(["--", "rokka", "images", "del"]);
    command
        .env("COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", "2")
        .env("_CLAP_IFS", "\n");
    let ran = Ran::of(&mut command, "");
    assert_eq!(ran.out.trim(), "delete", "{ran:?}");
    let page = world.out(["man"]);
    assert!(page.contains(".TH rokka 1"), "{page}");
    world.out(["man", "-d", "man1"]);
    for name in ["rokka.1", "rokka-images-upload.1", "rokka-sync.1"] {
        assert!(world.path("man1").join(name).exists(), "{name}");
    }
    assert_eq!(world.requests(), [""; 0]);
}

#[test]
fn help_has_examples() {
    let world = World::new();
    for arguments in [
        &["--help"][..],
        &["images", "upload", "--help"],
        &["sync", "--help"],
        &["login", "--help"],
    ] {
        let out = world.out(arguments);
        assert!(
            out.contains("Examples:") && !out.contains('\u{1b}'),
            "{out}"
        );
    }
}
