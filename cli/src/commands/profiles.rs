//! `rokka profiles`.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::config::{Config, Store};
use crate::context::Context;
use crate::credentials::{self, Stored};
use crate::failure::Failure;
use crate::nearest::did_you_mean;

/// What to do with profiles.
#[derive(Debug, Subcommand)]
pub enum ProfilesArgs {
    /// List the profiles
    List,
    /// Use this profile by default
    Use(NameArgs),
    /// Rename a profile
    Rename(RenameArgs),
}

/// A profile.
#[derive(Args, Debug)]
pub struct NameArgs {
    /// The profile
    name: String,
}

/// A profile and its new name.
#[derive(Args, Debug)]
pub struct RenameArgs {
    /// The profile
    name: String,
    /// Its new name
    new_name: String,
}

#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    default: bool,
    organization: Option<&'a str>,
    host: Option<&'a str>,
    store: Store,
}

/// Runs a command of the group.
pub async fn run(args: ProfilesArgs, context: &Context) -> Result<(), Failure> {
    let config = Config::read()?;
    match args {
        ProfilesArgs::List => list(&config, context),
        ProfilesArgs::Use(args) => choose(config, args.name, context),
        ProfilesArgs::Rename(args) => rename(config, &args, context),
    }
}

fn list(config: &Config, context: &Context) -> Result<(), Failure> {
    let mut table = context
        .output
        .table(&["profile", "organization", "host", "key", "default"]);
    for (name, profile) in &config.profiles {
        let line = Line {
            name,
            default: config.default.as_ref() == Some(name),
            organization: profile.organization.as_deref(),
            host: profile.host.as_deref(),
            store: profile.store,
        };
        if context.output.json {
            context.output.json_line(&line)?;
            continue;
        }
        table.row([
            name.as_str(),
            line.organization.unwrap_or_default(),
            line.host.unwrap_or_default(),
            match line.store {
                Store::Keyring => "keyring",
                Store::File => "file",
            },
            if line.default { "*" } else { "" },
        ])?;
    }
    table.finish()
}

fn choose(mut config: Config, name: String, context: &Context) -> Result<(), Failure> {
    known(&config, &name)?;
    context.output.note(format_args!("using profile {name}"));
    config.default = Some(name);
    config.write()
}

fn rename(mut config: Config, args: &RenameArgs, context: &Context) -> Result<(), Failure> {
    known(&config, &args.name)?;
    if config.profiles.contains_key(&args.new_name) {
        return Err(Failure::usage(format!(
            "there is a profile {:?} already",
            args.new_name
        )));
    }
    let Some(profile) = config.profiles.remove(&args.name) else {
        return Ok(());
    };
    let stored = credentials::read(&args.name, profile.store)?;
    credentials::write(&args.new_name, profile.store, &stored)?;
    let store = profile.store;
    config.profiles.insert(args.new_name.clone(), profile);
    if config.default.as_ref() == Some(&args.name) {
        config.default = Some(args.new_name.clone());
    }
    config.write()?;
    // Last, so that a failure before it loses nothing.
    credentials::write(&args.name, store, &Stored::default())?;
    context
        .output
        .note(format_args!("renamed {} to {}", args.name, args.new_name));
    Ok(())
}

fn known(config: &Config, name: &str) -> Result<(), Failure> {
    if config.profiles.contains_key(name) {
        return Ok(());
    }
    let failure = Failure::usage(format!("there is no profile {name:?}"));
    Err(
        match did_you_mean(name, config.profiles.keys().map(String::as_str)) {
            Some(hint) => failure.with_hint(hint),
            None => failure.with_hint("`rokka profiles list` shows them"),
        },
    )
}
