//! The images, aliases and stacks of one organization.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound::{Included, Unbounded};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::blob::Blob;
use super::clock::Clock;
use super::hash::is_hash;
use super::image::{Image, Timestamp};
use super::response::Response;

/// How long deleted images can be restored.
const TRASH_TIME: TimeDelta = TimeDelta::days(30);

/// The most memory that the files of deleted images take, except for the image that was deleted last: 64 MiB.
const TRASH_MEMORY: u64 = 64 * 1024 * 1024;

#[derive(Clone)]
pub(crate) struct Organization {
    name: String,
    clock: Clock,
    images: BTreeMap<u64, Image>,
    /// Sorted, to find a hash by its prefix.
    by_hash: BTreeMap<String, u64>,
    by_short_hash: HashMap<String, u64>,
    last_sequence: u64,
    /// The deleted images by the time of their deletion.
    trash: BTreeSet<(DateTime<Utc>, u64)>,
    /// The memory of the files in the trash.
    trash_memory: u64,
    aliases: BTreeMap<String, String>,
    /// The stacks as responses contain them, by name.
    stacks: BTreeMap<String, Value>,
    /// The recent invalidations of each cache.
    pub(crate) invalidations: HashMap<String, Vec<DateTime<Utc>>>,
    pub(crate) changes: Changes,
}

/// What has changed since the data folder was written.
#[derive(Clone, Default)]
pub(crate) struct Changes {
    /// The sequence numbers of images that are new, edited or gone.
    pub(crate) images: BTreeSet<u64>,
    pub(crate) aliases: BTreeSet<String>,
    pub(crate) stacks: BTreeSet<String>,
}

impl Changes {
    pub(crate) fn is_empty(&self) -> bool {
        self.images.is_empty() && self.aliases.is_empty() && self.stacks.is_empty()
    }
}

