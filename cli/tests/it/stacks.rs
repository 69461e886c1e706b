//! `rokka stacks`.

use serde_json::{Value, json};

use crate::program::Program;

const CARD: &str = r#"
[card]
description = "Cards"
variables = { w = 400, h = "$w / 2" }
options = { "jpg.quality" = 80 }

[[card.operations]]
name = "resize"
expressions = { width = "$w" }
"#;

#[test]
fn stacks_are_created_listed_shown_and_deleted() {
    let program = Program::new();
    let created = program.line(
        "stacks create thumb --operations resize-width-200--grayscale --option jpg.quality=80",
    );
    assert_eq!(created.ok().out, "created thumb\n");
    assert_eq!(
        program.last_body(),
        json!({
            "operations": [{"name": "resize", "options": {"width": 200}}, {"name": "grayscale"}],
            "options": {"jpg.quality": 80},
        })
    );
    assert_eq!(program.requests(), ["PUT /stacks/acme/thumb"]);
    let grey = r#"{"operations": [{"name": "grayscale"}]}"#;
    let json = program
        .pipe(grey, ["stacks", "create", "grey", "--json"])
        .ok()
        .json();
    assert_eq!(json[0]["name"], "grey");

    let list = program.line("stacks list").ok().out;
    let rows: Vec<Vec<&str>> = list
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    assert_eq!(rows.len(), 2, "{list}");
    assert_eq!(rows[0][..2], ["grey", "grayscale"]);
    assert_eq!(rows[1][..2], ["thumb", "resize, grayscale"]);
    let names: Vec<Value> = program.line("stacks list --json --limit 1").ok().json();
    assert_eq!(names.len(), 1);
    assert_eq!(names[0]["stack_operations"][0]["name"], "grayscale");

    let shown = program.line("stacks show thumb").ok().out;
    assert!(
        shown.contains("[thumb]") || shown.contains("[[thumb.operations]]"),
        "{shown}"
    );
    let all = program.line("stacks show --all --as json").ok().out;
    let all: Value = serde_json::from_str(&all).unwrap();
    assert_eq!(all["grey"]["operations"][0]["name"], "grayscale");
    program.requests();

    program
        .line("stacks delete thumb grey")
        .fails(2, "Delete 2 stacks of acme?");
    program.line("stacks delete thumb --dry-run").ok();
    assert!(program.requests().is_empty());
    let deleted = program.line("stacks delete thumb grey missing --yes");
    let deleted = deleted.fails(3, "1 of 3 failed");
    assert_eq!(deleted.out, "deleted thumb\ndeleted grey\n");
    assert!(deleted.err.contains("missing"), "{}", deleted.err);
}

#[test]
fn an_unknown_stack_has_a_suggestion() {
    let program = Program::new();
    program
        .line("stacks create card --operations resize-width-200")
        .ok();
    let failed = program
        .line("stacks show crad")
        .fails(1, "did you mean `card`?");
    assert_eq!(failed.out, "");
    program
        .line("stacks delete crad --yes")
        .fails(1, "did you mean `card`?");
    program
        .line("stacks clone crad card2")
        .fails(1, "did you mean `card`?");
    program
        .line("stacks invalidate zzz")
        .fails(1, "`rokka stacks list` lists the stacks");
}

#[test]
fn a_wrong_definition_is_not_sent() {
    let program = Program::new();
    program
        .line("stacks create card --operations reszie-width-200")
        .fails(2, "operation `reszie` is unknown: did you mean `resize`?");
    program
        .line("stacks create card --operations resize-width")
        .fails(2, "has no value");
    program
        .line("stacks create card missing.json")
        .fails(2, "missing.json");
    program
        .pipe("{", ["stacks", "create", "card"])
        .fails(2, "-: EOF");
    program.file("a.txt", "");
    program
        .line("stacks create card a.txt")
        .fails(2, "name it .json, .toml");
    assert!(program.requests().is_empty());
    // The service may know operations that the program and the emulator do not.
    let newer =
        json!({"name": "newer", "organization": "acme", "created": "2031-01-01T00:00:00+00:00"});
    let fault = program.emulator.on("PUT", "/stacks/acme/newer");
    fault.respond_with(201, [], newer.to_string());
    program
        .line("stacks create newer --operations new_one-width-200 --unchecked")
        .ok();
    let sent = json!({"operations": [{"name": "new_one", "options": {"width": 200}}]});
    assert_eq!(program.last_body(), sent);
    program
        .line("stacks create card --operations grayscale")
        .ok();
    program
        .line("stacks create card --operations grayscale")
        .fails(1, "--overwrite replaces it");
    program
        .line("stacks create card --operations grayscale --overwrite")
        .ok();
}

