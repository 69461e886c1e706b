//! Stacks: stored definitions of how the service renders images.
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
//! | define a stack | [`StackDefinition`], [`operations`], [`StackOptionValues`], [`StackExpression`] |
//! | check it | [`StackDefinition::check`], [`StackRules`] |
//! | store it | [`Stacks::create`], with the options of [`CreateStack`] |
//! | change a stored stack | [`Stacks::get`], `StackDefinition::from`, [`Stacks::create`] with [`overwrite`](CreateStack::overwrite) |
//! | keep stacks in files, see what differs, and store what changed | [`Stacks::plan`], [`StackPlan`] |
//! | read what the service supports | [`Client::operations`](crate::Client::operations), [`Client::stack_options`](crate::Client::stack_options) |
//!
//! # Stacks as code
//!
//! A [`StackDefinition`] serializes and deserializes in the format of the service, by any format of serde. In TOML:
//!
//! ```toml
//! [card]
//! description = "Cards of the shop"
//! variables = { w = 400, h = "$w / 2" }
//! options = { "jpg.quality" = 80, autoformat = true }
//!
//! [[card.operations]]
//! name = "resize"
//! options = { mode = "fill" }
//! expressions = { width = "$w", height = "$h" }
//!
//! [[card.expressions]]
//! expression = "options.dpr >= 2"
//! overrides = { options = { "jpg.quality" = 60 } }
//! ```
//!
//! The list of `operations` is required and may be empty. The order of the variables matters, so a parser must keep it:
//! that of the crate `toml` does with its feature `preserve_order`. A map of such definitions is what [`Stacks::plan`]
//! compares with the stored stacks.
//!
//! # Validation
//!
//! [`StackDefinition::check`] finds unknown operations and options, with a suggestion, values out of range, variables that
//! are not defined, and broken expressions. [`Stacks::create`] finds values out of range and broken expressions before it
//! sends a definition; unknown names pass, because the service may be newer than this crate. Where the service's catalogue
//! and its documentation differ, the wider range applies; render URLs have the same ranges. A [`Stack`] from the service is
//! sent back without validation and without loss: unknown keys of operations and expressions, the precision of numbers and
//! the order of variables are preserved.

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

mod apply;
mod calls;
pub(crate) mod catalogue;
mod definition;
mod difference;
mod list;
mod operation;
mod options;
mod plan;
mod rules;
mod variables;

pub use apply::{AppliedStack, ApplyPlan};
pub use calls::{CopyStack, CreateStack, NewStack};
use calls::{DeleteStack, GetStack, InvalidateStackCache};
pub use difference::StackDifference;
pub use list::ListStacks;
pub use options::{ContentDisposition, Interlacing, TransparentJpg};
pub use plan::{PlanStacks, PlannedStack, StackAction, StackPlan};
#[doc(inline)]
pub use rokka_render::operations;
pub use rules::{StackProblem, StackRules};
pub use variables::StackVariableValues;

