//! `face`: another picture on each face.
//!
//! The service knows where the features of a face are; its metadata has the area around the eyes and the mouth alone, whose
//! corners are taken for them.

use image::Rgba;

use super::layer::{Place, over};
use super::options::Options;
use super::rounding::{to_i32, to_u32};
use super::{Context, refuse};
use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::failure::Failure;
use crate::rendering::pixels::geometry::{Target, resize, rotate_by};
use crate::rendering::pixels::stop::Stop;

pub(super) fn apply(
    canvas: &mut Canvas,
    options: &Options,
    context: &Context<'_>,
) -> Result<(), Stop> {
    let left = feature(&options.text("leftFeature")?)?;
    let right = feature(&options.text("rightFeature")?)?;
    // The pixels are those of the other picture.
    let anchor = Place::parse(&options.text("anchor")?, (1.0, 1.0))?;
    let scale = options.number("scale")?;
    if context.subject.features.is_empty() {
        return Ok(());
    }
    let picture = context.images.picture(&options.text("secondary_image")?)?;
    for area in &context.subject.features {
        let [from, to] =
            [left, right].map(|feature| canvas.placement.point_of(area, feature, canvas.original));
        let (x, y) = (to.0 - from.0, to.1 - from.1);
        let width = x.hypot(y) * scale;
        if width < 0.5 {
            continue;
        }
        let mut layer = Canvas::new(picture.clone(), false);
        let held = anchor.point(layer.size());
        fit(&mut layer, width, y.atan2(x).to_degrees(), context)?;
        let held = layer.placement.point(held.0, held.1);
        let at = (to_i32(from.0 - held.0), to_i32(from.1 - held.1));
        let layer = layer.frames.into_iter().next();
        let layer = layer.map(|frame| frame.picture).unwrap_or_default();
        canvas.change(context.deadline, |mut picture| {
            over(&mut picture, &layer, (at.0.into(), at.1.into()));
            Ok::<_, Failure>(picture)
        })?;
    }
    Ok(())
}

/// Returns the place of a feature in the area around eyes and mouth, as parts of its sides.
fn feature(name: &str) -> Result<(f64, f64), Stop> {
    Ok(match name {
        "eyeLeft" => (0.0, 0.0),
        "eyeRight" => (1.0, 0.0),
        "mouthLeft" => (0.0, 1.0),
        "mouthRight" => (1.0, 1.0),
        "nose" => (0.5, 0.5),
        name => return refuse(format!("nothing says where the feature `{name}` is")),
    })
}

/// Gives a picture a width, and turns it clockwise.
fn fit(layer: &mut Canvas, width: f64, angle: f64, context: &Context<'_>) -> Result<(), Failure> {
    let before = layer.size();
    let height = width * f64::from(before.1) / f64::from(before.0);
    let target = Target {
        size: (to_u32(width).max(1), to_u32(height).max(1)),
        units: (1.0, 1.0),
    };
    resize(layer, target, context.deadline)?;
    rotate_by(layer, angle, Rgba([0; 4]), context.deadline)
}
