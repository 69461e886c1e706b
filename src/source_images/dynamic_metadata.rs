//! Dynamic metadata: what belongs to a picture's hash.

use serde_json::{Map, Value};

use crate::api::types::{DynamicMetadataName, DynamicMetadataValue, OrganizationName, SubjectArea};
use crate::call::{Call, sealed};
use crate::error::{Error, Result};
use crate::source_images::image_hash;
use crate::source_images::revision::Revision;
use crate::transport::Session;

const SUBJECT_AREA: &str = "subject_area";

/// What happens to the image under its former hash.
#[derive(Clone, Copy, Debug, Default)]
struct Previous {
    delete: bool,
    keep_hash: bool,
}

impl Previous {
    fn checked(self) -> Result<(Option<bool>, Option<bool>)> {
        if self.delete && self.keep_hash {
            return Err(Error::invalid(
                "`delete_previous` and `keep_hash` exclude each other: with a kept hash there is no previous image",
            ));
        }
        Ok((self.delete.then_some(true), self.keep_hash.then_some(true)))
    }
}

/// Sets the subject area; see [`SourceImages::set_subject_area`](super::SourceImages::set_subject_area). Gives a
/// [`Revision`].
#[derive(Debug)]
pub struct SetSubjectArea {
    organization: OrganizationName,
    hash: String,
    area: SubjectArea,
    previous: Previous,
}

impl SetSubjectArea {
    pub(super) fn new(organization: OrganizationName, hash: String, area: SubjectArea) -> Self {
        Self {
            organization,
            hash,
            area,
            previous: Previous::default(),
        }
    }
}

impl Call<SetSubjectArea> {
    /// Deletes the image under its former hash (default: it stays).
    #[doc(alias = "deletePrevious")]
    pub fn delete_previous(mut self) -> Self {
        self.operation.previous.delete = true;
        self
    }

    /// Changes the image in place, without another hash (default: another hash). Caches go on serving the former
    /// picture, browsers for up to a year: [`Revision::warning`] says so.
    #[doc(alias = "keepHash")]
    pub fn keep_hash(mut self) -> Self {
        self.operation.previous.keep_hash = true;
        self
    }
}

impl sealed::Run for SetSubjectArea {
    type Output = Revision;

    async fn run(self, session: Session) -> Result<Revision> {
        let hash = image_hash(&self.hash)?;
        self.area.check()?;
        let (delete_previous, keep_hash) = self.previous.checked()?;
        let value = json_object(&self.area)?;
        let answer = session
            .api()
            .create_source_image_meta_dynamic_with_name(
                &self.organization,
                &hash,
                &kind(SUBJECT_AREA)?,
                delete_previous,
                keep_hash,
                &DynamicMetadataValue(value),
            )
            .await;
        Revision::read(&session, &self.organization, &hash, answer).await
    }
}

/// Removes the subject area; see [`SourceImages::remove_subject_area`](super::SourceImages::remove_subject_area). Gives
/// a [`Revision`].
#[derive(Debug)]
pub struct RemoveSubjectArea {
    organization: OrganizationName,
    hash: String,
    previous: Previous,
}

impl RemoveSubjectArea {
    pub(super) fn new(organization: OrganizationName, hash: String) -> Self {
        Self {
            organization,
            hash,
            previous: Previous::default(),
        }
    }
}

impl Call<RemoveSubjectArea> {
    /// Deletes the image under its former hash (default: it stays).
    #[doc(alias = "deletePrevious")]
    pub fn delete_previous(mut self) -> Self {
        self.operation.previous.delete = true;
        self
    }

    /// Changes the image in place, without another hash (default: another hash). Caches go on serving the former
    /// picture, browsers for up to a year: [`Revision::warning`] says so.
    #[doc(alias = "keepHash")]
    pub fn keep_hash(mut self) -> Self {
        self.operation.previous.keep_hash = true;
        self
    }
}

impl sealed::Run for RemoveSubjectArea {
    type Output = Revision;

    async fn run(self, session: Session) -> Result<Revision> {
        let hash = image_hash(&self.hash)?;
        let (delete_previous, keep_hash) = self.previous.checked()?;
        let answer = session
            .api()
            .delete_source_image_meta_dynamic_with_name(
                &self.organization,
                &hash,
                &kind(SUBJECT_AREA)?,
                delete_previous,
                keep_hash,
            )
            .await;
        Revision::read(&session, &self.organization, &hash, answer).await
    }
}

fn kind(name: &str) -> Result<DynamicMetadataName> {
    name.parse()
        .map_err(|_| Error::invalid(format!("{name:?} is not a kind of dynamic metadata")))
}

/// A value of dynamic metadata as the request holds it.
pub(super) fn json_object(value: &impl serde::Serialize) -> Result<Map<String, Value>> {
    match serde_json::to_value(value) {
        Ok(Value::Object(map)) => Ok(map),
        _ => Err(Error::invalid("dynamic metadata must be a JSON object")),
    }
}
