//! The images of the organization, by the bytes they have.

use std::collections::HashMap;

use futures_util::TryStreamExt;
use rokka::{SourceImage, SourceImages};

use super::SyncArgs;
use crate::commands::images::selection::with_filters;
use crate::context::Context;
use crate::failure::Failure;
use crate::transfers::Transfers;

/// Images on a page, the largest that the service has.
const PAGE: u64 = 2_000;

/// What is kept of an image.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) hash: String,
    pub(super) binary_hash: String,
    /// A name that a file can have.
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) locked: bool,
}

impl From<SourceImage> for Stored {
    fn from(image: SourceImage) -> Self {
        Self {
            name: image.file_name(),
            hash: image.hash,
            binary_hash: image.binary_hash,
            size: image.size,
            locked: image.locked,
        }
    }
}

/// The images of the organization.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// In the order of the service. Several images can have the same bytes.
    pub(super) images: Vec<Stored>,
    first: HashMap<String, usize>,
}

impl Listing {
    /// Returns whether an image has these bytes.
    pub(super) fn has(&self, binary_hash: &str) -> bool {
        self.first.contains_key(binary_hash)
    }

    /// Returns one image for each content.
    pub(super) fn distinct(&self) -> impl Iterator<Item = &Stored> {
        let images = self.images.iter().enumerate();
        images
            .filter(|(at, image)| self.first.get(&image.binary_hash) == Some(at))
            .map(|(_, image)| image)
    }

    fn add(&mut self, image: Stored) {
        let at = self.images.len();
        self.first.entry(image.binary_hash.clone()).or_insert(at);
        self.images.push(image);
    }
}

/// Lists the images of the organization, or those that the filters find.
pub(super) async fn read(
    args: &SyncArgs,
    images: &SourceImages,
    context: &Context,
) -> Result<Listing, Failure> {
    let search = with_filters(images.search(), &args.filters, false).limit(PAGE);
    // What a list misses because an image came or went meanwhile is uploaded or downloaded once more, which is harmless.
    // Files must not be deleted for it, so then it is read by cursors.
    let at_once = if args.delete {
        1
    } else {
        usize::from(args.pace.concurrency)
    };
    let mut found = search.concurrency(at_once).stream();
    let transfers = Transfers::start(&context.output, "listing", None, None);
    let mut listing = Listing::default();
    while let Some(image) = found.try_next().await? {
        transfers.item_done();
        let mut image = Stored::from(image);
        image.binary_hash.make_ascii_lowercase();
        listing.add(image);
    }
    Ok(listing)
}
