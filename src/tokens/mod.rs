//! Tokens: short-lived credentials, their claims, and how a client requests, refreshes and stores them.

mod background;
mod create;
mod held;
mod manager;
mod payload;
mod policy;
mod store;
mod store_queue;
mod valid_from;

pub use create::CreateToken;
pub use policy::Tokens;
pub use store::{StoreFuture, TokenStore};
pub use valid_from::ValidFrom;
pub(crate) use valid_from::check_addresses;
