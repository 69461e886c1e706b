//! Sends requests to an emulator without a socket, for the fuzz targets in `fuzz/`.
//!
//! Compiled for fuzzing and for the crate's tests only; not part of the API.

use std::fmt;

use bytes::Bytes;

use super::multipart;
use super::request::Request;
use super::service::Service;

/// An emulator without a server, with the organization `acme`.
pub struct DirectEmulator(Service);

impl DirectEmulator {
    const KEY: &str = "key";

    /// Returns an emulator with this many images.
    #[allow(clippy::expect_used, clippy::missing_panics_doc)] // Not a part of the API.
    pub fn new(images: usize) -> Self {
        let settings = super::Emulator::builder().api_key(Self::KEY).settings();
        let service = Service::new(settings).expect("an emulator without folders");
        let seeded = service.seed_images("acme", images);
        assert!(seeded.is_ok(), "nothing is written to a folder");
        Self(service)
    }

    /// Sends a request with an admin's key and returns the status and the body of the response.
    pub fn send(
        &self,
        method: &str,
        target: &str,
        content_type: &str,
        body: Bytes,
    ) -> (u16, Bytes) {
        let headers = [("api-key", Self::KEY), ("content-type", content_type)];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let request = Request::new(method, target, headers.to_vec(), body);
        let response = match request {
            Some(request) => self.0.handle(&request),
            None => super::response::Response::bad_request("The URL is invalid or not UTF-8"),
        };
        response.status_and_body()
    }
}

impl fmt::Debug for DirectEmulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirectEmulator").finish_non_exhaustive()
    }
}

/// The name, the file name and the body of a part of a form.
pub type FormPart = (String, Option<String>, Bytes);

/// Returns the parts of a form.
///
/// # Errors
/// The body is not `multipart/form-data`.
pub fn read_form(content_type: &str, body: &Bytes) -> Result<Vec<FormPart>, &'static str> {
    let parts = multipart::read(content_type, body)?.into_iter();
    Ok(parts
        .map(|part| (part.name, part.file_name, part.body))
        .collect())
}
