//! Stacks as code: keeps the stacks of an organization in a file, shows what differs, and stores what changed.
//!
//! ```text
//! cargo run --example stacks_as_code                         shows what the example's own file changes in an emulator
//! cargo run --example stacks_as_code -- --apply              and stores it there
//! cargo run --example stacks_as_code -- stacks.toml          shows what a file changes
//! cargo run --example stacks_as_code -- stacks.json --apply --prune
//! ```
//!
//! With `ROKKA_API_KEY` and `ROKKA_ORGANIZATION` set, it uses the real service, and needs a file; without, an in-memory
//! emulator. `--apply` stores what differs; `--prune` deletes the stacks that the file does not have, and shows them without
//! `--apply`. The exit status is 0 if there is nothing left to do, 1 if there is or if something failed, and 2 for a wrong
//! command, so that a continuous integration can tell.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use futures_util::StreamExt;
use rokka::testing::{Emulator, EmulatorExt};
use rokka::{Client, StackDefinition, Stacks};

/// The stacks of the example.
const EXAMPLE: &str = include_str!("assets/stacks.toml");

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let status = match start(&arguments).await {
        Ok(status) => status,
        Err(error) => {
            eprintln!("{error}");
            2
        }
    };
    ExitCode::from(status)
}

async fn start(arguments: &[String]) -> Result<u8, Box<dyn Error>> {
    let command = Command::parse(arguments)?;
    let organization = std::env::var("ROKKA_ORGANIZATION").ok();
    let key = std::env::var("ROKKA_API_KEY").ok();
    // Keeps the emulator running.
    let emulator;
    let stacks = if let (Some(_), Some(organization)) = (key, organization) {
        if command.file.is_none() {
            return Err("expected a file: the example's own is for the emulator".into());
        }
        Client::from_env()?.stacks(&organization)?
    } else {
        emulator = Emulator::start().await;
        emulator.client()?.stacks(emulator.organization())?
    };
    let definitions = command.definitions()?;
    Ok(command
        .run(&stacks, &definitions, &mut io::stdout())
        .await?)
}

#[derive(Debug, Default)]
struct Command {
    file: Option<String>,
    apply: bool,
    prune: bool,
}

