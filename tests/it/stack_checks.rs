//! Checks of definitions: unknown names, variables, expressions, and what of it prevents sending.

use rokka::render::{Operation, Value as RenderValue};
use rokka::stacks::StackRules;
use rokka::stacks::operations::*;
use rokka::{StackDefinition, StackExpression};
use serde_json::{Value, json};

use crate::support::{Server, json};

fn parsed(definition: Value) -> StackDefinition {
    serde_json::from_value(definition).unwrap()
}

fn problems(rules: &StackRules, definition: Value) -> Vec<String> {
    let problems = rules.problems(&parsed(definition));
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn unknown_names_are_reported_with_a_suggestion_and_their_place() {
    let definition = json!({
        "operations": [
            {"name": "reszie", "options": {"width": 1}},
            {"name": "resize", "options": {"widht": 1, "height": 1}, "expressions": {"upscal": "true"}, "optoins": {}},
            {"name": "xyzzy"},
        ],
        "options": {"jpg.qualty": 80, "plugh": 1},
        "expressions": [{
            "expression": "true", "overides": {},
            "overrides": {"options": {"Autoformat": true}, "option": {}},
        }],
        "optons": {"jpg.quality": 1},
        "variables": {},
        // A stored stack has these.
        "created": "2026-11-20T10:00:00+00:00", "name": "a", "organization": "acme", "link": "/stacks/acme/a",
    });
    assert_eq!(
        problems(&StackRules::new(), definition.clone()),
        [
            "operation `reszie` is unknown: did you mean `resize`? (operations[0])",
            "the key `optoins` is unknown: did you mean `options`? (operations[1].optoins)",
            "operation `resize`: option `widht` is unknown: did you mean `width`? (operations[1].options.widht)",
            "operation `resize`: option `upscal` is unknown: did you mean `upscale`? (operations[1].expressions.upscal)",
            "operation `xyzzy` is unknown (operations[2])",
            "stack option `jpg.qualty` is unknown: did you mean `jpg.quality`? (options.jpg.qualty)",
            "stack option `plugh` is unknown (options.plugh)",
            "the key `overides` is unknown: did you mean `overrides`? (expressions[0].overides)",
            "the key `option` is unknown: did you mean `options`? (expressions[0].overrides.option)",
            "stack option `Autoformat` is unknown: did you mean `autoformat`? (expressions[0].overrides.options.Autoformat)",
            "the key `optons` is unknown: did you mean `options`? (optons)",
        ]
    );
    let allowing = StackRules::new().allow_unknown();
    assert_eq!(problems(&allowing, definition), [""; 0]);
}

#[test]
fn an_error_has_all_problems() {
    let definition = StackDefinition::new()
        .operation(Resize::to_width(0).height(20_000))
        .operation(Crop::new(RenderValue::expression("$w +* 2"), 1))
        .option("jpg.quality", 101)
        .expression(StackExpression::new("options.dpr >= ").option("dpr", 2))
        .variable("h", "$nope / 2");
    let error = definition.check().unwrap_err();
    assert!(error.is_invalid_input());
    assert_eq!(
        error.to_string(),
        "the stack has 6 problems: \
         operation `resize`: `height` cannot be 20000: it must be 1 to 10000 (operations[0].options.height); \
         operation `resize`: `width` cannot be 0: it must be 1 to 10000 (operations[0].options.width); \
         operation `crop`: the expression of `width` `$w +* 2` is broken: a value has to follow at character 5, not `*` \
         (operations[1].expressions.width); \
         stack option `jpg.quality` cannot be 101: it must be 1 to 100 (options.jpg.quality); \
         the condition `options.dpr >= ` is broken: it ends where a value has to follow (expressions[0].expression); \
         the variable `$nope` is not defined (variables.h)"
    );
    let problems = definition.problems();
    assert_eq!(problems.len(), 6);
    assert_eq!(problems[0].place, "operations[0].options.height");
    assert_eq!(problems[0].suggestion, None);
}

#[test]
fn variables_must_be_defined_before_they_are_read() {
    let width =
        |expression: &str| json!([{"name": "resize", "expressions": {"width": expression}}]);
    for (definition, expected) in [
        (
            json!({"operations": width("$w / 2"), "variables": {"w": 1}}),
            vec![],
        ),
        (
            json!({"operations": width("$w + $W + $w"), "variables": {"w1": 1}}),
            vec![
                "the variable `$w` is not defined (operations[0].expressions.width)",
                "the variable `$W` is not defined (operations[0].expressions.width)",
            ],
        ),
        (
            json!({"operations": width("$widht"), "variables": {"width": 1}}),
            vec![
                "the variable `$widht` is not defined: did you mean `$width`? (operations[0].expressions.width)",
            ],
        ),
        (
            json!({"operations": [], "variables": {"a": 1, "b": "$a", "c": "$a * $b", "text": "costs $5"}}),
            vec![],
        ),
        (
            json!({"operations": [], "expressions": [{"expression": "$a > $b", "overrides": {"variables": {"b": 1, "c": "$a"}}}],
                   "variables": {"a": 1}}),
            vec![],
        ),
        (
            json!({"operations": [], "expressions": [{"expression": "$a", "overrides": {"variables": {"b": "$c"}}}]}),
            vec![
                "the variable `$a` is not defined (expressions[0].expression)",
                "the variable `$c` is not defined (expressions[0].overrides.variables.b)",
            ],
        ),
        // An expression reads `$a` and a member, or the variable `a.b`.
        (
            json!({"operations": width("$a.b + $c-d"), "variables": {"a.b": 1, "c-d": 2}}),
            vec![],
        ),
        (
            json!({"operations": [{"name": "svgdynamic", "expressions": [{"id": "a", "attr": "fill", "value": "$c"}]}]}),
            vec!["the variable `$c` is not defined (operations[0].expressions[0].value)"],
        ),
    ] {
        assert_eq!(
            problems(&StackRules::new(), definition.clone()),
            expected,
            "{definition}"
        );
    }
    // JSON of `json!` has sorted keys, so the order needs the builder.
    let late = StackDefinition::new()
        .variable("h", "$w / 2")
        .variable("w", 1);
    let found = late.problems();
    assert_eq!(
        found[0].to_string(),
        "the variable `$w` is read before it is set: move it before this one (variables.h)"
    );
    let itself = StackDefinition::new().variable("w", "$w");
    assert_eq!(itself.problems().len(), 1);
    StackDefinition::new()
        .variable("w", 1)
        .variable("h", "$w / 2")
        .check()
        .unwrap();
    let rules = StackRules::new().variable("w");
    rules
        .check(&StackDefinition::new().variable("h", "$w / 2"))
        .unwrap();
}

#[test]
fn an_expression_among_the_options_is_explained() {
    let definition = json!({"operations": [{"name": "resize", "options": {"width": "$w / 2"}}], "variables": {"w": 1}});
    assert_eq!(
        problems(&StackRules::new(), definition),
        [
            "operation `resize`: `width` cannot be \"$w / 2\": it must be a whole number; an expression belongs to \
          `expressions` (operations[0].options.width)"
        ]
    );
}

#[test]
fn the_catalogue_of_the_service_decides() {
    let operations = include_str!("../../emulator/src/catalogue/operations.json");
    let options = include_str!("../../emulator/src/catalogue/stack_options.json");
    let rules = StackRules::of_service(
        serde_json::from_str(operations).unwrap(),
        serde_json::from_str(options).unwrap(),
    );
    for (definition, expected) in [
        (
            json!({"operations": [
                {"name": "resize", "options": {"width": 300, "mode": "fill", "upscale": false}},
                {"name": "crop", "options": {"width": "10", "height": 10_000, "anchor": "auto"}},
                {"name": "rotate", "options": {"angle": 12.5}},
            ], "options": {"jpg.quality": null, "autoformat": true, "remote_fullurl_whitelist": ["^a"], "basestack": "b"}}),
            vec![],
        ),
        (
            json!({"operations": [
                {"name": "text", "options": {"font": "a", "text": "b"}},
                {"name": "crop", "options": {"width": 10_001, "heigth": 1}},
                {"name": "resize", "options": {"width": 1.5, "height": "tall", "upscale": "maybe", "mode": "zoom"}},
                {"name": "resize"},
            ], "options": {"avif.quality": 1, "fps": 26, "remote_fullurl_whitelist": "a", "optim.quality": true}}),
            vec![
                "operation `text` is unknown (operations[0])",
                "operation `crop`: option `heigth` is unknown: did you mean `height`? (operations[1].options.heigth)",
                "operation `crop`: `width` cannot be 10001: it must be 1 to 10000 (operations[1].options.width)",
                "operation `crop`: `height` is missing (operations[1])",
                "operation `resize`: `height` cannot be \"tall\": its type must be integer (operations[2].options.height)",
                "operation `resize`: `mode` cannot be \"zoom\": it must be one of box, absolute, fill (operations[2].options.mode)",
                "operation `resize`: `upscale` cannot be \"maybe\": its type must be boolean (operations[2].options.upscale)",
                "operation `resize`: `width` cannot be 1.5: its type must be integer (operations[2].options.width)",
                "operation `resize`: it needs width or height (operations[3])",
                "stack option `avif.quality` is unknown: did you mean `av1.quality`? (options.avif.quality)",
                "stack option `fps` cannot be 26: it must be 1 to 25 (options.fps)",
                "stack option `optim.quality` cannot be true: its type must be integer (options.optim.quality)",
                "stack option `remote_fullurl_whitelist` cannot be \"a\": its type must be array (options.remote_fullurl_whitelist)",
            ],
        ),
    ] {
        assert_eq!(
            problems(&rules, definition.clone()),
            expected,
            "{definition}"
        );
    }
    let newer = parsed(json!({"operations": [{"name": "text"}]}));
    rules.clone().allow_unknown().check(&newer).unwrap();
}

#[tokio::test]
async fn creating_a_stack_refuses_only_what_no_service_can_accept() {
    let stored = json(
        201,
        &json!({"organization": "acme", "name": "a", "created": "2026-11-20T10:00:00+0000", "stack_operations": []}),
    );
    let server = Server::exactly([stored]);
    let stacks = server.client().stacks("acme").unwrap();
    let newer = StackDefinition::new()
        .operation(
            Operation::new("brandnew").option("width", RenderValue::expression("$url_sets_it")),
        )
        .option("brand.new", 1);
    assert_eq!(newer.problems().len(), 3);
    stacks.create("a", newer).await.unwrap();
    assert_eq!(
        server.only_request().json(),
        json!({"operations": [{"name": "brandnew", "expressions": {"width": "$url_sets_it"}}], "options": {"brand.new": 1}})
    );
    for refused in [
        StackDefinition::new().operation(Resize::to_width(RenderValue::expression("$w +* 2"))),
        StackDefinition::new().expression(StackExpression::new("a &&")),
        StackDefinition::new().variable("h", "($w"),
        StackDefinition::new().option("dpr", 11),
    ] {
        let error = stacks.create("b", refused).await.unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
    }
    assert_eq!(server.requests().len(), 1);
}
