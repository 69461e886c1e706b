//! A strict reader of `multipart/form-data`. It takes the whole body, which is in memory anyway, and copies no file.

use std::io::BufRead;

use bytes::Bytes;
use percent_encoding::percent_decode_str;

#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    pub(crate) body: Bytes,
}

/// The parts of a form, or why it is none.
pub(crate) fn read(content_type: &str, body: &Bytes) -> Result<Vec<Part>, &'static str> {
    let boundary = boundary(content_type)?;
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    // The first delimiter may open the body, without a line break before it.
    let mut at = if body.starts_with(delimiter.get(2..).unwrap_or_default()) {
        delimiter.len() - 2
    } else {
        find(body, 0, &delimiter).ok_or("The body has no part")? + delimiter.len()
    };
    let mut parts = Vec::new();
    loop {
        let rest = body.get(at..).unwrap_or_default();
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        // Blanks may follow a boundary on its line.
        let blanks = rest
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        // The line break stays: it is the one that an empty header block begins with.
        let head = at + blanks;
        if body.get(head..head + 2) != Some(b"\r\n") {
            return Err("A boundary is not followed by a line break");
        }
        let head_end = find(body, head, b"\r\n\r\n").ok_or("A part's headers do not end")?;
        let content = head_end + 4;
        // An empty part's delimiter shares the line break that ends the headers.
        let end = find(body, content - 2, &delimiter).ok_or("The last boundary is missing")?;
        let headers = String::from_utf8_lossy(body.get(head..head_end).unwrap_or_default());
        let (name, file_name) = disposition(&headers).ok_or("A part has no name")?;
        parts.push(Part {
            name,
            file_name,
            body: if end > content {
                body.slice(content..end)
            } else {
                Bytes::new()
            },
        });
        at = end + delimiter.len();
    }
}

/// Skips from one carriage return to the next with the standard library's own byte search: a loop over single bytes
/// takes seconds for a large file in a debug build.
fn find(body: &[u8], from: usize, wanted: &[u8]) -> Option<usize> {
    let mut at = from;
    loop {
        let mut rest = body.get(at..)?;
        if rest.starts_with(wanted) {
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
        // Without a carriage return the search ended on the last byte.
        if body.get(at) != Some(&b'\r') {
            return None;
        }
    }
}

fn boundary(content_type: &str) -> Result<String, &'static str> {
    let (kind, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return Err("The body has to be multipart/form-data");
    }
    let boundary = parameter(parameters, "boundary").ok_or("The boundary is missing")?;
    if boundary.is_empty() || boundary.len() > 70 || !boundary.is_ascii() {
        return Err("The boundary is invalid");
    }
    Ok(boundary)
}

/// Name and file name of a part. Directories in a file name are dropped, as PHP does.
fn disposition(headers: &str) -> Option<(String, Option<String>)> {
    let value = headers.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim()
            .eq_ignore_ascii_case("content-disposition")
            .then_some(value)
    })?;
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

/// A parameter of a header. Quoted values may hold semicolons and escaped quotes; browsers write `%22` for a quote.
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
    fn parts_keep_their_bytes_to_the_last_line_break() {
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
    fn what_is_cut_off_is_refused() {
        let whole = "--b,1\r\nContent-Disposition: form-data; name=a\r\n\r\nbody\r\n--b,1--";
        assert_eq!(read_text(whole).unwrap().len(), 1);
        for end in 0..whole.len() {
            assert!(read_text(&whole[..end]).is_err(), "{end}");
        }
        assert!(read("multipart/form-data", &Bytes::new()).is_err());
        assert!(read("text/plain; boundary=x", &Bytes::new()).is_err());
    }
}
