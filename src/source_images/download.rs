//! Downloading originals.

use std::fmt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::{StreamExt, TryStreamExt, stream};
use http::HeaderMap;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use crate::api::types::OrganizationName;
use crate::call::{Call, sealed};
use crate::error::{Error, Result};
use crate::source_images::image_hash;
use crate::transport::{Moved, Session, unless_stalled};

/// Downloads an original; see [`SourceImages::download`](super::SourceImages::download). Gives a [`Download`].
#[derive(Debug)]
pub struct DownloadImage {
    organization: OrganizationName,
    hash: String,
}

/// Downloads an original into memory; see [`Call::<DownloadImage>::bytes`]. Gives [`Bytes`].
#[derive(Debug)]
pub struct DownloadToBytes {
    download: DownloadImage,
}

/// Downloads an original to a file; see [`Call::<DownloadImage>::to_file`]. Gives the number of bytes.
#[derive(Debug)]
pub struct DownloadToFile {
    download: DownloadImage,
    path: PathBuf,
    overwrite: bool,
}

impl DownloadImage {
    pub(super) fn new(organization: OrganizationName, hash: String) -> Self {
        Self { organization, hash }
    }
}

impl Call<DownloadImage> {
    /// Reads it into memory.
    #[doc(alias = "downloadAsBuffer")]
    pub fn bytes(self) -> Call<DownloadToBytes> {
        self.map(|download| DownloadToBytes { download })
    }

    /// Writes it to a file, which appears only when it is complete. A file that exists is not overwritten, unless
    /// [`overwrite`](Call::<DownloadToFile>::overwrite) is set.
    pub fn to_file(self, path: impl AsRef<Path>) -> Call<DownloadToFile> {
        let path = path.as_ref().to_owned();
        self.map(|download| DownloadToFile {
            download,
            path,
            overwrite: false,
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

/// A file that is being downloaded: a [`Stream`] of its bytes.
///
/// A body that ends too early, or stalls for the idle limit, is an error.
#[must_use = "a download is received while it is read"]
pub struct Download {
    headers: HeaderMap,
    size: Option<u64>,
    chunks: Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>,
}

impl Download {
    /// Its size in bytes, if the service tells.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// Its media type.
    pub fn media_type(&self) -> Option<&str> {
        self.headers.get(CONTENT_TYPE)?.to_str().ok()
    }

    /// The file name that the service suggests, without any directory.
    pub fn file_name(&self) -> Option<String> {
        let text = self.headers.get(CONTENT_DISPOSITION)?;
        suggested_name(&String::from_utf8_lossy(text.as_bytes()))
    }

    /// Reads the rest of it into memory.
    ///
    /// # Errors
    /// [`ErrorKind::Interrupted`](crate::ErrorKind) if it ends too early, [`ErrorKind::Timeout`](crate::ErrorKind) if it stalls.
    pub async fn bytes(mut self) -> Result<Bytes> {
        let expected = self
            .size
            .and_then(|size| usize::try_from(size).ok())
            .unwrap_or(0);
        let mut all = BytesMut::with_capacity(expected.min(64 * 1024 * 1024));
        while let Some(chunk) = self.chunks.try_next().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }
}

impl Stream for Download {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.chunks.as_mut().poll_next(context)
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("size", &self.size)
            .field("media_type", &self.media_type())
            .field("file_name", &self.file_name())
            .finish_non_exhaustive()
    }
}

impl sealed::Run for DownloadImage {
    type Output = Download;

    async fn run(self, session: Session) -> Result<Download> {
        let hash = image_hash(&self.hash)?;
        let answer = session
            .api()
            .download_source_image(&self.organization, &hash)
            .await;
        let answer = session.value(answer)?;
        let (headers, size) = (answer.headers().clone(), answer.content_length());
        let parts = answer.into_inner_stream();
        let chunks = stream::unfold(Some((parts, session)), async |state| {
            let (mut parts, session) = state?;
            let moved = Moved::new();
            match unless_stalled(session.idle(), &moved, parts.next()).await {
                Ok(None) => None,
                Ok(Some(Ok(chunk))) => Some((Ok(chunk), Some((parts, session)))),
                Ok(Some(Err(error))) => Some((Err(session.interrupted(error)), None)),
                Err(stalled) => Some((Err(session.stalled(&stalled)), None)),
            }
        });
        Ok(Download {
            headers,
            size,
            chunks: Box::pin(chunks),
        })
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
        crate::file_writer::write(self.path, self.overwrite, download.chunks).await
    }
}

/// The file name of a `Content-Disposition`: `filename*` if there is one, and nothing that could lead elsewhere.
fn suggested_name(disposition: &str) -> Option<String> {
    let mut plain = None;
    for part in parameters(disposition) {
        let (key, value) = part.split_once('=')?;
        let value = value.trim();
        match key.trim().to_ascii_lowercase().as_str() {
            "filename*" => {
                let (_, encoded) = value.split_once("''")?;
                let name = percent_encoding::percent_decode_str(encoded).decode_utf8_lossy();
                return base_name(&name);
            }
            "filename" => {
                let inner = value
                    .strip_prefix('"')
                    .and_then(|value| value.strip_suffix('"'));
                plain = base_name(&inner.unwrap_or(value).replace("\\\"", "\""));
            }
            _ => {}
        }
    }
    plain
}

/// The parameters after the type, split where a semicolon is not inside quotes.
fn parameters(disposition: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, letter) in disposition.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                parts.extend(disposition.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(disposition.get(start..));
    parts.into_iter().skip(1).collect()
}

/// The last part of a name, whichever slashes it has; none for what is no name.
fn base_name(name: &str) -> Option<String> {
    let base = name.rsplit(['/', '\\']).next()?;
    let base: String = base.chars().filter(|letter| !letter.is_control()).collect();
    (!matches!(base.trim(), "" | "." | "..")).then_some(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggested_names_lead_nowhere() {
        for (disposition, expected) in [
            (r#"attachment; filename="cat.jpg""#, Some("cat.jpg")),
            ("attachment; filename=cat.jpg", Some("cat.jpg")),
            (r#"attachment; filename="a;b.jpg"; size=3"#, Some("a;b.jpg")),
            (r#"attachment; filename="a\"b.jpg""#, Some("a\"b.jpg")),
            (
                r#"attachment; filename="x.jpg"; filename*=UTF-8''k%C3%A4se.jpg"#,
                Some("käse.jpg"),
            ),
            (r#"attachment; filename="../../etc/passwd""#, Some("passwd")),
            (r#"attachment; filename="C:\dir\cat.jpg""#, Some("cat.jpg")),
            (
                r"attachment; filename*=UTF-8''..%2F..%2Fcat.jpg",
                Some("cat.jpg"),
            ),
            (r#"attachment; filename="..""#, None),
            (r#"attachment; filename="""#, None),
            ("attachment", None),
            ("", None),
            (r#"attachment; filename="unclosed"#, Some("\"unclosed")),
        ] {
            assert_eq!(
                suggested_name(disposition).as_deref(),
                expected,
                "{disposition}"
            );
        }
    }
}
