//! Forms: the requests that carry files, made anew for every try.

use std::fs::File;
use std::future::Future;
use std::io::{self, Read, Seek};
use std::path::PathBuf;
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
    fn count(&self, chunk: &io::Result<Bytes>) {
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

/// Bytes as a body, and their number.
fn counted(bytes: Bytes, sent: Sent) -> (Body, Option<u64>) {
    let length = u64::try_from(bytes.len()).ok();
    let chunks = pieces(bytes).inspect(move |chunk| sent.count(chunk));
    (Body::wrap_stream(chunks), length)
}

/// A file to send.
enum OnDisk {
    /// Something else, such as a directory.
    NoFile,
    /// A file that fits into one piece, as a whole.
    Read(Bytes),
    /// A larger one, and its length.
    Open(tokio::fs::File, u64),
}

impl OnDisk {
    /// Opens a file and reads a small one, all in one go on a thread that may wait: each visit there costs more than the
    /// reading.
    async fn open(path: PathBuf) -> io::Result<Self> {
        let opened = tokio::task::spawn_blocking(move || {
            let mut file = File::open(path)?;
            let about = file.metadata()?;
            if !about.is_file() {
                return Ok(Self::NoFile);
            }
            let piece = CHUNK as u64;
            if about.len() <= piece {
                let length = usize::try_from(about.len()).unwrap_or(CHUNK);
                let mut bytes = Vec::with_capacity(length + 1);
                (&mut file).take(piece + 1).read_to_end(&mut bytes)?;
                if bytes.len() <= CHUNK {
                    return Ok(Self::Read(bytes.into()));
                }
                // It has grown in the meantime.
                file.rewind()?;
            }
            let length = file.metadata()?.len();
            Ok(Self::Open(tokio::fs::File::from_std(file), length))
        });
        opened.await.map_err(io::Error::other)?
    }
}

/// The part with the file and its length if that is known, or none for a URL. Each piece of it that goes out is counted.
async fn file(source: &mut Source, sent: &Sent) -> Result<Option<(Part, Option<u64>)>> {
    let sent = sent.clone();
    let (body, length) = match &mut source.content {
        Content::Url(_) => return Ok(None),
        Content::Path(path) => {
            let failed = |error: io::Error| {
                let text = format!("{} cannot be read", path.display());
                Error::new(ErrorKind::Io, text).with_source(error)
            };
            let opened = OnDisk::open(path.clone()).await.map_err(failed)?;
            match opened {
                OnDisk::NoFile => {
                    return Err(Error::invalid(format!("{} is not a file", path.display())));
                }
                OnDisk::Read(bytes) => counted(bytes, sent),
                OnDisk::Open(file, length) => {
                    let chunks = ReaderStream::with_capacity(file, CHUNK)
                        .inspect(move |chunk| sent.count(chunk));
                    (Body::wrap_stream(chunks), Some(length))
                }
            }
        }
        Content::Bytes(bytes) => counted(bytes.clone(), sent),
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
