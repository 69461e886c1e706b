//! The files of the page, which are part of the program.

use super::super::response::{HandlerResult, Response};

pub(super) fn find(name: &str) -> HandlerResult {
    let (content_type, content) = match name {
        "page.css" => ("text/css; charset=utf-8", include_str!("page.css")),
        "page.js" => ("text/javascript; charset=utf-8", include_str!("page.js")),
        "icon.svg" => ("image/svg+xml", include_str!("icon.svg")),
        _ => return Err(Response::not_found("File")),
    };
    Ok(Response::bytes(200, content_type, content))
}
