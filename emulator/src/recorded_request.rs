//! Recorded requests, for the assertions of tests.

use std::fmt;

use bytes::Bytes;

use super::request::Request;

/// Headers with credentials.
const SECRET_HEADERS: [&str; 4] = ["api-key", "authorization", "cookie", "proxy-authorization"];

/// A request that an [`Emulator`](super::Emulator) received, with redacted credentials.
///
/// ```
/// # async fn f(emulator: rokka_emulator::Emulator) {
/// for request in emulator.requests() {
///     println!("{} {} ({} bytes)", request.method, request.path, request.body_length);
/// }
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The method, in upper case.
    pub method: String,
    /// The path as sent, percent-encoded, without the query.
    pub path: String,
    /// The query parameters, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The headers, with lower-case names; the value of a credential is `[redacted]`.
    pub headers: Vec<(String, String)>,
    /// The length of the body in bytes.
    pub body_length: usize,
    /// The body; `None` if it is longer than [`RecordedRequest::MAX_BODY`], or was dropped in favour of later ones.
    pub body: Option<Bytes>,
    /// The parts of a form, in order; empty for any other body.
    pub parts: Vec<RecordedPart>,
    /// The status of the response; `None` while the request is handled, and if a fault closed the connection.
    pub status: Option<u16>,
    /// The message of the response, if it is an error of the service.
    pub error: Option<String>,
    /// What a rendering lacks because the emulator does not support it, as the header `x-rokka-emulator-unsupported` has it;
    /// `None` for a complete one and for other responses.
    pub unsupported: Option<String>,
}

/// A part of a form in a [`RecordedRequest`].
///
/// ```
/// # fn f(request: rokka_emulator::RecordedRequest) {
/// let file = request.part("filedata[0]");
/// assert_eq!(file.and_then(|part| part.file_name.as_deref()), Some("cat.jpg"));
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedPart {
    /// The name of the field.
    pub name: String,
    /// The name of the file, without directories; `None` for a part that is not a file.
    pub file_name: Option<String>,
    /// The content type.
    pub content_type: Option<String>,
    /// The length of the content in bytes.
    pub length: usize,
    /// The content; `None` if the part is longer than [`RecordedRequest::MAX_BODY`], or was dropped in favour of later
    /// ones.
    pub content: Option<Bytes>,
}

impl RecordedRequest {
    /// The longest body, and the longest part of a form, that is recorded, in bytes: 64 KiB.
    ///
    /// ```
    /// assert_eq!(rokka_emulator::RecordedRequest::MAX_BODY, 65_536);
    /// ```
    pub const MAX_BODY: usize = 64 * 1024;

    pub(crate) fn of(request: &Request) -> Self {
        let headers = request
            .headers
            .iter()
            .map(|(name, value)| {
                let name = name.to_ascii_lowercase();
                let value = if SECRET_HEADERS.contains(&name.as_str()) {
                    "[redacted]".to_owned()
                } else {
                    value.clone()
                };
                (name, value)
            })
            .collect();
        Self {
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.parameters.clone(),
            headers,
            body_length: request.body.len(),
            body: short_copy(&request.body),
            parts: parts_of(request),
            status: None,
            error: None,
            unsupported: None,
        }
    }

    /// The memory that bodies and parts take.
    pub(crate) fn recorded_bytes(&self) -> usize {
        let contents = self.parts.iter().filter_map(|part| part.content.as_ref());
        self.body.iter().chain(contents).map(Bytes::len).sum()
    }

    pub(crate) fn drop_bodies(&mut self) {
        self.body = None;
        for part in &mut self.parts {
            part.content = None;
        }
    }

    /// Returns the first value of a header; the name is case-insensitive.
    ///
    /// ```
    /// # fn f(request: rokka_emulator::RecordedRequest) {
    /// assert_eq!(request.header("Api-Version"), Some("1"));
    /// # }
    /// ```
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Returns the first value of a query parameter.
    ///
    /// ```
    /// # fn f(request: rokka_emulator::RecordedRequest) {
    /// assert_eq!(request.parameter("limit"), Some("100"));
    /// # }
    /// ```
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns the first part of a form with this name.
    ///
    /// ```
    /// # fn f(request: rokka_emulator::RecordedRequest) {
    /// assert!(request.part("meta_user[0]").is_some());
    /// # }
    /// ```
    #[must_use]
    pub fn part(&self, name: &str) -> Option<&RecordedPart> {
        self.parts.iter().find(|part| part.name == name)
    }

    /// Returns the body as JSON; `None` if it was not recorded or is not JSON.
    ///
    /// ```
    /// # fn f(request: rokka_emulator::RecordedRequest) {
    /// assert_eq!(request.json(), Some(serde_json::json!({"hash": "c1b110"})));
    /// # }
    /// ```
    #[must_use]
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(self.body.as_ref()?).ok()
    }
}

/// Copies bytes that are short enough, so that a record does not keep the buffer of a long request.
fn short_copy(bytes: &Bytes) -> Option<Bytes> {
    (bytes.len() <= RecordedRequest::MAX_BODY).then(|| Bytes::copy_from_slice(bytes))
}

fn parts_of(request: &Request) -> Vec<RecordedPart> {
    let is_form = request
        .header("content-type")
        .and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("multipart/form-data"));
    let parts = if is_form {
        request.parts().unwrap_or_default()
    } else {
        &[]
    };
    parts
        .iter()
        .map(|part| RecordedPart {
            name: part.name.clone(),
            file_name: part.file_name.clone(),
            content_type: part.content_type.clone(),
            length: part.body.len(),
            content: short_copy(&part.body),
        })
        .collect()
}

/// Shows lengths instead of bodies, which can contain secrets and thousands of bytes.
impl fmt::Debug for RecordedRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RecordedRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &self.query)
            .field("headers", &self.headers)
            .field("body_length", &self.body_length)
            .field("parts", &self.parts)
            .field("status", &self.status)
            .field("error", &self.error)
            .field("unsupported", &self.unsupported)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RecordedPart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RecordedPart")
            .field("name", &self.name)
            .field("file_name", &self.file_name)
            .field("content_type", &self.content_type)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}
