//! The render host over HTTP: caching, negotiation, remote images, albums, IIIF, and files that are not stored.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::multipart::{Form, Part};
use reqwest::{Client, Response};
use rokka_emulator::{Emulator, EmulatorBuilder};
use serde_json::{Value, json};

use crate::support::http_without_redirects;

const PICTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/pictures");

struct Site {
    emulator: Emulator,
    http: Client,
}

impl Site {
    async fn start() -> Self {
        Self::of(Emulator::builder()).await
    }

    async fn of(builder: EmulatorBuilder) -> Self {
        Self {
            emulator: builder.seed_folder(PICTURES).start().await,
            http: http_without_redirects(),
        }
    }

    async fn send(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = self
            .http
            .request(method, format!("{}{path}", self.emulator.url()));
        let request = request
            .header("Api-Key", self.emulator.api_key())
            .json(&body);
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or_default())
    }

    async fn stack(&self, name: &str, definition: Value) {
        let path = format!("/stacks/acme/{name}?overwrite=true");
        let (status, body) = self.send("PUT", &path, definition).await;
        assert!(matches!(status, 200 | 201), "{body}");
    }

    /// Returns the hash of the picture with this name.
    async fn hash(&self, name: &str) -> String {
        let (_, list) = self.send("GET", "/sourceimages/acme", Value::Null).await;
        let items = list["items"].as_array().unwrap();
        let found = items.iter().find(|image| image["name"] == name).unwrap();
        found["hash"].as_str().unwrap().to_owned()
    }

    async fn get(&self, path: &str) -> Response {
        self.get_with(path, &[]).await
    }

    async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let url = format!("{}{path}", self.emulator.render_host_of("acme"));
        let mut request = self.http.get(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    async fn json(&self, path: &str) -> Value {
        self.get(path).await.json().await.unwrap()
    }
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

fn picture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{PICTURES}/{name}")).unwrap()
}

#[tokio::test]
async fn a_source_file_is_the_original_with_ranges() {
    let site = Site::start().await;
    site.stack(
        "source",
        json!({"operations": [], "options": {"source_file": true}}),
    )
    .await;
    let hash = site.hash("sailing-boat.jpg").await;
    let path = format!("/source/{hash}.jpg");
    let whole = site.get(&path).await;
    assert_eq!(header(&whole, "content-type"), Some("image/jpeg"));
    assert_eq!(header(&whole, "accept-ranges"), Some("bytes"));
    assert_eq!(header(&whole, "x-rokka-emulator-unsupported"), None);
    let etag = header(&whole, "etag").unwrap().to_owned();
    let original = picture("sailing-boat.jpg");
    assert_eq!(whole.bytes().await.unwrap(), original);
    let part = site
        .get_with(&path, &[("range", "bytes=10-19"), ("if-range", &etag)])
        .await;
    assert_eq!(part.status(), 206);
    let range = format!("bytes 10-19/{}", original.len());
    assert_eq!(header(&part, "content-range"), Some(range.as_str()));
    assert_eq!(part.bytes().await.unwrap(), original[10..20]);
    let after = site.get_with(&path, &[("range", "bytes=99999999-")]).await;
    assert_eq!(after.status(), 416);
    let known = site.get_with(&path, &[("if-none-match", &etag)]).await;
    assert_eq!(known.status(), 304);
}

#[tokio::test]
async fn the_same_picture_has_the_same_tag_whatever_the_url() {
    let site = Site::start().await;
    let hash = site.hash("sunrise.png").await;
    site.stack(
        "small",
        json!({"operations": [{"name": "resize", "options": {"width": 20}}]}),
    )
    .await;
    let mut tags = Vec::new();
    for path in [
        format!("/small/{hash}.png"),
        format!("/dynamic/resize-width-20/{hash}/sunrise.png"),
        format!("/dynamic/resize-width-21/{hash}.png"),
    ] {
        let response = site.get(&path).await;
        assert_eq!(response.status(), 200, "{path}");
        tags.push(header(&response, "etag").unwrap().to_owned());
        let known = site
            .get_with(&path, &[("if-none-match", tags.last().unwrap())])
            .await;
        assert_eq!(known.status(), 304);
    }
    assert_eq!(tags[0], tags[1]);
    assert_ne!(tags[0], tags[2]);
}

