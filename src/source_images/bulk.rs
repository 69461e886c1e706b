//! Bulk operations: upload, delete, restore, download or copy many images, or send any call for each of them.

mod upload;

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::api::types::{BinaryHash, CopyResult, SourceImage};
use crate::call::ApiCall;
use crate::call::sealed::Parts;
use crate::error::{Error, ErrorKind, Result};
use crate::names::image_hash;
use crate::progress::{Meter, Progress};
use crate::source_images::SourceImages;
use crate::source_images::search::Search;
use crate::transfer::file_writer::Existing;
use crate::transfer::source::{OptimizeSource, Source};
use crate::transport::options::CallOptions;
use crate::transport::retry::Retry;
use crate::transport::retry_event::RetryEvent;

pub use upload::BulkUpload;

/// The default number of concurrent requests.
const CONCURRENCY: usize = 8;

/// Images per copy request.
const BATCH: usize = 100;

/// Bulk operations on the images of one organization. Created by [`SourceImages::bulk`].
///
/// Each method returns a [`BulkCall`], or a [`BulkUpload`] with more options: a stream with one result per image, in order of completion. A failure affects its
/// own image only, unless [`stop_after`](BulkCall::stop_after) is set. Requests are sent concurrently; when the service limits
/// the rate, all of them wait together. [`each`](Bulk::each) does so with any call.
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
    /// The file name of a source, its redacted URL, or the hash. Empty if the search for the hashes failed, or was not
    /// continued because the call [stopped](BulkCall::stop_after); the result is then that error.
    pub id: String,
    /// The outcome.
    pub result: Result<T>,
}

/// A file whose transfer starts in a bulk call; passed to the function of [`BulkUpload::on_start`] and
/// [`BulkCall::on_start`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BulkStart {
    /// The index in the input, from 0.
    pub position: usize,
    /// The id that the [`BulkItem`] of this file will have.
    pub id: String,
    /// The bytes of this file alone. It ends with the transfer, well or not.
    pub progress: Progress,
}

type OnStart = Arc<dyn Fn(BulkStart) + Send + Sync>;

/// A request for one image, or a batch of them, that is not sent yet.
struct Job<T> {
    images: usize,
    start: Box<dyn FnOnce(Settings) -> BoxFuture<'static, Vec<BulkItem<T>>> + Send>,
}

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
    /// The format that uploads are converted to.
    optimize: Option<OptimizeSource>,
    /// What is called as the transfer of a file starts.
    on_start: Option<OnStart>,
    /// Why nothing is started any more.
    stopped: Arc<OnceLock<String>>,
}

impl Settings {
    /// The error of what is not started any more.
    fn stopped(&self) -> Option<Error> {
        let why = self.stopped.get()?;
        Some(Error::new(ErrorKind::Stopped, why.clone()))
    }

    /// Reports that the transfer of a file starts; returns the progress to count it with, if somebody wants to see it.
    fn started(&self, position: usize, id: &str) -> Option<Progress> {
        let on_start = self.on_start.as_ref()?;
        let progress = Progress::new();
        on_start(BulkStart {
            position,
            id: id.to_owned(),
            progress: progress.clone(),
        });
        Some(progress)
    }
}

/// An image to download, with its known properties.
struct Original {
    hash: String,
    binary_hash: Option<String>,
    name: Option<String>,
}

/// A bulk operation; returns a [`Stream`] of [`BulkItem`]s. It sends nothing before it is polled, and dropping it cancels
/// the requests in progress. Created by the methods of [`Bulk`].
///
/// [`Stream`]: https://docs.rs/futures-core/0.3/futures_core/stream/trait.Stream.html
#[must_use = "a stream does nothing unless it is polled"]
pub struct BulkCall<T> {
    jobs: Option<BoxStream<'static, Job<T>>>,
    /// Whether a search finds the images while others are processed.
    searching: bool,
    settings: Settings,
    concurrency: usize,
    results: Option<BoxStream<'static, BulkItem<T>>>,
    progress: Option<Meter>,
    /// Failures in a row that end the call.
    stop_after: Option<usize>,
    /// Failures in a row so far.
    failures: usize,
}

