//! `modulate`: lightness, chroma and hue of CIE LCh, as the libvips binding of the service multiplies them.

use image::RgbaImage;

use super::Context;
use super::lab::Lab;
use super::options::Options;
use super::rounding::narrow;
use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::stop::Stop;

pub(super) fn apply(
    canvas: &mut Canvas,
    options: &Options,
    context: &Context<'_>,
) -> Result<(), Stop> {
    let brightness = options.percent("brightness")?;
    let saturation = options.percent("saturation")?;
    let (sine, cosine) = options.number("hue")?.to_radians().sin_cos();
    // Black has no chroma in the documentation, and keeps it in libvips.
    let chroma = if brightness > 0.0 { saturation } else { 0.0 };
    let (sine, cosine) = (narrow(sine) * chroma, narrow(cosine) * chroma);
    canvas.change(context.deadline, |picture| {
        Ok(changed(picture, |Lab { l, a, b }| Lab {
            l: l * brightness,
            a: a * cosine - b * sine,
            b: a * sine + b * cosine,
        }))
    })
}

fn changed(mut picture: RgbaImage, change: impl Fn(Lab) -> Lab) -> RgbaImage {
    // Neighbors often have the same color.
    let mut last = None;
    for pixel in picture.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        let before = [red, green, blue];
        let after = match last {
            Some((same, after)) if same == before => after,
            _ => change(Lab::of(before)).rgb(),
        };
        last = Some((before, after));
        let [red, green, blue] = after;
        pixel.0 = [red, green, blue, alpha];
    }
    picture
}
