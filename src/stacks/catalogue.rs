//! What operations and options the service has at the moment.

use crate::api::types::{OperationCatalogue, StackOptionCatalogue};
use crate::call::sealed;
use crate::error::Result;
use crate::transport::Session;

/// Reads the operations; see [`Client::operations`](crate::Client::operations). Gives an [`OperationCatalogue`].
#[derive(Clone, Copy, Debug)]
pub struct ListOperations(pub(crate) ());

impl sealed::Run for ListOperations {
    type Output = OperationCatalogue;

    async fn run(self, session: Session) -> Result<OperationCatalogue> {
        let answer = session.api().list_operations().await;
        Ok(session.value(answer)?.into_inner())
    }
}

/// Reads the stack options; see [`Client::stack_options`](crate::Client::stack_options). Gives a
/// [`StackOptionCatalogue`].
#[derive(Clone, Copy, Debug)]
pub struct ListStackOptions(pub(crate) ());

impl sealed::Run for ListStackOptions {
    type Output = StackOptionCatalogue;

    async fn run(self, session: Session) -> Result<StackOptionCatalogue> {
        let answer = session.api().list_stack_options().await;
        Ok(session.value(answer)?.into_inner())
    }
}
