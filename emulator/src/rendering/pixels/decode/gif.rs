//! GIF, with the frames of an animation.

use image::codecs::gif::GifDecoder;
use image::metadata::LoopCount;
use image::{AnimationDecoder as _, ImageDecoder as _};

use super::raster;
use crate::rendering::pixels::canvas::{Canvas, Frame};
use crate::rendering::pixels::failure::Failure;
use crate::rendering::pixels::limits::{Deadline, Reader, check_pixels};

pub(crate) struct Gif<'a> {
    decoder: GifDecoder<Reader<'a>>,
    size: (u32, u32),
}

impl<'a> Gif<'a> {
    pub(crate) fn open(bytes: &'a [u8], deadline: Deadline) -> Result<Self, Failure> {
        let mut decoder = GifDecoder::new(deadline.reader(bytes))?;
        let size = decoder.dimensions();
        check_pixels(size.0, size.1, 1)?;
        decoder.set_limits(raster::limits())?;
        Ok(Self { decoder, size })
    }

    pub(crate) fn size(&self) -> (u32, u32) {
        self.size
    }

    pub(crate) fn load(self, animation: bool, deadline: Deadline) -> Result<Canvas, Failure> {
        let (width, height) = self.size;
        let repeats = match self.decoder.loop_count() {
            LoopCount::Infinite => None,
            LoopCount::Finite(times) => Some(u16::try_from(times.get()).unwrap_or(u16::MAX)),
        };
        let mut frames = Vec::new();
        for frame in self.decoder.into_frames() {
            let frame = match frame {
                Ok(frame) => frame,
                Err(error) => match Failure::from(error) {
                    // As browsers: what a damaged file still has is shown.
                    Failure::Broken(_) if !frames.is_empty() => break,
                    failure => return Err(failure),
                },
            };
            deadline.check()?;
            let (numerator, denominator) = frame.delay().numer_denom_ms();
            frames.push(Frame {
                delay: numerator / denominator.max(1),
                picture: frame.into_buffer(),
            });
            if !animation {
                break;
            }
            check_pixels(width, height, frames.len() as u64 + 1)?;
        }
        let mut frames = frames.into_iter();
        let first = frames.next().ok_or_else(|| Failure::broken("no frame"))?;
        let mut canvas = Canvas::new(first.picture, false);
        if let Some(frame) = canvas.frames.first_mut() {
            frame.delay = first.delay;
        }
        canvas.frames.extend(frames);
        canvas.repeats = repeats;
        canvas.opaque = !canvas.is_transparent();
        Ok(canvas)
    }
}
