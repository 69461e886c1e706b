//! Calls of any operation by its id.

use std::collections::BTreeSet;

use crate::support::{HASH, KEY, RecordedRequest, Server, image, json, list, reply};
use rokka::api::{self, ApiBody, ApiOperation, ParameterKind, ParameterPlace};
use rokka::testing::{Emulator, EmulatorExt};
use rokka::{Client, Retry, Source};
use serde_json::{Value, json};

fn lines(server: &Server) -> Vec<String> {
    let requests = server.requests();
    requests.iter().map(RecordedRequest::line).collect()
}

#[test]
fn the_table_has_every_operation_of_the_description() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/rokka.json");
    let description: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut expected = BTreeSet::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for method in ["get", "put", "post", "delete", "patch"] {
            if let Some(operation) = item.get(method) {
                let id = operation["operationId"].as_str().unwrap();
                expected.insert((id.to_owned(), method.to_uppercase(), path.clone()));
            }
        }
    }
    let listed = api::operations().iter();
    let listed: BTreeSet<_> = listed
        .map(|it| (it.id.to_owned(), it.method.to_owned(), it.path.to_owned()))
        .collect();
    assert_eq!(listed.len(), 70);
    assert_eq!(listed, expected);
    for operation in api::operations() {
        assert!(!operation.summary.is_empty(), "{}", operation.id);
        assert!(
            operation.reference.starts_with("https://"),
            "{}",
            operation.id
        );
        let names = operation.path.split('{').skip(1);
        let in_path: BTreeSet<_> = names.filter_map(|rest| rest.split('}').next()).collect();
        let places = operation.parameters.iter();
        let places = places.filter(|it| it.place == ParameterPlace::Path && it.required);
        assert_eq!(
            places.map(|it| it.name).collect::<BTreeSet<_>>(),
            in_path,
            "{}",
            operation.id
        );
    }
    let files = api::operations().iter().filter(|it| it.returns_file);
    assert_eq!(
        files.map(|it| it.id).collect::<Vec<_>>(),
        [
            "downloadSourceImage",
            "downloadSourceImages",
            "renderUploadedImage"
        ]
    );
    let forms = api::operations()
        .iter()
        .filter(|it| it.body == ApiBody::Form);
    assert_eq!(
        forms.map(|it| it.id).collect::<Vec<_>>(),
        ["createSourceImage", "renderUploadedImage"]
    );
    let upload = ApiOperation::find("create_source_image").unwrap();
    let part = upload.parameter("meta_user[3]").unwrap();
    assert_eq!(
        (part.name, part.kind),
        ("meta_user[0]", ParameterKind::Json)
    );
    assert_eq!(upload.parameter("url[]").unwrap().name, "url[0]");
    assert!(upload.parameter("url[x]").is_none());
    assert_eq!(
        upload.nearest_parameter("optimise_source"),
        Some("optimize_source")
    );
}

