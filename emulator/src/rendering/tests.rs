//! Plans of render URLs, without pixels.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::format_collect,
    clippy::needless_pass_by_value
)]

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::plan::Format;
use super::*;
use crate::Emulator;

/// An emulator without a server, with two images: the first has 100 by 100 pixels, the second 101 by 101.
struct Fixture {
    service: Service,
    hashes: Vec<String>,
}

impl Fixture {
    fn new() -> Self {
        let service = Service::new(Emulator::builder().settings()).ok().unwrap();
        let hashes = service.seed_images("acme", 2).ok().unwrap();
        Self { service, hashes }
    }

    /// Sends a request to the API, and returns the status and the body.
    fn send(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let headers = vec![("api-key".to_owned(), Emulator::API_KEY.to_owned())];
        let body = Bytes::from(body.to_string());
        let request = Request::new(method, path, headers, body).unwrap();
        let (status, body) = self.service.handle(&request).status_and_body();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    fn stack(&self, name: &str, definition: Value) {
        let path = format!("/stacks/acme/{name}?overwrite=true");
        let (status, body) = self.send("PUT", &path, definition);
        assert!(matches!(status, 200 | 201), "{name}: {body}");
    }

    /// Plans a rendering; `HASH` in the path stands for the first image.
    fn prepare(&self, path: &str, headers: &[(&str, &str)]) -> Result<Prepared, Response> {
        let path = path
            .replace("HASH", &self.hashes[0])
            .replace(' ', "%20")
            .replace('>', "%3E");
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let request = Request::new("GET", &path, headers.collect(), Bytes::new()).unwrap();
        self.service.prepare_rendering(Some("acme"), &request, None)
    }

    fn rendering_with(&self, path: &str, headers: &[(&str, &str)]) -> Rendering {
        match self.prepare(path, headers) {
            Ok(Prepared::Render(rendering) | Prepared::Original(rendering)) => *rendering,
            Ok(_) => panic!("{path}: no rendering"),
            Err(error) => panic!("{path}: {} {}", error.status, error.message()),
        }
    }

    fn rendering(&self, path: &str) -> Rendering {
        self.rendering_with(path, &[])
    }

    /// Returns the steps of a rendering as `[[name, options], …]`.
    fn steps(&self, path: &str) -> Value {
        let steps = self.rendering(path).job.plan.steps.into_iter();
        steps.map(|step| json!([step.name, step.options])).collect()
    }

    /// Returns the error of a rendering as `status message`.
    fn error(&self, path: &str) -> String {
        match self.prepare(path, &[]) {
            Ok(_) => panic!("{path}: no error"),
            Err(error) => format!("{} {}", error.status, error.message()),
        }
    }
}

#[test]
fn the_operations_of_a_dynamic_url_are_the_steps() {
    let fixture = Fixture::new();
    for (path, expected) in [
        ("/dynamic/HASH.jpg", json!([])),
        (
            "/dynamic/resize-width-300--crop-width-200-height-100-anchor-left_top/HASH.jpg",
            json!([["resize", {"width": 300}], ["crop", {"width": 200, "height": 100, "anchor": "left_top"}]]),
        ),
        // A second segment overrides every operation of its name, and adds none.
        (
            "/dynamic/resize-width-300--resize-height-9/resize-width-50--blur-sigma-3/HASH/name.jpg",
            json!([["resize", {"width": 50}], ["resize", {"height": 9, "width": 50}]]),
        ),
        (
            "/dynamic/resize-width-300-enabled-false--grayscale-enabled-[image.width > 50]/HASH.jpg",
            json!([["grayscale", {}]]),
        ),
        (
            "/dynamic/resize-width-[image.width/3]-upscale-[options.dpr > 1]/o-dpr-2/HASH.jpg",
            json!([["resize", {"width": 33, "upscale": true}]]),
        ),
        (
            "/dynamic/resize-width-[$w * 2]/v-w-[10+5]/HASH.jpg",
            json!([["resize", {"width": 30}]]),
        ),
        (
            "/dynamic/rotate-angle-[0-$angle]/HASH.jpg?v=%7B%22angle%22%3A45.5%7D",
            json!([["rotate", {"angle": -45.5}]]),
        ),
        // The query takes precedence over the path.
        (
            "/dynamic/resize-width-[$w]/v-w-1/HASH.jpg?v=%7B%22w%22%3A2%7D",
            json!([["resize", {"width": 2}]]),
        ),
    ] {
        assert_eq!(fixture.steps(path), expected, "{path}");
    }
}

#[test]
fn a_named_stack_has_variables_expressions_and_overrides() {
    let fixture = Fixture::new();
    fixture.stack(
        "card",
        json!({
            "operations": [
                {"name": "resize", "options": {"width": 100, "mode": null}, "expressions": {"width": "$w", "height": "$w_half"}},
                {"name": "sepia", "options": {"enabled": false}},
                {"name": "blur", "options": {"sigma": 2}, "expressions": {"enabled": "$blurred"}},
            ],
            "options": {"jpg.quality": 60},
            "variables": {"w": 500, "w_half": "$w / 2", "blurred": "image.width > 1000"},
            "expressions": [
                {"expression": "options.dpr >= 2", "overrides": {"options": {"jpg.quality": 40}}},
                {"expression": "$w > 800", "overrides": {"variables": {"blurred": true}}},
                {"expression": "request.headers.save_data == 'on'", "overrides": {"options": {"dpr": 1, "jpg.quality": 20}}},
            ],
        }),
    );
    for (path, expected) in [
        (
            "/card/HASH.jpg",
            json!([["resize", {"width": 500, "height": 250}]]),
        ),
        (
            "/card/v-w-601/HASH.jpg",
            json!([["resize", {"width": 601, "height": 301}]]),
        ),
        (
            "/card/v-w-900/HASH.jpg",
            json!([["resize", {"width": 900, "height": 450}], ["blur", {"sigma": 2}]]),
        ),
        // What the URL says about an operation takes precedence over its expression.
        (
            "/card/resize-width-70/HASH.jpg",
            json!([["resize", {"width": 70, "height": 250}]]),
        ),
        (
            "/card/resize-width-70/resize-width-80--blur-enabled-true-sigma-5/HASH.jpg",
            json!([["resize", {"width": 80, "height": 250}], ["blur", {"sigma": 5}]]),
        ),
        (
            "/card/sepia-enabled-true--resize-height-[$w]/HASH.jpg",
            json!([["resize", {"width": 500, "height": 500}], ["sepia", {}]]),
        ),
    ] {
        assert_eq!(fixture.steps(path), expected, "{path}");
    }
    let options = |path: &str, headers: &[(&str, &str)]| {
        let rendering = fixture.rendering_with(path, headers);
        let options = rendering.job.plan.options;
        (options.dpr, options.quality(Format::Jpg), rendering.headers)
    };
    let varies = vec![("vary", "Save-Data".to_owned())];
    assert_eq!(options("/card/HASH.jpg", &[]), (1.0, 60, varies.clone()));
    assert_eq!(
        options("/card/o-dpr-2/HASH.jpg", &[]),
        (2.0, 40, varies.clone())
    );
    let saves = [("save-data", "on")];
    assert_eq!(options("/card/o-dpr-2/HASH.jpg", &saves), (1.0, 20, varies));
}

#[test]
fn variables_are_computed_in_the_order_of_the_definition() {
    let fixture = Fixture::new();
    // Sorted by name, `a` would come before what it reads.
    let definition = r#"{"variables": {"z": 3, "a": "$z + 1", "name": "Hello there", "code": "FF0000"},
        "operations": [{"name": "text", "options": {"font": "abcdef"}, "expressions": {
            "size": "$a", "text": "$name", "color": "$code"}}]}"#;
    let path = "/stacks/acme/ordered";
    let headers = vec![("api-key".to_owned(), Emulator::API_KEY.to_owned())];
    let request = Request::new("PUT", path, headers, definition.into()).unwrap();
    assert_eq!(fixture.service.handle(&request).status, 201);
    let path = format!("/ordered/text-font-{}/HASH.png", fixture.hashes[1]);
    let options =
        json!({"font": fixture.hashes[1], "size": 4, "text": "Hello there", "color": "FF0000"});
    assert_eq!(fixture.steps(&path), json!([["text", options]]));
    let layers = fixture.rendering(&path).job.layers;
    assert_eq!(layers[&fixture.hashes[1]].mimetype, "image/gif");
    assert_eq!(fixture.error("/ordered/HASH.png"), "404 Font not found");
    // A text of the URL is no expression.
    let text = "/ordered/text-font-HASH/v-z-9/HASH.png?v=%7B%22name%22%3A%221%20%2B%201%22%7D";
    assert_eq!(fixture.steps(text)[0][1]["text"], "1 + 1");
}

