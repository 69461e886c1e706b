//! Uploads that send nothing for what is stored already.

use std::time::Duration;

use crate::support::{HASH, OTHER, RecordedRequest, Reply, Server, image, json, list};
use futures_util::stream;
use rokka::testing::{Emulator, EmulatorExt};
use rokka::{CropArea, DynamicValue, ErrorKind, OptimizeSource, Source, SubjectArea, UserMetadata};
use serde_json::{Value, json};

/// The SHA-1 of `cat`.
const CAT: &str = "9d989e8d27dc9e0ec3389fc855f142c3d40f0c50";

fn cat() -> Source {
    Source::bytes("cat.jpg", "cat")
}

fn of_cat(hash: &str, properties: &Value) -> Value {
    let mut image = image(hash);
    image["binary_hash"] = CAT.into();
    for (name, value) in properties.as_object().unwrap() {
        image[name] = value.clone();
    }
    image
}

/// A service that has these images of the bytes, and stores the image [`HASH`] next.
fn service(known: Vec<Value>) -> Server {
    Server::respond(move |request| match &*request.method {
        "GET" if request.target.contains('?') => json(200, &list(&known)),
        "GET" => {
            let found = known.iter().find(|image| {
                let hash = image["hash"].as_str().unwrap();
                request.target.ends_with(hash)
            });
            let mut image = found.unwrap().clone();
            image["user_metadata"] = json!({"title": "merged"});
            json(200, &image)
        }
        "PATCH" => Reply::empty(204),
        _ => json(200, &list(&[of_cat(HASH, &json!({}))])),
    })
}

fn lines(server: &Server) -> Vec<String> {
    let requests = server.requests();
    requests.iter().map(RecordedRequest::line).collect()
}

fn look_up() -> String {
    format!("GET /sourceimages/acme?binaryHash={CAT}")
}

#[tokio::test]
async fn what_is_not_stored_is_uploaded_after_a_look_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cat.jpg");
    std::fs::write(&path, "cat").unwrap();
    for source in [cat(), Source::path(&path)] {
        let server = service(Vec::new());
        let upload = server
            .images()
            .upload(source)
            .user_metadata("title", "A cat");
        let uploaded = upload.skip_existing().await.unwrap();
        assert!(uploaded.created);
        assert_eq!(uploaded.image.hash, HASH);
        assert_eq!(
            lines(&server),
            [look_up(), "POST /sourceimages/acme".to_owned()]
        );
        let requests = server.requests();
        assert_eq!(requests[1].file(), b"cat");
        let part = requests[1].parts().remove(1);
        assert_eq!(part.body, br#"{"title":"A cat"}"#);
    }
}

#[tokio::test]
async fn what_is_stored_is_found_and_not_sent() {
    let server = service(vec![of_cat(OTHER, &json!({"name": "another name.jpg"}))]);
    let upload = server.images().upload(cat()).verify(true);
    let uploaded = upload.skip_existing().await.unwrap();
    assert!(!uploaded.created);
    assert_eq!(uploaded.image.hash, OTHER);
    assert_eq!(uploaded.image.name, "another name.jpg");
    assert_eq!(lines(&server), [look_up()]);
}

#[tokio::test]
async fn large_bytes_are_hashed_whole() {
    let bytes: Vec<u8> = (0..=250).cycle().take(1_300_000).collect();
    let mut hasher = rokka::BinaryHasher::new();
    hasher.update(&bytes);
    let server = service(vec![of_cat(OTHER, &json!({}))]);
    let upload = server.images().upload(Source::bytes("a", bytes));
    upload.skip_existing().await.unwrap();
    let expected = format!("GET /sourceimages/acme?binaryHash={}", hasher.finish());
    assert_eq!(lines(&server), [expected]);
}

