//! Reading and changing the user metadata of one image.

use std::fmt;

use serde_json::{Map, Value};

use crate::api::types::{
    AnyValue, OrganizationName, UserMetadata, UserMetadataDefinition, UserMetadataName,
};
use crate::call::{Call, Run};
use crate::error::{Error, Result};
use crate::metadata::Null;
use crate::names::{check_user_name, image_hash};
use crate::source_images::SourceImages;
use crate::transport::Session;

/// The user metadata of one image. Created by [`SourceImages::user_metadata`].
///
/// A change keeps the hash, and fails for a locked image. Names consist of 1 to 54 lower-case letters, digits and `_`; a
/// field that is not a string has its type as a prefix: `text:`, `int:`, `double:`, `date:`, `latlon:`,
/// `array:` or `array_text:`. Names and values are checked before anything is sent.
///
/// ```no_run
/// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
/// use rokka::UserMetadata;
///
/// let metadata = images.user_metadata("3f9a21");
/// metadata.merge(UserMetadata::new().int("sku", 42).array("labels", ["cat"])).await?;
/// assert_eq!(metadata.get().await?.get_int("sku"), Some(42));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ImageUserMetadata {
    images: SourceImages,
    hash: String,
}

impl ImageUserMetadata {
    pub(super) fn new(images: SourceImages, hash: String) -> Self {
        Self { images, hash }
    }

    #[inline]
    fn change(&self, change: Change) -> Call<()> {
        Call::new(
            self.images.call(),
            ChangeUserMetadata {
                organization: self.images.organization.clone(),
                hash: self.hash.clone(),
                change,
            },
        )
    }

