//! The sort order of a search.

use std::cmp::Ordering;

use super::field::{Field, Kind, whole};
use crate::image::Image;
use crate::response::Response;

/// The sort fields, and whether each is descending. Empty means newest first, the order in which images are stored.
pub(crate) struct Order(Vec<(Field, bool)>);

/// An image and its position in the order.
pub(crate) struct SortedImage<'a> {
    pub(crate) position: Position,
    pub(crate) image: &'a Image,
}

/// A position in an order: the values of the sort fields, and the image's sequence number among equals.
#[derive(Clone)]
pub(crate) struct Position {
    pub(crate) keys: Vec<SortKey>,
    pub(crate) sequence: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SortKey {
    Number(f64),
    Text(String),
    Missing,
}

impl Order {
    pub(crate) fn read(text: Option<&str>) -> Result<Self, Response> {
        let Some(text) = text else {
            return Ok(Self(Vec::new()));
        };
        let mut terms = Vec::new();
        for term in text.split(',') {
            let mut words = term.split_whitespace();
            let (name, direction) = (words.next().unwrap_or_default(), words.next());
            let descending = match direction {
                None | Some("asc") => false,
                Some("desc") => true,
                Some(_) => {
                    return Err(Response::bad_request(
                        "A sort direction must be asc or desc",
                    ));
                }
            };
            let field = Field::read(name)?;
            if words.next().is_some() || !field.can_sort() {
                return Err(Response::bad_request(format!("Cannot sort by `{term}`")));
            }
            terms.push((field, descending));
        }
        if let [(field, true)] = terms.as_slice()
            && field.is_created()
        {
            terms.clear();
        }
        Ok(Self(terms))
    }

    /// Sorts images, which must come newest first.
    pub(crate) fn sort<'a>(&self, images: Vec<&'a Image>) -> Vec<SortedImage<'a>> {
        let mut sorted: Vec<_> = images
            .into_iter()
            .map(|image| SortedImage {
                position: Position {
                    keys: self.0.iter().map(|(field, _)| key(field, image)).collect(),
                    sequence: image.sequence,
                },
                image,
            })
            .collect();
        if !self.0.is_empty() {
            sorted.sort_by(|a, b| self.compare(&a.position, &b.position));
        }
        sorted
    }

    pub(crate) fn is_at_or_before(&self, a: &Position, b: &Position) -> bool {
        self.compare(a, b) != Ordering::Greater
    }

    /// Images without the field come last in either direction; among equals the newest comes first.
    fn compare(&self, a: &Position, b: &Position) -> Ordering {
        for ((_, descending), (a, b)) in self.0.iter().zip(a.keys.iter().zip(&b.keys)) {
            let ordering = match (a, b) {
                (SortKey::Missing, SortKey::Missing) => Ordering::Equal,
                (SortKey::Missing, _) => return Ordering::Greater,
                (_, SortKey::Missing) => return Ordering::Less,
                (SortKey::Number(a), SortKey::Number(b)) => a.total_cmp(b),
                (SortKey::Text(a), SortKey::Text(b)) => a.cmp(b),
                // One field has keys of one type.
                (SortKey::Number(_), SortKey::Text(_)) => Ordering::Less,
                (SortKey::Text(_), SortKey::Number(_)) => Ordering::Greater,
            };
            match ordering {
                Ordering::Equal => {}
                unequal if *descending => return unequal.reverse(),
                unequal => return unequal,
            }
        }
        b.sequence.cmp(&a.sequence)
    }
}

fn key(field: &Field, image: &Image) -> SortKey {
    // The sequence also orders images of the same second.
    if field.is_created() {
        return SortKey::Number(whole(image.sequence));
    }
    match field.kind() {
        Kind::Integer | Kind::Double | Kind::Date => field
            .number(image)
            .map_or(SortKey::Missing, SortKey::Number),
        Kind::Flag => field.flag(image).map_or(SortKey::Missing, |flag| {
            SortKey::Number(f64::from(u8::from(flag)))
        }),
        Kind::Keyword | Kind::Words | Kind::Place => field
            .texts(image)
            .first()
            .map_or(SortKey::Missing, |text| SortKey::Text((*text).to_owned())),
    }
}
