//! The source of an upload: a file, bytes, a stream or a URL, with its metadata.

use std::fmt;
use std::path::{Path, PathBuf};
use std::pin::Pin;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::api::types::SubjectArea;
use crate::error::{Error, Result};
use crate::metadata::{Null, check_user_field, dynamic_kind, json_object};
use crate::transfer::form::LONGEST;
use crate::transfer::redacted_url;

/// The source of an upload, with the metadata to store.
///
/// ```
/// use rokka::{Source, SubjectArea};
///
/// let source = Source::bytes("cat.jpg", vec![0xff, 0xd8])
///     .user_metadata("title", "A cat")
///     .user_metadata("int:sku", 42)
///     .subject_area(SubjectArea::new(100, 100, 50, 50))
///     .protected(true);
/// ```
#[must_use]
pub struct Source {
    pub(crate) content: Content,
    pub(crate) name: Option<String>,
    /// Whether the stored image is compared with the sent bytes.
    pub(crate) verify: bool,
    user: Map<String, Value>,
    dynamic: Map<String, Value>,
    options: Map<String, Value>,
    /// The first validation error.
    refused: Option<String>,
}

pub(crate) type ByteStream = Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send>>;

pub(crate) enum Content {
    Path(PathBuf),
    Bytes(Bytes),
    /// The stream, which can be read once, and its length.
    Stream(Option<ByteStream>, Option<u64>),
    Url(String),
}

/// The format that the service converts a file to before it stores it. The original is not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OptimizeSource {
    /// TIFF and PSD to PNG, without loss.
    Lossless,
    /// To JPEG, or to WebP if the image is not opaque.
    Jpg,
    /// To PNG.
    Png,
}

impl OptimizeSource {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Lossless => "true",
            Self::Jpg => "jpg",
            Self::Png => "png",
        }
    }
}

impl Source {
    /// Records the first validation error.
    fn refuse(&mut self, rule: impl Into<String>) {
        self.refused.get_or_insert_with(|| rule.into());
    }

    fn new(content: Content, name: Option<String>) -> Self {
        Self {
            content,
            name,
            verify: false,
            user: Map::new(),
            dynamic: Map::new(),
            options: Map::new(),
            refused: None,
        }
    }

