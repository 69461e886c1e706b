//! Stacks: what renderings are made by, as definitions that the service stores.
//!
//! ```no_run
//! # async fn f() -> rokka::Result<()> {
//! use rokka::stacks::operations::{Crop, Resize};
//! use rokka::{StackDefinition, StackOptions};
//!
//! let stacks = rokka::Client::from_env()?.stacks("acme")?;
//! let card = StackDefinition::new()
//!     .operation(Resize::to_width(400))
//!     .operation(Crop::new(400, 200))
//!     .options(StackOptions::new().jpg_quality(80).autoformat(true));
//! stacks.create("card", card).await?;
//! # Ok(())
//! # }
//! ```
//!
//! | to | use |
//! |---|---|
//! | say what a stack does | [`StackDefinition`], [`operations`], [`StackOptionValues`], [`StackExpression`] |
//! | store it | [`Stacks::create`] |
//! | change one that is there | [`Stacks::get`], `StackDefinition::from`, [`Stacks::create`] with `overwrite` |
//! | see what the service knows today | [`Client::operations`](crate::Client::operations), [`Client::stack_options`](crate::Client::stack_options) |
//!
//! # What is checked
//!
//! Before a definition is sent, the names, ranges and words of what this crate knows are checked; an operation or an
//! option that it does not know passes. Where the service's catalogue and its documentation differ, the wider range
//! counts. A [`Stack`] that was read is written back without any check and without a loss: unknown keys of operations and
//! expressions are kept, numbers keep their last bit, and variables stay in their order.

use std::fmt;

use crate::CacheInvalidation;
use crate::api::types::OrganizationName;
pub use crate::api::types::{
    OperationCatalogue, OperationDescription, OperationExpressions, OperationOptions, Stack,
    StackDefinition, StackExpression, StackExpressionOverrides, StackList, StackOperation,
    StackOptionCatalogue, StackOptionProperty, StackOptionValues,
};
use crate::call::{Call, CallParts};
use crate::error::Result;
use crate::names::organization_name;
use crate::transport::Connection;

mod calls;
pub(crate) mod catalogue;
mod definition;
mod list;
mod operation;
pub mod operations;
mod option_value;
mod options;
mod rule;
mod variables;

pub use calls::{CopyStack, CreateStack, NewStack};
use calls::{DeleteStack, GetStack, InvalidateStackCache};
pub use list::ListStacks;
pub use options::{ContentDisposition, Interlacing, TransparentJpg};
pub use variables::StackVariableValues;

/// The stacks of one organization; made by [`Client::stacks`](crate::Client::stacks). Cloning is cheap.
///
/// Names are letters, digits, `-` and `_`. `dynamic` and names that start with `_` are the service's own and are refused
/// before anything is sent, but for `_preview…`: stacks to try things with, never cached and deleted by themselves.
/// All calls fail with 403 if the role is missing, and with 404 ([`Error::is_not_found`](crate::Error::is_not_found))
/// for an unknown organization or stack.
///
/// ```no_run
/// # async fn f() -> rokka::Result<()> {
/// use rokka::StackDefinition;
/// use rokka::stacks::operations::Resize;
///
/// let stacks = rokka::Client::from_env()?.stacks("acme")?;
/// stacks.create("small", StackDefinition::new().operation(Resize::to_width(200))).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Stacks {
    connection: Connection,
    organization: OrganizationName,
}

impl Stacks {
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

    /// Lists stacks: one page of up to 1000 with `.await`, all of them with [`stream`](ListStacks::stream), or
    /// page by page with [`pages`](ListStacks::pages).
    ///
    /// `GET /stacks/{organization}`, role `read`.
    /// [Reference](https://rokka.io/documentation/references/stacks.html).
    ///
    /// ```no_run
    /// # async fn f(stacks: rokka::Stacks) -> rokka::Result<()> {
    /// use futures_util::TryStreamExt;
    ///
    /// let mut all = stacks.list().stream();
    /// while let Some(stack) = all.try_next().await? {
    ///     println!("{} has {} operations", stack.name, stack.stack_operations.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "listStacks")]
    #[doc(alias = "list_stacks")]
    #[doc(alias = "GET /stacks/{organization}")]
    #[doc(alias = "stacks.list")]
    pub fn list(&self) -> ListStacks {
        ListStacks::new(self.call(), self.organization.clone())
    }

    /// Reads a stack.
    ///
    /// `GET /stacks/{organization}/{name}`, role `read`.
    /// [Reference](https://rokka.io/documentation/references/stacks.html).
    ///
    /// ```no_run
    /// # async fn f(stacks: rokka::Stacks) -> rokka::Result<()> {
    /// let stack = stacks.get("card").await?;
    /// println!("{} was made {}", stack.name, stack.created);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "getStack")]
    #[doc(alias = "get_stack")]
    #[doc(alias = "GET /stacks/{organization}/{name}")]
    #[doc(alias = "stacks.get")]
    pub fn get(&self, name: impl Into<String>) -> Call<Stack> {
        Call::new(
            self.call(),
            GetStack {
                organization: self.organization.clone(),
                name: name.into(),
            },
        )
    }

