//! The maintainers' commands: `cargo xtask --help`.

mod command;
mod compare;
mod document;
mod openapi_generator;
#[path = "../../codegen/profile.rs"]
#[allow(
    dead_code,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "the build uses more of it, and may panic"
)]
mod profile;
mod spec;
mod swagger;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "xtask",
    bin_name = "cargo xtask",
    about,
    disable_help_subcommand = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Compare and update the description of the API.
    #[command(subcommand)]
    Spec(spec::Command),
    /// Compare this crate with clients of OpenAPI Generator.
    Compare(compare::Arguments),
}

/// Exit status of a failed command, the same as clap's for invalid usage. The commands use 1 to report findings.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Spec(command) => command.run(),
        Command::Compare(arguments) => arguments.run(),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("Error: {error:#}");
        ExitCode::from(FAILED)
    })
}
