//! The commands, one module each.

use clap::Subcommand;

use crate::context::Context;
use crate::failure::Failure;

pub mod completions;
pub mod images;
pub mod login;
pub mod logout;
pub mod man;
pub mod profiles;
pub mod sync;
pub mod whoami;

/// A command, or a group of commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check an API key and store it as a profile
    Login(login::LoginArgs),
    /// Forget the key of a profile
    Logout(logout::LogoutArgs),
    /// Show the key, its user and its organizations
    Whoami(whoami::WhoamiArgs),
    /// List, choose and rename profiles
    #[command(subcommand)]
    Profiles(profiles::ProfilesArgs),
    /// Upload, find, change and download source images
    #[command(subcommand, visible_alias = "image")]
    Images(images::ImagesArgs),
    /// Make a folder and an organization equal
    Sync(sync::SyncArgs),
    /// Print what makes a shell complete commands
    Completions(completions::CompletionsArgs),
    /// Print the manual page, or write those of all commands
    Man(man::ManArgs),
}

/// Runs a command. Each future is boxed, so that the largest does not make all others as large.
pub(crate) async fn run(command: Command, context: &Context) -> Result<(), Failure> {
    match command {
        Command::Login(args) => Box::pin(login::run(args, context)).await,
        Command::Logout(args) => Box::pin(logout::run(args, context)).await,
        Command::Whoami(args) => Box::pin(whoami::run(args, context)).await,
        Command::Profiles(args) => Box::pin(profiles::run(args, context)).await,
        Command::Images(args) => Box::pin(images::run(args, context)).await,
        Command::Sync(args) => Box::pin(sync::run(args, context)).await,
        Command::Completions(args) => completions::run(&args, context),
        Command::Man(args) => man::run(&args, context),
    }
}
