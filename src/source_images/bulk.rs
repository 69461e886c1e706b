//! Bulk operations: upload, delete, download or copy many images.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::api::types::{BinaryHash, CopyResult, SourceImage};
use crate::call::ApiCall;
use crate::call::sealed::Parts;
use crate::error::{Error, Result};
use crate::names::image_hash;
use crate::progress::{Meter, Progress};
use crate::source_images::SourceImages;
use crate::source_images::search::Search;
use crate::transfer::file_writer::Existing;
use crate::transfer::source::Source;
use crate::transport::options::CallOptions;
use crate::transport::retry::Retry;

/// The default number of concurrent requests.
const CONCURRENCY: usize = 8;

/// Images per copy request.
const BATCH: usize = 100;

/// Bulk operations on the images of one organization. Created by [`SourceImages::bulk`].
///
/// Each method returns a [`BulkCall`]: a stream with one result per image, in order of completion. A failure affects its
/// own image only. Requests are sent concurrently; when the service limits the rate, all of them wait together.
#[derive(Clone, Debug)]
pub struct Bulk {
    images: SourceImages,
}

/// The result for one image.
#[derive(Debug)]
#[non_exhaustive]
pub struct BulkItem<T> {
    /// The index in the input, from 0.
    pub position: usize,
    /// The file name of a source, its redacted URL, or the hash. Empty if the search for the hashes failed; the result is
    /// then that error.
    pub id: String,
    /// The outcome.
    pub result: Result<T>,
}

type Job<T> = Box<dyn FnOnce(Settings) -> BoxFuture<'static, Vec<BulkItem<T>>> + Send>;

/// The options of all requests of a bulk call.
#[derive(Clone)]
struct Settings {
    call: CallOptions,
    /// How to treat existing files.
    existing: Existing,
    /// Whether files are synced to the disk.
    sync: bool,
    /// Whether files are compared with their hashes; `None` for the default of a single call.
    verify: Option<bool>,
}

/// An image to download, with its known properties.
struct Original {
    hash: String,
    binary_hash: Option<String>,
    name: Option<String>,
}

/// A bulk operation; returns a [`Stream`] of [`BulkItem`]s. It sends nothing before it is polled, and dropping it cancels
/// the requests in progress. Created by the methods of [`Bulk`].
#[must_use = "a stream does nothing unless it is polled"]
pub struct BulkCall<T> {
    jobs: Option<BoxStream<'static, Job<T>>>,
    settings: Settings,
    concurrency: usize,
    results: Option<BoxStream<'static, BulkItem<T>>>,
    progress: Option<Meter>,
}

/// Hashes of images: a list, or the results of a [`Search`](crate::Search).
pub trait Hashes: sealed::Hashes {}

impl<H: sealed::Hashes> Hashes for H {}

mod sealed {
    use super::{BoxStream, Original, Result, Search, StreamExt, TryStreamExt, stream};

    #[allow(private_interfaces, reason = "nobody else can name the trait")]
    pub trait Hashes: Sized {
        /// Returns the hashes as they are found.
        fn stream(self) -> BoxStream<'static, Result<String>>;

        /// Returns the hashes after all of them are found, so that changes do not affect the search.
        fn settled(self) -> BoxStream<'static, Result<String>> {
            self.stream()
        }

        /// Returns whether the hashes are results of a search in an organization.
        fn is_search_in(&self, _organization: &str) -> bool {
            false
        }

