//! The order of what was found.

use std::cmp::Ordering;

use super::cursor::Cursor;
use super::field::{Field, Kind, whole};
use crate::answer::Answer;
use crate::image::Image;

/// Fields, and whether each is descending; none means the newest first, in which the images come anyway.
pub(crate) struct Order(Vec<(Field, bool)>);

/// An image with what it is sorted by.
pub(crate) struct Placed<'a> {
    pub(crate) keys: Vec<Key>,
    pub(crate) image: &'a Image,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Key {
    Number(f64),
    Text(String),
    Missing,
}

impl Order {
    pub(crate) fn read(text: Option<&str>) -> Result<Self, Answer> {
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
                Some(_) => return Err(Answer::bad_request("A sort direction is asc or desc")),
            };
            let field = Field::read(name)?;
            if words.next().is_some() || !field.can_sort() {
                return Err(Answer::bad_request(format!("Cannot sort by \"{term}\"")));
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

    pub(crate) fn arrange<'a>(&self, images: Vec<&'a Image>) -> Vec<Placed<'a>> {
        let mut placed: Vec<_> = images
            .into_iter()
            .map(|image| Placed {
                keys: self.0.iter().map(|(field, _)| key(field, image)).collect(),
                image,
            })
            .collect();
        if !self.0.is_empty() {
            placed.sort_by(|a, b| {
                self.compare((&a.keys, a.image.sequence), (&b.keys, b.image.sequence))
            });
        }
        placed
    }

    /// Whether an image comes before what follows a cursor.
    pub(crate) fn is_up_to(&self, placed: &Placed<'_>, cursor: &Cursor) -> bool {
        self.compare(
            (&placed.keys, placed.image.sequence),
            (&cursor.keys, cursor.sequence),
        ) != Ordering::Greater
    }

    /// Images without the field come last in either direction; the newest first among equals.
    fn compare(&self, a: (&[Key], u64), b: (&[Key], u64)) -> Ordering {
        for ((_, descending), (a, b)) in self.0.iter().zip(a.0.iter().zip(b.0)) {
            let ordering = match (a, b) {
                (Key::Missing, Key::Missing) => Ordering::Equal,
                (Key::Missing, _) => return Ordering::Greater,
                (_, Key::Missing) => return Ordering::Less,
                (Key::Number(a), Key::Number(b)) => a.total_cmp(b),
                (Key::Text(a), Key::Text(b)) => a.cmp(b),
                // A field has one kind of key.
                (Key::Number(_), Key::Text(_)) => Ordering::Less,
                (Key::Text(_), Key::Number(_)) => Ordering::Greater,
            };
            match ordering {
                Ordering::Equal => {}
                unequal if *descending => return unequal.reverse(),
                unequal => return unequal,
            }
        }
        b.1.cmp(&a.1)
    }
}

fn key(field: &Field, image: &Image) -> Key {
    // Images of the same second have an order too.
    if field.is_created() {
        return Key::Number(whole(image.sequence));
    }
    match field.kind() {
        Kind::Integer | Kind::Double | Kind::Date => {
            field.number(image).map_or(Key::Missing, Key::Number)
        }
        Kind::Flag => field
            .flag(image)
            .map_or(Key::Missing, |flag| Key::Number(f64::from(u8::from(flag)))),
        Kind::Keyword | Kind::Words | Kind::Place => field
            .texts(image)
            .first()
            .map_or(Key::Missing, |text| Key::Text((*text).to_owned())),
    }
}
