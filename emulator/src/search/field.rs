//! Search fields and their values in an image.

use chrono::DateTime;
use serde_json::Value;

use crate::image::Image;
use crate::response::Response;
use crate::user_metadata::{FieldType, is_field_name, stored_key};

/// How a search compares the values of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One or more strings, compared as whole strings.
    Keyword,
    /// Texts, compared word by word.
    Words,
    Integer,
    Double,
    Date,
    Flag,
    Place,
}

pub(crate) struct Field {
    place: Place,
    kind: Kind,
    is_list: bool,
}

enum Place {
    Hash,
    ShortHash,
    BinaryHash,
    Mimetype,
    Format,
    Size,
    Width,
    Height,
    Created,
    DeletedDate,
    Name,
    User(String),
    Dynamic(String, String),
    Static(String, String),
}

impl Field {
    pub(crate) fn read(name: &str) -> Result<Self, Response> {
        let (place, kind) = match name {
            "hash" => (Place::Hash, Kind::Keyword),
            "short_hash" => (Place::ShortHash, Kind::Keyword),
            "binaryhash" => (Place::BinaryHash, Kind::Keyword),
            "mimetype" => (Place::Mimetype, Kind::Keyword),
            "format" => (Place::Format, Kind::Keyword),
            "size" => (Place::Size, Kind::Integer),
            "width" => (Place::Width, Kind::Integer),
            "height" => (Place::Height, Kind::Integer),
            "created" => (Place::Created, Kind::Date),
            "deletedDate" => (Place::DeletedDate, Kind::Date),
            "name" => (Place::Name, Kind::Keyword),
            "name_text" => (Place::Name, Kind::Words),
            _ => {
                return Self::read_metadata(name).ok_or_else(|| {
                    Response::bad_request(format!("Unknown search field `{name}`"))
                });
            }
        };
        Ok(Self {
            place,
            kind,
            is_list: false,
        })
    }

    fn read_metadata(name: &str) -> Option<Self> {
        let parts: Vec<&str> = name.split(':').collect();
        let (place, type_name) = match parts.as_slice() {
            ["user", name] if is_field_name(name) => (Place::User((*name).to_owned()), "str"),
            ["user", type_name, name] if is_field_name(name) => {
                FieldType::from_name(type_name)?;
                (Place::User(stored_key(type_name, name)), *type_name)
            }
            ["dynamic", type_name, kind, field] => (
                Place::Dynamic((*kind).to_owned(), (*field).to_owned()),
                *type_name,
            ),
            ["static", type_name, path] => {
                let (block, field) = path.split_once("__")?;
                (
                    Place::Static(block.to_owned(), field.to_owned()),
                    *type_name,
                )
            }
            _ => return None,
        };
        let kind = if matches!(type_name, "boolean" | "bool") {
            Kind::Flag
        } else {
            match FieldType::from_name(type_name)? {
                FieldType::Str | FieldType::Array => Kind::Keyword,
                FieldType::Text | FieldType::ArrayText => Kind::Words,
                FieldType::Int => Kind::Integer,
                FieldType::Double => Kind::Double,
                FieldType::Date => Kind::Date,
                FieldType::LatLon => Kind::Place,
            }
        };
        Some(Self {
            place,
            kind,
            is_list: matches!(type_name, "array" | "array_text"),
        })
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether this is `created`, the service's default sort field.
    pub(crate) fn is_created(&self) -> bool {
        matches!(self.place, Place::Created)
    }

    pub(crate) fn can_sort(&self) -> bool {
        !self.is_list && !matches!(self.kind, Kind::Words | Kind::Place)
    }

    /// Whether facets exist: for strings of the user metadata, single or in lists.
    pub(crate) fn can_count(&self) -> bool {
        matches!(self.place, Place::User(_)) && self.kind == Kind::Keyword
    }

    fn metadata<'a>(&self, image: &'a Image) -> Option<&'a Value> {
        match &self.place {
            Place::User(key) => image.user_metadata.get(key),
            Place::Dynamic(kind, field) => image.dynamic_metadata.get(kind)?.get(field),
            Place::Static(block, field) => image.static_metadata.get(block)?.get(field),
            _ => None,
        }
    }

    pub(crate) fn texts<'a>(&self, image: &'a Image) -> Vec<&'a str> {
        let text = match &self.place {
            Place::Hash => &image.hash,
            Place::ShortHash => &image.short_hash,
            Place::BinaryHash => &image.binary_hash,
            Place::Mimetype => &image.file_type.mimetype,
            Place::Format => &image.file_type.format,
            Place::Name => &image.name,
            _ => {
                return match self.metadata(image) {
                    Some(Value::String(text)) => vec![text],
                    Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
                    _ => Vec::new(),
                };
            }
        };
        vec![text]
    }

    /// Returns the number, or a date as microseconds since 1970.
    pub(crate) fn number(&self, image: &Image) -> Option<f64> {
        match &self.place {
            Place::Size => Some(whole(image.size())),
            Place::Width => Some(f64::from(image.file_type.width)),
            Place::Height => Some(f64::from(image.file_type.height)),
            Place::Created => Some(microseconds(&image.created.time)),
            Place::DeletedDate => Some(microseconds(&image.deleted.as_ref()?.time)),
            _ => match self.metadata(image)? {
                Value::String(text) => date(text),
                value => value.as_f64(),
            },
        }
    }

    pub(crate) fn flag(&self, image: &Image) -> Option<bool> {
        self.metadata(image)?.as_bool()
    }
}

pub(crate) fn date(text: &str) -> Option<f64> {
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .ok()
        .map(|time| microseconds(&time))
}

#[allow(clippy::cast_precision_loss)] // Exact until the year 2255.
fn microseconds<Zone: chrono::TimeZone>(time: &DateTime<Zone>) -> f64 {
    time.timestamp_micros() as f64
}

#[allow(clippy::cast_precision_loss)] // Exact up to 2^53.
pub(crate) fn whole(number: u64) -> f64 {
    number as f64
}
