//! Tokens: what they say, how to get them, and a client that works by them.

mod create;
mod manager;
mod payload;
mod policy;
mod store;
mod valid_from;

pub use create::CreateToken;
pub(crate) use manager::TokenManager;
pub use policy::Tokens;
pub use store::{StoreFuture, TokenStore};
pub use valid_from::ValidFrom;
pub(crate) use valid_from::check_addresses;
