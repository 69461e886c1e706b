//! (crate docs to come)
mod error;
pub use error::{Error, ErrorKind, RateLimit, Result};
pub mod render;
