//! Compares the schemas of two descriptions.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use serde_json::Value;

use super::change::{Change, Changes, Kind, Place, Topic};
use super::compare::{need, only_pairs, yes_or_no};
use super::shape::{Extra, Shape};
use crate::document::Document;
use crate::profile::OPEN_MAPS;

/// Maximum depth of nested schemas; real descriptions have a few dozen levels at most.
const DEEPEST: usize = 200;

/// The direction of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    Sent,
    Received,
    /// In the response of a failure, which is decoded leniently and has no generated type.
    Failed,
}

/// The use of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Use {
    pub(super) direction: Direction,
    pub(super) generated: bool,
}

impl Use {
    fn sent(self) -> bool {
        self.direction == Direction::Sent
    }

    /// The reason, if a generated type is affected.
    fn rust(self, why: &'static str) -> Option<&'static str> {
        (self.generated && self.direction != Direction::Failed).then_some(why)
    }

    /// The reason, if any caller is affected.
    fn any(self, why: &'static str) -> Option<&'static str> {
        (self.direction != Direction::Failed).then_some(why)
    }

    /// The reason, if a sender of the value is affected.
    fn sender(self, why: &'static str) -> Option<&'static str> {
        self.sent().then_some(why)
    }
}

/// The current place.
#[derive(Clone)]
pub(super) struct At {
    place: Place,
    topic: Topic,
    /// The start of the path; empty in a named schema.
    base: String,
    path: String,
    /// Whether the value is optional, so that `null` does not change its Rust type.
    optional: bool,
    /// Whether a default affects its Rust type.
    defaults: bool,
}

impl At {
    pub(super) fn new(place: &Place, topic: Topic, base: String) -> Self {
        Self {
            place: place.clone(),
            // Optional arguments are `Option`s, with or without a default.
            optional: topic == Topic::Parameter,
            defaults: false,
            topic,
            base,
            path: String::new(),
        }
    }

    fn schema(place: &Place) -> Self {
        Self::new(place, Topic::Type, String::new())
    }

    fn field(&self, name: &str, optional: bool) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        Self {
            topic: if self.topic == Topic::Type {
                Topic::Field
            } else {
                self.topic
            },
            path: format!("{}{dot}{name}", self.path),
            optional,
            defaults: true,
            ..self.clone()
        }
    }

    fn element(&self, mark: &str) -> Self {
        Self {
            path: format!("{}{mark}", self.path),
            optional: false,
            defaults: false,
            ..self.clone()
        }
    }

    fn subject(&self) -> String {
        match (self.base.as_str(), self.path.as_str()) {
            ("", "") => "type".to_owned(),
            ("", path) => format!("field `{path}`"),
            (base, "") => base.to_owned(),
            (base, path) => format!("{base}, field `{path}`"),
        }
    }
}

pub(super) struct Schemas<'a> {
    pub(super) old: &'a Document,
    pub(super) new: &'a Document,
    pub(super) changes: Changes,
    /// Pairs of named schemas that have been compared, and pairs of any that are being compared.
    seen: BTreeSet<(&'a str, &'a str, Use)>,
    open: Vec<(usize, usize)>,
    depth: usize,
}

impl<'a> Schemas<'a> {
    pub(super) fn new(old: &'a Document, new: &'a Document) -> Self {
        Self {
            old,
            new,
            changes: Changes::default(),
            seen: BTreeSet::new(),
            open: Vec::new(),
            depth: 0,
        }
    }

    /// Whether two schemas are equivalent.
    pub(super) fn same(&self, old: Option<&'a Value>, new: Option<&'a Value>) -> Result<bool> {
        let (Some(old), Some(new)) = (old, new) else {
            return Ok(old.is_none() && new.is_none());
        };
        let mut apart = Schemas::new(self.old, self.new);
        apart.depth = self.depth;
        let place = Place::Schema {
            name: String::new(),
            new: None,
        };
        let uses = Use {
            direction: Direction::Sent,
            generated: true,
        };
        apart.compare(&At::schema(&place), uses, old, new)?;
        Ok(apart.changes.is_empty())
    }

