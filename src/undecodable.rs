//! Items of a list that cannot be decoded, kept beside those that can.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::error::{Error, ErrorKind, FailedResponse};
use crate::json::{without_bom, without_values};

/// An item of a list that cannot be decoded.
///
/// A list keeps the items that can be decoded, and has the others here with their JSON, so that nothing is lost. Streams
/// yield it as an [`Error`] of the kind [`ErrorKind::Decode`] in the place of the item, and go on after it.
///
/// ```
/// # fn f(page: rokka::SourceImageList) {
/// for item in &page.undecodable {
///     eprintln!("item {}: {}: {}", item.position, item.reason, item.json);
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Undecodable {
    /// Its place in the list as the service sent it, from 0.
    pub position: usize,
    /// Why it cannot be decoded, without a value of it.
    pub reason: String,
    /// The item as the service sent it, with the client's credentials redacted; all of it in a list that can have secrets.
    pub json: String,
    pub(crate) operation: Cow<'static, str>,
    pub(crate) attempts: u32,
}

impl From<Undecodable> for Error {
    /// An error of the kind [`ErrorKind::Decode`], whose body is the JSON of the item.
    fn from(item: Undecodable) -> Self {
        let text = format!(
            "item {} of the list cannot be decoded: {}",
            item.position, item.reason
        );
        let body = Bytes::from(item.json);
        Self::new(ErrorKind::Decode, text)
            .with_call(item.operation, item.attempts)
            .with_response(FailedResponse::new(
                StatusCode::OK,
                HeaderMap::new(),
                &body,
                &[],
            ))
    }
}

/// A list of items. Implemented by the bindings.
pub(crate) trait List: DeserializeOwned {
    /// The keys of the lists.
    const KEYS: &'static [&'static str];

    /// Adds an item to the list under a key.
    fn read(&mut self, key: &str, json: &str) -> serde_json::Result<()>;

    fn undecodable(&mut self) -> &mut Vec<Undecodable>;
}

/// Decodes a list item by item, after it could not be decoded as a whole. `None` if not the items are to blame.
pub(crate) fn item_by_item<T: List>(body: &[u8]) -> Option<T> {
    let mut fields: BTreeMap<String, &RawValue> = serde_json::from_slice(without_bom(body)).ok()?;
    let empty: &RawValue = serde_json::from_str("[]").ok()?;
    let mut lists = Vec::new();
    for key in T::KEYS {
        if let Some(list) = fields.get_mut(*key)
            && let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(list.get())
        {
            *list = empty;
            lists.push((*key, items));
        }
    }
    let mut page: T = serde_json::from_str(&serde_json::to_string(&fields).ok()?).ok()?;
    for (key, items) in lists {
        for (position, item) in items.into_iter().enumerate() {
            if let Err(error) = page.read(key, item.get()) {
                page.undecodable().push(Undecodable {
                    position,
                    reason: without_values(error).to_string(),
                    json: item.get().to_owned(),
                    operation: Cow::Borrowed(""),
                    attempts: 0,
                });
            }
        }
    }
    Some(page)
}
