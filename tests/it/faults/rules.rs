//! What is expected of a call under a fault, by rules.

use rokka::ErrorKind;

use super::calls::Kind;
use super::fault::{Fault, Limit, Target};
use super::server::Times;

/// Attempts that the calls are allowed.
pub(crate) const ATTEMPTS: usize = 3;

/// Attempts of a download that goes on where it broke off, for each that the call is allowed.
const RESUMPTIONS: usize = 10;

/// Redirects that a call follows.
const REDIRECTS: usize = 10;

/// What comes of a request that meets the fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// The value of the call, after so many attempts.
    Value { attempts: usize },
    /// A file that is shorter than the original.
    ShortFile,
    /// A download that each attempt brings a part of, and none the end.
    NeverComplete { most: usize },
    Error {
        kind: ErrorKind,
        status: Option<u16>,
        attempts: usize,
    },
}

/// What becomes of one attempt.
enum Attempt {
    Succeeds,
    /// It fails, and may succeed later.
    Again(ErrorKind, Option<u16>),
    /// It fails for good.
    Final(ErrorKind, Option<u16>),
}

/// What is expected; `None` where the fault cannot happen to the call.
pub(crate) fn expected(fault: Fault, kind: Kind, times: Times) -> Option<Expected> {
    if !can_happen(fault, kind, times) {
        return None;
    }
    if let Some(exception) = exception(fault, kind, times) {
        return Some(exception);
    }
    Some(match attempt(fault, kind) {
        Attempt::Succeeds => Expected::Value { attempts: 1 },
        Attempt::Again(..) if kind.is_replayable() && times == Times::Once => {
            Expected::Value { attempts: 2 }
        }
        Attempt::Again(error, status) => Expected::Error {
            kind: error,
            status,
            attempts: if kind.is_replayable() { ATTEMPTS } else { 1 },
        },
        Attempt::Final(error, status) => Expected::Error {
            kind: error,
            status,
            attempts: 1,
        },
    })
}

fn can_happen(fault: Fault, kind: Kind, times: Times) -> bool {
    match fault {
        // A server that begins to listen is no fault.
        Fault::Refused => times == Times::Always,
        Fault::ClosedInBody | Fault::Early(_) => kind.sends_file(),
        // There is one kept connection.
        fault if fault.needs_kept_connection() => times == Times::Once,
        // A deletion has no body, and an original may have any bytes.
        Fault::TooShort => kind != Kind::Delete,
        Fault::OtherShape => kind != Kind::Download,
        Fault::NotUtf8 => kind != Kind::Delete && kind != Kind::Download,
        _ => true,
    }
}

/// What the rules for attempts do not say.
fn exception(fault: Fault, kind: Kind, times: Times) -> Option<Expected> {
    let value = |attempts| Some(Expected::Value { attempts });
    let status = |status, attempts| {
        Some(Expected::Error {
            kind: ErrorKind::Status,
            status: Some(status),
            attempts,
        })
    };
    match (fault, kind) {
        // A token that is refused is replaced once.
        (Fault::Unauthorized, Kind::Token) if times == Times::Once => value(2),
        (Fault::Unauthorized, Kind::Token) => status(401, 2),
        // What can be read once cannot be sent to another place.
        (Fault::Redirect(_), Kind::UploadStream) => status(307, 1),
        (Fault::Redirect(Target::OwnOrigin), _) => value(2),
        (Fault::Redirect(Target::Loop), _) if times == Times::Once => value(2),
        (Fault::Redirect(Target::Loop), _) => status(307, 1 + REDIRECTS),
        // The rest is requested as long as something comes.
        (Fault::Truncated | Fault::TruncatedChunked | Fault::Reset, Kind::Download)
            if times == Times::Always =>
        {
            Some(Expected::NeverComplete {
                most: ATTEMPTS * RESUMPTIONS,
            })
        }
        // There is no rest, so the download begins anew.
        (Fault::TooLong, Kind::Download) if times == Times::Once => value(3),
        // As much as was promised came.
        (Fault::TooShort, Kind::Download) => Some(Expected::ShortFile),
        _ => None,
    }
}

fn attempt(fault: Fault, kind: Kind) -> Attempt {
    // May have been processed: repeated only if that does no harm.
    let unless_processed = |error, status| {
        if kind.is_idempotent() {
            Attempt::Again(error, status)
        } else {
            Attempt::Final(error, status)
        }
    };
    match fault {
        Fault::Refused => Attempt::Again(ErrorKind::Connect, None),
        Fault::ClosedAtOnce
        | Fault::ClosedAfterHead
        | Fault::ClosedInBody
        | Fault::ClosedWhenReused
        | Fault::NotHttp
        | Fault::Truncated
        | Fault::TruncatedChunked
        | Fault::Reset => unless_processed(ErrorKind::Interrupted, None),
        Fault::Silent | Fault::Stalled | Fault::TooLong => {
            unless_processed(ErrorKind::Timeout, None)
        }
        Fault::ClosedWhileIdle | Fault::TimedOutWhileIdle | Fault::Dripping => Attempt::Succeeds,
        // Nothing was processed.
        Fault::TimedOutWhenReused => Attempt::Again(ErrorKind::Status, Some(408)),
        Fault::Html(503) => Attempt::Again(ErrorKind::Status, Some(503)),
        Fault::Limited(Limit::Hour) => Attempt::Final(ErrorKind::Status, Some(429)),
        Fault::Limited(_) | Fault::Early(429) => Attempt::Again(ErrorKind::Status, Some(429)),
        Fault::Html(status) => unless_processed(ErrorKind::Status, Some(status)),
        Fault::EmptyError => Attempt::Final(ErrorKind::Status, Some(500)),
        Fault::Unauthorized => Attempt::Final(ErrorKind::Status, Some(401)),
        Fault::Redirect(_) => Attempt::Final(ErrorKind::Status, Some(307)),
        Fault::Early(status) => Attempt::Final(ErrorKind::Status, Some(status)),
        // A deletion needs no body, and may have one in its own words.
        Fault::NoContent | Fault::OtherShape if kind == Kind::Delete => Attempt::Succeeds,
        Fault::NoContent => Attempt::Final(ErrorKind::Decode, Some(204)),
        Fault::TooShort
        | Fault::OtherShape
        | Fault::ErrorObject
        | Fault::NotUtf8
        | Fault::HtmlPage => Attempt::Final(ErrorKind::Decode, Some(200)),
    }
}

/// Whether no attempt ends before the idle timeout ends it.
pub(crate) fn waits(fault: Fault) -> bool {
    matches!(fault, Fault::Silent | Fault::Stalled | Fault::TooLong)
}
