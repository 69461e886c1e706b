//! The images of an organization: the search, the grid of renderings, the place for uploads.

use maud::{Markup, html};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::form_urlencoded;

use super::super::response::Response;
use super::super::search::RESULT_WINDOW;
use super::PATH;
use super::layout::{self, Tab};
use super::renderings::Renderings;
use super::visit::{Visit, is_on, items, number, text};

/// How many images a page has.
const LIMIT: u64 = 60;

/// Orders to choose from; the field takes any that the service has.
const ORDERS: [(&str, &str); 8] = [
    ("created desc", "newest first"),
    ("created", "oldest first"),
    ("name", "by name"),
    ("width desc", "widest first"),
    ("height desc", "highest first"),
    ("size desc", "largest file first"),
    ("format,name", "by format, then by name"),
    ("user:int:year desc", "by a field of the user metadata"),
];

/// A search, as the form has it.
struct Query<'a> {
    filters: &'a str,
    sort: &'a str,
    facets: &'a str,
    any: bool,
    deleted: bool,
    offset: &'a str,
}

impl<'a> Query<'a> {
    fn read(visit: &Visit<'a>) -> Self {
        Self {
            filters: visit.field("q"),
            sort: visit.field("sort"),
            facets: visit.field("facets"),
            any: visit.field("operator") == "or",
            deleted: visit.field("deleted") == "true",
            offset: visit.field("offset"),
        }
    }

    fn is_plain(&self) -> bool {
        self.filters.is_empty() && !self.deleted
    }

    /// Returns the filters as names and values. They may be percent-encoded, as those of a URL. A word without `=` is
    /// looked for in the names.
    fn pairs(&self) -> Vec<(String, String)> {
        let decoded = |text: &str| {
            percent_decode_str(text.trim())
                .decode_utf8_lossy()
                .into_owned()
        };
        self.filters
            .split(['&', '\n'])
            .map(str::trim)
            .filter(|filter| !filter.is_empty())
            .map(|filter| match filter.split_once('=') {
                Some((name, value)) => (decoded(name), decoded(value)),
                None => {
                    let word = decoded(filter.trim_end_matches('*'));
                    ("name_text".to_owned(), format!("{word}*"))
                }
            })
            .collect()
    }

    /// Returns the path of the API's search, with the query.
    fn target(&self, organization: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.pairs() {
            query.append_pair(&name, &value);
        }
        if self.any {
            query.append_pair("operator", "or");
        }
        if self.deleted {
            query.append_pair("deleted", "true");
        }
        for (name, value) in [
            ("sort", self.sort),
            ("facets", self.facets),
            ("offset", self.offset),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.append_pair("limit", &LIMIT.to_string());
        format!("/sourceimages/{organization}?{}", query.finish())
    }

    /// Returns the address of the page with other filters, facets, or another offset.
    fn link(&self, organization: &str, filters: &str, facets: &str, offset: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let operator = if self.any { "or" } else { "" };
        let deleted = if self.deleted { "true" } else { "" };
        for (name, value) in [
            ("q", filters),
            ("sort", self.sort),
            ("facets", facets),
            ("operator", operator),
            ("deleted", deleted),
            ("offset", offset),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        format!("{PATH}/{organization}?{}", query.finish())
    }
}

pub(super) fn show(visit: &Visit<'_>, organization: &str) -> Response {
    let query = Query::read(visit);
    let found = visit.read(&query.target(organization));
    let content = html! {
        h1 { "Images" }
        (upload_form(organization))
        (search_form(&query, organization, found.as_ref().ok()))
        div #results {
            @match &found {
                Ok(found) => (results(visit, organization, &query, found)),
                Err(error) => (layout::alert(error)),
            }
        }
    };
    layout::page(visit, organization, Some(Tab::Images), "Images", &content)
}

fn upload_form(organization: &str) -> Markup {
    html! {
        form.drop #upload data-path={ "/sourceimages/" (organization) } {
            p {
                label.button for="files" { "Upload pictures" }
                input #files type="file" multiple;
                span.hint { "or drop them anywhere on this page" }
            }
            p.check {
                input #upload-protected type="checkbox";
                label for="upload-protected" { "protected" }
            }
            progress #upload-progress hidden aria-label="Upload" max="1" value="0" {}
        }
    }
}

