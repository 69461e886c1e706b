//! The summary of the measurements, and their table.

use std::cmp::Reverse;
use std::fmt::Write as _;

use super::criteria::{self, Criterion, Grade};
use super::figures;
use super::markdown::{Table, beginning, code, codes};
use crate::compare::Findings;
use crate::compare::names::{CLIENTS, Row};
use crate::compare::read::field::FIELDS;
use crate::compare::scenario::Scenario;
use crate::compare::sdk::Sdk;
use crate::compare::verdict::Verdict;

/// Returns the summary. `build_times` is the table of build times.
pub(super) fn text(findings: &Findings, build_times: &str) -> String {
    let criteria = criteria::all(&findings.runs);
    let mut text = String::from("## Summary\n\n");
    coverage(&mut text, findings);
    lists(&mut text, &criteria);
    costs(&mut text, findings, build_times);
    text.push_str("## Measurements\n\n");
    let _ = writeln!(
        text,
        "Each client decoded every documented response of the description in ten forms and encoded it again. Fields with secrets do not count, nor do responses that a method returns \
         undecoded. Errors in the documented form do not count again in the other forms, and a response that cannot be decoded \
         in the documented form is not included in them. Then each client made the same requests to a service on loopback. \
         In the column `rokka::api`, uploads, downloads and `putSourceImageOptionsProtected` are those of the facade, because `rokka::api` has no multipart bodies and returns files and \
         differing success responses undecoded.\n"
    );
    let headings = ["question"].into_iter().chain(Sdk::ALL.map(Sdk::label));
    let mut table = Table::new(headings);
    for criterion in &criteria {
        let cells = Sdk::ALL.map(|sdk| {
            criterion
                .results
                .get(&sdk)
                .map_or("not run".into(), Grade::cell)
        });
        table.row(std::iter::once(criterion.question.clone()).chain(cells));
    }
    text.push_str(&table.end());
    text.push('\n');
    for sdk in Sdk::ALL {
        match findings.runs.get(&sdk) {
            Some(Ok(ran)) => {
                if let Some(repair) = &ran.repair {
                    let _ = writeln!(
                        text,
                        "- The generated code of {} did not compile without a repair: {repair}.",
                        sdk.label()
                    );
                }
            }
            Some(Err(reason)) => {
                let _ = writeln!(text, "- {} was not run: {reason}.", sdk.label());
            }
            None => {}
        }
    }
    text.push('\n');
    text.push_str(&types(findings));
    text.push_str(&failures(findings));
    text
}

/// Adds how many of the operations each client has.
fn coverage(text: &mut String, findings: &Findings) {
    let having = |has: &dyn Fn(&Row) -> bool| {
        let rows = findings.description.operations.iter();
        let rows = rows.filter_map(|one| findings.names.row(&one.id));
        rows.filter(|row| has(row)).count()
    };
    let mut clients =
        CLIENTS.map(|(client, name)| (having(&|row| !row.of(client).is_empty()), name));
    clients.sort_by_key(|(count, _)| Reverse(*count));
    let clients = clients.map(|(count, name)| format!("{name} {count}"));
    let _ = writeln!(
        text,
        "Of the {} operations in the description, this crate has {}. Published clients: {}.\n\n\
         All other results compare it with clients of OpenAPI Generator. A response is preserved if a client that decodes and \
         encodes it neither loses nor changes anything.\n",
        findings.description.operations.len(),
        having(&|row| !row.facade().is_empty()),
        clients.join(", ")
    );
}

