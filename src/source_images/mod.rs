//! Source images: upload, read, change, find, download, delete and restore.

use std::fmt;

use crate::api::types::{CropArea, OrganizationName, SubjectArea};
use crate::call::{Call, CallParts};
use crate::error::Result;
use crate::names::organization_name;
use crate::transport::Connection;
use crate::{CacheInvalidation, SourceImage};

mod aliases;
mod binary_hash;
mod bulk;
mod cache;
mod copy;
pub(crate) mod dynamic_metadata;
mod dynamic_value;
mod enrichment;
pub mod field;
mod image;
mod metadata;
mod name;
mod options;
mod revision;
pub(crate) mod search;
mod upload;
mod user_metadata;
pub(crate) mod user_value;

pub use crate::paging::{Images, Pages};
pub use crate::transfer::download::{
    DownloadFile, DownloadToBytes, DownloadToDirectory, DownloadToFile,
};
pub use crate::transfer::received::Download;
pub use crate::transfer::source::{OptimizeSource, Source};
pub use aliases::{Aliases, CreateAlias};
use binary_hash::{DeleteByBinaryHash, GetByBinaryHash};
pub use bulk::{Bulk, BulkCall, BulkItem, Copied, Hashes};
use cache::InvalidateImageCache;
pub use copy::{CopyImage, CopyImages, CopyOutcome};
pub use dynamic_metadata::ChangeDynamicMetadata;
pub use dynamic_value::DynamicValue;
pub use enrichment::Autodescription;
use enrichment::{Autolabel, ReadContentCredentials};
pub use image::GetImage;
use image::{DeleteImage, RestoreImage};
use name::SetName;
use options::SetLocked;
pub use options::SetProtected;
pub use revision::Revision;
pub use search::Search;
pub use upload::{Upload, UploadMany};
pub use user_metadata::ImageUserMetadata;
pub use user_value::{LatLon, UserValue};

/// The source images of one organization; made by [`Client::source_images`](crate::Client::source_images). Cloning is cheap.
///
/// ```no_run
/// # async fn f() -> rokka::Result<()> {
/// use rokka::{Source, SubjectArea};
///
/// let images = rokka::Client::from_env()?.source_images("acme")?;
/// let image = images.upload(Source::path("cat.jpg")).user_metadata("int:sku", 42).await?;
/// let image = images.set_subject_area(&image.hash, SubjectArea::new(100, 100, 50, 50)).await?;
/// println!("{}", image.hash);
/// # Ok(())
/// # }
/// ```
///
/// Hashes are given as the service gives them, 6 to 40 hexadecimal digits: a short hash is as good as the full one.
/// Every call refuses another one before anything is sent. All calls fail with 403 if the role is missing, and with 404
/// ([`Error::is_not_found`]) for an unknown organization or image.
#[derive(Clone)]
pub struct SourceImages {
    connection: Connection,
    organization: OrganizationName,
}

impl SourceImages {
    pub(crate) fn new(connection: Connection, organization: &str) -> Result<Self> {
        Ok(Self {
            connection,
            organization: organization_name(organization)?,
        })
    }

    /// The name of the organization.
    pub fn organization(&self) -> &str {
        &self.organization
    }

    fn call(&self) -> CallParts {
        CallParts::new(self.connection.clone())
    }

