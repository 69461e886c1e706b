//! The files of the folder, with their hashes.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use futures_util::{StreamExt, stream};

use super::SyncArgs;
use super::hash_cache::{HashCache, Stamp};
use crate::context::Context;
use crate::failure::Failure;
use crate::files::LocalFile;
use crate::transfers::Transfers;

/// A file and its hash.
#[derive(Debug)]
pub(super) struct HashedFile {
    pub(super) path: PathBuf,
    pub(super) size: u64,
    /// The SHA-1 of its bytes.
    pub(super) hash: String,
    stamp: Option<Stamp>,
}

impl HashedFile {
    /// Returns whether the file is still the one that was read.
    pub(super) fn is_unchanged(&self) -> bool {
        let now = std::fs::metadata(&self.path).ok();
        self.stamp.is_some() && now.as_ref().and_then(Stamp::of) == self.stamp
    }
}

/// The files of the folder.
#[derive(Debug, Default)]
pub(super) struct LocalFiles {
    pub(super) files: Vec<HashedFile>,
    /// What could not be read, and why.
    pub(super) unreadable: Vec<(PathBuf, Failure)>,
    /// Whether a part of the folder could not be listed.
    pub(super) is_incomplete: bool,
    /// The number of files that were left out because they are no pictures.
    pub(super) skipped: usize,
}

/// Lists and hashes the files of the folder.
pub(super) async fn read(args: &SyncArgs, context: &Context) -> Result<LocalFiles, Failure> {
    let (filter, folder) = (args.filter.clone(), args.folder.clone());
    let walk = move || filter.files_in(&folder, usize::MAX);
    let found = tokio::task::spawn_blocking(walk)
        .await
        .map_err(|error| Failure::new(error.to_string()))??;
    for error in &found.unreadable {
        context.output.warn(error);
    }
    let mut cache = HashCache::open(&args.folder);
    let mut local = LocalFiles {
        is_incomplete: !found.unreadable.is_empty(),
        skipped: found.skipped,
        ..LocalFiles::default()
    };
    let mut unknown = Vec::new();
    for file in found.files {
        let stamp = Stamp::of(&file.metadata);
        let name = relative(&args.folder, &file.path);
        let known = name.zip(stamp).filter(|_| !args.checksum);
        match known.and_then(|(name, stamp)| cache.get(name, stamp)) {
            Some(hash) => local.files.push(HashedFile {
                size: file.metadata.len(),
                path: file.path,
                hash,
                stamp,
            }),
            None => unknown.push((file, stamp)),
        }
    }
    hash(unknown, args, &mut cache, &mut local, context).await;
    if !local.is_incomplete {
        cache.is_whole();
    }
    local.files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(local)
}

async fn hash(
    files: Vec<(LocalFile, Option<Stamp>)>,
    args: &SyncArgs,
    cache: &mut HashCache,
    local: &mut LocalFiles,
    context: &Context,
) {
    let at_once = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let transfers = Transfers::start(&context.output, "reading", Some(files.len() as u64), None);
    let read = |(file, stamp): (LocalFile, Option<Stamp>)| async move {
        let started = SystemTime::now();
        let hash = rokka::binary_hash(&file.path).await;
        (file, stamp, started, hash)
    };
    let mut hashes = stream::iter(files).map(read).buffer_unordered(at_once);
    while let Some((file, stamp, started, hash)) = hashes.next().await {
        transfers.item_done();
        match hash {
            Ok(hash) => {
                // A file that changed while it was read has another stamp the next time.
                if let Some((name, stamp)) = relative(&args.folder, &file.path).zip(stamp) {
                    cache.insert(name, stamp, &hash, started);
                }
                local.files.push(HashedFile {
                    size: file.metadata.len(),
                    path: file.path,
                    hash,
                    stamp,
                });
            }
            Err(error) => {
                local.is_incomplete = true;
                local.unreadable.push((file.path, error.into()));
            }
        }
    }
}

fn relative<'a>(folder: &Path, path: &'a Path) -> Option<&'a str> {
    path.strip_prefix(folder).ok()?.to_str()
}
