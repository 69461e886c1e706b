//! What it costs.

use crate::api::types::Billing;
use crate::call::{CallParts, call};
use crate::error::Result;
use crate::names::organization_name;
use crate::reports::day::Day;
use crate::transport::Session;

/// Reads a bill; see [`Client::billing`](crate::Client::billing). Gives [`Billing`].
#[derive(Debug)]
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

    /// The first day; the service goes back to the first one of its month (default: as the service chooses).
    pub fn from(mut self, day: impl Into<Day>) -> Self {
        self.from = Some(day.into());
        self
    }

    /// The last day, inclusive; the service goes on to the last one of its month (default: as the service chooses).
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
    /// The parts of the bill by month, as `2026-11` and JSON, for the organization that pays. The shape of these parts is
    /// not documented.
    pub fn months(&self, organization: &str) -> impl Iterator<Item = (&str, &serde_json::Value)> {
        let months = self
            .0
            .get(organization)
            .and_then(serde_json::Value::as_object);
        let months = months.into_iter().flatten();
        months.map(|(month, part)| (month.as_str(), part))
    }

    /// What a month costs altogether, in Swiss francs: `combined.total.price_in_chf`. `None` if the answer has no such
    /// number there.
    pub fn price_in_chf(&self, organization: &str, month: &str) -> Option<f64> {
        let part = self.0.get(organization)?.get(month)?;
        part.pointer("/combined/total/price_in_chf")?.as_f64()
    }
}
