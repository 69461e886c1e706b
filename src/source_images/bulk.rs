//! Many images at once.

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

/// How many requests are under way at once, unless set otherwise.
const CONCURRENCY: usize = 8;

/// Images in one request to copy.
const BATCH: usize = 100;

/// Work on many images of one organization; made by [`SourceImages::bulk`].
///
/// Each method gives a [`BulkCall`]: a stream with one result for each image, in the order in which they are done.
/// A failure costs that image only. Requests go out side by side; when the service says that it is too much, all of
/// them wait together.
#[derive(Clone, Debug)]
pub struct Bulk {
    images: SourceImages,
}

/// What became of one image.
#[derive(Debug)]
#[non_exhaustive]
pub struct BulkItem<T> {
    /// Its place in the input, from 0.
    pub position: usize,
    /// What it was called in the input: the file name of a source, its URL without the secrets in it, or the hash. If the
    /// search that should have given the hashes failed, it is empty, and the result is that failure.
    pub id: String,
    /// What came of it.
    pub result: Result<T>,
}

type Job<T> = Box<dyn FnOnce(Settings) -> BoxFuture<'static, Vec<BulkItem<T>>> + Send>;

/// What is set for all requests of a bulk call.
#[derive(Clone)]
struct Settings {
    call: CallOptions,
    /// What becomes of files that exist already.
    existing: Existing,
    /// Whether files are compared with their hashes, if it is not what a single call does.
    verify: Option<bool>,
}

/// An image to download, and what is known of it.
struct Original {
    hash: String,
    binary_hash: Option<String>,
    name: Option<String>,
}

/// Work that is not begun yet: set its options, then take its results as a [`Stream`]. Dropping it ends what is under
/// way.
#[must_use = "a stream does nothing unless it is polled"]
pub struct BulkCall<T> {
    jobs: Option<BoxStream<'static, Job<T>>>,
    settings: Settings,
    concurrency: usize,
    results: Option<BoxStream<'static, BulkItem<T>>>,
    progress: Option<Meter>,
}

/// Hashes to work on: a list of them, or everything that a search finds.
pub trait Hashes: sealed::Hashes {}

impl<H: sealed::Hashes> Hashes for H {}

mod sealed {
    use super::{BoxStream, Original, Result, Search, StreamExt, TryStreamExt, stream};

    #[allow(private_interfaces, reason = "nobody else can name the trait")]
    pub trait Hashes: Sized {
        /// The hashes as they are found.
        fn stream(self) -> BoxStream<'static, Result<String>>;

        /// The hashes, all found before the first one is returned, so that work on them does not change what is found.
        fn settled(self) -> BoxStream<'static, Result<String>> {
            self.stream()
        }

        /// Whether the hashes are found in an organization while work is under way.
        fn is_search_in(&self, _organization: &str) -> bool {
            false
        }

        /// The images, with what is known of them.
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
            // What the service left out of an image is empty.
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
    /// Work on many images: upload, copy, delete or download them.
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
    /// Uploads sources, a request for each, and gives the stored images.
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

    /// Deletes images. They can be restored for 30 days.
    ///
    /// Of a search, all that it finds is read before the first image is deleted, some 80 bytes an image, because
    /// deleting moves the pages that are still to come. If the search fails midway, what it found until then is
    /// deleted, and the failure is the last result.
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

    /// Downloads originals into a directory, which is made if it is not there, and returns the paths. A file is called
    /// `{hash}-{name}`, because names repeat. One that exists is an error, before its bytes are received, unless
    /// [`skip_existing`](BulkCall::skip_existing) or [`overwrite`](BulkCall::overwrite) is set.
    ///
    /// What a search finds comes with its binary hash, so each file is [verified](BulkCall::verify), and with its name, so
    /// nothing is sent for a file that exists.
    ///
    /// `GET /sourceimages/{organization}/{hash}/download`, role `sourceimages:read`.
    /// [Reference](https://rokka.io/documentation/references/source-images.html#download-a-source-image).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// use futures_util::StreamExt;
    ///
    /// // Brings a directory up to date with the organization.
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