        /// Returns the images with their known properties.
        fn originals(self) -> BoxStream<'static, Result<Original>> {
            let known_by_hash = |hash| Original {
                hash,
                binary_hash: None,
                name: None,
            };
            self.stream().map_ok(known_by_hash).boxed()
        }
    }

    impl<I> Hashes for I
    where
        I: IntoIterator<Item: Into<String>>,
        I::IntoIter: Send + 'static,
    {
        fn stream(self) -> BoxStream<'static, Result<String>> {
            stream::iter(self.into_iter().map(|hash| Ok(hash.into()))).boxed()
        }
    }

    impl Hashes for Search {
        fn stream(self) -> BoxStream<'static, Result<String>> {
            Search::stream(self).map_ok(|image| image.hash).boxed()
        }

        fn settled(self) -> BoxStream<'static, Result<String>> {
            let all = Hashes::stream(self).collect::<Vec<_>>();
            stream::once(all).flat_map(stream::iter).boxed()
        }

        fn is_search_in(&self, organization: &str) -> bool {
            self.organization() == organization
        }

        #[allow(private_interfaces, reason = "nobody else can name the trait")]
        fn originals(self) -> BoxStream<'static, Result<Original>> {
            // A property that the service omits is empty.
            let known = |text: String| Some(text).filter(|text| !text.is_empty());
            Search::stream(self)
                .map_ok(move |image| Original {
                    hash: image.hash,
                    binary_hash: known(image.binary_hash),
                    name: known(image.name),
                })
                .boxed()
        }
    }
}

impl SourceImages {
    /// Returns a handle to bulk operations: upload, copy, delete or download many images.
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// use futures_util::StreamExt;
    /// use rokka::Source;
    ///
    /// let mut results = images
    ///     .bulk()
    ///     .upload(["a.jpg", "b.jpg", "c.jpg"].map(Source::path))
    ///     .concurrency(4);
    /// while let Some(item) = results.next().await {
    ///     match item.result {
    ///         Ok(image) => println!("{} is {}", item.id, image.hash),
    ///         Err(error) => eprintln!("{}: {error}", item.id),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn bulk(&self) -> Bulk {
        Bulk {
            images: self.clone(),
        }
    }
}

impl Bulk {
    /// Uploads sources, one request per source; returns a stream of the stored [`SourceImage`]s. [`BulkCall`] lists the
    /// options.
    ///
    /// `POST /sourceimages/{organization}`, role `upload`.
    /// [Reference](https://rokka.io/documentation/references/source-images.html#create-a-source-image).
    #[doc(alias = "createSourceImage")]
    #[doc(alias = "create_source_image")]
    #[doc(alias = "POST /sourceimages/{organization}")]
    pub fn upload<I>(&self, sources: I) -> BulkCall<SourceImage>
    where
        I: IntoIterator<Item = Source>,
        I::IntoIter: Send + 'static,
    {
        let images = self.images.clone();
        BulkCall::new(
            stream::iter(sources)
                .enumerate()
                .map(move |(position, source)| {
                    let images = images.clone();
                    let upload: Job<SourceImage> = Box::new(move |settings| {
                        let id = source.id();
                        let call = images.upload(source);
                        let call = match settings.verify {
                            Some(verify) => call.verify(verify),
                            None => call,
                        };
                        job(position, id, call)(settings)
                    });
                    upload
                }),
        )
    }

    /// Deletes images; returns a stream of `()` results. [`BulkCall`] lists the options. Deleted images can be restored for
    /// 30 days.
    ///
    /// A search is completed before the first image is deleted, at about 80 bytes per image, because deletions shift its
    /// pages. If the search fails midway, the images found so far are deleted, and the error is the last result.
    ///
    /// `DELETE /sourceimages/{organization}/{hash}`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/source-images.html#delete-a-source-image).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// use futures_util::StreamExt;
    /// use rokka::field;
    ///
    /// let old = images.search().filter(field::CREATED.before("2020-01-01T00:00:00Z"));
    /// let failed = images.bulk().delete(old).filter(|item| {
    ///     let failed = item.result.is_err();
    ///     async move { failed }
    /// });
    /// println!("{} images could not be deleted", failed.count().await);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "deleteSourceImage")]
    #[doc(alias = "delete_source_image")]
    #[doc(alias = "DELETE /sourceimages/{organization}/{hash}")]
    pub fn delete(&self, hashes: impl Hashes) -> BulkCall<()> {
        let images = self.images.clone();
        Self::each(hashes.settled(), move |position, hash| {
            job(position, hash.clone(), images.delete(hash))
        })
    }