#[test]
fn expressions_see_the_image_and_its_metadata() {
    let fixture = Fixture::new();
    let image = format!("/sourceimages/acme/{}", fixture.hashes[0]);
    let fields = json!({"str:kind": "logo", "array:tags": ["a", "b"], "int:focus": 7});
    assert_eq!(
        fixture
            .send("PATCH", &format!("{image}/meta/user"), fields)
            .0,
        204
    );
    let area = json!({"x": 10, "y": 20, "width": 30, "height": 40});
    let path = format!("{image}/meta/dynamic/subject_area?keepHash=true");
    assert_eq!(fixture.send("PUT", &path, area).0, 204);
    for (expression, expected) in [
        ("image.width + image.height", json!(200)),
        ("image.format == 'gif' ? 1 : 2", json!(1)),
        (
            "image.hasSubjectArea ? image.subject_area.width : 1",
            json!(30),
        ),
        (
            "image.hasDetectionFace or image.isAnimated ? 1 : 2",
            json!(2),
        ),
        ("image.meta_user.kind == 'logo' ? 1 : 2", json!(1)),
        (
            "'b' in image.meta_user.tags ? image.meta_user.focus : 2",
            json!(7),
        ),
        ("image.meta_user.none == null ? 1 : 2", json!(1)),
        ("options.jpg.quality", json!(80)),
    ] {
        let encoded =
            percent_encoding::utf8_percent_encode(expression, percent_encoding::NON_ALPHANUMERIC);
        let path = format!("/dynamic/resize-width-[{encoded}]/HASH.jpg");
        assert_eq!(
            fixture.steps(&path),
            json!([["resize", {"width": expected}]]),
            "{expression}"
        );
    }
    let rendering =
        fixture.rendering("/dynamic/resize-width-[image.entropy > 5 %3F 1 : 2]/HASH.jpg");
    assert_eq!(rendering.job.plan.steps[0].options["width"], 2);
    assert_eq!(
        rendering.job.plan.unsupported,
        ["image.entropy in an expression"]
    );
    assert!(!rendering.is_final);
}