impl Command {
    fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut command = Self::default();
        for argument in arguments {
            match argument.as_str() {
                "--apply" => command.apply = true,
                "--prune" => command.prune = true,
                file if !file.starts_with('-') && command.file.is_none() => {
                    command.file = Some(file.to_owned());
                }
                other => return Err(format!("expected [FILE] [--apply] [--prune], not {other}")),
            }
        }
        Ok(command)
    }

    /// Reads the file, in JSON or TOML. The format of the definitions is that of the service.
    fn definitions(&self) -> Result<BTreeMap<String, StackDefinition>, Box<dyn Error>> {
        let Some(file) = &self.file else {
            return Ok(toml::from_str(EXAMPLE)?);
        };
        let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
        let is_json = Path::new(file)
            .extension()
            .is_some_and(|extension| extension == "json");
        let definitions = if is_json {
            serde_json::from_str(&text).map_err(Box::<dyn Error>::from)
        } else {
            toml::from_str(&text).map_err(Box::<dyn Error>::from)
        };
        definitions.map_err(|error| format!("{file}: {error}").into())
    }

    /// Compares the definitions with the stored stacks, and stores what differs. Returns the exit status.
    async fn run(
        &self,
        stacks: &Stacks,
        definitions: &BTreeMap<String, StackDefinition>,
        out: &mut impl Write,
    ) -> io::Result<u8> {
        let plan = stacks.plan(definitions);
        let plan = if self.prune { plan.prune() } else { plan };
        // Typos, invalid values and broken expressions fail here, before anything is sent.
        let plan = match plan.await {
            Ok(plan) => plan,
            Err(error) => {
                writeln!(out, "{error}")?;
                return Ok(1);
            }
        };
        write!(out, "{plan}")?;
        if plan.is_empty() {
            return Ok(0);
        }
        if !self.apply {
            return Ok(1);
        }
        let mut failed = 0;
        let mut results = plan.apply();
        while let Some(applied) = results.next().await {
            match applied.result {
                Ok(_) => writeln!(out, "{} {}: done", applied.action, applied.name)?,
                Err(error) => {
                    failed += 1;
                    writeln!(out, "{} {}: {error}", applied.action, applied.name)?;
                }
            }
        }
        Ok(u8::from(failed > 0))
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Runs a command line; returns the exit status and what it writes.
    async fn run(stacks: &Stacks, arguments: &[&str]) -> (u8, String) {
        let arguments: Vec<String> = arguments.iter().map(|&word| word.to_owned()).collect();
        let command = Command::parse(&arguments).unwrap();
        let definitions = command.definitions().unwrap();
        let mut out = Vec::new();
        let status = command.run(stacks, &definitions, &mut out).await.unwrap();
        (status, String::from_utf8(out).unwrap())
    }

    #[tokio::test]
    async fn a_file_is_planned_stored_and_then_unchanged() {
        let emulator = Emulator::start().await;
        let stacks = emulator.client().unwrap().stacks("acme").unwrap();
        stacks.create("old", StackDefinition::new()).await.unwrap();

        let (status, out) = run(&stacks, &[]).await;
        assert_eq!(status, 1);
        assert!(
            out.starts_with("Stacks of acme: 3 to create, 1 without a definition, 0 unchanged\n+ "),
            "{out}"
        );
        assert!(
            out.contains("\n? old (kept: it has no definition)\n"),
            "{out}"
        );
        assert!(stacks.get("card").await.unwrap_err().is_not_found());

        let (status, out) = run(&stacks, &["--apply"]).await;
        assert_eq!(status, 0, "{out}");
        // `zoom` uses `base`, so it is the second.
        let done = out
            .lines()
            .filter(|line| line.ends_with(": done"))
            .collect::<Vec<_>>();
        assert_eq!(
            done,
            [
                "create base: done",
                "create card: done",
                "create zoom: done"
            ]
        );
        assert_eq!(
            stacks.get("card").await.unwrap().stack_options["jpg.quality"],
            80
        );

        let (status, out) = run(&stacks, &["--apply"]).await;
        assert_eq!(status, 0);
        assert!(
            out.starts_with("Stacks of acme: 1 without a definition, 3 unchanged\n"),
            "{out}"
        );

        let changed =
            StackDefinition::from(stacks.get("card").await.unwrap()).option("jpg.quality", 10);
        stacks.create("card", changed).overwrite().await.unwrap();
        let (status, out) = run(&stacks, &["--prune"]).await;
        assert_eq!(status, 1);
        assert_eq!(
            out,
            "Stacks of acme: 1 to change, 1 to delete, 2 unchanged\n~ card\n    ~ options.jpg.quality: 10 → 80\n- old\n"
        );
        let (status, out) = run(&stacks, &["--prune", "--apply"]).await;
        assert_eq!(status, 0);
        assert!(
            out.ends_with("change card: done\ndelete old: done\n"),
            "{out}"
        );
        assert_eq!(run(&stacks, &["--prune"]).await.0, 0);
    }

    #[tokio::test]
    async fn mistakes_in_a_file_are_explained() {
        let emulator = Emulator::start().await;
        let stacks = emulator.client().unwrap().stacks("acme").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("stacks.json");
        let name = file.to_str().unwrap();
        std::fs::write(&file, r#"{"card": {"operations": [{"name": "reszie"}]}}"#).unwrap();
        let (status, out) = run(&stacks, &[name, "--apply"]).await;
        assert_eq!(
            (status, out.as_str()),
            (
                1,
                "stack `card`: operation `reszie` is unknown: did you mean `resize`? (operations[0])\n"
            )
        );
        assert!(emulator.requests().is_empty());
        std::fs::write(&file, "{").unwrap();
        let command = Command {
            file: Some(name.to_owned()),
            ..Command::default()
        };
        assert!(
            command
                .definitions()
                .unwrap_err()
                .to_string()
                .starts_with(name)
        );
        for wrong in [&["--delete"][..], &["a", "b"]] {
            let wrong: Vec<String> = wrong.iter().map(|&word| word.to_owned()).collect();
            assert!(Command::parse(&wrong).is_err());
        }
    }
}