/// Hashes of images: a list, or the results of a [`Search`](crate::Search).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of hashes",
    label = "expected a list of hashes, or a search",
    note = "pass one hash as `[hash]`, several as a list or an iterator of strings, and what a search finds as `images.search()`"
)]
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

        /// Returns whether the hashes are results of a search.
        fn is_search(&self) -> bool {
            false
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
        fn is_search(&self) -> bool {
            true
        }

        #[inline]
        fn stream(self) -> BoxStream<'static, Result<String>> {
            Search::stream(self).map_ok(|image| image.hash).boxed()
        }

        #[inline]
        fn settled(self) -> BoxStream<'static, Result<String>> {
            let all = Hashes::stream(self).collect::<Vec<_>>();
            stream::once(all).flat_map(stream::iter).boxed()
        }

        fn is_search_in(&self, organization: &str) -> bool {
            self.organization() == organization
        }

        #[allow(private_interfaces, reason = "nobody else can name the trait")]
        #[inline]
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
    /// Returns a handle to bulk operations: upload, copy, delete, restore or download many images, or send any call for each.
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
    /// Uploads sources, one request per source; returns a stream of the stored [`SourceImage`]s. [`BulkUpload`] lists the
    /// options; one of them, [`skip_existing`](BulkUpload::skip_existing), sends nothing for what is stored already.
    ///
    /// `POST /sourceimages/{organization}`, role `upload`.
    /// [Reference](https://rokka.io/documentation/references/source-images.html#create-a-source-image).
    #[doc(alias = "createSourceImage")]
    #[doc(alias = "create_source_image")]
    #[doc(alias = "POST /sourceimages/{organization}")]
    pub fn upload<I>(&self, sources: I) -> BulkUpload
    where
        I: IntoIterator<Item: Into<Source> + 'static>,
        I::IntoIter: Send + 'static,
    {
        let sources = sources.into_iter().map(Into::into);
        BulkUpload::new(self.images.clone(), stream::iter(sources).boxed())
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
        self.each(hashes, move |hash| images.delete(hash))
    }

    /// Restores images up to 30 days after their deletion; returns a stream of the restored [`SourceImage`]s. [`BulkCall`]
    /// lists the options.
    ///
    /// A search is completed before the first image is restored, as for [`delete`](Self::delete).
    ///
    /// `POST /sourceimages/{organization}/{hash}/restore`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/source-images.html#restore-a-source-image).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// use futures_util::StreamExt;
    ///
    /// // Everything that was deleted in the last 30 days.
    /// let mut restored = images.bulk().restore(images.search().deleted());
    /// while let Some(item) = restored.next().await {
    ///     println!("{} is back as {}", item.id, item.result?.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "restoreSourceImage")]
    #[doc(alias = "restore_source_image")]
    #[doc(alias = "POST /sourceimages/{organization}/{hash}/restore")]
    pub fn restore(&self, hashes: impl Hashes) -> BulkCall<SourceImage> {
        let images = self.images.clone();
        self.each(hashes, move |hash| images.restore(hash))
    }

    /// Sends a call for each hash; returns a stream of what the calls return. [`BulkCall`] lists the options.
    ///
    /// The closure receives a hash and returns any [`ApiCall`]: one that names, protects or labels the image, say. The calls
    /// wait together when the service limits the rate. Options that such a call sets itself take precedence over those of
    /// the [`BulkCall`].
    ///
    /// A search is completed before the first call is sent, at about 80 bytes per image, because the calls may change what
    /// it finds. If the search fails midway, the calls for the images found so far are sent, and the error is the last result.
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// use futures_util::StreamExt;
    /// use rokka::field;
    ///
    /// // Protects the originals of all invoices.
    /// let invoices = images.search().filter(field::user_array("labels").equals("invoice"));
    /// let of = images.clone();
    /// let mut protected = images.bulk().each(invoices, move |hash| of.set_protected(hash, true));
    /// while let Some(item) = protected.next().await {
    ///     println!("{} is protected as {}", item.id, item.result?.hash);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn each<C: ApiCall>(
        &self,
        hashes: impl Hashes,
        mut call: impl FnMut(String) -> C + Send + 'static,
    ) -> BulkCall<C::Returns> {
        let hashes = hashes.settled().enumerate();
        BulkCall::new(hashes.map(move |(position, hash)| match hash {
            Ok(hash) => {
                let call = call(hash.clone());
                Job::one(position, hash, |_| call)
            }
            Err(error) => Job::refused(position, error),
        }))
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
        let searching = hashes.is_search();
        let found = hashes.originals().enumerate();
        let call = BulkCall::new(found.map(move |(position, original)| match original {
            Ok(original) => download(&images, directory.clone(), position, original),
            Err(error) => Job::refused(position, error),
        }));
        call.searching(searching)
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
        let settles = hashes.is_search_in(&destination);
        let searching = hashes.is_search() && !settles;
        let hashes = if settles {
            hashes.settled()
        } else {
            hashes.stream()
        };
        let batches = hashes.enumerate().chunks(BATCH);
        let call = BulkCall::new(batches.map(move |batch| {
            let (images, destination) = (images.clone(), destination.clone());
            Job {
                images: batch.len(),
                start: Box::new(move |settings| {
                    Box::pin(copy(images, destination, batch, settings))
                }),
            }
        }));
        call.searching(searching)
    }
}

