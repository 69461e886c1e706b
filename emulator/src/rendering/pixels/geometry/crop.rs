//! `crop`.

use image::imageops::crop_imm;

use super::anchor::Anchor;
use super::attention::attention;
use super::pixels::{length, offset};
use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::failure::Failure;
use crate::rendering::pixels::limits::Deadline;
use crate::rendering::pixels::placement::{Placement, Rect};
use crate::rendering::pixels::stop::Stop;
use crate::rendering::plan::{Area, Step, Subject};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Absolute,
    Ratio,
    Box,
    Area,
}

/// Where the crop box goes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// Around the middle of an area.
    Around(Rect),
    /// A crop area, which is cut out as it is.
    Exactly(Rect),
    At(Anchor),
}

/// A box in whole pixels, within the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cut {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

pub(crate) fn crop(
    canvas: &mut Canvas,
    step: &Step,
    subject: &Subject,
    deadline: Deadline,
) -> Result<(), Stop> {
    let side = |name: &str| match step.number(name)? {
        Some(number) if (1.0..=99_999.0).contains(&number) => Ok::<_, Stop>(Some(number)),
        Some(number) => Err(Failure::Invalid(format!(
            "crop: `{name}` is {number}, and must be between 1 and 99999"
        ))
        .into()),
        None => Ok(None),
    };
    let sides = (side("width")?, side("height")?);
    let mode = match step.text("mode")?.as_deref() {
        None | Some("absolute") => Mode::Absolute,
        Some("ratio") => Mode::Ratio,
        Some("box") => Mode::Box,
        Some("area") => Mode::Area,
        Some(mode) => {
            let message = format!("crop has no mode `{mode}`: absolute, ratio, box, area");
            return Err(Failure::Invalid(message).into());
        }
    };
    let scale = step.number("scale")?.unwrap_or(100.0).clamp(0.0, 100.0) / 100.0;
    let place = place(canvas, step, subject)?;
    let (whole_width, whole_height) = canvas.size();
    let box_size = match (place, mode, sides) {
        (Place::Exactly(area), ..) | (Place::Around(area), Mode::Box, _) => {
            let cut = clip(area, (whole_width, whole_height));
            return Ok(cut_out(canvas, deadline, |_| Ok(cut))?);
        }
        (_, _, (Some(width), Some(height))) => size(mode, place, (width, height), canvas),
        _ => {
            let message = "crop needs `width` and `height`".to_owned();
            return Err(Failure::Invalid(message).into());
        }
    };
    let width = length(box_size.0 * scale).min(whole_width);
    let height = length(box_size.1 * scale).min(whole_height);
    let units = canvas.units;
    let at = |x: u32, y: u32| Cut {
        x,
        y,
        width,
        height,
    };
    let around = |x: f64, y: f64| {
        at(
            offset(x - f64::from(width) / 2.0, width, whole_width),
            offset(y - f64::from(height) / 2.0, height, whole_height),
        )
    };
    let cut = match place {
        Place::Around(area) | Place::Exactly(area) => {
            around(area.x + area.width / 2.0, area.y + area.height / 2.0)
        }
        Place::At(Anchor::Smart) => {
            // As the service: each frame of an animation has its own.
            return Ok(cut_out(canvas, deadline, |picture| {
                let (x, y) = attention(picture, (width, height))?;
                // Half of the box is rounded down, as libvips does.
                Ok(at(
                    offset(x - f64::from(width / 2), width, whole_width),
                    offset(y - f64::from(height / 2), height, whole_height),
                ))
            })?);
        }
        Place::At(Anchor::At(x, y)) => at(
            x.offset(width, whole_width, units.0),
            y.offset(height, whole_height, units.1),
        ),
        Place::At(_) => at((whole_width - width) / 2, (whole_height - height) / 2),
    };
    Ok(cut_out(canvas, deadline, |_| Ok(cut))?)
}

