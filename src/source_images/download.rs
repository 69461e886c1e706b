//! Downloading originals: one image, or what a search finds as a ZIP archive.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;

use crate::api::types::OrganizationName;
use crate::call::{Call, sealed};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::{Meter, Progress};
use crate::rendering::Rendering;
use crate::source_images::image_hash;
use crate::source_images::received::Download;
use crate::source_images::search::Search;
use crate::transport::Session;

/// How long the service may pack an archive before its first byte comes.
const PACKING_IDLE: Duration = Duration::from_secs(300);

/// Downloads an original, see [`SourceImages::download`](super::SourceImages::download), or an archive, see
/// [`Call::<Search>::download_zip`]. Gives a [`Download`].
#[derive(Debug)]
pub struct DownloadFile {
    wanted: Wanted,
    progress: Option<Meter>,
}

#[derive(Debug)]
enum Wanted {
    Image(OrganizationName, String),
    Archive(Box<Search>),
    Rendering(Box<Rendering>),
}

/// Downloads into memory; see [`Call::<DownloadFile>::bytes`]. Gives [`Bytes`].
#[derive(Debug)]
pub struct DownloadToBytes {
    download: DownloadFile,
}

/// Downloads to a file; see [`Call::<DownloadFile>::to_file`]. Gives the number of bytes.
#[derive(Debug)]
pub struct DownloadToFile {
    download: DownloadFile,
    path: PathBuf,
    overwrite: bool,
}

/// Downloads into a directory; see [`Call::<DownloadFile>::to_directory`]. Gives the path.
#[derive(Debug)]
pub struct DownloadToDirectory {
    download: DownloadFile,
    directory: PathBuf,
}

impl DownloadFile {
    pub(super) fn new(organization: OrganizationName, hash: String) -> Self {
        Self {
            wanted: Wanted::Image(organization, hash),
            progress: None,
        }
    }

    /// What the service makes of a file that is sent along.
    pub(crate) fn rendering(rendering: Rendering) -> Self {
        Self {
            wanted: Wanted::Rendering(Box::new(rendering)),
            progress: None,
        }
    }

    fn archive(search: Search) -> Self {
        Self {
            wanted: Wanted::Archive(Box::new(search)),
            progress: None,
        }
    }
}

impl DownloadToBytes {
    pub(crate) fn new(download: DownloadFile) -> Self {
        Self { download }
    }
}

impl DownloadToFile {
    pub(crate) fn new(download: DownloadFile, path: PathBuf) -> Self {
        Self {
            download,
            path,
            overwrite: false,
        }
    }
}

impl Call<Search> {
    /// Downloads the originals of a page of what is found as a ZIP archive: [`limit`](Self::limit) and
    /// [`offset`](Self::offset) say which page (default: the service's, 100 images). How many files an archive may hold
    /// is not documented; [`Bulk::download`](crate::Bulk::download) has no such limit. A download that breaks off begins
    /// again at the start, because the archive is packed anew.
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
    pub fn download_zip(self) -> Call<DownloadFile> {
        self.map(DownloadFile::archive)
    }
}

impl Call<DownloadFile> {
    /// Counts the bytes that come in. Dropping the call, or the [`Download`], ends the transfer.
    #[doc(alias = "onDownloadProgress")]
    pub fn progress(mut self, progress: &Progress) -> Self {
        self.operation.progress = Some(progress.meter());
        self
    }

    /// Reads it into memory.
    #[doc(alias = "downloadAsBuffer")]
    pub fn bytes(self) -> Call<DownloadToBytes> {
        self.map(DownloadToBytes::new)
    }

    /// Writes it to a file, which appears only when it is complete. A file that exists is not overwritten, unless
    /// [`overwrite`](Call::<DownloadToFile>::overwrite) is set.
    pub fn to_file(self, path: impl AsRef<Path>) -> Call<DownloadToFile> {
        let path = path.as_ref().to_owned();
        self.map(|download| DownloadToFile::new(download, path))
    }

    /// Writes it to a file `{hash}-{name}` in a directory, which is made if it is not there, and gives its path. The name
    /// is the one that the service suggests, without any directory in it; an archive is called by that alone, or
    /// `images.zip`. A file that exists is not overwritten.
    pub fn to_directory(self, directory: impl AsRef<Path>) -> Call<DownloadToDirectory> {
        let directory = directory.as_ref().to_owned();
        self.map(|download| DownloadToDirectory {
            download,
            directory,
        })
    }
}

impl Call<DownloadToFile> {
    /// Replaces a file that exists (default: the call fails, before anything is sent).
    pub fn overwrite(mut self) -> Self {
        self.operation.overwrite = true;
        self
    }
}

impl sealed::Run for DownloadFile {
    type Output = Download;

    async fn run(self, session: Session) -> Result<Download> {
        match self.wanted {
            Wanted::Image(organization, hash) => {
                let hash = image_hash(&hash)?;
                let api = session.api();
                let answer = api.download_source_image(&organization, &hash).await;
                let answer = session.value(answer)?;
                let image = Some((organization, hash));
                Ok(Download::receive(session, answer, image, self.progress))
            }
            Wanted::Archive(search) => {
                let session = session.patient(PACKING_IDLE);
                let answer = search.archive(&session).await?;
                Ok(Download::receive(session, answer, None, self.progress))
            }
            Wanted::Rendering(rendering) => {
                let answer = rendering.send(&session).await?;
                Ok(Download::receive(session, answer, None, self.progress))
            }
        }
    }
}

impl sealed::Run for DownloadToBytes {
    type Output = Bytes;

    async fn run(self, session: Session) -> Result<Bytes> {
        self.download.run(session).await?.bytes().await
    }
}

impl sealed::Run for DownloadToFile {
    type Output = u64;

    async fn run(self, session: Session) -> Result<u64> {
        let exists = tokio::fs::try_exists(&self.path).await.unwrap_or(false);
        if exists && !self.overwrite {
            return Err(Error::invalid(format!(
                "{} exists; it is replaced only with `overwrite`",
                self.path.display()
            )));
        }
        let download = self.download.run(session).await?;
        crate::file_writer::write(self.path, self.overwrite, download).await
    }
}

impl sealed::Run for DownloadToDirectory {
    type Output = PathBuf;

    async fn run(self, session: Session) -> Result<PathBuf> {
        let hash = match &self.download.wanted {
            Wanted::Image(_, hash) => Some(image_hash(hash)?.to_ascii_lowercase()),
            Wanted::Archive(_) | Wanted::Rendering(_) => None,
        };
        let download = self.download.run(session).await?;
        let name = match (hash, download.file_name()) {
            (Some(hash), Some(name)) => format!("{hash}-{name}"),
            (Some(hash), None) => hash,
            (None, name) => name.unwrap_or_else(|| "images.zip".to_owned()),
        };
        tokio::fs::create_dir_all(&self.directory)
            .await
            .map_err(|error| {
                let text = format!("{} cannot be made", self.directory.display());
                Error::new(ErrorKind::Io, text).with_source(error)
            })?;
        let path = self.directory.join(name);
        crate::file_writer::write(path.clone(), false, download).await?;
        Ok(path)
    }
}
