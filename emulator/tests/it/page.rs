//! The page without a browser: what each view contains, what is escaped, and what keeps other sites out.

use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, Response};
use rokka_emulator::Emulator;
use serde_json::{Value, json};

use crate::support::http_without_redirects as http;

const PICTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/pictures");

/// An emulator with the pictures of the examples.
async fn with_pictures() -> Emulator {
    Emulator::builder().seed_folder(PICTURES).start().await
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    let value = response.headers().get(name);
    value
        .map(|value| value.to_str().unwrap())
        .unwrap_or_default()
}

fn api(emulator: &Emulator, method: Method, path: &str) -> RequestBuilder {
    let url = format!("{}{path}", emulator.url());
    http()
        .request(method, url)
        .header("Api-Key", emulator.api_key())
}

async fn get(emulator: &Emulator, path: &str) -> Response {
    let url = format!("{}{path}", emulator.url());
    http()
        .get(url)
        .header("Accept", "text/html")
        .send()
        .await
        .unwrap()
}

/// Returns the HTML of a view.
async fn view(emulator: &Emulator, path: &str) -> String {
    let response = get(emulator, &format!("/_emulator/page{path}")).await;
    assert_eq!(response.status(), 200, "{path}");
    assert_eq!(
        header(&response, "content-type"),
        "text/html; charset=utf-8"
    );
    response.text().await.unwrap()
}

/// Returns the hash of the image with a name.
async fn hash_of(emulator: &Emulator, name: &str) -> String {
    let path = format!("/sourceimages/acme?name={name}");
    let found: Value = api(emulator, Method::GET, &path)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    found["items"][0]["hash"].as_str().unwrap().to_owned()
}

async fn upload(
    emulator: &Emulator,
    name: &str,
    bytes: Vec<u8>,
    fields: &[(&str, Value)],
) -> String {
    let mut form = Form::new().part("filedata", Part::bytes(bytes).file_name(name.to_owned()));
    for (field, value) in fields {
        form = form.text((*field).to_owned(), value.to_string());
    }
    let request = api(emulator, Method::POST, "/sourceimages/acme").multipart(form);
    let body: Value = request.send().await.unwrap().json().await.unwrap();
    body["items"][0]["hash"].as_str().unwrap().to_owned()
}

/// Returns the first value of an attribute, unescaped.
fn attribute(html: &str, before: &str, name: &str) -> String {
    let (_, rest) = html
        .split_once(before)
        .unwrap_or_else(|| panic!("no {before} in {html}"));
    let (_, rest) = rest.split_once(&format!("{name}=\"")).unwrap();
    rest.split('"').next().unwrap().replace("&amp;", "&")
}

/// Returns the text of the element with an id, unescaped.
fn text_of(html: &str, id: &str) -> String {
    let (_, rest) = html
        .split_once(&format!("id=\"{id}\""))
        .unwrap_or_else(|| panic!("no {id} in {html}"));
    let (_, rest) = rest.split_once('>').unwrap();
    let text = rest.split('<').next().unwrap();
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

#[tokio::test]
async fn a_browser_gets_the_page_and_a_client_the_api() {
    let emulator = with_pictures().await;
    let response = get(&emulator, "/").await;
    assert_eq!(response.status(), 302);
    assert_eq!(header(&response, "location"), "/_emulator/page");
    assert!(header(&response, "vary").contains("Accept"));
    let response = get(&emulator, "/_emulator/page").await;
    assert_eq!(header(&response, "location"), "/_emulator/page/acme");

    for (name, value) in [("Accept", "*/*"), ("Accept", "application/json")] {
        let request = http()
            .get(format!("{}/", emulator.url()))
            .header(name, value);
        assert_eq!(request.send().await.unwrap().status(), 403, "{value}");
    }
    // A client with a key gets the API, whatever it accepts.
    let request = api(&emulator, Method::GET, "/").header("Accept", "text/html");
    let body: Value = request.send().await.unwrap().json().await.unwrap();
    assert!(body["resources"].is_array());
    // The render host has no page.
    let request = http()
        .get(format!("{}/", emulator.url()))
        .header("Accept", "text/html");
    let response = request
        .header("Host", "acme.localhost")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 404);
}

