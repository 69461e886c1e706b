//! The image request of an IIIF URL: region, size, rotation, quality and format.

use std::borrow::Cow;

use crate::{Error, Result};

use super::format::push_format;
use super::value::{push_float, push_number};

/// The longest edge, in pixels, that rokka's IIIF server delivers.
const LONGEST_EDGE: u32 = 2048;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request {
    pub(crate) info: bool,
    pub(crate) region: IiifRegion,
    pub(crate) size: IiifSize,
    pub(crate) upscale: bool,
    pub(crate) rotation: f64,
    pub(crate) mirrored: bool,
    pub(crate) quality: IiifQuality,
    pub(crate) format: Cow<'static, str>,
}

/// A version of the IIIF Image API.
///
/// Reference: [IIIF](https://rokka.io/documentation/guides/rokka-as-iiif-image-server.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IiifVersion {
    /// 2.1
    V2,
    /// 3.0
    V3,
}

/// The region of the image to deliver.
///
/// Reference: [region](https://iiif.io/api/image/3.0/#41-region).
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum IiifRegion {
    /// The whole image.
    Full,
    /// A centred square with the length of the shorter edge.
    Square,
    /// A rectangle in pixels, at least 1 by 1.
    Pixels {
        /// The left edge.
        x: u32,
        /// The upper edge.
        y: u32,
        /// The width.
        width: u32,
        /// The height.
        height: u32,
    },
    /// A rectangle in percent of the image's size.
    Percent {
        /// The left edge, from 0 to below 100.
        x: f64,
        /// The upper edge, from 0 to below 100.
        y: f64,
        /// The width, above 0.
        width: f64,
        /// The height, above 0.
        height: f64,
    },
}

/// The size in which to deliver the region, at most 2048 pixels on either edge.
///
/// Reference: [size](https://iiif.io/api/image/3.0/#42-size).
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum IiifSize {
    /// The largest size that the server delivers.
    Max,
    /// This width in pixels, with the height in proportion.
    Width(u32),
    /// This height in pixels, with the width in proportion.
    Height(u32),
    /// This width and height in pixels, which may distort the image.
    Exact(u32, u32),
    /// The largest size in proportion within this width and height in pixels.
    Within(u32, u32),
    /// A percentage of the region, above 0; above 100 only with [`IiifUrl::upscale`](crate::IiifUrl::upscale).
    Percent(f64),
}

/// The colours of the delivered image.
///
/// Reference: [quality](https://iiif.io/api/image/3.0/#44-quality).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IiifQuality {
    /// The server's choice.
    Default,
    /// All colours.
    Color,
    /// Grayscale.
    Gray,
    /// Black and white.
    Bitonic,
}

impl Default for Request {
    /// The whole image in the largest size, as `jpg`.
    fn default() -> Self {
        Self {
            info: false,
            region: IiifRegion::Full,
            size: IiifSize::Max,
            upscale: false,
            rotation: 0.0,
            mirrored: false,
            quality: IiifQuality::Default,
            format: Cow::Borrowed("jpg"),
        }
    }
}

impl Request {
    pub(crate) fn push(&self, out: &mut String, version: Option<IiifVersion>) -> Result<()> {
        self.push_region(out)?;
        out.push('/');
        if self.upscale && version == Some(IiifVersion::V2) {
            return Err(Error::invalid("IIIF: version 2 does not support `upscale`"));
        }
        self.push_size(out)?;
        out.push('/');
        if !(0.0..=360.0).contains(&self.rotation) {
            return Err(Error::invalid(format!(
                "IIIF rotation `{}`: it must be 0 to 360 degrees",
                self.rotation
            )));
        }
        if self.mirrored {
            out.push('!');
        }
        push_float(out, self.rotation);
        out.push('/');
        out.push_str(match self.quality {
            IiifQuality::Default => "default",
            IiifQuality::Color => "color",
            IiifQuality::Gray => "gray",
            IiifQuality::Bitonic => "bitonic",
        });
        out.push('.');
        push_format(out, &self.format)
    }

    fn push_region(&self, out: &mut String) -> Result<()> {
        match self.region {
            IiifRegion::Full => out.push_str("full"),
            IiifRegion::Square => out.push_str("square"),
            IiifRegion::Pixels {
                x,
                y,
                width,
                height,
            } => {
                if width == 0 || height == 0 {
                    return Err(Error::invalid(format!(
                        "IIIF region of {width} by {height} pixels: it must be at least 1 by 1"
                    )));
                }
                push_list(out, [x, y, width, height].map(f64::from));
            }
            IiifRegion::Percent {
                x,
                y,
                width,
                height,
            } => {
                let inside = |edge| (0.0..100.0).contains(&edge);
                let extent = |edge: f64| edge.is_finite() && edge > 0.0;
                if !inside(x) || !inside(y) || !extent(width) || !extent(height) {
                    return Err(Error::invalid(format!(
                        "IIIF region of {width} by {height} % at {x}, {y} %: it must start within the image and be \
                         larger than 0"
                    )));
                }
                out.push_str("pct:");
                push_list(out, [x, y, width, height]);
            }
        }
        Ok(())
    }

