//! The page in a browser: what its script does with a mouse, a keyboard and files.
#![cfg(all(unix, feature = "page"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod driver;

use std::path::Path;
use std::time::Duration;

use fantoccini::actions::{InputSource as _, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::key::Key;
use reqwest::Method;
use rokka_emulator::{Emulator, RecordedRequest};
use serde_json::{Value, json};

use driver::Browser;

const PICTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/pictures");

/// Makes a picture whose left half is red and whose right half is blue, and drops it on the page.
const DROP: &str = "const [name, done] = arguments; const canvas = document.createElement('canvas');
    canvas.width = 800; canvas.height = 400; const context = canvas.getContext('2d');
    context.fillStyle = '#f00'; context.fillRect(0, 0, 400, 400);
    context.fillStyle = '#00f'; context.fillRect(400, 0, 400, 400);
    canvas.toBlob((blob) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([blob], name, { type: 'image/png' }));
        for (const type of ['dragover', 'drop']) {
            const target = document.querySelector('main');
            target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
        }
        done(true);
    });";

const TILES: &str =
    "[...document.querySelectorAll('#results .tile .name')].map((name) => name.textContent)";

async fn api(emulator: &Emulator, method: Method, path: &str, body: &Value) -> reqwest::Response {
    // reqwest needs a TLS provider to build a client, even for plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}{path}", emulator.url());
    let request = client
        .request(method, url)
        .header("Api-Key", emulator.api_key());
    request.json(body).send().await.unwrap()
}

/// Returns the latest request with a method.
fn latest(emulator: &Emulator, method: &str) -> RecordedRequest {
    let requests = emulator.requests();
    let found = requests
        .into_iter()
        .rfind(|request| request.method == method);
    found.unwrap_or_else(|| panic!("no {method}"))
}

/// The one test, because starting a browser takes longer than all that it does here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_works_in_a_browser() {
    // A name that is not one of the loopback addresses, as in a network of containers.
    let flags = ["--host-resolver-rules=MAP rokka 127.0.0.1"];
    let Some(browser) = Browser::start(&flags).await else {
        return;
    };
    files_are_uploaded_and_found(&browser).await;
    a_dropped_picture_gets_a_subject_area(&browser).await;
    stacks_have_previews_and_texts_to_copy(&browser).await;
    options_and_metadata_are_changed(&browser).await;
    the_log_is_live(&browser).await;
    elsewhere_the_page_asks_for_the_key(&browser).await;
    the_page_fits_a_phone(&browser).await;
}

async fn files_are_uploaded_and_found(browser: &Browser) {
    let emulator = Emulator::start().await;
    browser.open(&emulator.url()).await;
    // The script and the style sheet pass the policy of the page.
    browser
        .until(
            "getComputedStyle(document.querySelector('.tile, .drop')).borderTopStyle === 'dashed'",
        )
        .await;
    let files = browser.find("#files").await;
    // chromedriver takes no path with `..` in it.
    let pictures = Path::new(PICTURES).canonicalize().unwrap();
    let paths =
        ["sunrise.png", "sailing-boat.jpg"].map(|name| pictures.join(name).display().to_string());
    files.send_keys(&paths.join("\n")).await.unwrap();
    browser.until(&format!("{TILES}.length === 2")).await;
    browser
        .until("document.getElementById('messages').textContent.includes('Uploaded 2 files')")
        .await;
    let upload = latest(&emulator, "POST");
    assert_eq!(upload.path, "/sourceimages/acme");
    assert_eq!(upload.header("api-key"), Some("[redacted]"));

    // A file that the service refuses is named, and the others are not lost.
    let folder = tempfile::TempDir::new().unwrap();
    let empty = folder.path().join("empty.jpg");
    std::fs::write(&empty, "").unwrap();
    let files = browser.find("#files").await;
    files.send_keys(empty.to_str().unwrap()).await.unwrap();
    browser
        .until(
            "document.querySelector('#messages .failed')?.textContent.includes('empty.jpg: 400')",
        )
        .await;

    let search = browser.find("#q").await;
    search.send_keys("name=sun* & width={1,}").await.unwrap();
    search
        .send_keys(&String::from(char::from(Key::Enter)))
        .await
        .unwrap();
    browser
        .until(&format!("String({TILES}) === 'sunrise.png'"))
        .await;
    // The thumbnail is a picture.
    let pixel = browser.pixel("#results .tile img", 0.5, 0.5).await;
    assert_eq!(pixel[3], 255, "{pixel:?}");
}

