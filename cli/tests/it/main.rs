//! The program, against an emulator.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod bulk;
mod failures;
mod images;
mod interruptions;
mod login;
mod output;
mod search;
mod support;
mod sync;
#[cfg(unix)]
mod terminal;
mod transfers;
