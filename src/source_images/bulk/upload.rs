//! Bulk uploads, of all sources or of those that are not stored yet.

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::stream::BoxStream;
use futures_util::{StreamExt, stream};
use tokio::task::JoinHandle;

use super::{
    Arc, BulkCall, BulkItem, BulkStart, Job, OptimizeSource, Progress, Retry, RetryEvent, Settings,
    bulk_options,
};
use crate::api::types::SourceImage;
use crate::call::sealed::Parts;
use crate::error::Result;
use crate::source_images::{SourceImages, Uploaded, field};
use crate::transfer::binary_hasher::Hashable;
use crate::transfer::source::Source;
use crate::transport::trace;

/// Sources whose images are looked up together, at most.
const LARGEST_WINDOW: usize = 2_000;

/// Bytes in memory that the sources of a window have, about.
const WINDOW_MEMORY: usize = 32 * 1024 * 1024;

/// The next window is this many times as large, so that the first uploads start early.
const GROWTH: usize = 4;

/// Windows that are hashed and looked up ahead.
const WINDOWS: usize = 2;

/// Files that are hashed at the same time.
const HASHED: usize = 2;

/// Images per page of a search.
const PAGE: u64 = 1_000;

/// Look-ups of single files that take as long as a page of a search.
const LOOK_UPS_PER_PAGE: u64 = 10;

/// A bulk upload; returns a [`Stream`] of [`BulkItem`]s with the stored [`SourceImage`]s, or with an [`Uploaded`] each after
/// [`skip_existing`](Self::skip_existing). It sends nothing before it is polled, and dropping it cancels the requests in
/// progress. Created by [`Bulk::upload`](super::Bulk::upload).
#[must_use = "a stream does nothing unless it is polled"]
pub struct BulkUpload<T = SourceImage> {
    images: SourceImages,
    /// The sources, until the first poll.
    sources: Option<BoxStream<'static, Source>>,
    plan: Plan<T>,
    call: BulkCall<T>,
}

/// Makes the jobs, with the settings as they are at the first poll.
type Plan<T> = fn(
    SourceImages,
    BoxStream<'static, Source>,
    &Settings,
    concurrency: usize,
) -> BoxStream<'static, Job<T>>;

impl BulkUpload {
    #[inline]
    pub(super) fn new(images: SourceImages, sources: BoxStream<'static, Source>) -> Self {
        Self {
            images,
            sources: Some(sources),
            plan: all,
            call: BulkCall::new(stream::empty()),
        }
    }

    /// Sends nothing for the files and bytes that the organization has already; returns a stream with an [`Uploaded`] each,
    /// which says whether the image was created or found.
    ///
    /// What counts as existing, what happens to the metadata, and the roles are those of
    /// [`Upload::skip_existing`](crate::source_images::Upload::skip_existing). Streams, readers, channels and URLs fail with
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput), each on its own.
    ///
    /// The files are hashed while others are sent. Their images are looked up one by one, or, where that takes fewer requests
    /// by far, for up to 2,000 files by one search through the whole organization: 2,000 files and an organization of 100,000
    /// images, for example, take 101 requests instead of 2,000. That search sends one request at a time in addition to the
    /// [`concurrency`](Self::concurrency). Up to three such groups of files are in memory, as paths, or with bytes of about
    /// 32 MiB each.
    ///
    /// Files with the same bytes in one call may all be sent; the service stores them as one image.
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages, paths: Vec<std::path::PathBuf>) -> rokka::Result<()> {
    /// use futures_util::StreamExt;
    ///
    /// // Continues an upload that was interrupted.
    /// let mut uploads = images.bulk().upload(paths).skip_existing();
    /// let (mut created, mut found) = (0, 0);
    /// while let Some(item) = uploads.next().await {
    ///     match item.result {
    ///         Ok(uploaded) if uploaded.created => created += 1,
    ///         Ok(_) => found += 1,
    ///         Err(error) => eprintln!("{}: {error}", item.id),
    ///     }
    /// }
    /// println!("{created} images are new, {found} were stored already");
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn skip_existing(self) -> BulkUpload<Uploaded> {
        BulkUpload {
            images: self.images,
            sources: self.sources,
            plan: new_ones,
            call: self.call.retyped(),
        }
    }
}

