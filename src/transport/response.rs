//! A response, decoded or as the error made of it.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use http::{HeaderMap, StatusCode};
use progenitor_client::{ByteStream, Error as CallError, ResponseValue};
use reqwest::ResponseBuilderExt;
use serde::de::{DeserializeOwned, Error as _};
use url::Url;

use super::failure::error_of_reqwest;
use super::mismatch::is_page;
use super::operations::Operations;
use crate::error::{Error, ErrorKind, FailedResponse, Result, mark_sensitive, redact};
use crate::json::{self, without_values};
use crate::secret::Secret;
use crate::transport::auth::Credentials;
use crate::transport::body::BufferPool;
use crate::undecodable::{List, Undecodable, item_by_item};

/// Carried by a response for the error that may be made of it.
#[derive(Clone)]
pub(super) struct ResponseContext {
    pub(super) operation: Cow<'static, str>,
    pub(super) attempts: u32,
    pub(super) body: Bytes,
    /// Why nothing follows the response; empty if nothing could.
    pub(super) note: Cow<'static, str>,
    /// Why a success cannot be decoded.
    pub(super) unreadable: Option<Arc<serde_json::Error>>,
    /// Receives the memory of the body once it is decoded.
    pub(super) buffer_pool: Option<Arc<BufferPool>>,
    pub(super) credentials: Arc<Credentials>,
    pub(super) operations: &'static Operations,
}

/// The response with the body that the transport has read.
pub(super) fn whole(mut response: reqwest::Response) -> reqwest::Response {
    let body = response
        .extensions()
        .get::<ResponseContext>()
        .map(|context| context.body.clone());
    match body {
        Some(body) => {
            let url = response.url().clone();
            let mut head = head_of(&mut response, url);
            if let Some(context) = head.extensions().get::<ResponseContext>() {
                let secrets = context.credentials.secrets();
                let secrets: Vec<&str> = secrets.iter().map(Secret::expose).collect();
                mark_sensitive(head.headers_mut(), &secrets);
            }
            head.map(|()| body).into()
        }
        None => response,
    }
}

/// The response with its first bytes, which the transport has read, before the others.
pub(super) fn rejoined(first: Bytes, mut response: reqwest::Response) -> reqwest::Response {
    let url = response.url().clone();
    let head = head_of(&mut response, url);
    let first = futures_util::stream::iter([Ok(first)]);
    let body = reqwest::Body::wrap_stream(first.chain(response.bytes_stream()));
    head.map(|()| body).into()
}

/// The response to a request that was sent to this URL.
pub(super) fn at(url: &Url, mut response: reqwest::Response) -> reqwest::Response {
    if response.url() == url {
        return response;
    }
    let head = head_of(&mut response, url.clone());
    head.map(|()| reqwest::Body::from(response)).into()
}

/// Status, headers and all else of a response but its body, taken out of it.
fn head_of(response: &mut reqwest::Response, url: Url) -> http::Response<()> {
    let mut head = http::Response::builder()
        .url(url)
        .body(())
        .unwrap_or_default();
    *head.status_mut() = response.status();
    *head.version_mut() = response.version();
    *head.headers_mut() = std::mem::take(response.headers_mut());
    head.extensions_mut()
        .extend(std::mem::take(response.extensions_mut()));
    head
}

/// The response of a generated call as a stream, whether or not the transport has read it.
pub(crate) fn streamed(response: reqwest::Response) -> ResponseValue<ByteStream> {
    ResponseValue::stream(whole(response))
}

/// Decodes the response of a generated call, which the transport has read already. A response that cannot be decoded is
/// returned, so that the error made of it has all of it.
#[expect(clippy::result_large_err, reason = "it is the error of the bindings")]
pub(crate) fn decoded<T: DeserializeOwned>(
    mut response: reqwest::Response,
) -> Result<ResponseValue<T>, CallError<()>> {
    let body = received(&mut response);
    match json::decode(&body) {
        Ok(value) => {
            let headers = done_with(&mut response, body);
            Ok(ResponseValue::new(value, response.status(), headers))
        }
        Err(error) => Err(undecoded(response, body, error)),
    }
}

/// Decodes the response of a generated call that returns a list. An item that cannot be decoded costs none of the others.
#[expect(clippy::result_large_err, reason = "it is the error of the bindings")]
pub(crate) fn decoded_list<T: List>(
    mut response: reqwest::Response,
) -> Result<ResponseValue<T>, CallError<()>> {
    let body = received(&mut response);
    let error = match json::decode(&body) {
        Ok(value) => {
            let headers = done_with(&mut response, body);
            return Ok(ResponseValue::new(value, response.status(), headers));
        }
        Err(error) => error,
    };
    let Some(mut list) = item_by_item::<T>(&body) else {
        return Err(undecoded(response, body, error));
    };
    if let Some(context) = response.extensions().get::<ResponseContext>() {
        let call = (&context.operation, context.attempts);
        complete(
            list.undecodable(),
            call,
            &context.credentials,
            context.operations,
        );
    }
    let headers = done_with(&mut response, body);
    Ok(ResponseValue::new(list, response.status(), headers))
}

