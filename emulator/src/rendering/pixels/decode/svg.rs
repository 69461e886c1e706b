//! SVG, drawn in the size that is needed.

use std::sync::{Arc, OnceLock};

use image::RgbaImage;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, ImageHrefResolver, fontdb};

use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::failure::Failure;
use crate::rendering::pixels::limits::check_pixels;
use crate::rendering::pixels::placement::Placement;

/// A drawing takes time by its elements and filters, which nothing interrupts.
const MAX_BYTES: usize = 8 << 20;

pub(crate) struct Svg {
    tree: usvg::Tree,
    size: (u32, u32),
}

impl Svg {
    pub(crate) fn open(bytes: &[u8]) -> Result<Self, Failure> {
        if bytes.len() > MAX_BYTES {
            return Err(Failure::TooLarge(format!(
                "The SVG has {} bytes, and the emulator draws at most {MAX_BYTES}",
                bytes.len()
            )));
        }
        let options = usvg::Options {
            image_href_resolver: ImageHrefResolver {
                resolve_data: ImageHrefResolver::default_data_resolver(),
                // Neither files nor the network: an upload must not read what is on this machine.
                resolve_string: Box::new(|_, _| None),
            },
            fontdb: fonts(bytes),
            ..usvg::Options::default()
        };
        let tree = usvg::Tree::from_data(bytes, &options).map_err(Failure::broken)?;
        let size = (pixels(tree.size().width()), pixels(tree.size().height()));
        check_pixels(size.0, size.1, 1)?;
        Ok(Self { tree, size })
    }

    pub(crate) fn size(&self) -> (u32, u32) {
        self.size
    }

    pub(crate) fn load(self, size: Option<(u32, u32)>) -> Result<Canvas, Failure> {
        let (width, height) = size.unwrap_or(self.size);
        check_pixels(width, height, 1)?;
        let mut pixmap = Pixmap::new(width, height).ok_or_else(|| Failure::broken("no pixels"))?;
        #[allow(clippy::cast_precision_loss)] // Sizes are small.
        let (x, y) = (
            width as f32 / self.tree.size().width(),
            height as f32 / self.tree.size().height(),
        );
        resvg::render(
            &self.tree,
            Transform::from_scale(x, y),
            &mut pixmap.as_mut(),
        );
        let picture = RgbaImage::from_raw(width, height, pixmap.take_demultiplied())
            .ok_or_else(|| Failure::broken("no pixels"))?;
        let mut canvas = Canvas::new(picture, false);
        canvas.opaque = !canvas.is_transparent();
        canvas.original = self.size;
        canvas.placement = Placement::scale(
            f64::from(width) / f64::from(self.size.0),
            f64::from(height) / f64::from(self.size.1),
        );
        Ok(canvas)
    }
}

/// Returns the fonts of the system, which are looked for once, and only for a drawing with text.
fn fonts(bytes: &[u8]) -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    if !bytes.windows(4).any(|window| window == b"text") {
        return Arc::default();
    }
    let load = || {
        let mut fonts = fontdb::Database::new();
        fonts.load_system_fonts();
        Arc::new(fonts)
    };
    FONTS.get_or_init(load).clone()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Saturating.
fn pixels(length: f32) -> u32 {
    (length.round() as u32).max(1)
}
