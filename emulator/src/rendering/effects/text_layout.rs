//! Lines of text in a font, and their pixels.

use ab_glyph::{Font as _, FontRef, Glyph, GlyphId, PxScaleFont, ScaleFont as _, point};
use image::GrayImage;

use super::rounding::{to_byte, to_f32, to_u32};
use crate::rendering::pixels::failure::Failure;
use crate::rendering::pixels::limits::{Deadline, check_pixels};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Center,
    Right,
}

/// How text is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    /// The width at which lines are broken.
    pub(super) width: Option<f32>,
    /// The height at which the text is cut off.
    pub(super) height: Option<f32>,
    /// What is added between lines.
    pub(super) spacing: f32,
    pub(super) align: Align,
}

/// Text in lines.
pub(super) struct Block<'a> {
    font: PxScaleFont<&'a FontRef<'a>>,
    lines: Vec<(String, f32)>,
    setting: Setting,
    /// The width of the longest line.
    width: f32,
}

impl<'a> Block<'a> {
    /// Breaks a text into lines. The size is that of an em, in pixels.
    pub(super) fn new(font: &'a FontRef<'a>, text: &str, size: f32, setting: Setting) -> Self {
        // The crate counts the size from the ascender to the descender.
        let em = font.units_per_em().unwrap_or(1000.0);
        let font = font.as_scaled(size * font.height_unscaled() / em);
        let mut lines = Vec::new();
        for paragraph in text.lines() {
            match setting.width {
                Some(width) => wrap(&font, paragraph, width, &mut lines),
                None => lines.push((paragraph.to_owned(), advance(&font, paragraph))),
            }
        }
        let width = lines.iter().fold(0.0, |width: f32, line| width.max(line.1));
        Self {
            font,
            lines,
            setting,
            width,
        }
    }

    fn line_height(&self) -> f32 {
        self.font.height() + self.font.line_gap() + self.setting.spacing
    }

    fn height(&self) -> f32 {
        let lines = to_f32(u32::try_from(self.lines.len()).unwrap_or(u32::MAX));
        (lines * self.line_height() - self.setting.spacing - self.font.line_gap()).max(0.0)
    }

    /// Returns whether the text is within its box.
    pub(super) fn fits(&self) -> bool {
        self.setting.width.is_none_or(|width| self.width <= width)
            && self
                .setting
                .height
                .is_none_or(|height| self.height() <= height)
    }

    /// Returns the glyphs at their places in a box of this size.
    fn glyphs(&self, (width, height): (f32, f32)) -> Vec<Glyph> {
        let mut glyphs = Vec::new();
        let top = match self.setting.height {
            Some(_) => ((height - self.height()) / 2.0).max(0.0),
            None => 0.0,
        };
        let mut y = top + self.font.ascent();
        for (line, length) in &self.lines {
            let mut x = match self.setting.align {
                Align::Left => 0.0,
                Align::Center => (width - length) / 2.0,
                Align::Right => width - length,
            };
            let mut last = None;
            for character in line.chars() {
                let glyph = self.font.glyph_id(character);
                x += kern(&self.font, last, glyph);
                glyphs.push(glyph.with_scale_and_position(self.font.scale(), point(x, y)));
                x += self.font.h_advance(glyph);
                last = Some(glyph);
            }
            y += self.line_height();
        }
        glyphs
    }

    /// Returns how much of each pixel the text covers. Without a width or a height, the picture has room for everything.
    pub(super) fn draw(&self, deadline: Deadline) -> Result<GrayImage, Failure> {
        let size = (
            self.setting.width.unwrap_or(self.width).max(1.0),
            self.setting
                .height
                .unwrap_or_else(|| self.height())
                .max(1.0),
        );
        let glyphs: Vec<_> = self
            .glyphs(size)
            .into_iter()
            .filter_map(|glyph| self.font.outline_glyph(glyph))
            .collect();
        let (mut left, mut top, mut right, mut bottom) = (0.0f32, 0.0f32, size.0, size.1);
        for glyph in &glyphs {
            let ink = glyph.px_bounds();
            // With both, the box cuts off what reaches beyond it.
            if self.setting.height.is_none() {
                (top, bottom) = (top.min(ink.min.y), bottom.max(ink.max.y));
                (left, right) = (left.min(ink.min.x), right.max(ink.max.x));
            }
        }
        let (left, top) = (left.floor(), top.floor());
        let width = to_u32(f64::from((right - left).ceil())).max(1);
        let height = to_u32(f64::from((bottom - top).ceil())).max(1);
        check_pixels(width, height, 1)?;
        let mut covered = GrayImage::new(width, height);
        for glyph in glyphs {
            let ink = glyph.px_bounds();
            let (x, y) = (ink.min.x - left, ink.min.y - top);
            let outside = x >= to_f32(width)
                || y >= to_f32(height)
                || x + ink.width() <= 0.0
                || y + ink.height() <= 0.0;
            if outside {
                continue;
            }
            deadline.check()?;
            let whole = |length: f32| to_u32(f64::from(length));
            check_pixels(whole(ink.width()).max(1), whole(ink.height()).max(1), 1)?;
            glyph.draw(|dx, dy, coverage| {
                let (x, y) = (x + to_f32(dx), y + to_f32(dy));
                if x < 0.0 || y < 0.0 {
                    return;
                }
                if let Some(pixel) = covered.get_pixel_mut_checked(whole(x), whole(y)) {
                    let [before] = pixel.0;
                    pixel.0 = [before.saturating_add(to_byte(coverage * 255.0))];
                }
            });
        }
        Ok(covered)
    }
}

fn kern(font: &PxScaleFont<&FontRef<'_>>, last: Option<GlyphId>, glyph: GlyphId) -> f32 {
    last.map_or(0.0, |last| font.kern(last, glyph))
}

/// Returns how long a line is.
fn advance(font: &PxScaleFont<&FontRef<'_>>, line: &str) -> f32 {
    let mut last = None;
    line.chars()
        .map(|character| {
            let glyph = font.glyph_id(character);
            let length = kern(font, last, glyph) + font.h_advance(glyph);
            last = Some(glyph);
            length
        })
        .sum()
}

/// Breaks a paragraph between words. A word that is longer than a line has one for itself.
fn wrap(
    font: &PxScaleFont<&FontRef<'_>>,
    paragraph: &str,
    width: f32,
    lines: &mut Vec<(String, f32)>,
) {
    let space = advance(font, " ");
    let mut line = String::new();
    let mut length = 0.0;
    for word in paragraph.split_whitespace() {
        let more = advance(font, word);
        if !line.is_empty() && length + space + more > width {
            lines.push((std::mem::take(&mut line), length));
            length = 0.0;
        }
        if !line.is_empty() {
            line.push(' ');
            length += space;
        }
        line.push_str(word);
        length += more;
    }
    lines.push((line, length));
}