    /// Returns a source that reads a file while it is sent, and again for each attempt.
    ///
    /// The upload sends exactly the bytes that the file has when it is opened, or fails with
    /// [`ErrorKind::Io`](crate::ErrorKind::Io), for example if another process writes to the file. Only regular files and
    /// links to them are supported. Directories, named pipes, sockets and devices fail with
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput): read them yourself and use [`stream`](Self::stream).
    ///
    /// The blocking threads of the runtime open and read the file. If a file system does not respond, such as a network
    /// mount whose server is gone, the call still ends at its deadline or idle timeout, but the thread is blocked until the
    /// system call returns. Dropping the runtime waits for it; `shutdown_timeout` and `shutdown_background` do not.
    pub fn path(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref().to_owned();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        Self::new(Content::Path(path), name)
    }

    /// Returns a source of bytes with a file name.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self::new(Content::Bytes(bytes.into()), Some(name.into()))
    }

    /// Returns a source of a byte stream with a file name. A stream is not replayable: the upload makes one attempt. Set its
    /// [length](Self::length) if you know it.
    ///
    /// If the stream fails, the upload fails with [`ErrorKind::Io`](crate::ErrorKind::Io) and the stream's error as its
    /// source, and the service receives no complete request.
    pub fn stream<S, B>(name: impl Into<String>, stream: S) -> Self
    where
        S: Stream<Item = std::io::Result<B>> + Send + 'static,
        B: Into<Bytes>,
    {
        let stream = stream.map(|chunk| chunk.map(Into::into));
        Self::new(
            Content::Stream(Some(Box::pin(stream)), None),
            Some(name.into()),
        )
    }

    /// Returns a source that the service fetches from a public URL. Errors, `Debug` and the ids of bulk uploads redact its
    /// user-info, query values and fragment. For a frame of a video, append its time: `https://…/film.mp4@00:01:30`.
    pub fn url(url: impl Into<String>) -> Self {
        Self::new(Content::Url(url.into()), None)
    }

    /// Sets the length of a [stream](Self::stream) in bytes (default: unknown), which avoids a chunked request and is the
    /// total of a [`Progress`](crate::Progress). The upload fails with [`ErrorKind::Io`](crate::ErrorKind::Io) if the stream
    /// has fewer or more bytes, and the service receives no complete request. Fails with
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for other sources.
    pub fn length(mut self, bytes: u64) -> Self {
        match &mut self.content {
            Content::Stream(_, length) => *length = Some(bytes),
            Content::Path(_) | Content::Bytes(_) => {
                self.refuse("`length` is for streams only: a file and bytes have a known length");
            }
            Content::Url(_) => {
                self.refuse("`length` is for streams only: the service fetches a URL itself");
            }
        }
        self
    }

    /// Sets the file name to store (default: the file name of the path). Fails with
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for a URL, which the service names itself.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        if self.is_url() {
            self.refuse(
                "`name` is not supported for a URL, which the service names itself: rename the image with `set_name`",
            );
        }
        self.name = Some(name.into());
        self
    }

    /// Sets a field of user metadata. The name may have a type prefix, such as `int:sku`, `date:taken` or `array:labels`
    /// (default: a string), and consists of 1 to 54 lower-case letters, digits and `_`. The value must match the type.
    #[doc(alias = "meta_user")]
    pub fn user_metadata(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.user.insert(name.into(), value.into());
        self
    }

    /// Sets the subject area.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "a value made in place reads better"
    )]
    pub fn subject_area(mut self, area: SubjectArea) -> Self {
        if let Err(error) = area.check() {
            self.refuse(error.message());
        }
        self.dynamic_metadata("subject_area", &area)
    }

    /// Sets one kind of dynamic metadata, such as `crop_area` or `version`.
    #[doc(alias = "meta_dynamic")]
    pub fn dynamic_metadata(mut self, kind: impl Into<String>, value: &impl Serialize) -> Self {
        match json_object(value) {
            Ok(value) => {
                self.dynamic.insert(kind.into(), Value::Object(value));
            }
            Err(error) => self.refuse(error.message()),
        }
        self
    }

    /// Sets whether renderings need a signed URL (default: no).
    pub fn protected(mut self, protected: bool) -> Self {
        self.options
            .insert("protected".to_owned(), protected.into());
        self
    }

    /// Sets whether the stored image is compared with the sent bytes (default: no): its
    /// [`binary_hash`](crate::SourceImage::binary_hash) with the SHA-1 of the bytes of the successful attempt, and its `size`
    /// with their number. If they differ, the call fails with [`ErrorKind::HashMismatch`](crate::ErrorKind::HashMismatch);
    /// the image is stored, and the error contains the response.
    ///
    /// The thread that reads a file also hashes it. Fails with [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput)
    /// for a URL, which the service fetches itself, and with
    /// [`optimize_source`](crate::source_images::Upload::optimize_source), which stores other bytes.
    pub fn verify(mut self, verify: bool) -> Self {
        self.verify = verify;
        self
    }

    /// Returns the id in a list of results: the name or the redacted URL.
    pub(crate) fn id(&self) -> String {
        match (&self.content, &self.name) {
            (Content::Url(url), _) => redacted_url::redact(url),
            (_, name) => name.clone().unwrap_or_default(),
        }
    }

    /// Returns the secrets that errors must redact.
    pub(crate) fn secrets(&self) -> Vec<String> {
        match &self.content {
            Content::Url(url) => redacted_url::secrets(url),
            _ => Vec::new(),
        }
    }

    pub(crate) fn is_url(&self) -> bool {
        matches!(self.content, Content::Url(_))
    }

    /// Returns whether it is replayable.
    pub(crate) fn is_replayable(&self) -> bool {
        !matches!(self.content, Content::Stream(..))
    }

    pub(crate) fn check(&self) -> Result<()> {
        if let Some(rule) = &self.refused {
            return Err(Error::invalid(rule.clone()));
        }
        if self.verify && self.is_url() {
            return Err(Error::invalid(
                "`verify` is not supported for a URL: the upload sends no bytes to compare with",
            ));
        }
        match (&self.content, &self.name) {
            (Content::Url(url), _) => {
                let known =
                    url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
                if !known {
                    return Err(Error::invalid(format!(
                        "{:?} is not a valid source URL: expected `http(s)://` and a host",
                        redacted_url::redact(url)
                    )));
                }
            }
            (_, None) => {
                return Err(Error::invalid(
                    "the path has no file name: set one with `name`",
                ));
            }
            (_, Some(name)) if name.trim().is_empty() => {
                return Err(Error::invalid(
                    "the file name is empty: set a name such as `cat.jpg`",
                ));
            }
            (_, Some(name)) if name.chars().any(char::is_control) => {
                return Err(Error::invalid(format!(
                    "the file name {name:?} must not contain control characters"
                )));
            }
            _ => {}
        }
        if let Content::Stream(_, Some(length)) = &self.content
            && *length > LONGEST
        {
            return Err(Error::invalid(format!(
                "the length {length} must not exceed {LONGEST} bytes"
            )));
        }
        for (name, value) in &self.user {
            check_user_field(name, value, Null::Refused)?;
        }
        for kind in self.dynamic.keys() {
            dynamic_kind(kind)?;
        }
        Ok(())
    }

    /// Returns whether it has metadata or options.
    pub(crate) fn has_metadata(&self) -> bool {
        !self.user.is_empty() || !self.dynamic.is_empty() || !self.options.is_empty()
    }

    /// Returns the form fields of the source at a position.
    pub(crate) fn fields(&self, position: usize) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        if let Content::Url(url) = &self.content {
            fields.push((format!("url[{position}]"), url.clone()));
        }
        let json = |map: &Map<String, Value>| Value::Object(map.clone()).to_string();
        if !self.user.is_empty() {
            fields.push((format!("meta_user[{position}]"), json(&self.user)));
        }
        for (kind, value) in &self.dynamic {
            fields.push((
                format!("meta_dynamic[{position}][{kind}]"),
                value.to_string(),
            ));
        }
        if !self.options.is_empty() {
            fields.push((format!("options[{position}]"), json(&self.options)));
        }
        fields
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Source");
        match &self.content {
            Content::Path(path) => debug.field("path", path),
            Content::Bytes(bytes) => debug.field("bytes", &bytes.len()),
            Content::Stream(_, length) => debug.field("stream", length),
            Content::Url(url) => debug.field("url", &redacted_url::redact(url)),
        };
        debug
            .field("name", &self.name)
            .field("user_metadata", &self.user)
            .field("dynamic_metadata", &self.dynamic)
            .field("options", &self.options)
            .field("verify", &self.verify)
            .finish_non_exhaustive()
    }
}
