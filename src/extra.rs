//! Fields that a model does not have.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::LazyLock;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// The fields of a response that this version does not know, by name: a [`Map`] of JSON. Every model that the service sends
/// has one in its field `extra`, which is empty and takes no memory of its own in the usual case.
///
/// A field that the service adds is readable before this crate has a name for it, and serializing the model writes it
/// again: a stack or a definition that is read, changed and sent back keeps it. Nothing else is in here: a known field
/// without a usable value fails the decoding, see [`rokka::api`](crate::api). A later version that knows a field has it in a
/// field of its own, and no longer here.
///
/// ```
/// let json = r#"{"hash": "3f9a21", "shutter": {"count": 7}}"#;
/// let image: rokka::SourceImage = serde_json::from_str(json)?;
/// assert_eq!(image.extra.get("shutter"), Some(&serde_json::json!({"count": 7})));
/// assert_eq!(serde_json::to_value(&image)?["shutter"]["count"], 7);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// `Debug` shows the values, except for those from a response that can contain secrets, such as an API key or an
/// organization with its signing keys: nobody knows yet what such a field contains, so `Debug` shows only its name.
#[derive(Clone, Default)]
pub struct Extra(Option<Box<Fields>>);

#[derive(Clone, Default)]
struct Fields {
    map: Map<String, Value>,
    /// Whether `Debug` redacts the values.
    secret: bool,
}

static EMPTY: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

impl Extra {
    /// Adds a field of a response.
    pub(crate) fn keep(&mut self, name: String, value: Value, secret: bool) {
        let fields = self.0.get_or_insert_default();
        fields.secret |= secret;
        fields.map.insert(name, value);
    }
}

impl Deref for Extra {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Map<String, Value> {
        match &self.0 {
            Some(fields) => &fields.map,
            None => &EMPTY,
        }
    }
}

impl DerefMut for Extra {
    fn deref_mut(&mut self) -> &mut Map<String, Value> {
        &mut self.0.get_or_insert_default().map
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(fields) if fields.secret => f
                .debug_map()
                .entries(
                    fields
                        .map
                        .keys()
                        .map(|name| (name, format_args!("[redacted]"))),
                )
                .finish(),
            _ => f.debug_map().entries(self.iter()).finish(),
        }
    }
}

impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl From<Map<String, Value>> for Extra {
    fn from(map: Map<String, Value>) -> Self {
        if map.is_empty() {
            return Self::default();
        }
        Self(Some(Box::new(Fields { map, secret: false })))
    }
}

impl From<Extra> for Map<String, Value> {
    fn from(extra: Extra) -> Self {
        extra.0.map(|fields| fields.map).unwrap_or_default()
    }
}

impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}
