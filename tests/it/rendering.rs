//! What the service renders, signs and lists by itself.

use crate::support::{HASH, KEY, RecordedRequest, Server, json, reply};
use chrono::{TimeZone, Utc};
use rokka::render::{Operation, SigningKey, Value as RenderValue};
use rokka::stacks::operations::Resize;
use rokka::testing::{Emulator, EmulatorExt};
use rokka::{Client, Retry, Source};
use serde_json::json;

#[tokio::test]
async fn a_url_is_signed_by_the_service() {
    let url = "https://acme.rokka.io/thumb/3f9a21.jpg";
    let signed = json!({"signed_url": format!("{url}?sig=0123"), "original_url": url});
    let server = Server::exactly([json(200, &signed), json(200, &signed)]);
    let client = server.client();
    let response = client.sign_url("acme", url).await.unwrap();
    assert_eq!(response.signed_url, format!("{url}?sig=0123"));
    let until = Utc.with_ymd_and_hms(2031, 3, 1, 10, 2, 11).unwrap();
    let call = client.sign_url("acme", url);
    call.until(until).round_up_to(60).await.unwrap();
    let requests = server.requests();
    assert_eq!(requests[0].line(), "POST /utils/acme/sign_url");
    assert_eq!(
        requests[0].json(),
        json!({"url": url, "round_date_up_to": 300})
    );
    assert_eq!(requests[1].json()["round_date_up_to"], 60);
    let sent = requests[1].json()["until"].as_str().unwrap().to_owned();
    assert!(sent.starts_with("2031-03-01T10:02:11"), "{sent}");

    for url in ["", "thumb/3f9a21.jpg", "ftp://acme.rokka.io/a.jpg"] {
        let error = client.sign_url("acme", url).await.unwrap_err();
        assert!(error.is_invalid_input(), "{url}");
    }
    let call = client.sign_url("acme", url).round_up_to(0);
    assert!(call.await.unwrap_err().is_invalid_input());
    let error = client.sign_url("Acme", url).await.unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn the_emulator_signs_as_this_crate_does() {
    let emulator = Emulator::start().await;
    let client = emulator.client().unwrap();
    let url = "https://acme.rokka.io/thumb/3f9a21.jpg";
    let key = SigningKey::from(emulator.signing_key());
    let plain = client.sign_url("acme", url).await.unwrap();
    assert_eq!(plain.signed_url, key.sign(url).unwrap());
    let until = Utc.with_ymd_and_hms(2031, 3, 1, 10, 2, 11).unwrap();
    let limited = client.sign_url("acme", url).until(until).await.unwrap();
    assert!(key.verify(&limited.signed_url, Utc::now()).is_valid());
    assert!(
        !key.verify(&limited.signed_url, until + chrono::Duration::days(1))
            .is_valid()
    );
    assert!(limited.until.is_some());
}

#[tokio::test]
async fn a_file_is_rendered_without_being_stored() {
    let picture = || Source::bytes("cat.jpg", &b"picture"[..]);
    let done = || reply(200, "drawn").header("content-type", "image/webp");
    let server = Server::exactly([done(), done(), done(), done()]);
    let client = server.client();
    let upload = || client.render_upload("acme", picture());
    let download = upload().stack("card").format("webp").await.unwrap();
    assert_eq!(download.media_type(), Some("image/webp"));
    assert_eq!(&*download.bytes().await.unwrap(), b"drawn");
    let bytes = upload()
        .dynamic([
            Operation::from(Resize::to_width(200)),
            Operation::new("rotate").option("angle", 90),
        ])
        .option("pdf.pages", "1,3,5..7")
        .variable("w", 300)
        .variable("text", "50% off")
        .bytes()
        .await
        .unwrap();
    assert_eq!(&*bytes, b"drawn");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out.jpg");
    let size = upload().to_file(&path).await.unwrap();
    assert_eq!(
        (size, std::fs::read(&path).unwrap()),
        (5, b"drawn".to_vec())
    );
    let wider = Operation::new("resize").option("width", 100);
    let call = upload().stack("card").override_operation(wider);
    call.bytes().await.unwrap();
    let requests = server.requests();
    let lines: Vec<_> = requests.iter().map(RecordedRequest::line).collect();
    assert_eq!(
        lines,
        [
            "POST /utils/acme/render/card.webp",
            "POST /utils/acme/render/dynamic/resize-width-200--rotate-angle-90/o-pdf.pages-1,3,5..7.jpg\
             ?v=%7B%22w%22%3A300%2C%22text%22%3A%2250%25+off%22%7D",
            "POST /utils/acme/render/dynamic.jpg",
            "POST /utils/acme/render/card/resize-width-100.jpg",
        ]
    );
    for one in requests {
        assert_eq!(one.header("api-key"), Some(KEY));
        let part = one.parts().remove(0);
        assert_eq!(part.disposition, r#"name="filedata"; filename="cat.jpg""#);
        assert_eq!(part.media_type.as_deref(), Some("application/octet-stream"));
        assert_eq!(part.body, b"picture");
    }
}

#[tokio::test]
async fn what_cannot_be_rendered_is_not_sent() {
    let server = Server::exactly([]);
    let client = server.client();
    let upload = |source| client.render_upload("acme", source);
    let picture = || Source::bytes("cat.jpg", &b"picture"[..]);
    for call in [
        upload(Source::url("https://example.org/cat.jpg")),
        upload(picture().user_metadata("title", "x")),
        upload(picture().protected(true)),
        upload(Source::bytes("", &b"x"[..])),
        upload(picture()).stack("_albums"),
        upload(picture()).stack("a/b"),
        upload(picture()).format("mp4"),
        upload(picture()).format("m3u8"),
        upload(picture()).option("basestack", "a"),
        upload(picture()).option("source_file", true),
        upload(picture()).option("pdf.pages", "1-3"),
        upload(picture()).variable("w", RenderValue::expression("$x")),
        upload(picture()).override_operation(Operation::new("resize")),
    ] {
        let shown = format!("{call:?}");
        let error = call.await.unwrap_err();
        assert!(error.is_invalid_input(), "{shown}: {error}");
    }
    let error = client.render_upload("Acme", picture()).await.unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_rendering_is_tried_again_with_its_file() {
    let server = Server::exactly([reply(503, ""), reply(200, "drawn")]);
    let retry = Retry::new().initial_backoff(std::time::Duration::from_millis(1));
    let source = Source::bytes("cat.jpg", &b"picture"[..]);
    let call = server.client().render_upload("acme", source);
    assert_eq!(&*call.retry(retry).bytes().await.unwrap(), b"drawn");
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].parts()[0].body, requests[1].parts()[0].body);
    let server = Server::exactly([json(
        400,
        &json!({"error": {"code": 400, "message": "no such page"}}),
    )]);
    let source = Source::bytes("cat.pdf", &b"pdf"[..]);
    let error = server
        .client()
        .render_upload("acme", source)
        .await
        .unwrap_err();
    assert_eq!(error.operation(), Some("renderUploadedImage"));
    assert!(error.to_string().contains("no such page"), "{error}");
}

#[tokio::test]
async fn a_rendering_is_downloaded_from_the_render_host_without_credentials() {
    let picture = || {
        reply(200, "drawn")
            .header("content-type", "image/webp")
            .header("etag", "\"v1\"")
    };
    let missing = json!({"error": {"code": 404, "message": "no such stack"}});
    let server = Server::exactly([picture(), picture(), picture(), json(404, &missing)]);
    let client = Client::builder()
        .api_host("https://api.example.org")
        .api_key("key")
        .render_host(server.url())
        .retry(Retry::never())
        .build()
        .unwrap();
    let url = client.render("acme", HASH).unwrap();
    let url = url.stack("card").option("dpr", 2).format("webp");
    let download = client.download_rendering(&url).await.unwrap();
    assert_eq!(
        (download.media_type(), download.size()),
        (Some("image/webp"), Some(5))
    );
    assert_eq!(&*download.bytes().await.unwrap(), b"drawn");
    let bytes = client.download_rendering(&url).range(2..).bytes().await;
    // The server returns the whole file, and the download the part that was asked for.
    assert_eq!(&*bytes.unwrap(), b"awn");
    let folder = tempfile::tempdir().unwrap();
    let call = client.download_rendering(&url).to_directory(folder.path());
    let path = call.await.unwrap();
    assert_eq!(path.file_name().unwrap(), format!("{HASH}.webp").as_str());
    assert_eq!(std::fs::read(path).unwrap(), b"drawn");
    let error = client.download_rendering(&url).await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.operation(), Some("renderSourceImage"));
    let requests = server.requests();
    for one in &requests {
        assert_eq!(one.line(), format!("GET /card/o-dpr-2/{HASH}.webp"));
        assert_eq!(one.header("accept-encoding"), Some("identity"));
        for name in ["api-key", "authorization", "api-version"] {
            assert_eq!(one.header(name), None, "{name}");
        }
    }
    assert_eq!(requests[1].header("range"), Some("bytes=2-"));

    for refused in [
        client.download_rendering(&url.clone().stack("a/b")),
        client.download_rendering(&url).verify("00"),
    ] {
        let error = refused.await.unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
    }
}