fn search_form(query: &Query<'_>, organization: &str, found: Option<&Value>) -> Markup {
    let fields = found.map(facet_fields).unwrap_or_default();
    html! {
        search {
            form.search method="get" action={ (PATH) "/" (organization) } {
                div.wide {
                    label for="q" { "Search" }
                    input #q name="q" type="search" value=(query.filters) spellcheck="false" autocapitalize="off"
                        placeholder="user:array:tags=sea & width=[300,}" aria-describedby="q-help";
                }
                div {
                    label for="sort" { "Sort" }
                    input #sort name="sort" value=(query.sort) list="orders" placeholder="created desc"
                        spellcheck="false" autocapitalize="off";
                    datalist #orders {
                        @for (order, meaning) in ORDERS { option value=(order) { (meaning) } }
                    }
                }
                div {
                    label for="facets" { "Facets" }
                    input #facets name="facets" value=(query.facets) list="facet-fields"
                        placeholder="user:array:tags" spellcheck="false" autocapitalize="off";
                    datalist #facet-fields {
                        @for field in &fields { option value=(field) {} }
                    }
                }
                div.checks {
                    p.check {
                        input #any name="operator" value="or" type="checkbox" checked[query.any];
                        label for="any" { "any filter (or)" }
                    }
                    p.check {
                        input #deleted name="deleted" value="true" type="checkbox" checked[query.deleted];
                        label for="deleted" { "deleted ones" }
                    }
                }
                button.primary { "Search" }
            }
            details.help {
                summary { "How to search" }
                div #q-help {
                    p {
                        "The filters of the service, " code { "field=value" } ", with " code { "&" } " between them. A word alone is \
                         looked for in the names."
                    }
                    dl.fields {
                        dt { code { "name=sailing*" } } dd { "begins with it; " code { "name_text" } " compares words" }
                        dt { code { "height=[300,800]" } } dd { "a range; " code { "{300,}" } " is more than 300" }
                        dt { code { "created=['2026-01-01T00:00:00Z',}" } } dd { "since a day" }
                        dt { code { "user:array:tags=sea" } } dd { "user metadata, with its type" }
                        dt { code { "dynamic:int:subject_area:x={0,}" } } dd { "dynamic metadata" }
                        dt { code { "format=jpg" } } dd { "also " code { "mimetype" } ", " code { "hash" } ", " code { "binaryhash" } ", " code { "size" } }
                    }
                }
            }
            p.request { "API: " code { "GET " (query.target(organization)) } }
        }
    }
}

fn results(visit: &Visit<'_>, organization: &str, query: &Query<'_>, found: &Value) -> Markup {
    let images = items(found, "items");
    let total = number(found, "total");
    let renderings = Renderings::new(visit, organization);
    html! {
        @if let Some(counts) = found.get("facets") { (facets(organization, query, counts)) }
        @else if query.facets.is_empty() { (facet_offers(organization, query, found)) }
        p.count { (range(query, images.len() as u64, total)) }
        @if images.is_empty() && query.is_plain() && query.offset.is_empty() {
            p.none { "No image yet. Drop a picture on this page." }
        } @else if images.is_empty() {
            p.none { "Nothing matches." }
        }
        ul.grid {
            @for image in images { li { (tile(&renderings, organization, image)) } }
        }
        (pages(organization, query, found, total))
    }
}

/// Shows an image as a link to its page.
pub(super) fn tile(renderings: &Renderings, organization: &str, image: &Value) -> Markup {
    let hash = text(image, "hash");
    let name = text(image, "name");
    html! {
        a.tile href={ (PATH) "/" (organization) "/images/" (hash) } data-hash=(hash) {
            span.picture data-format=(text(image, "format")) {
                @if let Some(path) = renderings.thumbnail(image, 360) {
                    img src=(path) alt="" loading="lazy" width="360" height="360";
                }
            }
            span.name { (name) }
            span.facts {
                @if number(image, "width") > 0 { (number(image, "width")) " × " (number(image, "height")) " " }
                (text(image, "format"))
                @if is_on(image, "protected") { " " span.badge { "protected" } }
                @if is_on(image, "locked") { " " span.badge { "locked" } }
                @if is_on(image, "deleted") { " " span.badge { "deleted" } }
            }
        }
    }
}

fn range(query: &Query<'_>, shown: u64, total: u64) -> String {
    let images = if total == 1 { "image" } else { "images" };
    if shown == total {
        return format!("{total} {images}");
    }
    match query.offset.parse::<u64>() {
        Ok(offset) if shown > 0 => {
            format!("{} to {} of {total} {images}", offset + 1, offset + shown)
        }
        Err(_) if query.offset.is_empty() => format!("1 to {shown} of {total} {images}"),
        _ => format!("{shown} of {total} {images}"),
    }
}

