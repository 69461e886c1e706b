//! `images list` and `images search`.

use serde_json::json;

use crate::support::{PICTURE, World, sorted};

#[test]
fn filters_order_and_operator_are_sent_as_they_are() {
    let world = World::new();
    world.out([
        "images",
        "search",
        "height=[1200,}",
        "user:array:labels=cat",
        "--any",
        "--sort",
        "size desc,name asc",
        "--limit",
        "20",
    ]);
    let request = world.only_request();
    assert_eq!(request.path, "/sourceimages/acme");
    for (name, value) in [
        ("height", "[1200,}"),
        ("user:array:labels", "cat"),
        ("operator", "or"),
        ("sort", "size desc,name asc"),
        ("limit", "20"),
    ] {
        assert_eq!(request.parameter(name), Some(value), "{request:#?}");
    }
}

#[test]
fn a_list_is_lines_in_a_pipe_and_objects_with_json() {
    let world = World::new();
    let hash = world.upload("cat.jpg", "a cat");
    let out = world.out(["images", "list"]);
    let cells: Vec<&str> = out.trim_end().split('\t').collect();
    assert_eq!(cells.len(), 7, "{out}");
    assert_eq!((cells[0], cells[6]), (&*hash, "cat.jpg"));
    let objects = world.json(["images", "list"]);
    assert_eq!(objects.len(), 1);
    assert_eq!(objects[0], world.json(["images", "show", &hash])[0]);
    let fields = world.json([
        "images",
        "list",
        "--fields",
        "name,size,user_metadata.title",
    ]);
    assert_eq!(
        fields,
        [json!({"name": "cat.jpg", "size": PICTURE.len() + 5, "user_metadata.title": null})]
    );
}

#[test]
fn more_than_ten_thousand_images_are_listed() {
    let world = World::new();
    let mut hashes = world.emulator.seed_images("acme", 10_050);
    let out = world.out(["images", "list", "--fields", "hash"]);
    let found = sorted(&out);
    hashes.sort_unstable();
    assert_eq!(found, hashes);
    let out = world.out(["images", "list", "--fields", "hash", "--limit", "1500"]);
    assert_eq!(out.lines().count(), 1_500);
    let out = world.out(["images", "list", "--count"]);
    assert_eq!(out, "10050\n");
}

#[test]
fn facets_are_counted() {
    let world = World::new();
    for (name, label) in [("a.jpg", "cat"), ("b.jpg", "cat"), ("c.jpg", "dog")] {
        world.write(name, name);
        world.out([
            "images",
            "upload",
            name,
            "-m",
            &format!("array:labels={label}"),
        ]);
    }
    let out = world.out(["images", "search", "--facets", "user:array:labels"]);
    assert_eq!(
        sorted(&out),
        ["user:array:labels\tcat\t2", "user:array:labels\tdog\t1"]
    );
    let facets = world.json(["images", "search", "--facets", "user:array:labels"]);
    assert_eq!(facets[0]["user:array:labels"][0]["count"], json!(2));
}

#[test]
fn a_filter_without_expression_is_wrong_usage() {
    let world = World::new();
    for wrong in ["height", "=x", "height="] {
        let ran = world.run(["images", "search", wrong]);
        assert_eq!(ran.status, 2, "{ran:?}");
        assert!(ran.err.contains("FIELD=EXPRESSION"), "{ran:?}");
    }
    assert_eq!(world.requests(), [""; 0]);
}
