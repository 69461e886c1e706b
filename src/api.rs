//! The low level: one method for every operation of the API, generated from `openapi/rokka.json`.
//!
//! The methods have the service's own operation ids, in snake case, and take every parameter by position; the
//! [`types`] are the models that the whole crate uses. [`Client::api`](crate::Client::api) makes one; requests then go
//! through the same transport as all others, with credentials, retries and time limits. A failure is an [`Error`], and turns
//! into a [`rokka::Error`](crate::Error) by `?` or `into()`.
//!
//! ```no_run
//! # async fn f() -> rokka::Result<()> {
//! let api = rokka::Client::from_env()?.api();
//! let acme = "acme".parse().map_err(rokka::Error::from)?;
//! let hash = "3f9a21".parse().map_err(rokka::Error::from)?;
//! let image = api.get_source_image(&acme, &hash, None).await?.into_inner();
//! println!("{} is {} x {} pixels", image.name, image.width, image.height);
//! # Ok(())
//! # }
//! ```
//!
//! Decoding is lenient. Only what identifies an object is required; text that is
//! missing or `null` is empty, a number is 0, a date is an empty text, a list is empty, unless the field is an `Option`.
//! A value of a near type is converted where that loses nothing: `640.0` and `"640"` are whole numbers, 1 is true, `[]` is
//! an empty object. An item of a list that cannot be decoded costs no other: it is in `undecodable` of the list.
//!
//! A field that this version does not know is in [`extra`](crate::Extra) of its model, and serializing the model writes it
//! again. Models that only responses contain are `#[non_exhaustive]`; with the feature `testing`, each has a constructor
//! `sample` for your unit tests, which takes the required fields.
//!
//! Left out are the calls that send `multipart/form-data` (`createSourceImage`, `renderUploadedImage`) and what is
//! served from the render host (`getAlbum`): the facade has them. [`operations`] lists all operations with their parameters, and
//! [`Client::request_operation`](crate::Client::request_operation) calls any of them by its id. A new version of this crate may add parameters to a
//! method here and fields to a type, as the API grows; the facade stays as it is.

use progenitor_client::{ClientHooks, OperationInfo};

use crate::transport::{Operations, Session};

#[doc(inline)]
pub use crate::api_operation::{
    ApiBody, ApiOperation, ApiParameter, ParameterKind, ParameterPlace, operations,
};
pub use generated::*;

#[allow(
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    rustdoc::bare_urls,
    rustdoc::invalid_html_tags,
    reason = "written by a generator"
)]
mod generated {
    #[cfg(feature = "codegen")]
    include!(concat!(env!("OUT_DIR"), "/rokka.rs"));
    #[cfg(not(feature = "codegen"))]
    include!("../generated/rokka.rs");
}

/// The operations that the transport treats differently, as the description marks them.
pub(crate) static OPERATIONS: Operations = Operations {
    binary: BINARY_OPERATIONS,
    idempotent: IDEMPOTENT,
    non_idempotent: NON_IDEMPOTENT,
    secret_responses: SECRET_RESPONSES,
};

impl Session {
    /// The bindings, which send through this session.
    pub(crate) fn api(&self) -> Client {
        let connection = self.connection();
        Client {
            baseurl: connection.base.clone(),
            client: connection.http.clone(),
            inner: self.clone(),
        }
    }
}

impl ClientHooks<Session> for Client {
    fn exec(
        &self,
        request: reqwest::Request,
        info: &OperationInfo,
    ) -> impl Future<Output = reqwest::Result<reqwest::Response>> {
        self.inner.execute(request, info.operation_id)
    }
}

impl From<types::error::ConversionError> for crate::Error {
    fn from(error: types::error::ConversionError) -> Self {
        Self::invalid(error.to_string())
    }
}
