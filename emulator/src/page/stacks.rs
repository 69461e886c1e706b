//! The stacks of an organization, each on the chosen images.

use maud::{Markup, html};
use serde_json::Value;

use super::super::response::{HandlerResult, Response};
use super::layout::{self, Tab};
use super::renderings::Renderings;
use super::visit::{Visit, is_on, items, text};
use super::{PATH, images, metadata};

/// How many images the choice offers.
const OFFERED: usize = 12;

/// How many images are shown when none is chosen.
const SHOWN: usize = 3;

pub(super) fn show(visit: &Visit<'_>, organization: &str) -> HandlerResult {
    let stacks = visit.read(&format!("/stacks/{organization}?limit=200"))?;
    let stacks = items(&stacks, "items");
    let renderings = Renderings::new(visit, organization);
    let choice = Choice::read(visit, organization)?;
    let content = html! {
        h1 { "Stacks" }
        form.choices method="get" {
            (choice.fields(&renderings))
            button.primary { "Show on these images" }
        }
        @if stacks.is_empty() { p.none { "No stack yet: " code { "PUT /stacks/" (organization) "/thumb" } " creates one." } }
        @for stack in stacks {
            @let name = text(stack, "name");
            section.card aria-labelledby={ "stack-" (name) } {
                h2 id={ "stack-" (name) } { a href=(choice.link(organization, name)) { (name) } }
                (description(stack))
                div.previews {
                    @for image in &choice.images { (preview(&renderings, stack, image)) }
                }
            }
        }
        section.card aria-labelledby="stack-dynamic" {
            h2 #stack-dynamic { a href=(choice.link(organization, "dynamic")) { "dynamic" } }
            p { "Operations in the URL, to try them." }
        }
    };
    Ok(layout::page(
        visit,
        organization,
        Some(Tab::Stacks),
        "Stacks",
        &content,
    ))
}

/// Shows what a stack does.
pub(super) fn description(stack: &Value) -> Markup {
    let operations = items(stack, "stack_operations");
    html! {
        @if let Some(description) = stack.get("description").and_then(Value::as_str) { p { (description) } }
        p.operations {
            @for operation in operations {
                span.tag {
                    (text(operation, "name")) " "
                    @for (name, value) in operation.get("options").and_then(Value::as_object).into_iter().flatten() {
                        span.pair { (name) " " (metadata::compact(value)) } " "
                    }
                } " "
            }
            @for (name, value) in stack.get("stack_options").and_then(Value::as_object).into_iter().flatten() {
                span.badge { (name) " " (metadata::compact(value)) } " "
            }
        }
    }
}

fn preview(renderings: &Renderings, stack: &Value, image: &Value) -> Markup {
    let path = renderings
        .of(text(image, "hash"))
        .and_then(|url| renderings.path(url.stack(text(stack, "name"))));
    html! {
        @match path {
            Ok(path) => figure {
                span.picture { img src=(path) alt={ (text(stack, "name")) " of " (text(image, "name")) } loading="lazy"; }
                figcaption { (text(image, "name")) }
            },
            Err(error) => (layout::alert(&error)),
        }
    }
}

/// Whether URLs of a stack need a signature.
pub(super) fn is_protected(stack: &Value) -> bool {
    stack
        .get("stack_options")
        .is_some_and(|options| is_on(options, "protected"))
}

/// The images of the visitor's choice.
pub(super) struct Choice {
    pub(super) images: Vec<Value>,
    offered: Vec<Value>,
    missing: Vec<String>,
    is_made: bool,
}

impl Choice {
    pub(super) fn read(visit: &Visit<'_>, organization: &str) -> Result<Self, Response> {
        let mut offered = images::latest(visit, organization, OFFERED)?;
        let mut images: Vec<Value> = Vec::new();
        let mut missing = Vec::new();
        let wanted = visit.request.parameters.iter();
        let wanted = wanted.filter(|(name, value)| name == "image" && !value.trim().is_empty());
        for hash in wanted.flat_map(|(_, value)| value.split([',', ' '])) {
            let hash = hash.trim();
            let is_hash = hash.bytes().all(|byte| byte.is_ascii_hexdigit());
            let found = if hash.is_empty() {
                continue;
            } else if is_hash {
                visit
                    .read(&format!("/sourceimages/{organization}/{hash}"))
                    .ok()
            } else {
                None
            };
            match found {
                Some(image)
                    if images
                        .iter()
                        .any(|known| known.get("hash") == image.get("hash")) => {}
                Some(image) => images.push(image),
                None => missing.push(hash.to_owned()),
            }
        }
        let is_made = !images.is_empty();
        if !is_made {
            images = offered.iter().take(SHOWN).cloned().collect();
        }
        for image in images.iter().rev() {
            if !offered
                .iter()
                .any(|known| known.get("hash") == image.get("hash"))
            {
                offered.insert(0, image.clone());
            }
        }
        Ok(Self {
            images,
            offered,
            missing,
            is_made,
        })
    }

    /// Returns the fields of a form that choose images.
    pub(super) fn fields(&self, renderings: &Renderings) -> Markup {
        let is_chosen = |image: &Value| {
            self.images
                .iter()
                .any(|known| known.get("hash") == image.get("hash"))
        };
        html! {
            @for hash in &self.missing {
                p.alert role="alert" { "There is no image " code { (hash) } "." }
            }
            fieldset.choice {
                legend { "Images" }
                @if self.offered.is_empty() { p.none { "No image yet." } }
                @for image in &self.offered {
                    @let hash = text(image, "hash");
                    label {
                        input type="checkbox" name="image" value=(hash) checked[is_chosen(image)];
                        span.picture data-format=(text(image, "format")) {
                            @if let Some(path) = renderings.thumbnail(image, 120) { img src=(path) alt="" width="120" height="120"; }
                        }
                        span.name { (text(image, "name")) }
                    }
                }
                p {
                    label for="other-image" { "Others, by hash" }
                    input #other-image name="image" spellcheck="false" autocapitalize="off" pattern="[0-9a-fA-F, ]*";
                }
            }
        }
    }

    /// Returns the address of a stack's page with the same images.
    fn link(&self, organization: &str, stack: &str) -> String {
        let mut link = format!("{PATH}/{organization}/stacks/{stack}");
        if self.is_made {
            for (index, image) in self.images.iter().enumerate() {
                link.push(if index == 0 { '?' } else { '&' });
                link.push_str("image=");
                link.push_str(text(image, "hash"));
            }
        }
        link
    }
}
