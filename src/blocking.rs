//! Blocking calls, for programs without an async runtime.
//!
//! Feature `blocking` adds to the types of this crate; handles, options, models and errors are the same:
//!
//! - `call` on every call, where async code has `.await`: sends the call and returns its result;
//! - `iter` on every stream ([`Images`](crate::Images), [`Pages`], [`BulkCall`],
//!   [`Download`], [`ApplyPlan`]), where async code has `while let Some(item) = stream.next().await`: returns an
//!   [`Iter`];
//! - [`Download::reader`], which returns a [`Reader`];
//! - [`Write`] for [`SourceSender`], to write into an upload that runs on another thread.
//!
//! [`block_on`] runs every other future, such as [`flush_token_store`](crate::Client::flush_token_store) and the methods of
//! [`rokka::api`](crate::api).
//!
//! ```no_run
//! use rokka::{Client, Source, field};
//!
//! fn main() -> rokka::Result<()> {
//!     let rokka = Client::from_env()?;
//!     let images = rokka.source_images("acme")?;
//!
//!     let image = images.upload(Source::path("cat.jpg")).user_metadata("int:sku", 42).call()?;
//!     for image in images.search().filter(field::HEIGHT.at_least(1200)).stream().iter() {
//!         println!("{}", image?.name);
//!     }
//!     for item in images.bulk().upload(["a.jpg", "b.jpg"].map(Source::path)).iter() {
//!         println!("{}: {:?}", item.id, item.result);
//!     }
//!     images.download(&image.hash).to_file("copy.jpg").call()?;
//!     Ok(())
//! }
//! ```
//!
//! # The runtime
//!
//! The first blocking call of a process starts a thread named `rokka-blocking` with a tokio runtime, which ends with the
//! process. Connections, timers and tasks run there: between two calls too, connections stay open and tokens refresh. The
//! call itself runs on the thread that waits for it, so calls of several threads decode and compute side by side.
//!
//! A [`Client`](crate::Client) can be shared by blocking and async code, but a connection belongs to the runtime that opened
//! it: create a client for each of the two unless both runtimes keep running.
//!
//! # In async code
//!
//! A thread that runs async tasks must not be blocked. A blocking call there sends nothing and returns an error of the kind
//! [`ErrorKind::Configuration`]: use `.await`, or move the call to
//! `tokio::task::spawn_blocking`. Clients, handles, calls and iterators may be created and dropped anywhere.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use rokka::ErrorKind;
//! use rokka::testing::{Emulator, EmulatorExt};
//!
//! let emulator = Emulator::start().await;
//! let images = emulator.source_images()?;
//! let error = images.search().call().unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::Configuration);
//!
//! let page = tokio::task::spawn_blocking(move || images.search().call()).await??;
//! assert_eq!(page.total, 0);
//! # Ok(())
//! # }
//! ```

use std::future::{Future, poll_fn};
use std::io::{self, Read, Write};
use std::iter::FusedIterator;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use bytes::{Buf, Bytes};
use futures_core::Stream;
use tokio::runtime::{Builder, Handle};
use tokio::task::coop::consume_budget;

use crate::error::{Error, ErrorKind, Result};
use crate::paging::{Items, Listing, Pages};
use crate::source_images::{BulkCall, BulkUpload, Download, SourceSender};
use crate::stacks::ApplyPlan;

/// The name of the thread.
const THREAD: &str = "rokka-blocking";

/// More than the budget of a tokio task, which is 128.
const BUDGET: usize = 512;

/// The runtime of all blocking calls, once it has started. It is never dropped: dropping one in async code panics.
static RUNTIME: Mutex<Option<Handle>> = Mutex::new(None);

/// Blocks the thread until a future is ready; returns its output.
///
/// For futures that are no calls; a call has a method `call`. The future may borrow, and need not be `Send`.
///
/// ```
/// # fn main() -> rokka::Result<()> {
/// use rokka::blocking::block_on;
/// use rokka::testing::{Emulator, EmulatorExt};
///
/// let emulator = block_on(Emulator::start())?;
/// let rokka = emulator.client()?;
/// assert_eq!(rokka.source_images("acme")?.search().call()?.total, 0);
/// block_on(rokka.flush_token_store())?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`ErrorKind::Configuration`] on a thread that runs async tasks, which must not be blocked, and if the runtime cannot be
/// started.
pub fn block_on<F: Future>(future: F) -> Result<F::Output> {
    if runs_async_tasks() {
        return Err(Error::new(
            ErrorKind::Configuration,
            "a blocking call on a thread that runs async tasks would stop them: use `.await`, or move the call to \
             `tokio::task::spawn_blocking`",
        ));
    }
    let runtime = runtime()?;
    let _entered = runtime.enter();
    let parked = Arc::new(Parked {
        thread: thread::current(),
        woken: AtomicBool::new(false),
    });
    let waker = Waker::from(Arc::clone(&parked));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Ok(output);
        }
        while !parked.woken.swap(false, Ordering::AcqRel) {
            thread::park();
        }
    }
}

