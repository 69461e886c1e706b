//! Reading and changing user metadata.

use crate::support::{HASH, Server, image, json, list, reply};
use rokka::{Call, ErrorKind, LatLon, Source, UserMetadata, UserValue};
use serde_json::{Value, json};

fn all() -> UserMetadata {
    UserMetadata::new()
        .str("title", "A cat")
        .text("about", "It sits on a wall")
        .int("sku", 42)
        .double("weight", 4.5)
        .date("taken", "2026-11-20T10:00:00+0000")
        .latlon("place", (47.38, 8.52))
        .array("labels", ["cat", "wall"])
        .array_text("captions", ["a cat"])
}

fn all_as_sent() -> Value {
    json!({
        "title": "A cat",
        "text:about": "It sits on a wall",
        "int:sku": 42,
        "double:weight": 4.5,
        "date:taken": "2026-11-20T10:00:00Z",
        "latlon:place": "47.38,8.52",
        "array:labels": ["cat", "wall"],
        "array_text:captions": ["a cat"],
    })
}

#[tokio::test]
async fn fields_are_read_with_their_types() {
    let server = Server::exactly([json(200, &all_as_sent()), json(200, &json!([]))]);
    let scope = server.images().user_metadata(HASH);
    let metadata = scope.get().await.unwrap();
    assert_eq!(metadata.get_str("title"), Some("A cat"));
    assert_eq!(metadata.get_text("about"), Some("It sits on a wall"));
    assert_eq!(metadata.get_int("sku"), Some(42));
    assert_eq!(metadata.get_double("weight"), Some(4.5));
    let taken = metadata.get_date("taken").unwrap().to_utc().unwrap();
    assert_eq!(taken.timestamp(), 1_795_168_800);
    assert_eq!(metadata.get_latlon("place"), Some(LatLon::new(47.38, 8.52)));
    assert_eq!(metadata.get_array("labels"), Some(vec!["cat", "wall"]));
    assert_eq!(metadata.get_array_text("captions"), Some(vec!["a cat"]));
    assert_eq!(metadata.get_field("sku"), Some(UserValue::Int(42)));
    assert_eq!(metadata.fields().count(), 8);
    assert!(scope.get().await.unwrap().is_empty());
    for request in server.requests() {
        assert_eq!(
            request.line(),
            format!("GET /sourceimages/acme/{HASH}/meta/user")
        );
    }
}

#[tokio::test]
async fn one_field_is_read_as_json() {
    let server = Server::exactly([
        json(200, &json!("bar")),
        json(200, &json!(5)),
        json(200, &json!(["a"])),
        reply(404, ""),
    ]);
    let scope = server.images().user_metadata("3f9a21");
    for expected in [json!("bar"), json!(5), json!(["a"])] {
        assert_eq!(scope.get_field("a_1").await.unwrap(), expected);
    }
    assert!(scope.get_field("b").await.unwrap_err().is_not_found());
    let requests = server.requests();
    assert_eq!(
        requests[0].line(),
        "GET /sourceimages/acme/3f9a21/meta/user/a_1"
    );
    assert_eq!(
        requests[3].line(),
        "GET /sourceimages/acme/3f9a21/meta/user/b"
    );
}

