//! `docs/faults.md`, made of the rules.

use std::fmt::Write;

use rokka::ErrorKind;

use super::calls::{KINDS, Kind};
use super::fault::{Fault, SECTIONS};
use super::rules::{ATTEMPTS, Expected, expected};
use super::server::Times;

pub(crate) fn page() -> String {
    let mut page = String::from(
        "<!-- Written by tests/it/faults/mod.rs: ROKKA_UPDATE_FAULTS=1 cargo test --test it faults:: -->\n\
         # What you get when something goes wrong\n\n\
         `tests/it/faults/mod.rs` makes every call below against a server with every fault below: once with a fault that happens to the\n\
         first request only, once with a fault that happens to every request, and once more with a deadline of 300 ms. Each result\n\
         is checked, and this page is made of what is expected.\n\n",
    );
    page.push_str("## What holds for all of them\n\n");
    writeln!(
        page,
        "- A call returns its value, or an [`Error`](https://docs.rs/rokka/latest/rokka/struct.Error.html) with a `kind()`, the `status()` of the\n  \
           response if there was one, and the number of `attempts()`.\n\
         - A call ends. Without a deadline, the idle timeout ends what does not move; with a deadline, a call that is not done by then\n  \
           ends in `Timeout`, and nothing is sent afterwards.\n\
         - Attempts are bounded. The calls here are allowed {ATTEMPTS} (`Retry::new().max_attempts({ATTEMPTS})`); the default is 10.\n\
         - A call that is not safe to repeat is repeated only if the service cannot have processed it.\n\
         - A stream that can be read once is sent once.\n\
         - A download is complete on the disk or not there at all. An upload arrives as the file is.\n\
         - No request, and so no key, goes to another origin.\n"
    )
    .unwrap();
    page.push_str("\n## The calls\n\n| call | | repeated after it may have been processed | body can be sent again |\n|---|---|---|---|\n");
    for kind in KINDS {
        let yes = |holds| if holds { "yes" } else { "no" };
        let replayable = match kind {
            Kind::UploadPath | Kind::UploadStream | Kind::Bulk | Kind::Create => {
                yes(kind.is_replayable())
            }
            _ => "no body",
        };
        let repeated = yes(kind.is_idempotent());
        writeln!(
            page,
            "| {} | {} | {repeated} | {replayable} |",
            kind.name(),
            kind.described()
        )
        .unwrap();
    }
    page.push_str(
        "\nUploads are safe to repeat: the same file with the same options has the same hash. In the tables, *attempts* are those of\n\
         the request that meets the fault. A page of the list and a file of the bulk upload are requests of their own: if a file\n\
         fails, the others are uploaded all the same, and if a page fails, the list ends with that error.\n",
    );
    for (title, faults) in SECTIONS {
        writeln!(page, "\n## {title}").unwrap();
        for fault in *faults {
            write_fault(&mut page, *fault);
        }
    }
    page
}

fn write_fault(page: &mut String, fault: Fault) {
    let (name, text) = fault.described();
    writeln!(page, "\n### {name}\n\n{text}\n").unwrap();
    // Calls that fare alike share a row.
    let mut rows: Vec<([Option<Expected>; 2], Vec<Kind>)> = Vec::new();
    for kind in KINDS {
        let both = [Times::Once, Times::Always].map(|times| expected(fault, kind, times));
        if both == [None, None] {
            continue;
        }
        match rows.iter_mut().find(|row| row.0 == both) {
            Some(row) => row.1.push(kind),
            None => rows.push((both, vec![kind])),
        }
    }
    let columns = [0, 1].map(|column| rows.iter().any(|row| row.0[column].is_some()));
    let headings = ["the first time only", "every time"];
    let shown = || (0..2).filter(|column| columns[*column]);
    write!(page, "| call |").unwrap();
    shown().for_each(|column| write!(page, " {} |", headings[column]).unwrap());
    page.push_str("\n|---|");
    shown().for_each(|_| page.push_str("---|"));
    page.push('\n');
    for (both, kinds) in rows {
        let names: Vec<_> = match kinds.len() {
            9 => vec!["all"],
            _ => kinds.iter().map(|kind| kind.name()).collect(),
        };
        write!(page, "| {} |", names.join(", ")).unwrap();
        shown().for_each(|column| write!(page, " {} |", worded(both[column])).unwrap());
        page.push('\n');
    }
}

fn worded(expected: Option<Expected>) -> String {
    let plural = |attempts| match attempts {
        1 => "1 attempt".to_owned(),
        more => format!("{more} attempts"),
    };
    match expected {
        None => "–".to_owned(),
        Some(Expected::Value { attempts: 1 }) => "`Ok`".to_owned(),
        Some(Expected::Value { attempts }) => format!("`Ok` after {}", plural(attempts)),
        Some(Expected::NeverComplete { most }) => {
            format!("`Interrupted` after at most {}", plural(most))
        }
        Some(Expected::ShortFile) => "`Ok`, with the file as long as promised".to_owned(),
        Some(Expected::Error {
            kind,
            status,
            attempts,
        }) => {
            let status = match (kind, status) {
                (ErrorKind::Status | ErrorKind::Decode, Some(status)) => format!(" {status}"),
                _ => String::new(),
            };
            format!("`{kind:?}`{status} after {}", plural(attempts))
        }
    }
}
