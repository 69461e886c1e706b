//! Finds what a render URL addresses, checks what the URL may do, and plans the rendering.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rokka_render::{AlbumUrl, Components, IiifComponents, IiifUrl, RenderUrl};
use serde_json::{Map, Value, json};
use url::Url;

use super::format::{self, is_on};
use super::plan::{Format, OutputOptions, Plan, Step};
use super::remote::{RemoteFile, allowed_url};
use super::resolve::{Resolved, Subject, dpr, resolve};
use super::{Job, Layer, album, iiif};
use crate::accounts::Accounts;
use crate::aliases;
use crate::hash::{is_hash, sha1_hex};
use crate::image::Image;
use crate::organization::Organization;
use crate::request::Request;
use crate::response::Response;
use crate::signature;

/// What the emulator has, at one moment.
pub(crate) struct World<'a> {
    pub(crate) organizations: &'a BTreeMap<String, Organization>,
    pub(crate) accounts: &'a Accounts,
    pub(crate) now: DateTime<Utc>,
}

/// What a render URL leads to.
pub(crate) enum Prepared {
    Done(Response),
    Render(Box<Rendering>),
    /// The original, as it is.
    Original(Box<Rendering>),
    /// A remote image has to be fetched first.
    Fetch(Url),
}

/// A rendering with what its response needs.
pub(crate) struct Rendering {
    pub(crate) job: Job,
    /// Names the picture: the file, and everything that happens to it.
    pub(crate) key: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Whether caches may keep it.
    pub(crate) is_final: bool,
}

impl World<'_> {
    /// Prepares the response of the render host. Without the name of an organization, the image is that of the first
    /// organization that has it. `file` is the remote image, once it is fetched.
    pub(crate) fn prepare(
        &self,
        organization: Option<&str>,
        request: &Request,
        file: Option<&RemoteFile>,
    ) -> Result<Prepared, Response> {
        let candidates: Vec<&Organization> = match organization {
            Some(name) => {
                let found = self.organizations.get(name);
                vec![found.ok_or_else(|| Response::not_found("Organization"))?]
            }
            None => self.organizations.values().collect(),
        };
        let query = if request.query.is_empty() {
            String::new()
        } else {
            format!("?{}", request.query)
        };
        let url = format!("http://localhost{}{query}", request.path);
        match request.segments.first().map(String::as_str) {
            Some("_iiif") => return self.iiif(&candidates, &url, request),
            Some("_albums") => return albums(&candidates, &url, request),
            _ => {}
        }
        if let Some(path) = request.path.strip_suffix(".mov") {
            let location = format!("{}{path}.mp4{query}", request.prefix);
            let moved = Response::empty(301).header("location", location);
            return Ok(Prepared::Done(moved));
        }
        let url = match RenderUrl::parse(&url) {
            Ok(url) => url,
            // The URL of an image that cannot be understood, or of something else.
            Err(error) if is_image_path(&request.segments) => {
                return Err(Response::bad_request(error.to_string()));
            }
            Err(_) => return Err(Response::no_route()),
        };
        let url = url.components();
        if let Some(remote) = url.image.as_remote() {
            return self.remote(&candidates, &url, remote, request, file);
        }
        let (organization, image) = self.find(&candidates, &url)?;
        let stack = organization.stacks().get(url.stack);
        let options = stack.and_then(|stack| stack.get("stack_options"));
        self.check_signature(organization, Some(image), options, url.stack, request)?;
        let subject = Subject {
            facts: image.facts(),
            blob: &image.blob,
            binary_hash: &image.binary_hash,
        };
        rendering(&url, organization, subject, request)
    }

    /// Returns the image of a URL, with the organization that the URL is one of.
    fn find<'a>(
        &'a self,
        candidates: &[&'a Organization],
        url: &Components<'_>,
    ) -> Result<(&'a Organization, &'a Image), Response> {
        for organization in candidates.iter().copied() {
            // An organization can show the images of another one.
            let fallback = self
                .accounts
                .organization(organization.name())
                .ok()
                .and_then(|record| record.options.get("render_org_fallback")?.as_str())
                .and_then(|name| self.organizations.get(name));
            for owner in [Some(organization), fallback].into_iter().flatten() {
                let hash = match (url.image.as_alias(), url.image.as_hash()) {
                    (Some(alias), _) => aliases::resolve(owner, alias).ok(),
                    (None, hash) => hash,
                };
                if let Some(image) = hash.and_then(|hash| owner.live(hash).ok()) {
                    return Ok((organization, image));
                }
            }
        }
        Err(Response::not_found("Source image"))
    }

    /// Returns a 403 for a protected rendering without a valid signature.
    fn check_signature(
        &self,
        organization: &Organization,
        image: Option<&Image>,
        stack_options: Option<&Value>,
        stack: &str,
        request: &Request,
    ) -> Result<(), Response> {
        let record = self.accounts.organization(organization.name())?;
        let options = stack_options.and_then(Value::as_object);
        let protected = if image.is_some_and(|image| image.protected) {
            "image"
        } else if options.is_some_and(|options| is_on(options, "protected")) {
            "stack"
        } else if stack == "dynamic"
            && record.options.get("protect_dynamic_stack") == Some(&Value::Bool(true))
        {
            "stack `dynamic`"
        } else {
            return Ok(());
        };
        if signature::is_valid(request, &record.signing_key, self.now) {
            return Ok(());
        }
        Err(Response::error(
            403,
            format!(
                "The {protected} is protected, and the signature is missing, invalid or expired"
            ),
        ))
    }

    fn remote(
        &self,
        candidates: &[&Organization],
        url: &Components<'_>,
        remote: &str,
        request: &Request,
        file: Option<&RemoteFile>,
    ) -> Result<Prepared, Response> {
        let has_stack = |organization: &&&Organization| {
            url.stack == "dynamic" || organization.stacks().contains_key(url.stack)
        };
        let organization = candidates.iter().find(has_stack);
        let organization = organization.ok_or_else(|| Response::not_found("Stack"))?;
        let stack = organization.stacks().get(url.stack);
        let options = stack.and_then(|stack| stack.get("stack_options"));
        self.check_signature(organization, None, options, url.stack, request)?;
        // Those of the URL do not count: they would allow anything.
        let none = Map::new();
        let stored = options.and_then(Value::as_object).unwrap_or(&none);
        let record = self.accounts.organization(organization.name())?;
        let address = allowed_url(remote, stored, &record.options, request)?;
        let Some(file) = file else {
            return Ok(Prepared::Fetch(address));
        };
        let subject = Subject {
            facts: file.facts(),
            blob: &file.blob,
            binary_hash: &file.binary_hash,
        };
        rendering(url, organization, subject, request)
    }

    fn iiif(
        &self,
        candidates: &[&Organization],
        url: &str,
        request: &Request,
    ) -> Result<Prepared, Response> {
        let url = IiifUrl::parse(url).map_err(|error| match request.segments.len() {
            0..=2 => Response::no_route(),
            _ => Response::bad_request(error.to_string()),
        })?;
        let url = url.components();
        let found = candidates
            .iter()
            .find_map(|organization| Some((*organization, organization.live(url.hash).ok()?)));
        let (organization, image) = found.ok_or_else(|| Response::not_found("Source image"))?;
        self.check_signature(organization, Some(image), None, "dynamic", request)?;
        let facts = image.facts();
        if url.info {
            let base = base_of(request);
            let info = iiif::info(&url, &facts, &base);
            return Ok(Prepared::Done(info));
        }
        let resolved = Resolved {
            steps: iiif::steps(&url, &facts)?,
            ..Resolved::default()
        };
        let subject = Subject {
            facts,
            blob: &image.blob,
            binary_hash: &image.binary_hash,
        };
        planned(resolved, iiif_format(&url), subject, request)
    }
}