#[tokio::test]
async fn autoformat_varies_by_accept() {
    let site = Site::start().await;
    let hash = site.hash("sunrise.png").await;
    site.stack(
        "auto",
        json!({"operations": [], "options": {"autoformat": true}}),
    )
    .await;
    let path = format!("/auto/{hash}.png");
    let mut tags = Vec::new();
    for accept in ["image/webp", "*/*"] {
        let response = site.get_with(&path, &[("accept", accept)]).await;
        assert_eq!(header(&response, "vary"), Some("Accept"));
        tags.push(header(&response, "etag").unwrap().to_owned());
    }
    assert_ne!(tags[0], tags[1]);
    let known = site
        .get_with(
            &path,
            &[("accept", "image/webp"), ("if-none-match", &tags[0])],
        )
        .await;
    assert_eq!(
        (known.status().as_u16(), header(&known, "vary")),
        (304, Some("Accept"))
    );
    let other = site
        .get_with(&path, &[("accept", "*/*"), ("if-none-match", &tags[0])])
        .await;
    assert_eq!(other.status(), 200);
}

#[tokio::test]
async fn what_is_left_out_is_in_a_header_and_in_the_journal() {
    let site = Site::start().await;
    let hash = site.hash("sailing-boat.jpg").await;
    let response = site.get(&format!("/dynamic/{hash}.jxl")).await;
    assert_eq!(response.status(), 200);
    let unsupported = header(&response, "x-rokka-emulator-unsupported").unwrap();
    assert!(unsupported.contains("the format jxl"), "{unsupported}");
    assert_eq!(header(&response, "cache-control"), Some("no-cache"));
    assert!(
        header(&response, "access-control-expose-headers")
            .unwrap()
            .contains("X-Rokka-Emulator-Unsupported")
    );
    let requests = site.emulator.requests();
    assert_eq!(
        requests.last().unwrap().unsupported.as_deref(),
        Some(unsupported)
    );
    let (_, journal) = site.send("GET", "/_emulator/requests", Value::Null).await;
    let requests = journal["requests"].as_array().unwrap();
    let recorded = requests
        .iter()
        .find(|request| request["unsupported"].is_string());
    assert_eq!(recorded.unwrap()["unsupported"], unsupported);
}

#[tokio::test]
async fn errors_have_the_body_of_the_service() {
    let site = Site::start().await;
    let hash = site.hash("sailing-boat.jpg").await;
    for (path, status, message) in [
        (format!("/none/{hash}.jpg"), 404, "Stack not found"),
        (
            "/dynamic/abcdef.jpg".to_owned(),
            404,
            "Source image not found",
        ),
        (
            format!("/dynamic/explode/{hash}.jpg"),
            400,
            "The operation `explode` is unknown",
        ),
    ] {
        let response = site.get(&path).await;
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(header(&response, "cache-control"), None);
        let body: Value = response.json().await.unwrap();
        assert_eq!(body, json!({"code": status, "message": message}));
    }
}

#[tokio::test]
async fn an_organization_can_show_the_images_of_another() {
    let site = Site::of(
        Emulator::builder()
            .organization("acme")
            .organization("mirror"),
    )
    .await;
    let hash = site.hash("sailing-boat.jpg").await;
    let status = async || {
        let url = format!(
            "{}/dynamic/{hash}.jpg",
            site.emulator.render_host_of("mirror")
        );
        site.http.get(url).send().await.unwrap().status().as_u16()
    };
    assert_eq!(status().await, 404);
    let option = "/organizations/mirror/options/render_org_fallback";
    assert_eq!(site.send("PUT", option, json!("acme")).await.0, 200);
    assert_eq!(status().await, 200);
}

