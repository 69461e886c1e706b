//! Ways into the readers of the crate for the fuzz targets in `fuzz/`, which have no server to read from.
//!
//! Compiled for fuzzing and for the crate's own tests, so it is no part of the API.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind, FailedResponse};
use crate::transfer::content_disposition::suggested_name;
use crate::transfer::file_name::safe_name;

/// The error of a response, from which these texts are redacted.
pub fn error_of(status: StatusCode, headers: HeaderMap, body: &Bytes, secrets: &[&str]) -> Error {
    let answer = FailedResponse::new(status, headers, body, secrets);
    Error::new(ErrorKind::Status, "").with_response(answer)
}

/// The file name that a `Content-Disposition` suggests, as a download is saved under it.
pub fn file_name(content_disposition: &[u8]) -> Option<String> {
    safe_name(&suggested_name(content_disposition)?)
}

/// The value of a response body.
///
/// # Errors
/// It is not JSON of this shape.
pub fn decode<T: DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    crate::json::decode(body)
}
