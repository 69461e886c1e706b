//! Stacks on the wire: every call, every form of response, and the rules of operations and options.

use crate::support::{RecordedRequest, Reply, Server, json, reply};
use futures_util::TryStreamExt;
use rokka::render::rules::{OPERATIONS, Rule, STACK_OPTIONS};
use rokka::render::{Operation, RenderUrl, Value as RenderValue};
use rokka::stacks::operations::*;
use rokka::stacks::{ContentDisposition, Interlacing, StackRules, TransparentJpg};
use rokka::testing::{Emulator, EmulatorExt};
use rokka::{
    Stack, StackDefinition, StackExpression, StackOperation, StackOptions, StackVariables, Stacks,
};
use serde_json::{Value, json};

fn stacks(server: &Server) -> Stacks {
    server.client().stacks("acme").unwrap()
}

fn stack(name: &str) -> Value {
    json!({"organization": "acme", "name": name, "created": "2026-11-20T10:00:00+0000", "stack_operations": []})
}

fn stored(name: &str) -> Reply {
    json(201, &stack(name))
}

#[tokio::test]
async fn a_definition_is_sent_with_the_documented_keys_and_its_variables_in_order() {
    let server = Server::exactly([stored("card")]);
    let card = StackDefinition::new()
        .description("Cards")
        .variable("w", 400)
        .variable("h", "$w / 2")
        .operation(Resize::to_width(RenderValue::expression("$w")).upscale(false))
        .operation(Blur::new(2.0))
        .operation(Operation::new("brandnew").option("list", json!([1, "a"])))
        .options(StackOptions::new().jpg_quality(80).dpr(2))
        .expression(
            StackExpression::new("options.dpr >= 2")
                .option("jpg.quality", 60)
                .variable("w", 800),
        );
    let made = stacks(&server).create("card", card).await.unwrap();
    assert_eq!(made.name, "card");
    let request = server.only_request();
    assert_eq!(request.line(), "PUT /stacks/acme/card");
    assert_eq!(
        request.json(),
        json!({
            "description": "Cards",
            "operations": [
                {"name": "resize", "options": {"upscale": false}, "expressions": {"width": "$w"}},
                {"name": "blur", "options": {"sigma": 2}},
                {"name": "brandnew", "options": {"list": [1, "a"]}},
            ],
            "options": {"jpg.quality": 80, "dpr": 2},
            "expressions": [{
                "expression": "options.dpr >= 2",
                "overrides": {"options": {"jpg.quality": 60}, "variables": {"w": 800}},
            }],
            "variables": {"w": 400, "h": "$w / 2"},
        })
    );
    let text = String::from_utf8(request.body).unwrap();
    assert!(
        text.contains(r#""variables":{"w":400,"h":"$w / 2"}"#),
        "{text}"
    );
}

#[tokio::test]
async fn an_empty_definition_has_a_list_of_operations() {
    let server = Server::exactly([json(200, &stack("bare"))]);
    let call = stacks(&server).create("bare", StackDefinition::new());
    call.overwrite().await.unwrap();
    let request = server.only_request();
    assert_eq!(request.line(), "PUT /stacks/acme/bare?overwrite=true");
    assert_eq!(request.json(), json!({"operations": []}));
}

#[tokio::test]
async fn stacks_are_read_deleted_and_their_caches_emptied() {
    let ok = json(200, &json!({"status": "ok"}));
    let server = Server::exactly([stored("a"), reply(204, ""), ok.clone(), ok]);
    let stacks = stacks(&server);
    stacks.get("a").await.unwrap();
    stacks.delete("_preview_x").await.unwrap();
    let forgotten = stacks.invalidate_cache("a").await.unwrap();
    assert_eq!(forgotten.status.as_deref(), Some("ok"));
    stacks.invalidate_all_caches().await.unwrap();
    let lines: Vec<_> = server
        .requests()
        .iter()
        .map(RecordedRequest::line)
        .collect();
    assert_eq!(
        lines,
        [
            "GET /stacks/acme/a",
            "DELETE /stacks/acme/_preview_x",
            "DELETE /stacks/acme/a/cache",
            "DELETE /stacks/acme/*/cache",
        ]
    );
}

#[tokio::test]
async fn names_are_checked_before_anything_is_sent() {
    let server = Server::exactly([]);
    let stacks = stacks(&server);
    for name in ["dynamic", "_albums", "_", "", "a b", "a/b", "..", "*", "ä"] {
        let error = stacks.get(name).await.unwrap_err();
        assert!(error.is_invalid_input(), "{name}: {error}");
        let error = stacks.copy("a", name).await.unwrap_err();
        assert!(error.is_invalid_input(), "{name}: {error}");
        let error = stacks.invalidate_cache(name).await.unwrap_err();
        assert!(error.is_invalid_input(), "{name}: {error}");
    }
    assert!(server.client().stacks("Acme").is_err());
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn lists_follow_the_cursor_until_there_is_none() {
    let pages = || {
        [
            json(
                200,
                &json!({"items": [stack("a"), stack("b")], "cursor": "x/1"}),
            ),
            json(200, &json!({"items": [stack("c")], "cursor": "x/2"})),
            json(200, &json!({"items": [stack("d")]})),
        ]
    };
    let server = Server::exactly(pages());
    let names: Vec<String> = stacks(&server)
        .list()
        .limit(2)
        .stream()
        .map_ok(|stack| stack.name)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(names, ["a", "b", "c", "d"]);
    let lines: Vec<_> = server
        .requests()
        .iter()
        .map(RecordedRequest::line)
        .collect();
    assert_eq!(
        lines,
        [
            "GET /stacks/acme?limit=2",
            "GET /stacks/acme?limit=2&offset=x%2F1",
            "GET /stacks/acme?limit=2&offset=x%2F2",
        ]
    );

    let server = Server::exactly(pages());
    let page = stacks(&server).list().cursor("x/1").await.unwrap();
    assert_eq!(page.cursor.as_deref(), Some("x/1"));
    assert_eq!(
        server.only_request().line(),
        "GET /stacks/acme?offset=x%2F1"
    );
    let error = stacks(&server).list().limit(2001).await.unwrap_err();
    assert!(error.is_invalid_input());
}

#[tokio::test]
async fn a_cursor_that_repeats_ends_a_list() {
    let page = json(200, &json!({"items": [stack("a")], "cursor": "same"}));
    let server = Server::exactly([page.clone(), page.clone(), page]);
    let pages: Vec<_> = stacks(&server).list().pages().try_collect().await.unwrap();
    assert_eq!((pages.len(), server.requests().len()), (2, 2));
}

/// Answers in every form that is on record, and what is sent when they are written back.
#[tokio::test]
async fn what_was_read_is_written_back_without_a_loss() {
    let operations = json!([
        {"name": "resize", "options": {"width": "810", "height": 99_999_999}},
        {"name": "svgdynamic", "expressions": [{"id": "a", "attr": "fill", "value": "$c"}]},
        {"name": "novel", "options": {"deep": {"z": 1, "list": [null]}}, "unknown": {"k": true}},
    ]);
    let overrides =
        json!({"options": {"jpg.quality": 20}, "variables": {"z": 1, "a": "$z"}, "new": 1});
    let table = [
        (
            json!({
                "stack_operations": operations, "stack_options": {"novel.option": [1], "dpr": 99},
                "stack_expressions": [{"expression": "x", "overrides": overrides, "note": 2}],
                "stack_variables": {"z": 3, "a": "$z * 2", "m": true}, "description": "d",
                "link": "/stacks/acme/a", "updated": "2026-11-21T10:00:00+00:00", "future": {"b": null},
            }),
            json!({
                "operations": operations, "options": {"novel.option": [1], "dpr": 99},
                "expressions": [{"expression": "x", "overrides": overrides, "note": 2}],
                "variables": {"z": 3, "a": "$z * 2", "m": true}, "description": "d",
                "future": {"b": null},
            }),
        ),
        (
            json!({
                "stack_operations": [{"name": "trim", "options": []}], "stack_options": [],
                "stack_expressions": [], "stack_variables": {}, "description": null,
            }),
            json!({"operations": [{"name": "trim"}]}),
        ),
        (json!({}), json!({"operations": []})),
        (
            json!({"stack_expressions": [{"expression": "x", "overrides": []}], "stack_variables": []}),
            json!({"operations": [], "expressions": [{"expression": "x", "overrides": {}}]}),
        ),
        (
            json!({"stack_expressions": null, "stack_operations": null, "stack_options": null}),
            json!({"operations": []}),
        ),
    ];
    for (fields, sent) in table {
        let mut whole =
            json!({"organization": "acme", "name": "a", "created": "2026-11-20T10:00:00+00:00"});
        let object = whole.as_object_mut().unwrap();
        object.extend(fields.as_object().unwrap().clone());
        let server = Server::exactly([
            json(200, &whole),
            stored("b"),
            json(200, &whole),
            stored("c"),
        ]);
        let stacks = stacks(&server);
        let read = stacks.get("a").await.unwrap();
        stacks.create("b", &read).await.unwrap();
        stacks
            .copy("a", "c")
            .to_organization("other")
            .overwrite()
            .await
            .unwrap();
        let requests = server.requests();
        assert_eq!(requests[1].line(), "PUT /stacks/acme/b");
        assert_eq!(requests[1].json(), sent);
        assert_eq!(requests[2].line(), "GET /stacks/acme/a");
        assert_eq!(requests[3].line(), "PUT /stacks/other/c?overwrite=true");
        assert_eq!(requests[3].json(), sent);
    }
}

/// Every number as the service wrote it, to the last bit.
#[tokio::test]
async fn numbers_are_written_back_as_they_were_read() {
    let numbers = [
        "0.1",
        "0.30000000000000004",
        "1.7976931348623157e+308",
        "5e-324",
        "2.2250738585072014e-308",
        "123456789.12345679",
        "31.245270191439438",
        "121.48791951161945",
        "9007199254740993",
        "-9223372036854775808",
        "18446744073709551615",
        "1.0",
        "-0.0",
    ];
    let map = |numbers: &[&str]| {
        let pairs = numbers.iter().enumerate();
        let pairs: Vec<_> = pairs
            .map(|(at, one)| format!("\"a{at:02}\":{one}"))
            .collect();
        format!("{{{}}}", pairs.join(","))
    };
    let map = map(&numbers);
    let text = format!(
        r#"{{"organization":"acme","name":"a","created":"2026-11-20T10:00:00Z",
        "stack_operations":[{{"name":"novel","options":{map},"new":{map}}}],"stack_options":{map},
        "stack_expressions":[{{"expression":"x","overrides":{{"options":{map},"variables":{map}}}}}],
        "stack_variables":{map}}}"#
    );
    let server = Server::exactly([reply(200, &text), stored("b")]);
    let stacks = stacks(&server);
    let read = stacks.get("a").await.unwrap();
    stacks.create("b", read).await.unwrap();
    let sent = String::from_utf8(server.requests()[1].body.clone()).unwrap();
    assert_eq!(sent.matches(&map).count(), 6, "{sent}");
}

