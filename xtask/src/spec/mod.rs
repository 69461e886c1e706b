//! `cargo xtask spec`: compares two descriptions of the API.

mod change;
mod compare;
mod diff;
mod operation;
mod refresh;
mod report;
mod schema;
mod shape;

use std::process::ExitCode;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    Diff(diff::Arguments),
    Refresh(refresh::Arguments),
}

impl Command {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Diff(arguments) => arguments.run(),
            Self::Refresh(arguments) => arguments.run(),
        }
    }
}
