//! GIF, with all frames.

use image::codecs::gif::{GifEncoder, Repeat};
use image::{Delay, Frame};

use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::failure::Failure;
use crate::rendering::pixels::limits::Deadline;
use crate::rendering::plan::{Format, OutputOptions};

pub(crate) fn encode(
    canvas: Canvas,
    options: &OutputOptions,
    deadline: Deadline,
) -> Result<Vec<u8>, Failure> {
    let (width, height) = canvas.size();
    if width > u16::MAX.into() || height > u16::MAX.into() {
        return Err(Failure::TooLarge(format!(
            "A GIF has at most 65535 pixels a side, and the picture has {width} × {height}"
        )));
    }
    // The better the quality, the more pixels choose the palette: 1 of 30 to all of them.
    let quality = i32::from(options.quality(Format::Gif));
    let speed = (30 - quality * 29 / 100).clamp(1, 30);
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, speed);
    if canvas.frames.len() > 1 {
        encoder.set_repeat(canvas.repeats.map_or(Repeat::Infinite, Repeat::Finite))?;
    }
    for frame in canvas.frames {
        deadline.check()?;
        let delay = Delay::from_numer_denom_ms(frame.delay, 1);
        encoder.encode_frame(Frame::from_parts(frame.picture, 0, 0, delay))?;
    }
    drop(encoder);
    Ok(bytes)
}
