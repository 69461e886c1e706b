//! One image: its rendering with the subject area, its metadata, its versions.

use maud::{Markup, html};
use serde_json::Value;

use super::super::response::HandlerResult;
use super::layout::{self, Tab};
use super::renderings::{Renderings, is_picture};
use super::visit::{Visit, is_on, items, number, size, text};
use super::{PATH, images, metadata};

/// The shapes of the previews that show what the subject area does.
const CUTS: [(&str, u32, u32); 3] = [("square", 240, 240), ("wide", 360, 150), ("tall", 150, 240)];

pub(super) fn show(visit: &Visit<'_>, organization: &str, hash: &str) -> HandlerResult {
    // The segment was decoded, and the API decodes it again.
    let path = percent_encoding::utf8_percent_encode(hash, percent_encoding::NON_ALPHANUMERIC);
    let path = format!("/sourceimages/{organization}/{path}");
    let image = visit
        .read(&path)
        .or_else(|_| visit.read(&format!("{path}?deleted=true")))?;
    let renderings = Renderings::new(visit, organization);
    let path = format!("/sourceimages/{organization}/{}", text(&image, "hash"));
    let content = html! {
        p.back { a href={ (PATH) "/" (organization) } { "← Images" } }
        h1.wrap { (text(&image, "name")) }
        div.columns {
            div {
                @if is_on(&image, "deleted") {
                    p.alert { "This image is deleted, and can be restored." }
                } @else {
                    (subject_area(&renderings, &image, &path))
                }
                (versions(visit, &renderings, organization, &image)?)
                (stack_links(visit, organization, &image)?)
            }
            div {
                (facts(visit, organization, &image))
                (options(&image, &path))
                (user_metadata(&image, &path))
                section aria-labelledby="dynamic-title" {
                    h2 #dynamic-title { "Dynamic metadata" }
                    (metadata::table(image.get("dynamic_metadata")))
                }
                @if image.get("static_metadata").is_some() {
                    section aria-labelledby="static-title" {
                        h2 #static-title { "Static metadata" }
                        (metadata::table(image.get("static_metadata")))
                    }
                }
                details {
                    summary { "JSON of the API" }
                    pre { code { (metadata::json(&image)) } }
                }
            }
        }
    };
    Ok(layout::page(
        visit,
        organization,
        Some(Tab::Images),
        text(&image, "name"),
        &content,
    ))
}

/// The picture with the subject area as a box on it, and the same area as numbers.
fn subject_area(renderings: &Renderings, image: &Value, path: &str) -> Markup {
    let Some(preview) = renderings.thumbnail(image, 1200) else {
        return html! { p.none { "No picture: there is nothing to render." } };
    };
    let (width, height) = (number(image, "width"), number(image, "height"));
    let area = image.pointer("/dynamic_metadata/subject_area");
    let edge = |name: &str, scale: u64| pixels(area, name, scale);
    let edges = [
        ("x", "X", edge("x", width)),
        ("y", "Y", edge("y", height)),
        ("width", "Width", edge("width", width)),
        ("height", "Height", edge("height", height)),
    ];
    html! {
        section #area-editor aria-labelledby="area-title" data-path={ (path) "/meta/dynamic/subject_area" }
            data-width=(width) data-height=(height) {
            div #stage.stage {
                img src=(preview) alt={ "Rendering of " (text(image, "name")) } width=(width) height=(height)
                    draggable="false";
                div #area tabindex="0" role="application" aria-roledescription="movable box"
                    aria-label="Subject area" aria-describedby="area-help" hidden[area.is_none()] {
                    span data-corner="nw" {} span data-corner="ne" {} span data-corner="sw" {} span data-corner="se" {}
                }
            }
            h2 #area-title { "Subject area" }
            p #area-help .hint {
                "Drag the box, or a corner of it; drag beside it for a new one. With the keyboard: arrows move it, with Ctrl \
                 they resize it, with Shift by one pixel; Enter sends it, Escape takes it back."
            }
            output #area-status .hidden {}
            form #area-form {
                @for (name, label, value) in edges {
                    p {
                        label for={ "area-" (name) } { (label) }
                        input id={ "area-" (name) } name=(name) type="number" min="0" step="1" inputmode="numeric"
                            value=[value] required;
                    }
                }
                p {
                    label for="area-mode" { "The new hash" }
                    select #area-mode {
                        option value="" { "beside the old one" }
                        option value="deletePrevious" { "in place of the old one" }
                        option value="keepHash" { "is the old one (keepHash)" }
                    }
                }
                p.actions {
                    button.primary { "Set" }
                    button #area-delete type="button" disabled[area.is_none()] { "Remove" }
                }
            }
            p.request { "API: " code { "PUT " (path) "/meta/dynamic/subject_area" } }
            h3 { "Cut around it" }
            div.cuts {
                @for (name, width, height) in CUTS {
                    @if let Some(cut) = renderings.cut(image, width, height) {
                        figure {
                            span.picture { img src=(cut) alt={ "Cut to a " (name) " shape" } width=(width) height=(height); }
                            figcaption { (name) ", " (width) " × " (height) }
                        }
                    }
                }
            }
        }
    }
}

