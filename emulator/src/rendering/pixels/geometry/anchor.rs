//! Anchors: where a part is in a picture.

use crate::rendering::plan::Unsupported;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Anchor {
    Auto,
    /// Where libvips' `attention` looks.
    Smart,
    SubjectArea,
    CropArea,
    Face,
    At(Along, Along),
}

/// A place along one side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Along {
    Start,
    Center,
    End,
    Pixels(f64),
}

impl Anchor {
    pub(crate) const CENTER: Self = Self::At(Along::Center, Along::Center);

    pub(crate) fn parse(text: &str) -> Result<Self, Unsupported> {
        match text {
            "auto" => return Ok(Self::Auto),
            "smart" => return Ok(Self::Smart),
            "subjectarea" => return Ok(Self::SubjectArea),
            "croparea" => return Ok(Self::CropArea),
            "face" => return Ok(Self::Face),
            _ => {}
        }
        let parsed = text.split_once(['_', '-']).and_then(|(x, y)| {
            let pixels = |text: &str| {
                text.parse()
                    .ok()
                    .map(|pixels: u32| Along::Pixels(pixels.into()))
            };
            let x = match x {
                "left" => Along::Start,
                "center" => Along::Center,
                "right" => Along::End,
                x => pixels(x)?,
            };
            let y = match y {
                "top" => Along::Start,
                "center" => Along::Center,
                "bottom" => Along::End,
                y => pixels(y)?,
            };
            Some(Self::At(x, y))
        });
        parsed.ok_or_else(|| Unsupported(format!("`{text}` is no anchor")))
    }
}

impl Along {
    /// Returns the offset of a part of a length within a whole.
    pub(crate) fn offset(self, part: u32, whole: u32, unit: f64) -> u32 {
        let free = whole.saturating_sub(part);
        match self {
            Self::Start => 0,
            Self::Center => free / 2,
            Self::End => free,
            Self::Pixels(pixels) => super::pixels::offset((pixels * unit).round(), part, whole),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_names_or_a_place_along_each_side() {
        let at = |text| Anchor::parse(text).ok();
        assert_eq!(at("auto"), Some(Anchor::Auto));
        assert_eq!(at("left_top"), Some(Anchor::At(Along::Start, Along::Start)));
        assert_eq!(
            at("center-bottom"),
            Some(Anchor::At(Along::Center, Along::End))
        );
        assert_eq!(
            at("right_7"),
            Some(Anchor::At(Along::End, Along::Pixels(7.0)))
        );
        for text in ["", "top_left", "left", "left_top_x", "-1_3", "1.5_2", "ä_ö"] {
            assert_eq!(at(text), None, "{text}");
        }
    }
}
