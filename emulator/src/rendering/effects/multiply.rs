//! `multiply`: each color channel by a factor, or by the same channel of a color.

use super::Context;
use super::options::Options;
use super::rounding::{cut_to_byte, narrow};
use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::stop::Stop;

pub(super) fn apply(
    canvas: &mut Canvas,
    options: &Options,
    context: &Context<'_>,
) -> Result<(), Stop> {
    let factors = match options.color("factor_color")? {
        Some(color) => color.map(|channel| f32::from(channel) / 255.0),
        None => [narrow(options.number("factor")?); 3],
    };
    canvas.change(context.deadline, |mut picture| {
        for pixel in picture.pixels_mut() {
            for (value, factor) in pixel.0.iter_mut().zip(factors) {
                *value = cut_to_byte(f32::from(*value) * factor);
            }
        }
        Ok(picture)
    })
}
