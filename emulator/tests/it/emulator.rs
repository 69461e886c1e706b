//! The emulator's behaviour over the wire.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use rokka_emulator::Emulator;
use serde_json::{Value, json};
use sha2::Digest;

use crate::support::http;

/// The header of a picture of 2 by 1 pixels.
const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x01\x08\x02\0\0\0\x7b\x40\xe8\xdd";
const PNG_SHA1: &str = "89eaa1666e65204a697bd281b4860de2c79e0cf9";

struct TestClient {
    emulator: Emulator,
    http: reqwest::Client,
}

impl TestClient {
    async fn start() -> Self {
        Self::with(Emulator::start().await)
    }

    fn with(emulator: Emulator) -> Self {
        Self {
            emulator,
            http: http(),
        }
    }

    fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.http
            .request(method, format!("{}{path}", self.emulator.url()))
            .header("Api-Key", self.emulator.api_key())
    }

    async fn send(&self, method: &str, path: &str) -> (u16, Value) {
        read(self.request(method, path).send().await.unwrap()).await
    }

    async fn send_json(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        read(self.request(method, path).json(&body).send().await.unwrap()).await
    }

    async fn upload(&self, form: Form) -> (u16, Value) {
        let request = self.request("POST", "/sourceimages/acme").multipart(form);
        read(request.send().await.unwrap()).await
    }

    /// Uploads a file whose content is its name, and returns the hash.
    async fn add(&self, name: &str, user_metadata: Value) -> String {
        let form = Form::new()
            .part("filedata", file(name, name.as_bytes()))
            .text("meta_user[0]", user_metadata.to_string());
        let (status, body) = self.upload(form).await;
        assert_eq!(status, 200, "{body}");
        text(&body["items"][0]["hash"])
    }

    /// Returns the names of the images that a search finds.
    async fn names(&self, query: &[(&str, &str)]) -> Vec<String> {
        let (status, body) = self.list(query).await;
        assert_eq!(status, 200, "{query:?} {body}");
        names(&body)
    }

    async fn list(&self, query: &[(&str, &str)]) -> (u16, Value) {
        let request = self.request("GET", "/sourceimages/acme").query(query);
        read(request.send().await.unwrap()).await
    }
}

/// A search, and the names of the images that it finds.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);

async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let body = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

