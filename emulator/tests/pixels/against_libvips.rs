//! Pictures and times held against libvips, which the service uses.
//!
//! `apt-get install libvips-tools`, then
//! `cargo test --release -p rokka-emulator --test pixels -- --ignored --nocapture --test-threads 1`.
//! The figures are in the README.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use image::RgbaImage;

use crate::support::Server;

pub(crate) const PHOTOGRAPHS: [(&str, &[u8]); 3] = [
    ("cat", include_bytes!("../photographs/cat.jpg")),
    ("coffee", include_bytes!("../photographs/coffee.jpg")),
    ("rocket", include_bytes!("../photographs/rocket.jpg")),
];

fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}; install libvips-tools"));
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn luminance(picture: &RgbaImage) -> Vec<f64> {
    let light = |pixel: &image::Rgba<u8>| {
        let [red, green, blue, _] = pixel.0.map(f64::from);
        0.299 * red + 0.587 * green + 0.114 * blue
    };
    picture.pixels().map(light).collect()
}

/// Returns the structural similarity of two pictures: the mean over all windows of 8 × 8 pixels.
pub(crate) fn ssim(one: &RgbaImage, other: &RgbaImage) -> f64 {
    const SIDE: usize = 8;
    let width = one.width() as usize;
    let (light_one, light_other) = (luminance(one), luminance(other));
    let (mut sum, mut windows) = (0.0, 0.0);
    for top in 0..=one.height() as usize - SIDE {
        for left in 0..=width - SIDE {
            let [mut a, mut b, mut aa, mut bb, mut ab] = [0.0; 5];
            for y in top..top + SIDE {
                let row = y * width + left;
                for (x, y) in light_one[row..row + SIDE]
                    .iter()
                    .zip(&light_other[row..row + SIDE])
                {
                    a += x;
                    b += y;
                    aa += x * x;
                    bb += y * y;
                    ab += x * y;
                }
            }
            let count = 64.0;
            let (mean_a, mean_b) = (a / count, b / count);
            let (var_a, var_b) = (aa / count - mean_a * mean_a, bb / count - mean_b * mean_b);
            let covariance = ab / count - mean_a * mean_b;
            let (c1, c2) = (6.5025, 58.5225);
            sum += (2.0 * mean_a * mean_b + c1) * (2.0 * covariance + c2)
                / ((mean_a * mean_a + mean_b * mean_b + c1) * (var_a + var_b + c2));
            windows += 1.0;
        }
    }
    sum / windows
}

async fn compare(
    server: &Server,
    name: &str,
    hash: &str,
    operations: &str,
    target: &Path,
    worst: &mut f64,
) {
    let theirs = image::open(target).unwrap().into_rgba8();
    let ours = server.pixels(operations, hash).await;
    assert_eq!(ours.dimensions(), theirs.dimensions(), "{operations}");
    let similarity = ssim(&ours, &theirs);
    println!("| {name} | {operations} | {similarity:.4} |");
    *worst = worst.min(similarity);
}

#[tokio::test]
#[ignore = "needs libvips-tools"]
async fn resized_and_cropped_photographs_are_those_of_libvips() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().unwrap();
    println!("| photograph | rendering | SSIM |\n|---|---|--:|");
    let mut worst = 1.0f64;
    for (name, bytes) in PHOTOGRAPHS {
        let hash = server.upload(&format!("{name}.jpg"), bytes.to_vec()).await;
        let source = folder.path().join(format!("{name}.jpg"));
        std::fs::write(&source, bytes).unwrap();
        let original = image::load_from_memory(bytes).unwrap();
        let (width, height) = (original.width(), original.height());
        let target = folder.path().join("out.png");
        for wanted in [300.0, 123.0, 60.0] {
            let scale = (wanted / f64::from(width)).to_string();
            run("vips", &["resize", text(&source), text(&target), &scale]);
            let theirs = image::open(&target).unwrap().into_rgba8();
            // The size that libvips makes, so that half pixels do not matter.
            let operations = format!(
                "resize-width-{}-height-{}-mode-absolute",
                theirs.width(),
                theirs.height()
            );
            compare(&server, name, &hash, &operations, &target, &mut worst).await;
        }
        // Enlarged around the middle of the pixels, from which `vips resize` of 8.14 is half a pixel off.
        let area = format!("0 0 {} {}", width * 2, height * 2);
        let enlarge = [
            "affine",
            text(&source),
            text(&target),
            "2 0 0 2",
            "--oarea",
            &area,
        ];
        let middle = [
            "--idx",
            "0.25",
            "--idy",
            "0.25",
            "--interpolate",
            "bicubic",
            "--extend",
            "copy",
        ];
        run("vips", &[&enlarge[..], &middle].concat());
        let operations = format!("resize-width-{}", width * 2);
        compare(&server, name, &hash, &operations, &target, &mut worst).await;
        for (crop, libvips) in [("center_center", "centre"), ("smart", "attention")] {
            let side = (height / 2).to_string();
            let arguments = [
                "smartcrop",
                text(&source),
                text(&target),
                &side,
                &side,
                "--interesting",
                libvips,
            ];
            run("vips", &arguments);
            let operations = format!("crop-width-{side}-height-{side}-anchor-{crop}");
            compare(&server, name, &hash, &operations, &target, &mut worst).await;
        }
    }
    assert!(worst >= 0.98, "{worst}");
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[tokio::test]
#[ignore = "needs libvips-tools and a release build"]
async fn a_large_photograph_in_a_release_build_takes_at_most_twice_the_time_of_vipsthumbnail() {
    const RUNS: u32 = 9;
    let server = Server::start().await;
    let folder = tempfile::tempdir().unwrap();
    let small = server.upload("coffee.jpg", PHOTOGRAPHS[1].1.to_vec()).await;
    let enlarge =
        "resize-width-4000-height-3000-mode-absolute--o-jpg.quality-90-interlacing.mode-none";
    let large = server.render(enlarge, &small, "jpg").await.bytes;
    let source = folder.path().join("large.jpg");
    std::fs::write(&source, &large).unwrap();
    let hash = server.upload("large.jpg", large).await;
    let target = folder.path().join("out.jpg");
    let output = format!("{}[Q=80,interlace]", text(&target));
    let (mut theirs, mut ours, mut cached) = (Vec::new(), Vec::new(), Vec::new());
    for run_number in 0..RUNS {
        let start = Instant::now();
        run(
            "vipsthumbnail",
            &[text(&source), "-s", "600x400", "-o", &output],
        );
        theirs.push(start.elapsed());
        // Another quality each time, so that no cache has it.
        let operations = format!(
            "resize-width-600-height-400--o-jpg.quality-{}",
            80 + run_number
        );
        let start = Instant::now();
        let rendered = server.render(&operations, &hash, "jpg").await;
        ours.push(start.elapsed());
        assert_eq!(rendered.picture().height(), 400);
        let start = Instant::now();
        server.render(&operations, &hash, "jpg").await;
        cached.push(start.elapsed());
    }
    let (theirs, ours, cached) = (median(theirs), median(ours), median(cached));
    println!("vipsthumbnail {theirs:?}, the emulator {ours:?}, again {cached:?}");
    assert!(ours <= theirs * 2);
}
