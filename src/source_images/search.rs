//! Searching images: one page, all pages, all images.

use std::collections::BTreeMap;

use futures_core::future::BoxFuture;

use crate::api::types::{
    FacetCount, FacetCounts, ListSourceImagesOperator, OrganizationName, SourceImage,
    SourceImageList,
};
use crate::call::{CallParts, call};
use crate::error::{Error, Result};
use crate::names::check_field_name;
use crate::paging::sealed::{Paged, Rest};
use crate::paging::{Items, PageStart, Pages};
use crate::source_images::field::{Filter, Sort};
use crate::source_images::scan::Scan;
use crate::transfer::download::DownloadFile;
use crate::transfer::resume::{OpenFile, Response};
use crate::transport::Session;
use crate::undecodable::Undecodable;

/// The limit for offset + limit; beyond it the service requires a cursor.
pub(super) const WINDOW: u64 = 10_000;
/// The largest page of the service.
const LARGEST_PAGE: u64 = 2_000;
/// The page size for streams: ten times the service's default, because each page costs a round trip.
const LISTING_PAGE: u64 = 1_000;

/// Searches images; returns one page as a [`SourceImageList`]. Created by
/// [`SourceImages::search`](super::SourceImages::search).
///
/// [`stream`](Self::stream) returns all images, [`pages`](Self::pages) page by page, and
/// [`download_zip`](Self::download_zip) the originals as an archive. A search is `Clone`, so one search can be sent several
/// times, for example to count first.
///
/// ```no_run
/// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
/// use rokka::field;
///
/// let page = images
///     .search()
///     .filter(field::user_array("labels").equals("cat"))
///     .sort(field::CREATED.descending())
///     .limit(20)
///     .await?;
/// println!("{} of {} images", page.items.len(), page.total);
/// # Ok(())
/// # }
/// ```
///
/// Count first, then stream:
///
/// ```no_run
/// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
/// use futures_util::TryStreamExt;
/// use rokka::field;
///
/// let old = images.search().filter(field::CREATED.before("2020-01-01T00:00:00Z"));
/// println!("{} images", old.clone().limit(0).await?.total);
/// let mut found = old.stream();
/// while let Some(image) = found.try_next().await? {
///     println!("{}", image.hash);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct Search {
    call: CallParts,
    organization: OrganizationName,
    pub(super) filters: Vec<Filter>,
    pub(super) any: bool,
    pub(super) sort: Vec<Sort>,
    pub(super) facets: Vec<String>,
    deleted: bool,
    limit: Option<u64>,
    pub(super) start: PageStart,
    read_ahead: bool,
    pub(super) concurrency: usize,
}

impl Search {
    pub(super) fn organization(&self) -> &str {
        &self.organization
    }

    pub(super) fn new(call: CallParts, organization: OrganizationName) -> Self {
        Self {
            call,
            organization,
            filters: Vec::new(),
            any: false,
            sort: Vec::new(),
            facets: Vec::new(),
            deleted: false,
            limit: None,
            start: PageStart::First,
            read_ahead: true,
            concurrency: 1,
        }
    }

    /// Returns the filters as parameters, of which each field can have one.
    #[inline]
    fn parameters(&self) -> Result<BTreeMap<String, String>> {
        let mut parameters = BTreeMap::new();
        for filter in &self.filters {
            let (field, expression) = filter.clone().parameter()?;
            if let Some(other) = parameters.insert(field.clone(), expression) {
                return Err(Error::invalid(format!(
                    "`{field}` has two filters, but the service applies one per field (`{other}` would be lost): combine them, for example with `between`"
                )));
            }
        }
        Ok(parameters)
    }

