//! Billing: the costs of an organization.

use crate::api::types::Billing;
use crate::call::{CallParts, call};
use crate::error::Result;
use crate::names::organization_name;
use crate::reports::day::Day;
use crate::transport::Session;

/// Reads the costs of an organization; returns [`Billing`]. Returned by [`Client::billing`](crate::Client::billing).
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct GetBilling {
    call: CallParts,
    organization: String,
    from: Option<Day>,
    to: Option<Day>,
}

impl GetBilling {
    pub(crate) fn new(call: CallParts, organization: String) -> Self {
        Self {
            call,
            organization,
            from: None,
            to: None,
        }
    }

    /// Sets the first day, which the service extends to the first of its month (default: chosen by the service).
    pub fn from(mut self, day: impl Into<Day>) -> Self {
        self.from = Some(day.into());
        self
    }

    /// Sets the last day, inclusive, which the service extends to the last of its month (default: chosen by the service).
    pub fn to(mut self, day: impl Into<Day>) -> Self {
        self.to = Some(day.into());
        self
    }

    async fn run(self, session: Session) -> Result<Billing> {
        let organization = organization_name(&self.organization)?;
        let (from, to) = Day::period(self.from.as_ref(), self.to.as_ref())?;
        let response = session
            .api()
            .get_billing(&organization, from.as_ref(), to.as_ref())
            .await;
        Ok(session.value(response)?.into_inner())
    }
}

call!(GetBilling => Billing);

impl Billing {
    /// Returns the costs of the paying organization by month, as pairs of the month, such as `2026-11`, and JSON of an
    /// undocumented format.
    pub fn months(&self, organization: &str) -> impl Iterator<Item = (&str, &serde_json::Value)> {
        let months = self
            .0
            .get(organization)
            .and_then(serde_json::Value::as_object);
        let months = months.into_iter().flatten();
        months.map(|(month, part)| (month.as_str(), part))
    }

    /// Returns the total costs of a month in Swiss francs, `combined.total.price_in_chf`, or `None` if the response has no
    /// such number.
    pub fn price_in_chf(&self, organization: &str, month: &str) -> Option<f64> {
        let part = self.0.get(organization)?.get(month)?;
        part.pointer("/combined/total/price_in_chf")?.as_f64()
    }
}
