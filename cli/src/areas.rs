//! Areas of a picture, as `X,Y,WIDTH,HEIGHT` in pixels or percent.

use std::str::FromStr;

use rokka::{CropArea, SubjectArea};

/// An area, such as `100,50,640,480` or `10%,10%,50%,50%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    x: i64,
    y: i64,
    width: u64,
    height: u64,
    percent: bool,
}

impl FromStr for Area {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rule = || {
            format!("{text:?} is no area: expected X,Y,WIDTH,HEIGHT in pixels, or each with a `%`")
        };
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        let percent = parts.iter().all(|part| part.ends_with('%'));
        let numbers = parts
            .iter()
            .map(|part| part.strip_suffix('%').unwrap_or(part));
        let numbers: Vec<&str> = if percent {
            numbers.collect()
        } else {
            parts.clone()
        };
        let [x, y, width, height] = *numbers else {
            return Err(rule());
        };
        let size = |text: &str| text.parse().map_err(|_| rule());
        Ok(Self {
            x: x.parse().map_err(|_| rule())?,
            y: y.parse().map_err(|_| rule())?,
            width: size(width)?,
            height: size(height)?,
            percent,
        })
    }
}

impl From<Area> for SubjectArea {
    fn from(area: Area) -> Self {
        let make = if area.percent {
            Self::percent
        } else {
            Self::new
        };
        make(area.x, area.y, area.width, area.height)
    }
}

impl From<Area> for CropArea {
    fn from(area: Area) -> Self {
        let make = if area.percent {
            Self::percent
        } else {
            Self::new
        };
        make(area.x, area.y, area.width, area.height)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_area_is_in_pixels_or_percent() {
        let area: Area = "1, 2,3,4".parse().unwrap();
        assert_eq!(SubjectArea::from(area), SubjectArea::new(1, 2, 3, 4));
        let area: Area = "10%,0%,50%,50%".parse().unwrap();
        assert_eq!(CropArea::from(area), CropArea::percent(10, 0, 50, 50));
        for wrong in ["", "1,2,3", "1,2,3,4,5", "1,2,-3,4", "1%,2,3,4", "a,b,c,d"] {
            assert!(wrong.parse::<Area>().is_err(), "{wrong}");
        }
    }
}
