//! Variants of responses: each scenario changes the documented example by one rule, and the clients decode the result.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::description::Description;
use crate::document::Document;
use crate::profile::{EMPTY_LISTS, OPEN_ENUM};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scenario {
    Documented,
    OffsetWithoutColon,
    NoOffset,
    OddDate,
    EmptyList,
    NewValue,
    Above32Bits,
    Above53Bits,
    UnknownField,
    OnlyRequired,
}

impl Scenario {
    pub(crate) const ALL: [Self; 10] = [
        Self::Documented,
        Self::OffsetWithoutColon,
        Self::NoOffset,
        Self::OddDate,
        Self::EmptyList,
        Self::NewValue,
        Self::Above32Bits,
        Self::Above53Bits,
        Self::UnknownField,
        Self::OnlyRequired,
    ];

    /// Returns the label in the tables.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::OffsetWithoutColon => "+0000",
            Self::NoOffset => "no offset",
            Self::OddDate => "odd date",
            Self::EmptyList => "[]",
            Self::NewValue => "new value",
            Self::Above32Bits => "> 32 bit",
            Self::Above53Bits => "> 53 bit",
            Self::UnknownField => "new field",
            Self::OnlyRequired => "sparse",
        }
    }

    pub(crate) fn explanation(self) -> &'static str {
        match self {
            Self::Documented => "in the documented form",
            Self::OffsetWithoutColon => "with dates that end in `+0000` instead of `+00:00`",
            Self::NoOffset => {
                "with dates without an offset, which mean UTC, on a machine in the time zone of Tokyo"
            }
            Self::OddDate => "with dates that are `-`",
            Self::EmptyList => {
                "with `[]` for each object that the service, written in PHP, may write like that"
            }
            Self::NewValue => "with the unknown value `added-later` in open enums",
            Self::Above32Bits => "with 64-bit integers of 5,000,000,000",
            Self::Above53Bits => "with 64-bit integers of 2⁵³ + 1",
            Self::UnknownField => "with an unknown field in every object",
            Self::OnlyRequired => "without optional fields",
        }
    }

    /// Returns the response of this scenario; `None` if it equals the documented one.
    pub(crate) fn apply(
        self,
        description: &Description,
        schema: &Value,
        response: &Value,
    ) -> Result<Option<Value>> {
        let changed = walk(self, &description.document, schema, response, 0)?;
        Ok((self == Self::Documented || changed != *response).then_some(changed))
    }
}

/// The name of the field that [`Scenario::UnknownField`] adds.
pub(crate) const NEW_FIELD: &str = "added_later";

const DEEPEST: usize = 32;

fn walk(
    scenario: Scenario,
    document: &Document,
    schema: &Value,
    value: &Value,
    depth: usize,
) -> Result<Value> {
    if depth > DEEPEST {
        return Ok(value.clone());
    }
    let reference = schema["$ref"].as_str().unwrap_or_default();
    let name = reference.rsplit('/').next().unwrap_or_default();
    if scenario == Scenario::EmptyList && EMPTY_LISTS.contains(&name) {
        return Ok(json!([]));
    }
    let schema = document.resolve(schema)?;
    if let Some(alternatives) = schema["oneOf"].as_array() {
        return alternative(scenario, document, alternatives, value, depth);
    }
    let text = value.as_str();
    match (scenario, schema["format"].as_str()) {
        (
            Scenario::OffsetWithoutColon | Scenario::NoOffset | Scenario::OddDate,
            Some("date-time"),
        ) => {
            return Ok(text.map_or_else(|| value.clone(), |text| date(scenario, text).into()));
        }
        (Scenario::NewValue, _) if schema.get(OPEN_ENUM).is_some() => {
            return Ok(json!("added-later"));
        }
        (Scenario::Above32Bits, Some("int64")) if value.is_number() => {
            return Ok(json!(5_000_000_000_i64));
        }
        (Scenario::Above53Bits, Some("int64")) if value.is_number() => {
            return Ok(json!((1_i64 << 53) + 1));
        }
        _ => {}
    }
    match value {
        Value::Object(fields) => object(scenario, document, schema, fields, depth),
        Value::Array(items) => {
            let walked = items
                .iter()
                .map(|item| walk(scenario, document, &schema["items"], item, depth + 1));
            walked.collect::<Result<_>>().map(Value::Array)
        }
        _ => Ok(value.clone()),
    }
}

fn alternative(
    scenario: Scenario,
    document: &Document,
    alternatives: &[Value],
    value: &Value,
    depth: usize,
) -> Result<Value> {
    let kind = match value {
        Value::Object(_) => "object",
        Value::Array(_) => "array",
        _ => "string",
    };
    for schema in alternatives {
        if document.resolve(schema)?["type"] == kind {
            return walk(scenario, document, schema, value, depth + 1);
        }
    }
    Ok(value.clone())
}

