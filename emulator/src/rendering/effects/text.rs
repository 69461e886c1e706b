//! `text`: writes on the picture, in a font that is an image of the organization.

use ab_glyph::{Font as _, FontRef};
use image::{GrayImage, Rgba, RgbaImage};
use serde_json::{Map, Value};

use super::layer::{Place, over};
use super::options::Options;
use super::rounding::{narrow, to_f32};
use super::text_layout::{Align, Block, Setting};
use super::{Context, refuse};
use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::geometry::rotate;
use crate::rendering::pixels::stop::Stop;
use crate::rendering::plan::Step;

/// The largest font size in pixels, and the most characters: both bound the time.
const LARGEST: f32 = 1000.0;
const MOST_CHARACTERS: usize = 2000;

pub(super) fn apply(
    canvas: &mut Canvas,
    options: &Options,
    context: &Context<'_>,
) -> Result<(), Stop> {
    let text = options.text("text")?;
    if text.chars().count() > MOST_CHARACTERS {
        return refuse(format!("text: {MOST_CHARACTERS} characters are the most"));
    }
    if let Some(character) = text.chars().find(|character| needs_shaping(*character)) {
        return refuse(format!(
            "text: `{character}` is of a script whose letters change with their neighbors"
        ));
    }
    let place = Place::parse(&options.text("anchor")?, options.units())?;
    let hash = options.text("font")?;
    let file = context.images.file(&hash)?;
    let font = FontRef::try_from_slice(&file).ok();
    let Some(font) = font.filter(|font| font.height_unscaled() > 0.0) else {
        return refuse(format!(
            "text: the image `{hash}` is no TrueType or OpenType font"
        ));
    };
    let covered = set(&font, &text, options)?.draw(context.deadline)?;

    let mut layer = Canvas::new(colored(&covered, options)?, false);
    let angle = options.number("angle")?;
    if angle != 0.0 {
        let step = Step {
            name: "rotate".to_owned(),
            options: Map::from_iter([("angle".to_owned(), Value::from(angle))]),
        };
        rotate(&mut layer, &step, context.deadline)?;
    }
    let offset = place.offset(layer.size(), canvas.size());
    let layer = layer.frames.into_iter().next().map(|frame| frame.picture);
    let layer = layer.unwrap_or_default();
    canvas.change(context.deadline, |mut picture| {
        over(&mut picture, &layer, offset);
        Ok(picture)
    })
}

/// Returns the text in lines, in the size that is given or that fills its box.
fn set<'a>(font: &'a FontRef<'a>, text: &str, options: &Options) -> Result<Block<'a>, Stop> {
    let align = options.word(
        "align",
        &[
            ("", Align::Left),
            ("left", Align::Left),
            ("centre", Align::Center),
            ("center", Align::Center),
            ("right", Align::Right),
        ],
    )?;
    let (width, height) = options.size()?;
    let setting = Setting {
        width: width.map(to_f32),
        // It needs a width.
        height: height.filter(|_| width.is_some()).map(to_f32),
        spacing: narrow(options.down("spacing")?.clamp(-1000.0, 1000.0)),
        align,
    };
    let in_size = |size: f32| Block::new(font, text, size, setting);
    if !options.flag("resize_to_box")? || setting.height.is_none() {
        let size = narrow(options.length("size")?);
        return Ok(in_size(size.clamp(1.0, LARGEST)));
    }
    let (mut fits, mut too_large) = (1.0, LARGEST);
    for _ in 0..16 {
        let middle = f32::midpoint(fits, too_large);
        if in_size(middle).fits() {
            fits = middle;
        } else {
            too_large = middle;
        }
    }
    Ok(in_size(fits))
}

fn colored(covered: &GrayImage, options: &Options) -> Result<RgbaImage, Stop> {
    let [red, green, blue] = options.color("color")?.unwrap_or_default();
    let opacity = options.percent("opacity")?;
    let (width, height) = covered.dimensions();
    let mut layer = RgbaImage::new(width, height);
    for (pixel, covered) in layer.pixels_mut().zip(covered.pixels()) {
        let [covered] = covered.0;
        let alpha = super::rounding::to_byte(f32::from(covered) * opacity);
        *pixel = Rgba([red, green, blue, alpha]);
    }
    Ok(layer)
}

/// Whether a letter is written from right to left, or joins others: Hebrew, Arabic, the scripts of India, Tibetan, Burmese,
/// Khmer and their like.
fn needs_shaping(character: char) -> bool {
    matches!(
        u32::from(character),
        0x0590..=0x08ff
            | 0x0900..=0x0dff
            | 0x0f00..=0x109f
            | 0x1780..=0x18af
            | 0xfb1d..=0xfdff
            | 0xfe70..=0xfeff
    )
}