    /// Downloads originals into a directory; returns a stream of their paths. [`BulkCall`] lists the options.
    ///
    /// Creates the directory if it does not exist. A file is called `{hash}-{name}`, because names are not unique. An
    /// existing file is an error before its bytes are received, unless [`skip_existing`](BulkCall::skip_existing) or
    /// [`overwrite`](BulkCall::overwrite) is set.
    ///
    /// The results of a search contain binary hashes, so each file is [verified](BulkCall::verify), and names, so an existing
    /// file needs no request.
    ///
    /// `GET /sourceimages/{organization}/{hash}/download`, role `sourceimages:read`.
    /// [Reference](https://rokka.io/documentation/references/source-images.html#download-a-source-image).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// use futures_util::StreamExt;
    ///
    /// // Updates a backup of the organization.
    /// let mut files = images.bulk().download(images.search(), "backup").skip_existing();
    /// while let Some(item) = files.next().await {
    ///     println!("{}: {}", item.id, item.result?.display());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "downloadSourceImage")]
    #[doc(alias = "download_source_image")]
    #[doc(alias = "GET /sourceimages/{organization}/{hash}/download")]
    pub fn download(&self, hashes: impl Hashes, directory: impl AsRef<Path>) -> BulkCall<PathBuf> {
        let images = self.images.clone();
        let directory: Arc<Path> = directory.as_ref().into();
        let found = hashes.originals().enumerate();
        BulkCall::new(found.map(move |(position, original)| match original {
            Ok(original) => download(&images, directory.clone(), position, original),
            Err(error) => refused(position, error),
        }))
    }

    /// Copies images to another organization, 100 per request; returns a stream of [`Copied`] results. [`BulkCall`] lists
    /// the options. Existing copies are overwritten.
    ///
    /// `POST /sourceimages/{organization}/copy`, read access here and write access there.
    /// [Reference](https://rokka.io/documentation/references/source-images.html#copy-a-source-image-to-another-organization).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// use futures_util::StreamExt;
    ///
    /// // The whole organization.
    /// let mut copies = images.bulk().copy(images.search(), "backup");
    /// while let Some(item) = copies.next().await {
    ///     println!("{}: {:?}", item.id, item.result?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "copyMultipleSourceImages")]
    #[doc(alias = "copy_multiple_source_images")]
    #[doc(alias = "POST /sourceimages/{organization}/copy")]
    #[doc(alias = "sourceimages.copyAll")]
    #[doc(alias = "copyAll")]
    pub fn copy(&self, hashes: impl Hashes, destination: impl Into<String>) -> BulkCall<Copied> {
        let images = self.images.clone();
        let destination = destination.into();
        let hashes = if hashes.is_search_in(&destination) {
            hashes.settled()
        } else {
            hashes.stream()
        };
        let batches = hashes.enumerate().chunks(BATCH);
        BulkCall::new(batches.map(move |batch| {
            let (images, destination) = (images.clone(), destination.clone());
            let job: Job<Copied> =
                Box::new(move |settings| Box::pin(copy(images, destination, batch, settings.call)));
            job
        }))
    }

    fn each<T: Send + 'static>(
        hashes: BoxStream<'static, Result<String>>,
        mut start: impl FnMut(usize, String) -> Job<T> + Send + 'static,
    ) -> BulkCall<T> {
        BulkCall::new(hashes.enumerate().map(move |(position, hash)| match hash {
            Ok(hash) => start(position, hash),
            Err(error) => refused(position, error),
        }))
    }
}

