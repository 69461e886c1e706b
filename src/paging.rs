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
    pending: Option<PendingPage<Q::Page>>,
}

impl<Q: Listing> Pages<Q> {
    /// The pages of a call whose limit is set.
    pub(crate) fn new(call: Call<Q>) -> Self {
        Self {
            next: Some(call.operation.place().clone()),
            call,
            pending: None,
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
        let cursor = Q::cursor(page).filter(|cursor| !cursor.is_empty());
        let next = match cursor {
            Some(cursor) => Place::Cursor(cursor.to_owned()),
            None => Q::after(page, place)?,
        };
        (next != *place).then_some(next)
    }
}

impl<Q: Listing> Stream for Pages<Q> {
    type Item = Result<Q::Page>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let Some(place) = this.next.clone() else {
            return Poll::Ready(None);
        };
        let mut pending = match this.pending.take() {
            Some(pending) => pending,
            None => PendingPage::Here(this.page(&place)),
        };
        let Poll::Ready(outcome) = pending.poll(context) else {
            this.pending = Some(pending);
            return Poll::Pending;
        };
        this.next = match &outcome {
            Ok(page) => this.after(&place, page),
            Err(_) => None,
        };
        // An empty page is how the service says that the one before was the last.
        let first = place == *this.call.operation.place();
        if !first && outcome.as_ref().is_ok_and(|page| Q::count(page) == 0) {
            return Poll::Ready(None);
        }
        if let Some(next) = this
            .next
            .as_ref()
            .filter(|_| this.call.operation.read_ahead())
        {
            let task = tokio::spawn(this.page(next));
            this.pending = Some(PendingPage::Ahead(AbortOnDrop(task)));
        }
        Poll::Ready(Some(outcome))
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
