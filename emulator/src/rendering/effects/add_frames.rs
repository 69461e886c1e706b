//! `addframes`: other pictures as further frames of an animation.

use image::RgbaImage;

use super::layer::{Place, over};
use super::options::Options;
use super::rounding::to_u32;
use super::{Context, refuse};
use crate::rendering::pixels::canvas::{Canvas, Frame};
use crate::rendering::pixels::failure::Failure;
use crate::rendering::pixels::geometry::{Target, resize};
use crate::rendering::pixels::limits::check_pixels;
use crate::rendering::pixels::stop::Stop;

pub(super) fn apply(
    canvas: &mut Canvas,
    options: &Options,
    context: &Context<'_>,
) -> Result<(), Stop> {
    let names = options.step().frames()?;
    // Hundredths of a second.
    let delay = to_u32(options.number("delay")? * 10.0);
    if names.is_empty() {
        return Ok(());
    }
    if !context.animation {
        return refuse("the format has no animations");
    }
    let size = canvas.size();
    check_pixels(size.0, size.1, (canvas.frames.len() + names.len()) as u64)?;
    let mut pictures: Vec<(&str, RgbaImage)> = Vec::new();
    for name in &names {
        context.deadline.check()?;
        let known = pictures.iter().find(|(known, _)| known == name);
        let picture = match known {
            Some((_, picture)) => picture.clone(),
            None => fitted(context.images.picture(name)?, size, context)?,
        };
        pictures.push((name, picture));
    }
    if let [only] = canvas.frames.as_mut_slice() {
        only.delay = delay;
        canvas.repeats = None;
    }
    let mut opaque = pictures.iter().flat_map(|(_, picture)| picture.pixels());
    canvas.opaque &= opaque.all(|pixel| pixel.0[3] == u8::MAX);
    let frames = pictures.into_iter();
    canvas
        .frames
        .extend(frames.map(|(_, picture)| Frame { picture, delay }));
    Ok(())
}

/// Returns a picture in the middle of a frame, as large as it fits in.
fn fitted(
    picture: RgbaImage,
    frame: (u32, u32),
    context: &Context<'_>,
) -> Result<RgbaImage, Failure> {
    let mut canvas = Canvas::new(picture, false);
    let (width, height) = canvas.size();
    let (across, down) = (
        f64::from(frame.0) / f64::from(width),
        f64::from(frame.1) / f64::from(height),
    );
    let scale = across.min(down);
    let side = |length: u32, most: u32| to_u32(f64::from(length) * scale).clamp(1, most.max(1));
    let target = Target {
        size: (side(width, frame.0), side(height, frame.1)),
        units: (1.0, 1.0),
    };
    resize(&mut canvas, target, context.deadline)?;
    let inner = canvas.frames.into_iter().next();
    let inner = inner.map(|frame| frame.picture).unwrap_or_default();
    if inner.dimensions() == frame {
        return Ok(inner);
    }
    let mut whole = RgbaImage::new(frame.0, frame.1);
    over(&mut whole, &inner, Place::CENTER.offset(target.size, frame));
    Ok(whole)
}
