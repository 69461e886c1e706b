//! `grayscale`: the luminance, as libvips converts to black and white.

use super::Context;
use super::lab::gray;
use super::options::Options;
use super::rounding::{narrow, to_byte};
use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::stop::Stop;

pub(super) fn apply(
    canvas: &mut Canvas,
    options: &Options,
    context: &Context<'_>,
) -> Result<(), Stop> {
    let steps = narrow(options.number("levels")?) - 1.0;
    canvas.change(context.deadline, |mut picture| {
        for pixel in picture.pixels_mut() {
            let [red, green, blue, alpha] = pixel.0;
            let mut value = gray([red, green, blue]);
            if steps < 255.0 {
                let level = (f32::from(value) / 255.0 * steps).round();
                value = to_byte(level / steps * 255.0);
            }
            pixel.0 = [value, value, value, alpha];
        }
        Ok(picture)
    })
}
