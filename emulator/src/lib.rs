//! A local rokka service for tests, and for development without an account.
//!
//! [`Emulator`] implements the operations on source images, aliases, stacks, users, keys, tokens, the second factor,
//! organizations and memberships with the paths, status codes, headers, JSON and error bodies of the service, with real
//! SHA-1 hashes, search and paging. It uses no network, and drops all data with the [`Emulator`], unless it has a
//! [data folder](EmulatorBuilder::data_folder). The README describes the program, its page, its control interface for tests in
//! other languages, and the formats of the folders.
//!
//! ```
//! # async fn f() {
//! use rokka_emulator::Emulator;
//!
//! let emulator = Emulator::start().await;
//! println!("{} accepts the key {}", emulator.url(), emulator.api_key());
//! # }
//! ```
//!
//! # Differences from the service
//!
//! - Width and height of an image come from the file's header. The README says what the render host renders, and what it
//!   guesses.
//! - Every organization has a paid plan, and may store files of any other format under a name that promises none of the
//!   formats that the service accepts.
//! - `url[N]` in an upload fetches nothing: the emulator stores a small SVG made from the URL instead.
//! - Operations and options of stacks are those that `rokka-render` knows, with its ranges. The catalogues of operations and
//!   stack options are recorded responses of the service, which are older.
//! - Bills are zero, savings are empty, and statistics contain today's storage only.
//! - The first key is an admin of every organization. Other users and keys can do what their roles allow.
//! - Deleted images take at most 64 MiB of memory; the oldest of them are gone earlier than after 30 days.
//! - All users have the same secret of the second factor; [`Emulator::totp_code`] returns a code.
//! - Searches see every change at once. Words match without stemming.
//! - Face detection finds a face in the middle of every image, or the area that the request has, with eyes and a mouth as in a
//!   drawing (`detection_eyemouth`).
//! - Automatic labels and descriptions, and the names of their fields, are made up.

mod account_routes;
mod accounting;
mod accounts;
mod addresses;
mod aliases;
mod archive;
mod blob;
mod body;
mod caches;
mod clock;
mod connection;
mod control;
mod copying;
mod data_folder;
mod download;
mod dynamic_metadata;
mod emulator;
mod enrichment;
mod exchange;
mod fault;
mod faults;
mod file_type;
#[cfg(any(fuzzing, test))]
#[doc(hidden)]
pub mod fuzzing;
mod hash;
mod image;
mod image_options;
mod journal;
mod listing;
mod log;
mod memberships;
mod mfa;
mod multipart;
mod organization;
mod organizations;
mod own_host;
#[cfg(feature = "page")]
mod page;
#[cfg(feature = "program")]
#[doc(hidden)]
pub mod program;
mod recorded_request;
mod rendering;
mod request;
mod response;
mod role;
mod routes;
mod search;
mod seed;
mod seed_folder;
mod server;
mod service;
mod settings;
mod signature;
mod snapshot;
mod stack_rules;
mod stacks;
mod start_error;
mod tokens;
mod upload;
mod user_metadata;
mod users;

pub use emulator::{Emulator, EmulatorBuilder};
pub use fault::Fault;
pub use recorded_request::{RecordedPart, RecordedRequest};
pub use snapshot::Snapshot;
pub use start_error::StartError;

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