impl<T> BulkUpload<T> {
    bulk_options!(call);

    /// Calls this as the upload of each file starts, with a [`Progress`] of its own (default: nothing is called): for a line
    /// for each file under way. [`progress`](Self::progress) counts all files together.
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages, files: Vec<std::path::PathBuf>) -> rokka::Result<()> {
    /// use futures_util::StreamExt;
    ///
    /// let uploads = images.bulk().upload(files).on_start(|mut start| {
    ///     tokio::spawn(async move {
    ///         while let Some(now) = start.progress.changed().await {
    ///             println!("{}: {} of {:?} bytes", start.id, now.bytes, now.total);
    ///         }
    ///     });
    /// });
    /// let results = uploads.collect::<Vec<_>>().await;
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_start(mut self, report: impl Fn(BulkStart) + Send + Sync + 'static) -> Self {
        self.call.settings.on_start = Some(Arc::new(report));
        self
    }

    /// Converts each file to another format before it is stored; see
    /// [`Upload::optimize_source`](crate::source_images::Upload::optimize_source).
    pub fn optimize_source(mut self, how: OptimizeSource) -> Self {
        self.call.settings.optimize = Some(how);
        self
    }

    /// Sets whether each stored image is compared with the sent bytes (default: as its source sets); see
    /// [`Source::verify`].
    pub fn verify(mut self, verify: bool) -> Self {
        self.call.settings.verify = Some(verify);
        self
    }
}

/// Uploads every source.
#[inline]
fn all(
    images: SourceImages,
    sources: BoxStream<'static, Source>,
    _: &Settings,
    _: usize,
) -> BoxStream<'static, Job<SourceImage>> {
    let job = move |(position, source): (usize, Source)| {
        let images = images.clone();
        Job::one(position, source.id(), move |settings| {
            upload(&images, position, source, settings)
        })
    };
    sources.enumerate().map(job).boxed()
}

/// Uploads the sources that are not stored yet.
#[inline]
fn new_ones(
    images: SourceImages,
    sources: BoxStream<'static, Source>,
    settings: &Settings,
    concurrency: usize,
) -> BoxStream<'static, Job<Uploaded>> {
    let settings = settings.clone();
    let (of, found_in) = (images.clone(), images);
    let job = move |(position, source, known): (usize, Source, Option<Vec<SourceImage>>)| {
        let images = of.clone();
        Job::one(position, source.id(), move |settings| {
            let upload = upload(&images, position, source, settings).skip_existing();
            match known {
                Some(known) => upload.with_known(known),
                None => upload,
            }
        })
    };
    windows(sources, concurrency)
        .map(move |window| {
            // A task of its own, because nothing polls this stream while the uploads in progress are as many as may be.
            let bytes = window.iter().map(|(_, source)| source.hashable());
            let search = find_all(found_in.clone(), bytes.collect(), settings.clone());
            let task = AbortOnDrop(tokio::spawn(trace::in_current(search)));
            with_known(window, task)
        })
        .buffered(WINDOWS)
        .flat_map(stream::iter)
        .map(job)
        .boxed()
}

#[inline]
fn upload(
    images: &SourceImages,
    position: usize,
    source: Source,
    settings: &Settings,
) -> crate::source_images::Upload {
    let progress = settings.started(position, &source.id());
    let mut call = images.upload(source);
    if let Some(progress) = progress {
        call = call.progress(&progress);
    }
    if let Some(how) = settings.optimize {
        call = call.optimize_source(how);
    }
    match settings.verify {
        Some(verify) => call.verify(verify),
        None => call,
    }
}

/// Returns the sources with their positions in groups that grow.
fn windows(
    sources: BoxStream<'static, Source>,
    first: usize,
) -> impl Stream<Item = Vec<(usize, Source)>> + Send {
    let start = (sources.enumerate(), first.min(LARGEST_WINDOW));
    stream::unfold(start, |(mut sources, size)| async move {
        let (mut window, mut memory) = (Vec::new(), 0);
        while window.len() < size && memory < WINDOW_MEMORY {
            let Some((position, source)) = sources.next().await else {
                break;
            };
            memory += source.memory();
            window.push((position, source));
        }
        let next = size.saturating_mul(GROWTH).min(LARGEST_WINDOW);
        (!window.is_empty()).then_some((window, (sources, next)))
    })
}

