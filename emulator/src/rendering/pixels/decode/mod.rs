//! From the file to the canvas.

mod gif;
mod jpeg;
mod raster;
#[cfg(feature = "svg")]
mod svg;
#[cfg(feature = "svg")]
mod svg_cost;
#[cfg(feature = "svg")]
mod svg_nesting;
#[cfg(feature = "svg")]
mod svg_thread;

use image::codecs::{png::PngDecoder, tiff::TiffDecoder, webp::WebPDecoder};

use super::canvas::Canvas;
use super::failure::Failure;
use super::limits::Deadline;
use crate::file_type::FileType;

/// An original whose header has been read.
pub(crate) struct Source<'a> {
    kind: Kind<'a>,
    size: (u32, u32),
    deadline: Deadline,
}

enum Kind<'a> {
    Jpeg(Box<jpeg::Jpeg<'a>>),
    Gif(Box<gif::Gif<'a>>),
    Raster(Box<Canvas>),
    #[cfg(feature = "svg")]
    Svg(Box<svg::Svg>),
}

/// What the first steps need of the original.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Need {
    /// The size to which the original is resized first. The canvas may already be that small, but not smaller.
    #[cfg_attr(not(feature = "svg"), allow(dead_code))]
    pub(crate) size: Option<(u32, u32)>,
    /// Whether the frames of an animation are needed, or the first one alone.
    pub(crate) animation: bool,
}

impl<'a> Source<'a> {
    /// Reads the header of a file.
    pub(crate) fn open(bytes: &'a [u8], deadline: Deadline) -> Result<Self, Failure> {
        let format = FileType::of_picture(bytes).map(|found| found.format);
        let raster = |canvas| Kind::Raster(Box::new(canvas));
        let kind = match format.as_deref() {
            Some("jpg") => Kind::Jpeg(Box::new(jpeg::Jpeg::open(bytes)?)),
            Some("gif") => Kind::Gif(Box::new(gif::Gif::open(bytes, deadline)?)),
            Some("png") => raster(raster::load(PngDecoder::with_limits(
                deadline.reader(bytes),
                raster::limits(),
            )?)?),
            Some("webp") => raster(raster::load(WebPDecoder::new(deadline.reader(bytes))?)?),
            Some("tiff") => raster(raster::load(TiffDecoder::new(deadline.reader(bytes))?)?),
            #[cfg(feature = "svg")]
            Some("svg") => Kind::Svg(Box::new(svg::Svg::open(bytes, deadline)?)),
            Some(format) => return Err(Failure::Unknown(format.to_owned())),
            None => return Err(Failure::Unknown("this format".to_owned())),
        };
        let size = match &kind {
            Kind::Jpeg(jpeg) => jpeg.size(),
            Kind::Gif(gif) => gif.size(),
            Kind::Raster(canvas) => canvas.size(),
            #[cfg(feature = "svg")]
            Kind::Svg(svg) => svg.size(),
        };
        Ok(Self {
            kind,
            size,
            deadline,
        })
    }

    /// Returns the size of the original, not turned.
    pub(crate) fn size(&self) -> (u32, u32) {
        self.size
    }

    /// Decodes the pixels.
    pub(crate) fn load(self, need: Need) -> Result<Canvas, Failure> {
        self.deadline.check()?;
        match self.kind {
            Kind::Jpeg(jpeg) => jpeg.load(),
            Kind::Gif(gif) => gif.load(need.animation, self.deadline),
            Kind::Raster(canvas) => Ok(*canvas),
            #[cfg(feature = "svg")]
            Kind::Svg(svg) => svg.load(need.size),
        }
    }
}
