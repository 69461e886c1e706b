//! Uploading: the one request that is a form, made anew for every try.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use reqwest::Body;
use reqwest::multipart::{Form, Part};
use serde::Serialize;
use serde_json::Value;
use tokio_util::io::ReaderStream;

use crate::api::types::{OrganizationName, SourceImage, SourceImageList, SubjectArea};
use crate::call::{Call, sealed};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::{Counter, Meter, Progress};
use crate::source_images::source::{Content, OptimizeSource, Source};
use crate::transport::{CHUNK, MakeRequest, Manner, Moved, Session, Template, chunks};

/// How long the service may think about what it fetches itself before it answers.
const IMPORT_IDLE: Duration = Duration::from_secs(300);

/// Uploads one source; see [`SourceImages::upload`](super::SourceImages::upload). Gives a [`SourceImage`].
#[derive(Debug)]
pub struct Upload {
    organization: OrganizationName,
    source: Source,
    settings: Settings,
}

/// Uploads several sources at once; see [`SourceImages::upload_many`](super::SourceImages::upload_many). Gives a
/// `Vec<SourceImage>` in the order of the sources.
#[derive(Debug)]
pub struct UploadMany {
    organization: OrganizationName,
    sources: Vec<Source>,
    settings: Settings,
}

/// What one upload and several have in common.
#[derive(Debug, Default)]
struct Settings {
    optimize: Option<OptimizeSource>,
    progress: Option<Meter>,
}

impl Upload {
    pub(super) fn new(organization: OrganizationName, source: Source) -> Self {
        Self {
            organization,
            source,
            settings: Settings::default(),
        }
    }
}

impl UploadMany {
    pub(super) fn new(organization: OrganizationName, sources: Vec<Source>) -> Self {
        Self {
            organization,
            sources,
            settings: Settings::default(),
        }
    }
}

impl Call<Upload> {
    /// The file name to store it under; see [`Source::name`].
    pub fn name(self, name: impl Into<String>) -> Self {
        self.change(|source| source.name(name))
    }

    /// Sets a field of user metadata; see [`Source::user_metadata`].
    pub fn user_metadata(self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.change(|source| source.user_metadata(name, value))
    }

    /// Sets the subject area; see [`Source::subject_area`].
    pub fn subject_area(self, area: SubjectArea) -> Self {
        self.change(|source| source.subject_area(area))
    }

    /// Sets dynamic metadata of a kind; see [`Source::dynamic_metadata`].
    pub fn dynamic_metadata(self, kind: impl Into<String>, value: &impl Serialize) -> Self {
        self.change(|source| source.dynamic_metadata(kind, value))
    }

    /// Whether renderings need a signed URL (default: no).
    pub fn protected(self, protected: bool) -> Self {
        self.change(|source| source.protected(protected))
    }

    /// Lets the service turn the file into another format and drop the original (default: it is stored as it is). The
    /// limit for such a file is about 1.8 GB.
    pub fn optimize_source(mut self, how: OptimizeSource) -> Self {
        self.operation.settings.optimize = Some(how);
        self
    }

    /// Counts the bytes that go out. Dropping the call while it is awaited ends the transfer.
    #[doc(alias = "onUploadProgress")]
    pub fn progress(mut self, progress: &Progress) -> Self {
        self.operation.settings.progress = Some(progress.meter());
        self
    }

    fn change(mut self, change: impl FnOnce(Source) -> Source) -> Self {
        self.operation.source = change(self.operation.source);
        self
    }
}

impl Call<UploadMany> {
    /// Lets the service turn the files into another format and drop the originals (default: they are stored as they
    /// are).
    pub fn optimize_source(mut self, how: OptimizeSource) -> Self {
        self.operation.settings.optimize = Some(how);
        self
    }
}

impl Call<UploadMany> {
    /// Counts the bytes that go out. Dropping the call while it is awaited ends the transfer.
    pub fn progress(mut self, progress: &Progress) -> Self {
        self.operation.settings.progress = Some(progress.meter());
        self
    }
}

impl sealed::Run for Upload {
    type Output = SourceImage;

    async fn run(self, session: Session) -> Result<SourceImage> {
        let form = UploadForm {
            organization: self.organization,
            sources: vec![self.source],
            settings: self.settings,
        };
        let mut images = form.send(&session).await?;
        images.pop().ok_or_else(|| {
            // `send` gives as many images as there are sources, which is one here.
            Error::new(ErrorKind::Decode, "the answer has no image")
        })
    }
}

impl sealed::Run for UploadMany {
    type Output = Vec<SourceImage>;

    async fn run(self, session: Session) -> Result<Vec<SourceImage>> {
        if self.sources.is_empty() {
            return Ok(Vec::new());
        }
        let form = UploadForm {
            organization: self.organization,
            sources: self.sources,
            settings: self.settings,
        };
        form.send(&session).await
    }
}

/// The form, and what it takes to make it.
struct UploadForm {
    organization: OrganizationName,
    sources: Vec<Source>,
    settings: Settings,
}