/// A thread that waits for a future. `Handle::block_on` would panic where [`runs_async_tasks`] cannot tell, such as in the
/// destructor of a task.
struct Parked {
    thread: Thread,
    /// What the future polls may park and unpark the thread too.
    woken: AtomicBool,
}

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// Returns whether a tokio runtime polls a task on this thread.
///
/// Tokio tells whether a thread belongs to a runtime, but the threads of `spawn_blocking` do too, where blocking is right. The
/// budget distinguishes them: tasks have one, and have to yield when it is used up, which the error costs them here.
fn runs_async_tasks() -> bool {
    let mut context = Context::from_waker(Waker::noop());
    let mut is_used_up = || pin!(consume_budget()).poll(&mut context).is_pending();
    Handle::try_current().is_ok() && (0..BUDGET).any(|_| is_used_up())
}

/// Returns the runtime, which the first call starts.
fn runtime() -> Result<Handle> {
    let failed = |error: io::Error| {
        let text = "the runtime of blocking calls cannot be started";
        Error::new(ErrorKind::Configuration, text).with_source(error)
    };
    let mut started = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(runtime) = &*started {
        return Ok(runtime.clone());
    }
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(failed)?;
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name(THREAD.to_owned())
        .spawn(move || runtime.block_on(std::future::pending::<()>()))
        .map_err(failed)?;
    Ok(started.insert(handle).clone())
}

/// An iterator over a stream, which blocks the thread until the next item is there. Returned by the methods `iter` of
/// streams.
///
/// It does what the stream does: an error ends it where it ends the stream. In async code it returns one error of the kind
/// [`ErrorKind::Configuration`] and ends.
///
/// ```
/// # fn main() -> rokka::Result<()> {
/// use rokka::blocking::block_on;
/// use rokka::testing::{Emulator, EmulatorExt};
///
/// let emulator = block_on(Emulator::start())?;
/// emulator.seed_images("acme", 3);
/// let mut images = emulator.source_images()?.search().stream().iter();
/// while let Some(image) = images.next().transpose()? {
///     println!("{}, {:?} more", image.name, images.get_ref().remaining());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "an iterator does nothing unless it is consumed"]
pub struct Iter<S> {
    stream: S,
    ended: bool,
}

impl<S> Iter<S> {
    fn new(stream: S) -> Self {
        Self {
            stream,
            ended: false,
        }
    }

    /// Returns the stream, for what it knows beside its items, such as [`Images::total`](crate::Images::total) and
    /// [`Pages::cursor`].
    pub fn get_ref(&self) -> &S {
        &self.stream
    }

    /// Returns the stream, which continues where the iterator was.
    ///
    /// ```no_run
    /// # fn f(images: rokka::SourceImages) {
    /// let mut pages = images.search().pages().iter();
    /// let first = pages.next();
    /// let rest = pages.into_inner();
    /// # }
    /// ```
    pub fn into_inner(self) -> S {
        self.stream
    }
}

impl<S: Stream<Item: sealed::Fallible> + Unpin> Iterator for Iter<S> {
    type Item = S::Item;

    fn next(&mut self) -> Option<S::Item> {
        if self.ended {
            return None;
        }
        let stream = &mut self.stream;
        let next = poll_fn(|context| Pin::new(&mut *stream).poll_next(context));
        match block_on(next) {
            Ok(next) => {
                self.ended = next.is_none();
                next
            }
            Err(error) => {
                self.ended = true;
                Some(sealed::Fallible::failed(error))
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        // The error of a thread that must not be blocked takes the place of all items.
        (0, self.stream.size_hint().1.map(|most| most.max(1)))
    }
}

impl<S: Stream<Item: sealed::Fallible> + Unpin> FusedIterator for Iter<S> {}

mod sealed {
    use crate::error::{Error, Result};
    use crate::source_images::BulkItem;
    use crate::stacks::{AppliedStack, StackAction};

    /// An item that can be an error.
    pub trait Fallible {
        fn failed(error: Error) -> Self;
    }

    impl<T> Fallible for Result<T> {
        fn failed(error: Error) -> Self {
            Err(error)
        }
    }

    impl<T> Fallible for BulkItem<T> {
        fn failed(error: Error) -> Self {
            Self::new(0, String::new(), Err(error))
        }
    }

    impl Fallible for AppliedStack {
        fn failed(error: Error) -> Self {
            Self::new(String::new(), StackAction::Keep, Err(error))
        }
    }
}

impl<Q: Listing> Pages<Q> {
    /// Returns an iterator over the pages, which blocks the thread until the next one is there; see
    /// [`blocking`](crate::blocking).
    ///
    /// ```no_run
    /// # fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// for page in images.search().pages().iter() {
    ///     println!("{} images", page?.items.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn iter(self) -> Iter<Self> {
        Iter::new(self)
    }
}

impl<Q: Listing> Items<Q> {
    /// Returns an iterator over the items, which blocks the thread until the next one is there; see
    /// [`blocking`](crate::blocking).
    ///
    /// ```no_run
    /// # fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let found = images.search().stream().iter().collect::<rokka::Result<Vec<_>>>()?;
    /// println!("{} images", found.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn iter(self) -> Iter<Self> {
        Iter::new(self)
    }
}

