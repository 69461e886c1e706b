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

use self::drawing::{Drawing, Given};
use self::failure::Failure;
use self::limits::{Deadline, TIME};
use super::plan::Format;
use super::{Job, Picture, Renderer};
use crate::response::Response;

/// The renderer that changes pixels.
pub(crate) struct Pixels;

impl Renderer for Pixels {
    fn render(&self, job: &Job) -> Result<Picture, Response> {
        let drawn = match job.plan.format {
            Format::Svg => change_svg(job, Deadline::after(TIME)),
            _ => draw(job, Deadline::after(TIME)),
        };
        match drawn {
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

/// Changes the elements of an SVG that stays one. Steps that need pixels are left out.
fn change_svg(job: &Job, deadline: Deadline) -> Result<Picture, Failure> {
    let drawing = Drawing::new(job, deadline);
    let (bytes, rest) = drawing.change_svg(read(job)?, &job.plan.steps)?;
    let mut unsupported = drawing.into_unsupported();
    unsupported.extend(rest.iter().map(|step| step.name.clone()));
    Ok(Picture {
        content: bytes.into(),
        mimetype: job.mimetype.clone(),
        unsupported,
    })
}

fn read(job: &Job) -> Result<bytes::Bytes, Failure> {
    let bytes = job.original.read();
    bytes.map_err(|error| Failure::Broken(format!("the file cannot be read: {error}")))
}

fn draw(job: &Job, deadline: Deadline) -> Result<Picture, Failure> {
    let plan = &job.plan;
    let bytes = read(job)?;
    let drawing = Drawing::new(job, deadline);
    let animation = encode::has_animation(plan.format);
    let given = Given {
        subject: &plan.subject,
        dpr: plan.options.dpr,
        animation,
    };
    let mut canvas = drawing.draw(bytes, &plan.steps, given)?;
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
