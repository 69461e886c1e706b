//! Searches: filters, sort order and pages.

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
use super::image::Image;
use super::organization::Organization;
use super::request::Request;
use super::response::Response;

/// The largest sum of a numeric offset and the limit.
pub(crate) const RESULT_WINDOW: usize = 10_000;
const MAX_PAGE_SIZE: usize = 2000;
const DEFAULT_PAGE_SIZE: usize = 100;

/// Query parameters that are not search fields.
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
    pub(crate) start: PageStart,
    /// Identifies the search: a cursor is valid only for a search with the same one.
    fingerprint: u64,
}

/// The start of a page.
pub(crate) enum PageStart {
    /// No offset, or zero.
    Beginning,
    Offset(usize),
    Cursor {
        text: String,
        cursor: Cursor,
    },
}

/// A page of a search.
pub(crate) struct Page<'a> {
    pub(crate) total: usize,
    pub(crate) images: Vec<&'a Image>,
    /// The number of images before this page; 0 for a page by cursor.
    pub(crate) offset: usize,
    pub(crate) has_more: bool,
    /// The position after the last image; `None` for an empty page.
    pub(crate) cursor: Option<String>,
    pub(crate) facets: Option<Counts>,
}

impl Search {
    pub(crate) fn read(request: &Request) -> Result<Self, Response> {
        let mut filters = Vec::new();
        let mut hasher = DefaultHasher::new();
        request.path.hash(&mut hasher);
        for (name, value) in &request.parameters {
            if !PARAMETERS.contains(&name.as_str()) {
                let field = Field::read(name)?;
                let condition = Condition::read(name, field.kind(), value)?;
                filters.push((field, condition));
            }
            // The page size and the facets do not change the result.
            if !matches!(name.as_str(), "limit" | "offset" | "facets") {
                (name, value).hash(&mut hasher);
            }
        }
        let any = match request.parameter("operator") {
            None => false,
            Some("or") => true,
            Some(_) => return Err(Response::bad_request("`operator` must be `or`")),
        };
        let limit = match request.parameter("limit") {
            None => DEFAULT_PAGE_SIZE,
            Some(text) => text
                .parse()
                .ok()
                .filter(|limit| *limit <= MAX_PAGE_SIZE)
                .ok_or_else(|| {
                    Response::bad_request(format!("`limit` must be 0 to {MAX_PAGE_SIZE}"))
                })?,
        };
        let fingerprint = hasher.finish();
        Ok(Self {
            filters,
            any,
            deleted: request.flag("deleted")?,
            order: Order::read(request.parameter("sort"))?,
            facets: Facets::read(request.parameter("facets"))?,
            limit,
            start: PageStart::read(request.parameter("offset"), limit, fingerprint)?,
            fingerprint,
        })
    }

    pub(crate) fn run<'a>(&self, organization: &'a Organization) -> Page<'a> {
        let is_plain = self.filters.is_empty() && !self.deleted && self.facets.is_empty();
        if is_plain && self.order.is_newest_first() {
            return self.newest(organization);
        }
        let found: Vec<&Image> = organization
            .newest_first()
            .filter(|image| image.deleted.is_some() == self.deleted && self.accepts(image))
            .collect();
        let facets = self.facets.count(&found);
        let total = found.len();
        let (offset, images) = match &self.start {
            PageStart::Beginning => (0, self.order.slice(found, 0, self.limit)),
            PageStart::Offset(number) => {
                let offset = (*number).min(total);
                (offset, self.order.slice(found, offset, self.limit))
            }
            PageStart::Cursor { cursor, .. } => {
                let rest = self.order.after(found, &cursor.position);
                let has_more = rest.len() > self.limit;
                let images = self.order.slice(rest, 0, self.limit);
                return self.page(total, 0, has_more, images, facets);
            }
        };
        let has_more = offset + images.len() < total;
        self.page(total, offset, has_more, images, facets)
    }

    /// Returns a page of all images, which needs a look at the images of the page only.
    fn newest<'a>(&self, organization: &'a Organization) -> Page<'a> {
        let total = organization.live_count();
        let (offset, before) = match &self.start {
            PageStart::Beginning => (0, u64::MAX),
            PageStart::Offset(number) => ((*number).min(total), u64::MAX),
            PageStart::Cursor { cursor, .. } => (0, cursor.position.sequence),
        };
        let mut rest = organization
            .newest_before(before)
            .filter(|image| image.deleted.is_none())
            .skip(offset);
        let images = rest.by_ref().take(self.limit).collect();
        let has_more = rest.next().is_some();
        self.page(total, offset, has_more, images, None)
    }

    fn page<'a>(
        &self,
        total: usize,
        offset: usize,
        has_more: bool,
        images: Vec<&'a Image>,
        facets: Option<Counts>,
    ) -> Page<'a> {
        Page {
            total,
            offset,
            has_more,
            cursor: images
                .last()
                .map(|image| Cursor::text_after(&self.order.position(image), self.fingerprint)),
            images,
            facets,
        }
    }

    fn accepts(&self, image: &Image) -> bool {
        let mut filters = self.filters.iter();
        let holds = |(field, condition): &(Field, Condition)| condition.matches(field, image);
        if self.any && !self.filters.is_empty() {
            filters.any(holds)
        } else {
            filters.all(holds)
        }
    }
}

impl PageStart {
    fn read(text: Option<&str>, limit: usize, fingerprint: u64) -> Result<Self, Response> {
        let Some(text) = text else {
            return Ok(Self::Beginning);
        };
        if let Ok(number) = text.parse::<usize>() {
            if number.saturating_add(limit) > RESULT_WINDOW {
                return Err(Response::bad_request(format!(
                    "offset + limit must not exceed {RESULT_WINDOW}; use a cursor"
                )));
            }
            return Ok(if number == 0 {
                Self::Beginning
            } else {
                Self::Offset(number)
            });
        }
        Cursor::read(text)
            .filter(|cursor| cursor.belongs_to(fingerprint))
            .map(|cursor| Self::Cursor {
                text: text.to_owned(),
                cursor,
            })
            .ok_or_else(|| Response::bad_request("The cursor is invalid for this search"))
    }
}
