//! Where a place of the original is in the picture now: every geometric operation moves it.

use image::metadata::Orientation;

use crate::rendering::plan::Area;

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// An affine map from the original to the picture: a row for each new coordinate, of factors of the old ones and an offset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Placement {
    x: [f64; 3],
    y: [f64; 3],
}

impl Placement {
    pub(crate) const IDENTITY: Self = Self::new([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]);

    pub(crate) const fn new(x: [f64; 3], y: [f64; 3]) -> Self {
        Self { x, y }
    }

    pub(crate) const fn scale(x: f64, y: f64) -> Self {
        Self::new([x, 0.0, 0.0], [0.0, y, 0.0])
    }

    pub(crate) const fn shift(x: f64, y: f64) -> Self {
        Self::new([1.0, 0.0, x], [0.0, 1.0, y])
    }

    /// Returns the map of turning a picture of a size.
    pub(crate) fn turn(orientation: Orientation, (width, height): (u32, u32)) -> Self {
        let (width, height) = (f64::from(width), f64::from(height));
        match orientation {
            Orientation::NoTransforms => Self::IDENTITY,
            Orientation::Rotate90 => Self::new([0.0, -1.0, height], [1.0, 0.0, 0.0]),
            Orientation::Rotate180 => Self::new([-1.0, 0.0, width], [0.0, -1.0, height]),
            Orientation::Rotate270 => Self::new([0.0, 1.0, 0.0], [-1.0, 0.0, width]),
            Orientation::FlipHorizontal => Self::new([-1.0, 0.0, width], [0.0, 1.0, 0.0]),
            Orientation::FlipVertical => Self::new([1.0, 0.0, 0.0], [0.0, -1.0, height]),
            Orientation::Rotate90FlipH => Self::new([0.0, 1.0, 0.0], [1.0, 0.0, 0.0]),
            Orientation::Rotate270FlipH => Self::new([0.0, -1.0, height], [-1.0, 0.0, width]),
        }
    }

    /// Returns this map, followed by another one.
    #[must_use]
    pub(crate) fn then(self, next: Self) -> Self {
        let row = |[a, b, c]: [f64; 3]| {
            [
                a * self.x[0] + b * self.y[0],
                a * self.x[1] + b * self.y[1],
                a * self.x[2] + b * self.y[2] + c,
            ]
        };
        Self::new(row(next.x), row(next.y))
    }

    /// Returns where a point of the original is.
    pub(crate) fn point(&self, x: f64, y: f64) -> (f64, f64) {
        let row = |[a, b, c]: [f64; 3]| a * x + b * y + c;
        (row(self.x), row(self.y))
    }

    /// Returns where a point of an area of an original of a size is, which is given by its parts of the sides.
    pub(crate) fn point_of(
        &self,
        area: &Area,
        (across, down): (f64, f64),
        (width, height): (u32, u32),
    ) -> (f64, f64) {
        let (percent_x, percent_y) = if area.percentage {
            (f64::from(width) / 100.0, f64::from(height) / 100.0)
        } else {
            (1.0, 1.0)
        };
        let (x, y) = (area.x + area.width * across, area.y + area.height * down);
        self.point(x * percent_x, y * percent_y)
    }

    /// Returns the rectangle around an area of an original of a size.
    pub(crate) fn place(&self, area: &Area, original: (u32, u32)) -> Rect {
        let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)]
            .map(|corner| self.point_of(area, corner, original));
        let least =
            |of: fn(&(f64, f64)) -> f64| corners.iter().map(of).fold(f64::INFINITY, f64::min);
        let most =
            |of: fn(&(f64, f64)) -> f64| corners.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
        let (x, y) = (least(|point| point.0), least(|point| point.1));
        Rect {
            x,
            y,
            width: most(|point| point.0) - x,
            height: most(|point| point.1) - y,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use image::{DynamicImage, Rgba, RgbaImage};

    use super::*;

    /// Turns a picture with one white pixel, and compares where it is with where the map says it is.
    #[test]
    fn a_place_is_where_turning_moves_the_pixels() {
        for exif in 1..=8 {
            let orientation = Orientation::from_exif(exif).unwrap();
            let mut picture = RgbaImage::new(7, 5);
            picture.put_pixel(2, 1, Rgba([255; 4]));
            let mut picture = DynamicImage::from(picture);
            picture.apply_orientation(orientation);
            let pixels = picture.to_rgba8();
            let (x, y, _) = pixels
                .enumerate_pixels()
                .find(|(_, _, pixel)| pixel.0[3] > 0)
                .unwrap();
            let pixel = Area {
                x: 2.0,
                y: 1.0,
                width: 1.0,
                height: 1.0,
                percentage: false,
            };
            let placed = Placement::turn(orientation, (7, 5)).place(&pixel, (7, 5));
            let expected = Rect {
                x: f64::from(x),
                y: f64::from(y),
                width: 1.0,
                height: 1.0,
            };
            assert_eq!(placed, expected, "orientation {exif}");
        }
    }

    #[test]
    fn maps_follow_one_another() {
        let map = Placement::scale(0.5, 2.0).then(Placement::shift(-10.0, 3.0));
        let area = Area {
            x: 40.0,
            y: 5.0,
            width: 20.0,
            height: 10.0,
            percentage: false,
        };
        let expected = Rect {
            x: 10.0,
            y: 13.0,
            width: 10.0,
            height: 20.0,
        };
        assert_eq!(map.place(&area, (100, 50)), expected);
        let percent = Area {
            x: 40.0,
            y: 10.0,
            width: 20.0,
            height: 20.0,
            percentage: true,
        };
        assert_eq!(map.place(&percent, (100, 50)), expected);
    }
}
