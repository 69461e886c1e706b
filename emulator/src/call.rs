//! One request, decoded once for everything that looks at it.

use bytes::Bytes;
use http::Uri;
use httpmock::HttpMockRequest;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::form_urlencoded;

use super::answer::Answer;

pub(crate) struct Call {
    pub(crate) method: String,
    /// The path as it was sent, without the query.
    pub(crate) path: String,
    /// The query as it was sent, without the question mark.
    pub(crate) query: String,
    /// The path's parts, percent-decoded.
    pub(crate) segments: Vec<String>,
    /// The query's pairs, percent-decoded, in order.
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl Call {
    /// `None` when the path is not a URI, or not UTF-8 once decoded.
    pub(crate) fn read(request: &HttpMockRequest) -> Option<Self> {
        Self::new(
            request.method_str(),
            request.uri_str(),
            request.headers_vec().clone(),
            request.body_bytes(),
        )
    }

    /// The same of the parts of a request.
    pub(crate) fn new(
        method: &str,
        uri: &str,
        headers: Vec<(String, String)>,
        body: Bytes,
    ) -> Option<Self> {
        let uri: Uri = uri.parse().ok()?;
        let query = uri.query().unwrap_or_default();
        let mut segments = Vec::new();
        for part in uri.path().trim_start_matches('/').split('/') {
            segments.push(percent_decode_str(part).decode_utf8().ok()?.into_owned());
        }
        if segments.iter().all(String::is_empty) {
            segments.clear();
        }
        Some(Self {
            method: method.to_owned(),
            path: uri.path().to_owned(),
            query: query.to_owned(),
            segments,
            parameters: form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
            headers,
            body,
        })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// A boolean of the query, false when absent.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Answer> {
        match self.parameter(name) {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(_) => Err(Answer::bad_request(format!(
                "{name} has to be true or false"
            ))),
        }
    }

    pub(crate) fn json(&self) -> Result<Value, Answer> {
        serde_json::from_slice(&self.body)
            .map_err(|error| Answer::bad_request(format!("The body is not JSON: {error}")))
    }
}
