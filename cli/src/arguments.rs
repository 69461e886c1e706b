//! The arguments of the program that come before or within every command.

use std::path::PathBuf;

use clap::{Args, Parser, ValueEnum};

use crate::commands::Command;

const EXAMPLES: &str = "\
Examples:
  rokka login                                   store an API key, as a profile
  rokka images upload -r photos                 upload a folder
  rokka images search 'height=[1200,}' --json   find images, as JSON Lines
  rokka sync photos --dry-run                   what would make the organization equal to the folder

Exit status: 0 success, 1 failure, 2 wrong usage, 3 partial failure, 4 not authorized, 130 interrupted.";

/// Upload, find, change and render the images of rokka.io
#[derive(Debug, Parser)]
#[command(
    name = "rokka",
    version,
    after_help = EXAMPLES,
    max_term_width = 110,
    disable_help_subcommand = true
)]
pub struct Arguments {
    /// The options that every command has.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The options that every command has.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Use this profile [default: $ROKKA_PROFILE, or the one that `rokka profiles use` sets]
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,

    /// Use this organization [default: $ROKKA_ORGANIZATION, or that of the profile]
    #[arg(
        long,
        short = 'O',
        visible_alias = "org",
        global = true,
        value_name = "NAME"
    )]
    pub organization: Option<String>,

    /// Read the API key from this file; `-` is standard input
    #[arg(long, global = true, value_name = "FILE")]
    pub api_key_file: Option<PathBuf>,

    /// The base URL of the API [default: $ROKKA_API_HOST, or https://api.rokka.io]
    #[arg(long, global = true, value_name = "URL")]
    pub host: Option<String>,

    /// Use a rokka-emulator on this machine, such as --local or --local localhost:9000 [default URL: http://localhost:8787]
    #[arg(
        long,
        global = true,
        value_name = "URL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "http://localhost:8787",
        conflicts_with = "host"
    )]
    pub local: Option<String>,

    /// Print the service's own objects, one line of JSON each
    #[arg(long, global = true)]
    pub json: bool,

    /// Do not ask before destructive work
    #[arg(long, short = 'y', global = true)]
    pub yes: bool,

    /// Say what would be done, and do nothing
    #[arg(long, short = 'n', global = true)]
    pub dry_run: bool,

    /// Fail at once where a request would be retried, for up to two minutes
    #[arg(long, global = true)]
    pub no_retry: bool,

    /// When to use colors [default: auto, which respects NO_COLOR]
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        hide_default_value = true,
        default_value = "auto"
    )]
    pub color: Color,

    /// Print no progress and no messages but errors
    #[arg(long, short = 'q', global = true)]
    pub quiet: bool,
}

/// When to use colors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
