//! Runs other programs.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Returns the output of a program. The error of a failed program contains the end of its output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start `{program}`"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let log = format!("{text}\n{}", String::from_utf8_lossy(&output.stderr));
        let lines: Vec<&str> = log.lines().collect();
        let end = lines
            .get(lines.len().saturating_sub(30)..)
            .unwrap_or_default();
        bail!(
            "`{program}` failed with {}:\n{}",
            output.status,
            end.join("\n")
        );
    }
    Ok(text)
}

/// Returns the first line that a program prints for this argument, or `None` if the program is missing or fails.
pub(crate) fn version(program: &str, argument: &str) -> Option<String> {
    let text = output(Command::new(program).arg(argument)).ok()?;
    text.lines().next().map(str::to_owned)
}
