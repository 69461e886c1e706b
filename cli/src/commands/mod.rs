//! The commands, one module each.

use clap::Subcommand;

use crate::context::Context;
use crate::failure::Failure;

pub mod api;
pub mod billing;
pub mod completions;
pub mod emulator;
pub mod images;
pub mod keys;
pub mod login;
pub mod logout;
pub mod man;
pub mod members;
pub mod mfa;
pub mod operations;
pub mod org;
pub mod profiles;
pub mod render;
pub mod stacks;
pub mod stats;
pub mod sync;
pub mod tokens;
pub mod url;
pub mod user;
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
    /// List, define, compare and copy stacks
    #[command(subcommand, visible_alias = "stack")]
    Stacks(stacks::StacksArgs),
    /// Render an image, or a file on this machine, by a stack or operations
    #[command(after_help = render::EXAMPLES)]
    Render(render::RenderArgs),
    /// Build, sign, verify and explain render URLs
    #[command(subcommand)]
    Url(url::UrlArgs),
    /// Show, create and configure organizations
    #[command(subcommand, visible_alias = "organization")]
    Org(org::OrgArgs),
    /// List, add, change and remove members of the organization
    #[command(subcommand, visible_alias = "memberships")]
    Members(members::MembersArgs),
    /// List, create, change and delete the API keys of the user
    #[command(subcommand)]
    Keys(keys::KeysArgs),
    /// Create and inspect tokens, which stand for an API key for some time
    #[command(subcommand)]
    Tokens(tokens::TokensArgs),
    /// Set up, confirm and disable the second factor of the user
    #[command(subcommand)]
    Mfa(mfa::MfaArgs),
    /// Create a user, show the current one
    #[command(subcommand)]
    User(user::UserArgs),
    /// Show the traffic and the storage of the organization
    #[command(after_help = stats::EXAMPLES)]
    Stats(stats::StatsArgs),
    /// Show what the organization costs
    #[command(after_help = billing::EXAMPLES)]
    Billing(billing::BillingArgs),
    /// List the operations that stacks can have, and their options
    #[command(after_help = operations::EXAMPLES)]
    Operations(operations::CatalogueArgs),
    /// List the options that stacks can have
    #[command(name = "stackoptions", visible_alias = "stack-options", after_help = operations::OPTIONS_EXAMPLES)]
    StackOptions(operations::CatalogueArgs),
    /// Call any operation of the API by its id, or any path
    #[command(after_help = api::EXAMPLES)]
    Api(api::ApiArgs),
    /// Run rokka-emulator, a local rokka for development and tests
    #[command(after_help = emulator::EXAMPLES)]
    Emulator(emulator::EmulatorArgs),
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
        Command::Stacks(args) => Box::pin(stacks::run(args, context)).await,
        Command::Render(args) => Box::pin(render::run(args, context)).await,
        Command::Url(args) => Box::pin(url::run(args, context)).await,
        Command::Org(args) => Box::pin(org::run(args, context)).await,
        Command::Members(args) => Box::pin(members::run(args, context)).await,
        Command::Keys(args) => Box::pin(keys::run(args, context)).await,
        Command::Tokens(args) => Box::pin(tokens::run(args, context)).await,
        Command::Mfa(args) => Box::pin(mfa::run(args, context)).await,
        Command::User(args) => Box::pin(user::run(args, context)).await,
        Command::Stats(args) => Box::pin(stats::run(args, context)).await,
        Command::Billing(args) => Box::pin(billing::run(args, context)).await,
        Command::Operations(args) => Box::pin(operations::run(args, context)).await,
        Command::StackOptions(args) => Box::pin(operations::run_options(args, context)).await,
        Command::Api(args) => Box::pin(api::run(args, context)).await,
        Command::Emulator(args) => emulator::run(&args, context),
        Command::Completions(args) => completions::run(&args, context),
        Command::Man(args) => man::run(&args, context),
    }
}
