//! JSON Schemas of the models that are written by hand; the others derive theirs.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::stacks::StackVariableValues;
use crate::{Extra, Secret};

/// One of these words, or another one.
pub(crate) fn open_enum(words: &[&str]) -> Schema {
    json_schema!({"anyOf": [{"type": "string", "enum": words}, {"type": "string"}]})
}

impl JsonSchema for Secret {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn schema_id() -> Cow<'static, str> {
        concat!(module_path!(), "::Secret").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "password"})
    }
}

impl JsonSchema for Extra {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Extra".into()
    }

    fn schema_id() -> Cow<'static, str> {
        concat!(module_path!(), "::Extra").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "object", "additionalProperties": true})
    }
}

impl JsonSchema for StackVariableValues {
    fn schema_name() -> Cow<'static, str> {
        "StackVariableValues".into()
    }

    fn schema_id() -> Cow<'static, str> {
        concat!(module_path!(), "::StackVariableValues").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Variables of a stack by name, in the order in which the service computes them.",
            "type": "object",
            "additionalProperties": true,
        })
    }
}
