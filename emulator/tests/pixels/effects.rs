//! The operations that change colors, transparency and content, one test each.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder as _, Rgba, RgbaImage};
use serde_json::json;

use crate::font::font;
use crate::support::{Rendered, Server, close, png};

const RED: [u8; 4] = [200, 0, 0, 255];
const BLUE: [u8; 4] = [0, 0, 220, 255];

fn plain(width: u32, height: u32, color: [u8; 4]) -> RgbaImage {
    RgbaImage::from_pixel(width, height, Rgba(color))
}

/// Returns a picture whose left half has one color and whose right half another one.
fn halves(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, _| {
        Rgba(if x < width / 2 { RED } else { BLUE })
    })
}

/// Renders a picture after operations.
async fn after(picture: RgbaImage, operations: &str) -> RgbaImage {
    let server = Server::start().await;
    let hash = server.upload("a.png", png(picture)).await;
    server.pixels(operations, &hash).await
}

#[track_caller]
fn assert_pixel(picture: &RgbaImage, x: u32, y: u32, expected: [u8; 4]) {
    let pixel = picture.get_pixel(x, y);
    assert!(
        close(pixel, expected, 1),
        "{pixel:?} at {x} {y}, not {expected:?}"
    );
}

#[tokio::test]
async fn grayscale() {
    let gray = after(halves(20, 10), "grayscale").await;
    // 0.2126 and 0.0722 of the linear light of 200 and 220.
    assert_pixel(&gray, 2, 2, [98, 98, 98, 255]);
    assert_pixel(&gray, 17, 7, [64, 64, 64, 255]);
    let two = after(halves(20, 10), "grayscale-levels-2").await;
    assert_pixel(&two, 2, 2, [0, 0, 0, 255]);
}

#[tokio::test]
async fn sepia() {
    let sepia = after(plain(4, 4, [100, 50, 200, 255]), "sepia").await;
    assert_pixel(&sepia, 1, 1, [116, 103, 80, 255]);
}

#[tokio::test]
async fn modulate() {
    let color = [120, 80, 60, 255];
    let dark = after(plain(4, 4, color), "modulate-brightness-0").await;
    assert_pixel(&dark, 1, 1, [0, 0, 0, 255]);
    let same = after(plain(4, 4, color), "modulate-hue-360").await;
    assert_pixel(&same, 1, 1, color);
    let pale = after(plain(4, 4, color), "modulate-saturation-0").await;
    let [red, green, blue, _] = pale.get_pixel(0, 0).0;
    assert!(red.abs_diff(green) <= 1 && green.abs_diff(blue) <= 1);
}

#[tokio::test]
async fn multiply() {
    let darker = after(plain(4, 4, [200, 100, 50, 255]), "multiply-factor-0.5").await;
    assert_pixel(&darker, 1, 1, [100, 50, 25, 255]);
    let tinted = after(plain(4, 4, [200; 4]), "multiply-factor_color-FF0000").await;
    assert_pixel(&tinted, 1, 1, [200, 0, 0, 200]);
}

#[tokio::test]
async fn blur() {
    let blurred = after(halves(60, 10), "blur-sigma-5").await;
    assert_pixel(&blurred, 1, 5, RED);
    assert_pixel(&blurred, 58, 5, BLUE);
    let [red, _, blue, alpha] = blurred.get_pixel(30, 5).0;
    assert!((70..130).contains(&red) && (90..150).contains(&blue) && alpha == 255);
}

#[tokio::test]
async fn sharpen() {
    let edge = RgbaImage::from_fn(20, 6, |x, _| {
        Rgba(if x < 10 {
            [80, 80, 80, 255]
        } else {
            [170, 170, 170, 255]
        })
    });
    let sharp = after(edge, "sharpen").await;
    assert_pixel(&sharp, 1, 3, [80, 80, 80, 255]);
    assert!(sharp.get_pixel(9, 3).0[0] < 75 && sharp.get_pixel(10, 3).0[0] > 175);
}

