//! WebP: lossy with the feature `webp`, and lossless.

use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::failure::Failure;
use crate::rendering::plan::OutputOptions;

/// Whether an animation stays one.
pub(crate) const HAS_ANIMATION: bool = cfg!(feature = "webp");

/// The most pixels of a side that the format has.
const MAX_SIDE: u32 = 16_383;

pub(crate) fn encode(canvas: &Canvas, options: &OutputOptions) -> Result<Vec<u8>, Failure> {
    let (width, height) = canvas.size();
    if width > MAX_SIDE || height > MAX_SIDE {
        return Err(Failure::TooLarge(format!(
            "A WebP has at most {MAX_SIDE} pixels a side, and the picture has {width} × {height}"
        )));
    }
    write(canvas, options)
}

/// A quality of 100 is lossless.
#[cfg(feature = "webp")]
fn write(canvas: &Canvas, options: &OutputOptions) -> Result<Vec<u8>, Failure> {
    use super::jpg::quality;
    use crate::rendering::plan::Format;

    let failed = || Failure::Invalid("WebP: the encoder failed".to_owned());
    let mut config = webp::WebPConfig::new().map_err(|()| failed())?;
    let quality = quality(Format::Webp, options);
    if quality == 100 {
        config.lossless = 1;
        // How hard to try, which is slow from here on.
        config.quality = 50.0;
        config.method = 2;
        // Also the colors of transparent pixels.
        config.exact = 1;
    } else {
        config.quality = f32::from(quality);
    }
    let (width, height) = canvas.size();
    let [frame] = canvas.frames.as_slice() else {
        let mut animation = webp::AnimEncoder::new(width, height, &config);
        animation.set_loop_count(canvas.repeats.map_or(0, i32::from));
        let mut start = 0i32;
        for frame in &canvas.frames {
            animation.add_frame(webp::AnimFrame::new(
                &frame.picture,
                webp::PixelLayout::Rgba,
                width,
                height,
                start,
                Some(&config),
            ));
            start = start.saturating_add(i32::try_from(frame.delay).unwrap_or(i32::MAX));
        }
        return Ok(animation.try_encode().map_err(|_| failed())?.to_vec());
    };
    let encoder = webp::Encoder::from_rgba(&frame.picture, width, height);
    Ok(encoder
        .encode_advanced(&config)
        .map_err(|_| failed())?
        .to_vec())
}

#[cfg(not(feature = "webp"))]
fn write(canvas: &Canvas, _options: &OutputOptions) -> Result<Vec<u8>, Failure> {
    use image::ExtendedColorType;
    use image::codecs::webp::WebPEncoder;

    let Some(frame) = canvas.frames.first() else {
        return Err(Failure::broken("no frame"));
    };
    let (width, height) = canvas.size();
    let mut bytes = Vec::new();
    WebPEncoder::new_lossless(&mut bytes).encode(
        &frame.picture,
        width,
        height,
        ExtendedColorType::Rgba8,
    )?;
    Ok(bytes)
}
