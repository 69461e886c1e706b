//! Downloads: an original, a rendering, or the results of a search as a ZIP archive.

use std::borrow::Cow;
use std::ops::RangeBounds;
use std::path::{Path, PathBuf};
use std::pin::pin;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, IF_RANGE, RANGE};
use url::Url;

use crate::api::types::{BinaryHash, OrganizationName};
use crate::call::{CallParts, call};
use crate::error::{Error, ErrorKind, Result};
use crate::names::image_hash;
use crate::progress::{Meter, Progress};
use crate::transfer::byte_range::ByteRange;
use crate::transfer::file_name::{prefixed, safe_name};
use crate::transfer::file_writer::{self, Existing, Target};
use crate::transfer::received::Download;
use crate::transfer::resume::{OpenFile, Origin, Wanted};
use crate::transport::Session;

/// Downloads a file; returns a [`Download`] stream.
///
/// Created by [`SourceImages::download`](crate::SourceImages::download) for an original and
/// [`Search::download_zip`](crate::Search::download_zip) for an archive, and
/// [`Client::download_rendering`](crate::Client::download_rendering) for a rendering. [`bytes`](Self::bytes),
/// [`to_file`](Self::to_file) and [`to_directory`](Self::to_directory) receive the whole file instead.
///
/// ```no_run
/// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
/// use futures_util::TryStreamExt;
///
/// let mut download = images.download("3f9a21").await?;
/// println!("{:?} has {:?} bytes", download.file_name(), download.size());
/// while let Some(chunk) = download.try_next().await? {
///     println!("received {} bytes", chunk.len());
/// }
///
/// let written = images.download("3f9a21").to_file("cat.jpg").overwrite().await?;
/// println!("wrote {written} bytes");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct DownloadFile {
    call: CallParts,
    file: RemoteFile,
    progress: Option<Meter>,
    range: ByteRange,
    binary_hash: Option<String>,
}

#[derive(Debug)]
enum RemoteFile {
    Image(OrganizationName, String),
    /// What `GET` returns at a URL, by the operation that errors name. `None` if the call is refused.
    Url(Cow<'static, str>, Option<Url>),
    /// Packed anew for each request.
    Archive(Box<dyn OpenFile>),
    /// Rendered from a file that the request sends.
    Rendering(Box<dyn OpenFile>),
}

/// Downloads a file into memory; returns its [`Bytes`]. Created by [`DownloadFile::bytes`].
///
/// [`Bytes`]: https://docs.rs/bytes/1/bytes/struct.Bytes.html
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct DownloadToBytes {
    download: DownloadFile,
}

/// Downloads to a file; returns the number of written bytes. Created by [`DownloadFile::to_file`].
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct DownloadToFile {
    download: DownloadFile,
    path: PathBuf,
    existing: Existing,
    sync: bool,
}

/// Downloads into a directory; returns the path of the file. Created by [`DownloadFile::to_directory`].
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct DownloadToDirectory {
    download: DownloadFile,
    directory: PathBuf,
    /// The file name in the service, if it is known.
    name: Option<String>,
    existing: Existing,
    sync: bool,
}

impl DownloadFile {
    pub(crate) fn new(call: CallParts, organization: OrganizationName, hash: String) -> Self {
        Self::of(call, RemoteFile::Image(organization, hash))
    }

    /// Returns the download of what `GET` returns at a URL.
    pub(crate) fn at(
        mut call: CallParts,
        operation: impl Into<Cow<'static, str>>,
        url: Result<Url>,
    ) -> Self {
        if let Err(error) = &url {
            call.refuse(error);
        }
        Self::of(call, RemoteFile::Url(operation.into(), url.ok()))
    }

    pub(crate) fn rendering(call: CallParts, rendering: impl OpenFile + 'static) -> Self {
        Self::of(call, RemoteFile::Rendering(Box::new(rendering)))
    }

    pub(crate) fn archive(call: CallParts, archive: impl OpenFile + 'static) -> Self {
        Self::of(call, RemoteFile::Archive(Box::new(archive)))
    }

    fn of(call: CallParts, file: RemoteFile) -> Self {
        Self {
            call,
            file,
            progress: None,
            range: ByteRange::default(),
            binary_hash: None,
        }
    }