#[tokio::test]
async fn alpha() {
    let half = || plain(4, 4, [10, 20, 30, 128]);
    assert_pixel(&after(half(), "alpha").await, 1, 1, [128, 128, 128, 255]);
    assert_pixel(
        &after(half(), "alpha-mode-extract").await,
        1,
        1,
        [128, 128, 128, 255],
    );
    assert_pixel(
        &after(half(), "alpha-mode-remove").await,
        1,
        1,
        [10, 20, 30, 255],
    );
    let faded = after(plain(4, 4, RED), "alpha-mode-apply-opacity-20").await;
    assert_pixel(&faded, 1, 1, [200, 0, 0, 51]);
}

#[tokio::test]
async fn circlemask() {
    let masked = after(plain(40, 20, RED), "circlemask").await;
    assert_eq!(masked.get_pixel(1, 10).0[3], 0);
    assert_pixel(&masked, 20, 10, RED);
    let rounded = after(plain(40, 20, RED), "circlemask-radius-25p").await;
    assert_eq!(rounded.get_pixel(0, 0).0[3], 0);
    assert_pixel(&rounded, 0, 10, RED);
}

#[tokio::test]
async fn dropshadow() {
    let operations = "dropshadow-horizontal-6-vertical-4-sigma-0-color-00FF00-opacity-50";
    let shadow = after(plain(20, 10, RED), operations).await;
    assert_eq!(shadow.dimensions(), (26, 14));
    assert_pixel(&shadow, 0, 0, RED);
    assert_pixel(&shadow, 25, 13, [0, 255, 0, 128]);
    assert_eq!(shadow.get_pixel(0, 13).0[3], 0);
}

#[tokio::test]
async fn a_composition_with_a_box() {
    let operations =
        "composition-mode-foreground-width-30-height-20-anchor-right_bottom-secondary_color-00FF00";
    let boxed = after(plain(20, 10, RED), operations).await;
    assert_eq!(boxed.dimensions(), (30, 20));
    assert_pixel(&boxed, 0, 0, [0, 255, 0, 255]);
    assert_pixel(&boxed, 10, 10, RED);
}

#[tokio::test]
async fn a_composition_with_an_image() {
    let server = Server::start().await;
    let hash = server.upload("a.png", png(plain(40, 20, RED))).await;
    let mark = server.upload("b.png", png(plain(8, 8, BLUE))).await;
    let base = format!("composition-mode-background-secondary_image-{mark}-anchor");
    let marked = server.pixels(&format!("{base}-right_bottom"), &hash).await;
    assert_eq!(marked.dimensions(), (40, 20));
    assert_pixel(&marked, 39, 19, BLUE);
    assert_pixel(&marked, 32, 12, BLUE);
    assert_pixel(&marked, 31, 19, RED);
    let small = format!("{base}-left_top-width-4-secondary_opacity-50");
    let small = server.pixels(&small, &hash).await;
    assert_pixel(&small, 3, 3, [100, 0, 110, 255]);
    assert_pixel(&small, 4, 3, RED);
}

#[tokio::test]
async fn a_composition_with_the_rendering_of_a_stack() {
    let server = Server::start().await;
    let hash = server.upload("a.png", png(plain(40, 20, RED))).await;
    let mark = server.upload("b.png", png(plain(8, 8, BLUE))).await;
    let gray = json!({"operations": [
        {"name": "grayscale"},
        {"name": "resize", "options": {"width": 10}, "expressions": {"width": "$w"}},
    ], "variables": {"w": 2}});
    server.stack("gray", gray).await;
    let composed = |image: bool| {
        let mut options = json!({
            "mode": "background", "secondary_stack": "gray", "anchor": "left_top",
            "secondary_stack_variables": r#"{"w":4}"#
        });
        if image {
            options["secondary_image"] = json!(mark);
        }
        json!({"operations": [{"name": "composition", "options": options}]})
    };
    server.stack("marked", composed(true)).await;
    server.stack("itself", composed(false)).await;
    let marked = server.stack_pixels("marked", &hash).await;
    assert_pixel(&marked, 3, 3, [64, 64, 64, 255]);
    assert_pixel(&marked, 4, 3, RED);
    // Expressions compute the variables: a tenth of 40.
    let composition = json!({
        "name": "composition",
        "options": {"mode": "background", "secondary_image": mark, "secondary_stack": "gray", "anchor": "left_top"},
        "expressions": {"secondary_stack_variables": {"w": "image.width / 10"}},
    });
    server
        .stack("computed", json!({"operations": [composition]}))
        .await;
    assert_eq!(server.stack_pixels("computed", &hash).await, marked);
    // Without an image, the stack renders the source.
    let itself = server.stack_pixels("itself", &hash).await;
    assert_pixel(&itself, 3, 1, [98, 98, 98, 255]);
    assert_pixel(&itself, 3, 2, RED);
}

