//! Reads a search of more images than offsets reach: by ranges of `created`, several pages at the same time.
//!
//! A range is divided until offsets reach every image in it. The pages of a range overlap by one image: if the last image of a
//! page is not the first one of the next, images came or went between the two requests, and the cursor reads the range
//! instead. So an image that is there all the time is returned exactly once.
//!
//! What sends a request is `#[inline]`: only programs that read pages compile it.

use std::collections::hash_map::RandomState;
use std::collections::{HashSet, VecDeque};
use std::hash::BuildHasher;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_core::future::BoxFuture;
use futures_util::future::{try_join_all, try_join3};
use tokio::sync::Semaphore;

use super::field::{self, Filter, Sort};
use super::search::{Search, WINDOW};
use crate::DateTime;
use crate::api::types::{FacetCounts, PageLinks, SourceImage, SourceImageList};
use crate::error::{Error, Result};
use crate::paging::sealed::Paged;
use crate::paging::{PageStart, Pages, Task};

/// The fewest and the most parts that a range is divided into. Each is counted by a request; few parts take many rounds where
/// images are unevenly distributed.
const PARTS: (u64, u64) = (4, 16);

/// How often the first ranges are counted until they add up to the total, which changes with every upload and deletion.
const OPENINGS: u32 = 3;

/// The order of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    NewestFirst,
    OldestFirst,
}

/// Bounds of `created` in seconds since 1970: included and excluded.
pub(super) type Bounds = (Option<i64>, Option<i64>);

/// The seconds from one (included) until another (excluded).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    from: i64,
    until: i64,
}

/// A range and the number of images in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counted {
    range: Range,
    images: u64,
}

impl Range {
    fn seconds(self) -> u64 {
        self.until.abs_diff(self.from)
    }

    fn bounds(self) -> Bounds {
        (Some(self.from), Some(self.until))
    }

    /// Divides the range into parts of equal duration, in the order of the pages.
    #[inline]
    fn divided(self, parts: u64, order: Order) -> Vec<Self> {
        let seconds = self.seconds();
        let parts = parts.clamp(1, seconds.max(1));
        let edge = |part: u64| {
            // As 128 bits: the product may exceed 64.
            let after = u128::from(seconds) * u128::from(part) / u128::from(parts);
            self.from
                .saturating_add_unsigned(u64::try_from(after).unwrap_or(u64::MAX))
        };
        let divided = (0..parts).map(|part| Self {
            from: edge(part),
            until: edge(part + 1),
        });
        match order {
            Order::OldestFirst => divided.collect(),
            Order::NewestFirst => divided.rev().collect(),
        }
    }
}

/// Joins neighbours as long as `most` images are in them, and leaves out what has none.
fn joined(counted: impl IntoIterator<Item = Counted>, most: u64) -> Vec<Counted> {
    let mut joined: Vec<Counted> = Vec::new();
    for next in counted {
        match joined.last_mut() {
            Some(last) if last.images.saturating_add(next.images) <= most => {
                last.images = last.images.saturating_add(next.images);
                last.range.from = last.range.from.min(next.range.from);
                last.range.until = last.range.until.max(next.range.until);
            }
            _ => joined.push(next),
        }
    }
    joined.retain(|part| part.images > 0);
    joined
}

/// A part of the list that is yet to be returned.
enum Stretch {
    /// The first ranges are being counted; `None` if the list cannot be read by ranges.
    Opening(Task<Option<Vec<Counted>>>),
    Counted(Counted),
    /// Its parts are being counted.
    Dividing(u64, Task<Vec<Counted>>),
    Numbered(Numbered),
    Followed(Box<Followed>),
    /// What went wrong when its parts were counted.
    Failed(Error),
}

