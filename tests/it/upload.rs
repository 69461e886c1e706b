//! Uploads: the form on the wire, the image in the response, and what is refused.

use crate::support::{HASH, KEY, OTHER, Server, image, json, list, reply};
use futures_util::stream;
use rokka::{
    CropArea, DynamicValue, ErrorKind, OptimizeSource, Retry, Source, SubjectArea, UserMetadata,
};
use serde_json::Map;
use std::time::Duration;

const OCTETS: Option<&str> = Some("application/octet-stream");

fn part(name: &str, kind: Option<&str>, content: &str) -> (String, Option<String>, String) {
    (name.to_owned(), kind.map(str::to_owned), content.to_owned())
}

fn temp_file(name: &str, content: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

#[tokio::test]
async fn bytes_go_out_as_one_file_part() {
    let server = Server::exactly([json(200, &list(&[image(HASH)]))]);
    let stored = server
        .images()
        .upload(Source::bytes("cat.jpg", "meow"))
        .await
        .unwrap();
    assert_eq!(stored.hash, HASH);
    assert_eq!(stored.size, 1234);
    let request = server.only_request();
    assert_eq!(request.line(), "POST /sourceimages/acme");
    assert_eq!(request.header("api-key"), Some(KEY));
    assert_eq!(request.header("api-version"), Some("1"));
    assert_eq!(
        request.header("content-length").unwrap(),
        request.body.len().to_string()
    );
    assert_eq!(
        request.text_parts(),
        [part(
            r#"name="filedata"; filename="cat.jpg""#,
            OCTETS,
            "meow"
        )]
    );
}

#[tokio::test]
async fn metadata_and_options_go_out_as_indexed_json() {
    let server = Server::exactly([json(200, &list(&[image(HASH)]))]);
    server
        .images()
        .upload(Source::bytes("cat.jpg", "meow"))
        .name("kätzchen \"1\".jpg")
        .user_metadata("title", "A cat")
        .user_metadata("int:sku", 42)
        .user_metadata("array:labels", vec!["a", "b"])
        .subject_area(SubjectArea::new(1, 2, 3, 4))
        .dynamic_metadata(DynamicValue::version("two"))
        .protected(true)
        .optimize_source(OptimizeSource::Jpg)
        .await
        .unwrap();
    let subject_area = r#"{"height":4,"width":3,"x":1,"y":2}"#;
    assert_eq!(
        server.only_request().text_parts(),
        [
            part(
                "name=\"filedata\"; filename=\"kätzchen \\\"1\\\".jpg\"",
                OCTETS,
                "meow"
            ),
            part(
                r#"name="meta_user[0]""#,
                None,
                r#"{"array:labels":["a","b"],"int:sku":42,"title":"A cat"}"#
            ),
            part(
                r#"name="meta_dynamic[0][subject_area]""#,
                None,
                subject_area
            ),
            part(
                r#"name="meta_dynamic[0][version]""#,
                None,
                r#"{"text":"two"}"#
            ),
            part(r#"name="options[0]""#, None, r#"{"protected":true}"#),
            part(r#"name="optimize_source""#, None, "jpg"),
        ]
    );
}

#[tokio::test]
async fn what_the_service_shall_detect_goes_out_for_each_source() {
    let server = Server::exactly([
        json(200, &list(&[image(HASH)])),
        json(200, &list(&[image(HASH), image(OTHER)])),
    ]);
    let images = server.images();
    let call = images.upload(Source::bytes("cat.jpg", "meow"));
    let call = call.auto_description(["en", "de-CH"]).protected(true);
    call.visual_binary_hash(true).await.unwrap();
    let forced = serde_json::json!({"languages": ["fr"], "force": true});
    let sources = [
        Source::bytes("a.jpg", "a").visual_binary_hash(false),
        Source::bytes("b.jpg", "b")
            .auto_description(["en"])
            .detected_metadata("auto_description", &forced)
            .detected_metadata("smiles", &serde_json::json!({})),
    ];
    images.upload_many(sources).await.unwrap();
    let forms: Vec<Vec<_>> = server
        .requests()
        .iter()
        .map(|request| {
            let parts = request.text_parts().into_iter();
            let fields = parts.map(|(disposition, _, content)| (disposition, content));
            fields
                .filter(|(disposition, _)| !disposition.contains("filename"))
                .collect()
        })
        .collect();
    let part = |name: &str, content: &str| (format!("name={name:?}"), content.to_owned());
    assert_eq!(
        forms,
        [
            vec![
                part(
                    "meta_static[0]",
                    r#"{"auto_description":{"languages":["en","de-CH"]}}"#
                ),
                part(
                    "options[0]",
                    r#"{"protected":true,"visual_binaryhash":true}"#
                ),
            ],
            vec![
                part("options[0]", r#"{"visual_binaryhash":false}"#),
                part(
                    "meta_static[1]",
                    r#"{"auto_description":{"force":true,"languages":["fr"]},"smiles":{}}"#
                ),
            ],
        ]
    );
}

#[tokio::test]
async fn what_the_service_cannot_detect_is_refused_before_anything_is_sent() {
    let server = Server::exactly([]);
    let images = server.images();
    let none: [&str; 0] = [];
    let source = || Source::bytes("cat.jpg", "meow");
    for (source, text) in [
        (
            source().auto_description(none),
            "no languages requested: pass at least one, such as `en`",
        ),
        (
            source().auto_description(["en", "d/e"]),
            "the language \"d/e\" is invalid: use a code such as `en`",
        ),
        (
            source().detected_metadata("auto_description", &["en"]),
            "must be a JSON object",
        ),
    ] {
        let error = images.upload(source).await.unwrap_err();
        assert!(error.is_invalid_input());
        assert!(error.to_string().contains(text), "{error}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_path_is_streamed_with_its_length_and_name() {
    let content: Vec<u8> = (0..1_300_000u32).map(|i| (i % 251) as u8).collect();
    let (_folder, path) = temp_file("big one.bin", &content);
    let server = Server::exactly([json(200, &list(&[image(HASH)]))]);
    server.images().upload(Source::path(&path)).await.unwrap();
    let request = server.only_request();
    assert!(request.header("transfer-encoding").is_none());
    let parts = request.parts();
    assert_eq!(parts.len(), 1);
    assert_eq!(
        parts[0].disposition,
        r#"name="filedata"; filename="big one.bin""#
    );
    assert!(parts[0].body == content, "the file arrives as it is");
}

#[tokio::test]
async fn a_stream_goes_out_in_chunks_unless_its_length_is_known() {
    for length in [None, Some(6)] {
        let server = Server::exactly([json(200, &list(&[image(HASH)]))]);
        let chunks = stream::iter([Ok("abc"), Ok("def")]);
        let mut source = Source::stream("s.bin", chunks);
        if let Some(length) = length {
            source = source.length(length);
        }
        server.images().upload(source).await.unwrap();
        let request = server.only_request();
        assert_eq!(
            request.header("transfer-encoding").is_some(),
            length.is_none(),
            "{length:?}"
        );
        assert_eq!(
            request.text_parts(),
            [part(
                r#"name="filedata"; filename="s.bin""#,
                OCTETS,
                "abcdef"
            )]
        );
    }
}

#[tokio::test]
async fn a_url_is_a_field_and_no_file() {
    let server = Server::exactly([json(200, &list(&[image(HASH)]))]);
    server
        .images()
        .upload(Source::url("https://example.org/a.mp4@00:01:30"))
        .user_metadata("from", "web")
        .await
        .unwrap();
    assert_eq!(
        server.only_request().text_parts(),
        [
            part(
                r#"name="url[0]""#,
                None,
                "https://example.org/a.mp4@00:01:30"
            ),
            part(r#"name="meta_user[0]""#, None, r#"{"from":"web"}"#),
        ]
    );
}

#[tokio::test]
async fn several_files_keep_their_metadata_by_position() {
    let server = Server::exactly([json(200, &list(&[image(HASH), image(OTHER)]))]);
    let stored = server
        .images()
        .upload_many([
            Source::bytes("a.jpg", "A"),
            Source::bytes("b.jpg", "B")
                .user_metadata("title", "b")
                .protected(true),
        ])
        .optimize_source(OptimizeSource::Lossless)
        .await
        .unwrap();
    let hashes: Vec<_> = stored.iter().map(|image| image.hash.as_str()).collect();
    assert_eq!(hashes, [HASH, OTHER]);
    assert_eq!(
        server.only_request().text_parts(),
        [
            part(r#"name="filedata[0]"; filename="a.jpg""#, OCTETS, "A"),
            part(r#"name="filedata[1]"; filename="b.jpg""#, OCTETS, "B"),
            part(r#"name="meta_user[1]""#, None, r#"{"title":"b"}"#),
            part(r#"name="options[1]""#, None, r#"{"protected":true}"#),
            part(r#"name="optimize_source""#, None, "true"),
        ]
    );
    let none = Server::exactly([]);
    assert!(
        none.images()
            .upload_many(Vec::<Source>::new())
            .await
            .unwrap()
            .is_empty()
    );
    assert!(none.requests().is_empty(), "nothing to send");
}

#[tokio::test]
async fn fewer_images_than_files_are_an_error_that_keeps_the_response() {
    let server = Server::exactly([json(200, &list(&[image(HASH)]))]);
    let sources = [Source::bytes("a", "A"), Source::bytes("b", "B")];
    let error = server.images().upload_many(sources).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.status().unwrap(), 200);
    assert_eq!(
        error.to_string(),
        "createSourceImage: 200: the service stored 1 of 2 images"
    );
    assert!(String::from_utf8_lossy(error.body().unwrap()).contains(HASH));

    let empty = Server::exactly([json(200, &list(&[]))]);
    let error = empty
        .images()
        .upload(Source::bytes("a", "A"))
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("stored 0 of 1 images"),
        "{error}"
    );
}

#[tokio::test]
async fn files_and_bytes_are_sent_again_whole() {
    let (_folder, path) = temp_file("cat.jpg", b"meow");
    for source in [Source::path(&path), Source::bytes("cat.jpg", "meow")] {
        let server = Server::exactly([
            reply(503, ""),
            reply(429, ""),
            json(200, &list(&[image(HASH)])),
        ]);
        let retry = Retry::new().initial_backoff(Duration::from_millis(1));
        server.images().upload(source).retry(retry).await.unwrap();
        let requests = server.requests();
        assert_eq!(requests.len(), 3);
        for request in requests {
            let expected = part(r#"name="filedata"; filename="cat.jpg""#, OCTETS, "meow");
            assert_eq!(request.text_parts(), [expected]);
        }
    }
}

#[tokio::test]
async fn what_cannot_be_uploaded_is_refused_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.jpg");
    let area = |x, y, width, height| {
        Source::bytes("a", "A").subject_area(SubjectArea::new(x, y, width, height))
    };
    let cases = [
        (Source::bytes("", "A"), "the file name is empty"),
        (
            Source::bytes("a\nb", "A"),
            r#"the file name "a\nb" must not contain control characters"#,
        ),
        (
            Source::url("ftp://example.org/a"),
            "is not a valid source URL",
        ),
        (
            Source::url("cat.jpg"),
            r#""cat.jpg" is not a valid source URL"#,
        ),
        (
            Source::bytes("a", "A").user_metadata("Title", 1),
            r#"invalid user metadata name "Title""#,
        ),
        (
            Source::bytes("a", "A").user_metadata("", 1),
            "it must have 1 to 54 lower-case letters",
        ),
        (
            Source::bytes("a", "A").user_metadata("x".repeat(55), 1),
            "it must have 1 to 54",
        ),
        (
            Source::bytes("a", "A").user_metadata("integer:a", 1),
            "`integer` in `user:integer:a` is not a type",
        ),
        (
            Source::bytes("a", "A").dynamic_metadata(DynamicValue::other("a/b", Map::new())),
            r#""a/b" is invalid: use letters"#,
        ),
        (
            Source::bytes("a", "A").dynamic_metadata(DynamicValue::linked(["cat.mp4"])),
            r#"invalid hash "cat.mp4""#,
        ),
        (
            Source::bytes("a", "A").dynamic_metadata(CropArea::new(0, 0, 5, 0)),
            "the crop area 5 x 0 at (0, 0) is empty",
        ),
        (
            Source::bytes("a", "A").user_metadata_all(UserMetadata::new().removing("int:sku")),
            "`int:sku` cannot be `null`",
        ),
        (
            Source::bytes("a", "A").user_metadata_all([("int:sku", "x")]),
            "`int:sku` cannot be \"x\": it must be a whole number",
        ),
        (
            area(-1, 0, 5, 5),
            "the subject area 5 x 5 at (-1, 0) is outside the image",
        ),
        (area(0, 0, 0, 5), "is empty: width and height"),
        (Source::path(&missing), "missing.jpg cannot be read"),
        (Source::path(folder.path()), "is not a file"),
        (Source::path("/"), "the path has no file name"),
    ];
    let server = Server::exactly([]);
    for (source, rule) in cases {
        let shown = format!("{source:?}");
        let error = server.images().upload(source).await.unwrap_err();
        assert!(error.to_string().contains(rule), "{shown}: {error}");
        let local = matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Io);
        assert!(local, "{shown}: {error:?}");
    }
    let mixed = [
        Source::bytes("a", "A"),
        Source::url("https://example.org/b.jpg"),
    ];
    let error = server.images().upload_many(mixed).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("files and URLs cannot be uploaded in one call"),
        "{error}"
    );
    assert!(server.requests().is_empty());
}
