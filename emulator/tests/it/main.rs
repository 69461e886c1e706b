//! The tests over the wire, one module for each subject, in one crate, which is linked once.
//!
//! `tests/pixels` needs the feature `rendering`, and `tests/browser` a browser: they are crates of their own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

mod control;
mod emulator;
mod http;
#[cfg(feature = "page")]
mod page;
#[cfg(all(unix, feature = "program"))]
mod program;
mod refusals;
mod rendering;
