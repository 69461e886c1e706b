//! Lists of stacks: one page, all pages, all stacks.

use crate::api::types::{OrganizationName, Stack, StackList};
use crate::call::{CallParts, call};
use crate::error::{Error, Result};
use crate::paging::sealed::Paged;
use crate::paging::{Items, PageStart, Pages};
use crate::transport::Session;
use crate::undecodable::Undecodable;

/// The largest page that the service returns.
const LARGEST_PAGE: u64 = 2_000;
/// The default page size of the service.
const PAGE: u64 = 1_000;

/// Lists stacks; returns one page, a [`StackList`]. Returned by [`Stacks::list`](super::Stacks::list).
///
/// [`stream`](Self::stream) returns all stacks, [`pages`](Self::pages) all pages.
#[derive(Clone, Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct ListStacks {
    call: CallParts,
    organization: OrganizationName,
    limit: Option<u64>,
    start: PageStart,
}

impl ListStacks {
    pub(super) fn new(call: CallParts, organization: OrganizationName) -> Self {
        Self {
            call,
            organization,
            limit: None,
            start: PageStart::First,
        }
    }

    /// Sets the number of stacks per page, 0 to 2,000 (default: 1,000).
    pub fn limit(mut self, stacks: u64) -> Self {
        self.limit = Some(stacks);
        self
    }

    /// Continues a previous list from [`StackList::cursor`] or [`Pages::cursor`]. The limit must be the same.
    #[doc(alias = "offset")]
    pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
        self.start = PageStart::Cursor(cursor.into());
        self
    }

    /// Returns all pages, one after the other, as a stream that sends nothing until it is polled. Options of the call, such
    /// as a deadline, apply to each page.
    #[inline]
    pub fn pages(mut self) -> Pages<ListStacks> {
        self.limit.get_or_insert(PAGE);
        Pages::new(self)
    }

    /// Returns all stacks, page by page, as a stream. A stack that cannot be decoded is an item with
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode), and the stream continues.
    #[inline]
    pub fn stream(self) -> Items<ListStacks> {
        Items::new(self.pages())
    }

    async fn run(self, session: Session) -> Result<StackList> {
        let limit = self.limit.unwrap_or(PAGE);
        if limit > LARGEST_PAGE {
            return Err(Error::invalid(format!(
                "invalid limit {limit}: it must be 0 to 2,000 stacks"
            )));
        }
        let offset = match &self.start {
            PageStart::Cursor(cursor) => Some(cursor.as_str()),
            // The service has no numeric offsets for stacks.
            PageStart::First | PageStart::Offset(_) => None,
        };
        let limit = self.limit.and_then(|limit| limit.try_into().ok());
        let response = session
            .api()
            .list_stacks(&self.organization, limit, offset)
            .await;
        Ok(session.value(response)?.into_inner())
    }
}

call!(ListStacks => StackList);

impl Paged for ListStacks {
    type Page = StackList;
    type Item = Stack;

    fn start(&self) -> &PageStart {
        &self.start
    }

    fn set_start(&mut self, start: PageStart) {
        self.start = start;
    }

    // A page may be shorter than requested, so only a missing cursor marks the end.
    fn limit(&self) -> u64 {
        0
    }

    fn read_ahead(&self) -> bool {
        false
    }

    fn count(page: &StackList) -> usize {
        page.items.len() + page.undecodable.len()
    }

    fn cursor(page: &StackList) -> Option<&str> {
        page.cursor.as_deref()
    }

    fn items(page: StackList) -> (Vec<Stack>, Vec<Undecodable>) {
        (page.items, page.undecodable)
    }
}
