//! Whether a successful response can belong to the call: a gateway's log-in page has status 200, too.
//!
//! | the call expects | refused |
//! |---|---|
//! | JSON or nothing | a body that starts like HTML or XML, an error object (whatever the status), text that is not JSON, a content encoding that was not offered |
//! | a file | no content (204, 205, a length of 0), HTML without `Content-Disposition`, an error object or an empty one without it, a content encoding other than `identity` |
//! | anything ([`Client::request`](crate::Client::request)) | nothing: the caller decides |
//!
//! An original may be HTML or JSON itself. The service names the file of every original in `Content-Disposition`, which a
//! log-in page does not have, so with that header any file passes.

use std::borrow::Cow;

use http::header::{CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};

use crate::json;

/// Why a response does not belong to the call.
type Reason = Cow<'static, str>;

const PAGE: &str = "the response is an HTML or XML page, which rokka does not send here; a proxy or a log-in page may have sent it";

const NO_CONTENT: &str = "the response has no content, and a file has some";

/// Operations that return the caller's own data, where a field may be called `error`.
const OWN_DATA: &[&str] = &["getSourceImageMetaUser", "getSourceImageMetaUserWithName"];

/// Keys that an error object may start with.
const ERROR_KEYS: &[&str] = &["code", "error", "invalid_authentication", "message"];

/// Error objects longer than this are not looked for.
pub(super) const LONGEST_ERROR: usize = 64 * 1024;

/// Why the body of a success is not what a call returns that expects JSON or nothing. The decoder has the last word about
/// what passes here.
pub(super) fn of_body(operation: &str, headers: &HeaderMap, body: &[u8]) -> Option<Reason> {
    if let Some(reason) = of_encoding(headers) {
        return Some(reason);
    }
    let text = start(body);
    match text.first()? {
        b'<' => Some(Cow::Borrowed(PAGE)),
        b'{' => of_error(operation, text),
        b'[' | b'"' | b'-' | b'0'..=b'9' => None,
        _ if matches!(text.trim_ascii_end(), b"null" | b"true" | b"false") => None,
        _ => Some(Cow::Borrowed("the response is neither JSON nor empty")),
    }
}

/// Whether a success is a file, judged by status and headers.
pub(super) enum Head {
    Fits,
    /// JSON without `Content-Disposition`: an error object or an original.
    Json,
    Wrong(Reason),
}

/// Judges by status and headers whether a response can be a file.
pub(super) fn of_head(status: StatusCode, headers: &HeaderMap) -> Head {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let empty = matches!(status.as_u16(), 204 | 205)
        || text(CONTENT_LENGTH).is_some_and(|length| length.trim() == "0");
    if empty {
        return Head::Wrong(Cow::Borrowed(NO_CONTENT));
    }
    if let Some(reason) = of_encoding(headers) {
        return Head::Wrong(reason);
    }
    if headers.contains_key(CONTENT_DISPOSITION) {
        return Head::Fits;
    }
    let media_type = text(CONTENT_TYPE).and_then(|value| value.split(';').next());
    let is = |name: &str| media_type.is_some_and(|kind| kind.trim().eq_ignore_ascii_case(name));
    if is("text/html") || is("application/xhtml+xml") {
        Head::Wrong(Cow::Borrowed(PAGE))
    } else if is("application/json") || is("application/problem+json") {
        Head::Json
    } else {
        Head::Fits
    }
}

/// Why a JSON body is not a file: it has no content, or is an error object.
pub(super) fn of_json_file(operation: &str, body: &[u8]) -> Option<Reason> {
    if json::is_empty(body) {
        return Some(Cow::Borrowed(NO_CONTENT));
    }
    of_error(operation, start(body))
}

/// Whether a body starts like HTML or XML, as no JSON does.
pub(crate) fn is_page(body: &[u8]) -> bool {
    start(body).starts_with(b"<")
}

fn start(body: &[u8]) -> &[u8] {
    json::without_bom(body).trim_ascii_start()
}

/// Decoding a body removes the header, so one that is left names an encoding that cannot be decoded.
fn of_encoding(headers: &HeaderMap) -> Option<Reason> {
    let encoding = headers.get(CONTENT_ENCODING)?;
    if encoding.is_empty() || encoding.as_bytes().eq_ignore_ascii_case(b"identity") {
        return None;
    }
    let shown = encoding.to_str().unwrap_or("something unknown");
    let text = format!("the response is encoded as `{shown}`, which the request did not offer");
    Some(text.into())
}

/// Why a JSON object is an error object. The first key rules out nearly all others without parsing.
fn of_error(operation: &str, object: &[u8]) -> Option<Reason> {
    let key = object.strip_prefix(b"{")?.trim_ascii_start();
    let key = key.strip_prefix(b"\"")?;
    let known = |name: &&str| key.starts_with(name.as_bytes());
    if object.len() > LONGEST_ERROR || !ERROR_KEYS.iter().any(known) {
        return None;
    }
    let object: Map<String, Value> = json::decode(object).ok()?;
    let own_data = OWN_DATA.contains(&operation);
    is_error(&object, own_data).then(|| {
        let messages = [
            object.get("error").and_then(|error| error.get("message")),
            object.get("message"),
            object.get("error"),
        ];
        let message = messages.into_iter().flatten().find_map(Value::as_str);
        let message = message.unwrap_or("without a message");
        format!("the response has the status of a success, but reports an error: {message}").into()
    })
}

