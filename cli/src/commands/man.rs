//! `rokka man`.

use std::fs;
use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_mangen::Man;

use crate::arguments::Arguments;
use crate::context::Context;
use crate::failure::Failure;

/// Where to write the pages.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rokka man | man -l -
  rokka man --directory ~/.local/share/man/man1")]
pub struct ManArgs {
    /// Write the pages of all commands to this folder
    #[arg(long, short = 'd', value_name = "FOLDER")]
    directory: Option<PathBuf>,
}

/// Prints the page of the program, or writes those of all commands.
pub(crate) fn run(args: &ManArgs, context: &Context) -> Result<(), Failure> {
    let command = Arguments::command();
    let Some(folder) = &args.directory else {
        let mut page = Vec::new();
        Man::new(command).render(&mut page)?;
        return context.output.write(&page);
    };
    fs::create_dir_all(folder).map_err(|error| Failure::from(error).about(folder.display()))?;
    clap_mangen::generate_to(command, folder)
        .map_err(|error| Failure::from(error).about(folder.display()))?;
    context
        .output
        .note(format_args!("wrote the pages to {}", folder.display()));
    Ok(())
}
