//! `cargo xtask spec`: two descriptions of the API, side by side.

mod change;
mod compare;
mod diff;
mod document;
mod operation;
mod refresh;
mod report;
mod schema;
mod shape;
mod swagger;

use std::process::ExitCode;

/// What a document that cannot be read ends with; clap ends with it too where the usage is bad.
const UNREADABLE: u8 = 2;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    Diff(diff::Arguments),
    Refresh(refresh::Arguments),
}

impl Command {
    // A result, because every command has one; an error would end with the status of a breaking change.
    #[expect(clippy::unnecessary_wraps)]
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let done = match self {
            Self::Diff(arguments) => arguments.run(),
            Self::Refresh(arguments) => arguments.run(),
        };
        Ok(done.unwrap_or_else(|error| {
            eprintln!("Error: {error:#}");
            ExitCode::from(UNREADABLE)
        }))
    }
}
