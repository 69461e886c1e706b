//! What is known of an image before it is decoded: its areas, and what expressions can read.

use std::cell::{Cell, OnceCell};

use serde_json::{Map, Value, json};

use super::expression::{Scope, member_of};
use super::plan::{Area, NamedAreas, Subject};
use crate::dynamic_metadata::{EYES_AND_MOUTH, FACE};
use crate::file_type::FileType;
use crate::request::Request;

/// An image as expressions and anchors see it.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'a> {
    pub(crate) hash: &'a str,
    pub(crate) file_type: &'a FileType,
    pub(crate) dynamic_metadata: &'a Map<String, Value>,
    pub(crate) user_metadata: &'a Map<String, Value>,
}

impl Facts<'_> {
    pub(crate) fn subject(&self) -> Subject {
        let metadata = self.dynamic_metadata;
        let kind = |name: &str| metadata.get(name).and_then(area);
        let names = metadata.get("multi_areas").and_then(Value::as_object);
        let multi_areas = names.into_iter().flatten().map(|(name, kinds)| {
            let areas = NamedAreas {
                subject_area: kinds.get("subject_area").and_then(area),
                crop_area: kinds.get("crop_area").and_then(area),
            };
            (name.clone(), areas)
        });
        let areas = |kind: &str| match metadata.get(kind) {
            Some(Value::Array(areas)) => areas.iter().filter_map(area).collect(),
            Some(one) => area(one).into_iter().collect(),
            None => Vec::new(),
        };
        Subject {
            subject_area: kind("subject_area"),
            crop_area: kind("crop_area"),
            multi_areas: multi_areas.collect(),
            faces: areas(FACE),
            features: areas(EYES_AND_MOUTH),
        }
    }

    /// Returns the value of `image`.
    fn json(&self) -> Value {
        let metadata = |kind: &str| self.dynamic_metadata.get(kind).cloned().unwrap_or_default();
        let fields = self.user_metadata.iter().map(|(name, value)| {
            // Without the type.
            let name = name.split_once(':').map_or(name.as_str(), |(_, name)| name);
            (name.to_owned(), value.clone())
        });
        json!({
            "hash": self.hash,
            "width": self.file_type.width,
            "height": self.file_type.height,
            "format": self.file_type.format,
            "isAnimated": self.file_type.animated,
            "hasSubjectArea": self.dynamic_metadata.contains_key("subject_area"),
            "hasDetectionFace": self.dynamic_metadata.contains_key(FACE),
            "subject_area": metadata("subject_area"),
            "crop_area": metadata("crop_area"),
            "multi_areas": metadata("multi_areas"),
            "detection_face": metadata(FACE),
            // The documentation has both names.
            "face_detection": metadata(FACE),
            "meta_user": fields.collect::<Map<_, _>>(),
        })
    }
}

fn area(value: &Value) -> Option<Area> {
    let number = |name: &str| value.get(name).and_then(Value::as_f64);
    Some(Area {
        x: number("x")?,
        y: number("y")?,
        width: number("width").unwrap_or(1.0),
        height: number("height").unwrap_or(1.0),
        percentage: value.get("percentage") == Some(&Value::Bool(true)),
    })
}

/// The names that expressions of one rendering can read, and which of them were read.
pub(crate) struct Names<'a> {
    facts: Facts<'a>,
    /// The value of `image`, once it is read: most stacks have no expressions.
    image: OnceCell<Value>,
    request: Value,
    reads_request: Cell<bool>,
    reads_entropy: Cell<bool>,
    /// What expressions may still cost.
    budget: Cell<usize>,
}

/// What the expressions of a URL may cost in all: some 100 ms.
const BUDGET: usize = 1_000_000;