#[tokio::test]
async fn albums_are_read_in_both_shapes_without_credentials() {
    let gallery = json!({"total": 1, "items": [
        {"hash": HASH, "name": "cat.jpg", "mimetype": "image/jpeg", "format": "jpg"}]});
    let mock = json!({"album": "cats", "total": 1, "images": [
        {"hash": HASH, "name": "cat.jpg", "favorite": true}]});
    let server = Server::exactly([json(200, &gallery), json(200, &mock), reply(404, "")]);
    let client = Client::builder()
        .api_host("https://api.example.org")
        .api_key("key")
        .render_host(server.url())
        .retry(Retry::never())
        .build()
        .unwrap();
    let all = client.album("acme", "summer 2025").await.unwrap();
    assert_eq!((all.items[0].hash.as_str(), all.total), (HASH, Some(1)));
    assert_eq!(all.items[0].format.as_deref(), Some("jpg"));
    let favorites = client.album("acme", "cats").favorites().await.unwrap();
    assert!(favorites.items[0].favorite);
    assert!(favorites.images.is_empty());
    let error = client.album("acme", "dogs").await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.operation(), Some("getAlbum"));
    let requests = server.requests();
    assert_eq!(requests[0].line(), "GET /_albums/summer%202025/all.json");
    assert_eq!(requests[1].line(), "GET /_albums/cats/favorites.json");
    for one in requests {
        for name in ["api-key", "authorization", "api-version"] {
            assert_eq!(one.header(name), None, "{name}");
        }
    }
    let error = client.album("acme", "a/b").await.unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
}

