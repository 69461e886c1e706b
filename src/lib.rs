//! (crate docs to come)
mod error;
pub use error::{Error, ErrorKind, RateLimit, Result};
#[cfg(feature = "testing")]
pub mod testing;
