//! Copying images to another organization.

use http::StatusCode;

use crate::api::types::{CopyResult, OrganizationName};
use crate::call::{CallParts, call};
use crate::error::{Error, Result};
use crate::names::{image_hash, organization_name};
use crate::transport::Session;

/// Hashes in one call, at most.
const MAX_HASHES: usize = 100;

/// The value of the header `Overwrite` that keeps existing images.
const KEEP: &str = "F";

/// The outcome of a [copy](super::SourceImages::copy).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CopyOutcome {
    /// The destination did not have the image.
    Created,
    /// The destination had the image; its metadata was replaced.
    Overwritten,
}

/// Copies an image to another organization; returns a [`CopyOutcome`]. Created by
/// [`SourceImages::copy`](super::SourceImages::copy).
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct CopyImage {
    call: CallParts,
    organization: OrganizationName,
    hash: String,
    destination: String,
    keep_existing: bool,
}

impl CopyImage {
    pub(super) fn new(
        call: CallParts,
        organization: OrganizationName,
        hash: String,
        destination: String,
    ) -> Self {
        Self {
            call,
            organization,
            hash,
            destination,
            keep_existing: false,
        }
    }

    /// Keeps an image that the destination already has (default: overwrites it); the call then fails
    /// ([`Error::is_already_exists`]). It may also fail so if the first attempt succeeded but its response was lost:
    /// [`Error::attempts`] is then above 1.
    #[doc(alias = "Overwrite")]
    pub fn keep_existing(mut self) -> Self {
        self.keep_existing = true;
        self
    }
}

call!(CopyImage => CopyOutcome);

impl CopyImage {
    async fn run(self, session: Session) -> Result<CopyOutcome> {
        let hash = image_hash(&self.hash)?;
        let destination = organization_name(&self.destination)?;
        let response = session
            .api()
            .copy_source_image(
                &self.organization,
                &hash,
                &destination,
                self.keep_existing.then_some(KEEP),
            )
            .await;
        Ok(match session.value(response)?.status() {
            StatusCode::NO_CONTENT => CopyOutcome::Overwritten,
            _ => CopyOutcome::Created,
        })
    }
}

/// Copies 1 to 100 images to another organization; returns a [`CopyResult`]. Created by
/// [`SourceImages::copy_many`](super::SourceImages::copy_many).
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct CopyImages {
    call: CallParts,
    organization: OrganizationName,
    hashes: Vec<String>,
    destination: String,
    keep_existing: bool,
}

impl CopyImages {
    pub(super) fn new(
        call: CallParts,
        organization: OrganizationName,
        hashes: Vec<String>,
        destination: String,
    ) -> Self {
        Self {
            call,
            organization,
            hashes,
            destination,
            keep_existing: false,
        }
    }

    /// Keeps images that the destination already has (default: overwrites them). [`CopyResult::existing`] lists them in
    /// both cases.
    #[doc(alias = "Overwrite")]
    pub fn keep_existing(mut self) -> Self {
        self.keep_existing = true;
        self
    }
}

call!(CopyImages => CopyResult);

impl CopyImages {
    async fn run(self, session: Session) -> Result<CopyResult> {
        let count = self.hashes.len();
        if !(1..=MAX_HASHES).contains(&count) {
            return Err(Error::invalid(format!(
                "cannot copy {count} images in one call: pass 1 to {MAX_HASHES} hashes"
            )));
        }
        let hashes = self.hashes.iter().map(|hash| image_hash(hash));
        let hashes = hashes.collect::<Result<Vec<_>>>()?;
        let destination = organization_name(&self.destination)?;
        let response = session
            .api()
            .copy_multiple_source_images(
                &self.organization,
                &destination,
                self.keep_existing.then_some(KEEP),
                &hashes,
            )
            .await;
        Ok(session.value(response)?.into_inner())
    }
}
