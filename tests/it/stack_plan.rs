//! Plans of stacks: what is read, what is shown, what is sent, and what happens when something fails or changes.

use std::collections::BTreeMap;

use futures_util::{Stream, StreamExt};
use rokka::render::Operation;
use rokka::stacks::operations::*;
use rokka::stacks::{AppliedStack, ApplyPlan, StackAction, StackRules};
use rokka::testing::{Emulator, EmulatorExt};
use rokka::{ErrorKind, StackDefinition, Stacks};
use serde_json::{Value, json};

use crate::support::{RecordedRequest, Reply, Server, json, reply};

fn width(width: u32) -> StackDefinition {
    StackDefinition::new().operation(Resize::to_width(width))
}

fn stored(name: &str, width: u32) -> Value {
    json!({
        "organization": "acme", "name": name, "created": "2026-11-20T10:00:00+0000",
        "stack_operations": [{"name": "resize", "options": {"width": width}}],
        "stack_options": [], "stack_expressions": [], "stack_variables": {},
    })
}

async fn emulated() -> (Emulator, Stacks) {
    let emulator = Emulator::start().await;
    let stacks = emulator.client().unwrap().stacks("acme").unwrap();
    (emulator, stacks)
}

fn lines(requests: &[RecordedRequest]) -> Vec<String> {
    requests.iter().map(RecordedRequest::line).collect()
}

async fn applied(apply: ApplyPlan) -> Vec<AppliedStack> {
    apply.collect().await
}

/// The results as text: what was done with which stack, or the error.
async fn results(apply: ApplyPlan) -> Vec<String> {
    let text = |applied: AppliedStack| match applied.result {
        Ok(stack) => {
            if let Some(stack) = &stack {
                assert_eq!(stack.name, applied.name);
            }
            assert_eq!(stack.is_none(), applied.action == StackAction::Delete);
            format!("{} {}", applied.action, applied.name)
        }
        Err(error) => format!("{} {}: {error}", applied.action, applied.name),
    };
    applied(apply).await.into_iter().map(text).collect()
}

#[tokio::test]
async fn a_plan_reads_one_list_and_what_differs_and_shows_it() {
    let server = Server::respond(|request| match request.line().as_str() {
        "GET /stacks/acme?limit=1000" => json(
            200,
            &json!({"items": [stored("card", 300), stored("same", 5), stored("old", 1), stored("_preview1", 1)], "cursor": "x"}),
        ),
        "GET /stacks/acme?limit=1000&offset=x" => {
            json(200, &json!({"items": [stored("listed", 1)]}))
        }
        "GET /stacks/acme/card" => json(200, &stored("card", 300)),
        // The list has left a part out.
        "GET /stacks/acme/listed" => json(200, &stored("listed", 9)),
        other => reply(599, other),
    });
    let stacks = server.client().stacks("acme").unwrap();
    let definitions = BTreeMap::from([
        ("card".to_owned(), width(400).option("jpg.quality", 80)),
        ("listed".to_owned(), width(9)),
        ("new".to_owned(), width(7).variable("w", 1)),
        ("same".to_owned(), width(5)),
    ]);
    let plan = stacks.plan(&definitions).await.unwrap();
    let mut requests = lines(&server.requests());
    requests[2..].sort();
    assert_eq!(
        requests,
        [
            "GET /stacks/acme?limit=1000",
            "GET /stacks/acme?limit=1000&offset=x",
            "GET /stacks/acme/card",
            "GET /stacks/acme/listed",
        ]
    );
    assert_eq!(
        plan.to_string(),
        "Stacks of acme: 1 to create, 1 to change, 2 without a definition, 2 unchanged\n\
         ~ card\n    \
         ~ operations[0].options.width (resize): 300 → 400\n    \
         + options.jpg.quality: 80\n\
         + new\n    \
         + operations[0] (resize): {\"options\":{\"width\":7}}\n    \
         + variables.w: 1\n\
         ? old (kept: it has no definition)\n\
         ? _preview1 (kept: it has no definition)\n"
    );
    assert!(!plan.is_empty());
    let actions: Vec<_> = plan
        .stacks()
        .iter()
        .map(|stack| (stack.name.as_str(), stack.action))
        .collect();
    assert_eq!(
        actions,
        [
            ("card", StackAction::Update),
            ("listed", StackAction::Unchanged),
            ("new", StackAction::Create),
            ("same", StackAction::Unchanged),
            ("old", StackAction::Keep),
            ("_preview1", StackAction::Keep),
        ]
    );
    assert_eq!(plan.stacks()[0].differences[0].before, Some(json!(300)));
}

