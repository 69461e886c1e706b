//! Conversions of numbers, which saturate.

/// Returns the nearest whole number, 0 to 255.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates"
)]
pub(super) fn to_byte(value: f32) -> u8 {
    value.round() as u8
}

/// Returns the whole number below, 0 to 255, as libvips casts.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates"
)]
pub(super) fn cut_to_byte(value: f32) -> u8 {
    value as u8
}

/// Returns the nearest whole number from 0 on.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates"
)]
pub(super) fn to_u32(value: f64) -> u32 {
    value.round() as u32
}

/// Returns the nearest whole number.
#[allow(clippy::cast_possible_truncation, reason = "`as` saturates")]
pub(super) fn to_i32(value: f64) -> i32 {
    value.round() as i32
}

/// Returns a size or a position as a number to compute with. Sizes of pictures are exact.
#[allow(
    clippy::cast_precision_loss,
    reason = "pictures are smaller than 2^24 pixels on a side"
)]
pub(super) fn to_f32(value: u32) -> f32 {
    value as f32
}

/// Returns a number of half the precision, which is enough for a pixel.
#[allow(clippy::cast_possible_truncation, reason = "a pixel needs no more")]
pub(super) fn narrow(value: f64) -> f32 {
    value as f32
}
