//! Names, locks, dynamic metadata, copies, caches, binary hashes and what the service finds by itself.

use crate::support::{HASH, OTHER, RecordedRequest, Server, image, json, list, reply};
use rokka::{
    CopyOutcome, CropArea, DynamicMetadata, DynamicValue, ErrorKind, MultiArea, MultiAreas,
    SubjectArea,
};
use serde_json::{Value, json};

const BINARY: &str = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";

fn lines(server: &Server) -> Vec<String> {
    server
        .requests()
        .iter()
        .map(RecordedRequest::line)
        .collect()
}

#[tokio::test]
async fn a_name_is_sent_as_a_json_string() {
    let server = Server::exactly([reply(204, "")]);
    server
        .images()
        .set_name(HASH, "new \"cat\".jpg")
        .await
        .unwrap();
    let request = server.only_request();
    assert_eq!(
        request.line(),
        format!("PUT /sourceimages/acme/{HASH}/name")
    );
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.body, br#""new \"cat\".jpg""#);
}

#[tokio::test]
async fn a_lock_is_set_and_opened() {
    let mut locked = image(HASH);
    locked["locked"] = json!(true);
    let forbidden = json!({"error": {"code": 403, "message": "not yours"}});
    let server = Server::exactly([json(200, &locked), json(403, &forbidden)]);
    let images = server.images();
    assert!(images.set_locked(HASH, true).await.unwrap().locked);
    let error = images.set_locked("3f9a21", false).await.unwrap_err();
    assert!(error.is_forbidden());
    assert_eq!(error.operation(), Some("putSourceImageOptionsLocked"));
    let requests = server.requests();
    assert_eq!(
        lines(&server),
        [
            format!("PUT /sourceimages/acme/{HASH}/options/locked"),
            "PUT /sourceimages/acme/3f9a21/options/locked".to_owned(),
        ]
    );
    assert_eq!(
        (&*requests[0].body, &*requests[1].body),
        (&b"true"[..], &b"false"[..])
    );
}

#[tokio::test]
async fn every_kind_of_dynamic_metadata_is_sent_as_its_object() {
    let areas = MultiAreas::new()
        .crop_area("square_1", CropArea::new(0, 0, 480, 480))
        .subject_area("Face", SubjectArea::percent(40, 10, 20, 20));
    let subject = json!({"x": 1, "y": 2, "width": 3, "height": 4});
    let crop = json!({"x": 0, "y": 0, "width": 50, "height": 100, "percentage": true});
    let named = json!({
        "square_1": {"crop_area": {"x": 0, "y": 0, "width": 480, "height": 480}},
        "Face": {"subject_area": {"x": 40, "y": 10, "width": 20, "height": 20, "percentage": true}},
    });
    let open = json!({"a": [1, null]});
    let table: [(DynamicValue, &str, Value); 7] = [
        (SubjectArea::new(1, 2, 3, 4).into(), "subject_area", subject),
        (CropArea::percent(0, 0, 50, 100).into(), "crop_area", crop),
        (areas.into(), "multi_areas", named),
        (
            DynamicValue::version("two"),
            "version",
            json!({"text": "two"}),
        ),
        (DynamicValue::FaceDetection, "detection_face", json!({})),
        (
            DynamicValue::linked([HASH, OTHER]),
            "linked",
            json!({"hashes": [HASH, OTHER]}),
        ),
        (
            DynamicValue::other("brand_New", open.as_object().unwrap().clone()),
            "brand_New",
            open,
        ),
    ];
    for (value, kind, sent) in table {
        assert_eq!(value.kind(), kind);
        let server = Server::exactly([json(201, &image(OTHER))]);
        let changed = server
            .images()
            .add_dynamic_metadata(HASH, value)
            .await
            .unwrap();
        assert_eq!(
            (changed.hash.as_str(), changed.hash_changed()),
            (OTHER, true)
        );
        let request = server.only_request();
        assert_eq!(
            request.line(),
            format!("PUT /sourceimages/acme/{HASH}/meta/dynamic/{kind}")
        );
        assert_eq!(request.json(), sent);
    }
}