    /// Uploads a file, bytes, a stream, or what a URL points to, and gives the stored image.
    ///
    /// Uploading bytes that exist already gives the existing image; metadata is merged into it. Limits of the service:
    /// about 1180 MB a file, 225 megapixels unless it is a JPEG. Memory stays the same whatever the size of a file.
    /// Files and bytes are sent again after a failure, a stream is not. [`verify`](Upload::verify) compares what is
    /// stored with what was sent.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the file or the stream fails, changes or has another length than it should;
    /// [`ErrorKind::HashMismatch`](crate::ErrorKind::HashMismatch) if what is stored differs.
    ///
    /// `POST /sourceimages/{organization}`, role `upload`.
    /// [Reference](https://rokka.io/documentation/references/source-images.html#create-a-source-image).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// use rokka::{Source, SubjectArea};
    ///
    /// let image = images
    ///     .upload(Source::path("cat.jpg"))
    ///     .user_metadata("title", "A cat")
    ///     .subject_area(SubjectArea::new(100, 100, 50, 50))
    ///     .protected(true)
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createSourceImage")]
    #[doc(alias = "create_source_image")]
    #[doc(alias = "POST /sourceimages/{organization}")]
    #[doc(alias = "sourceimages.create")]
    #[doc(alias = "create")]
    #[doc(alias = "sourceimages.createByUrl")]
    #[doc(alias = "createByUrl")]
    #[doc(alias = "uploadSourceImage")]
    #[doc(alias = "uploadSourceImageByUrl")]
    #[doc(alias = "CreateSourceImageWithMetadata")]
    pub fn upload(&self, source: Source) -> Upload {
        Upload::new(self.call(), self.organization.clone(), source)
    }

    /// Uploads several files in one request, or imports several URLs, and gives the images in the same order.
    ///
    /// Each [`Source`] brings its own metadata. Files and URLs cannot be mixed, because the service tells them apart by
    /// position. No published client sends several files at once, so this follows the documentation alone.
    ///
    /// `POST /sourceimages/{organization}`, role `upload`.
    /// [Reference](https://rokka.io/documentation/references/source-images.html#create-a-source-image).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// use rokka::Source;
    ///
    /// let stored = images
    ///     .upload_many([Source::path("a.jpg").protected(true), Source::path("b.jpg")])
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createSourceImage")]
    #[doc(alias = "create_source_image")]
    #[doc(alias = "POST /sourceimages/{organization}")]
    pub fn upload_many(&self, sources: impl IntoIterator<Item = Source>) -> UploadMany {
        let sources = sources.into_iter().collect();
        UploadMany::new(self.call(), self.organization.clone(), sources)
    }

    /// Reads an image.
    ///
    /// `GET /sourceimages/{organization}/{hash}`, role `sourceimages:read`.
    /// [Reference](https://rokka.io/documentation/references/source-images.html#retrieve-a-source-image).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let image = images.get("3f9a21").await?;
    /// println!("{} has {} bytes", image.name, image.size);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "getSourceImage")]
    #[doc(alias = "get_source_image")]
    #[doc(alias = "GET /sourceimages/{organization}/{hash}")]
    #[doc(alias = "sourceimages.get")]
    pub fn get(&self, hash: impl Into<String>) -> GetImage {
        GetImage::new(self.call(), self.organization.clone(), hash.into())
    }

    /// Marks what matters in a picture: cropping keeps it in sight. The image gets another hash.
    ///
    /// `PUT /sourceimages/{organization}/{hash}/meta/dynamic/subject_area`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/dynamic-metadata.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// use rokka::SubjectArea;
    ///
    /// let image = images
    ///     .set_subject_area("3f9a21", SubjectArea::new(100, 100, 50, 50))
    ///     .delete_previous()
    ///     .await?;
    /// println!("now {} (was {})", image.hash, image.previous_hash);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createSourceImageMetaDynamicWithName")]
    #[doc(alias = "create_source_image_meta_dynamic_with_name")]
    #[doc(alias = "PUT /sourceimages/{organization}/{hash}/meta/dynamic/{metaName}")]
    #[doc(alias = "sourceimages.setSubjectArea")]
    #[doc(alias = "setSubjectArea")]
    pub fn set_subject_area(
        &self,
        hash: impl Into<String>,
        area: SubjectArea,
    ) -> ChangeDynamicMetadata {
        self.add_dynamic_metadata(hash, area)
    }

    /// Takes the subject area off again. The image gets the hash that it would have had without.
    ///
    /// `DELETE /sourceimages/{organization}/{hash}/meta/dynamic/subject_area`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/dynamic-metadata.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let image = images.remove_subject_area("3f9a21").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "deleteSourceImageMetaDynamicWithName")]
    #[doc(alias = "delete_source_image_meta_dynamic_with_name")]
    #[doc(alias = "DELETE /sourceimages/{organization}/{hash}/meta/dynamic/{metaName}")]
    #[doc(alias = "sourceimages.removeSubjectArea")]
    #[doc(alias = "removeSubjectArea")]
    pub fn remove_subject_area(&self, hash: impl Into<String>) -> ChangeDynamicMetadata {
        self.remove_dynamic_metadata(hash, "subject_area")
    }