/// Copies a batch. An invalid hash or a failed search affects its own image only; a failed request affects all images of
/// the batch.
async fn copy(
    images: SourceImages,
    destination: String,
    batch: Vec<(usize, Result<String>)>,
    settings: Settings,
) -> Vec<BulkItem<Copied>> {
    let stopped = settings.stopped();
    let (mut items, mut wanted) = (Vec::new(), Vec::new());
    for (position, hash) in batch {
        let checked = |id: &String| match &stopped {
            Some(stopped) => Err(stopped.repeat()),
            None => image_hash(id),
        };
        match hash.map(|id| (checked(&id), id)) {
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
    call.parts().options = settings.call;
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
    #[inline]
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
#[inline]
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
    let id = hash.clone();
    Job::one(position, hash, move |settings| {
        let call = match settings.started(position, &id) {
            Some(progress) => call.progress(&progress),
            None => call,
        };
        // A value that is not a SHA-1 cannot be verified.
        let verify = settings.verify.unwrap_or(true);
        let known = binary_hash.map(|hash| hash.to_ascii_lowercase());
        let known = known.filter(|hash| verify && hash.parse::<BinaryHash>().is_ok());
        let call = match known {
            Some(binary_hash) => call.verify(binary_hash),
            None => call,
        };
        let call = call.to_directory(directory).named(name);
        call.existing(settings.existing).sync(settings.sync)
    })
}

impl<T: Send + 'static> Job<T> {
    /// Returns the job that sends one call.
    fn one<C: ApiCall<Returns = T>>(
        position: usize,
        id: String,
        call: impl FnOnce(&Settings) -> C + Send + 'static,
    ) -> Self {
        let start = move |settings: Settings| -> BoxFuture<'static, Vec<BulkItem<T>>> {
            if let Some(stopped) = settings.stopped() {
                return ready(BulkItem::new(position, id, Err(stopped)));
            }
            let mut call = call(&settings);
            let options = std::mem::take(&mut call.parts().options);
            call.parts().options = options.within(&settings.call);
            Box::pin(async move { vec![BulkItem::new(position, id, call.await)] })
        };
        Self {
            images: 1,
            start: Box::new(start),
        }
    }

    /// Returns the job that reports a failed search.
    fn refused(position: usize, error: Error) -> Self {
        Self {
            images: 0,
            start: Box::new(move |_| ready(BulkItem::new(position, String::new(), Err(error)))),
        }
    }
}

