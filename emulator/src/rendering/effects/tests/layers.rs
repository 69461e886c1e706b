//! Pictures over pictures: `composition` and `dropshadow`.

use serde_json::json;

use super::*;
use crate::rendering::plan::Area;

/// Returns a picture of 4 by 2 pixels composed with an image of 2 by 2, whose left half is green and whose right half clear.
fn composed(options: Value) -> RgbaImage {
    let mark = RgbaImage::from_fn(2, 2, |x, _| Rgba(if x == 0 { GREEN } else { CLEAR }));
    let images = Known {
        pictures: BTreeMap::from([("mark", mark), ("blue", plain(8, 8, BLUE))]),
        ..Known::default()
    };
    let mut canvas = Canvas::new(plain(4, 2, RED), true);
    change(&mut canvas, &step("composition", options), &images, 0).unwrap();
    canvas.frames.remove(0).picture
}

/// Returns the colors by a letter each, a row after the other.
fn letters(picture: &RgbaImage) -> Vec<String> {
    let letter = |pixel: &Rgba<u8>| match pixel.0 {
        RED => 'r',
        GREEN => 'g',
        BLUE => 'b',
        [.., 0] => '.',
        _ => '?',
    };
    picture
        .rows()
        .map(|row| row.map(letter).collect())
        .collect()
}

#[test]
fn a_box_extends_the_canvas_behind_the_picture() {
    let behind = |width: u32, height: u32, anchor: &str| {
        letters(&composed(json!({
            "mode": "foreground", "width": width, "height": height, "anchor": anchor, "secondary_color": "0000FF"
        })))
    };
    assert_eq!(behind(6, 3, "right_bottom"), ["bbbbbb", "bbrrrr", "bbrrrr"]);
    assert_eq!(behind(6, 3, "left_top"), ["rrrrbb", "rrrrbb", "bbbbbb"]);
    assert_eq!(
        behind(6, 4, "auto"),
        ["bbbbbb", "brrrrb", "brrrrb", "bbbbbb"]
    );
    assert_eq!(behind(6, 3, "1_0"), ["brrrrb", "brrrrb", "bbbbbb"]);
    // The picture stays whole, and never becomes smaller.
    assert_eq!(behind(6, 3, "5_9"), ["bbbbbb", "bbrrrr", "bbrrrr"]);
    assert_eq!(behind(2, 1, "center_center"), ["rrrr", "rrrr"]);
    assert_eq!(behind(2, 3, "center_bottom"), ["bbbb", "rrrr", "rrrr"]);
    let clear = json!({"mode": "foreground", "width": 5, "height": 2, "secondary_opacity": 0, "anchor": "left_top"});
    assert_eq!(letters(&composed(clear)), ["rrrr.", "rrrr."]);
}

#[test]
fn an_image_is_placed_over_the_picture() {
    let over = |anchor: &str| {
        let options = json!({"mode": "background", "secondary_image": "mark", "anchor": anchor});
        letters(&composed(options))
    };
    assert_eq!(over("left_top"), ["grrr", "grrr"]);
    assert_eq!(over("right_bottom"), ["rrgr", "rrgr"]);
    assert_eq!(over("center_center"), ["rgrr", "rgrr"]);
    assert_eq!(over("1-0"), ["rgrr", "rgrr"]);
    let options = json!({"secondary_image": "blue", "anchor": "left_top"});
    assert_eq!(
        letters(&composed(options)).join("/"),
        ["bbbbbbbb"; 8].join("/")
    );
}

#[test]
fn an_image_is_sized_by_its_box_or_by_the_picture() {
    let sized = |options: Value| {
        let mut all =
            json!({"mode": "background", "secondary_image": "blue", "anchor": "left_top"});
        all.as_object_mut()
            .unwrap()
            .extend(options.as_object().unwrap().clone());
        letters(&composed(all))
    };
    assert_eq!(sized(json!({"width": 2, "height": 1})), ["brrr", "rrrr"]);
    assert_eq!(sized(json!({"width": 2})), ["bbrr", "bbrr"]);
    let absolute = json!({"width": 3, "height": 1, "resize_mode": "absolute"});
    assert_eq!(sized(absolute), ["bbbr", "rrrr"]);
    assert_eq!(
        sized(json!({"width": 1, "height": 2, "resize_mode": "fill"})),
        ["bbrr", "bbrr"]
    );
    assert_eq!(sized(json!({"resize_to_primary": true})), ["bbrr", "bbrr"]);
    assert_eq!(
        sized(json!({"resize_to_primary": true, "resize_mode": "absolute"})),
        ["bbbb", "bbbb"],
    );
}

