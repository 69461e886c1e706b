//! What the emulator sends back, and the shapes of the service's error bodies.

use bytes::Bytes;
use httpmock::HttpMockResponse;
use serde::Serialize;
use serde_json::json;

/// The outcome of one operation; a refusal is an answer too, so that `?` can hand it on.
pub(crate) type Reply = Result<Answer, Answer>;

#[derive(Clone)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl Answer {
    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    pub(crate) fn raw(status: u16, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    pub(crate) fn bytes(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self::raw(status, body).header("content-type", content_type)
    }

    pub(crate) fn json(status: u16, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(text) => Self::bytes(status, "application/json", text),
            Err(error) => Self::bytes(500, "text/plain", error.to_string()),
        }
    }

    /// The flat error body of most calls.
    pub(crate) fn error(status: u16, message: impl Into<String>) -> Self {
        Self::json(status, &json!({"code": status, "message": message.into()}))
    }

    /// The nested error body, which the service uses for user metadata.
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

    /// A missing or unknown API key is a 403, not a 401; only a token gets a 401.
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

    #[cfg(any(fuzzing, test))]
    pub(crate) fn status_and_body(self) -> (u16, Bytes) {
        (self.status, self.body)
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

impl From<Answer> for HttpMockResponse {
    fn from(answer: Answer) -> Self {
        HttpMockResponse::builder()
            .status(answer.status)
            .headers(answer.headers)
            .body(answer.body)
            .build()
    }
}
