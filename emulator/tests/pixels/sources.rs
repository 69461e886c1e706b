//! The formats that an original can have.

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};

use crate::support::{Server, close, coordinates, encoded, png};

#[tokio::test]
async fn originals_of_every_format_are_decoded() {
    let server = Server::start().await;
    let picture = DynamicImage::from(RgbaImage::from_fn(40, 20, |x, _| {
        Rgba(if x < 20 {
            [200, 100, 0, 255]
        } else {
            [0, 100, 200, 255]
        })
    }));
    let deep = DynamicImage::from(picture.to_rgba16());
    let rgb = DynamicImage::from(picture.to_rgb8());
    let gray = DynamicImage::from(picture.to_luma8());
    for (name, bytes, tolerance) in [
        ("a.png", encoded(&picture, ImageFormat::Png), 0),
        ("b.png", encoded(&deep, ImageFormat::Png), 1),
        ("a.jpg", encoded(&rgb, ImageFormat::Jpeg), 12),
        ("a.webp", encoded(&picture, ImageFormat::WebP), 0),
        ("a.gif", encoded(&picture, ImageFormat::Gif), 4),
        ("a.tiff", encoded(&rgb, ImageFormat::Tiff), 0),
    ] {
        let hash = server.upload(name, bytes).await;
        let half = server.pixels("resize-width-20", &hash).await;
        assert_eq!(half.dimensions(), (20, 10), "{name}");
        for (x, expected) in [(3, [200, 100, 0, 255]), (16, [0, 100, 200, 255])] {
            let pixel = half.get_pixel(x, 5);
            assert!(close(pixel, expected, tolerance), "{name}: {pixel:?}");
        }
    }
    for (name, format) in [("g.png", ImageFormat::Png), ("g.jpg", ImageFormat::Jpeg)] {
        let hash = server.upload(name, encoded(&gray, format)).await;
        let [red, green, blue, _] = server.pixels("", &hash).await.get_pixel(3, 3).0;
        assert!(
            red == green && green == blue && red.abs_diff(118) < 8,
            "{name}: {red}"
        );
    }
}

/// JPEGs for printing, and those whose colors are stored as they are.
#[tokio::test]
async fn jpegs_in_other_color_models_are_decoded() {
    use jpeg_encoder::{ColorType, Encoder};

    let server = Server::start().await;
    let mut cmyk = Vec::new();
    let ink: Vec<u8> = [0, 200, 200, 0].repeat(16 * 16);
    Encoder::new(&mut cmyk, 95)
        .encode(&ink, 16, 16, ColorType::Cmyk)
        .unwrap();
    let hash = server.upload("cmyk.jpg", cmyk).await;
    let pixel = *server.pixels("", &hash).await.get_pixel(8, 8);
    assert!(close(&pixel, [255, 55, 55, 255], 8), "{pixel:?}");

    // The marker says that the components are red, green and blue: those of a gray YCbCr.
    let gray = DynamicImage::from(RgbaImage::from_pixel(16, 16, Rgba([90, 90, 90, 255])));
    let mut rgb = encoded(&gray.to_rgb8().into(), ImageFormat::Jpeg);
    rgb.splice(2..2, *b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0");
    let hash = server.upload("rgb.jpg", rgb).await;
    let pixel = *server.pixels("", &hash).await.get_pixel(8, 8);
    assert!(close(&pixel, [90, 128, 128, 255], 3), "{pixel:?}");
}

#[cfg(feature = "svg")]
#[tokio::test]
async fn an_svg_is_drawn_in_the_size_that_is_needed() {
    let server = Server::start().await;
    let svg = r##"<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10">
        <rect width="10" height="10" fill="#c86400"/></svg>"##;
    let hash = server.upload("a.svg", svg.as_bytes().to_vec()).await;
    let native = server.pixels("", &hash).await;
    assert_eq!(native.dimensions(), (20, 10));
    let large = server.pixels("resize-width-400", &hash).await;
    assert_eq!(large.dimensions(), (400, 200));
    // Sharp, not enlarged pixels.
    assert_eq!(large.get_pixel(199, 100), &Rgba([0xc8, 0x64, 0, 255]));
    assert_eq!(large.get_pixel(200, 100).0[3], 0);
    let jpeg = server
        .render("resize-width-40", &hash, "jpg")
        .await
        .picture()
        .to_rgba8();
    assert!(close(jpeg.get_pixel(30, 10), [255; 4], 3));
    // Steps before a resize have the native size.
    let cut = server
        .pixels(
            "crop-width-5-height-5-anchor-left_top--resize-width-50",
            &hash,
        )
        .await;
    assert_eq!(cut.dimensions(), (50, 50));
}

/// A picture in the colors of a display: its pure green is outside of what sRGB has.
#[tokio::test]
async fn colors_with_a_profile_become_srgb() {
    let server = Server::start().await;
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let picture = RgbaImage::from_pixel(16, 16, Rgba([100, 200, 100, 255]));
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::png::PngEncoder::new(&mut bytes);
    image::ImageEncoder::set_icc_profile(&mut encoder, profile).unwrap();
    picture.write_with_encoder(encoder).unwrap();
    let hash = server.upload("a.png", bytes).await;
    let pixel = *server.pixels("resize-width-8", &hash).await.get_pixel(4, 4);
    // What the formulas of both color spaces say.
    assert!(close(&pixel, [45, 203, 86, 255], 3), "{pixel:?}");
    let plain = server
        .upload(
            "b.png",
            png(RgbaImage::from_pixel(16, 16, Rgba([100, 200, 100, 255]))),
        )
        .await;
    let pixel = *server
        .pixels("resize-width-8", &plain)
        .await
        .get_pixel(4, 4);
    assert_eq!(pixel, Rgba([100, 200, 100, 255]));
}

/// What the emulator cannot decode is served as it is, and says so.
#[tokio::test]
async fn formats_that_are_not_decoded_are_served_as_they_are() {
    let server = Server::start().await;
    let mut heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec();
    heic.resize(400, 0);
    for (name, bytes) in [
        ("a.heic", heic),
        ("a.txt", b"hello".to_vec()),
        ("a.pdf", b"%PDF-1.4 hello".to_vec()),
    ] {
        let hash = server.upload(name, bytes.clone()).await;
        let rendered = server.render("resize-width-10", &hash, "jpg").await;
        assert_eq!(rendered.status, 200, "{name}");
        assert_eq!(rendered.bytes, bytes, "{name}");
        let unsupported = rendered.unsupported.unwrap();
        assert!(unsupported.contains("decoding"), "{name}: {unsupported}");
    }
}

#[tokio::test]
async fn an_operation_that_does_not_exist_here_is_named_and_left_out() {
    let server = Server::start().await;
    let hash = server.upload("a.png", png(coordinates(40, 20))).await;
    let rendered = server
        .render("addframes-frames-a--resize-width-10", &hash, "png")
        .await;
    assert_eq!(rendered.picture().width(), 10);
    assert!(rendered.unsupported.unwrap().contains("addframes"));
}