impl<T: Send + 'static> BulkCall<T> {
    /// Returns an iterator over the results, which blocks the thread until the next one is there; see
    /// [`blocking`](crate::blocking). Requests make progress while the iterator waits.
    ///
    /// ```no_run
    /// # fn f(images: rokka::SourceImages) {
    /// for item in images.bulk().delete(["3f9a21", "c1b110"]).iter() {
    ///     println!("{}: {:?}", item.id, item.result);
    /// }
    /// # }
    /// ```
    pub fn iter(self) -> Iter<Self> {
        Iter::new(self)
    }
}

impl ApplyPlan {
    /// Returns an iterator over the results, which blocks the thread until the next one is there; see
    /// [`blocking`](crate::blocking).
    ///
    /// ```no_run
    /// # fn f(stacks: rokka::Stacks, card: rokka::StackDefinition) -> rokka::Result<()> {
    /// for applied in stacks.plan([("card", card)]).call()?.apply().iter() {
    ///     println!("{}: {}", applied.action, applied.name);
    ///     applied.result?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn iter(self) -> Iter<Self> {
        Iter::new(self)
    }
}

impl<T: Send + 'static> BulkUpload<T> {
    /// Returns an iterator over the results, which blocks the thread until the next one is there; see
    /// [`blocking`](crate::blocking). Requests make progress while the iterator waits.
    ///
    /// ```no_run
    /// # fn f(images: rokka::SourceImages, paths: Vec<std::path::PathBuf>) -> rokka::Result<()> {
    /// for item in images.bulk().upload(paths).skip_existing().iter() {
    ///     println!("{} is {}", item.id, item.result?.image.hash);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn iter(self) -> Iter<Self> {
        Iter::new(self)
    }
}

impl Download {
    /// Returns an iterator over the bytes as they come, which blocks the thread until there are more; see
    /// [`blocking`](crate::blocking).
    ///
    /// ```no_run
    /// # fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let mut hasher = rokka::BinaryHasher::new();
    /// for bytes in images.download("3f9a21").call()?.iter() {
    ///     hasher.update(bytes?);
    /// }
    /// println!("{}", hasher.finish());
    /// # Ok(())
    /// # }
    /// ```
    pub fn iter(self) -> Iter<Self> {
        Iter::new(self)
    }

    /// Returns a [`Reader`] of the file; see [`blocking`](crate::blocking).
    ///
    /// ```no_run
    /// # fn f(images: rokka::SourceImages) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut file = images.download("3f9a21").call()?.reader();
    /// std::io::copy(&mut file, &mut std::io::stdout())?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn reader(self) -> Reader {
        Reader {
            chunks: self.iter(),
            rest: Bytes::new(),
        }
    }
}

/// A download as [`Read`], which blocks the thread until there are bytes. Returned by [`Download::reader`].
///
/// An error of the download is the inner error of the [`io::Error`]; its kind is the nearest one of `std`.
///
/// ```no_run
/// # fn f(images: rokka::SourceImages) -> Result<(), Box<dyn std::error::Error>> {
/// use std::io::Read;
///
/// let mut file = images.download("3f9a21").call()?.reader();
/// println!("{:?} has {:?} bytes", file.get_ref().file_name(), file.get_ref().size());
/// let mut start = [0; 8];
/// file.read_exact(&mut start)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Reader {
    chunks: Iter<Download>,
    /// The rest of the latest chunk.
    rest: Bytes,
}

impl Reader {
    /// Returns the download, for its [`size`](Download::size), [`file_name`](Download::file_name) and
    /// [`media_type`](Download::media_type).
    pub fn get_ref(&self) -> &Download {
        self.chunks.get_ref()
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() && !buffer.is_empty() {
            match self.chunks.next() {
                Some(chunk) => self.rest = chunk?,
                None => return Ok(0),
            }
        }
        Buf::reader(&mut self.rest).read(buffer)
    }
}

/// Sends the bytes; blocks the thread while the upload has enough of them. [`finish`](SourceSender::finish) completes the file,
/// flushing does nothing.
///
/// ```no_run
/// # fn f(images: rokka::SourceImages) -> Result<(), Box<dyn std::error::Error>> {
/// use rokka::Source;
///
/// let (mut sender, source) = Source::channel("cat.jpg");
/// let uploading = std::thread::spawn(move || images.upload(source).call());
/// std::io::copy(&mut std::io::stdin(), &mut sender)?;
/// sender.finish();
/// let image = uploading.join().expect("the upload does not panic")?;
/// # Ok(())
/// # }
/// ```
impl Write for SourceSender {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        block_on(self.send(Bytes::copy_from_slice(bytes)))??;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