    pub(super) fn compare(
        &mut self,
        at: &At,
        uses: Use,
        old: &'a Value,
        new: &'a Value,
    ) -> Result<()> {
        let before = Shape::of(self.old, old)?;
        let after = Shape::of(self.new, new)?;
        self.at_site(at, uses, &before, &after);
        // Schemas with a name on both sides are compared once, under that name.
        let named;
        let at = match (before.name, after.name) {
            (Some(from), Some(to)) => {
                if !self.seen.insert((from, to, uses)) {
                    return Ok(());
                }
                named = At::schema(&Place::Schema {
                    name: from.to_owned(),
                    new: (from != to).then(|| to.to_owned()),
                });
                &named
            }
            _ => at,
        };
        let pair = (before.address, after.address);
        if self.open.contains(&pair) {
            return Ok(());
        }
        if self.depth == DEEPEST {
            let name = self.old.name();
            bail!(
                "{name} has schemas nested more than {DEEPEST} levels deep, at {}",
                at.place
            );
        }
        self.depth += 1;
        self.open.push(pair);
        let done = self.shapes(at, uses, &before, &after);
        self.open.pop();
        self.depth -= 1;
        done
    }

    /// Compares what a schema states about its use rather than its type.
    fn at_site(&mut self, at: &At, uses: Use, old: &Shape<'a>, new: &Shape<'a>) {
        if old.nullable != new.nullable {
            let plain = at.optional || (old.default.is_some() && new.default.is_some());
            let breaks = if plain {
                None
            } else {
                uses.rust("the Rust type becomes or ceases to be an `Option`")
            };
            let kind = yes_or_no(old.nullable, new.nullable);
            self.add(at, Some("nullable"), kind, breaks);
        }
        if old.default != new.default {
            let comes_or_goes = old.default.is_some() != new.default.is_some();
            let breaks = if comes_or_goes && at.defaults && at.optional && !has_empty(old) {
                uses.rust("the Rust type becomes or ceases to be an `Option`")
            } else {
                None
            };
            let text = |value: Option<&Value>| value.map_or("none".to_owned(), Value::to_string);
            let kind = Kind::Changed {
                from: text(old.default),
                to: text(new.default),
            };
            self.add(at, Some("default"), kind, breaks);
        }
        for mark in old.marks.symmetric_difference(&new.marks) {
            let kind = yes_or_no(old.marks.contains(mark), new.marks.contains(mark));
            self.add(at, Some(mark), kind, None);
        }
    }

    fn shapes(&mut self, at: &At, uses: Use, old: &Shape<'a>, new: &Shape<'a>) -> Result<()> {
        if old.kind != new.kind || old.alternatives.is_empty() != new.alternatives.is_empty() {
            let kind = Kind::Changed {
                from: old.kind_name(),
                to: new.kind_name(),
            };
            self.add(at, None, kind, uses.any("the type changes"));
            return Ok(());
        }
        if old.empty_list != new.empty_list {
            let kind = yes_or_no(old.empty_list, new.empty_list);
            let at = At {
                topic: Topic::Model,
                ..at.clone()
            };
            self.add(&at, Some("may arrive as an empty list"), kind, None);
        }
        let retyped = old.rust_type() != new.rust_type();
        if old.format != new.format {
            let breaks = if retyped {
                uses.rust("the Rust type changes")
            } else {
                None
            };
            let text = |format: Option<&str>| format.unwrap_or("none").to_owned();
            let kind = Kind::Changed {
                from: text(old.format),
                to: text(new.format),
            };
            self.add(at, Some("format"), kind, breaks);
        }
        self.values(at, uses, old, new);
        self.limits(at, uses, old, new, retyped);
        self.fields(at, uses, old, new)?;
        if let (Some(before), Some(after)) = (old.items, new.items) {
            self.compare(&at.element("[]"), uses, before, after)?;
        }
        self.alternatives(at, uses, old, new)
    }