fn iiif_format<'a>(url: &IiifComponents<'a>) -> Target<'a> {
    Target {
        format: url.format,
        stack: "dynamic",
        name: "default",
    }
}

/// Returns the scheme, the host and the path before a render URL.
fn base_of(request: &Request) -> String {
    let host = request.header("host").unwrap_or("localhost");
    format!("http://{host}{}", request.prefix)
}

fn albums(
    candidates: &[&Organization],
    url: &str,
    request: &Request,
) -> Result<Prepared, Response> {
    let album = AlbumUrl::parse(url).map_err(|_| Response::no_route())?;
    let organization = candidates.first();
    let organization = organization.ok_or_else(|| Response::not_found("Organization"))?;
    let only_favorites = request.path.ends_with("/favorites.json");
    let response = album::respond(&album, only_favorites, organization);
    Ok(Prepared::Done(response))
}

/// What a URL says about the picture itself.
#[derive(Clone, Copy)]
struct Target<'a> {
    format: &'a str,
    stack: &'a str,
    /// The name of the file, without the format.
    name: &'a str,
}

fn rendering(
    url: &Components<'_>,
    organization: &Organization,
    subject: Subject<'_>,
    request: &Request,
) -> Result<Prepared, Response> {
    let resolved = resolve(url, organization, subject, request)?;
    let target = Target {
        format: url.format,
        stack: url.stack,
        name: url.filename.unwrap_or(subject.facts.hash),
    };
    planned(resolved, target, subject, request)
}

/// Prepares the rendering of a file that is not stored.
pub(super) fn of_upload(
    url: &Components<'_>,
    organization: &Organization,
    subject: Subject<'_>,
    request: &Request,
) -> Result<Box<Rendering>, Response> {
    for option in ["basestack", "source_file"] {
        let is_set = |(name, _): &(_, _)| *name == option;
        let stored = organization.stacks().get(url.stack);
        let stored = stored.and_then(|stack| stack.get("stack_options")?.get(option));
        let stored = stored.is_some_and(|value| !value.is_null() && *value != Value::Bool(false));
        if stored || url.options.iter().any(is_set) {
            return Err(Response::bad_request(format!(
                "A file that is not stored cannot be rendered with the option `{option}`"
            )));
        }
    }
    match rendering(url, organization, subject, request)? {
        Prepared::Render(rendering) | Prepared::Original(rendering) => Ok(rendering),
        Prepared::Done(response) => Err(response),
        Prepared::Fetch(_) => Err(Response::no_route()),
    }
}