async fn a_dropped_picture_gets_a_subject_area(browser: &Browser) {
    let emulator = Emulator::start().await;
    browser.open(&emulator.url()).await;
    browser.find("#upload").await;
    let dropped = browser
        .client
        .execute_async(DROP, vec![json!("halves.png")])
        .await;
    assert_eq!(dropped.unwrap(), json!(true));
    browser
        .until(&format!("String({TILES}) === 'halves.png'"))
        .await;
    browser.find("#results .tile").await.click().await.unwrap();
    let hash = "document.getElementById('hash')?.textContent";
    let first = browser.until(hash).await;

    // A box that is drawn on the blue half.
    let image = "document.querySelector('#stage img')";
    browser
        .until(&format!("{image}?.complete && {image}.naturalWidth > 0"))
        .await;
    let scale = 800.0
        / browser
            .until(&format!("{image}.clientWidth"))
            .await
            .as_f64()
            .unwrap();
    drag(
        browser,
        "#stage",
        (500.0 / scale - 400.0 / scale, -100.0 / scale),
        (200.0 / scale, 200.0 / scale),
    )
    .await;
    let second = browser
        .until(&format!("{hash} !== {first} && {hash}"))
        .await;
    let request = latest(&emulator, "PUT");
    assert_eq!(
        request.path,
        format!(
            "/sourceimages/acme/{}/meta/dynamic/subject_area",
            first.as_str().unwrap()
        )
    );
    near(&request, [500.0, 100.0, 200.0, 200.0]);
    let message =
        "[...document.querySelectorAll('#messages p')].some((p) => p.textContent.includes";
    browser
        .until(&format!("{message}('New hash: ' + {second}))"))
        .await;
    let address = browser.client.current_url().await.unwrap();
    assert!(
        address.path().ends_with(second.as_str().unwrap()),
        "{address}"
    );

    // The pixels of a rendering that is cut around it are blue, and those of the whole are both.
    let whole = browser.pixel("#stage img", 0.2, 0.5).await;
    assert!(whole[0] > 200 && whole[2] < 60, "{whole:?}");
    cut_is_of_one_color(browser, 2).await;

    // Back and forth between the hashes.
    browser.client.back().await.unwrap();
    browser.until(&format!("{hash} === {first}")).await;
    browser.client.forward().await.unwrap();
    browser.until(&format!("{hash} === {second}")).await;

    // The box moves to the left, in place of the old hash.
    let mode = browser.find("#area-mode").await;
    mode.select_by_value("deletePrevious").await.unwrap();
    drag(browser, "#area", (0.0, 0.0), (-400.0 / scale, 0.0)).await;
    let third = browser
        .until(&format!("{hash} !== {second} && {hash}"))
        .await;
    let request = latest(&emulator, "PUT");
    assert_eq!(request.parameter("deletePrevious"), Some("true"));
    near(&request, [100.0, 100.0, 200.0, 200.0]);
    cut_is_of_one_color(browser, 0).await;

    // With the keyboard; the focus stays on the box.
    let area = browser.find("#area").await;
    let keys = [Key::Right, Key::Right, Key::Down, Key::Enter].map(char::from);
    area.send_keys(&String::from_iter(keys)).await.unwrap();
    let fourth = browser
        .until(&format!("{hash} !== {third} && {hash}"))
        .await;
    near(&latest(&emulator, "PUT"), [132.0, 116.0, 200.0, 200.0]);
    browser.until("document.activeElement.id === 'area'").await;
    let x = "document.getElementById('area-x').value";
    let before = browser.until(x).await;
    let area = browser.find("#area").await;
    area.send_keys(&String::from(char::from(Key::Left)))
        .await
        .unwrap();
    browser.until(&format!("{x} !== {before}")).await;
    area.send_keys(&String::from(char::from(Key::Escape)))
        .await
        .unwrap();
    browser.until(&format!("{x} === {before}")).await;

    browser.find("#area-delete").await.click().await.unwrap();
    browser.until(&format!("{hash} === {first}")).await;
    assert_eq!(
        latest(&emulator, "DELETE").path,
        format!(
            "/sourceimages/acme/{}/meta/dynamic/subject_area",
            fourth.as_str().unwrap()
        )
    );
}

