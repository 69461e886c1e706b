//! Files that were made to do harm: each costs a 4xx, in little time and memory, and the emulator lives on.

use std::time::{Duration, Instant};

use base64::Engine as _;
use image::{DynamicImage, ImageFormat, RgbaImage};

use crate::support::{Server, coordinates, encoded, png};

/// Returns a PNG with a size in its header, and a few pixels.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(RgbaImage::new(4, 4));
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let checksum = crc32fast::hash(&bytes[12..29]).to_be_bytes();
    bytes[29..33].copy_from_slice(&checksum);
    bytes
}

#[tokio::test]
async fn a_picture_with_too_many_pixels_is_refused_before_it_is_decoded() {
    let server = Server::start().await;
    let mut gif = b"GIF89a\xb0\x36\xb0\x36\x80\0\0".to_vec();
    gif.extend([0; 6]);
    gif.extend(b"\x2c\0\0\0\0\xb0\x36\xb0\x36\0\x02\x02\x44\x01\0\x3b");
    let jpeg = [
        &b"\xff\xd8\xff\xc0\0\x0b\x08\xff\xff\xff\xff\x01\x01\x11\0"[..],
        b"\xff\xda\0\x08\x01\x01\0\0\x3f\0\x55\xff\xd9",
    ]
    .concat();
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" width="14000" height="14000"><rect width="9" height="9"/></svg>"#;
    // As many as an upload may have, except for a JPEG, which has no limit there.
    for (name, bytes) in [
        ("a.png", bomb(14_000, 14_000)),
        ("b.png", bomb(1, 200_000_000)),
        ("a.gif", gif),
        ("a.jpg", jpeg),
        #[cfg(feature = "svg")]
        ("a.svg", svg.to_vec()),
    ] {
        let _ = svg;
        let hash = server.upload(name, bytes).await;
        let start = Instant::now();
        let rendered = server.render("resize-width-10", &hash, "png").await;
        assert!(
            (400..500).contains(&rendered.status),
            "{name}: {} {}",
            rendered.status,
            rendered.text()
        );
        // Far less than the pixels would take.
        assert!(start.elapsed() < Duration::from_secs(5), "{name}");
    }
}

