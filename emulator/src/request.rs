//! A decoded request.

use std::sync::OnceLock;

use bytes::Bytes;
use http::Uri;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::form_urlencoded;

use super::multipart::{self, Part};
use super::response::Response;

pub(crate) struct Request {
    pub(crate) method: String,
    /// What stands before the path and is no part of it: `/_emulator/render/acme`, or nothing.
    pub(crate) prefix: String,
    /// The path as sent, percent-encoded, without the query.
    pub(crate) path: String,
    /// The query as sent, without the question mark.
    pub(crate) query: String,
    /// The segments of the path, percent-decoded.
    pub(crate) segments: Vec<String>,
    /// The query parameters, percent-decoded, in order.
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
    /// The parts of a form, read on demand.
    parts: OnceLock<Result<Vec<Part>, &'static str>>,
}

impl Request {
    /// Decodes the parts of a request; `None` when its URI is invalid or a decoded segment is not UTF-8.
    pub(crate) fn new(
        method: &str,
        uri: &str,
        headers: Vec<(String, String)>,
        body: Bytes,
    ) -> Option<Self> {
        let uri: Uri = uri.parse().ok()?;
        let query = uri.query().unwrap_or_default();
        let mut segments = Vec::new();
        for segment in uri.path().trim_start_matches('/').split('/') {
            segments.push(percent_decode_str(segment).decode_utf8().ok()?.into_owned());
        }
        if segments.iter().all(String::is_empty) {
            segments.clear();
        }
        Some(Self {
            method: method.to_owned(),
            prefix: String::new(),
            path: uri.path().to_owned(),
            query: query.to_owned(),
            segments,
            parameters: form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
            headers,
            body,
            parts: OnceLock::new(),
        })
    }

    /// Returns the host that the client addressed, without a port.
    pub(crate) fn host(&self) -> Option<&str> {
        let host = self.header("host")?;
        let name = host.rsplit_once(':').map_or(host, |(name, port)| {
            if port.bytes().all(|byte| byte.is_ascii_digit()) {
                name
            } else {
                host
            }
        });
        Some(name.trim_end_matches('.'))
    }

    /// Returns the parts of a form, or why the body is not a form.
    pub(crate) fn parts(&self) -> Result<&[Part], &'static str> {
        let read = || multipart::read(self.header("content-type").unwrap_or_default(), &self.body);
        self.parts
            .get_or_init(read)
            .as_deref()
            .map_err(|reason| *reason)
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

    /// Returns a boolean query parameter; false when absent.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Response> {
        match self.parameter(name) {
            // Python writes them with a capital letter.
            None | Some("false" | "False" | "0") => Ok(false),
            Some("true" | "True" | "1") => Ok(true),
            Some(_) => Err(Response::bad_request(format!(
                "`{name}` must be true or false"
            ))),
        }
    }

    pub(crate) fn json(&self) -> Result<Value, Response> {
        serde_json::from_slice(&self.body)
            .map_err(|error| Response::bad_request(format!("The body is not JSON: {error}")))
    }
}
