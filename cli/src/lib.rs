//! The command line of [rokka.io](https://rokka.io), an image service: the program `rokka`.
//!
//! The library is the inside of the program, for its tests and for what is made of its arguments: man pages and completions.
//! A program of your own uses the crate `rokka`, which this one is built on.

#![allow(
    clippy::missing_errors_doc,
    reason = "a command fails with a `Failure`, which says why and with which exit status"
)]
#![allow(
    clippy::struct_excessive_bools,
    reason = "flags of the command line are independent of each other"
)]
#![allow(
    rustdoc::bare_urls,
    reason = "the docs of arguments are help on a terminal, too"
)]
#![allow(
    clippy::unused_async,
    reason = "every command is called in the same way"
)]

mod areas;
mod arguments;
pub mod commands;
mod config;
mod connection;
mod context;
mod credentials;
mod definition_file;
mod failure;
mod files;
mod item_file;
mod keyring;
mod local;
mod moment;
mod named_value;
mod nearest;
mod output;
mod php_settings;
mod picture;
mod profile_storage;
mod program;
mod prompt;
mod rendering_output;
mod rendering_target;
mod report;
mod roles;
mod sent;
mod signals;
mod signing;
mod text_file;
mod transfers;
mod user_metadata;

pub use arguments::{Arguments, Color, Global};
pub use commands::Command;
pub use config::Store;
pub use context::Context;
pub use failure::{Exit, Failure};
pub use files::FileFilter;
pub use output::{Output, Table};
pub use program::main;
pub use report::FailedFile;
