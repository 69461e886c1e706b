//! Counts the instructions of each case with Valgrind's callgrind, independently of the load of the machine.
//!
//! `cargo bench --bench instructions [-- PART_OF_A_NAME ...]`. The program runs itself under callgrind, once for a number of
//! rounds and once for twice as many. The difference is the cost of the rounds, without startup and first use.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod cases {
    pub(crate) mod call;
    pub(crate) mod case;
    pub(crate) mod date;
    pub(crate) mod decode;
    pub(crate) mod image;
    pub(crate) mod loopback;
    pub(crate) mod metadata;
    pub(crate) mod render;
}

use std::env;
use std::error::Error;
use std::process::{Command, ExitCode};

use cases::case::{Case, ROKKA};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Kinds of cases, so that a process under callgrind prepares only what it runs. The argument is the server's base URL.
const KINDS: [fn(&str) -> Vec<Case>; 5] = [
    |_| cases::render::cases(),
    |_| cases::decode::cases(),
    |_| cases::date::cases(),
    |_| cases::metadata::cases(),
    |root| cases::call::cases(root),
];

/// Flag of a process that runs one case; kind, number, rounds and the server's base URL follow.
const RUN: &str = "--run";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let outcome = match *arguments.iter().map(String::as_str).collect::<Vec<_>>() {
        [RUN, kind, number, rounds, root] => run(kind, number, rounds, root),
        _ => measure(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &[String]) -> Result<()> {
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let is_wanted = |case: &Case| {
        let mut parts = arguments
            .iter()
            .filter(|argument| !argument.starts_with('-'))
            .peekable();
        parts.peek().is_none() || parts.any(|part| case.group.contains(part.as_str()))
    };
    let root = cases::loopback::start();
    // Like criterion, run every case once without measuring in `cargo test --benches`.
    if !has("--bench") || has("--test") {
        let cases = KINDS.iter().flat_map(|cases| cases(&root));
        cases
            .filter(is_wanted)
            .for_each(|mut case: Case| case.run());
        return Ok(());
    }
    println!("| case | compared with | instructions by hand | in rokka | ratio |");
    println!("|---|---|--:|--:|--:|");
    for (kind, cases) in KINDS.iter().enumerate() {
        let mut rokka = 0.0;
        for (number, case) in cases(&root).iter().enumerate() {
            if !is_wanted(case) {
                continue;
            }
            let once = count(kind, number, case.rounds, &root)?;
            let twice = count(kind, number, 2 * case.rounds, &root)?;
            #[expect(clippy::cast_precision_loss, reason = "no ratio needs 16 digits")]
            let each = twice.saturating_sub(once) as f64 / case.rounds as f64;
            // The library is the first case of every group.
            if case.version == ROKKA {
                rokka = each;
                continue;
            }
            let (group, version, ratio) = (case.group, case.version, rokka / each);
            println!("| {group} | {version} | {each:.0} | {rokka:.0} | {ratio:.2} |");
        }
    }
    Ok(())
}

fn run(kind: &str, number: &str, rounds: &str, root: &str) -> Result<()> {
    let cases = KINDS.get(kind.parse::<usize>()?).ok_or("no such kind")?;
    let mut cases = cases(root);
    let case = cases.get_mut(number.parse::<usize>()?);
    let case = case.ok_or("no such case")?;
    for _ in 0..rounds.parse::<u64>()? {
        case.run();
    }
    Ok(())
}

/// Counts the instructions of a process that runs a case for a number of rounds.
fn count(kind: usize, number: usize, rounds: u64, root: &str) -> Result<u64> {
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe()?)
        .arg(RUN)
        .args([kind, number].map(|number| number.to_string()))
        .args([&rounds.to_string(), root]);
    let output = valgrind
        .output()
        .map_err(|error| format!("cannot run valgrind, which must be installed: {error}"))?;
    let report = String::from_utf8_lossy(&output.stderr);
    let counted = report
        .lines()
        .find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    match counted {
        Some(counted) if output.status.success() => Ok(counted),
        _ => Err(format!("{valgrind:?} failed with {}:\n{report}", output.status).into()),
    }
}