#[tokio::test]
async fn an_animation_with_too_many_pixels_is_refused() {
    let server = Server::start().await;
    let mut gif = b"GIF89a\0\x08\0\x08\x80\0\0\0\0\0\xff\xff\xff".to_vec();
    for _ in 0..40 {
        gif.extend(b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0");
    }
    gif.push(0x3b);
    let hash = server.upload("a.gif", gif).await;
    let rendered = server.render("", &hash, "gif").await;
    assert_eq!(rendered.status, 413, "{}", rendered.text());
    // The first frame alone is small enough.
    assert_eq!(
        server
            .render("resize-width-9", &hash, "png")
            .await
            .picture()
            .width(),
        9
    );
}

#[tokio::test]
async fn damaged_files_cost_a_4xx_or_show_what_is_left() {
    let server = Server::start().await;
    let picture = DynamicImage::from(coordinates(48, 32));
    let rgb = DynamicImage::from(picture.to_rgb8());
    for (format, picture) in [
        (ImageFormat::Png, &picture),
        (ImageFormat::Jpeg, &rgb),
        (ImageFormat::Gif, &picture),
        (ImageFormat::WebP, &picture),
        (ImageFormat::Tiff, &rgb),
    ] {
        let whole = encoded(picture, format);
        let mut damaged = Vec::new();
        for part in 1..12 {
            damaged.push(whole[..whole.len() * part / 12].to_vec());
            let mut changed = whole.clone();
            let at = whole.len() * part / 12;
            for byte in changed.iter_mut().skip(at).take(part) {
                *byte ^= 0x5a;
            }
            damaged.push(changed);
        }
        for (number, bytes) in damaged.into_iter().enumerate() {
            let hash = server.upload("a.bin", bytes).await;
            let rendered = server.render("resize-width-10", &hash, "png").await;
            let status = rendered.status;
            assert!(
                status == 200 || (400..500).contains(&status),
                "{format:?} {number}: {status}"
            );
        }
    }
    let hash = server.upload("a.png", png(coordinates(9, 9))).await;
    assert_eq!(server.render("", &hash, "png").await.status, 200);
}

#[cfg(feature = "svg")]
#[tokio::test]
async fn an_svg_reads_no_files_and_expands_no_bombs() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret.png");
    let red = RgbaImage::from_pixel(9, 9, image::Rgba([255, 0, 0, 255]));
    std::fs::write(&secret, png(red)).unwrap();
    let svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">
        <image width="9" height="9" href="{0}"/><image width="9" height="9" xlink:href="file://{0}"/></svg>"#,
        secret.display()
    );
    let hash = server.upload("a.svg", svg.into_bytes()).await;
    let drawn = server.pixels("", &hash).await;
    assert!(drawn.pixels().all(|pixel| pixel.0[3] == 0));
    // Embedded pictures: one that is what it says, and a bomb.
    let red = png(RgbaImage::from_pixel(9, 9, image::Rgba([255, 0, 0, 255])));
    for (bytes, alpha) in [(red, 255), (bomb(60_000, 60_000), 0)] {
        let data = base64::engine::general_purpose::STANDARD.encode(bytes);
        let embedded = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image width="9" height="9" href="data:image/png;base64,{data}"/></svg>"#
        );
        let hash = server.upload("d.svg", embedded.into_bytes()).await;
        let drawn = server.pixels("", &hash).await;
        assert_eq!(drawn.get_pixel(4, 4).0[3], alpha);
    }
    // Each level takes stack, which a process has only one of.
    for levels in [250, 1_000, 20_000] {
        let nested = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{}<rect width="9" height="9"/>{}</svg>"#,
            r#"<g opacity="0.9">"#.repeat(levels),
            "</g>".repeat(levels)
        );
        let hash = server.upload("c.svg", nested.into_bytes()).await;
        let status = server.render("", &hash, "png").await.status;
        assert_eq!(status, if levels < 256 { 200 } else { 413 }, "{levels}");
    }
    let mut laughs = String::from("<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY a0 'aaaaaaaaaa'>");
    for level in 1..20 {
        let inner = format!("&a{};", level - 1).repeat(10);
        laughs += &format!("<!ENTITY a{level} '{inner}'>");
    }
    laughs +=
        "]><svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><text>&a19;</text></svg>";
    let hash = server.upload("b.svg", laughs.into_bytes()).await;
    let rendered = server.render("", &hash, "png").await;
    assert!((400..500).contains(&rendered.status), "{}", rendered.status);
}

#[cfg(feature = "svg")]
#[tokio::test]
async fn an_svg_that_takes_hours_is_refused_before_it_is_drawn() {
    let server = Server::start().await;
    let filtered = |primitive: &str| {
        format!(
            "<filter id='f'>{primitive}</filter><rect width='2000' height='2000' filter='url(#f)'/>"
        )
    };
    let masks = |level: usize| {
        let next = format!("<rect width='9' height='9' mask='url(#m{})'/>", level + 1);
        format!("<mask id='m{level}'>{}</mask>", next.repeat(20))
    };
    for elements in [
        filtered("<feMorphology radius='900'/>"),
        filtered("<feTurbulence baseFrequency='0.1' numOctaves='99999999'/>"),
        "<pattern id='p' width='150000' height='150000' patternUnits='userSpaceOnUse'><rect width='5' height='5'/></pattern>\
         <rect width='2000' height='2000' fill='url(#p)'/>"
            .to_owned(),
        (0..12).map(masks).collect::<String>() + "<rect width='9' height='9' mask='url(#m0)'/>",
    ] {
        let svg = format!("<svg xmlns='http://www.w3.org/2000/svg' width='2000' height='2000'>{elements}</svg>");
        let hash = server.upload("a.svg", svg.into_bytes()).await;
        let start = Instant::now();
        let rendered = server.render("", &hash, "png").await;
        assert_eq!(rendered.status, 413, "{elements:.99}: {}", rendered.text());
        assert!(start.elapsed() < Duration::from_secs(5), "{elements:.99}");
    }
    let soft = filtered("<feGaussianBlur stdDeviation='5'/>").replace("2000", "40");
    let svg =
        format!("<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'>{soft}</svg>");
    let hash = server.upload("b.svg", svg.into_bytes()).await;
    let drawn = server.pixels("", &hash).await;
    assert_eq!(drawn.get_pixel(20, 20).0, [0, 0, 0, 255]);
}
