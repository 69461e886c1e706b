//! Applying a plan.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::future::BoxFuture;

use crate::api::types::{OrganizationName, Stack, StackDefinition, StackName};
use crate::call::{CallParts, call, run};
use crate::error::{Error, Result};
use crate::names::stack_name;
use crate::transport::Session;

use super::difference::differences;
use super::plan::{PlannedStack, StackAction, is_unchanged, read};

/// Applies a plan; returns a [`Stream`] of [`AppliedStack`]s, one for each stack that changes. It sends nothing before it is
/// polled. Returned by [`StackPlan::apply`](super::StackPlan::apply).
///
/// The stacks follow one another: each after those that it uses, and deletions last. A failure affects its own stack only,
/// so everything that was done before and after it is among the results; but after a failure, nothing is deleted, because
/// what was to replace it may be missing. Dropping the stream stops between two stacks or, in the middle of a request,
/// leaves open whether the service executes it. A new plan shows what is still to do.
///
/// Each stack is read right before it is overwritten or deleted. One that is not what it was when the plan was made fails
/// with [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) and stays as it is, unless it is already as the
/// definition says. The service has no conditional requests, so a change in the moment between is lost.
///
/// The options, such as a deadline, apply to each stack. Those of the plan's call are the default.
#[must_use = "a stream does nothing unless it is polled"]
pub struct ApplyPlan {
    call: CallParts,
    organization: OrganizationName,
    waiting: VecDeque<PlannedStack>,
    current: Option<BoxFuture<'static, AppliedStack>>,
    failed: Option<String>,
}

/// The result for one stack of a [`StackPlan`](super::StackPlan).
#[derive(Debug)]
#[non_exhaustive]
pub struct AppliedStack {
    /// The name of the stack.
    pub name: String,
    /// What was to be done.
    pub action: StackAction,
    /// The stored stack, or `None` after it was deleted; or why it stays as it was.
    pub result: Result<Option<Stack>>,
}

impl AppliedStack {
    pub(crate) fn new(name: String, action: StackAction, result: Result<Option<Stack>>) -> Self {
        Self {
            name,
            action,
            result,
        }
    }
}

impl ApplyPlan {
    pub(super) fn new(
        call: CallParts,
        organization: OrganizationName,
        stacks: Vec<PlannedStack>,
    ) -> Self {
        Self {
            call,
            organization,
            waiting: stacks.into(),
            current: None,
            failed: None,
        }
    }

    call!(@options call);

    #[inline]
    fn start(&self, planned: PlannedStack) -> BoxFuture<'static, AppliedStack> {
        let session = self.call.session();
        let organization = self.organization.clone();
        let failed = self.failed.clone();
        Box::pin(async move {
            let (name, action) = (planned.name.clone(), planned.action);
            let result = match (action, failed, session) {
                (StackAction::Delete, Some(failed), _) => Err(Error::invalid(format!(
                    "the stack `{name}` is not deleted, because `{failed}` failed: make a new plan"
                ))),
                (_, _, Err(error)) => Err(error),
                (_, _, Ok(session)) => {
                    run(session, |session| {
                        Box::pin(apply(session, organization, planned))
                    })
                    .await
                }
            };
            AppliedStack::new(name, action, result)
        })
    }
}

impl Stream for ApplyPlan {
    type Item = AppliedStack;

    #[inline]
    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<AppliedStack>> {
        let this = &mut *self;
        let mut current = match this.current.take() {
            Some(current) => current,
            None => match this.waiting.pop_front() {
                Some(planned) => this.start(planned),
                None => return Poll::Ready(None),
            },
        };
        let Poll::Ready(applied) = current.as_mut().poll(context) else {
            this.current = Some(current);
            return Poll::Pending;
        };
        if applied.result.is_err() && this.failed.is_none() {
            this.failed = Some(applied.name.clone());
        }
        Poll::Ready(Some(applied))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.waiting.len() + usize::from(self.current.is_some());
        (left, Some(left))
    }
}

impl fmt::Debug for ApplyPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApplyPlan")
            .field("waiting", &self.waiting.len())
            .finish_non_exhaustive()
    }
}

async fn apply(
    session: Session,
    organization: OrganizationName,
    planned: PlannedStack,
) -> Result<Option<Stack>> {
    let name = stack_name(&planned.name)?;
    let Some(definition) = planned.definition else {
        return delete(&session, &organization, &name, planned.stored.as_ref())
            .await
            .map(|()| None);
    };
    let Some(before) = planned.stored else {
        return create(&session, &organization, &name, &definition)
            .await
            .map(Some);
    };
    let now = read(&session, &organization, &name).await?;
    let now = now.ok_or_else(|| outdated(&name))?;
    if is_as_defined(&now, &definition) {
        return Ok(Some(now));
    }
    if !is_unchanged(&before, &now) {
        return Err(outdated(&name));
    }
    let response = session
        .api()
        .create_stack(&organization, &name, Some(true), &definition)
        .await;
    match session.value_if_any(response)? {
        Some(stack) => Ok(Some(stack)),
        None => session
            .read_back(session.api().get_stack(&organization, &name).await)
            .map(Some),
    }
}

async fn create(
    session: &Session,
    organization: &OrganizationName,
    name: &StackName,
    definition: &StackDefinition,
) -> Result<Stack> {
    let response = session
        .api()
        .create_stack(organization, name, None, definition)
        .await;
    match session.value_if_any(response) {
        Ok(Some(stack)) => Ok(stack),
        Ok(None) => session.read_back(session.api().get_stack(organization, name).await),
        // Somebody else created it, or an earlier attempt, whose response was lost.
        Err(error) if error.is_already_exists() => {
            let now = read(session, organization, name).await;
            let now = now.ok().flatten();
            let now = now.filter(|stack| is_as_defined(stack, definition));
            now.ok_or_else(|| {
                error.with_note("it was created after the plan was made: make a new plan")
            })
        }
        Err(error) => Err(error),
    }
}

async fn delete(
    session: &Session,
    organization: &OrganizationName,
    name: &StackName,
    before: Option<&Stack>,
) -> Result<()> {
    let Some(now) = read(session, organization, name).await? else {
        return Ok(());
    };
    if !before.is_some_and(|before| is_unchanged(before, &now)) {
        return Err(outdated(name));
    }
    let response = session.api().delete_stack(organization, name).await;
    match session.value(response) {
        Ok(_) => Ok(()),
        Err(error) if error.is_not_found() => Ok(()),
        Err(error) => Err(error),
    }
}

#[inline]
fn is_as_defined(stack: &Stack, definition: &StackDefinition) -> bool {
    differences(&StackDefinition::from(stack), definition).is_empty()
}

fn outdated(name: &StackName) -> Error {
    Error::invalid(format!(
        "the stack `{}` was changed after the plan was made: make a new plan",
        name.as_str()
    ))
}