/// A picture that the emulator accepts.
fn picture() -> Source {
    let bytes: &[u8] = include_bytes!("../../examples/pictures/fields.png");
    Source::bytes("a.png", bytes)
}

#[tokio::test]
async fn what_the_service_returns_is_the_image_of_a_url() {
    let emulator = Emulator::start().await;
    let client = emulator.client().unwrap();
    let images = client.source_images("acme").unwrap();
    let image = images.upload(picture()).await.unwrap();
    let alias = images.aliases().create("logo", &image.hash).await.unwrap();
    let url = |source: rokka::render::ImageSource| {
        let url = rokka::render::RenderUrl::new("acme", source).unwrap();
        url.stack("thumb").url().unwrap()
    };
    assert_eq!(
        url((&image).into()),
        format!("https://acme.rokka.io/thumb/{}.jpg", image.hash)
    );
    assert_eq!(
        url((&alias).into()),
        "https://acme.rokka.io/thumb/-_logo_-.jpg"
    );
    let built = client.render("acme", &image).unwrap().url().unwrap();
    assert!(
        built.ends_with(&format!("/dynamic/{}.jpg", image.hash)),
        "{built}"
    );
}

#[tokio::test]
async fn operations_of_different_types_render_an_upload() {
    let server = Server::exactly([reply(200, "rendered"), reply(200, "rendered")]);
    let render = |operation: Operation| {
        let upload = server
            .client()
            .render_upload("acme", Source::bytes("a.png", "a"));
        upload
            .operation(operation)
            .operation(rokka::stacks::operations::Grayscale::new())
    };
    let call = render(Resize::to_width(20).into()).bytes();
    assert_eq!(&call.await.unwrap()[..], b"rendered");
    let wide = || render(Resize::to_width(20_000).into());
    let error = wide().bytes().await.unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    wide().unchecked().bytes().await.unwrap();
    let lines: Vec<_> = server
        .requests()
        .iter()
        .map(RecordedRequest::line)
        .collect();
    assert_eq!(
        lines,
        [
            "POST /utils/acme/render/dynamic/resize-width-20--grayscale.jpg",
            "POST /utils/acme/render/dynamic/resize-width-20000--grayscale.jpg",
        ]
    );
}

#[tokio::test]
async fn a_description_by_people_comes_before_a_generated_one() {
    let emulator = Emulator::start().await;
    let images = emulator.source_images().unwrap();
    let upload = images
        .upload(picture())
        .auto_description(["en", "de"])
        .user_metadata("text:description_en", "Eve's \"cat\"");
    let image = upload.await.unwrap();
    assert_eq!(image.description("en"), Some("Eve's \"cat\""));
    assert_eq!(image.description("de"), image.auto_description("de"));
    assert!(image.description("de").is_some());
    assert_eq!(image.description("fr"), None);
    let url = rokka::render::RenderUrl::new("acme", &image).unwrap();
    let img = url.stack("thumb").srcset().density(2).img().unwrap();
    let html = img.html(image.description("en").unwrap());
    assert!(html.ends_with(" alt=\"Eve's &quot;cat&quot;\">"), "{html}");
}
