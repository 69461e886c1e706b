//! Forms: the requests that carry files, made anew for every try.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures_util::StreamExt;
use reqwest::Body;
use reqwest::multipart::{Form, Part};
use tokio_util::io::ReaderStream;

use crate::error::{Error, ErrorKind, Result};
use crate::progress::{Counter, Meter};
use crate::source_images::source::{Content, Source};
use crate::transport::{CHUNK, MakeRequest, Moved, pieces};

/// A part of a form.
pub(crate) enum FormPart {
    /// A field of this name with a text.
    Text(String, String),
    /// A field of this name with a file.
    File(String, Box<Source>),
}

/// A form to post, made anew for every try.
pub(crate) struct MakeForm {
    url: String,
    parts: Vec<FormPart>,
    progress: Option<Meter>,
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
    pub(crate) fn new(
        url: String,
        parts: Vec<FormPart>,
        progress: Option<Meter>,
        shared: Option<Counter>,
    ) -> Self {
        let own = progress.as_ref().map(Meter::counter);
        let sent = Sent {
            moved: Moved::new(),
            bytes: Arc::default(),
            progress: own.or(shared),
        };
        Self {
            url,
            parts,
            progress,
            sent,
        }
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
            let mut total = Some(0);
            for part in &mut self.parts {
                form = match part {
                    FormPart::Text(name, value) => form.text(name.clone(), value.clone()),
                    FormPart::File(name, source) => match file(source, &self.sent).await? {
                        Some((part, length)) => {
                            total = total.zip(length).map(|(total, length)| total + length);
                            form.part(name.clone(), part)
                        }
                        None => form,
                    },
                };
            }
            if let Some(progress) = &self.progress {
                progress.set_total(total);
            }
            request.multipart(form).build().map_err(|error| {
                Error::invalid("the upload cannot be built").with_source(error.without_url())
            })
        })
    }

    fn again(&self) -> bool {
        self.parts.iter().all(|part| match part {
            FormPart::Text(..) => true,
            FormPart::File(_, source) => source.again(),
        })
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
            let chunks = pieces(bytes.clone()).inspect(move |chunk| sent.count(chunk));
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