    /// Checks the options and returns the parameters of the request.
    #[inline]
    fn checked(&self) -> Result<Checked> {
        let sort = self.sort.iter().map(Sort::checked);
        let sort = sort.collect::<Result<Vec<_>>>()?.join(",");
        for facet in &self.facets {
            check_field_name(facet)?;
        }
        let limit = self.limit.unwrap_or(100);
        if limit > LARGEST_PAGE {
            return Err(Error::invalid(format!(
                "the limit {limit} is too large: set 0 to 2,000 images per page"
            )));
        }
        let offset = match &self.start {
            PageStart::First => None,
            PageStart::Offset(offset) if offset.saturating_add(limit) > WINDOW => {
                return Err(Error::invalid(format!(
                    "offset {offset} + limit {limit} must not exceed 10,000; use `cursor()` or `stream()`"
                )));
            }
            PageStart::Offset(offset) => Some(offset.to_string()),
            PageStart::Cursor(cursor) => Some(cursor.clone()),
        };
        let non_empty = |text: String| Some(text).filter(|text| !text.is_empty());
        Ok(Checked {
            filters: Some(self.parameters()?).filter(|filters| !filters.is_empty()),
            sort: non_empty(sort),
            facets: non_empty(self.facets.join(",")),
            limit: self.limit.and_then(|limit| limit.try_into().ok()),
            offset,
            deleted: self.deleted.then_some(true),
        })
    }

    async fn page(&self, session: &Session) -> Result<SourceImageList> {
        let checked = self.checked()?;
        let response = session
            .api()
            .list_source_images(
                &self.organization,
                None,
                checked.deleted,
                checked.facets.as_deref(),
                checked.filters.as_ref(),
                checked.limit,
                checked.offset.as_deref(),
                self.any.then_some(ListSourceImagesOperator::Or),
                checked.sort.as_deref(),
            )
            .await;
        Ok(session.value(response)?.into_inner())
    }

    /// Requests the originals of a page as an archive.
    async fn archive(&self, session: &Session) -> Result<Response> {
        let checked = self.checked()?;
        if self.any {
            return Err(Error::invalid(
                "`any` cannot be combined with `download_zip`: the service supports no operator for archives",
            ));
        }
        let response = session
            .api()
            .download_source_images(
                &self.organization,
                checked.deleted,
                checked.facets.as_deref(),
                checked.filters.as_ref(),
                checked.limit,
                checked.offset.as_deref(),
                checked.sort.as_deref(),
            )
            .await;
        session.value(response)
    }
}

/// The images of a search: a stream, see [`Items`].
pub type Images = Items<Search>;

impl Items<Search> {
    /// Returns the number of images that match, once the first page is received.
    pub fn total(&self) -> Option<u64> {
        self.list_total()
    }

    /// Returns the number of images that the stream has yet to return, once the first page is received.
    ///
    /// It ignores images that are added or deleted meanwhile, and a search that starts at a cursor counts from the start of
    /// the list.
    pub fn remaining(&self) -> Option<u64> {
        let before = match &self.call().start {
            PageStart::Offset(offset) => *offset,
            PageStart::First | PageStart::Cursor(_) => 0,
        };
        let total = self.total()?;
        Some(total.saturating_sub(before).saturating_sub(self.returned()))
    }
}

/// The parameters of a search in the form of the request.
struct Checked {
    filters: Option<BTreeMap<String, String>>,
    sort: Option<String>,
    facets: Option<String>,
    limit: Option<i32>,
    offset: Option<String>,
    deleted: Option<bool>,
}

