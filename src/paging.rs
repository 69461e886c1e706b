//! Lists that come in pages: one after the other, or item by item.

use std::collections::hash_map::RandomState;
use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::future::Future;
use std::hash::BuildHasher;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use tokio::task::JoinHandle;

use crate::error::{Error, ErrorKind, Result};
use crate::source_images::Search;
use crate::undecodable::Undecodable;

pub(crate) use sealed::Place;

/// A call whose answer is one page of a list. Implemented by this crate only.
pub trait Listing: sealed::Paged {}

impl<Q: sealed::Paged> Listing for Q {}

pub(crate) mod sealed {
    use crate::undecodable::Undecodable;

    /// Where a page begins.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub enum Place {
        Start,
        Number(u64),
        Cursor(String),
    }

    pub trait Paged:
        crate::call::ApiCall<Returns = Self::Page> + Clone + std::fmt::Debug + Sync
    {
        type Page: Send + 'static;
        type Item: Send;

        #[doc(hidden)]
        fn place(&self) -> &Place;

        #[doc(hidden)]
        fn set_place(&mut self, place: Place);

        /// Items a page.
        #[doc(hidden)]
        fn limit(&self) -> u64;

        #[doc(hidden)]
        fn read_ahead(&self) -> bool;

        /// Pages to have under way at once where they can be numbered.
        #[doc(hidden)]
        fn concurrency(&self) -> usize {
            1
        }

        /// Whether all pages can be had by number, so that one need not be there to ask for the next.
        #[doc(hidden)]
        fn is_numbered(&self, _page: &Self::Page) -> bool {
            false
        }

        /// How many items the service sent in the page, whether or not they can be decoded.
        #[doc(hidden)]
        fn count(page: &Self::Page) -> usize;

        #[doc(hidden)]
        fn cursor(page: &Self::Page) -> Option<&str>;

        /// Where the page links to as the next one.
        #[doc(hidden)]
        fn linked(_page: &Self::Page) -> Option<Place> {
            None
        }

        /// The items that can be decoded, and the others.
        #[doc(hidden)]
        fn items(page: Self::Page) -> (Vec<Self::Item>, Vec<Undecodable>);

        /// How many items the whole list has. Where it is known, pages can be requested by number.
        #[doc(hidden)]
        fn total(_page: &Self::Page) -> Option<u64> {
            None
        }
    }
}

/// A page that was asked for.
enum PendingPage<P> {
    /// Comes in when it is polled.
    Here(Pin<Box<dyn Future<Output = Result<P>> + Send>>),
    /// Comes in by itself.
    Ahead(AbortOnDrop<P>),
}

/// A task that nobody needs any more when this is dropped.
struct AbortOnDrop<P>(JoinHandle<Result<P>>);

impl<P> Drop for AbortOnDrop<P> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<P> PendingPage<P> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<P>> {
        match self {
            Self::Here(page) => page.as_mut().poll(context),
            Self::Ahead(task) => Pin::new(&mut task.0).poll(context).map(|page| {
                page.unwrap_or_else(|error| {
                    let text = "the task that read ahead was ended";
                    Err(Error::new(ErrorKind::Interrupted, text).with_source(error))
                })
            }),
        }
    }
}

/// The pages of a list: a [`Stream`]. An error comes once and ends it.
///
/// The list ends with an empty page, with one that is shorter than the limit and links to no other, and without a cursor
/// or with one that repeats. A cursor that leads back to an earlier page is an error of the kind
/// [`ErrorKind::Decode`].
#[must_use = "a stream does nothing unless it is polled"]
pub struct Pages<Q: Listing = Search> {
    call: Q,
    /// Where the next page begins, unless there is none.
    next: Option<Place>,
    /// How many items come before the next page; unknown after a cursor of the caller's.
    position: Option<u64>,
    /// Why there is no next page although the list goes on.
    failure: Option<Error>,
    /// Hashes of where the pages so far began: a few bytes a page.
    visited: HashSet<u64>,
    hasher: RandomState,
    /// The next page, and those after it if they come by number.
    pending: VecDeque<PendingPage<Q::Page>>,
    held: Option<Held<Q::Page>>,
}