#[tokio::test]
async fn compositions_have_a_depth() {
    let server = Server::start().await;
    let hash = server.upload("a.png", png(plain(40, 20, RED))).await;
    let endless = json!({"operations": [
        {"name": "composition", "options": {"mode": "background", "secondary_stack": "endless"}},
    ]});
    server.stack("endless", endless).await;
    let rendered = server.get(&format!("/endless/{hash}.png")).await;
    assert_eq!(rendered.status, 400, "{}", rendered.text());
}

#[tokio::test]
async fn primitive() {
    let server = Server::start().await;
    let hash = server.upload("a.png", png(halves(60, 40))).await;
    let drawn = server.pixels("primitive-count-30-mode-2", &hash).await;
    let red = drawn.get_pixel(10, 20).0;
    let blue = drawn.get_pixel(50, 20).0;
    assert!(
        red[0] > red[2] + 50 && blue[2] > blue[0] + 50,
        "{red:?} {blue:?}"
    );
    assert_ne!(drawn, halves(60, 40));
    let again = server
        .pixels("primitive-count-30-mode-2--noop", &hash)
        .await;
    assert_eq!(again, drawn, "the same image is drawn in the same way");
}

#[tokio::test]
async fn glitch() {
    let server = Server::start().await;
    let picture = RgbaImage::from_fn(60, 40, |x, _| {
        let across = u8::try_from(x).unwrap();
        Rgba([across, 99 - across, 7, 255])
    });
    let hash = server.upload("a.png", png(picture.clone())).await;
    let broken = server.pixels("glitch-amount-8", &hash).await;
    assert_ne!(broken, picture);
    for (broken, row) in broken.rows().zip(picture.rows()) {
        let sum = |row: image::buffer::Pixels<'_, Rgba<u8>>| -> u32 {
            row.map(|pixel| u32::from(pixel.0[0])).sum()
        };
        assert_eq!(sum(broken), sum(row), "pixels stay in their rows");
    }
    assert_ne!(
        server.pixels("glitch-amount-8-random-x", &hash).await,
        broken
    );
    assert_eq!(server.pixels("glitch-amount-0", &hash).await, picture);
}

#[tokio::test]
async fn text() {
    let server = Server::start().await;
    let hash = server.upload("a.png", png(plain(40, 20, [255; 4]))).await;
    let font = server.upload("squares.ttf", font()).await;
    let operations = format!("text-font-{font}-text-HI-size-16-anchor-left_top-color-FF0000");
    let written = server.pixels(&operations, &hash).await;
    // `H` is a square of half an em on the baseline, `I` a bar of a quarter.
    assert_pixel(&written, 7, 8, [255, 0, 0, 255]);
    assert_pixel(&written, 8, 8, [255; 4]);
    assert_pixel(&written, 7, 7, [255; 4]);
    assert_pixel(&written, 16, 0, [255, 0, 0, 255]);
    assert_pixel(&written, 20, 0, [255; 4]);
}

#[tokio::test]
async fn svgdynamic_and_svg2bitmap() {
    let server = Server::start().await;
    let svg = r##"<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect id="all" width="20" height="10" fill="#00ff00"/></svg>"##;
    let hash = server.upload("a.svg", svg.into()).await;
    let bitmap = server.pixels("svg2bitmap", &hash).await;
    assert_pixel(&bitmap, 10, 5, [0, 255, 0, 255]);
    let red = json!({"id": "all", "attr": "fill", "value": "#c80000"});
    let narrow = json!({"id": "all", "attr": "width", "value": 5});
    let changes = json!({"operations": [
        {"name": "svgdynamic", "options": {"changes": [red, narrow]}},
        {"name": "resize", "options": {"width": 40}},
    ]});
    server.stack("red", changes).await;
    let drawn = server.stack_pixels("red", &hash).await;
    assert_eq!(drawn.dimensions(), (40, 20));
    assert_pixel(&drawn, 5, 10, RED);
    assert_eq!(drawn.get_pixel(15, 10).0[3], 0);
}

