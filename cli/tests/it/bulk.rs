//! Work on many images: selections, partial failures, the file of what failed, questions and dry runs.

use std::ffi::OsStr;

use crate::support::{PICTURE, Ran, World, sorted};

/// Three images; returns their hashes in the order of their names.
fn three(world: &World) -> Vec<String> {
    ["a", "b", "c"]
        .map(|name| world.upload(&format!("{name}.jpg"), name))
        .to_vec()
}

#[test]
fn what_fails_is_written_to_a_file_that_is_fed_back() {
    let world = World::new();
    let hashes = three(&world);
    let path = format!("/sourceimages/acme/{}", hashes[1]);
    let fault = world.emulator.on("DELETE", &path).always().respond(500);
    let mut arguments = vec!["images", "delete", "--yes", "--failed", "left.txt"];
    arguments.extend(hashes.iter().map(String::as_str));
    let ran = world.run(&arguments);
    assert_eq!(ran.status, 3, "{ran:?}");
    assert!(ran.err.contains("1 of 3 failed"), "{ran:?}");
    assert!(ran.err.contains("--from left.txt"), "{ran:?}");
    assert_eq!(world.read("left.txt"), format!("{}\n", hashes[1]));

    fault.remove();
    world.requests();
    let again = [
        "images", "delete", "--yes", "--from", "left.txt", "--failed", "left.txt",
    ];
    assert_eq!(world.out(again), format!("{}\n", hashes[1]));
    assert_eq!(world.requests(), [format!("DELETE {path}")]);
    // Nothing failed, so nothing is left.
    assert!(!world.path("left.txt").exists());
}

#[test]
fn the_status_tells_a_part_from_everything() {
    let world = World::new();
    let unknown = ["0".repeat(40), "1".repeat(40)];
    let ran = world.run(["images", "restore", &unknown[0], &unknown[1]]);
    assert_eq!(ran.status, 1, "{ran:?}");
    let hash = world.upload("a.jpg", "a");
    let ran = world.run(["images", "restore", &unknown[0], &hash]);
    assert_eq!(ran.status, 3, "{ran:?}");
    assert_eq!(ran.out, format!("{hash}\ta.jpg\n"));
}

#[test]
fn hashes_come_from_standard_input_and_count_once() {
    let world = World::new();
    let hashes = three(&world);
    world.requests();
    let input = format!(
        "{}\n\n{}\r\n{}\n",
        hashes[0],
        hashes[1],
        hashes[0].to_uppercase()
    );
    let ran = Ran::of(
        &mut world.command(["images", "delete", "--from", "-", "--yes"]),
        &input,
    );
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(world.requests().len(), 2);
}

