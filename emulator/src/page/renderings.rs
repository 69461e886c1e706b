//! The render URLs that the page shows: those of its own pictures, and those to copy.

use rokka_render::{ImageSource, Operation, RenderUrl, SigningKey};
use serde_json::Value;

use super::super::own_host;
use super::super::response::Response;
use super::visit::{Visit, is_on, number, text};

/// Makes the render URLs of an organization.
pub(super) struct Renderings {
    organization: String,
    key: SigningKey,
    /// The render host, for a visitor on this machine.
    host: String,
    /// What the URLs to copy begin with.
    base: String,
    protects_dynamic: bool,
}

impl Renderings {
    pub(super) fn new(visit: &Visit<'_>, organization: &str) -> Self {
        let key = visit.service.signing_key(organization).unwrap_or_default();
        let host = format!(
            "http://{organization}.localhost{}",
            own_host::port(visit.request)
        );
        // Elsewhere, `acme.localhost` is another machine.
        let is_here = visit
            .request
            .host()
            .is_some_and(|host| host == "localhost" || host == "[::1]" || host.starts_with("127."));
        let base = if is_here {
            host.clone()
        } else {
            let authority = visit.request.header("host").unwrap_or_default();
            format!("http://{authority}/_emulator/render/{organization}")
        };
        Self {
            organization: organization.to_owned(),
            key: SigningKey::from(key),
            host,
            base,
            protects_dynamic: visit.service.protects_dynamic_stack(organization),
        }
    }

    /// Starts the URL of an image.
    pub(super) fn of(&self, hash: &str) -> Result<RenderUrl, Response> {
        RenderUrl::with_host(self.host.as_str(), ImageSource::hash(hash))
            .map_err(|error| refused(&error))
    }

    /// Returns the address of a rendering on the origin of the page. It is always signed, because it may need to be.
    pub(super) fn path(&self, url: RenderUrl) -> Result<String, Response> {
        let url = url.sign(&self.key).url().map_err(|error| refused(&error))?;
        Ok(format!(
            "/_emulator/render/{}{}",
            self.organization,
            path_of(&url)
        ))
    }

    /// Returns the URL to copy, signed if the image or the stack is protected.
    pub(super) fn public(&self, url: RenderUrl, is_protected: bool) -> Result<String, Response> {
        let url = if is_protected {
            url.sign(&self.key)
        } else {
            url
        };
        let url = url.url().map_err(|error| refused(&error))?;
        Ok(self.published(&url))
    }

    /// Replaces the render host in a text by what URLs to copy begin with.
    pub(super) fn published(&self, text: &str) -> String {
        text.replace(&self.host, &self.base)
    }

    pub(super) fn signing_key(&self) -> &SigningKey {
        &self.key
    }

    pub(super) fn protects_dynamic(&self) -> bool {
        self.protects_dynamic
    }

    /// Returns the address of a small rendering; `None` for a deleted image, and for a file that is no picture.
    pub(super) fn thumbnail(&self, image: &Value, pixels: u32) -> Option<String> {
        if !is_picture(image) || is_on(image, "deleted") {
            return None;
        }
        let resize = Operation::new("resize")
            .option("width", pixels)
            .option("height", pixels)
            .option("upscale", false);
        let url = self.of(text(image, "hash")).ok()?;
        self.path(url.dynamic([resize]).format(format(image))).ok()
    }

    /// Returns the address of a rendering that is cut to a shape around the subject area.
    pub(super) fn cut(&self, image: &Value, width: u32, height: u32) -> Option<String> {
        let resize = Operation::new("resize")
            .option("width", width)
            .option("height", height)
            .option("mode", "fill");
        let crop = Operation::new("crop")
            .option("width", width)
            .option("height", height)
            .option("anchor", "auto");
        let url = self.of(text(image, "hash")).ok()?;
        self.path(url.dynamic([resize, crop]).format(format(image)))
            .ok()
    }
}

/// Turns an error of the URL builder into one that a page shows.
pub(super) fn refused(error: &rokka_render::Error) -> Response {
    Response::bad_request(error.to_string())
}

/// Whether an image of the API is a picture that can be shown.
pub(super) fn is_picture(image: &Value) -> bool {
    text(image, "mimetype").starts_with("image/") && number(image, "width") > 0
}

/// The format that shows all of a picture.
fn format(image: &Value) -> &'static str {
    if is_on(image, "opaque") { "jpg" } else { "png" }
}

/// Returns the path and the query of a URL.
fn path_of(url: &str) -> &str {
    let after_scheme = url.find("://").map_or(0, |scheme| scheme + 3);
    let path = url
        .get(after_scheme..)
        .and_then(|rest| rest.find('/'))
        .map_or(url.len(), |slash| after_scheme + slash);
    url.get(path..).unwrap_or_default()
}