#[tokio::test]
async fn the_page_is_not_part_of_the_journal() {
    let emulator = with_pictures().await;
    get(&emulator, "/").await;
    view(&emulator, "/acme").await;
    view(&emulator, "/acme/requests").await;
    assert_eq!(emulator.requests(), []);
}

#[tokio::test]
async fn other_sites_can_neither_read_the_page_nor_embed_it() {
    let emulator = with_pictures().await;
    for path in [
        "/acme",
        "/acme/requests",
        "/_assets/page.js",
        "/acme/images/abcdef",
        "/nobody",
    ] {
        let response = get(&emulator, &format!("/_emulator/page{path}")).await;
        let policy = header(&response, "content-security-policy");
        for part in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "/_emulator/page/_assets/page.js;",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
            ("access-control-allow-origin", ""),
        ] {
            assert_eq!(header(&response, name), value, "{path}: {name}");
        }
    }
}

#[tokio::test]
async fn the_key_is_given_on_loopback_names_alone() {
    let emulator = Emulator::builder().api_key("keyofmyown").start().await;
    let get = async |host: &str, more: Option<(&str, &str)>| {
        let url = format!("{}/_emulator/page/acme", emulator.url());
        let mut request = http().get(url).header("Host", host);
        if let Some((name, value)) = more {
            request = request.header(name, value);
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    for host in ["localhost:8787", "127.0.0.1:8787", "[::1]:8787"] {
        let (status, html) = get(host, None).await;
        assert_eq!(status, 200, "{host}");
        assert!(html.contains("data-key=\"keyofmyown\""), "{host}");
    }
    for host in ["192.168.0.7:8787", "rokka:8787"] {
        let (status, html) = get(host, None).await;
        assert_eq!(status, 200, "{host}");
        assert!(
            !html.contains("keyofmyown") && html.contains("key-dialog"),
            "{host}"
        );
    }
    let (_, html) = get("localhost", Some(("X-Forwarded-For", "192.0.2.1"))).await;
    assert!(!html.contains("keyofmyown"));
    // A name that another site could point here.
    for host in ["evil.example", "acme.localhost:8787"] {
        let (status, html) = get(host, None).await;
        assert_eq!(status, 421, "{host}");
        assert!(!html.contains("keyofmyown"), "{host}");
    }
}

#[tokio::test]
async fn the_grid_takes_filters_sort_and_facets_of_the_service() {
    let emulator = with_pictures().await;
    let names = |html: &str| -> Vec<String> {
        let tiles = html.split("<span class=\"name\">").skip(1);
        tiles
            .map(|tile| tile.split('<').next().unwrap().to_owned())
            .collect()
    };
    let html = view(&emulator, "/acme?sort=name").await;
    assert_eq!(
        names(&html),
        [
            "fields.png",
            "lighthouse.svg",
            "sailing-boat.jpg",
            "sunrise.png"
        ]
    );
    assert!(html.contains("4 images"));
    // Facets of the fields that there are.
    assert!(html.contains("facets=user%3Aarray%3Atags") && html.contains("facets=user%3Atitle"));

    let html = view(
        &emulator,
        "/acme?q=user:array:tags%3Dsea+%26+height%3D%7B1,%7D&sort=name+desc",
    )
    .await;
    assert_eq!(names(&html), ["sailing-boat.jpg", "lighthouse.svg"]);
    assert!(
        html.contains("GET /sourceimages/acme?user%3Aarray%3Atags=sea"),
        "{html}"
    );

    // A word alone is looked for in names.
    let html = view(&emulator, "/acme?q=sail").await;
    assert_eq!(names(&html), ["sailing-boat.jpg"]);
    let html = view(
        &emulator,
        "/acme?q=user:array:tags%3Dboat+%26+user:array:tags%3Dsky&operator=or&sort=name",
    )
    .await;
    assert_eq!(names(&html), ["sailing-boat.jpg", "sunrise.png"]);

    let html = view(&emulator, "/acme?facets=user:array:tags").await;
    assert!(
        html.contains("sea <span class=\"number\">2</span>"),
        "{html}"
    );
    assert!(
        html.contains("q=user%3Aarray%3Atags%3Dsea&amp;facets=user%3Aarray%3Atags"),
        "{html}"
    );

    // A value is a link that adds it to the filters, whatever is in it.
    let tags = [("meta_user[0]", json!({"array:tags": ["50% & more"]}))];
    upload(
        &emulator,
        "odd.gif",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;".to_vec(),
        &tags,
    )
    .await;
    let html = view(&emulator, "/acme?facets=user:array:tags").await;
    let (before, _) = html.split_once("50% &amp; more <span").unwrap();
    let (_, link) = before.rsplit_once("href=\"").unwrap();
    let link = link.split('"').next().unwrap().replace("&amp;", "&");
    let html = view(&emulator, link.strip_prefix("/_emulator/page").unwrap()).await;
    assert_eq!(names(&html), ["odd.gif"]);
    assert!(html.contains("aria-current=\"true\""), "it is chosen");

    // What the service refuses is explained in its words.
    let html = view(&emulator, "/acme?q=color%3Dred").await;
    assert!(html.contains("role=\"alert\"") && html.contains("Unknown search field `color`"));
    assert!(
        html.contains("value=\"color=red\""),
        "the form keeps what was typed"
    );
}

#[tokio::test]
async fn the_grid_has_pages() {
    let emulator = Emulator::start().await;
    assert!(view(&emulator, "/acme").await.contains("No image yet"));
    emulator.seed_images("acme", 10_130);
    let html = view(&emulator, "/acme").await;
    assert!(html.contains("1 to 60 of 10130 images"));
    assert!(!html.contains("rel=\"prev\""));
    let mut next = attribute(&html, "rel=\"next\"", "href");
    let second = view(&emulator, next.strip_prefix("/_emulator/page").unwrap()).await;
    assert!(second.contains("rel=\"prev\""));
    // Cursors reach what offsets do not.
    for _ in 1..169 {
        let html = view(&emulator, next.strip_prefix("/_emulator/page").unwrap()).await;
        assert!(html.contains("/_emulator/render/acme/dynamic/"), "{next}");
        if !html.contains("rel=\"next\"") {
            break;
        }
        next = attribute(&html, "rel=\"next\"", "href");
    }
    let last = view(&emulator, next.strip_prefix("/_emulator/page").unwrap()).await;
    assert!(
        last.contains(">0.gif<") && !last.contains("rel=\"next\""),
        "{next}"
    );
}

#[tokio::test]
async fn the_thumbnails_of_the_grid_are_renderings_also_of_protected_images() {
    let emulator = with_pictures().await;
    let hash = hash_of(&emulator, "sunrise.png").await;
    let path = format!("/sourceimages/acme/{hash}/options/protected?deletePrevious=true");
    let response = api(&emulator, Method::PUT, &path)
        .json(&true)
        .send()
        .await
        .unwrap();
    assert!(response.status().is_success());
    let html = view(&emulator, "/acme?q=name%3Dsunrise.png").await;
    assert!(html.contains("<span class=\"badge\">protected</span>"));
    let source = attribute(&html, "class=\"picture\"", "src");
    let source = format!("{}{source}", emulator.url());
    let response = http().get(&source).send().await.unwrap();
    assert_eq!(response.status(), 200, "{source}");
    assert!(header(&response, "content-type").starts_with("image/"));
    let unsigned = source.split_once("sig=").unwrap().0;
    assert_eq!(http().get(unsigned).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn an_image_has_its_metadata_its_area_and_its_versions() {
    let emulator = with_pictures().await;
    let hash = hash_of(&emulator, "sunrise.png").await;
    let html = view(&emulator, &format!("/acme/images/{hash}")).await;
    for part in [
        "Sunrise over hills",
        "data-path=\"/sourceimages/acme/",
        "name=\"x\" type=\"number\" min=\"0\" step=\"1\" inputmode=\"numeric\" value=\"270\"",
        "/options/protected",
        "/meta/user\"",
    ] {
        assert!(html.contains(part), "{part}\n{html}");
    }
    let versions = |html: &str| html.matches("<code class=\"hash\">").count();
    assert_eq!(versions(&html), 1);

    let path = format!("/sourceimages/acme/{hash}/meta/dynamic/subject_area");
    let area = json!({"x": 1, "y": 2, "width": 30, "height": 40});
    let response = api(&emulator, Method::PUT, &path)
        .json(&area)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 201);
    let changed: Value = response.json().await.unwrap();
    let changed = changed["hash"].as_str().unwrap();
    let html = view(&emulator, &format!("/acme/images/{changed}")).await;
    assert_eq!(versions(&html), 2);
    assert!(html.contains(&format!("/acme/images/{hash}")));

    // A deleted image is shown, and can be restored.
    let path = format!("/sourceimages/acme/{changed}");
    api(&emulator, Method::DELETE, &path).send().await.unwrap();
    let html = view(&emulator, &format!("/acme/images/{changed}")).await;
    assert!(html.contains("This image is deleted") && html.contains("/restore"));
    // The render host has it no more.
    assert!(!html.contains(&format!("false/{changed}.")), "{html}");
    let html = view(&emulator, "/acme?deleted=true").await;
    assert!(html.contains(changed) && !html.contains("/_emulator/render/"));

    let response = get(&emulator, "/_emulator/page/acme/images/abcdef012345").await;
    assert_eq!(response.status(), 404);
    assert!(
        response
            .text()
            .await
            .unwrap()
            .contains("Source image not found")
    );
    // An alias and a path are no hash.
    for name in ["%2E%2E%2Fstacks", "a%2Fb", "%3Flimit=1"] {
        let path = format!("/_emulator/page/acme/images/{name}");
        assert_eq!(get(&emulator, &path).await.status(), 404, "{name}");
    }
}

#[tokio::test]
async fn names_and_metadata_are_escaped_everywhere() {
    let emulator = Emulator::start().await;
    let attack = "\"><script>alert(1)</script>";
    let gif = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;".to_vec();
    let fields = [(
        "meta_user[0]",
        json!({"title": attack, "array:tags": [attack]}),
    )];
    let hash = upload(&emulator, "<img onerror=x>.gif", gif, &fields).await;
    let stack = json!({"operations": [{"name": "noop"}], "description": attack});
    let path = "/stacks/acme/thumb";
    api(&emulator, Method::PUT, path)
        .json(&stack)
        .send()
        .await
        .unwrap();
    api(&emulator, Method::GET, "/sourceimages/acme?%3Cscript%3E=1")
        .send()
        .await
        .unwrap();
    let encoded = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
    for path in [
        "/acme".to_owned(),
        "/acme?facets=user:array:tags,user:title".to_owned(),
        format!("/acme?q={encoded}&sort={encoded}&facets={encoded}&offset={encoded}"),
        format!("/acme/images/{hash}"),
        "/acme/stacks".to_owned(),
        format!("/acme/stacks?image={encoded}"),
        format!("/acme/stacks/thumb?image={hash}"),
        format!("/acme/stacks/thumb?format={encoded}&srcset={encoded}&v-{encoded}={encoded}"),
        format!("/acme/stacks/dynamic?operations={encoded}"),
        "/acme/requests".to_owned(),
        "/acme/requests/rows".to_owned(),
    ] {
        let html = view(&emulator, &path).await;
        for raw in ["<script>", "<img onerror", "\"><"] {
            // The one script of the page has attributes.
            let found = html.replace("\"></", "").contains(raw);
            let is_own =
                raw == "\"><" && !html.contains("alert(1)\"><") && !html.contains("\"><script>");
            assert!(!found || is_own, "{path}: {raw}");
        }
    }
    let response = get(&emulator, &format!("/_emulator/page/{encoded}")).await;
    assert_eq!(response.status(), 404);
    assert!(!response.text().await.unwrap().contains("<script>alert"));
}

#[tokio::test]
async fn a_stack_has_previews_urls_and_the_html_of_the_sdk() {
    let emulator = with_pictures().await;
    let hash = hash_of(&emulator, "sailing-boat.jpg").await;
    let html = view(&emulator, "/acme/stacks").await;
    for part in [
        "/acme/stacks/thumb",
        "/acme/stacks/members",
        "/acme/stacks/dynamic",
        "Needs a signature.",
    ] {
        assert!(html.contains(part), "{part}");
    }

    let port = emulator.url().rsplit_once(':').unwrap().1.to_owned();
    let html = view(
        &emulator,
        &format!("/acme/stacks/thumb?image={hash}&format=webp"),
    )
    .await;
    assert_eq!(
        text_of(&html, "url-0"),
        format!("http://acme.localhost:{port}/thumb/{hash}.webp")
    );
    assert!(!html.contains("url-1"), "one image was chosen");
    let html = view(&emulator, &format!("/acme/stacks/thumb?image={hash}")).await;
    let picture = text_of(&html, "html-0");
    let base = format!("http://acme.localhost:{port}/thumb");
    assert_eq!(
        picture,
        format!(
            "<picture>\
             <source type=\"image/avif\" srcset=\"{base}/o-dpr-1/{hash}.avif 1x, {base}/o-dpr-2/{hash}.avif 2x\">\
             <source type=\"image/webp\" srcset=\"{base}/o-dpr-1/{hash}.webp 1x, {base}/o-dpr-2/{hash}.webp 2x\">\
             <img src=\"{base}/{hash}.jpg\" srcset=\"{base}/o-dpr-1/{hash}.jpg 1x, {base}/o-dpr-2/{hash}.jpg 2x\" \
             loading=\"lazy\" alt=\"A sailing boat\"></picture>"
        )
    );
    let html = view(
        &emulator,
        &format!("/acme/stacks/thumb?image={hash}&srcset=width"),
    )
    .await;
    assert!(text_of(&html, "html-0").contains("resize-width-800"));

    // Without a choice, the latest pictures.
    let html = view(&emulator, "/acme/stacks/thumb").await;
    assert!(html.contains("id=\"url-2\"") && !html.contains("id=\"url-3\""));
    // An unknown image is named.
    let html = view(&emulator, "/acme/stacks/thumb?image=abcdef0123").await;
    assert!(html.contains("There is no image") && html.contains("abcdef0123"));
    assert_eq!(
        get(&emulator, "/_emulator/page/acme/stacks/nothing")
            .await
            .status(),
        404
    );
}

#[tokio::test]
async fn urls_of_protected_stacks_and_images_are_signed_and_work() {
    let emulator = with_pictures().await;
    let hash = hash_of(&emulator, "fields.png").await;
    let html = view(&emulator, &format!("/acme/stacks/members?image={hash}")).await;
    let url = text_of(&html, "url-0");
    assert!(url.contains("?sig="), "{url}");
    assert!(html.contains("The stack is protected"));
    let (_, path) = url.split_once("://").unwrap().1.split_once('/').unwrap();
    let request = http().get(format!("{}/{path}", emulator.url()));
    let response = request
        .header("Host", "acme.localhost")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    let candidates = text_of(&html, "html-0").matches("sig=").count();
    assert_eq!(candidates, 7, "each candidate has its signature");

    let html = view(
        &emulator,
        &format!("/acme/stacks/dynamic?image={hash}&operations=resize-width-90"),
    )
    .await;
    assert!(text_of(&html, "url-0").ends_with(&format!("/dynamic/resize-width-90/{hash}.jpg")));
    let options = json!({"protect_dynamic_stack": true});
    let request = api(&emulator, Method::PUT, "/organizations/acme/options").json(&options);
    assert_eq!(request.send().await.unwrap().status(), 200);
    let html = view(&emulator, &format!("/acme/stacks/dynamic?image={hash}")).await;
    assert!(text_of(&html, "url-0").contains("?sig="));
}

#[tokio::test]
async fn other_machines_get_urls_that_they_can_resolve() {
    let emulator = with_pictures().await;
    let url = format!("{}/_emulator/page/acme/stacks/thumb", emulator.url());
    let request = http().get(url).header("Host", "192.168.0.7:8787");
    let html = request.send().await.unwrap().text().await.unwrap();
    let url = text_of(&html, "url-0");
    assert!(
        url.starts_with("http://192.168.0.7:8787/_emulator/render/acme/thumb/"),
        "{url}"
    );
    assert!(
        text_of(&html, "html-0")
            .contains("http://192.168.0.7:8787/_emulator/render/acme/thumb/o-dpr-2/")
    );
}

/// Sends a request without credentials, and returns its status.
async fn status_of(emulator: &Emulator, path: &str) -> u16 {
    let url = format!("{}{path}", emulator.url());
    http().get(url).send().await.unwrap().status().as_u16()
}

/// Sends a request with the key, and returns its status.
async fn api_status(emulator: &Emulator, path: &str) -> u16 {
    let response = api(emulator, Method::GET, path).send().await;
    response.unwrap().status().as_u16()
}

/// Checks that the latest row of the log has these parts, and returns it.
async fn explained(emulator: &Emulator, parts: &[&str]) -> String {
    let html = view(emulator, "/acme/requests?refused=true").await;
    let (_, log) = html.split_once("id=\"log\"").unwrap();
    let latest = log.split("<li").nth(1).unwrap();
    for part in parts {
        assert!(latest.contains(part), "{part}\n{latest}");
    }
    latest.to_owned()
}

#[tokio::test]
async fn the_log_explains_refused_requests_to_the_api() {
    let builder = Emulator::builder()
        .organization("acme")
        .organization("other");
    let emulator = builder.seed_folder(PICTURES).start().await;
    let hash = hash_of(&emulator, "fields.png").await;

    assert_eq!(status_of(&emulator, "/sourceimages/acme").await, 403);
    let parts = [
        "403",
        "Invalid or missing credentials",
        "The request has no credentials",
    ];
    explained(&emulator, &parts).await;
    let request = http().get(format!("{}/stacks/acme", emulator.url()));
    let response = request.header("Api-Key", "wrongkey").send().await.unwrap();
    assert_eq!(response.status(), 403);
    let row = explained(&emulator, &["has a key that this emulator does not know"]).await;
    assert!(!row.contains("wrongkey"));

    for (path, part) in [
        (
            "/stacks/nobody".to_owned(),
            "There is no organization `nobody`; there are: acme, other.",
        ),
        (
            format!("/sourceimages/other/{hash}"),
            "The image is in the organization `acme`, not in `other`.",
        ),
        (
            "/sourceimages/acme/abcdef01".to_owned(),
            "has no image whose hash is, or begins with, abcdef01",
        ),
        (format!("/thumb/{hash}.jpg"), "This looks like a render URL"),
        (
            "/stacks/acme/thumbs".to_owned(),
            "there are: members, thumb.",
        ),
    ] {
        assert_eq!(api_status(&emulator, &path).await, 404, "{path}");
        explained(&emulator, &[part]).await;
    }

    // A role: the key of a new user who may only read.
    let member = json!({"roles": ["read"]});
    let request = api(&emulator, Method::POST, "/organizations/acme/memberships").json(&member);
    let member: Value = request.send().await.unwrap().json().await.unwrap();
    let key = member["api_key"].as_str().unwrap();
    let request = http().delete(format!("{}/stacks/acme/thumb", emulator.url()));
    let response = request.header("Api-Key", key).send().await.unwrap();
    assert_eq!(response.status(), 403);
    assert_eq!(
        header(&response, "x-rokka-emulator-missing"),
        "the role write in the organization acme"
    );
    explained(
        &emulator,
        &["lacks the role write in the organization acme"],
    )
    .await;

    // A fault is not the emulator's opinion.
    emulator.on("GET", "/stacks/*").respond(503);
    assert_eq!(api_status(&emulator, "/stacks/acme").await, 503);
    explained(&emulator, &["503", "A fault returned this"]).await;
}

#[tokio::test]
async fn the_log_explains_refused_renderings() {
    let emulator = with_pictures().await;
    let hash = hash_of(&emulator, "fields.png").await;
    let members = |rest: &str| format!("/_emulator/render/acme/members/{rest}");

    // The log has the right signature in place of none and of a wrong one.
    assert_eq!(
        status_of(&emulator, &members(&format!("{hash}.jpg"))).await,
        403
    );
    let row = explained(
        &emulator,
        &["The stack is protected", "The URL has no signature"],
    )
    .await;
    let url = attribute(&row, "class=\"wrap\"", "href");
    let (_, path) = url.split_once("://").unwrap().1.split_once('/').unwrap();
    assert_eq!(
        status_of(&emulator, &format!("/_emulator/render/acme/{path}")).await,
        200
    );
    let wrong = members(&format!("{hash}.png?sig=0123456789abcdef"));
    assert_eq!(status_of(&emulator, &wrong).await, 403);
    explained(
        &emulator,
        &["The signature was made with another key, or for another URL"],
    )
    .await;

    assert_eq!(
        status_of(&emulator, "/_emulator/render/acme/thumb/abcdef0123.jpg").await,
        404
    );
    explained(
        &emulator,
        &["has no image whose hash is, or begins with, abcdef0123"],
    )
    .await;
    api(
        &emulator,
        Method::DELETE,
        &format!("/sourceimages/acme/{hash}"),
    )
    .send()
    .await
    .unwrap();
    assert_eq!(
        status_of(
            &emulator,
            &format!("/_emulator/render/acme/thumb/{hash}.jpg")
        )
        .await,
        404
    );
    explained(
        &emulator,
        &["The image is deleted", "/restore brings it back"],
    )
    .await;
}

#[tokio::test]
async fn the_log_says_what_a_rendering_lacks() {
    let emulator = with_pictures().await;
    let hash = hash_of(&emulator, "fields.png").await;
    let path = format!("/thumb/{hash}.jpg");
    let headers = [("x-rokka-emulator-unsupported", "<something>")];
    emulator.on("GET", &path).respond_with(200, headers, "");
    assert_eq!(
        status_of(&emulator, &format!("/_emulator/render/acme{path}")).await,
        200
    );
    let html = view(&emulator, "/acme/requests").await;
    assert!(
        html.contains("does not support: &lt;something&gt;"),
        "{html}"
    );
}

#[tokio::test]
async fn the_log_continues_after_a_row_and_leaves_out_the_page_itself() {
    let emulator = with_pictures().await;
    api(&emulator, Method::GET, "/stacks/acme?one=1")
        .send()
        .await
        .unwrap();
    let html = view(&emulator, "/acme/requests/rows").await;
    let first = attribute(&html, "<li", "data-number");
    assert_eq!(
        get(
            &emulator,
            &format!("/_emulator/page/acme/requests/rows?after={first}")
        )
        .await
        .status(),
        204
    );
    api(&emulator, Method::GET, "/stacks/acme?two=2")
        .send()
        .await
        .unwrap();
    let referrer = format!("{}/_emulator/page/acme", emulator.url());
    let own = api(&emulator, Method::GET, "/stacks/acme?three=3").header("Referer", referrer);
    own.send().await.unwrap();
    let html = view(&emulator, &format!("/acme/requests/rows?after={first}")).await;
    assert!(
        html.contains("two=2") && !html.contains("one=1") && !html.contains("three=3"),
        "{html}"
    );
    let html = view(
        &emulator,
        &format!("/acme/requests/rows?after={first}&own=true"),
    )
    .await;
    assert!(html.contains("three=3"));
    let html = view(
        &emulator,
        &format!("/acme/requests/rows?after={first}&pending={first}"),
    )
    .await;
    assert!(html.contains("one=1"), "a row that was pending comes again");
}

#[tokio::test]
async fn the_journal_of_the_control_interface_has_errors_and_times() {
    let emulator = Emulator::start().await;
    emulator.on("GET", "/stacks/acme").respond(503);
    api(&emulator, Method::GET, "/stacks/acme")
        .send()
        .await
        .unwrap();
    api(&emulator, Method::GET, "/stacks/nobody")
        .send()
        .await
        .unwrap();
    let journal: Value = get(&emulator, "/_emulator/requests")
        .await
        .json()
        .await
        .unwrap();
    let [first, second] = journal["requests"].as_array().unwrap().as_slice() else {
        panic!("{journal}");
    };
    assert_eq!(
        (&first["by_fault"], &second["by_fault"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(second["error"], "Organization not found");
    assert!(second["seconds"].is_number() && second["received"].is_string());
    assert_eq!(
        emulator.requests()[1].error.as_deref(),
        Some("Organization not found")
    );
}

#[tokio::test]
async fn an_uploaded_svg_runs_no_script_on_the_origin_of_the_page() {
    let emulator = Emulator::start().await;
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><script>alert(1)</script></svg>";
    let hash = upload(&emulator, "a.svg", svg.to_vec(), &[]).await;
    let response = get(
        &emulator,
        &format!("/_emulator/render/acme/dynamic/{hash}.svg"),
    )
    .await;
    assert_eq!(response.status(), 200);
    assert_eq!(
        header(&response, "content-security-policy"),
        "sandbox; script-src 'none'"
    );
}

#[tokio::test]
async fn each_field_has_a_label_and_each_id_is_the_only_one() {
    let emulator = with_pictures().await;
    let hash = hash_of(&emulator, "sunrise.png").await;
    for path in [
        "/acme".to_owned(),
        format!("/acme/images/{hash}"),
        "/acme/stacks".to_owned(),
        "/acme/stacks/thumb".to_owned(),
        "/acme/requests".to_owned(),
    ] {
        let html = view(&emulator, &path).await;
        assert!(
            html.contains("<html lang=\"en\">") && html.contains("<title>"),
            "{path}"
        );
        assert_eq!(html.matches("<h1").count(), 1, "{path}");
        let mut ids: Vec<&str> = html
            .split(" id=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{path}: {ids:?}");
        for tag in ["<input", "<select", "<textarea"] {
            for field in html.split(tag).skip(1) {
                let field = field.split('>').next().unwrap();
                // Those in the choice of images are inside of their labels.
                if field.contains("name=\"image\" value=") {
                    continue;
                }
                let id = field
                    .split(" id=\"")
                    .nth(1)
                    .unwrap_or_else(|| panic!("{path}: {field}"));
                let id = id.split('"').next().unwrap();
                assert!(html.contains(&format!("for=\"{id}\"")), "{path}: {id}");
            }
        }
        for id in html
            .split("aria-labelledby=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
        {
            assert!(ids.binary_search(&id).is_ok(), "{path}: {id}");
        }
        for image in html.split("<img").skip(1) {
            assert!(
                image.split('>').next().unwrap().contains("alt="),
                "{path}: {image}"
            );
        }
    }
}
