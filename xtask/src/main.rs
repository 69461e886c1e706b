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
    reason = "the build uses more of it, and may stop in any way"
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
    /// Compare and refresh the description of the API.
    #[command(subcommand)]
    Spec(spec::Command),
    /// Compare this crate with clients that OpenAPI Generator makes.
    Compare(compare::Arguments),
}

/// What a command that cannot do its work ends with, as clap does where the usage is bad. 1 is left for what the commands find.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Spec(command) => command.run(),
        Command::Compare(arguments) => arguments.run(),
    };
    done.unwrap_or_else(|error| {
        eprintln!("Error: {error:#}");
        ExitCode::from(FAILED)
    })
}
