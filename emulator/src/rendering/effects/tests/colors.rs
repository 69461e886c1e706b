//! Colors: `grayscale`, `sepia`, `modulate`, `multiply`, `blur`, `sharpen`.

use serde_json::json;

use super::*;

/// Returns the colors of a row after a step.
fn row(colors: &[[u8; 4]], name: &str, options: Value) -> Vec<[u8; 4]> {
    let width = colors.len() as u32;
    let picture = RgbaImage::from_fn(width, 1, |x, _| Rgba(colors[x as usize]));
    let picture = after(picture, name, options);
    picture.pixels().map(|pixel| pixel.0).collect()
}

#[test]
fn gray_is_the_luminance() {
    // By the formulas of sRGB, 0.2126, 0.7152 and 0.0722 of linear light.
    assert_eq!(
        row(
            &[RED, GREEN, BLUE, [255, 255, 255, 9], [90, 90, 90, 255]],
            "grayscale",
            json!({})
        ),
        [[127; 3], [220; 3], [76; 3], [255; 3], [90; 3]]
            .into_iter()
            .zip([255, 255, 255, 9, 255])
            .map(|([value, ..], alpha)| [value, value, value, alpha])
            .collect::<Vec<_>>(),
    );
}

#[test]
fn levels_are_as_many_grays() {
    let ramp = RgbaImage::from_fn(256, 1, |x, _| Rgba([x as u8, x as u8, x as u8, 255]));
    for levels in [2, 3, 5, 255] {
        let gray = after(ramp.clone(), "grayscale", json!({"levels": levels}));
        let mut grays: Vec<u8> = gray.pixels().map(|pixel| pixel.0[0]).collect();
        grays.dedup();
        assert_eq!(grays.len(), levels, "{grays:?}");
        assert_eq!((grays.first(), grays.last()), (Some(&0), Some(&255)));
    }
    assert_eq!(after(ramp.clone(), "grayscale", json!({})), ramp);
}

#[test]
fn sepia_is_brown() {
    let colors = [[255, 255, 255, 255], [0, 0, 0, 255], [100, 50, 200, 77]];
    assert_eq!(
        row(&colors, "sepia", json!({})),
        [[255, 255, 239, 255], [0, 0, 0, 255], [116, 103, 80, 77]],
    );
}

#[test]
fn multiply_darkens_by_a_factor_or_a_color() {
    let color = [[250, 100, 3, 60]];
    assert_eq!(row(&color, "multiply", json!({})), [[240, 96, 2, 60]]);
    assert_eq!(
        row(&color, "multiply", json!({"factor": 0})),
        [[0, 0, 0, 60]]
    );
    let blue = json!({"factor": 0.5, "factor_color": "8000FF"});
    assert_eq!(row(&color, "multiply", blue), [[125, 0, 3, 60]]);
}

#[test]
fn modulate_without_options_changes_nothing() {
    let picture = colorful(64, 64);
    assert!(difference(&after(picture.clone(), "modulate", json!({})), &picture) <= 1);
}

#[test]
fn modulate_changes_lightness_chroma_and_hue() {
    let color = [[180, 60, 40, 99]];
    assert_eq!(
        row(&color, "modulate", json!({"brightness": 0})),
        [[0, 0, 0, 99]]
    );
    let [[red, green, blue, alpha]] = row(&color, "modulate", json!({"saturation": 0}))[..] else {
        panic!("one pixel");
    };
    assert!(red.abs_diff(green) <= 1 && green.abs_diff(blue) <= 1 && alpha == 99);
    let [gray, ..] = row(&color, "grayscale", json!({}))[0];
    assert!(red.abs_diff(gray) <= 1, "the lightness stays: {red} {gray}");
    let turned = row(&color, "modulate", json!({"hue": 180}))[0];
    assert!(turned[2] > turned[0], "blue instead of red: {turned:?}");
    // A gentle color has a place in sRGB wherever it is turned.
    let gentle = [[130, 110, 100, 255]];
    let there = row(&gentle, "modulate", json!({"hue": "120"}));
    let back = row(&there, "modulate", json!({"hue": 240}))[0];
    assert!(
        back.iter().zip(gentle[0]).all(|(a, b)| a.abs_diff(b) <= 2),
        "{back:?}"
    );
}

#[test]
fn blur_spreads_a_point_and_keeps_what_is_even() {
    let even = plain(9, 5, [1, 2, 3, 100]);
    assert_eq!(after(even.clone(), "blur", json!({"sigma": 50})), even);
    let mut point = plain(31, 31, [0, 0, 0, 255]);
    point.put_pixel(15, 15, Rgba([255, 255, 255, 255]));
    assert_eq!(after(point.clone(), "blur", json!({"sigma": 0.1})), point);
    let blurred = after(point.clone(), "blur", json!({"sigma": 1}));
    // The mask of sigma 1 is 12, 20, 12 of 44: 255 × 20 / 44 is 116, and 116 × 20 / 44 is 53.
    assert_eq!(pixel(&blurred, 15, 15), [53, 53, 53, 255]);
    assert_eq!(pixel(&blurred, 14, 15), [32, 32, 32, 255]);
    assert_eq!(pixel(&blurred, 14, 14), [19, 19, 19, 255]);
    assert_eq!(pixel(&blurred, 13, 15), [0, 0, 0, 255]);
    let narrow = after(point, "blur", json!({"sigma": 20, "radius": 1}));
    assert_eq!(pixel(&narrow, 13, 15), [0, 0, 0, 255]);
    assert!(pixel(&narrow, 14, 15)[0] > 20);
}

#[test]
fn blur_is_as_dense_as_the_canvas() {
    let mut point = plain(31, 31, [0, 0, 0, 255]);
    point.put_pixel(15, 15, Rgba([255, 255, 255, 255]));
    let mut canvas = Canvas::new(point.clone(), true);
    canvas.units = (2.0, 2.0);
    let blur = step("blur", json!({"sigma": 1}));
    change(&mut canvas, &blur, &Known::default(), 0).unwrap();
    assert_eq!(
        canvas.frames[0].picture,
        after(point, "blur", json!({"sigma": 2}))
    );
}

#[test]
fn sharpen_steepens_edges_up_to_its_limits() {
    let even = plain(9, 9, [40, 90, 200, 7]);
    assert!(difference(&after(even.clone(), "sharpen", json!({})), &even) <= 1);
    let edge = RgbaImage::from_fn(12, 4, |x, _| {
        let value = if x < 6 { 80 } else { 170 };
        Rgba([value, value, value, 255])
    });
    let sharp = after(edge.clone(), "sharpen", json!({}));
    let (dark, light) = (pixel(&sharp, 5, 2)[0], pixel(&sharp, 6, 2)[0]);
    assert!(dark < 75 && light > 175, "{dark} {light}");
    assert!(pixel(&sharp, 0, 2)[0].abs_diff(80) <= 1 && pixel(&sharp, 11, 2)[0].abs_diff(170) <= 1);
    let limited = after(edge, "sharpen", json!({"m2": 50, "y2": 0, "y3": 3}));
    let (dark, light) = (pixel(&limited, 5, 2)[0], pixel(&limited, 6, 2)[0]);
    assert!((70..80).contains(&dark), "3 of 100 at most: {dark}");
    assert!(light.abs_diff(170) <= 1, "{light}");
}
