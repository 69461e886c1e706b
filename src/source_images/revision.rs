//! The image after a change that may assign it a new hash.

use std::ops::Deref;

use bytes::Bytes;
use http::StatusCode;
use http::header::{HeaderName, LOCATION, WARNING};

use crate::api::types::{ImageHash, OrganizationName, SourceImage};
use crate::api::{ByteStream, Error as ApiError, ResponseValue};
use crate::error::Result;
use crate::json;
use crate::names::image_hash;
use crate::transport::Session;

/// An image after a change of its dynamic metadata or protection, which may have assigned it a new hash. Dereferences to
/// [`SourceImage`].
///
/// ```no_run
/// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
/// let image = images.set_protected("3f9a21", true).await?;
/// if image.hash_changed() {
///     println!("{} instead of {}", image.hash, image.previous_hash);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Revision {
    /// The changed image.
    pub image: SourceImage,
    /// The hash that was passed to the call.
    pub previous_hash: String,
    /// The service's warning, if any: with a kept hash, that caches continue to serve the previous picture.
    pub warning: Option<String>,
}

/// The kind of change, which decides about the hash.
#[derive(Clone, Copy)]
pub(super) enum Change {
    /// The image keeps its hash.
    KeepsHash,
    /// Dynamic metadata changes; status 204 means that nothing changed.
    NewHash,
    /// The protection changes; an image in the requested state already keeps its hash.
    Protects(bool),
}

impl Revision {
    /// Returns whether the image has a new hash. A short hash equals every hash that begins with it.
    pub fn hash_changed(&self) -> bool {
        let previous = self.previous_hash.to_ascii_lowercase();
        !self.image.hash.starts_with(&previous) && self.image.short_hash != previous
    }

    /// Returns the image alone.
    pub fn into_image(self) -> SourceImage {
        self.image
    }

    /// Reads the response to a change: the image and its `Location`, only the `Location`, or an empty body.
    pub(super) async fn read(
        session: &Session,
        organization: &OrganizationName,
        previous: &ImageHash,
        change: Change,
        response: Result<ResponseValue<ByteStream>, ApiError<()>>,
    ) -> Result<Self> {
        let response = session.value(response)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let warning = text(WARNING).map(str::to_owned);
        let location = text(LOCATION).and_then(hash_of);
        let body: Bytes = session.bytes(response).await?;
        let image = if json::is_empty(&body) {
            None
        } else {
            Some(session.decode::<SourceImage>(status, &headers, &body)?)
        };
        // `Location` wins over a body that describes another image.
        let image = match (image, location) {
            (Some(image), None) => image,
            (Some(image), Some(location)) if image.hash.starts_with(location.as_str()) => image,
            (_, location) => {
                // Without a `Location`, the hash is unchanged only if nothing changed or the hash is kept.
                let same = match change {
                    Change::KeepsHash => true,
                    Change::Protects(_) => status != StatusCode::CREATED,
                    Change::NewHash => status == StatusCode::NO_CONTENT,
                };
                // Created before the next request, so that it names this call.
                let unnamed = if location.is_none() {
                    let text = "the change succeeded, but the response does not contain the new hash of the image";
                    let error = session.refuse(text.to_owned(), status, headers.clone(), &body);
                    if !same {
                        return Err(error);
                    }
                    Some(error)
                } else {
                    None
                };
                let hash = location.as_ref().unwrap_or(previous);
                let response = session
                    .api()
                    .get_source_image(organization, hash, None)
                    .await;
                let image = session.read_back(response)?;
                match (change, unnamed) {
                    (Change::Protects(protected), Some(unnamed))
                        if image.protected != protected =>
                    {
                        return Err(unnamed);
                    }
                    _ => image,
                }
            }
        };
        Ok(Self {
            image,
            previous_hash: previous.to_string(),
            warning,
        })
    }
}

/// Returns the hash at the end of a `Location`, which may be a path or a URL.
fn hash_of(location: &str) -> Option<ImageHash> {
    let path = location.split(['?', '#']).next()?;
    let hash = path.trim_end_matches('/').rsplit('/').next()?;
    image_hash(hash).ok()
}

impl Deref for Revision {
    type Target = SourceImage;

    fn deref(&self) -> &SourceImage {
        &self.image
    }
}

impl From<Revision> for SourceImage {
    fn from(revision: Revision) -> Self {
        revision.image
    }
}
