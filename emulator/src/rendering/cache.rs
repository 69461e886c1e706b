//! A cache in memory that is bounded in bytes: what was used least recently makes room.

use std::collections::{BTreeMap, HashMap};

pub(super) struct Cache<V> {
    entries: HashMap<String, Entry<V>>,
    /// The keys by their last use.
    uses: BTreeMap<u64, String>,
    clock: u64,
    bytes: u64,
    limit: u64,
}

struct Entry<V> {
    value: V,
    bytes: u64,
    used: u64,
}

impl<V: Clone> Cache<V> {
    pub(super) fn new(limit: u64) -> Self {
        Self {
            entries: HashMap::new(),
            uses: BTreeMap::new(),
            clock: 0,
            bytes: 0,
            limit,
        }
    }

    pub(super) fn get(&mut self, key: &str) -> Option<V> {
        let entry = self.entries.get_mut(key)?;
        self.clock += 1;
        if let Some(key) = self.uses.remove(&entry.used) {
            self.uses.insert(self.clock, key);
        }
        entry.used = self.clock;
        Some(entry.value.clone())
    }

    /// Adds a value that takes this many bytes; not one that is larger than the whole cache.
    pub(super) fn insert(&mut self, key: String, value: V, bytes: u64) {
        // A key takes memory too.
        let bytes = bytes.saturating_add(key.len() as u64).saturating_add(256);
        self.remove(&key);
        if bytes > self.limit {
            return;
        }
        while self.bytes > self.limit - bytes {
            let Some((_, oldest)) = self.uses.pop_first() else {
                break;
            };
            if let Some(entry) = self.entries.remove(&oldest) {
                self.bytes -= entry.bytes;
            }
        }
        self.clock += 1;
        self.bytes += bytes;
        self.uses.insert(self.clock, key.clone());
        let used = self.clock;
        self.entries.insert(key, Entry { value, bytes, used });
    }

    fn remove(&mut self, key: &str) {
        if let Some(entry) = self.entries.remove(key) {
            self.uses.remove(&entry.used);
            self.bytes -= entry.bytes;
        }
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.uses.clear();
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_least_recently_makes_room() {
        let mut cache = Cache::new(3_000);
        for key in ["a", "b"] {
            cache.insert(key.to_owned(), key, 1_000);
        }
        for key in ["a", "b", "a"] {
            assert_eq!(cache.get(key), Some(key));
        }
        cache.insert("c".to_owned(), "c", 1_000);
        assert_eq!(cache.get("b"), None);
        assert_eq!((cache.get("a"), cache.get("c")), (Some("a"), Some("c")));
        cache.insert("large".to_owned(), "large", 4_000);
        assert_eq!(cache.get("large"), None);
        assert_eq!(cache.get("a"), Some("a"));
        cache.insert("a".to_owned(), "other", 2_500);
        assert_eq!((cache.get("a"), cache.get("c")), (Some("other"), None));
        assert_eq!(cache.bytes, 2_757);
        cache.clear();
        assert_eq!((cache.get("a"), cache.bytes), (None, 0));
    }
}
