//! Gaussian convolution in whole numbers, as libvips does it by default.

/// A mask of whole numbers that falls from its center to both sides.
///
/// Few different numbers are in it, however wide it is, so it is a sum of few boxes, each of which takes two readings of a
/// running sum. The result is that of the mask itself, in a time that does not depend on the width.
pub(super) struct Mask {
    /// How far each box reaches from the center, and how high it is.
    boxes: Vec<(usize, u32)>,
    radius: usize,
    total: u32,
}

impl Mask {
    /// Returns a mask that ends where the curve falls below `least` of its maximum, or at `radius`.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` saturates, and the numbers are small"
    )]
    pub(super) fn new(sigma: f64, least: f64, radius: Option<usize>) -> Self {
        let curve = |at: u16| (-f64::from(at).powi(2) / (2.0 * sigma * sigma)).exp();
        let most = (8.0 * sigma).clamp(0.0, 5000.0) as u16;
        let end = (0..most).find(|at| curve(*at) < least).unwrap_or(most);
        let end = usize::from(end.saturating_sub(1)).min(radius.unwrap_or(usize::MAX));
        let weight = |at: u16| (20.0 * curve(at)).round_ties_even() as u32;
        // The center has a weight even where nothing else has.
        let weights: Vec<u32> = (0..=u16::try_from(end).unwrap_or_default())
            .map(|at| if at == 0 { 20 } else { weight(at) })
            .collect();
        let lower = weights.iter().copied().skip(1).chain([0]);
        let boxes: Vec<(usize, u32)> = weights
            .iter()
            .zip(lower)
            .map(|(weight, lower)| weight - lower)
            .enumerate()
            .filter(|(_, height)| *height > 0)
            .collect();
        let radius = boxes.last().map_or(0, |(reach, _)| *reach);
        let total = boxes
            .iter()
            .map(|(reach, height)| height * (2 * *reach as u32 + 1))
            .sum();
        Self {
            boxes,
            radius,
            total,
        }
    }

    /// Returns the values of a picture after the mask was applied along its rows and then along its columns. Beyond the
    /// edges, the values of the edges continue.
    pub(super) fn convolve(&self, values: &[u16], width: usize) -> Vec<u16> {
        if self.radius == 0 || width == 0 {
            return values.to_vec();
        }
        let height = values.len() / width;
        self.turned(&self.turned(values, width), height)
    }

    /// Applies the mask to each row, and makes a column of it.
    fn turned(&self, values: &[u16], width: usize) -> Vec<u16> {
        let height = values.len() / width;
        let mut out = vec![0; values.len()];
        let mut sums = Vec::with_capacity(width + 2 * self.radius + 1);
        let mut line = vec![0u32; width];
        for (y, row) in values.chunks_exact(width).enumerate() {
            let (Some(first), Some(last)) = (row.first(), row.last()) else {
                break;
            };
            let before = std::iter::repeat_n(first, self.radius);
            let after = std::iter::repeat_n(last, self.radius);
            let mut sum = 0u32;
            sums.clear();
            sums.push(sum);
            sums.extend(before.chain(row).chain(after).map(|value| {
                sum = sum.wrapping_add(u32::from(*value));
                sum
            }));
            line.fill(self.total / 2);
            for (reach, height) in &self.boxes {
                let low = sums.get(self.radius - reach..).unwrap_or_default();
                let high = sums.get(self.radius + reach + 1..).unwrap_or_default();
                for (value, (low, high)) in line.iter_mut().zip(low.iter().zip(high)) {
                    *value += height * high.wrapping_sub(*low);
                }
            }
            let column = out.iter_mut().skip(y).step_by(height);
            for (to, value) in column.zip(&line) {
                *to = u16::try_from(value / self.total).unwrap_or(u16::MAX);
            }
        }
        out
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)]
mod tests {
    use super::*;

    /// The mask applied as it is written, without boxes.
    fn plain(values: &[u16], sigma: f64, least: f64) -> Vec<u16> {
        let curve = |at: i32| (-f64::from(at * at) / (2.0 * sigma * sigma)).exp();
        let radius = (0..1000).find(|at| curve(*at) < least).unwrap() - 1;
        let weight = |at: i32| (20.0 * curve(at)).round() as i64;
        let total: i64 = (-radius..=radius).map(weight).sum();
        let end = i32::try_from(values.len()).unwrap() - 1;
        (0..=end)
            .map(|x| {
                let sum: i64 = (-radius..=radius)
                    .map(|at| weight(at) * i64::from(values[(x + at).clamp(0, end) as usize]))
                    .sum();
                ((sum + total / 2) / total) as u16
            })
            .collect()
    }

    #[test]
    fn boxes_are_the_mask_they_are_made_of() {
        let row: Vec<u16> = (0..97).map(|x| (x * 7919 % 256) as u16).collect();
        for sigma in [0.5, 1.0, 2.3, 10.0, 60.0] {
            let mask = Mask::new(sigma, 0.2, None);
            assert_eq!(
                mask.turned(&row, row.len()),
                plain(&row, sigma, 0.2),
                "{sigma}"
            );
        }
    }

    #[test]
    fn a_mask_ends_where_the_curve_is_low_or_at_the_radius() {
        assert_eq!(Mask::new(4.0, 0.2, None).radius, 7);
        assert_eq!(Mask::new(4.0, 0.2, Some(3)).radius, 3);
        assert_eq!(Mask::new(0.05, 0.2, None).radius, 0);
        assert_eq!(Mask::new(10_000.0, 0.01, None).radius, 4_999);
    }

    #[test]
    fn rows_and_columns_are_treated_alike() {
        let mut values = vec![0; 15 * 15];
        values[7 * 15 + 7] = 30_000;
        let blurred = Mask::new(1.5, 0.1, None).convolve(&values, 15);
        for at in 0..225 {
            let mirrored = blurred[at % 15 * 15 + at / 15];
            assert!(blurred[at].abs_diff(mirrored) <= 1, "each pass rounds");
        }
        assert!(blurred[7 * 15 + 7] > blurred[7 * 15 + 8]);
        assert_eq!(blurred[0], 0);
    }
}