#[tokio::test]
async fn changes_are_sent_as_they_are_meant() {
    type Scope = rokka::ImageUserMetadata;
    type Change = Call<()>;
    type Case = (&'static str, fn(&Scope) -> Change, Option<Value>);
    let table: [Case; 12] = [
        ("PATCH ", |scope| scope.merge(all()), Some(all_as_sent())),
        (
            "PATCH ",
            |scope| {
                scope.merge(
                    UserMetadata::new()
                        .int("a", 1)
                        .removing("int:b")
                        .removing("c"),
                )
            },
            Some(json!({"int:a": 1, "int:b": null, "c": null})),
        ),
        (
            "PATCH ",
            |scope| scope.merge([("title", "A cat")]),
            Some(json!({"title": "A cat"})),
        ),
        ("PUT ", |scope| scope.replace(all()), Some(all_as_sent())),
        (
            "PUT ",
            |scope| scope.replace(UserMetadata::new()),
            Some(json!({})),
        ),
        (
            "PATCH ",
            |scope| scope.set("title", "A cat"),
            Some(json!({"title": "A cat"})),
        ),
        (
            "PATCH ",
            |scope| scope.set("int:sku", 42),
            Some(json!({"int:sku": 42})),
        ),
        (
            "PUT /title",
            |scope| scope.set_field("title", "A \"cat\""),
            Some(json!("A \"cat\"")),
        ),
        (
            "PUT /sku",
            |scope| scope.set_field("sku", 42),
            Some(json!(42)),
        ),
        ("DELETE /title", |scope| scope.remove("title"), None),
        (
            "PATCH ",
            |scope| scope.remove("int:sku"),
            Some(json!({"int:sku": null})),
        ),
        ("DELETE ", rokka::ImageUserMetadata::clear, None),
    ];
    for (line, change, body) in table {
        let server = Server::exactly([reply(204, "")]);
        change(&server.images().user_metadata(HASH)).await.unwrap();
        let request = server.only_request();
        let (method, rest) = line.split_once(' ').unwrap();
        assert_eq!(
            request.line(),
            format!("{method} /sourceimages/acme/{HASH}/meta/user{rest}")
        );
        match body {
            Some(body) => {
                assert_eq!(request.json(), body);
                assert_eq!(request.header("content-type"), Some("application/json"));
            }
            None => assert!(request.body.is_empty()),
        }
    }
}

#[tokio::test]
async fn malformed_fields_are_refused_before_anything_is_sent() {
    let server = Server::exactly([]);
    let scope = server.images().user_metadata(HASH);
    let null = Value::Null;
    let table = [
        (
            scope.merge([("Title", "x")]).await,
            "lower-case letters, digits and `_`",
        ),
        (
            scope.merge([("int:a", "x")]).await,
            "`int:a` cannot be \"x\": it must be a whole number",
        ),
        (
            scope.merge(UserMetadata::new().double("a", f64::NAN)).await,
            "a finite number",
        ),
        (
            scope
                .merge(UserMetadata::new().latlon("a", (0.0, 181.0)))
                .await,
            "a longitude from -180",
        ),
        (
            scope.merge(UserMetadata::new().date("a", "soon")).await,
            "a date such as",
        ),
        (
            scope.merge(UserMetadata::new().int("int:a", 1)).await,
            "\"int:a\"",
        ),
        (
            scope.merge(UserMetadata::new().removing("A")).await,
            "lower-case letters",
        ),
        (
            scope.replace(UserMetadata::new().removing("a")).await,
            "use it with `merge` only",
        ),
        (
            scope.set("a", null.clone()).await,
            "use it with `merge` only",
        ),
        (scope.set("a", 5).await, "or the name needs a type prefix"),
        (
            scope.set("colour:a", "x").await,
            "not a type of user metadata",
        ),
        (
            scope.set_field("a", null).await,
            "use `remove` to remove a field",
        ),
        (
            scope.set_field("int:a", 5).await,
            "must have no type prefix",
        ),
        (scope.set_field("a-b", 5).await, "lower-case letters"),
        (scope.remove("").await, "lower-case letters"),
        (scope.remove("..").await, "lower-case letters"),
        (scope.remove("x:a").await, "not a type of user metadata"),
        (
            scope.get_field("int:a").await.map(drop),
            "must have no type prefix",
        ),
    ];
    for (outcome, rule) in table {
        let error = outcome.unwrap_err();
        assert_eq!(
            (error.kind(), error.attempts()),
            (ErrorKind::InvalidInput, 0)
        );
        assert!(error.to_string().contains(rule), "{error}");
    }
    let scope = server.images().user_metadata("x");
    for error in [scope.get().await.map(drop), scope.clear().await] {
        assert!(
            error
                .unwrap_err()
                .to_string()
                .starts_with("invalid hash \"x\"")
        );
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn an_upload_checks_values_too() {
    let server = Server::exactly([json(200, &list(&[image(HASH)]))]);
    let images = server.images();
    let source = || Source::bytes("a.jpg", "A");
    let table = [
        (source().user_metadata("int:sku", "x"), "a whole number"),
        (source().user_metadata("title", 5), "a string"),
        (
            source().user_metadata("title", Value::Null),
            "cannot be `null`",
        ),
        (source().user_metadata("latlon:place", "91,0"), "a latitude"),
    ];
    for (source, rule) in table {
        let error = images.upload(source).await.unwrap_err();
        assert!(
            error.is_invalid_input() && error.to_string().contains(rule),
            "{error}"
        );
    }
    assert!(server.requests().is_empty());
    let fine = source().user_metadata("array:labels", vec!["a"]);
    images
        .upload(fine)
        .user_metadata("date:taken", "2026-11-20T10:00:00Z")
        .await
        .unwrap();
}

#[cfg(feature = "testing")]
mod emulated {
    use rokka::testing::{Emulator, EmulatorExt};
    use rokka::{Source, UserMetadata};
    use serde_json::json;

    #[tokio::test]
    async fn metadata_goes_there_and_back() {
        let emulator = Emulator::start().await;
        let images = emulator.source_images().unwrap();
        let upload = images.upload(Source::bytes(
            "a.svg",
            "<svg xmlns='http://www.w3.org/2000/svg' width='2' height='1'/>",
        ));
        let image = upload.user_metadata("int:first", 1).await.unwrap();
        let scope = images.user_metadata(&image.hash);
        scope.merge(super::all()).await.unwrap();
        let metadata = scope.get().await.unwrap();
        assert_eq!(metadata.fields().count(), 9);
        assert_eq!(
            metadata.get_latlon("place").unwrap().to_string(),
            "47.38,8.52"
        );

        // What was read can be sent back.
        scope.replace(metadata).await.unwrap();
        scope.set("title", "Another cat").await.unwrap();
        scope.set("int:sku", 43).await.unwrap();
        scope.set_field("plain", "x").await.unwrap();
        assert_eq!(scope.get_field("sku").await.unwrap(), json!(43));
        scope.remove("int:sku").await.unwrap();
        scope.remove("int:sku").await.unwrap();
        scope.remove("plain").await.unwrap();
        assert!(scope.remove("plain").await.unwrap_err().is_not_found());
        assert!(scope.get_field("sku").await.unwrap_err().is_not_found());
        scope
            .merge(UserMetadata::new().removing("array:labels"))
            .await
            .unwrap();
        let read = images.get(&image.hash).await.unwrap();
        assert_eq!(read.hash, image.hash);
        assert_eq!(read.user_metadata.get_str("title"), Some("Another cat"));
        assert_eq!(read.user_metadata.get_array("labels"), None);
        scope.replace([("only", "this")]).await.unwrap();
        assert_eq!(scope.get().await.unwrap().len(), 1);
        scope.clear().await.unwrap();
        assert!(scope.get().await.unwrap().is_empty());

        images.set_locked(&image.hash, true).await.unwrap();
        let error = scope.set("title", "x").await.unwrap_err();
        assert!(error.status().unwrap().is_client_error());
    }
}
