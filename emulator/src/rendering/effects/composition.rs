//! `composition`: a second picture behind or over the picture.

use image::{Rgba, RgbaImage};
use serde_json::json;

use super::Context;
use super::layer::{Place, fade, over};
use super::options::Options;
use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::geometry::{self, resize, rotate_by};
use crate::rendering::pixels::limits::check_pixels;
use crate::rendering::pixels::placement::Placement;
use crate::rendering::pixels::stop::Stop;
use crate::rendering::plan::Step;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Second {
    Behind,
    Over,
}

pub(super) fn apply(
    canvas: &mut Canvas,
    options: &Options,
    context: &Context<'_>,
) -> Result<(), Stop> {
    let words = [
        // The words name the layer of the picture itself.
        ("foreground", Second::Behind),
        ("background", Second::Over),
        // The service does not say what comes without one.
        ("", Second::Over),
    ];
    let order = options.word("mode", &words)?;
    let place = Place::parse(&options.text("anchor")?, options.units())?;
    let size = canvas.size();
    let other = ["secondary_image", "secondary_stack"];
    let mut second = if other.iter().any(|name| options.has(name)) {
        image(options, size, context)?
    } else {
        Canvas::new(filled(options, size, order)?, false)
    };
    fade_all(&mut second, options, context)?;
    let angle = options.number("angle")?;
    if angle != 0.0 {
        rotate_by(&mut second, angle, Rgba([0; 4]), context.deadline)?;
    }
    place_all(canvas, second, order, place, context)
}

/// Returns the other picture in its size.
fn image(options: &Options, size: (u32, u32), context: &Context<'_>) -> Result<Canvas, Stop> {
    let picture = context.images.picture(&options.text("secondary_image")?)?;
    let mut second = Canvas::new(picture, false);
    let (width, height) = if options.flag("resize_to_primary")? {
        (Some(size.0), Some(size.1))
    } else {
        options.size()?
    };
    if width.is_some() || height.is_some() {
        let mode = options.text("resize_mode")?;
        let sides = json!({"width": width, "height": height, "mode": mode});
        let target = geometry::target(&step("resize", sides), second.size(), 1.0)?;
        resize(&mut second, target, context.deadline)?;
    }
    Ok(second)
}

fn step(name: &str, options: serde_json::Value) -> Step {
    let serde_json::Value::Object(options) = options else {
        return step(name, json!({}));
    };
    Step {
        name: name.to_owned(),
        options,
    }
}

/// Returns a box of one color. A side that is not given is that of the picture.
fn filled(
    options: &Options,
    (width, height): (u32, u32),
    order: Second,
) -> Result<RgbaImage, Stop> {
    let (across, down) = options.size()?;
    let mut size = (across.unwrap_or(width), down.unwrap_or(height));
    if order == Second::Behind {
        // It extends the canvas, and a part of the canvas without it would be a surprise.
        size = (size.0.max(width), size.1.max(height));
    }
    check_pixels(size.0, size.1, 1)?;
    let [red, green, blue] = options.color("secondary_color")?.unwrap_or_default();
    let pixel = Rgba([red, green, blue, 255]);
    Ok(RgbaImage::from_pixel(size.0, size.1, pixel))
}

fn fade_all(second: &mut Canvas, options: &Options, context: &Context<'_>) -> Result<(), Stop> {
    let opacity = options.percent("secondary_opacity")?;
    second.change(context.deadline, |mut picture| {
        fade(&mut picture, opacity);
        Ok(picture)
    })
}

/// Lays both pictures on a canvas that has room for each of them.
fn place_all(
    canvas: &mut Canvas,
    second: Canvas,
    order: Second,
    place: Place,
    context: &Context<'_>,
) -> Result<(), Stop> {
    let (size, other) = (canvas.size(), second.size());
    let whole = (size.0.max(other.0), size.1.max(other.1));
    check_pixels(whole.0, whole.1, canvas.frames.len() as u64)?;
    let (at, other_at) = match order {
        Second::Over => (place.rest(size, whole), place.offset(other, whole)),
        Second::Behind => (place.offset(size, whole), place.rest(other, whole)),
    };
    canvas.opaque &= size == whole;
    #[allow(clippy::cast_precision_loss, reason = "offsets are small")]
    let shift = Placement::shift(at.0 as f64, at.1 as f64);
    canvas.placement = canvas.placement.then(shift);
    let second = second.frames.into_iter().next().map(|frame| frame.picture);
    let second = second.unwrap_or_default();
    canvas.change(context.deadline, |picture| {
        let mut result = RgbaImage::new(whole.0, whole.1);
        let mut layers = [(&picture, at), (&second, other_at)];
        if order == Second::Behind {
            layers.reverse();
        }
        for (layer, at) in layers {
            over(&mut result, layer, at);
        }
        Ok(result)
    })
}
