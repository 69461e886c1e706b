//! The patterns of the description: what the build understands of them, and whether the bindings check what they say.

#[path = "../../codegen/pattern.rs"]
mod pattern;

use std::collections::BTreeMap;
use std::fs;
use std::str::FromStr;
use std::sync::LazyLock;

use pattern::alternatives;
use proptest::prelude::*;
use rokka::api::types;
use serde_json::Value;

const HEX: [(u8, u8); 2] = [(b'0', b'9'), (b'a', b'f')];

#[test]
fn rows_of_letters_are_understood() {
    assert_eq!(
        alternatives("^[0-9a-f]{40}$"),
        Some(vec![vec![(HEX.to_vec(), 40, 40)]])
    );
    assert_eq!(
        alternatives("^([0-9a-f_-]+|\\*)$"),
        Some(vec![
            vec![(
                [&HEX[..], &[(b'_', b'_'), (b'-', b'-')]].concat(),
                1,
                usize::MAX
            )],
            vec![(vec![(b'*', b'*')], 1, 1)],
        ])
    );
    assert_eq!(
        alternatives("^[0-9a-f]{2,}-x?$"),
        Some(vec![vec![
            (HEX.to_vec(), 2, usize::MAX),
            (vec![(b'-', b'-')], 1, 1),
            (vec![(b'x', b'x')], 0, 1),
        ]])
    );
}

#[test]
fn what_is_not_understood_is_refused() {
    for pattern in [
        "[a-z]+",
        "^[a-z]+",
        "^\\d+$",
        "^.*$",
        "^(a(b|c))$",
        "^[^a]$",
        "^a{,3}$",
        "^[a-z]+[m-p]$",
        "^é$",
        "^[a-z$",
        "^a|b$",
    ] {
        assert_eq!(alternatives(pattern), None, "{pattern}");
    }
}

type Check = (&'static str, fn(&str) -> bool);

/// Whether the type of a schema takes a text.
macro_rules! checks {
    ($($name:ident),* $(,)?) => {
        &[$((stringify!($name), |text| types::$name::from_str(text).is_ok())),*]
    };
}

const CHECKS: &[Check] = checks![
    AliasName,
    BinaryHash,
    DynamicMetadataName,
    ImageHash,
    KeyId,
    OrganizationName,
    OrganizationOptionName,
    StackName,
    StackNameOrAll,
    UserId,
    UserMetadataName,
];

/// The schemas that have a pattern.
fn patterns() -> BTreeMap<String, String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/rokka.json");
    let description: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let schemas = description["components"]["schemas"].as_object().unwrap();
    let pattern = |schema: &Value| Some(schema.get("pattern")?.as_str()?.to_owned());
    let all = schemas.iter();
    all.filter_map(|(name, schema)| Some((name.clone(), pattern(schema)?)))
        .collect()
}

#[test]
fn every_pattern_is_checked_here() {
    let checked: Vec<_> = CHECKS.iter().map(|(name, _)| *name).collect();
    let described = patterns();
    assert_eq!(checked, described.keys().collect::<Vec<_>>());
}

/// Texts near the edge of what is allowed.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9a-fA-F]{0,45}",
        "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{11,13}",
        "[a-zA-Z0-9_-]{0,5}",
        r"[fgzFGZ09_\-*.:@`\[{/é \n]{0,4}",
        ".{0,3}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_bindings_check_what_the_pattern_says(text in texts()) {
        static MEANT: LazyLock<Vec<regress::Regex>> = LazyLock::new(|| {
            let meant = patterns().into_values();
            meant.map(|pattern| regress::Regex::new(&pattern).unwrap()).collect()
        });
        for ((name, check), expression) in CHECKS.iter().zip(&*MEANT) {
            prop_assert_eq!(check(&text), expression.find(&text).is_some(), "{} {:?}", name, text);
        }
    }
}