fn planned(
    resolved: Resolved,
    target: Target<'_>,
    subject: Subject<'_>,
    request: &Request,
) -> Result<Prepared, Response> {
    let Resolved {
        steps,
        layers,
        mut options,
        mut unsupported,
        reads_request,
    } = resolved;
    let accept = request.header("accept").unwrap_or_default();
    let is_source = is_on(&options, "source_file");
    let source = subject.facts.file_type;
    let choice = format::choose(target.format, source, &options, accept)?;
    let mut headers = Vec::new();
    let varies = [(choice.varies, "Accept"), (reads_request, "Save-Data")];
    let varies: Vec<&str> = varies
        .into_iter()
        .filter(|(varies, _)| *varies)
        .map(|(_, header)| header)
        .collect();
    if !varies.is_empty() {
        headers.push(("vary", varies.join(", ")));
    }
    if let Some(disposition) = options.get("content_disposition").and_then(Value::as_str)
        && disposition == "attachment"
    {
        let name = format!("{}.{}", target.name, target.format);
        headers.push((
            "content-disposition",
            crate::download::content_disposition(&name),
        ));
    }
    if target.format == "png" && choice.format == Some(Format::Webp) {
        // As the service: what was asked for without loss stays so, unless the stack says otherwise.
        options.entry("webp.quality").or_insert(json!(100));
    }
    unsupported.extend(choice.unsupported);
    // An SVG stays one; a renderer may change its elements.
    let is_changed_svg = source.format == "svg" && !steps.is_empty();
    let is_original = is_source || (choice.format.is_none() && !is_changed_svg);
    if is_original && !is_source {
        unsupported.extend(steps.iter().map(|step| step.name.clone()));
    }
    let is_final = !target.stack.starts_with("_preview") && unsupported.is_empty();
    let job = Job {
        original: subject.blob.clone(),
        mimetype: source.mimetype.clone(),
        binary_hash: subject.binary_hash.to_owned(),
        plan: Plan {
            steps,
            options: OutputOptions {
                dpr: dpr(&options),
                values: options,
            },
            format: choice.format.unwrap_or(Format::Svg),
            subject: subject.facts.subject(),
            unsupported,
        },
        layers,
    };
    let rendering = Box::new(Rendering {
        key: key_of(&job, is_original),
        job,
        headers,
        is_final,
    });
    Ok(if is_original {
        Prepared::Original(rendering)
    } else {
        Prepared::Render(rendering)
    })
}

/// Returns the name of a picture: of its files and of everything that happens to them, by this version of the emulator.
fn key_of(job: &Job, is_original: bool) -> String {
    if is_original {
        return job.binary_hash.clone();
    }
    let layers: Vec<(&str, &str, &[Step], Value)> = job
        .layers
        .iter()
        .map(|(key, layer): (&String, &Layer)| {
            let subject = json!(layer.subject);
            (
                key.as_str(),
                layer.binary_hash.as_str(),
                layer.steps.as_slice(),
                subject,
            )
        })
        .collect();
    let version = env!("CARGO_PKG_VERSION");
    let text = json!([version, job.binary_hash, job.mimetype, job.plan, layers]).to_string();
    sha1_hex(text.as_bytes())
}

/// Whether a path ends as that of an image, whatever stands before.
fn is_image_path(segments: &[String]) -> bool {
    let [_, between @ .., last] = segments else {
        return false;
    };
    let Some((stem, format)) = last.rsplit_once('.') else {
        return false;
    };
    let is_image = |segment: &str| {
        is_hash(segment)
            || (segment.len() > 2 && segment.starts_with('-') && segment.ends_with('-'))
    };
    let is_format = format.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !format.is_empty();
    is_format && (is_image(stem) || between.last().is_some_and(|segment| is_image(segment)))
}

impl Image {
    /// Returns what expressions and anchors need.
    pub(super) fn facts(&self) -> super::facts::Facts<'_> {
        super::facts::Facts {
            hash: &self.hash,
            file_type: &self.file_type,
            dynamic_metadata: &self.dynamic_metadata,
            user_metadata: &self.user_metadata,
        }
    }
}

/// The metadata of a file that is not stored.
static NO_METADATA: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);

impl RemoteFile {
    pub(super) fn facts(&self) -> super::facts::Facts<'_> {
        super::facts::Facts {
            hash: &self.binary_hash,
            file_type: &self.file_type,
            dynamic_metadata: &NO_METADATA,
            user_metadata: &NO_METADATA,
        }
    }
}
