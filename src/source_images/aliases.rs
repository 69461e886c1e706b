//! Aliases: names that refer to an image.

use crate::api::types::{
    AliasName, CacheInvalidation, OrganizationName, SourceImageAlias, SourceImageAliasDefinition,
};
use crate::call::{Call, CallParts, Run, call};
use crate::error::{Error, Result};
use crate::names::image_hash;
use crate::source_images::SourceImages;
use crate::transport::Session;

/// The aliases of an organization: names that refer to an image, so that a URL stays while its image changes. Created by
/// [`SourceImages::aliases`].
///
/// An alias consists of letters, digits and `_`; a call with another one fails before anything is sent.
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

    /// Creates an alias for an image; returns the [`SourceImageAlias`].
    ///
    /// Fails if the alias exists ([`Error::is_already_exists`]), unless [`overwrite`](CreateAlias::overwrite) is set.
    /// Options: [`CreateAlias`].
    ///
    /// `PUT /sourceimages/{organization}/alias/{alias}`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/source-images-aliases.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// match images.aliases().create("hero", "3f9a21").await {
    ///     Err(error) if error.is_already_exists() => println!("taken"),
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

    /// Reads an alias; returns the [`SourceImageAlias`] with the hash of its image. Fails with 404
    /// ([`Error::is_not_found`]) if there is no such alias.
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

    /// Deletes an alias, but not its image; returns `()`.
    ///
    /// The CDN continues to serve it until its [cache is invalidated](Self::invalidate_cache). Fails with 404
    /// ([`Error::is_not_found`]) if there is no such alias.
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

    /// Removes the renderings made through an alias from the CDN; returns a [`CacheInvalidation`].
    ///
    /// It takes some seconds, and browser caches keep their copies. The limit is ten calls an hour; more fail with 429
    /// ([`Error::is_rate_limited`]) and [`Error::retry_after`]. Fails with 403 ([`Error::is_forbidden`]) for organizations on
    /// the free plan.
    ///
    /// `DELETE /sourceimages/{organization}/alias/{alias}/cache`, role `sourceimages:write`.
    /// [Reference](https://rokka.io/documentation/references/source-images-aliases.html).
    ///
    /// ```no_run
    /// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
    /// let invalidated = images.aliases().invalidate_cache("hero").await?;
    /// println!("{:?}", invalidated.items);
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

/// Creates an alias; returns the [`SourceImageAlias`]. Created by [`Aliases::create`].
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct CreateAlias {
    call: CallParts,
    organization: OrganizationName,
    alias: String,
    hash: String,
    overwrite: bool,
}

impl CreateAlias {
    /// Replaces an existing alias (default: the call fails). Caches serve the previous image until they are
    /// [invalidated](Aliases::invalidate_cache).
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
        let response = session
            .api()
            .create_source_image_alias(
                &self.organization,
                &alias,
                self.overwrite.then_some(true),
                &SourceImageAliasDefinition { hash },
            )
            .await;
        match session.value_if_any(response)? {
            Some(alias) => Ok(alias),
            None => {
                let response = session
                    .api()
                    .get_source_image_alias(&self.organization, &alias)
                    .await;
                session.read_back(response)
            }
        }
    }
}

/// Reads an alias.
#[derive(Debug)]
pub(crate) struct GetAlias {
    organization: OrganizationName,
    alias: String,
}

impl Run for GetAlias {
    type Output = SourceImageAlias;

    async fn run(self, session: Session) -> Result<SourceImageAlias> {
        let alias = alias_name(&self.alias)?;
        let response = session
            .api()
            .get_source_image_alias(&self.organization, &alias)
            .await;
        Ok(session.value(response)?.into_inner())
    }
}

/// Deletes an alias.
#[derive(Debug)]
pub(crate) struct DeleteAlias {
    organization: OrganizationName,
    alias: String,
}

impl Run for DeleteAlias {
    type Output = ();

    async fn run(self, session: Session) -> Result<()> {
        let alias = alias_name(&self.alias)?;
        let response = session
            .api()
            .delete_source_image_alias(&self.organization, &alias)
            .await;
        session.value(response).map(drop)
    }
}

/// Invalidates the caches of an alias.
#[derive(Debug)]
pub(crate) struct InvalidateAliasCache {
    organization: OrganizationName,
    alias: String,
}

impl Run for InvalidateAliasCache {
    type Output = CacheInvalidation;

    async fn run(self, session: Session) -> Result<CacheInvalidation> {
        let alias = alias_name(&self.alias)?;
        let response = session
            .api()
            .delete_source_image_alias_cache(&self.organization, &alias)
            .await;
        Ok(session.value_if_any(response)?.unwrap_or_default())
    }
}

fn alias_name(name: &str) -> Result<AliasName> {
    name.parse().map_err(|_| {
        Error::invalid(format!(
            "the alias {name:?} is invalid: use letters, digits and `_` only"
        ))
    })
}