#[tokio::test]
async fn svgdynamic_takes_expressions_and_makes_svgs() {
    let server = Server::start().await;
    let svg = r##"<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect id="all" width="20" height="10" fill="#00ff00"/></svg>"##;
    let hash = server.upload("a.svg", svg.into()).await;
    let change = json!({"id": "all", "attr": "fill", "value": "'#' ~ $color"});
    let operations = json!([{"name": "svgdynamic", "expressions": [change]}]);
    let definition = json!({"operations": operations, "variables": {"color": "c80000"}});
    server.stack("colored", definition).await;
    let red = server.stack_pixels("colored", &hash).await;
    assert_pixel(&red, 10, 5, RED);
    let blue = server.stack_pixels("colored/v-color-0000dc", &hash).await;
    assert_pixel(&blue, 10, 5, BLUE);
    let changed = server
        .get(&format!("/colored/v-color-0000dc/{hash}.svg"))
        .await;
    assert_eq!(changed.mimetype, "image/svg+xml");
    assert_eq!(changed.unsupported, None);
    assert_eq!(changed.text(), svg.replace("#00ff00", "#0000dc"));
    // What needs pixels cannot be done to an SVG.
    let operations = json!([
        {"name": "svgdynamic", "options": {"changes": [{"id": "all", "attr": "fill", "value": "red"}]}},
        {"name": "blur", "options": {"sigma": 2}},
    ]);
    server
        .stack("blurred", json!({"operations": operations}))
        .await;
    let changed = server.get(&format!("/blurred/{hash}.svg")).await;
    assert_eq!(changed.unsupported.as_deref(), Some("blur"));
    assert_eq!(changed.text(), svg.replace("#00ff00", "red"));
}

#[tokio::test]
async fn unsupported_steps_are_named_and_left_out() {
    let server = Server::start().await;
    let hash = server.upload("a.png", png(plain(20, 10, RED))).await;
    for (operations, name) in [
        ("addframes-frames-abc", "addframes"),
        (
            "face-secondary_image-HASH-leftFeature-chinBottom-rightFeature-nose",
            "face",
        ),
        ("composition-anchor-face", "composition"),
    ] {
        let rendered = server
            .render(
                &format!("{operations}--resize-width-10").replace("HASH", &hash),
                &hash,
                "png",
            )
            .await;
        let unsupported = rendered.unsupported.clone().unwrap_or_default();
        assert!(unsupported.contains(name), "{operations}: {unsupported}");
        let picture = rendered.picture().into_rgba8();
        assert_eq!(picture.dimensions(), (10, 5), "the other steps are done");
        assert_pixel(&picture, 5, 2, RED);
    }
}

