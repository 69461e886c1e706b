//! The condition of a filter on a field.

use super::field::{Field, Kind, date};
use crate::image::Image;
use crate::response::Response;
use crate::user_metadata::place;

pub(crate) enum Condition {
    Exact(String),
    Prefix(String),
    Words {
        whole: Vec<String>,
        prefix: Option<String>,
    },
    Number(f64),
    Range {
        low: Bound,
        high: Bound,
    },
    Flag(bool),
    Place(f64, f64),
}

#[derive(Clone, Copy)]
pub(crate) enum Bound {
    Open,
    Inclusive(f64),
    Exclusive(f64),
}

/// An edge of a range as text, and whether it is inclusive.
type Edge<'a> = (&'a str, bool);

impl Condition {
    pub(crate) fn read(name: &str, kind: Kind, text: &str) -> Result<Self, Response> {
        let invalid = |why: &str| {
            Response::bad_request(format!("Invalid value `{text}` for `{name}`: {why}"))
        };
        let range = as_range(text);
        match kind {
            Kind::Integer | Kind::Double | Kind::Date => match range {
                Some((low, high)) => {
                    let read = |(edge, inclusive): Edge<'_>| {
                        range_edge(kind, edge, inclusive)
                            .ok_or_else(|| invalid("a range looks like `[1,5]` or `{1,5}`"))
                    };
                    Ok(Self::Range {
                        low: read(low)?,
                        high: read(high)?,
                    })
                }
                None => number(kind, unquoted(text).unwrap_or(text))
                    .map(Self::Number)
                    .ok_or_else(|| invalid("it has the wrong type for this field")),
            },
            _ if range.is_some() && kind != Kind::Place => {
                Err(invalid("only numbers and dates have ranges"))
            }
            Kind::Flag => match text {
                "true" | "1" => Ok(Self::Flag(true)),
                "false" | "0" => Ok(Self::Flag(false)),
                _ => Err(invalid("it must be true or false")),
            },
            Kind::Place => place(text)
                .map(|(latitude, longitude)| Self::Place(latitude, longitude))
                .ok_or_else(|| invalid("it must be a latitude and a longitude")),
            Kind::Keyword | Kind::Words => {
                let (plain, is_prefix) = match text.strip_suffix('*') {
                    Some(prefix) => (prefix, true),
                    None => (text, false),
                };
                if plain.contains('*') {
                    return Err(invalid("`*` is allowed at the end only"));
                }
                Ok(match (kind, is_prefix) {
                    (Kind::Words, _) => {
                        let mut whole = words(plain);
                        let prefix = if is_prefix { whole.pop() } else { None };
                        Self::Words { whole, prefix }
                    }
                    (_, true) => Self::Prefix(plain.to_owned()),
                    (_, false) => Self::Exact(plain.to_owned()),
                })
            }
        }
    }

    pub(crate) fn matches(&self, field: &Field, image: &Image) -> bool {
        match self {
            Self::Exact(wanted) => field.texts(image).iter().any(|text| text == wanted),
            Self::Prefix(wanted) => field
                .texts(image)
                .iter()
                .any(|text| text.starts_with(wanted.as_str())),
            Self::Words { whole, prefix } => {
                let texts = field.texts(image);
                let found = || texts.iter().copied().flat_map(split_words);
                whole
                    .iter()
                    .all(|wanted| found().any(|word| equals_lower(word, wanted)))
                    && match prefix {
                        Some(prefix) => found().any(|word| starts_lower(word, prefix)),
                        None => !whole.is_empty() || found().next().is_some(),
                    }
            }
            Self::Number(wanted) => field
                .number(image)
                .is_some_and(|number| number.total_cmp(wanted).is_eq()),
            Self::Range { low, high } => field.number(image).is_some_and(|number| {
                (match *low {
                    Bound::Open => true,
                    Bound::Inclusive(edge) => number >= edge,
                    Bound::Exclusive(edge) => number > edge,
                }) && (match *high {
                    Bound::Open => true,
                    Bound::Inclusive(edge) => number <= edge,
                    Bound::Exclusive(edge) => number < edge,
                })
            }),
            Self::Flag(wanted) => field.flag(image) == Some(*wanted),
            Self::Place(latitude, longitude) => field
                .texts(image)
                .into_iter()
                .any(|text| place(text) == Some((*latitude, *longitude))),
        }
    }
}

/// Splits a range into its two edges.
fn as_range(text: &str) -> Option<(Edge<'_>, Edge<'_>)> {
    let (opening, rest) = match text.strip_prefix('[') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('{')?),
    };
    let (closing, inner) = match rest.strip_suffix(']') {
        Some(inner) => (true, inner),
        None => (false, rest.strip_suffix('}')?),
    };
    let (low, high) = inner.split_once(',')?;
    Some(((low.trim(), opening), (high.trim(), closing)))
}

/// Parses an edge of a range. An open edge is empty and needs a curly bracket; a date is quoted.
fn range_edge(kind: Kind, text: &str, inclusive: bool) -> Option<Bound> {
    if text.is_empty() {
        return (!inclusive).then_some(Bound::Open);
    }
    let text = if kind == Kind::Date {
        unquoted(text)?
    } else {
        text
    };
    let edge = number(kind, text)?;
    Some(if inclusive {
        Bound::Inclusive(edge)
    } else {
        Bound::Exclusive(edge)
    })
}

fn unquoted(text: &str) -> Option<&str> {
    text.strip_prefix('\'')?.strip_suffix('\'')
}

#[allow(clippy::cast_precision_loss)] // Exact up to 2^53.
fn number(kind: Kind, text: &str) -> Option<f64> {
    match kind {
        Kind::Integer => text.parse::<i64>().ok().map(|number| number as f64),
        Kind::Double => text.parse::<f64>().ok().filter(|number| number.is_finite()),
        Kind::Date => date(text),
        _ => None,
    }
}

fn words(text: &str) -> Vec<String> {
    split_words(text).map(str::to_lowercase).collect()
}

fn split_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// Whether a word in lower case equals another. A copy of each word would dominate a search of many images.
fn equals_lower(word: &str, lower: &str) -> bool {
    if word.is_ascii() {
        word.eq_ignore_ascii_case(lower)
    } else {
        word.to_lowercase() == lower
    }
}

fn starts_lower(word: &str, lower: &str) -> bool {
    if word.is_ascii() {
        let start = word.as_bytes().get(..lower.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(lower.as_bytes()))
    } else {
        word.to_lowercase().starts_with(lower)
    }
}
