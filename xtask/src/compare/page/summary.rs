//! What the measurements say, in short, and their table.

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

/// `build_times` is the table of them.
pub(super) fn text(findings: &Findings, build_times: &str) -> String {
    let criteria = criteria::all(&findings.runs);
    let mut text = String::from("## In short\n\n");
    coverage(&mut text, findings);
    lists(&mut text, &criteria);
    costs(&mut text, findings, build_times);
    text.push_str("## What was measured\n\n");
    let _ = writeln!(
        text,
        "Each client read every documented answer of the description in ten forms and wrote it back. Fields that hold a secret do not count, nor does an answer that a method hands \
         out unread. What is wrong with the documented form already does not count again in the others, and an answer that cannot \
         be read in the documented form is not asked about in them. Then it made the same calls to a service on loopback. \
         In the column `rokka::api` uploads, downloads and `putSourceImageOptionsProtected` are those of the facade, because `rokka::api` has no parts and leaves files and \
         differing successes unread.\n"
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
                        "- {} could not be compiled as it was generated: {repair}.",
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

/// Who has how many of the operations.
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
        "Of the {} operations that the description knows, this crate has {}. The published clients: {}.\n\n\
         The rest is measured beside clients that OpenAPI Generator makes. An answer is kept whole if a client that reads it \
         and writes it back neither loses nor changes anything.\n",
        findings.description.operations.len(),
        having(&|row| !row.facade().is_empty()),
        clients.join(", ")
    );
}

/// Where this crate does better, and where it does worse.
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
        // To fail a little less often is no merit.
        if !behind.is_empty() && own.good() == Some(true) {
            better.push(line("Not so", &behind));
        }
        if !ahead.is_empty() {
            worse.push(line("So only", &ahead));
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
            "What this crate does better than the clients behind each point",
            better,
        ),
        (
            "What the clients behind each point do better than this crate",
            worse,
        ),
        ("What all of them do", alike),
    ] {
        if !lines.is_empty() {
            let _ = writeln!(text, "{title}:\n\n{}\n", lines.join("\n"));
        }
    }
}

/// What speaks against this crate beside that.
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
        ("Packages that come with it", packages),
        ("Time to build it from nothing", seconds),
    ] {
        points.extend(beside(what, counts));
    }
    let by_hand = findings
        .sizes
        .iter()
        .find(|(name, _)| name == super::BY_HAND);
    if let Some((_, lines)) = by_hand {
        points.push(format!(
            "{lines} lines of it are written by hand, and somebody has to keep them. The other clients come from a generator \
             alone."
        ));
    }
    points.extend([
        "It has no blocking variant. The Ruby and the Python client are blocking; the TypeScript and the generated Rust \
         client are asynchronous, as this crate is."
            .to_owned(),
        format!(
            "Its level `rokka::api` has no method for {}; these are in the facade alone.",
            codes(&findings.left_out)
        ),
        "It was written without access to rokka.io, and nothing here was measured there: the answers are the examples of the \
         description."
            .to_owned(),
    ]);
    let _ = writeln!(
        text,
        "What else speaks against this crate, or for another one:\n\n- {}\n",
        points.join("\n- ")
    );
}

/// The figures of this crate, and those of others.
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

/// The types of fields that are special.
fn types(findings: &Findings) -> String {
    let mut text = String::from("### Types of special fields\n\n");
    let headings = ["field", "what it is"].into_iter();
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

/// What the clients say to the documented answers that they cannot read, and what they lose of others.
fn failures(findings: &Findings) -> String {
    let mut text = String::from("### What goes wrong with documented answers\n\n");
    let mut table = Table::new(["client", "operations", "what"]);
    let mut any = false;
    for (sdk, run) in &findings.runs {
        let Ok(ran) = run else { continue };
        let mut told: Vec<(String, Vec<&str>)> = Vec::new();
        for (operation, scenarios) in &ran.answers {
            let what = match scenarios.get(&Scenario::Documented) {
                Some(Verdict::Fails(error)) => {
                    // Where in the answer it fails does not matter.
                    let error = error.split(" at line ").next().unwrap_or(error);
                    format!("fails: {}", code(&beginning(error, 160)))
                }
                Some(Verdict::Differs(fields)) if !fields.is_empty() => {
                    let fields: Vec<String> = fields.iter().map(|field| code(field)).collect();
                    format!("lost or changed: {}", fields.join(", "))
                }
                _ => continue,
            };
            match told.iter_mut().find(|(other, _)| *other == what) {
                Some((_, operations)) => operations.push(operation),
                None => told.push((what, vec![operation])),
            }
        }
        for (what, operations) in told {
            any = true;
            let operations: Vec<String> = operations.into_iter().map(code).collect();
            table.row([sdk.label().to_owned(), operations.join(", "), what]);
        }
    }
    if !any {
        text.push_str("Nothing.\n\n");
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
    fn tells_who_does_better() {
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
        let wanted = "What this crate does better than the clients behind each point:\n\n- Ours. Not so: Ruby, TypeScript.\n\n\
                      What the clients behind each point do better than this crate:\n\n- Theirs. So only: Python.\n\n\
                      What all of them do:\n\n- All's.\n\n";
        assert_eq!(text, wanted);
    }
    #[test]
    fn figures_of_this_crate_stand_before_those_of_others() {
        let sevens =
            |names: &[&'static str]| names.iter().map(|name| (*name, "7".into())).collect();
        assert_eq!(
            beside("Parts", sevens(&["Ruby", "`rokka` lean", "Go"])),
            Some("Parts: 7 (`rokka` lean). Others: 7 (Ruby), 7 (Go).".to_owned())
        );
        assert_eq!(beside("Parts", sevens(&["Ruby"])), None);
    }
}
