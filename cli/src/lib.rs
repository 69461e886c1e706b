//! The command line of [rokka.io](https://rokka.io), an image service: the program `rokka`.
//!
//! The library is the inside of the program, for its tests and for what is made of its arguments: man pages and completions.
//! A program of your own uses the crate `rokka`, which this one is built on.

mod arguments;
pub mod commands;
mod config;
mod connection;
mod context;
mod credentials;
mod failure;
mod keyring;
mod output;
mod php_settings;
mod program;
mod prompt;

pub use arguments::{Arguments, Color, Global};
pub use commands::Command;
pub use context::Context;
pub use failure::{Exit, Failure};
pub use output::{Output, Table};
pub use program::main;
