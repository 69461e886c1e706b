//! The maintainers' commands: `cargo xtask --help`.

mod compare;
#[path = "../../codegen/profile.rs"]
#[allow(
    dead_code,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "the build uses more of it, and may stop in any way"
)]
mod profile;
mod spec;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about, disable_help_subcommand = true)]
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

fn main() -> anyhow::Result<ExitCode> {
    match Arguments::parse().command {
        Command::Spec(command) => command.run(),
        Command::Compare(arguments) => arguments.run(),
    }
}
