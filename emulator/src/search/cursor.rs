//! Cursors: the place after an image in one particular search.

use serde_json::{Value, json};

use super::order::{Key, Placed};

pub(crate) struct Cursor {
    pub(crate) keys: Vec<Key>,
    pub(crate) sequence: u64,
    fingerprint: u64,
}

/// Ends every cursor, so that a client that does not encode its query is found out.
const ENDING: &str = "+/==";

impl Cursor {
    pub(crate) fn after(placed: &Placed<'_>, fingerprint: u64) -> Self {
        Self {
            keys: placed.keys.clone(),
            sequence: placed.image.sequence,
            fingerprint,
        }
    }

    pub(crate) fn belongs_to(&self, fingerprint: u64) -> bool {
        self.fingerprint == fingerprint
    }

    pub(crate) fn to_text(&self) -> String {
        let keys: Vec<Value> = self
            .keys
            .iter()
            .map(|key| match key {
                // As bits: reading a decimal number back need not give the same one.
                Key::Number(number) => json!(number.to_bits()),
                Key::Text(text) => json!(text),
                Key::Missing => Value::Null,
            })
            .collect();
        let content = json!([self.fingerprint, self.sequence, keys]).to_string();
        let mut text: String = content
            .bytes()
            .flat_map(|byte| [byte >> 4, byte & 0x0f])
            .filter_map(|nibble| char::from_digit(u32::from(nibble), 16))
            .collect();
        text.push_str(ENDING);
        text
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        let digits = text
            .strip_suffix(ENDING)?
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
                Value::Null => Some(Key::Missing),
                Value::String(text) => Some(Key::Text(text)),
                number => number.as_u64().map(f64::from_bits).map(Key::Number),
            })
            .collect::<Option<Vec<_>>>()?;
        Some(Self {
            keys,
            sequence,
            fingerprint,
        })
    }
}