    /// Stores a stack. A name that is taken is an error unless it may be [overwritten](CreateStack::overwrite);
    /// so it also is if a first try came through but its answer did not.
    ///
    /// A [`StackDefinition`] is [checked](StackDefinition::check) before it is sent, a [`Stack`] that was read is not.
    /// 400 if the service refuses it.
    ///
    /// `PUT /stacks/{organization}/{name}`, role `write`.
    /// [Reference](https://rokka.io/documentation/references/stacks.html#create-a-stack).
    ///
    /// ```no_run
    /// # async fn f(stacks: rokka::Stacks) -> rokka::Result<()> {
    /// use rokka::StackDefinition;
    /// use rokka::stacks::operations::Resize;
    ///
    /// let small = StackDefinition::new().operation(Resize::to_width(200).upscale(false));
    /// stacks.create("small", small).await?;
    ///
    /// let changed = StackDefinition::from(stacks.get("small").await?).option("jpg.quality", 60);
    /// stacks.create("small", changed).overwrite().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createStack")]
    #[doc(alias = "create_stack")]
    #[doc(alias = "PUT /stacks/{organization}/{name}")]
    #[doc(alias = "stacks.create")]
    #[doc(alias = "saveStack")]
    pub fn create(&self, name: impl Into<String>, stack: impl Into<NewStack>) -> CreateStack {
        let organization = self.organization.clone();
        CreateStack::new(self.call(), organization, name.into(), stack.into())
    }

    /// Deletes a stack. What caches of the CDN and of browsers hold they serve on.
    ///
    /// `DELETE /stacks/{organization}/{name}`, role `write`.
    /// [Reference](https://rokka.io/documentation/references/stacks.html).
    ///
    /// ```no_run
    /// # async fn f(stacks: rokka::Stacks) -> rokka::Result<()> {
    /// stacks.delete("card").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "deleteStack")]
    #[doc(alias = "delete_stack")]
    #[doc(alias = "DELETE /stacks/{organization}/{name}")]
    #[doc(alias = "stacks.delete")]
    pub fn delete(&self, name: impl Into<String>) -> Call<()> {
        Call::new(
            self.call(),
            DeleteStack {
                organization: self.organization.clone(),
                name: name.into(),
            },
        )
    }

    /// Has the CDN forget what a stack has rendered. The service does it afterwards, in its own time; browsers keep what
    /// they have.
    ///
    /// Five times an hour; then 429 ([`Error::is_rate_limited`](crate::Error::is_rate_limited)) with
    /// [`Error::retry_after`](crate::Error::retry_after). 403 for organizations that do not pay.
    ///
    /// `DELETE /stacks/{organization}/{name}/cache`, role `write`.
    /// [Reference](https://rokka.io/documentation/guides/render-caches-and-invalidation.html).
    ///
    /// ```no_run
    /// # async fn f(stacks: rokka::Stacks) -> rokka::Result<()> {
    /// stacks.invalidate_cache("card").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "deleteStackCache")]
    #[doc(alias = "delete_stack_cache")]
    #[doc(alias = "DELETE /stacks/{organization}/{name}/cache")]
    #[doc(alias = "stacks.invalidateCache")]
    #[doc(alias = "invalidateCache")]
    pub fn invalidate_cache(&self, name: impl Into<String>) -> Call<CacheInvalidation> {
        Call::new(
            self.call(),
            InvalidateStackCache {
                organization: self.organization.clone(),
                name: Some(name.into()),
            },
        )
    }

    /// Has the CDN forget what all stacks of the organization have rendered, as
    /// [`invalidate_cache`](Self::invalidate_cache) does for one. Known from one client only, not documented.
    ///
    /// `DELETE /stacks/{organization}/*/cache`, role `write`.
    /// [Reference](https://rokka.io/documentation/guides/render-caches-and-invalidation.html).
    ///
    /// ```no_run
    /// # async fn f(stacks: rokka::Stacks) -> rokka::Result<()> {
    /// stacks.invalidate_all_caches().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "deleteStackCache")]
    #[doc(alias = "delete_stack_cache")]
    #[doc(alias = "DELETE /stacks/{organization}/{name}/cache")]
    #[doc(alias = "DELETE /stacks/{organization}/*/cache")]
    pub fn invalidate_all_caches(&self) -> Call<CacheInvalidation> {
        Call::new(
            self.call(),
            InvalidateStackCache {
                organization: self.organization.clone(),
                name: None,
            },
        )
    }

    /// Stores a stack under another name, or in
    /// [another organization](CopyStack::to_organization): one call reads it, another one writes it, without a
    /// loss.
    ///
    /// `GET` and `PUT /stacks/{organization}/{name}`, role `read` here and `write` there.
    /// [Reference](https://rokka.io/documentation/references/stacks.html).
    ///
    /// ```no_run
    /// # async fn f(stacks: rokka::Stacks) -> rokka::Result<()> {
    /// stacks.copy("card", "card2").await?;
    /// stacks.copy("card", "card").to_organization("acme-test").overwrite().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "clone")]
    #[doc(alias = "cloneStack")]
    pub fn copy(&self, name: impl Into<String>, new_name: impl Into<String>) -> CopyStack {
        let organization = self.organization.clone();
        CopyStack::new(self.call(), organization, name.into(), new_name.into())
    }
}

impl fmt::Debug for Stacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stacks")
            .field("organization", &self.organization.as_str())
            .finish_non_exhaustive()
    }
}