fn pages(organization: &str, query: &Query<'_>, found: &Value, total: u64) -> Markup {
    let link = |offset: &str| query.link(organization, query.filters, query.facets, offset);
    let is_cursor = !query.offset.is_empty() && query.offset.parse::<u64>().is_err();
    let offset: u64 = query.offset.parse().unwrap_or_default();
    let previous = match offset {
        0 => None,
        offset if offset <= LIMIT => Some(link("")),
        offset => Some(link(&offset.saturating_sub(LIMIT).to_string())),
    };
    let following = offset.saturating_add(LIMIT);
    let next = if !is_cursor && following.saturating_add(LIMIT) <= RESULT_WINDOW as u64 {
        (following < total).then(|| link(&following.to_string()))
    } else {
        // A cursor reaches what an offset does not.
        let href = found.pointer("/links/next/href").and_then(Value::as_str);
        href.and_then(|href| href.split_once('?'))
            .and_then(|(_, query)| {
                let mut pairs = form_urlencoded::parse(query.as_bytes());
                pairs.find(|(name, _)| name == "offset")
            })
            .map(|(_, offset)| link(&offset))
    };
    html! {
        @if total > LIMIT {
            nav.pages aria-label="Pages of the result" {
                @if is_cursor { a href=(link("")) { "↑ First page" } }
                @if let Some(link) = previous { a rel="prev" href=(link) { "← Previous" } }
                @if let Some(link) = next { a rel="next" href=(link) { "Next →" } }
            }
        }
    }
}

/// Shows how often each value occurs; a value is a link that adds it to the filters.
fn facets(organization: &str, query: &Query<'_>, counts: &Value) -> Markup {
    html! {
        @for (field, values) in counts.as_object().into_iter().flatten() {
            section.facet aria-label={ "Values of " (field) } {
                h2 { code { (field) } }
                ul {
                    @for count in values.as_array().into_iter().flatten() {
                        li { (facet(organization, query, field, count)) }
                    }
                }
            }
        }
        p { a href=(query.link(organization, query.filters, "", "")) { "Without facets" } }
    }
}

fn facet(organization: &str, query: &Query<'_>, field: &str, count: &Value) -> Markup {
    let value = text(count, "value");
    // The next filter begins at a `&`.
    let encoded = value
        .replace('%', "%25")
        .replace('&', "%26")
        .replace('\n', "%0A");
    let filter = format!("{field}={encoded}");
    let known = query.filters.split('&').map(str::trim);
    let known: Vec<&str> = known.filter(|known| !known.is_empty()).collect();
    let is_chosen = known.contains(&filter.as_str());
    let filters = if is_chosen {
        let others: Vec<&str> = known.into_iter().filter(|known| *known != filter).collect();
        others.join(" & ")
    } else {
        [known, vec![filter.as_str()]].concat().join(" & ")
    };
    html! {
        a.tag href=(query.link(organization, &filters, query.facets, ""))
            aria-current=[is_chosen.then_some("true")] {
            (value) " " span.number { (number(count, "count")) }
        }
    }
}

/// Offers facets of the fields that the images on this page have.
fn facet_offers(organization: &str, query: &Query<'_>, found: &Value) -> Markup {
    let fields = facet_fields(found);
    html! {
        @if !fields.is_empty() {
            p.offers {
                "Facets: "
                @for field in fields {
                    a.tag href=(query.link(organization, query.filters, &field, "")) { (field) } " "
                }
            }
        }
    }
}

/// Returns the search fields with facets that the images of a response have.
fn facet_fields(found: &Value) -> Vec<String> {
    let mut fields: Vec<String> = items(found, "items")
        .iter()
        .filter_map(|image| image.get("user_metadata")?.as_object())
        .flatten()
        .filter(|(name, value)| {
            value.is_string() && !name.contains(':') || name.starts_with("array:")
        })
        .map(|(name, _)| format!("user:{name}"))
        .collect();
    fields.sort();
    fields.dedup();
    fields
}

/// Returns the latest pictures, for choices.
pub(super) fn latest(
    visit: &Visit<'_>,
    organization: &str,
    limit: usize,
) -> Result<Vec<Value>, Response> {
    let found = visit.read(&format!("/sourceimages/{organization}?limit={limit}"))?;
    let images = items(&found, "items").iter();
    Ok(images
        .filter(|image| super::renderings::is_picture(image))
        .cloned()
        .collect())
}