#[tokio::test]
async fn an_album_lists_the_images_that_name_it() {
    let site = Site::start().await;
    let (boat, sunrise) = (
        site.hash("sailing-boat.jpg").await,
        site.hash("sunrise.png").await,
    );
    for (hash, fields) in [
        (
            &boat,
            json!({"array:albums": ["sea side", "boats"], "array:favorites": ["boats"]}),
        ),
        (&sunrise, json!({"array:albums": ["sea side"]})),
    ] {
        let path = format!("/sourceimages/acme/{hash}/meta/user");
        assert_eq!(site.send("PATCH", &path, fields).await.0, 204);
    }
    let all = site.json("/_albums/sea%20side/all.json").await;
    assert_eq!(
        (&all["album"], &all["total"]),
        (&json!("sea side"), &json!(2))
    );
    let item = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["hash"] == boat.as_str());
    assert_eq!(
        item.unwrap(),
        &json!({
            "hash": boat, "name": "sailing-boat.jpg", "mimetype": "image/jpeg", "format": "jpg", "favorite": false,
        })
    );
    assert_eq!(site.json("/_albums/boats/favorites.json").await["total"], 1);
    assert_eq!(
        site.json("/_albums/sea%20side/favorites.json").await["total"],
        0
    );
    assert_eq!(site.get("/_albums/boats/other.json").await.status(), 404);
}

#[tokio::test]
async fn iiif_viewers_find_the_description_and_need_a_signature_where_the_service_wants_one() {
    let site = Site::start().await;
    let hash = site.hash("sailing-boat.jpg").await;
    let (_, image) = site
        .send("GET", &format!("/sourceimages/acme/{hash}"), Value::Null)
        .await;
    let base = site.emulator.render_host_of("acme");
    for (path, key, id) in [
        (
            format!("/_iiif/{hash}/info.json"),
            "id",
            format!("{base}/_iiif/{hash}"),
        ),
        (
            format!("/_iiif/3/{hash}/info.json"),
            "id",
            format!("{base}/_iiif/3/{hash}"),
        ),
        (
            format!("/_iiif/2/{hash}/info.json"),
            "@id",
            format!("{base}/_iiif/2/{hash}"),
        ),
    ] {
        let info = site.json(&path).await;
        assert_eq!(info[key], id);
        assert_eq!(info["protocol"], "http://iiif.io/api/image");
        assert_eq!(
            (&info["width"], &info["height"]),
            (&image["width"], &image["height"])
        );
    }
    let option = "/organizations/acme/options/protect_dynamic_stack";
    assert_eq!(site.send("PUT", option, json!(true)).await.0, 200);
    let key = rokka_render::SigningKey::from(site.emulator.signing_key());
    let path = format!("/_iiif/3/{hash}/info.json");
    assert_eq!(site.get(&path).await.status(), 403);
    let signed = key.sign(&path).unwrap();
    assert_eq!(site.get(&signed).await.status(), 200);
}

#[tokio::test]
async fn a_file_is_rendered_without_being_stored() {
    let site = Site::start().await;
    site.stack("small", json!({"operations": [{"name": "resize", "expressions": {"width": "$w"}}], "variables": {"w": 30}}))
        .await;
    site.stack(
        "base",
        json!({"operations": [], "options": {"basestack": "small"}}),
    )
    .await;
    let (_, before) = site.send("GET", "/sourceimages/acme", Value::Null).await;
    let post = async |path: &str, key: &str, file: &[u8]| {
        let part = Part::bytes(file.to_vec()).file_name("new.jpg");
        let url = format!("{}/utils/acme/render/{path}", site.emulator.url());
        let request = site.http.post(url).header("Api-Key", key);
        request
            .multipart(Form::new().part("filedata", part))
            .send()
            .await
            .unwrap()
    };
    let key = site.emulator.api_key();
    let boat = picture("sailing-boat.jpg");
    for path in [
        "small.jpg",
        "small.png?v=%7B%22w%22%3A20%7D",
        "small/resize-width-10.jpg",
        "dynamic/resize-width-20.5--rotate-angle-90.jpg",
        "dynamic/resize-width-20--rotate-angle-90/o-jpg.quality-50.jpg",
    ] {
        let response = post(path, key, &boat).await;
        let refused = path.contains("20.5");
        assert_eq!(
            response.status().as_u16(),
            if refused { 400 } else { 200 },
            "{path}"
        );
    }
    for (path, key, file, status) in [
        ("none.jpg", key, boat.as_slice(), 404),
        ("base.jpg", key, &boat, 400),
        ("dynamic/o-source_file-true.jpg", key, &boat, 400),
        ("dynamic.mp4", key, &boat, 400),
        ("dynamic", key, &boat, 404),
        ("dynamic.jpg", key, b"no picture", 400),
        ("dynamic.jpg", "unknown", &boat, 403),
    ] {
        let response = post(path, key, file).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
    }
    let (_, after) = site.send("GET", "/sourceimages/acme", Value::Null).await;
    assert_eq!(before["total"], after["total"]);
}

