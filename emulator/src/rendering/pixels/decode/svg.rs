//! SVG, drawn in the size that is needed.

use std::sync::{Arc, OnceLock};

use image::RgbaImage;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::roxmltree::{Document, ParsingOptions};
use resvg::usvg::{self, ImageHrefResolver, fontdb};

use super::svg_cost::is_affordable;
use super::svg_nesting::{MAX_NESTING, is_flat};
use super::svg_thread::within;
use crate::file_type::FileType;
use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::failure::Failure;
use crate::rendering::pixels::limits::{Deadline, check_pixels};
use crate::rendering::pixels::placement::Placement;

const MAX_BYTES: usize = 8 << 20;

pub(crate) struct Svg {
    tree: usvg::Tree,
    size: (u32, u32),
    deadline: Deadline,
}

impl Svg {
    pub(crate) fn open(bytes: &[u8], deadline: Deadline) -> Result<Self, Failure> {
        if bytes.len() > MAX_BYTES {
            return Err(Failure::TooLarge(format!(
                "The SVG has {} bytes, and the emulator draws at most {MAX_BYTES}",
                bytes.len()
            )));
        }
        let bytes = bytes.to_vec();
        let tree = within(deadline, move || parse(&bytes))??;
        let size = (pixels(tree.size().width()), pixels(tree.size().height()));
        check_pixels(size.0, size.1, 1)?;
        Ok(Self {
            tree,
            size,
            deadline,
        })
    }

    pub(crate) fn size(&self) -> (u32, u32) {
        self.size
    }

    pub(crate) fn load(self, size: Option<(u32, u32)>) -> Result<Canvas, Failure> {
        let (width, height) = size.unwrap_or(self.size);
        check_pixels(width, height, 1)?;
        let tree = self.tree;
        let pixmap = within(self.deadline, move || {
            #[allow(clippy::cast_precision_loss)] // Sizes are small.
            let (x, y) = (
                width as f32 / tree.size().width(),
                height as f32 / tree.size().height(),
            );
            let scale = Transform::from_scale(x, y);
            if !is_affordable(&tree, scale, (width, height)) {
                return Err(Failure::TooLarge(
                    "The filters, layers and patterns of the SVG take more time or memory than the emulator has for a drawing"
                        .to_owned(),
                ));
            }
            let pixmap = Pixmap::new(width, height);
            let mut pixmap = pixmap.ok_or_else(|| Failure::broken("no pixels"))?;
            resvg::render(&tree, scale, &mut pixmap.as_mut());
            Ok(pixmap)
        })??;
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

fn parse(bytes: &[u8]) -> Result<usvg::Tree, Failure> {
    let text = str::from_utf8(bytes).map_err(Failure::broken)?;
    let xml = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, xml).map_err(Failure::broken)?;
    if !is_flat(&document) {
        return Err(Failure::TooLarge(format!(
            "The SVG nests deeper than {MAX_NESTING} elements, or has too many references, and the emulator does not draw it"
        )));
    }
    let embedded = ImageHrefResolver::default_data_resolver();
    let options = usvg::Options {
        image_href_resolver: ImageHrefResolver {
            // Small pictures, and no drawing in a drawing, which would be one more level.
            resolve_data: Box::new(move |mimetype, data, options| {
                let found = FileType::of_picture(&data).filter(|found| found.format != "svg")?;
                check_pixels(found.width, found.height, 4).ok()?;
                embedded(mimetype, data, options)
            }),
            // Neither files nor the network: an upload must not read what is on this machine.
            resolve_string: Box::new(|_, _| None),
        },
        fontdb: fonts(bytes),
        ..usvg::Options::default()
    };
    usvg::Tree::from_xmltree(&document, &options).map_err(Failure::broken)
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
