//! A request as the server received it, and the parts of a form in it.

use std::time::Instant;

use serde_json::Value;

/// A request as it arrived at the server.
#[derive(Clone, Debug)]
pub(crate) struct RecordedRequest {
    pub(crate) method: String,
    /// Path and query as they stood in the request line.
    pub(crate) target: String,
    /// Names as they were spelt, in their order.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// When the last byte of it was read.
    pub(crate) at: Instant,
}

/// A part of a form.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// The `Content-Disposition` after `form-data; `.
    pub(crate) disposition: String,
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    pub(crate) media_type: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl RecordedRequest {
    /// Method and target, as a request line has them.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    /// The values of all header lines of a name.
    pub(crate) fn lines(&self, name: &str) -> Vec<&str> {
        let fits = |line: &&(String, String)| line.0.eq_ignore_ascii_case(name);
        self.headers
            .iter()
            .filter(fits)
            .map(|line| line.1.as_str())
            .collect()
    }

    /// The value of a header that came at most once.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.lines(name);
        assert!(lines.len() < 2, "{name} came several times: {lines:?}");
        lines.first().copied()
    }

    /// The whole request as text, for looking for what must not be in it.
    pub(crate) fn text(&self) -> String {
        format!(
            "{} {} {:?} {}",
            self.method,
            self.target,
            self.headers,
            String::from_utf8_lossy(&self.body)
        )
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The parts of a form, which has to be closed.
    pub(crate) fn parts(&self) -> Vec<Part> {
        let kind = self.header("content-type").unwrap();
        let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
        let mark = format!("--{boundary}").into_bytes();
        let mut pieces = split(&self.body, &mark);
        assert_eq!(pieces.remove(0), b"", "the form begins with its boundary");
        assert_eq!(pieces.pop().unwrap(), b"--\r\n", "the form is closed");
        pieces.into_iter().map(part).collect()
    }

    /// Disposition, media type and text of each part, for forms without binary ones.
    pub(crate) fn text_parts(&self) -> Vec<(String, Option<String>, String)> {
        let parts = self.parts().into_iter();
        parts
            .map(|part| {
                let text = String::from_utf8(part.body).unwrap();
                (part.disposition, part.media_type, text)
            })
            .collect()
    }

    /// The content of the one part that holds a file.
    pub(crate) fn file(&self) -> Vec<u8> {
        let mut parts = self.parts();
        parts.retain(|part| part.name.starts_with("filedata"));
        assert_eq!(parts.len(), 1);
        parts.remove(0).body
    }
}

fn part(piece: &[u8]) -> Part {
    let piece = piece
        .strip_prefix(b"\r\n")
        .unwrap()
        .strip_suffix(b"\r\n")
        .unwrap();
    let end = find(piece, b"\r\n\r\n").unwrap();
    let head = String::from_utf8(piece[..end].to_vec()).unwrap();
    let (mut disposition, mut media_type) = (None, None);
    for line in head.split("\r\n") {
        match line.split_once(": ").unwrap() {
            (key, value) if key.eq_ignore_ascii_case("content-disposition") => {
                disposition = value.strip_prefix("form-data; ").map(str::to_owned);
            }
            (key, value) if key.eq_ignore_ascii_case("content-type") => {
                media_type = Some(value.to_owned());
            }
            other => panic!("unexpected header of a part: {other:?}"),
        }
    }
    let disposition = disposition.unwrap_or_else(|| panic!("no disposition in {head:?}"));
    Part {
        name: parameter(&disposition, "name").unwrap(),
        file_name: parameter(&disposition, "filename"),
        disposition,
        media_type,
        body: piece[end + 4..].to_vec(),
    }
}

/// The value of a quoted parameter, as it was sent.
fn parameter(disposition: &str, name: &str) -> Option<String> {
    let mut rest = disposition;
    loop {
        let (key, value) = rest.split_once("=\"")?;
        let (value, after) = value.split_once('"')?;
        if key.trim_start_matches("; ") == name {
            return Some(value.to_owned());
        }
        rest = after;
    }
}

fn split<'a>(mut rest: &'a [u8], mark: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    while let Some(at) = find(rest, mark) {
        pieces.push(&rest[..at]);
        rest = &rest[at + mark.len()..];
    }
    pieces.push(rest);
    pieces
}

pub(crate) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    // A quick look at the first byte, because bodies may have megabytes.
    let mut from = 0;
    while let Some(at) = haystack[from..].iter().position(|byte| *byte == needle[0]) {
        if haystack[from + at..].starts_with(needle) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}
