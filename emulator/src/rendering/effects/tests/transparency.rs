//! The alpha channel: `alpha` and `circlemask`.

use serde_json::json;

use super::*;

#[test]
fn alpha_is_shown_removed_or_lowered() {
    let picture = plain(2, 2, [10, 20, 30, 200]);
    let only = |mode: Value| pixel(&after(picture.clone(), "alpha", mode), 1, 1);
    assert_eq!(only(json!({})), [200, 200, 200, 255]);
    assert_eq!(only(json!({"mode": "extract"})), [200, 200, 200, 255]);
    assert_eq!(only(json!({"mode": "remove"})), [10, 20, 30, 255]);
    assert_eq!(only(json!({"mode": "apply"})), [10, 20, 30, 100]);
    assert_eq!(
        only(json!({"mode": "apply", "opacity": "25"})),
        [10, 20, 30, 50]
    );
    let reason = refusal("alpha", json!({"mode": "x"}));
    assert_eq!(reason, "alpha: `mode` cannot be `x`");
}

#[test]
fn whether_a_canvas_is_opaque_is_known_afterwards() {
    let opaque = |name: &str, options: Value| {
        let mut canvas = Canvas::new(plain(4, 4, RED), true);
        change(&mut canvas, &step(name, options), &Known::default(), 0).unwrap();
        // An opaque canvas is one without transparent pixels.
        let transparent = canvas.frames[0]
            .picture
            .pixels()
            .any(|pixel| pixel.0[3] < 255);
        assert!(!(canvas.opaque && transparent), "{name}");
        canvas.opaque
    };
    assert!(opaque("alpha", json!({"mode": "remove"})));
    assert!(!opaque("alpha", json!({"mode": "apply"})));
    assert!(!opaque("circlemask", json!({})));
    assert!(!opaque("dropshadow", json!({})));
    assert!(opaque("composition", json!({"width": 2, "height": 2})));
    assert!(!opaque("composition", json!({"width": 9, "height": 2})));
    assert!(opaque("blur", json!({})));
}

/// Returns how many pixels of the opacity a mask leaves.
fn area(picture: &RgbaImage) -> f64 {
    let alpha = picture.pixels().map(|pixel| f64::from(pixel.0[3]) / 255.0);
    alpha.sum()
}

#[test]
fn a_circle_is_the_largest_in_the_middle() {
    let masked = after(plain(60, 40, RED), "circlemask", json!({}));
    assert_eq!(pixel(&masked, 30, 20), RED);
    for (x, y) in [(0, 0), (59, 39), (8, 20), (51, 20), (15, 2)] {
        assert_eq!(pixel(&masked, x, y)[3], 0, "{x} {y}");
    }
    assert!(pixel(&masked, 11, 20)[3] > 200 && pixel(&masked, 48, 19)[3] > 200);
    let circle = std::f64::consts::PI * 400.0;
    assert!((area(&masked) - circle).abs() < 2.0, "{}", area(&masked));
    let half = after(plain(8, 8, [1, 2, 3, 100]), "circlemask", json!({}));
    assert_eq!(pixel(&half, 4, 4), [1, 2, 3, 100]);
}

#[test]
fn a_radius_rounds_the_corners() {
    let picture = || plain(60, 40, BLUE);
    let rounded = |radius: Value| after(picture(), "circlemask", json!({"radius": radius}));
    let ten = rounded(json!(10));
    let corners = 400.0 - std::f64::consts::PI * 100.0;
    assert!(
        (area(&ten) - (2400.0 - corners)).abs() < 2.0,
        "{}",
        area(&ten)
    );
    assert_eq!(pixel(&ten, 0, 0)[3], 0);
    assert_eq!(pixel(&ten, 0, 20), BLUE);
    assert_eq!(pixel(&ten, 30, 0), BLUE);
    // A quarter of 40.
    assert_eq!(rounded(json!("25p")), ten);
    assert_eq!(rounded(json!("25%")), ten);
    assert_eq!(rounded(json!(0)), picture());
    assert_eq!(rounded(json!(99_999)), rounded(json!("50p")));
    let reason = refusal("circlemask", json!({"radius": "wide"}));
    assert_eq!(reason, "circlemask: the radius `wide` is no length");
}