/// A range that is read by offsets.
struct Numbered {
    counted: Counted,
    /// The number of pages, of those that are requested, and of those that were received.
    pages: u64,
    requested: u64,
    received: u64,
    pending: VecDeque<Task<SourceImageList>>,
    /// The key of the last image of the page before, which the next page must start with. It is returned then.
    overlap: Option<u64>,
    /// The keys of the images that were returned.
    returned: HashSet<u64>,
}

/// A list that is read by its cursor, without what was returned from it before.
struct Followed {
    pages: Pages<Search>,
    returned: HashSet<u64>,
}

/// The pages of a search after the first one.
pub(super) struct Scan {
    requests: Requests,
    order: Order,
    /// The pages after the first one by cursor.
    by_cursor: Search,
    /// The total and the facets of the first page: those of the whole search.
    total: u64,
    facets: FacetCounts,
    keys: RandomState,
    /// The keys of the images of the first page that are in the ranges, too.
    skipped: HashSet<u64>,
    plan: VecDeque<Stretch>,
    held: Option<Held>,
}

/// A page that is returned once the requests for the following ones are sent.
struct Held {
    page: SourceImageList,
    yielded: BoxFuture<'static, ()>,
}

/// Sends requests, a limited number of them at the same time.
#[derive(Clone)]
struct Requests {
    search: Search,
    slots: Arc<Semaphore>,
    concurrency: usize,
    limit: u64,
}

impl Requests {
    /// The distance of two pages, which overlap by one image.
    fn step(&self) -> u64 {
        self.limit.saturating_sub(1).max(1)
    }

    /// The number of images that full pages by offset reach.
    fn reach(&self) -> u64 {
        let further = WINDOW.saturating_sub(self.limit) / self.step();
        self.limit
            .saturating_add(further.saturating_mul(self.step()))
    }

    #[inline]
    async fn send(&self, search: Search) -> Result<SourceImageList> {
        // It is never closed.
        let _slot = self.slots.acquire().await;
        search.send().await
    }

    #[inline]
    async fn count(&self, bounds: Bounds) -> Result<u64> {
        if bounds
            .0
            .zip(bounds.1)
            .is_some_and(|(from, until)| from >= until)
        {
            return Ok(0);
        }
        let counted = self.send(self.search.within(bounds).limit(0)).await?;
        Ok(counted.total)
    }

    #[inline]
    async fn count_all(&self, ranges: Vec<Range>) -> Result<Vec<Counted>> {
        let counts = ranges.iter().map(|range| self.count(range.bounds()));
        let counts = try_join_all(counts).await?;
        let counted = ranges.into_iter().zip(counts);
        Ok(counted
            .map(|(range, images)| Counted { range, images })
            .collect())
    }

    #[inline]
    fn page(&self, range: Range, offset: u64) -> Task<SourceImageList> {
        let mut search = self.search.within(range.bounds());
        if offset > 0 {
            search.set_start(PageStart::Offset(offset));
        }
        let requests = self.clone();
        Task::spawn(async move { requests.send(search).await })
    }

    #[inline]
    fn divide(&self, counted: Counted, order: Order) -> Task<Vec<Counted>> {
        // Somewhat smaller than what offsets reach, so that chance makes few of them too large.
        let parts = counted.images.div_ceil((self.reach() * 9 / 10).max(1));
        let ranges = counted.range.divided(parts.clamp(PARTS.0, PARTS.1), order);
        let requests = self.clone();
        Task::spawn(async move {
            let counted = requests.count_all(ranges).await?;
            Ok(joined(counted, requests.reach()))
        })
    }

