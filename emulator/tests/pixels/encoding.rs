//! The formats that a rendering can have, and the options of the stack that change them.

use image::codecs::gif::{GifDecoder, GifEncoder, Repeat};
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, Delay, Frame, Rgba, RgbaImage};

use crate::support::{Server, close, coordinates, png};

const PHOTOGRAPH: &[u8] = include_bytes!("../photographs/cat.jpg");

/// Returns whether a JPEG is progressive, from the marker of its frame.
fn is_progressive(bytes: &[u8]) -> bool {
    let mut at = 2;
    loop {
        match bytes[at + 1] {
            0xc0 => return false,
            0xc2 => return true,
            _ => at += 2 + usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]])),
        }
    }
}

#[tokio::test]
async fn every_format_says_what_it_is() {
    let server = Server::start().await;
    let hash = server.upload("a.png", png(coordinates(40, 30))).await;
    for (format, mimetype, magic) in [
        ("jpg", "image/jpeg", &b"\xff\xd8\xff"[..]),
        ("png", "image/png", b"\x89PNG"),
        ("webp", "image/webp", b"RIFF"),
        ("gif", "image/gif", b"GIF89a"),
    ] {
        let rendered = server.render("resize-width-20", &hash, format).await;
        assert_eq!(rendered.mimetype, mimetype);
        assert_eq!(rendered.unsupported, None);
        assert!(rendered.bytes.starts_with(magic), "{format}");
        let picture = rendered.picture();
        assert_eq!((picture.width(), picture.height()), (20, 15), "{format}");
    }
}

#[cfg(feature = "avif")]
#[tokio::test]
async fn avif_has_the_size_and_a_quality() {
    let server = Server::start().await;
    let hash = server.upload("cat.jpg", PHOTOGRAPH.to_vec()).await;
    let good = server
        .render("resize-width-120--o-avif.quality-90", &hash, "avif")
        .await;
    let poor = server
        .render("resize-width-120--o-avif.quality-10", &hash, "avif")
        .await;
    assert_eq!(good.mimetype, "image/avif");
    assert_eq!(&good.bytes[4..12], b"ftypavif");
    // The size is in the box `ispe`.
    let at = good
        .bytes
        .windows(4)
        .position(|window| window == b"ispe")
        .unwrap();
    assert_eq!(&good.bytes[at + 8..at + 12], 120u32.to_be_bytes());
    assert!(poor.bytes.len() * 2 < good.bytes.len());
}

#[tokio::test]
async fn a_quality_decides_the_size_of_the_file() {
    let server = Server::start().await;
    let hash = server.upload("cat.jpg", PHOTOGRAPH.to_vec()).await;
    let length = async |operations: &str, format: &str| {
        let rendered = server.render(operations, &hash, format).await;
        assert_eq!(rendered.picture().width(), 200, "{operations} {format}");
        rendered.bytes.len()
    };
    for format in ["jpg", "webp"] {
        let with = |quality| format!("resize-width-200--o-{format}.quality-{quality}");
        let (low, high) = (
            length(&with(20), format).await,
            length(&with(95), format).await,
        );
        assert!(low * 2 < high, "{format}: {low} {high}");
        assert_eq!(
            length("resize-width-200", format).await,
            length(&with(80), format).await
        );
        // The default is lower on dense screens.
        let dense = length("resize-width-100--o-dpr-2", format).await;
        assert_eq!(dense, length(&with(70), format).await, "{format}");
        let optimized = length("resize-width-200--o-optim.quality-0", format).await;
        assert!(optimized < length(&with(80), format).await, "{format}");
    }
}

#[tokio::test]
async fn a_jpeg_is_progressive_unless_interlacing_is_off() {
    let server = Server::start().await;
    let hash = server.upload("cat.jpg", PHOTOGRAPH.to_vec()).await;
    let default = server.render("resize-width-100", &hash, "jpg").await;
    assert!(is_progressive(&default.bytes));
    let operations = "resize-width-100--o-interlacing.mode-none";
    let off = server.render(operations, &hash, "jpg").await;
    assert!(!is_progressive(&off.bytes));
    assert_eq!(off.picture().width(), 100);
}

#[tokio::test]
async fn transparency_is_kept_or_gets_the_color_of_the_options() {
    let server = Server::start().await;
    let glass = RgbaImage::from_pixel(16, 16, Rgba([255, 0, 0, 128]));
    let hash = server.upload("a.png", png(glass)).await;
    for (operations, format, expected) in [
        ("", "png", [255, 0, 0, 128]),
        ("", "webp", [255, 0, 0, 128]),
        ("", "jpg", [255, 127, 127, 255]),
        ("o-jpg.transparency.color-0000FF", "jpg", [128, 0, 127, 255]),
        ("o-jpg.transparency.color-0000FF", "png", [255, 0, 0, 128]),
        ("o-transparency.color-00FF00", "png", [128, 127, 0, 255]),
    ] {
        let picture = server
            .render(operations, &hash, format)
            .await
            .picture()
            .into_rgba8();
        let pixel = picture.get_pixel(8, 8);
        assert!(
            close(pixel, expected, 4),
            "{operations} {format}: {pixel:?}"
        );
    }
    let kept = server
        .render("o-jpg.transparency.autoformat-png", &hash, "jpg")
        .await;
    assert_eq!(kept.mimetype, "image/png");
    let opaque = server.upload("b.png", png(coordinates(9, 9))).await;
    let jpeg = server
        .render("o-jpg.transparency.autoformat-png", &opaque, "jpg")
        .await;
    assert_eq!(jpeg.mimetype, "image/jpeg");
}

