//! `trim`.

use image::imageops::crop_imm;
use image::{Rgba, RgbaImage};

use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::limits::Deadline;
use crate::rendering::pixels::placement::Placement;
use crate::rendering::pixels::stop::Stop;
use crate::rendering::plan::Step;

/// Cuts off the border that has the color of the pixel at the top left. A picture of nothing else stays as it is.
///
/// As libvips' `find_trim`, a channel may differ by the tolerance; as ImageMagick's `-trim`, a single pixel ends the border.
pub(crate) fn trim(canvas: &mut Canvas, step: &Step, deadline: Deadline) -> Result<(), Stop> {
    let tolerance = step.number("fuzzy")?.unwrap_or(0.0).clamp(0.0, 100.0) * 2.55;
    // What every frame leaves.
    let found = canvas
        .frames
        .iter()
        .filter_map(|frame| content(&frame.picture, tolerance))
        .reduce(|one, other| {
            [
                one[0].min(other[0]),
                one[1].min(other[1]),
                one[2].max(other[2]),
                one[3].max(other[3]),
            ]
        });
    let Some([left, top, right, bottom]) = found else {
        return Ok(());
    };
    let (width, height) = (right - left + 1, bottom - top + 1);
    canvas.change(deadline, |picture| {
        Ok::<_, Stop>(crop_imm(&picture, left, top, width, height).to_image())
    })?;
    let shift = Placement::shift(-f64::from(left), -f64::from(top));
    canvas.placement = canvas.placement.then(shift);
    Ok(())
}

/// Returns the first column and row and the last column and row that are not border.
fn content(picture: &RgbaImage, tolerance: f64) -> Option<[u32; 4]> {
    let border = weighted(*picture.get_pixel_checked(0, 0)?);
    let differs = |pixel: &Rgba<u8>| {
        let channels = weighted(*pixel).into_iter().zip(border);
        channels
            .into_iter()
            .any(|(one, other)| (one - other).abs() > tolerance)
    };
    let mut found: Option<[u32; 4]> = None;
    for (x, y, pixel) in picture.enumerate_pixels() {
        if differs(pixel) {
            let known = found.unwrap_or([x, y, x, y]);
            found = Some([known[0].min(x), known[1], known[2].max(x), known[3].max(y)]);
        }
    }
    found
}

/// Returns the color as far as it shows, so that transparent pixels are equal.
fn weighted(pixel: Rgba<u8>) -> [f64; 4] {
    let alpha = f64::from(pixel.0[3]);
    let mut weighted = pixel.0.map(|channel| f64::from(channel) * alpha / 255.0);
    weighted[3] = alpha;
    weighted
}