impl UploadForm {
    async fn send(self, session: &Session) -> Result<Vec<SourceImage>> {
        let imports = self.sources.iter().filter(|source| source.is_url()).count();
        if imports != 0 && imports != self.sources.len() {
            return Err(Error::invalid(
                "files and URLs cannot be uploaded in one call: the service counts each on its own",
            ));
        }
        for source in &self.sources {
            source.check()?;
        }
        let sent = self.sources.len();
        let url = format!(
            "{}/sourceimages/{}",
            session.base(),
            self.organization.as_str()
        );
        let manner = Manner {
            operation: "createSourceImage".into(),
            // The same bytes with the same options make the same image.
            repeatable: true,
            streamed: false,
        };
        let patient = session.patient(IMPORT_IDLE);
        let session = if imports == 0 { session } else { &patient };
        let outcome = session
            .send(
                Template::Made(Box::new(MakeForm::new(url, self, session.counter()))),
                manner,
            )
            .await;
        let response = session.success(outcome)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = session.body(response).await?;
        let list: SourceImageList = session.decode(status, &headers, &body)?;
        if list.items.len() == sent {
            return Ok(list.items);
        }
        let text = format!("the service stored {} of {sent} images", list.items.len());
        Err(session.refuse(text, status, headers, &body))
    }
}

struct MakeForm {
    url: String,
    form: UploadForm,
    /// What the latest try has sent.
    sent: Sent,
}

/// Counts what goes out in one try.
#[derive(Clone)]
struct Sent {
    moved: Moved,
    bytes: Arc<AtomicU64>,
    progress: Option<Counter>,
}

impl Sent {
    fn count(&self, chunk: &std::io::Result<Bytes>) {
        self.moved.mark();
        if let (Ok(chunk), Some(progress)) = (chunk, &self.progress) {
            self.bytes.fetch_add(chunk.len() as u64, Ordering::Relaxed);
            progress.add(chunk.len());
        }
    }
}

impl MakeForm {
    fn new(url: String, form: UploadForm, shared: Option<Counter>) -> Self {
        let own = form.settings.progress.as_ref().map(Meter::counter);
        let sent = Sent {
            moved: Moved::new(),
            bytes: Arc::default(),
            progress: own.or(shared),
        };
        Self { url, form, sent }
    }
}

impl MakeRequest for MakeForm {
    fn make(
        &mut self,
        http: &reqwest::Client,
        moved: Moved,
    ) -> Pin<Box<dyn Future<Output = Result<reqwest::Request>> + Send + '_>> {
        let request = http.post(&self.url);
        // The try before this one is over, so what it has counted is sent once more.
        if let Some(progress) = &self.sent.progress {
            progress.take_back(self.sent.bytes.load(Ordering::Relaxed));
        }
        self.sent.moved = moved;
        self.sent.bytes = Arc::default();
        Box::pin(async move {
            // Names such as `meta_user[0]` have to arrive as they are.
            let mut form = Form::new().percent_encode_noop();
            let single = self.form.sources.len() == 1;
            let mut total = Some(0);
            for (position, source) in self.form.sources.iter_mut().enumerate() {
                if let Some((part, length)) = file(source, &self.sent).await? {
                    total = total.zip(length).map(|(total, length)| total + length);
                    let name = if single {
                        "filedata".to_owned()
                    } else {
                        format!("filedata[{position}]")
                    };
                    form = form.part(name, part);
                }
                for (name, value) in source.fields(position) {
                    form = form.text(name, value);
                }
            }
            if let Some(how) = self.form.settings.optimize {
                form = form.text("optimize_source", how.as_str());
            }
            if let Some(progress) = &self.form.settings.progress {
                progress.set_total(total);
            }
            request.multipart(form).build().map_err(|error| {
                Error::invalid("the upload cannot be built").with_source(error.without_url())
            })
        })
    }

    fn again(&self) -> bool {
        self.form.sources.iter().all(Source::again)
    }
}

/// The part with the file and its length if that is known, or none for a URL. Each piece of it that goes out is counted.
async fn file(source: &mut Source, sent: &Sent) -> Result<Option<(Part, Option<u64>)>> {
    let sent = sent.clone();
    let (body, length) = match &mut source.content {
        Content::Url(_) => return Ok(None),
        Content::Path(path) => {
            let failed = |error: std::io::Error| {
                let text = format!("{} cannot be read", path.display());
                Error::new(ErrorKind::Io, text).with_source(error)
            };
            let file = tokio::fs::File::open(&path).await.map_err(failed)?;
            let about = file.metadata().await.map_err(failed)?;
            if !about.is_file() {
                return Err(Error::invalid(format!("{} is not a file", path.display())));
            }
            let chunks =
                ReaderStream::with_capacity(file, CHUNK).inspect(move |chunk| sent.count(chunk));
            (Body::wrap_stream(chunks), Some(about.len()))
        }
        Content::Bytes(bytes) => {
            let chunks = chunks(bytes.clone()).inspect(move |chunk| sent.count(chunk));
            (Body::wrap_stream(chunks), u64::try_from(bytes.len()).ok())
        }
        Content::Stream(stream, length) => {
            let Some(stream) = stream.take() else {
                return Err(Error::invalid(
                    "the stream was sent already; it can be sent once only",
                ));
            };
            (
                Body::wrap_stream(stream.inspect(move |chunk| sent.count(chunk))),
                *length,
            )
        }
    };
    let part = match length {
        Some(length) => Part::stream_with_length(body, length),
        None => Part::stream(body),
    };
    let name = source.name.clone().unwrap_or_default();
    let part = part
        .file_name(name)
        .mime_str("application/octet-stream")
        .map_err(|error| Error::invalid("the upload cannot be built").with_source(error))?;
    Ok(Some((part, length)))
}
