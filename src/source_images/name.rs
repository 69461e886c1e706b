//! The file name of an image.

use crate::api::types::OrganizationName;
use crate::call::Run;
use crate::error::{Error, Result};
use crate::names::image_hash;
use crate::transport::Session;

/// Renames an image.
#[derive(Debug)]
pub(crate) struct SetName {
    organization: OrganizationName,
    hash: String,
    name: String,
}

impl SetName {
    pub(super) fn new(organization: OrganizationName, hash: String, name: String) -> Self {
        Self {
            organization,
            hash,
            name,
        }
    }
}

impl Run for SetName {
    type Output = ();

    async fn run(self, session: Session) -> Result<()> {
        let hash = image_hash(&self.hash)?;
        let name = self.name.as_str();
        if name.trim().is_empty() {
            return Err(Error::invalid(
                "the file name is empty: set a name such as `cat.jpg`",
            ));
        }
        if name.chars().any(char::is_control) {
            return Err(Error::invalid(format!(
                "the file name {name:?} must not contain control characters"
            )));
        }
        let response = session
            .api()
            .put_source_image_name(&self.organization, &hash, name)
            .await;
        session.value(response).map(drop)
    }
}
