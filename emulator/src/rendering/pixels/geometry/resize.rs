//! `resize`.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbaImage;

use super::pixels::length;
use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::failure::Failure;
use crate::rendering::pixels::limits::{Deadline, check_pixels};
use crate::rendering::pixels::placement::Placement;
use crate::rendering::pixels::stop::Stop;
use crate::rendering::plan::Step;

/// What a resize leads to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Target {
    pub(crate) size: (u32, u32),
    /// How many pixels a pixel of the options is then; see [`Canvas::units`].
    pub(crate) units: (f64, f64),
}

/// Returns what a step makes of a picture of a size.
///
/// `upscale: false` limits what a `dpr` of 1 would give to the size of the picture. Of the dense pixels that `dpr` then asks
/// for, `upscale_dpr: false` grants as many as the picture has.
pub(crate) fn target(step: &Step, size: (u32, u32), dpr: f64) -> Result<Target, Stop> {
    let (source_width, source_height) = (f64::from(size.0), f64::from(size.1));
    let option = |name: &str| {
        let number = step.number(name)?;
        match number {
            Some(number) if !(1.0..=10_000.0).contains(&number) => {
                Err(Stop::from(Failure::Invalid(format!(
                    "resize: `{name}` is {number}, and must be between 1 and 10000"
                ))))
            }
            number => Ok(number),
        }
    };
    let mode = step.text("mode")?;
    let (x, y) = match (option("width")?, option("height")?) {
        (None, None) => {
            let message = "resize needs `width` or `height`".to_owned();
            return Err(Failure::Invalid(message).into());
        }
        (Some(width), None) => (width / source_width, width / source_width),
        (None, Some(height)) => (height / source_height, height / source_height),
        (Some(width), Some(height)) => {
            let (x, y) = (width / source_width, height / source_height);
            match mode.as_deref() {
                None | Some("box") => (x.min(y), x.min(y)),
                Some("fill") => (x.max(y), x.max(y)),
                Some("absolute") => (x, y),
                Some(mode) => {
                    let message = format!("resize has no mode `{mode}`: box, fill, absolute");
                    return Err(Failure::Invalid(message).into());
                }
            }
        }
    };
    let upscale = step.flag("upscale")?.unwrap_or(true);
    let upscale_dpr = step.flag("upscale_dpr")?.unwrap_or(true);
    let dpr = if step.is_base() { 1.0 } else { dpr };
    let scale = |wanted: f64| {
        let sparse = if upscale { wanted } else { wanted.min(1.0) };
        if upscale_dpr {
            sparse * dpr
        } else {
            sparse.max((sparse * dpr).min(1.0))
        }
    };
    let (scale_x, scale_y) = (scale(x), scale(y));
    let size = (
        length(source_width * scale_x),
        length(source_height * scale_y),
    );
    check_pixels(size.0, size.1, 1)?;
    Ok(Target {
        size,
        units: (scale_x / x, scale_y / y),
    })
}

/// Resizes the canvas, whose places are already on the way to a target when a decoder has scaled it.
pub(crate) fn resize(
    canvas: &mut Canvas,
    target: Target,
    deadline: Deadline,
) -> Result<(), Failure> {
    let (width, height) = target.size;
    let before = canvas.size();
    canvas.units = target.units;
    if before == target.size {
        return Ok(());
    }
    check_pixels(width, height, canvas.frames.len() as u64)?;
    canvas.placement = canvas.placement.then(Placement::scale(
        f64::from(width) / f64::from(before.0),
        f64::from(height) / f64::from(before.1),
    ));
    let opaque = canvas.opaque;
    let mut resizer = Resizer::new();
    canvas.change(deadline, |picture| {
        resize_picture(&mut resizer, &picture, target.size, opaque)
    })
}

/// Resizes as libvips does, with a Lanczos filter to a smaller size and with a cubic one to a larger, weighting the colors with
/// their opacity.
pub(crate) fn resize_picture(
    resizer: &mut Resizer,
    picture: &RgbaImage,
    (width, height): (u32, u32),
    opaque: bool,
) -> Result<RgbaImage, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::Invalid(format!("resize: {error}"));
    let filter = if width > picture.width() {
        FilterType::CatmullRom
    } else {
        FilterType::Lanczos3
    };
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(filter))
        .use_alpha(!opaque);
    let source = ImageRef::new(picture.width(), picture.height(), picture, PixelType::U8x4)
        .map_err(|error| failed(&error))?;
    let mut result = RgbaImage::new(width, height);
    let mut view = Image::from_slice_u8(width, height, &mut result, PixelType::U8x4)
        .map_err(|error| failed(&error))?;
    resizer
        .resize(&source, &mut view, &options)
        .map_err(|error| failed(&error))?;
    drop(view);
    Ok(result)
}
