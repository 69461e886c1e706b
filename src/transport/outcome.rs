//! What a call makes of an outcome: its value, its body, or its error.

use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt;
use http::{HeaderMap, StatusCode};
use progenitor_client::{ByteStream, Error as CallError, ResponseValue};
use serde::de::DeserializeOwned;

use super::failure::{Failure, error_of_reqwest};
use super::idle::Stalled;
use super::policy::Outcome;
use super::response::{ResponseContext, cannot_be_read, complete, error_of_response, unreadable};
use super::session::Session;
use crate::error::{Error, ErrorKind, Result};
use crate::json;
use crate::undecodable::{List, item_by_item};

impl Session {
    /// The error of a failure, with the operation and the attempts.
    pub(crate) fn error_of_failure(&self, failure: Failure) -> Error {
        self.name_call(match failure {
            Failure::Ours(error) => error,
            Failure::Http(error) => error_of_reqwest(error),
        })
    }

    /// The response if it is a success, and otherwise its error.
    pub(crate) fn success(&self, outcome: Outcome) -> Result<reqwest::Response> {
        match outcome {
            Ok(response) if response.status().is_success() => Ok(response),
            Ok(response) => Err(error_of_response(response)),
            Err(failure) => Err(self.error_of_failure(failure)),
        }
    }

    /// The value of a generated call with the headers of its response.
    pub(crate) fn value<T>(
        &self,
        outcome: Result<ResponseValue<T>, CallError<()>>,
    ) -> Result<ResponseValue<T>> {
        outcome.map_err(|error| self.name_call(Error::from(error)))
    }

    /// The body of a raw response, which the transport has read already.
    pub(crate) async fn bytes(&self, response: ResponseValue<ByteStream>) -> Result<Bytes> {
        let mut all = BytesMut::new();
        let mut chunks = response.into_inner_stream();
        while let Some(chunk) = chunks
            .try_next()
            .await
            .map_err(|error| self.interrupted(error))?
        {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }

    /// The body of a response, which the transport has read already unless the call streams.
    pub(crate) async fn body(&self, mut response: reqwest::Response) -> Result<Bytes> {
        match response.extensions_mut().remove::<ResponseContext>() {
            Some(context) => Ok(context.body),
            None => response
                .bytes()
                .await
                .map_err(|error| self.interrupted(error)),
        }
    }

    /// The error of a body that broke off while it was received.
    pub(crate) fn interrupted(&self, error: reqwest::Error) -> Error {
        self.name_call(error_of_reqwest(error))
    }

    /// The error of a transfer that exceeded the idle timeout.
    pub(crate) fn stalled(&self, stalled: &Stalled) -> Error {
        self.name_call(Error::new(ErrorKind::Timeout, stalled.to_string()))
    }

    /// The error of a success that cannot be used, with its response.
    pub(crate) fn refuse(
        &self,
        text: String,
        status: StatusCode,
        headers: HeaderMap,
        body: &Bytes,
    ) -> Error {
        self.with_response(Error::new(ErrorKind::Decode, text), status, headers, body)
    }

    /// Adds the response to an error of this call.
    pub(crate) fn with_response(
        &self,
        error: Error,
        status: StatusCode,
        headers: HeaderMap,
        body: &Bytes,
    ) -> Error {
        unreadable(
            self.name_call(error),
            status,
            headers,
            body,
            self.credentials(),
            self.connection.operations,
        )
    }

    /// Decodes a body that was read whole.
    pub(crate) fn decode<T: DeserializeOwned>(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<T> {
        json::decode(body).map_err(|error| {
            let error = cannot_be_read(error);
            self.with_response(error, status, headers.clone(), body)
        })
    }
    /// Decodes a list that was read whole. An item that cannot be decoded costs none of the others.
    pub(crate) fn decode_list<T: List>(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<T> {
        self.decode(status, headers, body).or_else(|error| {
            let mut list: T = item_by_item(body).ok_or(error)?;
            let (operation, attempts) = self.call();
            complete(
                list.undecodable(),
                (&operation, attempts),
                self.credentials(),
                self.connection.operations,
            );
            Ok(list)
        })
    }

    /// The value of a call that changes something; `None` if the service has made the change and returns no content.
    pub(crate) fn value_if_any<T>(
        &self,
        outcome: Result<ResponseValue<T>, CallError<()>>,
    ) -> Result<Option<T>> {
        match outcome {
            Err(CallError::UnexpectedResponse(response))
                if response.status().is_success()
                    && (response.extensions().get::<ResponseContext>())
                        .is_some_and(|context| json::is_empty(&context.body)) =>
            {
                Ok(None)
            }
            outcome => self.value(outcome).map(|value| Some(value.into_inner())),
        }
    }

    /// The value that is read after a change whose response had no content. An error notes that the change was made.
    pub(crate) fn read_back<T>(
        &self,
        outcome: Result<ResponseValue<T>, CallError<()>>,
    ) -> Result<T> {
        let value = self.value(outcome).map_err(|error| {
            error.with_note("the change is made; only reading the result back failed")
        })?;
        Ok(value.into_inner())
    }
}
