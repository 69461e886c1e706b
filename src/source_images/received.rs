//! A file while it is downloaded.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::{StreamExt, TryStreamExt, stream};
use http::header::{
    CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderValue, IF_RANGE, RANGE,
};
use http::{HeaderMap, StatusCode};
use tokio::time::Instant;

use crate::api::types::{ImageHash, OrganizationName};
use crate::api::{ByteStream, ResponseValue};
use crate::error::Result;
use crate::progress::{Counter, Meter};
use crate::transport::{Moved, Session, unless_stalled};

/// A file that is being downloaded: a [`Stream`] of its bytes.
///
/// A body that breaks off, or stalls for the idle limit, goes on from there if the service gives the rest, as often as the
/// call's [`Retry`](crate::Retry) says; otherwise it is an error.
#[must_use = "a download is received while it is read"]
pub struct Download {
    headers: HeaderMap,
    size: Option<u64>,
    chunks: Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>,
}

impl Download {
    /// Begins to receive an answer. If it breaks off, the rest of the image is asked for.
    pub(super) fn receive(
        session: Session,
        answer: ResponseValue<ByteStream>,
        image: Option<(OrganizationName, ImageHash)>,
        progress: Option<Meter>,
    ) -> Self {
        let (headers, size) = (answer.headers().clone(), answer.content_length());
        if let Some(progress) = &progress {
            progress.set_total(size);
        }
        let counter = progress.as_ref().map(Meter::counter);
        let received = Received {
            image,
            tag: headers.get(ETAG).cloned(),
            counter: counter.or_else(|| session.counter()),
            _progress: progress,
            chunks: answer.into_inner_stream(),
            at: 0,
            failures: 0,
            moved: Instant::now(),
            session,
        };
        let chunks = stream::unfold(Some(received), async |received| {
            let mut received = received?;
            match received.next().await {
                None => None,
                Some(Ok(chunk)) => Some((Ok(chunk), Some(received))),
                Some(Err(error)) => Some((Err(error), None)),
            }
        });
        Self {
            headers,
            size,
            chunks: Box::pin(chunks),
        }
    }

    /// Its size in bytes, if the service tells.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// Its media type.
    pub fn media_type(&self) -> Option<&str> {
        self.headers.get(CONTENT_TYPE)?.to_str().ok()
    }

    /// The file name that the service suggests, without any directory.
    pub fn file_name(&self) -> Option<String> {
        let text = self.headers.get(CONTENT_DISPOSITION)?;
        suggested_name(&String::from_utf8_lossy(text.as_bytes()))
    }

    /// Reads the rest of it into memory.
    ///
    /// # Errors
    /// [`ErrorKind::Interrupted`](crate::ErrorKind) if it ends too early, [`ErrorKind::Timeout`](crate::ErrorKind) if it stalls.
    pub async fn bytes(mut self) -> Result<Bytes> {
        let expected = self
            .size
            .and_then(|size| usize::try_from(size).ok())
            .unwrap_or(0);
        let mut all = BytesMut::with_capacity(expected.min(64 * 1024 * 1024));
        while let Some(chunk) = self.chunks.try_next().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }
}

impl Stream for Download {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.chunks.as_mut().poll_next(context)
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("size", &self.size)
            .field("media_type", &self.media_type())
            .field("file_name", &self.file_name())
            .finish_non_exhaustive()
    }
}

/// A file while it is received, and what it takes to go on after it broke off.
struct Received {
    session: Session,
    /// What to ask for the rest of; none for what is made anew each time.
    image: Option<(OrganizationName, ImageHash)>,
    /// The version of the file, so that another one is not appended to it.
    tag: Option<HeaderValue>,
    counter: Option<Counter>,
    /// Ends with this.
    _progress: Option<Meter>,
    chunks: ByteChunks,
    at: u64,
    /// How often it broke off since something came.
    failures: u32,
    moved: Instant,
}

type ByteChunks = Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send + Sync>>;

