//! The formats whose decoders have a common interface: PNG, WebP and TIFF.

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, Limits};

use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::failure::Failure;
use crate::rendering::pixels::limits::{BYTES, check_pixels};

/// Returns the limits that a decoder keeps itself.
pub(crate) fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(BYTES);
    limits
}

pub(crate) fn load(mut decoder: impl ImageDecoder) -> Result<Canvas, Failure> {
    let (width, height) = decoder.dimensions();
    check_pixels(width, height, 1)?;
    // Decoded as the file has them, and then 4 bytes each.
    let pixels = u64::from(width) * u64::from(height);
    if decoder.total_bytes().saturating_add(pixels * 4) > BYTES {
        return Err(Failure::TooLarge(format!(
            "{width} × {height} pixels of this depth are more than the emulator decodes"
        )));
    }
    decoder.set_limits(limits())?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().unwrap_or_default();
    let picture = DynamicImage::from_decoder(decoder)?;
    let opaque = !picture.color().has_alpha();
    // A profile of another kind of color does not fit any more.
    let profile = profile.filter(|_| picture.color().has_color());
    let mut canvas = Canvas::new(picture.into_rgba8(), opaque);
    canvas.opaque = !canvas.is_transparent();
    canvas.orientation = orientation;
    canvas.profile = profile;
    Ok(canvas)
}
