//! Every fault against every kind of call: what comes back, how many requests are sent, and what is on the disk.
//!
//! `rules.rs` says what is expected, and `docs/faults.md` shows it to users:
//! `ROKKA_UPDATE_FAULTS=1 cargo test --test it faults::` renews the page.

mod calls;
mod fault;
mod page;
mod rules;
mod server;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use http::Method;
use rokka::{ErrorKind, Retry};
use tokio::net::TcpListener;

use crate::support;
use calls::{Content, FILES, Failure, Files, KINDS, Kind, Outcome};
use fault::{Fault, SECTIONS};
use rules::{ATTEMPTS, Expected, expected, waits};
use server::{Faulty, PATIENCE, Times};

/// The idle timeout of calls that run into it: far longer than a healthy exchange takes on a busy machine.
const IDLE: Duration = Duration::from_secs(10);

/// How many calls run at a time beside those that wait, so that these are not kept from their turn.
const WORKING: usize = 6;

const DEADLINE: Duration = Duration::from_millis(300);

/// One cell of the table.
#[derive(Clone, Copy, Debug)]
struct Cell {
    fault: Fault,
    kind: Kind,
    times: Times,
    has_deadline: bool,
}

fn cells() -> Vec<Cell> {
    let wanted = std::env::var("ROKKA_FAULTS").ok();
    let faults = SECTIONS
        .iter()
        .flat_map(|(_, faults)| faults.iter().copied());
    let mut cells: Vec<_> = faults
        .flat_map(|fault| KINDS.map(|kind| (fault, kind)))
        .flat_map(|(fault, kind)| {
            let modes = [
                (Times::Once, false),
                (Times::Always, false),
                (Times::Always, true),
            ];
            modes.map(|(times, has_deadline)| Cell {
                fault,
                kind,
                times,
                has_deadline,
            })
        })
        // Work on many images has no deadline.
        .filter(|cell| !cell.has_deadline || cell.kind != Kind::Bulk)
        .filter(|cell| expected(cell.fault, cell.kind, cell.times).is_some())
        // `ROKKA_FAULTS="Silent, kind: Get" cargo test --test it faults::` looks at some of them.
        .filter(|cell| {
            wanted
                .as_ref()
                .is_none_or(|wanted| format!("{cell:?}").contains(wanted))
        })
        .collect();
    // Those that wait begin, and do so while the others work.
    cells.sort_by_key(|cell| !waits(cell.fault));
    cells
}

// Two threads, so that the tests beside this one get their turn.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_against_every_call() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let other_origin = elsewhere.local_addr().unwrap();
    let files = Arc::new(Files::new());
    let places = Arc::new(tokio::sync::Semaphore::new(WORKING));
    let cells = cells();
    let count = cells.len();
    let mut running = tokio::task::JoinSet::new();
    for cell in cells {
        let (files, places) = (files.clone(), places.clone());
        running.spawn(async move {
            let _place = if waits(cell.fault) {
                None
            } else {
                Some(places.acquire_owned().await.unwrap())
            };
            (cell, check(cell, &files, other_origin).await)
        });
    }
    let mut wrong = Vec::new();
    while let Some(checked) = running.join_next().await {
        if let (cell, Err(why)) = checked.unwrap() {
            wrong.push(format!("{cell:?}: {why}"));
        }
    }
    wrong.sort();
    assert!(
        wrong.is_empty(),
        "{} of {count} cells are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    // Nobody was sent to the other origin.
    let nobody = tokio::time::timeout(Duration::ZERO, elsewhere.accept()).await;
    assert!(nobody.is_err(), "{nobody:?}");
}