#[test]
fn destructive_work_is_refused_where_nobody_can_be_asked() {
    let world = World::new();
    let hashes = three(&world);
    world.requests();
    let ran = world.run(["images", "delete", &hashes[0]]);
    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(ran.err.contains("--yes"), "{ran:?}");
    let ran = world.run(["images", "delete", "--all"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(
        !world
            .requests()
            .iter()
            .any(|request| request.starts_with("DELETE"))
    );
    let ran = world.run(["images", "delete", "--yes"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(ran.err.contains("--search"), "{ran:?}");
}

#[test]
fn a_dry_run_names_what_it_would_do_and_does_nothing() {
    let world = World::new();
    three(&world);
    world.requests();
    let out = world.out(["images", "delete", "--all", "--dry-run"]);
    assert_eq!(out.lines().count(), 3, "{out}");
    let out = world.out(["images", "protect", "--search", "name=a.jpg", "--dry-run"]);
    assert!(out.ends_with("\ta.jpg\n"), "{out}");
    assert!(
        world
            .requests()
            .iter()
            .all(|request| request.starts_with("GET "))
    );
    let out = world.out(["images", "upload", "a.jpg", "--dry-run"]);
    assert_eq!(out, "a.jpg\n");
    assert_eq!(world.requests(), [""; 0]);
}

#[test]
fn a_search_selects_images_and_all_means_all() {
    let world = World::new();
    let hashes = three(&world);
    let out = world.out(["images", "lock", "--search", "name=b*"]);
    assert_eq!(out, format!("{}\tb.jpg\n", hashes[1]));
    let out = world.out(["images", "lock", "--all", "--off"]);
    assert_eq!(out.lines().count(), 3, "{out}");
    assert_eq!(world.run(["images", "lock", "--all", &hashes[0]]).status, 2);
}

#[test]
fn folders_patterns_and_lists_are_uploaded() {
    let world = World::new();
    for name in ["p/a.jpg", "p/sub/b.png", "p/notes.txt", "p/.hidden.jpg"] {
        world.write(name, name);
    }
    let ran = world.run(["images", "upload", "p"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(ran.err.contains("-r"), "{ran:?}");
    let ran = world.run(["images", "upload", "-r", "p"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let paths: Vec<&str> = ran
        .out
        .lines()
        .map(|line| line.split_once('\t').unwrap().1)
        .collect();
    let paths = paths.join("\n");
    assert_eq!(sorted(&paths), ["p/a.jpg", "p/sub/b.png"]);
    assert!(ran.err.contains("left out 2 files"), "{ran:?}");
    let out = world.out(["images", "upload", "p/**/*.png"]);
    assert!(out.ends_with("\tp/sub/b.png\n"), "{out}");
    assert_eq!(world.run(["images", "upload", "p/*.gif"]).status, 2);
    world.write("list.txt", "p/a.jpg\np/notes.txt\n");
    let out = world.out(["images", "upload", "--from", "list.txt"]);
    assert_eq!(out.lines().count(), 2, "{out}");
}

#[test]
fn files_that_are_stored_are_skipped_and_missing_ones_reported() {
    let world = World::new();
    let hash = world.upload("a.jpg", "a");
    world.write("b.jpg", "b");
    world.requests();
    let ran = world.run([
        "images",
        "upload",
        "a.jpg",
        "b.jpg",
        "none.jpg",
        "--skip-existing",
        "--failed",
        "left",
    ]);
    assert_eq!(ran.status, 3, "{ran:?}");
    assert!(
        ran.out.contains(&format!("{hash}\ta.jpg\texisting\n")),
        "{ran:?}"
    );
    assert!(ran.out.contains("\tb.jpg\tcreated\n"), "{ran:?}");
    assert_eq!(world.read("left"), "none.jpg\n");
    let sent = world.requests();
    assert_eq!(
        sent.iter()
            .filter(|request| request.starts_with("POST"))
            .count(),
        1,
        "{sent:?}"
    );
}

#[test]
fn each_file_gets_its_metadata_from_a_file() {
    let world = World::new();
    world.write("p/a.jpg", "a");
    world.write("p/b.jpg", "b");
    world.write(
        "p/meta.csv",
        "file,title,int:sku\na.jpg,A,1\nb.jpg,B,2\nc.jpg,C,3\n",
    );
    let ran = world.run([
        "images",
        "upload",
        "-r",
        "p",
        "--metadata-file",
        "p/meta.csv",
        "-m",
        "title=other",
    ]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.err.contains("c.jpg"), "{ran:?}");
    let out = world.out([
        "images",
        "list",
        "--fields",
        "name,user_metadata.title,user_metadata.int:sku",
    ]);
    assert_eq!(sorted(&out), ["a.jpg\tA\t1", "b.jpg\tB\t2"]);
}

#[test]
fn standard_input_and_urls_are_uploaded() {
    let world = World::new();
    let mut command = world.command(["images", "upload", "-", "--name", "piped.jpg"]);
    let piped = format!("{PICTURE}piped");
    let ran = Ran::of(&mut command, &piped);
    assert_eq!(ran.status, 0, "{ran:?}");
    let request = world.only_request();
    let file = request.part("filedata").unwrap();
    assert_eq!(file.file_name.as_deref(), Some("piped.jpg"));
    assert_eq!(file.content.as_deref(), Some(piped.as_bytes()));
    let ran = Ran::of(&mut world.command(["images", "upload", "-"]), "piped");
    assert_eq!(ran.status, 2, "{ran:?}");
    world.run(["images", "upload", "https://example.org/cat.jpg?secret=1"]);
    let request = world.only_request();
    let url = request.part("url[0]").unwrap().content.clone().unwrap();
    assert_eq!(&*url, b"https://example.org/cat.jpg?secret=1");
}

#[test]
fn it_stops_after_failures_in_a_row() {
    let world = World::new();
    for number in 0..6 {
        world.write(&format!("p/{number}.jpg"), number.to_string());
    }
    world
        .emulator
        .on("POST", "/sourceimages/acme")
        .always()
        .respond(500);
    let arguments = [
        "images",
        "upload",
        "-r",
        "p",
        "--stop-after",
        "2",
        "--concurrency",
        "1",
        "--failed",
        "left",
    ];
    let ran = world.run(arguments);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert_eq!(world.read("left").lines().count(), 6);
    assert_eq!(world.requests().len(), 2);
}

#[cfg(unix)]
#[test]
fn a_path_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt;

    let world = World::new();
    let name = OsStr::from_bytes(b"caf\xe9.jpg");
    std::fs::write(world.folder.path().join(name), PICTURE).unwrap();
    let out = world.run([OsStr::new("images"), OsStr::new("upload"), name]);
    assert_eq!(out.status, 0, "{out:?}");
}
