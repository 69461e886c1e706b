//! A strict parser of `multipart/form-data` bodies in memory, which copies no file.

use std::io::BufRead;

use bytes::Bytes;
use percent_encoding::percent_decode_str;

#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Bytes,
}

/// Returns the parts of a form, or why the body is not a form.
pub(crate) fn read(content_type: &str, body: &Bytes) -> Result<Vec<Part>, &'static str> {
    let boundary = boundary(content_type)?;
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    // A delimiter at the start of the body has no line break before it.
    let mut at = if body.starts_with(delimiter.get(2..).unwrap_or_default()) {
        delimiter.len() - 2
    } else {
        find(body, 0, &delimiter).ok_or("The form has no part")? + delimiter.len()
    };
    let mut parts = Vec::new();
    loop {
        let rest = body.get(at..).unwrap_or_default();
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        // Spaces and tabs may follow a boundary on its line.
        let blanks = rest
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        // Keeps the line break, with which an empty header block starts.
        let head = at + blanks;
        if body.get(head..head + 2) != Some(b"\r\n") {
            return Err("A boundary must be followed by a line break");
        }
        let head_end = find(body, head, b"\r\n\r\n")
            .ok_or("The headers of a part must end with an empty line")?;
        let content = head_end + 4;
        // The delimiter after an empty part shares the line break that ends the headers.
        let end = find(body, content - 2, &delimiter).ok_or("The last boundary is missing")?;
        let headers = String::from_utf8_lossy(body.get(head..head_end).unwrap_or_default());
        let (name, file_name) = content_disposition(&headers).ok_or("A part needs a name")?;
        parts.push(Part {
            name,
            file_name,
            content_type: header(&headers, "content-type").map(|value| value.trim().to_owned()),
            body: if end > content {
                body.slice(content..end)
            } else {
                Bytes::new()
            },
        });
        at = end + delimiter.len();
    }
}

/// Finds a delimiter by skipping from one carriage return to the next with the standard library's byte search. A loop
/// over single bytes takes seconds for a large file in a debug build.
fn find(body: &[u8], from: usize, delimiter: &[u8]) -> Option<usize> {
    let mut at = from;
    loop {
        let mut rest = body.get(at..)?;
        if rest.starts_with(delimiter) {
            return Some(at);
        }
        if rest.first() == Some(&b'\r') {
            at += 1;
            rest = body.get(at..)?;
        }
        let skipped = rest.skip_until(b'\r').ok()?;
        if skipped == 0 {
            return None;
        }
        at += skipped - 1;
        // Without a carriage return the search ends on the last byte.
        if body.get(at) != Some(&b'\r') {
            return None;
        }
    }
}

fn boundary(content_type: &str) -> Result<String, &'static str> {
    let (kind, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return Err("The content type must be multipart/form-data");
    }
    let boundary = parameter(parameters, "boundary").ok_or("The content type needs a boundary")?;
    if boundary.is_empty() || boundary.len() > 70 || !boundary.is_ascii() {
        return Err("The boundary must be 1 to 70 ASCII characters");
    }
    Ok(boundary)
}

/// Returns the name and the file name of a part. Removes directories from the file name, as PHP does.
fn content_disposition(headers: &str) -> Option<(String, Option<String>)> {
    let value = header(headers, "content-disposition")?;
    let (kind, parameters) = value.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("form-data") {
        return None;
    }
    let file_name = parameter(parameters, "filename*")
        .and_then(|value| {
            let (charset, rest) = value.split_once('\'')?;
            let (_language, encoded) = rest.split_once('\'')?;
            charset
                .eq_ignore_ascii_case("utf-8")
                .then(|| percent_decode_str(encoded).decode_utf8_lossy().into_owned())
        })
        .or_else(|| parameter(parameters, "filename"))
        .map(|name| match name.rsplit_once(['/', '\\']) {
            Some((_, last)) => last.to_owned(),
            None => name,
        });
    Some((parameter(parameters, "name")?, file_name))
}

fn header<'a>(headers: &'a str, wanted: &str) -> Option<&'a str> {
    headers.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case(wanted).then_some(value)
    })
}

/// Returns a parameter of a header. A quoted value may contain semicolons and escaped quotes; browsers encode a quote
/// as `%22`.
fn parameter(text: &str, wanted: &str) -> Option<String> {
    let mut rest = text;
    loop {
        let (name, after) = rest.split_once('=')?;
        let name = name.trim_start_matches([';', ' ', '\t']).trim_end();
        let (value, next) = if let Some(quoted) = after.strip_prefix('"') {
            let mut value = String::new();
            let mut characters = quoted.chars();
            loop {
                match characters.next()? {
                    '"' => break,
                    '\\' => match characters.next()? {
                        escaped @ ('"' | '\\') => value.push(escaped),
                        // Old browsers send whole Windows paths, with plain backslashes.
                        other => value.extend(['\\', other]),
                    },
                    plain => value.push(plain),
                }
            }
            (value.replace("%22", "\""), characters.as_str())
        } else {
            let (value, next) = after.split_once(';').unwrap_or((after, ""));
            (value.trim().to_owned(), next)
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = next;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice)]
mod tests {
    use super::*;

    fn read_text(body: &str) -> Result<Vec<Part>, &'static str> {
        read(
            "multipart/form-data; boundary=\"b,1\"",
            &Bytes::from(body.to_owned()),
        )
    }

    #[test]
    fn parts_keep_all_their_bytes() {
        let parts = read_text(
            "--b,1\r\nContent-Disposition: form-data; name=\"a;b\"; filename=\"C:\\dir\\q\\\"1.jpg\"\r\nX: y\r\n\r\n\r\r\n--b\r\n\r\n--b,1 \r\n\
             content-disposition: form-data; filename*=utf-8''%C3%A4.png; name=c\r\n\r\n\r\n--b,1--\r\n",
        )
        .unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].name, "a;b");
        assert_eq!(parts[0].file_name.as_deref(), Some("q\"1.jpg"));
        assert_eq!(parts[0].body, "\r\r\n--b\r\n");
        assert_eq!(parts[1].name, "c");
        assert_eq!(parts[1].file_name.as_deref(), Some("ä.png"));
        assert!(parts[1].body.is_empty());
    }

    #[test]
    fn truncated_forms_are_rejected() {
        let whole = "--b,1\r\nContent-Disposition: form-data; name=a\r\n\r\nbody\r\n--b,1--";
        assert_eq!(read_text(whole).unwrap().len(), 1);
        for end in 0..whole.len() {
            assert!(read_text(&whole[..end]).is_err(), "{end}");
        }
        assert!(read("multipart/form-data", &Bytes::new()).is_err());
        assert!(read("text/plain; boundary=x", &Bytes::new()).is_err());
    }
}
