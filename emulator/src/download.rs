//! The original file of an image, whole or from somewhere on.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::organization::Organization;

pub(crate) fn download(organization: &Organization, hash: &str, call: &Call) -> Reply {
    let image = organization.live(hash)?;
    let length = image.bytes.len();
    let tag = format!("\"{}\"", image.binary_hash);
    let described = |answer: Answer| {
        answer
            .header("accept-ranges", "bytes")
            .header("etag", tag.clone())
            .header("content-disposition", disposition(&image.name))
    };
    let whole = || Answer::bytes(200, &image.file_type.mimetype, image.bytes.clone());

    let Some(range) = call.header("range") else {
        return Ok(described(whole()));
    };
    // The file may have changed since the part that the caller has.
    if call.header("if-range").is_some_and(|known| known != tag) {
        return Ok(described(whole()));
    }
    Ok(match read_range(range, length) {
        Range::Unknown => described(whole()),
        Range::Outside => Answer::empty(416).header("content-range", format!("bytes */{length}")),
        Range::Part { first, last } => described(
            Answer::bytes(
                206,
                &image.file_type.mimetype,
                image.bytes.slice(first..=last),
            )
            .header("content-range", format!("bytes {first}-{last}/{length}")),
        ),
    })
}

enum Range {
    /// Nothing that this understands; such a range is ignored.
    Unknown,
    Outside,
    /// Both are inside the file.
    Part {
        first: usize,
        last: usize,
    },
}

fn read_range(text: &str, length: usize) -> Range {
    let Some((first, last)) = text
        .strip_prefix("bytes=")
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Range::Unknown;
    };
    let end = length.saturating_sub(1);
    let (first, last) = match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) if first <= last => (first, last.min(end)),
        (Ok(first), Err(_)) if last.is_empty() => (first, end),
        (Err(_), Ok(count)) if first.is_empty() && count > 0 => (length.saturating_sub(count), end),
        _ => return Range::Unknown,
    };
    if first >= length {
        return Range::Outside;
    }
    Range::Part { first, last }
}

/// The name twice: for readers of plain ASCII, and whole.
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|character| match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | '_' | ' ' | '(' | ')' => character,
            _ => '_',
        })
        .collect();
    let encoded = utf8_percent_encode(name, NON_ALPHANUMERIC);
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}