/// A host of pictures on this machine, which counts its requests.
struct PictureHost {
    address: String,
    requests: Arc<AtomicUsize>,
}

impl PictureHost {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let requests = Arc::new(AtomicUsize::new(0));
        let (counted, own) = (requests.clone(), address.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    if stream.read(&mut byte).unwrap_or(0) == 0 {
                        break;
                    }
                    head.extend(byte);
                }
                counted.fetch_add(1, Ordering::SeqCst);
                let head = String::from_utf8_lossy(&head);
                let path = head.split(' ').nth(1).unwrap_or_default();
                let redirect = |to: &str| {
                    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")
                        .into_bytes()
                };
                let response = match path {
                    "/boat.jpg" | "/boat.jpg?at-once" => {
                        let body = picture("sailing-boat.jpg");
                        let mut response =
                            format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len())
                                .into_bytes();
                        response.extend(body);
                        response
                    }
                    "/moved.jpg" => redirect("/boat.jpg"),
                    "/loop.jpg" => redirect("/loop.jpg"),
                    "/away.jpg" => redirect("http://169.254.169.254/boat.jpg"),
                    "/other-port.jpg" => redirect(&format!(
                        "http://{}/boat.jpg",
                        own.replace("127.0.0.1", "localhost")
                    )),
                    "/page.jpg" => b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage".to_vec(),
                    _ => b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec(),
                };
                let _ = stream.write_all(&response);
            }
        });
        Self { address, requests }
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

#[cfg(feature = "remote-images")]
#[tokio::test]
async fn remote_images_are_fetched_once_if_the_stack_allows_it() {
    let site = Site::start().await;
    let host = PictureHost::start();
    let url = |name: &str| format!("-http://{}/{name}-", host.address);
    let allow = json!({"operations": [], "options": {"remote_fullurl_allow": true}});
    site.stack("open", allow).await;
    site.stack("closed", json!({"operations": []})).await;
    let base = format!("http://{}", host.address);
    site.stack(
        "based",
        json!({"operations": [], "options": {"remote_basepath": base}}),
    )
    .await;
    for path in [
        format!("/closed/{}.jpg", url("boat.jpg")),
        format!(
            "/closed/o-remote_fullurl_allow-true/{}.jpg",
            url("boat.jpg")
        ),
        format!("/dynamic/{}.jpg", url("boat.jpg")),
        "/closed/-boat.jpg-.jpg".to_owned(),
    ] {
        let response = site.get(&path).await;
        assert_eq!(response.status(), 403, "{path}");
    }
    assert_eq!(host.requests(), 0);
    for path in [
        format!("/open/{}.jpg", url("boat.jpg")),
        format!("/open/{}/name.png", url("boat.jpg")),
        "/based/-boat.jpg-.jpg".to_owned(),
    ] {
        let response = site.get(&path).await;
        let status = response.status();
        assert_eq!(status, 200, "{path}: {}", response.text().await.unwrap());
    }
    assert_eq!(host.requests(), 1);
    assert_eq!(
        site.get(&format!("/open/{}.jpg", url("moved.jpg")))
            .await
            .status(),
        200
    );
    for (name, status) in [
        ("none.jpg", 424),
        ("page.jpg", 400),
        ("loop.jpg", 424),
        ("away.jpg", 424),
        ("other-port.jpg", 424),
    ] {
        let response = site.get(&format!("/open/{}.jpg", url(name))).await;
        assert_eq!(response.status(), status, "{name}");
    }
    let elsewhere = site
        .get("/open/-http://169.254.169.254/boat.jpg-.jpg")
        .await;
    assert_eq!(elsewhere.status(), 424);
    let body: Value = elsewhere.json().await.unwrap();
    assert!(
        body["message"]
            .as_str()
            .unwrap()
            .contains("this machine alone"),
        "{body}"
    );
}

