//! `autorotate`.

use image::DynamicImage;
use image::metadata::Orientation;

use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::failure::Failure;
use crate::rendering::pixels::limits::Deadline;
use crate::rendering::pixels::placement::Placement;
use crate::rendering::pixels::stop::Stop;
use crate::rendering::plan::Step;

/// Turns the picture upright by its EXIF data, and with a box so that it is wide or tall like the box.
pub(crate) fn autorotate(canvas: &mut Canvas, step: &Step, deadline: Deadline) -> Result<(), Stop> {
    let (width, height) = (step.number("width")?, step.number("height")?);
    let quarter = match step.text("rotation_direction")?.as_deref() {
        None | Some("clockwise") => Orientation::Rotate90,
        Some("counterclockwise") => Orientation::Rotate270,
        Some(direction) => {
            return Err(Failure::Invalid(format!(
                "autorotate: `{direction}` is neither clockwise nor counterclockwise"
            ))
            .into());
        }
    };
    let exif = std::mem::replace(&mut canvas.orientation, Orientation::NoTransforms);
    let (Some(width), Some(height)) = (width, height) else {
        return Ok(turn(canvas, exif, deadline)?);
    };
    // With a box, a direction takes the place of the one in the EXIF data.
    let is_quarter = matches!(exif, Orientation::Rotate90 | Orientation::Rotate270);
    let has_direction = step.options.contains_key("rotation_direction");
    if !(is_quarter && has_direction) {
        turn(canvas, exif, deadline)?;
    }
    let (picture_width, picture_height) = canvas.size();
    let differs = (picture_width > picture_height && width < height)
        || (picture_width < picture_height && width > height);
    if differs {
        turn(canvas, quarter, deadline)?;
    }
    Ok(())
}

/// Turns or mirrors the picture.
pub(crate) fn turn(
    canvas: &mut Canvas,
    orientation: Orientation,
    deadline: Deadline,
) -> Result<(), Failure> {
    if orientation == Orientation::NoTransforms {
        return Ok(());
    }
    let turned = Placement::turn(orientation, canvas.size());
    canvas.placement = canvas.placement.then(turned);
    let is_quarter = matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    if is_quarter {
        canvas.units = (canvas.units.1, canvas.units.0);
    }
    canvas.change(deadline, |picture| {
        let mut picture = DynamicImage::from(picture);
        picture.apply_orientation(orientation);
        Ok(picture.into_rgba8())
    })
}
