//! Rendering a file that is sent along, without storing it.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;

use crate::api::{ByteStream, ResponseValue};
use crate::call::{CallParts, call};
use crate::error::{Error, Result};
use crate::names::organization_name;
use crate::progress::{Meter, Progress};
use crate::render::{Operation, RenderUrl, Value};
use crate::source_images::{Download, DownloadFile, DownloadToBytes, DownloadToFile};
use crate::transfer::form::{FormPart, MakeForm};
use crate::transfer::source::Source;
use crate::transport::{Expected, RequestPolicy, Session, Template};

/// How long the service may draw before the first byte comes.
const RENDERING_IDLE: Duration = Duration::from_secs(300);

/// Renders a file without storing it; see [`Client::render_upload`](crate::Client::render_upload). Gives a
/// [`Download`].
#[derive(Debug)]
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

    fn download(self) -> DownloadFile {
        DownloadFile::rendering(self.call.clone(), Rendering(self))
    }

    /// Renders through a named stack (default: the stack `dynamic` without operations).
    pub fn stack(self, name: impl Into<String>) -> Self {
        self.change(|target| target.stack(name))
    }

    /// Renders through the stack `dynamic` with these operations; see [`RenderUrl::dynamic`].
    pub fn dynamic<O: Into<Operation>>(self, operations: impl IntoIterator<Item = O>) -> Self {
        self.change(|target| target.dynamic(operations))
    }

    /// Changes options of every operation of that name in the stack; see [`RenderUrl::override_operation`].
    pub fn override_operation(self, operation: impl Into<Operation>) -> Self {
        self.change(|target| target.override_operation(operation))
    }

    /// Sets a stack option. With `pdf.pages` (`all`, or numbers and ranges such as `1,3,5..7`, at most 50 pages) the
    /// answer is a ZIP archive with `page-{n}.{format}`; a page that is not there is an error. `basestack` and
    /// `source_file` are refused.
    pub fn option(self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        self.change(|target| target.option(name, value))
    }

    /// Sets a stack variable; all of them go into the query.
    pub fn variable(self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        self.change(|target| target.variable(name, value))
    }

    /// The format of the answer, such as `jpg` (the default), `png` or `webp`. Those of videos are refused.
    pub fn format(self, format: impl Into<Cow<'static, str>>) -> Self {
        self.change(|target| target.format(format))
    }

    /// Counts the bytes that go out.
    pub fn progress(mut self, progress: &Progress) -> Self {
        self.sent = Some(progress.meter());
        self
    }

    /// Reads the answer into memory.
    pub fn bytes(self) -> DownloadToBytes {
        DownloadToBytes::new(self.download())
    }

    /// Writes the response to a file, which appears only when it is complete and synced to the disk. If the file exists, the
    /// call fails before anything is sent, unless [`overwrite`](DownloadToFile::overwrite) or
    /// [`skip_existing`](DownloadToFile::skip_existing) is set.
    pub fn to_file(self, path: impl AsRef<Path>) -> DownloadToFile {
        let path = path.as_ref().to_owned();
        DownloadToFile::new(self.download(), path)
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

/// A file on its way to be rendered.
#[derive(Debug)]
pub(crate) struct Rendering(RenderUpload);

impl Rendering {
    pub(crate) async fn send(self, session: &Session) -> Result<ResponseValue<ByteStream>> {
        let RenderUpload {
            call: _,
            organization,
            source,
            target,
            sent,
        } = self.0;
        if source.is_url() {
            return Err(Error::invalid(
                "a file that is rendered without being stored has to be sent: the service fetches no URL for it",
            ));
        }
        if source.has_metadata() {
            return Err(Error::invalid(
                "a file that is rendered without being stored has no metadata and no options",
            ));
        }
        if source.verify {
            return Err(Error::invalid(
                "a file that is rendered without being stored has no binary hash to be verified against",
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
            // Nothing is stored.
            idempotent: true,
            expected: Expected::File,
        };
        let session = session.patient(RENDERING_IDLE);
        let parts = vec![FormPart::File("filedata".to_owned(), Box::new(source))];
        let form = MakeForm::new(url, parts, sent, session.counter());
        let delivery = form.delivery();
        let outcome = session.send(Template::Made(Box::new(form)), policy).await;
        let response = session.success(outcome)?;
        if delivery.files().is_none() {
            let text = "the service responded before the whole file was sent".to_owned();
            let (status, headers) = (response.status(), response.headers().clone());
            return Err(session.refuse(text, status, headers, &Bytes::new()));
        }
        Ok(ResponseValue::stream(response))
    }
}
