//! The body of a download: one response, and further ones for the missing rest.

use std::borrow::Cow;
use std::fmt;
use std::pin::{Pin, pin};
use std::time::Duration;

use bytes::{Buf, Bytes};
use futures_core::Stream;
use futures_core::future::BoxFuture;
use futures_util::StreamExt;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, IF_RANGE, RANGE, TRANSFER_ENCODING};
use http::{HeaderMap, Method, StatusCode};
use tokio::time::Instant;
use url::Url;

use crate::api::types::{ImageHash, OrganizationName};
use crate::api::{ByteStream, ResponseValue};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::{Counter, Meter};
use crate::request::MakeAny;
use crate::transfer::binary_hasher::BinaryHasher;
use crate::transfer::byte_range::ByteRange;
use crate::transfer::content_range::ContentRange;
use crate::transfer::validator::Validator;
use crate::transport::{
    Activity, Expected, RequestPolicy, Session, Template, trace, within_idle_timeout,
};

/// A download makes at most this many times the attempts of one request. An attempt that receives bytes does not count as a
/// failure, but a server could send one byte per attempt for ever.
const ATTEMPTS: u32 = 10;

/// A piece of a body.
#[derive(Debug)]
pub(crate) enum Piece {
    /// The next bytes.
    Bytes(Bytes),
    /// The file restarts: all previous bytes are invalid. Only a reader that
    /// [can restart](ResumableBody::let_restart) receives it.
    Restarted,
}

/// A file that one request, without a range, returns as a whole.
pub(crate) trait OpenFile: fmt::Debug + Send {
    /// Requests the file.
    fn open<'a>(&'a mut self, session: &'a Session) -> BoxFuture<'a, Result<Response>>;
}

/// The origin of a download.
#[derive(Debug)]
pub(crate) enum Origin {
    Image(OrganizationName, ImageHash),
    /// What `GET` returns at a URL, by the operation that errors name.
    Url(Cow<'static, str>, Url),
    /// Packed anew for each request, so it has no ranges.
    Archive(Box<dyn OpenFile>),
    /// The response to a request that is not repeated.
    Once,
}

/// The bytes to download.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) origin: Origin,
    pub(crate) range: ByteRange,
    /// The expected hash of all bytes.
    pub(crate) binary_hash: Option<String>,
}

/// The body of a download. It ends with the last requested byte or with an error.
///
/// If the connection breaks or stalls, or a response is too short, it requests the rest of the same version of the file.
pub(crate) struct ResumableBody {
    session: Session,
    wanted: Wanted,
    restartable: bool,
    /// The length of the whole file, once a response reports it.
    total: Option<u64>,
    /// The end of the download: the end of the range or of the file, whichever is first, once it is known.
    end: Option<u64>,
    validator: Option<Validator>,
    hasher: BinaryHasher,
    counter: Option<Counter>,
    /// Marks the end of the transfer on drop.
    progress: Option<Meter>,
    chunks: ByteChunks,
    /// Bytes of the current response before the requested ones.
    skip: u64,
    /// The end of the current response, if it reports one.
    part_end: Option<u64>,
    /// The next byte of the file.
    at: u64,
    /// The farthest offset so far, including restarts.
    farthest: u64,
    /// Consecutive failures.
    failures: u32,
    /// The time of the first of them.
    failing_since: Instant,
    requests: u32,
    ended: bool,
}

type ByteChunks = Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send + Sync>>;

pub(crate) type Response = ResponseValue<ByteStream>;

/// The part of the file that a response contains.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    first: u64,
    /// The offset after its last byte, if it is known.
    end: Option<u64>,
    total: Option<u64>,
}

/// The outcome of a request for the rest.
enum Resumed {
    Continued,
    Restarted,
    Complete,
}

/// Why the download cannot continue.
enum Refused {
    /// The file differs from the one at the start of the download.
    Changed(Error),
    Failed(Error),
}