/// A page that is there, and is not given before the requests for what follows have left: a caller who computes on the
/// thread of a runtime that has one would hold them up.
struct Held<P> {
    page: P,
    next: Place,
    /// Ends when all else that was ready has had its turn.
    turn: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl<Q: Listing> Pages<Q> {
    /// The pages of a call whose limit is set.
    pub(crate) fn new(mut call: Q) -> Self {
        call.parts().pool_buffers();
        let place = call.place().clone();
        let mut pages = Self {
            position: match &place {
                Place::Start => Some(0),
                Place::Number(offset) => Some(*offset),
                Place::Cursor(_) => None,
            },
            next: None,
            failure: None,
            visited: HashSet::new(),
            hasher: RandomState::new(),
            call,
            pending: VecDeque::new(),
            held: None,
        };
        pages.is_new(&place);
        pages.next = Some(place);
        pages
    }

    /// Whether no page so far began there. Remembers it.
    fn is_new(&mut self, place: &Place) -> bool {
        let place = match place {
            Place::Number(0) => &Place::Start,
            other => other,
        };
        self.visited.insert(self.hasher.hash_one(place))
    }

    /// The cursor of the page that comes next, to go on from there another time. `None` before the first page, at the
    /// end, and where the service gave a number.
    pub fn cursor(&self) -> Option<&str> {
        match &self.next {
            Some(Place::Cursor(cursor)) => Some(cursor),
            _ => None,
        }
    }

    fn page(&self, place: &Place) -> Pin<Box<dyn Future<Output = Result<Q::Page>> + Send>> {
        let mut call = self.call.clone();
        call.set_place(place.clone());
        call.into_future()
    }

    /// Where the page after this one begins. A cursor in the response does not promise one.
    fn after(&mut self, place: &Place, page: &Q::Page) -> Result<Option<Place>> {
        let items = u64::try_from(Q::count(page)).unwrap_or(u64::MAX);
        if items == 0 {
            return Ok(None);
        }
        let limit = self.call.limit();
        // A total that is below what is there was left out of the response.
        let total = Q::total(page).filter(|total| *total >= items);
        if let Some(offset) = self.numbered(place, page) {
            let next = offset.saturating_add(items);
            if items != limit {
                // The pages that are under way do not begin there.
                self.pending.clear();
            }
            let more = total.is_none_or(|total| next < total);
            return Ok(more.then_some(Place::Number(next)));
        }
        let seen = self.position.map(|before| before.saturating_add(items));
        let left = seen
            .zip(total)
            .map(|(seen, total)| total.saturating_sub(seen));
        let linked = Q::linked(page);
        if items < limit && (linked.is_none() || left == Some(0)) {
            return Ok(None);
        }
        let cursor = Q::cursor(page).filter(|cursor| !cursor.is_empty());
        let cursor = cursor.map(|cursor| Place::Cursor(cursor.to_owned()));
        let mut leads = [cursor, linked].into_iter().flatten();
        let next = match leads.find(|next| next != place) {
            Some(next) => next,
            None => match (place, seen, left) {
                (Place::Start | Place::Number(_), Some(seen), Some(1..)) => Place::Number(seen),
                _ => return Ok(None),
            },
        };
        if !self.is_new(&next) {
            return match left {
                Some(0) => Ok(None),
                _ => Err(Error::new(
                    ErrorKind::Decode,
                    format!(
                        "the list does not end: its next page is one that was read before ({next:?})"
                    ),
                )),
            };
        }
        self.position = match &next {
            Place::Number(offset) => Some(*offset),
            _ => seen,
        };
        Ok(Some(next))
    }

    /// The number of a page that others are read side by side with.
    fn numbered(&self, place: &Place, page: &Q::Page) -> Option<u64> {
        let operation = &self.call;
        let numbered = operation.concurrency() > 1 && operation.is_numbered(page);
        match place {
            Place::Start if numbered => Some(0),
            Place::Number(offset) if numbered => Some(*offset),
            _ => None,
        }
    }

    /// Asks for what comes after a page that is there: the next one, or as many as are wanted at once.
    fn ask_ahead(&mut self, next: &Place, page: &Q::Page) {
        let Some(mut offset) = self.numbered(next, page) else {
            if self.pending.is_empty() {
                self.ask(next);
            }
            return;
        };
        let limit = self.call.limit().max(1);
        let under_way = u64::try_from(self.pending.len()).unwrap_or(u64::MAX);
        offset = offset.saturating_add(limit.saturating_mul(under_way));
        let total = Q::total(page).unwrap_or(u64::MAX);
        while self.pending.len() < self.call.concurrency() && offset < total {
            self.ask(&Place::Number(offset));
            offset = offset.saturating_add(limit);
        }
    }

    /// Gives the page that is held, when it is time.
    fn poll_held(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Q::Page>>> {
        if let Some(held) = &mut self.held {
            ready!(held.turn.as_mut().poll(context));
        }
        Poll::Ready(self.held.take().map(|held| {
            self.next = Some(held.next);
            Ok(held.page)
        }))
    }

    fn ask(&mut self, place: &Place) {
        let task = tokio::spawn(self.page(place));
        let ahead = PendingPage::Ahead(AbortOnDrop(task));
        self.pending.push_back(ahead);
    }
}

impl<Q: Listing> Stream for Pages<Q> {
    type Item = Result<Q::Page>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.held.is_some() {
            return this.poll_held(context);
        }
        let Some(place) = this.next.clone() else {
            return Poll::Ready(this.failure.take().map(Err));
        };
        let mut pending = match this.pending.pop_front() {
            Some(pending) => pending,
            None => PendingPage::Here(this.page(&place)),
        };
        let Poll::Ready(outcome) = pending.poll(context) else {
            this.pending.push_front(pending);
            return Poll::Pending;
        };
        let next = match &outcome {
            Ok(page) => this.after(&place, page).unwrap_or_else(|failure| {
                this.failure = Some(failure);
                None
            }),
            Err(_) => None,
        };
        if next.is_none() {
            // What was asked for by number and does not come after all.
            this.pending.clear();
        }
        let first = place == *this.call.place();
        match (outcome, next) {
            // An empty page is how the service says that the one before was the last.
            (Ok(page), None) if !first && Q::count(&page) == 0 => {
                this.next = None;
                Poll::Ready(None)
            }
            (Ok(page), Some(next)) if this.call.read_ahead() => {
                this.ask_ahead(&next, &page);
                let turn = Box::pin(tokio::task::yield_now());
                this.held = Some(Held { page, next, turn });
                this.poll_held(context)
            }
            (outcome, next) => {
                this.next = next;
                Poll::Ready(Some(outcome))
            }
        }
    }
}

/// The items of a list, page after page: a [`Stream`].
///
/// An item that cannot be decoded comes as an error of the kind [`ErrorKind::Decode`], with its JSON as the body of the
/// error, and the stream goes on after it. Any other error comes once and ends it.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Items<Q: Listing> {
    pages: Pages<Q>,
    /// What is left of the page: the items that can be decoded, the others, and the position of the next one.
    ready: VecDeque<Q::Item>,
    undecodable: VecDeque<Undecodable>,
    position: usize,
    total: Option<u64>,
    given: u64,
}

