//! `alpha`: shows, removes or lowers the alpha channel.

use image::RgbaImage;

use super::Context;
use super::layer::fade;
use super::options::Options;
use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::stop::Stop;

#[derive(Clone, Copy)]
enum Mode {
    Show,
    Remove,
    Lower,
}

pub(super) fn apply(
    canvas: &mut Canvas,
    options: &Options,
    context: &Context<'_>,
) -> Result<(), Stop> {
    let words = [
        // Both are the one channel; the documentation does not say how they differ.
        ("mask", Mode::Show),
        ("extract", Mode::Show),
        ("remove", Mode::Remove),
        ("apply", Mode::Lower),
    ];
    let mode = options.word("mode", &words)?;
    let opacity = options.percent("opacity")?;
    canvas.opaque = !matches!(mode, Mode::Lower);
    canvas.change(context.deadline, |picture| {
        Ok(changed(picture, mode, opacity))
    })
}

fn changed(mut picture: RgbaImage, mode: Mode, opacity: f32) -> RgbaImage {
    match mode {
        Mode::Show => {
            for pixel in picture.pixels_mut() {
                let [.., alpha] = pixel.0;
                pixel.0 = [alpha, alpha, alpha, 255];
            }
        }
        Mode::Remove => {
            for pixel in picture.pixels_mut() {
                pixel.0[3] = 255;
            }
        }
        Mode::Lower => fade(&mut picture, opacity),
    }
    picture
}
