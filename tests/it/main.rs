//! The integration tests, one module for each subject, in one crate: it is linked once, and has one server for all of them.
//!
//! They run side by side, on the threads of one process. A test that needs what a process has one of (its environment,
//! what is reported on a thread for the first time) runs itself again as a process of its own, as those of `client` do.
//!
//! `tests/generated.rs` is a crate of its own: it has to run where the facade does not fit new bindings.

#![allow(
    clippy::expect_used,
    clippy::float_cmp,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::similar_names,
    clippy::string_slice,
    clippy::too_many_lines,
    clippy::unwrap_used,
    missing_docs
)]

mod support;

mod accounts;
mod aliases;
#[cfg(feature = "blocking")]
mod blocking;
mod bulk;
mod client;
mod downloads;
mod emulated_accounts;
mod errors;
mod faults;
mod images;
mod live;
mod methods;
mod middleware;
mod models;
mod names;
mod network;
mod observability;
mod operation_requests;
mod patterns;
mod rendering;
mod scan;
#[cfg(feature = "schemars")]
mod schemas;
mod search;
mod secrets;
mod security;
mod skip_existing;
mod sources;
mod stack_checks;
mod stack_files;
mod stack_plan;
mod stacks;
mod tokens;
mod transfers;
mod transport;
mod upload;
mod user_metadata;