/// Copies a batch. An invalid hash or a failed search affects its own image only; a failed request affects all images of
/// the batch.
async fn copy(
    images: SourceImages,
    destination: String,
    batch: Vec<(usize, Result<String>)>,
    options: CallOptions,
) -> Vec<BulkItem<Copied>> {
    let (mut items, mut wanted) = (Vec::new(), Vec::new());
    for (position, hash) in batch {
        match hash.map(|id| (image_hash(&id), id)) {
            Ok((Ok(_), id)) => wanted.push((position, id)),
            Ok((Err(error), id)) => items.push(BulkItem::new(position, id, Err(error))),
            Err(error) => items.push(BulkItem::new(position, String::new(), Err(error))),
        }
    }
    if wanted.is_empty() {
        return items;
    }
    let hashes: Vec<String> = wanted.iter().map(|(_, id)| id.clone()).collect();
    let mut call = images.copy_many(hashes.iter().cloned(), destination);
    call.parts().options = options;
    let result = call.await;
    let outcomes = match &result {
        Ok(result) => Copied::of(&hashes, result).into_iter().map(Ok).collect(),
        Err(error) => wanted.iter().map(|_| Err(error.repeat())).collect(),
    };
    let outcomes: Vec<Result<Copied>> = outcomes;
    items.extend(
        wanted
            .into_iter()
            .zip(outcomes)
            .map(|((position, id), outcome)| BulkItem::new(position, id, outcome)),
    );
    items
}

/// The outcome for one image of a [bulk copy](Bulk::copy).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Copied {
    /// The destination did not have the image.
    Created,
    /// The destination already had the image.
    Existing,
    /// The source organization has no such image.
    NotFound,
    /// The response does not mention the image.
    Unmentioned,
}

impl Copied {
    /// Returns the outcome of each hash of a batch. The response may contain the full hash for a short hash of the request,
    /// and short hashes may share a prefix, so a hash of the response matches the longest requested prefix of it.
    fn of(hashes: &[String], result: &CopyResult) -> Vec<Self> {
        let lower = |hashes: &[String]| -> Vec<String> {
            hashes
                .iter()
                .map(|hash| hash.to_ascii_lowercase())
                .collect()
        };
        let hashes = lower(hashes);
        let mut outcomes = HashMap::new();
        for (list, outcome) in [
            (&result.created, Self::Created),
            (&result.existing, Self::Existing),
            (&result.notfound, Self::NotFound),
        ] {
            for reported in lower(list) {
                let matching = hashes.iter().filter(|hash| reported.starts_with(*hash));
                if let Some(hash) = matching.max_by_key(|hash| hash.len()) {
                    outcomes.entry(hash).or_insert(outcome);
                }
            }
        }
        let outcome = |hash| outcomes.get(hash).copied().unwrap_or(Self::Unmentioned);
        hashes.iter().map(outcome).collect()
    }
}

impl<T> BulkItem<T> {
    pub(crate) fn new(position: usize, id: String, result: Result<T>) -> Self {
        Self {
            position,
            id,
            result,
        }
    }
}

/// Returns the job that downloads one image.
fn download(
    images: &SourceImages,
    directory: Arc<Path>,
    position: usize,
    original: Original,
) -> Job<PathBuf> {
    let Original {
        hash,
        binary_hash,
        name,
    } = original;
    let call = images.download(&*hash);
    Box::new(move |settings| {
        // A value that is not a SHA-1 cannot be verified.
        let verify = settings.verify.unwrap_or(true);
        let known = binary_hash.map(|hash| hash.to_ascii_lowercase());
        let known = known.filter(|hash| verify && hash.parse::<BinaryHash>().is_ok());
        let call = match known {
            Some(binary_hash) => call.verify(binary_hash),
            None => call,
        };
        let call = call.to_directory(directory).named(name);
        job(
            position,
            hash,
            call.existing(settings.existing).sync(settings.sync),
        )(settings)
    })
}

/// Returns the job that sends one call.
fn job<C: ApiCall>(position: usize, id: String, mut call: C) -> Job<C::Returns> {
    Box::new(move |settings| {
        Box::pin(async move {
            call.parts().options = settings.call;
            let result = call.await;
            vec![BulkItem::new(position, id, result)]
        })
    })
}

