//! Runs the clients: each reads every documented answer in every [`Scenario`], and makes the same calls to a service on
//! loopback. A client whose language is not installed is not run, and the page says so.

mod environment;
pub(crate) mod service;

use std::collections::BTreeMap;
use std::fs::File;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Tools;
use super::description::Description;
use super::scenario::Scenario;
use super::sdk::Sdk;
use super::signature::Signatures;
use super::verdict::Verdict;
use service::{Seen, Service};

const SECRET: &str = "secret-9b1d7f3a5c1e";

/// What a client did, or why it was not run.
pub(crate) type Run = std::result::Result<Ran, String>;

pub(crate) struct Ran {
    /// The version of the language.
    pub(crate) version: String,
    /// What became of the answers: by operation and scenario, the worst of all examples.
    pub(crate) answers: BTreeMap<String, BTreeMap<Scenario, Verdict>>,
    pub(crate) steps: BTreeMap<String, Step>,
    pub(crate) seen: Vec<Seen>,
    /// Packages that were installed with the client, if they can be counted.
    pub(crate) packages: Option<usize>,
    /// What had to be changed in the generated code before it could be compiled.
    pub(crate) repair: Option<String>,
}

/// One call to the service on loopback, as the probe tells it.
#[derive(Deserialize)]
pub(crate) struct Step {
    /// Kibibytes by which the peak of the memory rose.
    pub(crate) memory: Option<i64>,
    pub(crate) value: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) status: Option<u16>,
    pub(crate) body: Option<Value>,
    pub(crate) shows: Option<bool>,
}

#[derive(Serialize)]
struct Case<'a> {
    #[serde(rename = "case")]
    id: String,
    #[serde(rename = "type")]
    kind: &'a str,
    body: String,
    #[serde(skip)]
    operation: &'a str,
    #[serde(skip)]
    scenario: Scenario,
    #[serde(skip)]
    sent: Value,
}

/// Runs a client with the answers that its methods read.
pub(crate) fn run(
    sdk: Sdk,
    description: &Description,
    signatures: &Signatures,
    tools: &Tools,
) -> Result<Run> {
    let environment = match environment::prepare(sdk, signatures, tools)? {
        Ok(environment) => environment,
        Err(reason) => return Ok(Err(reason)),
    };
    let cases = cases(description, signatures)?;
    let folder = tools.work.join("probe");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("cases.json");
    std::fs::write(&file, serde_json::to_string(&cases)?)?;
    let large = folder.join("large.jpg");
    File::create(&large)?.set_len(service::LARGE)?;
    let service = Service::start(image(description)?, SECRET)?;
    let mut command = environment.command;
    command
        .arg(&file)
        .arg(service.base())
        .arg(&large)
        .arg(SECRET)
        // Whoever takes a date without an offset for the machine's own time gives itself away.
        .env("TZ", "Asia/Tokyo")
        .env("NO_PROXY", "127.0.0.1,localhost");
    let lines = crate::command::output(&mut command)
        .with_context(|| format!("the probe of {} fails", sdk.label()))?;
    let secrets = secrets(description);
    let (answers, steps) = told(&lines, &cases, &secrets)?;
    std::fs::remove_file(&large)?;
    Ok(Ok(Ran {
        version: environment.version,
        answers,
        steps,
        seen: service.take(),
        packages: environment.packages,
        repair: environment.repair,
    }))
}

fn cases<'a>(description: &'a Description, signatures: &'a Signatures) -> Result<Vec<Case<'a>>> {
    let mut cases = Vec::new();
    for operation in &description.operations {
        let Some(kind) = signatures
            .get(&operation.id)
            .and_then(|signature| signature.decodes.as_deref())
        else {
            continue;
        };
        for success in &operation.successes {
            let Some(schema) = &success.schema else {
                continue;
            };
            for (name, example) in &success.examples {
                for scenario in Scenario::ALL {
                    let Some(sent) = scenario.apply(description, schema, example)? else {
                        continue;
                    };
                    cases.push(Case {
                        id: format!(
                            "{}/{}/{name}/{}",
                            operation.id,
                            success.status,
                            scenario.word()
                        ),
                        kind,
                        body: sent.to_string(),
                        operation: &operation.id,
                        scenario,
                        sent,
                    });
                }
            }
        }
    }
    Ok(cases)
}

/// The documented example of a source image.
fn image(description: &Description) -> Result<Value> {
    let found = description
        .operations
        .iter()
        .find(|one| one.id == "getSourceImage");
    let example = found
        .and_then(|operation| operation.successes.first())
        .and_then(|success| success.examples.first());
    let (_, image) = example.context("getSourceImage has no example of its answer")?;
    Ok(image.clone())
}

/// The names of fields that hold secrets. A client may well refuse to write them back.
fn secrets(description: &Description) -> Vec<String> {
    fn collect(schema: &Value, names: &mut Vec<String>) {
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if property["format"] == "password" {
                names.push(name.clone());
            }
        }
        match schema {
            Value::Object(fields) => fields.values().for_each(|value| collect(value, names)),
            Value::Array(items) => items.iter().for_each(|value| collect(value, names)),
            _ => {}
        }
    }
    let mut names = Vec::new();
    if let Some(schemas) = description.document.root.pointer("/components/schemas") {
        collect(schemas, &mut names);
    }
    names
}