/// Images with the bytes of each source of a window, or `None` to look them up for it alone.
type Known = Vec<Option<Vec<SourceImage>>>;

struct AbortOnDrop(JoinHandle<Known>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn with_known(
    window: Vec<(usize, Source)>,
    mut task: AbortOnDrop,
) -> Vec<(usize, Source, Option<Vec<SourceImage>>)> {
    // Without a result, each is looked up for itself.
    let known = (&mut task.0).await.unwrap_or_default();
    let known = known.into_iter().chain(std::iter::repeat(None));
    let window = window.into_iter().zip(known);
    window
        .map(|((position, source), known)| (position, source, known))
        .collect()
}

/// Finds the images of a window by one search, if that takes less time than a look-up for each. What fails here is left to
/// the look-up, which reports it.
async fn find_all(images: SourceImages, files: Vec<Result<Hashable>>, settings: Settings) -> Known {
    let count = files.len() as u64;
    if count < LOOK_UPS_PER_PAGE || settings.stopped().is_some() {
        return Known::new();
    }
    let mut search = images.search().sort(field::CREATED.ascending()).limit(PAGE);
    search.parts().options = settings.call.clone();
    let Ok(counted) = search.clone().limit(0).await else {
        return Known::new();
    };
    if counted.total.div_ceil(PAGE) * LOOK_UPS_PER_PAGE > count {
        return Known::new();
    }
    let idle = images.connection.session(settings.call.clone()).idle();
    let hash = |file: Result<Hashable>| async move { file.ok()?.binary_hash(idle).await.ok() };
    let hashes: Vec<_> = stream::iter(files)
        .map(hash)
        .buffered(HASHED)
        .collect()
        .await;
    let mut found: HashMap<&str, Vec<SourceImage>> = hashes
        .iter()
        .flatten()
        .map(|hash| (hash.as_str(), Vec::new()))
        .collect();
    let mut pages = search.pages();
    while let Some(page) = pages.next().await {
        let Ok(page) = page else {
            return Known::new();
        };
        for image in page.items {
            if let Some(images) = found.get_mut(image.binary_hash.as_str()) {
                images.push(image);
            }
        }
    }
    let known = |hash: &Option<String>| found.get(hash.as_deref()?).cloned();
    hashes.iter().map(known).collect()
}

impl<T: Send + 'static> Stream for BulkUpload<T> {
    type Item = BulkItem<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if let Some(sources) = this.sources.take() {
            let (images, call) = (this.images.clone(), &mut this.call);
            call.jobs = Some((this.plan)(
                images,
                sources,
                &call.settings,
                call.concurrency,
            ));
        }
        Pin::new(&mut this.call).poll_next(context)
    }
}

impl<T> fmt::Debug for BulkUpload<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkUpload")
            .field("concurrency", &self.call.concurrency)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn sizes(sources: Vec<Source>, first: usize) -> Vec<usize> {
        let windows = windows(stream::iter(sources).boxed(), first);
        let windows = windows.map(|window| window.len()).collect::<Vec<_>>();
        windows.now_or_never().unwrap()
    }

    #[test]
    fn windows_grow_up_to_a_limit_of_number_and_memory() {
        let paths = (0..5_000).map(|number| Source::path(format!("{number}.jpg")));
        let sizes_of_paths = sizes(paths.collect(), 8);
        assert_eq!(sizes_of_paths, [8, 32, 128, 512, 2_000, 2_000, 320]);
        let megabyte = bytes::Bytes::from(vec![0; 1024 * 1024]);
        let bytes = (0..100).map(|_| Source::bytes("a", megabyte.clone()));
        assert_eq!(sizes(bytes.collect(), 8), [8, 32, 32, 28]);
        assert_eq!(sizes(Vec::new(), 8), [0; 0]);
        let one = sizes(vec![Source::path("a"), Source::path("b")], 1);
        assert_eq!(one, [1, 1]);
    }
}
