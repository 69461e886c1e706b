//! Downloads of original files, also of byte ranges.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::blob::Blob;
use super::organization::Organization;
use super::request::Request;
use super::response::{HandlerResult, Response};

pub(crate) fn download(
    organization: &Organization,
    hash: &str,
    request: &Request,
) -> HandlerResult {
    let image = organization.live(hash)?;
    let etag = format!("\"{}\"", image.binary_hash);
    let response = ranged(request, &image.blob, &image.file_type.mimetype, &etag);
    if response.status == 416 {
        return Ok(response);
    }
    Ok(response.header("content-disposition", content_disposition(&image.name)))
}

/// Responds with a file, or with the part of it that the request asks for.
pub(crate) fn ranged(request: &Request, blob: &Blob, mimetype: &str, etag: &str) -> Response {
    let length = blob.length();
    let with_headers = |response: Response| {
        response
            .header("accept-ranges", "bytes")
            .header("etag", etag)
    };
    let whole = || with_headers(Response::bytes(200, mimetype, blob.content()));
    let Some(range) = request.header("range") else {
        return whole();
    };
    // The file has changed since the client's part.
    if request
        .header("if-range")
        .is_some_and(|known| known != etag)
    {
        return whole();
    }
    match read_range(range, length) {
        Range::Unsupported => whole(),
        Range::Unsatisfiable => {
            Response::empty(416).header("content-range", format!("bytes */{length}"))
        }
        Range::Part { first, last } => with_headers(
            Response::bytes(206, mimetype, blob.part(first, last - first + 1))
                .header("content-range", format!("bytes {first}-{last}/{length}")),
        ),
    }
}

enum Range {
    /// Another unit, several ranges or invalid text: ignored, as the standard demands.
    Unsupported,
    Unsatisfiable,
    /// Two positions inside the file.
    Part {
        first: u64,
        last: u64,
    },
}

fn read_range(text: &str, length: u64) -> Range {
    let Some((first, last)) = text
        .strip_prefix("bytes=")
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Range::Unsupported;
    };
    let end = length.saturating_sub(1);
    let (first, last) = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => (first, last.min(end)),
        (Ok(first), Err(_)) if last.is_empty() => (first, end),
        (Err(_), Ok(count)) if first.is_empty() && count > 0 => (length.saturating_sub(count), end),
        _ => return Range::Unsupported,
    };
    if first >= length {
        return Range::Unsatisfiable;
    }
    Range::Part { first, last }
}

/// Returns the header with the file name in plain ASCII; a name that has other characters follows encoded in full. Some
/// clients understand the first form only, and only at the end.
pub(crate) fn content_disposition(name: &str) -> String {
    let ascii: String = name
        .chars()
        .map(|character| match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | '_' | ' ' | '(' | ')' => character,
            _ => '_',
        })
        .collect();
    if ascii == name {
        return format!("attachment; filename=\"{ascii}\"");
    }
    let encoded = utf8_percent_encode(name, NON_ALPHANUMERIC);
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}