#[tokio::test]
async fn applying_a_plan_leaves_nothing_to_do() {
    let (emulator, stacks) = emulated().await;
    stacks.create("card", width(300)).await.unwrap();
    stacks.create("same", width(5)).await.unwrap();
    stacks.create("old", width(1)).await.unwrap();
    let definitions = [
        (
            "card",
            width(400)
                .option("dpr", 2)
                .variable("w", 1.0)
                .description("Cards"),
        ),
        ("new", width(7)),
        ("same", width(5)),
    ];
    let plan = stacks.plan(definitions.clone()).await.unwrap();
    assert_eq!(results(plan.apply()).await, ["change card", "create new"]);
    let read = stacks.get("card").await.unwrap();
    assert_eq!(StackDefinition::from(read).options.unwrap()["dpr"], 2);

    let again = stacks.plan(definitions.clone()).await.unwrap();
    assert!(again.is_empty(), "{again}");
    assert_eq!(
        again.to_string(),
        "Stacks of acme: 1 without a definition, 3 unchanged\n? old (kept: it has no definition)\n"
    );
    assert_eq!(results(again.apply()).await, [""; 0]);
    assert!(stacks.get("old").await.is_ok());

    let pruning = stacks.plan(definitions.clone()).prune().await.unwrap();
    assert_eq!(
        pruning.to_string(),
        "Stacks of acme: 1 to delete, 3 unchanged\n- old\n"
    );
    assert_eq!(results(pruning.apply()).await, ["delete old"]);
    assert!(stacks.get("old").await.unwrap_err().is_not_found());
    let last = stacks.plan(definitions).prune().await.unwrap();
    assert_eq!(last.to_string(), "Stacks of acme: 3 unchanged\n");
    drop(emulator);
}

#[tokio::test]
async fn only_what_changes_is_sent() {
    let server = Server::respond(|request| match request.line().as_str() {
        "GET /stacks/acme?limit=1000" => json(
            200,
            &json!({"items": [stored("card", 300), stored("same", 5), stored("old", 1)]}),
        ),
        "GET /stacks/acme/card" => json(200, &stored("card", 300)),
        "GET /stacks/acme/old" => json(200, &stored("old", 1)),
        "PUT /stacks/acme/card?overwrite=true" => json(200, &stored("card", 400)),
        "PUT /stacks/acme/new" => reply(201, ""),
        "GET /stacks/acme/new" => json(200, &stored("new", 7)),
        "DELETE /stacks/acme/old" => reply(204, ""),
        other => reply(599, other),
    });
    let stacks = server.client().stacks("acme").unwrap();
    let definitions = [("new", width(7)), ("card", width(400)), ("same", width(5))];
    let plan = stacks
        .plan(definitions)
        .prune()
        .header("X-Who", "me")
        .await
        .unwrap();
    let before = server.requests().len();
    let mut apply = plan.apply().header("X-Why", "test");
    assert_eq!(apply.size_hint(), (3, Some(3)));
    // Nothing is sent before the stream is polled, nor after an item is there.
    assert_eq!(server.requests().len(), before);
    let first = apply.next().await.unwrap();
    assert_eq!(
        (
            first.name.as_str(),
            first.result.unwrap().unwrap().name.as_str()
        ),
        ("new", "new")
    );
    assert_eq!(apply.size_hint(), (2, Some(2)));
    assert_eq!(results(apply).await, ["change card", "delete old"]);
    let requests = server.requests().split_off(before);
    assert_eq!(
        lines(&requests),
        [
            "PUT /stacks/acme/new",
            "GET /stacks/acme/new",
            "GET /stacks/acme/card",
            "PUT /stacks/acme/card?overwrite=true",
            "GET /stacks/acme/old",
            "DELETE /stacks/acme/old",
        ]
    );
    assert_eq!(
        requests[3].json(),
        json!({"operations": [{"name": "resize", "options": {"width": 400}}]})
    );
    for request in &requests {
        assert_eq!(request.header("X-Who"), Some("me"));
        assert_eq!(request.header("X-Why"), Some("test"));
    }
}

#[tokio::test]
async fn a_failure_in_the_middle_keeps_what_was_done_and_deletes_nothing() {
    let broken = |request: &RecordedRequest| -> Reply {
        match request.line().as_str() {
            "GET /stacks/acme?limit=1000" => {
                json(200, &json!({"items": [stored("b", 1), stored("old", 1)]}))
            }
            "GET /stacks/acme/b" => json(200, &stored("b", 1)),
            "GET /stacks/acme/old" => json(200, &stored("old", 1)),
            "PUT /stacks/acme/a" => json(201, &stored("a", 1)),
            "PUT /stacks/acme/b?overwrite=true" => json(
                400,
                &json!({"error": {"code": 400, "message": "no such font"}}),
            ),
            "PUT /stacks/acme/c" => json(201, &stored("c", 3)),
            other => reply(599, other),
        }
    };
    let server = Server::respond(broken);
    let stacks = server.client().stacks("acme").unwrap();
    let definitions = [("a", width(1)), ("b", width(2)), ("c", width(3))];
    let plan = stacks.plan(definitions).prune().await.unwrap();
    let results = results(plan.apply()).await;
    assert_eq!(
        results,
        [
            "create a",
            "change b: createStack: 400: no such font (after 2 attempts)",
            "create c",
            "delete old: the stack `old` is not deleted, because `b` failed: make a new plan",
        ]
    );
    let requests = lines(&server.requests());
    assert!(
        !requests.iter().any(|line| line.starts_with("DELETE")),
        "{requests:?}"
    );
}

