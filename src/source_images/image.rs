//! Reading, deleting and restoring one image.

use crate::api::types::{OrganizationName, SourceImage};
use crate::call::{CallParts, Run, call};
use crate::error::Result;
use crate::names::image_hash;
use crate::transport::Session;

/// Reads an image; see [`SourceImages::get`](super::SourceImages::get). Gives a [`SourceImage`].
#[derive(Debug)]
pub struct GetImage {
    call: CallParts,
    organization: OrganizationName,
    hash: String,
    deleted: bool,
}

impl GetImage {
    pub(super) fn new(call: CallParts, organization: OrganizationName, hash: String) -> Self {
        Self {
            call,
            organization,
            hash,
            deleted: false,
        }
    }
}

impl GetImage {
    /// Finds the image even if it was deleted, for 30 days.
    pub fn deleted(mut self) -> Self {
        self.deleted = true;
        self
    }
}

call!(GetImage => SourceImage);

impl GetImage {
    async fn run(self, session: Session) -> Result<SourceImage> {
        let hash = image_hash(&self.hash)?;
        let deleted = self.deleted.then_some(true);
        let answer = session
            .api()
            .get_source_image(&self.organization, &hash, deleted)
            .await;
        Ok(session.value(answer)?.into_inner())
    }
}

/// Deletes an image; see [`SourceImages::delete`](super::SourceImages::delete). Gives nothing.
#[derive(Debug)]
pub(crate) struct DeleteImage {
    organization: OrganizationName,
    hash: String,
}

impl DeleteImage {
    pub(super) fn new(organization: OrganizationName, hash: String) -> Self {
        Self { organization, hash }
    }
}

impl Run for DeleteImage {
    type Output = ();

    async fn run(self, session: Session) -> Result<()> {
        let hash = image_hash(&self.hash)?;
        let answer = session
            .api()
            .delete_source_image(&self.organization, &hash)
            .await;
        session.value(answer).map(drop)
    }
}

/// Restores an image; see [`SourceImages::restore`](super::SourceImages::restore). Gives a [`SourceImage`].
#[derive(Debug)]
pub(crate) struct RestoreImage {
    organization: OrganizationName,
    hash: String,
}

impl RestoreImage {
    pub(super) fn new(organization: OrganizationName, hash: String) -> Self {
        Self { organization, hash }
    }
}

impl Run for RestoreImage {
    type Output = SourceImage;

    async fn run(self, session: Session) -> Result<SourceImage> {
        let hash = image_hash(&self.hash)?;
        let answer = session
            .api()
            .restore_source_image(&self.organization, &hash)
            .await;
        match session.value_if_any(answer)? {
            Some(image) => Ok(image),
            None => {
                let answer = session
                    .api()
                    .get_source_image(&self.organization, &hash, None)
                    .await;
                session.read_back(answer)
            }
        }
    }
}
