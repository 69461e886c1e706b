//! The table of each operation in each client.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::criteria::Question;
use super::markdown::{Table, code, codes};
use crate::compare::Findings;
use crate::compare::description::Operation;
use crate::compare::probe::Ran;
use crate::compare::scenario::Scenario;
use crate::compare::sdk::Sdk;
use crate::compare::signature::Signature;
use crate::compare::verdict::Verdict;

pub(super) fn text(findings: &Findings) -> String {
    let mut text = String::from(
        "## Each operation\n\nMethod, parameters (`?` marks optional ones), return type, and problems: scenarios whose responses cannot be \
         decoded (✗) or lose fields (in brackets), and results of the measurements above that concern the operation. Scenarios \
         that fail like the documented response are omitted, and so is the parameter for the header `Api-Version` of each method \
         of OpenAPI Generator.\n\n",
    );
    let mut scenarios = Table::new(["scenario", "responses"]);
    for scenario in Scenario::ALL {
        scenarios.row([code(scenario.label()), scenario.explanation().to_owned()]);
    }
    text.push_str(&scenarios.end());
    text.push('\n');
    let mut tag = "";
    for operation in &findings.description.operations {
        if operation.tag != tag {
            tag = &operation.tag;
            let _ = writeln!(text, "### Operations: {tag}\n");
        }
        let _ = writeln!(
            text,
            "<details><summary><code>{}</code> {} ({} <code>{}</code>)</summary>\n",
            operation.id, operation.summary, operation.method, operation.path
        );
        text.push_str(&of(findings, operation));
        text.push_str("\n</details>\n\n");
    }
    text
}

fn of(findings: &Findings, operation: &Operation) -> String {
    let mut table = Table::new(["client", "method", "parameters", "returns", "problems"]);
    for sdk in Sdk::ALL {
        let signature = findings
            .signatures
            .get(&sdk)
            .and_then(|all| all.get(&operation.id));
        let Some(signature) = signature else {
            table.row([sdk.label(), "–", "–", "–", "no method: see the facade"]);
            continue;
        };
        let problems = match findings.runs.get(&sdk) {
            Some(Ok(ran)) => problems(ran, operation, sdk),
            _ => "not run".to_owned(),
        };
        table.row([
            sdk.label().to_owned(),
            code(&signature.method),
            parameters(signature),
            if signature.returns.is_empty() {
                "–".to_owned()
            } else {
                code(&signature.returns)
            },
            problems,
        ]);
    }
    let facade = findings
        .names
        .row(&operation.id)
        .map_or(&[][..], |row| row.facade());
    let dash = || "–".to_owned();
    table.row(["facade".to_owned(), codes(facade), dash(), dash(), dash()]);
    table.end()
}

fn parameters(signature: &Signature) -> String {
    let shown: Vec<String> = signature
        .parameters
        .iter()
        .filter(|parameter| !["api_version", "apiVersion"].contains(&parameter.name.as_str()))
        .map(|parameter| {
            let mark = if parameter.optional { "?" } else { "" };
            code(&format!("{}{mark}: {}", parameter.name, parameter.kind))
        })
        .collect();
    if shown.is_empty() {
        return "–".to_owned();
    }
    shown.join("<br>")
}

/// Returns the problems of an operation.
fn problems(ran: &Ran, operation: &Operation, sdk: Sdk) -> String {
    let mut problems = Vec::new();
    if let Some(scenarios) = ran.responses.get(&operation.id) {
        let right = Verdict::Differs(BTreeSet::new());
        let documented = scenarios.get(&Scenario::Documented).unwrap_or(&right);
        for (scenario, verdict) in scenarios {
            let base = if *scenario == Scenario::Documented {
                &right
            } else {
                documented
            };
            match verdict.beyond(base) {
                Some(Verdict::Fails(_)) => problems.push(format!("{} ✗", code(scenario.label()))),
                Some(Verdict::Differs(fields)) => {
                    problems.push(format!("{} ({})", code(scenario.label()), some(&fields)));
                }
                None => {}
            }
        }
    }
    let concerned = [
        (
            operation.multipart,
            Question::Upload,
            "the file is not streamed",
        ),
        (
            operation.returns_file(),
            Question::Download,
            "the file is not streamed",
        ),
        (
            operation.query_map,
            Question::Filters,
            "the filters are lost",
        ),
        (
            operation.successes_differ(),
            Question::NoContent,
            "a success without a body fails",
        ),
    ];
    for (concerned, question, what) in concerned {
        // The runs use the facade for these, not `rokka::api`.
        let own = sdk != Sdk::Api || question == Question::Filters;
        if concerned && own && question.grade(ran).good() == Some(false) {
            problems.push(what.to_owned());
        }
    }
    let undecoded = sdk == Sdk::Api && (operation.successes_differ() || operation.returns_file());
    if undecoded {
        problems.push("returned undecoded; the facade decodes it".to_owned());
    }
    if problems.is_empty() {
        return "–".to_owned();
    }
    problems.join(", ")
}

fn some(fields: &BTreeSet<String>) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<String> = fields.iter().take(SHOWN).map(|field| code(field)).collect();
    let more = fields.len().saturating_sub(SHOWN);
    if more == 0 {
        shown.join(", ")
    } else {
        format!("{} and {more} more", shown.join(", "))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::compare::description::Description;

    fn operation() -> Operation {
        let mut description = Description::of(json!({"paths": {"/x": {"post": {
            "operationId": "sendX",
            "requestBody": {"content": {"multipart/form-data": {}}},
            "responses": {"200": {"content": {"application/json": {"schema": {}, "example": {}}}}, "204": {}}
        }}}}));
        description.operations.pop().unwrap()
    }

    fn ran() -> Ran {
        let lost = |fields: &[&str]| {
            Verdict::Differs(fields.iter().map(|field| (*field).to_owned()).collect())
        };
        let verdicts = BTreeMap::from([
            (Scenario::Documented, lost(&["a"])),
            (Scenario::NoOffset, lost(&["a"])),
            (Scenario::OddDate, Verdict::Fails("no".into())),
            (Scenario::UnknownField, lost(&["a", "b", "c", "d", "e"])),
        ]);
        Ran {
            version: String::new(),
            responses: [("sendX".to_owned(), verdicts)].into(),
            steps: serde_json::from_value(
                json!({"upload": {"error": "no"}, "no-content": {"error": "no"}}),
            )
            .unwrap(),
            seen: Vec::new(),
            packages: None,
            repair: None,
        }
    }

    #[test]
    fn reports_each_problem_once() {
        assert_eq!(
            problems(&ran(), &operation(), Sdk::Ruby),
            "`documented` (`a`), `odd date` ✗, `new field` (`b`, `c`, `d` and 1 more), the file is not streamed, a success \
             without a body fails"
        );
        let fine = Ran {
            responses: BTreeMap::new(),
            steps: BTreeMap::new(),
            ..ran()
        };
        assert_eq!(problems(&fine, &operation(), Sdk::Ruby), "–");
        assert_eq!(
            problems(&fine, &operation(), Sdk::Api),
            "returned undecoded; the facade decodes it"
        );
    }
}
