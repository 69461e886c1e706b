//! `resize`: what size comes out.

use image::{Rgba, RgbaImage};

use crate::support::{Server, close, coordinates, place, png};

/// The documentation's own examples, and every mode for a wide, a tall and a square picture.
#[tokio::test]
async fn every_mode_leads_to_the_documented_size() {
    let server = Server::start().await;
    let wide = (400, 200);
    let tall = (200, 400);
    let square = (300, 300);
    let documented = (300, 200);
    let small = (100, 100);
    let table = [
        (wide, "resize-width-150-height-100", (150, 75)),
        (tall, "resize-width-150-height-100", (50, 100)),
        (square, "resize-width-150-height-100", (100, 100)),
        (wide, "resize-width-150-height-100-mode-box", (150, 75)),
        (wide, "resize-width-150-height-100-mode-fill", (200, 100)),
        (tall, "resize-width-150-height-100-mode-fill", (150, 300)),
        (square, "resize-width-150-height-100-mode-fill", (150, 150)),
        (
            wide,
            "resize-width-150-height-100-mode-absolute",
            (150, 100),
        ),
        (
            tall,
            "resize-width-150-height-100-mode-absolute",
            (150, 100),
        ),
        (
            square,
            "resize-width-150-height-100-mode-absolute",
            (150, 100),
        ),
        // One side alone.
        (wide, "resize-width-100", (100, 50)),
        (wide, "resize-height-100", (200, 100)),
        (tall, "resize-width-100", (100, 200)),
        (tall, "resize-height-100", (50, 100)),
        (wide, "resize-height-100-mode-fill", (200, 100)),
        (wide, "resize-width-100-mode-absolute", (100, 50)),
        // Rounded, and never less than a pixel.
        (documented, "resize-width-100", (100, 67)),
        (wide, "resize-width-1", (1, 1)),
        // Enlarged.
        (wide, "resize-width-800-height-800", (800, 400)),
        (wide, "resize-width-800-height-800-mode-fill", (1600, 800)),
        (
            wide,
            "resize-width-800-height-100-mode-absolute",
            (800, 100),
        ),
        (
            wide,
            "resize-width-800-height-800-upscale-false",
            (400, 200),
        ),
        (
            wide,
            "resize-width-800-height-800-mode-fill-upscale-false",
            (400, 200),
        ),
        (
            wide,
            "resize-width-800-height-100-mode-absolute-upscale-false",
            (400, 100),
        ),
        (wide, "resize-width-100-upscale-false", (100, 50)),
        // The table of the chapter on `dpr`.
        (documented, "resize-width-200", (200, 133)),
        (documented, "resize-width-200--o-dpr-2", (400, 267)),
        (documented, "resize-width-400", (400, 267)),
        (documented, "resize-width-400--o-dpr-2", (800, 533)),
        (
            documented,
            "resize-width-200-upscale-false--o-dpr-2",
            (400, 267),
        ),
        (documented, "resize-width-400-upscale-false", (300, 200)),
        (
            documented,
            "resize-width-400-upscale-false--o-dpr-2",
            (600, 400),
        ),
        (
            documented,
            "resize-width-200-upscale-false-upscale_dpr-false--o-dpr-2",
            (300, 200),
        ),
        (
            documented,
            "resize-width-400-upscale-false-upscale_dpr-false",
            (300, 200),
        ),
        (
            documented,
            "resize-width-400-upscale-false-upscale_dpr-false--o-dpr-2",
            (300, 200),
        ),
        (
            documented,
            "resize-width-200-upscale_dpr-false--o-dpr-2",
            (300, 200),
        ),
        (
            documented,
            "resize-width-400-upscale_dpr-false--o-dpr-2",
            (400, 267),
        ),
        // The examples of `upscale_dpr`.
        (
            small,
            "resize-width-60-height-60-upscale-false--o-dpr-2",
            (120, 120),
        ),
        (
            small,
            "resize-width-120-height-120-upscale-false--o-dpr-2",
            (200, 200),
        ),
        (
            small,
            "resize-width-60-height-30-mode-fill--o-dpr-1.5",
            (90, 90),
        ),
        (
            small,
            "resize-width-60-height-30-mode-absolute--o-dpr-1.5",
            (90, 45),
        ),
    ];
    let mut hashes = std::collections::BTreeMap::new();
    for (source, operations, expected) in table {
        let hash = match hashes.get(&source) {
            Some(hash) => hash,
            None => {
                let bytes = png(coordinates(source.0, source.1));
                let hash = server.upload("a.png", bytes).await;
                hashes.entry(source).or_insert(hash)
            }
        };
        let size = server.pixels(operations, hash).await.dimensions();
        assert_eq!(size, expected, "{source:?} {operations}");
    }
}

#[tokio::test]
async fn a_resize_keeps_what_the_picture_shows() {
    let server = Server::start().await;
    let hash = server.upload("a.png", png(coordinates(200, 100))).await;
    let half = server.pixels("resize-width-100", &hash).await;
    for (x, y) in [(10, 10), (50, 25), (90, 40)] {
        let (from_x, from_y) = place(*half.get_pixel(x, y));
        assert!(
            from_x.abs_diff(2 * x) <= 1 && from_y.abs_diff(2 * y) <= 1,
            "{x} {y}"
        );
    }
}

/// Without weighting by opacity, the black of transparent pixels would darken the edge.
#[tokio::test]
async fn transparent_pixels_do_not_color_their_neighbors() {
    let server = Server::start().await;
    let picture = RgbaImage::from_fn(90, 90, |x, _| {
        Rgba(if x < 44 { [250, 200, 100, 255] } else { [0; 4] })
    });
    let hash = server.upload("a.png", png(picture)).await;
    let small = server.pixels("resize-width-30", &hash).await;
    assert!(close(small.get_pixel(2, 5), [250, 200, 100, 255], 1));
    assert_eq!(small.get_pixel(28, 5).0[3], 0);
    let edge = small
        .pixels()
        .filter(|pixel| (40..=215).contains(&pixel.0[3]));
    let mut count = 0;
    for pixel in edge {
        assert!(
            close(
                &Rgba([pixel.0[0], pixel.0[1], pixel.0[2], 0]),
                [250, 200, 100, 0],
                4
            ),
            "{pixel:?}"
        );
        count += 1;
    }
    assert!(count > 0);
}

#[tokio::test]
async fn an_impossible_size_is_refused_with_the_reason() {
    let server = Server::start().await;
    let hash = server.upload("a.png", png(coordinates(50, 50))).await;
    for (operations, words) in [
        ("resize-width-10000-height-10000--o-dpr-10", "pixels"),
        ("resize-width-10001", "10000"),
        ("resize-width-0", "1"),
        ("resize-mode-box", "width"),
        ("resize-width-10-height-10-mode-cover", "mode"),
    ] {
        let rendered = server.render(operations, &hash, "png").await;
        assert!(
            (400..500).contains(&rendered.status),
            "{operations}: {}",
            rendered.status
        );
        assert!(
            rendered.text().contains(words),
            "{operations}: {}",
            rendered.text()
        );
    }
}
