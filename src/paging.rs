//! Lists that come in pages: one after the other, or item by item.

use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use tokio::task::JoinHandle;

use crate::call::Call;
use crate::error::{Error, ErrorKind, Result};
use crate::source_images::Search;

pub(crate) use sealed::Place;

/// A call whose answer is one page of a list. Implemented by this crate only.
pub trait Listing: sealed::Paged {}

impl<Q: sealed::Paged> Listing for Q {}

pub(crate) mod sealed {
    use crate::call::sealed::Run;

    /// Where a page begins.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum Place {
        Start,
        Number(u64),
        Cursor(String),
    }

    pub trait Paged: Run<Output = Self::Page> + Clone + std::fmt::Debug + Sync {
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

        #[doc(hidden)]
        fn count(page: &Self::Page) -> usize;

        #[doc(hidden)]
        fn cursor(page: &Self::Page) -> Option<&str>;

        /// Where the page after this one begins if there is no cursor.
        #[doc(hidden)]
        fn after(_page: &Self::Page, _place: &Place) -> Option<Place> {
            None
        }

        #[doc(hidden)]
        fn items(page: Self::Page) -> Vec<Self::Item>;

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

/// The pages of a list: a [`Stream`]. An error is given once and ends it.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Pages<Q: Listing = Search> {
    call: Call<Q>,
    /// Where the next page begins, unless there is none.
    next: Option<Place>,
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
    pub(crate) fn new(call: Call<Q>) -> Self {
        Self {
            next: Some(call.operation.place().clone()),
            call: call.with_spare(),
            pending: VecDeque::new(),
            held: None,
        }
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
        let mut operation = self.call.operation.clone();
        operation.set_place(place.clone());
        self.call.with(operation).into_future()
    }

    /// Where the page after this one begins. A cursor in the answer does not promise one: the end is an empty page, one
    /// shorter than asked for, or a cursor that repeats.
    fn after(&self, place: &Place, page: &Q::Page) -> Option<Place> {
        let items = u64::try_from(Q::count(page)).unwrap_or(u64::MAX);
        if items == 0 || items < self.call.operation.limit() {
            return None;
        }
        if let Some(offset) = self.numbered(place, page) {
            let next = offset.saturating_add(items);
            return Q::total(page)
                .is_none_or(|total| next < total)
                .then_some(Place::Number(next));
        }
        let cursor = Q::cursor(page).filter(|cursor| !cursor.is_empty());
        let next = match cursor {
            Some(cursor) => Place::Cursor(cursor.to_owned()),
            None => Q::after(page, place)?,
        };
        (next != *place).then_some(next)
    }

    /// The number of a page that others are read side by side with.
    fn numbered(&self, place: &Place, page: &Q::Page) -> Option<u64> {
        let operation = &self.call.operation;
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
        let limit = self.call.operation.limit().max(1);
        let under_way = u64::try_from(self.pending.len()).unwrap_or(u64::MAX);
        offset = offset.saturating_add(limit.saturating_mul(under_way));
        let total = Q::total(page).unwrap_or(u64::MAX);
        while self.pending.len() < self.call.operation.concurrency() && offset < total {
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
            return Poll::Ready(None);
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
            Ok(page) => this.after(&place, page),
            Err(_) => None,
        };
        if next.is_none() {
            // What was asked for by number and does not come after all.
            this.pending.clear();
        }
        let first = place == *this.call.operation.place();
        match (outcome, next) {
            // An empty page is how the service says that the one before was the last.
            (Ok(page), None) if !first && Q::count(&page) == 0 => {
                this.next = None;
                Poll::Ready(None)
            }
            (Ok(page), Some(next)) if this.call.operation.read_ahead() => {
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

/// The items of a list, page after page: a [`Stream`]. An error is given once and ends it.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Items<Q: Listing> {
    pages: Pages<Q>,
    ready: VecDeque<Q::Item>,
    total: Option<u64>,
    given: u64,
}

impl<Q: Listing> Items<Q> {
    pub(crate) fn new(pages: Pages<Q>) -> Self {
        Self {
            pages,
            ready: VecDeque::new(),
            total: None,
            given: 0,
        }
    }
}

/// The images of a search: a [`Stream`]. An error is given once and ends it.
pub type Images = Items<Search>;

impl Items<Search> {
    /// How many images match altogether, as soon as the first page is there.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// How many images are still to come, as soon as the first page is there. Images that are added or deleted in the
    /// meantime are not counted, and a listing that began at a cursor counts from the start.
    pub fn remaining(&self) -> Option<u64> {
        let before = match sealed::Paged::place(&self.pages.call.operation) {
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
            if let Some(item) = this.ready.pop_front() {
                this.given += 1;
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut this.pages).poll_next(context)) {
                Some(Ok(page)) => {
                    this.total = Q::total(&page);
                    this.ready = Q::items(page).into();
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