fn file(name: &str, bytes: &[u8]) -> Part {
    Part::bytes(bytes.to_vec()).file_name(name.to_owned())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn names(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    items.iter().map(|image| text(&image["name"])).collect()
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

#[tokio::test]
async fn an_upload_returns_the_images_with_hashes_and_sizes() {
    let client = TestClient::start().await;
    let form = Form::new()
        .part("filedata", file("dir/pixel.jpg", PNG))
        .part("filedata[]", file("ä.txt", b"hello"))
        .text("url[]", "https://example.org/a/cat.jpg")
        .text("meta_user[0]", r#"{"str:title":"one","int:n":5}"#)
        .text("meta_user[]", r#""{\"array:tags\":[\"a\",1]}""#)
        .text("meta_dynamic[1][subject_area]", r#"{"x":1,"y":2}"#)
        .text("options[1]", r#"{"protected":true}"#)
        .text("optimize_source", "true");
    let (status, body) = client.upload(form).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["total"], 3);
    assert!(body.get("cursor").is_none());

    let [png, other, drawing] = [0, 1, 2].map(|index| &body["items"][index]);
    assert_eq!(png["binary_hash"], PNG_SHA1);
    assert_eq!(png["name"], "pixel.jpg");
    assert_eq!(png["mimetype"], "image/png");
    assert_eq!(png["format"], "png");
    assert_eq!((&png["width"], &png["height"]), (&json!(2), &json!(1)));
    assert_eq!(png["size"], PNG.len());
    assert_eq!(png["organization"], "acme");
    assert_eq!(png["user_metadata"], json!({"title": "one", "int:n": 5}));
    assert!(png.get("dynamic_metadata").is_none());
    let hash = text(&png["hash"]);
    assert_eq!(png["link"], format!("/sourceimages/acme/{hash}"));
    assert_eq!(png["short_hash"], hash[..6]);
    let created = text(&png["created"]);
    assert_eq!(created.len(), 25);
    assert!(created.ends_with("+00:00"), "{created}");

    assert_eq!(other["name"], "ä.txt");
    assert_eq!(other["protected"], true);
    assert_eq!(other["user_metadata"], json!({"array:tags": ["a", "1"]}));
    assert_eq!(
        other["dynamic_metadata"],
        json!({"subject_area": {"x": 1, "y": 2, "width": 1, "height": 1}})
    );

    assert_eq!(drawing["name"], "cat.jpg");
    assert_eq!(drawing["mimetype"], "image/svg+xml");
    assert_eq!(drawing["width"], 640);
    assert!(drawing.get("user_metadata").is_none());
}

#[tokio::test]
async fn uploading_the_same_bytes_again_merges_the_metadata() {
    let client = TestClient::start().await;
    let hash = client.add("a", json!({"a": "1", "b": "2"})).await;
    let again = client.add("a", json!({"b": "3", "c": "4"})).await;
    assert_eq!(hash, again);
    let (_, image) = client
        .send("GET", &format!("/sourceimages/acme/{hash}"))
        .await;
    assert_eq!(
        image["user_metadata"],
        json!({"a": "1", "b": "3", "c": "4"})
    );
    assert_eq!(client.list(&[]).await.1["total"], 1);
}

#[tokio::test]
async fn an_invalid_upload_stores_nothing() {
    let client = TestClient::start().await;
    let with_file = || Form::new().part("f", file("a.txt", b"x"));
    for (form, nested) in [
        (Form::new().text("meta_user[0]", "{}"), false),
        (with_file().text("meta_user[0]", "{"), false),
        (with_file().text("meta_user[0]", r#"{"Bad":"x"}"#), true),
        (with_file().text("meta_user[0]", r#"{"int:n":"x"}"#), true),
        (with_file().text("meta_user[1]", "{}"), false),
        (with_file().text("meta_dynamic[0][nonsense]", "{}"), false),
        (
            with_file().text("meta_dynamic[0]", r#"{"crop_area":{"x":1}}"#),
            false,
        ),
        (with_file().text("options[0]", r#"{"protected":1}"#), false),
        (with_file().text("url[0]", "https://example.org/"), false),
        (with_file().text("url[1]", "file:///etc/passwd"), false),
        (with_file().part("filedata[]", file("b", b"")), false),
        (
            with_file().text("meta_user[99999999999999999999]", "{}"),
            false,
        ),
    ] {
        let (status, body) = client.upload(form).await;
        assert_eq!(status, 400, "{body}");
        assert_eq!(
            body.pointer("/error/code").is_some(),
            nested,
            "{body} has the wrong shape"
        );
        assert_eq!(body.get("code").is_some(), !nested, "{body}");
    }
    let request = client.request("POST", "/sourceimages/acme").body("x");
    assert_eq!(request.send().await.unwrap().status(), 400);
    assert_eq!(client.list(&[]).await.1["total"], 0);
}

#[tokio::test]
async fn only_a_valid_key_authenticates() {
    let client = TestClient::start().await;
    let url = format!("{}/", client.emulator.url());
    let key = client.emulator.api_key();
    let bearer = format!("Bearer {key}");
    for (headers, status) in [
        (vec![("Api-Key", key)], 200),
        (vec![("Authorization", bearer.as_str())], 200),
        (vec![("Api-Key", "wrong")], 403),
        (vec![("Api-Key", "wrong"), ("Authorization", &bearer)], 403),
        (vec![("Authorization", key)], 403),
        (vec![("Authorization", "Bearer a.b.c")], 401),
        (vec![], 403),
    ] {
        let mut request = client.http.get(&url);
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        let (actual, body) = read(request.send().await.unwrap()).await;
        assert_eq!(actual, status, "{headers:?}");
        if status == 200 {
            assert!(body["resources"].is_array());
        } else {
            assert_eq!(body["invalid_authentication"], true);
            assert_eq!(body["code"], status);
        }
    }
}

#[tokio::test]
async fn unknown_resources_return_a_404() {
    let client = TestClient::start().await;
    let hash = client.add("a", json!({})).await;
    for (method, path) in [
        ("GET", "/sourceimages/nobody".to_owned()),
        ("GET", "/nothing".to_owned()),
        ("GET", "/sourceimages/acme/abcdef".to_owned()),
        ("GET", "/sourceimages/acme/no-hash".to_owned()),
        ("GET", format!("/sourceimages/acme/{}", &hash[..5])),
        ("GET", format!("/sourceimages/acme/{hash}/nothing")),
        ("POST", format!("/sourceimages/acme/{hash}")),
        ("GET", "/sourceimages/acme/alias/my-alias".to_owned()),
        ("GET", "/sourceimages/acme/%ff".to_owned()),
        ("DELETE", "/sourceimages/acme/abcdef0/cache".to_owned()),
    ] {
        let (status, body) = client.send(method, &path).await;
        let expected = if path.contains("%ff") { 400 } else { 404 };
        assert_eq!(status, expected, "{method} {path}");
        assert_eq!(body["code"], expected);
        assert!(body["message"].is_string());
    }
    for length in [6, 7, 40] {
        let path = format!("/sourceimages/acme/{}", hash[..length].to_uppercase());
        assert_eq!(client.send("GET", &path).await.1["hash"], hash);
    }
}

#[tokio::test]
async fn dynamic_metadata_changes_the_hash_and_back() {
    let client = TestClient::start().await;
    let first = client.add("a", json!({"title": "a"})).await;
    let area = json!({"x": 1, "y": 2});
    let path = |hash: &str, query: &str| {
        format!("/sourceimages/acme/{hash}/meta/dynamic/subject_area{query}")
    };

    let request = client.request("PUT", &path(&first, "")).json(&area);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 201);
    let location = header(&response, "location").unwrap().to_owned();
    let (_, second) = read(response).await;
    let second_hash = text(&second["hash"]);
    assert_ne!(first, second_hash);
    assert_eq!(location, format!("/sourceimages/acme/{second_hash}"));
    assert!(second.get("link").is_none());
    assert_eq!(second["user_metadata"]["title"], "a");
    assert_eq!(client.list(&[]).await.1["total"], 2);

    // The same value again changes nothing, and an edit does not change an existing image.
    let (status, _) = client
        .send_json("PUT", &path(&second_hash, ""), area.clone())
        .await;
    assert_eq!(status, 204);
    let user = format!("/sourceimages/acme/{first}/meta/user");
    client
        .send_json("PATCH", &user, json!({"title": "b"}))
        .await;
    let (status, body) = client.send_json("PUT", &path(&first, ""), area).await;
    assert_eq!((status, &body["hash"]), (201, &json!(second_hash)));
    assert_eq!(body["user_metadata"]["title"], "a");

    // Without the area the result is the first image; `deletePrevious` deletes the second.
    let (status, body) = client
        .send("DELETE", &path(&second_hash, "?deletePrevious=true"))
        .await;
    assert_eq!((status, &body["hash"]), (201, &json!(first)));
    assert_eq!(client.list(&[]).await.1["total"], 1);
    let (status, _) = client.send("DELETE", &path(&second_hash, "")).await;
    assert_eq!(status, 404);
    assert_eq!(client.send("DELETE", &path(&first, "")).await.0, 204);
}

#[tokio::test]
async fn an_edit_can_keep_the_hash() {
    let client = TestClient::start().await;
    let hash = client.add("a", json!({})).await;
    let path = format!("/sourceimages/acme/{hash}/meta/dynamic/version");
    let body = json!({"text": "2"});
    let (status, _) = client
        .send_json(
            "PUT",
            &format!("{path}?keepHash=true&deletePrevious=true"),
            body.clone(),
        )
        .await;
    assert_eq!(status, 400);

    let request = client.request("PUT", &format!("{path}?keepHash=true"));
    let response = request.json(&body).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert!(header(&response, "warning").unwrap().starts_with("299 "));
    assert_eq!(
        header(&response, "location"),
        Some(format!("/sourceimages/acme/{hash}").as_str())
    );
    let image = client
        .send("GET", &format!("/sourceimages/acme/{hash}"))
        .await
        .1;
    assert_eq!(image["dynamic_metadata"]["version"], body);

    // Without the version, the hash matches the content again.
    let (status, image) = client.send("DELETE", &path).await;
    assert_eq!((status, &image["hash"]), (201, &json!(hash)));
    assert!(image.get("dynamic_metadata").is_none());
}

#[tokio::test]
async fn kinds_of_dynamic_metadata_are_validated() {
    let client = TestClient::start().await;
    let hash = client.add("a", json!({})).await;
    let area = json!({"x": 0, "y": 0, "width": 5, "height": 5});
    for (kind, body, expected) in [
        ("crop_area", area.clone(), 201),
        ("crop_area", json!({"x": 0, "y": 0}), 400),
        ("subject_area", json!({"x": 0}), 400),
        ("subject_area", json!({"x": 0.5, "y": 0}), 400),
        (
            "subject_area",
            json!({"x": 0.5, "y": 0, "percentage": true}),
            201,
        ),
        ("subject_area", json!({"x": -1, "y": 0}), 400),
        ("subject_area", json!([1]), 400),
        ("multi_areas", json!({"a_1": {"crop_area": area}}), 201),
        ("multi_areas", json!({"a-1": {"crop_area": area}}), 400),
        ("multi_areas", json!({"a": {"other": area}}), 400),
        ("multi_areas", json!({"a": 5}), 400),
        ("version", json!({"text": 5}), 400),
        ("linked", json!({"hashes": ["abcdef"]}), 201),
        ("linked", json!({"hashes": [1]}), 400),
        ("detection_face", json!({}), 201),
        ("detection_face", json!({"x": 1}), 400),
        ("detection_eyemouth", json!({}), 400),
        ("nonsense", json!({}), 400),
        ("no-kind", json!({}), 404),
    ] {
        let path = format!("/sourceimages/acme/{hash}/meta/dynamic/{kind}");
        let (status, response) = client.send_json("PUT", &path, body.clone()).await;
        assert_eq!(status, expected, "{kind} {body} {response}");
    }
}

#[tokio::test]
async fn a_face_comes_and_goes_with_its_eyes_and_mouth() {
    let client = TestClient::start().await;
    let plain = client.add("a", json!({})).await;
    let path = |hash: &str| format!("/sourceimages/acme/{hash}/meta/dynamic/detection_face");
    let (_, image) = client.send_json("PUT", &path(&plain), json!({})).await;
    let middle = json!({
        "detection_face": {"x": 25, "y": 25, "width": 50, "height": 50, "percentage": true},
        "detection_eyemouth": {"x": 40, "y": 45, "width": 20, "height": 20, "percentage": true},
    });
    assert_eq!(image["dynamic_metadata"], middle);
    let hash = text(&image["hash"]);
    let (_, image) = client.send_json("DELETE", &path(&hash), json!({})).await;
    assert_eq!(image["hash"], plain);
    // A test can say where the face is.
    let area = json!({"x": 10, "y": 20, "width": 33, "height": 50});
    let (_, image) = client.send_json("PUT", &path(&plain), area.clone()).await;
    let found = json!({
        "detection_face": area,
        "detection_eyemouth": {"x": 20, "y": 40, "width": 13, "height": 20},
    });
    assert_eq!(image["dynamic_metadata"], found);
}

#[tokio::test]
async fn protection_changes_the_hash_and_back() {
    let client = TestClient::start().await;
    let hash = client.add("a", json!({})).await;
    let path =
        |hash: &str, query: &str| format!("/sourceimages/acme/{hash}/options/protected{query}");
    let request = client.request("PUT", &path(&hash, "?deletePrevious=true"));
    let response = request.json(&true).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let location = header(&response, "location").unwrap().to_owned();
    let (_, image) = read(response).await;
    let secret = text(&image["hash"]);
    assert_eq!(location, format!("/sourceimages/acme/{secret}"));
    assert_ne!(secret, hash);
    assert_eq!(image["protected"], true);

    // The image is already protected: `deletePrevious` must not delete it.
    let (status, image) = client
        .send_json("PUT", &path(&secret, "?deletePrevious=true"), json!(true))
        .await;
    assert_eq!((status, &image["hash"]), (200, &json!(secret)));
    let (_, image) = client
        .send_json("PUT", &path(&secret, ""), json!(false))
        .await;
    assert_eq!(image["hash"], hash);
    assert_eq!(client.list(&[]).await.1["total"], 2);
    let (status, _) = client
        .send_json("PUT", &path(&hash, ""), json!("true"))
        .await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn a_locked_image_rejects_deletion_and_user_metadata() {
    let client = TestClient::start().await;
    let hash = client.add("a", json!({"a": "b"})).await;
    let image = format!("/sourceimages/acme/{hash}");
    let lock = format!("{image}/options/locked");
    let (status, body) = client.send_json("PUT", &lock, json!(true)).await;
    assert_eq!((status, &body["locked"]), (200, &json!(true)));
    assert_eq!(body["hash"], hash);

    let user = format!("{image}/meta/user");
    let field = format!("{image}/meta/user/a");
    let version = format!("{image}/meta/dynamic/version?deletePrevious=true");
    let by_binary = format!(
        "/sourceimages/acme?binaryHash={}",
        text(&body["binary_hash"])
    );
    for (method, path, body) in [
        ("DELETE", &image, json!(null)),
        ("DELETE", &by_binary, json!(null)),
        ("DELETE", &user, json!(null)),
        ("DELETE", &field, json!(null)),
        ("PUT", &user, json!({})),
        ("PATCH", &user, json!({})),
        ("PUT", &field, json!("x")),
        ("PUT", &version, json!({"text": "x"})),
    ] {
        let (status, response) = client.send_json(method, path, body).await;
        assert_eq!(status, 403, "{method} {path}");
        assert!(response.get("invalid_authentication").is_none());
    }
    client.send_json("PUT", &lock, json!(false)).await;
    assert_eq!(client.send("DELETE", &image).await.0, 204);
}

#[tokio::test]
async fn user_metadata_can_be_read_and_written_in_every_way() {
    let client = TestClient::start().await;
    let hash = client.add("a", json!({})).await;
    let all = format!("/sourceimages/acme/{hash}/meta/user");
    let one = |name: &str| format!("{all}/{name}");
    assert_eq!(client.send("GET", &all).await, (200, json!({})));

    let (status, _) = client
        .send_json(
            "PUT",
            &all,
            json!({"str:a": "x", "int:n": 5, "latlon:p": "47.38,8.52", "date:d": "2026-01-29T12:34:56.000Z"}),
        )
        .await;
    assert_eq!(status, 204);
    let (status, _) = client
        .send_json(
            "PATCH",
            &all,
            json!({"latlon:p": null, "double:f": 1.5, "date:d": null}),
        )
        .await;
    assert_eq!(status, 204);
    assert_eq!(
        client.send("GET", &all).await.1,
        json!({"a": "x", "int:n": 5, "double:f": 1.5})
    );

    assert_eq!(client.send("GET", &one("n")).await, (200, json!(5)));
    assert_eq!(client.send("GET", &one("nobody")).await.0, 404);
    assert_eq!(client.send_json("PUT", &one("n"), json!(6)).await.0, 204);
    assert_eq!(client.send_json("PUT", &one("n"), json!("6")).await.0, 400);
    assert_eq!(
        client.send_json("PUT", &one("l"), json!(["a"])).await.0,
        204
    );
    assert_eq!(client.send_json("PUT", &one("UP"), json!("x")).await.0, 400);
    assert_eq!(
        client.send_json("PUT", &one("int:n"), json!(7)).await.0,
        404
    );
    assert_eq!(client.send("DELETE", &one("a")).await.0, 204);
    assert_eq!(client.send("DELETE", &one("a")).await.0, 404);
    assert_eq!(
        client.send("GET", &all).await.1,
        json!({"int:n": 6, "double:f": 1.5, "array:l": ["a"]})
    );
    assert_eq!(client.send("DELETE", &all).await.0, 204);
    assert_eq!(client.send("GET", &all).await.1, json!({}));

    for body in [
        json!({"A": "x"}),
        json!({"": "x"}),
        json!({"a-b": "x"}),
        json!({"unknown:a": "x"}),
        json!({"a".repeat(55): "x"}),
        json!({"a": {"b": 1}}),
        json!({"date:a": "yesterday"}),
        json!({"latlon:a": "91,0"}),
        json!({"array:a": [[]]}),
        json!("a"),
    ] {
        let (status, response) = client.send_json("PATCH", &all, body.clone()).await;
        assert_eq!(status, 400, "{body}");
        assert_eq!(response["error"]["code"], 400, "{body}");
    }
    let body = json!({"a".repeat(54): "x"});
    assert_eq!(client.send_json("PATCH", &all, body).await.0, 204);
}

#[tokio::test]
async fn images_can_be_deleted_and_restored() {
    let client = TestClient::start().await;
    let hash = client.add("a", json!({"a": "b"})).await;
    let path = format!("/sourceimages/acme/{hash}");
    assert_eq!(client.send("DELETE", &path).await.0, 204);
    assert_eq!(client.send("DELETE", &path).await.0, 404);
    assert_eq!(client.send("GET", &path).await.0, 404);
    let (status, image) = client.send("GET", &format!("{path}?deleted=true")).await;
    assert_eq!(status, 200);
    assert_eq!(image["deleted"], true);
    assert!(image["deleted_date"].is_string());
    assert!(client.names(&[]).await.is_empty());
    assert_eq!(client.names(&[("deleted", "true")]).await, ["a"]);

    for _ in 0..2 {
        let (status, image) = client.send("POST", &format!("{path}/restore")).await;
        assert_eq!(status, 200);
        assert_eq!(image["deleted"], false);
        assert!(image.get("link").is_none());
        assert_eq!(image["user_metadata"]["a"], "b");
    }
    assert_eq!(client.names(&[]).await, ["a"]);
    let (status, _) = client
        .send("POST", "/sourceimages/acme/abcdef/restore")
        .await;
    assert_eq!(status, 404);

    // An upload after a deletion creates a new image.
    client.send("DELETE", &path).await;
    assert_eq!(client.add("a", json!({})).await, hash);
    let (_, image) = client.send("GET", &path).await;
    assert!(image.get("user_metadata").is_none());
}

#[tokio::test]
async fn a_binary_is_found_and_deleted_with_all_its_images() {
    let client = TestClient::start().await;
    let (_, body) = client
        .upload(Form::new().part("filedata", file("a.png", PNG)))
        .await;
    let hash = text(&body["items"][0]["hash"]);
    let version = format!("/sourceimages/acme/{hash}/meta/dynamic/version");
    client
        .send_json("PUT", &version, json!({"text": "2"}))
        .await;
    let by_path = format!("/sourceimages/acme/binaryhash/{PNG_SHA1}");
    let by_query = format!("/sourceimages/acme?binaryHash={PNG_SHA1}");
    for path in [&by_path, &by_query] {
        let (status, list) = client.send("GET", path).await;
        assert_eq!((status, &list["total"]), (200, &json!(2)));
        assert!(list.get("cursor").is_none() && list.get("links").is_none());
    }
    assert_eq!(client.names(&[("binaryhash", PNG_SHA1)]).await.len(), 2);
    assert_eq!(client.send("DELETE", "/sourceimages/acme").await.0, 400);
    assert_eq!(
        client
            .send("DELETE", "/sourceimages/acme?binaryHash=")
            .await
            .0,
        400
    );
    assert_eq!(client.send("DELETE", &by_query).await.0, 204);
    assert_eq!(client.send("DELETE", &by_query).await.0, 404);
    let (status, list) = client.send("GET", &by_path).await;
    assert_eq!((status, &list["total"]), (200, &json!(0)));
}

#[tokio::test]
async fn an_image_can_be_renamed() {
    let client = TestClient::start().await;
    let hash = client.add("a", json!({})).await;
    let path = format!("/sourceimages/acme/{hash}/name");
    assert_eq!(client.send_json("PUT", &path, json!("b.jpg")).await.0, 204);
    assert_eq!(client.send_json("PUT", &path, json!(5)).await.0, 400);
    assert_eq!(client.names(&[("name", "b.jpg")]).await, ["b.jpg"]);
}

#[tokio::test]
async fn images_can_be_copied_to_another_organization() {
    let emulator = Emulator::builder()
        .organization("acme")
        .organization("other")
        .start()
        .await;
    let client = TestClient::with(emulator);
    let hash = client.add("a", json!({"title": "a"})).await;
    let path = format!("/sourceimages/acme/{hash}");
    let copy = async |method: &str, path: &str, destination: Option<&str>, overwrite: bool| {
        let mut request = client.request(method, path);
        if let Some(destination) = destination {
            request = request.header("Destination", destination);
        }
        if !overwrite {
            request = request.header("Overwrite", "F");
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let post = format!("{path}/copy");
    assert_eq!(copy("POST", &post, None, true).await.0, 400);
    assert_eq!(copy("POST", &post, Some("nobody"), true).await.0, 400);
    let unknown = "/sourceimages/acme/abcdef/copy";
    assert_eq!(copy("POST", unknown, Some("other"), true).await.0, 404);
    assert_eq!(
        copy("COPY", &path, Some("other"), true).await,
        (201, "{}".to_owned())
    );
    assert_eq!(
        copy("POST", &post, Some("other"), true).await,
        (204, String::new())
    );
    assert_eq!(
        copy("POST", &post, Some("other"), false).await,
        (412, "{}".to_owned())
    );

    let there = format!("/sourceimages/other/{hash}");
    let (_, image) = client.send("GET", &there).await;
    assert_eq!(image["organization"], "other");
    assert_eq!(image["user_metadata"]["title"], "a");
    client.send("DELETE", &format!("{path}/meta/user")).await;
    let (_, image) = client.send("GET", &there).await;
    assert_eq!(
        image["user_metadata"]["title"], "a",
        "copies are independent"
    );

    let second = client.add("b", json!({})).await;
    let many = |body: Value| {
        client
            .request("POST", "/sourceimages/acme/copy")
            .header("Destination", "other")
            .header("Overwrite", "F")
            .json(&body)
            .send()
    };
    let (status, body) = read(many(json!([hash, second, "abcdef"])).await.unwrap()).await;
    assert_eq!(status, 200);
    assert_eq!(
        body,
        json!({"created": [second], "existing": [hash], "notfound": ["abcdef"]})
    );
    for body in [json!([]), json!({}), json!([1]), json!(vec!["abcdef"; 101])] {
        assert_eq!(many(body).await.unwrap().status(), 400);
    }
}

#[tokio::test]
async fn aliases_stand_for_images() {
    let client = TestClient::start().await;
    let [a, b] = [
        client.add("a", json!({})).await,
        client.add("b", json!({})).await,
    ];
    let path = "/sourceimages/acme/alias/logo_1";
    assert_eq!(client.send("GET", path).await.0, 404);
    let (status, _) = client
        .send_json("PUT", path, json!({"hash": "abcdef"}))
        .await;
    assert_eq!(status, 404);
    let (status, body) = client.send_json("PUT", path, json!({"hash": a[..8]})).await;
    assert_eq!(status, 201);
    assert_eq!(
        body,
        json!({"organization": "acme", "alias": "logo_1", "hash": a})
    );
    let (status, _) = client.send_json("PUT", path, json!({"hash": b})).await;
    assert_eq!(status, 409);
    let overwrite = format!("{path}?overwrite=true");
    let (status, _) = client
        .send_json("PUT", &overwrite, json!({"hash": b}))
        .await;
    assert_eq!(status, 200);
    assert_eq!(client.send("GET", path).await.1["hash"], b);

    let cache = format!("{path}/cache");
    for _ in 0..10 {
        assert_eq!(client.send("DELETE", &cache).await.0, 200);
    }
    assert_eq!(client.send("DELETE", &cache).await.0, 429);
    assert_eq!(client.send("DELETE", path).await.0, 204);
    assert_eq!(client.send("DELETE", path).await.0, 404);
}

#[tokio::test]
async fn cache_invalidations_are_limited_per_hour() {
    let client = TestClient::start().await;
    let hash = client.add("a", json!({})).await;
    let path = format!("/sourceimages/acme/{hash}/cache");
    for left in (0..5).rev() {
        let response = client.request("DELETE", &path).send().await.unwrap();
        assert_eq!(header(&response, "x-ratelimit-limit"), Some("5"));
        assert_eq!(
            header(&response, "x-ratelimit-remaining"),
            Some(left.to_string().as_str())
        );
        let (status, body) = read(response).await;
        assert_eq!(status, 200);
        assert!(body["items"][0].as_str().unwrap().contains(&hash));
    }
    let response = client.request("DELETE", &path).send().await.unwrap();
    assert_eq!(response.status(), 429);
    let again: u64 = header(&response, "x-ratelimit-retry-after")
        .unwrap()
        .parse()
        .unwrap();
    assert!(again > 1_700_000_000, "a time, not a number of seconds");
    let (_, body) = read(response).await;
    assert_eq!(body["status"], "too many requests");
    assert!(body["X-RateLimit-Retry-After-readable"].is_string());
}

#[tokio::test]
async fn automatic_metadata_is_made_up() {
    let client = TestClient::start().await;
    let hash = client.add("a", json!({})).await;
    let path = format!("/sourceimages/acme/{hash}");
    let (status, image) = client.send("POST", &format!("{path}/autolabel")).await;
    assert_eq!(status, 200);
    assert!(image["user_metadata"]["array:labels"].is_array());
    let describe = format!("{path}/autodescription");
    let body = json!({"languages": ["en", "de"], "force": true});
    let (status, image) = client.send_json("POST", &describe, body).await;
    assert_eq!(status, 200);
    assert_eq!(image["user_metadata"].as_object().unwrap().len(), 3);
    let (status, _) = client
        .send_json("POST", &describe, json!({"languages": ["xx"]}))
        .await;
    assert_eq!(status, 400);
    let credentials = format!("{path}/contentcredentials");
    let (status, image) = client.send("POST", &credentials).await;
    assert_eq!(status, 200);
    assert_eq!(
        image["static_metadata"]["content_credentials"]["present"],
        false
    );
    let query = [("static:boolean:content_credentials__present", "false")];
    assert_eq!(client.names(&query).await, ["a"]);
}

#[tokio::test]
async fn originals_can_be_downloaded_in_parts() {
    let client = TestClient::start().await;
    let hash = client.add("ä \"1\".txt", json!({})).await;
    let whole = "ä \"1\".txt".as_bytes();
    let path = format!("/sourceimages/acme/{hash}/download");
    let response = client.request("GET", &path).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, "content-type"), Some("text/plain"));
    assert_eq!(
        header(&response, "content-disposition"),
        Some("attachment; filename=\"_ _1_.txt\"; filename*=UTF-8''%C3%A4%20%221%22%2Etxt")
    );
    let tag = header(&response, "etag").unwrap().to_owned();
    assert_eq!(response.bytes().await.unwrap(), whole);

    let length = whole.len();
    for (range, if_range, status, first) in [
        ("bytes=3-", None, 206, 3),
        ("bytes=3-", Some(tag.as_str()), 206, 3),
        ("bytes=3-", Some("\"other\""), 200, 0),
        ("bytes=-2", None, 206, length - 2),
        ("bytes=0-999", None, 206, 0),
        ("lines=1-", None, 200, 0),
        ("bytes=5-4", None, 200, 0),
        ("bytes=99999999999999999999-", None, 200, 0),
    ] {
        let mut request = client.request("GET", &path).header("Range", range);
        if let Some(tag) = if_range {
            request = request.header("If-Range", tag);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{range}");
        let expected = format!("bytes {first}-{}/{length}", length - 1);
        assert_eq!(
            header(&response, "content-range"),
            (status == 206).then_some(expected.as_str())
        );
        assert_eq!(response.bytes().await.unwrap(), whole[first..], "{range}");
    }
    let request = client.request("GET", &path).header("Range", "bytes=99-");
    assert_eq!(request.send().await.unwrap().status(), 416);
}

#[tokio::test]
async fn search_results_can_be_downloaded_as_an_archive() {
    let client = TestClient::start().await;
    for name in ["a.txt", "b.txt", "c.bin"] {
        client.add(name, json!({})).await;
    }
    let (_, body) = client
        .upload(Form::new().part("f", file("a.txt", b"another")))
        .await;
    let twin = text(&body["items"][0]["hash"]);
    let request = client
        .request("GET", "/sourceimages/acme/download")
        .query(&[("format", "txt"), ("sort", "created asc")]);
    let response = request.send().await.unwrap();
    assert_eq!(header(&response, "content-type"), Some("application/zip"));
    let archive = response.bytes().await.unwrap();

    // Each entry occurs in the archive and in the directory, and the end record has the count.
    let text = String::from_utf8_lossy(&archive).into_owned();
    assert!(archive.starts_with(b"PK\x03\x04"));
    assert_eq!(text.matches("PK\x03\x04").count(), 3);
    assert_eq!(text.matches("PK\x01\x02").count(), 3);
    assert_eq!(text.matches(&format!("{twin}-a.txt")).count(), 2);
    assert!(text.contains("another"));
    assert!(!text.contains("c.bin"));
    let end = archive.len() - 22;
    assert_eq!(&archive[end..end + 4], b"PK\x05\x06");
    assert_eq!(&archive[end + 10..end + 12], [3, 0]);
    let start = u32::from_le_bytes(archive[end + 16..end + 20].try_into().unwrap());
    assert_eq!(&archive[start as usize..start as usize + 4], b"PK\x01\x02");
}

#[tokio::test]
async fn render_urls_return_the_original() {
    let client = TestClient::start().await;
    let hash = client.add("a.txt", json!({})).await;
    let alias = "/sourceimages/acme/alias/logo";
    client.send_json("PUT", alias, json!({"hash": hash})).await;
    let base = client.emulator.render_host();
    for (path, status) in [
        (format!("/dynamic/{hash}.jpg"), 200),
        (format!("/dynamic/{}.jpg", &hash[..6]), 200),
        (
            format!("/dynamic/resize-width-10--o-dpr-2/{hash}/seo.name.png"),
            200,
        ),
        ("/dynamic/-_logo_-.webp".to_owned(), 200),
        ("/dynamic/-_logo_-/seo.webp".to_owned(), 200),
        ("/dynamic/-_none_-.webp".to_owned(), 404),
        (format!("/{hash}.jpg"), 404),
        (format!("/dynamic/{hash}"), 404),
        ("/dynamic/abcdef.jpg".to_owned(), 404),
        (String::new(), 404),
    ] {
        let response = client.http.get(format!("{base}{path}")).send();
        let response = response.await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        if status == 200 {
            assert_eq!(header(&response, "content-type"), Some("text/plain"));
            assert_eq!(response.text().await.unwrap(), "a.txt");
        }
    }
}

#[tokio::test]
async fn a_protected_image_needs_a_valid_signature() {
    let client = TestClient::start().await;
    let (_, body) = client
        .upload(
            Form::new()
                .part("f", file("a.txt", b"x"))
                .text("options[]", r#"{"protected":true}"#),
        )
        .await;
    let hash = text(&body["items"][0]["hash"]);
    let base = client.emulator.render_host();
    let path = format!("/dynamic/{hash}.jpg");
    let sign = |target: &str| {
        let signed = format!("{target}:{}", client.emulator.signing_key());
        let digest = sha2::Sha256::digest(signed);
        let number = u64::from_be_bytes(digest[..8].try_into().unwrap());
        format!("{number:016x}")
    };
    let until =
        |year: &str| format!("a=1&sigopts=%7B%22until%22%3A%22{year}-01-01T00%3A00%3A00Z%22%7D");
    let (future, past) = (until("2100"), until("2020"));
    for (query, status) in [
        (String::new(), 403),
        ("?sig=0123456789abcdef".to_owned(), 403),
        (format!("?sig={}", sign(&path)), 200),
        (format!("?a=1&sig={}", sign(&path)), 403),
        (
            format!("?{future}&sig={}", sign(&format!("{path}?{future}"))),
            200,
        ),
        (
            format!("?{past}&sig={}", sign(&format!("{path}?{past}"))),
            403,
        ),
    ] {
        let response = client.http.get(format!("{base}{path}{query}")).send();
        assert_eq!(response.await.unwrap().status(), status, "{query}");
    }
}

#[tokio::test]
async fn searches_filter_by_every_kind_of_field() {
    let client = TestClient::start().await;
    let hash = client
        .add(
            "Plan One.txt",
            json!({
                "title": "first", "int:n": 1, "double:f": 1.5, "date:d": "2026-01-01T00:00:00Z",
                "array:tags": ["red", "blue"], "text:body": "The quick fox", "latlon:p": "47.5,8.5"
            }),
        )
        .await;
    let version = format!("/sourceimages/acme/{hash}/meta/dynamic/version?keepHash=true");
    client
        .send_json("PUT", &version, json!({"text": "v1"}))
        .await;
    client
        .add(
            "plan two.txt",
            json!({"title": "second", "int:n": 2, "date:d": "2026-02-01T00:00:00Z", "array:tags": ["red"]}),
        )
        .await;
    client
        .upload(Form::new().part("f", file("pixel.png", PNG)))
        .await;
    let [one, two, png] = ["Plan One.txt", "plan two.txt", "pixel.png"];
    let cases: &[Case<'_>] = &[
        (&[], &[png, two, one]),
        (&[("format", "png")], &[png]),
        (&[("mimetype", "text/*")], &[two, one]),
        (&[("name", "Plan*")], &[one]),
        (&[("name", "Plan")], &[]),
        (&[("name_text", "PLAN")], &[two, one]),
        (&[("name_text", "plan tw*")], &[two]),
        (&[("width", "2")], &[png]),
        (&[("width", "[0,2}")], &[two, one]),
        (&[("width", "{0,2]")], &[png]),
        (&[("width", "{0,}")], &[png]),
        (&[("width", "{,0]")], &[two, one]),
        (&[("size", "[1,}")], &[png, two, one]),
        (&[("hash", &hash)], &[one]),
        (&[("short_hash", &hash[..6])], &[one]),
        (
            &[("created", "['2026-01-01T00:00:00Z',}")],
            &[png, two, one],
        ),
        (&[("created", "{,'2020-01-01T00:00:00Z']")], &[]),
        (&[("deletedDate", "{,}")], &[]),
        (&[("user:title", "first")], &[one]),
        (&[("user:str:title", "s*")], &[two]),
        (&[("user:int:n", "1")], &[one]),
        (&[("user:int:n", "[1,2]")], &[two, one]),
        (&[("user:double:f", "{1.4,1.6}")], &[one]),
        (
            &[(
                "user:date:d",
                "{'2026-01-01T00:00:00Z','2026-03-01T00:00:00+0000']",
            )],
            &[two],
        ),
        (&[("user:date:d", "2026-01-01T00:00:00Z")], &[one]),
        (&[("user:array:tags", "blue")], &[one]),
        (&[("user:array:tags", "re*")], &[two, one]),
        (&[("user:text:body", "FOX quick")], &[one]),
        (&[("user:text:body", "foxes")], &[]),
        (&[("user:latlon:p", "47.5,8.5")], &[one]),
        (&[("user:unheard_of", "x")], &[]),
        (&[("dynamic:str:version:text", "v1")], &[one]),
        (&[("user:title", "first"), ("format", "png")], &[]),
        (
            &[
                ("user:title", "first"),
                ("format", "png"),
                ("operator", "or"),
            ],
            &[png, one],
        ),
    ];
    for (query, expected) in cases {
        assert_eq!(client.names(query).await, *expected, "{query:?}");
    }
}

#[tokio::test]
async fn invalid_searches_are_rejected() {
    let client = TestClient::start().await;
    for query in [
        ("unknown", "x"),
        ("user:Bad", "x"),
        ("user:boolean:a", "true"),
        ("user:nonsense:a", "x"),
        ("dynamic:str:version", "x"),
        ("static:str:exif", "x"),
        ("width", "wide"),
        ("width", "[1,2"),
        ("width", "[1]"),
        ("width", "[,2]"),
        ("width", "[a,b]"),
        ("width", "1*"),
        ("name", "[a,b]"),
        ("name", "a*b"),
        ("created", "[2026-01-01T00:00:00Z,}"),
        ("created", "yesterday"),
        ("user:latlon:p", "here"),
        ("static:boolean:a__b", "maybe"),
        ("sort", "unknown"),
        ("sort", "created sideways"),
        ("sort", "created desc,"),
        ("sort", "user:array:tags desc"),
        ("sort", "name_text"),
        ("limit", "2001"),
        ("limit", "-1"),
        ("limit", "many"),
        ("offset", "nonsense"),
        ("offset", "9901"),
        ("offset", "18446744073709551615"),
        ("operator", "xor"),
        ("deleted", "maybe"),
        ("facets", "width"),
        ("facets", "name"),
    ] {
        let (status, body) = client.list(&[query]).await;
        assert_eq!(status, 400, "{query:?}");
        assert_eq!(body["code"], 400, "{query:?}");
    }
    assert_eq!(client.list(&[("offset", "9900")]).await.0, 200);
}

#[tokio::test]
async fn searches_are_sorted_by_several_fields() {
    let client = TestClient::start().await;
    for (name, number, group) in [("a", 1, "x"), ("b", 2, "y"), ("c", 3, "x")] {
        client
            .add(name, json!({"int:n": number, "group": group}))
            .await;
    }
    client.add("d", json!({})).await;
    for (sort, expected) in [
        ("created desc", "dcba"),
        ("created asc", "abcd"),
        ("name", "abcd"),
        ("user:int:n desc", "cbad"),
        ("user:int:n asc", "abcd"),
        ("user:str:group asc,user:int:n desc", "cabd"),
        ("user:group desc, user:int:n asc", "bacd"),
        ("format asc", "dcba"),
    ] {
        let names = client.names(&[("sort", sort)]).await.concat();
        assert_eq!(names, expected, "{sort}");
    }
}

#[tokio::test]
async fn facets_count_the_values_of_the_results() {
    let client = TestClient::start().await;
    for (name, category, labels) in [
        ("a", "one", json!(["x", "y"])),
        ("b", "two", json!(["x"])),
        ("c", "two", json!([])),
    ] {
        client
            .add(name, json!({"category": category, "array:labels": labels}))
            .await;
    }
    let (_, body) = client
        .list(&[
            ("facets", "user:array:labels,user:str:category"),
            ("limit", "0"),
        ])
        .await;
    assert_eq!((&body["total"], &body["items"]), (&json!(3), &json!([])));
    assert_eq!(
        body["facets"],
        json!({
            "user:array:labels": [{"value": "x", "count": 2}, {"value": "y", "count": 1}],
            "user:str:category": [{"value": "two", "count": 2}, {"value": "one", "count": 1}],
        })
    );
}

#[tokio::test]
async fn pages_by_offset_have_links() {
    let client = TestClient::start().await;
    client.emulator.seed_images("acme", 5);
    let query = |offset: &'static str| [("format", "gif"), ("limit", "2"), ("offset", offset)];

    let (_, first) = client.list(&query("0")).await;
    assert_eq!(names(&first), ["4.gif", "3.gif"]);
    assert!(first["cursor"].is_string());
    assert_eq!(
        first["links"],
        json!({"next": {"href": "/sourceimages/acme?format=gif&limit=2&offset=2"}})
    );
    let (_, second) = client.list(&query("2")).await;
    assert_eq!(names(&second), ["2.gif", "1.gif"]);
    assert!(second.get("cursor").is_none());
    assert_eq!(
        second["links"]["prev"]["href"],
        "/sourceimages/acme?limit=2&offset=0"
    );
    let (_, last) = client.list(&query("4")).await;
    assert_eq!(names(&last), ["0.gif"]);
    assert!(last["links"].get("next").is_none());
    let (_, beyond) = client.list(&query("6")).await;
    assert_eq!((&beyond["total"], names(&beyond).len()), (&json!(5), 0));

    let (_, only) = client.list(&[]).await;
    assert!(only["cursor"].is_string(), "a cursor does not mean more");
    assert_eq!(only["links"], json!({}));
}

#[tokio::test]
async fn cursors_visit_every_image_once_in_any_order() {
    let client = TestClient::start().await;
    client.emulator.seed_images("acme", 57);
    for sort in [
        "created desc",
        "created asc",
        "user:int:number desc",
        "height asc,name desc",
    ] {
        let whole = client.names(&[("sort", sort)]).await;
        let mut seen = Vec::new();
        let mut offset: Option<String> = None;
        loop {
            let mut query = vec![("sort", sort), ("limit", "10"), ("format", "gif")];
            if let Some(offset) = &offset {
                query.push(("offset", offset));
            }
            let (status, page) = client.list(&query).await;
            assert_eq!(status, 200, "{page}");
            assert_eq!(page["total"], 57);
            let cursor = text(&page["cursor"]);
            if names(&page).is_empty() {
                assert_eq!(Some(cursor), offset, "nothing follows any more");
                break;
            }
            assert_eq!(page["links"].get("prev"), None);
            seen.extend(names(&page));
            offset = Some(cursor);
        }
        assert_eq!(seen, whole, "{sort}");
    }
}

#[tokio::test]
async fn a_cursor_keeps_its_position_and_belongs_to_its_search() {
    let client = TestClient::start().await;
    client.emulator.seed_images("acme", 6);
    let (_, page) = client.list(&[("limit", "2")]).await;
    let cursor = text(&page["cursor"]);
    client.add("new", json!({})).await;
    client
        .send("DELETE", &text(&page["items"][1]["link"]))
        .await;
    let query = [("limit", "2"), ("offset", cursor.as_str())];
    assert_eq!(client.names(&query).await, ["3.gif", "2.gif"]);
    let (status, _) = client.list(&[("offset", &cursor), ("format", "gif")]).await;
    assert_eq!(status, 400);
    let (status, _) = client.list(&[("offset", &cursor[1..])]).await;
    assert_eq!(status, 400);
    // A plus sign decodes to a space.
    let path = format!("/sourceimages/acme?offset={cursor}");
    assert_eq!(client.send("GET", &path).await.0, 400);
}

#[tokio::test]
async fn more_than_ten_thousand_images_are_fast_and_need_a_cursor() {
    let client = TestClient::start().await;
    let begin = Instant::now();
    let hashes = client.emulator.seed_images("acme", 10_500);
    let seeded = begin.elapsed();
    assert_eq!(hashes.len(), 10_500);
    assert!(seeded < Duration::from_secs(2), "{seeded:?}");

    let begin = Instant::now();
    let (status, page) = client.list(&[("limit", "1000"), ("offset", "9000")]).await;
    let listed = begin.elapsed();
    println!("seeded in {seeded:?}, a page of 1000 in {listed:?}");
    assert_eq!(status, 200);
    assert_eq!(page["total"], 10_500);
    assert_eq!(names(&page)[0], "1499.gif");
    assert!(listed < Duration::from_secs(1), "{listed:?}");
    let next = text(&page["links"]["next"]["href"]);
    let (status, page) = client.send("GET", &next).await;
    assert_eq!(status, 200, "a cursor leads out of the window");
    assert_eq!(names(&page).len(), 500);
    assert_eq!(names(&page)[499], "0.gif");
    let (status, _) = client.list(&[("limit", "1000"), ("offset", "9001")]).await;
    assert_eq!(status, 400);

    let found = client
        .list(&[("limit", "1"), ("sort", "user:int:number asc")])
        .await
        .1;
    assert_eq!(names(&found), ["0.gif"]);
}

#[tokio::test]
async fn short_hashes_are_unique() {
    let client = TestClient::start().await;
    // Some of so many hashes share their first six digits.
    let hashes = client.emulator.seed_images("acme", 12_000);
    let mut seen = HashMap::new();
    let (first, second) = hashes
        .iter()
        .find_map(|hash| Some((seen.insert(&hash[..6], hash)?, hash)))
        .unwrap();
    for (hash, length) in [(first, 6), (second, 7)] {
        let (_, image) = client
            .send("GET", &format!("/sourceimages/acme/{}", &hash[..length]))
            .await;
        assert_eq!(image["hash"], **hash);
        assert_eq!(image["short_hash"], hash[..length]);
    }
}

#[tokio::test]
async fn an_emulator_can_be_started_and_used_anywhere() {
    let emulator = tokio::spawn(Emulator::start()).await.unwrap();
    let url = std::thread::spawn(move || emulator.url()).join().unwrap();
    assert!(url.starts_with("http://127.0.0.1:"));
}

#[tokio::test]
async fn failures_can_be_queued() {
    let client = TestClient::start().await;
    client.emulator.fail_next(2, 503, "");
    client.emulator.fail_next_with(
        1,
        429,
        [("Retry-After", "1")],
        r#"{"code":429,"message":"slow"}"#,
    );
    let path = "/sourceimages/acme";
    assert_eq!(client.send("GET", path).await.0, 503);
    assert_eq!(client.send("GET", path).await.0, 503);
    let response = client.request("GET", path).send().await.unwrap();
    assert_eq!(response.status(), 429);
    assert_eq!(header(&response, "retry-after"), Some("1"));
    assert_eq!(header(&response, "content-type"), Some("application/json"));
    assert_eq!(client.send("GET", path).await.0, 200);
}

#[tokio::test]
async fn a_stack_that_clients_cannot_decode_is_rejected() {
    let client = TestClient::start().await;
    for body in [
        json!({"stack_operations": [], "stack_options": -1}),
        json!({"operations": [], "expressions": [{"overrides": {}}]}),
        json!({"operations": [], "expressions": [{"expression": "x", "overrides": 1}]}),
        json!({"operations": [], "variables": "w"}),
        json!({"operations": [{"name": "noop", "options": "x"}]}),
    ] {
        let (status, response) = client
            .send_json("PUT", "/stacks/acme/st", body.clone())
            .await;
        assert_eq!(status, 400, "{body} {response}");
        assert_eq!(client.send("GET", "/stacks/acme/st").await.0, 404, "{body}");
    }
    let whole = json!({"operations": [], "options": [], "expressions": [], "variables": []});
    let (status, _) = client.send_json("PUT", "/stacks/acme/st", whole).await;
    assert_eq!(status, 201);
}

#[tokio::test]
async fn requests_are_recorded_without_credentials() {
    let client = TestClient::start().await;
    let request = client
        .request(
            "PUT",
            "/sourceimages/acme/alias/a%5Fb?overwrite=true&x=%C3%A4",
        )
        .header("Authorization", "Bearer secret")
        .header("Api-Version", "1")
        .body("12345");
    request.send().await.unwrap();
    let requests = client.emulator.requests();
    assert_eq!(requests.len(), 1);
    let request = &requests[0];
    assert_eq!(request.method, "PUT");
    assert_eq!(request.path, "/sourceimages/acme/alias/a%5Fb");
    assert_eq!(request.parameter("x"), Some("ä"));
    assert_eq!(request.header("api-version"), Some("1"));
    assert_eq!(request.header("Api-Key"), Some("[redacted]"));
    assert_eq!(request.body_length, 5);
    let shown = format!("{requests:?} {:?}", client.emulator);
    assert!(!shown.contains(client.emulator.api_key()));
    assert!(!shown.contains("secret"));
}

#[tokio::test]
async fn responses_have_the_latency_of_the_builder() {
    let builder = Emulator::builder()
        .api_key("key of my own")
        .latency(Duration::from_millis(150));
    assert!(!format!("{builder:?}").contains("key of my own"));
    let client = TestClient::with(builder.start().await);
    let begin = Instant::now();
    assert_eq!(client.send("GET", "/").await.0, 200);
    assert!(begin.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn emulators_share_nothing() {
    let first = TestClient::start().await;
    let hash = first.add("only in the first", json!({})).await;
    let second = TestClient::start().await;
    assert_ne!(first.emulator.url(), second.emulator.url());
    assert!(second.names(&[]).await.is_empty());

    let image = first.request("GET", &format!("/sourceimages/acme/{hash}"));
    let again = image.try_clone().unwrap();
    assert_eq!(image.send().await.unwrap().status(), StatusCode::OK);
    drop(first.emulator);
    let refused = again.send().await;
    // Another emulator may have the port by now, but not the image.
    assert!(refused.is_err_and(|error| error.is_connect() || error.is_request()));
}

#[tokio::test]
async fn no_request_stops_the_server() {
    let client = TestClient::start().await;
    let hash = client.add("a", json!({})).await;
    let forms = [
        "--b\r\n",
        "--b\r\nContent-Disposition: form-data; name=\"\\\r\n\r\n\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=x[; filename=y\r\n\r\nz\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=meta_dynamic[0][\r\n\r\n{}\r\n--b--",
        "",
        "null",
        "[]",
        "{}",
        "\"x\"",
        "[[[[[[",
        "{\"hash\":5}",
        "1e999",
        "-5",
    ];
    let bodies: Vec<Vec<u8>> = forms
        .iter()
        .map(|form| form.as_bytes().to_vec())
        .chain([vec![0xff, 0xfe, 0], b"[".repeat(5000)])
        .collect();
    let tails = [
        "",
        "/copy",
        "/restore",
        "/download",
        "/name",
        "/options/protected",
        "/options/locked",
        "/meta/user",
        "/meta/user/a",
        "/meta/dynamic/multi_areas",
        "/cache",
        "/autodescription",
        "//",
        "/../..",
        "?offset=+/==&limit=0&sort=,&facets=,&binaryhash=*&name=%5B%2C%5D",
    ];
    let heads = [
        format!("/sourceimages/acme/{hash}"),
        "/sourceimages/acme".to_owned(),
        "/sourceimages/acme/alias/a".to_owned(),
        "/%00%F0%9F%98%80".to_owned(),
    ];
    for head in &heads {
        for tail in tails {
            for method in [
                "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "COPY", "ODD",
            ] {
                for body in bodies.iter().skip(if method == "GET" { 14 } else { 0 }) {
                    let response = client
                        .request(method, &format!("{head}{tail}"))
                        .header("Content-Type", "multipart/form-data; boundary=b")
                        .header("Destination", "acme")
                        .header("Range", "bytes=0-")
                        .body(body.clone())
                        .send()
                        .await
                        .unwrap_or_else(|error| panic!("{method} {head}{tail} {body:?}: {error}"));
                    assert!(response.status().as_u16() < 500, "{method} {head}{tail}");
                }
            }
        }
    }
    assert_eq!(client.send("GET", "/").await.0, 200);
}
