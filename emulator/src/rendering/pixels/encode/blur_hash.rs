//! The text of a [BlurHash](https://blurha.sh), with as many components as the service has.

use std::f64::consts::PI;

use fast_image_resize::Resizer;

use super::flatten::flatten;
use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::color::linear;
use crate::rendering::pixels::failure::Failure;
use crate::rendering::pixels::geometry::resize_picture;

const ACROSS: u32 = 4;
const DOWN: u32 = 3;
/// The picture is looked at in at most this many pixels each way, which are more than the components show.
const SIDE: u32 = 64;
const DIGITS: &[u8; 83] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";

pub(crate) fn encode(mut canvas: Canvas) -> Result<Vec<u8>, Failure> {
    flatten(&mut canvas, [255; 3]);
    let Some(frame) = canvas.frames.first() else {
        return Err(Failure::broken("no frame"));
    };
    let (width, height) = canvas.size();
    let size = (width.min(SIDE), height.min(SIDE));
    let picture = resize_picture(&mut Resizer::new(), &frame.picture, size, true)?;
    let (width, height) = (f64::from(size.0), f64::from(size.1));
    let mut components = Vec::new();
    for down in 0..DOWN {
        for across in 0..ACROSS {
            let is_average = across == 0 && down == 0;
            let weight = if is_average { 1.0 } else { 2.0 } / (width * height);
            let mut sum = [0.0; 3];
            for (x, y, pixel) in picture.enumerate_pixels() {
                let basis = (PI * f64::from(across) * f64::from(x) / width).cos()
                    * (PI * f64::from(down) * f64::from(y) / height).cos();
                for (sum, channel) in sum.iter_mut().zip(pixel.0) {
                    *sum += weight * basis * linear(channel.into());
                }
            }
            components.push(sum);
        }
    }
    let Some((average, details)) = components.split_first() else {
        return Err(Failure::broken("no component"));
    };
    let largest = details
        .iter()
        .flatten()
        .fold(0.0f64, |most, part| most.max(part.abs()));
    let step = quantized((largest * 166.0 - 0.5).floor(), 82);
    let most = (f64::from(step) + 1.0) / 166.0;
    let mut text = Vec::with_capacity(28);
    write(&mut text, (ACROSS - 1) + (DOWN - 1) * 9, 1);
    write(&mut text, step, 1);
    let [red, green, blue] = average.map(|channel| quantized(encoded(channel).round(), 255));
    write(&mut text, (red << 16) | (green << 8) | blue, 4);
    for detail in details {
        let [red, green, blue] = detail.map(|part| {
            let part = part / most;
            quantized((part.signum() * part.abs().sqrt() * 9.0 + 9.5).floor(), 18)
        });
        write(&mut text, (red * 19 + green) * 19 + blue, 2);
    }
    Ok(text)
}

/// Appends a number in digits of base 83.
fn write(text: &mut Vec<u8>, number: u32, digits: u32) {
    for place in (0..digits).rev() {
        let digit = number / 83u32.pow(place) % 83;
        text.extend(DIGITS.get(digit as usize));
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Saturating, and limited.
fn quantized(number: f64, most: u32) -> u32 {
    (number as u32).min(most)
}

/// Returns the value of sRGB, 0 to 255, of linear light.
fn encoded(light: f64) -> f64 {
    let light = light.clamp(0.0, 1.0);
    255.0
        * if light <= 0.003_130_8 {
            light * 12.92
        } else {
            1.055 * light.powf(1.0 / 2.4) - 0.055
        }
}