impl Search {
    /// Adds a condition. An image must meet all conditions, unless [`any`](Self::any) is set.
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filters.push(filter);
        self
    }

    /// Finds images that meet at least one condition (default: all of them). The service does not combine the two.
    #[doc(alias = "operator")]
    pub fn any(mut self) -> Self {
        self.any = true;
        self
    }

    /// Sorts by a field; another call adds a secondary sort field (default: newest first).
    pub fn sort(mut self, sort: Sort) -> Self {
        self.sort.push(sort);
        self
    }

    /// Counts the values of a field of user metadata of type `str` or `array`, up to 1000 of them, in
    /// [`SourceImageList::facets`].
    pub fn facet(mut self, field: impl Into<String>) -> Self {
        self.facets.push(field.into());
        self
    }

    /// Finds images deleted in the last 30 days (default: images that are not deleted).
    pub fn deleted(mut self) -> Self {
        self.deleted = true;
        self
    }

    /// Sets the number of images per page, 0 to 2000 (default: 100, and 1000 for [`pages`](Self::pages) and
    /// [`stream`](Self::stream)). 0 returns the total and the facets only.
    pub fn limit(mut self, images: u64) -> Self {
        self.limit = Some(images);
        self
    }

    /// Skips this many images (default: 0). Offset + limit must not exceed 10,000.
    pub fn offset(mut self, images: u64) -> Self {
        self.start = PageStart::Offset(images);
        self
    }

    /// Continues a search from [`SourceImageList::cursor`] or [`Pages::cursor`]. Filters, order and limit must be the same.
    pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
        self.start = PageStart::Cursor(cursor.into());
        self
    }

    /// Sets whether [`pages`](Self::pages) and [`stream`](Self::stream) request the next page as soon as they receive one
    /// (default: yes, one page). It costs the memory of a page, and a needless request if the caller stops early.
    pub fn read_ahead(mut self, read_ahead: bool) -> Self {
        self.read_ahead = read_ahead;
        self
    }

    /// Sets the number of requests that [`pages`](Self::pages) and [`stream`](Self::stream) send concurrently (default: 1,
    /// which is [`read_ahead`](Self::read_ahead)). Pages are still returned in order. It costs the memory of that many pages.
    ///
    /// A search with at most 10,000 results is read by offsets: an image that is added or deleted meanwhile shifts the rest,
    /// so one can be returned twice or be missing. Leave it at 1 where that matters.
    ///
    /// A search with more results is read by ranges of `created`, which are counted and divided first: about 15 % more
    /// requests than pages, and 8 requests at once take about a sixth of the time of one cursor. An image that
    /// matches all the time is returned exactly once, whatever is added or deleted meanwhile. An image that is added or deleted
    /// meanwhile may be returned or not, and never twice. [`Pages::cursor`] is `None`; to continue after an interruption,
    /// filter by the `created` of the last image.
    ///
    /// It follows cursors instead, one page at a time, with an order that does not start with `created`, with
    /// [`any`](Self::any), with a start at an [`offset`](Self::offset) or a [`cursor`](Self::cursor), with a filter on
    /// `created` that is no range of whole seconds by [`since`](super::field::DateField::since),
    /// [`before`](super::field::DateField::before) or [`between`](super::field::DateField::between), within a second that has
    /// more than 10,000 images, and within a range whose images change while it is read.
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// use futures_util::TryStreamExt;
    ///
    /// let mut found = images.search().concurrency(8).stream();
    /// while let Some(image) = found.try_next().await? {
    ///     println!("{}", image.hash);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Reference: [Searching images](https://rokka.io/documentation/references/searching-images.html).
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = requests.max(1);
        self
    }

    /// Returns a stream of all pages. It sends the first request when it is polled. Options of the call, such as a deadline,
    /// apply to each page. The stream keeps the receive buffer of a page for the next one: about 600 KB for 1000 images.
    #[inline]
    pub fn pages(mut self) -> Pages<Self> {
        let limit = self.limit.unwrap_or(LISTING_PAGE);
        self.limit = Some(limit);
        Pages::new(self)
    }

    /// Returns a stream of all images, page after page. An image that cannot be decoded is an error of the kind
    /// [`ErrorKind::Decode`](crate::ErrorKind), and the stream continues after it.
    ///
    /// Fails for a limit of 0, because pages would have no images.
    #[inline]
    pub fn stream(mut self) -> Images {
        if self.limit == Some(0) {
            self.call.refuse(&Error::invalid(
                "a search with a limit of 0 returns no images: set a limit of 1 to 2000, or none",
            ));
        }
        Images::new(self.pages())
    }

    /// Downloads the originals of one page of results as a ZIP archive; returns a [`Download`](crate::Download).
    ///
    /// [`limit`](Self::limit) and [`offset`](Self::offset) select the page (default: the first 100 images). The service does
    /// not document how many files an archive may have; [`Bulk::download`](crate::Bulk::download) has no limit. The service
    /// packs the archive for each request: an interrupted download to a file or into memory restarts, and a stream ends
    /// with an error. Options: [`DownloadFile`].
    ///
    /// `GET /sourceimages/{organization}/download`, role `sourceimages:read`.
    /// [Reference](https://rokka.io/documentation/references/source-images.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// use rokka::field;
    ///
    /// let cats = images.search().filter(field::user_array("labels").equals("cat")).limit(50);
    /// cats.download_zip().to_file("cats.zip").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "downloadSourceImages")]
    #[doc(alias = "download_source_images")]
    #[doc(alias = "GET /sourceimages/{organization}/download")]
    #[doc(alias = "sourceimages.downloadList")]
    #[doc(alias = "downloadList")]
    #[doc(alias = "downloadSourceImagesAsZip")]
    #[inline]
    pub fn download_zip(self) -> DownloadFile {
        DownloadFile::archive(self.call.clone(), self)
    }
}

