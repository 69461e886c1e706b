//! The savings that the service reports.

use std::sync::Arc;

use serde_json::Value;

use crate::call::Run;
use crate::error::Result;
use crate::transport::Session;
use crate::transport::auth::Credentials;

#[derive(Debug)]
pub(crate) struct GetSavings;

impl Run for GetSavings {
    type Output = Value;

    async fn run(self, session: Session) -> Result<Value> {
        let session = session.acting_as(Arc::new(Credentials::None));
        let response = session.api().get_savings().await;
        Ok(session.value(response)?.into_inner().0)
    }
}
