//! `text`, in a font of squares.

use serde_json::json;

use super::font::font;
use super::*;

/// Returns a picture with text, by `#` for what is black and `.` for what is white.
fn written(size: (u32, u32), options: Value) -> Vec<String> {
    let images = Known {
        files: BTreeMap::from([("f00d", font()), ("cafe", b"no font".to_vec())]),
        ..Known::default()
    };
    let mut all = json!({"font": "f00d", "size": 4, "anchor": "left_top"});
    all.as_object_mut()
        .unwrap()
        .extend(options.as_object().unwrap().clone());
    let mut canvas = Canvas::new(plain(size.0, size.1, [255; 4]), true);
    change(&mut canvas, &step("text", all), &images, 0).unwrap();
    let picture = &canvas.frames[0].picture;
    assert_eq!(picture.dimensions(), size);
    let letter = |pixel: &Rgba<u8>| match pixel.0 {
        [0, 0, 0, 255] => '#',
        [255, 255, 255, 255] => '.',
        _ => '?',
    };
    let rows = picture.rows().map(|row| row.map(letter).collect());
    rows.collect()
}

#[test]
fn a_letter_has_the_size_of_the_font_in_pixels() {
    let rows = written((10, 5), json!({"text": "HI"}));
    assert_eq!(
        rows,
        [
            "....#.....",
            "....#.....",
            "##..#.....",
            "##..#.....",
            ".........."
        ]
    );
    let rows = written((6, 4), json!({"text": "I H"}));
    assert_eq!(
        rows,
        ["#.....", "#.....", "#.....", "#....."],
        "a space is half as wide"
    );
    // Another letter is an empty place.
    let rows = written((9, 4), json!({"text": "xI"}));
    assert_eq!(rows[0], "....#....");
}

#[test]
fn text_is_placed_by_its_anchor() {
    let rows = written((8, 6), json!({"text": "H", "anchor": "right_bottom"}));
    assert_eq!(
        rows,
        [
            "........", "........", "........", "........", "....##..", "....##.."
        ]
    );
    let rows = written((8, 6), json!({"text": "H", "anchor": "1_2"}));
    assert_eq!(rows[4..], [".##.....", ".##....."]);
    // The default, for text that is larger than the picture.
    let rows = written((2, 2), json!({"text": "I", "anchor": "center_center"}));
    assert_eq!(rows, ["..", ".."]);
}

#[test]
fn lines_break_where_the_width_ends() {
    let rows = written((8, 8), json!({"text": "I I", "width": 8}));
    assert_eq!(rows[0], "#.......");
    assert_eq!(rows[4], "#.......");
    let rows = written((10, 4), json!({"text": "I I", "width": 10}));
    assert_eq!(rows[0], "#.....#...");
    let rows = written((4, 8), json!({"text": "I\nI"}));
    assert_eq!((&*rows[0], &*rows[7]), ("#...", "#..."));
    let rows = written((8, 10), json!({"text": "I I", "width": 8, "spacing": 2}));
    assert_eq!(
        (&*rows[4], &*rows[5], &*rows[6]),
        ("........", "........", "#.......")
    );
}

#[test]
fn lines_are_aligned_in_their_box() {
    let aligned = |align: &str| {
        let options = json!({"text": "I", "width": 8, "align": align});
        written((8, 4), options)[0].clone()
    };
    assert_eq!(aligned("left"), "#.......");
    assert_eq!(aligned("centre"), "..#.....");
    assert_eq!(aligned("right"), "....#...");
}

#[test]
fn a_box_centers_text_or_cuts_it_off() {
    let rows = written((8, 8), json!({"text": "I", "width": 8, "height": 8}));
    assert_eq!(
        (&*rows[1], &*rows[2], &*rows[5], &*rows[6]),
        ("........", "#.......", "#.......", "........")
    );
    let rows = written((8, 8), json!({"text": "I I I", "width": 4, "height": 6}));
    assert_eq!((&*rows[5], &*rows[6]), ("#.......", "........"));
}

#[test]
fn text_grows_and_shrinks_to_its_box() {
    let rows = written(
        (20, 20),
        json!({"text": "I", "width": 20, "height": 16, "resize_to_box": true}),
    );
    assert!(rows[1].starts_with("###"), "{rows:?}");
    assert!(
        rows[14].starts_with("###") && rows[17] == ".".repeat(20),
        "{rows:?}"
    );
    let long = "HHHHHHHHHH";
    let rows = written(
        (20, 20),
        json!({"text": long, "width": 20, "height": 20, "resize_to_box": "1"}),
    );
    let inked = rows.iter().filter(|row| row.contains(['#', '?'])).count();
    assert!((1..=2).contains(&inked), "{rows:?}");
}

#[test]
fn text_has_a_color_an_opacity_and_an_angle() {
    let images = Known {
        files: BTreeMap::from([("f00d", font())]),
        ..Known::default()
    };
    let mut canvas = Canvas::new(plain(4, 4, RED), true);
    let options = json!({"font": "f00d", "text": "I", "size": 4, "color": "0000FF", "opacity": 40, "angle": 90});
    change(&mut canvas, &step("text", options), &images, 0).unwrap();
    let picture = &canvas.frames[0].picture;
    for x in 0..4 {
        assert_eq!(pixel(picture, x, 0), [153, 0, 102, 255]);
        assert_eq!(pixel(picture, x, 1), RED);
    }
}

#[test]
fn text_that_cannot_be_set_is_left_out() {
    assert_eq!(
        refusal("text", json!({"font": "beef", "text": "a"})),
        "text: there is no image `beef`",
    );
    let arabic = refusal("text", json!({"font": "f00d", "text": "سلام"}));
    assert!(arabic.contains("script"), "{arabic}");
    let long = refusal("text", json!({"font": "f00d", "text": "a".repeat(2001)}));
    assert!(long.contains("2000"), "{long}");
    let images = Known {
        files: BTreeMap::from([("cafe", b"no font".to_vec())]),
        ..Known::default()
    };
    let mut canvas = Canvas::new(plain(4, 4, RED), true);
    let options = json!({"font": "cafe", "text": "a"});
    let stop = change(&mut canvas, &step("text", options), &images, 0);
    let Err(Stop::Unsupported(Unsupported(reason))) = stop else {
        panic!("{stop:?}");
    };
    assert_eq!(
        reason,
        "text: the image `cafe` is no TrueType or OpenType font"
    );
}
