//! What a change that may give an image another hash leads to.

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

/// An image after a change of its dynamic metadata or protection, which may have given it another hash. Use it as the
/// [`SourceImage`] it is.
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
    /// The image as it is now.
    pub image: SourceImage,
    /// The hash that the change was asked for, as it was given.
    pub previous_hash: String,
    /// What the service warned of: with a kept hash, that caches go on serving the former picture.
    pub warning: Option<String>,
}

/// What was changed, as far as the hash depends on it.
#[derive(Clone, Copy)]
pub(super) enum Change {
    /// The image keeps its hash.
    KeepsHash,
    /// A change of dynamic metadata, which 204 says was none.
    NewHash,
    /// The image was to be protected, or not; an image that was so already keeps its hash.
    Protects(bool),
}

impl Revision {
    /// Whether the image has another hash now. A short hash stands for every hash that begins with it.
    pub fn hash_changed(&self) -> bool {
        let previous = self.previous_hash.to_ascii_lowercase();
        !self.image.hash.starts_with(&previous) && self.image.short_hash != previous
    }

    /// The image alone.
    pub fn into_image(self) -> SourceImage {
        self.image
    }

    /// Reads the response to a change: the image and its `Location`, only the `Location`, or nothing.
    pub(super) async fn read(
        session: &Session,
        organization: &OrganizationName,
        previous: &ImageHash,
        change: Change,
        answer: Result<ResponseValue<ByteStream>, ApiError<()>>,
    ) -> Result<Self> {
        let answer = session.value(answer)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let warning = text(WARNING).map(str::to_owned);
        let place = text(LOCATION).and_then(hash_of);
        let body: Bytes = session.bytes(answer).await?;
        let image = if json::is_empty(&body) {
            None
        } else {
            Some(session.decode::<SourceImage>(status, &headers, &body)?)
        };
        // The place is what counts; a body that is about another image is not ours.
        let image = match (image, place) {
            (Some(image), None) => image,
            (Some(image), Some(place)) if image.hash.starts_with(place.as_str()) => image,
            (_, place) => {
                // Without a place, the hash is the previous one only if nothing changed or the hash was to be kept.
                let same = match change {
                    Change::KeepsHash => true,
                    Change::Protects(_) => status != StatusCode::CREATED,
                    Change::NewHash => status == StatusCode::NO_CONTENT,
                };
                // Made before anything else is sent, so that it names this call.
                let unnamed = if place.is_none() {
                    let text = "the change is made, but the response does not tell which hash the image has now";
                    let error = session.refuse(text.to_owned(), status, headers.clone(), &body);
                    if !same {
                        return Err(error);
                    }
                    Some(error)
                } else {
                    None
                };
                let hash = place.as_ref().unwrap_or(previous);
                let answer = session
                    .api()
                    .get_source_image(organization, hash, None)
                    .await;
                let image = session.read_back(answer)?;
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

/// The hash at the end of a `Location`, which may be a path or a URL.
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
