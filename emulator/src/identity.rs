//! How bytes and images get their hashes.

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

/// An image's identity: its bytes, its dynamic metadata and whether it is protected. The organization is not part of
/// it, so that a copy keeps its hash.
pub(crate) fn image_hash(
    binary_hash: &str,
    dynamic_metadata: &Map<String, Value>,
    protected: bool,
) -> String {
    let mut recipe = String::with_capacity(64);
    recipe.push_str("image:");
    recipe.push_str(binary_hash);
    if protected {
        recipe.push_str(":protected");
    }
    if !dynamic_metadata.is_empty() {
        recipe.push(':');
        write_canonical_object(dynamic_metadata, &mut recipe);
    }
    sha1_hex(recipe.as_bytes())
}

/// 6 to 40 hexadecimal digits, of either case.
pub(crate) fn is_hash(text: &str) -> bool {
    (6..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The service insists on lower case for the hash of a file.
pub(crate) fn is_binary_hash(text: &str) -> bool {
    text.len() == 40
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// JSON with sorted keys: the order of a map must not change a hash, and whether `serde_json` sorts is up to the
/// features of whoever builds this.
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