    /// Says what cropping is to cut out exactly; a subject area wins over it. The image gets another hash.
    ///
    /// `PUT /sourceimages/{organization}/{hash}/meta/dynamic/crop_area`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/dynamic-metadata.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// use rokka::CropArea;
    ///
    /// let image = images.set_crop_area("3f9a21", CropArea::new(0, 0, 640, 480)).await?;
    /// println!("now {} (was {})", image.hash, image.previous_hash);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createSourceImageMetaDynamicWithName")]
    #[doc(alias = "create_source_image_meta_dynamic_with_name")]
    #[doc(alias = "PUT /sourceimages/{organization}/{hash}/meta/dynamic/{metaName}")]
    pub fn set_crop_area(&self, hash: impl Into<String>, area: CropArea) -> ChangeDynamicMetadata {
        self.add_dynamic_metadata(hash, area)
    }

    /// Adds dynamic metadata of any kind, or changes it. The image gets another hash; the old one stays unless it is
    /// [deleted](ChangeDynamicMetadata::delete_previous). If there is an image with the new hash already, it is
    /// given as it is.
    ///
    /// 403 ([`Error::is_forbidden`]) for [face detection](DynamicValue::FaceDetection) if the organization does not pay.
    ///
    /// `PUT /sourceimages/{organization}/{hash}/meta/dynamic/{metaName}`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/dynamic-metadata.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// use rokka::{CropArea, DynamicValue, MultiAreas};
    ///
    /// let areas = MultiAreas::new().crop_area("square", CropArea::new(0, 0, 480, 480));
    /// let image = images.add_dynamic_metadata("3f9a21", areas).delete_previous().await?;
    /// let image = images.add_dynamic_metadata(&image.hash, DynamicValue::version("two")).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createSourceImageMetaDynamicWithName")]
    #[doc(alias = "create_source_image_meta_dynamic_with_name")]
    #[doc(alias = "PUT /sourceimages/{organization}/{hash}/meta/dynamic/{metaName}")]
    #[doc(alias = "sourceimages.addDynamicMetaData")]
    #[doc(alias = "addDynamicMetaData")]
    #[doc(alias = "setDynamicMetadata")]
    pub fn add_dynamic_metadata(
        &self,
        hash: impl Into<String>,
        value: impl Into<DynamicValue>,
    ) -> ChangeDynamicMetadata {
        ChangeDynamicMetadata::add(
            self.call(),
            self.organization.clone(),
            hash.into(),
            value.into(),
        )
    }

    /// Removes dynamic metadata of a kind, such as `crop_area` or `version`. The image gets the hash that it would have
    /// had without.
    ///
    /// `DELETE /sourceimages/{organization}/{hash}/meta/dynamic/{metaName}`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/dynamic-metadata.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let image = images.remove_dynamic_metadata("3f9a21", "crop_area").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "deleteSourceImageMetaDynamicWithName")]
    #[doc(alias = "delete_source_image_meta_dynamic_with_name")]
    #[doc(alias = "DELETE /sourceimages/{organization}/{hash}/meta/dynamic/{metaName}")]
    #[doc(alias = "sourceimages.deleteDynamicMetaData")]
    #[doc(alias = "deleteDynamicMetaData")]
    pub fn remove_dynamic_metadata(
        &self,
        hash: impl Into<String>,
        kind: impl Into<String>,
    ) -> ChangeDynamicMetadata {
        ChangeDynamicMetadata::remove(
            self.call(),
            self.organization.clone(),
            hash.into(),
            kind.into(),
        )
    }

    /// The user metadata of an image: reading, merging, replacing and removing its fields.
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// images.user_metadata("3f9a21").set("title", "A cat").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "meta")]
    pub fn user_metadata(&self, hash: impl Into<String>) -> ImageUserMetadata {
        ImageUserMetadata::new(self.clone(), hash.into())
    }

