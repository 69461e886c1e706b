//! An in-memory rokka on a loopback port, for your tests and for trying things without an account.
//!
//! [`Emulator`] answers the calls on source images, aliases and stacks as the service does: the same paths, status codes,
//! headers, JSON and error bodies, with real SHA-1 hashes, real search and real paging. Nothing is read from or written
//! to a disk, nothing is sent to a network, and everything is gone when the [`Emulator`] is dropped.
//!
//! ```
//! # async fn f() {
//! use rokka::testing::Emulator;
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
//! - There is one API key and it may do everything; users, organizations, billing and statistics are not there.
//! - The search index is never behind. Words are compared as they are written, without stemming.
//! - Automatic labels and descriptions are made up, as are the names of the fields that hold them.

mod aliases;
mod answer;
mod archive;
mod caches;
mod call;
mod client;
mod copying;
mod download;
mod dynamic_metadata;
mod emulator;
mod enrichment;
mod file_type;
mod identity;
mod image;
mod image_options;
mod journal;
mod listing;
mod multipart;
mod organization;
mod rendering;
mod routes;
mod search;
mod seed;
mod service;
mod signature;
mod stacks;
mod upload;
mod user_metadata;

pub use emulator::{Emulator, EmulatorBuilder};
pub use journal::RecordedRequest;
