//! The hashes of the files of a folder, so that a file that has not changed is not read again.
//!
//! A hash is trusted as long as the size, the time of the last change of the content and, on Unix, the time of the last change of
//! the file and its number are those it had when it was read. A file that changed shortly before it was read is not remembered:
//! it could change once more within the resolution of its times.

use std::collections::HashMap;
use std::fs::Metadata;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rokka::BinaryHasher;

use crate::config::{cache_folder, read_file, write_file};
use crate::failure::Failure;

/// How long a file must not have changed before it was read.
const SETTLED: Duration = Duration::from_secs(2);

/// The version of the format.
const VERSION: &str = "rokka-hashes 1\n";

/// What tells whether a file has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    size: u64,
    /// Nanoseconds since 1970.
    modified: i128,
    /// Nanoseconds since 1970, or 0 where the system has no such time.
    changed: i128,
    /// The number of the file, or 0.
    number: u64,
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Option<Self> {
        let modified = nanoseconds(metadata.modified().ok()?);
        #[cfg(unix)]
        let (changed, number) = {
            use std::os::unix::fs::MetadataExt;

            let seconds = i128::from(metadata.ctime()) * 1_000_000_000;
            (seconds + i128::from(metadata.ctime_nsec()), metadata.ino())
        };
        #[cfg(not(unix))]
        let (changed, number) = (0, 0);
        Some(Self {
            size: metadata.len(),
            modified,
            changed,
            number,
        })
    }

    /// Returns whether the file had not changed for a while at that time.
    fn is_settled(&self, at: SystemTime) -> bool {
        let latest = self.modified.max(self.changed);
        let settled = i128::try_from(SETTLED.as_nanos()).unwrap_or(i128::MAX);
        nanoseconds(at) - latest > settled
    }
}

fn nanoseconds(time: SystemTime) -> i128 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i128::try_from(after.as_nanos()).unwrap_or(i128::MAX),
        Err(before) => -i128::try_from(before.duration().as_nanos()).unwrap_or(i128::MAX),
    }
}

/// The hashes of the files of a folder. Written when it is dropped, also after Ctrl-C.
#[derive(Debug)]
pub(super) struct HashCache {
    file: Option<PathBuf>,
    known: HashMap<String, (Stamp, String)>,
    /// What this run has seen. The rest is forgotten if the run sees the whole folder.
    seen: HashMap<String, (Stamp, String)>,
    is_whole: bool,
    changed: bool,
}

impl HashCache {
    /// Opens the cache of a folder. One that cannot be read is empty: it only saves time.
    pub(super) fn open(folder: &Path) -> Self {
        let file = file_of(folder).ok();
        let text = file
            .as_deref()
            .and_then(|file| read_file(file).ok().flatten());
        let known = text.as_deref().and_then(parse).unwrap_or_default();
        Self {
            file,
            known,
            seen: HashMap::new(),
            is_whole: false,
            changed: false,
        }
    }

    /// Returns the hash of a file that has not changed.
    pub(super) fn get(&mut self, name: &str, stamp: Stamp) -> Option<String> {
        let (known, hash) = self.known.get(name)?;
        if *known != stamp {
            return None;
        }
        let hash = hash.clone();
        self.seen.insert(name.to_owned(), (stamp, hash.clone()));
        Some(hash)
    }

    /// Remembers the hash of a file that was read after `started`, if it had not changed shortly before.
    pub(super) fn insert(&mut self, name: &str, stamp: Stamp, hash: &str, started: SystemTime) {
        if stamp.is_settled(started) {
            self.seen.insert(name.to_owned(), (stamp, hash.to_owned()));
            self.changed = true;
        }
    }

    /// Says that all files of the folder were seen, so that what was not is gone.
    pub(super) fn is_whole(&mut self) {
        self.is_whole = true;
    }

    fn save(&mut self) -> Result<(), Failure> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let has_gone = self.is_whole && self.seen.len() < self.known.len();
        if !self.changed && !has_gone {
            return Ok(());
        }
        let mut all = std::mem::take(&mut self.seen);
        if !self.is_whole {
            for (name, known) in self.known.drain() {
                all.entry(name).or_insert(known);
            }
        }
        let mut text = VERSION.as_bytes().to_vec();
        for (name, (stamp, hash)) in &all {
            let Stamp {
                size,
                modified,
                changed,
                number,
            } = stamp;
            let name = serde_json::to_string(name)?;
            writeln!(text, "{hash} {size} {modified} {changed} {number} {name}")?;
        }
        write_file(file, &String::from_utf8_lossy(&text))
    }
}

