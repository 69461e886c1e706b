//! `addframes`.

use serde_json::json;

use super::*;
use crate::rendering::pixels::canvas::Frame;

fn images() -> Known {
    Known {
        pictures: BTreeMap::from([("green", plain(8, 4, GREEN)), ("blue", plain(2, 2, BLUE))]),
        ..Known::default()
    }
}

fn with_frames(canvas: &mut Canvas, options: Value) -> Result<(), Stop> {
    change(canvas, &step("addframes", options), &images(), 0)
}

#[test]
fn images_become_frames_in_their_order_and_fit_into_the_picture() {
    let mut canvas = Canvas::new(plain(4, 2, RED), true);
    canvas.repeats = Some(1);
    with_frames(
        &mut canvas,
        json!({"frames": "green, blue,,green", "delay": 2.5}),
    )
    .unwrap();
    let delays: Vec<u32> = canvas.frames.iter().map(|frame| frame.delay).collect();
    assert_eq!(delays, [25; 4]);
    assert_eq!(canvas.repeats, None);
    assert!(!canvas.opaque);
    let pictures: Vec<&RgbaImage> = canvas.frames.iter().map(|frame| &frame.picture).collect();
    assert_eq!(pictures[0], &plain(4, 2, RED));
    assert_eq!(pictures[1], &plain(4, 2, GREEN));
    // A square stands in the middle.
    let row: Vec<[u8; 4]> = (0..4).map(|x| pixel(pictures[2], x, 1)).collect();
    assert_eq!(row, [CLEAR, BLUE, BLUE, CLEAR]);
    assert_eq!(pictures[3], pictures[1]);
}

#[test]
fn the_frames_of_an_animation_keep_their_times() {
    let mut canvas = Canvas::new(plain(8, 4, RED), true);
    canvas.frames[0].delay = 70;
    canvas.frames.push(Frame {
        picture: plain(8, 4, BLUE),
        delay: 80,
    });
    canvas.repeats = Some(3);
    with_frames(&mut canvas, json!({"frames": "green"})).unwrap();
    let delays: Vec<u32> = canvas.frames.iter().map(|frame| frame.delay).collect();
    assert_eq!(delays, [70, 80, 100]);
    assert_eq!(canvas.repeats, Some(3));
    assert!(canvas.opaque);
}

#[test]
fn what_cannot_be_added_changes_nothing() {
    let mut canvas = Canvas::new(plain(4, 2, RED), true);
    with_frames(&mut canvas, json!({})).unwrap();
    assert_eq!(canvas.frames.len(), 1);
    let reason = with_frames(&mut canvas, json!({"frames": "green,grey"})).unwrap_err();
    let expected = "addframes: there is no image `grey`".to_owned();
    assert_eq!(reason, Unsupported(expected).into());
    assert_eq!((canvas.frames.len(), canvas.frames[0].delay), (1, 0));
    // All frames together have the limit of a picture.
    let mut large = Canvas::new(plain(4_000, 4_000, RED), true);
    let many = ["green"; 9].join(",");
    let reason = with_frames(&mut large, json!({"frames": many})).unwrap_err();
    assert!(matches!(reason, Stop::Failure(_)), "{reason:?}");
}