    fn values(&mut self, at: &At, uses: Use, old: &Shape<'a>, new: &Shape<'a>) {
        let (before, after) = match (&old.values, &new.values) {
            (None, None) => return,
            (Some(before), Some(after)) => (before, after),
            (before, _) => {
                let kind = yes_or_no(before.is_some(), before.is_none());
                let breaks = uses.any("the Rust type changes");
                self.add(at, Some("restricted to certain values"), kind, breaks);
                return;
            }
        };
        if old.open != new.open {
            let kind = yes_or_no(old.open, new.open);
            let at = At {
                topic: Topic::Model,
                ..at.clone()
            };
            let breaks = uses.rust("the Rust enum gains or loses the variant for other values");
            self.add(&at, Some("other values possible"), kind, breaks);
        }
        for word in before.difference(after) {
            let breaks = uses.any("the variant of the Rust enum is removed");
            self.add(at, Some(&format!("value {word}")), Kind::Removed, breaks);
        }
        for word in after.difference(before) {
            let breaks = if new.open {
                None
            } else {
                uses.rust("a `match` on the Rust enum lacks an arm")
            };
            self.add(at, Some(&format!("value {word}")), Kind::Added, breaks);
        }
    }

    fn limits(&mut self, at: &At, uses: Use, old: &Shape<'a>, new: &Shape<'a>, retyped: bool) {
        let keys: BTreeSet<_> = old.limits.keys().chain(new.limits.keys()).collect();
        for key in keys {
            let (before, after) = (old.limits.get(key), new.limits.get(key));
            if before == after {
                continue;
            }
            let breaks = if stricter(key, before, after) {
                uses.sender("values that were valid are refused")
            } else {
                None
            };
            let breaks = breaks.or(if retyped || *key == "uniqueItems" {
                uses.rust("the Rust type changes")
            } else {
                None
            });
            let text = |limit: Option<&String>| limit.map_or("none".to_owned(), Clone::clone);
            let kind = Kind::Changed {
                from: text(before),
                to: text(after),
            };
            self.add(at, Some(key), kind, breaks);
        }
    }

    fn fields(&mut self, at: &At, uses: Use, old: &Shape<'a>, new: &Shape<'a>) -> Result<()> {
        // The profile generates a plain map for these; their fields are documentation only.
        let shapeless = old.name.is_some_and(|name| OPEN_MAPS.contains(&name));
        let retyped = old.is_map() != new.is_map() && !shapeless;
        let gone: Vec<_> = old
            .fields
            .iter()
            .filter(|(name, _)| !new.fields.contains_key(*name))
            .collect();
        let come: Vec<_> = new
            .fields
            .iter()
            .filter(|(name, _)| !old.fields.contains_key(*name))
            .collect();
        let mut alike = Vec::new();
        for (from, (old_name, before)) in gone.iter().enumerate() {
            for (to, (new_name, after)) in come.iter().enumerate() {
                if old.required.contains(*old_name) == new.required.contains(*new_name)
                    && self.same(Some(before), Some(after))?
                {
                    alike.push((from, to));
                }
            }
        }
        let renamed = only_pairs(&alike);
        for (index, (name, _)) in gone.iter().enumerate() {
            let to = renamed.iter().find(|(from, _)| *from == index);
            let to = to.and_then(|(_, to)| come.get(*to));
            let at = at.field(name, true);
            match to {
                Some((to, _)) => {
                    let kind = Kind::Renamed {
                        to: (**to).to_owned(),
                    };
                    self.add(&at, None, kind, uses.any("the field is renamed"));
                }
                None => {
                    self.add(&at, None, Kind::Removed, uses.any("the field is removed"));
                }
            }
        }
        for (index, (name, _)) in come.iter().enumerate() {
            if renamed.iter().any(|(_, to)| *to == index) {
                continue;
            }
            let required = new.required.contains(*name);
            let breaks = if required && uses.sent() {
                uses.sender("requests without it are refused")
            } else if retyped {
                uses.rust("a Rust map becomes a struct")
            } else if uses.sent() && !shapeless {
                uses.rust("a struct that callers construct has one more field")
            } else {
                None
            };
            self.add(&at.field(name, true), None, Kind::Added, breaks);
        }
        let uses = Use {
            generated: uses.generated && !shapeless,
            ..uses
        };
        self.common_fields(at, uses, old, new)?;
        self.extra(at, uses, old.extra, new.extra)
    }

