//! The program, against an emulator.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::too_many_lines,
    clippy::unwrap_used
)]

mod administration;
mod api;
mod bulk;
mod counterparts;
mod emulator;
mod failures;
mod help;
mod images;
mod interruptions;
mod json;
mod login;
mod output;
mod program;
mod render;
mod search;
mod stacks;
mod support;
mod sync;
#[cfg(unix)]
mod terminal;
mod transfers;
