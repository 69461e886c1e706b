//! `crop` and `trim`: which pixels remain.

use image::{Rgba, RgbaImage};
use serde_json::json;

use crate::support::{Server, coordinates, place, png};

/// Asserts that a picture is the part of [`coordinates`] that starts at a place, pixel by pixel.
fn assert_part(picture: &RgbaImage, start: (u32, u32), size: (u32, u32), what: &str) {
    assert_eq!(picture.dimensions(), size, "{what}");
    assert_eq!(place(*picture.get_pixel(0, 0)), start, "{what}");
    for (x, y, pixel) in picture.enumerate_pixels() {
        assert_eq!(place(*pixel), (start.0 + x, start.1 + y), "{what}");
    }
}

#[tokio::test]
async fn every_anchor_cuts_out_its_pixels() {
    let server = Server::start().await;
    let hash = server.upload("a.png", png(coordinates(300, 200))).await;
    for (anchor, start) in [
        ("left_top", (0, 0)),
        ("center_top", (100, 0)),
        ("right_top", (200, 0)),
        ("left_center", (0, 75)),
        ("center_center", (100, 75)),
        ("right_center", (200, 75)),
        ("left_bottom", (0, 150)),
        ("center_bottom", (100, 150)),
        ("right_bottom", (200, 150)),
        ("10_20", (10, 20)),
        ("left_20", (0, 20)),
        ("30_bottom", (30, 150)),
        ("290_190", (200, 150)),
        // No area, no face.
        ("auto", (100, 75)),
        ("subjectarea", (100, 75)),
        ("croparea", (100, 75)),
        ("face", (100, 75)),
        ("auto-fallback-left_top", (0, 0)),
        ("face-fallback-right_bottom", (200, 150)),
    ] {
        let operations = format!("crop-width-100-height-50-anchor-{anchor}");
        let picture = server.pixels(&operations, &hash).await;
        assert_part(&picture, start, (100, 50), anchor);
    }
}

#[tokio::test]
async fn modes_and_scale_decide_the_size_of_the_box() {
    let server = Server::start().await;
    let hash = server.upload("a.png", png(coordinates(300, 200))).await;
    for (operations, start, size) in [
        ("crop-width-101-height-51", (99, 74), (101, 51)),
        ("crop-width-400-height-100", (0, 50), (300, 100)),
        ("crop-width-400-height-900", (0, 0), (300, 200)),
        ("crop-width-1-height-1-mode-ratio", (50, 0), (200, 200)),
        ("crop-width-16-height-9-mode-ratio", (0, 15), (300, 169)),
        (
            "crop-width-1-height-4-mode-ratio-anchor-right_top",
            (250, 0),
            (50, 200),
        ),
        (
            "crop-width-1-height-1-mode-ratio-scale-50",
            (100, 50),
            (100, 100),
        ),
        (
            "crop-width-100-height-50-scale-10-anchor-left_top",
            (0, 0),
            (10, 5),
        ),
        // Without an area, as `absolute` and as `ratio`.
        (
            "crop-width-30-height-30-mode-box-anchor-left_top",
            (0, 0),
            (30, 30),
        ),
        ("crop-width-3-height-2-mode-area", (0, 0), (300, 200)),
    ] {
        let picture = server.pixels(operations, &hash).await;
        assert_part(&picture, start, size, operations);
    }
}

#[tokio::test]
async fn areas_attract_the_box() {
    let server = Server::start().await;
    let plain = server.upload("a.png", png(coordinates(300, 200))).await;
    let area = json!({"x": 200, "y": 100, "width": 40, "height": 20});
    let subject = server.describe(&plain, "subject_area", area).await;
    let percent = json!({"x": 10, "y": 50, "width": 20, "height": 30, "percentage": true});
    let percent = server.describe(&plain, "subject_area", percent).await;
    let corner = json!({"x": 290, "y": 190});
    let corner = server.describe(&plain, "subject_area", corner).await;
    let cut = json!({"x": 30, "y": 40, "width": 111, "height": 77});
    let cut_alone = server.describe(&plain, "crop_area", cut.clone()).await;
    let cut_too = server.describe(&subject, "crop_area", cut).await;
    let face = server.describe(&plain, "detection_face", json!({})).await;
    let named = json!({
        "wide": {"crop_area": {"x": 20, "y": 30, "width": 160, "height": 90}},
        "eye": {"subject_area": {"x": 100, "y": 60, "width": 10, "height": 10}},
    });
    let named = server.describe(&subject, "multi_areas", named).await;
    let crop = "crop-width-100-height-50";
    for (hash, operations, start, size) in [
        (&subject, crop.to_owned(), (170, 85), (100, 50)),
        (
            &subject,
            format!("{crop}-anchor-subjectarea"),
            (170, 85),
            (100, 50),
        ),
        (
            &subject,
            format!("{crop}-anchor-left_top"),
            (0, 0),
            (100, 50),
        ),
        (&subject, format!("{crop}-scale-50"), (195, 97), (50, 25)),
        (
            &subject,
            format!("{crop}-movearea_x-50-movearea_y-100"),
            (190, 105),
            (100, 50),
        ),
        (
            &subject,
            "crop-width-9-height-9-mode-box".to_owned(),
            (200, 100),
            (40, 20),
        ),
        (
            &subject,
            "crop-width-1-height-1-mode-area".to_owned(),
            (200, 90),
            (40, 40),
        ),
        (
            &subject,
            "crop-width-1-height-1-mode-ratio".to_owned(),
            (100, 0),
            (200, 200),
        ),
        (&percent, crop.to_owned(), (10, 105), (100, 50)),
        (&corner, crop.to_owned(), (200, 150), (100, 50)),
        // A crop area is cut out as it is; a subject area comes first.
        (&cut_alone, crop.to_owned(), (30, 40), (111, 77)),
        (
            &cut_alone,
            format!("{crop}-anchor-croparea"),
            (30, 40),
            (111, 77),
        ),
        (&cut_too, crop.to_owned(), (170, 85), (100, 50)),
        (
            &cut_too,
            format!("{crop}-anchor-croparea"),
            (30, 40),
            (111, 77),
        ),
        (&face, format!("{crop}-anchor-face"), (100, 75), (100, 50)),
        (
            &face,
            format!("{crop}-anchor-face-movearea_x-10"),
            (115, 75),
            (100, 50),
        ),
        (
            &named,
            "crop-width-16-height-9-mode-ratio-area-wide".to_owned(),
            (20, 30),
            (160, 90),
        ),
        (&named, format!("{crop}-area-eye"), (55, 40), (100, 50)),
        (&named, format!("{crop}-area-nothing"), (170, 85), (100, 50)),
    ] {
        let picture = server.pixels(&operations, hash).await;
        assert_part(&picture, start, size, &operations);
    }
}