#[tokio::test]
async fn adding_and_removing_have_the_same_options() {
    let created = || json(201, &image(OTHER));
    let server = Server::exactly([created(), created(), created(), created()]);
    let images = server.images();
    let crop = CropArea::new(0, 0, 10, 10);
    images.set_crop_area(HASH, crop).keep_hash().await.unwrap();
    let version = DynamicValue::version("two");
    let add = images.add_dynamic_metadata(HASH, version);
    add.delete_previous().await.unwrap();
    let remove = images.remove_dynamic_metadata(HASH, "crop_area");
    remove.delete_previous().await.unwrap();
    let remove = images.remove_dynamic_metadata(HASH, "detection_face");
    remove.keep_hash().await.unwrap();
    let path = format!("/sourceimages/acme/{HASH}/meta/dynamic");
    assert_eq!(
        lines(&server),
        [
            format!("PUT {path}/crop_area?keepHash=true"),
            format!("PUT {path}/version?deletePrevious=true"),
            format!("DELETE {path}/crop_area?deletePrevious=true"),
            format!("DELETE {path}/detection_face?keepHash=true"),
        ]
    );
}

#[tokio::test]
async fn dynamic_metadata_that_cannot_be_is_refused() {
    let server = Server::exactly([]);
    let images = server.images();
    let named = |name: &str| MultiAreas::new().crop_area(name, CropArea::new(0, 0, 1, 1));
    let mut empty = named("a");
    empty.0.insert("b".to_owned(), MultiArea::default());
    let inner = MultiAreas::new().subject_area("a", SubjectArea::new(0, 0, 0, 1));
    let table: [(DynamicValue, &str); 9] = [
        (
            CropArea::new(-1, 0, 1, 1).into(),
            "the crop area 1 x 1 at (-1, 0) is outside the image",
        ),
        (
            CropArea::new(0, 0, 1, 0).into(),
            "the crop area 1 x 0 at (0, 0) is empty",
        ),
        (CropArea::percent(0, 0, 101, 1).into(), "is in percent"),
        (named("a-b").into(), "the area name \"a-b\" is invalid"),
        (named("").into(), "the area name \"\""),
        (empty.into(), "the area \"b\" is empty"),
        (inner.into(), "the subject area 0 x 1"),
        (DynamicValue::linked([HASH, "x"]), "invalid hash \"x\""),
        (
            DynamicValue::other("a/b", serde_json::Map::new()),
            "\"a/b\" is invalid: use letters",
        ),
    ];
    for (value, rule) in table {
        let error = images.add_dynamic_metadata(HASH, value).await.unwrap_err();
        assert!(
            error.is_invalid_input() && error.to_string().contains(rule),
            "{error}"
        );
    }
    for kind in ["", "..", "a b", "a1"] {
        let error = images
            .remove_dynamic_metadata(HASH, kind)
            .await
            .unwrap_err();
        let rule = format!("{kind:?} is invalid: use letters and `_` only");
        assert!(error.to_string().contains(&rule), "{error}");
    }
    let both = images.remove_dynamic_metadata(HASH, "version");
    let error = both.delete_previous().keep_hash().await.unwrap_err();
    assert!(error.to_string().contains("exclude each other"), "{error}");
    assert!(server.requests().is_empty());
}

