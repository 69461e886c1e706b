//! Downloads.

use std::fs;

use serde_json::json;

use crate::support::{PICTURE, Ran, World};

#[test]
fn an_original_goes_to_a_file_or_to_standard_output() {
    let world = World::new();
    let hash = world.upload("cat.jpg", "a cat");
    let out = world.out(["images", "download", &hash, "-o", "copy.jpg"]);
    assert_eq!(out, format!("{hash}\tcopy.jpg\n"));
    assert_eq!(world.read("copy.jpg"), "a cat");
    assert_eq!(
        world.out(["images", "download", &hash, "-o", "-"]),
        format!("{PICTURE}a cat")
    );
    let ran = world.run(["images", "download", &hash, "-o", "copy.jpg"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.err.contains("--overwrite"), "{ran:?}");
    world.out(["images", "download", &hash, "-o", "copy.jpg", "--overwrite"]);
    let objects = world.json(["images", "download", &hash, "-o", "other.jpg"]);
    assert_eq!(objects, [json!({"hash": hash, "file": "other.jpg"})]);
}

#[test]
fn originals_go_to_a_folder() {
    let world = World::new();
    let first = world.upload("a.jpg", "a");
    let second = world.upload("b.jpg", "b");
    let out = world.out(["images", "download", "--all", "-d", "copies"]);
    assert_eq!(out.lines().count(), 2, "{out}");
    assert_eq!(world.read(&format!("copies/{first}-a.jpg")), "a");
    assert_eq!(world.read(&format!("copies/{second}-b.jpg")), "b");
    let ran = world.run(["images", "download", "--all", "-d", "copies"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    let ran = world.run([
        "images",
        "download",
        "--all",
        "-d",
        "copies",
        "--skip-existing",
    ]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let ran = world.run(["images", "download", &first, &second, "-o", "one.jpg"]);
    assert_eq!(ran.status, 2, "{ran:?}");
}

#[test]
fn a_search_is_one_archive() {
    let world = World::new();
    world.upload("a.jpg", "a");
    world.upload("b.jpg", "b");
    world.out(["images", "download", "--all", "--zip", "all.zip"]);
    let bytes = fs::read(world.path("all.zip")).unwrap();
    assert!(bytes.starts_with(b"PK"), "{:?}", bytes.get(..4));
    let ran = world.run([
        "images", "download", "--all", "--zip", "one.zip", "--limit", "1",
    ]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.err.contains("first 1 of 2"), "{ran:?}");
}

#[test]
fn bytes_that_are_not_those_of_the_hash_are_refused() {
    let world = World::new();
    let hash = world.upload("cat.jpg", "a cat");
    let path = format!("/sourceimages/acme/{hash}/download");
    world.emulator.on("GET", &path).always().respond_with(
        200,
        [("content-type", "image/jpeg")],
        "a dog",
    );
    let ran = world.run(["images", "download", &hash, "-o", "copy.jpg"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(!world.path("copy.jpg").exists());
    let arguments = ["images", "download", &hash, "-o", "copy.jpg", "--no-verify"];
    let ran = Ran::of(&mut world.command(arguments), "");
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(world.read("copy.jpg"), "a dog");
}