#[test]
fn the_subject_comes_from_dynamic_metadata() {
    let fixture = Fixture::new();
    let image = format!("/sourceimages/acme/{}/meta/dynamic", fixture.hashes[0]);
    for (kind, value) in [
        ("subject_area", json!({"x": 1, "y": 2})),
        (
            "crop_area",
            json!({"x": 5, "y": 6, "width": 7.5, "height": 8, "percentage": true}),
        ),
        (
            "multi_areas",
            json!({"a": {"crop_area": {"x": 0, "y": 0, "width": 9, "height": 9}, "subject_area": {"x": 3, "y": 4}}}),
        ),
        ("detection_face", json!({})),
    ] {
        let path = format!("{image}/{kind}?keepHash=true");
        assert_eq!(fixture.send("PUT", &path, value).0, 204, "{kind}");
    }
    let subject = fixture.rendering("/dynamic/HASH.jpg").job.plan.subject;
    let area = |x, y, width, height, percentage| plan::Area {
        x,
        y,
        width,
        height,
        percentage,
    };
    assert_eq!(subject.subject_area, Some(area(1.0, 2.0, 1.0, 1.0, false)));
    assert_eq!(subject.crop_area, Some(area(5.0, 6.0, 7.5, 8.0, true)));
    let areas = plan::NamedAreas {
        subject_area: Some(area(3.0, 4.0, 1.0, 1.0, false)),
        crop_area: Some(area(0.0, 0.0, 9.0, 9.0, false)),
    };
    assert_eq!(subject.multi_areas["a"], areas);
    assert_eq!(subject.faces, [area(25.0, 25.0, 50.0, 50.0, true)]);
    assert_eq!(subject.features, [area(40.0, 45.0, 20.0, 20.0, true)]);
}

