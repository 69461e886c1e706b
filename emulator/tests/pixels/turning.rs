//! `rotate` and `autorotate`.

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage, imageops};

use crate::support::{Server, close, coordinates, encoded, png};

#[tokio::test]
async fn quarter_turns_move_every_pixel() {
    let server = Server::start().await;
    let picture = coordinates(30, 20);
    let hash = server.upload("a.png", png(picture.clone())).await;
    for (angle, expected) in [
        ("0", picture.clone()),
        ("90", imageops::rotate90(&picture)),
        ("180", imageops::rotate180(&picture)),
        ("270", imageops::rotate270(&picture)),
        ("360", picture.clone()),
    ] {
        let turned = server.pixels(&format!("rotate-angle-{angle}"), &hash).await;
        assert_eq!(turned, expected, "{angle}");
    }
    let turned = server.pixels("rotate-angle-[0-90]", &hash).await;
    assert_eq!(turned, imageops::rotate270(&picture));
}

#[tokio::test]
async fn iiif_mirrors_and_turns() {
    let server = Server::start().await;
    let picture = coordinates(30, 20);
    let hash = server.upload("a.png", png(picture.clone())).await;
    let mirrored = imageops::flip_horizontal(&picture);
    for (rotation, expected) in [
        ("0", picture),
        ("!0", mirrored.clone()),
        ("!90", imageops::rotate90(&mirrored)),
    ] {
        let path = format!("/_iiif/{hash}/full/max/{rotation}/default.png");
        let rendered = server.get(&path).await;
        assert_eq!(rendered.unsupported, None, "{rotation}");
        assert_eq!(rendered.picture().into_rgba8(), expected, "{rotation}");
    }
}

#[tokio::test]
async fn other_angles_enlarge_the_canvas_and_fill_its_corners() {
    let server = Server::start().await;
    let red = RgbaImage::from_pixel(100, 50, Rgba([200, 0, 0, 255]));
    let hash = server.upload("a.png", png(red)).await;
    let turned = server.pixels("rotate-angle-45", &hash).await;
    assert_eq!(turned.dimensions(), (106, 106));
    assert_eq!(turned.get_pixel(0, 0).0[3], 0);
    assert!(close(turned.get_pixel(53, 53), [200, 0, 0, 255], 1));
    // A JPEG has no transparency.
    let rendered = server.render("rotate-angle-45", &hash, "jpg").await;
    assert!(close(
        rendered.picture().to_rgba8().get_pixel(1, 1),
        [255; 4],
        3
    ));
    let filled = "rotate-angle-45-background_color-00FF00-background_opacity-100";
    let turned = server.pixels(filled, &hash).await;
    assert_eq!(turned.get_pixel(0, 0), &Rgba([0, 255, 0, 255]));
    let half = "rotate-angle-45-background_color-0000FF-background_opacity-50";
    let turned = server.pixels(half, &hash).await;
    assert!(close(turned.get_pixel(0, 0), [0, 0, 255, 128], 1));
    let turned = server.pixels("rotate-angle-30", &hash).await;
    assert_eq!(turned.dimensions(), (112, 93));
}

/// A JPEG with four quarters of different colors, and EXIF data with an orientation.
fn quarters(orientation: u8) -> Vec<u8> {
    let picture = RgbaImage::from_fn(64, 32, |x, y| {
        Rgba(match (x < 32, y < 16) {
            (true, true) => RED,
            (false, true) => GREEN,
            (true, false) => BLUE,
            (false, false) => WHITE,
        })
    });
    let picture = DynamicImage::from(picture).into_rgb8().into();
    let mut bytes = encoded(&picture, ImageFormat::Jpeg);
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let segment = [&[0xff, 0xe1], &length[..], &exif].concat();
    bytes.splice(2..2, segment);
    bytes
}

const RED: [u8; 4] = [220, 0, 0, 255];
const GREEN: [u8; 4] = [0, 200, 0, 255];
const BLUE: [u8; 4] = [0, 0, 220, 255];
const WHITE: [u8; 4] = [250, 250, 250, 255];

#[track_caller]
fn assert_quarters(picture: &RgbaImage, expected: [[u8; 4]; 4], what: &str) {
    let (width, height) = picture.dimensions();
    let corners = [
        (2, 2),
        (width - 3, 2),
        (2, height - 3),
        (width - 3, height - 3),
    ];
    for ((x, y), expected) in corners.into_iter().zip(expected) {
        let pixel = picture.get_pixel(x, y);
        assert!(close(pixel, expected, 12), "{what}: {pixel:?} at {x} {y}");
    }
}

#[tokio::test]
async fn exif_turns_the_picture_with_autorotate_alone() {
    let server = Server::start().await;
    for (orientation, size, expected) in [
        (1, (64, 32), [RED, GREEN, BLUE, WHITE]),
        (2, (64, 32), [GREEN, RED, WHITE, BLUE]),
        (3, (64, 32), [WHITE, BLUE, GREEN, RED]),
        (4, (64, 32), [BLUE, WHITE, RED, GREEN]),
        (5, (32, 64), [RED, BLUE, GREEN, WHITE]),
        (6, (32, 64), [BLUE, RED, WHITE, GREEN]),
        (7, (32, 64), [WHITE, GREEN, BLUE, RED]),
        (8, (32, 64), [GREEN, WHITE, RED, BLUE]),
    ] {
        let hash = server.upload("a.jpg", quarters(orientation)).await;
        let turned = server.pixels("autorotate", &hash).await;
        assert_eq!(turned.dimensions(), size, "{orientation}");
        assert_quarters(&turned, expected, &format!("orientation {orientation}"));
        let as_stored = server.pixels("", &hash).await;
        assert_quarters(&as_stored, [RED, GREEN, BLUE, WHITE], "without autorotate");
    }
}

#[tokio::test]
async fn autorotate_with_a_box_makes_the_picture_wide_or_tall() {
    let server = Server::start().await;
    let plain = server.upload("a.jpg", quarters(1)).await;
    let turned = server.upload("b.jpg", quarters(6)).await;
    for (hash, operations, expected) in [
        (
            &plain,
            "autorotate-width-20-height-10",
            [RED, GREEN, BLUE, WHITE],
        ),
        (
            &plain,
            "autorotate-width-10-height-20",
            [BLUE, RED, WHITE, GREEN],
        ),
        (
            &plain,
            "autorotate-width-10-height-20-rotation_direction-counterclockwise",
            [GREEN, WHITE, RED, BLUE],
        ),
        (
            &turned,
            "autorotate-width-10-height-20",
            [BLUE, RED, WHITE, GREEN],
        ),
        // The direction replaces the one of the EXIF data.
        (
            &turned,
            "autorotate-width-10-height-20-rotation_direction-counterclockwise",
            [GREEN, WHITE, RED, BLUE],
        ),
        (
            &plain,
            "autorotate-width-10-height-10",
            [RED, GREEN, BLUE, WHITE],
        ),
    ] {
        let picture = server.pixels(operations, hash).await;
        assert_quarters(&picture, expected, operations);
    }
}
