//! `rokka sync`, in both directions.

use std::fs;
use std::time::{Duration, SystemTime};

use serde_json::json;

use crate::support::{Ran, World, sorted};

/// A folder `p` with this many files, which have not changed for an hour.
fn folder(world: &World, files: usize) {
    for number in 0..files {
        world.write(&format!("p/{number}.jpg"), format!("picture {number}"));
    }
    age(world);
}

/// Makes all files of `p` an hour old. The other time of a file cannot be set, so it has to be waited for where it matters.
fn age(world: &World) {
    for entry in fs::read_dir(world.path("p")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let file = fs::File::options().write(true).open(path).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(3_600))
                .unwrap();
        }
    }
}

/// The number of requests of each kind: lists, uploads, deletions, downloads, others.
fn kinds(world: &World) -> [usize; 5] {
    let mut kinds = [0; 5];
    for request in world.requests() {
        let kind = if request.starts_with("GET /sourceimages/acme?") {
            0
        } else if request.starts_with("POST /sourceimages/acme") {
            1
        } else if request.starts_with("DELETE ") {
            2
        } else if request.ends_with("/download") {
            3
        } else {
            4
        };
        kinds[kind] += 1;
    }
    kinds
}

#[test]
fn a_second_run_sends_nothing_and_takes_one_list() {
    let world = World::new();
    folder(&world, 20);
    let ran = world.run(["sync", "p"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(ran.out.lines().count(), 20);
    assert!(
        ran.err.contains("20 uploaded, 0 deleted, 0 unchanged"),
        "{ran:?}"
    );
    assert_eq!(kinds(&world), [1, 20, 0, 0, 0]);
    let ran = world.run(["sync", "p"]);
    assert_eq!((ran.status, &*ran.out), (0, ""));
    assert_eq!(kinds(&world), [1, 0, 0, 0, 0]);
    // What changed is sent, and nothing else.
    for number in [3, 7] {
        world.write(&format!("p/{number}.jpg"), format!("changed {number}"));
    }
    // A name is not content.
    fs::rename(world.path("p/1.jpg"), world.path("p/renamed.jpg")).unwrap();
    let ran = world.run(["sync", "p"]);
    let lines = sorted(&ran.out)
        .iter()
        .map(|line| line.rsplit_once('\t').unwrap().0.to_owned())
        .collect::<Vec<_>>();
    assert_eq!(lines, ["upload\tp/3.jpg", "upload\tp/7.jpg"]);
    assert_eq!(kinds(&world), [1, 2, 0, 0, 0]);
}

#[test]
fn thousands_of_images_are_one_list_and_the_changed_ones_are_uploaded() {
    let world = World::new();
    folder(&world, 3);
    assert_eq!(world.run(["sync", "p"]).status, 0);
    world.emulator.seed_images("acme", 5_000);
    world.requests();
    world.write("p/new.jpg", "new");
    let ran = world.run(["sync", "p"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let [lists, uploads, ..] = kinds(&world);
    // 5,003 images are three pages of 2,000.
    assert_eq!((lists, uploads), (3, 1));
}

#[test]
fn a_dry_run_prints_the_plan() {
    let world = World::new();
    folder(&world, 2);
    let stored = world.upload("other.jpg", "other");
    world.requests();
    let ran = world.run(["sync", "p", "--dry-run", "--delete"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let plan = [
        "delete\tother.jpg\t".to_owned() + &stored,
        "upload\tp/0.jpg".into(),
        "upload\tp/1.jpg".into(),
    ];
    assert_eq!(sorted(&ran.out), plan);
    assert!(
        ran.err.contains("2 would be uploaded, 1 would be deleted"),
        "{ran:?}"
    );
    assert_eq!(kinds(&world), [1, 0, 0, 0, 0]);
    let objects = world.json(["sync", "p", "--dry-run"]);
    assert!(
        objects.contains(&json!({"action": "upload", "file": "p/0.jpg"})),
        "{objects:?}"
    );
    let ran = world.run(["sync", "q", "--pull", "--dry-run"]);
    assert_eq!(ran.out, format!("download\tq/other.jpg\t{stored}\n"));
    assert!(!world.path("q").exists());
}

#[test]
fn images_are_deleted_only_when_that_is_asked_for() {
    let world = World::new();
    folder(&world, 2);
    let stored = world.upload("other.jpg", "other");
    assert_eq!(world.run(["sync", "p"]).status, 0);
    world.requests();
    let ran = world.run(["sync", "p", "--delete"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(ran.err.contains("Delete 1 image of acme"), "{ran:?}");
    assert_eq!(kinds(&world), [1, 0, 0, 0, 0]);
    let ran = world.run(["sync", "p", "--delete", "--yes"]);
    assert_eq!(
        (ran.status, ran.out),
        (0, format!("delete\tother.jpg\t{stored}\n"))
    );
    assert_eq!(kinds(&world), [1, 0, 1, 0, 0]);
}

#[test]
fn an_empty_folder_or_a_failed_upload_deletes_nothing() {
    let world = World::new();
    world.upload("other.jpg", "other");
    fs::create_dir(world.path("p")).unwrap();
    let ran = world.run(["sync", "p", "--delete", "--yes"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    folder(&world, 1);
    world
        .emulator
        .on("POST", "/sourceimages/acme")
        .always()
        .respond(500);
    world.requests();
    let ran = world.run(["sync", "p", "--delete", "--yes", "--failed", "left.txt"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.err.contains("nothing is deleted"), "{ran:?}");
    assert_eq!(kinds(&world)[2], 0);
    assert_eq!(world.read("left.txt"), "p/0.jpg\n");
}

#[test]
fn a_pull_downloads_what_the_folder_does_not_have() {
    let world = World::new();
    let first = world.upload("src/a.jpg", "one");
    let second = world.upload("src2/a.jpg", "two");
    world.write("p/mine.jpg", "one");
    world.requests();
    let ran = world.run(["sync", "p", "--pull"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    // The content of the first is there under another name.
    assert_eq!(ran.out, format!("download\tp/a.jpg\t{second}\n"));
    assert_eq!(kinds(&world), [1, 0, 0, 1, 0]);
    assert_eq!(world.read("p/a.jpg"), "two");
    assert_eq!(world.run(["sync", "p", "--pull"]).out, "");
    assert_eq!(kinds(&world), [1, 0, 0, 0, 0]);

    // Two images of one name, and a file of that name, which stays.
    fs::remove_file(world.path("p/mine.jpg")).unwrap();
    world.write("p/a.jpg", "edited");
    let ran = world.run(["sync", "p", "--pull"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(world.read("p/a.jpg"), "edited");
    assert_eq!(world.read(&format!("p/a-{first}.jpg")), "one");
    assert_eq!(world.read(&format!("p/a-{second}.jpg")), "two");
}

#[test]
fn a_pull_deletes_files_only_when_that_is_asked_for() {
    let world = World::new();
    world.upload("a.jpg", "one");
    world.write("p/a.jpg", "one");
    world.write("p/b.jpg", "two");
    world.write("p/notes.txt", "no picture");
    let ran = world.run(["sync", "p", "--pull", "--delete"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(world.path("p/b.jpg").exists());
    let ran = world.run(["sync", "p", "--pull", "--delete", "--yes"]);
    assert_eq!((ran.status, &*ran.out), (0, "delete\tp/b.jpg\n"));
    assert!(world.path("p/a.jpg").exists() && world.path("p/notes.txt").exists());
    world.out(["images", "delete", "--all", "--yes"]);
    let ran = world.run(["sync", "p", "--pull", "--delete", "--yes"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(world.path("p/a.jpg").exists());
}

#[test]
fn names_of_the_service_stay_in_the_folder() {
    let world = World::new();
    world.write("x.jpg", "evil");
    world.out(["images", "upload", "x.jpg", "--name", "../../evil.jpg"]);
    let ran = world.run(["sync", "p", "--pull"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(world.read("p/evil.jpg"), "evil");
}

#[test]
fn a_part_of_the_organization_has_a_folder_of_its_own() {
    let world = World::new();
    world.upload("dog.jpg", "dog");
    world.write("cats/cat.jpg", "cat");
    let cats = [
        "--search",
        "user:array:labels=cat",
        "-m",
        "array:labels=cat",
        "--delete",
        "--yes",
    ];
    let sync = |world: &World| world.run(["sync", "cats"].iter().chain(&cats));
    let ran = sync(&world);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.out.starts_with("upload\tcats/cat.jpg\t"), "{ran:?}");
    assert_eq!(sync(&world).out, "");
    assert_eq!(world.out(["images", "list", "--count"]), "2\n");
}

#[test]
fn what_is_not_listed_yet_is_not_sent_again() {
    let world = World::new();
    folder(&world, 2);
    assert_eq!(world.run(["sync", "p"]).status, 0);
    // The service shows a new image in lists some seconds later.
    world
        .emulator
        .on("GET", "/sourceimages/acme")
        .always()
        .respond_with(
            200,
            [("content-type", "application/json")],
            r#"{"total":0,"items":[]}"#,
        );
    world.requests();
    let ran = world.run(["sync", "p"]);
    assert_eq!((ran.status, &*ran.out), (0, ""), "{ran:?}");
    assert_eq!(kinds(&world), [1, 0, 0, 0, 2]);
}

#[test]
fn a_file_that_keeps_its_times_is_found_with_checksum() {
    let world = World::new();
    folder(&world, 1);
    let mut command = world.command(["sync", "p", "--checksum"]);
    assert_eq!(Ran::of(&mut command, "").status, 0);
    let path = world.write("p/0.jpg", "picture X");
    age(&world);
    let mut command = world.command([
        "sync",
        path.parent().unwrap().to_str().unwrap(),
        "--checksum",
    ]);
    let ran = Ran::of(&mut command, "");
    assert_eq!(ran.out.lines().count(), 1, "{ran:?}");
}

#[test]
fn a_folder_that_is_not_there_is_wrong_usage() {
    let world = World::new();
    let ran = world.run(["sync", "none"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(ran.err.contains("none"), "{ran:?}");
}