/// Returns a GIF of 10 by 10 pixels with a frame in each color.
fn animation(colors: &[[u8; 4]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
    for color in colors {
        let frame = image::Frame::new(plain(10, 10, *color));
        encoder.encode_frame(frame).unwrap();
    }
    drop(encoder);
    bytes
}

/// Returns the frames of a GIF: their times in milliseconds, their sizes, and their colors in the middle.
fn frames(rendered: &Rendered) -> Vec<(u32, (u32, u32), [u8; 4])> {
    assert_eq!(rendered.mimetype, "image/gif");
    assert_eq!(rendered.unsupported, None);
    let decoder = GifDecoder::new(Cursor::new(&rendered.bytes)).unwrap();
    let frames = decoder.into_frames().collect_frames().unwrap();
    let about = |frame: &image::Frame| {
        let picture = frame.buffer();
        let (width, height) = picture.dimensions();
        let color = picture.get_pixel(width / 2, height / 2).0;
        (frame.delay().numer_denom_ms().0, (width, height), color)
    };
    frames.iter().map(about).collect()
}

#[tokio::test]
async fn effects_change_every_frame_of_an_animation() {
    let server = Server::start().await;
    let hash = server.upload("a.gif", animation(&[RED, BLUE])).await;
    let rendered = server.render("multiply-factor-0.5", &hash, "gif").await;
    let colors: Vec<[u8; 4]> = frames(&rendered).iter().map(|frame| frame.2).collect();
    assert_eq!(colors, [[100, 0, 0, 255], [0, 0, 110, 255]]);
}

#[tokio::test]
async fn addframes() {
    let server = Server::start().await;
    let hash = server.upload("a.png", png(plain(40, 20, RED))).await;
    let blue = server.upload("b.png", png(plain(80, 40, BLUE))).await;
    let green = [0, 200, 0, 255];
    let square = server.upload("c.png", png(plain(10, 10, green))).await;
    let operations = format!("addframes-delay-25-frames-{blue},{square}");
    let rendered = server.render(&operations, &hash, "gif").await;
    let size = (40, 20);
    assert_eq!(
        frames(&rendered),
        [(250, size, RED), (250, size, BLUE), (250, size, green)]
    );
    // The square stands in the middle, and nothing beside it.
    let decoder = GifDecoder::new(Cursor::new(&rendered.bytes)).unwrap();
    let last = decoder.into_frames().last().unwrap().unwrap();
    assert_eq!(last.buffer().get_pixel(2, 10).0[3], 0);
    // A resize changes all frames, before and after.
    for operations in [
        format!("resize-width-10--{operations}"),
        format!("{operations}--resize-width-10"),
    ] {
        let rendered = server.render(&operations, &hash, "gif").await;
        let sizes: Vec<_> = frames(&rendered).iter().map(|frame| frame.1).collect();
        assert_eq!(sizes, [(10, 5); 3], "{operations}");
    }
    // More frames for an animation.
    let animated = server.upload("d.gif", animation(&[RED, BLUE])).await;
    let rendered = server
        .render(&format!("addframes-frames-{square}"), &animated, "gif")
        .await;
    let colors: Vec<_> = frames(&rendered).iter().map(|frame| frame.2).collect();
    assert_eq!(colors, [RED, BLUE, green]);
    let webp = server.render(&operations, &hash, "webp").await;
    if cfg!(feature = "webp") {
        assert_eq!(webp.unsupported, None);
        let decoder = WebPDecoder::new(Cursor::new(&webp.bytes)).unwrap();
        assert_eq!(decoder.into_frames().count(), 3);
    }
    let still = server.render(&operations, &hash, "jpg").await;
    let reason = "addframes: the format has no animations";
    assert_eq!(still.unsupported.as_deref(), Some(reason));
    assert_eq!(still.picture().width(), 40);
}

#[tokio::test]
async fn face() {
    let server = Server::start().await;
    let plain_hash = server.upload("a.png", png(plain(200, 100, RED))).await;
    let green = [0, 200, 0, 255];
    let mark = RgbaImage::from_fn(20, 10, |x, _| Rgba(if x < 10 { green } else { BLUE }));
    let mark = server.upload("b.png", png(mark)).await;
    let operations = format!(
        "face-secondary_image-{mark}-leftFeature-eyeLeft-rightFeature-eyeRight-anchor-left_top"
    );
    // Without metadata, the picture is as it was.
    assert_eq!(
        server.pixels(&operations, &plain_hash).await,
        plain(200, 100, RED)
    );
    let face = json!({"x": 20, "y": 10, "width": 100, "height": 50});
    let hash = server.describe(&plain_hash, "detection_face", face).await;
    // The eyes are at 50 30 and 90 30.
    let placed = server.pixels(&operations, &hash).await;
    for (x, y, color) in [
        (51, 31, green),
        (88, 48, BLUE),
        (52, 28, RED),
        (92, 40, RED),
        (70, 52, RED),
    ] {
        assert_pixel(&placed, x, y, color);
    }
    // Half as large with the picture.
    let small = format!("resize-width-100--{operations}");
    let small = server.pixels(&small, &hash).await;
    assert_pixel(&small, 43, 23, BLUE);
    assert_pixel(&small, 46, 20, RED);
}
