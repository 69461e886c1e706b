//! The file name of an image.

use crate::SourceImage;
use crate::api::types::OrganizationName;
use crate::call::Run;
use crate::error::{Error, Result};
use crate::names::image_hash;
use crate::transfer::file_name::safe_name;
use crate::transport::Session;

impl SourceImage {
    /// Returns the name as a file on this machine can have it: without folders and special characters, and not the name of a
    /// device. The hash and the format if nothing else is left.
    ///
    /// Names are not unique: a file may exist already. A download [to a
    /// directory](crate::source_images::DownloadFile::to_directory) puts the hash in front.
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let image = images.get("3f9a21").await?;
    /// images.download(&image.hash).to_file(image.file_name()).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn file_name(&self) -> String {
        let or_hash = || safe_name(&format!("{}.{}", self.hash, self.format));
        let name = safe_name(&self.name).or_else(or_hash);
        name.unwrap_or_else(|| "image".to_owned())
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_has_no_folders_and_is_never_empty() {
        let file_name = |name: &str| {
            let mut image = SourceImage::sample("3f9a21");
            name.clone_into(&mut image.name);
            "jpg".clone_into(&mut image.format);
            image.file_name()
        };
        for (name, expected) in [
            ("cat.jpg", "cat.jpg"),
            ("../../etc/cat.jpg", "cat.jpg"),
            ("C:\\pictures\\cat.jpg", "cat.jpg"),
            ("CON", "_CON"),
            ("", "3f9a21.jpg"),
            ("..", "3f9a21.jpg"),
        ] {
            assert_eq!(file_name(name), expected, "{name:?}");
        }
    }
}
