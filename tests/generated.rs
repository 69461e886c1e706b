//! Holds `generated/` against what build.rs emits, and the emitted bindings against the description.
//!
//! `ROKKA_UPDATE_GENERATED=1 cargo test --test generated` renews `generated/`: build.rs does it, so that it is done even if
//! the facade does not fit the new bindings and nothing can be tested yet.
//!
//! A crate of its own beside `tests/it`, because it has to compile before anything else does: it uses nothing of the facade.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

#[path = "../codegen/profile.rs"]
#[allow(dead_code, reason = "the build uses more of it")]
mod profile;

#[path = "../codegen/choice.rs"]
mod choice;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

fn description() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/rokka.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn checked_in() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("generated/rokka.rs");
    fs::read_to_string(path).unwrap_or_default()
}

fn operation_ids(description: &Value) -> Vec<String> {
    let mut ids = Vec::new();
    for (_, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if METHODS.contains(&method.as_str()) {
                ids.push(operation["operationId"].as_str().unwrap().to_owned());
            }
        }
    }
    ids
}

#[cfg(feature = "codegen")]
#[test]
fn generated_is_what_the_build_emits() {
    let emitted = include_str!(concat!(env!("OUT_DIR"), "/emitted.rs"));
    let checked_in = checked_in();
    if checked_in.lines().eq(emitted.lines()) {
        return;
    }
    let differs = |(_, (old, new)): &(usize, (&str, &str))| old != new;
    let pairs = checked_in.lines().zip(emitted.lines());
    let first = pairs.enumerate().find(differs);
    let (line, (old, new)) = first.unwrap_or((0, ("(one is longer)", "")));
    panic!(
        "generated/rokka.rs is not what build.rs emits from openapi/rokka.json.\n\
         First difference, line {}:\n  checked in: {old}\n  emitted:    {new}\n\
         Renew it with: ROKKA_UPDATE_GENERATED=1 cargo test --test generated",
        line + 1
    );
}

#[test]
fn dependents_compile_what_was_tested_and_editors_what_they_edited() {
    use choice::{Choice, choose, fingerprint};
    let texts = |text: &str| fingerprint(&[text.to_owned(), "code".to_owned()]);
    let (same, other) = (texts("a\n"), texts("b\n"));
    assert_ne!(same, other);
    // Moving a text from one file to the next is a change, other line ends are none.
    assert_ne!(
        fingerprint(&["ab".into(), "c".into()]),
        fingerprint(&["a".into(), "bc".into()])
    );
    assert_eq!(texts("a\r\n"), same);
    let file = |fingerprint: &str, code: &str| format!("{fingerprint}\n{code}\n");
    let checked_in = file(&same, "tested");
    let emits = |text: &str| choose(Ok(text), Some(&checked_in), &same, false);
    assert_eq!(emits(&checked_in), Choice::Current);
    assert_eq!(emits(&checked_in.replace('\n', "\r\n")), Choice::Current);
    // Another generator emits something else of the same inputs, or nothing.
    assert_eq!(emits(&file(&same, "untested")), Choice::CheckedIn);
    let fails =
        |fingerprint: &str, update| choose(Err("why"), Some(&checked_in), fingerprint, update);
    assert_eq!(fails(&same, false), Choice::CheckedIn);
    // Somebody edits the description.
    let edited = file(&other, "edited");
    let choose_edited = |update| choose(Ok(&edited), Some(&checked_in), &other, update);
    assert_eq!(
        (choose_edited(false), choose_edited(true)),
        (Choice::Emitted, Choice::Emitted)
    );
    assert_eq!(fails(&other, false), Choice::Fail("why".into()));
    // A renewal never keeps the old file, and without one there is nothing to fall back to.
    let renewed = choose(Ok(&file(&same, "new")), Some(&checked_in), &same, true);
    assert_eq!(
        (renewed, fails(&same, true)),
        (Choice::Emitted, Choice::Fail("why".into()))
    );
    assert_eq!(choose(Ok("x"), None, &same, false), Choice::Emitted);
    assert_eq!(
        choose(Err("why"), None, &same, false),
        Choice::Fail("why".into())
    );
}

#[test]
fn the_description_has_every_operation_once() {
    let ids = operation_ids(&description());
    let distinct: BTreeSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), distinct.len());
    // 69 on the API host, and the album of the render host.
    assert_eq!(ids.len(), 70);
}

