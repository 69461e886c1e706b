//! Users, API keys, the second factor, organizations and their members.

pub mod api_keys;
pub mod memberships;
pub mod mfa;
mod organization_option;
pub mod organizations;
mod role;
pub mod user;

pub use organization_option::OrganizationOption;