impl Organization {
    pub(crate) fn new(name: &str, clock: Clock) -> Self {
        Self {
            name: name.to_owned(),
            clock,
            images: BTreeMap::new(),
            by_hash: BTreeMap::new(),
            by_short_hash: HashMap::new(),
            last_sequence: 0,
            trash: BTreeSet::new(),
            trash_memory: 0,
            aliases: BTreeMap::new(),
            stacks: BTreeMap::new(),
            invalidations: HashMap::new(),
            changes: Changes::default(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn set_clock(&mut self, clock: Clock) {
        self.clock = clock;
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Returns all images, also deleted ones, newest first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Image> {
        self.images.values().rev()
    }

    /// Returns the images with lower numbers than this one, also deleted ones, newest first.
    pub(crate) fn newest_before(&self, sequence: u64) -> impl Iterator<Item = &Image> {
        self.images.range(..sequence).rev().map(|(_, image)| image)
    }

    /// Returns the number of images that are not deleted.
    pub(crate) fn live_count(&self) -> usize {
        self.images.len() - self.trash.len()
    }

    pub(crate) fn image(&self, sequence: u64) -> Option<&Image> {
        self.images.get(&sequence)
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

    /// Returns an image to edit; `deleted` has methods of its own.
    fn find_mut(&mut self, hash: &str) -> Option<&mut Image> {
        let sequence = self.sequence_of(hash)?;
        let image = self.images.get_mut(&sequence)?;
        self.changes.images.insert(sequence);
        image.listed = super::image::ListedJson::default();
        Some(image)
    }

    /// Inserts an image as the newest one. Replaces an image with the same hash.
    pub(crate) fn insert(&mut self, mut image: Image) -> &mut Image {
        let former = self.by_hash.get(&image.hash).copied();
        image.short_hash = match former.and_then(|sequence| self.remove(sequence)) {
            Some(former) => former.short_hash,
            None => self.unique_short_hash(&image.hash),
        };
        image.sequence = self.last_sequence + 1;
        image.created = Timestamp::at(self.now());
        image.deleted = None;
        self.changes.images.insert(image.sequence);
        self.add(image)
    }

    /// Adds an image that has its number, its short hash and its dates.
    pub(crate) fn add(&mut self, image: Image) -> &mut Image {
        self.last_sequence = self.last_sequence.max(image.sequence);
        self.by_hash.insert(image.hash.clone(), image.sequence);
        self.by_short_hash
            .insert(image.short_hash.clone(), image.sequence);
        if let Some(deleted) = &image.deleted {
            self.trash.insert((deleted.time, image.sequence));
            self.trash_memory += memory_of(&image);
        }
        self.images.entry(image.sequence).or_insert(image)
    }

    /// Replaces the file of an image by the same one in another place.
    pub(crate) fn set_blob(&mut self, sequence: u64, blob: Blob) {
        let Some(image) = self.images.get_mut(&sequence) else {
            return;
        };
        let before = memory_of(image);
        image.blob = blob;
        if image.deleted.is_some() {
            let freed = before.saturating_sub(memory_of(image));
            self.trash_memory = self.trash_memory.saturating_sub(freed);
        }
    }

    /// Keeps the number of an image that is gone from being given again.
    pub(crate) fn skip_sequence(&mut self, sequence: u64) {
        self.last_sequence = self.last_sequence.max(sequence);
    }

    /// Removes an image for good.
    pub(crate) fn remove(&mut self, sequence: u64) -> Option<Image> {
        let image = self.images.remove(&sequence)?;
        self.by_hash.remove(&image.hash);
        self.by_short_hash.remove(&image.short_hash);
        self.leave_trash(&image);
        self.changes.images.insert(sequence);
        Some(image)
    }

    fn leave_trash(&mut self, image: &Image) {
        if let Some(deleted) = &image.deleted
            && self.trash.remove(&(deleted.time, image.sequence))
        {
            self.trash_memory = self.trash_memory.saturating_sub(memory_of(image));
        }
    }

    /// Moves a live image to the trash.
    pub(crate) fn delete(&mut self, hash: &str) -> Result<(), Response> {
        let deleted = Timestamp::at(self.now());
        let time = deleted.time;
        let image = self.live_mut(hash)?;
        image.deleted = Some(deleted);
        let (sequence, memory) = (image.sequence, memory_of(image));
        self.trash.insert((time, sequence));
        self.trash_memory += memory;
        // Keeps the image that was deleted last.
        while self.trash_memory > TRASH_MEMORY && self.trash.len() > 1 {
            let Some((_, oldest)) = self.trash.iter().find(|(_, other)| *other != sequence) else {
                break;
            };
            self.remove(*oldest);
        }
        Ok(())
    }

    /// Takes an image out of the trash, if it is there.
    pub(crate) fn restore(&mut self, hash: &str) -> Result<&Image, Response> {
        let image = self
            .find_mut(hash)
            .ok_or_else(|| Response::not_found("Source image"))?;
        let sequence = image.sequence;
        if let Some(deleted) = image.deleted.take() {
            let memory = memory_of(image);
            if self.trash.remove(&(deleted.time, sequence)) {
                self.trash_memory = self.trash_memory.saturating_sub(memory);
            }
        }
        self.live(hash)
    }

    /// Removes the images that have been in the trash for too long.
    pub(crate) fn empty_trash(&mut self) {
        let Some((oldest, _)) = self.trash.first() else {
            return;
        };
        let end = self.now() - TRASH_TIME;
        if *oldest > end {
            return;
        }
        let expired = self.trash.iter().take_while(|(time, _)| *time <= end);
        let expired: Vec<u64> = expired.map(|(_, sequence)| *sequence).collect();
        for sequence in expired {
            self.remove(sequence);
        }
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
            self.changes.images.insert(edited.sequence);
            self.images.insert(edited.sequence, edited);
        } else {
            if self.live(&hash).is_err() {
                edited.hash.clone_from(&hash);
                edited.locked = false;
                self.insert(edited);
            }
            if delete_previous {
                self.delete(&previous)?;
            }
        }
        self.live(&hash)
    }

    pub(crate) fn aliases(&self) -> &BTreeMap<String, String> {
        &self.aliases
    }

    /// Sets an alias, or removes it, and returns the former hash.
    pub(crate) fn set_alias(&mut self, alias: &str, hash: Option<String>) -> Option<String> {
        self.changes.aliases.insert(alias.to_owned());
        match hash {
            Some(hash) => self.aliases.insert(alias.to_owned(), hash),
            None => self.aliases.remove(alias),
        }
    }

    pub(crate) fn stacks(&self) -> &BTreeMap<String, Value> {
        &self.stacks
    }

    /// Sets a stack, or removes it, and returns the former one.
    pub(crate) fn set_stack(&mut self, name: &str, stack: Option<Value>) -> Option<Value> {
        self.changes.stacks.insert(name.to_owned());
        match stack {
            Some(stack) => self.stacks.insert(name.to_owned(), stack),
            None => self.stacks.remove(name),
        }
    }
}

/// The memory that the file of an image takes.
fn memory_of(image: &Image) -> u64 {
    image.blob.memory().map_or(0, |bytes| bytes.len() as u64)
}