call!(Search => SourceImageList);

impl Search {
    async fn run(self, session: Session) -> Result<SourceImageList> {
        self.page(&session).await
    }
}

impl OpenFile for Search {
    #[inline]
    fn open<'a>(&'a mut self, session: &'a Session) -> BoxFuture<'a, Result<Response>> {
        Box::pin(self.archive(session))
    }
}

impl Paged for Search {
    type Page = SourceImageList;
    type Item = SourceImage;

    fn start(&self) -> &PageStart {
        &self.start
    }

    fn set_start(&mut self, start: PageStart) {
        self.start = start;
    }

    fn limit(&self) -> u64 {
        self.limit.unwrap_or(LISTING_PAGE)
    }

    fn read_ahead(&self) -> bool {
        self.read_ahead
    }

    fn concurrency(&self) -> usize {
        self.concurrency
    }

    #[inline]
    fn rest(&self, first: &SourceImageList, next: &PageStart) -> Option<Rest<SourceImageList>> {
        if self.concurrency < 2 || self.is_numbered(first) {
            return None;
        }
        Some(Box::pin(Scan::after(self, first, next)?))
    }

    /// The last page must end within the offset limit, even if it is not full.
    fn is_numbered(&self, page: &SourceImageList) -> bool {
        let limit = Paged::limit(self).max(1);
        let first = match &self.start {
            PageStart::First => 0,
            PageStart::Offset(offset) => *offset,
            PageStart::Cursor(_) => return false,
        };
        let pages = page.total.saturating_sub(first).div_ceil(limit);
        first.saturating_add(pages.saturating_mul(limit)) <= WINDOW
    }

    fn count(page: &SourceImageList) -> usize {
        page.items.len() + page.undecodable.len()
    }

    fn cursor(page: &SourceImageList) -> Option<&str> {
        page.cursor.as_deref()
    }

    fn linked(page: &SourceImageList) -> Option<PageStart> {
        offset_of(page.links.next.as_ref()?.href.as_deref()?)
    }

    #[inline]
    fn items(page: SourceImageList) -> (Vec<SourceImage>, Vec<Undecodable>) {
        (page.items, page.undecodable)
    }

    fn total(page: &SourceImageList) -> Option<u64> {
        Some(page.total)
    }
}

/// Iterates over the fields in alphabetical order, each with its values and their numbers of occurrences.
///
/// ```no_run
/// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
/// let found = images.search().limit(0).facet("user:array:labels").await?;
/// for (field, counts) in &found.facets {
///     for count in counts {
///         println!("{field} {}: {}", count.value, count.count);
///     }
/// }
/// # Ok(())
/// # }
/// ```
impl<'a> IntoIterator for &'a FacetCounts {
    type Item = (&'a String, &'a Vec<FacetCount>);
    type IntoIter = std::collections::btree_map::Iter<'a, String, Vec<FacetCount>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// Returns the `offset` of a link and ignores the rest.
fn offset_of(href: &str) -> Option<PageStart> {
    let (_, query) = href.split_once('?')?;
    let (_, offset) =
        url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "offset")?;
    match offset.parse() {
        Ok(number) => Some(PageStart::Offset(number)),
        Err(_) if offset.is_empty() => None,
        Err(_) => Some(PageStart::Cursor(offset.into_owned())),
    }
}
