//! Runs other programs.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// What the program prints. A program that fails fails with the end of what it said.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("`{program}` cannot be started"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let said = format!("{text}\n{}", String::from_utf8_lossy(&output.stderr));
        let lines: Vec<&str> = said.lines().collect();
        let end = lines
            .get(lines.len().saturating_sub(30)..)
            .unwrap_or_default();
        bail!(
            "`{program}` ended with {}:\n{}",
            output.status,
            end.join("\n")
        );
    }
    Ok(text)
}

/// The first line of what a program says to this argument, or `None` if there is no such program.
pub(crate) fn version(program: &str, argument: &str) -> Option<String> {
    let text = output(Command::new(program).arg(argument)).ok()?;
    text.lines().next().map(str::to_owned)
}
