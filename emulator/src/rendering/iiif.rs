//! IIIF image requests as steps, and the description of an image for IIIF viewers.

use rokka_render::{IiifComponents, IiifQuality, IiifRegion, IiifSize, IiifVersion};
use serde_json::{Map, Value, json};

use super::facts::Facts;
use super::plan::Step;
use crate::response::Response;

/// The longest edge that is delivered.
const LONGEST_EDGE: u32 = 2048;

/// The step that mirrors a picture, which no operation of the service does.
pub(crate) const MIRROR: &str = "_mirror";

struct Size {
    width: f64,
    height: f64,
}

/// Returns the steps of an image request.
pub(super) fn steps(url: &IiifComponents<'_>, facts: &Facts<'_>) -> Result<Vec<Step>, Response> {
    let whole = Size {
        width: f64::from(facts.file_type.width.max(1)),
        height: f64::from(facts.file_type.height.max(1)),
    };
    let mut steps = Vec::new();
    let region = region(url.region, &whole)?;
    let mut part = whole;
    if let Some((x, y, size)) = region {
        steps.push(step(
            "crop",
            json!({
                "width": size.width, "height": size.height, "anchor": format!("{x:.0}_{y:.0}"),
            }),
        ));
        part = size;
    }
    let target = target(url, &part)?;
    if url.mirrored {
        steps.push(step(MIRROR, json!({})));
    }
    steps.push(step(
        "resize",
        json!({"width": target.width, "height": target.height, "mode": "absolute"}),
    ));
    if url.rotation % 360.0 != 0.0 {
        steps.push(step("rotate", json!({"angle": url.rotation})));
    }
    match url.quality {
        IiifQuality::Gray => steps.push(step("grayscale", json!({}))),
        IiifQuality::Bitonic => steps.push(step("grayscale", json!({"levels": 2}))),
        _ => {}
    }
    Ok(steps)
}

fn step(name: &str, options: Value) -> Step {
    let options = match options {
        Value::Object(options) => options,
        _ => Map::new(),
    };
    Step {
        name: name.to_owned(),
        options,
    }
}

/// Returns the position and the size of the region in pixels; `None` for all of the picture.
fn region(region: IiifRegion, whole: &Size) -> Result<Option<(f64, f64, Size)>, Response> {
    let (x, y, width, height) = match region {
        IiifRegion::Square => {
            let edge = whole.width.min(whole.height);
            let middle = |length: f64| ((length - edge) / 2.0).floor();
            (middle(whole.width), middle(whole.height), edge, edge)
        }
        IiifRegion::Pixels {
            x,
            y,
            width,
            height,
        } => (x.into(), y.into(), width.into(), height.into()),
        IiifRegion::Percent {
            x,
            y,
            width,
            height,
        } => {
            let of = |length: f64, percent: f64| (length * percent / 100.0).round();
            (
                of(whole.width, x),
                of(whole.height, y),
                of(whole.width, width).max(1.0),
                of(whole.height, height).max(1.0),
            )
        }
        _ => return Ok(None),
    };
    if x >= whole.width || y >= whole.height {
        return Err(Response::bad_request("The region is outside of the image"));
    }
    let size = Size {
        width: width.min(whole.width - x),
        height: height.min(whole.height - y),
    };
    Ok(Some((x, y, size)))
}

/// Returns the size of the result before it is rotated.
fn target(url: &IiifComponents<'_>, part: &Size) -> Result<Size, Response> {
    let scaled = |factor: f64| Size {
        width: (part.width * factor).round().max(1.0),
        height: (part.height * factor).round().max(1.0),
    };
    let by_width = |width: u32| f64::from(width) / part.width;
    let by_height = |height: u32| f64::from(height) / part.height;
    // Only version 2 enlarges without a caret.
    let enlarges = url.upscale || url.version == Some(IiifVersion::V2);
    let size = match url.size {
        IiifSize::Width(width) => Size {
            width: width.into(),
            ..scaled(by_width(width))
        },
        IiifSize::Height(height) => Size {
            height: height.into(),
            ..scaled(by_height(height))
        },
        IiifSize::Exact(width, height) => Size {
            width: width.into(),
            height: height.into(),
        },
        IiifSize::Within(width, height) => {
            let factor = by_width(width).min(by_height(height));
            // The best fit is no error when the picture is smaller.
            scaled(if enlarges { factor } else { factor.min(1.0) })
        }
        IiifSize::Percent(percent) => scaled(percent / 100.0),
        _ => {
            let most = f64::from(LONGEST_EDGE) / part.width.max(part.height);
            return Ok(scaled(if url.upscale { most } else { most.min(1.0) }));
        }
    };
    if size.width.max(size.height) > f64::from(LONGEST_EDGE) {
        return Err(Response::bad_request(format!(
            "The longest edge can be {LONGEST_EDGE} pixels"
        )));
    }
    if !enlarges && (size.width > part.width || size.height > part.height) {
        return Err(Response::bad_request(
            "The size is larger than the region; `^` before it allows that",
        ));
    }
    Ok(size)
}

/// Returns `info.json`. `base` is the scheme, the host and the path before `/_iiif`.
pub(super) fn info(url: &IiifComponents<'_>, facts: &Facts<'_>, base: &str) -> Response {
    let (width, height) = (facts.file_type.width, facts.file_type.height);
    let hash = facts.hash;
    let longest = width.max(height).max(1);
    let scales: Vec<u32> = (0..6)
        .map(|power| 1 << power)
        .filter(|scale| *scale == 1 || longest / scale >= 256)
        .collect();
    let sizes: Vec<Value> = scales
        .iter()
        .rev()
        .map(|scale| (width.div_ceil(*scale), height.div_ceil(*scale)))
        .filter(|(width, height)| *width.max(height) <= LONGEST_EDGE)
        .map(|(width, height)| json!({"width": width, "height": height}))
        .collect();
    let tiles = json!([{"width": 512, "height": 512, "scaleFactors": scales}]);
    let mut info = json!({
        "protocol": "http://iiif.io/api/image", "width": width, "height": height, "sizes": sizes, "tiles": tiles,
    });
    let version = if url.version == Some(IiifVersion::V2) {
        json!({
            "@context": "http://iiif.io/api/image/2/context.json",
            "@id": format!("{base}/_iiif/2/{hash}"),
            "profile": [
                "http://iiif.io/api/image/2/level2.json",
                {
                    "formats": ["jpg", "png", "gif", "webp"], "qualities": ["default", "color", "gray", "bitonic"],
                    "supports": ["mirroring", "rotationArbitrary", "regionSquare"], "maxWidth": LONGEST_EDGE,
                    "maxHeight": LONGEST_EDGE,
                },
            ],
        })
    } else {
        json!({
            "@context": "http://iiif.io/api/image/3/context.json",
            "id": match url.version {
                Some(_) => format!("{base}/_iiif/3/{hash}"),
                None => format!("{base}/_iiif/{hash}"),
            },
            "type": "ImageService3", "profile": "level2", "maxWidth": LONGEST_EDGE, "maxHeight": LONGEST_EDGE,
            "extraFormats": ["gif", "webp"], "extraQualities": ["color", "gray", "bitonic"],
            "extraFeatures": ["mirroring", "rotationArbitrary", "sizeUpscaling"],
        })
    };
    if let (Value::Object(info), Value::Object(version)) = (&mut info, version) {
        info.extend(version);
    }
    Response::json(200, &info)
}