#[test]
fn dynamic_metadata_is_read_by_kind() {
    let read = |value: &Value| DynamicMetadata(value.as_object().unwrap().clone());
    let metadata = read(&json!({
        "multi_areas": {
            "one": {"crop_area": {"x": 0, "y": 1, "width": 2, "height": 3}},
            "two": {"subject_area": {"y": 4}},
            "odd": {"subject_area": "?"},
            "odder": [],
        },
        "linked": {"hashes": [HASH, 5, OTHER]},
        "detection_face": {"x": 1, "percentage": true},
    }));
    let areas = metadata.multi_areas().unwrap();
    assert_eq!(areas.keys().collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(areas["one"].crop_area.as_ref().unwrap().height, 3);
    let two = areas["two"].subject_area.as_ref().unwrap();
    assert_eq!((two.x, two.y, two.width), (0, 4, 1));
    assert_eq!(metadata.linked(), [HASH, OTHER]);
    assert_eq!(metadata.face_detection().unwrap()["x"], 1);

    let none = read(&json!({"linked": {}, "detection_face": [], "multi_areas": "?"}));
    assert!(none.linked().is_empty());
    assert!(none.face_detection().unwrap().is_empty());
    assert!(none.multi_areas().is_none());
    let none = read(&json!({}));
    assert!(none.linked().is_empty() && none.face_detection().is_none());
}

#[tokio::test]
async fn a_copy_says_what_became_of_it() {
    let server = Server::exactly([
        json(201, &json!({})),
        reply(204, ""),
        reply(412, ""),
        reply(400, ""),
    ]);
    let images = server.images();
    let created = images.copy(HASH, "other").await.unwrap();
    assert_eq!(created, CopyOutcome::Created);
    let overwritten = images.copy(HASH, "other").await.unwrap();
    assert_eq!(overwritten, CopyOutcome::Overwritten);
    let error = images
        .copy(HASH, "other")
        .keep_existing()
        .await
        .unwrap_err();
    assert!(error.is_precondition_failed());
    assert_eq!(
        error.to_string(),
        "copySourceImage: 412: Precondition Failed"
    );
    let error = images.copy(HASH, "nowhere").await.unwrap_err();
    assert!(!error.is_precondition_failed());
    let headers: Vec<_> = server
        .requests()
        .iter()
        .map(|request| {
            assert_eq!(
                request.line(),
                format!("POST /sourceimages/acme/{HASH}/copy")
            );
            assert!(request.body.is_empty());
            let header = |name| request.header(name).map(str::to_owned);
            (header("destination").unwrap(), header("overwrite"))
        })
        .collect();
    let headers: Vec<_> = headers
        .iter()
        .map(|(to, how)| (&**to, how.as_deref()))
        .collect();
    assert_eq!(
        headers,
        [
            ("other", None),
            ("other", None),
            ("other", Some("F")),
            ("nowhere", None)
        ]
    );
}

#[tokio::test]
async fn many_copies_are_one_request() {
    let full = json!({"created": [HASH], "existing": [OTHER], "notfound": ["aaaaaa"]});
    let server = Server::exactly([json(200, &full), json(200, &json!({"created": [HASH]}))]);
    let images = server.images();
    let hashes = [HASH, OTHER, "aaaaaa"];
    let copied = images
        .copy_many(hashes, "other")
        .keep_existing()
        .await
        .unwrap();
    assert_eq!(copied.created, [HASH]);
    assert_eq!(
        (copied.existing, copied.notfound),
        (vec![OTHER.to_owned()], vec!["aaaaaa".to_owned()])
    );
    let copied = images.copy_many(vec![HASH; 100], "other").await.unwrap();
    assert!(copied.existing.is_empty() && copied.notfound.is_empty());
    let requests = server.requests();
    assert_eq!(lines(&server), ["POST /sourceimages/acme/copy"; 2]);
    assert_eq!(requests[0].json(), json!(hashes));
    assert_eq!(requests[0].header("destination"), Some("other"));
    assert_eq!(requests[0].header("overwrite"), Some("F"));
    assert_eq!(requests[1].header("overwrite"), None);
    assert_eq!(requests[1].json().as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn what_the_service_finds_comes_with_the_image() {
    let mut rich = image(HASH);
    rich["user_metadata"] = json!({"array:labels": ["cat", "wall"]});
    rich["static_metadata"] = json!({"content_credentials": {"present": true, "generator": "X"}});
    let server = Server::exactly([
        json(200, &rich),
        json(200, &rich),
        json(200, &rich),
        json(200, &rich),
    ]);
    let images = server.images();
    let labelled = images.autolabel(HASH).await.unwrap();
    assert_eq!(
        labelled.user_metadata.get_array("labels"),
        Some(vec!["cat", "wall"])
    );
    images.autodescription(HASH, ["en", "de"]).await.unwrap();
    images
        .autodescription(HASH, ["pt-BR"])
        .force()
        .await
        .unwrap();
    let read = images.content_credentials(HASH).await.unwrap();
    let credentials = read.static_metadata.content_credentials().unwrap();
    assert_eq!(credentials.generator.as_deref(), Some("X"));
    let path = format!("POST /sourceimages/acme/{HASH}");
    assert_eq!(
        lines(&server),
        [
            format!("{path}/autolabel"),
            format!("{path}/autodescription"),
            format!("{path}/autodescription"),
            format!("{path}/contentcredentials"),
        ]
    );
    let requests = server.requests();
    assert!(requests[0].body.is_empty() && requests[3].body.is_empty());
    assert_eq!(requests[1].json(), json!({"languages": ["en", "de"]}));
    assert_eq!(
        requests[2].json(),
        json!({"languages": ["pt-BR"], "force": true})
    );
}

#[tokio::test]
async fn a_cache_responds_in_several_shapes() {
    let half = json!({"items": ["/a/1.jpg"], "truncated": true, "message": "call again"});
    let failed = json!({"status": "failed", "attempted_paths": ["/a/1.jpg"]});
    let used_up = json!({"status": "too many requests"});
    let server = Server::exactly([
        json(200, &half),
        json(200, &json!({"status": "ok"})),
        json(200, &json!({})),
        json(429, &used_up).header("retry-after", "1800"),
        json(503, &failed),
    ]);
    let images = server.images();
    let first = images.invalidate_cache(HASH).await.unwrap();
    assert_eq!(
        (first.items, first.truncated),
        (vec!["/a/1.jpg".to_owned()], true)
    );
    assert_eq!(first.message.as_deref(), Some("call again"));
    let second = images.invalidate_cache(HASH).await.unwrap();
    assert_eq!(
        (second.status.as_deref(), second.truncated),
        (Some("ok"), false)
    );
    assert!(
        images
            .invalidate_cache(HASH)
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let error = images.invalidate_cache(HASH).await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(error.retry_after().unwrap().as_secs(), 1800);
    let error = images.invalidate_cache(HASH).await.unwrap_err();
    assert!(!error.is_retryable());
    assert_eq!(
        lines(&server),
        vec![format!("DELETE /sourceimages/acme/{HASH}/cache"); 5]
    );
}

#[tokio::test]
async fn a_binary_hash_leads_to_all_its_images() {
    let server = Server::exactly([
        json(200, &list(&[image(HASH), image(OTHER)])),
        json(200, &list(&[])),
        reply(204, ""),
        reply(404, ""),
    ]);
    let images = server.images();
    let found = images.get_by_binary_hash(BINARY).await.unwrap();
    assert_eq!(
        found.iter().map(|image| &*image.hash).collect::<Vec<_>>(),
        [HASH, OTHER]
    );
    assert!(images.get_by_binary_hash(BINARY).await.unwrap().is_empty());
    images.delete_by_binary_hash(BINARY).await.unwrap();
    assert!(
        images
            .delete_by_binary_hash(BINARY)
            .await
            .unwrap_err()
            .is_not_found()
    );
    let get = format!("GET /sourceimages/acme?binaryHash={BINARY}");
    let delete = format!("DELETE /sourceimages/acme?binaryHash={BINARY}");
    assert_eq!(lines(&server), [get.clone(), get, delete.clone(), delete]);
}

#[tokio::test]
async fn malformed_input_is_refused_before_anything_is_sent() {
    let server = Server::exactly([]);
    let images = server.images();
    let hash = "../x";
    let none: [&str; 0] = [];
    let errors = [
        images.set_name(hash, "a").await.unwrap_err(),
        images.set_locked(hash, true).await.unwrap_err(),
        images
            .set_crop_area(hash, CropArea::new(0, 0, 1, 1))
            .await
            .unwrap_err(),
        images
            .remove_dynamic_metadata(hash, "version")
            .await
            .unwrap_err(),
        images.copy(hash, "other").await.unwrap_err(),
        images.copy_many([HASH, hash], "other").await.unwrap_err(),
        images.autolabel(hash).await.unwrap_err(),
        images.autodescription(hash, ["en"]).await.unwrap_err(),
        images.content_credentials(hash).await.unwrap_err(),
        images.invalidate_cache(hash).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(
            error.to_string(),
            "invalid hash \"../x\": it must have 6 to 40 hexadecimal digits"
        );
        assert_eq!(
            (error.kind(), error.attempts()),
            (ErrorKind::InvalidInput, 0)
        );
    }
    for binary in [
        "",
        "c0ffee",
        &BINARY.to_uppercase(),
        &format!("{BINARY}0"),
        &format!("{BINARY}\n"),
    ] {
        let rule = format!(
            "the binary hash {binary:?} is invalid: expected 40 lower-case hexadecimal digits"
        );
        assert_eq!(
            images
                .get_by_binary_hash(binary)
                .await
                .unwrap_err()
                .to_string(),
            rule
        );
        assert_eq!(
            images
                .delete_by_binary_hash(binary)
                .await
                .unwrap_err()
                .to_string(),
            rule
        );
    }
    let table = [
        (
            images.set_name(HASH, " ").await.unwrap_err(),
            "the file name is empty: set a name such as `cat.jpg`",
        ),
        (
            images.set_name(HASH, "a\nb").await.unwrap_err(),
            "the file name \"a\\nb\" must not contain control characters",
        ),
        (
            images.copy(HASH, "https://x").await.unwrap_err(),
            "organization `https://x`: the name must be lower-case letters, digits and `-`, at most 63 of them",
        ),
        (
            images.copy_many([HASH], "").await.unwrap_err(),
            "organization ``: the name must be lower-case letters, digits and `-`, at most 63 of them",
        ),
        (
            images.copy_many(none, "other").await.unwrap_err(),
            "cannot copy 0 images in one call: pass 1 to 100 hashes",
        ),
        (
            images
                .copy_many(vec![HASH; 101], "other")
                .await
                .unwrap_err(),
            "cannot copy 101 images in one call: pass 1 to 100 hashes",
        ),
        (
            images.autodescription(HASH, none).await.unwrap_err(),
            "no languages requested: pass at least one, such as `en`",
        ),
        (
            images.autodescription(HASH, ["en", ""]).await.unwrap_err(),
            "the language \"\" is invalid: use a code such as `en`",
        ),
    ];
    for (error, text) in table {
        assert_eq!(error.to_string(), text);
        assert!(error.is_invalid_input());
    }
    assert!(server.requests().is_empty());
}

#[cfg(feature = "testing")]
mod emulated {
    use rokka::testing::{Emulator, EmulatorExt};
    use rokka::{CopyOutcome, CropArea, DynamicValue, MultiAreas, Source, SourceImages};

    /// A 2 by 1 picture: what matters of it is its header.
    const PNG: &[u8] =
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x01\x08\x02\0\0\0\x7b\x40\xe8\xdd";

    async fn start() -> (Emulator, SourceImages, String) {
        let emulator = Emulator::builder()
            .organization("acme")
            .organization("other")
            .start()
            .await;
        let images = emulator.source_images().unwrap();
        let hash = images
            .upload(Source::bytes("a.png", PNG))
            .await
            .unwrap()
            .hash;
        (emulator, images, hash)
    }

    #[tokio::test]
    async fn dynamic_metadata_comes_and_goes() {
        let (_emulator, images, hash) = start().await;
        let areas = MultiAreas::new().crop_area("left", CropArea::percent(0, 0, 50, 100));
        let named = images.add_dynamic_metadata(&hash, areas).await.unwrap();
        assert!(named.hash_changed());
        assert_eq!(named.dynamic_metadata.multi_areas().unwrap().len(), 1);
        let kinds = [
            DynamicValue::version("two"),
            DynamicValue::linked([&hash]),
            DynamicValue::FaceDetection,
            CropArea::new(0, 0, 1, 1).into(),
        ];
        let mut now = named.hash.clone();
        for value in kinds {
            let changed = images.add_dynamic_metadata(&now, value).delete_previous();
            now = changed.await.unwrap().image.hash;
        }
        let full = images.get(&now).await.unwrap().dynamic_metadata;
        assert_eq!(full.version(), Some("two"));
        assert_eq!(full.linked(), [hash.as_str()]);
        assert_eq!(full.face_detection().unwrap()["width"], 50);
        assert_eq!(full.crop_area().unwrap().width, 1);
        for kind in ["version", "linked", "detection_face", "crop_area"] {
            let changed = images.remove_dynamic_metadata(&now, kind).delete_previous();
            now = changed.await.unwrap().image.hash;
        }
        assert_eq!(now, named.hash);
        let kept = images
            .remove_dynamic_metadata(&now, "multi_areas")
            .keep_hash();
        let kept = kept.await.unwrap();
        assert!(!kept.hash_changed() && kept.warning.is_some());
        assert!(kept.dynamic_metadata.is_empty());
    }

    #[tokio::test]
    async fn an_image_is_renamed_locked_and_found_by_its_bytes() {
        let (_emulator, images, hash) = start().await;
        images.set_name(&hash, "b.png").await.unwrap();
        let image = images.set_locked(&hash, true).await.unwrap();
        assert_eq!((image.name.as_str(), image.locked), ("b.png", true));
        assert!(images.delete(&hash).await.is_err());
        assert!(!images.set_locked(&hash, false).await.unwrap().locked);
        let protected = images.set_protected(&hash, true).await.unwrap();
        let found = images.get_by_binary_hash(&image.binary_hash).await.unwrap();
        assert_eq!(found.len(), 2);
        assert!(found.iter().any(|one| one.hash == protected.hash));
        images
            .delete_by_binary_hash(&image.binary_hash)
            .await
            .unwrap();
        let again = images.delete_by_binary_hash(&image.binary_hash).await;
        assert!(again.unwrap_err().is_not_found());
        assert!(
            images
                .get_by_binary_hash(&image.binary_hash)
                .await
                .unwrap()
                .is_empty()
        );
        images.restore(&hash).await.unwrap();
    }

    #[tokio::test]
    async fn copies_are_made_once_or_over_and_over() {
        let (_emulator, images, hash) = start().await;
        let copy = || images.copy(&hash, "other");
        assert_eq!(copy().await.unwrap(), CopyOutcome::Created);
        assert_eq!(copy().await.unwrap(), CopyOutcome::Overwritten);
        let error = copy().keep_existing().await.unwrap_err();
        assert!(error.is_precondition_failed());
        let unknown = "f".repeat(40);
        let copied = images.copy_many([&hash, &unknown], "other").await.unwrap();
        assert_eq!(
            (copied.existing, copied.notfound),
            (vec![hash.clone()], vec![unknown])
        );
        let error = images.copy(&hash, "nowhere").await.unwrap_err();
        assert_eq!(error.status().unwrap(), 400);
    }

    #[tokio::test]
    async fn what_is_found_is_read() {
        let (_emulator, images, hash) = start().await;
        let labelled = images.autolabel(&hash).await.unwrap();
        assert_eq!(
            labelled.user_metadata.get_array("labels"),
            Some(vec!["image", "png"])
        );
        let described = images.autodescription(&hash, ["en", "it"]).await.unwrap();
        let texts = described.user_metadata;
        assert!(texts.get_text("auto_description_it").is_some());
        let read = images.content_credentials(&hash).await.unwrap();
        assert!(!read.static_metadata.content_credentials().unwrap().present);
    }

    #[tokio::test]
    async fn an_upload_describes_the_image_in_the_requested_languages() {
        let (_emulator, images, _) = start().await;
        let source = Source::bytes("b.png", PNG).auto_description(["en", "de"]);
        let stored = images.upload(source).await.unwrap();
        assert!(stored.auto_description("en").is_some());
        assert!(stored.auto_description("de").is_some());
        assert_eq!(stored.auto_description("fr"), None);
        let known = stored.auto_description("en").map(str::to_owned);
        let later = images.autodescription(&stored.hash, ["fr"]).await.unwrap();
        assert_eq!(later.auto_description("en"), known.as_deref());
        assert!(later.auto_description("fr").is_some());
        let refused = images.upload(Source::bytes("c.png", PNG).auto_description(["tlh"]));
        assert_eq!(
            refused.await.unwrap_err().status(),
            Some(400.try_into().unwrap())
        );
        let source = Source::bytes("d.png", PNG).visual_binary_hash(true);
        assert_eq!(images.upload(source).await.unwrap().hash, stored.hash);
    }

    #[tokio::test]
    async fn the_sixth_invalidation_of_an_hour_is_an_error_at_once() {
        let (_emulator, images, hash) = start().await;
        for _ in 0..5 {
            let forgotten = images.invalidate_cache(&hash).await.unwrap();
            assert_eq!(forgotten.items.len(), 1);
        }
        let error = images.invalidate_cache(&hash).await.unwrap_err();
        assert!(error.is_rate_limited());
        assert_eq!(error.attempts(), 1);
        assert!(error.retry_after().unwrap().as_secs() > 3500);
        assert_eq!(error.rate_limit().limit, Some(5));
    }
}
