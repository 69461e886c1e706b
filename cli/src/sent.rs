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
const LIMIT: usize = if cfg!(test) { 1 << 20 } else { 256 << 20 };

/// Bytes of a body that may be an object to print; a longer one is a list first of all.
const SHORT: usize = 64 << 10;

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
    /// Whether the items are printed in their order, except for some that the library leaves out.
    ordered: bool,
}

impl Sent {
    /// Keeps the body of a response.
    pub(crate) fn keep(&self, received: &ReceivedJson<'_>) {
        self.keep_body(received.operation(), received.body());
    }

    fn keep_body(&self, operation: &str, body: &[u8]) {
        // Also an empty one.
        let Ok(whole) = serde_json::from_slice::<Box<RawValue>>(body) else {
            return;
        };
        let items = items(&whole);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.bytes += whole.get().len();
        let ordered = operation == "listSourceImages";
        kept.bodies.push_back(Body {
            whole,
            items,
            ordered,
        });
        while kept.bytes > LIMIT
            && let Some(oldest) = kept.bodies.pop_front()
        {
            kept.bytes -= oldest.whole.get().len();
        }
    }

    /// Takes the text that a value was decoded from; `None` if it is not kept.
    pub(crate) fn take<T: DeserializeOwned + PartialEq>(&self, value: &T) -> Option<Box<RawValue>> {
        let is_it = &|text: &RawValue| {
            serde_json::from_str::<T>(text.get()).is_ok_and(|decoded| decoded == *value)
        };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.take_next(is_it).or_else(|| kept.take_any(is_it))
    }
}

impl Kept {
    /// Takes what is most likely to be printed next: a short body, or the first item of a list. So a command that prints what many
    /// requests return does not search the lists that named them.
    fn take_next(&mut self, is_it: impl Fn(&RawValue) -> bool) -> Option<Box<RawValue>> {
        for at in (0..self.bodies.len()).rev() {
            let body = self.bodies.get(at)?;
            if body.whole.get().len() <= SHORT && is_it(&body.whole) {
                return self.remove(at).map(|body| body.whole);
            }
            if body.items.front().is_some_and(|item| is_it(item)) {
                return self.take_item(at, 0);
            }
        }
        None
    }

    /// Takes any item, or a body as a whole, or a part of it that is no list.
    fn take_any(&mut self, is_it: impl Fn(&RawValue) -> bool) -> Option<Box<RawValue>> {
        let longest = self.bodies.iter().map(|body| body.items.len()).max()?;
        for depth in 1..longest {
            for at in (0..self.bodies.len()).rev() {
                let item = self.bodies.get(at)?.items.get(depth);
                if item.is_some_and(|item| is_it(item)) {
                    return self.take_item(at, depth);
                }
            }
        }
        for at in (0..self.bodies.len()).rev() {
            let body = self.bodies.get(at)?;
            if body.whole.get().len() > SHORT && is_it(&body.whole) {
                return self.remove(at).map(|body| body.whole);
            }
            let mut parts = members(&body.whole).into_iter().map(|(_, part)| part);
            if let Some(part) = parts.find(|part| is_it(part)) {
                return Some(part.to_owned());
            }
        }
        None
    }

    fn take_item(&mut self, at: usize, depth: usize) -> Option<Box<RawValue>> {
        let body = self.bodies.get_mut(at)?;
        if body.ordered {
            body.items.drain(..depth);
        }
        let item = body.items.remove(if body.ordered { 0 } else { depth });
        if body.items.is_empty() {
            self.remove(at);
        }
        item
    }

    fn remove(&mut self, at: usize) -> Option<Body> {
        let body = self.bodies.remove(at)?;
        self.bytes -= body.whole.get().len();
        Some(body)
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use rokka::{SourceImage, Stack};

    use super::*;

    fn image(number: usize) -> String {
        format!(r#"{{"hash":"{number:040}","size":1.0}}"#)
    }

    fn list(numbers: &[usize]) -> String {
        let items: Vec<String> = numbers.iter().map(|number| image(*number)).collect();
        format!(r#"{{"total":9,"items":[{}]}}"#, items.join(","))
    }

    fn taken(sent: &Sent, number: usize) -> Option<String> {
        let image: SourceImage = serde_json::from_str(&image(number)).unwrap();
        sent.take(&image).map(|text| text.get().to_owned())
    }

    fn bodies(sent: &Sent) -> usize {
        sent.0.lock().unwrap().bodies.len()
    }

    #[test]
    fn pages_that_overlap_and_come_in_any_order_are_printed_in_theirs() {
        let sent = Sent::default();
        for page in [&[5, 6, 7][..], &[1, 2, 3], &[3, 4, 5]] {
            sent.keep_body("listSourceImages", list(page).as_bytes());
        }
        for number in 1..=7 {
            assert_eq!(taken(&sent, number), Some(image(number)), "{number}");
        }
        assert_eq!(taken(&sent, 8), None);
        // The last image of a page is printed as the first of the next one, and nothing else is left.
        assert!(bodies(&sent) <= 2, "{sent:?}");
    }

    #[test]
    fn other_lists_are_printed_in_any_order() {
        let sent = Sent::default();
        sent.keep_body("listSourceImagesByBinaryHash", list(&[1, 2, 3]).as_bytes());
        for number in [3, 1, 2] {
            assert_eq!(taken(&sent, number), Some(image(number)));
        }
        assert_eq!((taken(&sent, 1), bodies(&sent)), (None, 0));
    }

    #[test]
    fn the_newest_response_with_an_object_is_the_one_that_is_printed() {
        let sent = Sent::default();
        sent.keep_body("listSourceImages", list(&[1, 2]).as_bytes());
        let newer = image(2).replace("1.0", "1");
        sent.keep_body("getSourceImage", newer.as_bytes());
        assert_eq!(taken(&sent, 2), Some(newer));
        // An object of another kind, and a response without one.
        sent.keep_body("getStack", br#"{"name":"a"}"#);
        sent.keep_body("deleteStack", b"");
        let stack: Stack = serde_json::from_str(r#"{"name":"a"}"#).unwrap();
        assert!(sent.take(&stack).is_some() && sent.take(&stack).is_none());
    }

    #[test]
    fn what_is_never_printed_is_let_go() {
        let sent = Sent::default();
        let long = format!("[\"{}\"]", "x".repeat(LIMIT / 4));
        for _ in 0..9 {
            sent.keep_body("listSourceImages", long.as_bytes());
        }
        assert_eq!(bodies(&sent), 3);
    }

    #[test]
    fn a_line_has_everything_but_line_breaks_and_what_nobody_asked_for() {
        let text = "{ \"a\" : [ 1.50, {\"key\": 1, \"b\\u006b\": \"\\n \\u0041\"} ],\n\"key\":{}, \"a\": null }";
        let text: &RawValue = serde_json::from_str(text).unwrap();
        let line = serde_json::to_string(&Line::new(text, &["key"])).unwrap();
        assert_eq!(line, r#"{"a":[1.50,{"bk":"\n \u0041"}],"a":null}"#);
    }
}
