//! All images that were made of the same bytes.

use crate::api::types::{BinaryHash, OrganizationName, SourceImage};
use crate::call::Run;
use crate::error::{Error, Result};
use crate::transport::Session;

/// Reads the images of some bytes; see
/// [`SourceImages::get_by_binary_hash`](super::SourceImages::get_by_binary_hash). Gives a list of [`SourceImage`]s.
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
        let answer = session
            .api()
            .list_source_images(
                &self.organization,
                Some(&binary_hash),
                None,
                None,
                None,
                None,
                None,
                None,
                None,
            )
            .await;
        let mut list = session.value(answer)?.into_inner();
        match list.undecodable.pop() {
            // What is returned has no place for it.
            Some(item) => Err(item.into()),
            None => Ok(list.items),
        }
    }
}

/// Deletes the images of some bytes; see
/// [`SourceImages::delete_by_binary_hash`](super::SourceImages::delete_by_binary_hash). Gives nothing.
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
        // Without a value, the request would be about the whole collection.
        let binary_hash = checked(&self.binary_hash)?;
        let answer = session
            .api()
            .delete_source_images_by_binary_hash(&self.organization, &binary_hash)
            .await;
        session.value(answer).map(drop)
    }
}

fn checked(binary_hash: &str) -> Result<BinaryHash> {
    binary_hash.parse().map_err(|_| {
        Error::invalid(format!(
            "the binary hash {binary_hash:?} is not made of 40 lower-case hexadecimal digits"
        ))
    })
}