#[tokio::test]
async fn what_changed_since_the_plan_stays_as_it_is() {
    let (emulator, stacks) = emulated().await;
    for name in ["changed", "done", "gone", "old", "oldgone"] {
        stacks.create(name, width(1)).await.unwrap();
    }
    let definitions = [
        ("changed", width(2)),
        ("created", width(2)),
        ("createdtoo", width(2)),
        ("done", width(2)),
        ("gone", width(2)),
    ];
    let plan = stacks.plan(definitions).prune().await.unwrap();
    stacks
        .create("changed", width(3))
        .overwrite()
        .await
        .unwrap();
    stacks.create("created", width(3)).await.unwrap();
    stacks.create("createdtoo", width(2)).await.unwrap();
    stacks.create("done", width(2)).overwrite().await.unwrap();
    stacks.delete("gone").await.unwrap();
    stacks.create("old", width(3)).overwrite().await.unwrap();
    stacks.delete("oldgone").await.unwrap();
    let sent = emulator.requests().len();
    let results = results(plan.clone().apply()).await;
    assert_eq!(
        results[..1],
        [
            "change changed: the stack `changed` was changed after the plan was made: make a new plan"
        ]
    );
    assert!(
        results[1].starts_with("create created: createStack: 409: "),
        "{results:?}"
    );
    assert!(
        results[1].contains("it was created after the plan was made: make a new plan"),
        "{results:?}"
    );
    assert_eq!(
        results[2..5],
        [
            "create createdtoo",
            "change done",
            "change gone: the stack `gone` was changed after the plan was made: make a new plan",
        ]
    );
    assert!(
        results[5..]
            .iter()
            .all(|result| result.contains("is not deleted, because `changed` failed")),
        "{results:?}"
    );
    let written: Vec<_> = emulator.requests().split_off(sent);
    let written = written
        .iter()
        .filter(|request| request.method != "GET")
        .count();
    // The two that were created meanwhile are tried.
    assert_eq!(written, 2);
    for name in ["changed", "created", "old"] {
        let stack = stacks.get(name).await.unwrap();
        assert_eq!(
            stack.stack_operations[0].options.as_ref().unwrap().0["width"],
            3,
            "{name}"
        );
    }
    // What is to be deleted is compared too.
    let pruning = stacks.plan([("done", width(2))]).prune().await.unwrap();
    stacks.create("old", width(4)).overwrite().await.unwrap();
    assert_eq!(
        self::results(pruning.apply()).await,
        [
            "delete old: the stack `old` was changed after the plan was made: make a new plan",
            "delete createdtoo: the stack `createdtoo` is not deleted, because `old` failed: make a new plan",
            "delete created: the stack `created` is not deleted, because `old` failed: make a new plan",
            "delete changed: the stack `changed` is not deleted, because `old` failed: make a new plan",
        ]
    );
    // One that is gone is as good as deleted.
    let pruning = stacks.plan([("done", width(2))]).prune().await.unwrap();
    stacks.delete("createdtoo").await.unwrap();
    assert_eq!(
        self::results(pruning.apply()).await,
        [
            "delete old",
            "delete createdtoo",
            "delete created",
            "delete changed"
        ]
    );
}

#[tokio::test]
async fn a_plan_that_was_dropped_can_be_made_again() {
    let (_emulator, stacks) = emulated().await;
    let definitions = [("a", width(1)), ("b", width(2)), ("c", width(3))];
    let mut apply = stacks.plan(definitions.clone()).await.unwrap().apply();
    assert!(apply.next().await.unwrap().result.is_ok());
    drop(apply);
    let rest = stacks.plan(definitions).await.unwrap();
    assert_eq!(results(rest.apply()).await, ["create b", "create c"]);
}

