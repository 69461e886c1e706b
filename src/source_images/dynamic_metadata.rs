//! Dynamic metadata: metadata that is part of an image's hash.

use crate::api::types::{DynamicMetadataValue, OrganizationName};
use crate::call::{CallParts, call};
use crate::error::{Error, Result};
use crate::metadata::dynamic_kind;
use crate::names::image_hash;
use crate::source_images::dynamic_value::DynamicValue;
use crate::source_images::revision::{self, Revision};
use crate::transport::Session;

/// Sets or removes one kind of dynamic metadata; returns the image with its new hash as a [`Revision`].
///
/// Created by [`SourceImages::add_dynamic_metadata`](super::SourceImages::add_dynamic_metadata),
/// [`remove_dynamic_metadata`](super::SourceImages::remove_dynamic_metadata),
/// [`set_subject_area`](super::SourceImages::set_subject_area),
/// [`remove_subject_area`](super::SourceImages::remove_subject_area) and
/// [`set_crop_area`](super::SourceImages::set_crop_area).
///
/// ```no_run
/// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
/// use rokka::SubjectArea;
///
/// let face = SubjectArea::new(100, 100, 50, 50);
/// let image = images.set_subject_area("3f9a21", face).delete_previous().await?;
/// println!("now {} (was {})", image.hash, image.previous_hash);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct ChangeDynamicMetadata {
    call: CallParts,
    organization: OrganizationName,
    hash: String,
    change: Change,
    delete_previous: bool,
    keep_hash: bool,
}

#[derive(Debug)]
enum Change {
    Add(DynamicValue),
    Remove(String),
}

impl ChangeDynamicMetadata {
    pub(super) fn add(
        call: CallParts,
        organization: OrganizationName,
        hash: String,
        value: DynamicValue,
    ) -> Self {
        Self::new(call, organization, hash, Change::Add(value))
    }

    pub(super) fn remove(
        call: CallParts,
        organization: OrganizationName,
        hash: String,
        kind: String,
    ) -> Self {
        Self::new(call, organization, hash, Change::Remove(kind))
    }

    fn new(call: CallParts, organization: OrganizationName, hash: String, change: Change) -> Self {
        Self {
            call,
            organization,
            hash,
            change,
            delete_previous: false,
            keep_hash: false,
        }
    }

    /// Deletes the image with the previous hash (default: it stays). Cannot be combined with
    /// [`keep_hash`](Self::keep_hash).
    #[doc(alias = "deletePrevious")]
    pub fn delete_previous(mut self) -> Self {
        self.delete_previous = true;
        self
    }

    /// Changes the image in place and keeps its hash (default: a new hash). Caches continue to serve the previous picture,
    /// browsers for up to a year; [`Revision::warning`] has the service's warning.
    #[doc(alias = "keepHash")]
    pub fn keep_hash(mut self) -> Self {
        self.keep_hash = true;
        self
    }
}

call!(ChangeDynamicMetadata => Revision);

impl ChangeDynamicMetadata {
    async fn run(self, session: Session) -> Result<Revision> {
        let hash = image_hash(&self.hash)?;
        if self.delete_previous && self.keep_hash {
            return Err(Error::invalid(
                "`delete_previous` and `keep_hash` exclude each other: set one of them",
            ));
        }
        let (delete_previous, keep_hash) = (
            self.delete_previous.then_some(true),
            self.keep_hash.then_some(true),
        );
        let response = match self.change {
            Change::Add(value) => {
                value.check()?;
                session
                    .api()
                    .create_source_image_meta_dynamic_with_name(
                        &self.organization,
                        &hash,
                        &dynamic_kind(value.kind())?,
                        delete_previous,
                        keep_hash,
                        &DynamicMetadataValue(value.into_fields()?),
                    )
                    .await
            }
            Change::Remove(name) => {
                session
                    .api()
                    .delete_source_image_meta_dynamic_with_name(
                        &self.organization,
                        &hash,
                        &dynamic_kind(&name)?,
                        delete_previous,
                        keep_hash,
                    )
                    .await
            }
        };
        let change = if self.keep_hash {
            revision::Change::KeepsHash
        } else {
            revision::Change::NewHash
        };
        Revision::read(&session, &self.organization, &hash, change, response).await
    }
}
