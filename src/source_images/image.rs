//! Reading, deleting and restoring one image.

use progenitor_client::{Error as CallError, ResponseValue};

use crate::api::types::{ImageHash, OrganizationName, SourceImage};
use crate::call::{CallParts, Run, call};
use crate::error::Result;
use crate::names::image_hash;
use crate::transport::Session;

/// Reads an image; returns a [`SourceImage`]. Created by [`SourceImages::get`](super::SourceImages::get).
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
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

    /// Includes an image that was deleted in the last 30 days (default: it is a 404).
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
        let response = session
            .api()
            .get_source_image(&self.organization, &hash, deleted)
            .await;
        Ok(session.value(response)?.into_inner())
    }
}

/// Deletes an image.
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
        let response = session
            .api()
            .delete_source_image(&self.organization, &hash)
            .await;
        session.value(response).map(drop)
    }
}

/// Restores an image.
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
        let response = session
            .api()
            .restore_source_image(&self.organization, &hash)
            .await;
        changed_image(&session, &self.organization, &hash, response).await
    }
}

/// Returns the image of the response to a change, or reads it if the response has no content.
pub(super) async fn changed_image(
    session: &Session,
    organization: &OrganizationName,
    hash: &ImageHash,
    response: Result<ResponseValue<SourceImage>, CallError<()>>,
) -> Result<SourceImage> {
    if let Some(image) = session.value_if_any(response)? {
        return Ok(image);
    }
    let response = session
        .api()
        .get_source_image(organization, hash, None)
        .await;
    session.read_back(response)
}
