//! Why a request was refused: what it lacked, and what to do.

use rokka_render::{SigningKey, Verdict};

use super::super::journal::Entry;
use super::super::own_host;
use super::super::request::Request;
use super::super::service::Host;
use super::visit::{Visit, text};

/// One thing that a request lacked.
pub(super) struct Lack {
    pub(super) text: String,
    /// A URL that works.
    pub(super) url: Option<String>,
}

fn lack(text: impl Into<String>) -> Lack {
    Lack {
        text: text.into(),
        url: None,
    }
}

/// Returns what a request lacked, as far as the emulator knows more than the message of its response says.
pub(super) fn explain(visit: &Visit<'_>, entry: &Entry) -> Vec<Lack> {
    if entry.by_fault {
        return vec![lack(
            "A fault returned this, not the emulator: DELETE /_emulator/faults removes faults.",
        )];
    }
    let Some(status) = entry.request.status else {
        return vec![lack(
            "There is no response yet, or a fault reset the connection.",
        )];
    };
    let message = entry.request.error.as_deref().unwrap_or_default();
    match (status, &entry.host) {
        (401 | 403, Host::Api) if message.contains("credentials") => credentials(entry),
        (403, Host::Api) => role(entry),
        (403, Host::Render(organization)) => signature(visit, entry, organization.as_deref()),
        (404, Host::Api) => missing(visit, entry),
        (404, Host::Render(organization)) => missing_picture(visit, entry, organization.as_deref()),
        (405, Host::Render(_)) => vec![lack(format!(
            "{} belongs to the API, whose host is http://localhost{}.",
            entry.request.method,
            own_host::port(visit.request)
        ))],
        (409, Host::Api) => vec![lack(
            "The query parameter overwrite=true replaces what is there.",
        )],
        _ => Vec::new(),
    }
}

fn credentials(entry: &Entry) -> Vec<Lack> {
    let sent = |name: &str| entry.request.header(name).is_some();
    vec![lack(if sent("api-key") {
        "The header Api-Key has a key that this emulator does not know. The program prints the one that it knows."
    } else if sent("authorization") {
        "The header Authorization has a key or a token that this emulator does not know, or a token that has expired."
    } else {
        "The request has no credentials: it needs a header Api-Key, or Authorization with a key or a token. The program \
         prints the key."
    })]
}

fn role(entry: &Entry) -> Vec<Lack> {
    let missing = entry.missing.iter();
    missing
        .map(|missing| {
            lack(format!(
                "The user of the key lacks {missing}, or one that includes it."
            ))
        })
        .collect()
}

/// Compares the signature with the right one, which it returns.
fn signature(visit: &Visit<'_>, entry: &Entry, organization: Option<&str>) -> Vec<Lack> {
    let organization = organization.unwrap_or_else(|| visit.service.settings.first_organization());
    let Some(key) = visit.service.signing_key(organization) else {
        return Vec::new();
    };
    let Some(request) = again(entry) else {
        return Vec::new();
    };
    let host = format!(
        "http://{organization}.localhost{}",
        own_host::port(visit.request)
    );
    let query = if request.query.is_empty() {
        String::new()
    } else {
        format!("?{}", request.query)
    };
    let url = format!("{host}{}{query}", request.path);
    let key = SigningKey::from(key);
    let reason = match key.verify(&url, visit.service.clock.now()) {
        Verdict::Unsigned => "The URL has no signature, the query parameter sig.",
        Verdict::Expired => "The signature is right, and its time limit has passed.",
        _ => {
            "The signature was made with another key, or for another URL: the path and every query parameter count, in their \
             order."
        }
    };
    let url = key.sign(&url).ok();
    vec![Lack {
        text: match url {
            Some(_) => {
                format!("{reason} Signed with the key of `{organization}`, without a time limit:")
            }
            None => reason.to_owned(),
        },
        url,
    }]
}

fn missing(visit: &Visit<'_>, entry: &Entry) -> Vec<Lack> {
    let Some(request) = again(entry) else {
        return Vec::new();
    };
    let path: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    match path.as_slice() {
        [
            "sourceimages" | "stacks" | "stats" | "billing" | "utils" | "organizations",
            name,
            ..,
        ] if !visit.service.has_organization(name) => {
            vec![lack(format!(
                "There is no organization `{name}`; there are: {}.",
                visit.service.organizations().join(", ")
            ))]
        }
        ["sourceimages", organization, hash, ..] if is_hash(hash) => {
            where_is(visit, organization, hash)
        }
        ["stacks", organization, name, ..] => {
            let stacks = visit.read(&format!("/stacks/{organization}?limit=30"));
            let stacks = stacks.unwrap_or_default();
            let names: Vec<&str> = super::visit::items(&stacks, "items")
                .iter()
                .map(|stack| text(stack, "name"))
                .collect();
            vec![lack(format!(
                "There is no stack `{name}`; there are: {}.",
                if names.is_empty() {
                    "none".to_owned()
                } else {
                    names.join(", ")
                }
            ))]
        }
        [_, .., last] if last.contains('.') => vec![lack(format!(
            "This looks like a render URL. Those belong to the render host, http://{}.localhost{}.",
            visit.service.settings.first_organization(),
            own_host::port(visit.request)
        ))],
        _ => vec![lack(format!(
            "The API has no {} for this path.",
            entry.request.method
        ))],
    }
}

fn missing_picture(visit: &Visit<'_>, entry: &Entry, organization: Option<&str>) -> Vec<Lack> {
    let organization = organization.unwrap_or_else(|| visit.service.settings.first_organization());
    if !visit.service.has_organization(organization) {
        return vec![lack(format!(
            "There is no organization `{organization}`; there are: {}.",
            visit.service.organizations().join(", ")
        ))];
    }
    let segments = entry.request.path.rsplit('/');
    let mut names =
        segments.map(|segment| segment.split_once('.').map_or(segment, |(stem, _)| stem));
    match names.find(|name| is_hash(name)) {
        Some(hash) => where_is(visit, organization, hash),
        None => vec![lack(
            "A render URL is /{stack}/{hash}.{format}, with operations and options between stack and hash.",
        )],
    }
}

/// Says where an image is that a request did not find.
fn where_is(visit: &Visit<'_>, organization: &str, hash: &str) -> Vec<Lack> {
    let path = |organization: &str| format!("/sourceimages/{organization}/{hash}");
    if visit.read(&path(organization)).is_ok() {
        return Vec::new();
    }
    if visit
        .read(&format!("{}?deleted=true", path(organization)))
        .is_ok()
    {
        return vec![lack(format!(
            "The image is deleted; POST {}/restore brings it back.",
            path(organization)
        ))];
    }
    let others = visit.service.organizations().into_iter();
    let other = others
        .filter(|name| name != organization)
        .find(|name| visit.read(&path(name)).is_ok());
    vec![lack(match other {
        Some(other) => {
            format!("The image is in the organization `{other}`, not in `{organization}`.")
        }
        None => format!("`{organization}` has no image whose hash is, or begins with, {hash}."),
    })]
}

fn is_hash(segment: &str) -> bool {
    (6..=40).contains(&segment.len()) && segment.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Returns the request that an entry of the journal was made from, without the files of a form.
fn again(entry: &Entry) -> Option<Request> {
    let request = &entry.request;
    let target = if entry.query.is_empty() {
        request.path.clone()
    } else {
        format!("{}?{}", request.path, entry.query)
    };
    Request::new(
        &request.method,
        &target,
        request.headers.clone(),
        request.body.clone().unwrap_or_default(),
    )
}