/// The pixels of an area are those of the original, wherever earlier steps have moved them.
#[tokio::test]
async fn areas_move_with_the_picture() {
    let server = Server::start().await;
    let plain = server.upload("a.png", png(coordinates(300, 200))).await;
    let area = json!({"x": 240, "y": 150, "width": 20, "height": 10});
    let hash = server.describe(&plain, "subject_area", area).await;
    for (operations, middle, size) in [
        (
            "crop-width-200-height-150-anchor-right_bottom--crop-width-20-height-10",
            (250, 155),
            (20, 10),
        ),
        (
            "resize-width-150--crop-width-20-height-10",
            (250, 155),
            (20, 10),
        ),
        (
            "rotate-angle-90--crop-width-20-height-10",
            (250, 155),
            (20, 10),
        ),
        (
            "rotate-angle-180--crop-width-20-height-10",
            (250, 155),
            (20, 10),
        ),
    ] {
        let picture = server.pixels(operations, &hash).await;
        assert_eq!(picture.dimensions(), size, "{operations}");
        let (x, y) = place(*picture.get_pixel(size.0 / 2, size.1 / 2));
        assert!(
            x.abs_diff(middle.0) <= 2 && y.abs_diff(middle.1) <= 2,
            "{operations}: {x} {y}"
        );
    }
}

/// The pixels of a crop are those that the resize before it was asked for.
#[tokio::test]
async fn a_crop_follows_the_resize_before_it() {
    let server = Server::start().await;
    let hash = server.upload("a.png", png(coordinates(60, 40))).await;
    let fill = "resize-width-30-height-30-mode-fill";
    let large = "resize-width-120-height-120-mode-fill-upscale-false";
    for (operations, size) in [
        (format!("{fill}--crop-width-30-height-30"), (30, 30)),
        (
            format!("{fill}--crop-width-30-height-30--o-dpr-2"),
            (60, 60),
        ),
        // Not enlarged, so a third of what was asked for: the crop shows the same part.
        (format!("{large}--crop-width-120-height-60"), (40, 20)),
        (
            format!("{large}--crop-width-120-height-60--o-dpr-2"),
            (80, 40),
        ),
    ] {
        let picture = server.pixels(&operations, &hash).await;
        assert_eq!(picture.dimensions(), size, "{operations}");
    }
}

#[tokio::test]
async fn a_smart_crop_finds_what_draws_the_eye() {
    let server = Server::start().await;
    let mut picture = RgbaImage::from_pixel(300, 100, Rgba([90, 90, 90, 255]));
    for (x, y) in (230..260).flat_map(|x| (40..70).map(move |y| (x, y))) {
        picture.put_pixel(
            x,
            y,
            Rgba([220, if x % 8 < 4 { 160 } else { 60 }, 120, 255]),
        );
    }
    let hash = server.upload("a.png", png(picture)).await;
    let cut = server
        .pixels("crop-width-100-height-100-anchor-smart", &hash)
        .await;
    assert_eq!(cut.dimensions(), (100, 100));
    let seen = cut.pixels().filter(|pixel| pixel.0[0] == 220).count();
    assert_eq!(seen, 30 * 30);
}

#[tokio::test]
async fn a_trim_takes_the_border_away() {
    let server = Server::start().await;
    let mut picture = RgbaImage::from_pixel(60, 40, Rgba([255; 4]));
    for (x, y) in (10..30).flat_map(|x| (5..25).map(move |y| (x, y))) {
        picture.put_pixel(x, y, Rgba([200, 10, 10, 255]));
    }
    // Almost the color of the border.
    picture.put_pixel(50, 30, Rgba([250, 250, 250, 255]));
    let hash = server.upload("a.png", png(picture)).await;
    for (operations, size) in [
        ("trim", (41, 26)),
        ("trim-fuzzy-1", (41, 26)),
        ("trim-fuzzy-3", (20, 20)),
        ("trim-fuzzy-100", (60, 40)),
    ] {
        let trimmed = server.pixels(operations, &hash).await;
        assert_eq!(trimmed.dimensions(), size, "{operations}");
    }
    let empty = server.upload("b.png", png(RgbaImage::new(7, 5))).await;
    assert_eq!(server.pixels("trim", &empty).await.dimensions(), (7, 5));
}
