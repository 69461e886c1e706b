//! Reading, changing, deleting, restoring and downloading images.

use crate::support::{HASH, OTHER, RecordedRequest, Server, image, json, reply};
use futures_util::TryStreamExt;
use rokka::{ErrorKind, SubjectArea};
use serde_json::json;

#[tokio::test]
async fn get_reads_an_image() {
    let server = Server::exactly([json(200, &image(HASH)), json(200, &image(HASH))]);
    let images = server.images();
    let read = images.get(HASH).await.unwrap();
    assert_eq!(
        (read.width, read.height, read.name.as_str()),
        (640, 480, "cat.jpg")
    );
    images.get("3f9a21").deleted().await.unwrap();
    let lines: Vec<_> = server
        .requests()
        .iter()
        .map(RecordedRequest::line)
        .collect();
    assert_eq!(
        lines,
        [
            format!("GET /sourceimages/acme/{HASH}"),
            "GET /sourceimages/acme/3f9a21?deleted=true".to_owned()
        ]
    );
}

#[tokio::test]
async fn whatever_shape_an_image_has_it_is_read() {
    let mut odd = image(HASH);
    odd["created"] = json!("the day before");
    odd["size"] = json!(5_000_000_000u64);
    odd["user_metadata"] = json!([]);
    odd["dynamic_metadata"] = json!([]);
    odd["static_metadata"] = json!(null);
    odd["protected"] = json!(null);
    odd["deleted"] = json!(null);
    odd["entropy"] = json!(9.014_213);
    odd["brand_new"] = json!({"a": [1, 2]});
    for key in ["link", "width", "height"] {
        odd.as_object_mut().unwrap().remove(key);
    }
    let server = Server::exactly([json(200, &odd)]);
    let image = server.images().get(HASH).await.unwrap();
    assert_eq!(image.created.to_string(), "the day before");
    assert_eq!(image.size, 5_000_000_000);
    assert_eq!((image.width, image.height), (0, 0));
    assert!(image.user_metadata.is_empty() && image.dynamic_metadata.is_empty());
    assert!(image.static_metadata.is_empty());
    assert!(!image.protected && !image.deleted);
    assert_eq!(image.entropy, Some(9.014_213));
}

#[tokio::test]
async fn metadata_is_read_with_its_types() {
    let mut rich = image(HASH);
    rich["user_metadata"] = json!({"title": "A cat", "int:sku": 42});
    rich["dynamic_metadata"] = json!({
        "subject_area": {"x": 1, "y": 2, "width": 3, "height": 4},
        "crop_area": {"x": 0, "y": 0, "width": 10, "height": 10},
        "version": {"text": "two"},
        "something_new": {"a": 1},
    });
    rich["static_metadata"] = json!({
        "content_credentials": {"present": true, "ai_generated": true},
        "exif": {"Model": "X"},
    });
    let mut old = image(OTHER);
    old["dynamic_metadata"] =
        json!({"elements": {"SubjectArea": {"y": 5, "width": 3, "height": 4}}});
    let server = Server::exactly([json(200, &rich), json(200, &old)]);
    let images = server.images();
    let image = images.get(HASH).await.unwrap();
    assert_eq!(image.user_metadata["int:sku"], 42);
    let area = image.dynamic_metadata.subject_area().unwrap();
    assert_eq!((area.x, area.y, area.width, area.height), (1, 2, 3, 4));
    assert_eq!(image.dynamic_metadata.crop_area().unwrap().width, 10);
    assert_eq!(image.dynamic_metadata.version(), Some("two"));
    assert_eq!(image.dynamic_metadata["something_new"]["a"], 1);
    assert_eq!(image.static_metadata["exif"]["Model"], "X");
    let credentials = image.static_metadata.content_credentials().unwrap();
    assert!(credentials.present);
    assert!(image.static_metadata.video().is_none());

    let area = images
        .get(OTHER)
        .await
        .unwrap()
        .dynamic_metadata
        .subject_area()
        .unwrap();
    assert_eq!((area.x, area.y), (0, 5));
}

#[tokio::test]
async fn delete_and_restore_say_what_they_do() {
    let server = Server::exactly([
        reply(204, ""),
        json(200, &image(HASH)),
        json(404, &json!({"code": 404, "message": "Not here"})),
    ]);
    let images = server.images();
    images.delete(HASH).await.unwrap();
    assert_eq!(images.restore(HASH).await.unwrap().hash, HASH);
    let error = images.delete(HASH).await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.to_string(), "deleteSourceImage: 404: Not here");
    let requests = server.requests();
    let lines: Vec<_> = requests.iter().map(RecordedRequest::line).collect();
    assert_eq!(
        lines,
        [
            format!("DELETE /sourceimages/acme/{HASH}"),
            format!("POST /sourceimages/acme/{HASH}/restore"),
            format!("DELETE /sourceimages/acme/{HASH}"),
        ]
    );
    assert!(requests.iter().all(|request| request.body.is_empty()));
}

