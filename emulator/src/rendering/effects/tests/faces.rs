//! `face`.

use serde_json::json;

use super::*;
use crate::rendering::pixels::geometry::rotate;
use crate::rendering::plan::Area;

/// Returns an organization with a picture of 20 by 10, green on the left and blue on the right, and an original whose faces
/// have eyes 40 pixels apart.
fn images(faces: &[(f64, f64)]) -> Known {
    let mark = RgbaImage::from_fn(20, 10, |x, _| Rgba(if x < 10 { GREEN } else { BLUE }));
    let features = faces.iter().map(|(x, y)| Area {
        x: *x,
        y: *y,
        width: 40.0,
        height: 30.0,
        percentage: false,
    });
    Known {
        pictures: BTreeMap::from([("mark", mark)]),
        subject: Subject {
            features: features.collect(),
            ..Subject::default()
        },
        ..Known::default()
    }
}

fn face(more: Value) -> Step {
    let mut options =
        json!({"secondary_image": "mark", "leftFeature": "eyeLeft", "rightFeature": "eyeRight"});
    let all = options.as_object_mut().unwrap();
    all.extend(more.as_object().unwrap().clone());
    step("face", options)
}

fn on_faces(faces: &[(f64, f64)], more: Value) -> RgbaImage {
    let mut canvas = Canvas::new(plain(100, 100, RED), true);
    change(&mut canvas, &face(more), &images(faces), 0).unwrap();
    canvas.frames.remove(0).picture
}

/// Asserts the colors at places.
#[track_caller]
fn assert_colors(picture: &RgbaImage, places: &[(u32, u32, [u8; 4])]) {
    for (x, y, color) in places {
        assert_eq!(pixel(picture, *x, *y), *color, "at {x} {y}");
    }
}

#[test]
fn the_anchor_is_on_the_left_feature_and_the_width_is_their_distance() {
    // 40 by 20 pixels, the center at 50 40.
    let placed = on_faces(&[(50.0, 40.0)], json!({}));
    assert_colors(
        &placed,
        &[
            (29, 40, RED),
            (31, 31, GREEN),
            (48, 48, GREEN),
            (52, 48, BLUE),
            (69, 31, BLUE),
            (71, 40, RED),
            (50, 29, RED),
            (50, 51, RED),
        ],
    );
    let corner = on_faces(&[(50.0, 40.0)], json!({"anchor": "left_top", "scale": 0.5}));
    assert_colors(
        &corner,
        &[
            (49, 40, RED),
            (50, 40, GREEN),
            (69, 49, BLUE),
            (71, 45, RED),
        ],
    );
    // Pixels of the other picture, before it is scaled.
    let pixels = on_faces(&[(50.0, 40.0)], json!({"anchor": "5_10"}));
    assert_colors(
        &pixels,
        &[
            (41, 21, GREEN),
            (79, 39, BLUE),
            (50, 41, RED),
            (39, 30, RED),
        ],
    );
}

#[test]
fn features_that_are_not_level_turn_the_picture() {
    // From the left eye straight down to the left corner of the mouth: 30 pixels, a quarter clockwise.
    let down = json!({"rightFeature": "mouthLeft", "anchor": "left_bottom"});
    let placed = on_faces(&[(50.0, 40.0)], down);
    assert_colors(
        &placed,
        &[
            (51, 41, GREEN),
            (63, 53, GREEN),
            (51, 57, BLUE),
            (63, 68, BLUE),
            (49, 50, RED),
            (66, 50, RED),
            (55, 71, RED),
        ],
    );
    // The face turns with the picture.
    let mut canvas = Canvas::new(plain(100, 60, RED), true);
    let half = step("rotate", json!({"angle": 180}));
    rotate(&mut canvas, &half, Deadline::after(TIME)).unwrap();
    let top = json!({"anchor": "left_top"});
    change(&mut canvas, &face(top), &images(&[(50.0, 20.0)]), 0).unwrap();
    let turned = canvas.frames.remove(0).picture;
    assert_colors(
        &turned,
        &[
            (49, 39, GREEN),
            (11, 21, BLUE),
            (51, 39, RED),
            (30, 41, RED),
        ],
    );
}

#[test]
fn every_face_has_one_and_no_face_is_no_change() {
    let placed = on_faces(&[(0.0, 0.0), (50.0, 60.0)], json!({"anchor": "left_top"}));
    assert_colors(
        &placed,
        &[
            (1, 1, GREEN),
            (38, 18, BLUE),
            (51, 61, GREEN),
            (88, 78, BLUE),
        ],
    );
    assert_eq!(on_faces(&[], json!({})), plain(100, 100, RED));
    let none = json!({"scale": 0});
    assert_eq!(on_faces(&[(50.0, 40.0)], none), plain(100, 100, RED));
    // Nothing has a width of no distance.
    let same = json!({"rightFeature": "eyeLeft"});
    assert_eq!(on_faces(&[(50.0, 40.0)], same), plain(100, 100, RED));
}

#[test]
fn a_feature_that_is_not_known_is_left_out_and_a_size_beyond_the_limits_refused() {
    let mut canvas = Canvas::new(plain(9, 9, RED), true);
    let step = face(json!({"leftFeature": "chinBottom"}));
    let reason = change(&mut canvas, &step, &images(&[]), 0).unwrap_err();
    let expected = "face: nothing says where the feature `chinBottom` is".to_owned();
    assert_eq!(reason, Unsupported(expected).into());
    let large = face(json!({"scale": 1e9}));
    let reason = change(&mut canvas, &large, &images(&[(0.0, 0.0)]), 0).unwrap_err();
    assert!(matches!(reason, Stop::Failure(_)), "{reason:?}");
}
