//! The meaning of a schema, independent of its notation in OpenAPI.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use serde_json::Value;

use crate::document::Document;
use crate::profile::OPEN_ENUM;

/// Keywords that narrow the values of a type.
const LIMITS: [&str; 14] = [
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "not",
];
const MARKS: [&str; 3] = ["deprecated", "readOnly", "writeOnly"];
/// Maximum depth of nested schemas.
const DEPTH: usize = 64;

/// Which unknown fields an object may have.
#[derive(Clone, Copy, Default)]
pub(super) enum Extra<'a> {
    /// Any: a missing value, `true` and `{}` all mean this.
    #[default]
    Any,
    None,
    Of(&'a Value),
}

#[derive(Default)]
pub(super) struct Shape<'a> {
    /// The name of the schema, if it was referenced.
    pub(super) name: Option<&'a str>,
    /// Its address in the document, as its identity.
    pub(super) address: usize,
    pub(super) kind: Option<&'a str>,
    pub(super) format: Option<&'a str>,
    pub(super) nullable: bool,
    pub(super) values: Option<BTreeSet<String>>,
    /// Whether other values are possible.
    pub(super) open: bool,
    /// Whether an empty object may arrive as a list.
    pub(super) empty_list: bool,
    pub(super) fields: BTreeMap<&'a str, &'a Value>,
    pub(super) required: BTreeSet<&'a str>,
    pub(super) extra: Extra<'a>,
    pub(super) items: Option<&'a Value>,
    pub(super) alternatives: Vec<&'a Value>,
    pub(super) limits: BTreeMap<&'static str, String>,
    pub(super) default: Option<&'a Value>,
    pub(super) marks: BTreeSet<&'static str>,
}

impl<'a> Shape<'a> {
    pub(super) fn of(document: &'a Document, schema: &'a Value) -> Result<Self> {
        Self::at_depth(document, schema, 0)
    }

    fn at_depth(document: &'a Document, schema: &'a Value, depth: usize) -> Result<Self> {
        if depth > DEPTH {
            bail!("{} has a recursive schema without content", document.name());
        }
        let (schema, name) = document.follow(schema)?;
        let mut shape = Self::plain(schema);
        shape.name = name;
        let list = |key: &str| schema.get(key).and_then(Value::as_array);
        for part in list("allOf").into_iter().flatten() {
            let part = Self::at_depth(document, part, depth + 1)?;
            // A single part is an annotated schema and provides the name; of several, none does.
            let alone = list("allOf").is_some_and(|parts| parts.len() == 1);
            shape.merge(part, alone);
        }
        if let Some(parts) = list("anyOf").or_else(|| list("oneOf")) {
            shape.merge_alternatives(document, parts, depth)?;
        }
        Ok(shape)
    }

    /// Returns the shape of the schema itself, without its parts.
    fn plain(schema: &'a Value) -> Self {
        let text = |key: &str| schema.get(key).and_then(Value::as_str);
        let flag = |key: &str| schema.get(key) == Some(&Value::Bool(true));
        let open = schema.get(OPEN_ENUM);
        let values = schema.get("enum").or(open).and_then(Value::as_array);
        let fields = schema.get("properties").and_then(Value::as_object);
        let required = schema.get("required").and_then(Value::as_array);
        let extra = schema.get("additionalProperties");
        let null = values.is_some_and(|values| values.contains(&Value::Null));
        let kind = text("type").or_else(|| {
            // The type may be missing where other keywords imply it.
            if fields.is_some() || extra.is_some() {
                Some("object")
            } else if schema.get("items").is_some() {
                Some("array")
            } else if values.is_some_and(|values| values.iter().any(Value::is_string)) {
                Some("string")
            } else {
                None
            }
        });
        Self {
            name: None,
            address: std::ptr::from_ref(schema).addr(),
            kind,
            format: text("format"),
            nullable: flag("nullable") || flag("x-nullable") || null,
            values: values.map(|values| {
                let values = values.iter().filter(|value| !value.is_null());
                values.map(Value::to_string).collect()
            }),
            open: open.is_some(),
            empty_list: false,
            fields: fields
                .into_iter()
                .flatten()
                .map(|(name, field)| (name.as_str(), field))
                .collect(),
            required: required
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect(),
            extra: match extra {
                Some(Value::Bool(false)) => Extra::None,
                Some(extra) if extra.as_object().is_some_and(|extra| !extra.is_empty()) => {
                    Extra::Of(extra)
                }
                _ => Extra::Any,
            },
            items: schema.get("items"),
            alternatives: Vec::new(),
            limits: LIMITS
                .iter()
                .filter_map(|key| Some((*key, limit(schema.get(*key)?)?)))
                .collect(),
            default: schema.get("default"),
            marks: MARKS.into_iter().filter(|key| flag(key)).collect(),
        }
    }

