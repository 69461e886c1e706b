//! What the service says when it refuses.
//!
//! The first line is the status, lines up to an empty one are headers, and the rest is the body.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

const SECRET: &str = "s3cr3t";

pub fn run(data: &[u8]) {
    let (status, mut rest) = crate::first_line(data);
    let Ok(status) = StatusCode::from_bytes(status) else {
        return;
    };
    let mut headers = HeaderMap::new();
    loop {
        let (line, after) = crate::first_line(rest);
        rest = after;
        if line.is_empty() {
            break;
        }
        let colon = line
            .iter()
            .position(|byte| *byte == b':')
            .unwrap_or(line.len());
        let (name, value) = line.split_at(colon);
        let value = value.get(1..).unwrap_or_default();
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
        {
            headers.append(name, value);
        }
    }
    let body = Bytes::copy_from_slice(rest);
    let error = rokka::fuzzing::error_of(status, headers, &body, &[SECRET]);
    assert_eq!(error.status(), Some(status));
    let shown = [
        error.to_string(),
        format!("{error:#}"),
        format!("{error:?}"),
    ];
    for text in &shown[..2] {
        assert!(!text.chars().any(char::is_control), "{text:?}");
    }
    // An escape in JSON hides it from everybody but a reader of JSON.
    if !body.contains(&b'\\') {
        for text in &shown {
            assert!(!text.contains(SECRET), "{text}");
        }
    }
    let kept = error.body().unwrap();
    assert!(
        !kept
            .windows(SECRET.len())
            .any(|part| part == SECRET.as_bytes())
    );
    let mut values = error.headers().unwrap().values();
    assert!(!values.any(|value| {
        value
            .as_bytes()
            .windows(SECRET.len())
            .any(|part| part == SECRET.as_bytes())
    }));
    assert!(!error.message().is_empty());
    let _ = (
        error.code(),
        error.slug(),
        error.rate_limit(),
        error.retry_after(),
    );
    let _ = (
        error.request_id(),
        error.is_retryable(),
        error.is_invalid_authentication(),
    );
    let _ = std::io::Error::from(error);
}
