//! The search language: filters, order and pages.

mod condition;
mod cursor;
mod facets;
mod field;
mod order;

use std::hash::{DefaultHasher, Hash, Hasher};

use self::condition::Condition;
use self::cursor::Cursor;
pub(crate) use self::facets::Counts;
use self::facets::Facets;
use self::field::Field;
use self::order::Order;
use super::answer::Answer;
use super::call::Call;
use super::image::Image;
use super::organization::Organization;

/// The end of the window that can be reached with a number.
pub(crate) const WINDOW: usize = 10_000;
const MOST_PER_PAGE: usize = 2000;
const DEFAULT_PER_PAGE: usize = 100;

/// Parameters that are no field.
const PARAMETERS: [&str; 7] = [
    "limit",
    "offset",
    "sort",
    "facets",
    "operator",
    "deleted",
    "binaryHash",
];

pub(crate) struct Search {
    filters: Vec<(Field, Condition)>,
    any: bool,
    deleted: bool,
    order: Order,
    facets: Facets,
    pub(crate) limit: usize,
    pub(crate) start: Start,
    /// What has to stay the same from one page to the next.
    fingerprint: u64,
}

/// Where a page begins.
pub(crate) enum Start {
    /// No offset, or zero.
    Beginning,
    Number(usize),
    Cursor {
        text: String,
        cursor: Cursor,
    },
}

/// A page, and what is known about its surroundings.
pub(crate) struct Page<'a> {
    pub(crate) total: usize,
    pub(crate) images: Vec<&'a Image>,
    /// How many images come before this page.
    pub(crate) before: usize,
    /// Leads on from the last image; absent when there is none.
    pub(crate) cursor: Option<String>,
    pub(crate) facets: Option<Counts>,
}

impl Page<'_> {
    pub(crate) fn has_more(&self) -> bool {
        self.before + self.images.len() < self.total
    }
}

impl Search {
    pub(crate) fn read(call: &Call) -> Result<Self, Answer> {
        let mut filters = Vec::new();
        let mut hasher = DefaultHasher::new();
        call.path.hash(&mut hasher);
        for (name, value) in &call.parameters {
            if !PARAMETERS.contains(&name.as_str()) {
                let field = Field::read(name)?;
                let condition = Condition::read(name, field.kind(), value)?;
                filters.push((field, condition));
            }
            // Another page size or other facets do not change what is found.
            if !matches!(name.as_str(), "limit" | "offset" | "facets") {
                (name, value).hash(&mut hasher);
            }
        }
        let any = match call.parameter("operator") {
            None | Some("and") => false,
            Some("or") => true,
            Some(_) => return Err(Answer::bad_request("The operator can only be \"or\"")),
        };
        let limit = match call.parameter("limit") {
            None => DEFAULT_PER_PAGE,
            Some(text) => text
                .parse()
                .ok()
                .filter(|limit| *limit <= MOST_PER_PAGE)
                .ok_or_else(|| {
                    Answer::bad_request(format!("The limit has to be 0 to {MOST_PER_PAGE}"))
                })?,
        };
        let fingerprint = hasher.finish();
        Ok(Self {
            filters,
            any,
            deleted: call.flag("deleted")?,
            order: Order::read(call.parameter("sort"))?,
            facets: Facets::read(call.parameter("facets"))?,
            limit,
            start: Start::read(call.parameter("offset"), limit, fingerprint)?,
            fingerprint,
        })
    }

    pub(crate) fn run<'a>(&self, organization: &'a Organization) -> Page<'a> {
        let found: Vec<&Image> = organization
            .newest_first()
            .filter(|image| image.deleted.is_some() == self.deleted && self.takes(image))
            .collect();
        let facets = self.facets.count(&found);
        let found = self.order.arrange(found);
        let before = match &self.start {
            Start::Beginning => 0,
            Start::Number(number) => (*number).min(found.len()),
            Start::Cursor { cursor, .. } => {
                found.partition_point(|placed| self.order.is_up_to(placed, cursor))
            }
        };
        let total = found.len();
        let page: Vec<_> = found.into_iter().skip(before).take(self.limit).collect();
        Page {
            total,
            before,
            cursor: page
                .last()
                .map(|placed| Cursor::after(placed, self.fingerprint).to_text()),
            images: page.into_iter().map(|placed| placed.image).collect(),
            facets,
        }
    }

    fn takes(&self, image: &Image) -> bool {
        let mut filters = self.filters.iter();
        let holds = |(field, condition): &(Field, Condition)| condition.holds(field, image);
        if self.any && !self.filters.is_empty() {
            filters.any(holds)
        } else {
            filters.all(holds)
        }
    }
}

impl Start {
    fn read(text: Option<&str>, limit: usize, fingerprint: u64) -> Result<Self, Answer> {
        let Some(text) = text else {
            return Ok(Self::Beginning);
        };
        if let Ok(number) = text.parse::<usize>() {
            if number.saturating_add(limit) > WINDOW {
                return Err(Answer::bad_request(format!(
                    "offset and limit together cannot be more than {WINDOW}, use a cursor"
                )));
            }
            return Ok(if number == 0 {
                Self::Beginning
            } else {
                Self::Number(number)
            });
        }
        Cursor::read(text)
            .filter(|cursor| cursor.belongs_to(fingerprint))
            .map(|cursor| Self::Cursor {
                text: text.to_owned(),
                cursor,
            })
            .ok_or_else(|| Answer::bad_request("The cursor does not belong to this search"))
    }
}