/// Returns the job that reports a failed search.
fn refused<T: Send + 'static>(position: usize, error: Error) -> Job<T> {
    Box::new(move |_| {
        Box::pin(async move { vec![BulkItem::new(position, String::new(), Err(error))] })
    })
}

impl<T: Send + 'static> BulkCall<T> {
    fn new(jobs: impl Stream<Item = Job<T>> + Send + 'static) -> Self {
        let mut options = CallOptions::default();
        options.gate = Some(Arc::default());
        Self {
            jobs: Some(jobs.boxed()),
            settings: Settings {
                call: options,
                existing: Existing::Refuse,
                sync: true,
                verify: None,
            },
            concurrency: CONCURRENCY,
            results: None,
            progress: None,
        }
    }
}

impl<T> BulkCall<T> {
    /// Sets the number of concurrent requests (default: 8).
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = requests.max(1);
        self
    }

    /// Sets when and how often each request is retried (default: the client's policy).
    pub fn retry(mut self, retry: Retry) -> Self {
        self.settings.call.retry = Some(retry);
        self
    }

    /// Limits how long a request may make no progress (default: the client's idle timeout).
    pub fn idle_timeout(mut self, limit: std::time::Duration) -> Self {
        self.settings.call.idle = Some(limit);
        self
    }

    /// Counts the bytes of all files together. The total is unknown, because the input is read on demand.
    pub fn progress(mut self, progress: &Progress) -> Self {
        let meter = progress.meter();
        self.settings.call.counter = Some(meter.counter());
        self.progress = Some(meter);
        self
    }
}

impl BulkCall<SourceImage> {
    /// Sets whether each stored image is compared with the sent bytes (default: as its source sets); see
    /// [`Source::verify`].
    pub fn verify(mut self, verify: bool) -> Self {
        self.settings.verify = Some(verify);
        self
    }
}

impl BulkCall<PathBuf> {
    /// Replaces existing files and keeps their permissions (default: an existing file is an error).
    pub fn overwrite(mut self) -> Self {
        self.settings.existing = Existing::Overwrite;
        self
    }

    /// Keeps existing files, whatever their content, and returns their paths (default: an existing file is an error). With
    /// the results of a search, an existing file needs no request; otherwise one request each, whose body is not received.
    pub fn skip_existing(mut self) -> Self {
        self.settings.existing = Existing::Skip;
        self
    }

    /// Sets whether the files are synced to the disk before they appear (default: yes, so that a crash of the system leaves
    /// no incomplete file under their name). Without it a download ends once the system has the bytes: for caches and
    /// temporary files.
    pub fn sync(mut self, sync: bool) -> Self {
        self.settings.sync = sync;
        self
    }

    /// Sets whether the results of a search are compared with their [`binary_hash`](crate::SourceImage::binary_hash)
    /// (default: yes). A file that differs is [`ErrorKind::HashMismatch`](crate::ErrorKind::HashMismatch) and is removed. A
    /// list of hashes has no binary hashes to compare with.
    ///
    /// Turn it off for images uploaded with [`optimize_source`](super::Upload::optimize_source): the service stores another
    /// file than the one of the binary hash.
    pub fn verify(mut self, verify: bool) -> Self {
        self.settings.verify = Some(verify);
        self
    }
}

impl<T: Send + 'static> Stream for BulkCall<T> {
    type Item = BulkItem<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if let Some(jobs) = this.jobs.take() {
            let settings = this.settings.clone();
            let results = jobs
                .map(move |job| job(settings.clone()))
                .buffer_unordered(this.concurrency)
                .flat_map(stream::iter);
            this.results = Some(results.boxed());
        }
        match &mut this.results {
            Some(results) => results.as_mut().poll_next(context),
            None => Poll::Ready(None),
        }
    }
}

impl<T> fmt::Debug for BulkCall<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkCall")
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}
