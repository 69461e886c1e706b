//! Lists of images: pages of a search, all images of one file, and archives of search results.

use serde::Serialize;
use url::form_urlencoded;

use super::archive;
use super::image::ImageJson;
use super::organization::Organization;
use super::request::Request;
use super::response::{HandlerResult, Response};
use super::search::{Counts, Page, PageStart, RESULT_WINDOW, Search};

#[derive(Serialize)]
struct Listed<'a> {
    total: usize,
    items: Vec<ImageJson<'a>>,
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

/// A list by binary hash, which has no cursor and no links.
#[derive(Serialize)]
struct Found<'a> {
    total: usize,
    items: Vec<ImageJson<'a>>,
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
    Ok(Response::json(
        200,
        &Listed {
            total: page.total,
            items: page
                .images
                .into_iter()
                .map(|image| image.to_json(organization.name()))
                .collect(),
            cursor,
            links,
            facets: page.facets,
        },
    ))
}

fn links(search: &Search, page: &Page<'_>, request: &Request) -> Links {
    let by_cursor = matches!(search.start, PageStart::Cursor { .. });
    let after = page.offset + page.images.len();
    let next = if page.images.is_empty() || !page.has_more() {
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
        .map(|image| image.to_json(organization.name()))
        .collect();
    Ok(Response::json(
        200,
        &Found {
            total: items.len(),
            items,
        },
    ))
}

pub(crate) fn download(organization: &Organization, request: &Request) -> HandlerResult {
    let page = Search::read(request)?.run(organization);
    archive::zip(page.images)
        .map(|archive| {
            Response::bytes(200, "application/zip", archive).header(
                "content-disposition",
                format!("attachment; filename=\"{}.zip\"", organization.name()),
            )
        })
        .ok_or_else(|| {
            Response::bad_request(
                "The archive is too large: request at most 4 GiB and 65,534 images",
            )
        })
}