type Told = (
    BTreeMap<String, BTreeMap<Scenario, Verdict>>,
    BTreeMap<String, Step>,
);

/// What the lines of a probe say.
fn told(lines: &str, cases: &[Case<'_>], secrets: &[String]) -> Result<Told> {
    #[derive(Deserialize)]
    struct Answer {
        value: Option<Value>,
        error: Option<String>,
    }
    let mut answers: BTreeMap<&str, Answer> = BTreeMap::new();
    let mut steps = BTreeMap::new();
    for line in lines.lines() {
        let read: Value = serde_json::from_str(line)
            .with_context(|| format!("the probe says what is no JSON: {line}"))?;
        let text = |key: &str| read.get(key).and_then(Value::as_str);
        if let Some(step) = text("step") {
            steps.insert(step.to_owned(), serde_json::from_value(read.clone())?);
        } else if let Some(case) = cases
            .iter()
            .find(|case| text("case") == Some(case.id.as_str()))
        {
            answers.insert(&case.id, serde_json::from_value(read.clone())?);
        } else {
            bail!("the probe says what nobody asked: {line}");
        }
    }
    let mut verdicts: BTreeMap<String, BTreeMap<Scenario, Verdict>> = BTreeMap::new();
    for case in cases {
        let answer = answers
            .get(case.id.as_str())
            .with_context(|| format!("the probe says nothing about {}", case.id))?;
        let null = Value::Null;
        let verdict = match &answer.error {
            Some(error) => Verdict::Fails(error.clone()),
            None => Verdict::of(&case.sent, answer.value.as_ref().unwrap_or(&null), secrets),
        };
        let scenarios = verdicts.entry(case.operation.to_owned()).or_default();
        match scenarios.get_mut(&case.scenario) {
            Some(worst) => worst.worsen(verdict),
            None => {
                scenarios.insert(case.scenario, verdict);
            }
        }
    }
    Ok((verdicts, steps))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::compare::signature::Signature;

    fn description() -> Description {
        let thing = json!({"type": "object", "properties": {
            "at": {"type": "string", "format": "date-time"},
            "key": {"type": "string", "format": "password"}
        }});
        let example = |at: &str| json!({"value": {"at": at, "key": "k"}});
        Description::of(
            json!({"paths": {"/x": {"get": {"operationId": "getX", "responses": {"200": {"content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}, "examples": {
                "one": example("2026-01-02T03:04:05Z"), "two": example("2027-01-02T03:04:05Z")
            }}
        }}}}}}, "components": {"schemas": {"Thing": thing}}}),
        )
    }

    fn signatures() -> Signatures {
        let signature = Signature {
            method: "get_x".into(),
            parameters: Vec::new(),
            returns: "Thing".into(),
            decodes: Some("Thing".into()),
        };
        [("getX".to_owned(), signature)].into()
    }

    #[test]
    fn the_worst_example_counts_and_secrets_do_not() {
        let (description, signatures) = (description(), signatures());
        let cases = cases(&description, &signatures).unwrap();
        let mut lines = String::new();
        for case in &cases {
            let mut value = case.sent.clone();
            if let Some(fields) = value.as_object_mut() {
                fields.remove("key");
            }
            let line = match (case.id.contains("/two/"), case.scenario) {
                (true, Scenario::OddDate) => json!({"case": case.id, "error": "odd"}),
                (true, Scenario::NoOffset) => json!({"case": case.id, "value": {}}),
                _ => json!({"case": case.id, "value": value}),
            };
            lines.extend([line.to_string(), "\n".to_owned()]);
        }
        lines.push_str("{\"step\": \"busy\", \"memory\": 7, \"value\": \"Thing\"}\n");
        let (answers, steps) = told(&lines, &cases, &secrets(&description)).unwrap();
        let right = || Verdict::Differs([].into());
        let verdicts = answers.get("getX").unwrap();
        assert_eq!(verdicts.get(&Scenario::Documented), Some(&right()));
        assert_eq!(
            verdicts.get(&Scenario::OddDate),
            Some(&Verdict::Fails("odd".into()))
        );
        let lost = Verdict::Differs(["at".to_owned()].into());
        assert_eq!(verdicts.get(&Scenario::NoOffset), Some(&lost));
        assert_eq!(steps.get("busy").and_then(|step| step.memory), Some(7));
    }

    #[test]
    fn a_probe_that_says_too_little_or_too_much_is_refused() {
        let (description, signatures) = (description(), signatures());
        let cases = cases(&description, &signatures).unwrap();
        for (lines, wanted) in [
            ("", "the probe says nothing about getX/200/one/documented"),
            ("oops", "the probe says what is no JSON: oops"),
            (
                "{\"case\":\"other\"}",
                "the probe says what nobody asked: {\"case\":\"other\"}",
            ),
        ] {
            let error = told(lines, &cases, &[]).map(|_| ()).unwrap_err();
            assert_eq!(error.to_string(), wanted);
        }
    }
}
