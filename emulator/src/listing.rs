//! Lists of images: pages of a search, all images of one file, and archives of search results.

use serde::Serialize;
use url::form_urlencoded;

use super::archive;
use super::image::Image;
use super::organization::Organization;
use super::request::Request;
use super::response::{HandlerResult, Response};
use super::search::{Counts, Page, PageStart, RESULT_WINDOW, Search};

/// What follows the items in a list.
#[derive(Serialize)]
struct Listed {
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
    links: Links,
    #[serde(skip_serializing_if = "Option::is_none")]
    facets: Option<Counts>,
}

/// The links to other pages; a single page has none.
#[derive(Serialize)]
struct Links {
    #[serde(skip_serializing_if = "Option::is_none")]
    prev: Option<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Link>,
}

#[derive(Serialize)]
struct Link {
    href: String,
}

pub(crate) fn list(organization: &Organization, request: &Request) -> HandlerResult {
    if let Some(binary_hash) = request.parameter("binaryHash") {
        return list_by_binary_hash(organization, binary_hash, request);
    }
    let search = Search::read(request)?;
    let mut page = search.run(organization);
    let links = links(&search, &page, request);
    let cursor = match &search.start {
        PageStart::Beginning => page.cursor.take(),
        // The last page repeats the cursor of the request.
        PageStart::Cursor { text, .. } => page.cursor.take().or_else(|| Some(text.clone())),
        PageStart::Offset(_) => None,
    };
    let rest = Listed {
        cursor,
        links,
        facets: page.facets,
    };
    let rest = serde_json::to_vec(&rest).unwrap_or_default();
    let rest = rest.strip_prefix(b"{").unwrap_or_default();
    Ok(response(organization, page.total, &page.images, rest))
}

/// Joins the JSON of the images, which each image keeps, with the rest of the object.
fn response(organization: &Organization, total: usize, images: &[&Image], rest: &[u8]) -> Response {
    let items = images
        .iter()
        .map(|image| image.listed_json(organization.name()));
    let length: usize = items.clone().map(|item| item.len() + 1).sum();
    let start = format!("{{\"total\":{total},\"items\":[");
    let mut body = Vec::with_capacity(start.len() + length + 2 + rest.len());
    body.extend_from_slice(start.as_bytes());
    for (index, item) in items.enumerate() {
        if index > 0 {
            body.push(b',');
        }
        body.extend_from_slice(item);
    }
    body.push(b']');
    if rest != b"}" {
        body.push(b',');
    }
    body.extend_from_slice(rest);
    Response::bytes(200, "application/json", body)
}

fn links(search: &Search, page: &Page<'_>, request: &Request) -> Links {
    let by_cursor = matches!(search.start, PageStart::Cursor { .. });
    let after = page.offset + page.images.len();
    let next = if page.images.is_empty() || !page.has_more {
        None
    } else if by_cursor || page.total > RESULT_WINDOW || after + search.limit > RESULT_WINDOW {
        page.cursor.clone()
    } else {
        Some(after.to_string())
    };
    // As in the service, a page by cursor has no link back, and the link back has no filters.
    let prev = (page.offset > 0 && !by_cursor).then(|| page.offset.saturating_sub(search.limit));
    Links {
        prev: prev.map(|offset| Link {
            href: format!("{}?limit={}&offset={offset}", request.path, search.limit),
        }),
        next: next.map(|offset| Link {
            href: next_page(request, &offset),
        }),
    }
}

fn next_page(request: &Request, offset: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in &request.parameters {
        if name != "offset" {
            query.append_pair(name, value);
        }
    }
    query.append_pair("offset", offset);
    format!("{}?{}", request.path, query.finish())
}

pub(crate) fn list_by_binary_hash(
    organization: &Organization,
    binary_hash: &str,
    request: &Request,
) -> HandlerResult {
    let deleted = request.flag("deleted")?;
    let items: Vec<_> = organization
        .newest_first()
        .filter(|image| image.binary_hash == binary_hash && image.deleted.is_some() == deleted)
        .collect();
    // Without a cursor and links.
    Ok(response(organization, items.len(), &items, b"}"))
}

/// Returns an archive. `protected` is the error for a client that may not have protected originals.
pub(crate) fn download(
    organization: &Organization,
    request: &Request,
    protected: Result<(), Response>,
) -> HandlerResult {
    let page = Search::read(request)?.run(organization);
    if page.images.iter().any(|image| image.protected) {
        protected?;
    }
    let archive = archive::zip(page.images)?;
    Ok(Response::bytes(200, "application/zip", archive).header(
        "content-disposition",
        format!("attachment; filename=\"{}.zip\"", organization.name()),
    ))
}
