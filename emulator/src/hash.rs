//! Hashes of files and images.

use serde_json::{Map, Value};
use sha1::{Digest, Sha1};

pub(crate) fn sha1_hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(40);
    for byte in Sha1::digest(bytes) {
        for nibble in [byte >> 4, byte & 0x0f] {
            text.extend(char::from_digit(u32::from(nibble), 16));
        }
    }
    text
}

/// Returns the hash of an image: of its file, its dynamic metadata and its protection. A copy in another organization
/// has the same one.
pub(crate) fn image_hash(
    binary_hash: &str,
    dynamic_metadata: &Map<String, Value>,
    protected: bool,
) -> String {
    let mut input = String::with_capacity(64);
    input.push_str("image:");
    input.push_str(binary_hash);
    if protected {
        input.push_str(":protected");
    }
    if !dynamic_metadata.is_empty() {
        input.push(':');
        write_canonical_object(dynamic_metadata, &mut input);
    }
    sha1_hex(input.as_bytes())
}

/// Whether a text is 6 to 40 hexadecimal digits, of either case.
pub(crate) fn is_hash(text: &str) -> bool {
    (6..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a text is 40 hexadecimal digits in lower case, as the service requires for the hash of a file.
pub(crate) fn is_binary_hash(text: &str) -> bool {
    text.len() == 40
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Writes JSON with sorted keys, because a hash must not depend on the order of a map, and the features of `serde_json`
/// decide whether it sorts.
fn write_canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(map) => write_canonical_object(map, text),
        Value::Array(items) => {
            text.push('[');
            for item in items {
                write_canonical(item, text);
                text.push(',');
            }
            text.push(']');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

fn write_canonical_object(map: &Map<String, Value>, text: &mut String) {
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    text.push('{');
    for (key, value) in entries {
        text.push_str(&Value::from(key.as_str()).to_string());
        text.push(':');
        write_canonical(value, text);
        text.push(',');
    }
    text.push('}');
}
