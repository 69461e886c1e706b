//! `rotate`.

use image::metadata::Orientation;
use image::{Rgba, RgbaImage};

use super::autorotate::turn;
use super::pixels::length;
use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::failure::Failure;
use crate::rendering::pixels::limits::{Deadline, check_pixels};
use crate::rendering::pixels::placement::Placement;
use crate::rendering::pixels::stop::Stop;
use crate::rendering::plan::Step;

/// Turns the picture clockwise by an angle in degrees. The canvas grows, and its corners get the background.
pub(crate) fn rotate(canvas: &mut Canvas, step: &Step, deadline: Deadline) -> Result<(), Stop> {
    let Some(angle) = step.number("angle")? else {
        return Err(Failure::Invalid("rotate needs an `angle`".to_owned()).into());
    };
    let [red, green, blue] = step.color("background_color")?.unwrap_or([255; 3]);
    let opacity = step
        .number("background_opacity")?
        .unwrap_or(0.0)
        .clamp(0.0, 100.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Within 0 to 255.
    let background = Rgba([red, green, blue, (opacity * 2.55).round() as u8]);
    Ok(rotate_by(canvas, angle, background, deadline)?)
}

/// Turns the picture as [`rotate`] does.
pub(crate) fn rotate_by(
    canvas: &mut Canvas,
    angle: f64,
    background: Rgba<u8>,
    deadline: Deadline,
) -> Result<(), Failure> {
    // An angle like 89.999999 is a quarter, computed.
    let angle = (angle.rem_euclid(360.0) * 1e6).round() / 1e6 % 360.0;
    let orientation = match angle {
        0.0 => Orientation::NoTransforms,
        90.0 => Orientation::Rotate90,
        180.0 => Orientation::Rotate180,
        270.0 => Orientation::Rotate270,
        _ => return by_angle(canvas, angle, background, deadline),
    };
    turn(canvas, orientation, deadline)
}

fn by_angle(
    canvas: &mut Canvas,
    angle: f64,
    background: Rgba<u8>,
    deadline: Deadline,
) -> Result<(), Failure> {
    let (sin, cos) = angle.to_radians().sin_cos();
    let (old_width, old_height) = canvas.size();
    let (before_x, before_y) = (f64::from(old_width) / 2.0, f64::from(old_height) / 2.0);
    let width = length(f64::from(old_width) * cos.abs() + f64::from(old_height) * sin.abs());
    let height = length(f64::from(old_width) * sin.abs() + f64::from(old_height) * cos.abs());
    check_pixels(width, height, canvas.frames.len() as u64)?;
    let (after_x, after_y) = (f64::from(width) / 2.0, f64::from(height) / 2.0);
    canvas.placement = canvas
        .placement
        .then(Placement::shift(-before_x, -before_y))
        .then(Placement::new([cos, -sin, 0.0], [sin, cos, 0.0]))
        .then(Placement::shift(after_x, after_y));
    canvas.opaque &= background.0[3] == u8::MAX;
    canvas.change(deadline, |picture| {
        Ok(RgbaImage::from_fn(width, height, |x, y| {
            // The middle of the pixel, turned back.
            let (x, y) = (f64::from(x) + 0.5 - after_x, f64::from(y) + 0.5 - after_y);
            let (from_x, from_y) = (x * cos + y * sin + before_x, y * cos - x * sin + before_y);
            over(sample(&picture, from_x - 0.5, from_y - 0.5), background)
        }))
    })
}

/// Returns the color between four pixels, weighted with its opacity, 0 to 1. Nothing is around the picture.
fn sample(picture: &RgbaImage, x: f64, y: f64) -> [f64; 4] {
    let (left, top) = (x.floor(), y.floor());
    let (right_part, bottom_part) = (x - left, y - top);
    let mut sum = [0.0; 4];
    for (dx, dy, weight) in [
        (0.0, 0.0, (1.0 - right_part) * (1.0 - bottom_part)),
        (1.0, 0.0, right_part * (1.0 - bottom_part)),
        (0.0, 1.0, (1.0 - right_part) * bottom_part),
        (1.0, 1.0, right_part * bottom_part),
    ] {
        let (x, y) = (left + dx, top + dy);
        if x < 0.0 || y < 0.0 {
            continue;
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Not negative.
        let Some(pixel) = picture.get_pixel_checked(x as u32, y as u32) else {
            continue;
        };
        let alpha = f64::from(pixel.0[3]) / 255.0 * weight;
        for (sum, channel) in sum.iter_mut().zip(pixel.0).take(3) {
            *sum += f64::from(channel) / 255.0 * alpha;
        }
        sum[3] += alpha;
    }
    sum
}

/// Puts a weighted color over a background.
fn over(color: [f64; 4], background: Rgba<u8>) -> Rgba<u8> {
    let behind = f64::from(background.0[3]) / 255.0 * (1.0 - color[3]);
    let alpha = color[3] + behind;
    let byte = |number: f64| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Saturating.
        let byte = (number * 255.0).round() as u8;
        byte
    };
    let mut result = [0; 4];
    for ((result, channel), background) in result.iter_mut().zip(color).zip(background.0) {
        let sum = channel + f64::from(background) / 255.0 * behind;
        *result = byte(if alpha > 0.0 { sum / alpha } else { 0.0 });
    }
    result[3] = byte(alpha);
    Rgba(result)
}