    /// Divides the rest of the list after the image stored at a second, and counts the parts. `None` if they do not add up:
    /// the service may not count as this crate expects.
    #[inline]
    async fn open(&self, bounds: Bounds, last: i64, order: Order) -> Result<Option<Vec<Counted>>> {
        let after = last.saturating_add(1);
        let (rest, before) = match order {
            Order::NewestFirst => ((bounds.0, Some(after)), (Some(after), bounds.1)),
            Order::OldestFirst => ((Some(last), bounds.1), (bounds.0, Some(last))),
        };
        let farthest = self.search.within(rest).sorted(match order {
            Order::NewestFirst => field::CREATED.ascending(),
            Order::OldestFirst => field::CREATED.descending(),
        });
        let farthest = self.send(farthest.limit(1)).await?;
        let Some(farthest) = farthest.items.first().and_then(second) else {
            return Ok(None);
        };
        let range = match order {
            Order::NewestFirst => Range {
                from: farthest,
                until: after,
            },
            Order::OldestFirst => Range {
                from: last,
                until: farthest.saturating_add(1),
            },
        };
        if range.from >= range.until {
            return Ok(None);
        }
        for _ in 0..OPENINGS {
            let total = self.count(bounds);
            let before = self.count(before);
            let parts = self.count_all(range.divided(PARTS.1, order));
            let (total, before, parts) = try_join3(total, before, parts).await?;
            let sum = parts
                .iter()
                .fold(before, |sum, part| sum.saturating_add(part.images));
            if sum == total {
                return Ok(Some(joined(parts, self.reach())));
            }
        }
        Ok(None)
    }
}

/// Returns the second in which an image was stored.
fn second(image: &SourceImage) -> Option<i64> {
    image.created.to_utc().map(|time| time.timestamp())
}

impl Search {
    /// Returns the order of the pages, if it is one by `created`.
    pub(super) fn order_by_created(&self) -> Option<Order> {
        let Some(first) = self.sort.first().map(Sort::to_string) else {
            return Some(Order::NewestFirst);
        };
        match first.split(',').next() {
            Some("created desc") => Some(Order::NewestFirst),
            Some("created asc") => Some(Order::OldestFirst),
            _ => None,
        }
    }

    /// Returns the bounds of `created` that the filters set; `None` if they are not a range of seconds.
    fn bounds(&self) -> Option<Bounds> {
        let mut on_created = self.filters.iter().filter(|filter| filter.is_on_created());
        match on_created.next() {
            Some(filter) => filter.seconds(),
            None => Some((None, None)),
        }
    }

    /// Returns the same search within other bounds of `created`.
    fn within(&self, bounds: Bounds) -> Self {
        let mut search = self.clone();
        search.filters.retain(|filter| !filter.is_on_created());
        let filter: Option<Filter> = match bounds {
            (Some(from), Some(until)) => Some(field::CREATED.between(moment(from), moment(until))),
            (Some(from), None) => Some(field::CREATED.since(moment(from))),
            (None, Some(until)) => Some(field::CREATED.before(moment(until))),
            (None, None) => None,
        };
        search.filters.extend(filter);
        search
    }

    fn sorted(mut self, sort: Sort) -> Self {
        self.sort = vec![sort];
        self
    }
}

/// Returns a date. A second out of range becomes a text that is not a date, which no search sends.
fn moment(second: i64) -> DateTime {
    chrono::DateTime::from_timestamp(second, 0)
        .map(DateTime::from)
        .unwrap_or_default()
}

