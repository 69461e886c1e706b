//! Lists of stacks: one page, all pages, all stacks.

use crate::api::types::{OrganizationName, Stack, StackList};
use crate::call::{CallParts, call};
use crate::error::{Error, Result};
use crate::paging::sealed::Paged;
use crate::paging::{Items, PageStart, Pages};
use crate::transport::Session;
use crate::undecodable::Undecodable;

/// The largest page the service gives.
const LARGEST_PAGE: u64 = 2_000;
/// The page that the service gives unasked.
const PAGE: u64 = 1_000;

/// Lists stacks; see [`Stacks::list`](super::Stacks::list). Gives one page, a [`StackList`].
#[derive(Clone, Debug)]
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

    /// Stacks a page, 0 to 2000 (default: 1000).
    pub fn limit(mut self, stacks: u64) -> Self {
        self.limit = Some(stacks);
        self
    }

    /// Goes on where a former list stopped: [`StackList::cursor`] or [`Pages::cursor`]. The limit has to be the same.
    #[doc(alias = "offset")]
    pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
        self.start = PageStart::Cursor(cursor.into());
        self
    }

    /// All pages, one after the other. Nothing is sent before the first one is asked for. Options of the call, such as a
    /// deadline, hold for every page.
    pub fn pages(mut self) -> Pages<ListStacks> {
        self.limit.get_or_insert(PAGE);
        Pages::new(self)
    }

    /// All stacks, page after page. A stack that cannot be decoded comes as an error of the kind
    /// [`ErrorKind::Decode`](crate::ErrorKind), and the stream goes on after it.
    pub fn stream(self) -> Items<ListStacks> {
        Items::new(self.pages())
    }

    async fn run(self, session: Session) -> Result<StackList> {
        let limit = self.limit.unwrap_or(PAGE);
        if limit > LARGEST_PAGE {
            return Err(Error::invalid(format!(
                "a page of {limit} stacks is too large: the limit is 0 to 2000"
            )));
        }
        let offset = match &self.start {
            PageStart::Cursor(cursor) => Some(cursor.as_str()),
            // Numbers mean nothing here.
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

    // A page may be shorter than was asked for, so that only the missing cursor is the end.
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
