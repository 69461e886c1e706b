//! Renderings of an uploaded file that is not stored: `POST /utils/{organization}/render/{path}`.

use std::collections::BTreeMap;

use rokka_render::RenderUrl;

use super::prepare::{Rendering, of_upload};
use super::remote::RemoteFile;
use super::resolve::Subject;
use crate::organization::Organization;
use crate::request::Request;
use crate::response::Response;

/// The largest file in bytes.
const MAX_BYTES: usize = 100 * 1024 * 1024;

/// Stands for the hash that a path of this kind does not have.
const NO_HASH: &str = "0000000000000000000000000000000000000000";

pub(crate) fn is_upload(request: &Request) -> bool {
    let path: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    matches!(
        (request.method.as_str(), path.as_slice()),
        ("POST", ["utils", _, "render", ..])
    )
}

/// Returns the file of a request.
pub(crate) fn file(request: &Request) -> Result<RemoteFile, Response> {
    let parts = request.parts().map_err(Response::bad_request)?;
    let mut files = parts.iter().filter(|part| part.name == "filedata");
    let (Some(file), None) = (files.next(), files.next()) else {
        return Err(Response::bad_request(
            "The form needs one file with the name `filedata`",
        ));
    };
    if file.body.len() > MAX_BYTES {
        return Err(Response::error(
            413,
            format!("The file can have at most {MAX_BYTES} bytes"),
        ));
    }
    RemoteFile::of(file.body.clone())
        .ok_or_else(|| Response::bad_request("The file is not an image that the emulator knows"))
}

/// Plans the rendering of a file.
pub(crate) fn prepare(
    organizations: &BTreeMap<String, Organization>,
    request: &Request,
    file: &RemoteFile,
) -> Result<Box<Rendering>, Response> {
    let name = request.segments.get(1).map(String::as_str);
    let organization = name.and_then(|name| organizations.get(name));
    let organization = organization.ok_or_else(|| Response::not_found("Organization"))?;
    // The path as it was sent, because it is decoded with the rules of render URLs.
    let path = request.path.splitn(5, '/').nth(4).unwrap_or_default();
    let (stack, format) = path.rsplit_once('.').ok_or_else(Response::no_route)?;
    if stack.is_empty() || format.contains('/') {
        return Err(Response::no_route());
    }
    let query = if request.query.is_empty() {
        String::new()
    } else {
        format!("?{}", request.query)
    };
    let url = format!("http://localhost/{stack}/{NO_HASH}.{format}{query}");
    let url = RenderUrl::parse(url).map_err(|error| Response::bad_request(error.to_string()))?;
    let url = url.components();
    if matches!(url.format, "mp4" | "webm" | "m3u" | "m3u8" | "ts" | "blur") {
        return Err(Response::bad_request(format!(
            "A file that is not stored cannot be rendered as `{}`",
            url.format
        )));
    }
    let subject = Subject {
        facts: file.facts(),
        blob: &file.blob,
        binary_hash: &file.binary_hash,
    };
    of_upload(&url, organization, subject, request)
}
