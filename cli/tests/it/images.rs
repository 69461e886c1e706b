//! The commands for single images: the exact requests, and what is printed.

use serde_json::json;

use crate::support::{PICTURE, World};

const KEY: &str = "api-key";

#[test]
fn upload_sends_the_file_with_all_that_is_stored_with_it() {
    let world = World::new();
    world.write("cat.jpg", "a cat");
    let out = world.out([
        "images",
        "upload",
        "cat.jpg",
        "--name",
        "tom.jpg",
        "-m",
        "title=A cat",
        "-m",
        "int:sku=42",
        "-m",
        "array:labels=cat, pet",
        "--protected",
        "--subject-area",
        "1,2,3,4",
        "--crop-area",
        "10%,10%,50%,50%",
        "--optimize",
        "jpg",
        "--describe",
        "en,de",
    ]);
    let request = world.only_request();
    assert_eq!(
        (&*request.method, &*request.path),
        ("POST", "/sourceimages/acme")
    );
    assert_eq!(request.header(KEY), Some("[redacted]"));
    let part = |name: &str| {
        let part = request
            .part(name)
            .unwrap_or_else(|| panic!("{name}: {request:#?}"));
        String::from_utf8(part.content.clone().unwrap().to_vec()).unwrap()
    };
    let file = request.part("filedata").unwrap();
    assert_eq!(file.file_name.as_deref(), Some("tom.jpg"));
    assert_eq!(part("filedata"), format!("{PICTURE}a cat"));
    let user: serde_json::Value = serde_json::from_str(&part("meta_user[0]")).unwrap();
    assert_eq!(
        user,
        json!({"title": "A cat", "int:sku": 42, "array:labels": ["cat", "pet"]})
    );
    assert_eq!(part("optimize_source"), "jpg");
    assert!(part("options[0]").contains("\"protected\":true"));
    assert!(part("meta_static[0]").contains("[\"en\",\"de\"]"));
    let dynamic: Vec<_> = request
        .parts
        .iter()
        .filter(|part| part.name.starts_with("meta_dynamic"))
        .map(|part| String::from_utf8(part.content.clone().unwrap().to_vec()).unwrap())
        .collect();
    let dynamic = dynamic.concat();
    assert!(
        dynamic.contains("\"x\":1") && dynamic.contains("percentage"),
        "{dynamic}"
    );
    let (hash, path) = out.trim_end().split_once('\t').unwrap();
    assert_eq!((hash.len(), path), (40, "cat.jpg"));
}

#[test]
fn show_prints_the_object_of_the_service_or_a_property_a_line() {
    let world = World::new();
    let hash = world.upload("cat.jpg", "a cat");
    let [object] = &*world.json(["images", "show", &hash]) else {
        panic!("one object is expected");
    };
    assert_eq!(object["hash"], json!(hash));
    assert_eq!(object["size"], json!(PICTURE.len() + 5));
    world.requests();
    let out = world.out(["images", "show", &hash]);
    assert_eq!(world.requests(), [format!("GET /sourceimages/acme/{hash}")]);
    assert!(out.contains(&format!("hash\t{hash}\n")), "{out}");
    assert!(out.contains("name\tcat.jpg\n"), "{out}");

    let binary_hash = object["binary_hash"].as_str().unwrap();
    let out = world.out(["images", "show", "--binary-hash", binary_hash]);
    assert!(out.contains(&hash), "{out}");
    let unknown = "0".repeat(40);
    let ran = world.run(["images", "show", "--binary-hash", &unknown]);
    assert_eq!(ran.status, 1, "{ran:?}");
}

#[test]
fn a_deleted_image_is_found_and_restored() {
    let world = World::new();
    let hash = world.upload("cat.jpg", "a cat");
    world.requests();
    assert_eq!(
        world.out(["images", "delete", &hash, "--yes"]),
        format!("{hash}\n")
    );
    assert_eq!(
        world.requests(),
        [format!("DELETE /sourceimages/acme/{hash}")]
    );
    assert_eq!(world.run(["images", "show", &hash]).status, 1);
    world.requests();
    let object = &world.json(["images", "show", &hash, "--deleted"])[0];
    assert_eq!(object["deleted"], json!(true));
    assert_eq!(
        world.requests(),
        [format!("GET /sourceimages/acme/{hash}?deleted=true")]
    );
    let listed = world.json(["images", "list", "--deleted"]);
    assert_eq!(listed.len(), 1);
    world.requests();
    assert_eq!(
        world.out(["images", "restore", &hash]),
        format!("{hash}\tcat.jpg\n")
    );
    assert_eq!(
        world.requests(),
        [format!("POST /sourceimages/acme/{hash}/restore")]
    );
}