impl Wanted {
    /// Requests the bytes from an offset, of one version if it is given.
    pub(crate) async fn request(
        &mut self,
        session: &Session,
        from: u64,
        version: Option<&Validator>,
    ) -> Result<Response> {
        match &mut self.origin {
            Origin::Image(..) | Origin::Url(..) => {}
            Origin::Archive(archive) => return archive.open(session).await,
            Origin::Once => return Err(Error::invalid("this file cannot be requested again")),
        }
        let range = self.range.from(from);
        let mut session = session.clone();
        if !range.is_whole() {
            session = session.with_header(RANGE, &range.header());
        }
        if let Some(version) = version {
            session = session.with_header(IF_RANGE, version.as_str());
        }
        match &self.origin {
            Origin::Image(organization, hash) => {
                let api = session.api();
                let response = api.download_source_image(organization, hash).await;
                session.value(response)
            }
            Origin::Url(operation, url) => {
                let policy = RequestPolicy {
                    operation: operation.clone(),
                    idempotent: true,
                    expected: Expected::File,
                };
                let request = MakeAny::new(Method::GET, url.clone());
                let request = Template::Made(Box::new(request));
                let response = session.success(session.send(request, policy).await)?;
                Ok(ResponseValue::stream(response))
            }
            Origin::Archive(_) | Origin::Once => {
                Err(Error::invalid("this file cannot be requested in parts"))
            }
        }
    }

    /// Returns the validator for a later response, if ranges can be requested.
    fn validator(&self, headers: &HeaderMap) -> Option<Validator> {
        let has_parts = matches!(self.origin, Origin::Image(..) | Origin::Url(..));
        Validator::of(headers).filter(|_| has_parts)
    }
}

impl ResumableBody {
    /// Starts to read the response to the first request.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if the response does not match the request.
    #[inline]
    pub(crate) fn begin(
        session: Session,
        wanted: Wanted,
        response: Response,
        progress: Option<Meter>,
    ) -> Result<Self> {
        let headers = response.headers();
        let start = wanted.range.start;
        let part =
            Part::of(&response, wanted.range).and_then(|part| part.reaches(start).map(|()| part));
        let part = part.map_err(|text| {
            let (status, headers) = (response.status(), headers.clone());
            session.refuse(text, status, headers, &Bytes::new())
        })?;
        let counter = progress.as_ref().map(Meter::counter);
        let mut body = Self {
            restartable: false,
            total: None,
            end: wanted.range.end,
            validator: wanted.validator(headers),
            hasher: BinaryHasher::new(),
            counter: counter.or_else(|| session.counter()),
            progress,
            chunks: Box::pin(futures_util::stream::empty()),
            skip: 0,
            part_end: None,
            at: wanted.range.start,
            farthest: wanted.range.start,
            failures: 0,
            failing_since: Instant::now(),
            requests: 1,
            ended: false,
            session,
            wanted,
        };
        body.adopt(&part, response);
        Ok(body)
    }

    /// Returns the number of requested bytes, once it is known.
    pub(crate) fn size(&self) -> Option<u64> {
        let end = self.total.and(self.end)?;
        Some(end.saturating_sub(self.wanted.range.start))
    }

    /// Allows a restart if the rest cannot be requested: the reader can discard what it has.
    pub(crate) fn let_restart(&mut self) {
        self.restartable = true;
    }

    /// Returns the next piece, or `None` after the last byte or an error.
    pub(crate) async fn next(&mut self) -> Option<Result<Piece>> {
        if self.ended {
            return None;
        }
        let next = self.piece().await;
        self.ended = !matches!(next, Some(Ok(_)));
        if let Some(Err(error)) = &next {
            trace::failed(self.session.span(), error);
        }
        next
    }

