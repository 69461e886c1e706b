//! `cargo xtask spec`

use std::process::ExitCode;

#[derive(clap::Subcommand)]
pub(crate) enum Command {}

impl Command {
    #[expect(clippy::unused_self)]
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self {}
    }
}