impl Drop for HashCache {
    fn drop(&mut self) {
        // Without it, the next run reads the files once more.
        let _ = self.save();
    }
}

/// Returns the place of the cache of a folder.
fn file_of(folder: &Path) -> Result<PathBuf, Failure> {
    let folder = folder.canonicalize()?;
    let mut hasher = BinaryHasher::new();
    hasher.update(folder.as_os_str().as_encoded_bytes());
    let name = format!("{}.hashes", hasher.finish());
    Ok(cache_folder()?.join("sync").join(name))
}

fn parse(text: &str) -> Option<HashMap<String, (Stamp, String)>> {
    let lines = text.strip_prefix(VERSION)?.lines();
    lines
        .map(|line| {
            let mut parts = line.splitn(6, ' ');
            let hash = parts.next().filter(|hash| hash.len() == 40)?.to_owned();
            let stamp = Stamp {
                size: parts.next()?.parse().ok()?,
                modified: parts.next()?.parse().ok()?,
                changed: parts.next()?.parse().ok()?,
                number: parts.next()?.parse().ok()?,
            };
            let name = serde_json::from_str(parts.next()?).ok()?;
            Some((name, (stamp, hash)))
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const HASH: &str = "a9993e364706816aba3e25717850c26c9cd0d89d";

    fn cache(file: &Path) -> HashCache {
        HashCache {
            file: Some(file.to_owned()),
            known: read_file(file)
                .unwrap()
                .as_deref()
                .and_then(parse)
                .unwrap_or_default(),
            seen: HashMap::new(),
            is_whole: false,
            changed: false,
        }
    }

    fn stamp(seconds: i128) -> Stamp {
        Stamp {
            size: 3,
            modified: seconds * 1_000_000_000,
            changed: 0,
            number: 7,
        }
    }

    #[test]
    fn a_hash_is_trusted_while_the_file_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.hashes");
        let read_at = UNIX_EPOCH + Duration::from_secs(1_000);
        let mut first = cache(&file);
        first.insert("a \"b\"\n.jpg", stamp(100), HASH, read_at);
        drop(first);
        let mut second = cache(&file);
        let name = "a \"b\"\n.jpg";
        assert_eq!(second.get(name, stamp(100)).as_deref(), Some(HASH));
        for other in [
            Stamp {
                size: 4,
                ..stamp(100)
            },
            stamp(101),
            Stamp {
                changed: 1,
                ..stamp(100)
            },
            Stamp {
                number: 8,
                ..stamp(100)
            },
        ] {
            assert_eq!(second.get(name, other), None, "{other:?}");
        }
        assert_eq!(second.get("other.jpg", stamp(100)), None);
    }

    #[test]
    fn a_file_that_changed_just_before_it_was_read_is_not_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.hashes");
        let mut first = cache(&file);
        let read_at = UNIX_EPOCH + Duration::from_secs(101);
        first.insert("recent.jpg", stamp(100), HASH, read_at);
        first.insert("future.jpg", stamp(200), HASH, read_at);
        first.insert("old.jpg", stamp(50), HASH, read_at);
        drop(first);
        let mut second = cache(&file);
        assert_eq!(second.get("recent.jpg", stamp(100)), None);
        assert_eq!(second.get("future.jpg", stamp(200)), None);
        assert!(second.get("old.jpg", stamp(50)).is_some());
    }

    #[test]
    fn files_that_are_gone_are_forgotten_only_after_a_whole_run() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.hashes");
        let read_at = UNIX_EPOCH + Duration::from_secs(1_000);
        let mut first = cache(&file);
        first.insert("a.jpg", stamp(1), HASH, read_at);
        first.insert("b.jpg", stamp(1), HASH, read_at);
        drop(first);
        // Interrupted.
        let mut second = cache(&file);
        second.insert("c.jpg", stamp(1), HASH, read_at);
        drop(second);
        assert_eq!(cache(&file).known.len(), 3);
        let mut third = cache(&file);
        third.get("a.jpg", stamp(1)).unwrap();
        third.is_whole();
        drop(third);
        assert_eq!(cache(&file).known.len(), 1);
    }

    #[test]
    fn a_damaged_cache_is_empty() {
        for text in ["", "other", "rokka-hashes 1\nx y z\n", "rokka-hashes 2\n"] {
            assert!(parse(text).is_none_or(|known| known.is_empty()), "{text:?}");
        }
    }
}
