//! A background for transparent pixels.

use crate::rendering::pixels::canvas::Canvas;

/// Puts the picture on a background of a color.
pub(crate) fn flatten(canvas: &mut Canvas, color: [u8; 3]) {
    if canvas.opaque {
        return;
    }
    for frame in &mut canvas.frames {
        for pixel in frame.picture.pixels_mut() {
            let alpha = u16::from(pixel.0[3]);
            for (channel, background) in pixel.0.iter_mut().zip(color) {
                let sum = u16::from(*channel) * alpha + u16::from(background) * (255 - alpha);
                *channel = u8::try_from((sum + 127) / 255).unwrap_or(u8::MAX);
            }
            pixel.0[3] = u8::MAX;
        }
    }
    canvas.opaque = true;
}
