//! `rokka emulator`: runs the program `rokka-emulator`, a local rokka for development and tests.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Command;

use clap::Args;

use crate::context::Context;
use crate::failure::Failure;

pub(super) const EXAMPLES: &str = "\
The program rokka-emulator is installed on its own. Its arguments follow; `rokka emulator --help` is its help.

Examples:
  rokka emulator --seed pictures
  rokka images list --local";

const PROGRAM: &str = "rokka-emulator";

/// The arguments of `rokka emulator`.
#[derive(Args, Debug)]
#[command(disable_help_flag = true)]
pub struct EmulatorArgs {
    /// The arguments of rokka-emulator
    #[arg(
        value_name = "ARGUMENT",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub arguments: Vec<OsString>,
}

/// Returns the arguments after `rokka emulator`. They are taken as they are, because the emulator has options of the same names as
/// this program.
pub(crate) fn first(arguments: impl IntoIterator<Item = OsString>) -> Option<EmulatorArgs> {
    let mut arguments = arguments.into_iter().skip(1);
    let is_emulator = arguments.next().is_some_and(|word| word == "emulator");
    is_emulator.then(|| EmulatorArgs {
        arguments: arguments.collect(),
    })
}

/// Runs the command. The emulator takes the place of this program where the system allows it.
///
/// # Errors
/// If the emulator is not installed, or ends with a failure.
pub fn run(args: &EmulatorArgs, context: &Context) -> Result<(), Failure> {
    let path = path();
    if context.dry_run {
        context
            .output
            .note(format_args!("would run {}", path.display()));
        return Ok(());
    }
    let mut command = Command::new(&path);
    command.args(&args.arguments);
    replace_or_wait(command).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Failure::new(format!("{PROGRAM} is not installed"))
            .with_hint("install it with `cargo install rokka-emulator`, or put it beside this program or into a folder of PATH"),
        _ => Failure::from(error).about(path.display()),
    })
}

/// Returns the emulator beside this program, or its name, which the system looks for.
fn path() -> PathBuf {
    let name = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe().ok();
    let beside = beside.and_then(|path| Some(path.parent()?.join(&name)));
    match beside {
        Some(path) if path.is_file() => path,
        _ => PathBuf::from(name),
    }
}

#[cfg(unix)]
fn replace_or_wait(mut command: Command) -> io::Result<()> {
    Err(std::os::unix::process::CommandExt::exec(&mut command))
}

#[cfg(not(unix))]
fn replace_or_wait(mut command: Command) -> io::Result<()> {
    let status = command.status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("it ended with {status}")))
    }
}