/// Checks the pixels of the rendering that is cut around the area: all of one half of the picture, red (0) or blue (2).
async fn cut_is_of_one_color(browser: &Browser, color: usize) {
    for x in [0.05, 0.5, 0.95] {
        let pixel = browser.pixel(".cuts img", x, 0.5).await;
        assert!(
            pixel[color] > 200 && pixel[2 - color] < 60,
            "{x}: {pixel:?}"
        );
    }
}

/// Drags from a place, relative to the center of an element, by a distance.
async fn drag(browser: &Browser, selector: &str, from: (f64, f64), by: (f64, f64)) {
    // Without its picture the stage has no size.
    let image = "document.querySelector('#stage img')";
    let loaded = format!("{image}?.complete && {image}.naturalWidth > 0");
    browser.until(&loaded).await;
    let script = "document.querySelector(arguments[0]).scrollIntoView({ block: 'center' })";
    browser.run_script(script, vec![json!(selector)]).await;
    let duration = Some(Duration::from_millis(50));
    let mouse = MouseActions::new("mouse".to_owned())
        .then(PointerAction::MoveToElement {
            element: browser.find(selector).await,
            duration,
            x: from.0.round(),
            y: from.1.round(),
        })
        .then(PointerAction::Down {
            button: MOUSE_BUTTON_LEFT,
        })
        .then(PointerAction::MoveBy {
            duration,
            x: (by.0 / 2.0).round(),
            y: (by.1 / 2.0).round(),
        })
        .then(PointerAction::MoveBy {
            duration,
            x: by.0.round() - (by.0 / 2.0).round(),
            y: by.1.round() - (by.1 / 2.0).round(),
        })
        .then(PointerAction::Up {
            button: MOUSE_BUTTON_LEFT,
        });
    browser.client.perform_actions(mouse).await.unwrap();
}

/// Compares the area in a request: a pixel of the screen can be several of the image.
fn near(request: &RecordedRequest, expected: [f64; 4]) {
    let area = request.json().unwrap();
    for (name, expected) in ["x", "y", "width", "height"].into_iter().zip(expected) {
        let value = area[name].as_f64().unwrap();
        assert!(
            (value - expected).abs() <= 4.0,
            "{name} in {area}, not {expected}"
        );
        assert!(value.fract() == 0.0, "{area}");
    }
}

async fn stacks_have_previews_and_texts_to_copy(browser: &Browser) {
    let emulator = Emulator::builder().seed_folder(PICTURES).start().await;
    browser
        .open(&format!(
            "{}/_emulator/page/acme/stacks/members",
            emulator.url()
        ))
        .await;
    let loaded = "[...document.querySelectorAll('.rendering img')].map((image) => image.complete && image.naturalWidth > 0)";
    browser
        .until(&format!("String({loaded}) === 'true,true,true'"))
        .await;
    browser
        .until("/^\\d+ × \\d+, image\\/jpeg, [\\d.]+ KB$/.test(document.querySelector('[data-size]').textContent)")
        .await;
    browser.find(".copy").await.click().await.unwrap();
    browser
        .until("document.getElementById('messages').textContent !== ''")
        .await;
    // The URL to copy works in the browser as it stands.
    let url = browser
        .until("document.getElementById('url-0').textContent")
        .await;
    browser.open(url.as_str().unwrap()).await;
    browser.until("document.images[0]?.naturalWidth > 0").await;
}

