//! Compares two descriptions.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Map, Value};

use super::change::{Change, Kind, Place, Topic};
use super::operation::{Key, Operation, operations};
use super::schema::{At, Direction, Schemas, Use};
use super::shape::Shape;
use crate::document::Document;

/// Compares two descriptions. A change is breaking if it breaks code that uses `rokka::api`, or an existing program once the
/// service follows the new description.
pub(super) fn compare(old: &Document, new: &Document) -> Result<Vec<Change>> {
    let mut comparison = Comparison {
        schemas: Schemas::new(old, new),
    };
    comparison.operations()?;
    Ok(comparison.schemas.changes.into_vec())
}

struct Comparison<'a> {
    schemas: Schemas<'a>,
}

impl<'a> Comparison<'a> {
    fn operations(&mut self) -> Result<()> {
        let mut old = operations(self.schemas.old)?;
        let mut new = operations(self.schemas.new)?;
        let mut pairs = Vec::new();
        let keys: Vec<_> = old.keys().cloned().collect();
        for key in &keys {
            if new.contains_key(key)
                && let (Some(before), Some(after)) = (old.remove(key), new.remove(key))
            {
                pairs.push((before, after, false));
            }
        }
        // Remaining operations may be the same one under another path.
        for key in &keys {
            let moved = old.get(key).and_then(|before| {
                let alike = new.iter().find(|(_, after)| after.id == before.id);
                alike.map(|(key, _)| key.clone())
            });
            if let Some(to) = moved
                && let (Some(before), Some(after)) = (old.remove(key), new.remove(&to))
            {
                pairs.push((before, after, true));
            }
        }
        let mut add = |operation: &Operation, kind, breaks| {
            self.schemas.changes.add(Change {
                place: operation.place(),
                topic: Topic::Operation,
                subject: "operation".to_owned(),
                kind,
                breaks,
            });
        };
        for gone in old.values() {
            add(gone, Kind::Removed, Some("the operation no longer exists"));
        }
        for come in new.values() {
            add(come, Kind::Added, None);
        }
        for (before, after, moved) in pairs {
            self.operation(&before, &after, moved)?;
        }
        Ok(())
    }

    fn operation(&mut self, old: &Operation<'a>, new: &Operation<'a>, moved: bool) -> Result<()> {
        let here = Here {
            place: old.place(),
            generated: old.generated || new.generated,
        };
        if old.id != new.id {
            let kind = Kind::Renamed {
                to: new.id.to_owned(),
            };
            let breaks = here.rust("the method of `rokka::api` is renamed");
            self.add(&here, Topic::OperationId, "operation id", kind, breaks);
        }
        if moved {
            let breaks = Some("the service no longer serves the old path");
            let kind = Kind::Changed {
                from: format!("{} {}", old.method, old.path),
                to: format!("{} {}", new.method, new.path),
            };
            self.add(&here, Topic::Operation, "method and path", kind, breaks);
        }
        if old.deprecated != new.deprecated {
            let kind = yes_or_no(old.deprecated, new.deprecated);
            self.add(&here, Topic::Operation, "deprecated", kind, None);
        }
        self.parameters(&here, &old.parameters, &new.parameters)?;
        self.body(&here, old.body, new.body)?;
        self.responses(&here, &old.responses, &new.responses)
    }

