//! A difference between two descriptions.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

/// Where a change is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// An operation of the old description, or of the new one if it was added.
    Operation {
        path: String,
        method: String,
        id: String,
    },
    /// A named schema, with its new name if that differs.
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

/// The kind of element that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Topic {
    Operation,
    OperationId,
    Parameter,
    Body,
    Response,
    Field,
    Type,
    /// The notation of a fact, which official documents choose differently: openness of enums, empty lists.
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

/// How the element changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Removed,
    Added,
    /// Removed here and added there, with the same content under another name.
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
    /// The element, for readers.
    pub(super) subject: String,
    pub(super) kind: Kind,
    /// Why the change breaks callers; `None` if it does not.
    pub(super) breaks: Option<&'static str>,
}

impl Change {
    /// Describes the change in one line, without the place.
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

/// Distinct changes, in an order that does not depend on the order in the documents.
#[derive(Default)]
pub(super) struct Changes(BTreeMap<(Place, Topic, String, Kind), Option<&'static str>>);

impl Changes {
    /// Adds a change; it is breaking if it breaks any use.
    pub(super) fn add(&mut self, change: Change) {
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
