//! Statistics: how much an organization stores and transfers.

use crate::api::types::Stats;
use crate::call::{CallParts, call};
use crate::error::Result;
use crate::names::organization_name;
use crate::reports::day::Day;
use crate::transport::Session;

/// Reads the statistics of an organization; returns [`Stats`]. Returned by [`Client::stats`](crate::Client::stats).
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct GetStats {
    call: CallParts,
    organization: String,
    from: Option<Day>,
    to: Option<Day>,
}

impl GetStats {
    pub(crate) fn new(call: CallParts, organization: String) -> Self {
        Self {
            call,
            organization,
            from: None,
            to: None,
        }
    }

    /// Sets the first day (default: 30 days ago).
    pub fn from(mut self, day: impl Into<Day>) -> Self {
        self.from = Some(day.into());
        self
    }

    /// Sets the last day, inclusive (default: today).
    pub fn to(mut self, day: impl Into<Day>) -> Self {
        self.to = Some(day.into());
        self
    }

    async fn run(self, session: Session) -> Result<Stats> {
        let organization = organization_name(&self.organization)?;
        let (from, to) = Day::period(self.from.as_ref(), self.to.as_ref())?;
        let response = session
            .api()
            .get_stats(&organization, from.as_ref(), to.as_ref())
            .await;
        Ok(session.value(response)?.into_inner())
    }
}

call!(GetStats => Stats);
