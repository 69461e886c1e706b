//! The source of an upload: a file, bytes, a stream or a URL, with its metadata.

use std::fmt;
use std::path::{Path, PathBuf};
use std::pin::Pin;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt;
use serde::Serialize;
use serde_json::{Map, Value, json};
use tokio::io::AsyncRead;
use tokio_util::io::ReaderStream;

use crate::api::types::{SourceImage, SubjectArea, UserMetadata};
use crate::error::{Error, Result};
use crate::metadata::{Null, check_user_field, dynamic_kind, json_object};
use crate::source_images::DynamicValue;
use crate::source_images::enrichment::check_languages;
use crate::transfer::binary_hasher::Hashable;
use crate::transfer::channel::{self, SourceSender};
use crate::transfer::form::LONGEST;
use crate::transfer::redacted_url;
use crate::transport::CHUNK;

/// The source of an upload, with the metadata to store.
///
/// A path converts into it, so `upload` takes a [`PathBuf`] or a [`&Path`](Path) as well.
///
/// | source | from | replayable | length |
/// |---|---|---|---|
/// | [`path`](Self::path) | a file | yes | of the file |
/// | [`bytes`](Self::bytes) | memory | yes | of the bytes |
/// | [`stream`](Self::stream) | a stream of pieces | no | unknown, or [`length`](Self::length) |
/// | [`reader`](Self::reader) | an asynchronous reader | no | unknown, or [`length`](Self::length) |
/// | [`channel`](Self::channel) | pieces that the program pushes | no | unknown, or [`length`](Self::length) |
/// | [`url`](Self::url) | a URL that the service fetches | yes | |
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
    detection: Map<String, Value>,
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
            detection: Map::new(),
            options: Map::new(),
            refused: None,
        }
    }

    /// Returns a source that reads a file while it is sent, and again for each attempt.
    ///
    /// The upload sends exactly the bytes that the file has when it is opened, or fails with
    /// [`ErrorKind::Io`](crate::ErrorKind::Io), for example if another process writes to the file. Only regular files and
    /// links to them are supported. Directories, named pipes, sockets and devices fail with
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput): read them yourself and use [`reader`](Self::reader).
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

    /// Returns a source that reads an asynchronous reader, such as the standard output of a process, in pieces of up to
    /// 512 KiB. Like a [stream](Self::stream), it is not replayable: the upload makes one attempt. Set its
    /// [length](Self::length) if you know it. For a file, use [`path`](Self::path).
    ///
    /// If the reader fails, the upload fails with [`ErrorKind::Io`](crate::ErrorKind::Io) and the reader's error as its
    /// source, and the service receives no complete request.
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages, connection: tokio::net::TcpStream) -> rokka::Result<()> {
    /// use rokka::Source;
    ///
    /// let image = images.upload(Source::reader("cat.jpg", connection)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn reader<R>(name: impl Into<String>, reader: R) -> Self
    where
        R: AsyncRead + Send + 'static,
    {
        Self::stream(name, ReaderStream::with_capacity(reader, CHUNK))
    }

    /// Returns a source with a file name that the program pushes bytes into, and the sender to push with: for bytes that are
    /// borrowed or come by callbacks, where a [stream](Self::stream) cannot own them.
    ///
    /// [`SourceSender::send`] waits until the connection takes the bytes. The file is complete with
    /// [`SourceSender::finish`]; if the sender is dropped without it, the upload fails with
    /// [`ErrorKind::Io`](crate::ErrorKind::Io), and the service receives no complete request, so nothing is stored. The source
    /// is not replayable: the upload makes one attempt. Set its [length](Self::length) if you know it.
    ///
    /// Nothing is sent before the upload is awaited, so push and await concurrently:
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages, lines: &[String]) -> rokka::Result<()> {
    /// use rokka::Source;
    ///
    /// let (mut sender, source) = Source::channel("lines.svg");
    /// let push = async {
    ///     for line in lines {
    ///         sender.send(line.clone()).await?;
    ///     }
    ///     sender.finish();
    ///     Ok::<_, rokka::Error>(())
    /// };
    /// let (image, pushed) = tokio::join!(images.upload(source).send(), push);
    /// let image = image?; // first: it has the reason if `send` failed
    /// pushed?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn channel(name: impl Into<String>) -> (SourceSender, Self) {
        let name = name.into();
        let (sender, received) = channel::channel(name.clone());
        (sender, Self::stream(name, received))
    }

    /// Returns a source that the service fetches from a public URL. Errors, `Debug` and the ids of bulk uploads redact its
    /// user-info, query values and fragment. For a frame of a video, append its time: `https://…/film.mp4@00:01:30`.
    pub fn url(url: impl Into<String>) -> Self {
        Self::new(Content::Url(url.into()), None)
    }

    /// Sets the length of a [stream](Self::stream), [reader](Self::reader) or [channel](Self::channel) in bytes (default:
    /// unknown), which avoids a chunked request and is the total of a [`Progress`](crate::Progress). The upload fails with
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if fewer or more bytes come, and the service receives no complete request. Fails with
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

    /// Sets all of these fields of user metadata, and keeps other fields that are set already. The fields must not be `null`.
    ///
    /// ```
    /// use rokka::{Source, UserMetadata};
    ///
    /// let metadata = UserMetadata::new().str("title", "A cat").int("sku", 42).array("labels", ["cat"]);
    /// let source = Source::path("cat.jpg").user_metadata_all(metadata);
    /// let source = source.user_metadata_all([("date:taken", "2026-11-20T10:00:00Z")]);
    /// ```
    #[doc(alias = "meta_user")]
    pub fn user_metadata_all(mut self, fields: impl Into<UserMetadata>) -> Self {
        self.user.extend(fields.into().0);
        self
    }

    /// Sets the subject area; the same as [`dynamic_metadata`](Self::dynamic_metadata) with it.
    #[inline]
    pub fn subject_area(self, area: SubjectArea) -> Self {
        self.dynamic_metadata(area)
    }

    /// Sets one kind of dynamic metadata: areas, named areas, a version text, linked hashes, or any [`DynamicValue`]. It
    /// replaces a value of the same kind.
    ///
    /// ```
    /// use rokka::{CropArea, DynamicValue, Source};
    ///
    /// let source = Source::path("cat.jpg")
    ///     .dynamic_metadata(CropArea::new(0, 0, 640, 480))
    ///     .dynamic_metadata(DynamicValue::version("two"));
    /// ```
    #[doc(alias = "meta_dynamic")]
    pub fn dynamic_metadata(mut self, value: impl Into<DynamicValue>) -> Self {
        let value = value.into();
        let kind = value.kind().to_owned();
        match value.check().and_then(|()| value.into_fields()) {
            Ok(fields) => {
                self.dynamic.insert(kind, Value::Object(fields));
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

    /// Requests alternative texts in these languages, such as `en`, for the stored image (default: none); existing ones stay.
    /// [`SourceImage::auto_description`](crate::SourceImage::auto_description) reads them, and
    /// [`autodescription`](crate::SourceImages::autodescription) requests them later. Fails with
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) without a language or for one that is no code, and with 403
    /// ([`Error::is_forbidden`](crate::Error::is_forbidden)) for organizations on the free plan.
    ///
    /// [Reference](https://rokka.io/documentation/references/auto-descriptions.html).
    ///
    /// ```
    /// let source = rokka::Source::path("cat.jpg").auto_description(["en", "de"]);
    /// ```
    #[doc(alias = "meta_static")]
    #[doc(alias = "MetaStatic")]
    pub fn auto_description(
        mut self,
        languages: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let languages: Vec<String> = languages.into_iter().map(Into::into).collect();
        if let Err(error) = check_languages(&languages) {
            self.refuse(error.message());
        }
        self.detected_metadata("auto_description", &json!({ "languages": languages }))
    }

    /// Requests one kind of metadata that the service detects while it stores the image, with the JSON object of its options.
    /// The only known kind is `auto_description`, which has a [method of its own](Self::auto_description); use this one for
    /// its option `force`, which replaces existing texts, and for kinds that are newer than this crate.
    ///
    /// ```
    /// use serde_json::json;
    ///
    /// let options = json!({"languages": ["en"], "force": true});
    /// let source = rokka::Source::path("cat.jpg").detected_metadata("auto_description", &options);
    /// ```
    #[doc(alias = "meta_static")]
    pub fn detected_metadata(mut self, kind: impl Into<String>, options: &impl Serialize) -> Self {
        let kind = kind.into();
        match json_object(options) {
            Ok(options) => {
                self.detection.insert(kind, Value::Object(options));
            }
            Err(_) => self.refuse(format!("the options of `{kind}` must be a JSON object")),
        }
        self
    }

    /// Sets the option `visual_binaryhash` (default: not sent). The service does not document what it does; it is here because
    /// the types of rokka.js have it.
    #[doc(alias = "visual_binaryhash")]
    pub fn visual_binary_hash(mut self, visual: bool) -> Self {
        self.options
            .insert("visual_binaryhash".to_owned(), visual.into());
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
    #[inline]
    pub(crate) fn id(&self) -> String {
        match (&self.content, &self.name) {
            (Content::Url(url), _) => redacted_url::redact(url),
            (_, name) => name.clone().unwrap_or_default(),
        }
    }

    /// Returns the secrets that errors must redact.
    #[inline]
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

    /// Checks it as the part of a form whose other parts are set by themselves.
    #[inline]
    pub(crate) fn check_as_part(&self) -> Result<()> {
        if self.is_url() {
            return Err(Error::invalid(
                "a URL has no bytes to send: set it as the parameter `url[0]`",
            ));
        }
        if self.has_metadata() || self.verify {
            return Err(Error::invalid(
                "metadata and options of a file are parameters of the operation: set them there",
            ));
        }
        self.check()
    }

    #[inline]
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

    /// Returns the bytes to send, if they can be hashed first.
    pub(crate) fn hashable(&self) -> Result<Hashable> {
        match &self.content {
            Content::Path(path) => Ok(Hashable::File(path.clone())),
            Content::Bytes(bytes) => Ok(Hashable::Bytes(bytes.clone())),
            Content::Stream(..) => Err(Error::invalid(
                "`skip_existing` is for files and bytes: a stream cannot be hashed before it is sent",
            )),
            Content::Url(_) => Err(Error::invalid(
                "`skip_existing` is for files and bytes: the service fetches a URL itself",
            )),
        }
    }

    /// Returns the number of bytes that it holds in memory.
    pub(crate) fn memory(&self) -> usize {
        match &self.content {
            Content::Bytes(bytes) => bytes.len(),
            _ => 0,
        }
    }

    /// Returns whether an image of the same bytes has everything that this source sets, except for the name and for user
    /// metadata, which can be merged into it.
    #[inline]
    pub(crate) fn is_met_by(&self, image: &SourceImage) -> bool {
        let has_options = self.options.iter().all(|(name, value)| match &**name {
            "protected" => *value == image.protected,
            _ => false,
        });
        let is_detected = self.detection.iter().all(|(kind, options)| {
            let force = options.get("force").is_some_and(|force| *force != false);
            let languages = options.get("languages").and_then(Value::as_array);
            let mut languages = languages.into_iter().flatten().filter_map(Value::as_str);
            let described = languages.all(|one| image.auto_description(one).is_some());
            kind == "auto_description" && !force && described
        });
        let dynamic = &image.dynamic_metadata;
        has_options
            && is_detected
            && self.dynamic.iter().all(|(kind, wanted)| {
                let stored = dynamic.get(kind);
                stored.is_some_and(|stored| contains(stored, wanted))
            })
    }

    /// Returns the fields of user metadata that an image does not have.
    #[inline]
    pub(crate) fn missing_user_metadata(&self, image: &SourceImage) -> Map<String, Value> {
        let missing = self.user.iter().filter(|(name, value)| {
            // The type of strings is the default, and is not stored.
            let stored = name.strip_prefix("str:").unwrap_or(name);
            image.user_metadata.get(stored) != Some(*value)
        });
        missing
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// Returns whether it has metadata or options.
    pub(crate) fn has_metadata(&self) -> bool {
        [&self.user, &self.dynamic, &self.detection, &self.options]
            .iter()
            .any(|fields| !fields.is_empty())
    }

    /// Returns the form fields of the source at a position.
    pub(crate) fn fields(&self, position: usize) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        if let Content::Url(url) = &self.content {
            fields.push((format!("url[{position}]"), url.clone()));
        }
        let text = |map: &Map<String, Value>| Value::Object(map.clone()).to_string();
        if !self.user.is_empty() {
            fields.push((format!("meta_user[{position}]"), text(&self.user)));
        }
        for (kind, value) in &self.dynamic {
            fields.push((
                format!("meta_dynamic[{position}][{kind}]"),
                value.to_string(),
            ));
        }
        if !self.detection.is_empty() {
            fields.push((format!("meta_static[{position}]"), text(&self.detection)));
        }
        if !self.options.is_empty() {
            fields.push((format!("options[{position}]"), text(&self.options)));
        }
        fields
    }
}

/// Returns whether a stored value has everything that is wanted: the service adds defaults and results.
fn contains(stored: &Value, wanted: &Value) -> bool {
    match (stored, wanted) {
        (Value::Object(stored), Value::Object(wanted)) => wanted.iter().all(|(name, wanted)| {
            let stored = stored.get(name);
            stored.is_some_and(|stored| contains(stored, wanted))
        }),
        (Value::Number(stored), Value::Number(wanted)) => stored.as_f64() == wanted.as_f64(),
        _ => stored == wanted,
    }
}

impl From<PathBuf> for Source {
    /// The file of a path; see [`Source::path`].
    fn from(path: PathBuf) -> Self {
        Self::path(path)
    }
}

impl From<&PathBuf> for Source {
    /// The file of a path; see [`Source::path`].
    fn from(path: &PathBuf) -> Self {
        Self::path(path)
    }
}

impl From<&Path> for Source {
    /// The file of a path; see [`Source::path`].
    fn from(path: &Path) -> Self {
        Self::path(path)
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
            .field("detected_metadata", &self.detection)
            .field("options", &self.options)
            .field("verify", &self.verify)
            .finish_non_exhaustive()
    }
}