fn ready<T: Send + 'static>(item: BulkItem<T>) -> BoxFuture<'static, Vec<BulkItem<T>>> {
    Box::pin(std::future::ready(vec![item]))
}

/// Returns the jobs of a search until the call stops, and then one that reports where.
fn until_stopped<T: Send + 'static>(
    jobs: BoxStream<'static, Job<T>>,
    settings: Settings,
) -> impl Stream<Item = Job<T>> + Send {
    let (mut jobs, mut images) = (Some(jobs), 0);
    stream::poll_fn(move |context| {
        let Some(found) = &mut jobs else {
            return Poll::Ready(None);
        };
        if let Some(error) = settings.stopped() {
            // Also ends the request for the next page.
            jobs = None;
            let note = format!("the search was not continued after {images} images");
            return Poll::Ready(Some(Job::refused(images, error.with_note(&note))));
        }
        let job = std::task::ready!(found.as_mut().poll_next(context));
        match &job {
            Some(job) => images += job.images,
            None => jobs = None,
        }
        Poll::Ready(job)
    })
}

impl<T: Send + 'static> BulkCall<T> {
    fn new(jobs: impl Stream<Item = Job<T>> + Send + 'static) -> Self {
        let mut options = CallOptions::default();
        options.gate = Some(Arc::default());
        Self {
            jobs: Some(jobs.boxed()),
            searching: false,
            settings: Settings {
                call: options,
                existing: Existing::Refuse,
                sync: true,
                verify: None,
                optimize: None,
                on_start: None,
                stopped: Arc::default(),
            },
            concurrency: CONCURRENCY,
            results: None,
            progress: None,
            stop_after: None,
            failures: 0,
        }
    }
}

impl<T> BulkCall<T> {
    fn searching(mut self, searching: bool) -> Self {
        self.searching = searching;
        self
    }

    /// Counts the failures in a row, and stops after so many.
    fn count(&mut self, item: &BulkItem<T>) {
        let Some(limit) = self.stop_after else { return };
        match &item.result {
            Ok(_) => self.failures = 0,
            Err(error) if error.kind() == ErrorKind::Stopped => {}
            Err(error) => {
                self.failures += 1;
                if self.failures == limit {
                    let times = match limit {
                        1 => "a failure".to_owned(),
                        _ => format!("{limit} failures in a row"),
                    };
                    let text =
                        format!("not started: the bulk call stopped after {times} ({error})");
                    // It stays stopped by the first.
                    drop(self.settings.stopped.set(text));
                }
            }
        }
    }
}

