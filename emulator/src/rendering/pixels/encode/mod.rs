//! From the canvas to the file.

#[cfg(feature = "avif")]
mod avif;
mod blur_hash;
mod flatten;
mod gif;
mod jpg;
mod png;
mod webp;

use super::canvas::Canvas;
use super::failure::Failure;
use super::limits::Deadline;
use crate::rendering::plan::{Format, OutputOptions};

pub(crate) struct Encoded {
    pub(crate) bytes: Vec<u8>,
    pub(crate) mimetype: &'static str,
    /// Why the file is not of the format that was asked for.
    pub(crate) unsupported: Option<String>,
}

/// Whether a format can hold an animation.
pub(crate) fn has_animation(format: Format) -> bool {
    format == Format::Gif || (format == Format::Webp && webp::HAS_ANIMATION)
}

/// Writes the picture.
pub(crate) fn encode(
    mut canvas: Canvas,
    format: Format,
    options: &OutputOptions,
    deadline: Deadline,
) -> Result<Encoded, Failure> {
    deadline.check()?;
    if let Some(color) = options.color("transparency.color") {
        flatten::flatten(&mut canvas, color);
    }
    let format = match format {
        // The name says it: a JPEG whose picture is transparent is sent in a format that can be.
        Format::Jpg if keeps_transparency(options) && canvas.is_transparent() => Format::Png,
        format => format,
    };
    let bytes = match format {
        Format::Jpg => jpg::encode(canvas, options)?,
        Format::Png => png::encode(&canvas, options)?,
        Format::Webp => webp::encode(&canvas, options)?,
        Format::Gif => gif::encode(canvas, options, deadline)?,
        Format::Blur => blur_hash::encode(canvas)?,
        #[cfg(feature = "avif")]
        Format::Avif => avif::encode(&canvas, options)?,
        // Not compiled in: the next best.
        #[cfg(not(feature = "avif"))]
        Format::Avif => {
            let bytes = webp::encode(&canvas, options)?;
            return Ok(Encoded {
                bytes,
                mimetype: Format::Webp.mimetype(),
                unsupported: Some("the format avif, so this is WebP".to_owned()),
            });
        }
        // Planned for originals alone.
        Format::Svg => {
            return Err(Failure::Invalid(
                "A picture cannot become an SVG".to_owned(),
            ));
        }
    };
    Ok(Encoded {
        bytes,
        mimetype: format.mimetype(),
        unsupported: None,
    })
}

fn keeps_transparency(options: &OutputOptions) -> bool {
    let option = options.text("jpg.transparency.autoformat");
    option.is_some_and(|text| text != "false") && !options.flag("jpg.transparency.convert")
}
