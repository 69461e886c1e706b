//! The picture between decoding and encoding: its frames, and where the original's places are in them.

use image::RgbaImage;
use image::metadata::Orientation;

use super::failure::Failure;
use super::limits::Deadline;
use super::placement::Placement;

pub(crate) struct Canvas {
    /// At least one; all are of one size.
    pub(crate) frames: Vec<Frame>,
    /// How often an animation is played; `None` is for ever.
    pub(crate) repeats: Option<u16>,
    /// Whether every pixel is known to be opaque.
    pub(crate) opaque: bool,
    /// How the pixels must be turned to stand upright, by the EXIF data of the original.
    pub(crate) orientation: Orientation,
    /// The ICC profile of the colors; `None` is sRGB.
    pub(crate) profile: Option<Vec<u8>>,
    /// How many pixels a pixel of the options is, horizontally and vertically: 2 after a resize with a `dpr` of 2, less
    /// than 1 after one that was not allowed to enlarge. So a crop cuts out what it would have cut out of the full size.
    pub(crate) units: (f64, f64),
    /// Where the places of the original are now.
    pub(crate) placement: Placement,
    /// The size of the original.
    pub(crate) original: (u32, u32),
}

pub(crate) struct Frame {
    pub(crate) picture: RgbaImage,
    /// How long the frame is shown, in milliseconds.
    pub(crate) delay: u32,
}

impl Canvas {
    /// Returns the canvas of a picture as it was decoded.
    pub(crate) fn new(picture: RgbaImage, opaque: bool) -> Self {
        let original = picture.dimensions();
        Self {
            frames: vec![Frame { picture, delay: 0 }],
            repeats: None,
            opaque,
            orientation: Orientation::NoTransforms,
            profile: None,
            units: (1.0, 1.0),
            placement: Placement::IDENTITY,
            original,
        }
    }

    pub(crate) fn size(&self) -> (u32, u32) {
        self.frames
            .first()
            .map_or((1, 1), |frame| frame.picture.dimensions())
    }

    /// Replaces every frame.
    pub(crate) fn change<E: From<Failure>>(
        &mut self,
        deadline: Deadline,
        mut change: impl FnMut(RgbaImage) -> Result<RgbaImage, E>,
    ) -> Result<(), E> {
        for frame in &mut self.frames {
            deadline.check()?;
            frame.picture = change(std::mem::take(&mut frame.picture))?;
        }
        Ok(())
    }

    /// Whether a pixel of a frame shows what is behind it.
    pub(crate) fn is_transparent(&self) -> bool {
        let transparent = |frame: &Frame| frame.picture.pixels().any(|pixel| pixel.0[3] != u8::MAX);
        !self.opaque && self.frames.iter().any(transparent)
    }
}