    fn parameters(
        &mut self,
        here: &Here,
        old: &BTreeMap<Key<'a>, &'a Value>,
        new: &BTreeMap<Key<'a>, &'a Value>,
    ) -> Result<()> {
        let gone: Vec<_> = old
            .iter()
            .filter(|(key, _)| !new.contains_key(key))
            .collect();
        let come: Vec<_> = new
            .iter()
            .filter(|(key, _)| !old.contains_key(key))
            .collect();
        let renamed = self.renamed(&gone, &come)?;
        for (index, (key, parameter)) in gone.iter().enumerate() {
            let (kind, why) = match renamed.iter().find(|(from, _)| *from == index) {
                Some((_, to)) => {
                    let to = come.get(*to).map(|(_, parameter)| name(parameter));
                    let kind = Kind::Renamed {
                        to: to.unwrap_or_default().to_owned(),
                    };
                    let why = "the service ignores the old name, and arguments, which are positional in the order of \
                               their names, may swap places";
                    (kind, why)
                }
                None => (Kind::Removed, "the method takes one argument fewer"),
            };
            self.add(
                here,
                Topic::Parameter,
                subject(key, parameter),
                kind,
                Some(why),
            );
        }
        for (index, (key, parameter)) in come.iter().enumerate() {
            if renamed.iter().any(|(_, to)| *to == index) {
                continue;
            }
            let breaks = if required(parameter) {
                Some("requests without it are refused")
            } else {
                here.rust("arguments are positional, and the method takes one more")
            };
            let subject = subject(key, parameter);
            self.add(here, Topic::Parameter, subject, Kind::Added, breaks);
        }
        for (key, before) in old {
            if let Some(after) = new.get(key) {
                self.parameter(here, key, before, after)?;
            }
        }
        Ok(())
    }

    /// Returns pairs of removed and added parameters that differ only in the name, where only one such pair is possible.
    fn renamed(
        &self,
        gone: &[(&Key<'a>, &&'a Value)],
        come: &[(&Key<'a>, &&'a Value)],
    ) -> Result<Vec<(usize, usize)>> {
        let mut alike = Vec::new();
        for (from, (old_key, before)) in gone.iter().enumerate() {
            for (to, (new_key, after)) in come.iter().enumerate() {
                if old_key.kind() == new_key.kind()
                    && required(before) == required(after)
                    && self
                        .schemas
                        .same(value_schema(before), value_schema(after))?
                {
                    alike.push((from, to));
                }
            }
        }
        Ok(only_pairs(&alike))
    }

    fn parameter(
        &mut self,
        here: &Here,
        key: &Key<'a>,
        old: &'a Value,
        new: &'a Value,
    ) -> Result<()> {
        let subject = subject(key, old);
        let (before, after) = (required(old), required(new));
        if before != after {
            let kind = Kind::Changed {
                from: need(before),
                to: need(after),
            };
            let breaks = if after {
                Some("requests without it are refused")
            } else {
                here.rust("the type of the argument becomes an `Option`")
            };
            self.add(here, Topic::Parameter, subject.clone(), kind, breaks);
        }
        let deprecated = |value: &Value| value.get("deprecated") == Some(&Value::Bool(true));
        if deprecated(old) != deprecated(new) {
            let kind = yes_or_no(deprecated(old), deprecated(new));
            let subject = format!("{subject}, deprecated");
            self.add(here, Topic::Parameter, subject, kind, None);
        }
        let (old_schema, new_schema) = (value_schema(old), value_schema(new));
        let (Some(old_schema), Some(new_schema)) = (old_schema, new_schema) else {
            return Ok(());
        };
        let (from, to) = (
            style(key, old, &Shape::of(self.schemas.old, old_schema)?),
            style(key, new, &Shape::of(self.schemas.new, new_schema)?),
        );
        if let (Some(from), Some(to)) = (from, to)
            && from != to
        {
            let breaks = Some("the value is serialized differently");
            let kind = Kind::Changed { from, to };
            let subject = format!("{subject}, style");
            self.add(here, Topic::Parameter, subject, kind, breaks);
        }
        let at = At::new(&here.place, Topic::Parameter, subject);
        self.schemas
            .compare(&at, here.uses(Direction::Sent), old_schema, new_schema)
    }

    fn body(&mut self, here: &Here, old: Option<&'a Value>, new: Option<&'a Value>) -> Result<()> {
        let (old, new) = match (old, new) {
            (None, None) => return Ok(()),
            (Some(_), None) => {
                let breaks = Some("the service no longer accepts a body");
                self.add(here, Topic::Body, "body", Kind::Removed, breaks);
                return Ok(());
            }
            (None, Some(body)) => {
                let breaks = if required(body) {
                    Some("requests without a body are refused")
                } else {
                    here.rust("the method takes a body")
                };
                self.add(here, Topic::Body, "body", Kind::Added, breaks);
                return Ok(());
            }
            (Some(old), Some(new)) => (old, new),
        };
        let (before, after) = (required(old), required(new));
        if before != after {
            let kind = Kind::Changed {
                from: need(before),
                to: need(after),
            };
            let breaks = after.then_some("requests without a body are refused");
            self.add(here, Topic::Body, "body", kind, breaks);
        }
        self.media(here, Topic::Body, "body", Direction::Sent, old, new)
    }

