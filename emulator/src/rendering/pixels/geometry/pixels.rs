//! Whole pixels from numbers.

/// Rounds to whole pixels, at least one.
pub(crate) fn length(number: f64) -> u32 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Saturating.
    let pixels = number.round() as u32;
    pixels.max(1)
}

/// Rounds down to the offset of a part of `length` pixels that lies within `whole` pixels.
pub(crate) fn offset(number: f64, length: u32, whole: u32) -> u32 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Saturating.
    let pixels = number.floor() as u32;
    pixels.min(whole.saturating_sub(length))
}