/// A stored stack, read as a definition, sends nothing of its storage.
#[tokio::test]
async fn a_definition_that_was_read_from_a_stored_stack_sends_what_it_does() {
    let server = Server::exactly([stored("b")]);
    let read: StackDefinition = serde_json::from_value(json!({
        "organization": "acme", "name": "a", "created": "2026-11-20T10:00:00+00:00",
        "updated": "2026-11-20T10:00:00+00:00", "link": "/stacks/acme/a", "_links": {},
        "stack_operations": [{"name": "noop"}], "stack_options": [], "novel": 1,
    }))
    .unwrap();
    stacks(&server).create("b", read).await.unwrap();
    assert_eq!(
        server.only_request().json(),
        json!({"operations": [{"name": "noop"}], "novel": 1})
    );
}

/// A stored stack that has a key under the name of a definition's field sends that field once.
#[test]
fn an_unknown_key_of_a_stored_stack_does_not_collide_with_a_field_of_the_definition() {
    for key in ["operations", "options", "expressions", "variables"] {
        let mut stored = json!({
            "organization": "acme", "name": "a", "created": "2026-11-20T10:00:00+00:00",
            "description": "d", "stack_operations": [{"name": "noop"}], "novel": 1,
            "stack_options": {"jpg.quality": 70}, "stack_variables": {"w": 1},
        });
        stored[key] = json!("not what a definition has");
        let stack: Stack = serde_json::from_value(stored).unwrap();
        let sent = serde_json::to_string(&StackDefinition::from(stack)).unwrap();
        assert!(!sent.contains("not what"), "{sent}");
        let read: StackDefinition = serde_json::from_str(&sent).unwrap();
        assert_eq!(read.operations.len(), 1, "{sent}");
        assert_eq!(read.extra["novel"], 1);
    }
}

