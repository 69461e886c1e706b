//! Copies of images in another organization.

use http::StatusCode;

use crate::api::types::{CopyResult, OrganizationName};
use crate::call::{CallParts, call};
use crate::error::{Error, Result};
use crate::names::{image_hash, organization_name};
use crate::transport::Session;

/// As many hashes as one call may have.
const MOST: usize = 100;

/// What the header `Overwrite` says so that nothing is overwritten.
const KEEP: &str = "F";

/// What a [copy](super::SourceImages::copy) did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CopyOutcome {
    /// The destination did not have the image.
    Created,
    /// The destination had the image; its metadata is that of the copied one now.
    Overwritten,
}

/// Copies an image; see [`SourceImages::copy`](super::SourceImages::copy). Gives a [`CopyOutcome`].
#[derive(Debug)]
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
}

impl CopyImage {
    /// Leaves an image that the destination has already as it is (default: it is overwritten); the call fails with 412
    /// then ([`Error::is_precondition_failed`]). So it may also do if the first try came through but its answer did
    /// not: [`Error::attempts`] is above 1 then.
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
        let answer = session
            .api()
            .copy_source_image(
                &self.organization,
                &hash,
                &destination,
                self.keep_existing.then_some(KEEP),
            )
            .await;
        Ok(match session.value(answer)?.status() {
            StatusCode::NO_CONTENT => CopyOutcome::Overwritten,
            _ => CopyOutcome::Created,
        })
    }
}

/// Copies several images; see [`SourceImages::copy_many`](super::SourceImages::copy_many). Gives a [`CopyResult`].
#[derive(Debug)]
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
}

impl CopyImages {
    /// Leaves images that the destination has already as they are (default: they are overwritten). Either way they are
    /// among [`CopyResult::existing`].
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
        if !(1..=MOST).contains(&count) {
            return Err(Error::invalid(format!(
                "{count} images cannot be copied at once: 1 to {MOST} can"
            )));
        }
        let hashes = self.hashes.iter().map(|hash| image_hash(hash));
        let hashes = hashes.collect::<Result<Vec<_>>>()?;
        let destination = organization_name(&self.destination)?;
        let answer = session
            .api()
            .copy_multiple_source_images(
                &self.organization,
                &destination,
                self.keep_existing.then_some(KEEP),
                &hashes,
            )
            .await;
        Ok(session.value(answer)?.into_inner())
    }
}