#[test]
fn delete_by_binary_hash_says_so_to_the_service() {
    let world = World::new();
    let hash = world.upload("cat.jpg", "a cat");
    let binary_hash = world.json(["images", "show", &hash])[0]["binary_hash"].clone();
    let binary_hash = binary_hash.as_str().unwrap();
    world.requests();
    world.out(["images", "delete", "--binary-hash", binary_hash, "--yes"]);
    assert_eq!(
        world.requests(),
        [format!(
            "DELETE /sourceimages/acme?binaryHash={binary_hash}"
        )]
    );
}

#[test]
fn copies_go_to_another_organization() {
    let emulator = rokka::testing::Emulator::builder()
        .organization("acme")
        .organization("backup")
        .start_blocking();
    let world = World::of(emulator);
    let first = world.upload("a.jpg", "a");
    let second = world.upload("b.jpg", "b");
    world.requests();
    let out = world.out(["images", "copy", &first, "--to", "backup"]);
    assert_eq!(out, format!("{first}\tcreated\n"));
    let request = world.only_request();
    assert_eq!(
        crate::support::line(&request),
        "POST /sourceimages/acme/copy"
    );
    assert_eq!(request.header("destination"), Some("backup"));
    assert_eq!(request.json(), Some(json!([first])));

    let ran = world.run([
        "images",
        "copy",
        &first,
        &second,
        "--to",
        "backup",
        "--keep-existing",
    ]);
    assert_eq!(ran.status, 3, "{ran:?}");
    assert_eq!(ran.out, format!("{second}\tcreated\n"));
    let request = world.emulator.requests();
    assert!(
        request
            .iter()
            .all(|request| request.header("overwrite") == Some("F")),
        "{request:#?}"
    );

    let ran = world.run(["images", "copy-all", "backup", "--yes"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(ran.out.lines().count(), 2, "{ran:?}");
    let unknown = "0".repeat(40);
    let ran = world.run(["images", "copy", &first, &unknown, "--to", "backup"]);
    assert_eq!(ran.status, 3, "{ran:?}");
    assert!(ran.err.contains(&unknown), "{ran:?}");
}

#[test]
fn a_name_is_sent_as_json_text() {
    let world = World::new();
    let hash = world.upload("cat.jpg", "a cat");
    world.requests();
    assert_eq!(
        world.out(["images", "set-name", &hash, "tom.jpg"]),
        format!("{hash}\ttom.jpg\n")
    );
    let requests = world.emulator.requests();
    assert_eq!(
        crate::support::line(&requests[0]),
        format!("PUT /sourceimages/acme/{hash}/name")
    );
    assert_eq!(requests[0].json(), Some(json!("tom.jpg")));
}

#[test]
fn areas_are_set_and_removed() {
    let world = World::new();
    let hash = world.upload("cat.jpg", "a cat");
    world.requests();
    let out = world.out([
        "images",
        "subject-area",
        &hash,
        "1,2,3,4",
        "--delete-previous",
    ]);
    let request = world.only_request();
    let path = format!("/sourceimages/acme/{hash}/meta/dynamic/subject_area");
    assert_eq!((&*request.method, &request.path), ("PUT", &path));
    assert_eq!(request.parameter("deletePrevious"), Some("true"));
    assert_eq!(
        request.json(),
        Some(json!({"x": 1, "y": 2, "width": 3, "height": 4}))
    );
    let now = out.split_once('\t').unwrap().0.to_owned();
    assert_ne!(now, hash);

    let out = world.out(["images", "crop-area", &now, "0,0,2,2", "--keep-hash"]);
    assert!(out.starts_with(&now), "{out}");
    world.requests();
    world.out(["images", "subject-area", &now, "--remove"]);
    let path = format!("DELETE /sourceimages/acme/{now}/meta/dynamic/subject_area");
    assert_eq!(world.requests(), [path]);
    let both = [
        "images",
        "subject-area",
        &hash,
        "1,2,3,4",
        "--keep-hash",
        "--delete-previous",
    ];
    assert_eq!(world.run(both).status, 2);
    assert_eq!(
        world.run(["images", "subject-area", &hash, "1,2,3"]).status,
        2
    );
    assert_eq!(world.requests(), [""; 0]);

    world.out([
        "images",
        "dynamic-metadata",
        "set",
        &now,
        "version",
        r#"{"text":"two"}"#,
    ]);
    let request = world.only_request();
    assert_eq!(
        request.path,
        format!("/sourceimages/acme/{now}/meta/dynamic/version")
    );
    assert_eq!(request.json(), Some(json!({"text": "two"})));
    world.out(["images", "dynamic-metadata", "unset", &now, "crop_area"]);
    let path = format!("DELETE /sourceimages/acme/{now}/meta/dynamic/crop_area");
    assert_eq!(world.requests(), [path]);
}

#[test]
fn images_are_protected_and_locked() {
    let world = World::new();
    let hash = world.upload("cat.jpg", "a cat");
    world.requests();
    let out = world.out(["images", "protect", &hash]);
    let request = world.only_request();
    let path = format!("/sourceimages/acme/{hash}/options/protected");
    assert_eq!(
        (&*request.method, &request.path, request.json()),
        ("PUT", &path, Some(json!(true)))
    );
    let protected = out.split_once('\t').unwrap().0.to_owned();
    assert_ne!(protected, hash);
    let ran = world.run([
        "images",
        "protect",
        &protected,
        "--off",
        "--delete-previous",
    ]);
    assert_eq!(ran.status, 2, "{ran:?}");
    assert_eq!(world.requests(), [""; 0]);

    assert_eq!(
        world.out(["images", "lock", &hash]),
        format!("{hash}\tcat.jpg\n")
    );
    let ran = world.run(["images", "delete", &hash, "--yes"]);
    assert_ne!(ran.status, 0, "{ran:?}");
    world.out(["images", "lock", "--off", &hash]);
    assert_eq!(world.run(["images", "delete", &hash, "--yes"]).status, 0);
}

#[test]
fn user_metadata_are_read_set_and_removed() {
    let world = World::new();
    let hash = world.upload("cat.jpg", "a cat");
    let path = format!("/sourceimages/acme/{hash}/meta/user");
    world.requests();
    world.out([
        "images",
        "metadata",
        "set",
        &hash,
        "-m",
        "title=A cat",
        "-m",
        "int:sku=42",
    ]);
    let request = world.only_request();
    assert_eq!((&*request.method, &request.path), ("PATCH", &path));
    assert_eq!(
        request.json(),
        Some(json!({"title": "A cat", "int:sku": 42}))
    );
    assert_eq!(
        world.out(["images", "metadata", "get", &hash]),
        "int:sku\t42\ntitle\tA cat\n"
    );
    assert_eq!(
        world.out(["images", "metadata", "get", &hash, "title"]),
        "A cat\n"
    );
    let found = world.json(["images", "metadata", "get", &hash]);
    assert_eq!(found, [json!({"title": "A cat", "int:sku": 42})]);
    world.requests();
    world.out(["images", "metadata", "unset", &hash, "-m", "int:sku"]);
    assert_eq!(world.only_request().json(), Some(json!({"int:sku": null})));
    world.out(["images", "metadata", "set", &hash, "--replace", "-m", "a=b"]);
    assert_eq!(world.requests(), [format!("PUT {path}")]);
    world.out(["images", "metadata", "unset", &hash, "--all-fields"]);
    assert_eq!(world.requests(), [format!("DELETE {path}")]);
    let ran = world.run(["images", "metadata", "set", &hash, "-m", "int:sku=many"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    assert_eq!(world.requests(), [""; 0]);
}

#[test]
fn aliases_name_images() {
    let world = World::new();
    let hash = world.upload("cat.jpg", "a cat");
    let other = world.upload("dog.jpg", "a dog");
    world.requests();
    assert_eq!(
        world.out(["images", "alias", "set", "pet", &hash]),
        format!("pet\t{hash}\n")
    );
    let request = world.only_request();
    assert_eq!(
        (&*request.method, &*request.path),
        ("PUT", "/sourceimages/acme/alias/pet")
    );
    assert_eq!(request.json(), Some(json!({"hash": hash})));
    let ran = world.run(["images", "alias", "set", "pet", &other]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.err.contains("--overwrite"), "{ran:?}");
    world.out(["images", "alias", "set", "pet", &other, "--overwrite"]);
    assert_eq!(
        world.json(["images", "alias", "get", "pet"])[0]["hash"],
        json!(other)
    );
    world.requests();
    world.out(["images", "alias", "invalidate", "pet"]);
    assert_eq!(
        world.requests(),
        ["DELETE /sourceimages/acme/alias/pet/cache"]
    );
    assert_eq!(world.run(["images", "alias", "delete", "pet"]).status, 2);
    assert_eq!(world.requests(), [""; 0]);
    world.out(["images", "alias", "delete", "pet", "--yes"]);
    assert_eq!(world.requests(), ["DELETE /sourceimages/acme/alias/pet"]);
}

#[test]
fn the_service_finds_out_about_images() {
    let world = World::new();
    let hash = world.upload("cat.jpg", "a cat");
    world.requests();
    world.out([
        "images",
        "describe",
        &hash,
        "--languages",
        "en,de",
        "--force",
    ]);
    let request = world.only_request();
    assert_eq!(
        request.path,
        format!("/sourceimages/acme/{hash}/autodescription")
    );
    assert_eq!(
        request.json(),
        Some(json!({"languages": ["en", "de"], "force": true}))
    );
    world.out(["images", "label", &hash]);
    world.out(["images", "content-credentials", &hash]);
    world.out(["images", "invalidate", &hash]);
    assert_eq!(
        world.requests(),
        [
            format!("POST /sourceimages/acme/{hash}/autolabel"),
            format!("POST /sourceimages/acme/{hash}/contentcredentials"),
            format!("DELETE /sourceimages/acme/{hash}/cache"),
        ]
    );
}
