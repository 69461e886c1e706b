//! The help of every command.

use clap::CommandFactory;
use rokka_cli::Arguments;

/// Returns the commands without subcommands, by what is typed.
fn leaves(command: &clap::Command, typed: &str, found: &mut Vec<(String, String)>) {
    if !command.has_subcommands() {
        let help = command.get_after_help().map(ToString::to_string);
        found.push((typed.to_owned(), help.unwrap_or_default()));
    }
    for inner in command.get_subcommands() {
        leaves(inner, &format!("{typed} {}", inner.get_name()), found);
    }
}

#[test]
fn every_command_has_an_example_of_itself() {
    let mut commands = Vec::new();
    leaves(&Arguments::command(), "rokka", &mut commands);
    assert!(commands.len() > 60, "{commands:#?}");
    let others = [
        "images",
        "sync",
        "login",
        "logout",
        "whoami",
        "profiles",
        "completions",
        "man",
    ];
    let is_other = |typed: &str| {
        others
            .iter()
            .any(|name| typed.starts_with(&format!("rokka {name}")))
    };
    let shows_itself = |typed: &str, help: &str| help.contains("Example") && help.contains(typed);
    let checked = commands.iter().filter(|(typed, _)| !is_other(typed));
    let without: Vec<_> = checked
        .filter(|(typed, help)| !shows_itself(typed, help))
        .collect();
    assert!(without.is_empty(), "{without:#?}");
}