    /// The names that stand for images of this organization.
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// images.aliases().create("hero", "3f9a21").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "alias")]
    pub fn aliases(&self) -> Aliases {
        Aliases::new(self.clone())
    }

    /// Sets the file name of an image. The hash stays.
    ///
    /// `PUT /sourceimages/{organization}/{hash}/name`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/source-images.html#change-the-name-of-a-source-image).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// images.set_name("3f9a21", "cat.jpg").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "putSourceImageName")]
    #[doc(alias = "put_source_image_name")]
    #[doc(alias = "PUT /sourceimages/{organization}/{hash}/name")]
    #[doc(alias = "sourceimages.putName")]
    #[doc(alias = "putName")]
    #[doc(alias = "setSourceImageName")]
    pub fn set_name(&self, hash: impl Into<String>, name: impl Into<String>) -> Call<()> {
        Call::new(
            self.call(),
            SetName::new(self.organization.clone(), hash.into(), name.into()),
        )
    }

    /// Protects an image, so that rendering it needs a signed URL, or opens it again. The image gets another hash; the
    /// old one stays unless it is [deleted](SetProtected::delete_previous).
    ///
    /// `PUT /sourceimages/{organization}/{hash}/options/protected`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/protected-images-and-stacks.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let image = images.set_protected("3f9a21", true).await?;
    /// assert!(image.protected);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "putSourceImageOptionsProtected")]
    #[doc(alias = "put_source_image_options_protected")]
    #[doc(alias = "PUT /sourceimages/{organization}/{hash}/options/protected")]
    #[doc(alias = "sourceimages.setProtected")]
    #[doc(alias = "setProtected")]
    pub fn set_protected(&self, hash: impl Into<String>, protected: bool) -> SetProtected {
        SetProtected::new(
            self.call(),
            self.organization.clone(),
            hash.into(),
            protected,
        )
    }

    /// Locks an image, so that nobody can delete it or change its user metadata, or unlocks it. The hash stays.
    ///
    /// `PUT /sourceimages/{organization}/{hash}/options/locked`, role `admin` or `sourceimages:unlock`; 403
    /// ([`Error::is_forbidden`]) for others.
    /// [Reference](https://rokka.io/documentation/references/source-images.html#lock-a-source-image-to-prevent-deletion).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let image = images.set_locked("3f9a21", true).await?;
    /// assert!(image.locked);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "putSourceImageOptionsLocked")]
    #[doc(alias = "put_source_image_options_locked")]
    #[doc(alias = "PUT /sourceimages/{organization}/{hash}/options/locked")]
    #[doc(alias = "sourceimages.setLocked")]
    #[doc(alias = "setLocked")]
    pub fn set_locked(&self, hash: impl Into<String>, locked: bool) -> Call<SourceImage> {
        Call::new(
            self.call(),
            SetLocked::new(self.organization.clone(), hash.into(), locked),
        )
    }

    /// Copies an image with its metadata to another organization, under the same hash. What the destination has already
    /// is overwritten, unless it is [kept](CopyImage::keep_existing). From then on the two know nothing of each
    /// other.
    ///
    /// 400 if there is no such destination, 403 ([`Error::is_forbidden`]) without the right to write there.
    ///
    /// `POST /sourceimages/{organization}/{hash}/copy`, role `sourceimages:read` here and `sourceimages:write` there.
    /// [Reference](https://rokka.io/documentation/references/source-images.html#copy-a-source-image-to-another-organization).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// match images.copy("3f9a21", "other").keep_existing().await {
    ///     Err(error) if error.is_precondition_failed() => println!("was there already"),
    ///     outcome => println!("{:?}", outcome?),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "copySourceImage")]
    #[doc(alias = "copy_source_image")]
    #[doc(alias = "POST /sourceimages/{organization}/{hash}/copy")]
    #[doc(alias = "sourceimages.copy")]
    #[doc(alias = "COPY /sourceimages/{organization}/{hash}")]
    pub fn copy(&self, hash: impl Into<String>, destination: impl Into<String>) -> CopyImage {
        CopyImage::new(
            self.call(),
            self.organization.clone(),
            hash.into(),
            destination.into(),
        )
    }