impl Scan {
    /// Returns the pages after the first one, if they can be read by ranges: in an order by `created`, with filters that can
    /// be combined with a range, and from the start of the list.
    #[inline]
    pub(super) fn after(
        search: &Search,
        first: &SourceImageList,
        next: &PageStart,
    ) -> Option<Self> {
        let limit = Paged::limit(search);
        let from_start = matches!(search.start, PageStart::First | PageStart::Offset(0));
        if !from_start || search.any || limit < 2 {
            return None;
        }
        let order = search.order_by_created()?;
        let bounds = search.bounds()?;
        let stored: Vec<i64> = first.items.iter().map(second).collect::<Option<_>>()?;
        let sorted = match order {
            Order::NewestFirst => stored.is_sorted_by(|one, next| one >= next),
            Order::OldestFirst => stored.is_sorted(),
        };
        let last = *stored.last().filter(|_| sorted)?;
        let mut by_cursor = search.clone();
        by_cursor.concurrency = 1;
        let mut ranged = by_cursor.clone();
        by_cursor.set_start(next.clone());
        ranged.set_start(PageStart::First);
        ranged.facets.clear();
        let requests = Requests {
            search: ranged,
            slots: Arc::new(Semaphore::new(
                search.concurrency.min(Semaphore::MAX_PERMITS),
            )),
            concurrency: search.concurrency,
            limit,
        };
        let keys = RandomState::new();
        let at_edge = first.items.iter().zip(&stored);
        let at_edge = at_edge.filter(|(_, stored)| **stored == last);
        let at_edge = at_edge.map(|(image, _)| keys.hash_one(&image.hash));
        let unknown = first.undecodable.iter();
        let unknown = unknown.map(|item| keys.hash_one(&item.json));
        let skipped = at_edge.chain(unknown).collect();
        let opening = requests.clone();
        let opening = Task::spawn(async move {
            match opening.open(bounds, last, order).await {
                // Another way may do where the service refuses this one.
                Err(error)
                    if error
                        .status()
                        .is_some_and(|status| status.is_client_error()) =>
                {
                    Ok(None)
                }
                opened => opened,
            }
        });
        Some(Self {
            requests,
            order,
            by_cursor,
            total: first.total,
            facets: first.facets.clone(),
            keys,
            skipped,
            plan: VecDeque::from([Stretch::Opening(opening)]),
            held: None,
        })
    }

    /// Replaces the stretches whose parts are counted; returns whether there are any.
    #[inline]
    fn poll_divisions(&mut self, context: &mut Context<'_>) -> bool {
        let mut changed = false;
        let mut next = 0;
        while let Some(stretch) = self.plan.get_mut(next) {
            next += 1;
            let counted = match stretch {
                Stretch::Opening(task) => task.poll(context),
                Stretch::Dividing(_, task) => task.poll(context).map(|counted| counted.map(Some)),
                _ => continue,
            };
            let Poll::Ready(counted) = counted else {
                continue;
            };
            changed = true;
            match counted {
                Ok(Some(counted)) => {
                    let rest = self.plan.split_off(next);
                    self.plan.pop_back();
                    self.plan.extend(counted.into_iter().map(Stretch::Counted));
                    next = self.plan.len();
                    self.plan.extend(rest);
                }
                Ok(None) => *stretch = Followed::stretch(self.by_cursor.clone()),
                Err(error) => *stretch = Stretch::Failed(error),
            }
        }
        changed
    }

    /// Requests the next pages, and the counts of what follows them.
    #[inline]
    fn advance(&mut self) {
        let requests = &self.requests;
        let pending = self.plan.iter().map(|stretch| match stretch {
            Stretch::Numbered(numbered) => numbered.pending.len(),
            _ => 0,
        });
        let mut pending: usize = pending.sum();
        let horizon = u64::try_from(requests.concurrency)
            .unwrap_or(u64::MAX)
            .saturating_mul(8);
        // The number of pages that are not requested yet, known or estimated, before a stretch.
        let mut ahead: u64 = 0;
        for stretch in &mut self.plan {
            if let Stretch::Counted(counted) = *stretch {
                if counted.images <= requests.reach() {
                    *stretch = Stretch::Numbered(Numbered::new(counted, requests));
                } else if counted.range.seconds() <= 1 {
                    *stretch = Followed::stretch(requests.search.within(counted.range.bounds()));
                } else if ahead < horizon {
                    let parts = requests.divide(counted, self.order);
                    *stretch = Stretch::Dividing(counted.images, parts);
                }
            }
            match stretch {
                Stretch::Numbered(numbered) => {
                    // In order: memory is for the pages that are returned first.
                    while ahead == 0
                        && pending < requests.concurrency
                        && numbered.requested < numbered.pages
                    {
                        numbered.request(requests);
                        pending += 1;
                    }
                    ahead += numbered.pages - numbered.requested;
                }
                Stretch::Counted(Counted { images, .. }) | Stretch::Dividing(images, _) => {
                    ahead += images.div_ceil(requests.limit);
                }
                Stretch::Followed(_) => {}
                Stretch::Opening(_) | Stretch::Failed(_) => break,
            }
            if ahead >= horizon {
                break;
            }
        }
    }

