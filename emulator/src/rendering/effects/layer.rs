//! One picture over another.

use image::{Rgba, RgbaImage};

use super::refuse;
use super::rounding::{to_byte, to_i32};
use crate::rendering::pixels::geometry::{Along, Anchor};
use crate::rendering::pixels::stop::Stop;

/// Where a picture is placed in a larger one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    x: Along,
    y: Along,
}

impl Place {
    pub(super) const CENTER: Self = Self {
        x: Along::Center,
        y: Along::Center,
    };

    /// Reads an anchor whose pixels have these units. `auto` is the center, which the documentation names as the default.
    pub(super) fn parse(anchor: &str, units: (f64, f64)) -> Result<Self, Stop> {
        let place = match Anchor::parse(anchor)? {
            Anchor::Auto => Anchor::CENTER,
            place => place,
        };
        let scaled = |along, unit| match along {
            Along::Pixels(pixels) => Along::Pixels(pixels * unit),
            along => along,
        };
        match place {
            Anchor::At(x, y) => Ok(Self {
                x: scaled(x, units.0),
                y: scaled(y, units.1),
            }),
            _ => refuse(format!("the anchor `{anchor}` is for crops alone here")),
        }
    }

    /// Returns the offset of a picture of one size in one of another size.
    pub(super) fn offset(self, inner: (u32, u32), outer: (u32, u32)) -> (i64, i64) {
        (
            offset(self.x, inner.0, outer.0),
            offset(self.y, inner.1, outer.1),
        )
    }

    /// Returns the place in a picture of a size.
    pub(super) fn point(self, (width, height): (u32, u32)) -> (f64, f64) {
        let point = |along, length| match along {
            Along::Start => 0.0,
            Along::Center => f64::from(length) / 2.0,
            Along::End => f64::from(length),
            Along::Pixels(pixels) => pixels,
        };
        (point(self.x, width), point(self.y, height))
    }

    /// Returns the offset of the other picture, which a number of pixels does not move.
    pub(super) fn rest(self, inner: (u32, u32), outer: (u32, u32)) -> (i64, i64) {
        let still = |along| match along {
            Along::Pixels(_) => Along::Start,
            along => along,
        };
        let place = Self {
            x: still(self.x),
            y: still(self.y),
        };
        place.offset(inner, outer)
    }
}

/// Returns where a picture begins. One with room stays whole; one that is longer reaches over both ends, or over one.
fn offset(along: Along, inner: u32, outer: u32) -> i64 {
    let room = i64::from(outer) - i64::from(inner);
    match along {
        Along::Start => 0,
        Along::Center => room.div_euclid(2),
        Along::End => room,
        Along::Pixels(pixels) => i64::from(to_i32(pixels)).min(room.max(0)),
    }
}

/// Lays a picture over another one; what reaches beyond it is cut off.
pub(super) fn over(below: &mut RgbaImage, layer: &RgbaImage, (left, top): (i64, i64)) {
    let (width, height) = (i64::from(below.width()), i64::from(below.height()));
    let rows = i64::from(layer.height()).min(height - top);
    let columns = i64::from(layer.width()).min(width - left);
    for y in (-top).max(0)..rows {
        for x in (-left).max(0)..columns {
            let coordinates = [x, y, x + left, y + top].map(u32::try_from);
            let [Ok(from_x), Ok(from_y), Ok(to_x), Ok(to_y)] = coordinates else {
                continue;
            };
            if let Some(above) = layer.get_pixel_checked(from_x, from_y)
                && let Some(pixel) = below.get_pixel_mut_checked(to_x, to_y)
            {
                *pixel = blended(*pixel, *above);
            }
        }
    }
}

/// Returns the color of a pixel with another one over it.
fn blended(below: Rgba<u8>, above: Rgba<u8>) -> Rgba<u8> {
    let ([r, g, b, alpha], [over_r, over_g, over_b, over_alpha]) = (below.0, above.0);
    match (over_alpha, alpha) {
        (255, _) | (_, 0) => return above,
        (0, _) => return below,
        _ => {}
    }
    // Parts of 255 × 255.
    let over = u32::from(over_alpha) * 255;
    let under = u32::from(alpha) * (255 - u32::from(over_alpha));
    let whole = over + under;
    let mix = |below: u8, above: u8| {
        let sum = u32::from(above) * over + u32::from(below) * under;
        u8::try_from((sum + whole / 2) / whole).unwrap_or(u8::MAX)
    };
    let alpha = u8::try_from((whole + 127) / 255).unwrap_or(u8::MAX);
    Rgba([mix(r, over_r), mix(g, over_g), mix(b, over_b), alpha])
}

/// Lowers the opacity of a picture.
pub(super) fn fade(picture: &mut RgbaImage, opacity: f32) {
    if opacity < 1.0 {
        for pixel in picture.pixels_mut() {
            pixel.0[3] = to_byte(f32::from(pixel.0[3]) * opacity);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::cast_possible_truncation)]
mod tests {
    use super::*;

    fn offsets(anchor: &str, inner: u32, outer: u32) -> (i64, i64) {
        let place = Place::parse(anchor, (1.0, 1.0)).unwrap();
        place.offset((inner, inner), (outer, outer))
    }

    #[test]
    fn a_picture_is_placed_by_the_anchor_and_stays_whole_where_there_is_room() {
        assert_eq!(offsets("left_bottom", 4, 10), (0, 6));
        assert_eq!(offsets("auto", 4, 11), (3, 3));
        assert_eq!(offsets("2_9", 4, 10), (2, 6));
        assert_eq!(offsets("center_center", 12, 10), (-1, -1));
        assert_eq!(offsets("3_top", 12, 10), (0, 0));
        let place = Place::parse("3_bottom", (2.0, 1.0)).unwrap();
        assert_eq!(place.offset((1, 1), (20, 20)), (6, 19));
        assert_eq!(place.rest((1, 1), (20, 20)), (0, 19));
        assert!(Place::parse("face", (1.0, 1.0)).is_err());
    }

    #[test]
    fn colors_mix_by_their_opacity() {
        let (red, blue) = (Rgba([255, 0, 0, 255]), Rgba([0, 0, 255, 255]));
        let half = |mut color: Rgba<u8>| {
            color.0[3] = 128;
            color
        };
        assert_eq!(blended(red, blue), blue);
        assert_eq!(blended(red, half(blue)), Rgba([127, 0, 128, 255]));
        assert_eq!(blended(half(red), half(blue)), Rgba([85, 0, 170, 192]));
        assert_eq!(blended(Rgba([9, 9, 9, 0]), half(blue)), half(blue));
        assert_eq!(blended(red, Rgba([9, 9, 9, 0])), red);
    }

    #[test]
    fn what_reaches_beyond_the_picture_is_cut_off() {
        let layer = RgbaImage::from_fn(4, 4, |x, y| Rgba([x as u8, y as u8, 0, 255]));
        let at = |offset| {
            let mut below = RgbaImage::new(3, 3);
            over(&mut below, &layer, offset);
            below
        };
        assert_eq!(at((-1, -2)).get_pixel(0, 0).0, [1, 2, 0, 255]);
        assert_eq!(at((2, 1)).get_pixel(2, 2).0, [0, 1, 0, 255]);
        assert_eq!(at((2, 1)).get_pixel(1, 1).0, [0; 4]);
        for far in [(9, 9), (-9, -9), (i64::from(i32::MAX), 0)] {
            assert_eq!(at(far), RgbaImage::new(3, 3));
        }
    }
}
