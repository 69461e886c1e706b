//! What is uploaded: a file, bytes, a stream or a URL, and what is to be known about it.

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
use crate::source_images::dynamic_metadata::json_object;
use crate::source_images::user_value::{Null, check_field};
use crate::transfer::form::LONGEST;
use crate::transfer::redacted_url;

/// Something to upload, with the metadata it is to be stored with.
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
    /// Whether what is stored is compared with what was sent.
    pub(crate) verify: bool,
    user: Map<String, Value>,
    dynamic: Map<String, Value>,
    options: Map<String, Value>,
    refused: Option<String>,
}

pub(crate) type ByteStream = Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send>>;

pub(crate) enum Content {
    Path(PathBuf),
    Bytes(Bytes),
    /// Can be read once; empty afterwards.
    Stream(Option<ByteStream>, Option<u64>),
    Url(String),
}

/// What the service turns a file into before it stores it; the original is gone then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OptimizeSource {
    /// TIFF and PSD to PNG, without loss.
    Lossless,
    /// To JPEG, or WebP where the picture is not opaque.
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
    /// Keeps the first reason why it cannot be sent.
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

    /// A file. It is read while it is sent, and read again for another attempt.
    ///
    /// The upload sends exactly the bytes that the file has when it is opened, or fails with
    /// [`ErrorKind::Io`](crate::ErrorKind::Io): also if somebody writes to the file meanwhile. Only regular files and links
    /// to them are read. Directories are refused, and so are named pipes, sockets and devices, which may wait for ever when
    /// they are opened: read them yourself and use [`stream`](Self::stream).
    ///
    /// Files are opened and read on the blocking threads of the runtime. If a file system does not respond, such as a network
    /// mount whose server is gone, the call still ends at its deadline or idle timeout, but the thread stays until the
    /// system lets it go; a runtime that is dropped waits for it unless it is ended by `shutdown_timeout` or
    /// `shutdown_background`.
    pub fn path(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref().to_owned();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        Self::new(Content::Path(path), name)
    }

    /// Bytes, and the file name to store them under.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self::new(Content::Bytes(bytes.into()), Some(name.into()))
    }

    /// A stream of bytes, and the file name to store them under. It can be sent once only; if that fails, the error
    /// says so. Set its [length](Self::length) if you know it.
    ///
    /// If the stream fails, so does the upload, with [`ErrorKind::Io`](crate::ErrorKind::Io) and the stream's own error as its
    /// source, and the service gets no complete request.
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

    /// A public URL that the service fetches. Errors, `Debug` and the ids of bulk uploads show it without its user-info, the
    /// values of its query and its fragment. For a frame of a video, append its time: `https://…/film.mp4@00:01:30`.
    pub fn url(url: impl Into<String>) -> Self {
        Self::new(Content::Url(url.into()), None)
    }

    /// Sets the length of a [stream](Self::stream) in bytes, which spares a chunked request and is the total of a
    /// [`Progress`](crate::Progress). The upload of a stream that has fewer bytes or more fails with
    /// [`ErrorKind::Io`](crate::ErrorKind::Io), and the service gets no complete request. Files and bytes know their
    /// lengths, and the service fetches URLs itself: for them, the call is refused.
    pub fn length(mut self, bytes: u64) -> Self {
        match &mut self.content {
            Content::Stream(_, length) => *length = Some(bytes),
            Content::Path(_) | Content::Bytes(_) => {
                self.refuse("a length can be set for a stream only: files and bytes know theirs");
            }
            Content::Url(_) => self
                .refuse("a length can be set for a stream only: the service fetches a URL itself"),
        }
        self
    }

    /// Sets the file name to store it under (default: that of the path). The service names what it fetches from a URL
    /// itself: for a URL, the call is refused.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        if self.is_url() {
            self.refuse(
                "the service names what it fetches from a URL itself: leave the name out and rename the image with `set_name`",
            );
        }
        self.name = Some(name.into());
        self
    }

    /// Sets a field of user metadata. The name may have a type in front, such as `int:sku`, `date:taken` or
    /// `array:labels` (default: a string); itself it is made of up to 54 lower-case letters, digits and `_`. The value
    /// has to fit the type.
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

    /// Sets dynamic metadata of a kind, such as `crop_area` or `version`.
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

    /// Whether renderings need a signed URL (default: no).
    pub fn protected(mut self, protected: bool) -> Self {
        self.options
            .insert("protected".to_owned(), protected.into());
        self
    }

    /// Whether the stored image is compared with what was sent: its [`binary_hash`](crate::SourceImage::binary_hash) with the
    /// SHA-1 of the bytes of the attempt that succeeded, and its `size` with their number (default: no). If they differ,
    /// the call fails with [`ErrorKind::HashMismatch`](crate::ErrorKind::HashMismatch), and the error keeps the response: the
    /// image is stored.
    ///
    /// A file is hashed on the thread that reads it, while the piece before is sent. The call is refused for a URL, which
    /// the service fetches itself, and together with [`optimize_source`](crate::Call::<crate::source_images::Upload>::optimize_source),
    /// which stores other bytes.
    pub fn verify(mut self, verify: bool) -> Self {
        self.verify = verify;
        self
    }

    /// What to call it in a list of results. A URL is redacted.
    pub(crate) fn id(&self) -> String {
        match (&self.content, &self.name) {
            (Content::Url(url), _) => redacted_url::redact(url),
            (_, name) => name.clone().unwrap_or_default(),
        }
    }

    /// What no error may repeat of it.
    pub(crate) fn secrets(&self) -> Vec<String> {
        match &self.content {
            Content::Url(url) => redacted_url::secrets(url),
            _ => Vec::new(),
        }
    }

    pub(crate) fn is_url(&self) -> bool {
        matches!(self.content, Content::Url(_))
    }

    /// Whether it can be sent another time.
    pub(crate) fn is_replayable(&self) -> bool {
        !matches!(self.content, Content::Stream(..))
    }

    pub(crate) fn check(&self) -> Result<()> {
        if let Some(rule) = &self.refused {
            return Err(Error::invalid(rule.clone()));
        }
        if self.verify && self.is_url() {
            return Err(Error::invalid(
                "what the service fetches from a URL itself cannot be verified: nothing was sent that it could be compared with",
            ));
        }
        match (&self.content, &self.name) {
            (Content::Url(url), _) => {
                let known =
                    url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
                if !known {
                    return Err(Error::invalid(format!(
                        "{:?} is not a http or https URL",
                        redacted_url::redact(url)
                    )));
                }
            }
            (_, None) => {
                return Err(Error::invalid(
                    "the path has no file name, and none was given",
                ));
            }
            (_, Some(name)) if name.trim().is_empty() => {
                return Err(Error::invalid("the file name is empty"));
            }
            (_, Some(name)) if name.chars().any(char::is_control) => {
                return Err(Error::invalid(format!(
                    "the file name {name:?} has control characters"
                )));
            }
            _ => {}
        }
        if let Content::Stream(_, Some(length)) = &self.content
            && *length > LONGEST
        {
            return Err(Error::invalid(format!(
                "the length {length} is more than one request can carry: {LONGEST} bytes"
            )));
        }
        for (name, value) in &self.user {
            check_field(name, value, Null::Refused)?;
        }
        for kind in self.dynamic.keys() {
            let plain = |letter: char| letter.is_ascii_alphabetic() || letter == '_';
            if kind.is_empty() || !kind.chars().all(plain) {
                return Err(Error::invalid(format!(
                    "the kind of dynamic metadata {kind:?} is not made of letters and `_`"
                )));
            }
        }
        Ok(())
    }

    /// Whether there is metadata or an option with it.
    pub(crate) fn has_metadata(&self) -> bool {
        !self.user.is_empty() || !self.dynamic.is_empty() || !self.options.is_empty()
    }

    /// The parts of the form that say what belongs to the source at a position.
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