#[test]
fn a_base_stack_comes_first_and_is_not_changed_by_the_url() {
    let fixture = Fixture::new();
    fixture.stack(
        "first",
        json!({"operations": [{"name": "trim"}], "options": {"dpr": 3}}),
    );
    fixture.stack(
        "base",
        json!({
            "operations": [{"name": "resize", "expressions": {"width": "$w"}}], "variables": {"w": 90},
            "options": {"basestack": "first", "jpg.quality": 10},
        }),
    );
    fixture.stack(
        "card",
        json!({"operations": [{"name": "resize", "options": {"width": 40}}], "options": {"basestack": "base"}}),
    );
    let path = "/card/resize-width-50/o-dpr-2/v-w-7/HASH.jpg";
    let expected = json!([
        ["trim", {}], ["resize", {"width": 90, "_base": true}], ["resize", {"width": 50}]
    ]);
    assert_eq!(fixture.steps(path), expected);
    let options = fixture.rendering(path).job.plan.options;
    assert_eq!((options.dpr, options.quality(Format::Jpg)), (2.0, 70));
    assert_eq!(
        fixture.steps("/dynamic/sepia/o-basestack-first/HASH.jpg"),
        json!([["trim", {}], ["sepia", {}]])
    );
    assert_eq!(
        fixture.error("/dynamic/o-basestack-none/HASH.jpg"),
        "404 Base stack not found"
    );
    fixture.stack(
        "loop",
        json!({"operations": [], "options": {"basestack": "loop"}}),
    );
    assert!(
        fixture
            .error("/loop/HASH.jpg")
            .starts_with("400 Stacks can use one another")
    );
}

#[test]
fn a_composition_brings_its_layers() {
    let fixture = Fixture::new();
    let other = fixture.hashes[1].clone();
    fixture.stack(
        "mark",
        json!({
            "operations": [{"name": "resize", "expressions": {"width": "$size", "height": "image.height"}}],
            "variables": {"size": 5},
        }),
    );
    fixture.stack(
        "framed",
        json!({"operations": [
            {"name": "composition", "options": {"mode": "background", "secondary_image": other}},
            {"name": "composition", "options": {
                "mode": "background", "secondary_image": &other[..6], "secondary_stack": "mark",
                "secondary_stack_variables": "{\"size\": 6}"
            }},
            {"name": "composition", "options": {"mode": "foreground", "secondary_stack": "mark"}},
        ]}),
    );
    let job = fixture.rendering("/framed/HASH.png").job;
    let keys: Vec<String> = job
        .plan
        .steps
        .iter()
        .map(|step| step.text("secondary_image").unwrap().unwrap().into_owned())
        .collect();
    assert_eq!(keys, [other.as_str(), "layer:1", "layer:2"]);
    assert!(job.layers[&other].steps.is_empty());
    let steps = |key: &str| json!(job.layers[key].steps[0].options);
    assert_eq!(steps("layer:1"), json!({"width": 6, "height": 101}));
    // Without an image, the stack renders the same one.
    assert_eq!(steps("layer:2"), json!({"width": 5, "height": 100}));
    assert_eq!(job.layers["layer:2"].binary_hash, job.binary_hash);
    for (path, expected) in [
        (
            "/dynamic/composition-secondary_image-abcdef/HASH.jpg",
            "404 Secondary image not found",
        ),
        (
            "/dynamic/composition-secondary_stack-none/HASH.jpg",
            "404 Secondary stack not found",
        ),
    ] {
        assert_eq!(fixture.error(path), expected);
    }
    let again = json!({"name": "composition", "options": {"secondary_stack": "again"}});
    fixture.stack("again", json!({"operations": vec![again; 50]}));
    assert!(
        fixture
            .error("/again/HASH.jpg")
            .starts_with("400 Stacks can use")
    );
}

