//! `circlemask`: the largest circle in the middle, or rounded corners.

use image::RgbaImage;

use super::options::Options;
use super::rounding::{narrow, to_byte, to_f32};
use super::{Context, refuse};
use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::stop::Stop;

pub(super) fn apply(
    canvas: &mut Canvas,
    options: &Options,
    context: &Context<'_>,
) -> Result<(), Stop> {
    let (width, height) = canvas.size();
    let (width, height) = (to_f32(width), to_f32(height));
    let largest = width.min(height) / 2.0;
    let text = options.text("radius")?;
    let mask = if text.is_empty() {
        Mask {
            across: largest,
            down: largest,
            radius: largest,
        }
    } else {
        let unit = narrow((options.units().0 * options.units().1).sqrt());
        let Some(radius) = radius(&text, largest * 2.0, unit) else {
            return refuse(format!("circlemask: the radius `{text}` is no length"));
        };
        Mask {
            across: width / 2.0,
            down: height / 2.0,
            radius: radius.clamp(0.0, largest),
        }
    };
    canvas.opaque = false;
    canvas.change(context.deadline, |picture| Ok(mask.applied(picture)))
}

/// What stays: a box around the middle with rounded corners, by half its sides.
struct Mask {
    across: f32,
    down: f32,
    radius: f32,
}

impl Mask {
    fn applied(&self, mut picture: RgbaImage) -> RgbaImage {
        let (middle_x, middle_y) = (
            to_f32(picture.width()) / 2.0,
            to_f32(picture.height()) / 2.0,
        );
        for (x, y, pixel) in picture.enumerate_pixels_mut() {
            // From the middle of the pixel to the box that the centers of the corners span.
            let beside = (to_f32(x) + 0.5 - middle_x).abs() - (self.across - self.radius);
            let above = (to_f32(y) + 0.5 - middle_y).abs() - (self.down - self.radius);
            let outside = beside.max(0.0).hypot(above.max(0.0)) + beside.max(above).min(0.0);
            let covered = (self.radius - outside + 0.5).clamp(0.0, 1.0);
            pixel.0[3] = to_byte(f32::from(pixel.0[3]) * covered);
        }
        picture
    }
}

/// Returns a radius in pixels of the canvas. A percentage is one of the shorter side.
fn radius(text: &str, side: f32, unit: f32) -> Option<f32> {
    let radius = match text.strip_suffix(['p', '%']) {
        Some(percent) => percent.parse::<f32>().ok()? / 100.0 * side,
        None => text.parse::<f32>().ok()? * unit,
    };
    radius.is_finite().then_some(radius)
}