#[test]
fn variables_stay_in_the_order_they_came_in() {
    let text = r#"{"organization":"acme","name":"a","created":"2026-11-20T10:00:00Z","stack_variables":{"z":1,"b":"$z","a":"$b","z":2}}"#;
    let read: Stack = serde_json::from_str(text).unwrap();
    let sent = serde_json::to_string(&StackDefinition::from(read)).unwrap();
    assert!(sent.contains(r#"{"z":2,"b":"$z","a":"$b"}"#), "{sent}");
    let made: StackVariables = [("b", 1), ("a", 2)].into_iter().collect();
    assert_eq!(serde_json::to_string(&made).unwrap(), r#"{"b":1,"a":2}"#);
}

fn fault(operation: impl Into<StackOperation>) -> Option<String> {
    let definition = StackDefinition::new().operation(operation);
    let rules = StackRules::new()
        .variable("x")
        .variable("w")
        .allow_unknown();
    let checked = rules.check(&definition);
    checked.err().map(|error| error.to_string())
}

#[test]
fn ranges_words_and_what_is_required() {
    let raw = |value: Value| -> StackOperation { serde_json::from_value(value).unwrap() };
    let expression = || RenderValue::expression("$x");
    let fine: Vec<StackOperation> = vec![
        Resize::new(1, 10_000).mode(ResizeMode::Fill).into(),
        Resize::to_height(expression()).into(),
        Crop::new(99_999, 1)
            .anchor(Anchor::At(10_000, 0))
            .fallback("left_top")
            .into(),
        Crop::new(1, 1)
            .anchor("12-7")
            .mode(CropMode::Ratio)
            .scale(0.5)
            .into(),
        Rotate::new(-360).background_color("0f0F0f").into(),
        Rotate::new(12.75).enabled(expression()).into(),
        DropShadow::new()
            .horizontal(-100)
            .vertical(100)
            .sigma(0)
            .into(),
        Composition::new()
            .mode(CompositionMode::Background)
            .angle(-400)
            .into(),
        Blur::new(0).into(),
        Primitive::new().count(200).mode(9).into(),
        Grayscale::new().levels(2).into(),
        Modulate::new()
            .brightness(0)
            .saturation(500)
            .hue(360)
            .into(),
        Alpha::new().mode(AlphaMode::Extract).opacity(100).into(),
        Glitch::new().amount(10).random("seed").into(),
        AddFrames::new().delay(0.5).into(),
        Autorotate::new()
            .rotation_direction(RotationDirection::Counterclockwise)
            .into(),
        CircleMask::new().radius(30).into(),
        CircleMask::new().radius("10%").into(),
        Face::new("3f9a21", "1_1", "2_2").into(),
        Multiply::new().factor(1).into(),
        Sharpen::new().m1(0.1).y3(7).into(),
        SvgDynamic::new([SvgChange::new("a", "fill", "#FFF")]).into(),
        Text::new("3f9a21", expression()).size(20).into(),
        Trim::new().into(),
        Noop::new().into(),
        Sepia::default().into(),
        SvgToBitmap::new().into(),
        raw(json!({"name": "resize", "options": {"width": "810"}})),
        raw(json!({"name": "resize", "options": {"width": null, "height": 5}})),
        raw(json!({"name": "resize", "options": {"width": "x"}, "expressions": {"width": "$w"}})),
        raw(json!({"name": "svgdynamic", "expressions": [{"id": "a"}]})),
        raw(json!({"name": "unheard", "options": {"of": -1}})),
        raw(json!({"name": "blur", "options": {"unheard": -1}})),
    ];
    for operation in fine {
        let name = format!("{operation:?}");
        assert_eq!(fault(operation), None, "{name}");
    }
    let refused: Vec<(StackOperation, &str)> = vec![
        (
            Resize::to_width(0).into(),
            "`width` cannot be 0: it must be 1 to 10000",
        ),
        (
            Resize::to_width(-5).into(),
            "`width` cannot be -5: it must be 1 to 10000",
        ),
        (Resize::to_height(10_001).into(), "must be 1 to 10000"),
        (
            Resize::to_width(5).option("width", 2.5).into(),
            "whole number",
        ),
        (Operation::new("resize").into(), "it needs width or height"),
        (
            Resize::to_width(5).option("mode", "zoom").into(),
            "one of box, absolute, fill",
        ),
        (
            Resize::to_width(5).option("upscale", "maybe").into(),
            "true or false",
        ),
        (Crop::new(100_000, 1).into(), "1 to 99999"),
        (
            Crop::new(1, 1).anchor("middle").into(),
            "`anchor` cannot be \"middle\"",
        ),
        (
            Crop::new(1, 1).anchor(Anchor::At(10_001, 0)).into(),
            "0 to 10000",
        ),
        (Crop::new(1, 1).scale(100.5).into(), "0 to 100"),
        (
            Operation::new("crop").option("width", 5).into(),
            "`height` is missing",
        ),
        (
            Operation::new("crop")
                .option("width", 5)
                .option("height", None::<u8>)
                .into(),
            "`height` is missing",
        ),
        (Rotate::new(361).into(), "-360 to 360"),
        (Rotate::new(f64::NAN).into(), "-360 to 360"),
        (Rotate::new(f64::INFINITY).into(), "-360 to 360"),
        (
            Rotate::new(5).background_color("#0F0F0F").into(),
            "six hexadecimal digits",
        ),
        (DropShadow::new().horizontal(101).into(), "-100 to 100"),
        (DropShadow::new().opacity(101).into(), "0 to 100"),
        (Blur::new(100.1).into(), "0 to 100"),
        (Blur::new(1).radius(501).into(), "0 to 500"),
        (Primitive::new().count(0).into(), "1 to 200"),
        (Primitive::new().mode(10).into(), "0 to 9"),
        (Grayscale::new().levels(1).into(), "2 to 256"),
        (Modulate::new().hue(361).into(), "0 to 360"),
        (Glitch::new().amount(11).into(), "0 to 10"),
        (AddFrames::new().delay(1001).into(), "0 to 1000"),
        (Trim::new().fuzzy(-1).into(), "0 to 100"),
        (CircleMask::new().radius("wide").into(), "pixels"),
        (Multiply::new().factor(1.5).into(), "0 to 1"),
        (Sharpen::new().m1(f64::NAN).into(), "must be a number"),
        (
            Operation::new("text").option("font", "a").into(),
            "`text` is missing",
        ),
        (Operation::new("svgdynamic").into(), "`changes` is missing"),
        (raw(json!({"name": ""})), "no name"),
    ];
    for (operation, part) in refused {
        let name = format!("{operation:?}");
        let fault = fault(operation).unwrap_or_else(|| panic!("{name} passes"));
        assert!(fault.contains(part), "{name}: {fault}");
    }
}

#[test]
fn every_stack_option_has_its_name_and_its_range() {
    let all = StackOptions::new()
        .basestack("base-1_a")
        .protected(true)
        .optim_quality(10)
        .optim_disable_all(true)
        .optim_immediate(true)
        .optim_ttl_shared(true)
        .jpg_quality(1)
        .webp_quality(100)
        .heif_quality(2)
        .avif_quality(3)
        .jxl_quality(4)
        .gif_quality(5)
        .jp2_quality(6)
        .av1_quality(7)
        .webm_quality(8)
        .mp4_quality(9)
        .pngquant_quality(10)
        .png_compression_level(9)
        .interlacing_mode(Interlacing::Line)
        .dpr(1.5)
        .dpi(5000)
        .autoformat(true)
        .autoformat_exclude("webp,avif")
        .autoformat_include("avif")
        .transparency_color("00ff00")
        .jpg_transparency_color("0F0F0F")
        .jpg_transparency_autoformat(TransparentJpg::Webp)
        .jpg_transparency_convert(true)
        .remote_fullurl_allow(true)
        .remote_fullurl_whitelist(["^https://a/"])
        .remote_basepath("https://a/")
        .content_disposition(ContentDisposition::Attachment)
        .timestamp("00:01:02")
        .fps(25)
        .min_video_width(6000)
        .min_video_height(2200)
        .pdf_dpi(10)
        .pdf_page(1000)
        .pdf_pages("1,3,5..7")
        .timing_origin(true);
    assert_eq!(
        json!(all),
        json!({
            "basestack": "base-1_a", "protected": true, "optim.quality": 10, "optim.disable_all": true,
            "optim.immediate": true, "optim.ttl_shared": true, "jpg.quality": 1, "webp.quality": 100,
            "heif.quality": 2, "avif.quality": 3, "jxl.quality": 4, "gif.quality": 5, "jp2.quality": 6,
            "av1.quality": 7, "webm.quality": 8, "mp4.quality": 9, "pngquant.quality": 10,
            "png.compression_level": 9, "interlacing.mode": "line", "dpr": 1.5, "dpi": 5000,
            "autoformat": true, "autoformat.exclude": "webp,avif", "autoformat.include": "avif",
            "transparency.color": "00ff00", "jpg.transparency.color": "0F0F0F",
            "jpg.transparency.autoformat": "webp", "jpg.transparency.convert": true,
            "remote_fullurl_allow": true, "remote_fullurl_whitelist": ["^https://a/"],
            "remote_basepath": "https://a/", "content_disposition": "attachment", "timestamp": "00:01:02",
            "fps": 25, "min_video_width": 6000, "min_video_height": 2200, "pdf.dpi": 10, "pdf.page": 1000,
            "pdf.pages": "1,3,5..7", "timing_origin": true,
        })
    );
    let check = |options: StackOptions| StackDefinition::new().options(options).check();
    check(all).unwrap();
    check(StackOptions::new().option("basestack", Value::Null)).unwrap();
    check(StackOptions::new().source_file(true)).unwrap();
    for (name, value) in [
        ("optim.quality", json!(11)),
        ("jpg.quality", json!(0)),
        ("jpg.quality", json!(101)),
        ("pngquant.quality", json!(9)),
        ("png.compression_level", json!(10)),
        ("dpr", json!(0.5)),
        ("dpr", json!(10.5)),
        ("dpi", json!(9)),
        ("fps", json!(26)),
        ("min_video_width", json!(6001)),
        ("min_video_height", json!(2201)),
        ("pdf.dpi", json!(1001)),
        ("pdf.page", json!(0)),
        ("autoformat", json!("sometimes")),
        ("interlacing.mode", json!("zigzag")),
        ("jpg.transparency.color", json!("white")),
        ("remote_basepath", json!("ftp://a")),
        ("remote_fullurl_whitelist", json!("^https")),
        ("timestamp", json!("1:2")),
        ("basestack", json!("a b")),
    ] {
        let error = check(StackOptions::new().option(name, value.clone())).unwrap_err();
        assert!(error.to_string().contains(&format!("`{name}`")), "{error}");
        let rule = StackExpression::new("true").option(name, value);
        let definition = StackDefinition::new().expression(rule);
        assert!(definition.check().is_err(), "{name}");
    }
    let original = StackOptions::new().source_file(true);
    assert!(check(original.clone().jpg_quality(80)).is_err());
    let both = StackDefinition::new()
        .options(original)
        .operation(Trim::new());
    assert!(both.check().is_err());
    assert!(
        StackDefinition::new()
            .expression(StackExpression::new(" "))
            .check()
            .is_err()
    );
}

/// Values that are out of range for a rule.
fn out_of_range(rule: Rule) -> Vec<Value> {
    match rule {
        Rule::Integer(least, most) => {
            vec![
                json!(least - 1),
                json!(most + 1),
                json!(1.5),
                json!("a"),
                json!(true),
            ]
        }
        Rule::Number(least, most) if least > f64::MIN => {
            vec![json!(least - 1.0), json!(most + 0.5)]
        }
        Rule::Bool => vec![json!("yes"), json!(2)],
        Rule::Color => vec![json!("red"), json!("FFFFF")],
        Rule::Anchor => vec![json!("top"), json!("left_10001")],
        Rule::Words(_) => vec![json!("nope"), json!(1)],
        Rule::Radius => vec![json!("1.5p")],
        Rule::Time => vec![json!("1:2:3")],
        Rule::Url => vec![json!("ftp:x")],
        Rule::Stack => vec![json!("a b")],
        _ => vec![],
    }
}

#[test]
fn the_same_ranges_hold_in_stacks_and_in_urls() {
    let image = || RenderUrl::new("acme", "3f9a21").unwrap();
    let mut compared = 0;
    let mut assert_same = |what: String, stack: rokka::Result<()>, url: RenderUrl| {
        let stack = stack.unwrap_err().to_string();
        let url = url.url().unwrap_err().to_string();
        // Both say the same: `… cannot be …: it must …`.
        let (_, rule) = stack
            .split_once(": it must ")
            .unwrap_or_else(|| panic!("{what}: {stack}"));
        let rule = rule.split([';', '(']).next().unwrap().trim();
        assert!(
            url.contains(&format!(": it must {rule}")),
            "{what}: {stack} {url}"
        );
        compared += 1;
    };
    for operation in OPERATIONS {
        for option in operation.options {
            for value in out_of_range(option.rule) {
                let wrong = Operation::new(operation.name).option(option.name, value.clone());
                let stack = StackDefinition::new().operation(wrong.clone());
                let what = format!("{} {} {value}", operation.name, option.name);
                assert_same(what, stack.check(), image().operation(wrong));
            }
        }
    }
    for option in STACK_OPTIONS {
        for value in out_of_range(option.rule) {
            let stack = StackDefinition::new().option(option.name, value.clone());
            let what = format!("{} {value}", option.name);
            assert_same(what, stack.check(), image().option(option.name, value));
        }
    }
    assert!(compared > 200, "{compared}");
}

#[tokio::test]
async fn what_is_refused_is_not_sent_unless_unchecked() {
    let server = Server::exactly([stored("a")]);
    let wrong = StackDefinition::new().operation(Resize::to_width(20_000));
    let error = stacks(&server)
        .create("a", wrong.clone())
        .await
        .unwrap_err();
    assert!(error.is_invalid_input());
    assert!(server.requests().is_empty());
    stacks(&server)
        .create("a", wrong)
        .unchecked()
        .await
        .unwrap();
    assert_eq!(
        server.only_request().json()["operations"][0]["options"]["width"],
        20_000
    );
}

#[test]
fn one_operation_serves_stacks_and_urls() {
    let crop = Crop::new(RenderValue::expression("$w"), 200).anchor(Anchor::Face);
    let url = |operation: Operation| {
        RenderUrl::new("acme", "3f9a21")
            .unwrap()
            .dynamic([operation])
            .url()
    };
    let expected =
        "https://acme.rokka.io/dynamic/crop-width-[$w]-height-200-anchor-face/3f9a21.jpg";
    assert_eq!(url(crop.clone().into()).unwrap(), expected);
    let stored = StackOperation::from(crop);
    let again = Operation::try_from(&stored).unwrap();
    assert_eq!(json!(StackOperation::from(again)), json!(stored));
    // What no path can carry is refused when the URL is written.
    assert!(url(Rotate::new(-90).into()).is_err());
    assert!(url(SvgDynamic::new([SvgChange::new("a", "b", 1)]).into()).is_err());
    for odd in [
        json!({"name": "a", "expressions": [{"id": "x"}]}),
        json!({"name": "a", "expressions": {"x": 1}}),
        json!({"name": "a", "future": 1}),
    ] {
        let operation: StackOperation = serde_json::from_value(odd).unwrap();
        assert!(Operation::try_from(&operation).is_err());
    }
    let options = StackOptions::new().jpg_quality(60).dpr(2);
    let url = RenderUrl::new("acme", "3f9a21")
        .unwrap()
        .stack("card")
        .options(options)
        .url();
    assert_eq!(
        url.unwrap(),
        "https://acme.rokka.io/card/o-dpr-2-jpg.quality-60/3f9a21.jpg"
    );
}

#[tokio::test]
async fn the_catalogues_are_read() {
    let server = Server::exactly([
        reply(
            200,
            include_bytes!("../../emulator/src/catalogue/operations.json"),
        ),
        reply(
            200,
            include_bytes!("../../emulator/src/catalogue/stack_options.json"),
        ),
    ]);
    let operations = server.client().operations().await.unwrap();
    assert_eq!(operations["resize"].one_of, ["width", "height"]);
    assert_eq!(operations["crop"].required, ["width", "height"]);
    let options = server.client().stack_options().await.unwrap();
    assert_eq!(options.properties["fps"].maximum, Some(25.0));
    let lines: Vec<_> = server
        .requests()
        .iter()
        .map(RecordedRequest::line)
        .collect();
    assert_eq!(lines, ["GET /operations", "GET /stackoptions"]);
}

#[tokio::test]
async fn the_emulator_keeps_stacks() {
    let emulator = Emulator::builder()
        .organization("acme")
        .organization("other")
        .start()
        .await;
    let client = emulator.client().unwrap();
    let stacks = client.stacks("acme").unwrap();
    let card = StackDefinition::new()
        .operation(Resize::to_width(300))
        .variable("z", 1)
        .option("jpg.quality", 70);
    assert!(stacks.get("card").await.unwrap_err().is_not_found());
    stacks.create("card", card.clone()).await.unwrap();
    assert!(
        stacks
            .create("card", card.clone())
            .await
            .unwrap_err()
            .is_conflict()
    );
    let protected = card.clone().option("protected", true);
    let error = stacks
        .create("card", protected)
        .overwrite()
        .await
        .unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(400));
    stacks.create("card", card).overwrite().await.unwrap();
    let read = stacks.get("card").await.unwrap();
    assert_eq!(read.link.as_deref(), Some("/stacks/acme/card"));
    assert_eq!(read.stack_options["jpg.quality"], 70);
    stacks
        .copy("card", "card")
        .to_organization("other")
        .await
        .unwrap();
    let others = client.stacks("other").unwrap();
    assert_eq!(
        others.get("card").await.unwrap().stack_operations[0].name,
        "resize"
    );
    for name in ["a", "b", "c", "d"] {
        stacks.create(name, StackDefinition::new()).await.unwrap();
    }
    let pages: Vec<_> = stacks.list().limit(2).pages().try_collect().await.unwrap();
    let names: Vec<_> = pages
        .iter()
        .flat_map(|page| &page.items)
        .map(|one| &*one.name)
        .collect();
    assert_eq!(names, ["a", "b", "c", "card", "d"]);
    assert_eq!(pages.len(), 3);
    for _ in 0..5 {
        stacks.invalidate_cache("a").await.unwrap();
    }
    let call = stacks.invalidate_cache("a").retry(rokka::Retry::never());
    assert!(call.await.unwrap_err().is_rate_limited());
    stacks.invalidate_all_caches().await.unwrap();
    stacks.delete("a").await.unwrap();
    assert!(stacks.delete("a").await.unwrap_err().is_not_found());
    // The catalogues need no key.
    let stranger = rokka::Client::builder()
        .api_host(emulator.url())
        .build()
        .unwrap();
    assert_eq!(stranger.operations().await.unwrap().len(), 16);
    assert!(stranger.stack_options().await.unwrap().properties.len() > 20);
}