#[test]
fn the_second_picture_can_be_turned_and_faded() {
    let turned = json!({"secondary_image": "mark", "anchor": "left_top", "angle": "90"});
    assert_eq!(letters(&composed(turned)), ["ggrr", "rrrr"]);
    let faded = json!({"secondary_image": "blue", "secondary_opacity": 40, "width": 1, "anchor": "right_top"});
    assert_eq!(pixel(&composed(faded), 3, 0), [153, 0, 102, 255]);
    let faded = json!({"secondary_color": "0000FF", "secondary_opacity": 40});
    assert_eq!(pixel(&composed(faded), 0, 1), [153, 0, 102, 255]);
}

#[test]
fn a_composition_without_its_image_or_place_is_left_out() {
    let reason = refusal("composition", json!({"secondary_image": "cafe00"}));
    assert_eq!(reason, "composition: there is no image `cafe00`");
    for (options, word) in [
        (json!({"anchor": "face"}), "face"),
        (json!({"anchor": "top"}), "top"),
        (json!({"mode": "beside"}), "beside"),
    ] {
        let reason = refusal("composition", options);
        assert!(reason.contains(word), "{reason}");
    }
}

#[test]
fn the_subject_moves_with_the_picture() {
    let area = Area {
        x: 1.0,
        y: 0.0,
        width: 2.0,
        height: 1.0,
        percentage: false,
    };
    let placed = |name: &str, options: Value| {
        let mut canvas = Canvas::new(plain(4, 2, RED), true);
        change(&mut canvas, &step(name, options), &Known::default(), 0).unwrap();
        let rect = canvas.placement.place(&area, canvas.original);
        (rect.x, rect.y, canvas.size())
    };
    let below = json!({"mode": "foreground", "width": 10, "height": 5, "anchor": "right_bottom"});
    assert_eq!(placed("composition", below), (7.0, 3.0, (10, 5)));
    let shadow = json!({"horizontal": -3, "vertical": 5, "sigma": 0});
    assert_eq!(placed("dropshadow", shadow), (4.0, 0.0, (7, 7)));
}

#[test]
fn lengths_are_as_dense_as_the_canvas() {
    let mut canvas = Canvas::new(plain(4, 2, RED), true);
    canvas.units = (2.0, 2.0);
    let options = json!({"mode": "foreground", "width": 5, "height": 2, "anchor": "1_1"});
    change(
        &mut canvas,
        &step("composition", options),
        &Known::default(),
        0,
    )
    .unwrap();
    assert_eq!(canvas.size(), (10, 4));
    assert_eq!(pixel(&canvas.frames[0].picture, 2, 2), RED);
    assert_ne!(pixel(&canvas.frames[0].picture, 1, 2), RED);
}

#[test]
fn a_shadow_has_the_shape_of_the_picture() {
    let mut picture = plain(3, 2, RED);
    picture.put_pixel(0, 0, Rgba(CLEAR));
    let options = json!({"horizontal": 2, "vertical": -1, "sigma": 0, "color": "0000FF"});
    let shadow = after(picture.clone(), "dropshadow", options);
    assert_eq!(letters(&shadow), ["...bb", ".rrbb", "rrr.."]);
    let options = json!({"horizontal": 1, "sigma": 0, "color": "0000FF", "opacity": 40});
    assert_eq!(
        pixel(&after(picture.clone(), "dropshadow", options), 3, 1),
        [0, 0, 255, 102]
    );
    // Without options it is there, by the catalogue, and the margin is that of sigma 0.5.
    let shadow = after(picture, "dropshadow", json!({}));
    assert_eq!(shadow.dimensions(), (5, 4));
    assert_eq!(pixel(&shadow, 2, 1), RED);
}

#[test]
fn a_soft_shadow_grows_the_canvas_as_far_as_it_spreads() {
    let picture = || plain(20, 10, RED);
    let soft = after(picture(), "dropshadow", json!({"sigma": 3}));
    assert_eq!(soft.dimensions(), (32, 22));
    let line: Vec<u8> = (0..6).map(|x| pixel(&soft, x, 11)[3]).collect();
    assert!(line.is_sorted() && line[5] > 80 && line[0] < 20, "{line:?}");
    let near = after(
        picture(),
        "dropshadow",
        json!({"sigma": 3, "blur_radius": 2}),
    );
    assert_eq!(near.dimensions(), (24, 14));
    let mut canvas = Canvas::new(picture(), true);
    let huge = step("dropshadow", json!({"sigma": 10_000}));
    let stop = change(&mut canvas, &huge, &Known::default(), 0);
    assert!(matches!(stop, Err(Stop::Failure(_))), "{stop:?}");
}
