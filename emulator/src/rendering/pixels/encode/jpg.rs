//! JPEG.

use jpeg_encoder::{ColorType, Encoder};

use super::flatten::flatten;
use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::failure::Failure;
use crate::rendering::plan::{Format, OutputOptions};

/// How much a step of `optim.quality` counts, from its default of 5 on, where the quality of the format is not set.
const OPTIM_STEP: f64 = 3.0;

pub(crate) fn encode(mut canvas: Canvas, options: &OutputOptions) -> Result<Vec<u8>, Failure> {
    flatten(
        &mut canvas,
        options.color("jpg.transparency.color").unwrap_or([255; 3]),
    );
    let (width, height) = canvas.size();
    let (Ok(width), Ok(height)) = (u16::try_from(width), u16::try_from(height)) else {
        return Err(Failure::TooLarge(format!(
            "A JPEG has at most 65535 pixels a side, and the picture has {width} × {height}"
        )));
    };
    let Some(frame) = canvas.frames.first() else {
        return Err(Failure::broken("no frame"));
    };
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality(Format::Jpg, options));
    if options.text("interlacing.mode").as_deref() == Some("none") {
        encoder.set_optimized_huffman_tables(true);
    } else {
        encoder.set_progressive(true);
    }
    encoder
        .encode(&frame.picture, width, height, ColorType::Rgba)
        .map_err(|error| Failure::Invalid(format!("JPEG: {error}")))?;
    Ok(bytes)
}

/// Returns the quality of a lossy format. What `optim.quality` makes the service try out, is a fixed step here.
pub(crate) fn quality(format: Format, options: &OutputOptions) -> u8 {
    let quality = options.quality(format);
    let name = if format == Format::Webp {
        "webp.quality"
    } else {
        "jpg.quality"
    };
    match options.number("optim.quality") {
        Some(level) if options.number(name).is_none() => {
            let changed = f64::from(quality) + (level.clamp(0.0, 10.0) - 5.0) * OPTIM_STEP;
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Within 1 to 100.
            let changed = changed.round().clamp(1.0, 100.0) as u8;
            changed
        }
        _ => quality,
    }
}
