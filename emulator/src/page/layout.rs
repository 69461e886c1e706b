//! What every page has: the head, the bar at the top, and the place for messages.

use maud::{DOCTYPE, Markup, html};

use super::super::own_host;
use super::super::response::Response;
use super::PATH;
use super::visit::{self, Visit};

/// The parts of the page, in the order of the bar.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Tab {
    Images,
    Stacks,
    Requests,
}

impl Tab {
    const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Images, "Images", ""),
        (Self::Stacks, "Stacks", "/stacks"),
        (Self::Requests, "Requests", "/requests"),
    ];
}

/// Returns a whole page.
pub(super) fn page(
    visit: &Visit<'_>,
    organization: &str,
    tab: Option<Tab>,
    title: &str,
    content: &Markup,
) -> Response {
    visit::html(200, document(visit, organization, tab, title, content))
}

/// Returns the page of an error of the API.
pub(super) fn failure(visit: &Visit<'_>, organization: &str, error: &Response) -> Response {
    let content = html! {
        h1 { "This did not work" }
        (alert(error))
        p { a href=(PATH) { "To the images" } }
    };
    let page = document(visit, organization, None, "Error", &content);
    visit::html(error.status, page)
}

/// Shows an error of the API.
pub(super) fn alert(error: &Response) -> Markup {
    html! {
        p.alert role="alert" { strong { (error.status) } " " (error.message()) }
    }
}

fn document(
    visit: &Visit<'_>,
    organization: &str,
    tab: Option<Tab>,
    title: &str,
    content: &Markup,
) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " – " (organization) " – rokka emulator" }
                link rel="icon" href={ (PATH) "/_assets/icon.svg" };
                link rel="stylesheet" href={ (PATH) "/_assets/page.css" };
                script src={ (PATH) "/_assets/page.js" } defer {}
            }
            body data-organization=(organization) data-page=(PATH) data-key=[visit.key] {
                a.skip href="#content" { "To the content" }
                (bar(visit, organization, tab))
                main #content tabindex="-1" {
                    noscript {
                        p.alert { "Without JavaScript this page shows everything, and changes nothing." }
                    }
                    (content)
                }
                div #messages role="status" aria-live="polite" {}
                @if visit.key.is_none() { (key_dialog()) }
                footer {
                    p {
                        "rokka-emulator " (env!("CARGO_PKG_VERSION")) ". API: "
                        code { "http://localhost" (own_host::port(visit.request)) }
                        ", control interface: " code { "/_emulator" }
                    }
                }
            }
        }
    }
}

fn bar(visit: &Visit<'_>, organization: &str, current: Option<Tab>) -> Markup {
    let organizations = visit.service.organizations();
    html! {
        header.bar {
            a.brand href=(PATH) {
                img src={ (PATH) "/_assets/icon.svg" } alt="" width="24" height="24";
                "rokka " span { "emulator" }
            }
            @if organizations.len() > 1 {
                form.organization action=(PATH) method="get" {
                    label for="organization" { "Organization" }
                    select #organization name="organization" {
                        @for name in &organizations {
                            option value=(name) selected[name == organization] { (name) }
                        }
                    }
                    button { "Show" }
                }
            } @else {
                p.organization { span { "Organization" } " " strong { (organization) } }
            }
            nav aria-label="Parts of the page" {
                ul {
                    @for (tab, name, path) in Tab::ALL {
                        @let is_current = current == Some(tab);
                        li {
                            a href={ (PATH) "/" (organization) (path) }
                                aria-current=[is_current.then_some("page")] { (name) }
                        }
                    }
                }
            }
        }
    }
}

/// Asks for the key where the page may not contain it.
fn key_dialog() -> Markup {
    html! {
        dialog #key-dialog aria-labelledby="key-title" {
            form method="dialog" {
                h2 #key-title { "API key" }
                p { "The program has printed it. It stays in this tab until you close it." }
                label for="key" { "Key" }
                input #key type="password" autocomplete="off" required;
                p.actions {
                    button.primary value="use" { "Use the key" }
                    button value="" formnovalidate { "Cancel" }
                }
            }
        }
    }
}