#[test]
fn files_are_compared_and_applied() {
    let program = Program::new();
    program.file("stacks.toml", CARD);
    program.file("grey.json", r#"{"operations": [{"name": "grayscale"}]}"#);
    program.file(
        "zoom.yaml",
        "zoom:\n  operations:\n    - name: resize\n      options: {width: 9}\n",
    );
    program
        .line("stacks create old --operations grayscale")
        .ok();
    program.requests();
    let files = "stacks.toml grey.json zoom.yaml";
    let differs = program
        .line(&format!("stacks diff {files} --prune"))
        .fails(1, "");
    assert!(
        differs.out.contains("3 to create, 1 to delete"),
        "{}",
        differs.out
    );
    assert_eq!(differs.err, "");
    let lines = program.line(&format!("stacks diff {files} --json"));
    let lines = lines.fails(1, "").json();
    assert_eq!(lines[0]["name"], "card");
    assert_eq!(lines[0]["action"], "create");
    assert!(
        lines[0]["differences"].as_array().unwrap().len() > 2,
        "{lines:?}"
    );
    // Reads only.
    assert!(
        program
            .requests()
            .iter()
            .all(|line| line.starts_with("GET "))
    );

    program
        .line(&format!("stacks apply {files}"))
        .fails(2, "Apply these 3 changes to acme?");
    program
        .line(&format!("stacks apply {files} --dry-run"))
        .ok();
    let applied = program
        .line(&format!("stacks apply {files} --prune --yes"))
        .ok();
    for line in [
        "create card: done",
        "create grey: done",
        "create zoom: done",
        "delete old: done",
    ] {
        assert!(applied.out.contains(line), "{}", applied.out);
    }
    program.line(&format!("stacks diff {files} --prune")).ok();
    let again = program
        .line(&format!("stacks apply {files} --prune --yes --json"))
        .ok();
    assert_eq!(again.out, "");
    // What `show` prints is what `apply` reads.
    for format in ["toml", "yaml", "json"] {
        let shown = program
            .line(&format!("stacks show --all --as {format}"))
            .ok()
            .out;
        program.file(&format!("all.{format}"), shown);
        program
            .line(&format!("stacks diff all.{format} --prune"))
            .ok();
    }
    let changed = CARD.replace("80", "60");
    program.file("stacks.toml", changed);
    let stored = program
        .line("stacks apply stacks.toml --yes --json")
        .ok()
        .json();
    assert_eq!(stored[0]["stack_options"]["jpg.quality"], 60);
    program.file("stacks.toml", CARD.replace("resize", "reszie"));
    program
        .line("stacks diff stacks.toml")
        .fails(2, "did you mean `resize`?");
}

#[test]
fn stacks_are_copied_to_names_and_organizations() {
    let program = Program::new();
    program
        .line("stacks create card --operations resize-width-200")
        .ok();
    program
        .line("stacks create grey --operations grayscale")
        .ok();
    program.requests();
    assert_eq!(
        program.line("stacks clone card card2").ok().out,
        "created card2\n"
    );
    assert_eq!(
        program.requests(),
        ["GET /stacks/acme/card", "PUT /stacks/acme/card2"]
    );
    program.line("stacks clone card card --to backup").ok();
    program
        .line("stacks clone card card --to backup")
        .fails(1, "--overwrite replaces it");
    program
        .line("stacks clone card card --to backup --overwrite")
        .ok();
    let some = program
        .line("stacks clone-all backup")
        .fails(3, "1 of 3 failed");
    assert_eq!(some.out, "copied card2\ncopied grey\n");
    program
        .line("stacks clone-all backup --overwrite")
        .fails(2, "replace those of the same names?");
    let all = program
        .line("stacks clone-all backup --overwrite --yes --json")
        .ok()
        .json();
    assert_eq!(all.len(), 3);
    program
        .line("stacks clone-all acme")
        .fails(2, "the organization of the stacks itself");
}

#[test]
fn a_definition_is_previewed_without_being_stored() {
    let program = Program::new();
    program.file("stacks.toml", CARD);
    let image = program.image("cat.svg");
    let hash = &image.hash;
    let shown = program
        .line(&format!("stacks preview stacks.toml {hash} -f svg"))
        .ok();
    assert!(shown.out.starts_with("<svg"), "{shown:?}");
    let requests = program.requests();
    assert_eq!(requests.len(), 3, "{requests:?}");
    let stack = requests[0]
        .strip_prefix("PUT /stacks/acme/")
        .unwrap()
        .to_owned();
    assert!(stack.starts_with("_preview_"), "{stack}");
    assert!(
        requests[1].ends_with(&format!("/{stack}/{hash}.svg")),
        "{requests:?}"
    );
    assert_eq!(requests[2], format!("DELETE /stacks/acme/{stack}"));
    assert_eq!(program.line("stacks list").ok().out, "");
    program
        .line(&format!("stacks preview stacks.toml {hash} --stack crad"))
        .fails(2, "did you mean `card`?");
}

#[test]
fn renderings_are_invalidated() {
    let program = Program::new();
    program
        .line("stacks create card --operations grayscale")
        .ok();
    program.requests();
    let done = program.line("stacks invalidate card").ok();
    assert_eq!(
        done.out,
        "invalidated the renderings of the stack card of acme\n"
    );
    program
        .line("stacks invalidate --all")
        .fails(2, "of all stacks");
    program.line("stacks invalidate --all --yes --json").ok();
    assert_eq!(
        program.requests(),
        [
            "DELETE /stacks/acme/card/cache",
            "DELETE /stacks/acme/*/cache"
        ]
    );
}
