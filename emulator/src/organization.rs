//! The images, aliases and stacks of one organization.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound::{Included, Unbounded};

use chrono::{DateTime, Utc};

use super::hash::is_hash;
use super::image::{Image, Timestamp};
use super::response::Response;

pub(crate) struct Organization {
    name: String,
    images: BTreeMap<u64, Image>,
    /// Sorted, to find a hash by its prefix.
    by_hash: BTreeMap<String, u64>,
    by_short_hash: HashMap<String, u64>,
    last_sequence: u64,
    pub(crate) aliases: BTreeMap<String, String>,
    /// The stacks as responses contain them, by name.
    pub(crate) stacks: BTreeMap<String, serde_json::Value>,
    /// The recent invalidations of each cache.
    pub(crate) invalidations: HashMap<String, Vec<DateTime<Utc>>>,
}

impl Organization {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            images: BTreeMap::new(),
            by_hash: BTreeMap::new(),
            by_short_hash: HashMap::new(),
            last_sequence: 0,
            aliases: BTreeMap::new(),
            stacks: BTreeMap::new(),
            invalidations: HashMap::new(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns all images, also deleted ones, newest first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Image> {
        self.images.values().rev()
    }

    /// Returns the image with this hash, short hash or unique prefix, deleted or not.
    pub(crate) fn find(&self, hash: &str) -> Option<&Image> {
        self.images.get(&self.sequence_of(hash)?)
    }

    fn sequence_of(&self, hash: &str) -> Option<u64> {
        if !is_hash(hash) {
            return None;
        }
        let hash = hash.to_ascii_lowercase();
        if let Some(sequence) = self
            .by_hash
            .get(&hash)
            .or_else(|| self.by_short_hash.get(&hash))
        {
            return Some(*sequence);
        }
        let mut candidates = self
            .by_hash
            .range(hash.clone()..)
            .take_while(|(known, _)| known.starts_with(&hash));
        match (candidates.next(), candidates.next()) {
            (Some((_, sequence)), None) => Some(*sequence),
            _ => None,
        }
    }

    pub(crate) fn live(&self, hash: &str) -> Result<&Image, Response> {
        self.find(hash)
            .filter(|image| image.deleted.is_none())
            .ok_or_else(|| Response::not_found("Source image"))
    }

    pub(crate) fn live_mut(&mut self, hash: &str) -> Result<&mut Image, Response> {
        self.find_mut(hash)
            .filter(|image| image.deleted.is_none())
            .ok_or_else(|| Response::not_found("Source image"))
    }

    pub(crate) fn find_mut(&mut self, hash: &str) -> Option<&mut Image> {
        let sequence = self.sequence_of(hash)?;
        self.images.get_mut(&sequence)
    }

    /// Inserts an image as the newest one. Replaces an image with the same hash.
    pub(crate) fn insert(&mut self, mut image: Image) -> &mut Image {
        let former = self
            .by_hash
            .get(&image.hash)
            .and_then(|sequence| self.images.remove(sequence));
        image.short_hash = match former {
            Some(former) => former.short_hash,
            None => self.unique_short_hash(&image.hash),
        };
        self.last_sequence += 1;
        image.sequence = self.last_sequence;
        image.created = Timestamp::now();
        image.deleted = None;
        self.by_hash.insert(image.hash.clone(), image.sequence);
        self.by_short_hash
            .insert(image.short_hash.clone(), image.sequence);
        self.images.entry(image.sequence).or_insert(image)
    }

    /// Returns the shortest prefix of at least six digits that no other hash starts with.
    fn unique_short_hash(&self, hash: &str) -> String {
        (6..hash.len())
            .filter_map(|length| hash.get(..length))
            .find(|prefix| {
                self.by_hash
                    .range::<str, _>((Included(*prefix), Unbounded))
                    .next()
                    .is_none_or(|(known, _)| !known.starts_with(prefix))
            })
            .unwrap_or(hash)
            .to_owned()
    }

    /// Returns the image that an edit leads to: the existing one with the hash of the edited content, or a new one.
    /// `edited` still has the hash of the previous image.
    pub(crate) fn move_to_sibling(
        &mut self,
        mut edited: Image,
        delete_previous: bool,
    ) -> Result<&Image, Response> {
        if delete_previous && edited.locked {
            return Err(Response::locked());
        }
        let previous = edited.hash.clone();
        let hash = edited.derived_hash();
        if hash == previous {
            // The edit undoes one with `keepHash`: the hash matches the content again.
            self.images.insert(edited.sequence, edited);
        } else {
            if self.live(&hash).is_err() {
                edited.hash.clone_from(&hash);
                edited.locked = false;
                self.insert(edited);
            }
            if delete_previous {
                self.live_mut(&previous)?.deleted = Some(Timestamp::now());
            }
        }
        self.live(&hash)
    }
}
