//! AVIF.

use ravif::{Encoder, Img, RGBA8};

use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::failure::Failure;
use crate::rendering::plan::{Format, OutputOptions};

/// 1 is slowest and smallest, 10 fastest.
const SPEED: u8 = 9;

pub(crate) fn encode(canvas: &Canvas, options: &OutputOptions) -> Result<Vec<u8>, Failure> {
    let Some(frame) = canvas.frames.first() else {
        return Err(Failure::broken("no frame"));
    };
    let quality = f32::from(options.quality(Format::Avif));
    let (width, height) = frame.picture.dimensions();
    let pixels: Vec<RGBA8> = frame
        .picture
        .pixels()
        .map(|pixel| RGBA8::new(pixel.0[0], pixel.0[1], pixel.0[2], pixel.0[3]))
        .collect();
    let encoder = Encoder::new()
        .with_quality(quality)
        .with_alpha_quality(quality)
        .with_speed(SPEED)
        .with_num_threads(Some(1));
    let picture = Img::new(pixels.as_slice(), width as usize, height as usize);
    let file = encoder
        .encode_rgba(picture)
        .map_err(|error| Failure::Invalid(format!("AVIF: {error}")))?;
    Ok(file.avif_file)
}
