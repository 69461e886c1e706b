//! One stack: its definition, and its renderings with the URLs and the HTML to copy.

use maud::{Markup, html};
use rokka_render::RenderUrl;
use serde_json::{Value, json};

use super::super::response::{HandlerResult, Response};
use super::layout::{self, Tab};
use super::renderings::{Renderings, refused};
use super::snippet::{self, Candidates};
use super::stacks::{self, Choice};
use super::visit::{Visit, is_on, text};
use super::{PATH, metadata};

const FORMATS: [&str; 5] = ["jpg", "png", "webp", "avif", "gif"];

/// What the stack `dynamic` does without a choice.
const OPERATIONS: &str =
    "resize-width-400-height-300-mode-fill--crop-width-400-height-300-anchor-auto";

/// What the form of the page asks for.
struct Wish<'a> {
    format: &'static str,
    candidates: Candidates,
    variables: Vec<(&'a str, &'a str)>,
    /// The operations of the stack `dynamic`.
    operations: &'a str,
}

impl<'a> Wish<'a> {
    fn read(visit: &Visit<'a>) -> Self {
        let chosen = visit.field("format");
        let operations = visit.field("operations");
        let parameters = visit.request.parameters.iter();
        Self {
            format: FORMATS
                .into_iter()
                .find(|format| *format == chosen)
                .unwrap_or("jpg"),
            candidates: if visit.field("srcset") == "width" {
                Candidates::Width
            } else {
                Candidates::Density
            },
            variables: parameters
                .filter(|(_, value)| !value.trim().is_empty())
                .filter_map(|(name, value)| Some((name.strip_prefix("v-")?, value.trim())))
                .collect(),
            operations: if operations.is_empty() {
                OPERATIONS
            } else {
                operations
            },
        }
    }
}

pub(super) fn show(visit: &Visit<'_>, organization: &str, name: &str) -> HandlerResult {
    let stack = if name == "dynamic" {
        json!({"name": name})
    } else {
        let path = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
        visit.read(&format!("/stacks/{organization}/{path}"))?
    };
    let renderings = Renderings::new(visit, organization);
    let choice = Choice::read(visit, organization)?;
    let wish = Wish::read(visit);
    let content = html! {
        p.back { a href={ (PATH) "/" (organization) "/stacks" } { "← Stacks" } }
        h1.wrap { (name) }
        (stacks::description(&stack))
        form.choices method="get" {
            (choice.fields(&renderings))
            div.search {
                @if name == "dynamic" { (operations_field(&wish)) } @else { (variable_fields(&stack, &wish)) }
                div {
                    label for="format" { "Format" }
                    select #format name="format" {
                        @for format in FORMATS { option selected[format == wish.format] { (format) } }
                    }
                }
                div {
                    label for="srcset" { "HTML for" }
                    select #srcset name="srcset" {
                        option value="density" { "a fixed size, 1x and 2x" }
                        option value="width" selected[wish.candidates == Candidates::Width] { "a size that depends on the window" }
                    }
                }
                button.primary { "Show" }
            }
        }
        @for (index, image) in choice.images.iter().enumerate() {
            @match rendering(&renderings, &stack, image, &wish, index) {
                Ok(shown) => (shown),
                Err(error) => (layout::alert(&error)),
            }
        }
        @if name != "dynamic" {
            details {
                summary { "Definition" }
                pre { code { (metadata::json(&stack)) } }
            }
        }
    };
    Ok(layout::page(
        visit,
        organization,
        Some(Tab::Stacks),
        name,
        &content,
    ))
}

fn operations_field(wish: &Wish<'_>) -> Markup {
    html! {
        div.wide {
            label for="operations" { "Operations, as a URL has them" }
            input #operations name="operations" value=(wish.operations) spellcheck="false" autocapitalize="off";
        }
    }
}

fn variable_fields(stack: &Value, wish: &Wish<'_>) -> Markup {
    let variables = stack.get("stack_variables").and_then(Value::as_object);
    html! {
        @for (name, value) in variables.into_iter().flatten() {
            @let set = wish.variables.iter().find(|(known, _)| known == name).map(|(_, value)| *value);
            div {
                label for={ "v-" (name) } { "Variable " (name) }
                input id={ "v-" (name) } name={ "v-" (name) } value=[set] placeholder=(metadata::compact(value));
            }
        }
    }
}

/// Returns the URL of a rendering, unsigned.
fn url(
    renderings: &Renderings,
    stack: &Value,
    image: &Value,
    wish: &Wish<'_>,
) -> Result<RenderUrl, Response> {
    let (name, hash) = (text(stack, "name"), text(image, "hash"));
    let url = renderings.of(hash)?.stack(name).format(wish.format);
    if name == "dynamic" {
        let url = url.url().map_err(|error| refused(&error))?;
        let operations = wish.operations.trim_matches('/');
        let url = url.replacen("/dynamic/", &format!("/dynamic/{operations}/"), 1);
        return RenderUrl::parse(url).map_err(|error| refused(&error));
    }
    let variables = wish.variables.iter();
    Ok(url.variables(variables.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))))
}

fn rendering(
    renderings: &Renderings,
    stack: &Value,
    image: &Value,
    wish: &Wish<'_>,
    index: usize,
) -> Result<Markup, Response> {
    let url = url(renderings, stack, image, wish)?;
    let is_dynamic = text(stack, "name") == "dynamic";
    let protection = if is_on(image, "protected") {
        Some("The image is protected")
    } else if stacks::is_protected(stack) {
        Some("The stack is protected")
    } else if is_dynamic && renderings.protects_dynamic() {
        Some("The organization protects its stack `dynamic`")
    } else {
        None
    };
    let title = image
        .pointer("/user_metadata/title")
        .and_then(Value::as_str);
    let alt = title.unwrap_or_else(|| text(image, "name"));
    let path = renderings.path(url.clone())?;
    let public = renderings.public(url.clone(), protection.is_some())?;
    let html = snippet::picture(renderings, url, wish.candidates, alt, protection.is_some());
    Ok(html! {
        section.card.rendering aria-labelledby={ "rendering-" (index) } {
            figure {
                span.picture { img src=(path) alt={ "Rendering of " (text(image, "name")) }; }
                figcaption { span data-size {} }
            }
            div {
                h2.wrap id={ "rendering-" (index) } { (text(image, "name")) }
                @if let Some(protection) = protection {
                    p.hint { (protection) ": the URLs are signed, and anybody may have them." }
                }
                (copyable(&format!("url-{index}"), "URL", &public))
                p { a href=(public) { "Open it" } }
                @match html {
                    Ok(html) => (copyable(&format!("html-{index}"), "HTML", &html)),
                    Err(error) => p.hint { "No HTML: " (error.message()) },
                }
            }
        }
    })
}

/// Shows a text with a button that copies it.
fn copyable(id: &str, label: &str, text: &str) -> Markup {
    html! {
        div.copyable {
            div {
                strong id={ (id) "-label" } { (label) }
                button.copy type="button" data-copy=(id) aria-describedby={ (id) "-label" } { "Copy" }
            }
            pre tabindex="0" aria-labelledby={ (id) "-label" } { code id=(id) { (text) } }
        }
    }
}
