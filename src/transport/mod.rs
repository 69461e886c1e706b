//! The way of every request: credentials, headers, limits, redirects and retries.

pub(crate) mod auth;
pub(crate) mod body;
mod connection;
mod deadline;
mod early_response;
mod exchange;
mod failure;
pub(crate) mod gate;
mod gzip;
mod headers;
mod idle;
mod mismatch;
mod operations;
pub(crate) mod options;
mod outcome;
mod policy;
mod redirect;
mod replay;
mod response;
pub(crate) mod retry;
pub(crate) mod retry_event;
mod send;
mod session;
pub(crate) mod tls;
pub(crate) mod trace;

pub(crate) use connection::{Connection, Settings};
pub(crate) use deadline::until;
pub(crate) use failure::{Failure, stalled_error};
pub(crate) use idle::{Activity, within_idle_timeout};
pub(crate) use mismatch::is_page;
pub(crate) use operations::Operations;
pub(crate) use policy::{Expected, RequestPolicy};
pub(crate) use replay::{CHUNK, MakeRequest, Template, watched};
pub(crate) use response::{decoded, decoded_list, streamed};
pub(crate) use session::Session;
