//! Uploads that send nothing for what is stored already.

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
    type Case = (&'static str, Source, Value, bool);
    let cases: Vec<Case> = vec![
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

#[tokio::test]
async fn the_emulator_stores_each_file_once() {
    let emulator = Emulator::start().await;
    let images = emulator.source_images().unwrap();
    let upload = |sku: i64| {
        let call = images.upload(cat()).user_metadata("int:sku", sku);
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
    let other = images.upload(cat()).protected(true).skip_existing();
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