#[cfg(feature = "remote-images")]
#[tokio::test]
async fn the_organization_can_allow_remote_images_for_the_dynamic_stack() {
    let site = Site::start().await;
    let host = PictureHost::start();
    let path = format!(
        "/dynamic/resize-width-10/-http://{}/boat.jpg-.jpg",
        host.address
    );
    assert_eq!(site.get(&path).await.status(), 403);
    let option = "/organizations/acme/options/remote_fullurl_allow";
    assert_eq!(site.send("PUT", option, json!(true)).await.0, 200);
    assert_eq!(site.get(&path).await.status(), 200);
    // A signature is needed where the stack needs one.
    let option = "/organizations/acme/options/protect_dynamic_stack";
    assert_eq!(site.send("PUT", option, json!(true)).await.0, 200);
    assert_eq!(site.get(&path).await.status(), 403);
    let key = rokka_render::SigningKey::from(site.emulator.signing_key());
    assert_eq!(site.get(&key.sign(&path).unwrap()).await.status(), 200);
}

/// Returns the size of a picture by its own header.
#[cfg(feature = "rendering")]
async fn size_of(response: Response) -> (usize, usize) {
    let status = response.status();
    let bytes = response.bytes().await.unwrap();
    let size = imagesize::blob_size(&bytes).unwrap_or_else(|_| {
        panic!("{status}: {}", String::from_utf8_lossy(&bytes));
    });
    (size.width, size.height)
}

/// A URL of each kind, with the type and the size of its picture.
#[cfg(feature = "rendering")]
fn urls(boat: &str, fields: &str) -> Vec<(String, &'static str, (usize, usize))> {
    vec![
        (format!("/dynamic/{boat}.jpg"), "image/jpeg", (480, 320)),
        (
            format!("/dynamic/{}.png", &boat[..8]),
            "image/png",
            (480, 320),
        ),
        (
            format!("/dynamic/resize-width-120/{boat}/name.jpg"),
            "image/jpeg",
            (120, 80),
        ),
        (
            format!("/dynamic/resize-width-120--rotate-angle-90/{boat}.png"),
            "image/png",
            (80, 120),
        ),
        (
            format!("/dynamic/resize-width-120/o-dpr-2/{boat}.webp"),
            "image/webp",
            (240, 160),
        ),
        (
            format!("/dynamic/resize-width-[image.height/4]/{fields}.gif"),
            "image/gif",
            (120, 180),
        ),
        (format!("/card/{boat}.jpg"), "image/jpeg", (60, 60)),
        (format!("/card/v-w-90/{fields}.jpg"), "image/jpeg", (90, 90)),
        (
            format!("/card/{boat}.jpg?v=%7B%22w%22%3A70%7D"),
            "image/jpeg",
            (70, 70),
        ),
        (
            format!("/card/crop-width-20/{boat}.jpg"),
            "image/jpeg",
            (20, 60),
        ),
        (
            format!("/card/o-dpr-3/{boat}.jpg"),
            "image/jpeg",
            (180, 180),
        ),
        ("/card/-_boat2_-.jpg".to_owned(), "image/jpeg", (60, 60)),
        (format!("/based/{boat}.jpg"), "image/jpeg", (240, 160)),
        (
            format!("/_iiif/{boat}/full/max/0/default.jpg"),
            "image/jpeg",
            (480, 320),
        ),
        (
            format!("/_iiif/3/{boat}/square/!50,50/0/gray.png"),
            "image/png",
            (50, 50),
        ),
        (
            format!("/_iiif/2/{boat}/100,100,200,100/,50/90/default.png"),
            "image/png",
            (50, 100),
        ),
    ]
}

