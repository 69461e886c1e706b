//! The view of a gallery in a web front end: turns what the back end knows of the images into HTML with responsive render
//! URLs, in the browser, without a request.
//!
//! Everything here is pure and builds for `wasm32-unknown-unknown`; a framework such as Yew or Leptos, or a function exported
//! with wasm-bindgen, calls `gallery`. Two things are different in a browser:
//!
//! - The signing key stays in the back end. It signs URLs there, or hands out images that need no signature.
//! - `SystemTime::now` panics on `wasm32-unknown-unknown`. Where a time is needed, take it from JavaScript: `at(Date.now())`.
//!
//! `cargo run --package rokka-render --example front_end` prints the HTML of two images.

use std::error::Error;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rokka_render::{Operation, Picture, RenderUrl, Sizes};
use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let images = r#"[{"hash": "3f9a21", "alt": "A cat"}, {"hash": "c1b110", "alt": "A \"dog\""}]"#;
    println!("{}", gallery("acme", images)?);
    let now = at(1_795_996_800_000.0); // what `Date.now()` returns
    println!("<!-- made at {:?} -->", now.duration_since(UNIX_EPOCH)?);
    Ok(())
}

/// Returns the HTML of a list of images: an array of objects with `hash` and `alt`.
fn gallery(organization: &str, images: &str) -> Result<String, Box<dyn Error>> {
    let images: Vec<Value> = serde_json::from_str(images)?;
    let mut html = String::from("<ul class=\"gallery\">\n");
    for image in &images {
        let text = |key: &str| image.get(key).and_then(Value::as_str).unwrap_or_default();
        html.push_str("  <li>");
        html.push_str(&picture(organization, text("hash"), text("alt"))?);
        html.push_str("</li>\n");
    }
    html.push_str("</ul>");
    Ok(html)
}

/// A picture as wide as the screen on a phone and 400 pixels elsewhere, in the best format that the browser knows.
fn picture(organization: &str, hash: &str, alt: &str) -> rokka_render::Result<String> {
    let resize = Operation::new("resize").option("width", 400);
    let url = RenderUrl::new(organization, hash)?.dynamic([resize]);
    let sizes = Sizes::new("400px").when("(max-width: 600px)", "100vw");
    let srcset = url.srcset().width(400).width(800).width(1200).sizes(sizes);
    Picture::new(srcset).formats(["avif", "webp"]).html(alt)
}

/// The time of JavaScript's `Date.now()`, in milliseconds.
fn at(milliseconds: f64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs_f64(milliseconds / 1000.0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use rokka_render::SigningKey;

    use super::*;

    #[test]
    fn a_gallery_has_a_picture_for_every_image() {
        let html = gallery("acme", r#"[{"hash": "3f9a21", "alt": "<A cat>"}]"#).unwrap();
        assert_eq!(html.matches("<li><picture>").count(), 1);
        assert!(
            html.contains("https://acme.rokka.io/dynamic/resize-width-1200/3f9a21.avif 1200w"),
            "{html}"
        );
        assert!(
            html.contains("sizes=\"(max-width: 600px) 100vw, 400px\""),
            "{html}"
        );
        assert!(html.contains("alt=\"&lt;A cat&gt;\""), "{html}");
    }

    #[test]
    fn an_image_without_a_valid_hash_is_an_error() {
        let error = gallery("acme", r#"[{"hash": "../x"}]"#).unwrap_err();
        assert!(error.to_string().contains("../x"), "{error}");
    }

    #[test]
    fn the_time_of_a_browser_limits_a_signature() {
        let key = SigningKey::from("EXAMPLEsigningKey0123456789abcd");
        let url = RenderUrl::new("acme", "3f9a21")
            .unwrap()
            .stack("thumb")
            .sign(&key);
        let url = url.until(at(1_900_000_000_000.0)).url().unwrap();
        assert!(key.verify(&url, at(1_899_999_999_000.0)).is_valid());
        assert!(!key.verify(&url, at(1_900_001_000_000.0)).is_valid());
    }
}
