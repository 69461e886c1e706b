//! The images, aliases and stacks of one organization.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound::{Included, Unbounded};

use chrono::{DateTime, Utc};

use super::answer::Answer;
use super::identity::is_hash;
use super::image::{Image, Moment};

pub(crate) struct Organization {
    name: String,
    images: BTreeMap<u64, Image>,
    /// Sorted, so that a prefix is found without a walk over all images.
    by_hash: BTreeMap<String, u64>,
    by_short_hash: HashMap<String, u64>,
    last_sequence: u64,
    pub(crate) aliases: BTreeMap<String, String>,
    /// As they are answered, by name.
    pub(crate) stacks: BTreeMap<String, serde_json::Value>,
    /// When each cache was invalidated lately.
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

    /// All images, deleted ones too, the newest first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Image> {
        self.images.values().rev()
    }

    /// The image with this hash or short hash, deleted or not.
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

    pub(crate) fn live(&self, hash: &str) -> Result<&Image, Answer> {
        self.find(hash)
            .filter(|image| image.deleted.is_none())
            .ok_or_else(|| Answer::not_found("Source image"))
    }

    pub(crate) fn live_mut(&mut self, hash: &str) -> Result<&mut Image, Answer> {
        self.find_mut(hash)
            .filter(|image| image.deleted.is_none())
            .ok_or_else(|| Answer::not_found("Source image"))
    }

    pub(crate) fn find_mut(&mut self, hash: &str) -> Option<&mut Image> {
        let sequence = self.sequence_of(hash)?;
        self.images.get_mut(&sequence)
    }

    /// Takes an image in under its hash, as the newest one. A deleted image of that hash makes room for it.
    pub(crate) fn adopt(&mut self, mut image: Image) -> &mut Image {
        let former = self
            .by_hash
            .get(&image.hash)
            .and_then(|sequence| self.images.remove(sequence));
        image.short_hash = match former {
            Some(former) => former.short_hash,
            None => self.free_short_hash(&image.hash),
        };
        self.last_sequence += 1;
        image.sequence = self.last_sequence;
        image.created = Moment::now();
        image.deleted = None;
        self.by_hash.insert(image.hash.clone(), image.sequence);
        self.by_short_hash
            .insert(image.short_hash.clone(), image.sequence);
        self.images.entry(image.sequence).or_insert(image)
    }

    /// The first six digits, or as many as it takes to be unlike every hash that is there already.
    fn free_short_hash(&self, hash: &str) -> String {
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

    /// Goes from an image to the one that its edited copy should be: the one that is there already, as it is, or a new
    /// one. `edited` still bears the hash of the image that it was made of.
    pub(crate) fn move_to_sibling(
        &mut self,
        mut edited: Image,
        delete_previous: bool,
    ) -> Result<&Image, Answer> {
        if delete_previous && edited.locked {
            return Err(Answer::locked());
        }
        let previous = edited.hash.clone();
        let hash = edited.derived_hash();
        if hash == previous {
            // Only an edit with keepHash leads here: the image has now become what its hash says.
            self.images.insert(edited.sequence, edited);
        } else {
            if self.live(&hash).is_err() {
                edited.hash.clone_from(&hash);
                edited.locked = false;
                self.adopt(edited);
            }
            if delete_previous {
                self.live_mut(&previous)?.deleted = Some(Moment::now());
            }
        }
        self.live(&hash)
    }
}
