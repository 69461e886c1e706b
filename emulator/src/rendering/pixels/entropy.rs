//! How busy a picture is, as libvips' `hist_entropy` says: photographs have an entropy above 5.

use super::canvas::Canvas;

/// Returns the bits that the brightness of a pixel takes, 0 to 8.
pub(crate) fn entropy(canvas: &Canvas) -> f64 {
    let mut counts = [0u32; 256];
    let mut total = 0u32;
    for pixel in canvas
        .frames
        .iter()
        .take(1)
        .flat_map(|frame| frame.picture.pixels())
    {
        let [red, green, blue, _] = pixel.0.map(u32::from);
        let brightness = (red * 299 + green * 587 + blue * 114) / 1000;
        if let Some(count) = counts.get_mut(brightness as usize) {
            *count += 1;
            total += 1;
        }
    }
    let share = |count: u32| f64::from(count) / f64::from(total.max(1));
    let bits = |count: u32| -share(count) * share(count).log2();
    counts
        .into_iter()
        .filter(|count| *count > 0)
        .map(bits)
        .sum()
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};

    use super::*;

    #[test]
    fn the_entropy_is_the_number_of_bits_of_the_brightness() {
        let gray = |x: u32| Rgba([u8::try_from(x).unwrap_or_default(); 4]);
        let of = |levels: u32| {
            let picture = RgbaImage::from_fn(256, 2, |x, _| gray(x % levels));
            entropy(&Canvas::new(picture, true))
        };
        assert!((of(256) - 8.0).abs() < 1e-9);
        assert!((of(2) - 1.0).abs() < 1e-9);
        assert!(of(1).abs() < 1e-9);
    }
}
