//! The operations that change colors, transparency and content. Geometry is elsewhere.
//!
//! What libvips defines is done as libvips does it; `support` says what is a guess.

mod add_frames;
mod alpha;
mod blur;
mod circle_mask;
mod composition;
mod drop_shadow;
mod face;
mod gaussian;
mod glitch;
mod grayscale;
mod lab;
mod layer;
mod modulate;
mod multiply;
mod options;
mod primitive;
mod rounding;
mod sepia;
mod shape;
mod sharpen;
#[cfg(test)]
mod support;
#[cfg(feature = "svg")]
pub(crate) mod svg_dynamic;
#[cfg(test)]
mod tests;
mod text;
mod text_layout;

use bytes::Bytes;

use self::options::Options;
use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::limits::Deadline;
use crate::rendering::pixels::stop::Stop;
use crate::rendering::plan::{Step, Subject, Unsupported};

/// The other images of the organization that the steps of a rendering name.
pub(crate) trait Images {
    /// Returns a picture that the options name by its hash.
    fn picture(&self, hash: &str) -> Result<image::RgbaImage, Stop>;

    /// Returns the file of an image, which may be a font.
    fn file(&self, hash: &str) -> Result<Bytes, Stop>;
}

/// What a step needs beside the picture.
pub(crate) struct Context<'a> {
    pub(crate) images: &'a dyn Images,
    pub(crate) subject: &'a Subject,
    /// Whether the result can have several frames.
    pub(crate) animation: bool,
    /// Where random effects start. The same seed makes the same picture.
    pub(crate) seed: u64,
    pub(crate) deadline: Deadline,
}

/// Carries out a step in every frame. A canvas whose step is unsupported stays as it is.
pub(crate) fn apply(canvas: &mut Canvas, step: &Step, context: &Context<'_>) -> Result<(), Stop> {
    change(canvas, step, context).map_err(|why| match why {
        Stop::Unsupported(Unsupported(reason)) if !reason.starts_with(&step.name) => {
            Unsupported(format!("{}: {reason}", step.name)).into()
        }
        why => why,
    })
}

fn change(canvas: &mut Canvas, step: &Step, context: &Context<'_>) -> Result<(), Stop> {
    let options = Options::of(step, canvas.units);
    match step.name.as_str() {
        "addframes" => add_frames::apply(canvas, &options, context),
        "alpha" => alpha::apply(canvas, &options, context),
        "blur" => blur::apply(canvas, &options, context),
        "circlemask" => circle_mask::apply(canvas, &options, context),
        "composition" => composition::apply(canvas, &options, context),
        "dropshadow" => drop_shadow::apply(canvas, &options, context),
        "face" => face::apply(canvas, &options, context),
        "glitch" => glitch::apply(canvas, &options, context),
        "grayscale" => grayscale::apply(canvas, &options, context),
        "modulate" => modulate::apply(canvas, &options, context),
        "multiply" => multiply::apply(canvas, &options, context),
        "primitive" => primitive::apply(canvas, &options, context),
        "sepia" => sepia::apply(canvas, context),
        "sharpen" => sharpen::apply(canvas, &options, context),
        "text" => text::apply(canvas, &options, context),
        // The picture has been made of pixels already.
        "noop" | "svg2bitmap" => Ok(()),
        "svgdynamic" => refuse("svgdynamic: it is for SVG, and comes before other operations"),
        name => refuse(format!("{name}: the operation is unknown")),
    }
}

fn refuse<T>(reason: impl Into<String>) -> Result<T, Stop> {
    Err(Unsupported(reason.into()).into())
}
