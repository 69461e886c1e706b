//! Uploads that send nothing if the organization has the bytes already.

use serde_json::{Map, Value};

use crate::api::types::{OrganizationName, SourceImage, UserMetadataDefinition};
use crate::call::call;
use crate::error::Result;
use crate::names::image_hash;
use crate::source_images::binary_hash::find;
use crate::source_images::upload::Upload;
use crate::transfer::source::Source;
use crate::transport::Session;

#[cfg(doc)]
use crate::error::ErrorKind;

/// The outcome of an upload that [skips existing files](Upload::skip_existing).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Uploaded {
    /// The image, whether it was created or found.
    pub image: SourceImage,
    /// Whether the upload created the image. If not, the organization had it.
    pub created: bool,
}

/// An upload that sends nothing if the organization has the bytes already; returns an [`Uploaded`]. Created by
/// [`Upload::skip_existing`].
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct UploadIfNew {
    upload: Upload,
    /// The images with the same bytes, if they are looked up already.
    known: Option<Vec<SourceImage>>,
}

impl Upload {
    /// Sends nothing if the organization has an image of the same bytes already; returns an [`Uploaded`], which has the image
    /// and whether the upload created it. It is the last option of the upload: [`UploadIfNew`] has the common ones.
    ///
    /// The call hashes the file or the bytes and looks up the images with this
    /// [`binary_hash`](crate::SourceImage::binary_hash). An image counts if it has the [protection](Upload::protected) and the
    /// [dynamic metadata](Upload::dynamic_metadata) that are set for the upload, because an image with others is another one,
    /// with another hash. As with an upload, its name stays, and the [user metadata](Upload::user_metadata) that are set are
    /// merged into it, by a request of their own if the image does not have them. Otherwise the file is uploaded, which reads it
    /// once more.
    ///
    /// Hashing counts against the deadline, and has to make progress within the idle timeout.
    ///
    /// A search can miss an image for about 10 seconds after it was stored. The upload is then sent, returns the existing image
    /// and cannot tell it from a new one, as if another program stores the same bytes at the same moment: `created` is true.
    ///
    /// Role `sourceimages:read` in addition to `upload`, and `sourceimages:write` if metadata are merged.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for a stream, a reader, a channel or a URL, which cannot be hashed before they are sent.
    ///
    /// `GET /sourceimages/{organization}?binaryHash=…`, then `POST /sourceimages/{organization}`.
    /// [Reference](https://rokka.io/documentation/references/source-images.html#finding-with-binary-hash).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// use rokka::Source;
    ///
    /// let upload = images.upload(Source::path("cat.jpg")).user_metadata("int:sku", 42);
    /// let uploaded = upload.skip_existing().await?;
    /// let how = if uploaded.created { "stored as" } else { "stored already as" };
    /// println!("{how} {}", uploaded.image.hash);
    /// # Ok(())
    /// # }
    /// ```
    pub fn skip_existing(self) -> UploadIfNew {
        UploadIfNew {
            upload: self,
            known: None,
        }
    }
}

call!(UploadIfNew => Uploaded, upload.call);

impl UploadIfNew {
    /// Sets the images with the same bytes, which are not looked up again.
    pub(super) fn with_known(mut self, known: Vec<SourceImage>) -> Self {
        self.known = Some(known);
        self
    }

    async fn run(self, session: Session) -> Result<Uploaded> {
        let Self { upload, known } = self;
        upload.check()?;
        let known = match known {
            Some(known) => known,
            None => {
                let bytes = upload.source.hashable()?;
                let binary_hash = bytes.binary_hash(session.idle()).await?;
                // Those that can be decoded.
                let list = find(&session, &upload.organization, &binary_hash.parse()?).await?;
                list.items
            }
        };
        if let Some(image) = nearest(&upload.source, &known) {
            let missing = upload.source.missing_user_metadata(image);
            let image = merged(&session, &upload.organization, image.clone(), missing).await?;
            return Ok(Uploaded {
                image,
                created: false,
            });
        }
        let image = upload.run(session).await?;
        // The service has returned one of them although it does not look like it.
        let created = known.iter().all(|known| known.hash != image.hash);
        Ok(Uploaded { image, created })
    }
}

/// Returns the image that uploading the source would return, or the one that differs least from it of those that have all
/// that the source sets.
#[inline]
fn nearest<'a>(source: &Source, known: &'a [SourceImage]) -> Option<&'a SourceImage> {
    known
        .iter()
        .filter(|image| source.is_met_by(image))
        .min_by_key(|image| (image.protected, image.dynamic_metadata.len()))
}

/// Merges user metadata into an image that is found, as its upload would.
async fn merged(
    session: &Session,
    organization: &OrganizationName,
    image: SourceImage,
    missing: Map<String, Value>,
) -> Result<SourceImage> {
    if missing.is_empty() {
        return Ok(image);
    }
    let hash = image_hash(&image.hash)?;
    let api = session.api();
    let fields = UserMetadataDefinition(missing);
    let response = api.patch_source_image_meta_user(organization, &hash, &fields);
    session.value(response.await)?;
    session.read_back(api.get_source_image(organization, &hash, None).await)
}