#[test]
fn every_operation_is_generated_or_left_out_for_a_reason() {
    let description = description();
    let profile = profile::apply(description.clone());
    let left_out = ["createSourceImage", "getAlbum", "renderUploadedImage"].map(String::from);
    assert_eq!(
        profile.left_out.iter().collect::<BTreeSet<_>>(),
        left_out.iter().collect()
    );
    let code = checked_in();
    for id in operation_ids(&description) {
        let method = format!("pub async fn {}<'a>(", profile::method_name(&id));
        let expected = !profile.left_out.contains(&id);
        assert_eq!(code.contains(&method), expected, "{id}");
    }
}

#[test]
fn the_profile_gives_one_success_and_no_failure() {
    let profile = profile::apply(description());
    for (path, item) in profile.description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if METHODS.contains(&method.as_str()) {
                let statuses: Vec<_> = operation["responses"].as_object().unwrap().keys().collect();
                assert_eq!(statuses, ["2XX"], "{method} {path}");
            }
        }
    }
    assert_eq!(profile.description["info"]["version"], "1");
    assert_eq!(
        profile.binary,
        ["downloadSourceImages", "downloadSourceImage"]
    );
    assert!(profile.lenient.contains("UserMetadata"));
}

/// The generated constant of this name.
fn operation_list(name: &str) -> Vec<String> {
    let code = checked_in();
    let start = format!("pub(crate) const {name}: &[&str] = &[");
    let (_, list) = code.split_once(&start).expect("the constant is there");
    let (list, _) = list.split_once("];").unwrap();
    let ids = list.split(',').map(|id| id.trim().trim_matches('"'));
    ids.filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

#[test]
fn every_operation_that_can_hold_a_secret_is_known_as_such() {
    let expected = [
        "createMembership",
        "createMembershipAndUser",
        "createOrganization",
        "createOrganizationOptions",
        "createUser",
        "createUserApiKey",
        "createUserMfaTotp",
        "createUserToken",
        "getMembership",
        "getOrganization",
        "getUser",
        "getUserApiKeyCurrent",
        "getUserToken",
        "listMemberships",
        "listUserAdminApiKeys",
        "listUserApiKeys",
        "patchUserApiKey",
        "putOrganizationOption",
    ];
    assert_eq!(operation_list("SECRET_RESPONSES"), expected);
    // A secret without a schema of its own counts too.
    let mut changed = description();
    changed["paths"]["/"]["get"]["responses"]["200"]["content"]["application/json"]["schema"] = serde_json::json!({"type": "object", "properties": {"x": {"type": "string", "format": "password"}}});
    assert!(
        profile::apply(changed)
            .secret
            .contains(&"getRoot".to_owned())
    );
}

#[test]
fn the_description_says_what_is_safe_to_repeat() {
    let idempotent = [
        "copyMultipleSourceImages",
        "copySourceImage",
        "createSourceImageAutodescription",
        "createSourceImageAutolabel",
        "createSourceImageContentCredentials",
        "restoreSourceImage",
        "signUrl",
    ];
    let non_idempotent = [
        "confirmUserMfaTotp",
        "createMembershipAndUser",
        "createUser",
        "createUserApiKey",
        "createUserToken",
        "deleteUserMfaTotp",
    ];
    assert_eq!(operation_list("IDEMPOTENT"), idempotent);
    assert_eq!(operation_list("NON_IDEMPOTENT"), non_idempotent);
}

#[test]
fn the_description_has_two_extensions_only() {
    fn walk(value: &Value, place: &str) {
        match value {
            Value::Object(map) => {
                let operation = map.contains_key("operationId");
                for (key, value) in map {
                    // A header may be called so; an extension for one generator may not.
                    let header = place.ends_with("/headers");
                    let known = operation && key == "x-idempotent" && value.is_boolean()
                        || map.get("type") == Some(&"string".into())
                            && key == "x-extensible-enum"
                            && value.is_array();
                    let allowed = header || known || !key.starts_with("x-");
                    assert!(allowed, "{place}/{key}");
                    walk(value, &format!("{place}/{key}"));
                }
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, place)),
            _ => {}
        }
    }
    walk(&description(), "");
}
