//! Requests without a usable response, and the errors of reqwest.

use std::borrow::Cow;
use std::io;

use bytes::Bytes;

use super::idle::{Activity, Stalled};
use super::tls;
use crate::error::{Error, ErrorKind};

/// Why a request has no usable response: the connection failed, or something on our side.
pub(crate) enum Failure {
    Http(reqwest::Error),
    Ours(Error),
}

impl Failure {
    /// Why an attempt has no response: the failure of its own body, or else this one.
    pub(super) fn or_of_body(self, activity: &Activity) -> Self {
        match (activity.take_failure(), self) {
            (Some(error), _) => Self::Ours(error),
            (None, Self::Http(error)) => Self::Http(error.without_url()),
            (None, ours) => ours,
        }
    }
}

/// Wraps a stall in a `reqwest::Error`, which is all that generated calls can return.
pub(crate) async fn stalled_error(stalled: Stalled) -> reqwest::Error {
    carried(io::Error::new(io::ErrorKind::TimedOut, stalled)).await
}

pub(super) async fn as_reqwest_error(error: Error) -> reqwest::Error {
    carried(io::Error::other(error)).await
}

/// reqwest has no constructor for its errors, but reading a body that fails makes one.
pub(super) async fn carried(error: io::Error) -> reqwest::Error {
    let mut error = Some(error);
    loop {
        let error = error.take().unwrap_or_else(|| io::ErrorKind::Other.into());
        let failing = futures_util::stream::iter([Err::<Bytes, io::Error>(error)]);
        let response = http::Response::new(reqwest::Body::wrap_stream(failing));
        // Always an error, so there is never a second round; the types do not know it.
        if let Err(error) = reqwest::Response::from(response).bytes().await {
            return error.without_url();
        }
    }
}

/// The error of a request without a response.
pub(crate) fn error_of_reqwest(error: reqwest::Error) -> Error {
    let error = error.without_url();
    match carried_by(&error) {
        // The error around it repeats this, and adds that a response was read.
        Some(Carried::Stalled(stalled)) => {
            return Error::new(ErrorKind::Timeout, stalled.to_string());
        }
        Some(Carried::Ours(error)) => return error.repeat(),
        None => {}
    }
    let kind = kind_of(&error);
    let text = match kind {
        ErrorKind::Connect => "no connection to the service".into(),
        ErrorKind::Tls => Cow::Owned(tls::refusal(&error).unwrap_or_default()),
        ErrorKind::Timeout => "the deadline passed".into(),
        ErrorKind::InvalidInput => "the request cannot be built".into(),
        _ => "the connection broke".into(),
    };
    Error::new(kind, text).with_source(error)
}

/// The kind of the error that is made of one of reqwest.
pub(super) fn kind_of(error: &reqwest::Error) -> ErrorKind {
    match carried_by(error) {
        Some(Carried::Stalled(_)) => ErrorKind::Timeout,
        Some(Carried::Ours(error)) => error.kind(),
        None if tls::refusal(error).is_some() => ErrorKind::Tls,
        None if error.is_connect() => ErrorKind::Connect,
        None if error.is_timeout() => ErrorKind::Timeout,
        None if error.is_builder() => ErrorKind::InvalidInput,
        None => ErrorKind::Interrupted,
    }
}

/// What an error of reqwest has of ours in it.
enum Carried<'a> {
    Stalled(&'a Stalled),
    Ours(&'a Error),
}

fn carried_by(error: &reqwest::Error) -> Option<Carried<'_>> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(one) = cause {
        if let Some(stalled) = inner::<Stalled>(one) {
            return Some(Carried::Stalled(stalled));
        }
        if let Some(ours) = inner::<Error>(one) {
            return Some(Carried::Ours(ours));
        }
        cause = one.source();
    }
    None
}

/// What an error is, or what an `io::Error` holds, which may be in another one.
pub(super) fn inner<'a, T: std::error::Error + 'static>(
    error: &'a (dyn std::error::Error + 'static),
) -> Option<&'a T> {
    error.downcast_ref::<T>().or_else(|| {
        let held = error.downcast_ref::<io::Error>()?.get_ref()?;
        inner::<T>(held)
    })
}