/// Implements the options of all bulk calls for a type that is a [`BulkCall`], or that has one in a field.
macro_rules! bulk_options {
    ($($call:ident)?) => {
        /// Sets the number of concurrent requests (default: 8).
        pub fn concurrency(mut self, requests: usize) -> Self {
            self$(.$call)?.concurrency = requests.max(1);
            self
        }

        /// Sets when and how often each request is retried (default: the client's policy).
        pub fn retry(mut self, retry: Retry) -> Self {
            self$(.$call)?.settings.call.retry = Some(retry);
            self
        }

        /// Calls this before each retry, and before each wait because the service limits the rate, after that of the
        /// [client](crate::ClientBuilder::on_retry). Each of the calls that wait together reports it.
        pub fn on_retry(mut self, report: impl Fn(&RetryEvent) + Send + Sync + 'static) -> Self {
            self$(.$call)?.settings.call.on_retry = Some(Arc::new(report));
            self
        }

        /// Stops after this many failures in a row, in order of completion (default: never; 0 counts as 1): when the service is
        /// down, or the credentials are wrong, the remaining thousands fail too.
        ///
        /// Calls in progress end as they would. Nothing is sent for the images that are left; each of them has a result, the error
        /// [`Stopped`](crate::ErrorKind::Stopped), so a program knows what it has to do again. A search that still finds images
        /// is not continued: a last result with an empty [`id`](BulkItem::id) says so, and its
        /// [`position`](BulkItem::position) is the number of images that have a result. Every error of an image counts; a
        /// request that [`copy`](crate::Bulk::copy) sends for many fails for each of them.
        ///
        /// ```no_run
        /// # async fn f(images: rokka::SourceImages, old: Vec<String>) -> rokka::Result<()> {
        /// use futures_util::StreamExt;
        /// use rokka::ErrorKind;
        ///
        /// let mut deleted = images.bulk().delete(old).stop_after(20);
        /// let mut left = Vec::new();
        /// while let Some(item) = deleted.next().await {
        ///     match item.result {
        ///         Ok(()) => {}
        ///         Err(error) if error.kind() == ErrorKind::Stopped => left.push(item.id),
        ///         Err(error) => eprintln!("{}: {error}", item.id),
        ///     }
        /// }
        /// println!("{} images were not tried", left.len());
        /// # Ok(())
        /// # }
        /// ```
        pub fn stop_after(mut self, failures: usize) -> Self {
            self$(.$call)?.stop_after = Some(failures.max(1));
            self
        }

        /// Limits the call for each image, from its start on: all attempts, the waits between them, and the transfer (default:
        /// that of the client, which is [no limit](crate::ClientBuilder::deadline) unless it is set). Nothing limits the stream as
        /// a whole; drop it to end it. A copy has this limit for each request of 100 images.
        pub fn deadline(mut self, limit: std::time::Duration) -> Self {
            self$(.$call)?.settings.call.deadline = Some(limit);
            self
        }

        /// Limits how long a request may make no progress (default: the client's idle timeout).
        pub fn idle_timeout(mut self, limit: std::time::Duration) -> Self {
            self$(.$call)?.settings.call.idle = Some(limit);
            self
        }

        /// Counts the bytes of all files together. The total is unknown, because the input is read on demand.
        pub fn progress(mut self, progress: &Progress) -> Self {
            let meter = progress.meter();
            self$(.$call)?.settings.call.counter = Some(meter.counter());
            self$(.$call)?.progress = Some(meter);
            self
        }
    };
}

use bulk_options;

impl<T> BulkCall<T> {
    bulk_options!();

    /// The same options for jobs of another type, which come later.
    fn retyped<U>(self) -> BulkCall<U> {
        BulkCall {
            jobs: None,
            searching: self.searching,
            settings: self.settings,
            concurrency: self.concurrency,
            results: None,
            progress: self.progress,
            stop_after: self.stop_after,
            failures: 0,
        }
    }
}

impl BulkCall<PathBuf> {
    /// Calls this as the download of each file starts, with a [`Progress`] of its own (default: nothing is called): for a line
    /// for each file under way. [`progress`](Self::progress) counts all files together.
    pub fn on_start(mut self, report: impl Fn(BulkStart) + Send + Sync + 'static) -> Self {
        self.settings.on_start = Some(Arc::new(report));
        self
    }

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
            let jobs = if this.searching && this.stop_after.is_some() {
                until_stopped(jobs, settings.clone()).boxed()
            } else {
                jobs
            };
            let results = jobs
                .map(move |job| (job.start)(settings.clone()))
                .buffer_unordered(this.concurrency)
                .flat_map(stream::iter);
            this.results = Some(results.boxed());
        }
        let Some(results) = &mut this.results else {
            return Poll::Ready(None);
        };
        let item = std::task::ready!(results.as_mut().poll_next(context));
        if let Some(item) = &item {
            this.count(item);
        }
        Poll::Ready(item)
    }
}

impl<T> fmt::Debug for BulkCall<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkCall")
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}
