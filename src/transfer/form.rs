//! Multipart forms with files, rebuilt for each attempt.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use reqwest::Body;
use reqwest::multipart::{Form, Part};

use crate::error::{Error, Result};
use crate::progress::{Counter, Meter};
use crate::transfer::file_reader::FileReader;
use crate::transfer::part_stream::{Attempt, PartContent, PartStream, SentFile};
use crate::transfer::source::{Content, Source};
use crate::transport::{Activity, MakeRequest, RequestPolicy, Session, Template};

/// The total size limit for the files of a form. With the form's own bytes it still fits into 64 bits.
pub(crate) const LONGEST: u64 = i64::MAX.unsigned_abs();

/// Why a response to a form that was not sent completely is refused.
pub(crate) const RESPONDED_EARLY: &str = "the service responded before the whole file was sent";

/// A part of a form.
pub(crate) enum FormPart {
    /// A text field: name and value.
    Text(String, String),
    /// A file field: name and source.
    File(String, Box<Source>),
}

/// A form to post, rebuilt for each attempt.
pub(crate) struct MakeForm {
    url: String,
    parts: Vec<FormPart>,
    progress: Option<Meter>,
    counter: Option<Counter>,
    latest: Latest,
}

/// The files that the latest attempt has sent. Dropping it ends the attempt.
pub(crate) struct Delivery {
    files: usize,
    latest: Latest,
}

type Latest = Arc<Mutex<Option<Arc<Attempt>>>>;

impl Delivery {
    /// Returns the files in order if all are sent completely. An earlier response is not about the whole form.
    pub(crate) fn files(&self) -> Option<Vec<SentFile>> {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = latest.as_ref()?.sent();
        (sent.len() == self.files).then_some(sent)
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(attempt) = &*latest {
            attempt.end();
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
        Self {
            url,
            parts,
            counter: progress.as_ref().map(Meter::counter).or(shared),
            progress,
            latest: Latest::default(),
        }
    }

    /// Returns the delivery to keep while the call waits for the response.
    pub(crate) fn delivery(&self) -> Delivery {
        Delivery {
            files: self.parts.iter().filter(|part| part.is_file()).count(),
            latest: Arc::clone(&self.latest),
        }
    }

    /// Sends the form; returns the successful response, whose body is unread, if all files are sent completely.
    pub(crate) async fn send(
        self,
        session: &Session,
        policy: RequestPolicy,
    ) -> Result<reqwest::Response> {
        let delivery = self.delivery();
        let outcome = session.send(Template::Made(Box::new(self)), policy).await;
        let response = session.success(outcome)?;
        if delivery.files().is_none() {
            let (status, headers) = (response.status(), response.headers().clone());
            return Err(session.refuse(RESPONDED_EARLY.to_owned(), status, headers, &Bytes::new()));
        }
        Ok(response)
    }

    /// Starts an attempt and ends the previous one.
    fn begin(&self, activity: Activity) -> Arc<Attempt> {
        let attempt = Arc::new(Attempt::new(activity, self.counter.clone()));
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(previous) = latest.replace(Arc::clone(&attempt)) {
            previous.end();
            previous.take_back();
        }
        attempt
    }
}

impl FormPart {
    fn is_file(&self) -> bool {
        matches!(self, Self::File(..))
    }
}

impl MakeRequest for MakeForm {
    #[inline]
    fn make(
        &mut self,
        http: &reqwest::Client,
        activity: Activity,
    ) -> Pin<Box<dyn Future<Output = Result<reqwest::Request>> + Send + '_>> {
        let request = http.post(&self.url);
        let attempt = self.begin(activity);
        Box::pin(async move {
            // The service expects names such as `meta_user[0]` without encoding.
            let mut form = Form::new().percent_encode_noop();
            let mut total = Some(0);
            for part in &mut self.parts {
                form = match part {
                    FormPart::Text(name, value) => form.text(name.clone(), value.clone()),
                    FormPart::File(name, source) => {
                        let (part, length) = file(source, &attempt).await?;
                        total = match total.zip(length) {
                            Some((total, length)) => Some(sum(total, length)?),
                            None => None,
                        };
                        form.part(name.clone(), part)
                    }
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

    fn is_replayable(&self) -> bool {
        self.parts.iter().all(|part| match part {
            FormPart::Text(..) => true,
            FormPart::File(_, source) => source.is_replayable(),
        })
    }
}

fn sum(total: u64, length: u64) -> Result<u64> {
    total
        .checked_add(length)
        .filter(|sum| *sum <= LONGEST)
        .ok_or_else(|| {
            Error::invalid(format!(
                "files of {total} and {length} bytes must not exceed {LONGEST} bytes together: upload them one by one"
            ))
        })
}

/// Returns the part with the file, and its length if it is known.
async fn file(source: &mut Source, attempt: &Arc<Attempt>) -> Result<(Part, Option<u64>)> {
    let (content, length) = match &mut source.content {
        Content::Url(_) => {
            return Err(Error::invalid(
                "a URL has no bytes to send: the service fetches it",
            ));
        }
        Content::Path(path) => {
            let reader = FileReader::open(path.clone(), source.verify).await?;
            let length = reader.length();
            (PartContent::File(reader), Some(length))
        }
        Content::Bytes(bytes) => {
            let length = bytes.len() as u64;
            (PartContent::Bytes(bytes.clone()), Some(length))
        }
        Content::Stream(stream, length) => {
            let Some(stream) = stream.take() else {
                return Err(Error::invalid(
                    "the stream is sent already: a stream is not replayable",
                ));
            };
            (PartContent::Stream(stream), *length)
        }
    };
    let name = source.name.clone().unwrap_or_default();
    let attempt = Arc::clone(attempt);
    let stream = PartStream::new(content, length, name.clone(), source.verify, attempt);
    let body = Body::wrap_stream(stream);
    let part = match length {
        Some(length) => Part::stream_with_length(body, length),
        None => Part::stream(body),
    };
    let part = part
        .file_name(name)
        .mime_str("application/octet-stream")
        .map_err(|error| Error::invalid("the upload cannot be built").with_source(error))?;
    Ok((part, length))
}
