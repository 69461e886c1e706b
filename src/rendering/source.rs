//! What the service returns, as the image of a render URL.

use crate::api::types::{SourceImage, SourceImageAlias};
use crate::render::ImageSource;

/// Selects the image by its hash.
///
/// ```
/// # fn f(rokka: rokka::Client, image: rokka::SourceImage) -> rokka::Result<()> {
/// let url = rokka.render("acme", &image)?.stack("thumb").url()?;
/// # Ok(())
/// # }
/// ```
impl From<&SourceImage> for ImageSource {
    fn from(image: &SourceImage) -> Self {
        Self::hash(image.hash.as_str())
    }
}

/// Selects the image by the alias, so that the URL follows it to another image.
impl From<&SourceImageAlias> for ImageSource {
    fn from(alias: &SourceImageAlias) -> Self {
        Self::alias(alias.alias.as_str())
    }
}