    /// Copies images to another organization, 100 in a request. Copies that the destination has already are overwritten.
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

/// Copies a batch. What is no hash, or could not be found out, costs that image alone; a request that fails costs all of its
/// images.
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

/// What became of one image of a [bulk copy](Bulk::copy).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Copied {
    /// The destination did not have it.
    Created,
    /// The destination had it already.
    Existing,
    /// There is no such image here.
    NotFound,
    /// The service did not say.
    Unmentioned,
}

impl Copied {
    /// What became of each hash of a batch. The service may write a short hash of the request as the full one, and a
    /// short hash may begin as that of another image does, so what the response says of a hash holds for the longest one
    /// of the request that it begins with.
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
            for told in lower(list) {
                let begin = hashes.iter().filter(|hash| told.starts_with(*hash));
                if let Some(hash) = begin.max_by_key(|hash| hash.len()) {
                    outcomes.entry(hash).or_insert(outcome);
                }
            }
        }
        let outcome = |hash| outcomes.get(hash).copied().unwrap_or(Self::Unmentioned);
        hashes.iter().map(outcome).collect()
    }
}

impl<T> BulkItem<T> {
    fn new(position: usize, id: String, result: Result<T>) -> Self {
        Self {
            position,
            id,
            result,
        }
    }
}

/// A download, as a job.
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
        // What is no SHA-1 cannot be compared with one.
        let verify = settings.verify.unwrap_or(true);
        let known = binary_hash.map(|hash| hash.to_ascii_lowercase());
        let known = known.filter(|hash| verify && hash.parse::<BinaryHash>().is_ok());
        let call = match known {
            Some(binary_hash) => call.verify(binary_hash),
            None => call,
        };
        let call = call.to_directory(directory).named(name);
        job(position, hash, call.existing(settings.existing))(settings)
    })
}

/// One call, as a job.
fn job<C: ApiCall>(position: usize, id: String, mut call: C) -> Job<C::Returns> {
    Box::new(move |settings| {
        Box::pin(async move {
            call.parts().options = settings.call;
            let result = call.await;
            vec![BulkItem::new(position, id, result)]
        })
    })
}

/// A search that broke off.
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
                verify: None,
            },
            concurrency: CONCURRENCY,
            results: None,
            progress: None,
        }
    }
}

impl<T> BulkCall<T> {
    /// Requests under way at once (default 8).
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = requests.max(1);
        self
    }

    /// When and how often each request is sent again (default: as the client's).
    pub fn retry(mut self, retry: Retry) -> Self {
        self.settings.call.retry = Some(retry);
        self
    }

    /// How long nothing may move before a request is given up (default: as the client's).
    pub fn idle_timeout(mut self, limit: std::time::Duration) -> Self {
        self.settings.call.idle = Some(limit);
        self
    }

    /// Counts the bytes of all files together. The total is not known, because the input is taken as it is needed.
    pub fn progress(mut self, progress: &Progress) -> Self {
        let meter = progress.meter();
        self.settings.call.counter = Some(meter.counter());
        self.progress = Some(meter);
        self
    }
}

impl BulkCall<SourceImage> {
    /// Whether each stored image is compared with what was sent (default: as its source says); see [`Source::verify`].
    pub fn verify(mut self, verify: bool) -> Self {
        self.settings.verify = Some(verify);
        self
    }
}

impl BulkCall<PathBuf> {
    /// Replaces files that exist, and keeps their permissions (default: each of them is an error).
    pub fn overwrite(mut self) -> Self {
        self.settings.existing = Existing::Overwrite;
        self
    }

    /// Keeps files that exist, whatever they hold, and returns their paths (default: each of them is an error). Where a
    /// search tells the names, nothing is sent for them; otherwise a request each, of which the body is not received.
    pub fn skip_existing(mut self) -> Self {
        self.settings.existing = Existing::Skip;
        self
    }

    /// Whether the files that a search finds are compared with their
    /// [`binary_hash`](crate::SourceImage::binary_hash) (default: yes). One that differs is
    /// [`ErrorKind::HashMismatch`](crate::ErrorKind::HashMismatch) and leaves no file behind. Hashes that are given tell
    /// nothing to compare with.
    ///
    /// Turn it off for images that were uploaded with [`optimize_source`](Call::<super::Upload>::optimize_source): the
    /// service keeps another file of them than the one that the binary hash is of.
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
