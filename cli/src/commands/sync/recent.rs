//! What was uploaded in the last minutes. The service's lists show an image up to ten seconds after it is stored, and images by
//! hash at once: so a run right after another one asks for these by hash, and does not send them again.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::{StreamExt, stream};
use rokka::{BinaryHasher, SourceImages};
use serde::{Deserialize, Serialize};

use super::listing::Listing;
use crate::config::{cache_folder, read_file, write_file};
use crate::context::Context;
use crate::failure::Failure;

/// Seconds after which a list shows every image for sure.
const LISTED_AFTER: u64 = 120;

/// The uploads of the last minutes to an organization, by the SHA-1 of their bytes. Written when it is dropped.
#[derive(Debug)]
pub(super) struct Recent {
    file: Option<PathBuf>,
    uploads: HashMap<String, Upload>,
    changed: bool,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
struct Upload {
    hash: String,
    /// Seconds since 1970.
    at: u64,
}

impl Recent {
    /// Opens the record of an organization. One that cannot be read is empty: it only saves uploads.
    pub(super) fn open(host: &str, organization: &str) -> Self {
        let mut hasher = BinaryHasher::new();
        hasher.update(format!("{host}\n{organization}"));
        let name = format!("{}.recent", hasher.finish());
        let file = cache_folder()
            .ok()
            .map(|folder| folder.join("sync").join(name));
        let text = file
            .as_deref()
            .and_then(|file| read_file(file).ok().flatten());
        let uploads = text.and_then(|text| serde_json::from_str(&text).ok());
        let mut uploads: HashMap<String, Upload> = uploads.unwrap_or_default();
        let oldest = now().saturating_sub(LISTED_AFTER);
        uploads.retain(|_, upload| upload.at >= oldest);
        Self {
            file,
            uploads,
            changed: false,
        }
    }

    /// Notes an upload.
    pub(super) fn insert(&mut self, binary_hash: &str, hash: &str) {
        let upload = Upload {
            hash: hash.to_owned(),
            at: now(),
        };
        self.uploads.insert(binary_hash.to_owned(), upload);
        self.changed = true;
    }

    /// Returns which of these contents are stored although the list does not show them.
    pub(super) async fn stored(
        &self,
        images: &SourceImages,
        listing: &Listing,
        context: &Context,
    ) -> Result<Vec<String>, Failure> {
        let unlisted = self
            .uploads
            .iter()
            .filter(|(binary_hash, _)| !listing.has(binary_hash));
        let ask = |(binary_hash, upload): (&String, &Upload)| {
            let (binary_hash, call) = (binary_hash.clone(), images.get(upload.hash.as_str()));
            async move { (binary_hash, call.await) }
        };
        let calls: Vec<_> = unlisted.map(ask).collect();
        let mut answers = stream::iter(calls).buffer_unordered(8);
        let mut stored = Vec::new();
        while let Some((binary_hash, image)) = answers.next().await {
            match image {
                Ok(image) if !image.deleted => stored.push(binary_hash),
                Ok(_) => {}
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error.into()),
            }
        }
        if !stored.is_empty() {
            context.output.note(format_args!(
                "{} images were uploaded a moment ago; the list does not show them yet",
                stored.len()
            ));
        }
        Ok(stored)
    }
}

impl Drop for Recent {
    fn drop(&mut self) {
        if !self.changed {
            return;
        }
        if let (Some(file), Ok(text)) = (&self.file, serde_json::to_string(&self.uploads)) {
            let _ = write_file(file, &text);
        }
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
