//! `rokka logout`.

use clap::Args;

use crate::config::Config;
use crate::context::Context;
use crate::credentials::{self, Stored};
use crate::failure::Failure;
use crate::nearest::did_you_mean;

/// Which profile to forget: that of --profile, or the default one.
#[derive(Args, Debug)]
#[command(after_help = "The key itself stays valid: `rokka keys delete` revokes it.")]
pub struct LogoutArgs {
    /// Forget all profiles
    #[arg(long)]
    all: bool,
}

/// Forgets the credentials of a profile, and the profile.
pub async fn run(args: LogoutArgs, context: &Context) -> Result<(), Failure> {
    let mut config = Config::read()?;
    let names: Vec<String> = if args.all {
        config.profiles.keys().cloned().collect()
    } else {
        let name = context
            .global
            .profile
            .clone()
            .or_else(|| config.default.clone());
        let name = name.ok_or_else(|| Failure::usage("there is no profile to log out from"))?;
        vec![name]
    };
    if context.dry_run {
        context
            .output
            .note(format_args!("would forget {}", names.join(", ")));
        return Ok(());
    }
    for name in names {
        let Some(profile) = config.profiles.get(&name) else {
            let failure = Failure::usage(format!("there is no profile {name:?}"));
            let known = config.profiles.keys().map(String::as_str);
            return Err(match did_you_mean(&name, known) {
                Some(hint) => failure.with_hint(hint),
                None => failure,
            });
        };
        credentials::write(&name, profile.store, &Stored::default())?;
        config.profiles.remove(&name);
        if config.default.as_ref() == Some(&name) {
            config.default = None;
        }
        config.write()?;
        context
            .output
            .note(format_args!("logged out from profile {name}"));
    }
    Ok(())
}