/// Makes the call of a cell, and says what is wrong with what came of it.
async fn check(cell: Cell, files: &Files, other_origin: SocketAddr) -> Result<(), String> {
    let (server, left) = Faulty::start(cell.fault, cell.times, other_origin);
    let retry = Retry::new()
        .max_attempts(u32::try_from(ATTEMPTS).unwrap())
        .initial_backoff(Duration::from_millis(1))
        .max_backoff(Duration::from_millis(5));
    let builder = support::builder(format!("http://{}", server.address))
        .retry(retry)
        .idle_timeout(if waits(cell.fault) && !cell.has_deadline {
            IDLE
        } else {
            PATIENCE
        });
    let client = cell.kind.client(builder);
    if cell.fault.needs_kept_connection() {
        client.request(Method::GET, "/warm-up").await.unwrap();
        left.notified().await;
    }
    let large = matches!(cell.fault, Fault::ClosedInBody | Fault::Early(_));
    let started = Instant::now();
    let deadline = cell.has_deadline.then_some(DEADLINE);
    let made = cell.kind.make(&client, files, large, deadline);
    let outcome = tokio::time::timeout(2 * PATIENCE, made).await;
    let outcome = outcome.map_err(|_| "it does not end".to_owned())?;
    let requests = server.log.requests.load(Ordering::SeqCst);
    let expected = expected(cell.fault, cell.kind, cell.times).unwrap();
    let actual = format!(
        "{requests} requests, {} for tokens, {}",
        server.log.tokens.load(Ordering::SeqCst),
        outcome.summary()
    );

    if cell.has_deadline && started.elapsed() > PATIENCE / 2 {
        return Err(format!(
            "took {:?} in spite of a deadline",
            started.elapsed()
        ));
    }
    let passed = outcome
        .failures
        .iter()
        .all(|failure| failure.kind == ErrorKind::Timeout);
    let outlived = cell.has_deadline && passed && !outcome.failures.is_empty();
    if cell.has_deadline && waits(cell.fault) && !outlived {
        return Err(format!("expected a timeout, got {actual}"));
    }
    // On a busy machine, the deadline comes before anything else does.
    if !outlived {
        compare(cell, expected, &outcome, requests)
            .map_err(|why| format!("{why}, got {actual}"))?;
    }
    clean(cell, &server, &outcome).map_err(|why| format!("{why}, got {actual}"))
}

fn compare(
    cell: Cell,
    expected: Expected,
    outcome: &Outcome,
    requests: usize,
) -> Result<(), String> {
    if cell.has_deadline
        && let Expected::Error {
            kind,
            status,
            attempts,
        } = expected
        && let [failure] = outcome.failures[..]
    {
        // There may be no time left for another attempt.
        let fewer = (failure.kind, failure.status) == (kind, status)
            && failure.attempts as usize <= attempts;
        return fewer
            .then_some(())
            .ok_or_else(|| format!("expected {expected:?} at most"));
    }
    if let Expected::NeverComplete { most } = expected {
        let bounded = matches!(outcome.failures[..], [failure]
            if failure.kind == ErrorKind::Interrupted
                && failure.attempts as usize == requests
                && requests <= most);
        return bounded
            .then_some(())
            .ok_or_else(|| format!("expected {expected:?}"));
    }
    let parts = if cell.kind == Kind::Bulk { FILES } else { 1 };
    let affected = match cell.times {
        Times::Once => 1,
        Times::Always => parts,
    };
    let (failures, attempts) = match expected {
        Expected::Value { attempts } => (Vec::new(), attempts),
        Expected::ShortFile | Expected::NeverComplete { .. } => (Vec::new(), 1),
        Expected::Error {
            kind,
            status,
            attempts,
        } => {
            let counted = u32::try_from(attempts).unwrap();
            (
                vec![
                    Failure {
                        kind,
                        status,
                        attempts: counted
                    };
                    affected
                ],
                attempts,
            )
        }
    };
    if outcome.failures != failures || outcome.succeeded != parts - failures.len() {
        return Err(format!("expected {expected:?}"));
    }
    let sent = match (cell.fault, cell.times) {
        // None arrives.
        (Fault::Refused, _) => 0,
        // The list ends with its first page.
        _ if !failures.is_empty() && cell.kind == Kind::List => attempts,
        (_, Times::Once) => cell.kind.requests() - 1 + attempts,
        (_, Times::Always) => cell.kind.requests() * attempts,
    };
    if requests != sent {
        return Err(format!("expected {sent} requests"));
    }
    Ok(())
}

/// What holds whatever the fault is.
fn clean(cell: Cell, server: &Faulty, outcome: &Outcome) -> Result<(), String> {
    let expected = match (cell.kind, outcome.failures.is_empty()) {
        (Kind::Download, true) if cell.fault == Fault::TooShort => Some(Content::Beginning),
        (Kind::Download, true) => Some(Content::Whole),
        _ => None,
    };
    let expected: Vec<_> = expected
        .map(|content| ("cat.jpg".to_owned(), content))
        .into_iter()
        .collect();
    if outcome.on_disk != expected {
        return Err(format!("expected {expected:?} on the disk"));
    }
    if server.log.damaged.load(Ordering::SeqCst) > 0 {
        return Err("a file arrived that is not the one that was sent".to_owned());
    }
    if cell.kind == Kind::Create && server.log.processed.load(Ordering::SeqCst) > 1 {
        return Err("two keys were made".to_owned());
    }
    Ok(())
}

#[test]
fn the_page_says_what_is_expected() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/faults.md");
    let page = page::page();
    if std::env::var_os("ROKKA_UPDATE_FAULTS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let stale = std::fs::read_to_string(&path).unwrap_or_default() != page;
    assert!(
        !stale,
        "docs/faults.md is not what the rules say. Renew it with: ROKKA_UPDATE_FAULTS=1 cargo test --test it faults::"
    );
}