async fn options_and_metadata_are_changed(browser: &Browser) {
    let emulator = Emulator::builder().seed_folder(PICTURES).start().await;
    let image = api(
        &emulator,
        Method::GET,
        "/sourceimages/acme?name=fields.png",
        &json!({}),
    )
    .await;
    let image: Value = image.json().await.unwrap();
    let hash = image["items"][0]["hash"].as_str().unwrap();
    browser
        .open(&format!(
            "{}/_emulator/page/acme/images/{hash}",
            emulator.url()
        ))
        .await;
    browser
        .find("button[data-path$='/options/protected']")
        .await
        .click()
        .await
        .unwrap();
    let protected = browser.until(&format!("(() => {{ const hash = document.getElementById('hash')?.textContent; return hash !== '{hash}' && hash; }})()")).await;
    browser.until("document.querySelector(\"button[data-path$='/options/protected']\").textContent === 'Unprotect'").await;
    // The signed rendering of the protected image is there.
    browser.pixel("#stage img", 0.5, 0.5).await;

    let script = "document.querySelector('#user-json').closest('details').open = true; document.querySelector('#user-json').value = arguments[0];";
    browser
        .run_script(
            script,
            vec![json!("{\"title\": \"<b>Fields</b>\", \"int:year\": 7}")],
        )
        .await;
    browser
        .find("form[data-method] button")
        .await
        .click()
        .await
        .unwrap();
    browser
        .until("document.querySelector('main').textContent.includes('<b>Fields</b>')")
        .await;
    let path = format!(
        "/sourceimages/acme/{}/meta/user",
        protected.as_str().unwrap()
    );
    assert_eq!(latest(&emulator, "PUT").path, path);
}

async fn the_log_is_live(browser: &Browser) {
    let emulator = Emulator::builder().seed_folder(PICTURES).start().await;
    browser
        .open(&format!("{}/_emulator/page/acme/requests", emulator.url()))
        .await;
    browser
        .until("document.querySelector('#log-empty').checkVisibility()")
        .await;
    api(&emulator, Method::GET, "/stacks/nobody", &json!({})).await;
    browser.until("document.querySelector('#log .refusal')?.textContent.includes('There is no organization `nobody`')").await;
    browser
        .until("!document.querySelector('#log-empty').checkVisibility()")
        .await;
    api(&emulator, Method::GET, "/stacks/acme", &json!({})).await;
    browser
        .until("document.querySelector('#log li:first-child .path').textContent === '/stacks/acme'")
        .await;
    assert_eq!(
        browser
            .until("document.querySelectorAll('#log li').length")
            .await,
        2
    );
}

async fn elsewhere_the_page_asks_for_the_key(browser: &Browser) {
    let emulator = Emulator::builder().seed_folder(PICTURES).start().await;
    let image = api(
        &emulator,
        Method::GET,
        "/sourceimages/acme?name=fields.png",
        &json!({}),
    )
    .await;
    let image: Value = image.json().await.unwrap();
    let hash = image["items"][0]["hash"].as_str().unwrap();
    let page = emulator.url().replace("127.0.0.1", "rokka") + "/_emulator/page/acme";
    browser.open(&format!("{page}/images/{hash}")).await;
    browser.pixel("#stage img", 0.5, 0.5).await;
    let lock = "button[data-path$='/options/locked']";

    // Without a key nothing is sent.
    browser.find(lock).await.click().await.unwrap();
    let cancel = browser
        .find("#key-dialog[open] button[formnovalidate]")
        .await;
    cancel.click().await.unwrap();
    browser
        .until("document.querySelector('#messages .failed')?.textContent.includes('No key')")
        .await;
    assert!(
        emulator
            .requests()
            .iter()
            .all(|request| request.method != "PUT")
    );

    // With a wrong one it is asked for again.
    for key in ["wrong", emulator.api_key()] {
        browser
            .until(&format!("!document.querySelector(\"{lock}\").disabled"))
            .await;
        browser.find(lock).await.click().await.unwrap();
        let field = browser.find("#key-dialog[open] #key").await;
        field.send_keys(key).await.unwrap();
        browser
            .find("#key-dialog[open] button.primary")
            .await
            .click()
            .await
            .unwrap();
        if key == "wrong" {
            let failed = "[...document.querySelectorAll('#messages .failed')].at(-1).textContent";
            browser.until(&format!("{failed}.startsWith('403')")).await;
        }
    }
    browser
        .until(&format!(
            "document.querySelector(\"{lock}\").textContent === 'Unlock'"
        ))
        .await;

    // The next change needs no question.
    browser.find(lock).await.click().await.unwrap();
    browser
        .until(&format!(
            "document.querySelector(\"{lock}\").textContent === 'Lock'"
        ))
        .await;
    // What is to be copied is what this browser can reach.
    browser.open(&format!("{page}/stacks/thumb")).await;
    let url = browser
        .until("document.getElementById('url-0').textContent")
        .await;
    browser.open(url.as_str().unwrap()).await;
    browser.until("document.images[0]?.naturalWidth > 0").await;
}