impl Received {
    async fn next(&mut self) -> Option<Result<Bytes>> {
        loop {
            let moved = Moved::new();
            let next = unless_stalled(self.session.idle(), &moved, self.chunks.next()).await;
            let error = match next {
                Ok(None) => return None,
                Ok(Some(Ok(chunk))) => {
                    self.at += chunk.len() as u64;
                    self.failures = 0;
                    self.moved = Instant::now();
                    if let Some(counter) = &self.counter {
                        counter.add(chunk.len());
                    }
                    return Some(Ok(chunk));
                }
                Ok(Some(Err(error))) => self.session.interrupted(error),
                Err(stalled) => self.session.stalled(&stalled),
            };
            self.failures += 1;
            let Some(wait) = self.session.pause(self.failures, self.moved.elapsed()) else {
                return Some(Err(error));
            };
            tokio::time::sleep(wait).await;
            if !self.go_on().await {
                return Some(Err(error));
            }
        }
    }

    /// Asks for the rest. If the service gives anything but that, the first failure is what counts.
    async fn go_on(&mut self) -> bool {
        let Some((organization, hash)) = &self.image else {
            return false;
        };
        let mut session = self
            .session
            .with_header(RANGE, &format!("bytes={}-", self.at));
        if let Some(tag) = self.tag.as_ref().and_then(|tag| tag.to_str().ok()) {
            session = session.with_header(IF_RANGE, tag);
        }
        let api = session.api();
        let Ok(answer) = api.download_source_image(organization, hash).await else {
            return false;
        };
        let rest = answer.status() == StatusCode::PARTIAL_CONTENT
            && answer
                .headers()
                .get(CONTENT_RANGE)
                .and_then(|range| range.to_str().ok())
                .is_some_and(|range| range.starts_with(&format!("bytes {}-", self.at)));
        if rest {
            self.chunks = answer.into_inner_stream();
        }
        rest
    }
}

/// The file name of a `Content-Disposition`: `filename*` if there is one, and nothing that could lead elsewhere.
fn suggested_name(disposition: &str) -> Option<String> {
    let mut plain = None;
    for part in parameters(disposition) {
        let (key, value) = part.split_once('=')?;
        let value = value.trim();
        match key.trim().to_ascii_lowercase().as_str() {
            "filename*" => {
                let (_, encoded) = value.split_once("''")?;
                let name = percent_encoding::percent_decode_str(encoded).decode_utf8_lossy();
                return base_name(&name);
            }
            "filename" => {
                let inner = value
                    .strip_prefix('"')
                    .and_then(|value| value.strip_suffix('"'));
                plain = base_name(&inner.unwrap_or(value).replace("\\\"", "\""));
            }
            _ => {}
        }
    }
    plain
}

/// The parameters after the type, split where a semicolon is not inside quotes.
fn parameters(disposition: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, letter) in disposition.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                parts.extend(disposition.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(disposition.get(start..));
    parts.into_iter().skip(1).collect()
}

/// The last part of a name, whichever slashes it has; none for what is no name.
fn base_name(name: &str) -> Option<String> {
    let base = name.rsplit(['/', '\\']).next()?;
    let base: String = base.chars().filter(|letter| !letter.is_control()).collect();
    (!matches!(base.trim(), "" | "." | "..")).then_some(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggested_names_lead_nowhere() {
        for (disposition, expected) in [
            (r#"attachment; filename="cat.jpg""#, Some("cat.jpg")),
            ("attachment; filename=cat.jpg", Some("cat.jpg")),
            (r#"attachment; filename="a;b.jpg"; size=3"#, Some("a;b.jpg")),
            (r#"attachment; filename="a\"b.jpg""#, Some("a\"b.jpg")),
            (
                r#"attachment; filename="x.jpg"; filename*=UTF-8''k%C3%A4se.jpg"#,
                Some("käse.jpg"),
            ),
            (r#"attachment; filename="../../etc/passwd""#, Some("passwd")),
            (r#"attachment; filename="C:\dir\cat.jpg""#, Some("cat.jpg")),
            (
                r"attachment; filename*=UTF-8''..%2F..%2Fcat.jpg",
                Some("cat.jpg"),
            ),
            (r#"attachment; filename="..""#, None),
            (r#"attachment; filename="""#, None),
            ("attachment", None),
            ("", None),
            (r#"attachment; filename="unclosed"#, Some("\"unclosed")),
        ] {
            assert_eq!(
                suggested_name(disposition).as_deref(),
                expected,
                "{disposition}"
            );
        }
    }
}