#[cfg(feature = "rendering")]
#[tokio::test]
async fn every_kind_of_url_renders_a_picture() {
    let site = Site::start().await;
    let boat = site.hash("sailing-boat.jpg").await;
    let fields = site.hash("fields.png").await;
    let alias = site
        .send(
            "PUT",
            "/sourceimages/acme/alias/boat2",
            json!({"hash": boat}),
        )
        .await;
    assert!(matches!(alias.0, 200 | 201));
    site.stack(
        "base",
        json!({"operations": [{"name": "resize", "expressions": {"width": "image.width / 2"}}]}),
    )
    .await;
    site.stack(
        "card",
        json!({
            "operations": [
                {"name": "resize", "expressions": {"width": "$w", "height": "$w"}, "options": {"mode": "fill"}},
                {"name": "crop", "expressions": {"width": "$w", "height": "$w"}},
            ],
            "variables": {"w": 60},
        }),
    )
    .await;
    site.stack(
        "based",
        json!({"operations": [], "options": {"basestack": "base"}}),
    )
    .await;
    for (path, mimetype, size) in urls(&boat, &fields) {
        let response = site.get(&path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(header(&response, "content-type"), Some(mimetype), "{path}");
        let cache = header(&response, "cache-control");
        assert_eq!(cache, Some("public, max-age=31536000, immutable"), "{path}");
        assert_eq!(size_of(response).await, size, "{path}");
    }
}

#[cfg(feature = "rendering")]
#[tokio::test]
async fn a_blurhash_is_a_text_and_a_file_in_a_form_a_picture() {
    let site = Site::start().await;
    let boat = site.hash("sailing-boat.jpg").await;
    let resize = json!({"name": "resize", "expressions": {"width": "$w"}});
    let definition = json!({"operations": [resize], "variables": {"w": 60}});
    site.stack("card", definition).await;
    let hash = site.get(&format!("/dynamic/{boat}.blur")).await;
    assert!(
        header(&hash, "content-type")
            .unwrap()
            .starts_with("text/plain")
    );
    let hash = hash.text().await.unwrap();
    assert!(
        hash.len() > 6 && hash.is_ascii() && !hash.contains(char::is_whitespace),
        "{hash}"
    );

    let part = Part::bytes(picture("sailing-boat.jpg")).file_name("new.jpg");
    let url = format!("{}/utils/acme/render/card/v-w-30.png", site.emulator.url());
    let request = site
        .http
        .post(url)
        .header("Api-Key", site.emulator.api_key());
    let response = request
        .multipart(Form::new().part("filedata", part))
        .send()
        .await
        .unwrap();
    assert_eq!(header(&response, "content-type"), Some("image/png"));
    assert_eq!(size_of(response).await, (30, 20));
}

#[cfg(feature = "svg")]
#[tokio::test]
async fn an_svg_stays_one_with_its_elements_changed() {
    let site = Site::start().await;
    let hash = site.hash("lighthouse.svg").await;
    let original = picture("lighthouse.svg");
    let plain = site.get(&format!("/dynamic/{hash}.svg")).await;
    assert_eq!(header(&plain, "content-type"), Some("image/svg+xml"));
    assert_eq!(plain.bytes().await.unwrap(), original);
    let svg = String::from_utf8(original)
        .unwrap()
        .replacen("<svg ", "<svg id=\"house\" ", 1);
    let part = Part::bytes(svg.into_bytes()).file_name("house.svg");
    let url = format!("{}/sourceimages/acme", site.emulator.url());
    let request = site
        .http
        .post(url)
        .header("Api-Key", site.emulator.api_key());
    let body = request
        .multipart(Form::new().part("filedata", part))
        .send()
        .await
        .unwrap();
    let body: Value = body.json().await.unwrap();
    let hash = body["items"][0]["hash"].as_str().unwrap();
    let changes = json!([{"id": "house", "attr": "class", "value": "red"}]);
    site.stack(
        "painted",
        json!({"operations": [{"name": "svgdynamic", "options": {"changes": changes}}, {"name": "sepia"}]}),
    )
    .await;
    let response = site.get(&format!("/painted/{hash}.svg")).await;
    assert_eq!(
        header(&response, "x-rokka-emulator-unsupported"),
        Some("sepia")
    );
    let text = response.text().await.unwrap();
    assert!(text.contains("class=\"red\""), "{text}");
}

#[cfg(feature = "rendering")]
#[tokio::test]
async fn a_mirrored_iiif_image_is_the_other_one_from_right_to_left() {
    let site = Site::start().await;
    let boat = site.hash("sailing-boat.jpg").await;
    let decoded = async |rotation: &str| {
        let response = site
            .get(&format!("/_iiif/3/{boat}/full/60,/{rotation}/default.png"))
            .await;
        image::load_from_memory(&response.bytes().await.unwrap()).unwrap()
    };
    let (plain, mirrored) = (
        decoded("0").await.to_rgb8(),
        decoded("!0").await.fliph().to_rgb8(),
    );
    assert_eq!(plain.dimensions(), (60, 40));
    let differs = plain.pixels().zip(mirrored.pixels()).any(|(one, other)| {
        one.0
            .iter()
            .zip(other.0)
            .any(|(one, other)| one.abs_diff(other) > 3)
    });
    assert!(!differs);
    assert_ne!(plain.as_raw(), decoded("!0").await.to_rgb8().as_raw());
}

/// Returns the candidates of each `srcset` in HTML: their URLs and descriptors.
#[cfg(feature = "rendering")]
fn candidates(html: &str) -> Vec<(String, String)> {
    let mut candidates = Vec::new();
    for rest in html.split("srcset=\"").skip(1) {
        let (list, _) = rest.split_once('"').unwrap();
        for candidate in list.split(", ") {
            let (url, descriptor) = candidate.rsplit_once(' ').unwrap();
            candidates.push((url.replace("&amp;", "&"), descriptor.to_owned()));
        }
    }
    candidates
}

#[cfg(feature = "rendering")]
#[tokio::test]
async fn every_candidate_of_a_srcset_has_the_width_that_it_promises() {
    use rokka_render::operations::{Crop, Resize};
    use rokka_render::{Candidate, Picture, RenderUrl, SigningKey};

    let site = Site::start().await;
    let hash = site.hash("sailing-boat.jpg").await;
    site.stack(
        "wide",
        json!({"operations": [{"name": "resize", "options": {"width": 100}}]}),
    )
    .await;
    site.stack(
        "by-variable",
        json!({"operations": [{"name": "resize", "expressions": {"width": "$w"}}], "variables": {"w": 100}}),
    )
    .await;
    let option = "/organizations/acme/options/protect_dynamic_stack";
    assert_eq!(site.send("PUT", option, json!(true)).await.0, 200);
    let key = SigningKey::from(site.emulator.signing_key());
    let base = "http://acme.example.com";
    let url = || {
        RenderUrl::with_host(base, hash.as_str())
            .unwrap()
            .sign(&key)
    };
    // The width at a density of 1, and the URL.
    let urls = [
        (100, url().stack("wide")),
        (100, url().dynamic([Resize::to_width(100)])),
        (
            90,
            url()
                .dynamic([Resize::to_width(120)])
                .operation(Crop::new(90, 60)),
        ),
        (
            100,
            url()
                .stack("wide")
                .filename("a boat")
                .option("jpg.quality", 60),
        ),
    ];
    let mut seen = 0;
    let mut check = async |width: usize, html: &str| {
        for (url, descriptor) in candidates(html) {
            let (number, kind) = descriptor.split_at(descriptor.len() - 1);
            let number: f64 = number.parse().unwrap();
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss
            )]
            let promised = if kind == "w" {
                number as usize
            } else {
                (width as f64 * number).round() as usize
            };
            let response = site.get(url.strip_prefix(base).unwrap()).await;
            let (found, _) = size_of(response).await;
            // A width that a density does not divide is rounded up.
            assert!(
                (promised..promised + 3).contains(&found),
                "{url} {descriptor}: {found}"
            );
            seen += 1;
        }
    };
    for (width, url) in urls {
        let densities = url
            .clone()
            .srcset()
            .density(1)
            .density(1.5)
            .density(2)
            .density(3);
        check(width, &densities.img().unwrap().html("")).await;
        let picture = Picture::new(densities).formats(["webp"]);
        check(width, &picture.html("").unwrap()).await;
        // A crop decides about the width, whatever is resized before it.
        if width == 100 {
            let widths = url.srcset().width(50).width(333).width(640);
            let widths = widths
                .candidate(Candidate::width(501).dpr(2.0))
                .sizes("100vw");
            check(width, &widths.img().unwrap().html("")).await;
            let picture = Picture::new(widths).formats(["webp"]);
            check(width, &picture.html("").unwrap()).await;
        }
    }
    let by_variable = url().stack("by-variable").srcset();
    let by_variable = by_variable.candidate(Candidate::width(70).width_variable("w"));
    let by_variable = by_variable.candidate(Candidate::width(140).width_variable("w"));
    check(0, &by_variable.sizes("50vw").img().unwrap().html("")).await;
    assert_eq!(seen, 4 * 4 * 3 + 3 * 4 * 3 + 2);
}