    async fn piece(&mut self) -> Option<Result<Piece>> {
        loop {
            if self.end == Some(self.at) {
                return self.verify().err().map(Err);
            }
            let error = match self.chunk().await {
                Ok(Some(chunk)) if chunk.is_empty() => continue,
                Ok(Some(chunk)) => return Some(Ok(Piece::Bytes(chunk))),
                // A body without a length ends with the stream.
                Ok(None) if self.total.is_none() && self.part_end.is_none() && self.skip == 0 => {
                    self.end = Some(self.at);
                    continue;
                }
                Ok(None) => self.ended_early(),
                Err(error) => error,
            };
            match self.recover(error).await {
                Ok(Resumed::Continued) => {}
                Ok(Resumed::Restarted) => return Some(Ok(Piece::Restarted)),
                Ok(Resumed::Complete) => self.end = Some(self.at),
                Err(error) => return Some(Err(error)),
            }
        }
    }

    /// Returns the next requested bytes of the current response; empty if it contains others.
    async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let remaining = self.part_end.or(self.end).map(|part_end| {
            let end = self.end.unwrap_or(part_end).min(part_end);
            end.saturating_sub(self.at)
        });
        if remaining == Some(0) {
            return Ok(None);
        }
        let activity = Activity::new();
        let next = pin!(self.chunks.next());
        let next = within_idle_timeout(self.session.idle(), &activity, next).await;
        let mut chunk = match next {
            Ok(None) => return Ok(None),
            Ok(Some(Ok(chunk))) => chunk,
            Ok(Some(Err(error))) => return Err(self.session.interrupted(error)),
            Err(stalled) => return Err(self.session.stalled(&stalled)),
        };
        let skipped = usize::try_from(self.skip).map_or(chunk.len(), |skip| skip.min(chunk.len()));
        chunk.advance(skipped);
        self.skip -= skipped as u64;
        if let Some(remaining) = remaining.and_then(|bytes| usize::try_from(bytes).ok()) {
            chunk.truncate(remaining);
        }
        self.at += chunk.len() as u64;
        if self.at > self.farthest {
            self.farthest = self.at;
            self.failures = 0;
        }
        if self.wanted.binary_hash.is_some() {
            self.hasher.update(&chunk);
        }
        if let Some(counter) = &self.counter {
            counter.add(chunk.len());
        }
        Ok(Some(chunk))
    }

    /// Requests the rest after a failure, with the retries of the call; returns the error if the rest cannot be requested.
    async fn recover(&mut self, mut error: Error) -> Result<Resumed> {
        loop {
            if self.failures == 0 {
                // Not the time of the last bytes: the reader may be slow.
                self.failing_since = Instant::now();
            }
            self.failures += 1;
            let Some(backoff) = self.backoff() else {
                return Err(error);
            };
            let (session, failures) = (&self.session, self.failures);
            error = session.report_resumption(failures, backoff, error);
            tokio::time::sleep(backoff).await;
            self.requests = self.requests.saturating_add(1);
            // The reader may poll outside of the call.
            let span = self.session.span().clone();
            error = match trace::within(&span, self.resume(error)).await {
                Ok(resumed) => return Ok(resumed),
                // The bytes of the old version are useless.
                Err(Refused::Changed(error)) if self.restartable && self.validator.is_some() => {
                    self.validator = None;
                    error
                }
                Err(Refused::Changed(error) | Refused::Failed(error)) => return Err(error),
            };
        }
    }

    fn backoff(&self) -> Option<Duration> {
        let max_requests = self.session.attempt_limit().saturating_mul(ATTEMPTS);
        if self.requests.max(self.session.attempts()) >= max_requests {
            return None;
        }
        self.session
            .backoff(self.failures, self.failing_since.elapsed())
    }

    async fn resume(&mut self, error: Error) -> Result<Resumed, Refused> {
        if matches!(self.wanted.origin, Origin::Once) {
            return Err(Refused::Failed(error));
        }
        let start = self.wanted.range.start;
        let untouched = self.at == start;
        let version = self.validator.clone().filter(|_| !untouched);
        if !untouched && version.is_none() && !self.restartable {
            let why = match self.wanted.origin {
                Origin::Image(..) | Origin::Url(..) => {
                    "the response has neither a strong ETag nor a Last-Modified that is older than its Date"
                }
                Origin::Archive(_) | Origin::Once => {
                    "the service packs an archive anew for each request"
                }
            };
            let note = format!("the rest cannot be requested: {why}");
            return Err(Refused::Failed(error.with_note(&note)));
        }
        let from = if version.is_some() { self.at } else { start };
        let requested = self.wanted.request(&self.session, from, version.as_ref());
        let response = match requested.await {
            Ok(response) => response,
            Err(refusal) => return self.refused(error, refusal, version.as_ref()),
        };
        let part = Part::of(&response, self.wanted.range.from(from))
            .and_then(|part| part.reaches(start).map(|()| part));
        let part = match part {
            Ok(part) => part,
            Err(text) => return Err(Refused::Failed(unavailable(error, &text))),
        };
        let Some(version) = version else {
            if !untouched {
                self.restart(&part, response);
                return Ok(Resumed::Restarted);
            }
            // The reader knows the size and nothing else.
            if !self.restartable {
                self.check_total(part.total)?;
            }
            self.total = None;
            self.validator = self.wanted.validator(response.headers());
            self.adopt(&part, response);
            return Ok(Resumed::Continued);
        };
        let headers = response.headers();
        let partial = response.status() == StatusCode::PARTIAL_CONTENT;
        if !partial && !version.is_confirmed_by(headers) {
            if self.restartable {
                self.restart(&part, response);
                return Ok(Resumed::Restarted);
            }
            return Err(self.changed("the service sent it from the start instead of the rest"));
        }
        if version.is_contradicted_by(headers) {
            return Err(self.changed("the rest has another ETag or Last-Modified"));
        }
        self.check_total(part.total)?;
        self.adopt(&part, response);
        Ok(Resumed::Continued)
    }

    /// Interprets a failed request for the rest.
    #[inline]
    fn refused(
        &self,
        error: Error,
        refusal: Error,
        version: Option<&Validator>,
    ) -> Result<Resumed, Refused> {
        if refusal.kind() == ErrorKind::Timeout {
            return Err(Refused::Failed(refusal));
        }
        let unsatisfied = refusal.status() == Some(StatusCode::RANGE_NOT_SATISFIABLE);
        if let (true, Some(version), Some(headers)) = (unsatisfied, version, refusal.headers())
            && let Some(ContentRange::Unsatisfied { total }) = ContentRange::of(headers)
        {
            if version.is_contradicted_by(headers) {
                return Err(self.changed("the service reports another ETag or Last-Modified"));
            }
            self.check_total(Some(total))?;
            if total == self.at {
                return Ok(Resumed::Complete);
            }
            let text = format!("it has {total} bytes, but {} were received", self.at);
            return Err(self.changed(&text));
        }
        Err(Refused::Failed(unavailable(error, &refusal.to_string())))
    }

    fn check_total(&self, total: Option<u64>) -> Result<(), Refused> {
        match (self.total, total) {
            (Some(known), Some(total)) if known != total => {
                let text = format!("it had {known} bytes and has {total}");
                Err(self.changed(&text))
            }
            (None, Some(total)) if total < self.at => {
                let text = format!("it has {total} bytes, but {} were received", self.at);
                Err(self.changed(&text))
            }
            _ => Ok(()),
        }
    }

    /// Continues with a response.
    fn adopt(&mut self, part: &Part, response: Response) {
        self.total = self.total.or(part.total);
        self.end = match (self.wanted.range.end, self.total) {
            (Some(end), Some(total)) => Some(end.min(total)),
            (end, total) => end.or(total),
        };
        self.skip = self.at.saturating_sub(part.first);
        self.part_end = part.end;
        self.chunks = response.into_inner_stream();
        if let Some(progress) = &self.progress {
            progress.set_total(self.size());
        }
    }

    /// Restarts with a response.
    #[inline]
    fn restart(&mut self, part: &Part, response: Response) {
        let start = self.wanted.range.start;
        if let Some(counter) = &self.counter {
            counter.take_back(self.at - start);
        }
        self.at = start;
        self.total = None;
        self.validator = self.wanted.validator(response.headers());
        self.hasher = BinaryHasher::new();
        self.adopt(part, response);
    }

    /// Compares the hash of all bytes with the expected one.
    #[inline]
    fn verify(&mut self) -> Result<()> {
        let Some(expected) = self.wanted.binary_hash.take() else {
            return Ok(());
        };
        let actual = std::mem::take(&mut self.hasher).finish();
        if actual == expected {
            return Ok(());
        }
        let error = Error::hash_mismatch("the downloaded file", &expected, &actual);
        let error = error.with_note(
            "a file that was uploaded with `optimize_source` differs from its binary hash",
        );
        Err(self.session.name_call(error))
    }

    fn ended_early(&self) -> Error {
        let start = self.wanted.range.start;
        let received = self.at - start;
        let text = match self.size() {
            Some(size) => format!("the response ended after {received} of {size} bytes"),
            None => {
                format!("the response ended after {received} bytes, before the end of the file")
            }
        };
        self.session.failed(ErrorKind::Interrupted, text)
    }

    fn changed(&self, detail: &str) -> Refused {
        let text = format!("the file changed while it was downloaded: {detail}");
        Refused::Changed(self.session.failed(ErrorKind::Interrupted, text))
    }
}