#[tokio::test]
async fn an_image_with_another_protection_or_other_dynamic_metadata_is_another_one() {
    let area = || SubjectArea::new(1, 2, 3, 4);
    let stored_area =
        json!({"subject_area": {"x": 1, "y": 2, "width": 3.0, "height": 4, "percentage": false}});
    let cases = [
        ("plain", cat(), json!({}), true),
        ("any will do", cat(), json!({"protected": true}), true),
        (
            "any area will do",
            cat(),
            json!({"dynamic_metadata": stored_area}),
            true,
        ),
        ("protected", cat().protected(true), json!({}), false),
        (
            "protected",
            cat().protected(true),
            json!({"protected": true}),
            true,
        ),
        (
            "unprotected",
            cat().protected(false),
            json!({"protected": true}),
            false,
        ),
        ("area", cat().subject_area(area()), json!({}), false),
        (
            "area",
            cat().subject_area(area()),
            json!({"dynamic_metadata": stored_area}),
            true,
        ),
        (
            "another area",
            cat().subject_area(SubjectArea::new(1, 2, 3, 5)),
            json!({"dynamic_metadata": stored_area}),
            false,
        ),
        (
            "two kinds",
            cat()
                .subject_area(area())
                .dynamic_metadata(DynamicValue::version("two")),
            json!({"dynamic_metadata": stored_area}),
            false,
        ),
    ];
    for (what, source, stored, found) in cases {
        let server = service(vec![of_cat(OTHER, &stored)]);
        let uploaded = server.images().upload(source).skip_existing();
        let uploaded = uploaded.await.unwrap();
        assert_eq!(!uploaded.created, found, "{what} {stored}");
        let expected = if found { OTHER } else { HASH };
        assert_eq!(uploaded.image.hash, expected, "{what} {stored}");
        let sent = server.requests().len() == 2;
        assert_eq!(sent, !found, "{what} {stored}");
    }
}

#[tokio::test]
async fn the_nearest_of_several_images_is_found() {
    let known = vec![
        of_cat("aaaaaa", &json!({"protected": true})),
        of_cat(
            "bbbbbb",
            &json!({"dynamic_metadata": {"version": {"text": "two"}}}),
        ),
        of_cat("cccccc", &json!({})),
        of_cat("dddddd", &json!({})),
    ];
    let find = async |source: Source| {
        let server = service(known.clone());
        let found = server.images().upload(source).skip_existing().await;
        let found = found.unwrap();
        assert!(!found.created);
        found.image.hash
    };
    assert_eq!(find(cat()).await, "cccccc");
    assert_eq!(find(cat().protected(true)).await, "aaaaaa");
    let two = cat().dynamic_metadata(DynamicValue::version("two"));
    assert_eq!(find(two).await, "bbbbbb");
}

#[tokio::test]
async fn user_metadata_that_a_found_image_does_not_have_are_merged_into_it() {
    let stored = json!({"user_metadata": {"title": "A cat", "int:sku": 42, "array:labels": ["a"]}});
    let upload = |server: &Server, fields: UserMetadata| {
        let images = server.images();
        images
            .upload(cat().user_metadata_all(fields))
            .skip_existing()
    };

    let server = service(vec![of_cat(OTHER, &stored)]);
    let same = UserMetadata::from([("str:title", json!("A cat")), ("int:sku", json!(42))]);
    assert!(!upload(&server, same).await.unwrap().created);
    assert_eq!(lines(&server), [look_up()], "it has them already");

    let server = service(vec![of_cat(OTHER, &stored)]);
    let fields = UserMetadata::new()
        .str("title", "A cat")
        .int("sku", 43)
        .array("labels", ["a", "b"]);
    let found = upload(&server, fields).await.unwrap();
    assert!(!found.created);
    assert_eq!(found.image.user_metadata.get_str("title"), Some("merged"));
    assert_eq!(
        lines(&server),
        [
            look_up(),
            format!("PATCH /sourceimages/acme/{OTHER}/meta/user"),
            format!("GET /sourceimages/acme/{OTHER}"),
        ]
    );
    let changed: Value = serde_json::from_slice(&server.requests()[1].body).unwrap();
    assert_eq!(changed, json!({"int:sku": 43, "array:labels": ["a", "b"]}));
}

