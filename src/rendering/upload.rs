//! Renderings of an uploaded file that is not stored.

use std::borrow::Cow;
use std::path::Path;

use futures_core::future::BoxFuture;

use crate::api::ResponseValue;
use crate::call::{CallParts, call};
use crate::error::{Error, Result};
use crate::names::organization_name;
use crate::progress::{Meter, Progress};
use crate::render::{Operation, RenderUrl, Value};
use crate::source_images::{Download, DownloadFile, DownloadToBytes, DownloadToFile};
use crate::transfer::form::{FormPart, MakeForm};
use crate::transfer::resume::{OpenFile, Response};
use crate::transfer::source::Source;
use crate::transport::{Expected, RequestPolicy, Session};

/// Renders a file without storing it; returns a [`Download`], the stream of the rendering. Returned by
/// [`Client::render_upload`](crate::Client::render_upload).
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct RenderUpload {
    call: CallParts,
    organization: String,
    source: Source,
    target: RenderUrl,
    sent: Option<Meter>,
}

impl RenderUpload {
    pub(crate) fn new(call: CallParts, organization: String, source: Source) -> Self {
        Self {
            call,
            organization,
            source,
            target: RenderUrl::for_upload(),
            sent: None,
        }
    }

    #[inline]
    fn download(self) -> DownloadFile {
        DownloadFile::rendering(self.call.clone(), Rendering(Some(self)))
    }

    /// Renders through a named stack (default: the stack `dynamic` without operations).
    pub fn stack(self, name: impl Into<String>) -> Self {
        self.change(|target| target.stack(name))
    }

    /// Renders through the stack `dynamic` with these operations; see [`RenderUrl::dynamic`].
    pub fn dynamic<O: Into<Operation>>(self, operations: impl IntoIterator<Item = O>) -> Self {
        self.change(|target| target.dynamic(operations))
    }

    /// Appends an operation to the stack `dynamic`; operations of different types chain. See [`RenderUrl::operation`].
    pub fn operation(self, operation: impl Into<Operation>) -> Self {
        self.change(|target| target.operation(operation))
    }

    /// Changes options of every operation of that name in the stack; see [`RenderUrl::override_operation`].
    pub fn override_operation(self, operation: impl Into<Operation>) -> Self {
        self.change(|target| target.override_operation(operation))
    }

    /// Sets a stack option. With `pdf.pages` (`all`, or numbers and ranges such as `1,3,5..7`, at most 50 pages), the
    /// response is a ZIP archive with `page-{n}.{format}`; the call fails if a page does not exist. `basestack` and
    /// `source_file` are not supported.
    pub fn option(self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        self.change(|target| target.option(name, value))
    }

    /// Sets a stack variable, sent in the query.
    pub fn variable(self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        self.change(|target| target.variable(name, value))
    }

    /// Accepts values of operations and options that are out of range; see [`RenderUrl::unchecked`].
    pub fn unchecked(self) -> Self {
        self.change(RenderUrl::unchecked)
    }

    /// Sets the format of the rendering, such as `png` or `webp` (default: `jpg`). Video formats are not supported.
    pub fn format(self, format: impl Into<Cow<'static, str>>) -> Self {
        self.change(|target| target.format(format))
    }

    /// Reports the bytes sent.
    pub fn progress(mut self, progress: &Progress) -> Self {
        self.sent = Some(progress.meter());
        self
    }

    /// Reads the rendering into memory; returns [`Bytes`]. Options: [`DownloadToBytes`].
    ///
    /// [`Bytes`]: https://docs.rs/bytes/1/bytes/struct.Bytes.html
    #[inline]
    pub fn bytes(self) -> DownloadToBytes {
        self.download().bytes()
    }

    /// Writes the rendering to a file; returns the number of written bytes. Options: [`DownloadToFile`].
    ///
    /// The file appears only when it is complete and synced to disk. If it exists, the call fails with
    /// [`ErrorKind::AlreadyExists`](crate::ErrorKind::AlreadyExists) before it sends anything, unless
    /// [`overwrite`](DownloadToFile::overwrite) or [`skip_existing`](DownloadToFile::skip_existing) is set.
    pub fn to_file(self, path: impl AsRef<Path>) -> DownloadToFile {
        self.download().to_file(path)
    }

    fn change(mut self, change: impl FnOnce(RenderUrl) -> RenderUrl) -> Self {
        self.target = change(self.target);
        self
    }

    async fn run(self, session: Session) -> Result<Download> {
        self.download().run(session).await
    }
}

call!(RenderUpload => Download);

/// A rendering to download; `None` once it is requested, because the source may be a stream.
#[derive(Debug)]
struct Rendering(Option<RenderUpload>);

impl OpenFile for Rendering {
    #[inline]
    fn open<'a>(&'a mut self, session: &'a Session) -> BoxFuture<'a, Result<Response>> {
        let upload = self.0.take();
        Box::pin(async move {
            match upload {
                Some(upload) => upload.render(session).await,
                None => Err(Error::invalid("a rendering cannot be requested again")),
            }
        })
    }
}

impl RenderUpload {
    async fn render(self, session: &Session) -> Result<Response> {
        let RenderUpload {
            call: _,
            organization,
            source,
            target,
            sent,
        } = self;
        if source.is_url() {
            return Err(Error::invalid(
                "cannot render a URL without storing it: use a file, bytes or a stream as the source",
            ));
        }
        if source.has_metadata() {
            return Err(Error::invalid(
                "cannot set metadata or options of a file that is not stored: remove them from the source",
            ));
        }
        if source.verify {
            return Err(Error::invalid(
                "cannot verify a file that is not stored, because it has no binary hash: remove `verify`",
            ));
        }
        source.check()?;
        let base = session.base();
        let organization = organization_name(&organization)?;
        let organization = organization.as_str();
        let target = target.upload_path()?;
        let url = format!("{base}/utils/{organization}/render/{target}");
        let policy = RequestPolicy {
            operation: "renderUploadedImage".into(),
            // The service stores nothing.
            idempotent: true,
            expected: Expected::File,
        };
        let session = session.patient();
        let parts = vec![FormPart::File("filedata".to_owned(), Box::new(source))];
        let form = MakeForm::new(url, parts, sent, session.counter());
        Ok(ResponseValue::stream(form.send(&session, policy).await?))
    }
}