#[test]
fn what_the_service_refuses_is_refused() {
    let fixture = Fixture::new();
    fixture.stack("empty", json!({"operations": []}));
    fixture.stack(
        "broken",
        json!({"operations": [], "variables": {"a": "$none + 1"}}),
    );
    for (path, expected) in [
        ("/none/HASH.jpg", "404 Stack not found"),
        ("/dynamic/abcdef.jpg", "404 Source image not found"),
        ("/dynamic/-_none_-.jpg", "404 Source image not found"),
        ("/dynamic/HASH", "404 No route found"),
        ("/HASH.jpg", "404 No route found"),
        ("/", "404 No route found"),
        ("/dynamic/HASH.xyz", "404 No route found"),
        ("/_preview", "404 No route found"),
        (
            "/dynamic/HASH.mp4",
            "400 The emulator does not render the format `mp4`",
        ),
        (
            "/dynamic/explode/HASH.jpg",
            "400 The operation `explode` is unknown",
        ),
        (
            "/dynamic/resize/HASH.jpg",
            "400 The operation `resize` needs one of the options width, height",
        ),
        (
            "/dynamic/crop-width-1/HASH.jpg",
            "400 The operation `crop` needs the option `height`",
        ),
        (
            "/dynamic/resize-width-0/HASH.jpg",
            "400 The operation `resize`: `width`: it cannot be `0`: it must be 1 to 10000",
        ),
        (
            "/dynamic/resize-width-[image.width*1000]/HASH.jpg",
            "400 The operation `resize`: `width`: it cannot be `100000`: it must be 1 to 10000",
        ),
        (
            "/dynamic/resize-width-9-depth-3/HASH.jpg",
            "400 The operation `resize`: `depth`: there is no such option",
        ),
        (
            "/dynamic/resize-width-9-_base-true/HASH.jpg",
            "400 The operation `resize`: `_base`: there is no such option",
        ),
        (
            "/dynamic/resize-width-[foo]/HASH.jpg",
            "400 The operation `resize`: `width`: the expression `foo` is invalid: `foo` is not known",
        ),
        (
            "/empty/o-color-red/HASH.jpg",
            "400 There is no stack option `color`",
        ),
        (
            "/empty/o-dpr-11/HASH.jpg",
            "400 The stack option `dpr` cannot be `11`: it must be 1 to 10",
        ),
        (
            "/empty/o-dpr-2/HASH.jpg",
            "400 The option `dpr` needs a resize operation in the stack",
        ),
        (
            "/broken/HASH.jpg",
            "400 The stack `broken`: the variable `a`: the expression `$none + 1` is invalid: the variable `none` is not set",
        ),
    ] {
        assert_eq!(fixture.error(path), expected, "{path}");
    }
    assert!(
        fixture
            .error("/dynamic/resize-width/HASH.jpg")
            .starts_with("400 ")
    );
    assert!(fixture.error("/dynamic/HASH.jpg?v=1").starts_with("400 "));
    let slow = format!("%27{}%27 matches %27%2Fa%7B30%7D%2F%27", "a".repeat(9_000));
    let slow = fixture.error(&format!("/dynamic/resize-width-[{slow}]/HASH.jpg"));
    assert!(slow.ends_with("the expressions take too long"), "{slow}");
    let many = "--sepia".repeat(101);
    assert!(
        fixture
            .error(&format!("/dynamic/sepia{many}/HASH.jpg"))
            .starts_with("400 A rendering can")
    );
    let many: String = (0..201).map(|number| format!("-a{number}-1")).collect();
    assert!(
        fixture
            .error(&format!("/dynamic/v{many}/HASH.jpg"))
            .starts_with("400 A URL can have")
    );
    // What does nothing on a stack without it is no error.
    assert_eq!(
        fixture.steps("/empty/resize-width-9--explode-a-1/HASH.jpg"),
        json!([])
    );
    assert_eq!(fixture.steps("/empty/o-dpr-1/HASH.jpg"), json!([]));
}