/// Adds the call to items that cannot be decoded, and redacts its credentials in them.
pub(super) fn complete(
    items: &mut [Undecodable],
    (operation, attempts): (&Cow<'static, str>, u32),
    credentials: &Credentials,
    operations: &Operations,
) {
    let secret = operations.returns_secrets(operation);
    for item in items {
        for secret in credentials.secrets() {
            item.json = redact(std::mem::take(&mut item.json), secret.expose());
        }
        if secret {
            // An item that cannot be decoded may be a secret.
            "[redacted]".clone_into(&mut item.json);
        }
        item.operation.clone_from(operation);
        item.attempts = attempts;
    }
}

// Code that is the same for every type is not part of `decoded`, which is compiled for each of them.

/// The body that the transport has read, taken out.
pub(super) fn received(response: &mut reqwest::Response) -> Bytes {
    let context = response.extensions_mut().get_mut::<ResponseContext>();
    let body = context.map(|context| std::mem::take(&mut context.body));
    body.unwrap_or_default()
}

/// Takes the headers of a response whose body is decoded.
pub(super) fn done_with(response: &mut reqwest::Response, body: Bytes) -> HeaderMap {
    let context = response.extensions_mut().get_mut::<ResponseContext>();
    if let Some(buffer_pool) = context.and_then(|context| context.buffer_pool.take()) {
        buffer_pool.keep(body);
    }
    std::mem::take(response.headers_mut())
}

pub(super) fn undecoded(
    mut response: reqwest::Response,
    body: Bytes,
    error: serde_json::Error,
) -> CallError<()> {
    if let Some(context) = response.extensions_mut().get_mut::<ResponseContext>() {
        context.body = body;
        context.unreadable = Some(Arc::new(error));
    }
    CallError::UnexpectedResponse(whole(response))
}

/// The error of a body that cannot be decoded, without the values that the decoder quotes: one of them may be a secret.
pub(super) fn cannot_be_read(error: impl Into<Arc<serde_json::Error>>) -> Error {
    let error = Arc::try_unwrap(error.into());
    let error = error.unwrap_or_else(serde_json::Error::custom);
    let error = without_values(error);
    let text = format!("the response cannot be decoded: {error}");
    Error::new(ErrorKind::Decode, text).with_source(error)
}

/// The error of a success that cannot be used, with its response.
pub(super) fn unreadable(
    error: Error,
    status: StatusCode,
    headers: HeaderMap,
    body: &Bytes,
    credentials: &Credentials,
    operations: &Operations,
) -> Error {
    let secrets = credentials.secrets();
    let secrets: Vec<&str> = secrets.iter().map(Secret::expose).collect();
    let error = error.without(&secrets);
    // A body that cannot be decoded may be a secret, unless it is the page of a gateway.
    let hidden = Bytes::from_static(b"[redacted]");
    let operation = error.operation().unwrap_or_default();
    let secret = operations.returns_secrets(operation) && !is_page(body);
    let shown = if secret { &hidden } else { body };
    error.with_response(FailedResponse::new(status, headers, shown, &secrets))
}

/// The parts that an error keeps of a response that the transport has read.
pub(super) fn failed_response(response: &reqwest::Response) -> Option<FailedResponse> {
    let context = response.extensions().get::<ResponseContext>()?;
    let secrets = context.credentials.secrets();
    let secrets: Vec<&str> = secrets.iter().map(Secret::expose).collect();
    Some(FailedResponse::new(
        response.status(),
        response.headers().clone(),
        &context.body,
        &secrets,
    ))
}

/// The error of a response that refused a request, for another request that was not sent because of it.
pub(super) fn refusal(response: &reqwest::Response) -> Error {
    let error = Error::new(ErrorKind::Status, "");
    match failed_response(response) {
        Some(response) => error.with_response(response),
        None => error,
    }
}

/// The error of a response: one other than success, or one that cannot be decoded. The transport has read its body.
pub(super) fn error_of_response(mut response: reqwest::Response) -> Error {
    let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
    let kind = if status.is_success() {
        ErrorKind::Decode
    } else {
        ErrorKind::Status
    };
    let Some(context) = response.extensions_mut().remove::<ResponseContext>() else {
        // A response of another transport has no secrets to redact and no call to name.
        let body = response.bytes().now_or_never();
        let body = body.and_then(std::result::Result::ok).unwrap_or_default();
        return Error::new(kind, "").with_response(FailedResponse::new(
            status,
            headers,
            &body,
            &[],
        ));
    };
    let called = |error: Error| error.with_call(context.operation, context.attempts);
    if let Some(why) = context.unreadable {
        let error = called(cannot_be_read(why));
        return unreadable(
            error,
            status,
            headers,
            &context.body,
            &context.credentials,
            context.operations,
        );
    }
    let secrets = context.credentials.secrets();
    let secrets: Vec<&str> = secrets.iter().map(Secret::expose).collect();
    let text = match status.as_u16() {
        _ if !context.note.is_empty() => context.note,
        401 | 403 if context.credentials.is_none() => {
            Cow::Borrowed("the client has no credentials")
        }
        _ => Cow::Borrowed(""),
    };
    called(Error::new(kind, text)).with_response(FailedResponse::new(
        status,
        headers,
        &context.body,
        &secrets,
    ))
}

/// Notes why nothing follows a response.
pub(super) fn note_on(response: &mut reqwest::Response, note: Cow<'static, str>) {
    if let Some(context) = response.extensions_mut().get_mut::<ResponseContext>() {
        context.note = note;
    }
}

impl From<CallError<()>> for Error {
    /// Converts the error of a generated call.
    fn from(error: CallError<()>) -> Self {
        match error {
            CallError::UnexpectedResponse(response) => error_of_response(response),
            CallError::CommunicationError(error)
            | CallError::ResponseBodyError(error)
            | CallError::InvalidUpgrade(error) => error_of_reqwest(error),
            CallError::InvalidResponsePayload(_, source) => cannot_be_read(source),
            CallError::InvalidRequest(text) | CallError::Custom(text) => Error::invalid(text),
            CallError::ErrorResponse(value) => Error::new(
                ErrorKind::Status,
                Cow::Owned(format!("status {}", value.status().as_u16())),
            ),
        }
    }
}
