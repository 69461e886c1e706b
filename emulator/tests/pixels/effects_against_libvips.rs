//! Effects held against libvips, where it has them. See `against_libvips` for how to run this; the figures are in the README.

use std::path::Path;
use std::process::Command;

use image::{DynamicImage, ImageFormat, RgbaImage};

use crate::against_libvips::{PHOTOGRAPHS, ssim};
use crate::support::{Server, encoded};

/// Runs `vips` with `{in}` and `{out}` replaced by files, and returns the picture.
fn vips(folder: &Path, commands: &[&str]) -> RgbaImage {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let last = commands.len() - 1;
    for (number, command) in commands.iter().enumerate() {
        let (from, to) = (format!("{number}.v"), format!("{}.v", number + 1));
        let from = path(if number == 0 { "in.png" } else { &from });
        let to = path(if number == last { "out.png" } else { &to });
        let arguments = command.split(' ').map(|word| match word {
            "{in}" => from.clone(),
            "{out}" => to.clone(),
            "luminance.mat" => path("luminance.mat"),
            // Spaces within an argument.
            word => word.replace('_', " "),
        });
        let output = Command::new("vips").args(arguments).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}: {errors}");
    }
    image::open(path("out.png")).unwrap().into_rgba8()
}

#[tokio::test]
#[ignore = "needs libvips-tools"]
async fn effects_are_those_of_libvips() {
    let server = Server::start().await;
    println!("| effect | SSIM | largest difference |\n|---|--:|--:|");
    for (operations, commands) in [
        ("blur-sigma-1", &["gaussblur {in} {out} 1"][..]),
        ("blur-sigma-4", &["gaussblur {in} {out} 4"]),
        ("blur-sigma-30", &["gaussblur {in} {out} 30"]),
        (
            "sharpen",
            &["sharpen {in} {out} --m1 0.4 --m2 0.8 --sigma 0.7 --x1 2 --y2 10 --y3 20"],
        ),
        (
            "sharpen-m2-3-sigma-2",
            &["sharpen {in} {out} --m1 0.4 --m2 3 --sigma 2 --x1 2 --y2 10 --y3 20"],
        ),
        // Before version 8.16, libvips had other weights.
        (
            "grayscale",
            &[
                "colourspace {in} {out} scrgb",
                "recomb {in} {out} luminance.mat",
                "copy {in} {out} --interpretation scrgb",
                "colourspace {in} {out} b-w",
            ],
        ),
        (
            "modulate-brightness-130-saturation-60",
            &[
                "colourspace {in} {out} lch",
                "linear {in} {out} 1.3_0.6_1 0_0_0",
                "copy {in} {out} --interpretation lch",
                "colourspace {in} {out} srgb",
            ],
        ),
        (
            "modulate-hue-120",
            &[
                "colourspace {in} {out} lch",
                "linear {in} {out} 1_1_1 0_0_120",
                "copy {in} {out} --interpretation lch",
                "colourspace {in} {out} srgb",
            ],
        ),
        (
            "multiply",
            &["linear {in} {out} 0.96 0", "cast {in} {out} uchar"],
        ),
    ] {
        let (mut similarity, mut largest) = (1.0f64, 0);
        for (name, bytes) in PHOTOGRAPHS {
            let picture: DynamicImage = image::load_from_memory(bytes).unwrap().into_rgb8().into();
            let picture = encoded(&picture, ImageFormat::Png);
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("in.png"), &picture).unwrap();
            let row = "0.2126 0.7152 0.0722\n";
            let matrix = format!("3 3\n{row}{row}{row}");
            std::fs::write(folder.path().join("luminance.mat"), matrix).unwrap();
            let theirs = vips(folder.path(), commands);
            let hash = server.upload(&format!("{name}.png"), picture).await;
            let ours = server.pixels(operations, &hash).await;
            similarity = similarity.min(ssim(&ours, &theirs));
            let channels = ours.as_raw().iter().zip(theirs.as_raw());
            let difference = channels.map(|(one, other)| one.abs_diff(*other)).max();
            largest = largest.max(difference.unwrap_or_default());
        }
        println!("| `{operations}` | {similarity:.4} | {largest} |");
        assert!(similarity > 0.98, "{operations}");
    }
}
