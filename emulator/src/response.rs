//! Responses, and the error bodies of the service.

use bytes::Bytes;
use httpmock::HttpMockResponse;
use serde::Serialize;
use serde_json::json;

/// The result of a handler. An error is a response too, so that `?` returns it.
pub(crate) type HandlerResult = Result<Response, Response>;

#[derive(Clone)]
pub(crate) struct Response {
    status: u16,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl Response {
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

    #[cfg(any(fuzzing, test))]
    pub(crate) fn status_and_body(self) -> (u16, Bytes) {
        (self.status, self.body)
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

impl From<Response> for HttpMockResponse {
    fn from(response: Response) -> Self {
        HttpMockResponse::builder()
            .status(response.status)
            .headers(response.headers)
            .body(response.body)
            .build()
    }
}
