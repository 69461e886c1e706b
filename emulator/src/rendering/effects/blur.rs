//! `blur`: libvips' `gaussblur` of all four channels.

use image::RgbaImage;

use super::Context;
use super::gaussian::Mask;
use super::options::Options;
use super::rounding::to_u32;
use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::stop::Stop;

pub(super) fn apply(
    canvas: &mut Canvas,
    options: &Options,
    context: &Context<'_>,
) -> Result<(), Stop> {
    let sigma = options.length("sigma")?;
    // Without a radius, sigma says where the mask ends.
    let radius = to_u32(options.length("radius")?);
    let radius = usize::try_from(radius).ok().filter(|radius| *radius > 0);
    // libvips copies the picture then.
    if sigma < 0.2 {
        return Ok(());
    }
    let mask = Mask::new(sigma, 0.2, radius);
    canvas.change(context.deadline, |picture| Ok(blurred(picture, &mask)))
}

fn blurred(mut picture: RgbaImage, mask: &Mask) -> RgbaImage {
    let width = usize::try_from(picture.width()).unwrap_or_default();
    for channel in 0..4 {
        let values = picture.as_raw().iter().skip(channel).step_by(4);
        let values: Vec<u16> = values.copied().map(u16::from).collect();
        let first = values.first();
        if values.iter().all(|value| Some(value) == first) {
            continue;
        }
        let values = mask.convolve(&values, width);
        let bytes = picture.as_mut().iter_mut().skip(channel).step_by(4);
        for (byte, value) in bytes.zip(values) {
            *byte = u8::try_from(value).unwrap_or(u8::MAX);
        }
    }
    picture
}
