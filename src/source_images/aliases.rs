//! Names that stand for an image.

use crate::api::types::{
    AliasName, CacheInvalidation, OrganizationName, SourceImageAlias, SourceImageAliasDefinition,
};
use crate::call::{Call, CallParts, Run, call};
use crate::error::{Error, Result};
use crate::names::image_hash;
use crate::source_images::SourceImages;
use crate::transport::Session;

/// Names that stand for an image, so that a URL can stay while the image behind it changes; made by
/// [`SourceImages::aliases`].
///
/// A name is made of letters, digits and `_`; another one is refused before anything is sent.
///
/// ```no_run
/// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
/// let aliases = images.aliases();
/// aliases.create("hero", "3f9a21").overwrite().await?;
/// aliases.invalidate_cache("hero").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Aliases {
    images: SourceImages,
}

impl Aliases {
    pub(super) fn new(images: SourceImages) -> Self {
        Self { images }
    }

    /// Lets a name stand for an image. One that exists already is a 409 ([`Error::is_conflict`]) unless it may be
    /// [overwritten](CreateAlias::overwrite).
    ///
    /// `PUT /sourceimages/{organization}/alias/{alias}`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/source-images-aliases.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// match images.aliases().create("hero", "3f9a21").await {
    ///     Err(error) if error.is_conflict() => println!("taken"),
    ///     other => println!("{}", other?.hash),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createSourceImageAlias")]
    #[doc(alias = "create_source_image_alias")]
    #[doc(alias = "PUT /sourceimages/{organization}/alias/{alias}")]
    #[doc(alias = "sourceimages.alias.create")]
    #[doc(alias = "setSourceImageAlias")]
    pub fn create(&self, alias: impl Into<String>, hash: impl Into<String>) -> CreateAlias {
        CreateAlias {
            call: self.images.call(),
            organization: self.images.organization.clone(),
            alias: alias.into(),
            hash: hash.into(),
            overwrite: false,
        }
    }

    /// Says which image a name stands for; 404 ([`Error::is_not_found`]) if it stands for none.
    ///
    /// `GET /sourceimages/{organization}/alias/{alias}`, role `sourceimages:read`.
    /// [Reference](https://rokka.io/documentation/references/source-images-aliases.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let alias = images.aliases().get("hero").await?;
    /// println!("{} is {}", alias.alias, alias.hash);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "getSourceImageAlias")]
    #[doc(alias = "get_source_image_alias")]
    #[doc(alias = "GET /sourceimages/{organization}/alias/{alias}")]
    #[doc(alias = "sourceimages.alias.get")]
    pub fn get(&self, alias: impl Into<String>) -> Call<SourceImageAlias> {
        Call::new(
            self.images.call(),
            GetAlias {
                organization: self.images.organization.clone(),
                alias: alias.into(),
            },
        )
    }

    /// Removes a name; the image stays. The CDN serves it on until its [cache](Self::invalidate_cache) is emptied. 404
    /// ([`Error::is_not_found`]) if there is no such name.
    ///
    /// `DELETE /sourceimages/{organization}/alias/{alias}`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/source-images-aliases.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// images.aliases().delete("hero").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "deleteSourceImageAlias")]
    #[doc(alias = "delete_source_image_alias")]
    #[doc(alias = "DELETE /sourceimages/{organization}/alias/{alias}")]
    #[doc(alias = "sourceimages.alias.delete")]
    pub fn delete(&self, alias: impl Into<String>) -> Call<()> {
        Call::new(
            self.images.call(),
            DeleteAlias {
                organization: self.images.organization.clone(),
                alias: alias.into(),
            },
        )
    }