    fn push_size(&self, out: &mut String) -> Result<()> {
        let edge = |pixels: u32| {
            if (1..=LONGEST_EDGE).contains(&pixels) {
                Ok(u64::from(pixels))
            } else {
                Err(Error::invalid(format!(
                    "IIIF size of {pixels} pixels: an edge must be 1 to {LONGEST_EDGE} pixels"
                )))
            }
        };
        if self.upscale {
            // An escaped caret, which is not allowed raw in a URL.
            out.push_str("%5E");
        }
        match self.size {
            IiifSize::Max => out.push_str("max"),
            IiifSize::Width(width) => {
                push_number(out, edge(width)?);
                out.push(',');
            }
            IiifSize::Height(height) => {
                out.push(',');
                push_number(out, edge(height)?);
            }
            IiifSize::Exact(width, height) | IiifSize::Within(width, height) => {
                if matches!(self.size, IiifSize::Within(..)) {
                    out.push('!');
                }
                push_number(out, edge(width)?);
                out.push(',');
                push_number(out, edge(height)?);
            }
            IiifSize::Percent(percent) => {
                let most = if self.upscale { f64::MAX } else { 100.0 };
                if !(percent > 0.0 && percent <= most) {
                    return Err(Error::invalid(format!(
                        "IIIF size of {percent} %: it must be above 0, and above 100 only with `upscale`"
                    )));
                }
                out.push_str("pct:");
                push_float(out, percent);
            }
        }
        Ok(())
    }

    pub(crate) fn parse(text: &str, version: Option<IiifVersion>) -> Option<Self> {
        let mut parts = text.split('/');
        let (region, size) = (parts.next()?, parts.next()?);
        let (rotation, rest) = (parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let (quality, format) = rest.split_once('.')?;
        let carets = ["%5E", "%5e", "^"];
        let upscaled = carets.iter().find_map(|caret| size.strip_prefix(caret));
        let mirrored = rotation.strip_prefix('!');
        Some(Self {
            info: false,
            region: parse_region(region)?,
            size: parse_size(upscaled.unwrap_or(size), version)?,
            upscale: upscaled.is_some(),
            rotation: parse_number(mirrored.unwrap_or(rotation))?,
            mirrored: mirrored.is_some(),
            quality: match quality {
                "default" => IiifQuality::Default,
                "color" => IiifQuality::Color,
                "gray" => IiifQuality::Gray,
                "bitonic" => IiifQuality::Bitonic,
                _ => return None,
            },
            format: Cow::Owned(format.to_ascii_lowercase()),
        })
    }
}

fn push_list(out: &mut String, numbers: [f64; 4]) {
    for (at, number) in numbers.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        push_float(out, number);
    }
}

/// Parses a number without a sign or an exponent.
fn parse_number(text: &str) -> Option<f64> {
    let plain = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    text.parse().ok().filter(|_| text.bytes().all(plain))
}

fn parse_pixels(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| !text.starts_with('+'))
}

fn parse_region(text: &str) -> Option<IiifRegion> {
    match text {
        "full" => return Some(IiifRegion::Full),
        "square" => return Some(IiifRegion::Square),
        _ => {}
    }
    let percent = text.strip_prefix("pct:");
    let mut numbers = percent.unwrap_or(text).split(',');
    let mut next = || numbers.next();
    let (x, y, width, height) = (next()?, next()?, next()?, next()?);
    if next().is_some() {
        return None;
    }
    Some(if percent.is_some() {
        IiifRegion::Percent {
            x: parse_number(x)?,
            y: parse_number(y)?,
            width: parse_number(width)?,
            height: parse_number(height)?,
        }
    } else {
        IiifRegion::Pixels {
            x: parse_pixels(x)?,
            y: parse_pixels(y)?,
            width: parse_pixels(width)?,
            height: parse_pixels(height)?,
        }
    })
}

fn parse_size(text: &str, version: Option<IiifVersion>) -> Option<IiifSize> {
    // Version 3 removed `full`.
    if text == "max" || (text == "full" && version == Some(IiifVersion::V2)) {
        return Some(IiifSize::Max);
    }
    if let Some(percent) = text.strip_prefix("pct:") {
        return parse_number(percent).map(IiifSize::Percent);
    }
    let within = text.strip_prefix('!');
    let (width, height) = within.unwrap_or(text).split_once(',')?;
    Some(match (width, height, within) {
        (width, "", None) => IiifSize::Width(parse_pixels(width)?),
        ("", height, None) => IiifSize::Height(parse_pixels(height)?),
        (width, height, None) => IiifSize::Exact(parse_pixels(width)?, parse_pixels(height)?),
        (width, height, Some(_)) => IiifSize::Within(parse_pixels(width)?, parse_pixels(height)?),
    })
}