#[tokio::test]
async fn webp_of_quality_100_is_lossless() {
    let server = Server::start().await;
    let picture = coordinates(70, 50);
    let hash = server.upload("a.png", png(picture.clone())).await;
    let lossless = server.render("o-webp.quality-100", &hash, "webp").await;
    assert_eq!(lossless.picture().into_rgba8(), picture);
    if cfg!(feature = "webp") {
        let lossy = server.render("", &hash, "webp").await;
        assert_ne!(lossy.picture().into_rgba8(), picture);
    }
}

fn animation() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    encoder.set_repeat(Repeat::Finite(3)).unwrap();
    for (color, delay) in [
        ([250, 0, 0, 255], 100),
        ([0, 250, 0, 255], 200),
        ([0, 0, 250, 255], 300),
    ] {
        let picture = RgbaImage::from_pixel(40, 20, Rgba(color));
        let delay = Delay::from_numer_denom_ms(delay, 1);
        encoder
            .encode_frame(Frame::from_parts(picture, 0, 0, delay))
            .unwrap();
    }
    drop(encoder);
    bytes
}

#[tokio::test]
async fn operations_apply_to_every_frame_of_an_animation() {
    let server = Server::start().await;
    let hash = server.upload("a.gif", animation()).await;
    let operations = "resize-width-20--crop-width-8-height-6--rotate-angle-90";
    let rendered = server.render(operations, &hash, "gif").await;
    let decoder = GifDecoder::new(std::io::Cursor::new(&rendered.bytes)).unwrap();
    let frames = decoder.into_frames().collect_frames().unwrap();
    assert_eq!(frames.len(), 3);
    for (frame, (color, delay)) in frames.iter().zip([
        ([250, 0, 0, 255], 100),
        ([0, 250, 0, 255], 200),
        ([0, 0, 250, 255], 300),
    ]) {
        assert_eq!(frame.buffer().dimensions(), (6, 8));
        assert!(close(frame.buffer().get_pixel(3, 3), color, 8));
        assert_eq!(frame.delay().numer_denom_ms().0, delay);
    }
    // The number of repetitions, in the block of the application.
    let at = rendered
        .bytes
        .windows(11)
        .position(|window| window == b"NETSCAPE2.0")
        .unwrap();
    assert_eq!(rendered.bytes[at + 13], 3);
    // Other formats have the first frame.
    for format in ["png", "jpg"] {
        let first = server
            .render("resize-width-20", &hash, format)
            .await
            .picture();
        assert!(
            close(first.to_rgba8().get_pixel(9, 4), [250, 0, 0, 255], 8),
            "{format}"
        );
    }
}

#[cfg(feature = "webp")]
#[tokio::test]
async fn an_animation_stays_one_as_webp() {
    let server = Server::start().await;
    let hash = server.upload("a.gif", animation()).await;
    let rendered = server.render("resize-width-20", &hash, "webp").await;
    assert_eq!(rendered.mimetype, "image/webp");
    let decoder = WebPDecoder::new(std::io::Cursor::new(&rendered.bytes)).unwrap();
    assert!(decoder.has_animation());
    let frames = decoder.into_frames().collect_frames().unwrap();
    assert_eq!(frames.len(), 3);
    assert!(close(
        frames[1].buffer().get_pixel(9, 4),
        [0, 250, 0, 255],
        12
    ));
    assert_eq!(frames[1].delay().numer_denom_ms().0, 200);
}

#[tokio::test]
async fn a_blur_hash_is_text() {
    let server = Server::start().await;
    let black = RgbaImage::from_pixel(30, 20, Rgba([0, 0, 0, 255]));
    let hash = server.upload("a.png", png(black)).await;
    let rendered = server.render("", &hash, "blur").await;
    assert!(
        rendered.mimetype.starts_with("text/plain"),
        "{}",
        rendered.mimetype
    );
    assert_eq!(rendered.text(), "L00000fQfQfQfQfQfQfQfQfQfQfQ");
    let cat = server.upload("cat.jpg", PHOTOGRAPH.to_vec()).await;
    let text = server.render("resize-width-100", &cat, "blur").await.text();
    assert_eq!(text.len(), 28);
    assert!(text.starts_with('L'));
    // The average color: brown.
    let digits =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";
    let average = text[2..6]
        .chars()
        .fold(0, |sum, digit| sum * 83 + digits.find(digit).unwrap());
    let (red, blue) = (average >> 16, average & 0xff);
    assert!(red > blue + 20, "{red} {blue}");
}
