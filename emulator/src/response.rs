//! Responses, and the error bodies of the service.

use bytes::Bytes;
use serde::Serialize;
use serde_json::json;

use super::blob::Content;

/// The result of a handler. An error is a response too, so that `?` returns it.
pub(crate) type HandlerResult = Result<Response, Response>;

#[derive(Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Content,
}

impl Response {
    pub(crate) fn empty(status: u16) -> Self {
        Self::raw(status, Bytes::new())
    }

    pub(crate) fn raw(status: u16, body: impl Into<Content>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    pub(crate) fn bytes(status: u16, content_type: &str, body: impl Into<Content>) -> Self {
        Self::raw(status, body).header("content-type", content_type)
    }

    pub(crate) fn json(status: u16, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(text) => Self::bytes(status, "application/json", text),
            Err(error) => Self::bytes(500, "text/plain", error.to_string()),
        }
    }

    /// Returns an error with the flat body of most operations.
    pub(crate) fn error(status: u16, message: impl Into<String>) -> Self {
        Self::json(status, &json!({"code": status, "message": message.into()}))
    }

    /// Returns an error with the nested body of the operations on user metadata.
    pub(crate) fn nested_error(status: u16, message: impl Into<String>) -> Self {
        Self::json(
            status,
            &json!({"error": {"code": status, "message": message.into()}}),
        )
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::error(400, message)
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::error(404, format!("{what} not found"))
    }

    pub(crate) fn no_route() -> Self {
        Self::error(404, "No route found")
    }

    pub(crate) fn locked() -> Self {
        Self::error(403, "The source image is locked")
    }

    /// The status for a missing or unknown API key is 403, for an invalid token 401.
    pub(crate) fn invalid_authentication(status: u16) -> Self {
        Self::json(
            status,
            &json!({
                "code": status,
                "message": "Invalid or missing credentials",
                "invalid_authentication": true,
            }),
        )
    }

    /// Returns a 500 for a file that cannot be read or written.
    pub(crate) fn broken(what: &str, error: &std::io::Error) -> Self {
        Self::error(500, format!("{what}: {error}"))
    }

    /// Returns the message of an error.
    pub(crate) fn message(&self) -> String {
        let Content::Memory(body) = &self.body else {
            return String::new();
        };
        let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        let message = body
            .get("message")
            .or_else(|| body.pointer("/error/message"));
        message
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
            .to_owned()
    }

    /// Returns the first value of a header; `name` is in lower case.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    #[cfg(any(fuzzing, test))]
    pub(crate) fn status_and_body(self) -> (u16, Bytes) {
        let body = match self.body {
            Content::Memory(bytes) => bytes,
            Content::File { .. } => Bytes::new(),
        };
        (self.status, body)
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}