    /// Returns the next page of the first stretch; `None` if it changed, and there may be another way to go on.
    #[inline]
    fn poll_first(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<SourceImageList>>> {
        let page = match self.plan.front_mut() {
            Some(Stretch::Numbered(numbered)) => match numbered.pending.front_mut() {
                Some(task) => {
                    let page = ready!(task.poll(context));
                    numbered.pending.pop_front();
                    page
                }
                None => {
                    self.plan.pop_front();
                    return Poll::Ready(None);
                }
            },
            Some(Stretch::Followed(followed)) => {
                match ready!(Pin::new(&mut followed.pages).poll_next(context)) {
                    Some(page) => page,
                    None => {
                        self.plan.pop_front();
                        return Poll::Ready(None);
                    }
                }
            }
            // The tasks have been polled.
            Some(Stretch::Opening(_) | Stretch::Dividing(..) | Stretch::Counted(_)) => {
                return Poll::Pending;
            }
            Some(Stretch::Failed(_)) | None => {
                let failed = self.plan.pop_front();
                self.plan.clear();
                return Poll::Ready(match failed {
                    Some(Stretch::Failed(error)) => Some(Err(error)),
                    _ => None,
                });
            }
        };
        let page = page.map(|page| self.accepted(page));
        if page.is_err() {
            self.plan.clear();
        }
        Poll::Ready(page.transpose())
    }

    /// Returns what is new in a page of the first stretch, if anything is.
    #[inline]
    fn accepted(&mut self, mut page: SourceImageList) -> Option<SourceImageList> {
        let keys = &self.keys;
        match self.plan.front_mut()? {
            Stretch::Numbered(numbered) => {
                if !numbered.fits(&mut page, keys, &self.requests) {
                    let search = self.requests.search.within(numbered.counted.range.bounds());
                    let mut followed = Followed::new(search);
                    followed.returned = std::mem::take(&mut numbered.returned);
                    self.plan.pop_front();
                    self.plan.push_front(Stretch::Followed(Box::new(followed)));
                    return None;
                }
                let returned = page.items.iter().map(|image| keys.hash_one(&image.hash));
                numbered.returned.extend(returned);
                let unknown = page.undecodable.iter();
                numbered
                    .returned
                    .extend(unknown.map(|item| keys.hash_one(&item.json)));
            }
            Stretch::Followed(followed) => {
                let known = &followed.returned;
                page.items
                    .retain(|image| !known.contains(&keys.hash_one(&image.hash)));
                page.undecodable
                    .retain(|item| !known.contains(&keys.hash_one(&item.json)));
            }
            _ => {}
        }
        let known = &self.skipped;
        page.items
            .retain(|image| !known.contains(&keys.hash_one(&image.hash)));
        page.undecodable
            .retain(|item| !known.contains(&keys.hash_one(&item.json)));
        page.total = self.total;
        page.facets.clone_from(&self.facets);
        // They lead through a range.
        page.cursor = None;
        page.links = PageLinks::default();
        (Search::count(&page) > 0).then_some(page)
    }
}

impl Numbered {
    fn new(counted: Counted, requests: &Requests) -> Self {
        let further = counted.images.saturating_sub(requests.limit);
        Self {
            counted,
            pages: 1 + further.div_ceil(requests.step()),
            requested: 0,
            received: 0,
            pending: VecDeque::new(),
            overlap: None,
            returned: HashSet::new(),
        }
    }

    #[inline]
    fn request(&mut self, requests: &Requests) {
        let offset = self.requested * requests.step();
        let page = requests.page(self.counted.range, offset);
        self.pending.push_back(page);
        self.requested += 1;
    }

