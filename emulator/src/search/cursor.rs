//! Cursors: the position after an image in one search.

use serde_json::{Value, json};

use super::order::{Position, SortKey};

pub(crate) struct Cursor {
    pub(crate) position: Position<'static>,
    fingerprint: u64,
}

/// Ends every cursor, so that a client that does not percent-encode its query gets an error.
const SUFFIX: &str = "+/==";

impl Cursor {
    pub(crate) fn belongs_to(&self, fingerprint: u64) -> bool {
        self.fingerprint == fingerprint
    }

    /// Returns the text of the cursor after a position.
    pub(crate) fn text_after(position: &Position<'_>, fingerprint: u64) -> String {
        let keys: Vec<Value> = position
            .keys
            .iter()
            .map(|key| match key {
                // As bits: a decimal number may not round-trip.
                SortKey::Number(number) => json!(number.to_bits()),
                SortKey::Text(text) => json!(text),
                SortKey::Missing => Value::Null,
            })
            .collect();
        let content = json!([fingerprint, position.sequence, keys]).to_string();
        let mut text: String = content
            .bytes()
            .flat_map(|byte| [byte >> 4, byte & 0x0f])
            .filter_map(|nibble| char::from_digit(u32::from(nibble), 16))
            .collect();
        text.push_str(SUFFIX);
        text
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        let digits = text
            .strip_suffix(SUFFIX)?
            .chars()
            .map(|digit| {
                digit
                    .to_digit(16)
                    .and_then(|digit| u8::try_from(digit).ok())
            })
            .collect::<Option<Vec<u8>>>()?;
        let content = digits
            .chunks(2)
            .map(|pair| match pair {
                [high, low] => Some(high << 4 | low),
                _ => None,
            })
            .collect::<Option<Vec<u8>>>()?;
        let (fingerprint, sequence, keys): (u64, u64, Vec<Value>) =
            serde_json::from_slice(&content).ok()?;
        let keys = keys
            .into_iter()
            .map(|key| match key {
                Value::Null => Some(SortKey::Missing),
                Value::String(text) => Some(SortKey::Text(text.into())),
                number => number.as_u64().map(f64::from_bits).map(SortKey::Number),
            })
            .collect::<Option<Vec<_>>>()?;
        Some(Self {
            position: Position { keys, sequence },
            fingerprint,
        })
    }
}
