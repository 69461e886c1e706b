//! Whatever the options are, there is a picture or a reason, soon and without a panic.

use std::time::Instant;

use fastrand::Rng;
use rokka_render::rules::OPERATIONS;
use serde_json::{Map, json};

use super::font::font;
use super::*;
use crate::rendering::plan::Area;

/// Values that somebody could write into an option.
fn value(random: &mut Rng) -> Value {
    let values = [
        json!(null),
        json!(true),
        json!("false"),
        json!(0),
        json!(1),
        json!(-1),
        json!(3),
        json!(-100),
        json!(10_000),
        json!(99_999),
        json!("eyeLeft"),
        json!("mouthRight"),
        json!(1e300),
        json!(-1e300),
        json!(1e-300),
        json!(0.5),
        json!("7"),
        json!("NaN"),
        json!("inf"),
        json!(""),
        json!("ä-ö"),
        json!("fill"),
        json!("apply"),
        json!("foreground"),
        json!("background"),
        json!("right_bottom"),
        json!("10000_10000"),
        json!("face"),
        json!("ff8800"),
        json!("50p"),
        json!("-1e9p"),
        json!("mark"),
        json!("f00d"),
        json!("I I HHH\n\nI"),
        json!([]),
        json!({"a": 1}),
    ];
    random.choice(values).unwrap_or_default()
}

#[test]
fn any_options_make_a_picture_or_a_reason() {
    let features = vec![Area {
        x: 2.0,
        y: -3.0,
        width: 7.0,
        height: 5.0,
        percentage: false,
    }];
    let images = Known {
        subject: Subject {
            features,
            ..Subject::default()
        },
        pictures: BTreeMap::from([("mark", colorful(3, 2))]),
        files: BTreeMap::from([("f00d", font())]),
    };
    let mut random = Rng::with_seed(42);
    let sizes = [(1, 1), (1, 9), (17, 2), (24, 24)];
    let mut pictures = 0;
    for rules in OPERATIONS {
        for _ in 0..40 {
            let mut options = Map::new();
            for option in rules.options {
                if random.bool() {
                    options.insert(option.name.to_owned(), value(&mut random));
                }
            }
            let step = step(rules.name, Value::Object(options));
            let (width, height) = random.choice(sizes).unwrap_or_default();
            let mut canvas = Canvas::new(colorful(width, height), true);
            let units = random.choice([0.5, 1.0, 10.0]).unwrap_or_default();
            canvas.units = (units, units);
            let start = Instant::now();
            let result = change(&mut canvas, &step, &images, 1);
            assert!(start.elapsed() <= TIME * 2, "{step:?}");
            if result.is_ok() {
                pictures += 1;
                let (width, height) = canvas.size();
                assert!(width > 0 && height > 0, "{step:?}");
            }
        }
    }
    assert!(pictures > 200, "{pictures}");
}

#[test]
fn a_broken_font_is_no_panic() {
    let whole = font();
    let mut random = Rng::with_seed(3);
    for _ in 0..300 {
        let mut file = whole.clone();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(0..file.len());
            file[at] = random.u8(..);
        }
        file.truncate(random.usize(whole.len() / 2..=whole.len()));
        let images = Known {
            files: BTreeMap::from([("f00d", file)]),
            ..Known::default()
        };
        let mut canvas = Canvas::new(plain(8, 8, RED), true);
        let options =
            json!({"font": "f00d", "text": "HI", "width": 8, "height": 8, "resize_to_box": true});
        let _ = change(&mut canvas, &step("text", options), &images, 0);
    }
}
