//! Sixels: pixels of up to 256 colors, as text.

use std::io::Cursor;

use icy_sixel::SixelImage;
use image::{ImageFormat, ImageReader, RgbaImage, imageops};

use crate::failure::Failure;

/// Returns a PNG file as sixels, scaled down to a width in pixels.
pub(super) fn encode(png: &[u8], width: u32) -> Result<String, Failure> {
    let reader = ImageReader::with_format(Cursor::new(png), ImageFormat::Png);
    let picture = reader.decode().map_err(|error| failure(&error))?;
    let picture = narrowed(picture.into_rgba8(), width);
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let pixels = SixelImage::try_from_rgba(picture.into_raw(), width, height);
    let text = pixels.and_then(|picture| picture.encode());
    text.map_err(|error| failure(&error))
}

fn narrowed(picture: RgbaImage, width: u32) -> RgbaImage {
    if picture.width() <= width {
        return picture;
    }
    let height = u64::from(picture.height()) * u64::from(width) / u64::from(picture.width());
    let height = u32::try_from(height).unwrap_or(u32::MAX).max(1);
    imageops::thumbnail(&picture, width, height)
}

fn failure(error: &dyn std::error::Error) -> Failure {
    Failure::new(format!("the picture cannot be shown: {error}"))
        .with_hint("write it to a file with -o")
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::unwrap_used)]
pub(super) mod tests {
    use image::Rgba;

    use super::*;

    const RED: Rgba<u8> = Rgba([255, 0, 0, 255]);
    const BLUE: Rgba<u8> = Rgba([0, 0, 255, 255]);

    /// A picture whose left half is red and whose right half is blue, with a transparent pixel in the corner.
    pub(in super::super) fn png(width: u32, height: u32) -> Vec<u8> {
        let picture = RgbaImage::from_fn(width, height, |x, y| match (x, y) {
            (0, 0) => Rgba([0; 4]),
            _ if x < width / 2 => RED,
            _ => BLUE,
        });
        let mut file = Cursor::new(Vec::new());
        picture.write_to(&mut file, ImageFormat::Png).unwrap();
        file.into_inner()
    }

    fn decoded(text: &str) -> RgbaImage {
        let picture = SixelImage::decode(text.as_bytes()).unwrap();
        let (width, height) = picture.dimensions();
        RgbaImage::from_raw(width as u32, height as u32, picture.pixels).unwrap()
    }

    #[test]
    fn sixels_are_the_pixels_of_the_file() {
        let text = encode(&png(40, 12), 640).unwrap();
        assert!(
            text.starts_with("\x1bP") && text.ends_with("\x1b\\"),
            "{text:?}"
        );
        let picture = decoded(&text);
        assert_eq!(picture.dimensions(), (40, 12));
        assert_eq!(picture.get_pixel(0, 0).0[3], 0);
        assert_eq!(
            (picture.get_pixel(5, 11), picture.get_pixel(39, 0)),
            (&RED, &BLUE)
        );
    }

    #[test]
    fn a_wide_picture_is_made_narrower() {
        let picture = decoded(&encode(&png(400, 120), 80).unwrap());
        assert_eq!(picture.dimensions(), (80, 24));
        assert_eq!(
            (picture.get_pixel(20, 12), picture.get_pixel(60, 12)),
            (&RED, &BLUE)
        );
        // A line stays a line.
        let line = encode(&png(400, 2), 80).unwrap();
        assert!(line.contains("\"1;1;80;1"), "{line:?}");
    }

    #[test]
    fn a_broken_file_is_a_failure() {
        let png = png(40, 12);
        let failure = encode(png.get(..60).unwrap(), 640).unwrap_err();
        assert!(failure.message.contains("cannot be shown"), "{failure}");
    }
}
