//! `cargo xtask compare`

use std::process::ExitCode;

#[derive(clap::Args)]
pub(crate) struct Arguments {}

impl Arguments {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        anyhow::bail!("nothing to compare yet")
    }
}