    fn responses(
        &mut self,
        here: &Here,
        old: &BTreeMap<&'a str, &'a Value>,
        new: &BTreeMap<&'a str, &'a Value>,
    ) -> Result<()> {
        for (status, response) in old {
            if new.contains_key(status) {
                continue;
            }
            // The client accepts any success status; only the response matters.
            let breaks = if succeeds(status) && !self.has_response(response, new, false)? {
                Some("no success status has this response any more")
            } else {
                None
            };
            let subject = format!("status {status}");
            self.add(here, Topic::Response, subject, Kind::Removed, breaks);
        }
        for (status, response) in new {
            let Some(before) = old.get(status) else {
                let breaks = if succeeds(status) && !self.has_response(response, old, true)? {
                    here.rust("responses differ by status, so the method returns them undecoded")
                } else {
                    None
                };
                let subject = format!("status {status}");
                self.add(here, Topic::Response, subject, Kind::Added, breaks);
                continue;
            };
            let direction = if succeeds(status) {
                Direction::Received
            } else {
                Direction::Failed
            };
            let subject = format!("response {status}");
            self.media(here, Topic::Response, &subject, direction, before, response)?;
            let headers = |response: &'a Value| -> BTreeMap<String, &'a str> {
                let headers = response.get("headers").and_then(Value::as_object);
                let names = headers.into_iter().flatten().map(|(name, _)| name.as_str());
                names
                    .map(|name| (name.to_ascii_lowercase(), name))
                    .collect()
            };
            let (from, to) = (headers(before), headers(response));
            for name in from.iter().filter(|(key, _)| !to.contains_key(*key)) {
                let subject = format!("{subject}, header `{}`", name.1);
                let breaks = Some("code that reads it finds no header");
                self.add(here, Topic::Response, subject, Kind::Removed, breaks);
            }
            for name in to.iter().filter(|(key, _)| !from.contains_key(*key)) {
                let subject = format!("{subject}, header `{}`", name.1);
                self.add(here, Topic::Response, subject, Kind::Added, None);
            }
        }
        Ok(())
    }

