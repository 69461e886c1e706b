//! What the measurements say, in short, and their table.

use std::fmt::Write as _;

use super::criteria::{self, Criterion, Grade};
use super::markdown::{Table, beginning, code};
use crate::compare::Findings;
use crate::compare::read::field::FIELDS;
use crate::compare::scenario::Scenario;
use crate::compare::sdk::Sdk;
use crate::compare::verdict::Verdict;

pub(super) fn text(findings: &Findings) -> String {
    let criteria = criteria::all(&findings.runs);
    let mut text = String::from("## In short\n\n");
    lists(&mut text, &criteria);
    figures(&mut text, findings);
    text.push_str("\n## What was measured\n\n");
    let _ = writeln!(
        text,
        "Each client read every documented answer of the description in ten forms and wrote it back; an answer is right \
         if nothing is lost or changed by that. Fields that hold a secret do not count, nor does an answer that a method hands \
         out unread. What is wrong with the documented form already does not count again in the others, and an answer that cannot \
         be read in the documented form is not asked about in them. Then it made the same calls to a service on loopback. In the column `rokka::api` uploads, downloads and \
         `putSourceImageOptionsProtected` are those of the facade, because `rokka::api` has no parts and leaves files and \
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
                format!("- {}: this crate {}, {named}", criterion.question, own.seen)
            } else {
                format!("- {} {word}: {named}", criterion.question)
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
        if !behind.is_empty() {
            better.push(line("Not", &behind));
        }
        if !ahead.is_empty() {
            worse.push(line("Yes", &ahead));
        }
        if behind.is_empty()
            && ahead.is_empty()
            && own.good() == Some(true)
            && others.iter().all(|(_, grade)| grade.good() == Some(true))
        {
            alike.push(format!("- {}", criterion.question));
        }
    }
    for (title, lines) in [
        (
            "This crate does better than the clients that are named",
            better,
        ),
        (
            "The clients that are named do better than this crate",
            worse,
        ),
        ("All do", alike),
    ] {
        if !lines.is_empty() {
            let _ = writeln!(text, "{title}:\n\n{}\n", lines.join("\n"));
        }
    }
}

fn figures(text: &mut String, findings: &Findings) {
    let _ = writeln!(
        text,
        "What it costs: the figures under [Size](#size) and [Time to build](#time-to-build). The Ruby and the Python client are \
         blocking; the TypeScript client, the generated Rust client and this crate are asynchronous, and this crate has no \
         blocking variant."
    );
    let smallest = findings
        .dependencies
        .iter()
        .filter_map(|(name, count)| Some((count.all?, name)))
        .min();
    let own = findings
        .dependencies
        .iter()
        .filter(|(name, _)| name.starts_with("`rokka`"));
    let own: Vec<String> = own
        .filter_map(|(name, count)| Some(format!("{} ({name})", count.all?)))
        .collect();
    if let Some((count, name)) = smallest {
        let _ = writeln!(
            text,
            "Fewest packages: {name} with {count}; this crate comes with {}.",
            own.join(", ")
        );
    }
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
            question: question.into(),
            counted: false,
            results: Sdk::ALL.into_iter().zip(results).collect(),
        }
    }

    #[test]
    fn tells_who_does_better() {
        let yes = || Grade::new(true, "yes");
        let no = || Grade::new(false, "no");
        let unknown = || Grade::unknown("unknown");
        let mut text = String::new();
        lists(
            &mut text,
            &[
                criterion("Ours?", [no(), yes(), no(), unknown(), yes()]),
                criterion("Theirs?", [no(), yes(), unknown(), no(), no()]),
                criterion("All?", [yes(), yes(), yes(), yes(), yes()]),
                criterion("Nobody?", [no(), no(), no(), no(), no()]),
                criterion("Who knows?", [yes(), yes(), yes(), unknown(), yes()]),
            ],
        );
        let wanted = "This crate does better than the clients that are named:\n\n- Ours? Not: Ruby, TypeScript\n\n\
                      The clients that are named do better than this crate:\n\n- Theirs? Yes: Python\n\n\
                      All do:\n\n- All?\n\n";
        assert_eq!(text, wanted);
    }
}
