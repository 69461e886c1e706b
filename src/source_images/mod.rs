//! Source images: upload, read, change, search, download, delete and restore.

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
mod dynamic_metadata;
mod dynamic_value;
pub(crate) mod enrichment;
pub mod field;
mod image;
mod metadata;
mod name;
mod options;
mod revision;
mod scan;
mod search;
mod skip_existing;
mod upload;
mod user_metadata;
mod user_value;

pub use crate::transfer::channel::SourceSender;
pub use crate::transfer::download::{
    DownloadFile, DownloadToBytes, DownloadToDirectory, DownloadToFile,
};
pub use crate::transfer::received::Download;
pub use crate::transfer::source::{OptimizeSource, Source};
pub use aliases::{Aliases, CreateAlias};
use binary_hash::{DeleteByBinaryHash, GetByBinaryHash};
pub use bulk::{Bulk, BulkCall, BulkItem, BulkStart, BulkUpload, Copied, Hashes};
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
pub use search::{Images, Search};
pub use skip_existing::{UploadIfNew, Uploaded};
pub use upload::{Upload, UploadMany};
pub use user_metadata::ImageUserMetadata;
pub use user_value::{LatLon, UserValue};

#[cfg(doc)]
use crate::error::Error;

/// The source images of one organization. Created by [`Client::source_images`](crate::Client::source_images); cloning is
/// cheap.
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
/// A hash has 6 to 40 hexadecimal digits, as the service returns it; a short hash works like the full one. A call with any
/// other hash fails before anything is sent. All calls fail with 403 if the role is missing, and with 404
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

    /// Returns the name of the organization.
    pub fn organization(&self) -> &str {
        &self.organization
    }

    fn call(&self) -> CallParts {
        CallParts::new(self.connection.clone())
    }

    /// Uploads a file, bytes, a stream, or the file behind a URL; returns the stored [`SourceImage`].
    ///
    /// Uploading bytes that are stored already returns the existing image and merges the metadata into it; the response does
    /// not say so, but [`skip_existing`](Upload::skip_existing) does, and saves sending the bytes. Limits of the service:
    /// about 1180 MB per file, 225 megapixels unless it is a JPEG. Memory use does not depend on the size of the file. Files
    /// and bytes are retried after a failure, a [stream](Source::stream), a [reader](Source::reader) and a
    /// [channel](Source::channel) are not. [`verify`](Upload::verify) compares the stored
    /// image with the sent bytes. Options: [`Upload`].
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the file or the stream fails, changes or does not have the announced length;
    /// [`ErrorKind::HashMismatch`](crate::ErrorKind::HashMismatch) if the stored image differs.
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
    pub fn upload(&self, source: impl Into<Source>) -> Upload {
        Upload::new(self.call(), self.organization.clone(), source.into())
    }

    /// Uploads several files in one request, or imports several URLs; returns the [`SourceImage`]s in the same order.
    ///
    /// Each [`Source`] has its own metadata. Files and URLs cannot be mixed, because the service matches them by position.
    /// No published client sends several files at once, so this follows the documentation alone. Options: [`UploadMany`].
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
    pub fn upload_many(&self, sources: impl IntoIterator<Item = impl Into<Source>>) -> UploadMany {
        let sources = sources.into_iter().map(Into::into).collect();
        UploadMany::new(self.call(), self.organization.clone(), sources)
    }

    /// Reads an image; returns a [`SourceImage`]. Options: [`GetImage`].
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

    /// Sets the area that cropping keeps visible; returns a [`Revision`] with the new hash. Options:
    /// [`ChangeDynamicMetadata`].
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

    /// Removes the subject area; returns a [`Revision`] with the hash of an image that never had one. Options:
    /// [`ChangeDynamicMetadata`].
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

    /// Sets the area that cropping cuts out exactly; returns a [`Revision`] with the new hash. A subject area takes
    /// precedence over it. Options: [`ChangeDynamicMetadata`].
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

    /// Adds or replaces one kind of dynamic metadata; returns a [`Revision`] with the new hash.
    ///
    /// The image with the previous hash stays, unless [`delete_previous`](ChangeDynamicMetadata::delete_previous) is set. An
    /// image that already has the new hash is returned unchanged. [Face detection](DynamicValue::FaceDetection) fails with
    /// 403 ([`Error::is_forbidden`]) for organizations on the free plan. Options: [`ChangeDynamicMetadata`].
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

    /// Removes one kind of dynamic metadata, such as `crop_area` or `version`; returns a [`Revision`] with the hash of an
    /// image that never had it. Options: [`ChangeDynamicMetadata`].
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

    /// Returns a handle to the user metadata of an image: read, merge, replace and remove its fields.
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

    /// Returns a handle to the aliases of this organization.
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

    /// Sets the file name of an image and keeps its hash; returns `()`.
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

    /// Protects an image, so that rendering it needs a signed URL, or removes the protection; returns a [`Revision`] with
    /// the new hash.
    ///
    /// The image with the previous hash stays, unless [`delete_previous`](SetProtected::delete_previous) is set. Options:
    /// [`SetProtected`].
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

    /// Locks an image against deletion and changes of its user metadata, or unlocks it; returns the [`SourceImage`] with
    /// its hash unchanged.
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

    /// Copies an image with its metadata to another organization, under the same hash; returns a [`CopyOutcome`].
    ///
    /// An existing image is overwritten, unless [`keep_existing`](CopyImage::keep_existing) is set. The copy is independent
    /// of the original. Fails with 400 if the destination does not exist, and with 403 ([`Error::is_forbidden`]) without
    /// write access to it. Options: [`CopyImage`].
    ///
    /// `POST /sourceimages/{organization}/{hash}/copy`, role `sourceimages:read` here and `sourceimages:write` there.
    /// [Reference](https://rokka.io/documentation/references/source-images.html#copy-a-source-image-to-another-organization).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// match images.copy("3f9a21", "other").keep_existing().await {
    ///     Err(error) if error.is_already_exists() => println!("exists already"),
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

    /// Copies 1 to 100 images with their metadata to another organization; returns a [`CopyResult`](crate::CopyResult) with
    /// the created, existing and unknown hashes.
    ///
    /// A 404 ([`Error::is_not_found`]) can mean that no image was copied; a 400, that the destination does not exist.
    /// Options: [`CopyImages`].
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

    /// Removes all renderings of an image from the CDN; returns a [`CacheInvalidation`].
    ///
    /// It takes some seconds, and browser caches keep their copies. If the result is
    /// [`truncated`](crate::CacheInvalidation::truncated), some renderings are left: call it again. The limit is five calls
    /// an hour; more fail with 429 ([`Error::is_rate_limited`]) and [`Error::retry_after`]. Fails with 403
    /// ([`Error::is_forbidden`]) for organizations on the free plan.
    ///
    /// `DELETE /sourceimages/{organization}/{hash}/cache`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/guides/render-caches-and-invalidation.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let invalidated = images.invalidate_cache("3f9a21").await?;
    /// println!("{:?}", invalidated.items);
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

    /// Detects the content of an image and stores it as labels; returns the changed [`SourceImage`].
    ///
    /// The service stores the labels in the user metadata, by convention in `array:labels`. Fails with 403
    /// ([`Error::is_forbidden`]) for organizations on the free plan.
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

    /// Generates alternative texts for an image, in `en`, `de`, `fr` or `it`; returns the changed [`SourceImage`].
    ///
    /// The service stores them in the user metadata, under undocumented names. Existing texts stay, unless
    /// [`force`](Autodescription::force) is set. Fails with 403 ([`Error::is_forbidden`]) for organizations on the free
    /// plan. Options: [`Autodescription`].
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

    /// Reads the C2PA manifest of an original again and stores its content; returns the [`SourceImage`] with its hash
    /// unchanged.
    ///
    /// See [`StaticMetadata::content_credentials`](crate::StaticMetadata::content_credentials).
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

    /// Reads all images with the same original bytes, by their SHA-1 in 40 lower-case hexadecimal digits; returns a `Vec` of
    /// [`SourceImage`]s, which is empty for an unknown hash.
    ///
    /// One file has several images if they differ in dynamic metadata or protection.
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

    /// Deletes all images with the same original bytes, by their SHA-1 in 40 lower-case hexadecimal digits; returns `()`.
    ///
    /// Each image can be [restored](Self::restore) by its own hash for 30 days. Fails with 404 ([`Error::is_not_found`]) if
    /// there are none.
    ///
    /// `DELETE /sourceimages/{organization}?binaryHash=…`, role `sourceimages:write`; fails for locked images.
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

    /// Searches images: returns one page, a [`SourceImageList`](crate::SourceImageList), with `.await`, all images with
    /// [`stream`](Search::stream), or page by page with [`pages`](Search::pages).
    ///
    /// Without filters it lists all images, newest first. New and changed images appear after up to about 10 s. Options:
    /// [`Search`].
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

    /// Downloads an original, byte for byte: returns a [`Download`] stream with `.await`.
    ///
    /// [`bytes`](DownloadFile::bytes), [`to_file`](DownloadFile::to_file) and [`to_directory`](DownloadFile::to_directory)
    /// receive the whole file, [`range`](DownloadFile::range) a part of it. [`verify`](DownloadFile::verify) compares its
    /// hash. Options: [`DownloadFile`].
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

    /// Deletes an image; returns `()`. It can be [restored](Self::restore) for 30 days.
    ///
    /// Caches of the CDN and of browsers keep its renderings.
    ///
    /// `DELETE /sourceimages/{organization}/{hash}`, role `sourceimages:write`; fails for a locked image.
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

    /// Restores an image up to 30 days after its deletion; returns the [`SourceImage`]. An image that is not deleted is
    /// returned unchanged.
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