/// The stacks of one organization; returned by [`Client::stacks`](crate::Client::stacks). Cloning is cheap.
///
/// Names consist of letters, digits, `-` and `_`. `dynamic` and names that start with `_` are reserved, and calls with them
/// fail before they send anything, except for `_preview…`: stacks for experiments, which are never cached and deleted
/// automatically. All calls fail with 403 without the role, and with 404
/// ([`Error::is_not_found`](crate::Error::is_not_found)) for an unknown organization or stack.
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

    /// Returns the name of the organization.
    pub fn organization(&self) -> &str {
        &self.organization
    }

    fn call(&self) -> CallParts {
        CallParts::new(self.connection.clone())
    }

    /// Lists stacks; returns one page, a [`StackList`]. [`ListStacks`] lists the options.
    ///
    /// [`stream`](ListStacks::stream) returns all stacks, [`pages`](ListStacks::pages) all pages.
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

    /// Reads a stack; returns a [`Stack`].
    ///
    /// `GET /stacks/{organization}/{name}`, role `read`.
    /// [Reference](https://rokka.io/documentation/references/stacks.html).
    ///
    /// ```no_run
    /// # async fn f(stacks: rokka::Stacks) -> rokka::Result<()> {
    /// let stack = stacks.get("card").await?;
    /// println!("{} was created {}", stack.name, stack.created);
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

    /// Creates a stack; returns the [`Stack`]. [`CreateStack`] lists the options.
    ///
    /// Fails for a name that is taken ([`Error::is_already_exists`](crate::Error::is_already_exists)) unless
    /// [`overwrite`](CreateStack::overwrite) is set, also when an earlier attempt succeeded but its response was lost.
    ///
    /// The client checks ranges, required options and the syntax of expressions of a [`StackDefinition`] before it sends it;
    /// unknown operations and options pass, as the service may be newer than this crate, and so do variables without a
    /// value, which a render URL may set. [`StackDefinition::check`] finds these too. A [`Stack`] from the service is not
    /// checked. Fails with 400 if the service refuses it.
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

    /// Compares definitions with the stored stacks; returns a [`StackPlan`], which can be printed and applied. Changes nothing.
    /// [`PlanStacks`] lists the options, such as [`prune`](PlanStacks::prune).
    ///
    /// The definitions are pairs of a name and a [`StackDefinition`]: an array, a list, or a reference to a map. They
    /// serialize and deserialize in the format of the service, so they can be kept in JSON, TOML or YAML files; see
    /// [the module](self#stacks-as-code).
    ///
    /// Sends one request for each page of the list of stacks, and one for each stack that differs, which is read on its own.
    /// Fails with [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) before it sends anything for a name or a
    /// definition that is not valid, as [`StackDefinition::check`] finds it. Fails with
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if a stored stack cannot be decoded.
    ///
    /// `GET /stacks/{organization}` and `GET /stacks/{organization}/{name}`, role `read`; applying needs the role `write`.
    /// [Reference](https://rokka.io/documentation/references/stacks.html).
    ///
    /// ```no_run
    /// # async fn f(stacks: rokka::Stacks) -> Result<(), Box<dyn std::error::Error>> {
    /// use std::collections::BTreeMap;
    ///
    /// use futures_util::StreamExt;
    /// use rokka::StackDefinition;
    ///
    /// let definitions: BTreeMap<String, StackDefinition> =
    ///     serde_json::from_str(&std::fs::read_to_string("stacks.json")?)?;
    /// let plan = stacks.plan(&definitions).await?;
    /// print!("{plan}");
    /// let mut results = plan.apply();
    /// while let Some(applied) = results.next().await {
    ///     applied.result?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "diff")]
    #[doc(alias = "sync")]
    #[doc(alias = "deploy")]
    pub fn plan<N, D>(&self, definitions: impl IntoIterator<Item = (N, D)>) -> PlanStacks
    where
        N: Into<String>,
        D: Into<StackDefinition>,
    {
        let definitions = definitions.into_iter();
        let definitions = definitions.map(|(name, definition)| (name.into(), definition.into()));
        PlanStacks::new(
            self.call(),
            self.organization.clone(),
            definitions.collect(),
        )
    }

    /// Deletes a stack; returns `()`. Caches of the CDN and of browsers keep serving its renderings.
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

    /// Invalidates the renderings of a stack in the CDN; returns a [`CacheInvalidation`]. The service invalidates
    /// asynchronously; caches of browsers are not affected.
    ///
    /// Limited to five times per hour, after that 429 ([`Error::is_rate_limited`](crate::Error::is_rate_limited)) with
    /// [`Error::retry_after`](crate::Error::retry_after). Fails with 403 for organizations without a paid plan.
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

    /// Invalidates the renderings of all stacks of the organization in the CDN; returns a [`CacheInvalidation`]. Not
    /// documented by the service. See [`invalidate_cache`](Self::invalidate_cache) for the limits.
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
    #[inline]
    pub fn invalidate_all_caches(&self) -> Call<CacheInvalidation> {
        Call::new(
            self.call(),
            InvalidateStackCache {
                organization: self.organization.clone(),
                name: None,
            },
        )
    }

    /// Copies a stack to another name; returns the new [`Stack`]. [`CopyStack`] lists the options, such as
    /// [another organization](CopyStack::to_organization).
    ///
    /// Sends two requests: one reads the stack, the other creates the copy, without loss.
    ///
    /// `GET` and `PUT /stacks/{organization}/{name}`, role `read` for the stack and `write` for the copy.
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
