//! A difference between two descriptions.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

/// Where a change is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// An operation, as the old description has it, or the new one where it is new.
    Operation {
        path: String,
        method: String,
        id: String,
    },
    /// A named schema, with the name in the new description where it has another one.
    Schema { name: String, new: Option<String> },
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation { path, method, id } => write!(formatter, "{method} {path} ({id})"),
            Self::Schema { name, new: None } => write!(formatter, "schema {name}"),
            Self::Schema {
                name,
                new: Some(new),
            } => write!(formatter, "schema {name} (new: {new})"),
        }
    }
}

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Topic {
    Operation,
    OperationId,
    Parameter,
    Body,
    Response,
    Field,
    Type,
    /// How a fact is written down, which official documents do in their own way: openness of enums, empty lists.
    Model,
}

impl Topic {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Operation => "operation",
            Self::OperationId => "operation id",
            Self::Parameter => "parameter",
            Self::Body => "body",
            Self::Response => "response",
            Self::Field => "field",
            Self::Type => "type",
            Self::Model => "model",
        }
    }
}

/// What happened to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Removed,
    Added,
    /// One went and one came in the same place, alike in all but the name.
    Renamed {
        to: String,
    },
    Changed {
        from: String,
        to: String,
    },
}

impl Kind {
    fn name(&self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Added => "added",
            Self::Renamed { .. } => "renamed",
            Self::Changed { .. } => "changed",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) place: Place,
    pub(super) topic: Topic,
    /// The thing, as a reader calls it.
    pub(super) subject: String,
    pub(super) kind: Kind,
    /// Why callers break, if they do.
    pub(super) breaks: Option<&'static str>,
}

impl Change {
    /// One line that says it all but the place.
    pub(super) fn line(&self) -> String {
        let subject = &self.subject;
        match &self.kind {
            Kind::Removed => format!("{subject} removed"),
            Kind::Added => format!("{subject} added"),
            Kind::Renamed { to } => format!("{subject} renamed to `{to}`"),
            Kind::Changed { from, to } => format!("{subject}: {from} → {to}"),
        }
    }

    pub(super) fn json(&self) -> Value {
        let place = match &self.place {
            Place::Operation { path, method, id } => {
                json!({"operation": id, "method": method, "path": path})
            }
            Place::Schema { name, new } => {
                json!({"schema": name, "new_name": new})
            }
        };
        let (from, to) = match &self.kind {
            Kind::Removed | Kind::Added => (None, None),
            Kind::Renamed { to } => (None, Some(to)),
            Kind::Changed { from, to } => (Some(from), Some(to)),
        };
        json!({
            "place": place,
            "about": self.topic.name(),
            "subject": self.subject,
            "change": self.kind.name(),
            "from": from,
            "to": to,
            "breaking": self.breaks.is_some(),
            "why": self.breaks,
        })
    }
}

/// Changes, each once however often it was met, in an order that does not hang on the order in the documents.
#[derive(Default)]
pub(super) struct Changes(BTreeMap<(Place, Topic, String, Kind), Option<&'static str>>);

impl Changes {
    /// Notes a change; whoever breaks by it in one use breaks.
    pub(super) fn note(&mut self, change: Change) {
        let Change {
            place,
            topic,
            subject,
            kind,
            breaks,
        } = change;
        let why = self.0.entry((place, topic, subject, kind)).or_default();
        *why = why.or(breaks);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn into_vec(self) -> Vec<Change> {
        self.0
            .into_iter()
            .map(|((place, topic, subject, kind), breaks)| Change {
                place,
                topic,
                subject,
                kind,
                breaks,
            })
            .collect()
    }
}