impl<'a> Names<'a> {
    pub(crate) fn new(facts: Facts<'a>, request: &Request) -> Self {
        let save_data = request.header("save-data").unwrap_or_default();
        Self {
            facts,
            image: OnceCell::new(),
            request: json!({"headers": {"save_data": save_data}}),
            reads_request: Cell::new(false),
            reads_entropy: Cell::new(false),
            budget: Cell::new(BUDGET),
        }
    }

    /// Whether the rendering depends on the headers of the request.
    pub(crate) fn read_request(&self) -> bool {
        self.reads_request.get()
    }

    /// Whether an expression has read the entropy of the image, which is not computed.
    pub(crate) fn read_entropy(&self) -> bool {
        self.reads_entropy.get()
    }

    /// Returns the names of a rendering of another image in the same request.
    pub(crate) fn of_another(&self, facts: Facts<'a>) -> Self {
        Self {
            facts,
            image: OnceCell::new(),
            request: self.request.clone(),
            reads_request: self.reads_request.clone(),
            reads_entropy: self.reads_entropy.clone(),
            budget: self.budget.clone(),
        }
    }

    /// Returns the names that [`of_another`](Self::of_another) has left, with what was read since.
    pub(crate) fn back_to(&self, outer: Self) -> Self {
        outer.reads_request.set(self.reads_request.get());
        outer.reads_entropy.set(self.reads_entropy.get());
        outer.budget.set(self.budget.get());
        outer
    }

    fn image(&self) -> &Value {
        self.image.get_or_init(|| self.facts.json())
    }

    pub(crate) fn with<'b>(
        &'b self,
        options: &'b Map<String, Value>,
        variables: &'b Map<String, Value>,
    ) -> Scoped<'b> {
        Scoped {
            names: self,
            options,
            variables,
        }
    }
}

/// The names, with the options and variables at one point.
pub(crate) struct Scoped<'a> {
    names: &'a Names<'a>,
    options: &'a Map<String, Value>,
    variables: &'a Map<String, Value>,
}

impl Scope for Scoped<'_> {
    fn name(&self, name: &str) -> Option<Value> {
        match name {
            "image" => Some(self.names.image().clone()),
            "request" => {
                self.names.reads_request.set(true);
                Some(self.names.request.clone())
            }
            "options" => Some(all_options(self.options)),
            _ => None,
        }
    }

    fn member(&self, name: &str, member: &str) -> Option<Value> {
        match (name, member) {
            ("image", "entropy") => {
                self.names.reads_entropy.set(true);
                Some(Value::Null)
            }
            ("image", _) => Some(member_of(self.names.image(), member)),
            _ => self.name(name).map(|value| member_of(&value, member)),
        }
    }

    fn spend(&self, cost: usize) -> bool {
        let rest = self.names.budget.get().saturating_sub(cost);
        self.names.budget.set(rest);
        rest > 0
    }

    fn variable(&self, name: &str) -> Option<Value> {
        self.variables.get(name).cloned()
    }
}

/// Returns the options with the defaults of the others. `jpg.quality` is a member of `jpg`, and a key of its own.
fn all_options(set: &Map<String, Value>) -> Value {
    let mut all = Map::new();
    for rule in rokka_render::rules::STACK_OPTIONS {
        if let Ok(default) = serde_json::from_str(rule.default) {
            all.insert(rule.name.to_owned(), default);
        }
    }
    all.extend(
        set.iter()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    let dotted: Vec<(String, Value)> = all
        .iter()
        .filter(|(name, _)| name.contains('.'))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    for (name, value) in dotted {
        nest(&mut all, &name, value);
    }
    Value::Object(all)
}

/// Inserts `value` under `a.b.c` as a member of a member. A name that has a value already keeps it.
fn nest(map: &mut Map<String, Value>, name: &str, value: Value) {
    match name.split_once('.') {
        Some((first, rest)) => {
            let inner = map.entry(first).or_insert_with(|| json!({}));
            if let Value::Object(inner) = inner {
                nest(inner, rest, value);
            }
        }
        None => {
            map.entry(name).or_insert(value);
        }
    }
}