    /// Returns whether a page starts where the one before ended, and the last one is the end of the range. Takes the image
    /// that the next page starts with from it.
    #[inline]
    fn fits(
        &mut self,
        page: &mut SourceImageList,
        keys: &RandomState,
        requests: &Requests,
    ) -> bool {
        let offset = self.received * requests.step();
        self.received += 1;
        let images = u64::try_from(Search::count(page)).unwrap_or(u64::MAX);
        if let Some(expected) = self.overlap.take()
            && key(page, 0, keys) != Some(expected)
        {
            return false;
        }
        if self.received == self.pages || images < requests.limit {
            // Images that the range has lost since it was counted leave pages that do not exist.
            self.pending.clear();
            self.requested = self.pages;
            return page.total <= offset.saturating_add(images);
        }
        let last = Search::count(page).saturating_sub(1);
        self.overlap = key(page, last, keys);
        if page
            .undecodable
            .last()
            .is_some_and(|item| item.position == last)
        {
            page.undecodable.pop();
        } else {
            page.items.pop();
        }
        true
    }
}

/// Returns the key of the item at a position of a page.
fn key(page: &SourceImageList, position: usize, keys: &RandomState) -> Option<u64> {
    let mut before = 0;
    for item in &page.undecodable {
        if item.position == position {
            return Some(keys.hash_one(&item.json));
        }
        before += usize::from(item.position < position);
    }
    let image = page.items.get(position.checked_sub(before)?)?;
    Some(keys.hash_one(&image.hash))
}

impl Followed {
    #[inline]
    fn new(search: Search) -> Self {
        Self {
            pages: Pages::new(search),
            returned: HashSet::new(),
        }
    }

    #[inline]
    fn stretch(search: Search) -> Stretch {
        Stretch::Followed(Box::new(Self::new(search)))
    }
}

impl Stream for Scan {
    type Item = Result<SourceImageList>;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(held) = &mut this.held {
                ready!(held.yielded.as_mut().poll(context));
                return Poll::Ready(this.held.take().map(|held| Ok(held.page)));
            }
            this.advance();
            while this.poll_divisions(context) {
                this.advance();
            }
            let emptied = this.plan.is_empty();
            match ready!(this.poll_first(context)) {
                Some(Ok(page)) => {
                    this.advance();
                    let yielded = Box::pin(tokio::task::yield_now());
                    this.held = Some(Held { page, yielded });
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None if emptied => return Poll::Ready(None),
                None => {}
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_range_touch_and_leave_no_second_out() {
        for (from, until) in [(0, 1), (-5, 2), (7, 1_000_007), (i64::MIN, i64::MAX)] {
            let whole = Range { from, until };
            for parts in [1, 2, 4, 16] {
                let mut divided = whole.divided(parts, Order::OldestFirst);
                assert_eq!(divided.len() as u64, parts.min(whole.seconds()));
                assert!(divided.iter().all(|part| part.from < part.until));
                assert!(divided.windows(2).all(|two| two[0].until == two[1].from));
                let (first, last) = (divided[0], divided[divided.len() - 1]);
                assert_eq!((first.from, last.until), (from, until));
                divided.reverse();
                assert_eq!(whole.divided(parts, Order::NewestFirst), divided);
            }
        }
    }

    #[test]
    fn neighbours_are_joined_up_to_a_number_of_images() {
        let counted = |from, until, images| Counted {
            range: Range { from, until },
            images,
        };
        let parts = [
            counted(40, 50, 0),
            counted(30, 40, 6),
            counted(20, 30, 4),
            counted(10, 20, 25),
            counted(5, 10, 0),
            counted(0, 5, 3),
        ];
        assert_eq!(
            joined(parts, 10),
            [counted(20, 50, 10), counted(10, 20, 25), counted(0, 10, 3)]
        );
        assert_eq!(joined([counted(0, 1, 0)], 10), []);
    }
}