#[tokio::test]
async fn stacks_follow_those_that_they_use() {
    let (_emulator, stacks) = emulated().await;
    let on = |base: &str| width(1).option("basestack", base);
    let mark = Composition::new()
        .mode(CompositionMode::Foreground)
        .secondary_stack("mark");
    let definitions = [
        ("top", on("middle")),
        ("loop", on("loop2")),
        ("loop2", on("loop")),
        ("middle", on("base").operation(mark)),
        ("mark", width(1)),
        ("self", on("self")),
        ("base", on("elsewhere")),
    ];
    let plan = stacks.plan(definitions).await.unwrap();
    let order = ["mark", "self", "base", "middle", "top", "loop", "loop2"]
        .map(|name| format!("create {name}"));
    assert_eq!(results(plan.apply()).await, order);

    // Deletions go the other way, and leave what a definition uses.
    let plan = stacks
        .plan([("new", on("base")), ("loop", on("loop2"))])
        .prune()
        .await
        .unwrap();
    assert!(
        plan.to_string()
            .contains("\n? base (kept: it has no definition, but `new` uses it)\n"),
        "{plan}"
    );
    let done = results(plan.apply()).await;
    let at = |name: &str| {
        done.iter()
            .position(|line| line == &format!("delete {name}"))
            .unwrap()
    };
    assert!(
        at("top") < at("middle") && at("middle") < at("mark"),
        "{done:?}"
    );
    assert_eq!(done.len(), 5, "{done:?}");
    assert!(stacks.get("base").await.is_ok() && stacks.get("loop2").await.is_ok());
}

#[tokio::test]
async fn invalid_definitions_fail_before_anything_is_sent() {
    let server = Server::exactly([]);
    let stacks = server.client().stacks("acme").unwrap();
    let typo = || {
        StackDefinition::new()
            .operation(Operation::new("reszie"))
            .option("jpg.qualty", 1)
    };
    for (definitions, expected) in [
        (
            vec![("a", typo()), ("b", width(0)), ("c", width(1))],
            "stack `a`: the stack has 2 problems: operation `reszie` is unknown: did you mean `resize`? (operations[0]); \
             stack option `jpg.qualty` is unknown: did you mean `jpg.quality`? (options.jpg.qualty); \
             stack `b`: operation `resize`: `width` cannot be 0: it must be 1 to 10000 (operations[0].options.width)",
        ),
        (
            vec![("a", width(1)), ("a", width(2))],
            "the stack `a` has two definitions: remove one",
        ),
        (
            vec![("a b", width(1))],
            "invalid stack name \"a b\": it must consist of letters, digits, `-` and `_`",
        ),
    ] {
        let error = stacks.plan(definitions).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(error.to_string(), expected);
    }
    assert!(server.requests().is_empty());

    let empty = || json(200, &json!({"items": []}));
    let server = Server::exactly([empty(), empty()]);
    let stacks = server.client().stacks("acme").unwrap();
    let plan = stacks.plan([("a", typo())]).allow_unknown().await.unwrap();
    assert_eq!(plan.stacks()[0].action, StackAction::Create);
    let reads = || width(1).variable("h", "$w");
    let rules = StackRules::new().variable("w");
    assert!(
        !stacks
            .plan([("a", reads())])
            .rules(rules)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(stacks.plan([("a", reads())]).await.is_err());
}

#[tokio::test]
async fn a_stored_stack_is_a_definition() {
    let (_emulator, stacks) = emulated().await;
    let card = width(300)
        .variable("w", 1)
        .variable("h", "$w / 2")
        .description("Cards");
    let stack = stacks.create("card", card).await.unwrap();
    let plan = stacks.plan([("card", &stack)]).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
    // A dump of a stored stack has keys of the response, which are not sent.
    let dump: StackDefinition =
        serde_json::from_str(&serde_json::to_string(&stack).unwrap()).unwrap();
    let plan = stacks
        .plan([("card", dump.clone()), ("copy", dump)])
        .await
        .unwrap();
    assert_eq!(results(plan.apply()).await, ["create copy"]);
}

#[tokio::test]
async fn a_failed_list_fails_the_plan() {
    for list in [
        json(403, &json!({"error": {"message": "no"}})),
        json(200, &json!({"items": [stored("a", 1), {"name": []}]})),
    ] {
        let server = Server::exactly([list]);
        let stacks = server.client().stacks("acme").unwrap();
        let error = stacks.plan([("a", width(2))]).await.unwrap_err();
        assert!(
            error.is_forbidden() || error.kind() == ErrorKind::Decode,
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_plan_explains_what_the_service_refuses() {
    let (_emulator, stacks) = emulated().await;
    stacks.create("card", width(1)).await.unwrap();
    let plan = stacks
        .plan([("card", width(1).option("protected", true))])
        .await
        .unwrap();
    assert!(
        plan.to_string().contains("+ options.protected: true (the service refuses this for an existing stack: use a new name)"),
        "{plan}"
    );
    let results = applied(plan.apply()).await;
    assert_eq!(
        results[0]
            .result
            .as_ref()
            .unwrap_err()
            .status()
            .unwrap()
            .as_u16(),
        400
    );
}