    /// Reads all fields; returns [`UserMetadata`].
    ///
    /// `GET /sourceimages/{organization}/{hash}/meta/user`, role `sourceimages:read`.
    /// [Reference](https://rokka.io/documentation/references/user-metadata.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let metadata = images.user_metadata("3f9a21").get().await?;
    /// println!("{:?} {:?}", metadata.get_str("title"), metadata.get_int("sku"));
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "getSourceImageMetaUser")]
    #[doc(alias = "get_source_image_meta_user")]
    #[doc(alias = "GET /sourceimages/{organization}/{hash}/meta/user")]
    #[doc(alias = "sourceimages.meta.get")]
    #[doc(alias = "getUserMetadata")]
    #[inline]
    pub fn get(&self) -> Call<UserMetadata> {
        Call::new(
            self.images.call(),
            GetUserMetadata {
                organization: self.images.organization.clone(),
                hash: self.hash.clone(),
            },
        )
    }

    /// Reads one field by its name without a type; returns its JSON [`Value`]. Fails with 404 ([`Error::is_not_found`]) if
    /// the field is not set or the image is unknown.
    ///
    /// `GET /sourceimages/{organization}/{hash}/meta/user/{metaName}`, role `sourceimages:read`.
    /// [Reference](https://rokka.io/documentation/references/user-metadata.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let sku = images.user_metadata("3f9a21").get_field("sku").await?;
    /// println!("{sku}");
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "getSourceImageMetaUserWithName")]
    #[doc(alias = "get_source_image_meta_user_with_name")]
    #[doc(alias = "GET /sourceimages/{organization}/{hash}/meta/user/{metaName}")]
    #[doc(alias = "getUserMetadataField")]
    pub fn get_field(&self, name: impl Into<String>) -> Call<Value> {
        Call::new(
            self.images.call(),
            GetUserMetadataField {
                organization: self.images.organization.clone(),
                hash: self.hash.clone(),
                name: name.into(),
            },
        )
    }

    /// Sets fields and keeps all others; returns `()`. A field that is `null` ([`UserMetadata::removing`]) is removed.
    ///
    /// `PATCH /sourceimages/{organization}/{hash}/meta/user`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/user-metadata.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// use rokka::UserMetadata;
    ///
    /// let changes = UserMetadata::new()
    ///     .text("about", "A cat that sits on a wall")
    ///     .date("taken", "2026-11-20T10:00:00Z")
    ///     .removing("int:sku");
    /// images.user_metadata("3f9a21").merge(changes).await?;
    /// images.user_metadata("3f9a21").merge([("title", "A cat")]).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "patchSourceImageMetaUser")]
    #[doc(alias = "patch_source_image_meta_user")]
    #[doc(alias = "PATCH /sourceimages/{organization}/{hash}/meta/user")]
    #[doc(alias = "sourceimages.meta.add")]
    #[doc(alias = "add")]
    #[doc(alias = "addUserMetadata")]
    #[doc(alias = "deleteUserMetadataFields")]
    #[doc(alias = "UpdateUserMetadata")]
    pub fn merge(&self, fields: impl Into<UserMetadata>) -> Call<()> {
        self.change(Change::Merge(fields.into()))
    }

    /// Sets exactly these fields and removes all others; returns `()`.
    ///
    /// `PUT /sourceimages/{organization}/{hash}/meta/user`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/user-metadata.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// use rokka::UserMetadata;
    ///
    /// let fields = UserMetadata::new().str("title", "A cat").int("sku", 42);
    /// images.user_metadata("3f9a21").replace(fields).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createSourceImageMetaUser")]
    #[doc(alias = "create_source_image_meta_user")]
    #[doc(alias = "PUT /sourceimages/{organization}/{hash}/meta/user")]
    #[doc(alias = "sourceimages.meta.replace")]
    #[doc(alias = "setUserMetadata")]
    pub fn replace(&self, fields: impl Into<UserMetadata>) -> Call<()> {
        self.change(Change::Replace(fields.into()))
    }

    /// Sets one field of any type and keeps all others; returns `()`. The type is a prefix of the name, as in `int:sku`
    /// (default: a string).
    ///
    /// Sends the same request as [`merge`](Self::merge), because the endpoint of a single field takes no type;
    /// [`set_field`](Self::set_field) uses that endpoint.
    ///
    /// `PATCH /sourceimages/{organization}/{hash}/meta/user`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/user-metadata.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// images.user_metadata("3f9a21").set("title", "A cat").await?;
    /// images.user_metadata("3f9a21").set("int:sku", 42).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "patchSourceImageMetaUser")]
    #[doc(alias = "patch_source_image_meta_user")]
    #[doc(alias = "PATCH /sourceimages/{organization}/{hash}/meta/user")]
    #[doc(alias = "setUserMetadataField")]
    #[doc(alias = "sourceimages.meta.set")]
    pub fn set(&self, name: impl Into<String>, value: impl Into<Value>) -> Call<()> {
        self.change(Change::Set(name.into(), value.into()))
    }

    /// Sets one field through the endpoint of a single field, by its name without a type, to any JSON but `null`; returns
    /// `()`. The service chooses the type of a new field; with [`set`](Self::set), you do.
    ///
    /// `PUT /sourceimages/{organization}/{hash}/meta/user/{metaName}`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/user-metadata.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// images.user_metadata("3f9a21").set_field("title", "A cat").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createSourceImageMetaUserWthName")]
    #[doc(alias = "create_source_image_meta_user_wth_name")]
    #[doc(alias = "PUT /sourceimages/{organization}/{hash}/meta/user/{metaName}")]
    #[doc(alias = "sourceimages.meta.set")]
    #[doc(alias = "set")]
    #[doc(alias = "UpdateUserMetadataByName")]
    pub fn set_field(&self, name: impl Into<String>, value: impl Into<Value>) -> Call<()> {
        self.change(Change::SetField(name.into(), value.into()))
    }

    /// Removes one field and keeps all others; returns `()`. By its name alone, a field that is not set is a 404
    /// ([`Error::is_not_found`]); with its type as a prefix, as in `int:sku`, it sends the same request as
    /// [`merge`](Self::merge), which succeeds even if the field is not set.
    ///
    /// `DELETE /sourceimages/{organization}/{hash}/meta/user/{metaName}`, or
    /// `PATCH /sourceimages/{organization}/{hash}/meta/user` with a type; role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/user-metadata.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// images.user_metadata("3f9a21").remove("title").await?;
    /// images.user_metadata("3f9a21").remove("int:sku").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "deleteSourceImageMetaUserWithName")]
    #[doc(alias = "delete_source_image_meta_user_with_name")]
    #[doc(alias = "DELETE /sourceimages/{organization}/{hash}/meta/user/{metaName}")]
    #[doc(alias = "sourceimages.meta.delete")]
    #[doc(alias = "delete")]
    #[doc(alias = "deleteUserMetadataField")]
    #[doc(alias = "DeleteUserMetadataByName")]
    pub fn remove(&self, name: impl Into<String>) -> Call<()> {
        self.change(Change::Remove(name.into()))
    }

    /// Removes all fields; returns `()`.
    ///
    /// `DELETE /sourceimages/{organization}/{hash}/meta/user`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/user-metadata.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// images.user_metadata("3f9a21").clear().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "deleteSourceImageMetaUser")]
    #[doc(alias = "delete_source_image_meta_user")]
    #[doc(alias = "DELETE /sourceimages/{organization}/{hash}/meta/user")]
    #[doc(alias = "sourceimages.meta.delete")]
    #[doc(alias = "delete")]
    #[doc(alias = "deleteUserMetadata")]
    #[inline]
    pub fn clear(&self) -> Call<()> {
        self.change(Change::Clear)
    }
}