    /// Validates the options before anything is sent or written; returns the expected binary hash.
    fn check(&self, session: &Session) -> Result<Option<String>> {
        for (name, instead) in [
            (RANGE, "use `range(100..110)` for a part of an original"),
            (
                IF_RANGE,
                "a download sets it when it requests the rest of a file",
            ),
            (
                ACCEPT_ENCODING,
                "a download stores the received bytes, so it accepts `identity` only",
            ),
        ] {
            if session.has_header(&name) {
                return Err(Error::invalid(format!(
                    "the header `{name}` cannot be set on a download: {instead}"
                )));
            }
        }
        self.range.check()?;
        let has_parts = matches!(self.file, RemoteFile::Image(..) | RemoteFile::Url(..));
        if let RemoteFile::Image(_, hash) = &self.file {
            image_hash(hash)?;
        } else if !self.range.is_whole() && !has_parts {
            return Err(Error::invalid(
                "`range` is for originals: the service packs an archive anew for each request",
            ));
        } else if self.binary_hash.is_some() {
            return Err(Error::invalid(
                "`verify` is for originals: a rendering or an archive has no binary hash",
            ));
        }
        let Some(binary_hash) = &self.binary_hash else {
            return Ok(None);
        };
        if !self.range.is_whole() {
            return Err(Error::invalid(
                "`range` and `verify` exclude each other: the binary hash is the one of the whole file",
            ));
        }
        let binary_hash = binary_hash.to_ascii_lowercase();
        if binary_hash.parse::<BinaryHash>().is_err() {
            return Err(Error::invalid(format!(
                "the binary hash {binary_hash:?} is invalid: expected 40 hexadecimal digits"
            )));
        }
        Ok(Some(binary_hash))
    }

    /// Counts the received bytes. Dropping the future, or the [`Download`], cancels the download.
    #[doc(alias = "onDownloadProgress")]
    pub fn progress(mut self, progress: &Progress) -> Self {
        self.progress = Some(progress.meter());
        self
    }

    /// Downloads the file into memory; returns its [`Bytes`]. Options: [`DownloadToBytes`].
    ///
    /// [`Bytes`]: https://docs.rs/bytes/1/bytes/struct.Bytes.html
    #[doc(alias = "downloadAsBuffer")]
    pub fn bytes(self) -> DownloadToBytes {
        DownloadToBytes { download: self }
    }

    /// Downloads a part of an original, such as `100..110` for the bytes 100 to 109, counted from 0 (default: all bytes). A
    /// range that extends beyond the end of the file is cut; one that starts there fails with status 416.
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let header = images.download("3f9a21").range(..512).bytes().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn range(mut self, bytes: impl RangeBounds<u64>) -> Self {
        self.range = ByteRange::new(bytes);
        self
    }

    /// Compares the SHA-1 of an original with its [`binary_hash`](crate::SourceImage::binary_hash) (default: no). If they
    /// differ, the call fails with [`ErrorKind::HashMismatch`] and removes the file; a stream ends with that error.
    ///
    /// An image uploaded with [`optimize_source`](crate::source_images::Upload::optimize_source) cannot be verified: the
    /// service stores another file than the one of the binary hash.
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let image = images.get("3f9a21").await?;
    /// images.download(&image.hash).verify(&image.binary_hash).to_file("cat.jpg").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify(mut self, binary_hash: impl Into<String>) -> Self {
        self.binary_hash = Some(binary_hash.into());
        self
    }

    /// Downloads to a file; returns the number of written bytes.
    ///
    /// The file appears when it is complete and synced to the disk. The directory must exist. If the file exists, the call
    /// fails with [`ErrorKind::AlreadyExists`] before anything is sent, unless [`overwrite`](DownloadToFile::overwrite) or
    /// [`skip_existing`](DownloadToFile::skip_existing) is set. Options: [`DownloadToFile`].
    pub fn to_file(self, path: impl AsRef<Path>) -> DownloadToFile {
        DownloadToFile {
            download: self,
            path: path.as_ref().to_owned(),
            existing: Existing::Refuse,
            sync: true,
        }
    }

    /// Downloads to a file `{hash}-{name}` in a directory; returns its path.
    ///
    /// Creates the directory if it does not exist. The name is [the one that the service suggests](Download::file_name); an
    /// archive uses that name alone, or `images.zip`, and a rendering that name or the last segment of its URL. If the file exists, the call fails with [`ErrorKind::AlreadyExists`] before the body is
    /// received, unless
    /// [`overwrite`](DownloadToDirectory::overwrite) or [`skip_existing`](DownloadToDirectory::skip_existing) is set.
    /// Options: [`DownloadToDirectory`].
    pub fn to_directory(self, directory: impl AsRef<Path>) -> DownloadToDirectory {
        let directory = directory.as_ref().to_owned();
        DownloadToDirectory {
            download: self,
            directory,
            name: None,
            existing: Existing::Refuse,
            sync: true,
        }
    }
}

impl DownloadToFile {
    /// Replaces an existing file and keeps its permissions (default: the call fails). A symbolic link itself is replaced.
    pub fn overwrite(self) -> Self {
        self.existing(Existing::Overwrite)
    }

    /// Keeps an existing file, whatever its content, sends nothing and returns 0 (default: the call fails).
    pub fn skip_existing(self) -> Self {
        self.existing(Existing::Skip)
    }

    /// Sets whether the file is synced to the disk before it appears (default: yes, so that a crash of the system leaves
    /// no incomplete file under its name). Without it a download ends once the system has the bytes: for caches and
    /// temporary files.
    pub fn sync(mut self, sync: bool) -> Self {
        self.sync = sync;
        self
    }

    fn existing(mut self, existing: Existing) -> Self {
        self.existing = existing;
        self
    }
}

impl DownloadToDirectory {
    /// Replaces an existing file and keeps its permissions (default: the call fails). A symbolic link itself is replaced.
    pub fn overwrite(self) -> Self {
        self.existing(Existing::Overwrite)
    }

