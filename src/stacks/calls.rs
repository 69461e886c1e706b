//! Calls for one stack.

use crate::api::types::{CacheInvalidation, OrganizationName, Stack, StackDefinition};
use crate::call::{CallParts, Run, call};
use crate::error::Result;
use crate::names::{organization_name, stack_name, stack_name_or_all};
use crate::transport::Session;

use super::rules::StackRules;

/// The argument of [`Stacks::create`](super::Stacks::create): a [`StackDefinition`], or a [`Stack`] that the service
/// returned, which is sent without validation. Only the fields of a definition are sent.
#[derive(Clone, Debug)]
pub struct NewStack {
    definition: StackDefinition,
    checked: bool,
}

impl From<StackDefinition> for NewStack {
    #[inline]
    fn from(definition: StackDefinition) -> Self {
        Self {
            definition: definition.without_stored_keys(),
            checked: true,
        }
    }
}

impl From<Stack> for NewStack {
    #[inline]
    fn from(stack: Stack) -> Self {
        Self {
            definition: stack.into(),
            checked: false,
        }
    }
}

impl From<&Stack> for NewStack {
    #[inline]
    fn from(stack: &Stack) -> Self {
        stack.clone().into()
    }
}

/// Creates a stack; returns the [`Stack`]. Returned by [`Stacks::create`](super::Stacks::create).
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct CreateStack {
    call: CallParts,
    organization: OrganizationName,
    name: String,
    stack: NewStack,
    overwrite: bool,
}

impl CreateStack {
    pub(super) fn new(
        call: CallParts,
        organization: OrganizationName,
        name: String,
        stack: NewStack,
    ) -> Self {
        Self {
            call,
            organization,
            name,
            stack,
            overwrite: false,
        }
    }

    /// Replaces a stack of the same name (default: the call fails). A stack that is not protected cannot become protected.
    ///
    /// Caches keep serving previous renderings until they are [invalidated](super::Stacks::invalidate_cache); in production,
    /// prefer a new name.
    pub fn overwrite(mut self) -> Self {
        self.overwrite = true;
        self
    }

    /// Skips the validation of operations and options before sending (default: no), for a service with newer rules than
    /// this crate.
    pub fn unchecked(mut self) -> Self {
        self.stack.checked = false;
        self
    }

    async fn run(self, session: Session) -> Result<Stack> {
        let name = stack_name(&self.name)?;
        let NewStack {
            definition,
            checked,
        } = &self.stack;
        if *checked {
            StackRules::for_sending().check(definition)?;
        }
        let overwrite = self.overwrite.then_some(true);
        let response = session
            .api()
            .create_stack(&self.organization, &name, overwrite, definition)
            .await;
        match session.value_if_any(response)? {
            Some(stack) => Ok(stack),
            None => session.read_back(session.api().get_stack(&self.organization, &name).await),
        }
    }
}

call!(CreateStack => Stack);

#[derive(Debug)]
pub(crate) struct GetStack {
    pub(super) organization: OrganizationName,
    pub(super) name: String,
}

impl Run for GetStack {
    type Output = Stack;

    async fn run(self, session: Session) -> Result<Stack> {
        let name = stack_name(&self.name)?;
        let response = session.api().get_stack(&self.organization, &name).await;
        Ok(session.value(response)?.into_inner())
    }
}

#[derive(Debug)]
pub(crate) struct DeleteStack {
    pub(super) organization: OrganizationName,
    pub(super) name: String,
}

impl Run for DeleteStack {
    type Output = ();

    async fn run(self, session: Session) -> Result<()> {
        let name = stack_name(&self.name)?;
        let response = session.api().delete_stack(&self.organization, &name).await;
        session.value(response).map(drop)
    }
}

#[derive(Debug)]
pub(crate) struct InvalidateStackCache {
    pub(super) organization: OrganizationName,
    /// `None` for all stacks.
    pub(super) name: Option<String>,
}

impl Run for InvalidateStackCache {
    type Output = CacheInvalidation;

    async fn run(self, session: Session) -> Result<CacheInvalidation> {
        let name = stack_name_or_all(self.name.as_deref())?;
        let response = session
            .api()
            .delete_stack_cache(&self.organization, &name)
            .await;
        Ok(session.value_if_any(response)?.unwrap_or_default())
    }
}

/// Copies a stack to another name or organization; returns the new [`Stack`]. Returned by
/// [`Stacks::copy`](super::Stacks::copy).
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct CopyStack {
    call: CallParts,
    organization: OrganizationName,
    name: String,
    new_name: String,
    destination: Option<String>,
    overwrite: bool,
}

impl CopyStack {
    pub(super) fn new(
        call: CallParts,
        organization: OrganizationName,
        name: String,
        new_name: String,
    ) -> Self {
        Self {
            call,
            organization,
            name,
            new_name,
            destination: None,
            overwrite: false,
        }
    }

    /// Sets the organization of the copy (default: the same organization).
    pub fn to_organization(mut self, organization: impl Into<String>) -> Self {
        self.destination = Some(organization.into());
        self
    }

    /// Replaces a stack of the new name (default: the call fails).
    pub fn overwrite(mut self) -> Self {
        self.overwrite = true;
        self
    }

    async fn run(self, session: Session) -> Result<Stack> {
        let (name, new_name) = (stack_name(&self.name)?, stack_name(&self.new_name)?);
        let destination = match &self.destination {
            Some(destination) => organization_name(destination)?,
            None => self.organization.clone(),
        };
        let api = session.api();
        let stack = session.value(api.get_stack(&self.organization, &name).await)?;
        let definition = StackDefinition::from(stack.into_inner());
        let overwrite = self.overwrite.then_some(true);
        let response = api
            .create_stack(&destination, &new_name, overwrite, &definition)
            .await;
        match session.value_if_any(response)? {
            Some(stack) => Ok(stack),
            None => session.read_back(api.get_stack(&destination, &new_name).await),
        }
    }
}

call!(CopyStack => Stack);