    /// Has the CDN forget the renderings made through a name. It takes some seconds; browsers keep what they have.
    ///
    /// Ten times an hour; then 429 ([`Error::is_rate_limited`]) with [`Error::retry_after`]. 403
    /// ([`Error::is_forbidden`]) for organizations that do not pay.
    ///
    /// `DELETE /sourceimages/{organization}/alias/{alias}/cache`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/source-images-aliases.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let forgotten = images.aliases().invalidate_cache("hero").await?;
    /// println!("{:?}", forgotten.items);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "deleteSourceImageAliasCache")]
    #[doc(alias = "delete_source_image_alias_cache")]
    #[doc(alias = "DELETE /sourceimages/{organization}/alias/{alias}/cache")]
    #[doc(alias = "sourceimages.alias.invalidateCache")]
    #[doc(alias = "invalidateCache")]
    pub fn invalidate_cache(&self, alias: impl Into<String>) -> Call<CacheInvalidation> {
        Call::new(
            self.images.call(),
            InvalidateAliasCache {
                organization: self.images.organization.clone(),
                alias: alias.into(),
            },
        )
    }
}

/// Makes an alias; see [`Aliases::create`]. Gives a [`SourceImageAlias`].
#[derive(Debug)]
pub struct CreateAlias {
    call: CallParts,
    organization: OrganizationName,
    alias: String,
    hash: String,
    overwrite: bool,
}

impl CreateAlias {
    /// Lets a name that exists stand for this image from now on (default: that is an error). Caches serve the former
    /// one until they are [emptied](Aliases::invalidate_cache).
    pub fn overwrite(mut self) -> Self {
        self.overwrite = true;
        self
    }
}

call!(CreateAlias => SourceImageAlias);

impl CreateAlias {
    async fn run(self, session: Session) -> Result<SourceImageAlias> {
        let alias = alias_name(&self.alias)?;
        let hash = image_hash(&self.hash)?;
        let answer = session
            .api()
            .create_source_image_alias(
                &self.organization,
                &alias,
                self.overwrite.then_some(true),
                &SourceImageAliasDefinition { hash },
            )
            .await;
        match session.value_if_any(answer)? {
            Some(alias) => Ok(alias),
            None => {
                let answer = session
                    .api()
                    .get_source_image_alias(&self.organization, &alias)
                    .await;
                session.read_back(answer)
            }
        }
    }
}

/// Reads an alias; see [`Aliases::get`]. Gives a [`SourceImageAlias`].
#[derive(Debug)]
pub(crate) struct GetAlias {
    organization: OrganizationName,
    alias: String,
}

impl Run for GetAlias {
    type Output = SourceImageAlias;

    async fn run(self, session: Session) -> Result<SourceImageAlias> {
        let alias = alias_name(&self.alias)?;
        let answer = session
            .api()
            .get_source_image_alias(&self.organization, &alias)
            .await;
        Ok(session.value(answer)?.into_inner())
    }
}

/// Removes an alias; see [`Aliases::delete`]. Gives nothing.
#[derive(Debug)]
pub(crate) struct DeleteAlias {
    organization: OrganizationName,
    alias: String,
}

impl Run for DeleteAlias {
    type Output = ();

    async fn run(self, session: Session) -> Result<()> {
        let alias = alias_name(&self.alias)?;
        let answer = session
            .api()
            .delete_source_image_alias(&self.organization, &alias)
            .await;
        session.value(answer).map(drop)
    }
}

/// Empties the caches of an alias; see [`Aliases::invalidate_cache`]. Gives a [`CacheInvalidation`].
#[derive(Debug)]
pub(crate) struct InvalidateAliasCache {
    organization: OrganizationName,
    alias: String,
}

impl Run for InvalidateAliasCache {
    type Output = CacheInvalidation;

    async fn run(self, session: Session) -> Result<CacheInvalidation> {
        let alias = alias_name(&self.alias)?;
        let answer = session
            .api()
            .delete_source_image_alias_cache(&self.organization, &alias)
            .await;
        Ok(session.value_if_any(answer)?.unwrap_or_default())
    }
}

fn alias_name(name: &str) -> Result<AliasName> {
    name.parse().map_err(|_| {
        Error::invalid(format!(
            "the alias {name:?} is not made of letters, digits and `_`"
        ))
    })
}
