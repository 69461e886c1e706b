//! `dropshadow`: the blurred silhouette in a color, behind the picture.

use image::{GrayImage, Rgba, RgbaImage};

use super::Context;
use super::gaussian::Mask;
use super::layer::over;
use super::options::Options;
use super::rounding::{to_byte, to_i32, to_u32};
use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::limits::check_pixels;
use crate::rendering::pixels::placement::Placement;
use crate::rendering::pixels::stop::Stop;

pub(super) fn apply(
    canvas: &mut Canvas,
    options: &Options,
    context: &Context<'_>,
) -> Result<(), Stop> {
    let sigma = options.length("sigma")?;
    // How far the shadow spreads: the radius, or ImageMagick's margin.
    let margin = match to_u32(options.length("blur_radius")?.ceil()) {
        0 => to_u32((2.0 * sigma + 0.5).floor()),
        radius => radius,
    };
    let [red, green, blue] = options.color("color")?.unwrap_or_default();
    let shadow = Shadow {
        margin,
        mask: Mask::new(sigma, 0.01, usize::try_from(margin).ok()),
        color: [
            red,
            green,
            blue,
            to_byte(options.percent("opacity")? * 255.0),
        ],
        right: to_i32(options.across("horizontal")?),
        down: to_i32(options.down("vertical")?),
    };
    let (width, height) = canvas.size();
    let (left, width) = span(width, shadow.right, margin);
    let (top, height) = span(height, shadow.down, margin);
    check_pixels(width, height, canvas.frames.len() as u64)?;
    canvas.opaque = false;
    canvas.placement = canvas
        .placement
        .then(Placement::shift(f64::from(left), f64::from(top)));
    canvas.change(context.deadline, |picture| {
        let mut result = RgbaImage::new(width, height);
        let (left, top) = (i64::from(left), i64::from(top));
        let behind = (
            left + i64::from(shadow.right) - i64::from(margin),
            top + i64::from(shadow.down) - i64::from(margin),
        );
        over(&mut result, &shadow.of(&picture), behind);
        over(&mut result, &picture, (left, top));
        Ok(result)
    })
}

/// Returns where the picture begins on the canvas, and how long the canvas is.
fn span(length: u32, offset: i32, margin: u32) -> (u32, u32) {
    let (offset, margin) = (i64::from(offset), i64::from(margin));
    let beyond = |distance: i64| u32::try_from(distance.max(0)).unwrap_or(u32::MAX);
    let (before, after) = (beyond(margin - offset), beyond(margin + offset));
    (before, length.saturating_add(before).saturating_add(after))
}

struct Shadow {
    /// How far it reaches beyond the picture on all sides.
    margin: u32,
    mask: Mask,
    color: [u8; 4],
    right: i32,
    down: i32,
}

impl Shadow {
    /// Returns the shadow of a picture, with its margin.
    fn of(&self, picture: &RgbaImage) -> RgbaImage {
        let width = picture.width() + 2 * self.margin;
        let height = picture.height() + 2 * self.margin;
        let mut silhouette = GrayImage::new(width, height);
        for (x, y, pixel) in picture.enumerate_pixels() {
            let to = silhouette.get_pixel_mut_checked(x + self.margin, y + self.margin);
            if let Some(to) = to {
                to.0 = [pixel.0[3]];
            }
        }
        let silhouette: Vec<u16> = silhouette.into_raw().into_iter().map(u16::from).collect();
        let width_in_memory = usize::try_from(width).unwrap_or_default();
        let silhouette = self.mask.convolve(&silhouette, width_in_memory);
        let [red, green, blue, opacity] = self.color;
        let mut shadow = RgbaImage::new(width, height);
        for (pixel, alpha) in shadow.pixels_mut().zip(silhouette) {
            let alpha = (u32::from(alpha) * u32::from(opacity) + 127) / 255;
            *pixel = Rgba([red, green, blue, u8::try_from(alpha).unwrap_or(u8::MAX)]);
        }
        shadow
    }
}
