//! Paginated lists: page by page, or item by item.

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
use crate::transport::trace;
use crate::undecodable::Undecodable;

pub(crate) use sealed::PageStart;

/// A call that returns one page of a list. Sealed: only this crate implements it.
pub trait Listing: sealed::Paged {}

impl<Q: sealed::Paged> Listing for Q {}

pub(crate) mod sealed {
    use crate::undecodable::Undecodable;

    /// The pages after the first one.
    pub(crate) type Rest<P> = futures_core::stream::BoxStream<'static, crate::error::Result<P>>;

    /// The start of a page.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub enum PageStart {
        First,
        Offset(u64),
        Cursor(String),
    }

    pub trait Paged:
        crate::call::ApiCall<Returns = Self::Page> + Clone + std::fmt::Debug + Sync
    {
        type Page: Send + 'static;
        type Item: Send;

        #[doc(hidden)]
        fn start(&self) -> &PageStart;

        #[doc(hidden)]
        fn set_start(&mut self, start: PageStart);

        /// Returns the number of items per page.
        #[doc(hidden)]
        fn limit(&self) -> u64;

        #[doc(hidden)]
        fn read_ahead(&self) -> bool;

        /// Returns the number of concurrent page requests, where pages have offsets.
        #[doc(hidden)]
        fn concurrency(&self) -> usize {
            1
        }

        /// Returns whether all pages can be requested by offset, so that a page does not depend on the previous one.
        #[doc(hidden)]
        fn is_numbered(&self, _page: &Self::Page) -> bool {
            false
        }

        /// Returns the pages after the first one, if they are requested in another way than one after the other. `next` is the
        /// start of the page after the first.
        #[doc(hidden)]
        fn rest(&self, _first: &Self::Page, _next: &PageStart) -> Option<Rest<Self::Page>> {
            None
        }

        /// Returns the number of items in the page, decodable or not.
        #[doc(hidden)]
        fn count(page: &Self::Page) -> usize;

        #[doc(hidden)]
        fn cursor(page: &Self::Page) -> Option<&str>;

        /// Returns the start of the next page, as the page links to it.
        #[doc(hidden)]
        fn linked(_page: &Self::Page) -> Option<PageStart> {
            None
        }

        /// Returns the decodable items and the others.
        #[doc(hidden)]
        fn items(page: Self::Page) -> (Vec<Self::Item>, Vec<Undecodable>);

        /// Returns the number of items in the whole list, if the service reports it.
        #[doc(hidden)]
        fn total(_page: &Self::Page) -> Option<u64> {
            None
        }
    }
}

/// A requested page.
enum PendingPage<P> {
    /// Makes progress when it is polled.
    Polled(Pin<Box<dyn Future<Output = Result<P>> + Send>>),
    /// Makes progress in a task of its own.
    Spawned(Task<P>),
}

/// Work that makes progress in a task of its own, which is aborted on drop.
pub(crate) struct Task<T>(JoinHandle<Result<T>>);

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<T: Send + 'static> Task<T> {
    pub(crate) fn spawn(work: impl Future<Output = Result<T>> + Send + 'static) -> Self {
        Self(tokio::spawn(trace::in_current(work)))
    }
}

impl<T> Task<T> {
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<T>> {
        Pin::new(&mut self.0).poll(context).map(|outcome| {
            outcome.unwrap_or_else(|error| {
                let text = "the read-ahead task was cancelled: keep the runtime running";
                Err(Error::new(ErrorKind::Interrupted, text).with_source(error))
            })
        })
    }
}

impl<P> PendingPage<P> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<P>> {
        match self {
            Self::Polled(page) => page.as_mut().poll(context),
            Self::Spawned(task) => task.poll(context),
        }
    }
}

/// A [`Stream`] of the pages of a list. An error ends the stream.
///
/// The list ends with an empty page, with a page that is shorter than the limit and has no link to another, and with a
/// missing or repeated cursor. A cursor to an earlier page is an error of the kind [`ErrorKind::Decode`].
///
/// [`Stream`]: https://docs.rs/futures-core/0.3/futures_core/stream/trait.Stream.html
#[must_use = "a stream does nothing unless it is polled"]
pub struct Pages<Q: Listing> {
    call: Q,
    /// The start of the next page, if there is one.
    next: Option<PageStart>,
    /// The number of items before the next page; unknown after a cursor that the caller set.
    position: Option<u64>,
    /// The error that ends the list early.
    failure: Option<Error>,
    /// Hashes of the starts of all pages so far: a few bytes per page.
    visited: HashSet<u64>,
    hasher: RandomState,
    /// The next page, and the following ones if they are requested by offset.
    pending: VecDeque<PendingPage<Q::Page>>,
    held: Option<Held<Q::Page>>,
    /// The pages after the first one, if the list requests them in its own way.
    rest: Option<sealed::Rest<Q::Page>>,
}

