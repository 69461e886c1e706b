//! `glitch`: the channels come apart, and stripes slip sideways.

use image::RgbaImage;

use super::Context;
use super::options::Options;
use super::rounding::to_u32;
use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::stop::Stop;

pub(super) fn apply(
    canvas: &mut Canvas,
    options: &Options,
    context: &Context<'_>,
) -> Result<(), Stop> {
    let amount = to_u32(options.number("amount")?);
    let word = options.text("random")?;
    let seed = word.bytes().fold(context.seed, |seed, byte| {
        (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    canvas.change(context.deadline, |picture| {
        // Every frame breaks in the same way.
        Ok(broken(picture, amount, fastrand::Rng::with_seed(seed)))
    })
}

fn broken(mut picture: RgbaImage, amount: u32, mut random: fastrand::Rng) -> RgbaImage {
    let (width, height) = picture.dimensions();
    if amount == 0 || width == 0 || height == 0 {
        return picture;
    }
    let apart = random.u32(1..=1 + width * amount / 400);
    for row in rows(&mut picture) {
        slip(row, 0, apart);
        slip(row, 2, width.saturating_sub(apart));
    }
    for _ in 0..amount * 3 {
        let first = random.u32(0..height);
        let count = random.u32(1..=1 + height / 12);
        let way = random.u32(0..=width * amount / 30);
        let way = if random.bool() {
            way
        } else {
            width.saturating_sub(way)
        };
        let first = usize::try_from(first).unwrap_or_default();
        let count = usize::try_from(count).unwrap_or_default();
        let bytes = 4 * usize::try_from(way % width).unwrap_or_default();
        for row in rows(&mut picture).skip(first).take(count) {
            row.rotate_right(bytes);
        }
    }
    picture
}

fn rows(picture: &mut RgbaImage) -> impl Iterator<Item = &mut [u8]> {
    let length = 4 * usize::try_from(picture.width()).unwrap_or_default();
    picture.as_mut().chunks_exact_mut(length.max(4))
}

/// Moves one channel of a row to the right; what leaves it comes in from the left.
fn slip(row: &mut [u8], channel: usize, way: u32) {
    let mut values: Vec<u8> = row.iter().skip(channel).step_by(4).copied().collect();
    let way = usize::try_from(way).unwrap_or_default();
    let length = values.len().max(1);
    values.rotate_right(way % length);
    for (to, value) in row.iter_mut().skip(channel).step_by(4).zip(values) {
        *to = value;
    }
}