#[test]
fn every_stack_option_of_the_catalogue_is_accepted() {
    let fixture = Fixture::new();
    let catalogue: Value =
        serde_json::from_str(include_str!("../catalogue/stack_options.json")).unwrap();
    for (name, rule) in catalogue["properties"].as_object().unwrap() {
        let example = match name.as_str() {
            "basestack" => json!("base"),
            "remote_basepath" => json!("https://example.com/"),
            "remote_fullurl_whitelist" => json!(["^https://example.com/"]),
            "timestamp" => json!("00:01:02"),
            "autoformat.exclude" => json!("webp,avif"),
            _ => rule["maximum"]
                .is_number()
                .then(|| rule["maximum"].clone())
                .or_else(|| Some(rule["values"][0].clone()).filter(|value| !value.is_null()))
                .unwrap_or(json!(true)),
        };
        let example = match name.as_str() {
            "jpg.transparency.color" => json!("00ff00"),
            _ => example,
        };
        fixture.stack("base", json!({"operations": []}));
        let operations = match name.as_str() {
            "source_file" => json!([]),
            _ => json!([{"name": "resize", "options": {"width": 10}}]),
        };
        for value in [example, rule["default"].clone()] {
            fixture.stack(
                "all",
                json!({"operations": operations, "options": {name: value}}),
            );
            let options = fixture.rendering("/all/HASH.jpg").job.plan.options.values;
            let expected = Some(&value).filter(|value| !value.is_null());
            assert_eq!(options.get(name), expected, "{name}");
        }
    }
}

#[test]
fn options_shape_the_response() {
    let fixture = Fixture::new();
    fixture.stack(
        "source",
        json!({"operations": [], "options": {"source_file": true}}),
    );
    fixture.stack(
        "auto",
        json!({"operations": [], "options": {"autoformat": true, "content_disposition": "attachment"}}),
    );
    assert!(matches!(
        fixture.prepare("/source/HASH.jpg", &[]),
        Ok(Prepared::Original(_))
    ));
    let auto =
        |accept: &str| fixture.rendering_with("/auto/HASH/my.boat.jpg", &[("accept", accept)]);
    let rendering = auto("image/webp,*/*");
    assert_eq!(rendering.job.plan.format, Format::Webp);
    assert_eq!(
        rendering.headers,
        [
            ("vary", "Accept".to_owned()),
            (
                "content-disposition",
                "attachment; filename=\"my.boat.jpg\"".to_owned()
            ),
        ]
    );
    assert!(rendering.is_final);
    assert_ne!(rendering.key, auto("*/*").key);
    assert_eq!(auto("*/*").key, auto("image/png").key);
    // The short form of rokka.js.
    let rendering =
        fixture.rendering_with("/dynamic/o-af-true/HASH.png", &[("accept", "image/webp")]);
    assert_eq!(rendering.job.plan.format, Format::Webp);
    fixture.stack("_preview1", json!({"operations": []}));
    assert!(!fixture.rendering("/_preview1/HASH.jpg").is_final);
    let Ok(Prepared::Done(moved)) = fixture.prepare("/dynamic/HASH.mov?a=1", &[]) else {
        panic!("no redirect");
    };
    let location = moved.get("location").map(str::to_owned);
    assert_eq!(
        (moved.status, location),
        (301, Some(format!("/dynamic/{}.mp4?a=1", fixture.hashes[0])))
    );
}

#[test]
fn the_key_names_the_picture_and_nothing_else() {
    let fixture = Fixture::new();
    fixture.stack(
        "small",
        json!({"operations": [{"name": "resize", "options": {"width": 10}}]}),
    );
    let key = |path: &str| fixture.rendering(path).key;
    let same = key("/small/HASH.jpg");
    for path in [
        "/small/HASH/name.jpg",
        "/dynamic/resize-width-10/HASH.jpg",
        "/dynamic/resize-width-[5+5]/HASH.jpg?sig=1",
        "/small/v-a-1/HASH.jpg",
    ] {
        assert_eq!(key(path), same, "{path}");
    }
    for path in [
        "/small/HASH.png",
        "/dynamic/resize-width-11/HASH.jpg",
        "/small/o-dpr-2/HASH.jpg",
        "/small/o-jpg.quality-9/HASH.jpg",
    ] {
        assert_ne!(key(path), same, "{path}");
    }
    let other = format!("/small/{}.jpg", fixture.hashes[1]);
    assert_ne!(key(&other), same);
    fixture.stack(
        "small",
        json!({"operations": [{"name": "resize", "options": {"width": 12}}]}),
    );
    assert_ne!(key("/small/HASH.jpg"), same);
}

