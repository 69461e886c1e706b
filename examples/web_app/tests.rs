//! Drives the application over HTTP, against the emulator.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::future::IntoFuture;
use std::time::Duration;

use reqwest::multipart::{Form, Part};
use reqwest::redirect::Policy;
use reqwest::{Response, StatusCode};
use rokka::testing::Emulator;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::page::escape;
use super::visit::{between, browser, visit};
use super::{Gallery, router};

/// Long enough for whatever happens at once, on however busy a machine.
const SOON: Duration = Duration::from_secs(60);

const PICTURE: &[u8] = include_bytes!("../assets/sailing-boat.jpg");

/// The application, and the service behind it.
struct Site {
    emulator: Emulator,
    gallery: Gallery,
    address: std::net::SocketAddr,
    browser: reqwest::Client,
    server: JoinHandle<std::io::Result<()>>,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Site {
    async fn start() -> Self {
        let emulator = Emulator::start().await;
        let gallery = Gallery::of_emulator(&emulator).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = axum::serve(listener, router(gallery.clone())).into_future();
        let browser = browser().redirect(Policy::none()).timeout(SOON);
        Self {
            emulator,
            gallery,
            address,
            browser: browser.build().unwrap(),
            server: tokio::spawn(server),
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn page(&self) -> String {
        let response = self.browser.get(self.url("/")).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(
            response.headers()["content-type"],
            "text/html; charset=utf-8"
        );
        response.text().await.unwrap()
    }

    async fn upload(&self, title: &str, name: &str, bytes: Vec<u8>) -> Response {
        let file = Part::bytes(bytes).file_name(name.to_owned());
        let form = Form::new()
            .text("title", title.to_owned())
            .part("picture", file);
        let upload = self.browser.post(self.url("/images")).multipart(form);
        upload.send().await.unwrap()
    }

    async fn stored(&self) -> u64 {
        self.gallery.images.search().await.unwrap().total
    }
}

#[tokio::test]
async fn a_visit_uploads_shows_and_deletes_a_picture() {
    let site = Site::start().await;
    tokio::time::timeout(SOON, visit(&site.url("")))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(site.stored().await, 0);
}

#[tokio::test]
async fn an_upload_arrives_as_it_is_and_the_gallery_shows_it_by_a_signed_url() {
    let site = Site::start().await;
    let response = site.upload("A boat", "boat.jpg", PICTURE.to_vec()).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(response.headers()["location"], "/");
    let images = &site.gallery.images;
    let stored = images.search().await.unwrap().items.remove(0);
    assert_eq!((stored.name.as_str(), stored.protected), ("boat.jpg", true));
    assert_eq!(
        images.download(&stored.hash).bytes().await.unwrap(),
        PICTURE
    );

    let page = site.page().await;
    assert!(page.contains("Pictures: 1"), "{page}");
    for part in [
        "<picture><source type=\"image/avif\"",
        "<source type=\"image/webp\"",
        "alt=\"A boat\"",
        "<figcaption>A boat</figcaption>",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let source = between(&page, "<img src=\"", "\"")
        .unwrap()
        .replace("&amp;", "&");
    let shown = site.browser.get(&source).send().await.unwrap();
    assert_eq!(shown.status(), StatusCode::OK);
    let (unsigned, _) = source.split_once('?').unwrap();
    let refused = site.browser.get(unsigned).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);

    let delete = site.url(&format!("/images/{}/delete", stored.hash));
    let deleted = site.browser.post(&delete).send().await.unwrap();
    assert_eq!(deleted.status(), StatusCode::SEE_OTHER);
    assert!(!site.page().await.contains("<figure>"));
    let again = site.browser.post(&delete).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_large_upload_streams_through() {
    let site = Site::start().await;
    let large: Vec<u8> = PICTURE.iter().copied().cycle().take(20_000_000).collect();
    let response = site.upload("", "large.jpg", large.clone()).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let images = &site.gallery.images;
    let stored = images.search().await.unwrap().items.remove(0);
    assert!(images.download(&stored.hash).bytes().await.unwrap() == large);
}

#[tokio::test]
async fn what_visitors_write_is_shown_and_not_executed() {
    let site = Site::start().await;
    let hostile = "\"><script>alert('1')</script>&amp;<img src=x onerror=alert(1)>";
    // The second has no title, so its name is shown.
    for (title, name) in [(hostile, "a.jpg"), ("", "<b onclick='x'>.jpg")] {
        let response = site.upload(title, name, PICTURE.to_vec()).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        let page = site.page().await;
        for raw in ["<script", "<b onclick", "<img src=x"] {
            assert!(!page.contains(raw), "{page}");
        }
        let shown = if title.is_empty() { name } else { title };
        let caption = format!("<figcaption>{}</figcaption>", escape(shown));
        assert!(page.contains(&caption), "{caption} in {page}");
        for image in site.gallery.images.search().await.unwrap().items {
            site.gallery.images.delete(image.hash).await.unwrap();
        }
    }
    let missing = site.url("/images/%3Cscript%3E/delete");
    let refused = site.browser.post(missing).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    let page = refused.text().await.unwrap();
    assert!(
        page.contains("&lt;script&gt;") && !page.contains("<script"),
        "{page}"
    );
}

/// Sends the start of a form, goes away, and waits until the application has noticed.
async fn goes_away_after(site: &Site, framing: &str, sent: &str) {
    let mut browser = TcpStream::connect(site.address).await.unwrap();
    let head = format!(
        "POST /images HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\n{framing}\r\n\r\n"
    );
    browser.write_all(head.as_bytes()).await.unwrap();
    browser.write_all(sent.as_bytes()).await.unwrap();
    browser.shutdown().await.unwrap();
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(SOON, browser.read_to_end(&mut rest)).await;
    ended.unwrap().ok();
    let response = String::from_utf8_lossy(&rest);
    assert!(!response.starts_with("HTTP/1.1 303"), "{response}");
}

#[tokio::test]
async fn a_browser_that_goes_away_in_the_middle_stores_nothing() {
    let site = Site::start().await;
    let file =
        "--b\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a.jpg\"\r\n\r\n";
    let picture = "x".repeat(300_000);
    let announced = "Content-Length: 1000000";
    let form = format!("{file}{picture}");
    goes_away_after(&site, announced, &form).await;
    let chunk = format!("{:x}\r\n{form}\r\n", form.len());
    goes_away_after(&site, "Transfer-Encoding: chunked", &chunk).await;
    // All of the body, but the form does not end.
    let announced = format!("Content-Length: {}", form.len());
    goes_away_after(&site, &announced, &form).await;
    // In the head of the file.
    let (head, _) = file.split_once("filename").unwrap();
    goes_away_after(&site, "Content-Length: 1000", head).await;
    assert_eq!(site.stored().await, 0);
    let uploads = site.emulator.requests().into_iter();
    let uploads = uploads.filter(|request| request.method == "POST");
    assert_eq!(uploads.count(), 0, "no upload is complete");
    // The application still works.
    site.upload("", "a.jpg", PICTURE.to_vec()).await;
    assert_eq!(site.stored().await, 1);
}

#[tokio::test]
async fn what_is_no_picture_is_refused() {
    let site = Site::start().await;
    let nameless = site.upload("A boat", "", Vec::new()).await;
    assert_eq!(nameless.status(), StatusCode::BAD_REQUEST);
    let form = Form::new().text("title", "A boat");
    let fileless = site.browser.post(site.url("/images")).multipart(form);
    let fileless = fileless.send().await.unwrap();
    assert_eq!(fileless.status(), StatusCode::BAD_REQUEST);
    assert!(fileless.text().await.unwrap().contains("no picture"));
    let file = Part::bytes(PICTURE).file_name("a.jpg");
    let form = Form::new().part("picture", file);
    let foreign = site.browser.post(site.url("/images")).multipart(form);
    let foreign = foreign.header("sec-fetch-site", "cross-site").send();
    assert_eq!(foreign.await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(site.stored().await, 0);
}

#[tokio::test]
async fn a_failing_service_is_told_without_its_words() {
    let site = Site::start().await;
    site.emulator
        .fail_next(1, 403, r#"{"message":"the key s3cret has no right"}"#);
    let response = site.upload("", "a.jpg", PICTURE.to_vec()).await;
    assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
    let page = response.text().await.unwrap();
    assert!(page.contains("The image service failed"), "{page}");
    assert!(!page.contains("s3cret"), "{page}");
    assert_eq!(site.stored().await, 0);
}