#[tokio::test]
async fn a_subject_area_leads_to_another_hash() {
    let place = format!("/sourceimages/acme/{OTHER}");
    let absolute = format!("https://api.rokka.io{place}?x=1");
    for location in [Some(place.as_str()), Some(absolute.as_str()), None] {
        let mut created = json(201, &image(OTHER));
        if let Some(location) = location {
            created = created.header("location", location);
        }
        let server = Server::exactly([created]);
        let changed = server
            .images()
            .set_subject_area(HASH, SubjectArea::new(10, 20, 30, 40))
            .delete_previous()
            .await
            .unwrap();
        assert_eq!(changed.hash, OTHER);
        assert_eq!(changed.previous_hash, HASH);
        assert!(changed.hash_changed());
        assert_eq!(changed.warning, None);
        let request = server.only_request();
        assert_eq!(
            request.line(),
            format!("PUT /sourceimages/acme/{HASH}/meta/dynamic/subject_area?deletePrevious=true")
        );
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert_eq!(
            request.json(),
            json!({"x": 10, "y": 20, "width": 30, "height": 40})
        );
    }
}

#[tokio::test]
async fn the_place_counts_more_than_the_body() {
    let place = format!("/sourceimages/acme/{OTHER}");
    let created = json(201, &image(HASH)).header("location", &place);
    let server = Server::exactly([created, json(200, &image(OTHER))]);
    let area = SubjectArea::new(1, 1, 1, 1);
    let changed = server.images().set_subject_area(HASH, area).await.unwrap();
    assert_eq!(changed.hash, OTHER);
    assert_eq!(
        server.requests()[1].line(),
        format!("GET /sourceimages/acme/{OTHER}")
    );
}

#[tokio::test]
async fn without_a_body_the_image_is_read() {
    let place = format!("/sourceimages/acme/{HASH}");
    let cases = [
        (reply(204, ""), HASH, None),
        (reply(204, "").header("location", &place), HASH, None),
        (
            reply(204, "")
                .header("location", &place)
                .header("warning", "299 - \"caches are stale\""),
            HASH,
            Some("299 - \"caches are stale\""),
        ),
        (
            json(201, &json!({})).header("location", &format!("/x/{OTHER}")),
            OTHER,
            None,
        ),
        (json(200, &json!([])), HASH, None),
    ];
    for (first, hash, warning) in cases {
        let server = Server::exactly([first, json(200, &image(hash))]);
        let changed = server
            .images()
            .set_subject_area(HASH, SubjectArea::percent(10, 10, 50, 50))
            .keep_hash()
            .await
            .unwrap();
        assert_eq!(changed.hash, hash);
        assert_eq!(changed.hash_changed(), hash != HASH);
        assert_eq!(changed.warning.as_deref(), warning);
        let lines: Vec<_> = server
            .requests()
            .iter()
            .map(RecordedRequest::line)
            .collect();
        assert_eq!(
            lines,
            [
                format!("PUT /sourceimages/acme/{HASH}/meta/dynamic/subject_area?keepHash=true"),
                format!("GET /sourceimages/acme/{hash}"),
            ]
        );
    }
}

#[tokio::test]
async fn removing_a_subject_area_sends_its_options_in_the_query() {
    let server = Server::exactly([json(201, &image(OTHER)), json(201, &image(OTHER))]);
    let images = server.images();
    let changed = images
        .remove_subject_area(HASH)
        .delete_previous()
        .await
        .unwrap();
    assert_eq!(changed.into_image().hash, OTHER);
    images.remove_subject_area(HASH).keep_hash().await.unwrap();
    let path = format!("DELETE /sourceimages/acme/{HASH}/meta/dynamic/subject_area");
    let requests = server.requests();
    assert_eq!(requests[0].line(), format!("{path}?deletePrevious=true"));
    assert_eq!(requests[1].line(), format!("{path}?keepHash=true"));
    assert!(requests[0].body.is_empty());
}

