//! `rokka completions`.

use clap::{Args, ValueEnum};
use clap_complete::env::Shells;

use crate::context::Context;
use crate::failure::Failure;

/// For which shell.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  bash        echo 'source <(rokka completions bash)' >> ~/.bashrc
  zsh         echo 'source <(rokka completions zsh)' >> ~/.zshrc
  fish        rokka completions fish > ~/.config/fish/completions/rokka.fish
  elvish      echo 'eval (rokka completions elvish | slurp)' >> ~/.elvish/rc.elv
  powershell  rokka completions powershell | Out-String | Invoke-Expression")]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// A shell.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Shell {
    /// bash.
    Bash,
    /// Elvish.
    Elvish,
    /// fish.
    Fish,
    /// PowerShell.
    Powershell,
    /// zsh.
    Zsh,
}

/// Prints a script, which asks this program what can follow.
pub(crate) fn run(args: &CompletionsArgs, context: &Context) -> Result<(), Failure> {
    let shell = match args.shell {
        Shell::Bash => "bash",
        Shell::Elvish => "elvish",
        Shell::Fish => "fish",
        Shell::Powershell => "powershell",
        Shell::Zsh => "zsh",
    };
    let shells = Shells::builtins();
    let completer = shells
        .completer(shell)
        .ok_or_else(|| Failure::new(format!("{shell} is not supported")))?;
    let mut script = Vec::new();
    completer.write_registration("COMPLETE", "rokka", "rokka", "rokka", &mut script)?;
    context.output.write(&script)
}