fn unavailable(error: Error, why: &str) -> Error {
    error.with_note(&format!("the rest could not be requested: {why}"))
}

impl Part {
    /// Returns the part that a successful response contains, or why it cannot be used.
    #[inline]
    fn of(response: &Response, requested: ByteRange) -> Result<Self, String> {
        Self::read(
            response.status(),
            response.headers(),
            response.content_length(),
            requested,
        )
    }

    #[inline]
    fn read(
        status: StatusCode,
        headers: &HeaderMap,
        length: Option<u64>,
        requested: ByteRange,
    ) -> Result<Self, String> {
        if headers.contains_key(TRANSFER_ENCODING) && headers.contains_key(CONTENT_LENGTH) {
            return Err("the response has both Content-Length and Transfer-Encoding".to_owned());
        }
        let mut encodings = headers.get_all(CONTENT_ENCODING).iter();
        if let Some(encoding) =
            encodings.find(|one| !one.as_bytes().eq_ignore_ascii_case(b"identity"))
        {
            return Err(format!(
                "the response is compressed ({encoding:?}), although only `identity` is accepted"
            ));
        }
        let part = match status {
            StatusCode::OK => Self {
                first: 0,
                end: length,
                total: length,
            },
            StatusCode::PARTIAL_CONTENT if requested.is_whole() => {
                return Err(
                    "the response contains a part of the file, but the whole file was requested"
                        .to_owned(),
                );
            }
            StatusCode::PARTIAL_CONTENT => match ContentRange::of(headers) {
                Some(ContentRange::Part { first, last, total }) => Self {
                    first,
                    end: last.checked_add(1),
                    total,
                },
                _ => return Err("the partial response has no valid Content-Range".to_owned()),
            },
            other => return Err(format!("status {} is not a file response", other.as_u16())),
        };
        let beyond = |end: u64| requested.end.is_some_and(|requested| end > requested);
        if status == StatusCode::PARTIAL_CONTENT {
            if part.first != requested.start || part.end.is_none_or(beyond) {
                return Err(
                    "the response contains another part of the file than the requested one"
                        .to_owned(),
                );
            }
            let part_length = part.end.map(|end| end - part.first);
            if length.is_some() && length != part_length {
                return Err("Content-Length and Content-Range disagree".to_owned());
            }
        }
        Ok(part)
    }

    /// Fails if the file ends before the range starts.
    fn reaches(&self, start: u64) -> Result<(), String> {
        match self.total {
            Some(total) if start > 0 && total <= start => Err(format!(
                "the range starts at byte {start}, but the file has {total} bytes"
            )),
            _ => Ok(()),
        }
    }
}
