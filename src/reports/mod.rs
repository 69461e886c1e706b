//! Statistics, billing and savings; the calls are [`Client::stats`](crate::Client::stats),
//! [`Client::billing`](crate::Client::billing) and [`Client::savings`](crate::Client::savings).

pub mod billing;
mod day;
pub(crate) mod savings;
pub mod stats;

pub use day::Day;
