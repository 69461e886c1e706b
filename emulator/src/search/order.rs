//! The sort order of a search.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::field::{Field, Kind, whole};
use crate::image::Image;
use crate::response::Response;

/// The sort fields, and whether each is descending. Empty means newest first, the order in which images are stored.
pub(crate) struct Order(Vec<(Field, bool)>);

/// A position in an order: the values of the sort fields, and the image's sequence number among equals.
#[derive(Clone)]
pub(crate) struct Position<'a> {
    pub(crate) keys: Vec<SortKey<'a>>,
    pub(crate) sequence: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SortKey<'a> {
    Number(f64),
    Text(Cow<'a, str>),
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

    pub(crate) fn is_newest_first(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns `limit` of these images, which must come newest first, from `offset` on in this order.
    pub(crate) fn slice<'a>(
        &self,
        mut images: Vec<&'a Image>,
        offset: usize,
        limit: usize,
    ) -> Vec<&'a Image> {
        let end = offset.saturating_add(limit);
        if self.0.is_empty() {
            images.truncate(end);
            return images.split_off(offset.min(images.len()));
        }
        let mut sorted: Vec<_> = images
            .into_iter()
            .map(|image| (self.position(image), image))
            .collect();
        let compare =
            |(a, _): &(Position<'_>, &Image), (b, _): &(Position<'_>, &Image)| self.compare(a, b);
        // Sorts what the page needs alone. No two positions are equal, so an unstable order is unique.
        if end < sorted.len() {
            sorted.select_nth_unstable_by(end, compare);
            sorted.truncate(end);
        }
        sorted.sort_unstable_by(compare);
        let page = sorted.into_iter().skip(offset);
        page.map(|(_, image)| image).collect()
    }

    /// Returns the images after a position.
    pub(crate) fn after<'a>(
        &self,
        mut images: Vec<&'a Image>,
        position: &Position<'_>,
    ) -> Vec<&'a Image> {
        images.retain(|image| self.compare(&self.position(image), position) == Ordering::Greater);
        images
    }

    /// Returns the position of an image in this order.
    pub(crate) fn position<'a>(&self, image: &'a Image) -> Position<'a> {
        Position {
            keys: self.0.iter().map(|(field, _)| key(field, image)).collect(),
            sequence: image.sequence,
        }
    }

    /// Images without the field come last in either direction; among equals the newest comes first.
    fn compare(&self, a: &Position<'_>, b: &Position<'_>) -> Ordering {
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

fn key<'a>(field: &Field, image: &'a Image) -> SortKey<'a> {
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
            .map_or(SortKey::Missing, |text| SortKey::Text(Cow::Borrowed(*text))),
    }
}
