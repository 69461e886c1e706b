//! A visit to the application, as a browser makes it: upload a picture, look at it, delete it.

use std::error::Error;

use reqwest::multipart::{Form, Part};
use reqwest::{ClientBuilder, StatusCode};

const PICTURE: &[u8] = include_bytes!("../assets/sailing-boat.jpg");

/// Visits the application at a URL.
pub(super) async fn visit(url: &str) -> Result<(), Box<dyn Error>> {
    let browser = browser().build()?;
    let boat = Part::bytes(PICTURE).file_name("sailing-boat.jpg");
    let form = Form::new()
        .text("title", "A sailing boat")
        .part("picture", boat);
    let uploaded = browser.post(format!("{url}/images")).multipart(form).send();
    // After the redirect, this is the gallery.
    let page = uploaded.await?.error_for_status()?.text().await?;
    println!("{page}");

    let delete = between(&page, "action=\"/images/", "\"").ok_or("the page has no picture")?;
    let deleted = browser.post(format!("{url}/images/{delete}")).send();
    let page = deleted.await?.error_for_status()?.text().await?;
    if page.contains("<figure>") {
        return Err("the picture is still there".into());
    }
    let unknown = browser.post(format!("{url}/images/{delete}")).send();
    if unknown.await?.status() != StatusCode::NOT_FOUND {
        return Err("the picture was deleted twice".into());
    }
    println!("deleted again");
    Ok(())
}

/// Returns a builder of HTTP clients that look like browsers.
pub(super) fn browser() -> ClientBuilder {
    // reqwest insists on a provider for TLS, which nothing here uses.
    drop(rustls::crypto::ring::default_provider().install_default());
    ClientBuilder::new().no_proxy()
}

/// Returns the text between two others.
pub(super) fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    let (found, _) = rest.split_once(end)?;
    Some(found)
}
