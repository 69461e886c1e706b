//! What a schema means, whichever of OpenAPI's spellings it is written in.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use serde_json::Value;

use crate::document::Document;

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
/// Schemas in schemas that are unwrapped before it counts as going round in a circle.
const DEPTH: usize = 64;

/// What else than the known fields an object may have.
#[derive(Clone, Copy, Default)]
pub(super) enum Extra<'a> {
    /// Anything: left out, `true` and `{}` all say so.
    #[default]
    Any,
    None,
    Of(&'a Value),
}

#[derive(Default)]
pub(super) struct Shape<'a> {
    /// The name of the schema, if there was a reference to it.
    pub(super) name: Option<&'a str>,
    /// Where it stands in the document, to know it again.
    pub(super) address: usize,
    pub(super) kind: Option<&'a str>,
    pub(super) format: Option<&'a str>,
    pub(super) nullable: bool,
    pub(super) words: Option<BTreeSet<String>>,
    /// Whether words other than the known ones may come.
    pub(super) open: bool,
    /// Whether an empty object may come as a list.
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
            bail!("{} has a schema that is made of itself", document.name());
        }
        let (schema, name) = document.follow(schema)?;
        let mut shape = Self::plain(schema);
        shape.name = name;
        let list = |key: &str| schema.get(key).and_then(Value::as_array);
        for part in list("allOf").into_iter().flatten() {
            let part = Self::at_depth(document, part, depth + 1)?;
            // One part is a schema with a note beside it; of several, none gives its name to the whole.
            let alone = list("allOf").is_some_and(|parts| parts.len() == 1);
            shape.take_in(part, alone);
        }
        if let Some(parts) = list("anyOf").or_else(|| list("oneOf")) {
            shape.take_alternatives(document, parts, depth)?;
        }
        Ok(shape)
    }

    /// What the schema says itself, without its parts.
    fn plain(schema: &'a Value) -> Self {
        let text = |key: &str| schema.get(key).and_then(Value::as_str);
        let flag = |key: &str| schema.get(key) == Some(&Value::Bool(true));
        let words = schema.get("enum").and_then(Value::as_array);
        let fields = schema.get("properties").and_then(Value::as_object);
        let required = schema.get("required").and_then(Value::as_array);
        let extra = schema.get("additionalProperties");
        let null = words.is_some_and(|words| words.contains(&Value::Null));
        let kind = text("type").or_else(|| {
            // Left out where the rest says it.
            if fields.is_some() || extra.is_some() {
                Some("object")
            } else if schema.get("items").is_some() {
                Some("array")
            } else if words.is_some_and(|words| words.iter().any(Value::is_string)) {
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
            words: words.map(|words| {
                let words = words.iter().filter(|word| !word.is_null());
                words.map(Value::to_string).collect()
            }),
            open: false,
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

    /// Adds what a part of an `allOf` says.
    fn take_in(&mut self, part: Self, alone: bool) {
        if alone {
            self.name = self.name.or(part.name);
        }
        self.kind = self.kind.or(part.kind);
        self.format = self.format.or(part.format);
        self.nullable |= part.nullable;
        self.words = self.words.take().or(part.words);
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

    fn take_alternatives(
        &mut self,
        document: &'a Document,
        parts: &'a [Value],
        depth: usize,
    ) -> Result<()> {
        let mut rest: Vec<(&'a Value, Self)> = Vec::new();
        for part in parts {
            let shape = Self::at_depth(document, part, depth + 1)?;
            let only_null = shape.words.as_ref().is_some_and(BTreeSet::is_empty);
            if shape.kind == Some("null") || only_null {
                self.nullable = true;
            } else {
                rest.push((part, shape));
            }
        }
        // Our way to say that an empty object may come as `[]`.
        if rest.len() == 2 {
            let listed = rest.iter().position(|(_, shape)| shape.is_empty_list());
            let object = rest.iter().any(|(_, shape)| shape.kind == Some("object"));
            if let (Some(at), true) = (listed, object) {
                rest.remove(at);
                self.empty_list = true;
            }
        }
        // And that words may be added.
        if rest.len() == 2 && rest.iter().all(|(_, shape)| shape.kind == Some("string")) {
            let plain = rest
                .iter()
                .position(|(_, shape)| shape.words.is_none() && shape.limits.is_empty());
            let words = rest.iter().any(|(_, shape)| shape.words.is_some());
            if let (Some(at), true) = (plain, words) {
                rest.remove(at);
                self.open = true;
            }
        }
        let alone = rest.len() == 1;
        for (part, shape) in rest {
            if alone {
                self.take_in(shape, true);
            } else {
                self.alternatives.push(part);
            }
        }
        Ok(())
    }

    fn is_empty_list(&self) -> bool {
        self.kind == Some("array") && self.limits.get("maxItems").map(String::as_str) == Some("0")
    }

    /// What the value is called in a report.
    pub(super) fn kind_name(&self) -> String {
        if !self.alternatives.is_empty() {
            return format!("one of {} types", self.alternatives.len());
        }
        self.kind.unwrap_or("anything").to_owned()
    }

    /// Whether it is a map: an object of which no field is known.
    pub(super) fn is_map(&self) -> bool {
        self.kind == Some("object") && self.fields.is_empty()
    }

    /// Stands for the type that the generator makes of a value that is neither an object nor a list.
    pub(super) fn rust_type(&self) -> String {
        let minimum = self.limits.get("minimum").map(String::as_str);
        match (self.kind, self.format, minimum) {
            (Some("integer"), _, Some("1")) => {
                format!("non-zero {}", self.format.unwrap_or("int64"))
            }
            // The profile says so.
            (Some("integer"), Some("int64"), Some("0")) => "uint64".to_owned(),
            (Some("integer"), format, _) => format.unwrap_or("int64").to_owned(),
            (Some("number"), Some("float"), _) => "float".to_owned(),
            (Some("number"), _, _) => "double".to_owned(),
            (Some("string"), _, _) if self.words.is_some() => "enum".to_owned(),
            (
                Some("string"),
                Some(
                    format
                    @ ("date" | "date-time" | "password" | "binary" | "ip" | "ipv4" | "ipv6"),
                ),
                _,
            ) => format.to_owned(),
            // Other formats, and `uuid` by the profile, are strings.
            (Some("string"), _, _) => {
                let own = ["pattern", "minLength", "maxLength"];
                let own = own.iter().any(|key| self.limits.contains_key(key));
                if own { "string of its own" } else { "string" }.to_owned()
            }
            _ => String::new(),
        }
    }
}

/// The text of a limit, the same for `1` and `1.0`, and none where it says nothing.
fn limit(value: &Value) -> Option<String> {
    match value {
        Value::Bool(false) => None,
        Value::Number(number) => number.as_f64().map(|number| number.to_string()),
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
