//! Source images: upload, read, change, find, download, delete and restore.

use std::fmt;

use crate::api::types::{ImageHash, OrganizationName, SubjectArea};
use crate::call::Call;
use crate::client::Client;
use crate::error::{Error, Result};

mod bulk;
mod download;
mod dynamic_metadata;
pub mod field;
mod image;
mod metadata;
mod options;
mod revision;
mod search;
mod source;
mod upload;

pub use bulk::{Bulk, BulkCall, BulkItem, Hashes};
pub use download::{Download, DownloadImage, DownloadToBytes, DownloadToDirectory, DownloadToFile};
pub use dynamic_metadata::{RemoveSubjectArea, SetSubjectArea};
pub use image::{DeleteImage, GetImage, RestoreImage};
pub use options::SetProtected;
pub use revision::Revision;
pub use search::{Images, Pages, Search};
pub use source::{OptimizeSource, Source};
pub use upload::{Upload, UploadMany};

/// The source images of one organization; made by [`Client::source_images`]. Cloning is cheap.
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
    client: Client,
    organization: OrganizationName,
}

impl SourceImages {
    pub(crate) fn new(client: Client, organization: &str) -> Result<Self> {
        Ok(Self {
            client,
            organization: organization_name(organization)?,
        })
    }

    /// The name of the organization.
    pub fn organization(&self) -> &str {
        &self.organization
    }

    fn call<O>(&self, operation: O) -> Call<O> {
        Call::new(self.client.clone(), operation)
    }

    /// Uploads a file, bytes, a stream, or what a URL points to, and gives the stored image.
    ///
    /// Uploading bytes that exist already gives the existing image; metadata is merged into it. Limits of the service:
    /// about 1180 MB a file, 225 megapixels unless it is a JPEG. Memory stays the same whatever the size of a file.
    /// Files and bytes are sent again after a failure, a stream is not.
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
    #[doc(alias = "create")]
    #[doc(alias = "createByUrl")]
    #[doc(alias = "createSourceImage")]
    #[doc(alias = "create_source_image")]
    #[doc(alias = "POST /sourceimages/{organization}")]
    pub fn upload(&self, source: Source) -> Call<Upload> {
        self.call(Upload::new(self.organization.clone(), source))
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
    #[doc(alias = "POST /sourceimages/{organization}")]
    pub fn upload_many(&self, sources: impl IntoIterator<Item = Source>) -> Call<UploadMany> {
        let sources = sources.into_iter().collect();
        self.call(UploadMany::new(self.organization.clone(), sources))
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
    pub fn get(&self, hash: impl Into<String>) -> Call<GetImage> {
        self.call(GetImage::new(self.organization.clone(), hash.into()))
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
    #[doc(alias = "setSubjectArea")]
    #[doc(alias = "addDynamicMetaData")]
    #[doc(alias = "createSourceImageMetaDynamicWithName")]
    #[doc(alias = "create_source_image_meta_dynamic_with_name")]
    #[doc(alias = "PUT /sourceimages/{organization}/{hash}/meta/dynamic/{metaName}")]
    pub fn set_subject_area(
        &self,
        hash: impl Into<String>,
        area: SubjectArea,
    ) -> Call<SetSubjectArea> {
        self.call(SetSubjectArea::new(
            self.organization.clone(),
            hash.into(),
            area,
        ))
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
    #[doc(alias = "removeSubjectArea")]
    #[doc(alias = "deleteDynamicMetaData")]
    #[doc(alias = "deleteSourceImageMetaDynamicWithName")]
    #[doc(alias = "delete_source_image_meta_dynamic_with_name")]
    #[doc(alias = "DELETE /sourceimages/{organization}/{hash}/meta/dynamic/{metaName}")]
    pub fn remove_subject_area(&self, hash: impl Into<String>) -> Call<RemoveSubjectArea> {
        self.call(RemoveSubjectArea::new(
            self.organization.clone(),
            hash.into(),
        ))
    }

    /// Protects an image, so that rendering it needs a signed URL, or opens it again. The image gets another hash; the
    /// old one stays unless it is [deleted](Call::<SetProtected>::delete_previous).
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
    #[doc(alias = "setProtected")]
    #[doc(alias = "putSourceImageOptionsProtected")]
    #[doc(alias = "put_source_image_options_protected")]
    #[doc(alias = "PUT /sourceimages/{organization}/{hash}/options/protected")]
    pub fn set_protected(&self, hash: impl Into<String>, protected: bool) -> Call<SetProtected> {
        self.call(SetProtected::new(
            self.organization.clone(),
            hash.into(),
            protected,
        ))
    }

    /// Finds images: one page with `.await`, all of them with [`stream`](Call::<Search>::stream), or page by page with
    /// [`pages`](Call::<Search>::pages). Without filters it lists everything, newest first.
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
    #[doc(alias = "list")]
    #[doc(alias = "searchSourceImages")]
    #[doc(alias = "listSourceImages")]
    #[doc(alias = "list_source_images")]
    #[doc(alias = "GET /sourceimages/{organization}")]
    pub fn search(&self) -> Call<Search> {
        self.call(Search::new(self.organization.clone()))
    }

    /// Downloads an original, byte for byte: as a stream with `.await`, or with [`bytes`](Call::<DownloadImage>::bytes)
    /// or [`to_file`](Call::<DownloadImage>::to_file).
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
    #[doc(alias = "downloadAsBuffer")]
    #[doc(alias = "getSourceImageContents")]
    #[doc(alias = "downloadSourceImage")]
    #[doc(alias = "download_source_image")]
    #[doc(alias = "GET /sourceimages/{organization}/{hash}/download")]
    pub fn download(&self, hash: impl Into<String>) -> Call<DownloadImage> {
        self.call(DownloadImage::new(self.organization.clone(), hash.into()))
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
    pub fn delete(&self, hash: impl Into<String>) -> Call<DeleteImage> {
        self.call(DeleteImage::new(self.organization.clone(), hash.into()))
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
    pub fn restore(&self, hash: impl Into<String>) -> Call<RestoreImage> {
        self.call(RestoreImage::new(self.organization.clone(), hash.into()))
    }
}

impl fmt::Debug for SourceImages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceImages")
            .field("organization", &self.organization.as_str())
            .finish_non_exhaustive()
    }
}

/// A checked name of an organization.
pub(crate) fn organization_name(name: &str) -> Result<OrganizationName> {
    name.parse().map_err(|_| {
        Error::invalid(format!(
            "the organization {name:?} is not made of lower-case letters, digits and dashes"
        ))
    })
}

/// A checked hash.
fn image_hash(hash: &str) -> Result<ImageHash> {
    hash.parse().map_err(|_| {
        Error::invalid(format!(
            "the hash {hash:?} is not made of 6 to 40 hexadecimal digits"
        ))
    })
}
