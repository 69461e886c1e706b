//! From the colors of an ICC profile to sRGB, which every output format is in.

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::canvas::Canvas;
use super::failure::Failure;
use super::limits::Deadline;

/// Converts the colors of the canvas. A profile that cannot be read, or is of another kind of color, has no effect.
pub(crate) fn to_srgb(canvas: &mut Canvas, deadline: Deadline) -> Result<(), Failure> {
    let Some(profile) = canvas.profile.take() else {
        return Ok(());
    };
    let Ok(profile) = ColorProfile::new_from_slice(&profile) else {
        return Ok(());
    };
    if profile.color_space != DataColorSpace::Rgb {
        return Ok(());
    }
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let Ok(transform) = profile.create_transform_8bit(Layout::Rgba, &srgb, Layout::Rgba, options)
    else {
        return Ok(());
    };
    canvas.change(deadline, |picture| {
        let mut converted = picture.clone();
        Ok(match transform.transform(&picture, &mut converted) {
            Ok(()) => converted,
            Err(_) => picture,
        })
    })
}

/// Returns the light, 0 to 1, of a value of sRGB, 0 to 255.
pub(crate) fn linear(value: f64) -> f64 {
    let value = value / 255.0;
    if value <= 0.04045 {
        value / 12.92
    } else {
        ((value + 0.055) / 1.055).powf(2.4)
    }
}
