//! Lists of images: pages of a search, all images of one binary, and the archive of what a search finds.

use serde::Serialize;
use url::form_urlencoded;

use super::answer::{Answer, Reply};
use super::archive;
use super::call::Call;
use super::image::ShownImage;
use super::organization::Organization;
use super::search::{Counts, Page, Search, Start, WINDOW};

#[derive(Serialize)]
struct Listed<'a> {
    total: usize,
    items: Vec<ShownImage<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
    links: Links,
    #[serde(skip_serializing_if = "Option::is_none")]
    facets: Option<Counts>,
}

/// Neither is there when there is but one page.
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

/// Look-ups by binary have neither a cursor nor links.
#[derive(Serialize)]
struct Found<'a> {
    total: usize,
    items: Vec<ShownImage<'a>>,
}

pub(crate) fn list(organization: &Organization, call: &Call) -> Reply {
    if let Some(binary_hash) = call.parameter("binaryHash") {
        return list_by_binary_hash(organization, binary_hash, call);
    }
    let search = Search::read(call)?;
    let mut page = search.run(organization);
    let links = links(&search, &page, call);
    let cursor = match &search.start {
        Start::Beginning => page.cursor.take(),
        // The same cursor again says that nothing follows.
        Start::Cursor { text, .. } => page.cursor.take().or_else(|| Some(text.clone())),
        Start::Number(_) => None,
    };
    Ok(Answer::json(
        200,
        &Listed {
            total: page.total,
            items: page
                .images
                .into_iter()
                .map(|image| image.show(organization.name()))
                .collect(),
            cursor,
            links,
            facets: page.facets,
        },
    ))
}

fn links(search: &Search, page: &Page<'_>, call: &Call) -> Links {
    let by_cursor = matches!(search.start, Start::Cursor { .. });
    let after = page.before + page.images.len();
    let next = if page.images.is_empty() || !page.has_more() {
        None
    } else if by_cursor || page.total > WINDOW || after + search.limit > WINDOW {
        page.cursor.clone()
    } else {
        Some(after.to_string())
    };
    // There is no way back from a cursor. The service forgets the filters here, and so does this.
    let prev = (page.before > 0 && !by_cursor).then(|| page.before.saturating_sub(search.limit));
    Links {
        prev: prev.map(|offset| Link {
            href: format!("{}?limit={}&offset={offset}", call.path, search.limit),
        }),
        next: next.map(|offset| Link {
            href: next_page(call, &offset),
        }),
    }
}

fn next_page(call: &Call, offset: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in &call.parameters {
        if name != "offset" {
            query.append_pair(name, value);
        }
    }
    query.append_pair("offset", offset);
    format!("{}?{}", call.path, query.finish())
}

pub(crate) fn list_by_binary_hash(
    organization: &Organization,
    binary_hash: &str,
    call: &Call,
) -> Reply {
    let deleted = call.flag("deleted")?;
    let items: Vec<_> = organization
        .newest_first()
        .filter(|image| image.binary_hash == binary_hash && image.deleted.is_some() == deleted)
        .map(|image| image.show(organization.name()))
        .collect();
    Ok(Answer::json(
        200,
        &Found {
            total: items.len(),
            items,
        },
    ))
}

pub(crate) fn download(organization: &Organization, call: &Call) -> Reply {
    let page = Search::read(call)?.run(organization);
    archive::zip(page.images)
        .map(|archive| {
            Answer::bytes(200, "application/zip", archive).header(
                "content-disposition",
                format!("attachment; filename=\"{}.zip\"", organization.name()),
            )
        })
        .ok_or_else(|| Answer::bad_request("The archive would be too large"))
}