/// Adds where this crate is better, and where it is worse.
fn lists(text: &mut String, criteria: &[Criterion]) {
    let (mut better, mut worse, mut alike) = (Vec::new(), Vec::new(), Vec::new());
    for criterion in criteria {
        let Some(own) = criterion.results.get(&Sdk::Api) else {
            continue;
        };
        let others: Vec<(Sdk, &Grade)> = Sdk::FOREIGN
            .into_iter()
            .filter_map(|sdk| Some((sdk, criterion.results.get(&sdk)?)))
            .collect();
        let line = |word: &str, found: &[&(Sdk, &Grade)]| {
            let named = |(sdk, grade): &&(Sdk, &Grade)| {
                if criterion.counted {
                    format!("{} {}", sdk.label(), grade.seen)
                } else {
                    sdk.label().to_owned()
                }
            };
            let named: Vec<String> = found.iter().map(named).collect();
            let named = named.join(", ");
            if criterion.counted {
                format!("- {}: this crate {}, {named}.", criterion.claim, own.seen)
            } else {
                format!("- {}. {word}: {named}.", criterion.claim)
            }
        };
        let behind: Vec<_> = others
            .iter()
            .filter(|(_, grade)| own.better_than(grade))
            .collect();
        let ahead: Vec<_> = others
            .iter()
            .filter(|(_, grade)| grade.better_than(own))
            .collect();
        // Failing slightly less often is not better.
        if !behind.is_empty() && own.good() == Some(true) {
            better.push(line("Not", &behind));
        }
        if !ahead.is_empty() {
            worse.push(line("Only", &ahead));
        }
        if behind.is_empty()
            && ahead.is_empty()
            && own.good() == Some(true)
            && others.iter().all(|(_, grade)| grade.good() == Some(true))
        {
            alike.push(format!("- {}.", criterion.claim));
        }
    }
    for (title, lines) in [
        (
            "This crate is better than the clients named in each point",
            better,
        ),
        (
            "The clients named in each point are better than this crate",
            worse,
        ),
        ("All clients", alike),
    ] {
        if !lines.is_empty() {
            let _ = writeln!(text, "{title}:\n\n{}\n", lines.join("\n"));
        }
    }
}

/// Adds other disadvantages of this crate.
fn costs(text: &mut String, findings: &Findings, build_times: &str) {
    let packages = findings
        .dependencies
        .iter()
        .filter_map(|(name, count)| Some((name.as_str(), count.all?.to_string())))
        .collect();
    let seconds = figures::rows(build_times)
        .into_iter()
        .map(|(name, seconds)| (name, format!("{seconds} s")))
        .collect();
    let mut points = Vec::new();
    for (what, counts) in [
        ("Packages in its dependency tree", packages),
        ("Time of a cold build", seconds),
    ] {
        points.extend(beside(what, counts));
    }
    let by_hand = findings
        .sizes
        .iter()
        .find(|(name, _)| name == super::BY_HAND);
    if let Some((_, lines)) = by_hand {
        points.push(format!(
            "{lines} lines of it are written by hand and need maintenance. The other clients are completely \
             generated."
        ));
    }
    points.extend([
        format!(
            "Its low level `rokka::api` has no methods for {}; only the facade has them.",
            codes(&findings.left_out)
        ),
        "It was written without access to rokka.io, and nothing was measured there: the responses are the examples of the \
         description."
            .to_owned(),
    ]);
    let _ = writeln!(
        text,
        "Other disadvantages of this crate:\n\n- {}\n",
        points.join("\n- ")
    );
}

/// Formats the figures of this crate and of others.
fn beside(what: &str, figures: Vec<(&str, String)>) -> Option<String> {
    let (own, others): (Vec<_>, Vec<_>) = figures
        .into_iter()
        .partition(|(name, _)| name.starts_with("`rokka`"));
    let list = |figures: Vec<(&str, String)>| {
        let named = figures
            .into_iter()
            .map(|(name, figure)| format!("{figure} ({name})"));
        named.collect::<Vec<_>>().join(", ")
    };
    let known = !own.is_empty() && !others.is_empty();
    known.then(|| format!("{what}: {}. Others: {}.", list(own), list(others)))
}

