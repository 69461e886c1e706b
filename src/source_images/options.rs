//! Options of an image that are not metadata: protection and the lock.

use crate::api::types::{OrganizationName, SourceImage};
use crate::call::{CallParts, Run, call};
use crate::error::Result;
use crate::names::image_hash;
use crate::source_images::image::changed_image;
use crate::source_images::revision::{Change, Revision};
use crate::transport::Session;

/// Protects an image or removes its protection; returns a [`Revision`]. Created by
/// [`SourceImages::set_protected`](super::SourceImages::set_protected).
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct SetProtected {
    call: CallParts,
    organization: OrganizationName,
    hash: String,
    protected: bool,
    delete_previous: bool,
}

impl SetProtected {
    pub(super) fn new(
        call: CallParts,
        organization: OrganizationName,
        hash: String,
        protected: bool,
    ) -> Self {
        Self {
            call,
            organization,
            hash,
            protected,
            delete_previous: false,
        }
    }

    /// Deletes the image with the previous hash (default: it stays, with its previous protection). Has no effect if the
    /// image is in the requested state already.
    #[doc(alias = "deletePrevious")]
    pub fn delete_previous(mut self) -> Self {
        self.delete_previous = true;
        self
    }
}

call!(SetProtected => Revision);

impl SetProtected {
    async fn run(self, session: Session) -> Result<Revision> {
        let hash = image_hash(&self.hash)?;
        let response = session
            .api()
            .put_source_image_options_protected(
                &self.organization,
                &hash,
                self.delete_previous.then_some(true),
                self.protected,
            )
            .await;
        Revision::read(
            &session,
            &self.organization,
            &hash,
            Change::Protects(self.protected),
            response,
        )
        .await
    }
}

/// Locks or unlocks an image.
#[derive(Debug)]
pub(crate) struct SetLocked {
    organization: OrganizationName,
    hash: String,
    locked: bool,
}

impl SetLocked {
    pub(super) fn new(organization: OrganizationName, hash: String, locked: bool) -> Self {
        Self {
            organization,
            hash,
            locked,
        }
    }
}

impl Run for SetLocked {
    type Output = SourceImage;

    async fn run(self, session: Session) -> Result<SourceImage> {
        let hash = image_hash(&self.hash)?;
        let response = session
            .api()
            .put_source_image_options_locked(&self.organization, &hash, self.locked)
            .await;
        changed_image(&session, &self.organization, &hash, response).await
    }
}
