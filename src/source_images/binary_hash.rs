//! All images of the same original bytes, by their binary hash.

use crate::api::types::{BinaryHash, OrganizationName, SourceImage, SourceImageList};
use crate::call::Run;
use crate::error::{Error, Result};
use crate::transport::Session;

/// Reads all images with a binary hash.
#[derive(Debug)]
pub(crate) struct GetByBinaryHash {
    organization: OrganizationName,
    binary_hash: String,
}

impl GetByBinaryHash {
    pub(super) fn new(organization: OrganizationName, binary_hash: String) -> Self {
        Self {
            organization,
            binary_hash,
        }
    }
}

impl Run for GetByBinaryHash {
    type Output = Vec<SourceImage>;

    async fn run(self, session: Session) -> Result<Vec<SourceImage>> {
        let binary_hash = checked(&self.binary_hash)?;
        let mut list = find(&session, &self.organization, &binary_hash).await?;
        match list.undecodable.pop() {
            // The returned list has no room for an item that cannot be decoded.
            Some(item) => Err(item.into()),
            None => Ok(list.items),
        }
    }
}

/// Returns the list of the images with a binary hash.
pub(super) async fn find(
    session: &Session,
    organization: &OrganizationName,
    binary_hash: &BinaryHash,
) -> Result<SourceImageList> {
    let response = session
        .api()
        .list_source_images(
            organization,
            Some(binary_hash),
            None,
            None,
            None,
            None,
            None,
            None,
            None,
        )
        .await;
    Ok(session.value(response)?.into_inner())
}

/// Deletes all images with a binary hash.
#[derive(Debug)]
pub(crate) struct DeleteByBinaryHash {
    organization: OrganizationName,
    binary_hash: String,
}

impl DeleteByBinaryHash {
    pub(super) fn new(organization: OrganizationName, binary_hash: String) -> Self {
        Self {
            organization,
            binary_hash,
        }
    }
}

impl Run for DeleteByBinaryHash {
    type Output = ();

    async fn run(self, session: Session) -> Result<()> {
        // Without a value, the request would address the whole collection.
        let binary_hash = checked(&self.binary_hash)?;
        let response = session
            .api()
            .delete_source_images_by_binary_hash(&self.organization, &binary_hash)
            .await;
        session.value(response).map(drop)
    }
}

fn checked(binary_hash: &str) -> Result<BinaryHash> {
    binary_hash.parse().map_err(|_| {
        Error::invalid(format!(
            "the binary hash {binary_hash:?} is invalid: expected 40 lower-case hexadecimal digits"
        ))
    })
}