impl fmt::Debug for ImageUserMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImageUserMetadata")
            .field("organization", &self.images.organization())
            .field("hash", &self.hash)
            .finish_non_exhaustive()
    }
}

/// Reads user metadata.
#[derive(Debug)]
pub(crate) struct GetUserMetadata {
    organization: OrganizationName,
    hash: String,
}

impl Run for GetUserMetadata {
    type Output = UserMetadata;

    async fn run(self, session: Session) -> Result<UserMetadata> {
        let hash = image_hash(&self.hash)?;
        let response = session
            .api()
            .get_source_image_meta_user(&self.organization, &hash)
            .await;
        Ok(session.value(response)?.into_inner())
    }
}

/// Reads a field of user metadata.
#[derive(Debug)]
pub(crate) struct GetUserMetadataField {
    organization: OrganizationName,
    hash: String,
    name: String,
}

impl Run for GetUserMetadataField {
    type Output = Value;

    async fn run(self, session: Session) -> Result<Value> {
        let hash = image_hash(&self.hash)?;
        let name = plain_name(&self.name)?;
        let response = session
            .api()
            .get_source_image_meta_user_with_name(&self.organization, &hash, &name)
            .await;
        Ok(session.value(response)?.into_inner().0)
    }
}

/// Changes user metadata.
#[derive(Debug)]
pub(crate) struct ChangeUserMetadata {
    organization: OrganizationName,
    hash: String,
    change: Change,
}

#[derive(Debug)]
enum Change {
    Merge(UserMetadata),
    Replace(UserMetadata),
    Set(String, Value),
    SetField(String, Value),
    Remove(String),
    Clear,
}

impl Run for ChangeUserMetadata {
    type Output = ();

    async fn run(self, session: Session) -> Result<()> {
        let (organization, hash) = (&self.organization, image_hash(&self.hash)?);
        let api = session.api();
        let merge = async |fields: Map<String, Value>| {
            let fields = UserMetadataDefinition(fields);
            api.patch_source_image_meta_user(organization, &hash, &fields)
                .await
        };
        let response = match self.change {
            Change::Merge(fields) => merge(fields.checked(Null::Removes)?).await,
            Change::Replace(fields) => {
                let fields = UserMetadataDefinition(fields.checked(Null::Refused)?);
                api.create_source_image_meta_user(organization, &hash, &fields)
                    .await
            }
            Change::Set(name, value) => {
                let field = UserMetadata::from([(name, value)]);
                merge(field.checked(Null::Refused)?).await
            }
            Change::SetField(name, value) => {
                let name = plain_name(&name)?;
                if value.is_null() {
                    return Err(Error::invalid(format!(
                        "the user metadata field `{}` cannot be `null`: use `remove` to remove a field",
                        *name
                    )));
                }
                api.create_source_image_meta_user_wth_name(
                    organization,
                    &hash,
                    &name,
                    &AnyValue(value),
                )
                .await
            }
            Change::Remove(name) if name.contains(':') => {
                let field = UserMetadata::new().removing(name);
                merge(field.checked(Null::Removes)?).await
            }
            Change::Remove(name) => {
                let name = plain_name(&name)?;
                api.delete_source_image_meta_user_with_name(organization, &hash, &name)
                    .await
            }
            Change::Clear => api.delete_source_image_meta_user(organization, &hash).await,
        };
        session.value(response).map(drop)
    }
}

/// Checks a name without a type, for the endpoint of a single field.
fn plain_name(name: &str) -> Result<UserMetadataName> {
    if name.contains(':') {
        return Err(Error::invalid(format!(
            "the user metadata name {name:?} must have no type prefix here: the endpoint of a single field takes the name alone"
        )));
    }
    check_user_name(name)?;
    Ok(name.parse()?)
}