fn object(
    scenario: Scenario,
    document: &Document,
    schema: &Value,
    fields: &Map<String, Value>,
    depth: usize,
) -> Result<Value> {
    let known = schema["properties"].as_object();
    let required = |name: &str| {
        let mut names = schema["required"].as_array().into_iter().flatten();
        names.any(|one| one == name)
    };
    let mut walked = Map::new();
    for (name, value) in fields {
        let property = known.and_then(|known| known.get(name));
        if scenario == Scenario::OnlyRequired && property.is_some() && !required(name) {
            continue;
        }
        let schema = property.unwrap_or(&schema["additionalProperties"]);
        walked.insert(
            name.clone(),
            walk(scenario, document, schema, value, depth + 1)?,
        );
    }
    if scenario == Scenario::UnknownField && known.is_some() {
        walked.insert(NEW_FIELD.into(), json!({"a": 1}));
    }
    Ok(walked.into())
}

/// Formats a date for the scenario.
fn date(scenario: Scenario, text: &str) -> String {
    let clock = text
        .strip_suffix('Z')
        .or_else(|| text.rsplit_once('+').map(|(clock, _)| clock))
        .unwrap_or(text);
    match scenario {
        Scenario::OffsetWithoutColon => format!("{clock}+0000"),
        Scenario::NoOffset => clock.to_owned(),
        _ => "-".to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn description() -> Description {
        Description::of(json!({
            "paths": {"/x": {"get": {"operationId": "x", "responses": {}}}},
            "components": {"schemas": {
                "UserMetadata": {
                    "type": "object", "additionalProperties": {"$ref": "#/components/schemas/Thing"}
                },
                "Word": {"type": "string", "x-extensible-enum": ["old"]},
                "Thing": {"type": "object", "required": ["at"], "properties": {
                    "at": {"type": "string", "format": "date-time"},
                    "size": {"type": "integer", "format": "int64"},
                    "count": {"type": "integer"},
                    "words": {"type": "array", "items": {"$ref": "#/components/schemas/Word"}},
                    "free": {"$ref": "#/components/schemas/UserMetadata"}
                }}
            }}
        }))
    }

    #[test]
    fn each_changes_what_its_rule_states_and_nothing_else() {
        let response = json!({"at": "2026-01-02T03:04:05Z", "size": 7, "count": 7, "words": ["old"],
            "free": {"one": {"at": "2026-01-02T03:04:05+00:00"}}});
        let with = |changes: &[(&str, Value)]| {
            let mut changed = response.clone();
            for (pointer, value) in changes {
                *changed.pointer_mut(pointer).unwrap() = value.clone();
            }
            changed
        };
        let dates = |text: &str| with(&[("/at", json!(text)), ("/free/one/at", json!(text))]);
        let expected = [
            (Scenario::Documented, response.clone()),
            (
                Scenario::OffsetWithoutColon,
                dates("2026-01-02T03:04:05+0000"),
            ),
            (Scenario::NoOffset, dates("2026-01-02T03:04:05")),
            (Scenario::OddDate, dates("-")),
            (Scenario::EmptyList, with(&[("/free", json!([]))])),
            (
                Scenario::NewValue,
                with(&[("/words", json!(["added-later"]))]),
            ),
            (
                Scenario::Above32Bits,
                with(&[("/size", json!(5_000_000_000_i64))]),
            ),
            (
                Scenario::Above53Bits,
                with(&[("/size", json!(9_007_199_254_740_993_i64))]),
            ),
            (
                Scenario::UnknownField,
                json!({"at": "2026-01-02T03:04:05Z", "size": 7, "count": 7, "words": ["old"],
                "free": {"one": {"at": "2026-01-02T03:04:05+00:00", "added_later": {"a": 1}}}, "added_later": {"a": 1}}),
            ),
            (
                Scenario::OnlyRequired,
                json!({"at": "2026-01-02T03:04:05Z"}),
            ),
        ];
        let schema = json!({"$ref": "#/components/schemas/Thing"});
        for (scenario, wanted) in expected {
            let got = scenario.apply(&description(), &schema, &response).unwrap();
            assert_eq!(got, Some(wanted), "{scenario:?}");
        }
    }

    #[test]
    fn is_omitted_where_it_changes_nothing() {
        let schema = json!({"$ref": "#/components/schemas/Thing"});
        let response = json!({"at": "2026-01-02T03:04:05Z"});
        for scenario in [
            Scenario::EmptyList,
            Scenario::NewValue,
            Scenario::Above32Bits,
            Scenario::OnlyRequired,
        ] {
            assert_eq!(
                scenario.apply(&description(), &schema, &response).unwrap(),
                None,
                "{scenario:?}"
            );
        }
    }
}