async fn the_page_fits_a_phone(browser: &Browser) {
    let emulator = Emulator::builder().seed_folder(PICTURES).start().await;
    let image = api(
        &emulator,
        Method::GET,
        "/sourceimages/acme?name=sunrise.png",
        &json!({}),
    )
    .await;
    let image: Value = image.json().await.unwrap();
    let hash = image["items"][0]["hash"].as_str().unwrap();
    let page = format!("{}/_emulator/page/acme", emulator.url());
    browser.open(&page).await;
    // A frame of another origin is refused, but the page is as narrow as its window.
    browser.client.set_window_size(400, 800).await.unwrap();
    for path in [
        "",
        &format!("/images/{hash}"),
        "/stacks",
        "/stacks/thumb",
        "/requests",
    ] {
        browser.open(&format!("{page}{path}")).await;
        browser.find("main").await;
        let overflow =
            "document.documentElement.scrollWidth - document.documentElement.clientWidth";
        let overflow = browser
            .run_script(&format!("return {overflow}"), Vec::new())
            .await;
        assert_eq!(overflow, 0, "{path}");
    }
    browser.client.set_window_size(1280, 1000).await.unwrap();
}

/// `cargo test -p rokka-emulator --test browser -- --ignored` renews them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "writes the pictures of the README"]
async fn the_pictures_of_the_readme() {
    let builder = Emulator::builder().seed_folder(PICTURES).port(8787);
    let emulator = builder.try_start().unwrap();
    let image = api(
        &emulator,
        Method::GET,
        "/sourceimages/acme?name=lighthouse.svg",
        &json!({}),
    )
    .await;
    let image: Value = image.json().await.unwrap();
    let path = format!(
        "/sourceimages/acme/{}/meta/dynamic/subject_area?deletePrevious=true",
        image["items"][0]["hash"].as_str().unwrap()
    );
    let area = json!({"x": 105, "y": 75, "width": 100, "height": 100});
    let image: Value = api(&emulator, Method::PUT, &path, &area)
        .await
        .json()
        .await
        .unwrap();
    let hash = image["hash"].as_str().unwrap();
    let page = "http://localhost:8787/_emulator/page/acme";
    let dark = "--blink-settings=preferredColorScheme=0";
    for (name, path, height, flags) in [
        ("images", "?facets=user:array:tags".to_owned(), 950, &[][..]),
        ("image", format!("/images/{hash}"), 1215, &[dark][..]),
    ] {
        let Some(browser) = Browser::start(flags).await else {
            return;
        };
        browser.client.set_window_size(1200, height).await.unwrap();
        browser.open(&format!("{page}{path}")).await;
        browser
            .until(
                "[...document.images].every((image) => image.getBoundingClientRect().top > innerHeight || (image.complete && image.naturalWidth > 0))",
            )
            .await;
        let picture = browser.client.screenshot().await.unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), picture).unwrap();
    }
}
