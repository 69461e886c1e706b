//! `sharpen`: libvips' `sharpen`, an unsharp mask of the lightness with limits.

use image::RgbaImage;

use super::Context;
use super::gaussian::Mask;
use super::lab::Lab;
use super::options::Options;
use super::rounding::{narrow, to_i32};
use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::stop::Stop;

/// Lightness is a number up to this in libvips' format of whole numbers.
const WHITE: f32 = 32_767.0;
/// How many parts of a unit the other two numbers have.
const PARTS: f32 = 256.0;

/// How much a difference from the surroundings grows.
struct Curve {
    m1: f64,
    m2: f64,
    x1: f64,
    y2: f64,
    y3: f64,
}

impl Curve {
    /// Returns what is added to the lightness for a difference. Both are in units of 1/327.67.
    fn change(&self, difference: i32) -> i32 {
        // One more, as in libvips' table.
        let difference = f64::from(difference + 1) / 327.67;
        let flat = difference.clamp(-self.x1, self.x1);
        let change = flat * self.m1 + (difference - flat) * self.m2;
        to_i32((change.clamp(-self.y3, self.y2) * 327.67).round_ties_even())
    }
}

pub(super) fn apply(
    canvas: &mut Canvas,
    options: &Options,
    context: &Context<'_>,
) -> Result<(), Stop> {
    // The limits of libvips.
    let limited = |name: &str| Ok::<_, Stop>(options.number(name)?.clamp(0.0, 1_000_000.0));
    let curve = Curve {
        m1: limited("m1")?,
        m2: limited("m2")?,
        x1: limited("x1")?,
        y2: limited("y2")?,
        y3: limited("y3")?,
    };
    let sigma = options.number("sigma")?.clamp(0.000_001, 10.0);
    let mask = Mask::new(sigma, 0.1, None);
    canvas.change(context.deadline, |picture| {
        Ok(sharpened(picture, &mask, &curve))
    })
}

fn sharpened(mut picture: RgbaImage, mask: &Mask, curve: &Curve) -> RgbaImage {
    let width = usize::try_from(picture.width()).unwrap_or_default();
    let colors: Vec<[i16; 3]> = picture
        .pixels()
        .map(|pixel| {
            let [red, green, blue, _] = pixel.0;
            let color = Lab::of([red, green, blue]);
            [
                whole((color.l * WHITE / 100.0).max(0.0)),
                whole(color.a * PARTS),
                whole(color.b * PARTS),
            ]
        })
        .collect();
    let lightness: Vec<u16> = colors.iter().map(|[l, ..]| l.unsigned_abs()).collect();
    let blurred = mask.convolve(&lightness, width);
    for (pixel, ([l, a, b], around)) in picture.pixels_mut().zip(colors.iter().zip(blurred)) {
        let l = i32::from(*l);
        let sharp = l + curve.change(l - i32::from(around));
        let color = Lab {
            l: narrow(f64::from(sharp.clamp(0, 32_767))) * 100.0 / WHITE,
            a: f32::from(*a) / PARTS,
            b: f32::from(*b) / PARTS,
        };
        let ([red, green, blue], alpha) = (color.rgb(), pixel.0[3]);
        pixel.0 = [red, green, blue, alpha];
    }
    picture
}

/// Returns the whole number towards zero.
#[allow(clippy::cast_possible_truncation, reason = "`as` saturates")]
fn whole(value: f32) -> i16 {
    value as i16
}
