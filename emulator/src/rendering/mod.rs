//! The render host: finds the image of a render URL, checks what the URL may do, and hands both to a renderer.

#[allow(dead_code, reason = "stacks are not resolved yet")]
mod expression;
#[cfg(feature = "rendering")]
#[allow(
    dead_code,
    unused_imports,
    reason = "the operations that are not geometry use it too"
)]
mod pixels;
#[allow(dead_code, reason = "read by renderers that change pixels")]
pub(crate) mod plan;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use self::plan::{Format, OutputOptions, Plan, Step, Subject};
use super::accounts::Accounts;
use super::aliases;
use super::blob::Blob;
use super::hash::is_hash;
use super::organization::Organization;
use super::request::Request;
use super::response::{HandlerResult, Response};
use super::signature;

/// What a renderer needs to make a picture. It shares the bytes of the original, and needs no lock.
#[derive(Clone)]
#[allow(dead_code, reason = "read by renderers that change pixels")]
pub(crate) struct Job {
    /// The original file.
    pub(crate) original: Blob,
    pub(crate) mimetype: String,
    /// The hash of the original file, which names the picture together with the plan.
    pub(crate) binary_hash: String,
    pub(crate) plan: Plan,
    /// The other files that steps name: a `secondary_image`, a `font`. A step of a composition with a stack of its own names
    /// its layer by a key that is no hash.
    pub(crate) layers: BTreeMap<String, Layer>,
}

/// A file that a step needs beside the original.
#[derive(Clone)]
#[allow(dead_code, reason = "read by renderers that change pixels")]
pub(crate) struct Layer {
    pub(crate) original: Blob,
    pub(crate) mimetype: String,
    pub(crate) binary_hash: String,
    /// What happens to the file before it is used; nothing for a font.
    pub(crate) steps: Vec<Step>,
    pub(crate) subject: Subject,
}

/// A rendered picture.
#[derive(Clone)]
#[allow(dead_code, reason = "read by renderers that change pixels")]
pub(crate) struct Picture {
    pub(crate) content: super::blob::Content,
    pub(crate) mimetype: String,
    /// What was left out while rendering, beside that of the plan.
    pub(crate) unsupported: Vec<String>,
}

/// Makes pictures of original files. It runs outside all locks, on a thread that may block.
pub(crate) trait Renderer: Send + Sync {
    /// Returns the picture, or the response that explains why there is none.
    fn render(&self, job: &Job) -> Result<Picture, Response>;
}

/// Returns the original for every plan, and says what was left out.
pub(crate) struct Originals;

impl Renderer for Originals {
    fn render(&self, job: &Job) -> Result<Picture, Response> {
        let steps = job.plan.steps.iter();
        Ok(Picture {
            content: job.original.content(),
            mimetype: job.mimetype.clone(),
            unsupported: steps.map(|step| step.name.clone()).collect(),
        })
    }
}

/// Returns the job of a request for a rendering.
///
/// Without the name of an organization, the image is that of the first organization that has it.
pub(crate) fn find(
    organizations: &BTreeMap<String, Organization>,
    accounts: &Accounts,
    organization: Option<&str>,
    request: &Request,
    now: DateTime<Utc>,
) -> Result<Job, Response> {
    let path: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let [stack, before @ .., last] = path.as_slice() else {
        return Err(Response::no_route());
    };
    let (stem, _) = last.rsplit_once('.').ok_or_else(Response::no_route)?;
    // The last segment is the image, or a file name after the image.
    let name = match before.last() {
        Some(hash) if is_image(hash) => hash,
        _ => stem,
    };
    let candidates: Vec<&Organization> = match organization {
        Some(name) => {
            let found = organizations.get(name);
            vec![found.ok_or_else(|| Response::not_found("Organization"))?]
        }
        None => organizations.values().collect(),
    };
    let (organization, image) = candidates
        .into_iter()
        .find_map(|organization| {
            let hash = match alias_of(name) {
                Some(alias) => aliases::resolve(organization, alias).ok()?,
                None => name,
            };
            Some((organization, organization.live(hash).ok()?))
        })
        .ok_or_else(|| Response::not_found("Source image"))?;
    let record = accounts.organization(organization.name())?;
    let definition = organization.stacks().get(*stack);
    let is_on = |options: Option<&Value>, name: &str| {
        options.and_then(|options| options.get(name)) == Some(&Value::Bool(true))
    };
    let protected = if image.protected {
        Some("image")
    } else if is_on(
        definition.and_then(|definition| definition.get("stack_options")),
        "protected",
    ) {
        Some("stack")
    } else if *stack == "dynamic"
        && record.options.get("protect_dynamic_stack") == Some(&Value::Bool(true))
    {
        Some("stack `dynamic`")
    } else {
        None
    };
    if let Some(what) = protected
        && !signature::is_valid(request, &record.signing_key, now)
    {
        return Err(Response::error(
            403,
            format!("The {what} is protected, and the signature is missing, invalid or expired"),
        ));
    }
    Ok(Job {
        original: image.blob.clone(),
        mimetype: image.file_type.mimetype.clone(),
        binary_hash: image.binary_hash.clone(),
        plan: Plan {
            steps: Vec::new(),
            options: OutputOptions {
                dpr: 1.0,
                values: Map::new(),
            },
            format: Format::Jpg,
            subject: Subject::default(),
            unsupported: Vec::new(),
        },
        layers: BTreeMap::new(),
    })
}

/// Makes the picture of a job, and the response with it.
pub(crate) fn render(renderer: &Arc<dyn Renderer>, job: &Job, request: &Request) -> HandlerResult {
    let picture = renderer.render(job)?;
    let key = format!("{}{}?{}", job.binary_hash, request.path, request.query);
    let etag = super::hash::sha1_hex(key.as_bytes());
    Ok(Response::bytes(200, &picture.mimetype, picture.content)
        .header("cache-control", "public, max-age=31536000, immutable")
        .header("etag", format!("\"{etag}\"")))
}

fn is_image(segment: &str) -> bool {
    is_hash(segment) || alias_of(segment).is_some()
}

fn alias_of(segment: &str) -> Option<&str> {
    segment
        .strip_prefix("-_")?
        .strip_suffix("_-")
        .filter(|alias| aliases::is_alias(alias))
}
