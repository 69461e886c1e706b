//! The way from sRGB to CIELAB and back, with the tables and constants of libvips, so that results agree.

use std::sync::LazyLock;

/// The white of D65, where green is 100.
const WHITE: [f32; 3] = [95.047, 100.0, 108.8827];

struct Tables {
    /// The linear light of each sRGB value.
    linear: [f32; 256],
    /// The sRGB value of each 255th of linear light, and the last one again.
    encoded: [f32; 257],
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut tables = Tables {
        linear: [0.0; 256],
        encoded: [255.0; 257],
    };
    for (step, linear) in (0u16..).zip(&mut tables.linear) {
        let value = f32::from(step) / 255.0;
        *linear = if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        };
    }
    for (step, encoded) in (0u16..256).zip(&mut tables.encoded) {
        let value = f32::from(step) / 255.0;
        let curve = if value <= 0.003_130_8 {
            12.92 * value
        } else {
            1.055 * value.powf(1.0 / 2.4) - 0.055
        };
        *encoded = (255.0 * curve).round_ties_even();
    }
    tables
});

/// Returns the linear light of an sRGB value, 0 to 1.
pub(super) fn linear(value: u8) -> f32 {
    TABLES
        .linear
        .get(usize::from(value))
        .copied()
        .unwrap_or_default()
}

/// Returns the sRGB value of linear light.
pub(super) fn encoded(linear: f32) -> u8 {
    let at = (linear * 255.0).clamp(0.0, 255.0);
    let step = usize::from(super::rounding::cut_to_byte(at));
    let (Some(below), Some(above)) = (TABLES.encoded.get(step), TABLES.encoded.get(step + 1))
    else {
        return 0;
    };
    super::rounding::to_byte((below + (above - below) * at.fract()).round_ties_even())
}

/// Returns the gray of the same luminance.
pub(super) fn gray([red, green, blue]: [u8; 3]) -> u8 {
    encoded(0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue))
}

/// A color by lightness, green to red, and blue to yellow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lab {
    pub(super) l: f32,
    pub(super) a: f32,
    pub(super) b: f32,
}

impl Lab {
    pub(super) fn of([red, green, blue]: [u8; 3]) -> Self {
        let (red, green, blue) = (
            linear(red) * WHITE[1],
            linear(green) * WHITE[1],
            linear(blue) * WHITE[1],
        );
        let root = |value: f32| {
            if value < 0.008_856 {
                7.787 * value + 16.0 / 116.0
            } else {
                value.cbrt()
            }
        };
        let x = root((0.4124 * red + 0.3576 * green + 0.1805 * blue) / WHITE[0]);
        let y = root((0.2126 * red + 0.7152 * green + 0.0722 * blue) / WHITE[1]);
        let z = root((0.0193 * red + 0.1192 * green + 0.9505 * blue) / WHITE[2]);
        Self {
            l: 116.0 * y - 16.0,
            a: 500.0 * (x - y),
            b: 200.0 * (y - z),
        }
    }

    pub(super) fn rgb(self) -> [u8; 3] {
        let (root, y) = if self.l < 8.0 {
            let y = self.l / 903.3;
            (7.787 * y + 16.0 / 116.0, y)
        } else {
            let root = (self.l + 16.0) / 116.0;
            (root, root * root * root)
        };
        let cube = |root: f32| {
            if root < 0.2069 {
                (root - 0.13793) / 7.787
            } else {
                root * root * root
            }
        };
        // Relative to green, as the matrix wants them.
        let x = cube(self.a / 500.0 + root) * WHITE[0] / WHITE[1];
        let z = cube(root - self.b / 200.0) * WHITE[2] / WHITE[1];
        [
            encoded(3.240_625 * x - 1.537_208 * y - 0.498_629 * z),
            encoded(-0.968_931 * x + 1.875_756 * y + 0.041_518 * z),
            encoded(0.055_71 * x - 0.204_021 * y + 1.056_996 * z),
        ]
    }
}
