//! Effects that start from a seed: `glitch` and `primitive`.

use serde_json::json;

use super::*;

fn seeded(picture: &RgbaImage, name: &str, options: Value, seed: u64) -> RgbaImage {
    let mut canvas = Canvas::new(picture.clone(), true);
    change(&mut canvas, &step(name, options), &Known::default(), seed).unwrap();
    canvas.frames.remove(0).picture
}

/// Returns the values of a channel of each row in order.
fn sorted(picture: &RgbaImage, channel: usize) -> Vec<Vec<u8>> {
    let sorted = |row: image::buffer::Pixels<'_, Rgba<u8>>| {
        let mut values: Vec<u8> = row.map(|pixel| pixel.0[channel]).collect();
        values.sort_unstable();
        values
    };
    picture.rows().map(sorted).collect()
}

#[test]
fn a_glitch_moves_pixels_within_their_rows() {
    let picture = colorful(90, 40);
    let broken = seeded(&picture, "glitch", json!({}), 1);
    assert_ne!(broken, picture);
    for channel in 0..4 {
        assert_eq!(sorted(&broken, channel), sorted(&picture, channel));
    }
    assert_eq!(seeded(&picture, "glitch", json!({}), 1), broken);
    assert_ne!(seeded(&picture, "glitch", json!({}), 2), broken);
    assert_ne!(
        seeded(&picture, "glitch", json!({"random": "x"}), 1),
        broken
    );
    assert_eq!(seeded(&picture, "glitch", json!({"amount": 0}), 1), picture);
}

#[test]
fn more_amount_breaks_more() {
    let picture = colorful(90, 40);
    let moved = |amount: u32| {
        let broken = seeded(&picture, "glitch", json!({"amount": amount}), 3);
        let same = broken
            .pixels()
            .zip(picture.pixels())
            .filter(|(a, b)| a == b);
        3600 - same.count()
    };
    assert!(moved(1) <= moved(10));
    assert!(moved(1) > 0);
}

/// Returns the mean squared difference.
fn error(one: &RgbaImage, other: &RgbaImage) -> f64 {
    let channels = one.as_raw().iter().zip(other.as_raw());
    let squares = channels.map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2));
    squares.sum::<f64>() / f64::from(one.width() * one.height())
}

/// A picture with a sky, a sun and a hill.
fn landscape(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, y| {
        let (dx, dy) = (x * 4 / 3, y * 2);
        let sun = dx.abs_diff(width).pow(2) + dy.abs_diff(height / 2).pow(2) < height * height / 16;
        Rgba(match (sun, y > height * 2 / 3) {
            (true, _) => [250, 220, 40, 255],
            (_, true) => [20, 120, 30, 255],
            _ => [60, 140, 230, 255],
        })
    })
}

#[test]
fn shapes_come_closer_to_the_picture_the_more_there_are() {
    let picture = landscape(80, 60);
    for mode in 0..=9 {
        let drawn = |count: u32| {
            let options = json!({"mode": mode, "count": count});
            error(&seeded(&picture, "primitive", options, 5), &picture)
        };
        let (few, many) = (drawn(1), drawn(25));
        assert!(many < few, "mode {mode}: {few} with one, {many} with many");
        // Lines cover little.
        let limit = if mode == 6 { 1.0 } else { 0.5 };
        assert!(
            many < few * limit,
            "mode {mode}: {few} with one, {many} with many"
        );
    }
}

#[test]
fn the_same_seed_draws_the_same_shapes() {
    let picture = landscape(50, 40);
    let drawn = |seed| seeded(&picture, "primitive", json!({"count": 5}), seed);
    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));
}

#[test]
fn shapes_are_as_sharp_as_the_picture_and_keep_its_transparency() {
    let mut picture = landscape(400, 300);
    picture.put_pixel(7, 7, Rgba([1, 2, 3, 0]));
    let drawn = seeded(&picture, "primitive", json!({"count": 10, "mode": 2}), 5);
    assert_eq!(drawn.dimensions(), (400, 300));
    assert_eq!(pixel(&drawn, 7, 7)[3], 0);
    assert_eq!(pixel(&drawn, 8, 7)[3], 255);
    // A picture of one color needs no shapes.
    let even = plain(20, 20, [90, 80, 70, 255]);
    assert_eq!(seeded(&even, "primitive", json!({}), 5), even);
}

#[test]
fn a_mode_without_a_kind_of_its_own_draws_all_kinds() {
    let picture = landscape(50, 40);
    let drawn = |mode| {
        let options = json!({"mode": mode, "count": 5});
        seeded(&picture, "primitive", options, 1)
    };
    assert_eq!(drawn(9), drawn(0));
    assert_ne!(drawn(9), drawn(8));
    assert_eq!(
        refusal("shine", json!({})),
        "shine: the operation is unknown"
    );
}