    /// Copies 1 to 100 images with their metadata to another organization, and says which of them were there already
    /// and which are not known here.
    ///
    /// A 404 ([`Error::is_not_found`]) may mean that none of them was copied; a 400, that there is no such destination.
    ///
    /// `POST /sourceimages/{organization}/copy`, role `sourceimages:read` here and `sourceimages:write` there.
    /// [Reference](https://rokka.io/documentation/references/source-images.html#copy-a-source-image-to-another-organization).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let copied = images.copy_many(["3f9a21", "aaaabb"], "other").await?;
    /// println!("{} new, {} unknown", copied.created.len(), copied.notfound.len());
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "copyMultipleSourceImages")]
    #[doc(alias = "copy_multiple_source_images")]
    #[doc(alias = "POST /sourceimages/{organization}/copy")]
    #[doc(alias = "sourceimages.copyAll")]
    #[doc(alias = "copyAll")]
    #[doc(alias = "copySourceImages")]
    pub fn copy_many(
        &self,
        hashes: impl IntoIterator<Item = impl Into<String>>,
        destination: impl Into<String>,
    ) -> CopyImages {
        CopyImages::new(
            self.call(),
            self.organization.clone(),
            hashes.into_iter().map(Into::into).collect(),
            destination.into(),
        )
    }

    /// Has the CDN forget all renderings of an image. It takes some seconds; browsers keep what they have. While the
    /// answer is [`truncated`](crate::CacheInvalidation::truncated), a part is left: call again.
    ///
    /// Five times an hour; then 429 ([`Error::is_rate_limited`]) with [`Error::retry_after`]. 403
    /// ([`Error::is_forbidden`]) for organizations that do not pay.
    ///
    /// `DELETE /sourceimages/{organization}/{hash}/cache`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/guides/render-caches-and-invalidation.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let forgotten = images.invalidate_cache("3f9a21").await?;
    /// println!("{:?}", forgotten.items);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "deleteSourceImageCache")]
    #[doc(alias = "delete_source_image_cache")]
    #[doc(alias = "DELETE /sourceimages/{organization}/{hash}/cache")]
    #[doc(alias = "sourceimages.invalidateCache")]
    #[doc(alias = "invalidateCache")]
    pub fn invalidate_cache(&self, hash: impl Into<String>) -> Call<CacheInvalidation> {
        Call::new(
            self.call(),
            InvalidateImageCache::new(self.organization.clone(), hash.into()),
        )
    }

    /// Has the service recognise what a picture shows; the labels land in its user metadata, by convention in
    /// `array:labels`. For paying organizations; 403 ([`Error::is_forbidden`]) for others.
    ///
    /// `POST /sourceimages/{organization}/{hash}/autolabel`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/source-images.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let image = images.autolabel("3f9a21").await?;
    /// println!("{:?}", image.user_metadata.get_array("labels"));
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createSourceImageAutolabel")]
    #[doc(alias = "create_source_image_autolabel")]
    #[doc(alias = "POST /sourceimages/{organization}/{hash}/autolabel")]
    #[doc(alias = "sourceimages.autolabel")]
    #[doc(alias = "addAutolabels")]
    pub fn autolabel(&self, hash: impl Into<String>) -> Call<SourceImage> {
        Call::new(
            self.call(),
            Autolabel::new(self.organization.clone(), hash.into()),
        )
    }

    /// Has the service write alternative texts for a picture, in some of `en`, `de`, `fr` and `it`; they land in its
    /// user metadata, under names that are not documented. A text that is there stays unless it is
    /// [forced](Autodescription::force). For paying organizations; 403 ([`Error::is_forbidden`]) for others.
    ///
    /// `POST /sourceimages/{organization}/{hash}/autodescription`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/auto-descriptions.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let image = images.autodescription("3f9a21", ["en", "de"]).force().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createSourceImageAutodescription")]
    #[doc(alias = "create_source_image_autodescription")]
    #[doc(alias = "POST /sourceimages/{organization}/{hash}/autodescription")]
    #[doc(alias = "sourceimages.autodescription")]
    #[doc(alias = "addAutodescription")]
    pub fn autodescription(
        &self,
        hash: impl Into<String>,
        languages: impl IntoIterator<Item = impl Into<String>>,
    ) -> Autodescription {
        Autodescription::new(
            self.call(),
            self.organization.clone(),
            hash.into(),
            languages.into_iter().map(Into::into).collect(),
        )
    }

    /// Has the service look once more for a C2PA manifest in an original and save what it says: see
    /// [`StaticMetadata::content_credentials`](crate::StaticMetadata::content_credentials). The hash stays.
    ///
    /// `POST /sourceimages/{organization}/{hash}/contentcredentials`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/source-images.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let image = images.content_credentials("3f9a21").await?;
    /// let credentials = image.static_metadata.content_credentials();
    /// println!("{:?}", credentials.and_then(|found| found.generator));
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createSourceImageContentCredentials")]
    #[doc(alias = "create_source_image_content_credentials")]
    #[doc(alias = "POST /sourceimages/{organization}/{hash}/contentcredentials")]
    #[doc(alias = "sourceimages.contentCredentials")]
    #[doc(alias = "contentCredentials")]
    pub fn content_credentials(&self, hash: impl Into<String>) -> Call<SourceImage> {
        Call::new(
            self.call(),
            ReadContentCredentials::new(self.organization.clone(), hash.into()),
        )
    }

    /// Reads all images that were made of the same bytes, by their SHA-1 in 40 lower-case hexadecimal digits; dynamic
    /// metadata and protection make several of one file. Unknown bytes have none.
    ///
    /// `GET /sourceimages/{organization}?binaryHash=…`, role `sourceimages:read`.
    /// [Reference](https://rokka.io/documentation/references/source-images.html#finding-with-binary-hash).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages, image: rokka::SourceImage) -> rokka::Result<()> {
    /// for sibling in images.get_by_binary_hash(image.binary_hash).await? {
    ///     println!("{}", sibling.hash);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "listSourceImagesByBinaryHash")]
    #[doc(alias = "list_source_images_by_binary_hash")]
    #[doc(alias = "GET /sourceimages/{organization}/binaryhash/{binaryHash}")]
    #[doc(alias = "sourceimages.getWithBinaryHash")]
    #[doc(alias = "getWithBinaryHash")]
    #[doc(alias = "getSourceImagesWithBinaryHash")]
    pub fn get_by_binary_hash(&self, binary_hash: impl Into<String>) -> Call<Vec<SourceImage>> {
        Call::new(
            self.call(),
            GetByBinaryHash::new(self.organization.clone(), binary_hash.into()),
        )
    }

    /// Deletes all images that were made of the same bytes, by their SHA-1 in 40 lower-case hexadecimal digits. Each can
    /// be [restored](Self::restore) by its own hash for 30 days. 404 ([`Error::is_not_found`]) if there are none.
    ///
    /// `DELETE /sourceimages/{organization}?binaryHash=…`, role `sourceimages:write`; locked images refuse.
    /// [Reference](https://rokka.io/documentation/references/source-images.html#deleting-source-images-with-binary-hash).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages, image: rokka::SourceImage) -> rokka::Result<()> {
    /// images.delete_by_binary_hash(image.binary_hash).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "deleteSourceImagesByBinaryHash")]
    #[doc(alias = "delete_source_images_by_binary_hash")]
    #[doc(alias = "DELETE /sourceimages/{organization}")]
    #[doc(alias = "sourceimages.deleteWithBinaryHash")]
    #[doc(alias = "deleteWithBinaryHash")]
    #[doc(alias = "deleteSourceImagesWithBinaryHash")]
    #[doc(alias = "DeleteSourceImageByBinaryHash")]
    pub fn delete_by_binary_hash(&self, binary_hash: impl Into<String>) -> Call<()> {
        Call::new(
            self.call(),
            DeleteByBinaryHash::new(self.organization.clone(), binary_hash.into()),
        )
    }

    /// Finds images: one page with `.await`, all of them with [`stream`](Search::stream), or page by page with
    /// [`pages`](Search::pages). Without filters it lists everything, newest first.
    ///
    /// New and changed images take up to some 10 s to show up.
    ///
    /// `GET /sourceimages/{organization}`, role `sourceimages:read`.
    /// [Reference](https://rokka.io/documentation/references/searching-images.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// use futures_util::TryStreamExt;
    /// use rokka::field;
    ///
    /// let mut hits = images
    ///     .search()
    ///     .filter(field::HEIGHT.at_least(1200))
    ///     .sort(field::CREATED.descending())
    ///     .stream();
    /// while let Some(image) = hits.try_next().await? {
    ///     println!("{} {}", image.hash, image.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "listSourceImages")]
    #[doc(alias = "list_source_images")]
    #[doc(alias = "GET /sourceimages/{organization}")]
    #[doc(alias = "sourceimages.list")]
    #[doc(alias = "list")]
    #[doc(alias = "searchSourceImages")]
    pub fn search(&self) -> Search {
        Search::new(self.call(), self.organization.clone())
    }

    /// Downloads an original, byte for byte: as a stream with `.await`, or with [`bytes`](DownloadFile::bytes),
    /// [`to_file`](DownloadFile::to_file) or [`to_directory`](DownloadFile::to_directory); a part of it with
    /// [`range`](DownloadFile::range). [`verify`](DownloadFile::verify) compares its hash.
    ///
    /// `GET /sourceimages/{organization}/{hash}/download`, role `sourceimages:read`, and
    /// `sourceimages:download:protected` for protected images.
    /// [Reference](https://rokka.io/documentation/references/source-images.html#download-a-source-image).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let bytes = images.download("3f9a21").bytes().await?;
    /// images.download("3f9a21").to_file("cat.jpg").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "downloadSourceImage")]
    #[doc(alias = "download_source_image")]
    #[doc(alias = "GET /sourceimages/{organization}/{hash}/download")]
    #[doc(alias = "sourceimages.download")]
    #[doc(alias = "sourceimages.downloadAsBuffer")]
    #[doc(alias = "downloadAsBuffer")]
    #[doc(alias = "getSourceImageContents")]
    pub fn download(&self, hash: impl Into<String>) -> DownloadFile {
        DownloadFile::new(self.call(), self.organization.clone(), hash.into())
    }

    /// Deletes an image. It can be [restored](Self::restore) for 30 days. Caches of the CDN and of browsers keep its
    /// renderings.
    ///
    /// `DELETE /sourceimages/{organization}/{hash}`, role `sourceimages:write`; a locked image refuses.
    /// [Reference](https://rokka.io/documentation/references/source-images.html#delete-a-source-image).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// match images.delete("3f9a21").await {
    ///     Err(error) if error.is_not_found() => println!("gone already"),
    ///     other => other?,
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "deleteSourceImage")]
    #[doc(alias = "delete_source_image")]
    #[doc(alias = "DELETE /sourceimages/{organization}/{hash}")]
    #[doc(alias = "sourceimages.delete")]
    pub fn delete(&self, hash: impl Into<String>) -> Call<()> {
        Call::new(
            self.call(),
            DeleteImage::new(self.organization.clone(), hash.into()),
        )
    }

    /// Brings a deleted image back, up to 30 days after its deletion. One that is not deleted is given as it is.
    ///
    /// `POST /sourceimages/{organization}/{hash}/restore`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/source-images.html#restore-a-source-image).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let image = images.restore("3f9a21").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "restoreSourceImage")]
    #[doc(alias = "restore_source_image")]
    #[doc(alias = "POST /sourceimages/{organization}/{hash}/restore")]
    #[doc(alias = "sourceimages.restore")]
    pub fn restore(&self, hash: impl Into<String>) -> Call<SourceImage> {
        Call::new(
            self.call(),
            RestoreImage::new(self.organization.clone(), hash.into()),
        )
    }
}

impl fmt::Debug for SourceImages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceImages")
            .field("organization", &self.organization.as_str())
            .finish_non_exhaustive()
    }
}
