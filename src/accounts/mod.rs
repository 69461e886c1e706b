//! Users, API keys, the second factor, organizations and memberships.
//!
//! The handles [`User`](crate::User), [`Organizations`](crate::Organizations) and [`Memberships`](crate::Memberships) have
//! the calls; the modules have the types of the calls with options.

pub mod api_keys;
pub mod memberships;
pub(crate) mod mfa;
mod organization_option;
pub mod organizations;
mod role;
pub mod user;

pub use organization_option::OrganizationOption;
