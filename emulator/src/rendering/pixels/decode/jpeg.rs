//! JPEG.

use image::RgbaImage;
use image::metadata::Orientation;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::failure::Failure;
use crate::rendering::pixels::limits::check_pixels;

/// A progressive file from a camera or an editor has about ten scans; each costs the time of all pixels.
const MAX_SCANS: usize = 64;

pub(crate) struct Jpeg<'a> {
    decoder: JpegDecoder<ZCursor<&'a [u8]>>,
    size: (u32, u32),
}

impl<'a> Jpeg<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, Failure> {
        let most = usize::from(u16::MAX);
        let options = DecoderOptions::default()
            .set_max_width(most)
            .set_max_height(most)
            // As libjpeg: what a damaged file still has is shown.
            .set_strict_mode(false)
            .jpeg_set_max_scans(MAX_SCANS)
            .jpeg_set_out_colorspace(ColorSpace::RGBA);
        let mut jpeg = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
        jpeg.decode_headers().map_err(Failure::broken)?;
        let info = jpeg.info().ok_or_else(|| Failure::broken("no frame"))?;
        let size = (u32::from(info.width), u32::from(info.height));
        check_pixels(size.0, size.1, 1)?;
        Ok(Self {
            decoder: jpeg,
            size,
        })
    }

    pub(crate) fn size(&self) -> (u32, u32) {
        self.size
    }

    pub(crate) fn load(mut self) -> Result<Canvas, Failure> {
        // The decoder cannot add the opacity to these itself.
        let rgb = matches!(
            self.decoder.input_colorspace(),
            Some(ColorSpace::RGB | ColorSpace::CMYK | ColorSpace::YCCK)
        );
        if rgb {
            let options = *self.decoder.options();
            let options = options.jpeg_set_out_colorspace(ColorSpace::RGB);
            self.decoder.set_options(options);
        }
        let mut pixels = self.decoder.decode().map_err(Failure::broken)?;
        if rgb {
            pixels = pixels
                .chunks_exact(3)
                .flat_map(|pixel| pixel.iter().copied().chain([u8::MAX]))
                .collect();
        }
        let picture = RgbaImage::from_raw(self.size.0, self.size.1, pixels)
            .ok_or_else(|| Failure::broken("some pixels are missing"))?;
        let mut canvas = Canvas::new(picture, true);
        canvas.orientation = self
            .decoder
            .exif()
            .and_then(|exif| Orientation::from_exif_chunk(exif))
            .unwrap_or(Orientation::NoTransforms);
        canvas.profile = self.decoder.icc_profile();
        Ok(canvas)
    }
}
