//! Statistics, bills and savings.

pub mod billing;
mod day;
pub mod savings;
pub mod stats;

pub use day::Day;