/// A received page, returned only after the read-ahead requests are sent: on a single-threaded runtime, a caller that
/// computes would delay them.
struct Held<P> {
    page: P,
    next: PageStart,
    /// Completes after one yield to the runtime.
    yielded: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl<Q: Listing> Pages<Q> {
    /// Creates a stream of the pages of a call, whose limit is set.
    pub(crate) fn new(mut call: Q) -> Self {
        call.parts().pool_buffers();
        let start = call.start().clone();
        let mut pages = Self {
            position: match &start {
                PageStart::First => Some(0),
                PageStart::Offset(offset) => Some(*offset),
                PageStart::Cursor(_) => None,
            },
            next: None,
            failure: None,
            visited: HashSet::new(),
            hasher: RandomState::new(),
            call,
            pending: VecDeque::new(),
            held: None,
            rest: None,
        };
        pages.is_new(&start);
        pages.next = Some(start);
        pages
    }

    /// Records the start of a page; returns whether it is new.
    fn is_new(&mut self, start: &PageStart) -> bool {
        let start = match start {
            PageStart::Offset(0) => &PageStart::First,
            other => other,
        };
        self.visited.insert(self.hasher.hash_one(start))
    }

    /// Returns the cursor of the next page, to continue from there later. `None` before the first page, at the end, where the
    /// service uses an offset, and for [concurrent pages](crate::Search::concurrency).
    pub fn cursor(&self) -> Option<&str> {
        match &self.next {
            Some(PageStart::Cursor(cursor)) => Some(cursor),
            _ => None,
        }
    }

    fn page(&self, start: &PageStart) -> Pin<Box<dyn Future<Output = Result<Q::Page>> + Send>> {
        let mut call = self.call.clone();
        call.set_start(start.clone());
        call.into_future()
    }

    /// Returns the start of the page after this one, if there is one: a cursor in the response does not guarantee it.
    fn after(&mut self, start: &PageStart, page: &Q::Page) -> Result<Option<PageStart>> {
        let items = u64::try_from(Q::count(page)).unwrap_or(u64::MAX);
        if items == 0 {
            return Ok(None);
        }
        let limit = self.call.limit();
        // A total below the number of received items means that the response has none.
        let total = Q::total(page).filter(|total| *total >= items);
        if let Some(offset) = self.numbered(start, page) {
            let next = offset.saturating_add(items);
            if items != limit {
                // The requested pages have other offsets.
                self.pending.clear();
            }
            let more = total.is_none_or(|total| next < total);
            return Ok(more.then_some(PageStart::Offset(next)));
        }
        let seen = self.position.map(|before| before.saturating_add(items));
        let remaining = seen
            .zip(total)
            .map(|(seen, total)| total.saturating_sub(seen));
        let linked = Q::linked(page);
        if items < limit && (linked.is_none() || remaining == Some(0)) {
            return Ok(None);
        }
        let cursor = Q::cursor(page).filter(|cursor| !cursor.is_empty());
        let cursor = cursor.map(|cursor| PageStart::Cursor(cursor.to_owned()));
        let mut candidates = [cursor, linked].into_iter().flatten();
        let next = match candidates.find(|next| next != start) {
            Some(next) => next,
            None => match (start, seen, remaining) {
                (PageStart::First | PageStart::Offset(_), Some(seen), Some(1..)) => {
                    PageStart::Offset(seen)
                }
                _ => return Ok(None),
            },
        };
        if !self.is_new(&next) {
            return match remaining {
                Some(0) => Ok(None),
                _ => Err(Error::new(
                    ErrorKind::Decode,
                    format!("the list does not end: its next page ({next:?}) was returned before"),
                )),
            };
        }
        self.position = match &next {
            PageStart::Offset(offset) => Some(*offset),
            _ => seen,
        };
        Ok(Some(next))
    }

    /// Returns the offset of a page if pages are requested concurrently.
    fn numbered(&self, start: &PageStart, page: &Q::Page) -> Option<u64> {
        let operation = &self.call;
        let numbered = operation.concurrency() > 1 && operation.is_numbered(page);
        match start {
            PageStart::First if numbered => Some(0),
            PageStart::Offset(offset) if numbered => Some(*offset),
            _ => None,
        }
    }

    /// Requests the pages after a received one: the next one, or as many as may be concurrent.
    fn read_ahead(&mut self, next: &PageStart, page: &Q::Page) {
        let Some(mut offset) = self.numbered(next, page) else {
            if self.pending.is_empty() {
                self.request(next);
            }
            return;
        };
        let limit = self.call.limit().max(1);
        let requested = u64::try_from(self.pending.len()).unwrap_or(u64::MAX);
        offset = offset.saturating_add(limit.saturating_mul(requested));
        let total = Q::total(page).unwrap_or(u64::MAX);
        while self.pending.len() < self.call.concurrency() && offset < total {
            self.request(&PageStart::Offset(offset));
            offset = offset.saturating_add(limit);
        }
    }

    /// Returns the held page once the read-ahead requests are sent.
    fn poll_held(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Q::Page>>> {
        if let Some(held) = &mut self.held {
            ready!(held.yielded.as_mut().poll(context));
        }
        Poll::Ready(self.held.take().map(|held| {
            self.next = Some(held.next);
            Ok(held.page)
        }))
    }

    fn request(&mut self, start: &PageStart) {
        let ahead = Task::spawn(self.page(start));
        self.pending.push_back(PendingPage::Spawned(ahead));
    }
}

impl<Q: Listing> Stream for Pages<Q> {
    type Item = Result<Q::Page>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if let Some(rest) = &mut this.rest {
            return rest.as_mut().poll_next(context);
        }
        if this.held.is_some() {
            return this.poll_held(context);
        }
        let Some(start) = this.next.clone() else {
            return Poll::Ready(this.failure.take().map(Err));
        };
        let mut pending = match this.pending.pop_front() {
            Some(pending) => pending,
            None => PendingPage::Polled(this.page(&start)),
        };
        let Poll::Ready(outcome) = pending.poll(context) else {
            this.pending.push_front(pending);
            return Poll::Pending;
        };
        let next = match &outcome {
            Ok(page) => this.after(&start, page).unwrap_or_else(|failure| {
                this.failure = Some(failure);
                None
            }),
            Err(_) => None,
        };
        if next.is_none() {
            // Pages requested by offset that do not exist.
            this.pending.clear();
        }
        let first = start == *this.call.start();
        match (outcome, next) {
            // An empty page marks the end of the list.
            (Ok(page), None) if !first && Q::count(&page) == 0 => {
                this.next = None;
                Poll::Ready(None)
            }
            (Ok(page), Some(next)) if this.call.read_ahead() => {
                if first && let Some(rest) = this.call.rest(&page, &next) {
                    this.next = None;
                    this.rest = Some(rest);
                    return Poll::Ready(Some(Ok(page)));
                }
                this.read_ahead(&next, &page);
                let yielded = Box::pin(tokio::task::yield_now());
                this.held = Some(Held {
                    page,
                    next,
                    yielded,
                });
                this.poll_held(context)
            }
            (outcome, next) => {
                this.next = next;
                Poll::Ready(Some(outcome))
            }
        }
    }
}

/// A [`Stream`] of the items of a list, page after page.
///
/// An item that cannot be decoded is an error of the kind [`ErrorKind::Decode`], with its JSON as the body of the error,
/// and the stream continues after it. Any other error ends the stream.
///
/// [`Stream`]: https://docs.rs/futures-core/0.3/futures_core/stream/trait.Stream.html
#[must_use = "a stream does nothing unless it is polled"]
pub struct Items<Q: Listing> {
    pages: Pages<Q>,
    /// The rest of the page: decodable items, the others, and the position of the next one.
    ready: VecDeque<Q::Item>,
    undecodable: VecDeque<Undecodable>,
    position: usize,
    total: Option<u64>,
    returned: u64,
}

impl<Q: Listing> Items<Q> {
    pub(crate) fn new(pages: Pages<Q>) -> Self {
        Self {
            pages,
            ready: VecDeque::new(),
            undecodable: VecDeque::new(),
            position: 0,
            total: None,
            returned: 0,
        }
    }

    /// Returns the call that requests the first page.
    pub(crate) fn call(&self) -> &Q {
        &self.pages.call
    }

    /// Returns the number of items in the whole list, once the first page is received and if it reports it.
    pub(crate) fn list_total(&self) -> Option<u64> {
        self.total
    }

    /// Returns the number of items that the stream has returned.
    pub(crate) fn returned(&self) -> u64 {
        self.returned
    }

    /// Returns the next item of the current page.
    fn next_ready(&mut self) -> Option<Result<Q::Item>> {
        let position = self.position;
        let invalid = self.undecodable.front();
        if invalid.is_some_and(|item| item.position == position || self.ready.is_empty()) {
            return self.undecodable.pop_front().map(|item| Err(item.into()));
        }
        self.ready.pop_front().map(Ok)
    }
}

// Neither pins its fields.
impl<Q: Listing> Unpin for Pages<Q> {}
impl<Q: Listing> Unpin for Items<Q> {}

impl<Q: Listing> Stream for Items<Q> {
    type Item = Result<Q::Item>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(item) = this.next_ready() {
                this.returned += 1;
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
        // The total is a snapshot, so it is no bound in either direction.
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
