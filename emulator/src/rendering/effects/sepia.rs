//! `sepia`: a mixture of the channels that makes brown.

use super::Context;
use super::rounding::to_byte;
use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::stop::Stop;

/// The mixture that most programs use, a row for each channel of the result.
const MIXTURE: [[f32; 3]; 3] = [
    [0.393, 0.769, 0.189],
    [0.349, 0.686, 0.168],
    [0.272, 0.534, 0.131],
];

pub(super) fn apply(canvas: &mut Canvas, context: &Context<'_>) -> Result<(), Stop> {
    canvas.change(context.deadline, |mut picture| {
        for pixel in picture.pixels_mut() {
            let [red, green, blue, alpha] = pixel.0;
            let [r, g, b] = [red, green, blue].map(f32::from);
            let [red, green, blue] = MIXTURE.map(|[x, y, z]| to_byte(x * r + y * g + z * b));
            pixel.0 = [red, green, blue, alpha];
        }
        Ok(picture)
    })
}