#[test]
fn iiif_requests_become_steps() {
    let fixture = Fixture::new();
    let resize = |width: u32, height: u32| json!(["resize", {"width": f64::from(width), "height": f64::from(height), "mode": "absolute"}]);
    for (path, expected) in [
        ("full/max/0/default.jpg", json!([resize(100, 100)])),
        (
            "square/50,/0/color.jpg",
            json!([
                ["crop", {"width": 100.0, "height": 100.0, "anchor": "0_0"}], resize(50, 50)
            ]),
        ),
        (
            "10,20,200,40/max/0/gray.png",
            json!([
                ["crop", {"width": 90.0, "height": 40.0, "anchor": "10_20"}], resize(90, 40), ["grayscale", {}]
            ]),
        ),
        (
            "pct:50,50,25,50/,20/!90/bitonic.png",
            json!([
                ["crop", {"width": 25.0, "height": 50.0, "anchor": "50_50"}], ["_mirror", {}], resize(10, 20),
                ["rotate", {"angle": 90.0}], ["grayscale", {"levels": 2}]
            ]),
        ),
        ("full/!30,60/0/default.jpg", json!([resize(30, 30)])),
        ("full/!300,600/0/default.jpg", json!([resize(100, 100)])),
        (
            "full/%5E!300,600/360/default.jpg",
            json!([resize(300, 300)]),
        ),
        ("full/%5Emax/0/default.jpg", json!([resize(2048, 2048)])),
        ("full/pct:12.5/0/default.webp", json!([resize(13, 13)])),
        ("full/30,40/0/default.jpg", json!([resize(30, 40)])),
    ] {
        assert_eq!(
            fixture.steps(&format!("/_iiif/3/HASH/{path}")),
            expected,
            "{path}"
        );
    }
    assert_eq!(
        fixture.steps("/_iiif/2/HASH/full/300,/0/default.jpg"),
        json!([resize(300, 300)])
    );
    for path in [
        "/_iiif/HASH/full/300,/0/default.jpg",
        "/_iiif/HASH/100,0,1,1/max/0/default.jpg",
        "/_iiif/HASH/full/%5Epct:3000/0/default.jpg",
        "/_iiif/HASH/full/max/0/sepia.jpg",
        "/_iiif/HASH/nothing",
    ] {
        assert!(fixture.error(path).starts_with("400 "), "{path}");
    }
    assert_eq!(
        fixture.error("/_iiif/abcdef/info.json"),
        "404 Source image not found"
    );
    assert_eq!(fixture.error("/_iiif"), "404 No route found");
}

#[test]
fn the_header_is_short_and_plain() {
    assert_eq!(header_value(&["glitch", "a\nü", "glitch"]), "glitch, a??");
    let long = "x".repeat(2_000);
    assert_eq!(header_value(&[&long]).len(), MAX_UNSUPPORTED);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_url_makes_it_panic(parts in prop::collection::vec(prop::sample::select(vec![
        "/", "-", "--", "dynamic", "stack", "resize", "width", "100", "crop", "composition", "secondary_image", "HASH",
        "secondary_stack", "o", "v", "dpr", "2", "[", "]", "$w", "image.width", "basestack", ".jpg", ".png", ".", "?v=",
        "%7B%22w%22%3A1%7D", "&sig=1", "_iiif", "full", "max", "0", "default", "_albums", "all.json", "-_a_-", "%5B",
    ]), 0..24)) {
        let fixture = Fixture::new();
        fixture.stack("stack", json!({"operations": [{"name": "resize", "expressions": {"width": "$w"}}]}));
        let path = format!("/{}", parts.concat()).replace("HASH", &fixture.hashes[0]);
        if let Some(request) = Request::new("GET", &path, Vec::new(), Bytes::new()) {
            let _ = fixture.service.prepare_rendering(Some("acme"), &request, None);
            let _ = fixture.service.prepare_rendering(None, &request, None);
        }
    }
}
