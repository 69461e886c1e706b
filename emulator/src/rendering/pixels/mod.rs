//! Makes the pixels of a rendering: decodes the original, carries out the steps, and encodes the result.

pub(crate) mod canvas;
mod color;
mod decode;
mod drawing;
mod encode;
mod entropy;
pub(crate) mod failure;
pub(crate) mod geometry;
pub(crate) mod limits;
pub(crate) mod placement;
pub(crate) mod stop;

use self::drawing::Drawing;
use self::failure::Failure;
use self::limits::{Deadline, TIME};
use super::plan::Format;
use super::{Job, Picture, Renderer};
use crate::response::Response;

/// The renderer that changes pixels.
pub(crate) struct Pixels;

impl Renderer for Pixels {
    fn render(&self, job: &Job) -> Result<Picture, Response> {
        if job.plan.format == Format::Svg {
            return Ok(original(job, Vec::new()));
        }
        match draw(job, Deadline::after(TIME)) {
            Ok(picture) => Ok(picture),
            Err(Failure::Unknown(format)) => {
                let reason = format!("decoding {format}, so this is the original");
                Ok(original(job, vec![reason]))
            }
            Err(failure) => Err(failure.into()),
        }
    }
}

fn original(job: &Job, unsupported: Vec<String>) -> Picture {
    Picture {
        content: job.original.content(),
        mimetype: job.mimetype.clone(),
        unsupported,
    }
}

fn draw(job: &Job, deadline: Deadline) -> Result<Picture, Failure> {
    let plan = &job.plan;
    let bytes = job
        .original
        .read()
        .map_err(|error| Failure::Broken(format!("the file cannot be read: {error}")))?;
    let drawing = Drawing::new(job, deadline);
    let animation = encode::has_animation(plan.format);
    let dpr = plan.options.dpr;
    let mut canvas = drawing.draw(bytes, &plan.steps, &plan.subject, dpr, animation)?;
    color::to_srgb(&mut canvas, deadline)?;
    let encoded = encode::encode(canvas, plan.format, &plan.options, deadline)?;
    let mut unsupported = drawing.into_unsupported();
    unsupported.extend(encoded.unsupported);
    Ok(Picture {
        content: encoded.bytes.into(),
        mimetype: encoded.mimetype.to_owned(),
        unsupported,
    })
}
