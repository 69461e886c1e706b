//! Definitions in files: JSON, TOML and YAML in the format of the service.

use std::collections::BTreeMap;

use rokka::render::Value as RenderValue;
use rokka::stacks::operations::*;
use rokka::{StackDefinition, StackExpression, StackOptions};
use serde_json::json;

type Stacks = BTreeMap<String, StackDefinition>;

fn built() -> Stacks {
    let card = StackDefinition::new()
        .description("Cards of the \"shop\"\nin two lines")
        .variable("w", 400)
        .variable("h", "$w / 2")
        .variable("a", true)
        .operation(
            Resize::new(RenderValue::expression("$w"), RenderValue::expression("$h"))
                .mode(ResizeMode::Fill)
                .upscale(false),
        )
        .operation(Rotate::new(12.5).background_color("00FF00"))
        .operation(SvgDynamic::new([SvgChange::new("a", "fill", "#FFF")]))
        .options(
            StackOptions::new()
                .jpg_quality(80)
                .dpr(1.5)
                .remote_fullurl_whitelist(["^https://a"]),
        )
        .expression(
            StackExpression::new("options.dpr >= 2")
                .option("jpg.quality", 60)
                .variable("w", 800),
        );
    BTreeMap::from([
        ("bare".to_owned(), StackDefinition::new()),
        ("card".to_owned(), card),
    ])
}

const TOML: &str = r##"
[bare]
operations = []

[card]
description = """Cards of the "shop"
in two lines"""
variables = { w = 400, h = "$w / 2", a = true }

[[card.operations]]
name = "resize"
options = { mode = "fill", upscale = false }
expressions = { width = "$w", height = "$h" }

[[card.operations]]
name = "rotate"
options = { angle = 12.5, background_color = "00FF00" }

[[card.operations]]
name = "svgdynamic"
options.changes = [{ id = "a", attr = "fill", value = "#FFF" }]

[card.options]
"jpg.quality" = 80
dpr = 1.5
remote_fullurl_whitelist = ["^https://a"]

[[card.expressions]]
expression = "options.dpr >= 2"
overrides = { options = { "jpg.quality" = 60 }, variables = { w = 800 } }
"##;

const YAML: &str = r##"
bare:
  operations: []
card:
  description: "Cards of the \"shop\"\nin two lines"
  variables:
    w: 400
    h: $w / 2
    a: true
  operations:
    - name: resize
      options: { mode: fill, upscale: false }
      expressions: { width: $w, height: $h }
    - name: rotate
      options:
        angle: 12.5
        background_color: "00FF00"
    - name: svgdynamic
      options:
        changes:
          - { id: a, attr: fill, value: "#FFF" }
  options:
    jpg.quality: 80
    dpr: 1.5
    remote_fullurl_whitelist: ["^https://a"]
  expressions:
    - expression: options.dpr >= 2
      overrides:
        options: { jpg.quality: 60 }
        variables: { w: 800 }
"##;

/// The JSON of the definitions, in which the order of variables shows.
fn text(stacks: &Stacks) -> String {
    serde_json::to_string(stacks).unwrap()
}

#[test]
fn files_of_every_format_mean_the_same() {
    let built = built();
    let toml: Stacks = toml::from_str(TOML).unwrap();
    assert_eq!(text(&toml), text(&built));
    let yaml: Stacks = yaml_serde::from_str(YAML).unwrap();
    assert_eq!(text(&yaml), text(&built));
    for definition in built.values().chain(toml.values()).chain(yaml.values()) {
        definition.check().unwrap();
    }
}

#[test]
fn written_definitions_are_read_again() {
    let built = built();
    let json = serde_json::to_string_pretty(&built).unwrap();
    assert_eq!(text(&serde_json::from_str(&json).unwrap()), text(&built));
    let toml = toml::to_string_pretty(&built).unwrap();
    assert_eq!(
        text(&toml::from_str(&toml).unwrap()),
        text(&built),
        "{toml}"
    );
    let yaml = yaml_serde::to_string(&built).unwrap();
    assert_eq!(
        text(&yaml_serde::from_str(&yaml).unwrap()),
        text(&built),
        "{yaml}"
    );
}

#[test]
fn unknown_keys_of_files_are_kept_and_reported() {
    let toml = "operations = [{ name = \"resize\", options = { width = 3 }, note = \"a\" }]\nfuture = { x = [1, 2.5] }\n";
    let definition: StackDefinition = toml::from_str(toml).unwrap();
    assert_eq!(
        json!(definition),
        json!({
            "operations": [{"name": "resize", "options": {"width": 3}, "note": "a"}],
            "future": {"x": [1, 2.5]},
        })
    );
    let written = toml::to_string(&definition).unwrap();
    let again: StackDefinition = toml::from_str(&written).unwrap();
    assert_eq!(json!(again), json!(definition));
    let problems: Vec<_> = definition
        .problems()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        problems,
        [
            "the key `note` is unknown (operations[0].note)",
            "the key `future` is unknown (future)",
        ]
    );
}

#[test]
fn the_names_of_responses_are_read_too() {
    let yaml = "stack_operations: []\nstack_options: {dpr: 2}\nstack_variables: {b: 1, a: 2}\nstack_expressions: []\n";
    let definition: StackDefinition = yaml_serde::from_str(yaml).unwrap();
    assert_eq!(
        serde_json::to_string(&definition).unwrap(),
        r#"{"operations":[],"options":{"dpr":2},"variables":{"b":1,"a":2}}"#
    );
    let error = yaml_serde::from_str::<StackDefinition>("options: {}").unwrap_err();
    assert!(error.to_string().contains("operations"), "{error}");
}
