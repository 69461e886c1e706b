//! Finding images: one page, all pages, all images.

use std::collections::BTreeMap;

use crate::api::types::{ListSourceImagesOperator, OrganizationName, SourceImage, SourceImageList};
use crate::api::{ByteStream, ResponseValue};
use crate::call::{CallParts, call};
use crate::error::{Error, Result};
use crate::paging::sealed::Paged;
use crate::paging::{Images, Pages, Place};
use crate::source_images::field::{Filter, Sort, check_name};
use crate::transfer::download::DownloadFile;
use crate::transport::Session;
use crate::undecodable::Undecodable;

/// How far numeric offsets reach; beyond it only cursors lead.
const WINDOW: u64 = 10_000;
/// The largest page the service gives.
const LARGEST_PAGE: u64 = 2_000;
/// The page of a listing that goes on: ten times the service's default, because each page costs a round trip.
const LISTING_PAGE: u64 = 1_000;

/// A search; see [`SourceImages::search`](super::SourceImages::search). Gives one page, a [`SourceImageList`].
#[derive(Clone, Debug)]
pub struct Search {
    call: CallParts,
    organization: OrganizationName,
    filters: Vec<Filter>,
    any: bool,
    sort: Vec<Sort>,
    facets: Vec<String>,
    deleted: bool,
    limit: Option<u64>,
    place: Place,
    read_ahead: bool,
    concurrency: usize,
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
            place: Place::Start,
            read_ahead: true,
            concurrency: 1,
        }
    }

    /// The filters as parameters. One field twice would be sent once, so it is refused.
    fn parameters(&self) -> Result<BTreeMap<String, String>> {
        let mut parameters = BTreeMap::new();
        for filter in &self.filters {
            let (field, expression) = filter.clone().parameter()?;
            if let Some(other) = parameters.insert(field.clone(), expression) {
                return Err(Error::invalid(format!(
                    "`{field}` has two filters, of which the service would use one (`{other}`): a range holds both ends"
                )));
            }
        }
        Ok(parameters)
    }

    /// What a request is made of, checked.
    fn checked(&self) -> Result<Checked> {
        let sort = self.sort.iter().map(Sort::checked);
        let sort = sort.collect::<Result<Vec<_>>>()?.join(",");
        for facet in &self.facets {
            check_name(facet)?;
        }
        let limit = self.limit.unwrap_or(100);
        if limit > LARGEST_PAGE {
            return Err(Error::invalid(format!(
                "a page of {limit} images is too large: the limit is 0 to 2000"
            )));
        }
        let offset = match &self.place {
            Place::Start => None,
            Place::Number(offset) if offset.saturating_add(limit) > WINDOW => {
                return Err(Error::invalid(format!(
                    "offset {offset} and limit {limit} lead beyond 10,000: from there on a cursor is needed"
                )));
            }
            Place::Number(offset) => Some(offset.to_string()),
            Place::Cursor(cursor) => Some(cursor.clone()),
        };
        let given = |text: String| Some(text).filter(|text| !text.is_empty());
        Ok(Checked {
            filters: Some(self.parameters()?).filter(|filters| !filters.is_empty()),
            sort: given(sort),
            facets: given(self.facets.join(",")),
            limit: self.limit.and_then(|limit| limit.try_into().ok()),
            offset,
            deleted: self.deleted.then_some(true),
        })
    }

    async fn page(&self, session: &Session) -> Result<SourceImageList> {
        let checked = self.checked()?;
        let answer = session
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
        Ok(session.value(answer)?.into_inner())
    }

    /// The originals of a page, as an archive.
    pub(crate) async fn archive(&self, session: &Session) -> Result<ResponseValue<ByteStream>> {
        let checked = self.checked()?;
        if self.any {
            return Err(Error::invalid(
                "an archive cannot be made of images that meet any one condition: the service knows no operator there",
            ));
        }
        let answer = session
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
        session.value(answer)
    }
}

/// The parameters of a search as they are sent.
struct Checked {
    filters: Option<BTreeMap<String, String>>,
    sort: Option<String>,
    facets: Option<String>,
    limit: Option<i32>,
    offset: Option<String>,
    deleted: Option<bool>,
}