    /// Merges a part of an `allOf`.
    fn merge(&mut self, part: Self, alone: bool) {
        if alone {
            self.name = self.name.or(part.name);
        }
        self.kind = self.kind.or(part.kind);
        self.format = self.format.or(part.format);
        self.nullable |= part.nullable;
        self.values = self.values.take().or(part.values);
        self.open |= part.open;
        self.empty_list |= part.empty_list;
        self.fields.extend(part.fields);
        self.required.extend(part.required);
        if matches!(self.extra, Extra::Any) {
            self.extra = part.extra;
        }
        self.items = self.items.or(part.items);
        self.alternatives.extend(part.alternatives);
        self.limits.extend(part.limits);
        self.default = self.default.or(part.default);
        self.marks.extend(part.marks);
    }

    fn merge_alternatives(
        &mut self,
        document: &'a Document,
        parts: &'a [Value],
        depth: usize,
    ) -> Result<()> {
        let mut rest: Vec<(&'a Value, Self)> = Vec::new();
        for part in parts {
            let shape = Self::at_depth(document, part, depth + 1)?;
            let only_null = shape.values.as_ref().is_some_and(BTreeSet::is_empty);
            if shape.kind == Some("null") || only_null {
                self.nullable = true;
            } else {
                rest.push((part, shape));
            }
        }
        // A notation for an empty object that may arrive as `[]`, which descriptions here had earlier.
        if rest.len() == 2 {
            let listed = rest.iter().position(|(_, shape)| shape.is_empty_list());
            let object = rest.iter().any(|(_, shape)| shape.kind == Some("object"));
            if let (Some(at), true) = (listed, object) {
                rest.remove(at);
                self.empty_list = true;
            }
        }
        // The notation for an enum with possible other values.
        if rest.len() == 2 && rest.iter().all(|(_, shape)| shape.kind == Some("string")) {
            let plain = rest
                .iter()
                .position(|(_, shape)| shape.values.is_none() && shape.limits.is_empty());
            let has_values = rest.iter().any(|(_, shape)| shape.values.is_some());
            if let (Some(at), true) = (plain, has_values) {
                rest.remove(at);
                self.open = true;
            }
        }
        let alone = rest.len() == 1;
        for (part, shape) in rest {
            if alone {
                self.merge(shape, true);
            } else {
                self.alternatives.push(part);
            }
        }
        Ok(())
    }

    fn is_empty_list(&self) -> bool {
        self.kind == Some("array") && self.limits.get("maxItems").map(String::as_str) == Some("0")
    }

    /// Returns the name of the type for a report.
    pub(super) fn kind_name(&self) -> String {
        if !self.alternatives.is_empty() {
            return format!("one of {} types", self.alternatives.len());
        }
        self.kind.unwrap_or("anything").to_owned()
    }

    /// Whether this is a map: an object without known fields.
    pub(super) fn is_map(&self) -> bool {
        self.kind == Some("object") && self.fields.is_empty()
    }

    /// Identifies the generated Rust type of a value that is neither an object nor a list.
    pub(super) fn rust_type(&self) -> String {
        let minimum = self.limits.get("minimum").map(String::as_str);
        match (self.kind, self.format, minimum) {
            (Some("integer"), _, Some("1")) => {
                format!("non-zero {}", self.format.unwrap_or("int64"))
            }
            // The profile makes these unsigned.
            (Some("integer"), Some("int64"), Some("0")) => "uint64".to_owned(),
            (Some("integer"), format, _) => format.unwrap_or("int64").to_owned(),
            (Some("number"), Some("float"), _) => "float".to_owned(),
            (Some("number"), _, _) => "double".to_owned(),
            (Some("string"), _, _) if self.values.is_some() => "enum".to_owned(),
            (
                Some("string"),
                Some(
                    format
                    @ ("date" | "date-time" | "password" | "binary" | "ip" | "ipv4" | "ipv6"),
                ),
                _,
            ) => format.to_owned(),
            // Other formats are strings, and the profile removes `uuid`.
            (Some("string"), _, _) => {
                let own = ["pattern", "minLength", "maxLength"];
                let own = own.iter().any(|key| self.limits.contains_key(key));
                if own { "validated string" } else { "string" }.to_owned()
            }
            _ => String::new(),
        }
    }
}

/// Returns the text of a limit, equal for `1` and `1.0`; `None` if the limit has no effect.
fn limit(value: &Value) -> Option<String> {
    match value {
        Value::Bool(false) => None,
        Value::Number(number) => number.as_f64().map(|number| number.to_string()),
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