#[tokio::test]
async fn parameters_go_to_their_places() {
    let stack =
        json!({"name": "card", "organization": "acme", "created": "2026-01-01T00:00:00+00:00"});
    let server = Server::exactly([
        json(200, &list(&[image(HASH)])),
        json(200, &stack),
        reply(204, ""),
        json(201, &image(HASH)),
        reply(204, ""),
        json(200, &json!({"items": []})),
        json(200, &json!({"api_key": "k", "id": "i"})),
    ]);
    let client = server.client();
    let call = client
        .request_operation("listSourceImages")
        .parameter("organization", "acme")
        .parameter("limit", 5)
        .parameter("deleted", "true")
        .parameter("user:array:labels", "cat & dog");
    let found = call.await.unwrap();
    assert_eq!(found.json::<Value>().unwrap()["items"][0]["hash"], HASH);
    let call = client
        .request_operation("createStack")
        .parameter("organization", "acme")
        .parameter("name", "card")
        .parameter("overwrite", true)
        .parameter("operations", r#"[{"name": "grayscale"}]"#)
        .parameter("description", "grey");
    call.await.unwrap();
    let call = client
        .request_operation("patchSourceImageMetaUser")
        .parameter("organization", "acme")
        .parameter("hash", HASH)
        .parameter("title", "A cat")
        .parameter("int:sku", 42);
    call.await.unwrap();
    let call = client
        .request_operation("copySourceImage")
        .parameter("organization", "acme")
        .parameter("hash", HASH)
        .parameter("Destination", "backup")
        .parameter("Overwrite", "F");
    call.await.unwrap();
    let call = client
        .request_operation("putSourceImageName")
        .parameter("organization", "acme")
        .parameter("hash", HASH)
        .json(&"a \"cat\".jpg");
    call.await.unwrap();
    let call = client
        .request_operation("deleteStackCache")
        .parameter("organization", "acme")
        .parameter("name", "a/b");
    call.await.unwrap();
    let call = client
        .request_operation("createUserApiKey")
        .json(&json!({"comment": "from the body", "trusted": false}))
        .parameter("trusted", "true");
    call.await.unwrap();
    assert_eq!(
        lines(&server),
        [
            "GET /sourceimages/acme?limit=5&deleted=true&user%3Aarray%3Alabels=cat+%26+dog"
                .to_owned(),
            "PUT /stacks/acme/card?overwrite=true".to_owned(),
            format!("PATCH /sourceimages/acme/{HASH}/meta/user"),
            format!("POST /sourceimages/acme/{HASH}/copy"),
            format!("PUT /sourceimages/acme/{HASH}/name"),
            "DELETE /stacks/acme/a%2Fb/cache".to_owned(),
            "POST /user/apikeys".to_owned(),
        ]
    );
    let requests = server.requests();
    assert_eq!(
        requests[1].json(),
        json!({"operations": [{"name": "grayscale"}], "description": "grey"})
    );
    assert_eq!(requests[2].json(), json!({"title": "A cat", "int:sku": 42}));
    assert_eq!(requests[3].header("destination"), Some("backup"));
    assert_eq!(requests[3].header("overwrite"), Some("F"));
    assert_eq!(&*requests[4].body, br#""a \"cat\".jpg""#);
    assert_eq!(
        requests[6].json(),
        json!({"comment": "from the body", "trusted": true})
    );
    for one in requests {
        assert_eq!(one.header("api-key"), Some(KEY));
        assert_eq!(one.header("api-version"), Some("1"));
    }
}

#[tokio::test]
async fn wrong_parameters_are_named_and_nothing_is_sent() {
    let server = Server::exactly([]);
    let client = server.client();
    let get = || client.request_operation("getSourceImage");
    let image = || {
        get()
            .parameter("organization", "acme")
            .parameter("hash", HASH)
    };
    let search = || client.request_operation("listSourceImages");
    let wrong = [
        (
            client.request_operation("getSourceImages"),
            "unknown operation `getSourceImages`: did you mean `getSourceImage`?",
        ),
        (
            get()
                .parameter("organisation", "acme")
                .parameter("hash", HASH),
            "`getSourceImage` has no parameter `organisation`: did you mean `organization`?",
        ),
        (
            get().parameter("organization", "acme"),
            "`getSourceImage` needs the parameter `hash`",
        ),
        (
            search().parameter("organisation", "acme"),
            "needs the parameter `organization`: did you mean it by `organisation`?",
        ),
        (
            image().parameter("deleted", "maybe"),
            "invalid value of `deleted`: it must be `true` or `false`",
        ),
        (image().json(&1), "`getSourceImage` takes no JSON body"),
        (image().parameter("hash", ""), "invalid value of `hash`"),
        (
            search()
                .parameter("organization", "acme")
                .parameter("limit", 1.5),
            "invalid value of `limit`: it must be a whole number",
        ),
        (
            client.request_operation("createUser"),
            "`createUser` needs the parameter `email`: set it, or a body",
        ),
        (
            client
                .request_operation("putSourceImageName")
                .parameter("organization", "acme")
                .parameter("hash", HASH),
            "`putSourceImageName` needs a JSON body",
        ),
        (
            get()
                .parameter("organization", "acme")
                .parameter("hash", ".."),
            "must not have the segments",
        ),
        (
            client
                .request_operation("createSourceImage")
                .parameter("organization", "acme")
                .file("options[0]", Source::bytes("a", "b")),
            "`options[0]` of `createSourceImage` is not a file",
        ),
        (
            client
                .request_operation("createSourceImage")
                .parameter("organization", "acme")
                .file("filedata", Source::url("https://example.org/a.jpg")),
            "set it as the parameter `url[0]`",
        ),
    ];
    for (call, expected) in wrong {
        let shown = format!("{call:?}");
        let error = call.await.unwrap_err();
        assert!(error.is_invalid_input(), "{shown}: {error}");
        assert!(error.to_string().contains(expected), "{shown}: {error}");
    }
    let error = image().download().bytes().await.unwrap_err();
    assert!(
        error.to_string().contains("returns JSON and no file"),
        "{error}"
    );
    let download = client.request_operation("downloadSourceImage");
    let error = download.download().bytes().await.unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn files_go_out_in_forms_and_come_back_as_downloads() {
    let server = Server::exactly([
        json(200, &list(&[image(HASH)])),
        reply(503, ""),
        reply(200, "drawn").header("content-type", "image/png"),
        reply(200, "the original").header("content-disposition", "attachment; filename=\"a.png\""),
    ]);
    let client = server.client();
    let retry = Retry::new().initial_backoff(std::time::Duration::from_millis(1));
    let call = client
        .request_operation("createSourceImage")
        .parameter("organization", "acme")
        .file("filedata", Source::bytes("a.png", "bytes"))
        .parameter("meta_user[0]", json!({"int:sku": 42}))
        .parameter("optimize_source", "true");
    call.await.unwrap();
    let call = client
        .request_operation("renderUploadedImage")
        .parameter("organization", "acme")
        .parameter("renderPath", "dynamic/resize-width-20.png")
        .parameter("v", r#"{"w":1}"#)
        .file("filedata", Source::bytes("a.png", "bytes"));
    assert_eq!(
        &*call.download().retry(retry).bytes().await.unwrap(),
        b"drawn"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.png");
    let call = client
        .request_operation("downloadSourceImage")
        .parameter("organization", "acme")
        .parameter("hash", HASH);
    assert_eq!(call.download().to_file(&path).await.unwrap(), 12);
    assert_eq!(std::fs::read(path).unwrap(), b"the original");
    let rendering = "POST /utils/acme/render/dynamic/resize-width-20.png?v=%7B%22w%22%3A1%7D";
    assert_eq!(
        lines(&server),
        [
            "POST /sourceimages/acme".to_owned(),
            rendering.to_owned(),
            rendering.to_owned(),
            format!("GET /sourceimages/acme/{HASH}/download"),
        ]
    );
    let requests = server.requests();
    let parts = requests[0].parts();
    assert_eq!(parts[0].disposition, r#"name="filedata"; filename="a.png""#);
    assert_eq!(parts[0].body, b"bytes");
    assert_eq!(parts[1].disposition, r#"name="meta_user[0]""#);
    assert_eq!(parts[1].body, br#"{"int:sku":42}"#);
    assert_eq!(parts[2].body, b"true");
    assert_eq!(requests[3].header("api-key"), Some(KEY));
}

#[tokio::test]
async fn retries_and_errors_are_those_of_the_operation() {
    let failed = json!({"error": {"code": 502, "message": "bad gateway"}});
    let server = Server::exactly([
        json(502, &failed),
        json(200, &image(HASH)),
        json(502, &failed),
    ]);
    let client = server.client();
    let retry = || Retry::new().initial_backoff(std::time::Duration::from_millis(1));
    let call = client
        .request_operation("restoreSourceImage")
        .parameter("organization", "acme")
        .parameter("hash", HASH);
    call.retry(retry()).await.unwrap();
    // The description says that a new user is created every time.
    let call = client
        .request_operation("createUser")
        .parameter("email", "a@example.com");
    let error = call.retry(retry()).await.unwrap_err();
    assert_eq!(
        (error.operation(), error.attempts()),
        (Some("createUser"), 1)
    );
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn an_album_comes_from_the_render_host_without_credentials() {
    let server = Server::exactly([json(200, &json!({"total": 0, "items": []}))]);
    let client = Client::builder()
        .api_host("https://api.example.org")
        .api_key("key")
        .render_host(server.url())
        .build()
        .unwrap();
    let call = client
        .request_operation("getAlbum")
        .parameter("organization", "acme")
        .parameter("album", "summer 2025")
        .parameter("selection", "all");
    assert_eq!(call.await.unwrap().json::<Value>().unwrap()["total"], 0);
    assert_eq!(lines(&server), ["GET /_albums/summer%202025/all.json"]);
    assert_eq!(server.requests()[0].header("api-key"), None);
}

#[tokio::test]
async fn the_emulator_answers_calls_by_id() {
    let emulator = Emulator::start().await;
    let client = emulator.client().unwrap();
    let call = client
        .request_operation("createSourceImage")
        .parameter("organization", "acme")
        .file("filedata", Source::bytes("a.txt", "bytes"));
    let stored: Value = call.await.unwrap().json().unwrap();
    let hash = stored["items"][0]["hash"].as_str().unwrap().to_owned();
    let call = client
        .request_operation("downloadSourceImage")
        .parameter("organization", "acme")
        .parameter("hash", hash);
    assert_eq!(&*call.download().bytes().await.unwrap(), b"bytes");
}