impl Search {
    /// Adds a condition. All conditions have to be met, unless [`any`](Self::any) is set.
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filters.push(filter);
        self
    }

    /// One condition is enough (default: all of them). The service does not mix the two.
    #[doc(alias = "operator")]
    pub fn any(mut self) -> Self {
        self.any = true;
        self
    }

    /// Sorts by a field; another call adds the next one (default: newest first).
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

    /// Finds deleted images (of the last 30 days) instead of the others.
    pub fn deleted(mut self) -> Self {
        self.deleted = true;
        self
    }

    /// Images a page, 0 to 2000 (default 100, and 1000 for [`pages`](Self::pages) and [`stream`](Self::stream)). 0
    /// gives the total and the facets only.
    pub fn limit(mut self, images: u64) -> Self {
        self.limit = Some(images);
        self
    }

    /// Leaves out this many images. Offset and limit together reach 10,000.
    pub fn offset(mut self, images: u64) -> Self {
        self.place = Place::Number(images);
        self
    }

    /// Goes on where a former search stopped: [`SourceImageList::cursor`] or [`Pages::cursor`]. Filters, order and limit
    /// have to be the same.
    pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
        self.place = Place::Cursor(cursor.into());
        self
    }

    /// Whether [`pages`](Self::pages) and [`stream`](Self::stream) request the next page as soon as one is there, so that
    /// it comes in while the caller works (default: yes, one page). It costs the memory of a page, and a request that was
    /// in vain if the caller stops early.
    pub fn read_ahead(mut self, read_ahead: bool) -> Self {
        self.read_ahead = read_ahead;
        self
    }

    /// Pages that [`pages`](Self::pages) and [`stream`](Self::stream) request side by side, where all that is found is
    /// within the 10,000 images that numbers reach (default: 1, which is [`read_ahead`](Self::read_ahead)). They still
    /// come in order. It costs the memory of that many pages. Beyond 10,000 images, each page tells where the next one
    /// begins, so they come one by one.
    ///
    /// Pages by number are pages of a list that may change: an image that is added or deleted in the meantime shifts
    /// what follows, so one can come twice or not at all. Leave it at 1 where that matters.
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// use futures_util::TryStreamExt;
    ///
    /// let found: Vec<_> = images.search().concurrency(4).stream().try_collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn concurrency(mut self, pages: usize) -> Self {
        self.concurrency = pages.max(1);
        self
    }

    /// All pages, one after the other. Nothing is sent before the first one is asked for. Options of the call, such as a
    /// deadline, hold for every page. The memory that the JSON of a page was received into is kept for the next one, as
    /// long as this lives: some 600 KB for 1000 images.
    pub fn pages(mut self) -> Pages {
        let limit = self.limit.unwrap_or(LISTING_PAGE);
        self.limit = Some(limit);
        Pages::new(self)
    }

    /// All images, page after page. An image that cannot be decoded comes as an error of the kind
    /// [`ErrorKind::Decode`](crate::ErrorKind), and the stream goes on after it.
    ///
    /// A limit of 0 is refused, because pages without images lead nowhere.
    pub fn stream(self) -> Images {
        let mut search = self;
        if search.limit == Some(0) {
            search.call.refuse(&Error::invalid(
                "a search with a limit of 0 returns no images: set a limit of 1 to 2000, or none",
            ));
        }
        Images::new(search.pages())
    }

    /// Downloads the originals of a page of what is found as a ZIP archive: [`limit`](Self::limit) and
    /// [`offset`](Self::offset) say which page (default: the service's, 100 images). How many files an archive may hold
    /// is not documented; [`Bulk::download`](crate::Bulk::download) has no such limit. A download to a file or into memory
    /// that breaks off begins anew, because the service packs the archive for every request; a stream ends with an error.
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

impl Paged for Search {
    type Page = SourceImageList;
    type Item = SourceImage;

    fn place(&self) -> &Place {
        &self.place
    }

    fn set_place(&mut self, place: Place) {
        self.place = place;
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

    /// The last page must end where numbers do, however little of it is filled.
    fn is_numbered(&self, page: &SourceImageList) -> bool {
        let limit = Paged::limit(self).max(1);
        let first = match &self.place {
            Place::Start => 0,
            Place::Number(offset) => *offset,
            Place::Cursor(_) => return false,
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

    fn linked(page: &SourceImageList) -> Option<Place> {
        offset_of(page.links.next.as_ref()?.href.as_deref()?)
    }

    fn items(page: SourceImageList) -> (Vec<SourceImage>, Vec<Undecodable>) {
        (page.items, page.undecodable)
    }

    fn total(page: &SourceImageList) -> Option<u64> {
        Some(page.total)
    }
}

/// The `offset` of a link; nothing else of it is used.
fn offset_of(href: &str) -> Option<Place> {
    let (_, query) = href.split_once('?')?;
    let (_, offset) =
        url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "offset")?;
    match offset.parse() {
        Ok(number) => Some(Place::Number(number)),
        Err(_) if offset.is_empty() => None,
        Err(_) => Some(Place::Cursor(offset.into_owned())),
    }
}