/// Whether an object has one of the shapes in which the service reports an error.
fn is_error(object: &Map<String, Value>, own_data: bool) -> bool {
    let has = |object: &Map<String, Value>, text: bool, code: bool| {
        let message = object.get("message").is_some_and(Value::is_string);
        let number = object.get("code").is_some_and(Value::is_i64);
        (message || !text) && (number || !code)
    };
    let nested = match object.get("error") {
        Some(Value::Object(error)) => has(error, true, false) || has(error, false, true),
        Some(Value::String(_)) => {
            !own_data && object.keys().all(|key| ERROR_KEYS.contains(&key.as_str()))
        }
        _ => false,
    };
    nested
        || has(object, true, true)
        || object.get("invalid_authentication") == Some(&Value::Bool(true))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn body(operation: &str, body: &str) -> Option<String> {
        of_body(operation, &HeaderMap::new(), body.as_bytes()).map(Cow::into_owned)
    }

    #[test]
    fn a_body_that_may_be_one_passes() {
        for text in [
            "",
            " \r\n",
            "\u{feff}",
            "\u{feff}{}",
            "{}",
            "[]",
            "null",
            "true\n",
            "-1.5",
            "\"text\"",
            r#"{"hash":"c421f4","error":{"code":400,"message":"part of an image"}}"#,
            r#"{"status":"ok","message":"a part is left out"}"#,
            r#"{"message":"a part is left out","status":"ok"}"#,
            r#"{"error":{"2026-11":{}}}"#,
            r#"{"code":{"2026-11":{}},"message":{}}"#,
            r#"{"error":5}"#,
            r#"{"error":"a title","title":"other"}"#,
            r#"{"error":"#,
        ] {
            assert_eq!(body("getBilling", text), None, "{text}");
        }
    }

    #[test]
    fn a_body_that_does_not_belong_to_the_call_is_refused_with_a_reason() {
        for (text, why) in [
            ("<html>", PAGE),
            ("\u{feff} <?xml version=\"1.0\"?><Error/>", PAGE),
            ("Not Found", "neither JSON nor empty"),
            ("nothing", "neither JSON nor empty"),
            ("\u{1f}\u{8b}", "neither JSON nor empty"),
            (r#"{"code":403,"message":"No"}"#, "an error: No"),
            (r#"{"message":"No","code":403}"#, "an error: No"),
            (
                r#" { "error": {"code":400,"message":"Bad"}}"#,
                "an error: Bad",
            ),
            (r#"{"error":{"code":400}}"#, "an error: without a message"),
            (r#"{"error":"not found"}"#, "an error: not found"),
            (
                r#"{"invalid_authentication":true}"#,
                "an error: without a message",
            ),
            (
                r#"{"code":401,"message":"Expired","error":"key_expired","invalid_authentication":true}"#,
                "an error: Expired",
            ),
        ] {
            let reason = body("getBilling", text).unwrap_or_else(|| panic!("{text} passes"));
            assert!(reason.ends_with(why), "{text}: {reason}");
        }
    }

    #[test]
    fn fields_of_the_caller_may_be_called_error() {
        let text = r#"{"error":"typo in the caption"}"#;
        assert_eq!(body("getSourceImageMetaUser", text), None);
        assert!(body("getSavings", text).is_some());
        let nested = r#"{"error":{"code":404,"message":"no such image"}}"#;
        assert!(body("getSourceImageMetaUser", nested).is_some());
    }

    #[test]
    fn a_file_is_told_by_its_headers() {
        let of = |status: u16, headers: &[(http::HeaderName, &'static str)]| {
            let headers = headers.iter().cloned();
            let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
            match of_head(StatusCode::from_u16(status).unwrap(), &headers.collect()) {
                Head::Fits => "fits",
                Head::Json => "json",
                Head::Wrong(_) => "wrong",
            }
        };
        let named = || (CONTENT_DISPOSITION, "attachment; filename=a");
        for (expected, status, headers) in [
            ("fits", 200, vec![]),
            ("fits", 206, vec![(CONTENT_TYPE, "image/jpeg")]),
            ("fits", 200, vec![(CONTENT_TYPE, "image/svg+xml")]),
            ("fits", 200, vec![(CONTENT_TYPE, "text/plain")]),
            ("fits", 200, vec![(CONTENT_TYPE, "text/html"), named()]),
            (
                "fits",
                200,
                vec![(CONTENT_TYPE, "application/json"), named()],
            ),
            ("fits", 200, vec![(CONTENT_ENCODING, "identity")]),
            ("json", 200, vec![(CONTENT_TYPE, "application/json")]),
            (
                "wrong",
                200,
                vec![(CONTENT_TYPE, "Text/HTML; charset=utf-8")],
            ),
            ("wrong", 200, vec![(CONTENT_TYPE, "application/xhtml+xml")]),
            ("wrong", 200, vec![(CONTENT_LENGTH, "0"), named()]),
            ("wrong", 204, vec![named()]),
            ("wrong", 205, vec![]),
            ("wrong", 200, vec![(CONTENT_ENCODING, "br"), named()]),
        ] {
            assert_eq!(of(status, &headers), expected, "{status} {headers:?}");
        }
    }
}
