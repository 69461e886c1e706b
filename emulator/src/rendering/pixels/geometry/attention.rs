//! Where a picture draws the eye, as libvips' `smartcrop` with `attention` has it: edges, skin and strong colors count.

use fast_image_resize::Resizer;
use image::RgbaImage;

use super::resize::resize_picture;
use crate::rendering::pixels::color::linear;
use crate::rendering::pixels::failure::Failure;

/// The picture is looked at in this many pixels each way.
const SIDE: u32 = 32;
/// The direction of skin in XYZ.
const SKIN: [f64; 3] = [-0.78, -0.57, -0.44];
/// Darker pixels than this luminance, of 100, do not count.
const DARK: f64 = 5.0;

/// Returns the middle of the part of a size that draws most attention.
pub(crate) fn attention(
    picture: &RgbaImage,
    (width, height): (u32, u32),
) -> Result<(f64, f64), Failure> {
    let small = resize_picture(&mut Resizer::new(), picture, (SIDE, SIDE), false)?;
    let (whole_width, whole_height) = picture.dimensions();
    let (scale_x, scale_y) = (
        f64::from(SIDE) / f64::from(whole_width),
        f64::from(SIDE) / f64::from(whole_height),
    );
    let colors: Vec<[f64; 3]> = small
        .pixels()
        .map(|pixel| {
            // Transparent pixels show black.
            let alpha = f64::from(pixel.0[3]) / 255.0;
            xyz([0, 1, 2].map(|channel: usize| {
                f64::from(pixel.0.get(channel).copied().unwrap_or_default()) * alpha
            }))
        })
        .collect();
    let at = |x: i64, y: i64| {
        let last = i64::from(SIDE) - 1;
        let index = y.clamp(0, last) * i64::from(SIDE) + x.clamp(0, last);
        let color = usize::try_from(index)
            .ok()
            .and_then(|index| colors.get(index));
        color.copied().unwrap_or_default()
    };
    let mut scores = Vec::with_capacity(colors.len());
    for y in 0..i64::from(SIDE) {
        for x in 0..i64::from(SIDE) {
            let color = at(x, y);
            let around = [(-1, 0), (1, 0), (0, -1), (0, 1)];
            let neighbors: f64 = around.iter().map(|(dx, dy)| at(x + dx, y + dy)[1]).sum();
            let edge = (5.0 * (4.0 * color[1] - neighbors)).abs();
            let bright = color[1] > DARK;
            let colored = if bright {
                skin(color) + redness(color)
            } else {
                0.0
            };
            scores.push(edge + colored);
        }
    }
    let sigma = (f64::from(width) * scale_x).hypot(f64::from(height) * scale_y) / 10.0;
    let (x, y) = highest(&blurred(&scores, sigma.max(1.0)));
    Ok((x / scale_x, y / scale_y))
}

/// Converts a color of sRGB, 0 to 255, to XYZ, 0 to 100.
fn xyz(color: [f64; 3]) -> [f64; 3] {
    let [red, green, blue] = color.map(linear);
    [
        100.0 * (0.4124 * red + 0.3576 * green + 0.1805 * blue),
        100.0 * (0.2126 * red + 0.7152 * green + 0.0722 * blue),
        100.0 * (0.0193 * red + 0.1192 * green + 0.9505 * blue),
    ]
}

/// Returns 100 for the color of skin, and less for others.
fn skin(color: [f64; 3]) -> f64 {
    let norm = color.iter().map(|part| part * part).sum::<f64>().sqrt();
    if norm <= f64::EPSILON {
        return 0.0;
    }
    let distance = color
        .iter()
        .zip(SKIN)
        .map(|(part, skin)| part / norm + skin);
    let distance = distance.map(|part| part * part).sum::<f64>().sqrt();
    100.0 - 100.0 * distance
}

/// Returns `a` of CIELAB, red against green.
fn redness([x, y, _]: [f64; 3]) -> f64 {
    let f = |ratio: f64| {
        if ratio > 0.008_856 {
            ratio.cbrt()
        } else {
            7.787 * ratio + 16.0 / 116.0
        }
    };
    500.0 * (f(x / 95.047) - f(y / 100.0))
}

/// Blurs a square of scores, horizontally and then vertically.
fn blurred(scores: &[f64], sigma: f64) -> Vec<f64> {
    let side = i64::from(SIDE);
    // As libvips: whole numbers, and none where the curve is below a fifth.
    #[allow(clippy::cast_precision_loss)] // Small numbers.
    let weight = |distance: i64| {
        let height = (-((distance * distance) as f64) / (2.0 * sigma * sigma)).exp();
        if height < 0.2 {
            0.0
        } else {
            (20.0 * height).round()
        }
    };
    let radius = (0..side)
        .take_while(|distance| weight(*distance) > 0.0)
        .count();
    let radius = i64::try_from(radius).unwrap_or_default() - 1;
    let total: f64 = (-radius..=radius).map(weight).sum();
    let pass = |scores: &[f64], across: bool| {
        let at = |x: i64, y: i64| {
            let index = y.clamp(0, side - 1) * side + x.clamp(0, side - 1);
            let score = usize::try_from(index)
                .ok()
                .and_then(|index| scores.get(index));
            score.copied().unwrap_or_default()
        };
        let mut blurred = Vec::with_capacity(scores.len());
        for y in 0..side {
            for x in 0..side {
                let sum: f64 = (-radius..=radius)
                    .map(|d| weight(d) * if across { at(x + d, y) } else { at(x, y + d) })
                    .sum();
                blurred.push(sum / total);
            }
        }
        blurred
    };
    pass(&pass(scores, true), false)
}

/// Returns where the highest score is, the first one of several.
fn highest(scores: &[f64]) -> (f64, f64) {
    let mut best = (0, f64::MIN);
    for (index, score) in (0u32..).zip(scores) {
        if *score > best.1 {
            best = (index, *score);
        }
    }
    (f64::from(best.0 % SIDE), f64::from(best.0 / SIDE))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use image::Rgba;

    use super::*;

    #[test]
    fn a_detail_in_a_corner_draws_attention() {
        let mut picture = RgbaImage::from_pixel(200, 100, Rgba([90, 90, 90, 255]));
        for y in 70..90 {
            for x in 150..180 {
                let bright = (x / 5 + y / 5) % 2 == 0;
                picture.put_pixel(
                    x,
                    y,
                    Rgba(if bright {
                        [230, 180, 150, 255]
                    } else {
                        [40, 30, 30, 255]
                    }),
                );
            }
        }
        let (x, y) = attention(&picture, (60, 60)).unwrap();
        assert!((150.0..180.0).contains(&x), "{x}");
        assert!((65.0..95.0).contains(&y), "{y}");
    }
}
