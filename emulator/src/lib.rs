//! An in-memory rokka on a loopback port, for your tests and for trying things without an account.
//!
//! [`Emulator`] answers the calls on source images, aliases, stacks, users, keys, tokens, the second factor, organizations
//! and memberships as the service does: the same paths, status codes,
//! headers, JSON and error bodies, with real SHA-1 hashes, real search and real paging. Nothing is read from or written
//! to a disk, nothing is sent to a network, and everything is gone when the [`Emulator`] is dropped.
//!
//! ```
//! # async fn f() {
//! use rokka_emulator::Emulator;
//!
//! let emulator = Emulator::start().await;
//! println!("{} takes the key {}", emulator.url(), emulator.api_key());
//! # }
//! ```
//!
//! # What it does not do
//!
//! - Pictures are neither decoded nor converted: width and height are read from the file's header, and
//!   [`Emulator::render_host`] answers the original bytes whatever the stack says.
//! - `url[N]` in an upload fetches nothing. The emulator keeps a small drawing made from the URL instead.
//! - Stacks are stored and checked a little, but render nothing. The catalogues of operations and stack options are
//!   recorded ones.
//! - Nothing is rendered or downloaded, so bills are of nothing, savings are empty, and statistics know today's storage
//!   only. The one key that is there at the start is an admin's in every
//!   organization; others can be made, and may do what their roles allow. Whether a role may download the original of a
//!   protected image, or write to the destination of a copy, is not checked.
//! - One code of the second factor is always right, and counts as often as it is used: [`Emulator::TOTP_CODE`].
//! - The search index is never behind. Words are compared as they are written, without stemming.
//! - Automatic labels and descriptions are made up, as are the names of the fields that hold them.

mod account_routes;
mod accounting;
mod accounts;
mod aliases;
mod answer;
mod archive;
mod caches;
mod call;
mod copying;
mod download;
mod dynamic_metadata;
mod emulator;
mod enrichment;
mod file_type;
#[cfg(any(fuzzing, test))]
#[doc(hidden)]
pub mod fuzzing;
mod identity;
mod image;
mod image_options;
mod journal;
mod listing;
mod memberships;
mod mfa;
mod multipart;
mod organization;
mod organizations;
mod rendering;
mod role;
mod routes;
mod search;
mod seed;
mod service;
mod signature;
mod stacks;
mod tokens;
mod upload;
mod user_metadata;
mod users;

pub use emulator::{Emulator, EmulatorBuilder};
pub use journal::RecordedRequest;

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