#[tokio::test]
async fn protection_is_a_bare_boolean() {
    let place = format!("/sourceimages/acme/{OTHER}");
    let mut protected = image(OTHER);
    protected["protected"] = json!(true);
    let server = Server::exactly([
        json(200, &protected).header("location", &place),
        reply(204, "").header("location", &place),
        json(200, &protected),
    ]);
    let images = server.images();
    let changed = images
        .set_protected(HASH, true)
        .delete_previous()
        .await
        .unwrap();
    assert!(changed.protected && changed.hash_changed());
    let same = images.set_protected(OTHER, true).await.unwrap();
    assert!(same.protected && !same.hash_changed());
    let requests = server.requests();
    assert_eq!(
        requests[0].line(),
        format!("PUT /sourceimages/acme/{HASH}/options/protected?deletePrevious=true")
    );
    assert_eq!(requests[0].body, b"true");
    assert_eq!(requests[0].header("content-type"), Some("application/json"));
    assert_eq!(
        requests[1].line(),
        format!("PUT /sourceimages/acme/{OTHER}/options/protected")
    );
    assert_eq!(
        requests[2].line(),
        format!("GET /sourceimages/acme/{OTHER}")
    );
}

#[tokio::test]
async fn malformed_input_is_refused_before_anything_is_sent() {
    let server = Server::exactly([]);
    let images = server.images();
    for hash in [
        "",
        "3f9a2",
        "../../users",
        "zzzzzz",
        "3f9a21/copy",
        &"a".repeat(41),
        "3f9a21\n",
    ] {
        let expected = format!("invalid hash {hash:?}: it must have 6 to 40 hexadecimal digits");
        let errors = [
            images.get(hash).await.unwrap_err(),
            images.delete(hash).await.unwrap_err(),
            images.restore(hash).await.unwrap_err(),
            images.set_protected(hash, true).await.unwrap_err(),
            images.remove_subject_area(hash).await.unwrap_err(),
            images.download(hash).await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.to_string(), expected);
            assert_eq!(
                (error.kind(), error.attempts()),
                (ErrorKind::InvalidInput, 0)
            );
        }
    }
    let area = SubjectArea::new(1, 1, 1, 1);
    let both = images
        .set_subject_area(HASH, area)
        .delete_previous()
        .keep_hash();
    let error = both.await.unwrap_err();
    assert!(error.to_string().contains("exclude each other"), "{error}");
    let large = images.set_subject_area(HASH, SubjectArea::percent(101, 0, 5, 5));
    assert!(large.await.unwrap_err().to_string().contains("in percent"));
    for name in ["", "Acme", "a/b", "..", "a b", "ä", "a\n"] {
        let error = server.client().source_images(name).unwrap_err();
        let rule = "the name must be lower-case letters, digits and `-`, at most 63 of them";
        assert_eq!(
            error.to_string(),
            format!("organization `{}`: {rule}", name.replace('\n', " "))
        );
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_download_returns_the_bytes_as_they_are() {
    let bytes: Vec<u8> = (0..300_000u32).map(|i| (i % 253) as u8).collect();
    let file = || {
        reply(200, &bytes)
            .header("content-type", "image/jpeg")
            .header(
                "content-disposition",
                r#"attachment; filename="../cat.jpg""#,
            )
    };
    let server = Server::exactly([file(), file(), file()]);
    let images = server.images();
    let download = images.download(HASH).await.unwrap();
    assert_eq!(download.size(), Some(300_000));
    assert_eq!(download.media_type(), Some("image/jpeg"));
    assert_eq!(download.file_name().as_deref(), Some("cat.jpg"));
    let chunks: Vec<_> = download.try_collect().await.unwrap();
    assert!(chunks.concat() == bytes);
    assert!(images.download(HASH).bytes().await.unwrap() == bytes);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cat.jpg");
    assert_eq!(images.download(HASH).to_file(&path).await.unwrap(), 300_000);
    assert!(std::fs::read(&path).unwrap() == bytes);
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing else is left"
    );
    for request in server.requests() {
        assert_eq!(
            request.line(),
            format!("GET /sourceimages/acme/{HASH}/download")
        );
    }
}

#[tokio::test]
async fn a_file_that_exists_is_kept_unless_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cat.jpg");
    std::fs::write(&path, "old").unwrap();
    let server = Server::exactly([reply(200, "new"), reply(404, "")]);
    let images = server.images();
    let error = images.download(HASH).to_file(&path).await.unwrap_err();
    assert!(error.is_already_exists());
    assert!(
        error
            .to_string()
            .ends_with("exists: set `overwrite` to replace it or `skip_existing` to keep it"),
        "{error}"
    );
    assert!(server.requests().is_empty());
    images
        .download(HASH)
        .to_file(&path)
        .overwrite()
        .await
        .unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
    let error = images
        .download(HASH)
        .to_file(&path)
        .overwrite()
        .await
        .unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
    let nowhere = folder.path().join("missing/cat.jpg");
    let server = Server::exactly([reply(200, "new")]);
    let error = server
        .images()
        .download(HASH)
        .to_file(&nowhere)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(
        error.to_string().ends_with("cat.jpg cannot be written"),
        "{error}"
    );
}