/// Returns an edge of the area in pixels.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss
)]
fn pixels(area: Option<&Value>, name: &str, scale: u64) -> Option<u64> {
    let number = area?.get(name)?.as_f64()?;
    let is_percentage = area.is_some_and(|area| is_on(area, "percentage"));
    let factor = if is_percentage {
        scale as f64 / 100.0
    } else {
        1.0
    };
    Some((number * factor).round() as u64)
}

fn facts(visit: &Visit<'_>, organization: &str, image: &Value) -> Markup {
    let hash = text(image, "hash");
    let aliases = visit.service.aliases_of(organization, hash);
    html! {
        section aria-label="Facts" {
            dl.fields {
                dt { "Hash" }
                dd { code #hash .wrap { (hash) } " " button.copy type="button" data-copy="hash" { "Copy" span.hidden { " the hash" } } }
                dt { "Short hash" } dd { code { (text(image, "short_hash")) } }
                dt { "File" }
                dd {
                    @if number(image, "width") > 0 { (number(image, "width")) " × " (number(image, "height")) ", " }
                    (text(image, "mimetype")) ", " (size(number(image, "size")))
                    @if is_on(image, "animated") { ", animated" }
                }
                dt { "SHA-1 of the file" } dd { code.wrap { (text(image, "binary_hash")) } }
                dt { "Created" } dd { time datetime=(text(image, "created")) { (text(image, "created")) } }
                @if !aliases.is_empty() {
                    dt { "Aliases" }
                    dd { @for alias in aliases { span.tag { (alias) } " " } }
                }
            }
        }
    }
}

fn options(image: &Value, path: &str) -> Markup {
    let switch = |name: &str| {
        let is_on = is_on(image, name);
        let action = match (name, is_on) {
            ("protected", false) => "Protect",
            ("protected", true) => "Unprotect",
            (_, false) => "Lock",
            (_, true) => "Unlock",
        };
        html! {
            dt { (name) }
            dd {
                (if is_on { "yes" } else { "no" }) " "
                button type="button" data-method="PUT" data-path={ (path) "/options/" (name) } data-body=(!is_on) { (action) }
            }
        }
    };
    html! {
        section aria-labelledby="options-title" {
            h2 #options-title { "Options" }
            dl.fields {
                (switch("protected"))
                (switch("locked"))
            }
            p.actions {
                @if is_on(image, "deleted") {
                    button type="button" data-method="POST" data-path={ (path) "/restore" } { "Restore" }
                } @else {
                    button type="button" data-method="DELETE" data-path=(path) { "Delete" }
                }
            }
        }
    }
}

fn user_metadata(image: &Value, path: &str) -> Markup {
    let fields = image.get("user_metadata");
    let empty = Value::Object(serde_json::Map::new());
    html! {
        section aria-labelledby="user-title" {
            h2 #user-title { "User metadata" }
            (metadata::table(fields))
            details {
                summary { "Edit" }
                form data-method="PUT" data-path={ (path) "/meta/user" } {
                    label for="user-json" { "As JSON; it replaces all fields" }
                    textarea #user-json name="json" rows="8" spellcheck="false" { (metadata::json(fields.unwrap_or(&empty))) }
                    p.actions { button.primary { "Save" } }
                }
            }
        }
    }
}

/// The images that the same file has become.
fn versions(
    visit: &Visit<'_>,
    renderings: &Renderings,
    organization: &str,
    image: &Value,
) -> Result<Markup, super::Response> {
    let path = format!(
        "/sourceimages/{organization}/binaryhash/{}",
        text(image, "binary_hash")
    );
    let versions = visit.read(&path)?;
    let deleted = visit.read(&format!("{path}?deleted=true"))?;
    let hash = text(image, "hash");
    let all: Vec<&Value> = items(&versions, "items")
        .iter()
        .chain(items(&deleted, "items"))
        .collect();
    Ok(html! {
        section aria-labelledby="versions-title" {
            h2 #versions-title { "Versions of this file" }
            ul.grid.small #versions {
                @for version in all {
                    li aria-current=[(text(version, "hash") == hash).then_some("true")] {
                        (images::tile(renderings, organization, version))
                        code.hash { (text(version, "hash").get(..8).unwrap_or_default()) }
                        @if text(version, "hash") == hash { span.badge { "shown" } }
                        @if version.pointer("/dynamic_metadata/subject_area").is_some() { span.badge { "subject area" } }
                    }
                }
            }
        }
    })
}

fn stack_links(
    visit: &Visit<'_>,
    organization: &str,
    image: &Value,
) -> Result<Markup, super::Response> {
    let stacks = visit.read(&format!("/stacks/{organization}?limit=100"))?;
    let stacks = items(&stacks, "items");
    let hash = text(image, "hash");
    Ok(html! {
        @if is_picture(image) && !is_on(image, "deleted") {
            section aria-labelledby="stacks-title" {
                h2 #stacks-title { "URLs" }
                p.hint { "Its renderings, the URLs to copy and the HTML:" }
                p {
                    @for name in stacks.iter().map(|stack| text(stack, "name")).chain(["dynamic"]) {
                        a.tag href={ (PATH) "/" (organization) "/stacks/" (name) "?image=" (hash) } { (name) } " "
                    }
                }
            }
        }
    })
}
