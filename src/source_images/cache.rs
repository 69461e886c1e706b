//! Caches of an image's renderings.

use crate::api::types::{CacheInvalidation, OrganizationName};
use crate::call::Run;
use crate::error::Result;
use crate::names::image_hash;
use crate::transport::Session;

/// Invalidates the caches of an image.
#[derive(Debug)]
pub(crate) struct InvalidateImageCache {
    organization: OrganizationName,
    hash: String,
}

impl InvalidateImageCache {
    pub(super) fn new(organization: OrganizationName, hash: String) -> Self {
        Self { organization, hash }
    }
}

impl Run for InvalidateImageCache {
    type Output = CacheInvalidation;

    async fn run(self, session: Session) -> Result<CacheInvalidation> {
        let hash = image_hash(&self.hash)?;
        let response = session
            .api()
            .delete_source_image_cache(&self.organization, &hash)
            .await;
        Ok(session.value_if_any(response)?.unwrap_or_default())
    }
}