#[tokio::test]
async fn an_existing_image_that_the_service_returns_is_not_created() {
    // It does not look as if it were protected, but the upload returns it.
    let server = service(vec![of_cat(HASH, &json!({}))]);
    let upload = server.images().upload(cat()).protected(true);
    let uploaded = upload.skip_existing().await.unwrap();
    assert!(!uploaded.created);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn an_image_that_cannot_be_decoded_is_not_found() {
    let server = service(vec![json!({"name": "no hash"})]);
    let uploaded = server.images().upload(cat()).skip_existing().await.unwrap();
    assert!(uploaded.created);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_failed_look_up_fails_the_upload() {
    let server = Server::respond(|_| Reply::json(403, json!({"message": "no!"})));
    let error = server.images().upload(cat()).skip_existing().await;
    let error = error.unwrap_err();
    assert!(error.is_forbidden(), "{error:?}");
    assert_eq!(error.operation(), Some("listSourceImages"));
    assert_eq!(lines(&server), [look_up()]);
}

#[tokio::test]
async fn what_cannot_be_hashed_or_is_invalid_is_refused_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::script([json(200, &list(&[]))]);
    let images = server.images();
    let (_sender, channel) = Source::channel("cat.jpg");
    let empty = stream::iter([std::io::Result::Ok("cat")]);
    let stream = "a stream cannot be hashed before it is sent";
    let cases = [
        (Source::stream("cat.jpg", empty), stream),
        (Source::reader("cat.jpg", &b"cat"[..]), stream),
        (channel, stream),
        (
            Source::url("https://example.org/cat.jpg"),
            "the service fetches a URL itself",
        ),
        (cat().name(""), "the file name is empty"),
        (
            cat().dynamic_metadata(CropArea::new(0, 0, 0, 0)),
            "the crop area 0 x 0",
        ),
        (Source::path(folder.path()), "it is a directory"),
    ];
    for (source, rule) in cases {
        let shown = format!("{source:?}");
        let error = images.upload(source).skip_existing().await.unwrap_err();
        assert!(error.is_invalid_input(), "{shown}: {error:?}");
        assert!(error.to_string().contains(rule), "{shown}: {error}");
    }
    let both = images
        .upload(cat())
        .verify(true)
        .optimize_source(OptimizeSource::Jpg);
    assert!(both.skip_existing().await.unwrap_err().is_invalid_input());
    let missing = images.upload(folder.path().join("missing.jpg"));
    let error = missing.skip_existing().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_file_that_cannot_be_hashed_yet_is_abandoned_in_time() {
    type Limit =
        fn(rokka::source_images::UploadIfNew, Duration) -> rokka::source_images::UploadIfNew;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cat.jpg");
    std::fs::write(&path, "cat").unwrap();
    let short = Duration::from_millis(100);
    let limits: [Limit; 2] = [
        |call, limit| call.deadline(limit),
        |call, limit| call.idle_timeout(limit),
    ];
    for limit in limits {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(1)
            .build()
            .unwrap();
        runtime.block_on(async {
            // The only thread that may block waits, as for a mount that does not respond.
            let (release, held) = std::sync::mpsc::channel::<()>();
            let waiting = tokio::task::spawn_blocking(move || held.recv());
            let server = Server::script([json(200, &list(&[]))]);
            let upload = server.images().upload(&path).skip_existing();
            let call = tokio::time::timeout(Duration::from_secs(30), limit(upload, short).send());
            let error = call.await.expect("it hangs").unwrap_err();
            assert!(error.is_timeout(), "{error:?}");
            assert_eq!((error.attempts(), server.connections()), (0, 0));
            drop(release);
            waiting.await.unwrap().unwrap_err();
        });
    }
}

#[tokio::test]
async fn the_emulator_stores_each_file_once() {
    let emulator = Emulator::start().await;
    let images = emulator.source_images().unwrap();
    let upload = |sku: i64| {
        let call = images.upload(Source::bytes("cat.txt", "cat"));
        let call = call.user_metadata("int:sku", sku);
        call.subject_area(SubjectArea::new(1, 2, 3, 4))
            .skip_existing()
    };
    let first = upload(1).await.unwrap();
    let second = upload(1).await.unwrap();
    let third = upload(2).await.unwrap();
    assert!(first.created && !second.created && !third.created);
    assert_eq!(first.image.hash, third.image.hash);
    assert_eq!(second.image.user_metadata.get_int("sku"), Some(1));
    assert_eq!(third.image.user_metadata.get_int("sku"), Some(2));
    let other = images.upload(Source::bytes("cat.txt", "cat"));
    let other = other.protected(true).skip_existing();
    let other = other.await.unwrap();
    assert!(other.created);
    assert_ne!(other.image.hash, first.image.hash);
    assert_eq!(images.search().await.unwrap().total, 2);
    // A deleted image is none.
    for image in images.search().await.unwrap().items {
        images.delete(&image.hash).await.unwrap();
    }
    assert!(upload(3).await.unwrap().created);
}

mod bulk {
    use super::*;
    use crate::support::Gate;
    use futures_util::StreamExt;
    use rokka::{BulkItem, Uploaded};

    /// Files with different bytes.
    fn files(count: usize) -> Vec<Source> {
        let files = 0..count;
        files
            .map(|number| Source::bytes(format!("{number}.txt"), format!("file {number}")))
            .collect()
    }

    async fn upload(emulator: &Emulator, files: Vec<Source>) -> Vec<BulkItem<Uploaded>> {
        let images = emulator.source_images().unwrap();
        images.bulk().upload(files).skip_existing().collect().await
    }

    fn created(items: &[BulkItem<Uploaded>]) -> usize {
        let created = items
            .iter()
            .filter(|item| item.result.as_ref().unwrap().created);
        created.count()
    }

    /// How often the emulator received uploads, look-ups of one file, and pages of searches.
    fn counted(emulator: &Emulator) -> (usize, usize, usize) {
        let requests = emulator.requests();
        let count = |wanted: fn(&rokka::testing::RecordedRequest) -> bool| {
            requests.iter().filter(|request| wanted(request)).count()
        };
        (
            count(|request| request.method == "POST"),
            count(|request| request.parameter("binaryHash").is_some()),
            count(|request| request.parameter("limit").is_some()),
        )
    }

    #[tokio::test]
    async fn each_file_is_created_once_and_then_found() {
        let emulator = Emulator::start().await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("on disk.txt");
        std::fs::write(&path, "file 1").unwrap();
        let some = vec![files(1).remove(0), Source::path(&path)];
        let first = upload(&emulator, some).await;
        assert_eq!(created(&first), 2);
        let mut again = upload(&emulator, files(4)).await;
        assert_eq!(created(&again), 2);
        again.sort_by_key(|item| item.position);
        for (number, item) in again.iter().enumerate() {
            let uploaded = item.result.as_ref().unwrap();
            assert_eq!(item.id, format!("{number}.txt"));
            assert_eq!(uploaded.created, number > 1);
            let name = if number == 1 { "on disk.txt" } else { &item.id };
            assert_eq!(uploaded.image.name, name);
        }
        let images = emulator.source_images().unwrap();
        assert_eq!(images.search().await.unwrap().total, 4);
    }

    #[tokio::test]
    async fn many_files_are_looked_up_by_searches() {
        let emulator = Emulator::start().await;
        let (count, windows) = (700, [32, 128, 512, 20]);
        assert_eq!(8 + windows.iter().sum::<usize>(), count);
        let first = upload(&emulator, files(count)).await;
        assert_eq!((first.len(), created(&first)), (count, count));
        let before = counted(&emulator);

        let again = upload(&emulator, files(count)).await;
        assert_eq!((again.len(), created(&again)), (count, 0));
        let after = counted(&emulator);
        assert_eq!(after.0, before.0, "nothing is sent again");
        // The first window is too small for a search; each other one takes the total and a page.
        assert_eq!(
            (after.1 - before.1, after.2 - before.2),
            (8, 2 * windows.len())
        );
        let mut hashes: Vec<_> = again
            .iter()
            .map(|item| item.result.as_ref().unwrap().image.hash.clone())
            .collect();
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), count);
    }

    /// A service with so many images, none of which is one of the files.
    fn organization(total: u64, search_status: u16) -> Server {
        Server::respond(move |request| {
            if request.target.contains("binaryHash=") {
                json(200, &list(&[]))
            } else if request.target.contains("limit=0") {
                json(200, &json!({"total": total, "items": []}))
            } else if request.method == "GET" {
                json(
                    search_status,
                    &json!({"total": total, "items": [image(OTHER)]}),
                )
            } else {
                json(200, &list(&[image(HASH)]))
            }
        })
    }

    fn lines_with(server: &Server, part: &str) -> usize {
        let lines = lines(server);
        lines.iter().filter(|line| line.contains(part)).count()
    }

    #[tokio::test]
    async fn few_files_of_a_large_organization_are_looked_up_one_by_one() {
        let server = organization(5_000, 200);
        let images = server.images();
        let items: Vec<_> = images
            .bulk()
            .upload(files(100))
            .skip_existing()
            .collect()
            .await;
        assert_eq!(created(&items), 100);
        // For 8, 32 and 60 files: a search pays where there is at most a page for ten files.
        assert_eq!(lines_with(&server, "binaryHash="), 8 + 32);
        assert_eq!(lines_with(&server, "limit=0"), 2);
        assert!(lines_with(&server, "limit=1000") > 0);
        assert_eq!(lines_with(&server, "POST"), 100);
    }

    #[tokio::test]
    async fn files_are_looked_up_one_by_one_if_the_search_fails() {
        let server = organization(1, 404);
        let images = server.images();
        let items: Vec<_> = images
            .bulk()
            .upload(files(40))
            .skip_existing()
            .collect()
            .await;
        assert_eq!(created(&items), 40);
        assert_eq!(lines_with(&server, "limit=1000"), 1);
        assert_eq!(lines_with(&server, "binaryHash="), 40);
    }

    #[tokio::test]
    async fn the_first_files_are_sent_while_later_ones_are_looked_up() {
        let gate = Gate::new();
        let held = gate.clone();
        let server = Server::respond(move |request| {
            if request.target.contains("limit=0") {
                json(200, &json!({"total": 0, "items": []})).after(&held)
            } else if request.method == "GET" {
                json(200, &list(&[]))
            } else {
                json(200, &list(&[image(HASH)]))
            }
        });
        let images = server.images();
        let mut items = images
            .bulk()
            .upload(files(40))
            .concurrency(4)
            .skip_existing();
        for _ in 0..4 {
            let item = tokio::time::timeout(Duration::from_secs(30), items.next());
            let item = item.await.expect("nothing is sent");
            assert!(item.unwrap().result.unwrap().created);
        }
        gate.open();
        assert_eq!(items.count().await, 36);
    }

    #[tokio::test]
    async fn what_cannot_be_hashed_fails_for_itself() {
        let emulator = Emulator::start().await;
        let mut sources = files(20);
        sources.insert(3, Source::url("https://example.org/cat.jpg"));
        sources.insert(7, Source::reader("r", &b"cat"[..]));
        sources.push(Source::path("/no/such/file.jpg"));
        let items = upload(&emulator, sources).await;
        assert_eq!(items.len(), 23);
        for item in items {
            match (item.position, item.result) {
                (3 | 7, Err(error)) => assert!(error.is_invalid_input(), "{error}"),
                (22, Err(error)) => assert_eq!(error.kind(), ErrorKind::Io),
                (3 | 7 | 22, Ok(_)) => panic!("{}", item.id),
                (_, result) => assert!(result.unwrap().created),
            }
        }
    }

    #[tokio::test]
    async fn options_hold_before_and_after() {
        // Before, after, and for look-ups as for uploads: one attempt each.
        let server = Server::respond(|_| Reply::json(503, json!({})));
        let images = server.images();
        let items = images
            .bulk()
            .upload(files(2))
            .retry(rokka::Retry::never())
            .skip_existing()
            .concurrency(1);
        let items: Vec<_> = items.collect().await;
        assert!(items.iter().all(|item| item.result.is_err()));
        assert_eq!(server.requests().len(), 2);

        let wrong = Server::respond(|request| match &*request.method {
            "GET" => json(200, &list(&[])),
            _ => json(200, &list(&[image(HASH)])),
        });
        let items = wrong
            .images()
            .bulk()
            .upload(files(1))
            .verify(true)
            .skip_existing();
        let items: Vec<_> = items.collect().await;
        let error = items[0].result.as_ref().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::HashMismatch);
    }

    #[tokio::test]
    async fn nothing_is_sent_before_it_is_polled() {
        let server = organization(0, 200);
        let images = server.images();
        drop(images.bulk().upload(files(20)).skip_existing());
        drop(images.bulk().upload(files(20)));
        server.settle().await;
        assert!(server.requests().is_empty());
    }
}

#[tokio::test]
async fn an_image_without_the_requested_texts_is_uploaded() {
    let described = json!({"user_metadata": {"text:auto_description_en": "A cat"}});
    let forced = json!({"languages": ["en"], "force": true});
    for (source, created) in [
        (cat().auto_description(["en"]), false),
        (cat().auto_description(["en", "de"]), true),
        (cat().detected_metadata("auto_description", &forced), true),
        (cat().detected_metadata("smiles", &json!({})), true),
        (cat().visual_binary_hash(true), true),
    ] {
        let server = service(vec![of_cat(OTHER, &described)]);
        let uploaded = server
            .images()
            .upload(source)
            .skip_existing()
            .await
            .unwrap();
        let posts = lines(&server)
            .iter()
            .filter(|line| line.starts_with("POST"))
            .count();
        assert_eq!(posts, usize::from(created));
        assert_eq!(uploaded.image.hash == OTHER, !created);
    }
}
