//! Named values in insertion order.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::Deref;

use super::steps::step;
use super::value::Value;

/// The name and the value of an option or a variable.
pub(crate) type Named = (Cow<'static, str>, Value);

/// The number of entries from which an index is faster than a linear search.
const INDEX_THRESHOLD: usize = 16;

/// A list with unique names. Setting a name takes constant time, because an untrusted URL may contain thousands.
#[derive(Clone, Default)]
pub(crate) struct NamedValues {
    entries: Vec<Named>,
    /// The index of each name, built only for long lists.
    #[allow(
        clippy::box_collection,
        reason = "few lists have one, and every operation has a list"
    )]
    index: Option<Box<HashMap<Cow<'static, str>, usize>>>,
}

impl NamedValues {
    pub(crate) const fn new() -> Self {
        Self {
            entries: Vec::new(),
            index: None,
        }
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.index = None;
    }

    /// Replaces the value of a name in place, appends a new name, or removes the name if the value is absent.
    #[allow(
        clippy::inline_always,
        reason = "passing both on costs as much as the rest of it"
    )]
    #[inline(always)]
    pub(crate) fn set(&mut self, name: Cow<'static, str>, value: Value) {
        if value.is_absent()
            || self.entries.len() >= INDEX_THRESHOLD
            || self.entries.iter().any(|(known, _)| *known == name)
        {
            self.extend([(name, value)]);
        } else {
            self.entries.push((name, value));
        }
    }

    /// Sets several values in order.
    #[inline(never)]
    pub(crate) fn extend(&mut self, values: impl IntoIterator<Item = Named>) {
        let mut gaps = false;
        for (name, value) in values {
            let found = self.position(&name);
            if let Some(slot) = found.and_then(|at| self.entries.get_mut(at)) {
                // Removes absent entries once, at the end.
                gaps |= value.is_absent();
                slot.1 = value;
            } else if !value.is_absent() {
                self.push(name, value);
            }
        }
        if gaps {
            self.entries.retain(|(_, value)| {
                step(1);
                !value.is_absent()
            });
            self.index = None;
        }
    }

    fn push(&mut self, name: Cow<'static, str>, value: Value) {
        if let Some(index) = &mut self.index {
            index.insert(name.clone(), self.entries.len());
        }
        self.entries.push((name, value));
    }

    fn position(&mut self, name: &str) -> Option<usize> {
        let is_set = |at: &usize| {
            let entry = self.entries.get(*at);
            entry.is_some_and(|(_, value)| !value.is_absent())
        };
        if self.entries.len() < INDEX_THRESHOLD {
            let matching = self.entries.iter().enumerate().filter(|(_, (known, _))| {
                step(1);
                known == name
            });
            return matching.map(|(at, _)| at).find(is_set);
        }
        let index = self.index.get_or_insert_with(|| {
            let entries = self.entries.iter().enumerate();
            Box::new(
                entries
                    .map(|(at, (name, _))| {
                        step(1);
                        (name.clone(), at)
                    })
                    .collect(),
            )
        });
        step(1);
        index.get(name).copied().filter(is_set)
    }
}

impl Deref for NamedValues {
    type Target = [Named];

    #[inline]
    fn deref(&self) -> &[Named] {
        &self.entries
    }
}

impl PartialEq for NamedValues {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl fmt::Debug for NamedValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entries.fmt(f)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn text(values: &NamedValues) -> String {
        let pair = |(name, value): &Named| format!("{name}={value}");
        values.iter().map(pair).collect::<Vec<_>>().join(" ")
    }

    /// The reference implementation: a linear search.
    fn set_linearly(list: &mut Vec<Named>, name: Cow<'static, str>, value: Value) {
        if value.is_absent() {
            list.retain(|(known, _)| *known != name);
        } else if let Some(slot) = list.iter_mut().find(|(known, _)| *known == name) {
            slot.1 = value;
        } else {
            list.push((name, value));
        }
    }

    #[test]
    fn an_indexed_list_equals_a_linear_one() {
        let mut random = fastrand::Rng::with_seed(12);
        for _ in 0..200 {
            let names = random.u32(1..60);
            let mut values = NamedValues::new();
            let mut plain = Vec::new();
            for round in 0..100_u32 {
                let mut batch = Vec::new();
                for _ in 0..random.usize(1..4) {
                    let name = Cow::from(format!("n{}", random.u32(0..names)));
                    let value = (random.u32(0..4) > 0).then_some(round);
                    set_linearly(&mut plain, name.clone(), Value::from(value));
                    batch.push((name, Value::from(value)));
                }
                if let [(name, value)] = batch.as_slice() {
                    values.set(name.clone(), value.clone());
                } else {
                    values.extend(batch);
                }
                assert_eq!(*values, *plain, "{}", text(&values));
            }
        }
    }
}