    fn common_fields(
        &mut self,
        at: &At,
        uses: Use,
        old: &Shape<'a>,
        new: &Shape<'a>,
    ) -> Result<()> {
        for (name, before) in &old.fields {
            let Some(after) = new.fields.get(name) else {
                continue;
            };
            let (was, is) = (old.required.contains(name), new.required.contains(name));
            let at = at.field(name, !was && !is);
            if was != is {
                let shape = Shape::of(self.new, after)?;
                let breaks = if is && uses.sent() {
                    uses.sender("requests without it are refused")
                } else if shape.default.is_some() || has_empty(&shape) || shape.nullable {
                    None
                } else {
                    uses.rust("the Rust type becomes or ceases to be an `Option`")
                };
                let kind = Kind::Changed {
                    from: need(was),
                    to: need(is),
                };
                self.add(&at, None, kind, breaks);
            }
            self.compare(&at, uses, before, after)?;
        }
        Ok(())
    }

    /// Compares the rules for unknown fields.
    fn extra(&mut self, at: &At, uses: Use, old: Extra<'a>, new: Extra<'a>) -> Result<()> {
        match (old, new) {
            (Extra::Of(before), Extra::Of(after)) => {
                self.compare(&at.element("{}"), uses, before, after)
            }
            (Extra::Any, Extra::Any) | (Extra::None, Extra::None) => Ok(()),
            (from, to) => {
                let breaks = match (from, to) {
                    (_, Extra::None) => uses.sender("requests with other fields are refused"),
                    (Extra::None, Extra::Any) => None,
                    _ => uses.rust("the Rust type changes"),
                };
                let text = |extra| match extra {
                    Extra::Any => "any",
                    Extra::None => "none",
                    Extra::Of(_) => "of a certain type",
                };
                let kind = Kind::Changed {
                    from: text(from).to_owned(),
                    to: text(to).to_owned(),
                };
                self.add(at, Some("other fields"), kind, breaks);
                Ok(())
            }
        }
    }

    /// Compares alternatives in any order.
    fn alternatives(&mut self, at: &At, uses: Use, old: &Shape<'a>, new: &Shape<'a>) -> Result<()> {
        let mut come: Vec<&'a Value> = new.alternatives.clone();
        let mut gone = Vec::new();
        for before in &old.alternatives {
            let mut found = None;
            for (index, after) in come.iter().enumerate() {
                if self.same(Some(before), Some(after))? {
                    found = Some(index);
                    break;
                }
            }
            match found {
                Some(index) => {
                    come.remove(index);
                }
                None => gone.push(*before),
            }
        }
        if let ([before], [after]) = (gone.as_slice(), come.as_slice()) {
            return self.compare(&at.element("(one of)"), uses, before, after);
        }
        let mut names: BTreeMap<(String, bool), usize> = BTreeMap::new();
        for (document, schemas, added) in [(self.old, gone, false), (self.new, come, true)] {
            for schema in schemas {
                let shape = Shape::of(document, schema)?;
                let name = shape.name.map_or_else(|| shape.kind_name(), str::to_owned);
                *names.entry((name, added)).or_default() += 1;
            }
        }
        for (name, added) in names.into_keys() {
            let kind = if added { Kind::Added } else { Kind::Removed };
            let breaks = uses.rust("the Rust enum gains or loses a variant");
            self.add(at, Some(&format!("alternative {name}")), kind, breaks);
        }
        Ok(())
    }

    fn add(&mut self, at: &At, aspect: Option<&str>, kind: Kind, breaks: Option<&'static str>) {
        let subject = at.subject();
        self.changes.add(Change {
            place: at.place.clone(),
            topic: at.topic,
            subject: match aspect {
                Some(aspect) => format!("{subject}, {aspect}"),
                None => subject,
            },
            kind,
            breaks,
        });
    }
}

/// Whether a missing value is an empty one in Rust instead of `None`.
fn has_empty(shape: &Shape<'_>) -> bool {
    shape.kind == Some("array") || shape.is_map()
}

/// Whether the limit is stricter than before.
fn stricter(key: &str, before: Option<&String>, after: Option<&String>) -> bool {
    let (Some(before), Some(after)) = (before, after) else {
        return after.is_some();
    };
    match (before.parse::<f64>(), after.parse::<f64>()) {
        (Ok(before), Ok(after)) if key.starts_with("max") => after < before,
        (Ok(before), Ok(after)) if key.starts_with("min") => after > before,
        _ => true,
    }
}
