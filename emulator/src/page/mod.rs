//! The page: what the emulator has, in a browser, under a path of the control interface.
//!
//! The server writes HTML, from responses of the API. What changes something is a request to the API itself, which the
//! script sends.

mod assets;
mod explanation;
mod guard;
mod image;
mod images;
mod layout;
mod metadata;
mod renderings;
mod requests;
mod snippet;
mod stack;
mod stacks;
mod visit;

use super::own_host;
use super::request::Request;
use super::response::{HandlerResult, Response};
use super::service::Service;
use visit::Visit;

/// The path that all pages begin with.
pub(crate) const PATH: &str = "/_emulator/page";

/// Sends a browser that asks for `/` to the page; `None` for a client of the API.
pub(crate) fn front_door(request: &Request) -> Option<Response> {
    let is_read = matches!(request.method.as_str(), "GET" | "HEAD");
    let wants_html = request
        .header("accept")
        .is_some_and(|types| types.contains("text/html"));
    let has_credentials =
        request.header("api-key").is_some() || request.header("authorization").is_some();
    (is_read && request.segments.is_empty() && wants_html && !has_credentials).then(|| {
        Response::empty(302)
            .header("location", PATH)
            .header("vary", "Accept, Api-Key, Authorization")
            .header("cache-control", "no-store")
    })
}

/// Handles a request for the page. `path` is what follows [`PATH`]; `is_local` says whether the connection comes from this
/// machine.
pub(crate) fn handle(
    service: &Service,
    request: &Request,
    path: &[&str],
    is_local: bool,
) -> Response {
    let path = match path {
        [before @ .., ""] => before,
        path => path,
    };
    let result = own_host::check(request, "The page", PATH).and_then(|()| {
        let visit = Visit::new(service, request, is_local);
        route(&visit, path)
    });
    guard::protect(result.unwrap_or_else(|error| error), request)
}

fn route(visit: &Visit<'_>, path: &[&str]) -> HandlerResult {
    if !matches!(visit.request.method.as_str(), "GET" | "HEAD") {
        return Err(
            Response::error(405, "The page knows GET and HEAD").header("allow", "GET, HEAD")
        );
    }
    let (organization, rest) = match path {
        [] => return Ok(first_page(visit)),
        ["_assets", name] => return assets::find(name),
        [organization, rest @ ..] => (*organization, rest),
    };
    let result = if visit.service.has_organization(organization) {
        match rest {
            [] => Ok(images::show(visit, organization)),
            ["images", hash] => image::show(visit, organization, hash),
            ["stacks"] => stacks::show(visit, organization),
            ["stacks", name] => stack::show(visit, organization, name),
            ["requests"] => Ok(requests::show(visit, organization)),
            ["requests", "rows"] => return Ok(requests::rows(visit)),
            _ => Err(Response::not_found("Page")),
        }
    } else {
        Err(Response::not_found("Organization"))
    };
    Ok(result.unwrap_or_else(|error| layout::failure(visit, organization, &error)))
}

/// Sends a visitor to the images of the organization that the selector names, or of the first one.
fn first_page(visit: &Visit<'_>) -> Response {
    let chosen = visit
        .request
        .parameter("organization")
        .filter(|name| visit.service.has_organization(name));
    let first = visit.service.settings.first_organization();
    let organization = chosen.unwrap_or(first);
    Response::empty(302).header("location", format!("{PATH}/{organization}"))
}