/// Returns where the box goes: by the anchor, or by its fallback when the picture has no such area.
fn place(canvas: &Canvas, step: &Step, subject: &Subject) -> Result<Place, Stop> {
    let anchor = match step.text("anchor")? {
        Some(text) => Anchor::parse(&text)?,
        None => Anchor::Auto,
    };
    let fallback = match step.text("fallback")? {
        Some(text) => Anchor::parse(&text)?,
        None => Anchor::CENTER,
    };
    let named = match step.text("area")? {
        Some(name) => subject.multi_areas.get(name.as_ref()),
        None => None,
    };
    let (subject_area, crop_area) = match named {
        Some(areas) => (areas.subject_area.as_ref(), areas.crop_area.as_ref()),
        None => (subject.subject_area.as_ref(), subject.crop_area.as_ref()),
    };
    let (move_x, move_y) = (
        step.number("movearea_x")?.unwrap_or(0.0) / 100.0,
        step.number("movearea_y")?.unwrap_or(0.0) / 100.0,
    );
    let rect = |area: &Area| canvas.placement.place(area, canvas.original);
    let around = |area: &Area| {
        let mut rect = rect(area);
        rect.x += rect.width * move_x;
        rect.y += rect.height * move_y;
        Place::Around(rect)
    };
    let subject_place = || {
        let exactly = || crop_area.map(|area| Place::Exactly(rect(area)));
        subject_area.map(around).or_else(exactly)
    };
    let face_place = || all(&subject.faces).as_ref().map(around);
    let find = |anchor| match anchor {
        Anchor::Auto => subject_place().or_else(face_place),
        Anchor::SubjectArea => subject_place(),
        Anchor::CropArea => crop_area.map(|area| Place::Exactly(rect(area))),
        Anchor::Face => face_place(),
        Anchor::Smart | Anchor::At(..) => Some(Place::At(anchor)),
    };
    Ok(find(anchor)
        .or_else(|| find(fallback))
        .unwrap_or(Place::At(Anchor::CENTER)))
}

/// Returns the area around all faces. Faces of one picture are all in pixels, or all in percent.
fn all(faces: &[Area]) -> Option<Area> {
    faces.iter().copied().reduce(|one, other| {
        let (x, y) = (one.x.min(other.x), one.y.min(other.y));
        Area {
            x,
            y,
            width: (one.x + one.width).max(other.x + other.width) - x,
            height: (one.y + one.height).max(other.y + other.height) - y,
            percentage: one.percentage,
        }
    })
}

/// Returns the size of the crop box before `scale`.
fn size(mode: Mode, place: Place, (width, height): (f64, f64), canvas: &Canvas) -> (f64, f64) {
    let (whole_width, whole_height) = canvas.size();
    let largest = (f64::from(whole_width) / width).min(f64::from(whole_height) / height);
    let factor = match (mode, place) {
        (Mode::Absolute | Mode::Box, _) => {
            return (width * canvas.units.0, height * canvas.units.1);
        }
        // The smallest box that the area fits in.
        (Mode::Area, Place::Around(area)) => {
            (area.width / width).max(area.height / height).min(largest)
        }
        (Mode::Area | Mode::Ratio, _) => largest,
    };
    (width * factor, height * factor)
}

/// Returns the part of an area that is in the picture, at least one pixel.
fn clip(area: Rect, (width, height): (u32, u32)) -> Cut {
    let along = |start: f64, length: f64, whole: u32| {
        let whole = f64::from(whole);
        let from = start.round().clamp(0.0, whole - 1.0);
        let to = (start + length).round().clamp(from + 1.0, whole);
        (from, to - from)
    };
    let (x, cut_width) = along(area.x, area.width, width);
    let (y, cut_height) = along(area.y, area.height, height);
    Cut {
        x: offset(x, 0, width),
        y: offset(y, 0, height),
        width: length(cut_width),
        height: length(cut_height),
    }
}

fn cut_out(
    canvas: &mut Canvas,
    deadline: Deadline,
    mut cut: impl FnMut(&image::RgbaImage) -> Result<Cut, Failure>,
) -> Result<(), Failure> {
    let mut first = None;
    canvas.change(deadline, |picture| {
        let cut = cut(&picture)?;
        first.get_or_insert(cut);
        if (cut.width, cut.height) == picture.dimensions() {
            return Ok::<_, Failure>(picture);
        }
        Ok(crop_imm(&picture, cut.x, cut.y, cut.width, cut.height).to_image())
    })?;
    if let Some(cut) = first {
        let shift = Placement::shift(-f64::from(cut.x), -f64::from(cut.y));
        canvas.placement = canvas.placement.then(shift);
    }
    Ok(())
}
