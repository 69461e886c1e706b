//! The log of requests: what came, what it got, and why it was refused.

use bytes::Bytes;
use chrono::SecondsFormat;
use maud::{Markup, html};

use super::super::journal::Entry;
use super::super::response::Response;
use super::super::service::Host;
use super::PATH;
use super::explanation;
use super::layout::{self, Tab};
use super::visit::{self, Visit, size};

/// The most requests that are shown at first.
const LIMIT: usize = 200;

/// The most characters of a body that are shown.
const MAX_TEXT: usize = 4_000;

pub(super) fn show(visit: &Visit<'_>, organization: &str) -> Response {
    let entries = entries(visit, None, &[]);
    let content = html! {
        h1 { "Requests" }
        form.log-controls method="get" {
            p.check {
                input #refused name="refused" value="true" type="checkbox" checked[only_refused(visit)];
                label for="refused" { "refused ones alone" }
            }
            p.check {
                input #own name="own" value="true" type="checkbox" checked[with_own(visit)];
                label for="own" { "those of this page, too" }
            }
            button { "Show" }
            button #pause type="button" aria-pressed="false" { "Pause" }
        }
        p.none #log-empty hidden[!entries.is_empty()] { "No request yet. This list is live." }
        ol.log #log role="log" aria-label="Requests, the latest first" aria-live="off"
            data-rows={ (PATH) "/" (organization) "/requests/rows" } {
            (list(visit, &entries))
        }
    };
    layout::page(
        visit,
        organization,
        Some(Tab::Requests),
        "Requests",
        &content,
    )
}

/// Returns the rows of requests after a number, and of those that had no response yet.
pub(super) fn rows(visit: &Visit<'_>) -> Response {
    let after = visit.field("after").parse().ok();
    let pending = visit.field("pending").split(',');
    let pending: Vec<u64> = pending.filter_map(|number| number.parse().ok()).collect();
    let entries = entries(visit, after, &pending);
    if entries.is_empty() {
        return Response::empty(204);
    }
    visit::html(200, list(visit, &entries))
}

fn only_refused(visit: &Visit<'_>) -> bool {
    visit.field("refused") == "true"
}

fn with_own(visit: &Visit<'_>) -> bool {
    visit.field("own") == "true"
}

/// Returns the requests to show, the latest first.
fn entries(visit: &Visit<'_>, after: Option<u64>, pending: &[u64]) -> Vec<Entry> {
    let refused = |entry: &Entry| entry.request.status.is_none_or(|status| status >= 400);
    let is_own = |entry: &Entry| {
        let referrer = entry.request.header("referer").unwrap_or_default();
        referrer.contains(PATH)
    };
    let (only_refused, with_own) = (only_refused(visit), with_own(visit));
    visit.service.latest_requests(LIMIT, |entry| {
        (after.is_none_or(|after| entry.number > after) || pending.contains(&entry.number))
            && (!only_refused || refused(entry))
            && (with_own || !is_own(entry))
    })
}

fn list(visit: &Visit<'_>, entries: &[Entry]) -> Markup {
    html! { @for entry in entries { (row(visit, entry)) } }
}

fn row(visit: &Visit<'_>, entry: &Entry) -> Markup {
    let request = &entry.request;
    let class = match request.status {
        None => "pending",
        Some(status) if status >= 400 => "refused",
        Some(_) => "done",
    };
    let host = match &entry.host {
        Host::Api => "API".to_owned(),
        Host::Render(Some(organization)) => format!("render {organization}"),
        Host::Render(None) => "render".to_owned(),
    };
    html! {
        li class=(class) data-number=(entry.number) data-pending[request.status.is_none()] {
            details {
                summary {
                    span.status { (request.status.map_or_else(|| "…".to_owned(), |status| status.to_string())) }
                    span.method { (request.method) }
                    span.path { (request.path) @if !request.query.is_empty() { (query(entry)) } }
                    span.host { (host) }
                    time datetime=(entry.received.to_rfc3339_opts(SecondsFormat::Millis, true)) {
                        (entry.received.format("%H:%M:%S"))
                    }
                }
                (details(entry))
            }
            @if class != "done" { (refusal(visit, entry)) }
            @if let Some(unsupported) = &request.unsupported {
                div.refusal { p { "The picture lacks what the emulator does not support: " (unsupported) } }
            }
        }
    }
}

fn query(entry: &Entry) -> String {
    let pairs: Vec<String> = entry
        .request
        .query
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("?{}", pairs.join("&"))
}

/// Shows why a request was refused, and what it lacked.
fn refusal(visit: &Visit<'_>, entry: &Entry) -> Markup {
    let lacks = explanation::explain(visit, entry);
    html! {
        div.refusal {
            @if let Some(message) = &entry.request.error { p { strong { (message) } } }
            @for lack in lacks {
                p {
                    (lack.text)
                    @if let Some(url) = &lack.url { " " a.wrap href=(url) { (url) } }
                }
            }
        }
    }
}

fn details(entry: &Entry) -> Markup {
    let request = &entry.request;
    html! {
        dl.fields {
            @if let Some(duration) = entry.duration { dt { "Time" } dd { (duration.as_millis()) " ms" } }
            @for (name, value) in &request.query { dt { "?" (name) } dd.wrap { (value) } }
            @for (name, value) in &request.headers { dt { (name) } dd.wrap { (value) } }
            @for part in &request.parts {
                dt { "part " (part.name) }
                dd.wrap {
                    @if let Some(name) = &part.file_name { (name) ", " }
                    (size(part.length as u64))
                    @if let Some(content) = part.content.as_ref().filter(|_| part.file_name.is_none()).and_then(readable) {
                        ": " code { (content) }
                    }
                }
            }
        }
        @if request.parts.is_empty() && request.body_length > 0 {
            @match request.body.as_ref().and_then(readable) {
                Some(body) => pre tabindex="0" aria-label="Body" { code { (body) } },
                None => p { "A body of " (size(request.body_length as u64)) },
            }
        }
    }
}

/// Returns bytes that are text, shortened.
fn readable(bytes: &Bytes) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    if text
        .chars()
        .any(|letter| letter.is_control() && !letter.is_whitespace())
    {
        return None;
    }
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => text.get(..end).map(|start| format!("{start}…")),
        None => Some(text.to_owned()),
    }
}
