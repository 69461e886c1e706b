//! What the service sent, byte for byte: `--json` prints its objects, and a decoded model no longer knows which fields were
//! there, or whether a number was `1` or `1.0`.
//!
//! The bodies of responses are kept until their objects are printed. An object is found by what it decodes to, so that a command
//! prints what it has, wherever in a response it was and however many requests are under way.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use rokka::ReceivedJson;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

/// Bytes of bodies that are kept. Far more than what is under way; what is never printed must not take the memory.
const LIMIT: usize = 256 << 20;

/// The bodies of the responses so far, the newest last.
#[derive(Default)]
pub(crate) struct Sent(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    bodies: VecDeque<Body>,
    bytes: usize,
}

/// A body, and the objects in its lists that were not printed yet.
struct Body {
    whole: Box<RawValue>,
    items: VecDeque<Box<RawValue>>,
}

impl Sent {
    /// Keeps the body of a response.
    pub(crate) fn keep(&self, received: &ReceivedJson<'_>) {
        let Ok(whole) = serde_json::from_slice::<Box<RawValue>>(received.body()) else {
            return;
        };
        let items = items(&whole);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.bytes += whole.get().len();
        kept.bodies.push_back(Body { whole, items });
        while kept.bytes > LIMIT
            && let Some(oldest) = kept.bodies.pop_front()
        {
            kept.bytes -= oldest.whole.get().len();
        }
    }

    /// Takes the text that a value was decoded from; `None` if it is not kept.
    pub(crate) fn take<T: DeserializeOwned + PartialEq>(&self, value: &T) -> Option<Box<RawValue>> {
        let is_it = |text: &RawValue| {
            serde_json::from_str::<T>(text.get()).is_ok_and(|decoded| decoded == *value)
        };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = kept.take_item(is_it) {
            return Some(found);
        }
        // As a whole, or a part of it that is no list.
        for (at, body) in kept.bodies.iter().enumerate().rev() {
            let found = if is_it(&body.whole) {
                body.whole.clone()
            } else {
                let mut parts = members(&body.whole).into_iter().map(|(_, part)| part);
                match parts.find(|part| is_it(part)) {
                    Some(part) => part.to_owned(),
                    None => continue,
                }
            };
            kept.remove(at);
            return Some(found);
        }
        None
    }
}

impl Kept {
    /// Takes an item of a list. The next item of a page is looked at before those behind it: items are printed in the order of
    /// their page, and the library leaves some out.
    fn take_item(&mut self, is_it: impl Fn(&RawValue) -> bool) -> Option<Box<RawValue>> {
        let longest = self.bodies.iter().map(|body| body.items.len()).max()?;
        for depth in 0..longest {
            for (at, body) in self.bodies.iter_mut().enumerate().rev() {
                if body.items.get(depth).is_some_and(|item| is_it(item)) {
                    let mut before = body.items.drain(..=depth);
                    let found = before.next_back();
                    drop(before);
                    if body.items.is_empty() {
                        self.remove(at);
                    }
                    return found;
                }
            }
        }
        None
    }

    fn remove(&mut self, at: usize) {
        if let Some(body) = self.bodies.remove(at) {
            self.bytes -= body.whole.get().len();
        }
    }
}

/// Returns the objects of a list, or of the lists in an object.
fn items(whole: &RawValue) -> VecDeque<Box<RawValue>> {
    if whole.get().starts_with('[') {
        return objects(whole);
    }
    let lists = members(whole).into_iter().map(|(_, value)| value);
    lists.flat_map(objects).collect()
}

fn objects(list: &RawValue) -> VecDeque<Box<RawValue>> {
    let elements: Vec<&RawValue> = serde_json::from_str(list.get()).unwrap_or_default();
    let objects = elements.into_iter();
    let objects = objects.filter(|element| element.get().starts_with('{'));
    objects.map(ToOwned::to_owned).collect()
}

/// Returns the names and values of an object.
fn members(object: &RawValue) -> Vec<(Cow<'_, str>, &RawValue)> {
    serde_json::from_str::<Members<'_>>(object.get())
        .map_or_else(|_| Vec::new(), |members| members.0)
}

/// The members of an object in their order.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(Name(name)) = object.next_key()? {
                    members.push((name, object.next_value()?));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// A name that is borrowed unless it has escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// JSON as it was sent, on one line and without secrets that nobody asked for.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    text: &'a RawValue,
    without: &'a [&'a str],
}

impl<'a> Line<'a> {
    /// Returns a text without the members of these names, wherever they are in it.
    pub(crate) fn new(text: &'a RawValue, without: &'a [&'a str]) -> Self {
        Self { text, without }
    }
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let inner = |text| Line::new(text, self.without);
        match self.text.get().as_bytes().first() {
            Some(b'{') => {
                let mut object = serializer.serialize_map(None)?;
                for (name, value) in members(self.text) {
                    if !self.without.contains(&&*name) {
                        object.serialize_entry(&name, &inner(value))?;
                    }
                }
                object.end()
            }
            Some(b'[') => {
                let elements: Vec<&RawValue> =
                    serde_json::from_str(self.text.get()).map_err(serde::ser::Error::custom)?;
                let mut list = serializer.serialize_seq(Some(elements.len()))?;
                for element in elements {
                    list.serialize_element(&inner(element))?;
                }
                list.end()
            }
            _ => self.text.serialize(serializer),
        }
    }
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sent").finish_non_exhaustive()
    }
}