    /// Whether one of the success statuses has the same response.
    fn has_response(
        &self,
        response: &'a Value,
        among: &BTreeMap<&'a str, &'a Value>,
        response_is_new: bool,
    ) -> Result<bool> {
        for (_, other) in among.iter().filter(|(status, _)| succeeds(status)) {
            let (old, new) = if response_is_new {
                (*other, response)
            } else {
                (response, *other)
            };
            let (old, new) = (content(old), content(new));
            if old.len() != new.len() {
                continue;
            }
            let mut alike = true;
            for (media, before) in &old {
                alike &= match new.get(media) {
                    Some(after) => self.schemas.same(*before, *after)?,
                    None => false,
                };
            }
            if alike {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Compares the media types of a body or a response, and their schemas.
    fn media(
        &mut self,
        here: &Here,
        topic: Topic,
        subject: &str,
        direction: Direction,
        old: &'a Value,
        new: &'a Value,
    ) -> Result<()> {
        let (old, new) = (content(old), content(new));
        let gone: Vec<_> = old.keys().filter(|key| !new.contains_key(*key)).collect();
        let come: Vec<_> = new.keys().filter(|key| !old.contains_key(*key)).collect();
        let matters = direction != Direction::Failed;
        match (gone.as_slice(), come.as_slice()) {
            ([from], [to]) => {
                let kind = Kind::Changed {
                    from: (*from).clone(),
                    to: (*to).clone(),
                };
                let breaks = matters.then_some("it is encoded differently");
                self.add(here, topic, format!("{subject}, media type"), kind, breaks);
                if let (Some(Some(before)), Some(Some(after))) = (old.get(*from), new.get(*to)) {
                    let at = At::new(&here.place, topic, subject.to_owned());
                    self.schemas
                        .compare(&at, here.uses(direction), before, after)?;
                }
            }
            _ => {
                for media in gone {
                    let breaks = matters.then_some("it is no longer supported");
                    let subject = format!("{subject}, media type `{media}`");
                    self.add(here, topic, subject, Kind::Removed, breaks);
                }
                for media in come {
                    let breaks = if matters && old.is_empty() {
                        here.rust("the method returns a value where it returned none")
                    } else {
                        None
                    };
                    let subject = format!("{subject}, media type `{media}`");
                    self.add(here, topic, subject, Kind::Added, breaks);
                }
            }
        }
        for (media, before) in &old {
            if let (Some(before), Some(Some(after))) = (before, new.get(media)) {
                let at = At::new(&here.place, topic, subject.to_owned());
                self.schemas
                    .compare(&at, here.uses(direction), before, after)?;
            }
        }
        Ok(())
    }

    fn add(
        &mut self,
        here: &Here,
        topic: Topic,
        subject: impl Into<String>,
        kind: Kind,
        breaks: Option<&'static str>,
    ) {
        self.schemas.changes.add(Change {
            place: here.place.clone(),
            topic,
            subject: subject.into(),
            kind,
            breaks,
        });
    }
}

/// The current operation.
struct Here {
    place: Place,
    generated: bool,
}

impl Here {
    /// The reason, if there is a generated method.
    fn rust(&self, why: &'static str) -> Option<&'static str> {
        self.generated.then_some(why)
    }

    fn uses(&self, direction: Direction) -> Use {
        Use {
            direction,
            generated: self.generated,
        }
    }
}

/// Returns the pairs whose sides occur in no other pair.
pub(super) fn only_pairs(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let alone = |(from, to): &(usize, usize)| {
        let meets = |other: &&(usize, usize)| other.0 == *from || other.1 == *to;
        pairs.iter().filter(meets).count() == 1
    };
    pairs.iter().copied().filter(alone).collect()
}

pub(super) fn need(required: bool) -> String {
    if required { "required" } else { "optional" }.to_owned()
}

pub(super) fn yes_or_no(before: bool, after: bool) -> Kind {
    let text = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
    Kind::Changed {
        from: text(before),
        to: text(after),
    }
}

fn required(value: &Value) -> bool {
    value.get("required") == Some(&Value::Bool(true))
}

fn name(parameter: &Value) -> &str {
    parameter
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn subject(key: &Key<'_>, parameter: &Value) -> String {
    format!("{} parameter `{}`", key.kind(), name(parameter))
}

fn succeeds(status: &str) -> bool {
    status.starts_with('2')
}

/// Returns the schema of a parameter, from `schema` or `content`.
fn value_schema(parameter: &Value) -> Option<&Value> {
    parameter.get("schema").or_else(|| {
        let content = parameter.get("content")?.as_object()?;
        content.values().next()?.get("schema")
    })
}

/// Returns the serialization of a list or an object in a parameter; other values have only one.
fn style(key: &Key<'_>, parameter: &Value, shape: &Shape<'_>) -> Option<String> {
    if !matches!(shape.kind, Some("array" | "object")) {
        return None;
    }
    if parameter.get("content").is_some() {
        return Some("as content".to_owned());
    }
    let usual = match key {
        Key::Query(_) | Key::Cookie(_) => "form",
        Key::Path(_) | Key::Header(_) => "simple",
    };
    let style = parameter.get("style").and_then(Value::as_str);
    let style = style.unwrap_or(usual);
    let explode = parameter.get("explode").and_then(Value::as_bool);
    let explode = explode.unwrap_or(style == "form");
    Some(format!(
        "{style}{}",
        if explode { ", exploded" } else { "" }
    ))
}

/// Returns the schemas by media type, in lower case and without parameters.
fn content(holder: &Value) -> BTreeMap<String, Option<&Value>> {
    let content: Option<&Map<String, Value>> = holder.get("content").and_then(Value::as_object);
    content
        .into_iter()
        .flatten()
        .map(|(media, holder)| {
            let media = media.split(';').next().unwrap_or_default();
            (media.trim().to_ascii_lowercase(), holder.get("schema"))
        })
        .collect()
}
