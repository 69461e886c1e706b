//! The render host: plans what a render URL asks for, has it rendered outside of all locks, and responds.

mod album;
#[cfg(test)]
mod busy_tests;
mod cache;
mod definition;
#[cfg(feature = "rendering")]
mod effects;
mod engine;
mod expression;
mod facts;
mod format;
mod iiif;
#[cfg(feature = "rendering")]
mod pixels;
#[allow(dead_code, reason = "read by renderers that change pixels")]
pub(crate) mod plan;
mod prepare;
mod remote;
mod resolve;
#[cfg(test)]
mod tests;
mod upload;

use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) use self::engine::Engine;
#[cfg(feature = "rendering")]
pub(crate) use self::iiif::MIRROR;
use self::plan::{Plan, Step, Subject};
pub(crate) use self::prepare::{Prepared, Rendering, World};
pub(crate) use self::remote::{Remote, RemoteFile};
pub(crate) use self::upload::{file as upload_file, is_upload, prepare as prepare_upload};
use crate::blob::{Blob, Content};
use crate::download::ranged;
use crate::request::Request;
use crate::response::{HandlerResult, Response};
use crate::service::Service;

/// The header that names what a rendering lacks.
pub(crate) const UNSUPPORTED: &str = "x-rokka-emulator-unsupported";

/// The longest value of the header in bytes.
const MAX_UNSUPPORTED: usize = 1_000;

/// What a renderer needs to make a picture. It shares the bytes of the original, and needs no lock.
#[derive(Clone)]
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
#[cfg(not(feature = "rendering"))]
struct Originals;

#[cfg(not(feature = "rendering"))]
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

/// Returns the renderer of this build.
pub(crate) fn renderer() -> Arc<dyn Renderer> {
    #[cfg(feature = "rendering")]
    return Arc::new(pixels::Pixels);
    #[cfg(not(feature = "rendering"))]
    Arc::new(Originals)
}

/// Responds to a request to the render host.
pub(crate) async fn respond(
    service: &Arc<Service>,
    organization: Option<&str>,
    request: &Request,
) -> Response {
    let result = respond_or_fail(service, organization, request).await;
    result.unwrap_or_else(|error| error)
}

async fn respond_or_fail(
    service: &Arc<Service>,
    organization: Option<&str>,
    request: &Request,
) -> HandlerResult {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return Err(Response::error(405, "The render host knows GET and HEAD")
            .header("allow", "GET, HEAD, OPTIONS"));
    }
    let mut prepared = service.prepare_rendering(organization, request, None)?;
    if let Prepared::Fetch(url) = &prepared {
        let (service, url) = (service.clone(), url.clone());
        let fetched = tokio::task::spawn_blocking({
            let service = service.clone();
            move || service.remote.file(&url)
        });
        let file = fetched.await.map_err(|_| unreadable())??;
        prepared = service.prepare_rendering(organization, request, Some(&file))?;
    }
    match prepared {
        Prepared::Done(response) => Ok(response),
        Prepared::Fetch(_) => Err(unreadable()),
        Prepared::Original(original) => {
            let job = &original.job;
            let (blob, mimetype) = (job.original.clone(), job.mimetype.clone());
            Ok(finish(&original, &blob, &mimetype, &[], request))
        }
        Prepared::Render(rendering) => {
            let picture = service
                .engine
                .picture(&rendering.key, &rendering.job)
                .await?;
            Ok(finish_picture(&rendering, &picture, request))
        }
    }
}

/// Responds with the rendering of a file that is not stored.
pub(crate) async fn respond_to_upload(service: &Arc<Service>, request: &Arc<Request>) -> Response {
    // Reading a form and hashing its file takes time.
    let prepared = tokio::task::spawn_blocking({
        let (service, request) = (service.clone(), request.clone());
        move || service.prepare_upload_rendering(&request)
    });
    let rendered = async {
        let mut rendering = prepared.await.map_err(|_| unreadable())??;
        let picture = service.engine.render(rendering.job.clone()).await?;
        rendering.is_final = false;
        Ok(finish_picture(&rendering, &picture, request))
    };
    rendered.await.unwrap_or_else(|error: Response| error)
}

fn unreadable() -> Response {
    Response::bad_request("The file cannot be read")
}

fn finish_picture(rendering: &Rendering, picture: &Picture, request: &Request) -> Response {
    let blob = match &picture.content {
        Content::Memory(bytes) => Blob::in_memory(bytes.clone()),
        Content::File { path, length, .. } => Blob::in_file(path, *length),
    };
    finish(
        rendering,
        &blob,
        &picture.mimetype,
        &picture.unsupported,
        request,
    )
}

fn finish(
    rendering: &Rendering,
    blob: &Blob,
    mimetype: &str,
    left_out: &[String],
    request: &Request,
) -> Response {
    let etag = format!("\"{}\"", rendering.key);
    let mut response = ranged(request, blob, mimetype, &etag);
    for (name, value) in &rendering.headers {
        response = response.header(name, value.clone());
    }
    let planned = rendering.job.plan.unsupported.iter();
    let unsupported: Vec<&str> = planned.chain(left_out).map(String::as_str).collect();
    // What lacks something is not kept for a year.
    let cache = if rendering.is_final && unsupported.is_empty() {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    response = response.header("cache-control", cache);
    if unsupported.is_empty() {
        return response;
    }
    response.header(UNSUPPORTED, header_value(&unsupported))
}

/// Joins texts to the value of a header, which can have no control characters and not all others.
fn header_value(texts: &[&str]) -> String {
    let mut value = String::new();
    for text in texts {
        // Several steps can lack the same.
        if value.split(", ").any(|known| known == *text) {
            continue;
        }
        if !value.is_empty() {
            value.push_str(", ");
        }
        value.extend(text.chars().map(|letter| match letter {
            ' '..='~' => letter,
            _ => '?',
        }));
    }
    value.truncate(MAX_UNSUPPORTED);
    value
}