/// Returns the table of types of special fields.
fn types(findings: &Findings) -> String {
    let mut text = String::from("### Types of special fields\n\n");
    let headings = ["field", "content"].into_iter();
    let mut table = Table::new(headings.chain(Sdk::ALL.map(Sdk::label)));
    for (index, (model, name, what)) in FIELDS.into_iter().enumerate() {
        let cells = Sdk::ALL.map(|sdk| {
            let read = findings
                .fields
                .get(&sdk)
                .and_then(|fields| fields.get(index));
            read.map_or("–".to_owned(), |read| {
                format!("{} ({})", code(&read.kind), read.place)
            })
        });
        let field = code(&format!("{model}.{name}"));
        table.row([field, what.to_owned()].into_iter().chain(cells));
    }
    text.push_str(&table.end());
    text.push('\n');
    text
}

/// Returns the errors of the clients that cannot decode documented responses, and the fields that they lose.
fn failures(findings: &Findings) -> String {
    let mut text = String::from("### Errors in documented responses\n\n");
    let mut table = Table::new(["client", "operations", "error"]);
    let mut any = false;
    for (sdk, run) in &findings.runs {
        let Ok(ran) = run else { continue };
        let mut errors: Vec<(String, Vec<&str>)> = Vec::new();
        for (operation, scenarios) in &ran.responses {
            let what = match scenarios.get(&Scenario::Documented) {
                Some(Verdict::Fails(error)) => {
                    // The position of the error does not matter.
                    let error = error.split(" at line ").next().unwrap_or(error);
                    format!("fails: {}", code(&beginning(error, 160)))
                }
                Some(Verdict::Differs(fields)) if !fields.is_empty() => {
                    let fields: Vec<String> = fields.iter().map(|field| code(field)).collect();
                    format!("lost or changed: {}", fields.join(", "))
                }
                _ => continue,
            };
            match errors.iter_mut().find(|(other, _)| *other == what) {
                Some((_, operations)) => operations.push(operation),
                None => errors.push((what, vec![operation])),
            }
        }
        for (what, operations) in errors {
            any = true;
            let operations: Vec<String> = operations.into_iter().map(code).collect();
            table.row([sdk.label().to_owned(), operations.join(", "), what]);
        }
    }
    if !any {
        text.push_str("None.\n\n");
        return text;
    }
    text.push_str(&table.end());
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn criterion(question: &str, results: [Grade; 5]) -> Criterion {
        Criterion {
            question: String::new(),
            claim: question.into(),
            counted: false,
            results: Sdk::ALL.into_iter().zip(results).collect(),
        }
    }

    #[test]
    fn reports_who_is_better() {
        let yes = || Grade::new(true, "yes");
        let no = || Grade::new(false, "no");
        let some = || Grade::share(2, 43);
        let unknown = || Grade::unknown("unknown");
        let mut text = String::new();
        lists(
            &mut text,
            &[
                criterion("Ours", [no(), yes(), no(), unknown(), yes()]),
                criterion("Theirs", [no(), yes(), unknown(), no(), no()]),
                criterion("Little", [no(), some(), no(), no(), some()]),
                criterion("All's", [yes(), yes(), yes(), yes(), yes()]),
                criterion("Nobody's", [no(), no(), no(), no(), no()]),
                criterion("Unknown", [yes(), yes(), yes(), unknown(), yes()]),
            ],
        );
        let wanted = "This crate is better than the clients named in each point:\n\n- Ours. Not: Ruby, TypeScript.\n\n\
                      The clients named in each point are better than this crate:\n\n- Theirs. Only: Python.\n\n\
                      All clients:\n\n- All's.\n\n";
        assert_eq!(text, wanted);
    }
    #[test]
    fn figures_of_this_crate_come_before_those_of_others() {
        let sevens =
            |names: &[&'static str]| names.iter().map(|name| (*name, "7".into())).collect();
        assert_eq!(
            beside("Parts", sevens(&["Ruby", "`rokka` lean", "Go"])),
            Some("Parts: 7 (`rokka` lean). Others: 7 (Ruby), 7 (Go).".to_owned())
        );
        assert_eq!(beside("Parts", sevens(&["Ruby"])), None);
    }
}
