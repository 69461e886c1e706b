//! What the emulator does with each operation of the catalogue: the table of the README.
#![allow(clippy::unwrap_used)]

use rokka_render::rules::OPERATIONS;

/// How well an operation is known. The text is for people, in the README.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Support {
    /// As the documentation says, or as the library does that the service uses.
    Done(&'static str),
    /// The documentation leaves this open.
    Guessed(&'static str),
}

use Support::{Done, Guessed};

/// Returns what the emulator does with an operation; `None` for one that the catalogue does not have.
fn of(operation: &str) -> Option<Support> {
    let support = match operation {
        "resize" => Done("libvips' Lanczos filter"),
        "crop" => Done("every mode, anchor and area"),
        "rotate" => Done("any angle, interpolated between four pixels"),
        "autorotate" => Done("by EXIF, and to the orientation of a box"),
        "trim" => Guessed("the upper left pixel has the color of the border"),
        "noop" => Done("nothing"),
        "blur" => Done("libvips' `gaussblur`, transparent colors included"),
        "sharpen" => Done("libvips' `sharpen`"),
        "grayscale" => Done("libvips' conversion to black and white"),
        "modulate" => Done(
            "in libvips' LCh: lightness and chroma times the percentages, hue turned; a brightness of 0 is black",
        ),
        "multiply" => Done("in sRGB, rounded down as libvips does"),
        "svgdynamic" => Done("attributes of elements by their id; the picture is drawn, or an SVG"),
        "alpha" => Guessed("`mask` and `extract` are the same"),
        "circlemask" => Guessed("a percentage as `radius` is one of the shorter side"),
        "composition" => Guessed(
            "without `mode`, the second picture is over the first; it stays inside; `secondary_opacity` fades images too; \
             `resize_to_primary` keeps to `resize_mode`; the anchors of the subject are unsupported",
        ),
        "dropshadow" => Guessed("the canvas grows by twice `sigma`, or by `blur_radius`"),
        "sepia" => Guessed("the usual mixture of channels"),
        "text" => Guessed(
            "the box of the text is what the anchor places; letters are not shaped, so scripts that need it are unsupported",
        ),
        "primitive" => Guessed(
            "shapes of half opacity by the kinds of the program of that name, where mode 9 is as 0; the time is bounded",
        ),
        "glitch" => Guessed("channels apart and stripes that slip; `random` changes the picture"),
        "svg2bitmap" => Guessed("resvg draws, where the service has a browser"),
        "addframes" => Guessed(
            "`frames` are hashes of images, separated by commas, fitted into the picture; a hash without an image, and a \
             format without animations, are unsupported",
        ),
        "face" => Guessed(
            "the corners of `detection_eyemouth` are `eyeLeft`, `eyeRight`, `mouthLeft` and `mouthRight`, its middle is `nose`; \
             other features are unsupported; with a `scale` of 1, the image is as wide as its two features are apart, and turned as they are",
        ),
        _ => return None,
    };
    OPERATIONS
        .iter()
        .any(|known| known.name == operation)
        .then_some(support)
}

#[test]
fn the_readme_says_what_becomes_of_every_operation() {
    let mut table = vec!["| operation | | |\n|---|---|---|".to_owned()];
    for rules in OPERATIONS {
        let support = of(rules.name);
        assert!(support.is_some(), "nothing is said of `{}`", rules.name);
        let (word, about) = match support.unwrap() {
            Done(about) => ("done", about),
            Guessed(about) => ("guessed", about),
        };
        table.push(format!("| `{}` | {word} | {about} |", rules.name));
    }
    let table = table.join("\n");
    let readme = include_str!("../../../README.md");
    assert!(
        readme.contains(&table),
        "README.md needs this table:\n\n{table}"
    );
    assert_eq!(of("shine"), None);
}

#[test]
fn the_recorded_catalogue_has_no_other_operations() {
    let catalogue = include_str!("../../catalogue/operations.json");
    let catalogue: serde_json::Value = serde_json::from_str(catalogue).unwrap();
    for name in catalogue.as_object().unwrap().keys() {
        assert!(of(name).is_some(), "{name}");
    }
}