    /// Keeps an existing file, whatever its content, receives no body and returns its path (default: the call fails).
    pub fn skip_existing(self) -> Self {
        self.existing(Existing::Skip)
    }

    /// Sets whether the file is synced to the disk before it appears (default: yes, so that a crash of the system leaves
    /// no incomplete file under its name). Without it a download ends once the system has the bytes: for caches and
    /// temporary files.
    pub fn sync(mut self, sync: bool) -> Self {
        self.sync = sync;
        self
    }

    pub(crate) fn existing(mut self, existing: Existing) -> Self {
        self.existing = existing;
        self
    }

    /// Sets the name of the file in the service, which saves a request for an existing file.
    pub(crate) fn named(mut self, name: Option<String>) -> Self {
        self.name = name;
        self
    }
}

call!(DownloadFile => Download);

impl DownloadFile {
    pub(crate) async fn run(self, session: Session) -> Result<Download> {
        let binary_hash = self.check(&session)?;
        let session = session.with_header(ACCEPT_ENCODING, "identity");
        let wanted = |origin| Wanted {
            origin,
            range: self.range,
            binary_hash,
        };
        let (session, mut wanted) = match self.file {
            RemoteFile::Image(organization, hash) => {
                let origin = Origin::Image(organization, image_hash(&hash)?);
                (session, wanted(origin))
            }
            RemoteFile::Url(operation, url) => {
                let url = url.ok_or_else(|| Error::invalid("the download has no URL"))?;
                let session = session.patient();
                (session, wanted(Origin::Url(operation, url)))
            }
            RemoteFile::Archive(archive) => {
                let session = session.patient();
                (session, wanted(Origin::Archive(archive)))
            }
            RemoteFile::Rendering(mut rendering) => {
                let response = rendering.open(&session).await?;
                return Download::receive(session, wanted(Origin::Once), response, self.progress);
            }
        };
        let response = wanted.request(&session, self.range.start, None).await?;
        Download::receive(session, wanted, response, self.progress)
    }
}

call!(DownloadToBytes => Bytes, download.call);

impl DownloadToBytes {
    async fn run(self, session: Session) -> Result<Bytes> {
        self.download.run(session).await?.collect().await
    }
}

call!(DownloadToFile => u64, download.call);

impl DownloadToFile {
    async fn run(self, session: Session) -> Result<u64> {
        self.download.check(&session)?;
        let deadline = session.clone();
        let write = async {
            let Some(target) = Target::prepare(self.path, self.existing).await? else {
                return Ok(0);
            };
            let download = self.download.run(session).await?;
            file_writer::write(target.sync(self.sync), download.pieces()).await
        };
        deadline.within_deadline(pin!(write)).await
    }
}

call!(DownloadToDirectory => PathBuf, download.call);

impl DownloadToDirectory {
    async fn run(self, session: Session) -> Result<PathBuf> {
        self.download.check(&session)?;
        let prefix = match &self.download.file {
            RemoteFile::Image(_, hash) => Some(hash.to_ascii_lowercase()),
            RemoteFile::Url(..) | RemoteFile::Archive(_) | RemoteFile::Rendering(_) => None,
        };
        let otherwise = match &self.download.file {
            RemoteFile::Url(_, Some(url)) => last_segment(url),
            _ => None,
        };
        let otherwise = otherwise.unwrap_or_else(|| "images.zip".to_owned());
        let file_name = |name: Option<String>| match (&prefix, name) {
            (Some(hash), Some(name)) => prefixed(&format!("{hash}-"), &name),
            (Some(hash), None) => hash.clone(),
            (None, name) => name.unwrap_or_else(|| otherwise.clone()),
        };
        let known = self.name.as_deref().and_then(safe_name);
        let known = known.map(|name| self.directory.join(file_name(Some(name))));
        let deadline = session.clone();
        let write = async {
            create_directory(&self.directory).await?;
            if let Some(path) = known {
                let Some(target) = Target::prepare(path.clone(), self.existing).await? else {
                    return Ok(path);
                };
                let download = self.download.run(session).await?;
                file_writer::write(target.sync(self.sync), download.pieces()).await?;
                return Ok(path);
            }
            let download = self.download.run(session).await?;
            let path = self.directory.join(file_name(download.file_name()));
            if let Some(target) = Target::prepare(path.clone(), self.existing).await? {
                file_writer::write(target.sync(self.sync), download.pieces()).await?;
            }
            Ok(path)
        };
        deadline.within_deadline(pin!(write)).await
    }
}

/// Returns the file name that the path of a URL ends with.
#[inline]
fn last_segment(url: &Url) -> Option<String> {
    safe_name(url.path_segments()?.next_back()?)
}

async fn create_directory(directory: &Path) -> Result<()> {
    tokio::fs::create_dir_all(directory).await.map_err(|error| {
        let text = format!("the directory {} cannot be created", directory.display());
        Error::new(ErrorKind::Io, text).with_source(error)
    })
}
