//! How many instructions each case takes, counted by Valgrind's callgrind, which no other load on the machine disturbs.
//!
//! `cargo bench --bench instructions [-- PART_OF_A_NAME ...]`. This program starts itself under callgrind, once for a
//! number of rounds and once for twice as many. The difference is what the rounds took, without start and first use.

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

/// Kinds of cases, so that a process under callgrind prepares only what it runs. They get the root of the server.
const KINDS: [fn(&str) -> Vec<Case>; 5] = [
    |_| cases::render::cases(),
    |_| cases::decode::cases(),
    |_| cases::date::cases(),
    |_| cases::metadata::cases(),
    |root| cases::call::cases(root),
];

/// Says that this process is to run one case: its kind, its number there, how often, and the root of the server follow.
const RUN: &str = "--run";

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let outcome = match *words.iter().map(String::as_str).collect::<Vec<_>>() {
        [RUN, kind, number, rounds, root] => run(kind, number, rounds, root),
        _ => measure(&words),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(words: &[String]) -> Result<()> {
    let has = |flag: &str| words.iter().any(|word| word == flag);
    let is_wanted = |case: &Case| {
        let mut parts = words
            .iter()
            .filter(|word| !word.starts_with('-'))
            .peekable();
        parts.peek().is_none() || parts.any(|part| case.group.contains(part.as_str()))
    };
    let root = cases::loopback::start();
    // As criterion does: a test, which `cargo test --benches` is too, tries everything once and measures nothing.
    if !has("--bench") || has("--test") {
        let cases = KINDS.iter().flat_map(|cases| cases(&root));
        cases
            .filter(is_wanted)
            .for_each(|mut case: Case| case.run());
        return Ok(());
    }
    println!("| what | beside | instructions by hand | in rokka | ratio |");
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
            // The library goes first in every group.
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

/// The instructions of a process that runs a case so often.
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
        .map_err(|error| format!("valgrind has to be installed, and cannot be run: {error}"))?;
    let told = String::from_utf8_lossy(&output.stderr);
    let counted = told
        .lines()
        .find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    match counted {
        Some(counted) if output.status.success() => Ok(counted),
        _ => Err(format!("{valgrind:?} ends with {}:\n{told}", output.status).into()),
    }
}