impl<Q: Listing> Items<Q> {
    pub(crate) fn new(pages: Pages<Q>) -> Self {
        Self {
            pages,
            ready: VecDeque::new(),
            undecodable: VecDeque::new(),
            position: 0,
            total: None,
            given: 0,
        }
    }

    /// The next item of the page that is there.
    fn next_ready(&mut self) -> Option<Result<Q::Item>> {
        let position = self.position;
        let odd = self.undecodable.front();
        if odd.is_some_and(|odd| odd.position == position || self.ready.is_empty()) {
            return self.undecodable.pop_front().map(|odd| Err(odd.into()));
        }
        self.ready.pop_front().map(Ok)
    }
}

/// The images of a search: a [`Stream`], see [`Items`].
pub type Images = Items<Search>;

impl Items<Search> {
    /// How many images match altogether, as soon as the first page is there.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// How many images are still to come, as soon as the first page is there. Images that are added or deleted in the
    /// meantime are not counted, and a listing that began at a cursor counts from the start.
    pub fn remaining(&self) -> Option<u64> {
        let before = match sealed::Paged::place(&self.pages.call) {
            Place::Number(offset) => *offset,
            Place::Start | Place::Cursor(_) => 0,
        };
        Some(
            self.total?
                .saturating_sub(before)
                .saturating_sub(self.given),
        )
    }
}

// Neither part is ever pinned in its place.
impl<Q: Listing> Unpin for Pages<Q> {}
impl<Q: Listing> Unpin for Items<Q> {}

impl<Q: Listing> Stream for Items<Q> {
    type Item = Result<Q::Item>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(item) = this.next_ready() {
                this.given += 1;
                this.position += 1;
                return Poll::Ready(Some(item));
            }
            match ready!(Pin::new(&mut this.pages).poll_next(context)) {
                Some(Ok(page)) => {
                    this.total = Q::total(&page);
                    let (ready, undecodable) = Q::items(page);
                    this.ready = ready.into();
                    this.undecodable = undecodable.into();
                    this.position = 0;
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        // The total is a snapshot of the first pages, so it is no promise in either direction.
        (self.ready.len(), None)
    }
}

impl<Q: Listing> fmt::Debug for Pages<Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("search", &self.call)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

impl<Q: Listing> fmt::Debug for Items<Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("pages", &self.pages)
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}
