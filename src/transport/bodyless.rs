//! Calls whose result can be had without the body of the response.

use super::Session;
use super::response::ResponseContext;
use crate::api;
use crate::error::Result;

/// Whether a body says nothing. PHP writes an empty object as `[]`.
pub(crate) fn says_nothing(body: &[u8]) -> bool {
    let body = crate::transport::body::without_bom(body).trim_ascii();
    matches!(body, b"" | b"{}" | b"[]" | b"null")
}

impl Session {
    /// The value of a call that changes something, or `None` if the service has done it and says no more.
    pub(crate) fn value_if_any<T>(
        &self,
        outcome: Result<api::ResponseValue<T>, api::Error<()>>,
    ) -> Result<Option<T>> {
        match outcome {
            Err(api::Error::UnexpectedResponse(response))
                if response.status().is_success()
                    && (response.extensions().get::<ResponseContext>())
                        .is_some_and(|context| says_nothing(&context.body)) =>
            {
                Ok(None)
            }
            outcome => self.value(outcome).map(|value| Some(value.into_inner())),
        }
    }

    /// The value that is read after a change whose response had none. A failure says that the change was made.
    pub(crate) fn read_back<T>(
        &self,
        outcome: Result<api::ResponseValue<T>, api::Error<()>>,
    ) -> Result<T> {
        let value = self.value(outcome).map_err(|error| {
            error.with_note("the change is made; only reading the result back failed")
        })?;
        Ok(value.into_inner())
    }
}
