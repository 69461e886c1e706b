//! PNG.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _};

use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::failure::Failure;
use crate::rendering::plan::OutputOptions;

pub(crate) fn encode(canvas: &Canvas, options: &OutputOptions) -> Result<Vec<u8>, Failure> {
    let Some(frame) = canvas.frames.first() else {
        return Err(Failure::broken("no frame"));
    };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Within 0 to 9.
    let level = options
        .number("png.compression_level")
        .map_or(7, |level| level.clamp(0.0, 9.0) as u8);
    let compression = match level {
        0 => CompressionType::Uncompressed,
        level => CompressionType::Level(level),
    };
    let (width, height) = canvas.size();
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, compression, FilterType::Adaptive);
    if canvas.is_transparent() {
        encoder.write_image(&frame.picture, width, height, ExtendedColorType::Rgba8)?;
    } else {
        let pixels = frame
            .picture
            .pixels()
            .flat_map(|pixel| pixel.0.into_iter().take(3));
        let pixels: Vec<u8> = pixels.collect();
        encoder.write_image(&pixels, width, height, ExtendedColorType::Rgb8)?;
    }
    Ok(bytes)
}
